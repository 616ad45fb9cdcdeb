// The filters beside the results: one group for each level, with counts.
// In: the facets of an answer and the filters that are set. Out: links that set or lift one filter.
// Knows nothing of the search itself; results.js follows the links without leaving the page.
{
  M.LEVELS = ['vendor', 'product', 'version', 'guide'];
  const NAMES = { vendor: 'Vendor', product: 'Product', version: 'Version', guide: 'Guide' };
  const SHOWN = 8;

  M.filters = (facets, state) => M.LEVELS.map((level) => group(level, facets, state)).filter(Boolean);

  const group = (level, facets, state) => {
    const items = facets.filter((facet) => facet.level === level);
    const chosen = state[level];
    if (chosen && !items.some((facet) => same(facet, chosen))) items.unshift({ key: chosen, name: chosen });
    if (!chosen && items.length < 2) return null;
    const entries = items.map((facet) => entry(level, facet, state));
    const rest = entries.splice(SHOWN);
    return M.element('section', { 'data-level': level }, M.element('h2', {}, NAMES[level]), M.element('ul', {}, ...entries),
      rest.length ? M.element('details', {}, M.element('summary', {}, `${rest.length} more`), M.element('ul', {}, ...rest)) : '');
  };

  const same = (facet, value) => facet.key === value || facet.name === value;

  const entry = (level, facet, state) => {
    const on = same(facet, state[level]);
    const href = M.searchLink({ ...state, [level]: on ? '' : facet.key });
    const count = facet.count === undefined ? '' : M.count(facet.count);
    return M.element('li', {}, M.element('a', { href, 'aria-current': on ? 'true' : undefined, title: on ? 'Lift this filter' : undefined },
      M.element('span', {}, facet.name || facet.key), M.element('small', {}, count)));
  };
}
