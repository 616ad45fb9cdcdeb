// The figures of BENCHMARKS.md over the large libraries: building, bytes, and what searches cost a cold browser.
// In: a folder with `library` and `paged`, or with their archives. Out: Markdown on the standard output.
// Nothing is asserted but that builds with different numbers of threads are the same byte for byte.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { files, launch, program, temporary } from '../browser/support.mjs';
import { asSent } from '../browser/slow-server.mjs';
import { DELAY_MS, firstSearch } from '../browser/first-search.mjs';
import { agents } from './agents.mjs';
import { beside } from './beside.mjs';
import { found } from './data.mjs';
import { hostile } from './hostile.mjs';
import { jump } from './jump.mjs';
import { links } from './links.mjs';
import { number, row, table } from './markdown.mjs';
import { million } from './million.mjs';
import { offline } from './offline.mjs';
import { meaning } from './meaning.mjs';
import { measured } from './process.mjs';
import { ranking } from './ranking.mjs';
import { rebuild } from './rebuild.mjs';
import { relevance } from './relevance.mjs';
import { semantic } from './semantic.mjs';
import { scaling } from './scaling.mjs';
import { search } from './search.mjs';

const QUESTIONS = {
  library: ['unresolved external symbol', 'C4996', 'unique_ptr custom deleter', 'operator<<', 'regex lookahead', 'etcdctl snapshot restore',
    'member add', 'compaction revision', 'backup target', 'replica rebuild', 'volume attach', 'upstream health check', 'proxy_pass', 'ingress controller',
    'data builder', 'remote table', 'share a space', '数据迁移', '备份与恢复', 'TiKV 扩容'],
  paged: ['snapshot restore', 'tls certificate', 'member remove', 'disaster recovery', 'compaction', 'grpc proxy', 'auth enable', 'etcdctl put', 'heartbeat interval', 'v2 api'],
};

/** A site as one number: the names and bytes of all its files. */
const digest = (site) => {
  const hash = createHash('sha256');
  for (const file of files(site)) {
    const bytes = fs.readFileSync(path.join(site, file));
    hash.update(`${file} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
};

const builds = async (library) => {
  const site = path.join(temporary(), 'site');
  const digests = new Set();
  console.log('\nBuilding:\n');
  table('jobs', 'wall s', 'CPU s', 'peak MB');
  let summary = '';
  for (const jobs of [os.availableParallelism(), 1]) {
    const { wall, cpu, peak, out } = await measured(program, ['build', library, '-o', site, '--jobs', String(jobs)]);
    row(jobs, wall.toFixed(1), cpu.toFixed(1), (peak / 1e6).toFixed(0));
    digests.add(digest(site));
    summary = out;
  }
  console.log(`\nThe builds are ${digests.size === 1 ? 'the same byte for byte' : '**different**'} (sha256 ${[...digests].map((one) => one.slice(0, 16))}).`);
  if (digests.size > 1) process.exitCode = 1;
  console.log(`\n\`\`\`\n${summary.trimEnd().replace(/\n.*$/, '')}\n\`\`\``);
  return site;
};

const sizes = async (site) => {
  const all = files(site);
  const bytes = (names) => names.reduce((sum, name) => sum + fs.statSync(path.join(site, name)).size, 0);
  const sent = async (names) => {
    const each = names.map(async (name) => (await asSent(fs.readFileSync(path.join(site, name)))).length);
    return (await Promise.all(each)).reduce((sum, one) => sum + one, 0);
  };
  const kind = (pattern) => all.filter((name) => pattern.test(name));
  console.log('\nFiles:\n');
  table('', 'files', 'bytes');
  for (const [name, pattern] of Object.entries({ all: /./, pages: /\.html$/, index: /^search\//, 'shards of words': /^search\/w\//,
    'blocks of texts': /^search\/t\//, 'shards of filters': /^search\/g\//, 'directory': /^search\/d\// })) {
    row(name, number(kind(pattern).length), number(bytes(kind(pattern))));
  }
  const scripts = kind(/^assets\/.*\.js$/);
  console.log('\nBefore the first shard, as sent (brotli 11):\n');
  table('', 'bytes');
  for (const name of [...scripts, 'search/root.js']) row(name, number(await sent([name])));
  row('together', number(await sent([...scripts, 'search/root.js'])));
};

const searches = async (site, questions) => {
  const browser = await launch();
  console.log(`\nFirst search on a cold browser (${DELAY_MS} ms for each answer of the host):\n`);
  table('query', 'results', 'requests', 'trips', 'bytes as sent', 'ms to ten results');
  const costs = [];
  for (const question of questions) {
    const cost = await firstSearch(browser, site, question).catch((error) => ({ failed: error.message.split('\n')[0] }));
    if (cost.failed) row(question, cost.failed, '', '', '', '');
    else row(question, number(cost.total), cost.requests, cost.trips, number(cost.bytes), cost.ms);
    if (!cost.failed) costs.push(cost);
  }
  const middle = (field) => costs.map((cost) => cost[field]).sort((a, b) => a - b)[costs.length >> 1];
  const most = (field) => Math.max(...costs.map((cost) => cost[field]));
  row('**median**', '', middle('requests'), middle('trips'), number(middle('bytes')), middle('ms'));
  row('**most**', '', most('requests'), most('trips'), number(most('bytes')), most('ms'));
  await browser.close();
};

const whole = (name) => async (data) => {
  const site = await builds(found(data, name));
  await sizes(site);
  await searches(site, QUESTIONS[name]);
};

const PARTS = {
  library: whole('library'), paged: whole('paged'), links, jump, offline, rebuild, scaling, million, beside, search, hostile, relevance, ranking, semantic, meaning, agents,
};
const [data, ...wanted] = process.argv.slice(2);
if (!data || !fs.existsSync(data) || !wanted.every((name) => PARTS[name])) {
  console.error(`usage: tests/measure DATA [PART...]   (a folder with library and paged, or their .tar.xz; parts: ${Object.keys(PARTS).join(', ')})`);
  process.exit(2);
}
for (const name of wanted.length ? wanted : Object.keys(PARTS)) {
  console.log(`\n## ${name}`);
  await PARTS[name](data);
}
