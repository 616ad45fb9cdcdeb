// A library's site and Pagefind's index of the very same pages: the `<main>` of the chunk pages.
// In: a library, a folder to keep both in. Out: their folders. The index is made anew only where a page's `<main>` has changed, since
// a large one takes minutes and gigabytes. Knows no browser.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { files, program } from '../browser/support.mjs';
import { weight } from './data.mjs';
import { megabytes, number, row, table } from './markdown.mjs';
import { measured } from './process.mjs';

/** Addresses of the chunk pages: what is a page, but neither a reading view nor for browsing. */
export const chunkPages = (site) => {
  const folders = fs.readdirSync(site, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !['read', 'browse', 'assets', 'search', 'files'].includes(entry.name));
  return folders.flatMap(({ name }) => files(path.join(site, name)).filter((file) => file.endsWith('.html')).map((file) => `${name}/${file}`));
};

export const built = async (library, folder, ...options) => {
  const site = path.join(folder, ['site', ...options].join(''));
  const { cpu, wall } = await measured(program, ['build', library, '-o', site, ...options]);
  console.log(`\nMcDewey builds the site in ${wall.toFixed(1)} s (${cpu.toFixed(1)} s of CPU).`);
  return site;
};

export const indexed = async (site, folder, pagefind) => {
  const [pages, index, mark] = ['pages', 'pagefind', 'pagefind.digest'].map((name) => path.join(folder, name));
  const now = digest(site);
  if (fs.existsSync(mark) && fs.readFileSync(mark, 'utf8') === now) return index;
  fs.rmSync(pages, { recursive: true, force: true });
  for (const page of chunkPages(site)) link(path.join(site, page), path.join(pages, page));
  fs.rmSync(index, { recursive: true, force: true });
  const { wall, cpu, peak } = await measured(pagefind, ['--quiet', '--site', pages, '--root-selector', 'main', '--output-path', index]);
  console.log(`\nPagefind indexes their \`<main>\` in ${wall.toFixed(1)} s (${cpu.toFixed(1)} s of CPU, ${megabytes(peak)} MB at peak).`);
  fs.rmSync(pages, { recursive: true });
  fs.writeFileSync(mark, now);
  return index;
};

const link = (from, to) => {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.linkSync(from, to);
};

/** What Pagefind reads, as one number. */
const digest = (site) => {
  const hash = createHash('sha256');
  for (const page of chunkPages(site)) hash.update(page).update(fs.readFileSync(path.join(site, page), 'utf8').split('<main')[1]);
  return hash.digest('hex');
};

/** What searching needs on the host, and no more: Pagefind's widgets, their styles and its highlighter stay out. */
const NEEDED = { 'McDewey: search/': /^search\//, 'McDewey: its modules': /^assets\/(engine|catalogue)\./ };
const WIDGETS = /^pagefind-(ui|modular-ui|component-ui|highlight)\./;

export const sizes = (site, index) => {
  console.log('\nWhat lies on the host for the search:\n');
  table('', 'files', 'bytes');
  const own = Object.entries(NEEDED).map(([name, pattern]) => shown(name, weight(site, pattern)));
  if (!index) return;
  const names = files(index).filter((name) => !WIDGETS.test(name));
  const bytes = names.reduce((sum, name) => sum + fs.statSync(path.join(index, name)).size, 0);
  shown('Pagefind, without its widgets', { files: names.length, bytes });
  row('ratio (may be 0.60)', '', `**${((own[0] + own[1]) / bytes).toFixed(3)}**`);
};

const shown = (name, { files, bytes }) => {
  row(name, number(files), number(bytes));
  return bytes;
};

const VERSION = /^v?\d+(\.\d+)+/;

/** What passages and groups save: the same library with every version as a product of its own, so that nothing is shared among them. */
export const apart = async (library, folder, site) => {
  const own = path.join(folder, 'apart');
  fs.rmSync(own, { recursive: true, force: true });
  for (const file of files(library)) {
    const parts = file.split('/');
    const version = parts.findIndex((part, at) => at > 1 && at < parts.length - 1 && VERSION.test(part));
    const place = version < 0 ? parts : [parts[0], `${parts[1]} of ${parts[version].replace(/\./g, '-')}`, ...parts.slice(version + 1)];
    fs.mkdirSync(path.join(own, ...place.slice(0, -1)), { recursive: true });
    fs.linkSync(path.join(library, file), path.join(own, ...place));
  }
  const other = await built(own, path.join(folder, 'apart-site'));
  const [together, alone] = [site, other].map((folder) => weight(folder, /^search\/(?!library\.json)/));
  console.log(`\nThe index has ${number(together.bytes)} bytes; with each version as a product of its own, so without passages and groups, ${number(alone.bytes)}: **${(together.bytes / alone.bytes).toFixed(3)}** (may be 0.25).`);
  fs.rmSync(other, { recursive: true });
  fs.rmSync(own, { recursive: true });
};

/** What an option of the build saves or costs in bytes of the index. */
export const besides = async (library, folder, site, option) => {
  const other = await built(library, folder, option);
  const [own, others] = [site, other].map((folder) => weight(folder, /^search\//));
  console.log(`\nThe index has ${number(own.bytes)} bytes, with \`${option}\` ${number(others.bytes)}: **${(own.bytes / others.bytes).toFixed(3)}** of it.`);
  fs.rmSync(other, { recursive: true });
};
