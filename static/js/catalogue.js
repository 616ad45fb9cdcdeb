// "Jump to": the vendors, products and guides whose names the reader is typing.
// In: what is typed. Out: entries, best first, and how one looks. The catalogue has a room of its own (module.js), so that
// neither the page nor the engine waits for it; its module and its data come after the first hits, never before.
// A page whose catalogue does not open has no "Jump to", and nothing else is missing.
{
  const MODULE = 'assets/catalogue.js'; // the build writes the name with its hash here
  const ASKED_MAX = 500; // texts; a page may stay open for days
  const data = { id: 'catalogue-data', url: 'search/catalogue.js' };

  let opening = null;
  let call = null;

  /** Opens the catalogue once the browser is idle and nobody waits for hits. True where this call has opened it. */
  M.openCatalogue = async (isFree) => {
    if (opening) return false;
    await new Promise((resolve) => (globalThis.requestIdleCallback ?? setTimeout)(resolve));
    if (opening || !isFree()) return false;
    opening = M.room('catalogue', MODULE, bringData);
    call = await opening.catch(() => null);
    return call !== null;
  };

  const bringData = async () => {
    const raw = await M.carry(data.id, data.url, 'no-cache');
    return { data: new TextDecoder().decode(M.unsealed(raw, data.url)) };
  };

  /** The entries meant by a text; none while the catalogue is not open. What one key more will mean is asked for at once, so
   * that the next key need not wait for another thread, which on a busy machine may take longer than a frame. */
  M.jump = async (value, limit) => {
    if (!call) return [];
    const text = plain(value);
    const entries = text && (known.get(text) ?? await call({ find: text, limit }).catch(() => []));
    lookAhead(value.trimStart(), limit);
    return entries || [];
  };

  /** What texts mean, as far as it was told. */
  const known = new Map();
  const asked = new Set();
  const plain = (value) => value.trim().toLowerCase();

  const lookAhead = async (value, limit) => {
    if (asked.has(value)) return;
    if (asked.size > ASKED_MAX) [known, asked].forEach((memory) => memory.clear());
    asked.add(value);
    const found = await call({ ahead: value, limit }).catch(() => ({}));
    for (const [key, entries] of Object.entries(found)) known.set(plain(value + key), entries);
  };

  /** An entry as a link: its name, what it belongs to, what it is. */
  M.jumpLink = (entry, attributes) => M.element('a', { ...attributes, href: M.site.link(entry.url) },
    M.element('span', { class: 'title' }, entry.title, ' ', entry.place && M.element('span', { class: 'place' }, entry.place)), ' ',
    M.element('span', { class: 'level' }, entry.kind));
}
