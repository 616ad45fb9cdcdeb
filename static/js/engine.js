// The search engine's life in this page: started once, asked often.
// In: a query. Out: an answer, or null where a newer query has overtaken it, or a fault.
// The engine runs in a worker and does no reading of its own: it names the shards that it needs, this file
// brings them, until it answers. The page carries the bytes and not the worker, because a worker may not
// fetch when the site is opened from disk; so both worlds take the same path.
{
  const ROUNDS = 12; // dependent trips that a query may take; the engine promises four
  const SECONDS = 15; // for one turn of the worker
  const root = { id: 'root', url: 'search/root.js' };

  let starting = null;
  let rootBytes = null;
  let worker = null;
  let calls = 0;
  const waiting = new Map();
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
  M.ask = async (query, current) => {
    await M.start();
    for (let round = 0; round < ROUNDS && current(); round++) {
      const reply = await call({ ask: query });
      if (reply.answer) return current() ? reply.answer : null;
      await Promise.all(reply.need.map(bring));
    }
    if (current()) throw new M.Fault('damaged', 'plan');
    return null;
  };

  const open = async () => {
    if (!globalThis.DecompressionStream || !globalThis.WebAssembly) throw new M.Fault('old', 'browser');
    const [engine, bytes] = await Promise.all([
      M.carry('engine', M.site.engine),
      M.carry(root.id, root.url, 'no-cache'),
    ]);
    rootBytes = bytes;
    const end = engine.length - 4;
    const sum = new DataView(engine.buffer).getUint32(end, true);
    if (fnv(engine.subarray(0, end)) !== sum) throw new M.Fault('damaged', M.site.engine);
    const length = new DataView(engine.buffer).getUint32(0, true);
    worker = hire(engine.subarray(4, 4 + length));
    await call({ open: engine.slice(4 + length, end), root: bytes.slice() });
  };

  /** FNV-1a-32: a damaged engine must not be taken for a browser that forbids it. */
  const fnv = (bytes) => bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5 | 0) >>> 0;

  const hire = (script) => {
    const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    try {
      const made = new Worker(url);
      made.onmessage = ({ data }) => settle(data);
      made.onerror = (event) => {
        event.preventDefault();
        for (const turn of [...waiting.keys()]) settle({ turn, fault: 'blocked', subject: event.message });
      };
      return made;
    } catch {
      throw new M.Fault('blocked', 'worker');
    }
  };

  const call = (message) => {
    const turn = ++calls;
    const reply = new Promise((resolve, reject) => waiting.set(turn, { resolve, reject }));
    worker.postMessage({ turn, ...message });
    return M.within(SECONDS, reply, 'engine').finally(() => waiting.delete(turn));
  };

  const settle = ({ turn, fault, subject, reply }) => {
    const { resolve, reject } = waiting.get(turn) ?? {};
    if (fault) reject?.(new M.Fault(fault, subject));
    else resolve?.(reply);
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
