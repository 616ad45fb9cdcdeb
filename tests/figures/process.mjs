// Runs a program and tells what it took: wall time, processor time, peak memory.
// In: a command. Out: figures and what it printed. The kernel counts, GNU time asks it, so nothing is missed.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { temporary } from '../browser/support.mjs';

const run = promisify(execFile);
const OUTPUT_BYTES_MAX = 1 << 28;

/** Seconds and bytes; `cpu` is the user's and the system's share of the process and all that it waited for. */
export const measured = async (program, words, options = {}) => {
  const figures = path.join(temporary(), 'figures');
  const timed = ['-o', figures, '-f', '%e %U %S %M', program, ...words];
  const { stdout } = await run('/usr/bin/time', timed, { maxBuffer: OUTPUT_BYTES_MAX, ...options });
  const [wall, user, system, kilobytes] = fs.readFileSync(figures, 'utf8').trim().split(' ').map(Number);
  return { wall, cpu: user + system, peak: kilobytes * 1024, out: stdout };
};
