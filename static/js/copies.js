// What a page of texts can do beyond being read: be cited and copied, whole or by a heading or its code, be scrolled by keys, be printed.
// In: the page as the templates wrote it. Out: the same page, with its buttons alive. Knows no search.
{
  /** The address to cite: the canonical one where the site has one, else this one. */
  const address = () => document.querySelector('link[rel=canonical]')?.href ?? location.href.replace(/[?#].*/, '');

  /** Where the card lies below the text, the citation can be copied above it too. */
  M.copies = (citation) => {
    const copies = () => copier('Copy citation', () => `${citation.textContent} ${address()}`);
    citation.after(' ', M.element('span', { class: 'copies' }, copies(), ' ', copier('Copy link', address)));
    document.querySelector('.context')?.append(' ', copies());
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

  /** Code can be copied, and each heading has a link to itself. Nothing moves. */
  M.handles = (text) => {
    for (const code of text.querySelectorAll('pre')) {
      const box = M.element('div', { class: 'code' });
      code.replaceWith(box);
      // Its button comes later than the code is read.
      const words = code.textContent;
      box.append(code, copier('Copy', () => commands(words)));
    }
    for (const heading of text.querySelectorAll(':is(h1, h2, h3, h4, h5, h6)[id]')) {
      // One that repeats the title stands there unseen.
      if (heading.matches('.titled > .mark + *')) continue;
      const name = heading.textContent;
      // The link in it is no part of its name.
      heading.ariaLabel = name;
      heading.append(M.element('a', { class: 'anchor', href: `#${heading.id}`, 'aria-label': `Link to “${name}”` }));
    }
  };

  /** Without prompts, where every command has one: with output in between, nobody can tell what is a command. */
  const commands = (code) => {
    const lines = code.replace(/\n$/, '').split('\n');
    const begins = (line, at) => line.trim() && !line.startsWith('#') && !lines[at - 1]?.endsWith('\\');
    return (lines.filter(begins).every((line) => line.startsWith('$ ')) ? lines.map((line) => line.replace(/^\$ /, '')) : lines).join('\n');
  };

  /** Other versions open at the same heading; where one has none of it, a browser shows its beginning. */
  M.places = (versions) => {
    for (const link of versions.querySelectorAll('a:not(.more)')) link.hash = versions.dataset.place;
  };

  /** Paths, ids and identifiers in titles and contents end a line where one of their parts ends, not within a word. */
  M.breaks = (id) => {
    for (const text of [...id.childNodes].filter((node) => node.data)) {
      const parts = text.data.split(/(?<=::|\/|[^_]_+)(?!_)/);
      if (parts.length > 1) text.replaceWith(...parts.flatMap((part) => [part, M.element('wbr')]));
    }
  };

  /** What is wider than its box can be scrolled by keys; of a table that is not, the head stays in sight. */
  M.scrolls = (text) => {
    const boxes = [...text.querySelectorAll('pre, .table')];
    const watcher = new ResizeObserver((changes) => fit(changes.map(({ target }) => target)));
    fit(boxes);
    for (const box of boxes) watcher.observe(box);
  };

  /** All are looked at before any is changed: each change would have the next look wait for a new layout. */
  const fit = (boxes) => {
    const wide = new Set(boxes.filter((box) => box.scrollWidth > box.clientWidth));
    for (const box of boxes) {
      box.classList.toggle('fits', !wide.has(box));
      if (wide.has(box)) box.tabIndex = 0;
      else box.removeAttribute('tabindex');
    }
  };

  /** A printed page says where it comes from. */
  M.prints = () => addEventListener('beforeprint', () => {
    document.querySelector('.printed')?.remove();
    document.body.append(M.element('p', { class: 'printed' }, address()));
  });
}
