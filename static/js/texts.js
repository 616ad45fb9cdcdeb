// Brings to life what only pages of texts have: copies, the box with its hits, the outline, the marks. Last in the bundle of texts.
// In: the page, and the first bundle's `M`. Out: the same page. Knows nothing of the search page, which does without all this.
{
  /** How much of the window the header covers while one reads, where it stays in sight; px. */
  M.covered = () => parseFloat(getComputedStyle(document.getElementById('main')).scrollMarginTop);

  for (const id of ['h1', '#source', '#chunk-id', '#citation']) M.meet(id, M.breaks);
  M.meet('#citation', M.copies);
  M.meet('#versions[data-place]', M.places);
  M.meet('article > #text', M.scrolls);
  M.prints?.();
  for (const link of document.querySelectorAll('#toc a')) M.breaks?.(link);
  M.meet('#contents', M.outline);
  // They put code into boxes, and what is moved loses its marks.
  M.meet('article > #text', M.handles);
  M.meet('article > #text', M.marks);
  // "Back" leads to where the reader was.
  M.meet('.back [href="#top"]', (link) => {
    link.onclick = (event) => {
      event.preventDefault();
      location.hash = 'top';
      document.querySelector('.top input').focus();
    };
  });
  // The results that a server makes are for readers without scripts: no style sheet of theirs knows the list.
  M.meet('body:not(.results) .box:not(#search)', M.box);
}
