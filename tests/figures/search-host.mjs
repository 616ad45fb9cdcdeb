// A static host that notes what it sends: text, scripts and WASM go out as brotli 11, other files as they lie there.
// In: folders by the address they are served under. Out: an address, and each request with its time and bytes.
// The blank page is where a search without a page of its own is called from. Knows no search.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { asSent } from '../browser/slow-server.mjs';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.wasm': 'application/wasm' };
export const BLANK = 'blank.html';
const blank = Buffer.from('<!doctype html><html lang="en"><meta charset="utf-8"><title>Blank</title><link rel="icon" href="data:,"><body></body></html>');

/** Milliseconds by the clock that pages have too: their `performance.timeOrigin + performance.now()`. */
const clock = () => performance.timeOrigin + performance.now();

export const host = async (folders) => {
  const requests = [];
  const packed = new Map();
  const answer = async (request, response) => {
    const name = decodeURIComponent(request.url.split('?')[0]).slice(1);
    const noted = { name, at: clock(), bytes: undefined };
    requests.push(noted);
    const { body, head } = await (packed.get(name) ?? keep(packed, name, prepared(folders, name)));
    noted.bytes = body?.length ?? 0;
    response.writeHead(body ? 200 : 404, head).end(body);
  };
  const server = http.createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    taken: (until = Infinity) => taken(requests, until),
    close: () => { server.closeAllConnections(); server.close(); },
  };
};

const keep = (map, key, value) => {
  map.set(key, value);
  return value;
};

const prepared = async (folders, name) => {
  const bytes = name === BLANK ? blank : await fs.promises.readFile(place(folders, name)).catch(() => null);
  const type = TYPES[path.extname(name)];
  const body = bytes && type ? await asSent(bytes) : bytes;
  const head = { 'content-type': type ?? 'application/octet-stream', 'content-length': body?.length ?? 0, 'cache-control': 'max-age=3600' };
  if (bytes && type) head['content-encoding'] = 'br';
  return { body, head };
};

/** The folder with the longest address wins; nothing leads out of it. */
const place = (folders, name) => {
  const prefix = Object.keys(folders).filter((prefix) => name.startsWith(prefix)).sort((a, b) => b.length - a.length)[0];
  return path.join(folders[prefix], path.normalize(`/${name.slice(prefix.length)}`));
};

/** Takes away what was asked for so far, and gives of it what was asked for until then, once it is answered. */
const taken = async (requests, until) => {
  while (requests.some(({ bytes }) => bytes === undefined)) await new Promise((resolve) => setTimeout(resolve, 5));
  return requests.splice(0).filter(({ at }) => at <= until);
};
