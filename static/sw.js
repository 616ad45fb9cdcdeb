// The service worker: what a reader has seen or saved of the site, answered when the network does not answer.
// In: requests for the site's own files. Out: from the network while there is one; else the build that was saved, whole, and beside
// it what was visited. Saved pages lie in bundles (generator/src/offline/bundle.rs) and are unpacked when asked for. A file whose name
// tells its content is never asked for twice; pages say which of these they loaded, since nothing waits for the worker that need not.
// Knows no page; static/js/saved.js decides what is saved.
'use strict';
// A library that does not want a worker gets this line with `false`: it then removes what it kept, and itself.
const ON = true;
const root = new URL('./', location.href).href;
const name = (kind) => `mcdewey ${new URL(root).pathname} ${kind}`;
const HASHED = /^(assets\/|files\/|search\/[^/]+\/|offline\/[^/]+\.pack$)/;
/** Of these, what pages load: a browser may look for it in its caches by itself, for to ask a worker takes as long as a file. */
const ROUTES = ['assets/*', 'files/*', 'search/*/*'];
/** What the server answers by itself, and the list, of which only the newest is of use. A folder `mcp` of the library is none of it. */
const LIVE = /^(mcp|search|healthz|\.mcdewey\/(events|reload\.js)|offline\/list\.json)$/;
const OPENED_MAX = 6;

addEventListener('install', (event) => {
  skipWaiting();
  const routes = ROUTES.map((urlPattern) => ({ condition: { urlPattern }, source: 'cache' }));
  // A browser that knows no routes, or not these, asks the worker.
  if (ON) event.waitUntil(event.addRoutes?.(routes).catch(() => {}));
});
addEventListener('activate', (event) => event.waitUntil(ON ? clients.claim() : undo()));

const undo = async () => {
  const names = (await caches.keys()).filter((key) => key.startsWith(name('')));
  await Promise.all(names.map((key) => caches.delete(key)));
  await registration.unregister();
};

addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  const path = own(url);
  if (!ON || method !== 'GET' || path === null || LIVE.test(path)) return;
  event.respondWith(HASHED.test(path) ? lasting(event.request) : fresh(path || 'index.html', event));
});

/** What a page has loaded by now. */
addEventListener('message', (event) => ON && event.waitUntil(Promise.all(event.data.map(see))));

