// The search engine as the browser runs it, under Node: the module and glue of a built site, fed from its files.
// In: a site's folder. Out: answers, as the module gives them. Knows no native engine.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { files } from '../browser/support.mjs';

const ROUNDS_MAX = 12;
const CHECKSUM_BYTES = 4;
const BACKSLASH = 92;
const UNESCAPED = { 110: 10, 114: 13 };

/** The bytes that a carrier holds under an id. */
export const unpack = (id, file) => {
  const [, length] = file.toString('latin1', 0, 200).match(new RegExp(`^__s\\("${id}",(\\d+),"`)) ?? [];
  if (!length) throw new Error(`${id}: not its carrier`);
  const escaped = file.subarray(`__s("${id}",${length},"`.length, file.length - 2);
  const bytes = Buffer.alloc(escaped.length);
  let end = 0;
  for (let at = 0; at < escaped.length; at++) {
    const plain = escaped[at] !== BACKSLASH;
    bytes[end++] = plain ? escaped[at] : UNESCAPED[escaped[++at]] ?? escaped[at];
  }
  const [mask, ...masked] = bytes.subarray(0, end);
  const raw = zlib.inflateRawSync(Buffer.from(masked.map((byte) => byte ^ mask)));
  if (raw.length !== Number(length)) throw new Error(`${id}: ${raw.length} bytes instead of ${length}`);
  return raw;
};

/** The one asset of a site whose name begins so. */
export const asset = (site, name) => path.join(site, files(site).find((file) => file.startsWith(`assets/${name}.`)));

/** Opens the engine of a site; returns a function that promises the answer to a query. */
export const openEngine = async (site) => {
  const read = (id) => unpack(id, fs.readFileSync(path.join(site, 'search', `${id}.js`)));
  const raw = unpack('engine', fs.readFileSync(asset(site, 'engine')));
  const length = raw.readUInt32LE(0);
  const say = room(raw.toString('utf8', 4, 4 + length));
  await say({ open: raw.subarray(4 + length, raw.length - CHECKSUM_BYTES), root: read('root') });
  return async (query) => {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const reply = JSON.parse(await say({ ask: { limit: 10, ...query } }));
      if (reply.answer) return reply.answer;
      for (const id of reply.need) await say({ feed: id, raw: read(id) });
    }
    throw new Error(`"${query.text}": the engine asks and asks`);
  };
};

/** Runs the script of a worker: what it is told, it answers. */
const room = (script) => {
  let settle = null;
  const hear = new Function('onmessage', 'postMessage', `${script}\nreturn onmessage;`)(null, (reply) => settle(reply));
  return async (message) => {
    const { fault, subject, reply } = await new Promise((resolve) => {
      settle = resolve;
      hear({ data: message });
    });
    if (fault) throw new Error(`${fault}: ${subject}`);
    return reply;
  };
};
