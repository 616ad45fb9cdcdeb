// A static host as the budgets mean it: text, scripts and WASM go out as brotli 11, and each answer takes a while.
// In: a site's folder, a delay. Out: an address, and how many bytes were sent for each file.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const brotli = promisify(zlib.brotliCompress);
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png' };

/** A file's bytes as the host sends them. */
export const asSent = (bytes) => brotli(bytes, {
  params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
});

export const serveSlowly = async (site, delayMs) => {
  const sent = new Map();
  const answer = async (request, response) => {
    const name = decodeURIComponent(request.url.split('?')[0]).slice(1);
    const asked = performance.now();
    const bytes = await fs.promises.readFile(path.join(site, path.normalize(`/${name}`))).catch(() => null);
    const body = bytes ? await asSent(bytes) : Buffer.alloc(0);
    // The delay counts from the request on, so that compressing costs no time of its own.
    await new Promise((resolve) => setTimeout(resolve, delayMs - (performance.now() - asked)));
    sent.set(name, body.length);
    const head = { 'content-type': TYPES[path.extname(name)] ?? 'application/octet-stream', 'content-encoding': 'br', 'content-length': body.length };
    response.writeHead(bytes ? 200 : 404, head).end(body);
  };
  const server = http.createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return { sent, url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
};
