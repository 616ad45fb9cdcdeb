// Whether a library of three times the size costs three times as much: processor time per byte of Markdown, and memory.
// In: the library. Out: a table of the whole and of microsoft/cpp alone, turn by turn.
import path from 'node:path';
import { program, temporary } from '../browser/support.mjs';
import { found, weight } from './data.mjs';
import { median, megabytes, row, table } from './markdown.mjs';
import { measured } from './process.mjs';

const ROUNDS = 2;
const MARKDOWN = /\.(md|markdown|mdx|txt)$/i;

export const scaling = async (data) => {
  const whole = found(data, 'library');
  const libraries = { 'microsoft/cpp': path.join(whole, 'microsoft/cpp'), whole };
  const site = path.join(temporary(), 'site');
  const turns = { 'microsoft/cpp': [], whole: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of Object.keys(libraries)) turns[name].push(await measured(program, ['build', libraries[name], '-o', site]));
  }
  console.log(`\nMedians of ${ROUNDS} turns:\n`);
  table('', 'Markdown MB', 'CPU s', 'CPU s per MB', 'peak MB');
  const costs = Object.entries(libraries).map(([name, folder]) => {
    const { bytes } = weight(folder, MARKDOWN);
    const cpu = median(turns[name].map((turn) => turn.cpu));
    row(name, megabytes(bytes), cpu.toFixed(1), (cpu / bytes * 1e6).toFixed(3), megabytes(Math.max(...turns[name].map(({ peak }) => peak))));
    return cpu / bytes;
  });
  console.log(`\n- CPU per byte, the whole to microsoft/cpp: **${(costs[1] / costs[0]).toFixed(2)}** (may be 1.3)`);
};
