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

  /**
   * What a hit goes by: the names around it, from its vendor down, and the nearest of them, which stands beside its title instead:
   * a heading like "Example" says little without it.
   */
  M.names = (hit) => {
    const around = [...new Set([M.place(hit), hit.guide, ...hit.headings])].filter((name) => name && name !== hit.title);
    const near = around.length > 1 ? M.element('span', { class: 'near' }, ` · ${around.pop()}`) : '';
    return [around.join(' › '), near];
  };

  /** A hit of the search page. */
  M.result = (hit) => {
    const [around, near] = M.names(hit);
    return M.element('li', { 'data-id': hit.id, 'data-title': hit.title, 'data-words': M.words([hit]) },
      M.element('p', { class: 'crumb' }, around),
      M.element('h2', {}, M.element('a', { href: M.site.link(hit.url) }, hit.title, near),
        ' ', M.label(hit) && M.element('span', { class: 'label' }, M.label(hit)),
        hit.related ? M.element('span', { class: 'label' }, 'related by meaning') : ''),
      M.snippet(hit),
      ...(M.elsewhere?.(hit) ?? []),
      M.element('p', { class: 'in-context' }, M.element('a', { href: M.site.link(hit.context) }, '↗ View in doc context')));
  };

  M.snippet = (hit) => {
    const pieces = hit.snippet.map(([text, marked]) => (marked ? M.element('mark', {}, text) : text));
    return M.element('p', { class: 'snippet' }, ...pieces);
  };

  /** The words that hits were found by, a line each. */
  M.words = (hits) => {
    const words = hits.flatMap((hit) => hit.snippet.filter(([, marked]) => marked).map(([text]) => text.toLowerCase()));
    return [...new Set(words)].join('\n');
  };

  /** The search that the hits at hand are of, and the words of them all. */
  let asked = {};
  M.remember = (fields, hits) => { asked = { ...fields, marks: M.words(hits) }; };

  /** A page of texts marks what was found. It is told by the tab; one that opens in a tab of its own is told by its address, and so
   * is every one from disk, where some browsers give each page a store of its own. */
  const tell = (event) => {
    const link = event.target.closest?.('a[href]');
    const home = M.site.link('');
    if (event.button > 1 || !link?.href.startsWith(home) || link.pathname === location.pathname) return;
    const hit = link.closest('[data-words]');
    const found = hit ? { ...asked, marks: `${hit.dataset.words}\n${asked.marks}`, hit: hit.dataset.title } : M.store.get('found');
    // Only pages with texts have something to mark.
    if (!found || !/^(?!browse\/).+\//.test(link.href.slice(home.length))) return;
    const said = new URL(M.searchLink(found)).search;
    const isApart = event.button || event.ctrlKey || event.metaKey || event.shiftKey;
    if (M.site.onDisk) link.search = said;
    else if (!isApart) M.store.set('found', found);
    // What stands behind the # goes to no host; a place that is named there stays.
    else if (/^(#\?|$)/.test(link.hash)) link.hash = said;
  };
  addEventListener('click', tell, true);
  addEventListener('auxclick', tell, true);

  /** The address of the search page for a query and its filters. */
  M.searchLink = (fields) => {
    const filled = Object.entries(fields).filter(([, value]) => value);
    return M.site.link(`search.html?${new URLSearchParams(filled)}`);
  };
}
