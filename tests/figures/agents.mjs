// The endpoint under load, as Markdown: tests/measure DATA agents, or node tests/figures/agents.mjs LIBRARY|SITE [SECONDS]
// In: a library, which is built first, or a site. Out: latencies of an open loop (requests start on time, whatever the answers do), the
// same for a static file, what the server can at most, its memory, and what becomes of answers under way when it is told to stop.
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../browser/support.mjs';
import { call, meta, serve } from '../mcp/support.mjs';
import { found } from './data.mjs';

const RATE = 200; // requests a second, half search, half fetch
const WARM_SECONDS = 5;
const CEILING_SECONDS = 10;
const CEILING_CONNECTIONS = 16;
const QUESTIONS = 1000;

const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });

/** One request: its body, or an error where it fails. */
const send = (url, body) => new Promise((resolve, reject) => {
  const headers = body ? { 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': body.params.name } : {};
  const request = http.request(url, { method: body ? 'POST' : 'GET', agent, headers }, (response) => {
    const parts = [];
    response.on('data', (part) => parts.push(part));
    response.on('error', reject);
    response.on('end', () => (response.statusCode === 200 ? resolve(Buffer.concat(parts)) : reject(new Error(response.statusCode))));
  });
  request.on('error', reject);
  request.end(body && JSON.stringify(body));
});

const message = (name, args) => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args, _meta: meta } });

/** Questions of the library's own titles, and the ids that they find. */
const questions = async (server, site) => {
  const { guides } = JSON.parse(fs.readFileSync(path.join(site, 'search/library.json'), 'utf8'));
  const titles = guides.flatMap(({ sources }) => sources.map(({ title }) => title)).filter((title) => /\w{4}/.test(title));
  const step = Math.max(1, Math.floor(titles.length / QUESTIONS));
  const queries = titles.filter((_, at) => at % step === 0).slice(0, QUESTIONS).map((title) => title.split(/\s+/).slice(0, 4).join(' '));
  const ids = new Set();
  for (const query of queries.slice(0, QUESTIONS / 4)) {
    const { results = [] } = await call(server.mcp, 'search', { query });
    results.forEach(({ id }) => ids.add(id));
  }
  return { queries, ids: [...ids] };
};

/** Requests at their times, for so long; each counts from the time when it should have started. */
const openLoop = async (length, request) => {
  const waits = [];
  let errors = 0;
  const begin = performance.now();
  const all = [];
  for (let at = 0; at < length * RATE; at++) {
    const due = begin + (at * 1000) / RATE;
    const early = due - performance.now();
    if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
    all.push(request(at).then(() => waits.push(performance.now() - due), () => { errors += 1; }));
  }
  await Promise.all(all);
  return { waits: waits.sort((a, b) => a - b), errors };
};

/** As many as the server answers, over so many connections. */
const ceiling = async (request) => {
  const end = performance.now() + CEILING_SECONDS * 1000;
  let at = 0;
  const one = async () => {
    while (performance.now() < end) await request(at++);
  };
  await Promise.all(Array.from({ length: CEILING_CONNECTIONS }, one));
  return at / CEILING_SECONDS;
};

const share = (waits, part) => waits[Math.min(waits.length - 1, Math.floor(waits.length * part))];
const memory = ({ child }) => Number(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;
const line = (name, { waits, errors }) =>
  console.log(`| ${name} | ${waits.length} | ${errors} | ${[0.5, 0.9, 0.99, 1].map((part) => share(waits, part).toFixed(1)).join(' | ')} |`);

/** Told to stop with answers under way: how many of them arrive whole. */
const stopped = async (server, request) => {
  const under = Array.from({ length: 64 }, (_, at) => request(at).then(() => true, () => false));
  await new Promise((resolve) => setTimeout(resolve, 50));
  server.child.kill('SIGTERM');
  const whole = (await Promise.all(under)).filter(Boolean).length;
  return { whole, of: under.length, code: await server.ended };
};

const load = async (site, seconds) => {
  const server = await serve(site);
  const { queries, ids } = await questions(server, site);
  const pick = (list, at) => list[(at * 7919) % list.length];
  const ask = (at) => send(server.mcp, at % 2 ? message('fetch', { id: pick(ids, at) }) : message('search', { query: pick(queries, at) }));
  const file = () => send(`${server.url}search.html`);

  await openLoop(WARM_SECONDS, ask);
  const before = memory(server);
  const asked = await openLoop(Number(seconds), ask);
  const after = memory(server);
  const plain = await openLoop(Math.min(15, Number(seconds)), file);
  console.log(`${RATE} requests a second for ${seconds} s, half \`search\`, half \`fetch\`; client on the same machine; load average ${os.loadavg()[0].toFixed(1)}.\n`);
  console.log('|  | answers | errors | p50 ms | p90 ms | p99 ms | most ms |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  line('/mcp', asked);
  line('a static file', plain);
  console.log(`\n- p99 to that of a static file: ${(share(asked.waits, 0.99) / share(plain.waits, 0.99)).toFixed(1)}`);
  console.log(`- at most ${(await ceiling(ask)).toFixed(0)} answers a second over ${CEILING_CONNECTIONS} connections, ${(await ceiling(file)).toFixed(0)} static files`);
  console.log(`- memory: ${before.toFixed(0)} MB after ${WARM_SECONDS} s, ${after.toFixed(0)} MB at the end (${(after / before).toFixed(2)})`);
  const { whole, of, code } = await stopped(server, ask);
  console.log(`- told to stop with ${of} requests under way: ${whole} were answered, then it ended with ${code}`);
  agent.destroy();
};

export const agents = (data) => load(build(found(data, 'library')), '60');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, seconds = '60'] = process.argv.slice(2);
  if (!folder) throw new Error('usage: node tests/figures/agents.mjs LIBRARY|SITE [SECONDS]');
  await load(fs.existsSync(path.join(folder, '.mcdewey')) ? folder : build(folder), seconds);
}
