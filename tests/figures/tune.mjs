// Tunes the parameters of ranking over all judged collections together: node tests/figures/tune.mjs DATA SETTING... [--sets adi,cacm,...]
// In: a folder with `judged` or its archive; settings as search/src/parameters.rs names them, such as "near=6 title=3"; "" are the
// defaults, always measured first. Out: a Markdown table of nDCG@10, a column for each setting. The program is built with the feature
// `tuning` into a folder of its own; what is shipped cannot be tuned.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { temporary } from '../browser/support.mjs';
import { found, judgements } from './data.mjs';
import { mean, row, share, table } from './markdown.mjs';

/** What is written into postings: a setting of these needs an index of its own. */
const WRITTEN = /\b(title_weight|title_share|headings_weight|title_length|headings_length|body_length|saturation)=/;

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = path.join(root, 'target', 'tuning');

const tunable = () => {
  execFileSync('cargo', ['build', '--quiet', '--release', '-p', 'mcdewey', '--features', 'tuning', '--target-dir', folder], { cwd: root, stdio: 'inherit' });
  return path.join(folder, 'release', 'mcdewey');
};

const run = (program, words, setting) =>
  execFileSync(program, words, { env: { ...process.env, MCDEWEY_TUNING: setting }, maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });

/** nDCG@10 of each setting over one collection; an index is made anew only where a setting is written into it. */
const scores = (program, collection, settings) => {
  const sites = new Map();
  const siteOf = (setting) => {
    const key = WRITTEN.test(setting) ? setting : '';
    if (!sites.has(key)) {
      sites.set(key, path.join(temporary(), 'site'));
      run(program, ['build', collection, '-o', sites.get(key)], key);
    }
    return sites.get(key);
  };
  const score = (setting) => JSON.parse(run(program, ['eval', siteOf(setting), ...judgements(collection), '--scope', 'all', '--json'], setting))['ndcg@10'];
  const measured = settings.map(score);
  for (const site of sites.values()) fs.rmSync(site, { recursive: true });
  return measured;
};

const { values: { sets }, positionals: [data, ...settings] } = parseArgs({ options: { sets: { type: 'string' } }, allowPositionals: true });
if (!data) throw new Error('usage: node tests/figures/tune.mjs DATA SETTING... [--sets adi,cacm]');
const program = tunable();
const judged = found(data, 'judged');
const names = sets?.split(',') ?? fs.readdirSync(judged).sort();
const all = names.map((name) => [name, scores(program, path.join(judged, name), ['', ...settings])]);
const shown = (value) => share(value, 4);
table('collection', 'as it is', ...settings);
for (const [name, measured] of all) row(name, ...measured.map(shown));
row('**mean**', ...['', ...settings].map((_, at) => shown(mean(all.map(([, measured]) => measured[at])))));
