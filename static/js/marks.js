// Marks on a chunk page or reading view what the last search of this tab found.
// In: the words that hits.js remembered, and the text of the page. Out: painted ranges, and a bar that names and clears them.
// Changes no markup of the text: the ranges are painted by CSS.highlights, so anchors and selections stay as they are.
{
  M.marks = (text) => {
    const found = M.store.get('found');
    if (!found?.words?.length || !CSS.highlights) return;
    const ranges = search(text, found.words);
    if (!ranges.length) return;
    CSS.highlights.set('found', new Highlight(...ranges));
    document.body.append(bar(found));
  };

  const search = (text, words) => {
    // Longest first, so that of two words that begin alike the whole one is marked.
    const patterns = [...words].sort((a, b) => b.length - a.length).map(pattern);
    const any = new RegExp(patterns.join('|'), 'giu');
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const ranges = [];
    while (walker.nextNode()) {
      for (const match of walker.currentNode.data.matchAll(any)) ranges.push(range(walker.currentNode, match));
    }
    return ranges;
  };

  /** Never inside a longer word, except where a script puts no spaces between words. */
  const pattern = (word) => {
    const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const spaced = !/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]/u.test(word);
    return spaced ? `(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])` : escaped;
  };

  const range = (node, match) => {
    const made = new Range();
    made.setStart(node, match.index);
    made.setEnd(node, match.index + match[0].length);
    return made;
  };

  const bar = (found) => {
    const clear = M.element('button', { type: 'button' }, 'Clear marks');
    const made = M.element('p', { class: 'marked' }, M.element('a', { href: found.from }, '← Results'),
      M.element('span', {}, `Marked: ${found.query}`), clear);
    clear.onclick = () => {
      CSS.highlights.delete('found');
      M.store.set('found', null);
      made.remove();
    };
    return made;
  };
}
