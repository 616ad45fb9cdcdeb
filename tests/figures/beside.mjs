// McDewey beside Hugo and Pagefind: the same Markdown to pages and an index, in one go on one machine, turn by turn.
// In: the library. Out: a table of what each took, and the ratios. The peers' work is Hugo's pages and Pagefind's index of them.
import os from 'node:os';
import fs from 'node:fs';
import path from 'node:path';
import { mcdewey, program, temporary } from '../browser/support.mjs';
import { corpus } from './corpus.mjs';
import { found, weight } from './data.mjs';
import { median, megabytes, number, row, table } from './markdown.mjs';
import { hugoSite, installed } from './peers.mjs';
import { measured } from './process.mjs';

const ROUNDS = 3;
const PLAIN = 'McDewey, words alone, nothing for offline';

export const beside = async (data) => {
  const folder = temporary();
  const content = path.join(folder, 'content');
  corpus(path.join(found(data, 'library'), 'microsoft/cpp/current'), content, 'cpp');
  const { files, bytes } = weight(content);
  // The peers index words and save nothing for offline reading; the same library so is the same work.
  const plain = path.join(folder, 'plain');
  fs.cpSync(content, plain, { recursive: true });
  fs.writeFileSync(path.join(plain, 'mcdewey.toml'), 'semantic = false\noffline = false\n');
  const peers = installed();
  console.log(`\n${number(files)} Markdown files of ${megabytes(bytes)} MB (microsoft/cpp, front matter cut to title and description); ${peers.versions.join(', ')}.`);
  const canSwitch = mcdewey('build', '--help').includes('--no-highlight');
  await compare('without highlighting', contest(peers, content, plain, folder, false, canSwitch ? ['--no-highlight'] : []));
  if (canSwitch) await compare('with highlighting', contest(peers, content, plain, folder, true, []));
};

/** What runs in each turn. A folder left by the turn before would spare work, so all begin without. */
const contest = (peers, content, plain, folder, highlights, options) => {
  const hugo = hugoSite(content, highlights);
  const [pages, index] = [path.join(hugo, 'public'), path.join(folder, 'pagefind')];
  // What a build leaves for the next lies beside the site.
  const [site, plainSite] = [path.join(folder, 'made', 'site'), path.join(folder, 'made', 'plain')];
  return {
    'McDewey': { command: [program, ['build', content, '-o', site, ...options]], out: site },
    [PLAIN]: { command: [program, ['build', plain, '-o', plainSite, ...options]], out: plainSite },
    'Hugo': { command: [peers.hugo, ['--quiet', '--source', hugo]], out: pages },
    'Pagefind': { command: [peers.pagefind, ['--quiet', '--site', pages, '--output-path', index]], out: index },
  };
};

const compare = async (title, contest) => {
  const turns = [];
  const weights = {};
  for (let round = 0; round < ROUNDS; round++) {
    const turn = {};
    for (const [name, { command, out }] of Object.entries(contest)) {
      clear(out);
      turn[name] = await measured(...command);
      weights[name] = weight(out);
    }
    turns.push(turn);
  }
  show(title, turns, weights);
  for (const { out } of Object.values(contest)) clear(out);
};

/** Removes a folder and what lies beside it under its name. */
const clear = (out) => {
  if (!fs.existsSync(path.dirname(out))) return;
  const own = fs.readdirSync(path.dirname(out)).filter((name) => name === path.basename(out) || name.startsWith(`.${path.basename(out)}.`));
  for (const name of own) fs.rmSync(path.join(path.dirname(out), name), { recursive: true, force: true });
};

const show = (title, turns, weights) => {
  const load = os.loadavg()[0].toFixed(1);
  console.log(`\n${title[0].toUpperCase()}${title.slice(1)}, medians of ${ROUNDS} turns (all of them in brackets), load average ${load}:\n`);
  table('', 'CPU s', 'wall s', 'peak MB', 'files', 'output MB');
  const all = (name, field) => turns.map((turn) => turn[name][field]);
  for (const [name, { files, bytes }] of Object.entries(weights)) {
    const each = all(name, 'cpu').map((cpu) => cpu.toFixed(1)).join(', ');
    row(name, `${median(all(name, 'cpu')).toFixed(1)} (${each})`, median(all(name, 'wall')).toFixed(1), megabytes(Math.max(...all(name, 'peak'))), number(files), megabytes(bytes));
  }
  const ratio = (value) => `${median(turns.map(value)).toFixed(3)} (${turns.map((turn) => value(turn).toFixed(3)).join(', ')})`;
  console.log(`\n- CPU, McDewey to Hugo and Pagefind together: **${ratio(cpuRatio('McDewey'))}** (may be 0.25)`);
  console.log(`- the same for the same work, words alone and nothing for offline: **${ratio(cpuRatio(PLAIN))}** (may be 0.25)`);
  console.log(`- peak memory, McDewey to the larger of theirs: **${ratio(peakRatio)}** (may be 0.25)`);
  console.log(`- output, McDewey to theirs: ${(weights.McDewey.bytes / (weights.Hugo.bytes + weights.Pagefind.bytes)).toFixed(2)} in bytes, ${
    (weights.McDewey.files / (weights.Hugo.files + weights.Pagefind.files)).toFixed(2)} in files`);
};

const cpuRatio = (side) => (turn) => turn[side].cpu / (turn.Hugo.cpu + turn.Pagefind.cpu);
const peakRatio = (turn) => turn.McDewey.peak / Math.max(turn.Hugo.peak, turn.Pagefind.peak);
