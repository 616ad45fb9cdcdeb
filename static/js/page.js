// What every page can do beyond being read: change its theme, be reached by keys, show its side.
// In: the page as the templates wrote it. Out: the same page, with its buttons alive. Knows no search.
{
  const root = document.documentElement;
  const THEMES = ['auto', 'light', 'dark'];

  M.themes = (button) => {
    const name = () => {
      button.setAttribute('aria-label', `Theme: ${root.dataset.theme ?? 'auto'}`);
      button.title = 'Change the theme';
    };
    button.onclick = () => {
      const next = THEMES[(THEMES.indexOf(root.dataset.theme ?? 'auto') + 1) % THEMES.length];
      if (next === 'auto') delete root.dataset.theme;
      else root.dataset.theme = next;
      try {
        next === 'auto' ? localStorage.removeItem('mcdewey.theme') : localStorage.setItem('mcdewey.theme', next);
      } catch {
        // Not kept; it still holds for this page.
      }
      name();
    };
    name();
  };

  /** `/` leads to the search box, unless the reader is typing. */
  M.slash = (input) => addEventListener('keydown', (event) => {
    const typing = event.target.closest?.('input, textarea, select, [contenteditable]');
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });

  /** Wide screens have room for the side. The style sheet shows it there too, where it can do that to a closed <details>. */
  M.side = (side) => {
    side.open = matchMedia('(min-width: 62rem)').matches;
  };
}
