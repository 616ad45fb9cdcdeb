// What a search by meaning costs beyond one by words, in a large library: bytes of a cold question, and the time of a warm one.
// In: the data; the large library and the judged collections become one. Out: Markdown. A real browser asks a real host; questions are those
// of the collections, evenly taken, and those of the library. MCDEWEY_SITES may name a folder in which the site is kept.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { launch, program, temporary } from '../browser/support.mjs';
import { found } from './data.mjs';
import { median, number, row, table } from './markdown.mjs';
import { host } from './search-host.mjs';
import { mcdewey } from './search-sides.mjs';

const QUESTIONS = 200;
const ROUNDS = 5;

const share = (values, part) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];

const lines = (file) => fs.readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));

/** All of it in one folder. The collections number their documents from 1 each, so these get the names of theirs. */
const joined = (data) => {
  const library = path.join(temporary(), 'library');
  fs.cpSync(found(data, 'library'), library, { recursive: true });
  const judged = found(data, 'judged');
  for (const name of fs.readdirSync(judged)) {
    const documents = lines(path.join(judged, name, 'corpus.jsonl')).map((one) => JSON.stringify({ ...one, _id: `${name}/${one._id}` }));
    fs.mkdirSync(path.join(library, 'judged', name), { recursive: true });
    fs.writeFileSync(path.join(library, 'judged', name, 'corpus.jsonl'), documents.join('\n'));
  }
  return library;
};

const questions = (data) => {
  const own = JSON.parse(fs.readFileSync(new URL('queries.json', import.meta.url), 'utf8')).library;
  const judged = found(data, 'judged');
  const each = fs.readdirSync(judged).sort().map((name) => lines(path.join(judged, name, 'queries.jsonl')).map(({ text }) => text));
  const wanted = Math.ceil((QUESTIONS - own.length) / each.length);
  const evenly = (all) => all.filter((_, at) => Math.floor(at * wanted / all.length) !== Math.floor((at - 1) * wanted / all.length));
  const some = each.flatMap(evenly);
  return [...own, ...some].slice(0, QUESTIONS);
};

const ask = (page, text, words) => page.evaluate(async ([text, words]) => {
  const begin = performance.now();
  await M.ask({ text, limit: 10, words }, () => true);
  return performance.now() - begin;
}, [text, words]);

/** What a question fetches in a browser that has the engine and nothing else. */
const cold = async (browser, home, text, words) => {
  const page = await mcdewey.open(browser, home.url);
  await home.taken();
  await ask(page, text, words);
  const bytes = (await home.taken()).filter(({ name }) => name.startsWith('search/')).reduce((sum, request) => sum + request.bytes, 0);
  return { page, bytes };
};

export const meaning = async (data) => {
  const site = path.join(process.env.MCDEWEY_SITES ?? temporary(), 'site');
  const told = execFileSync(program, ['build', joined(data), '-o', site], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const browser = await launch();
  const home = await host({ '': site });
  const all = [];
  for (const text of questions(data)) {
    const words = await cold(browser, home, text, true);
    await words.page.context().close();
    const both = await cold(browser, home, text, false);
    const times = [];
    for (let round = 0; round < ROUNDS; round++) times.push(await ask(both.page, text, false));
    await both.page.context().close();
    all.push({ text, words: words.bytes, more: both.bytes - words.bytes, ms: median(times) });
  }
  await browser.close();
  home.close();
  const figures = (pick) => [0.5, 0.95, 1].map((part) => share(all.map(pick), part));
  console.log(`\n${told.match(/chunks +\d+/)?.[0]}, ${all.length} questions, the engine and the root there before:\n`);
  table('', 'median', '95 %', 'most');
  row('by words, bytes', ...figures(({ words }) => words).map(number));
  row('what meaning adds, bytes (95 % may be 350,000)', ...figures(({ more }) => more).map(number));
  row('warm, with meaning, ms (median may be 15)', ...figures(({ ms }) => ms).map((ms) => ms.toFixed(1)));
  const dearest = all.toSorted((a, b) => b.more - a.more).slice(0, 3);
  console.log(`\nThe dearest: ${dearest.map(({ text, more }) => `“${text.slice(0, 60)}” ${number(more)}`).join(', ')}.`);
};