/** Where a file of this site lies below its root; null for any other. */
const own = (url) => url.startsWith(root) ? new URL(url).href.slice(root.length).replace(/[?#].*/, '') : null;

/** A file that is named by its content: whichever cache has it has the right one. A query asks for it anew. */
const lasting = async (request) => (await caches.match(request.url)) ?? fetch(request);

/** The browser has it still: what is named by its content is as good however old it is. */
const see = async (url) => {
  const path = own(url);
  if (!HASHED.test(path) || path.startsWith('offline/') || await caches.match(root + path)) return;
  const response = await fetch(root + path, { cache: 'force-cache' }).catch(() => null);
  if (response?.status === 200 && !isInstead(path, response)) await keep('seen', root + path, response);
};

/** Whether a page came instead, which asks for a password perhaps: it would stand for the file for ever. */
const isInstead = (path, response) => response.redirected || (/html/.test(response.headers.get('Content-Type')) && !/\.html?$/.test(path));

/** A file that the next build may change: as the server has it, or as it was when there was one. */
const fresh = async (path, event) => {
  const { request } = event;
  const response = await fetch(request).catch(() => null);
  if (response?.status === 200 && !response.redirected) event.waitUntil(keep('visited', root + path, response.clone()));
  // A server in trouble is as good as none.
  if (response && response.status < 500) return response;
  return (await stored(path)) ?? response ?? (request.mode === 'navigate' ? notHere() : Response.error());
};

/** Full or forbidden: the reader still gets what was asked for. */
const keep = async (kind, key, response) => {
  const cache = await caches.open(name(kind));
  await cache.put(key, response).catch(() => {});
};

const stored = async (path) => {
  const saved = await savedBuild();
  const file = saved && ((await saved.kept.match(`${root}${path}?build=${saved.build}`)) ?? (await fromBundle(saved, path)));
  return file ?? (await caches.open(name('visited'))).match(root + path);
};

/** The build that was saved last, with its list at hand. */
let current = null;
const savedBuild = async () => {
  const kept = await caches.open(name('kept'));
  const { build } = (await (await kept.match(`${root}saved`))?.json()) ?? {};
  if (!build) return null;
  if (current?.build !== build) {
    const list = await (await kept.match(`${root}offline/list.json?build=${build}`))?.json();
    current = list ? { build, kept, bundles: bundlesOf(list) } : null;
  }
  return current;
};

/** Which bundle holds a guide's page and its sources; the rest is in the shell's. */
const bundlesOf = (list) => {
  const of = new Map();
  for (const { url, bundles } of list.guides) {
    of.set(url, bundles[0].url);
    for (const bundle of bundles) for (const stem of bundle.stems ?? []) of.set(stem, bundle.url);
  }
  return { of, shell: list.shell.map((bundle) => bundle.url) };
};

const fromBundle = async ({ kept, bundles }, path) => {
  const candidates = places(path).map((place) => bundles.of.get(place)).filter(Boolean);
  for (const url of [...candidates, ...bundles.shell]) {
    const bundle = await open(kept, url);
    const page = bundle?.pages.get(path);
    if (page) return respond(bundle.text.subarray(...page), 200);
  }
  return undefined;
};

/** The names under which a page's bundle may be known; `read/a.2.html` is of `a.2`, or the second part of `a`. */
const places = (path) => {
  const plain = path.replace(/\.html$/, '');
  const stem = plain.startsWith('read/') ? plain.slice(5) : plain.replace(/\/[^/]*$/, '');
  return [path, stem, stem.replace(/\.\d+$/, '')];
};

const opened = new Map();

/** A bundle's pages: where each begins and ends in one text. */
const open = async (kept, url) => {
  if (opened.has(url)) return opened.get(url);
  const file = await kept.match(root + url);
  if (!file) return null;
  const bundle = unpack(new Uint8Array(await inflated(file)));
  opened.set(url, bundle);
  if (opened.size > OPENED_MAX) opened.delete(opened.keys().next().value);
  return bundle;
};

const inflated = (file) => new Response(file.body.pipeThrough(new DecompressionStream('deflate-raw'))).arrayBuffer();

const unpack = (raw) => {
  const length = new DataView(raw.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(raw.subarray(4, 4 + length)));
  const pages = new Map();
  let end = 0;
  for (const [url, bytes] of head.pages) pages.set(url, [end, end += bytes]);
  return { pages, text: withRepeats(head.copies, raw.subarray(4 + length), end) };
};

/** Literals as they stand, and between them what stood before. */
const withRepeats = (copies, literals, bytes) => {
  const text = new Uint8Array(bytes);
  let [at, taken] = [0, 0];
  const take = (count) => {
    text.set(literals.subarray(taken, taken + count), at);
    [at, taken] = [at + count, taken + count];
  };
  for (let i = 0; i < copies.length; i += 3) {
    take(copies[i]);
    text.copyWithin(at, copies[i + 1], copies[i + 1] + copies[i + 2]);
    at += copies[i + 2];
  }
  take(literals.length - taken);
  return text;
};

const respond = (body, status) => new Response(body, { status, headers: { 'Content-Type': 'text/html; charset=utf-8' } });

const notHere = () => respond(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Not saved</title>
</head>
<body>
<h1>This page was not saved</h1>
<p>There is no connection to the library now, and this page was neither visited nor saved before.</p>
<p>What was saved can be <a href="${root}search.html">searched</a>, and read from <a href="${root}index.html">home</a>.</p>
</body>
</html>
`, 503);
