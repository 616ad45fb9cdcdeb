// Does the right passage stand first? Titles, identifiers, mistyped words, and versions named in a query.
// In: a folder with `library` and `judged`. Out: Markdown tables. Questions are made of the sources themselves, the same at each run;
// a source's own text is the judge, not the index.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { files, program, temporary } from '../browser/support.mjs';
import { found, grouped } from './data.mjs';
import { mean, median, row, table } from './markdown.mjs';
import { headings, identifiers, messages, mistyped, named, random, titles } from './ranking-questions.mjs';

const TITLES = 100;
const IDENTIFIERS = 1000;
const HEADINGS = 300;
const MISTYPED = 1000;
const MISTYPED_OF_EACH = 160;
const VERSIONS = 200;
const MESSAGES = 200;
const MISSED_SHOWN = 12;

/** A site, built or, where `SITES` names a folder that has it, as it lies there. */
const site = (name, library) => {
  const known = path.join(process.env.SITES ?? '', name);
  if (process.env.SITES && fs.existsSync(known)) return known;
  const made = path.join(temporary(), name);
  execFileSync(program, ['build', library, '-o', made], { stdio: 'ignore' });
  return made;
};

/** The hits of a question, and how many bytes of the index were read for it. */
const ask = (site, text, ...options) => {
  const { stdout, stderr } = spawnSync(program, ['search', site, '--json', '--timings', ...options, '--', text], { encoding: 'utf8' });
  const hits = stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  return { hits, bytes: Number(stderr.match(/files of (\d+) bytes/)?.[1]) };
};

const percent = (part, all) => `${((part / all) * 100).toFixed(1)} %`;

const shown = (what, items, ranks, ...within) => {
  row(what, items.length, ...within.map((most) => percent(ranks.filter((rank) => rank >= 0 && rank < most).length, items.length)));
};

const missed = (items, ranks, most) => {
  const late = items.filter((_, at) => ranks[at] < 0 || ranks[at] >= most).map(({ text }) => text);
  console.log(`\nNot there: ${late.slice(0, MISSED_SHOWN).join(' · ') || 'none'}${late.length > MISSED_SHOWN ? ` and ${late.length - MISSED_SHOWN} more` : ''}`);
};

/** The sources of a folder below a library, by their paths in it. */
const sources = (library, folder = '') => files(path.join(library, folder)).filter((name) => name.endsWith('.md'))
  .map((name) => path.join(folder, name)).map((name) => ({ name, text: fs.readFileSync(path.join(library, name), 'utf8') }));

const rankOf = (hits, isRight) => hits.findIndex(({ source }) => isRight(source));

const known = (library) => {
  const folder = site('microsoft', library);
  const pages = sources(library);
  console.log('\nOver microsoft/cpp, the right source among the first hits:\n');
  table('questions', 'of them', '1', '3', '10');
  const kinds = [['titles of sources', titles(pages, TITLES), 1], ['identifiers on at most three pages', identifiers(pages, IDENTIFIERS), 3],
    ['headings within sources', headings(pages, HEADINGS), 1]];
  for (const [what, items, most] of kinds) {
    const ranks = items.map(({ text, right }) => rankOf(ask(folder, text).hits, (source) => right.has(source)));
    shown(what, items, ranks, 1, 3, 10);
    missed(items, ranks, most);
  }
};

const lines = (file) => fs.readFileSync(file, 'utf8').split('\n').filter(Boolean);

/** Judged questions of a collection: text and the documents that answer. */
const judged = (collection) => {
  const grades = grouped(lines(path.join(collection, 'qrels', 'test.tsv')).map((line) => line.split('\t')), ([query]) => query);
  const right = (id) => new Set((grades.get(id) ?? []).filter((fields) => Number(fields.at(-1)) > 0).map((fields) => fields.at(-2)));
  return lines(path.join(collection, 'queries.jsonl')).map((line) => JSON.parse(line))
    .map(({ _id, text }) => ({ text, right: right(_id) })).filter(({ right }) => right.size);
};

