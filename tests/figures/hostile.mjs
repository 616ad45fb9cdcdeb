// Whether time grows with size and no faster, for each kind of text that a careless reader takes square time for.
// In: the maker of hostile texts. Out: a table of seconds a megabyte at three sizes; a kind is marked where they grow.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { program, project, temporary } from '../browser/support.mjs';
import { megabytes, row, table } from './markdown.mjs';
import { measured } from './process.mjs';

const SIZES_BYTES = [2_500_000, 5_000_000, 10_000_000];
/** Of four times the bytes, this many times the seconds a byte is noise and caches; square time would be four. */
const GROWTH_MAX = 2;
const PATIENCE_MS = 120_000;
/** Below this a build is mostly its own start and end. */
const START_S = 0.05;
/** Seconds a megabyte that are too few to tell from that. */
const LEAST_RATE = 0.02;

const make = (...words) => execFileSync('cargo', ['run', '--quiet', '--release', '-p', 'mcdewey-tests', '--bin', 'hostile-library', '--', ...words],
  { cwd: project, encoding: 'utf8' });

export const hostile = async (_, only) => {
  const kinds = make('kinds').trim().split('\n').filter((kind) => !only || only.includes(kind));
  console.log('\nCPU seconds a megabyte, one file at three sizes:\n');
  table('kind', ...SIZES_BYTES.map((size) => `${size / 1e6} MB`), 'growth', 'peak MB at most');
  const slow = [];
  for (const kind of kinds) {
    const costs = [];
    for (const size of SIZES_BYTES) costs.push(await cost(kind, size));
    const [first, last] = [costs[0], costs.at(-1)];
    const growth = last.failed || first.failed ? Infinity : last.rate / Math.max(first.rate, LEAST_RATE);
    if (growth > GROWTH_MAX) slow.push(kind);
    row(kind, ...costs.map(({ rate, failed }) => failed ?? rate.toFixed(3)), `${growth > GROWTH_MAX ? '**' : ''}${growth.toFixed(2)}${growth > GROWTH_MAX ? '**' : ''}`,
      megabytes(Math.max(...costs.map(({ peak }) => peak ?? 0))));
  }
  console.log(`\n${slow.length ? `Faster than the size grow: ${slow.join(', ')}.` : 'None grows faster than its size.'}`);
};

const cost = async (kind, size) => {
  const folder = temporary();
  make(folder, String(size), kind);
  const [library, site] = [path.join(folder, 'acme'), path.join(temporary(), 'site')];
  try {
    const { cpu, peak } = await measured(program, ['build', library, '-o', site], { timeout: PATIENCE_MS });
    return { rate: Math.max(0, cpu - START_S) / size * 1e6, peak };
  } catch (error) {
    return { failed: error.killed ? `> ${PATIENCE_MS / 1000} s` : 'failed' };
  } finally {
    fs.rmSync(folder, { recursive: true });
    fs.rmSync(path.dirname(site), { recursive: true });
  }
};
