// The share of relative links that lead somewhere, of those whose target the library holds.
// In: the library; what a build of it says. Out: figures, and the kinds that are missed most. Whether the library holds a
// target is told from the disk alone, the ways Hugo and docfx look for it, so that the program is not its own judge.
import fs from 'node:fs';
import path from 'node:path';
import { files, mcdewey, temporary } from '../browser/support.mjs';
import { found } from './data.mjs';
import { number } from './markdown.mjs';

const NOWHERE = /^(?:link leads nowhere|picture not found): (.+?):\d+: (.*)$/;
const SAMPLES = 25;

export const links = (data) => {
  const library = found(data, 'library');
  const folder = temporary();
  const [site, warnings] = [path.join(folder, 'site'), path.join(folder, 'warnings')];
  mcdewey('build', library, '-o', site, '--warnings', warnings);
  const has = shelf(library);
  const missed = fs.readFileSync(warnings, 'utf8').split('\n').map((line) => line.match(NOWHERE)).filter(Boolean).map(([, source, target]) => ({ source, target }));
  const held = missed.filter(({ source, target }) => meant(source, target).some(has));
  const resolved = resolvedLinks(site);
  const share = resolved / (resolved + held.length);
  console.log(`\n- relative links to other sources and to files that lead there: ${number(resolved)}`);
  console.log(`- that lead nowhere: ${number(missed.length)}, of which the library holds the target: ${number(held.length)}`);
  console.log(`- **${(share * 100).toFixed(1)} %** of those whose target is in the library lead there (at least 85); ${
    (resolved / (resolved + missed.length) * 100).toFixed(1)} % of all`);
  held.filter((_, at) => at % Math.ceil(held.length / SAMPLES) === 0).forEach(({ source, target }) => console.log(`  - ${source}: ${target}`));
};

/** Whether the library holds a file or a folder with a page of its own, in whatever case. */
const shelf = (library) => {
  const names = new Set();
  for (const file of files(library).map((name) => name.toLowerCase())) {
    names.add(file);
    const stem = file.replace(/\.(md|markdown|mdx)$/, '');
    names.add(stem);
    if (/(^|\/)(_?index|readme)$/.test(stem)) names.add(path.posix.dirname(stem));
  }
  return (name) => names.has(name);
};

/**
 * The paths that a link may mean: beside its source, beside the folder that Hugo makes of it, from any folder above; an address
 * of the published site begins with a part that the library lacks ("/docs/v3.5/..."), so it is looked for without it too.
 */
const meant = (source, target) => {
  const at = decoded(target.split(/[?#]/)[0]).toLowerCase();
  if (!at) return [];
  const own = source.toLowerCase().replace(/\.\w+$/, '');
  const above = own.split('/').map((_, index, parts) => parts.slice(0, index).join('/'));
  const rest = at.replace(/^(\.?\.?\/)+/, '');
  const short = rest.split('/').slice(1).join('/');
  const paths = [[path.posix.dirname(own), at], [own, at], ...above.map((place) => [place, rest]), ...above.slice(1).map((place) => [place, short])];
  const isLong = ([, rest]) => rest !== '' && rest !== '.';
  return paths.filter(isLong).map(([place, rest]) => path.posix.join(place, rest).replace(/\/$/, '').replace(/^(\.\.\/)+/, '').replace(/\.html?$/, ''));
};

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Links of the texts on chunk pages that stay in the site and lead to another source, or to a file. */
const resolvedLinks = (site) => {
  let count = 0;
  for (const page of files(site).filter((name) => name.endsWith('.html') && !/^(read|browse)\//.test(name))) {
    const text = fs.readFileSync(path.join(site, page), 'utf8').split('<div class="prose" id="text">')[1]?.split('</article>')[0] ?? '';
    const own = `/read/${path.posix.dirname(page)}.html#`;
    count += [...text.matchAll(/ (?:href|src)="((?!\w+:|#)[^"]+)"/g)].filter(([, address]) => !`/${address.replace(/^(\.\.\/)+/, '')}#`.startsWith(own)).length;
  }
  return count;
};
