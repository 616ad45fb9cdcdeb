// Runs a program and tells what it took: wall time, processor time, peak memory.
// In: a command. Out: figures and what it printed. Reads /proc, so it needs Linux and no other tool.
import { spawn } from 'node:child_process';
import fs from 'node:fs';

const TICKS_A_SECOND = 100;
const SAMPLE_MS = 20;

export const measured = async (program, words) => {
  const begin = performance.now();
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const figures = { peak: 0, cpu: 0, out: '', err: '' };
  child.stdout.on('data', (text) => { figures.out += text; });
  child.stderr.on('data', (text) => { figures.err += text; });
  const sampling = setInterval(() => sample(child.pid, figures), SAMPLE_MS);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(sampling);
  if (code) throw new Error(`${program} ${words.join(' ')} ended with ${code}:\n${figures.err}`);
  return { ...figures, wall: (performance.now() - begin) / 1000 };
};

/** The kernel keeps the highest memory use itself, so only what happens in the last few milliseconds is missed. */
const sample = (pid, figures) => {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
    const [, kilobytes] = status.match(/VmHWM:\s+(\d+)/) ?? [];
    const [user, system] = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ').slice(11, 13);
    figures.peak = Math.max(figures.peak, Number(kilobytes ?? 0) * 1024);
    figures.cpu = (Number(user) + Number(system)) / TICKS_A_SECOND;
  } catch {
    // It has just ended.
  }
};
