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

  /** Whether the words stand in older versions, if nothing was found and nothing but versions was left out. */
  M.isOlder = (answer) => !answer.total && answer.words.some((word) => word.found);

  /** "no word found" as a sentence, or nothing where every word stands in the library. */
  M.missingWords = (words) => {
    const quoted = (texts) => texts.map((text) => `“${text}”`).join(', ');
    const missing = words.filter((word) => !word.found && !word.meant?.length).map((word) => word.text);
    const corrected = words.filter((word) => word.meant?.length);
    return [missing.length && `Nothing in the library for ${quoted(missing)}.`,
      ...corrected.map((word) => `Nothing in the library for “${word.text}”; showing ${quoted(word.meant)}.`)].filter(Boolean).join(' ');
  };
}
