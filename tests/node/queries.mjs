// Questions made of a site's own texts, the same at every run: words, pairs, identifiers, beginnings, slips
// of the finger, filters.
// In: a site's folder, a number. Out: so many queries. Knows no engine.
import fs from 'node:fs';
import path from 'node:path';
import { files } from '../browser/support.mjs';

/** Numbers that look random and are the same at every run. */
const dice = (seed) => (sides) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * sides);
};

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };
const plain = (html) => html.replace(/<[^>]*>/g, ' ').replace(/&(\w+);/g, (entity, name) => ENTITIES[name] ?? entity);

/** The words of each chunk page, and the levels that its path names. */
const pagesOf = (site) => files(site).filter((file) => file.endsWith('.html')).flatMap((file) => {
  const html = fs.readFileSync(path.join(site, file), 'utf8');
  const source = html.match(/id="source">([^<]*)</)?.[1];
  if (!source) return [];
  const text = html.slice(html.indexOf('id="text"'), html.lastIndexOf('</article>'));
  return [{ levels: plain(source).split('/'), words: plain(text.slice(text.indexOf('>') + 1)).split(/\s+/).filter(Boolean) }];
});

const slip = (word, roll) => {
  const at = roll(Math.max(1, word.length - 1));
  return word.slice(0, at) + (word[at + 1] ?? '') + word[at] + word.slice(at + 2);
};

/** The level of the filter: with four parts or more before the file's name the first is a vendor. */
const filter = ({ levels }, roll) => {
  const names = levels.length > 4 ? ['vendor', 'product', 'version'] : ['product', 'version'];
  const at = roll(names.length);
  return { [names[at]]: levels[at] };
};

export const queriesOf = (site, count) => {
  const pages = pagesOf(site).filter((page) => page.words.length > 8);
  const roll = dice(20_260_701);
  const pick = (list) => list[roll(list.length)];
  const odd = pages.flatMap((page) => page.words).filter((word) => /[\p{L}\d][_/.:()<>-]+[\p{L}\d]|\d/u.test(word) && word.length < 60);
  const beside = ({ words }, length) => words.slice(roll(words.length - length)).slice(0, length).join(' ');
  const kinds = [
    (page) => ({ text: pick(page.words) }),
    (page) => ({ text: beside(page, 2) }),
    (page) => ({ text: beside(page, 4) }),
    (page) => ({ text: `${pick(page.words)} ${pick(pick(pages).words)} ${pick(page.words)}` }),
    () => ({ text: pick(odd) }),
    () => ({ text: `${pick(odd)} ${pick(odd)}` }),
    (page) => ({ text: pick(page.words).slice(0, 3 + roll(3)) }),
    (page) => ({ text: `${pick(page.words)} ${pick(page.words).slice(0, 2 + roll(3))}` }),
    (page) => ({ text: slip(pick(page.words), roll) }),
    (page) => ({ text: beside(page, 2).toUpperCase() }),
    (page) => ({ text: beside(page, 1), ...filter(page, roll) }),
    (page) => ({ text: beside(page, 3), ...filter(pick(pages), roll) }),
  ];
  return Array.from({ length: count }, (_, at) => kinds[at % kinds.length](pick(pages)));
};
