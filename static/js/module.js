// Rooms: workers that hold a WASM module and answer in turns.
// In: the carrier of a module. Out: a function that sends the room a message and promises its reply, or a fault.
// The page carries the bytes and not the worker, because a worker may not fetch when the site is opened from disk; so
// both worlds take the same path. Knows no module.
{
  const SECONDS = 15; // for one turn of a worker

  /** Opens a room: the first message holds the module under `open`, and what `bring` gives besides. */
  M.room = async (id, url, bring) => {
    if (!globalThis.DecompressionStream || !globalThis.WebAssembly) throw new M.Fault('old', 'browser');
    const [raw, besides] = await Promise.all([M.carry(id, url), bring()]);
    const bytes = M.unsealed(raw, url);
    const length = new DataView(bytes.buffer).getUint32(0, true);
    const call = hire(id, bytes.subarray(4, 4 + length));
    await call({ open: bytes.slice(4 + length), ...besides });
    return call;
  };

  /** The bytes before their checksum: a damaged module must not be taken for a browser that forbids it. */
  M.unsealed = (bytes, subject) => {
    const end = bytes.length - 4;
    const sum = end >= 0 && new DataView(bytes.buffer).getUint32(end, true);
    if (fnv(bytes.subarray(0, end)) !== sum) throw new M.Fault('damaged', subject);
    return bytes.subarray(0, end);
  };

  /** FNV-1a-32 */
  const fnv = (bytes) => bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5 | 0) >>> 0;

  const hire = (id, script) => {
    let calls = 0;
    const waiting = new Map();
    const settle = ({ turn, fault, subject, reply }) => {
      const { resolve, reject } = waiting.get(turn) ?? {};
      if (fault) reject?.(new M.Fault(fault, subject));
      else resolve?.(reply);
    };
    const worker = work(script);
    worker.onmessage = ({ data }) => settle(data);
    worker.onerror = (event) => {
      event.preventDefault();
      for (const turn of [...waiting.keys()]) settle({ turn, fault: 'blocked', subject: event.message });
    };
    return (message) => {
      const turn = ++calls;
      const reply = new Promise((resolve, reject) => waiting.set(turn, { resolve, reject }));
      worker.postMessage({ turn, ...message });
      return M.within(SECONDS, reply, id).finally(() => waiting.delete(turn));
    };
  };

  const work = (script) => {
    try {
      return new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
    } catch {
      throw new M.Fault('blocked', 'worker');
    }
  };
}
