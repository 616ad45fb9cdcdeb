// The search page: the address says what is searched, the list shows what is found.
// In: `?q=` and the filters of the address, and what the reader types. Out: results, filters, notices.
// A search that was meant, by Enter, a filter or a visit, keeps its entry; what is typed next gets its own: "back" leads to the last meant.
{
  const STEP = 10;
  const JUMPS = 3;
  const at = (id) => document.getElementById(id);
  const siteTitle = document.title;

  let input = null;
  let asked = 0;
  let jumped = 0;
  let waiting = true;
  let state = {};
  /** Whether the search of the address was meant, not only passed by while typing. */
  let meant = false;
  let shown = STEP;
  /** How far down passages were read for phrases, in hits. */
  let reach = STEP;
  let rest = null;

  M.results = (form) => {
    input = form.q;
    M.searched = new Promise((resolve) => { rest = resolve; });
    // Whoever comes here will search: the engine may come along with the page. A failure is told when asked.
    M.start().catch(() => {});
    input.addEventListener('input', jump);
    input.addEventListener('input', M.calm(type));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      type();
      meant = true;
    });
    at('more').onclick = more;
    at('skip').onclick = () => at('results').querySelector('a')?.focus();
    at('main').addEventListener('click', follow);
    at('main').addEventListener('keydown', step);
    addEventListener('popstate', arrive);
    keepPlace();
    arrive();
  };

  /** Shows the search that the address tells, as far down as the reader had come. */
  const arrive = async () => {
    state = read(location.search);
    meant = Boolean(state.q);
    shown = history.state?.shown ?? STEP;
    const place = history.state?.place ?? 0;
    if (document.activeElement !== input || input.value.trim() !== state.q) input.value = state.q;
    jump();
    await run();
    if (place) scrollTo(0, place);
  };

  /** A pasted address of this very site is known by what stands behind the site's root. */
  const local = (text) => (text.startsWith(M.site.link('')) ? text.slice(M.site.link('').length) : text);

  /** The list is not there yet when the browser would scroll back to where the reader left. */
  const keepPlace = () => {
    history.scrollRestoration = 'manual';
    addEventListener('pagehide', () => {
      meant = true;
      history.replaceState({ shown, place: scrollY }, '');
    });
  };

  const read = (search) => {
    const fields = new URLSearchParams(search);
    return Object.fromEntries(['q', ...M.FIELDS].map((name) => [name, fields.get(name) ?? '']));
  };

  const type = () => {
    if (input.value === state.q) return;
    go({ ...state, q: input.value });
    meant = false;
  };

  const go = (next) => {
    state = next;
    shown = STEP;
    history[meant ? 'pushState' : 'replaceState']({ shown }, '', M.searchLink(state));
    run();
  };

  /** A filter or an example is a link like any other; only here it need not leave the page. */
  const follow = (event) => {
    const link = event.target.closest('#scope a, #facets a, #notices a, #teach .try a');
    if (!link || !link.pathname.endsWith('/search.html') || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const next = read(link.search);
    // A filter narrows what is typed, though its link may be of a search before.
    if (link.closest('#scope, #facets')) next.q = input.value;
    input.value = next.q;
    jump();
    meant = true;
    go(next);
    if (link.closest('#facets')) M.shutFilters(at('filters'));
    else if (!link.closest('#scope')) at('status').focus({ preventScroll: true }); // The link goes with its search.
  };

  /** Up and down lead from the box through the hits and back; Escape leaves the box as it is. */
  const step = (event) => {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [input, ...document.querySelectorAll('#results h2 a')];
    const stop = stops.indexOf(event.target);
    if (stop < 0 || !(event.key === 'Escape' || stops[stop + way])) return;
    event.preventDefault();
    (stops[stop + way] ?? event.target)[way ? 'focus' : 'blur']();
  };

  const more = async () => {
    const turn = asked;
    const first = at('results').children.length;
    const further = at('more').dataset.further;
    if (further) reach *= 4;
    else shown += STEP;
    history.replaceState({ shown }, '');
    await attempt(() => turn === asked, (current) => (further ? page(0, current, reach) : page(shown - STEP, current)));
    at('results').children[first]?.querySelector('a').focus();
  };

  const run = async () => {
    const turn = ++asked;
    const current = () => turn === asked;
    // To this, WebKit resets the box of a page that the reader comes back to.
    input.defaultValue = state.q;
    waiting = true;
    reach = STEP;
    at('results').ariaBusy = 'true';
    await attempt(current, search);
    if (!current()) return;
    at('results').ariaBusy = null;
    waiting = false;
    rest();
    openCatalogue();
  };

  /** Does it, unless a newer search overtakes it, and tells what fails. */
  const attempt = async (current, action) => {
    try {
      await action(current);
    } catch (fault) {
      if (current()) fail(fault);
    }
    M.say();
  };

  const query = () => ({ ...state, text: local(state.q.trim()) });

  const search = async (current) => {
    const { text } = query();
    at('teach').open = !text;
    document.title = text ? `${text} · ${siteTitle}` : siteTitle;
    if (!text) {
      M.scope({ clauses: [], words: [] }, state);
      return clear('');
    }
    if (!at('results').children.length) clear('Searching …');
    // What words find is shown at once; what meaning adds costs files of its own, and follows.
    if (shown === STEP) await page(0, current, STEP, { words: true });
    // The counts need a shard more than the hits do: the hits do not wait for it.
    await count(current);
    for (let offset = 0; offset < shown; offset += STEP) await page(offset, current);
  };

  /** Of a product that is chosen every version is offered and counted, though the newest alone are searched, or another. */
  const count = async (current) => {
    const ask = (fields) => M.ask({ ...query(), ...fields, limit: 0, facets: true, words: true }, current);
    const counted = await ask();
    if (!counted) return;
    const isOpen = M.isOfOne(counted, state) && !M.narrows('version', counted, {});
    const every = isOpen ? await ask({ version: '', all: '1' }) : counted;
    if (every) M.showFilters(at('filters'), counted, every, state);
  };

  /** Pages are asked for one by one: a longer page would have another order, and what is open would close. */
  const page = async (offset, current, limit = STEP, options = {}) => {
    const answer = await M.ask({ ...query(), offset, limit, ...options }, current);
    if (!answer) return;
    M.scope(answer, state);
    if (!offset && limit === STEP && (options.words || !isShown(answer))) begin(answer);
    add(answer);
    const isLast = answer.hits.length < limit;
    at('status').textContent = tell(answer, isLast);
    const further = isLast && answer.unchecked > 0;
    at('more').dataset.further = further ? '1' : '';
    at('more').textContent = further ? `Read further: ${M.count(answer.unchecked)} more passages have the words` : 'More results';
    at('more').hidden = !further && (isLast || offset + limit >= answer.total + answer.related);
  };

  /** After engine and hits: they do not share their way with it. */
  const openCatalogue = async () => {
    await M.start().catch(() => {});
    if (await M.openCatalogue?.(() => !waiting)) jump();
  };

  /** The names that are meant by what stands in the box; at once, without a pause. */
  const jump = async () => {
    const turn = ++jumped;
    const entries = (await M.jump?.(input.value, JUMPS)) ?? [];
    const list = at('jump');
    if (turn !== jumped || !list) return;
    list.replaceChildren(...entries.map((entry) => M.jumpLink(entry)));
    list.hidden = !entries.length;
  };

  const clear = (status) => {
    at('results').replaceChildren();
    at('notices').replaceChildren();
    at('status').textContent = status;
    at('more').hidden = true;
    // While something is searched, the filters keep their place: the results must not move when they come.
    at('filters').hidden = !status;
  };

  const fail = (fault) => {
    clear('');
    at('notices').replaceChildren(M.explain(fault, run));
  };

  const begin = (answer) => {
    M.remember(state, answer.hits);
    at('results').replaceChildren();
    at('notices').replaceChildren(...M.notices(answer, state));
  };

  /** Whether these very hits are in the list: a list that stays need not be made anew under the reader's hand. */
  const isShown = (answer) => {
    const ids = [...at('results').children].map((one) => one.dataset.id);
    return answer.hits.map((hit) => hit.id).join(' ') === ids.join(' ');
  };

  /** A further page may have been made up with more known than the one before: no hit stands twice. */
  const add = (answer) => {
    const known = new Set([...at('results').children].map((one) => one.dataset.id));
    at('results').append(...answer.hits.filter((hit) => !known.has(hit.id)).map(M.result));
  };

  const tell = (answer, isLast) => {
    if (!answer.total && answer.related) return 'No word matches; passages related by meaning';
    if (!answer.total) return answer.unchecked ? 'Nothing found so far' : 'No results';
    const results = answer.total === 1 ? '1 result' : `${M.count(answer.total)} results`;
    if (answer.cut || answer.unchecked) return `At least ${results}`;
    // How many those are is no matter: the nearest come first, and the engine stops counting.
    if (answer.related && !isLast) return `${results}, then passages related by meaning`;
    const folded = isLast ? answer.total + answer.related - at('results').children.length : 0;
    return folded > 0 ? `${results}, ${M.count(folded)} of them nearly the same as another` : results;
  };
}
