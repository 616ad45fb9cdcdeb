// Brings the page to life: each part of the bundle meets the elements it is for. Last in the bundle.
{
  const one = (selector, use) => {
    const element = document.querySelector(selector);
    // A theme may have emptied the file of a part: then the page does without it.
    if (element && use) use(element);
  };
  one('#theme', M.themes);
  one('#citation', M.copies);
  one('.box input', M.slash);
  one('details.side', M.side);
  one('#contents', M.outline);
  one('article > #text', M.scrolls);
  one('article > #text', M.marks);
  one('.box:not(#search)', M.box);
  one('#search', M.results);
  M.prints();
}
