// Marks on a chunk page or reading view what the last search of this tab found, and leads from one mark to the next.
// In: the words that hits.js remembered or sent along, and the text of the page. Out: painted ranges, and a bar that names and
// clears them. Changes no markup of the text: the ranges are painted by CSS.highlights, so anchors and selections stay as they are.
{
  const BLOCKS = 'p, li, td, th, pre, dt, dd, h1, h2, h3, h4, h5, h6, div';
  const BAR = 64; // height of what the bar covers; px

  const told = M.element('span', { role: 'status' });
  /** What a narrow window has no room for. */
  const wordy = (words) => M.element('span', { class: 'wordy' }, words);
  const next = M.element('button', { type: 'button' }, 'Next', wordy(' mark'));
  const bar = M.element('section', { class: 'marked', 'aria-label': 'Found words' });
  /** The marks to be led to, and which of them the reader was led to. */
  let places = [];
  let at = -1;
  let query = '';

  M.marks = (text) => {
    const found = sent() ?? M.store.get('found');
    if (!found?.marks || !CSS.highlights) return;
    const ranges = search(text, words(found.marks));
    if (ranges.length) show(ranges, found);
    // Who goes on from here does not come from a hit.
    M.store.set('found', { ...found, hit: '' });
  };

  const show = (ranges, { marks, hit, ...fields }) => {
    CSS.highlights.set('found', new Highlight(...ranges));
    places = ranges.filter(isShown);
    tell(fields);
    // An address that names a place leads there; a page that the reader comes back to stands where it stood.
    const isNew = performance.getEntriesByType('navigation')[0]?.type === 'navigate';
    if (!hit || !isNew || location.hash || !places.length) return;
    // A hit that goes by a section of the passage leads there.
    const home = places.findIndex((range) => heading(range)?.textContent.trim() === hit);
    if ((home < 0 ? places : [places[home]]).some(isInSight)) return;
    at = home - 1;
    step();
  };

  const heading = (range) => range.startContainer.parentElement.closest('h2, h3, h4, h5, h6');

  const words = (marks) => [...new Set(marks.split('\n').map((word) => word.trim()))].filter(Boolean).slice(0, 40);

  /** What came along in the address, which is then as it was; the tab knows it from here on. */
  const sent = () => {
    const isBehind = location.hash.startsWith('#?');
    const found = Object.fromEntries(new URLSearchParams(isBehind ? location.hash.slice(1) : location.search));
    if (!found.marks) return null;
    M.store.set('found', found);
    try {
      history.replaceState(history.state, '', location.pathname + (isBehind ? '' : location.hash));
    } catch {
      // From disk a browser may keep the address as it is.
    }
    return found;
  };

  const search = (text, sought) => {
    if (!sought.length) return [];
    // Longest first, so that of two words that begin alike the whole one is marked.
    const patterns = sought.sort((a, b) => b.length - a.length).map(pattern);
    const any = new RegExp(patterns.join('|'), 'giu');
    const { nodes, joined } = read(text);
    return [...joined.matchAll(any)].map((match) => range(nodes, match.index, match.index + match[0].length));
  };

  /** All text as one, so that a phrase is found across emphasis and links; a new block begins a new line. What a button says is not of it. */
  const read = (text) => {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const nodes = [];
    let joined = '';
    let block = null;
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.parentElement.closest('button')) continue;
      const own = node.parentElement.closest(BLOCKS);
      if (own !== block) joined += '\n\n';
      block = own;
      nodes.push({ node, start: joined.length });
      joined += node.data;
    }
    return { nodes, joined };
  };

  /** Never inside a longer word, except where a script puts no spaces between words; never over a block's end. */
  const pattern = (word) => {
    const escaped = word.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '[^\\S\\n]*\\n?[^\\S\\n]*');
    const spaced = !/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]/u.test(word);
    return spaced ? `(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])` : escaped;
  };

  const range = (nodes, start, end) => {
    const made = new Range();
    const [first, last] = [holder(nodes, start), holder(nodes, end - 1)];
    made.setStart(first.node, start - first.start);
    made.setEnd(last.node, end - last.start);
    return made;
  };

  /** The last node that begins at a place or before it. */
  const holder = (nodes, at) => {
    let low = 0;
    let high = nodes.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (nodes[middle].start <= at) low = middle;
      else high = middle;
    }
    return nodes[low];
  };

  /** A heading that repeats the title stands there unseen. */
  const isShown = (range) => !range.startContainer.parentElement.closest('.titled > .mark + *');

  const isInSight = (range) => {
    const { top, bottom, height } = range.getBoundingClientRect();
    return height > 0 && top >= M.covered() && bottom <= innerHeight - BAR;
  };

  const tell = (fields) => {
    query = fields.q ?? '';
    say(places.length ? `${M.count(places.length)} mark${places.length > 1 ? 's' : ''}` : 'Marked');
    next.onclick = step;
    next.hidden = !places.length;
    const end = M.element('button', { type: 'button', title: 'Esc' }, 'Clear', wordy(' marks'));
    end.onclick = clear;
    bar.append(M.element('a', { href: M.searchLink(fields) }, '← Results'), told, next, end);
    document.body.append(bar);
    addEventListener('keydown', (event) => {
      const typing = event.target.closest?.('input, textarea, select');
      if (event.key === 'Escape' && !typing && bar.isConnected) clear();
    });
  };

  const say = (count) => told.replaceChildren(count, wordy(`: ${query}`));

  /** The first step leads to what is in sight or below it, each further one to the next mark, and behind the last to the first. */
  const step = () => {
    const ahead = places.findIndex((range) => range.getBoundingClientRect().top > M.covered());
    at = at < 0 ? Math.max(0, ahead) : (at + 1) % places.length;
    CSS.highlights.set('now', new Highlight(places[at]));
    say(`${at + 1} of ${places.length}`);
    lead(places[at]);
  };

  const lead = (range) => {
    const holder = range.startContainer.parentElement;
    for (let fold; (fold = holder.closest('details:not([open])'));) fold.open = true;
    if (!isInSight(range)) scrollBy({ top: range.getBoundingClientRect().top - innerHeight / 3, behavior: 'instant' });
    const box = holder.closest('pre, .table, table');
    const edge = box?.getBoundingClientRect();
    const { left, right } = range.getBoundingClientRect();
    if (left < edge?.left || right > edge?.right) box.scrollLeft += left - edge.left - edge.width / 2;
  };

  const clear = () => {
    const held = bar.contains(document.activeElement);
    CSS.highlights.clear();
    M.store.set('found', null);
    bar.remove();
    if (!held) return;
    // By keys the reader goes on from what was being read.
    const passage = places[at]?.startContainer.parentElement.closest('.passage') ?? document.querySelector('.passage:target');
    const place = passage ?? document.querySelector('article > #text');
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };
}
