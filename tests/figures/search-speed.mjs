// How long an answer takes in a page that has all it needs, and while somebody types.
// In: a browser, the host of a site, the sides, questions. Out: Markdown. The sides take turns, so that the machine's load meets both.
import os from 'node:os';
import { median, row, table } from './markdown.mjs';
import { pagefind } from './search-sides.mjs';

const ROUNDS = 5;
const TYPED = 5;
const LETTERS_FEWEST = 3;
const PASSES = 3;
const TURNS = ['first time', 'again'];

const share = (values, part) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];
const ms = (value) => value.toFixed(1);
const load = () => `load average ${os.loadavg()[0].toFixed(1)}`;

const opened = async (browser, home, sides) => {
  const pages = new Map();
  for (const side of sides) pages.set(side, await side.open(browser, home.url));
  return pages;
};

const shut = async (pages) => {
  for (const page of pages.values()) await page.context().close();
};

/** From the call in the page to the data of ten results, snippets included. */
export const warm = async (browser, home, sides, questions) => {
  const pages = await opened(browser, home, sides);
  for (const question of questions) for (const [side, page] of pages) await side.ask(page, question);
  const times = Object.fromEntries(sides.map(({ name }) => [name, questions.map(() => [])]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, question] of questions.entries()) {
      for (const [side, page] of pages) times[side.name][at].push((await side.ask(page, question)).ms);
    }
  }
  await shut(pages);
  console.log(`\nWarm: ms from the call in the page to ten results' data, all of it fetched before; each question's median of ${ROUNDS} turns (${load()}):\n`);
  table('', 'median', 'p95', 'most', 'least');
  const each = (name) => times[name].map(median);
  for (const { name } of sides) row(name, ...[median(each(name)), share(each(name), 0.95), Math.max(...each(name)), Math.min(...each(name))].map(ms));
  if (sides.includes(pagefind)) row('ratio (may be 0.20)', `**${(median(each(sides[0].name)) / median(each(pagefind.name))).toFixed(2)}**`, '', '', '');
};

/** Every beginning of five questions from three letters up, in fresh pages and once more in the same. */
export const typing = async (browser, home, sides, questions) => {
  const keys = questions.slice(0, TYPED).flatMap((question) =>
    Array.from({ length: question.length - LETTERS_FEWEST + 1 }, (_, more) => question.slice(0, LETTERS_FEWEST + more)));
  // A first pass that does not count, so that the host has packed all files by then: its work is not the reader's.
  await typed(browser, home, sides, keys);
  const passes = [];
  for (let pass = 0; pass < PASSES; pass++) passes.push(await typed(browser, home, sides, keys));
  console.log(`\nTyping ${keys.length} keys, ms from each to its answer, ${PASSES} passes together (${load()}):\n`);
  table('', 'p50', 'p95', 'most');
  for (const turn of TURNS) showTyped(sides, (name) => passes.flatMap((pass) => pass[turn][name]), turn);
};

const typed = async (browser, home, sides, keys) => {
  const pages = await opened(browser, home, sides);
  const answers = {};
  for (const turn of TURNS) {
    answers[turn] = Object.fromEntries(sides.map(({ name }) => [name, []]));
    for (const key of keys) for (const [side, page] of pages) answers[turn][side.name].push(await side.ask(page, key));
  }
  await shut(pages);
  return answers;
};

const MEASURES = { 'search alone': ({ searchMs }) => searchMs, 'with ten results': ({ ms }) => ms };

const showTyped = (sides, answers, turn) => {
  for (const [what, measure] of Object.entries(MEASURES)) {
    const figures = new Map(sides.map((side) => [side, answers(side.name).map(measure)]));
    for (const [{ name }, own] of figures) row(`${turn}, ${what}: ${name}`, ...[share(own, 0.5), share(own, 0.95), Math.max(...own)].map(ms));
    const ratio = (part) => share(figures.get(sides[0]), part) / share(figures.get(pagefind), part);
    if (sides.includes(pagefind)) row(`${turn}, ${what}: ratio (p95 may be 0.10)`, ...[0.5, 0.95].map((part) => `**${ratio(part).toFixed(2)}**`), '');
  }
};
