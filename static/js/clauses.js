// What the signs of a query were taken for, as readers are told: chips that can be lifted, and sentences with a way on.
// In: the clauses of an answer and the search that was asked. Out: elements. Knows no list of hits and no engine.
{
  const LEVELS = M.NAMES;
  const CHIPS = { title: 'In the title', page: 'Page', without: 'Without', ...LEVELS };

  /** The search with one part of its text replaced. What is put there is no pattern: a `$` in it stands for itself. */
  const replaced = (state, text, other = '') => ({ ...state, q: state.q.replace(text, () => other).replace(/\s+/g, ' ').trim() });

  M.searchFor = (fields, ...text) => M.element('a', { href: M.searchLink(fields) }, ...text);

  /** A value without its sign and its quotes. */
  const value = ({ text }) => text.replace(/^-|^\w+:/, '').replace(/^["“„«]|["”“»]$/g, '');

  const quoted = (text) => `“${text.replace(/^["“„«]|["”“»]$/g, '')}”`;

  /** How a value is written in a query. */
  const written = (name) => (/^[^\s"]+$/.test(name) ? name : `"${name.replaceAll('"', '')}"`);

  /** One chip for each part that narrows the search; a click lifts it. */
  M.chips = (answer, state) => {
    const narrowing = answer.clauses.filter(({ kind, found }) => CHIPS[kind] && (found || !LEVELS[kind]));
    if (!narrowing.length) return null;
    const chip = (clause) => M.element('li', {}, M.element('a', { href: M.searchLink(replaced(state, clause.text)), title: `Search without ${clause.text}` },
      M.element('small', {}, CHIPS[clause.kind]), ` ${meant(clause)}`));
    return M.element('ul', { class: 'chips', 'aria-label': 'The search is narrowed' }, ...narrowing.map(chip));
  };

  const meant = (clause) => {
    const [first, ...more] = clause.names;
    if (!first) return value(clause);
    return more.length ? `${first.name} and ${more.length} more` : first.name;
  };

  const tells = {
    phrase: (clause, state, answer) => !clause.found && (answer.unchecked
      ? [`${quoted(clause.text)} is in none of the passages that were read. `,
        M.searchFor(replaced(state, clause.text, value(clause)), 'Search for the words')]
      : [`No passage has ${quoted(clause.text)} in a row${answer.total ? ': its words were searched apart' : ''}. `]),
    title: (clause, state) => !clause.found && [`No title has ${quoted(value(clause))}. `,
      M.searchFor(replaced(state, clause.text, value(clause)), 'Search the whole text')],
    page: (clause, state) => !clause.found && [`Nothing here is on a page ${quoted(value(clause))}. `,
      M.searchFor(replaced(state, clause.text), 'Search every page')],
    kept: (clause, state) => (clause.text.startsWith('-')
      ? [`“${clause.text}” was searched as it stands. To leave out a word, write it in small letters behind the others: `,
        M.searchFor(replaced(state, clause.text).q ? { ...state, q: `${replaced(state, clause.text).q} ${clause.text.toLowerCase()}` } : state,
          `-${value(clause).toLowerCase()}`)]
      : ['The quote does not end: its words were searched one by one. ', M.searchFor({ ...state, q: `${state.q.trim()}"` }, 'Search them in a row')]),
    without: (clause, state, answer) => !answer.total && /^-\w+$/.test(clause.text) && [`Passages with “${value(clause)}” are left out. `,
      M.searchFor(replaced(state, clause.text, `"${value(clause)}"`), `Search for “${clause.text}” instead`)],
    direct: () => ['The first result is what you pasted.'],
  };

  const unknown = (clause, state) => {
    const links = clause.names.flatMap(({ name, key }) => [' ', M.searchFor(replaced(state, clause.text, `${clause.kind}:${written(key)}`), name || key)]);
    return [`There is no ${clause.kind} ${quoted(value(clause))}, so that was not heeded. `, links.length ? 'There is:' : '', ...links];
  };

  /** What is told about the parts of a query; each an array of words and links. */
  M.tellClauses = (answer, state) => answer.clauses.map((clause) => {
    if (LEVELS[clause.kind]) return !clause.found && unknown(clause, state);
    return tells[clause.kind]?.(clause, state, answer);
  }).filter(Boolean);

  /** What to drop where nothing was found: one part after the other. */
  M.drops = (answer, state) => {
    const parts = [...answer.clauses.filter(({ kind, found }) => CHIPS[kind] && (found || !LEVELS[kind])).map(({ text }) => text),
      ...answer.words.filter(({ text, found }) => !found && !answer.clauses.some((clause) => clause.text.includes(text))).map(({ text }) => text)];
    const fewer = [...new Set(parts)].map((part) => [part, replaced(state, part)]).filter(([, { q }]) => q && q !== state.q.trim());
    return fewer.map(([part, fields]) => M.searchFor(fields, 'without ', M.element('b', {}, part)));
  };
}
