// What an edit costs: processor time beside a whole build, what is written, and how soon it is seen under `serve`.
// In: a folder with the library. Out: tables. A copy of the library is edited; at the end its site must be, byte for byte, the one
// that a whole build makes.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { files, program, temporary } from '../browser/support.mjs';
import { found } from './data.mjs';
import { median, number, row, table } from './markdown.mjs';
import { measured } from './process.mjs';

const SOURCES = [
  'microsoft/cpp/current/mfc/reference/cwnd-class.md', 'microsoft/cpp/current/cpp/abstract-classes-cpp.md',
  'suse/longhorn/docs/1.11.0/deploy/upgrade/longhorn-manager.md', 'f5/nginx/amplify/user-interface/analyzer.md',
  'pingcap/tidb-zh/ai/integrations/vector-search-auto-embedding-openai.md',
];
const PARAGRAPH = 'A replica of the volume is rebuilt when the engine finds that a snapshot differs from the backup. Every window gets a '
  + 'message about it, and the function returns an error unless the parameter has a value. See also the example below.\n\n';
const EDITS = {
  'one word': (text, at, word) => `${text.slice(0, at)} ${word}${text.slice(at)}`,
  'a paragraph': (text, at, word) => `${text.slice(0, at + 2)}${word}. ${PARAGRAPH}${text.slice(at + 2)}`,
};
const TIMES = 2; // that each source is edited under `serve`
const PATIENCE_MS = 120_000;

let words = 0;

/** Edits a source behind a sentence in its middle; says the new word. */
const edit = (library, source, change) => {
  const file = path.join(library, source);
  const text = fs.readFileSync(file, 'utf8');
  const word = `zyxword${words += 1}q`;
  fs.writeFileSync(file, change(text, text.lastIndexOf('. ', Math.floor(text.length * 2 / 3)), word));
  return word;
};

const bytesOf = (site, names) => names.reduce((sum, name) => sum + fs.statSync(path.join(site, name)).size, 0);

const edits = async (library, site, whole) => {
  const list = path.join(temporary(), 'changes');
  table('edit', 'source', 'CPU s', 'of a whole build', 'index files written', 'of the index\'s bytes', 'pages written');
  for (const [name, change] of Object.entries(EDITS)) {
    const costs = [];
    for (const source of SOURCES) {
      edit(library, source, change);
      const { cpu } = await measured(program, ['build', library, '-o', site, '--changes', list]);
      const written = fs.readFileSync(list, 'utf8').split('\n').filter((line) => /^[+*]/.test(line)).map((line) => line.slice(2));
      const index = written.filter((file) => file.startsWith('search/'));
      const share = bytesOf(site, index) / bytesOf(site, files(site).filter((file) => file.startsWith('search/')));
      costs.push({ cpu, share });
      row(name, path.basename(source), cpu.toFixed(2), percent(cpu / whole), index.length, percent(share), written.length - index.length);
    }
    const middle = (field) => median(costs.map((cost) => cost[field]));
    row(name, '**median**', middle('cpu').toFixed(2), percent(middle('cpu') / whole), '', percent(middle('share')), '');
  }
};

const percent = (share) => `${(100 * share).toFixed(2)} %`;

/** Milliseconds until `is` holds. */
const until = async (begin, is) => {
  while (!await is()) {
    if (performance.now() - begin > PATIENCE_MS) throw new Error('an edit is not seen');
    await sleep(5);
  }
  return performance.now() - begin;
};

const served = async (library, site) => {
  const server = spawn(program, ['serve', library, '-o', site, '--addr', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  server.stdout.on('data', (text) => { said += text; });
  await until(performance.now(), () => /http:\S+/.test(said));
  const [url] = /http:\S+/.exec(said);
  const get = async (address) => (await fetch(new URL(address, url))).text();
  const [pages, searches] = [[], []];
  for (const source of Array(TIMES).fill(SOURCES).flat()) {
    const view = `read/${source.replace(/\.md$/, '.html')}`;
    const parts = files(site).filter((file) => file === view || file.startsWith(view.replace(/html$/, '')));
    const word = edit(library, source, EDITS['one word']);
    const begin = performance.now();
    pages.push(await until(begin, async () => (await Promise.all(parts.map(get))).some((page) => page.includes(word))));
    const question = `search?q=${word}&all=1`;
    searches.push(await until(begin, async () => (await get(question)).includes('<mark>')));
    await sleep(2_500); // a file changed within two seconds of a build is read again
  }
  server.kill('SIGTERM');
  await once(server, 'exit');
  table('seen under `serve`', 'median ms', 'worst ms');
  for (const [name, times] of [['the page', pages], ['search', searches]]) {
    row(name, number(Math.round(median(times))), number(Math.round(Math.max(...times))));
  }
};

/** What rebuilding costs. */
export const rebuild = async (data) => {
  const folder = temporary();
  const [library, site, fresh] = ['library', 'site', 'fresh'].map((name) => path.join(folder, name));
  const record = (name, kind) => path.join(folder, `.${name}.mcdewey-${kind}`);
  fs.cpSync(found(data, 'library'), library, { recursive: true });
  const { cpu: whole } = await measured(program, ['build', library, '-o', site]);
  const { cpu: nothing } = await measured(program, ['build', library, '-o', site]);
  console.log(`\nWhole build ${whole.toFixed(1)} CPU s, nothing changed ${nothing.toFixed(2)}.\n`);
  await edits(library, site, whole);
  console.log();
  await served(library, site);
  // With the same recorded inputs: what was fitted to the library when it was first built, how its passages are numbered, which are related.
  for (const kind of ['basis', 'numbers', 'related']) fs.copyFileSync(record('site', kind), record('fresh', kind));
  await measured(program, ['build', library, '-o', fresh]);
  execFileSync('diff', ['-rq', site, fresh], { stdio: 'inherit' });
  console.log('\nAfter all edits the site is, byte for byte, that of a whole build.');
};