/** How many of the documents that answer are among the first ten. */
const recalled = (hits, right) => {
  const documents = new Map(hits.map((hit) => [hit.source, [hit.source, hit.chunk_id.replace(/::[^:]*$/, '')]]));
  return [...documents.values()].slice(0, 10).filter((names) => names.some((name) => right.has(name))).length / Math.min(right.size, 10);
};

const typos = (data) => {
  const next = random(7);
  const [clean, wrong, bytes] = [[], [], []];
  console.log('\nOne mistake in one word of five letters or more, recall in the first ten documents:\n');
  table('collection', 'questions', 'as they are', 'mistyped', 'ratio');
  for (const name of fs.readdirSync(found(data, 'judged')).sort()) {
    const collection = path.join(found(data, 'judged'), name);
    const items = judged(collection).map((item) => ({ ...item, mistyped: mistyped(item.text, next) })).filter((item) => item.mistyped);
    const chosen = items.sort(() => next() - 0.5).slice(0, Math.min(MISTYPED_OF_EACH, MISTYPED - clean.length));
    const folder = site(name, collection);
    const own = chosen.map((item) => [item.text, item.mistyped].map((text) => {
      // What is recalled is told by documents, which may take thirty passages; what a reader fetches is a page of ten.
      const { hits } = ask(folder, text, '--limit', '30', '--all-versions');
      const { bytes } = ask(folder, text, '--all-versions');
      return { recall: recalled(hits, item.right), bytes };
    }));
    clean.push(...own.map(([one]) => one.recall));
    wrong.push(...own.map(([, other]) => other.recall));
    bytes.push(...own.map(([one, other]) => other.bytes - one.bytes));
    const [before, after] = [mean(own.map(([one]) => one.recall)), mean(own.map(([, other]) => other.recall))];
    row(name, own.length, before.toFixed(3), after.toFixed(3), (after / before).toFixed(2));
  }
  row('**all**', clean.length, mean(clean).toFixed(3), mean(wrong).toFixed(3), `**${(mean(wrong) / mean(clean)).toFixed(3)}**`);
  bytes.sort((a, b) => a - b);
  const kb = (value) => (value / 1000).toFixed(1);
  console.log(`\nA mistake costs ${kb(median(bytes))} KB more in the median, ${kb(bytes[Math.floor(bytes.length * 0.95)])} at the 95th of a hundred, ${kb(bytes.at(-1))} at most.`);
};

const versions = (library) => {
  const folder = site('library', library);
  const items = named(['cncf/etcd', 'suse/longhorn/docs'].flatMap((product) => sources(library, product)), VERSIONS);
  console.log('\n“PRODUCT VERSION words”: the first hit is of that version:\n');
  table('questions', 'of them', 'first', 'in three', 'in ten');
  const ranks = items.map(({ text, version }) => ask(folder, text).hits.findIndex((hit) => hit.source.includes(`/${version}/`)));
  shown('titles of sources in versions', items, ranks, 1, 3, 10);
  missed(items, ranks, 1);
};

const pasted = (library) => {
  const folder = site('library', library);
  const items = messages(sources(library), MESSAGES);
  console.log('\nMessages of programs, pasted, over all versions: a source that has the line stands among the first hits:\n');
  table('questions', 'of them', '1', '3', '10');
  const ranks = items.map(({ text, right }) => rankOf(ask(folder, text, '--all-versions').hits, (source) => right.has(source)));
  shown('lines in blocks of code', items, ranks, 1, 3, 10);
  missed(items, ranks, 1);
};

const PARTS = {
  known: (data) => known(path.join(found(data, 'library'), 'microsoft')),
  typos,
  versions: (data) => versions(found(data, 'library')),
  pasted: (data) => pasted(found(data, 'library')),
};

export const ranking = (data) => {
  for (const name of (process.env.RANKING ?? Object.keys(PARTS).join()).split(',')) PARTS[name](data);
};
