// The search box that stands on every page: a combobox that shows where to jump and the best hits as the reader types.
// In: the form `.box`, which without scripts leads to the search page. Out: the same form, with a list below it.
// Knows how a hit looks (hits.js) and whom to ask (engine.js, catalogue.js). The search page has its own (results.js).
{
  const HITS = 6;
  const JUMPS = 3;
  const ROLES = { role: 'combobox', 'aria-expanded': 'false', 'aria-controls': 'suggestions', 'aria-autocomplete': 'list' };

  const list = M.element('div', { role: 'listbox', id: 'suggestions', 'aria-label': 'Results' });
  const note = M.element('div', { role: 'status' });
  const panel = M.element('div', { class: 'panel', hidden: '' }, list, note);
  let input = null;
  let asked = 0;
  let jumped = 0;
  let waiting = false;
  let active = -1;
  /** Where the reader was when `/` led away from there. */
  let left = null;
  let jumps = [];
  let hits = [];

  M.box = (form) => {
    input = form.q;
    form.append(panel);
    for (const [name, value] of Object.entries(ROLES)) input.setAttribute(name, value);
    input.addEventListener('focus', () => M.start().then(openCatalogue).catch(() => {}));
    input.addEventListener('input', type);
    input.addEventListener('keydown', press);
    form.addEventListener('focusout', (event) => form.contains(event.relatedTarget) || close());
    form.addEventListener('focusout', () => { left = null; });
    // Before page.js leads to the box.
    addEventListener('keydown', (event) => {
      if (event.key === '/' && document.activeElement !== input) left = scrollY;
    }, true);
    // A press must not take the focus away, or the list would be gone before the click.
    panel.addEventListener('mousedown', (event) => event.target.closest('button') || event.preventDefault());
  };

  /** Where to jump is told at once, the hits when the reader pauses. */
  const type = () => {
    waiting = true;
    jump();
    calmly();
  };

  const openCatalogue = async () => {
    if (await M.openCatalogue?.(() => !waiting)) jump();
  };

  const jump = async () => {
    const turn = ++jumped;
    const entries = (await M.jump?.(input.value, JUMPS)) ?? [];
    if (turn !== jumped || (panel.hidden && !entries.length)) return;
    jumps = entries.map((entry) => M.jumpLink(entry, { role: 'option', tabindex: '-1' }));
    show(hits, panel.hidden ? 'Searching …' : undefined);
  };

  const ask = async () => {
    const turn = ++asked;
    const current = () => turn === asked;
    const text = input.value.trim();
    if (!text) return close();
    if (panel.hidden) show([], 'Searching …');
    try {
      const answer = await M.ask({ text, limit: HITS, words: true }, current);
      if (answer) fill(text, answer);
    } catch (fault) {
      if (current()) show([], M.explain(fault, ask));
    }
    if (!current()) return;
    waiting = false;
    openCatalogue();
  };

  const calmly = M.calm(ask);

  const fill = (text, answer) => {
    M.remember({ q: text }, answer.hits);
    const options = answer.hits.map(hitOption);
    if (answer.total) options.push(option(M.searchLink({ q: text }), 'all', `All results for “${text}” (${M.total(answer)})`));
    else if (M.isOlder(answer)) options.push(option(M.searchLink({ q: text, all: '1' }), 'all', 'Search all versions'));
    show(options, M.missingWords(answer.words) || nothing(answer));
  };

  const nothing = (answer) => {
    if (answer.total) return '';
    return M.isOlder(answer) ? 'Nothing in the newest versions.' : 'No results.';
  };

  const hitOption = (hit) => {
    const [around, near] = M.names(hit);
    const made = option(M.site.link(hit.url), 'hit',
      M.element('span', { class: 'title' }, hit.title, near),
      M.element('span', { class: 'label' }, M.label(hit)),
      M.element('span', { class: 'crumb' }, around));
    Object.assign(made.dataset, { title: hit.title, words: M.words([hit]) });
    return made;
  };

  const option = (href, kind, ...children) => M.element('a', { role: 'option', class: kind, tabindex: '-1', href }, ...children);

  /** Shows hits below the jumps. Whoever has chosen a jump already keeps it when the hits arrive. */
  const show = (options, words) => {
    const chosen = all()[active];
    hits = options;
    const group = M.element('div', { role: 'group', class: 'jumps', 'aria-label': 'Jump to' }, ...jumps);
    list.replaceChildren(...(jumps.length ? [group] : []), ...hits);
    all().forEach((element, i) => { element.id = `suggestion-${i}`; });
    if (words !== undefined) note.replaceChildren(words);
    panel.hidden = false;
    input.setAttribute('aria-expanded', String(all().length > 0));
    activate(all().indexOf(chosen));
  };

  const all = () => [...jumps, ...hits];

  const close = () => {
    asked++;
    jumped++;
    waiting = false;
    jumps = [];
    hits = [];
    panel.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    activate(-1);
  };

  /** The option that Enter opens; -1 is the input itself. The focus stays in the input. */
  const activate = (index) => {
    list.querySelector('[aria-selected]')?.removeAttribute('aria-selected');
    active = index;
    const chosen = all()[index];
    chosen?.setAttribute('aria-selected', 'true');
    chosen?.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', chosen?.id ?? '');
  };

  const move = (step) => {
    if (panel.hidden) return [jump(), ask()];
    const places = all().length + 1;
    activate(((active + 1 + step + places) % places) - 1);
  };

  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => (all()[active] ? all()[active].click() : input.form.requestSubmit()),
    Escape: () => (panel.hidden ? leave() : close()),
  };

  const leave = () => {
    const place = left;
    input.blur();
    if (place !== null) scrollTo({ top: place, behavior: 'instant' });
  };

  const press = (event) => {
    if (!keys[event.key] || event.isComposing) return;
    event.preventDefault();
    keys[event.key]();
  };
}
