// The search engine's life in this page: started once, asked often.
// In: a query, or the number of a group. Out: an answer or places, or null where a newer query has overtaken it, or a fault.
// The engine runs in a worker and does no reading of its own: it names the shards that it needs, this file
// brings them, until it answers. Its room is made by module.js.
{
  const ROUNDS = 12; // dependent trips that a query may take; the engine promises four
  const root = { id: 'root', url: 'search/root.js' };

  let starting = null;
  let rootBytes = null;
  let call = null;
  const shards = new Map();

  /** Loads engine and root, in parallel and once. Called early, when the reader turns to a search box. */
  M.start = () => {
    starting ??= open().catch((fault) => {
      starting = null;
      throw fault;
    });
    return starting;
  };

  /** Asks until the engine answers. `current` tells whether anyone still waits for this query. */
  M.ask = (query, current) => insist({ ask: query }, 'answer', current);

  /** All places of a group of passages that say nearly the same. */
  M.places = (group) => insist({ places: group }, 'places', () => true);

  const insist = async (question, kind, current) => {
    await M.start();
    for (let round = 0; round < ROUNDS && current(); round++) {
      const reply = JSON.parse(await call(question));
      if (reply[kind]) return current() ? reply[kind] : null;
      await Promise.all(reply.need.map(bring));
    }
    if (current()) throw new M.Fault('damaged', 'plan');
    return null;
  };

  const open = async () => {
    call = await M.room('engine', M.site.engine, async () => {
      rootBytes = await M.carry(root.id, root.url, 'no-cache');
      return { root: rootBytes.slice() };
    });
  };

  /** A shard is brought and fed once; the engine keeps it. One that failed may be tried again. */
  const bring = (id) => {
    if (!shards.has(id)) {
      shards.set(id, feed(id).catch((fault) => {
        shards.delete(id);
        throw fault;
      }));
    }
    return shards.get(id);
  };

  const feed = async (id) => {
    try {
      await deliver(id, 'default');
    } catch (fault) {
      if (fault.kind === 'slow') throw fault;
      if (await rebuilt()) throw new M.Fault('stale', id);
      if (fault.kind !== 'damaged') throw fault;
      // What is damaged may lie so in the browser's cache only.
      await deliver(id, 'reload');
    }
  };

  const deliver = async (id, mode) => call({ feed: id, raw: await M.carry(id, `search/${id}.js`, mode) });

  /** Whether the site has another root by now than the one this page was opened with. */
  const rebuilt = async () => {
    const now = await M.carry(root.id, root.url, 'reload').catch(() => null);
    return now !== null && (now.length !== rootBytes.length || now.some((byte, i) => byte !== rootBytes[i]));
  };
}
