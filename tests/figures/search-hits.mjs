// Which pages come first: titles as questions, and whether a page of results repeats itself.
// In: a browser, the host of a site, the sides, its chunk pages on disk. Out: Markdown. A page's own HTML is the judge, not the index.
import fs from 'node:fs';
import path from 'node:path';
import { grouped } from './data.mjs';
import { row, table } from './markdown.mjs';
import { chunkPages } from './search-sites.mjs';

const TITLES = 100;
const WORDS_MOST = 10;
const SEED = 42;

const ENTITIES = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&#x27;': "'", '&#x2F;': '/', '&amp;': '&' };
const plain = (html) => html.replace(/<[^>]*>/g, '').replace(/&[#\w]+;/g, (entity) => ENTITIES[entity] ?? entity).replace(/\s+/g, ' ').trim();
const source = (url) => path.posix.dirname(url);

/** Titles of chunk pages and of whole sources, both only where no other has the same. */
const titles = (site) => {
  const [chunks, sources] = [[], new Map()];
  for (const url of chunkPages(site)) {
    const text = fs.readFileSync(path.join(site, url), 'utf8');
    chunks.push({ title: plain(text.match(/<h1>([\s\S]*?)(?:<small>|<\/h1>)/)?.[1] ?? ''), right: (found) => found === url });
    sources.set(source(url), plain(text.match(/<nav class="crumbs".*>([^<]*)<\/a><\/nav>/)?.[1] ?? ''));
  }
  const whole = [...sources].map(([folder, title]) => ({ title, right: (found) => source(found) === folder }));
  return { 'of a chunk page, that page is right': chosen(chunks), 'of a source, any page of it is right': chosen(whole) };
};

const chosen = (all) => {
  const times = grouped(all, ({ title }) => title.toLowerCase());
  const rest = all.filter(({ title }) => title && times.get(title.toLowerCase()).length === 1 && title.split(/\s+/).length <= WORDS_MOST);
  const next = random();
  return Array.from({ length: Math.min(TITLES, rest.length) }, () => rest.splice(Math.floor(next() * rest.length), 1)[0]);
};

/** The same sample at every run. */
const random = () => {
  let seed = SEED;
  return () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
};

export const known = async (browser, home, sides, site) => {
  console.log('\nTitles as questions, share with the right page in the first 1, 3 and 10:\n');
  table('', 'titles', '1', '3', '10');
  const missed = [];
  for (const [what, items] of Object.entries(titles(site))) {
    for (const side of sides) {
      const page = await side.open(browser, home.url);
      const ranks = [];
      for (const { title, right } of items) ranks.push((await side.ask(page, title)).urls.findIndex((url) => right(pageOf(url))));
      await page.context().close();
      const within = (most) => `${(ranks.filter((rank) => rank >= 0 && rank < most).length / items.length * 100).toFixed(0)} %`;
      row(`${side.name}, ${what}`, items.length, within(1), within(3), within(10));
      if (side === sides[0]) missed.push(...items.flatMap(({ title }, at) => (ranks[at] === 0 ? [] : [`${title} (${ranks[at] + 1 || 'not found'})`])));
    }
  }
  console.log(`\n${sides[0].name}, not first: ${missed.join(' · ') || 'none'}`);
};

const pageOf = (url) => url.replace(/[?#].*$/, '');

/** Exact repeats have the same text but for blanks; near ones share four fifths of their runs of five words. */
export const repeats = async (browser, home, sides, site, questions) => {
  console.log('\nFirst pages of results that show a text twice:\n');
  table('', 'questions', 'with the same text twice', 'with nearly the same twice', 'hits', 'versions among them');
  for (const side of sides) {
    const page = await side.open(browser, home.url);
    const [same, near, versions] = [[], [], new Map()];
    let hits = 0;
    for (const question of questions) {
      const { urls } = await side.ask(page, question);
      const texts = urls.map((url) => text(site, pageOf(url)));
      hits += urls.length;
      for (const url of urls) count(versions, pageOf(url).match(/\/v?(\d+\.\d+[^/]*)\//)?.[1] ?? 'none');
      if (new Set(texts).size < texts.length) same.push(question);
      if (pairs(texts.map(shingles)).some(([one, other]) => alike(one, other) >= 0.8)) near.push(question);
    }
    await page.context().close();
    const shown = [...versions].sort((a, b) => b[1] - a[1]).slice(0, 4).map(([version, times]) => `${version}: ${times}`);
    row(side.name, questions.length, `**${same.length}**`, near.length, hits, `${versions.size} (${shown.join(', ')})`);
  }
};

const count = (counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1);

const text = (site, url) => plain(fs.readFileSync(path.join(site, url), 'utf8').split('id="text">')[1]?.split('</article>')[0] ?? '');

const shingles = (text) => {
  const words = text.toLowerCase().split(' ');
  return new Set(words.map((_, at) => words.slice(at, at + 5).join(' ')));
};

const pairs = (all) => all.flatMap((one, at) => all.slice(at + 1).map((other) => [one, other]));

const alike = (one, other) => {
  const both = [...one].filter((shingle) => other.has(shingle)).length;
  return both / (one.size + other.size - both);
};
