// Sets the saved theme before the first paint. Loaded alone, in the head, blocking.
// In: what the reader chose earlier. Out: data-theme and the class `js` on <html>. Knows nothing else of the page.
{
  const root = document.documentElement;
  root.classList.add('js');
  try {
    const theme = localStorage.getItem('mcdewey.theme');
    if (theme) root.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; the system's own choice then holds.
  }
}
