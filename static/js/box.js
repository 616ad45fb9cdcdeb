// The search box that stands on every page: a combobox that shows the best hits as the reader types.
// In: the form `.box`, which without scripts leads to the search page. Out: the same form, with a list below it.
// Knows how a hit looks (hits.js) and whom to ask (engine.js). The search page has its own (results.js).
{
  const HITS = 6;
  const ROLES = { role: 'combobox', 'aria-expanded': 'false', 'aria-controls': 'suggestions', 'aria-autocomplete': 'list' };

  const list = M.element('div', { role: 'listbox', id: 'suggestions', 'aria-label': 'Results' });
  const note = M.element('div', { role: 'status' });
  const panel = M.element('div', { class: 'panel', hidden: '' }, list, note);
  let input = null;
  let asked = 0;
  let active = -1;

  M.box = (form) => {
    input = form.q;
    form.append(panel);
    for (const [name, value] of Object.entries(ROLES)) input.setAttribute(name, value);
    input.addEventListener('focus', () => M.start().catch(() => {}));
    input.addEventListener('input', M.calm(ask));
    input.addEventListener('keydown', press);
    form.addEventListener('focusout', (event) => form.contains(event.relatedTarget) || close());
    // A press must not take the focus away, or the list would be gone before the click.
    panel.addEventListener('mousedown', (event) => event.target.closest('button') || event.preventDefault());
  };

  const ask = async () => {
    const turn = ++asked;
    const current = () => turn === asked;
    const text = input.value.trim();
    if (!text) return close();
    if (panel.hidden) show([], 'Searching …');
    try {
      const answer = await M.ask({ text, limit: HITS }, current);
      if (answer) fill(text, answer);
    } catch (fault) {
      if (current()) show([], M.explain(fault, ask));
    }
  };

  const fill = (text, answer) => {
    M.remember(text, answer.hits, { q: text });
    const options = answer.hits.map(hitOption);
    if (answer.total) options.push(option(M.searchLink({ q: text }), 'all', `All results for “${text}” (${M.count(answer.total)})`));
    show(options, M.missingWords(answer.words) || (answer.total ? '' : 'No results.'));
  };

  const hitOption = (hit) => option(M.site.link(hit.url), 'hit',
    M.element('span', { class: 'title' }, M.title(hit)),
    M.element('span', { class: 'label' }, M.label(hit)),
    M.element('span', { class: 'crumb' }, M.path(hit)));

  const option = (href, kind, ...children) => M.element('a', { role: 'option', class: kind, tabindex: '-1', href }, ...children);

  const show = (options, words) => {
    options.forEach((element, i) => { element.id = `suggestion-${i}`; });
    list.replaceChildren(...options);
    note.replaceChildren(words);
    panel.hidden = false;
    input.setAttribute('aria-expanded', String(options.length > 0));
    activate(-1);
  };

  const close = () => {
    asked++;
    panel.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    activate(-1);
  };

  /** The option that Enter opens; -1 is the input itself. The focus stays in the input. */
  const activate = (index) => {
    list.children[active]?.removeAttribute('aria-selected');
    active = index;
    const chosen = list.children[index];
    chosen?.setAttribute('aria-selected', 'true');
    chosen?.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', chosen?.id ?? '');
  };

  const move = (step) => {
    if (panel.hidden) return ask();
    const places = list.children.length + 1;
    activate(((active + 1 + step + places) % places) - 1);
  };

  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => (list.children[active] ? list.children[active].click() : input.form.requestSubmit()),
    Escape: () => (panel.hidden ? input.blur() : close()),
  };

  const press = (event) => {
    if (!keys[event.key] || event.isComposing) return;
    event.preventDefault();
    keys[event.key]();
  };
}
