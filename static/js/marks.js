// Marks on a chunk page or reading view what the last search of this tab found.
// In: the words that hits.js remembered or sent along, and the text of the page. Out: painted ranges, and a bar that names and
// clears them. Changes no markup of the text: the ranges are painted by CSS.highlights, so anchors and selections stay as they are.
{
  const BLOCKS = 'p, li, td, th, pre, dt, dd, h1, h2, h3, h4, h5, h6, div';

  M.marks = (text) => {
    const found = sent() ?? M.store.get('found');
    if (!found?.marks || !CSS.highlights) return;
    const ranges = search(text, words(found.marks));
    if (!ranges.length) return;
    CSS.highlights.set('found', new Highlight(...ranges));
    const bar = told(found);
    document.body.append(bar);
    addEventListener('keydown', (event) => {
      const typing = event.target.closest?.('input, textarea, select');
      if (event.key === 'Escape' && !typing && bar.isConnected) clear(bar);
    });
  };

  const words = (marks) => [...new Set(marks.split('\n').map((word) => word.trim()))].filter(Boolean).slice(0, 40);

  /** What came along in the address, which is then as it was; the tab knows it from here on. */
  const sent = () => {
    const found = Object.fromEntries(new URLSearchParams(location.search));
    if (!found.marks) return null;
    M.store.set('found', found);
    try {
      history.replaceState(history.state, '', location.pathname + location.hash);
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

  /** All text as one, so that a phrase is found across emphasis and links; a new block begins a new line. */
  const read = (text) => {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const nodes = [];
    let joined = '';
    let block = null;
    while (walker.nextNode()) {
      const node = walker.currentNode;
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

  const told = ({ marks, ...fields }) => {
    const button = M.element('button', { type: 'button', title: 'Esc' }, 'Clear marks');
    const bar = M.element('p', { class: 'marked' }, M.element('a', { href: M.searchLink(fields) }, '← Results'),
      M.element('span', {}, `Marked: ${fields.q ?? ''}`), button);
    button.onclick = () => clear(bar);
    return bar;
  };

  const clear = (bar) => {
    CSS.highlights.delete('found');
    M.store.set('found', null);
    bar.remove();
  };
}
