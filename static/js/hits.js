// How one hit looks, in the list of the search page and in the box of every page.
// In: a hit of an answer. Out: its parts as elements. Knows neither list nor box.
{
  /** Its title the engine tells: the heading it stands under. */
  M.label = (hit) => {
    if (!hit.page) return '';
    return hit.label ? `Page ${hit.page} · p. ${hit.label}` : `Page ${hit.page}`;
  };

  /** vendor › product version */
  M.place = (hit) => {
    const product = [hit.product, hit.version].filter(Boolean).join(' ');
    return [hit.vendor, product].filter(Boolean).join(' › ');
  };

  /** vendor › product version › guide */
  M.path = (hit) => [M.place(hit), hit.guide].filter(Boolean).join(' › ');

  /** A hit of the search page. */
  M.result = (hit) => M.element('li', { 'data-id': hit.id },
    M.element('p', { class: 'crumb' }, M.place(hit)),
    M.element('h2', {}, heading(hit), ' ', M.label(hit) && M.element('span', { class: 'label' }, M.label(hit)),
      hit.related ? M.element('span', { class: 'label' }, 'related by meaning') : ''),
    path(hit),
    M.snippet(hit),
    ...(M.elsewhere?.(hit) ?? []),
    M.element('p', { class: 'in-context' }, M.element('a', { href: M.found(hit.context) }, '↗ View in doc context')));

  /** The headings above it, without the guide's own title, which stands beside the hit's. */
  const path = (hit) => {
    const above = hit.headings.filter((one) => one !== hit.guide);
    return above.length ? M.element('p', { class: 'path' }, ...above.map((one) => M.element('span', {}, one))) : '';
  };

  /** Heading and guide: a heading like "Introduction" says little without it. */
  const heading = (hit) => {
    const guide = hit.guide && hit.guide !== hit.title && M.element('span', { class: 'guide' }, ` · ${hit.guide}`);
    return M.element('a', { href: M.found(hit.url) }, hit.title, guide || '');
  };

  /** The address of a page that is to mark what was found. From disk some browsers give each page a store of its own: there the
   * words go along in the address. */
  M.found = (url) => {
    const link = new URL(M.site.link(url));
    const found = M.site.onDisk && M.store.get('found');
    if (found) link.search = new URLSearchParams({ marks: found.words.join('\n'), q: found.query });
    return link.href;
  };

  M.snippet = (hit) => {
    const pieces = hit.snippet.map(([text, marked]) => (marked ? M.element('mark', {}, text) : text));
    return M.element('p', { class: 'snippet' }, ...pieces);
  };

  /** Remembers what was found, so that the page that is opened next can mark it. */
  M.remember = (query, hits, fields) => {
    const words = hits.flatMap((hit) => hit.snippet.filter(([, marked]) => marked).map(([text]) => text.toLowerCase()));
    M.store.set('found', { query, words: [...new Set(words)].slice(0, 40), from: M.searchLink(fields) });
  };

  /** The address of the search page for a query and its filters. */
  M.searchLink = (fields) => {
    const filled = Object.entries(fields).filter(([, value]) => value);
    return M.site.link(`search.html?${new URLSearchParams(filled)}`);
  };
}
