// What every page can do beyond being read: change its theme, be cited and copied, be reached by keys, be printed.
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

  /** The address to cite: the canonical one where the site has one, else this one. */
  const address = () => document.querySelector('link[rel=canonical]')?.href ?? location.href.replace(/[?#].*/, '');

  M.copies = (citation) => {
    citation.after(' ', M.element('span', { class: 'copies' },
      copier('Copy citation', () => `${citation.textContent} ${address()}`), ' ', copier('Copy link', address)));
  };

  const copier = (name, text) => {
    const button = M.element('button', { type: 'button' }, name);
    button.onclick = async () => {
      button.textContent = (await copy(text())) ? 'Copied' : 'Press Ctrl+C';
      setTimeout(() => { button.textContent = name; }, 1800);
    };
    return button;
  };

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyBySelection(text);
    }
  };

  /** The old way, for pages without a secure origin. */
  const copyBySelection = (text) => {
    const area = M.element('textarea', { class: 'offscreen', readonly: '' }, text);
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  };

  /** `/` leads to the search box, unless the reader is typing. */
  M.slash = (input) => addEventListener('keydown', (event) => {
    const typing = event.target.closest?.('input, textarea, select, [contenteditable]');
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });

  /** What is wider than its box can be scrolled by keys. */
  M.scrolls = (text) => {
    const boxes = [...text.querySelectorAll('pre, .table')].filter((box) => box.scrollWidth > box.clientWidth);
    for (const box of boxes) box.tabIndex = 0;
  };

  /** A printed page says where it comes from. */
  M.prints = () => addEventListener('beforeprint', () => {
    document.querySelector('.printed')?.remove();
    document.body.append(M.element('p', { class: 'printed' }, address()));
  });
}
