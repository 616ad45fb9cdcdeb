// Whether a large library costs more than its share: memory of the builder, the root, opening, and the bytes of a cold search.
// In: nothing, the libraries are made up. Out: tables: of the index alone at 50,000, 500,000 and a million chunks, made by the
// engine that the program has, and of whole sites, in which every chunk has a page: a million need 6 GB of room.
// MILLION_SMALL and MILLION_SITE_CHUNKS make it quicker.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { program, temporary } from '../browser/support.mjs';
import { median, megabytes, number, row, table } from './markdown.mjs';
import { measured } from './process.mjs';

const SMALL = Number(process.env.MILLION_SMALL ?? 50_000);
const SIZES = [SMALL, 10 * SMALL, 20 * SMALL];
const SITE_CHUNKS = Number(process.env.MILLION_SITE_CHUNKS ?? SIZES[2]);
const QUERIES = 20;
const OPENINGS = 7;

const maker = path.join(path.dirname(program), 'big-library');

const TIMINGS = /opened in ([\d.]+) ms, answered in ([\d.]+) ms, (\d+) files of (\d+) bytes \((.*)\)/;
const PARTS = { root: 'root', d: 'directory', w: 'words', p: 'tiers', t: 'texts' };

/** Asks a site one question in a process of its own, as the first one after it was opened. */
const asked = (site, question) => {
  const { stderr } = spawnSync(program, ['search', site, '--timings', '--json', ...question.split(' ')], { encoding: 'utf8' });
  const found = TIMINGS.exec(stderr);
  const [, opened, answered, files, bytes] = found.map(Number);
  const parts = found[5].split(', ').map((part) => part.split(' '));
  return { opened, answered, files, bytes, ...Object.fromEntries(parts.map(([part, cost]) => [part, Number(cost.split('/')[1])])) };
};

const indexes = async () => {
  table('chunks', 'passages', 'terms', 'wall s', 'CPU s', 'peak MB', 'spills', 'files', 'index MB', 'root bytes');
  const sites = [];
  for (const chunks of SIZES) {
    const site = path.join(temporary(), 'site');
    const { wall, cpu, peak, out } = await measured(maker, ['index', site, String(chunks)]);
    const made = JSON.parse(out);
    const root = fs.statSync(path.join(site, 'search/root.js')).size;
    row(number(chunks), number(made.passages), number(made.terms), wall.toFixed(1), cpu.toFixed(1), megabytes(peak), made.spills,
      number(made.files), megabytes(made.bytes), number(root));
    sites.push({ chunks, site });
  }
  return sites;
};

const cold = (sites) => {
  const questions = execFileSync(maker, ['queries', String(QUERIES)], { encoding: 'utf8' }).trim().split('\n');
  console.log(`\n${QUERIES} cold searches, root and all shards as they are stored:\n`);
  table('chunks', 'opened ms', 'answered ms', 'files', 'median bytes', 'most bytes', ...Object.values(PARTS).map((part) => `mean ${part}`));
  const sums = sites.map(({ chunks, site }) => {
    const opened = median(Array.from({ length: OPENINGS }, () => asked(site, questions[0]).opened));
    const costs = questions.map((question) => asked(site, question));
    const of = (field) => costs.map((cost) => cost[field] ?? 0);
    const all = (field) => of(field).reduce((sum, bytes) => sum + bytes, 0);
    row(number(chunks), opened.toFixed(2), median(of('answered')).toFixed(1), median(of('files')), number(median(of('bytes'))),
      number(Math.max(...of('bytes'))), ...Object.keys(PARTS).map((part) => number(Math.round(all(part) / QUERIES))));
    return all('bytes');
  });
  console.log(`\n- cold bytes at ten times the chunks: **${(sums[1] / sums[0]).toFixed(3)}** times as many (may be 1.15)`);
  console.log(`- at twenty times: ${(sums[2] / sums[0]).toFixed(3)}`);
};

const whole = async () => {
  const folder = temporary();
  execFileSync(maker, ['library', path.join(folder, 'library'), String(SITE_CHUNKS)]);
  console.log(`\nThe whole site of ${number(SITE_CHUNKS)} chunks:\n`);
  table('memory', 'wall s', 'CPU s', 'peak MB');
  for (const memory of ['512M', '64M']) {
    const words = ['build', path.join(folder, 'library'), '-o', path.join(folder, 'site'), '--memory', memory];
    const { wall, cpu, peak } = await measured(program, words);
    row(memory, wall.toFixed(1), cpu.toFixed(1), megabytes(peak));
  }
};

export const million = async () => {
  cold(await indexes());
  await whole();
};
