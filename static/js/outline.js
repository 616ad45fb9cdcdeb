// The contents at the side of a reading view show where the reader is.
// In: `details.side` and the headings that its links name. Out: aria-current on one link. Knows no search.
{
  /** How far below the header, or the window's upper edge, a heading stands that a link has led to, and somewhat more; px. */
  const REACHED = 64;

  M.outline = (side) => {
    const links = [...side.querySelectorAll('.contents a[href^="#"]')];
    const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
    if (!links.length || headings.includes(null)) return;
    let current = null;
    let waiting = false;
    const update = () => {
      waiting = false;
      const next = links[named(headings) ?? lastAbove(headings)] ?? null;
      if (next === current) return;
      current?.removeAttribute('aria-current');
      current = next;
      if (!current) return;
      current.setAttribute('aria-current', 'location');
      keepInView(side, current);
    };
    addEventListener('scroll', () => {
      if (!waiting) requestAnimationFrame(update);
      waiting = true;
    }, { passive: true });
    addEventListener('hashchange', update);
    update();
  };

  /** At the end of a page a link cannot bring its heading up: it is read all the same. */
  const named = (headings) => {
    const isAtEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
    // The browser reads the address: a reader may have written one that is no encoding of anything.
    const at = headings.indexOf(document.querySelector(':target'));
    return isAtEnd && at >= 0 && headings[at].getBoundingClientRect().top >= 0 ? at : undefined;
  };

  /** Index of the last heading that has come to where reading begins, or -1. They stand in order. */
  const lastAbove = (headings) => {
    const edge = M.covered() + REACHED;
    let low = 0;
    let high = headings.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (headings[middle].getBoundingClientRect().top <= edge) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };

  const keepInView = (side, link) => {
    const box = side.getBoundingClientRect();
    const { top, bottom } = link.getBoundingClientRect();
    if (top < box.top || bottom > box.bottom) side.scrollTop += top - box.top - box.height / 3;
  };
}
