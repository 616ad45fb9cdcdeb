// Brings files of bytes that travel as classic scripts: __s("<id>",<raw length>,"<mask, masked deflated bytes, escaped>").
// In: an id and its address. Out: the inflated bytes, or a fault "missing", "damaged" or "slow".
// Over http the file is fetched as bytes; from disk, where fetch is forbidden, it is injected as a script.
// Knows nothing of what the bytes mean.
{
  const SECONDS = 15;
  const HEAD = '__s("';
  const BACKSLASH = 92;
  const UNESCAPED = { 110: 10, 114: 13 }; // n and r; any other escaped byte stands for itself

  /** The inflated bytes of a carrier. `mode` is fetch's cache mode; names with a hash in them need none. */
  M.carry = async (id, url, mode = 'default') => {
    const bring = M.site.onDisk ? inject : download;
    // A query passes by what was run or kept before.
    const from = M.site.link(mode === 'reload' ? `${url}?${Date.now()}` : url);
    const { length, bytes } = await M.within(SECONDS, bring(id, from, mode), id);
    const raw = await inflate(bytes.subarray(1).map((byte) => byte ^ bytes[0])).catch(() => null);
    if (raw?.length !== length) throw new M.Fault('damaged', id);
    return raw;
  };

  const download = async (id, url, mode) => {
    const response = await fetch(url, { cache: mode }).catch(() => null);
    if (!response?.ok) throw new M.Fault('missing', id);
    const file = await response.arrayBuffer().catch(() => null);
    if (!file) throw new M.Fault('missing', id);
    return parse(id, new Uint8Array(file));
  };

  /** Takes a carrier apart. A page of a host that says "not found" with status 200 must not pass for one. */
  const parse = (id, file) => {
    const head = `${HEAD}${id}",`;
    const start = text(file.subarray(0, head.length + 16)).match(/,(\d+),"/);
    const end = file.lastIndexOf(34);
    if (!start || text(file.subarray(0, head.length)) !== head) throw new M.Fault('damaged', id);
    return { length: Number(start[1]), bytes: unescape(file.subarray(start.index + start[0].length, end)) };
  };

  const text = (bytes) => String.fromCharCode(...bytes);

  const unescape = (escaped) => {
    const bytes = new Uint8Array(escaped.length);
    let length = 0;
    for (let i = 0; i < escaped.length; i++) {
      const plain = escaped[i] !== BACKSLASH;
      bytes[length++] = plain ? escaped[i] : UNESCAPED[escaped[++i]] ?? escaped[i];
    }
    return bytes.subarray(0, length);
  };

  const inflate = (bytes) => {
    const stream = new DecompressionStream('deflate-raw');
    const writer = stream.writable.getWriter();
    // A damaged stream fails on both sides; the reading side reports it.
    writer.write(bytes).catch(() => {});
    writer.close().catch(() => {});
    return new Response(stream.readable).arrayBuffer().then((buffer) => new Uint8Array(buffer));
  };

  const received = new Map();

  /** What an injected carrier calls. Each character holds one byte, high bytes shifted by x-user-defined. */
  globalThis.__s = (id, length, characters) => {
    const bytes = new Uint8Array(characters.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
    received.set(id, { length, bytes });
  };

  const inject = (id, src) =>
    new Promise((resolve, reject) => {
      const script = M.element('script', { charset: 'x-user-defined', src });
      script.onload = () => {
        const carrier = received.get(id);
        received.delete(id);
        script.remove();
        carrier ? resolve(carrier) : reject(new M.Fault('damaged', id));
      };
      script.onerror = () => {
        script.remove();
        reject(new M.Fault('missing', id));
      };
      document.head.append(script);
    });
}
