// The filters beside the results: one group for each level, with counts. And which versions are searched.
// In: the facets of an answer, the filters that are set, the <details> to fill. Out: links that set or lift one filter, or search every version.
// Knows nothing of the search itself; results.js follows the links without leaving the page.
{
  M.NAMES = { vendor: 'Vendor', product: 'Product', version: 'Version', guide: 'Guide' };
  M.LEVELS = Object.keys(M.NAMES);
  const SHOWN = 8;

  /** What the address of a search tells, besides what is typed. */
  M.FIELDS = [...M.LEVELS, 'all'];

  /** `every` counts versions also where the answer is of the newest alone. */
  M.showFilters = (filters, answer, every, state) => {
    const groups = M.LEVELS.map((level) => group(level, level === 'version' ? every : answer, state)).filter(Boolean);
    const facets = filters.lastElementChild;
    // What stays the same stays where it is: a click that falls upon a list in the making would be lost.
    if (!M.element('div', { id: 'facets' }, ...groups).isEqualNode(facets)) replace(facets, groups);
    filters.hidden = !groups.length;
    const chosen = M.LEVELS.filter((level) => state[level]).length;
    filters.firstElementChild.textContent = chosen ? `Filters (${chosen})` : 'Filters';
  };

  /** On a narrow screen the filters lie above the results: once one is chosen, they make way. */
  M.shutFilters = (filters) => {
    M.side(filters);
    if (filters.open) return;
    filters.firstElementChild.focus({ preventScroll: true });
    filters.scrollIntoView();
  };

  /** Whether a search is narrowed to names of a level, by a filter or in its words. */
  M.narrows = (level, answer, state) => Boolean(state[level]) || answer.clauses.some(({ kind, found }) => found && kind === level);

  /** Tells which versions are searched, with a link to search the others. A version that is chosen says it all. */
  M.scope = (answer, state) => {
    const scope = document.getElementById('scope');
    if (!scope) return;
    const [told, link] = scope.children;
    scope.hidden = M.narrows('version', answer, state);
    const named = answer.words.filter((word) => word.version).map((word) => word.text);
    told.textContent = state.all ? 'All versions' : ['Newest versions', ...named].join(' and ');
    link.textContent = state.all ? 'Search the newest only' : 'Search all versions';
    link.href = M.searchLink({ ...state, all: state.all ? '' : '1' });
  };

  /** Who chose by keyboard goes on from there. */
  const replace = (facets, groups) => {
    const level = document.activeElement?.closest('#facets section')?.dataset.level;
    facets.replaceChildren(...groups);
    const section = level && facets.querySelector(`[data-level="${level}"]`);
    (section?.querySelector('[aria-current]') ?? section?.querySelector('a'))?.focus();
  };

  const group = (level, answer, state) => {
    const chosen = state[level];
    const items = named(level, answer).filter((facet) => level !== 'version' || isOfOne(answer, state) || same(facet, chosen));
    if (level === 'version') items.sort((one, other) => age(other).localeCompare(age(one), 'en', { numeric: true }));
    if (chosen && !items.some((facet) => same(facet, chosen))) items.unshift({ key: chosen, name: chosen });
    if (!chosen && items.length < 2) return null;
    const entries = items.map((facet) => entry(level, facet, state, answer));
    const rest = entries.length > SHOWN + 1 ? entries.splice(SHOWN) : [];
    return M.element('section', { 'data-level': level }, M.element('h2', {}, M.NAMES[level]), M.element('ul', {}, ...entries),
      rest.length ? M.element('details', {}, M.element('summary', {}, `${rest.length} more`), M.element('ul', {}, ...rest)) : '');
  };

  const named = (level, answer) => answer.facets.filter((facet) => facet.level === level);

  /** Whether all that is searched is of one product: it is chosen, or the library has no other. */
  M.isOfOne = (answer, state) => M.narrows('product', answer, state) || document.querySelector('#filters[data-one]') !== null;

  /** A version says nothing without its product. Whoever has chosen one may have left a single product by that. */
  const isOfOne = (answer, state) => M.isOfOne(answer, state)
    || (!M.narrows('version', answer, state) && named('product', answer).length < 2);

  /** The dot puts what a release goes on with above it, and what comes before it (`-rc1`) below. */
  const age = (facet) => `${facet.key.replace(/^v/, '')}.`;

  const same = (facet, value) => facet.key === value || facet.name === value;

  const entry = (level, facet, state, answer) => {
    const on = same(facet, state[level]);
    const href = M.searchLink({ ...state, [level]: on ? '' : facet.key });
    const count = facet.count === undefined ? '' : M.total({ ...answer, total: facet.count });
    return M.element('li', {}, M.element('a', { href, 'aria-current': on && 'true', title: on && 'Lift this filter' },
      M.element('span', {}, facet.name || facet.key), M.element('small', {}, count)));
  };
}
