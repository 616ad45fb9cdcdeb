// What the reader is told when the search cannot answer, and what can be done about it.
// In: a fault, and what to do on "Try again". Out: an element to show. Knows no engine.
{
  const WORDS = {
    missing: ['Part of the search index could not be loaded.', 'The connection may be down, or this copy of the site is not complete.', 'again'],
    damaged: ['Part of the search index is damaged.', 'It was cut short or changed on its way. If reloading does not help, the site needs a new build or a new copy.', 'reload'],
    stale: ['The site was rebuilt.', 'This page belongs to the build before. Reload it to search the new one.', 'reload'],
    slow: ['The search index did not arrive in time.', 'The connection may be slow or interrupted.', 'again'],
    blocked: ['The search engine was not allowed to start.', 'A setting of the browser or of the host forbids WebAssembly or workers here.', 'reload'],
    old: ['This browser is too old for the search.', 'Reading and browsing work; searching needs a browser from 2023 or later.', 'reload'],
    unknown: ['The search failed.', 'This should not happen.', 'reload'],
  };

  M.explain = (fault, again) => {
    const [what, why, action] = WORDS[fault.kind] ?? WORDS.unknown;
    const reload = action === 'reload';
    const button = M.element('button', { type: 'button' }, reload ? 'Reload' : 'Try again');
    button.onclick = reload ? () => location.reload() : again;
    return M.element('div', { class: 'fault', role: 'alert', 'data-fault': fault.kind ?? 'unknown' },
      M.element('p', {}, M.element('b', {}, what), ` ${why}`),
      M.element('p', {}, button, M.element('small', {}, fault.subject ?? String(fault))));
  };

  /** What is to be known of an answer, above its hits: how the query was read, what was not found, and what to do about it. */
  M.notices = (answer, state) => {
    const filtered = !answer.total && M.LEVELS.some((level) => state[level]);
    const older = !filtered && M.isOlder(answer) && document.getElementById('scope') && !state.all && !state.version;
    const lines = [
      missing(answer),
      ...M.tellClauses(answer, state),
      filtered && ['Nothing within these filters. ', M.searchFor({ q: state.q, all: state.all }, 'Search everything')],
      older && ['Nothing in the newest versions. ', M.searchFor({ ...state, all: '1' }, 'Search all versions')],
      answer.cut && ['Very common words were searched only where they weigh most; add a rarer word or a filter.'],
    ].filter(Boolean);
    const told = lines.map((words) => M.element('p', {}, ...words));
    return [M.chips(answer, state), ...told, !answer.total && nothing(answer, state)].filter(Boolean);
  };

  /** What the page shows of an answer, for those who listen: once, when nobody types any more. */
  const speak = M.calm(() => {
    // What is being searched says so when it is there.
    if (document.getElementById('results').ariaBusy) return;
    said().textContent = [...document.querySelectorAll('#status, .chips, #notices > p')].map((one) => one.textContent).join('. ');
  }, 1000);
  const said = () => document.getElementById('said');
  M.say = () => {
    said().textContent = '';
    speak();
  };

  const missing = (answer) => {
    const told = M.missingWords(answer.words);
    const found = answer.words.filter((word) => word.found).map((word) => `“${word.text}”`);
    // What was taken for a word has been said along with it.
    if (!told || !answer.total || answer.words.some(({ meant }) => meant.length)) return told && [told];
    return [told, ` Showing ${found.length ? `results for ${found.join(', ')}` : 'what has parts of it'}.`];
  };

  /** An empty list says what else can be done. */
  const nothing = (answer, state) => {
    const drops = M.drops(answer, state);
    const ways = [
      ...drops.map((drop) => ['Search ', drop]),
      ['Try other words, or the beginning of one: ', M.element('i', {}, 'config'), ' finds configure and configuration.'],
      [M.element('a', { href: M.site.link('index.html#library') }, 'Browse the library'), ' by product and guide.'],
    ];
    return M.element('div', { class: 'nothing' }, M.element('h2', {}, 'What else to try'),
      M.element('ul', {}, ...ways.map((way) => M.element('li', {}, ...way))));
  };

  /** Whether the words stand in older versions, if nothing was found and nothing but versions was left out. */
  M.isOlder = (answer) => !answer.total && !answer.unchecked && answer.words.length > 0 && answer.words.every((word) => word.found)
    && answer.clauses.every(({ kind }) => kind === 'kept');

  /** "no word found" as a sentence, or nothing where every word stands in the library. */
  M.missingWords = (words) => {
    const quoted = (texts) => texts.map((text) => `“${text}”`).join(', ');
    const missing = words.filter((word) => !word.found && !word.meant.length).map((word) => word.text);
    const corrected = words.filter((word) => word.meant.length);
    return [missing.length && `Nothing in the library for ${quoted(missing)}.`,
      ...corrected.map((word) => `Nothing in the library for “${word.text}”; showing ${quoted(word.meant)}.`)].filter(Boolean).join(' ');
  };
}
