// The filters beside the results: one group for each level, with counts. And which versions are searched.
// In: the facets of an answer and the filters that are set. Out: links that set or lift one filter, or search every version.
// Knows nothing of the search itself; results.js follows the links without leaving the page.
{
  M.LEVELS = ['vendor', 'product', 'version', 'guide'];
  const NAMES = { vendor: 'Vendor', product: 'Product', version: 'Version', guide: 'Guide' };
  const SHOWN = 8;

  /** What the address of a search tells, besides what is typed. */
  M.FIELDS = [...M.LEVELS, 'all'];

  /** `every` counts versions also where the answer is of the newest alone. */
  M.filters = (answer, every, state) => M.LEVELS.map((level) => group(level, level === 'version' ? every : answer, state)).filter(Boolean);

  /** The levels to whose names a search is narrowed, by a filter or in its words. */
  M.narrowed = (answer, state) => [...M.LEVELS.filter((level) => state[level]), ...answer.clauses.map(({ kind, found }) => found && kind)];

  /** Tells which versions are searched, with a link to search the others. A version that is chosen says it all. */
  M.scope = (scope, state) => {
    const [told, link] = scope.children;
    scope.hidden = Boolean(state.version);
    told.textContent = state.all ? 'All versions' : 'Newest versions';
    link.textContent = state.all ? 'Search the newest only' : 'Search all versions';
    link.href = M.searchLink({ ...state, all: state.all ? '' : '1' });
  };

  const group = (level, answer, state) => {
    const chosen = state[level];
    const items = named(level, answer).filter((facet) => level !== 'version' || isOfOne(answer, state) || same(facet, chosen));
    if (level === 'version') items.sort((one, other) => age(other).localeCompare(age(one), 'en', { numeric: true }));
    if (chosen && !items.some((facet) => same(facet, chosen))) items.unshift({ key: chosen, name: chosen });
    if (!chosen && items.length < 2) return null;
    const entries = items.map((facet) => entry(level, facet, state, answer));
    const rest = entries.splice(SHOWN);
    return M.element('section', { 'data-level': level }, M.element('h2', {}, NAMES[level]), M.element('ul', {}, ...entries),
      rest.length ? M.element('details', {}, M.element('summary', {}, `${rest.length} more`), M.element('ul', {}, ...rest)) : '');
  };

  const named = (level, answer) => answer.facets.filter((facet) => facet.level === level);

  /** A version says nothing without its product. Whoever has chosen one may have left a single product by that. */
  const isOfOne = (answer, state) => {
    const narrowed = M.narrowed(answer, state);
    return narrowed.includes('product') || (!narrowed.includes('version') && named('product', answer).length < 2);
  };

  /** The dot puts what a release goes on with above it, and what comes before it (`-rc1`) below. */
  const age = (facet) => `${facet.key.replace(/^v/i, '')}.`;

  const same = (facet, value) => facet.key === value || facet.name === value;

  const entry = (level, facet, state, answer) => {
    const on = same(facet, state[level]);
    const href = M.searchLink({ ...state, [level]: on ? '' : facet.key });
    const count = facet.count === undefined ? '' : M.total({ total: facet.count, cut: answer.cut });
    return M.element('li', {}, M.element('a', { href, 'aria-current': on ? 'true' : undefined, title: on ? 'Lift this filter' : undefined },
      M.element('span', {}, facet.name || facet.key), M.element('small', {}, count)));
  };
}
