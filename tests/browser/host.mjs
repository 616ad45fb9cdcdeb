// A plain host of static files, as simple as hosts come: it can be stopped for real, given another folder, made to break off, to take its time
// and to ask for a password.
// In: a folder. Out: an address that stays the same, and what was asked for. Knows nothing of the site but which names never change.
import fs from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES = {
  html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript', json: 'application/json', svg: 'image/svg+xml',
  png: 'image/png', webmanifest: 'application/manifest+json',
};
const COMPRESSED = ['html', 'css', 'json', 'svg', 'webmanifest'];
const HASHED = /^(assets\/|files\/|search\/[^/]+\/|offline\/[^/]+\.pack$)/;

/** Serves `folder` below `at`. `host.asked` holds path and bytes sent of every answer; of files that `host.locked` matches a page comes instead. */
export const hostOf = async (folder, at = '/') => {
  const host = { folder, asked: [], breakAfter: Infinity, pauseMs: 0, locked: null, server: null, port: 0 };
  const answer = (request, response) => {
    const { pathname } = new URL(request.url, 'http://host');
    const name = decodeURIComponent(pathname).slice(at.length) || 'index.html';
    const file = path.join(host.folder, name);
    if (host.breakAfter-- <= 0) return response.destroy();
    if (!pathname.startsWith(at) || !fs.existsSync(file) || fs.statSync(file).isDirectory()) {
      host.asked.push([name, 0, 404]);
      return response.writeHead(404, { 'Content-Type': TYPES.html }).end('<!doctype html><title>Not here</title>');
    }
    if (host.locked?.test(name)) {
      host.asked.push([name, 0, 200]);
      return response.writeHead(200, { 'Content-Type': TYPES.html }).end('<!doctype html><title>Sign in</title>');
    }
    const kind = path.extname(name).slice(1);
    const zipped = (COMPRESSED.includes(kind) || name.startsWith('assets/app.')) && /gzip/.test(request.headers['accept-encoding'] ?? '');
    const body = zipped ? gzipSync(fs.readFileSync(file)) : fs.readFileSync(file);
    host.asked.push([name, body.length, 200]);
    const headers = { 'Content-Type': TYPES[kind] ?? 'application/octet-stream', 'Content-Length': body.length };
    headers['Cache-Control'] = HASHED.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache';
    if (zipped) headers['Content-Encoding'] = 'gzip';
    return setTimeout(() => response.writeHead(200, headers).end(body), host.pauseMs);
  };
  host.start = () => new Promise((resolve) => {
    host.breakAfter = Infinity;
    host.server = createServer(answer).listen(host.port, '127.0.0.1', () => {
      host.port = host.server.address().port;
      host.url = `http://127.0.0.1:${host.port}${at}`;
      resolve(host);
    });
  });
  host.stop = () => new Promise((resolve) => {
    host.server.close(resolve);
    host.server.closeAllConnections();
  });
  return host.start();
};
