// The data that figures are taken of, what a folder of it weighs, how well judged questions are answered.
// In: the folder that the caller names. Out: libraries, unpacked where they are archives; measures.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { files, program, temporary } from '../browser/support.mjs';

const unpacked = new Map();

/** The folder of a library: as given, or unpacked from its archive. */
export const found = (data, name) => {
  const folder = path.join(data, name);
  if (fs.existsSync(folder)) return folder;
  if (!unpacked.has(folder)) unpacked.set(folder, unpack(`${folder}.tar.xz`));
  return path.join(unpacked.get(folder), name);
};

const unpack = (archive) => {
  if (!fs.existsSync(archive)) throw new Error(`there is neither ${archive} nor what it holds`);
  const folder = temporary();
  execFileSync('tar', ['-xJf', archive, '-C', folder]);
  return folder;
};

/** Where a judged collection has its queries and judgements, as `mcdewey eval` is told. */
export const judgements = (collection) =>
  ['--queries', path.join(collection, 'queries.jsonl'), '--qrels', path.join(collection, 'qrels', 'test.tsv')];

/** What `mcdewey eval` measures of the site of a judged collection. */
export const evaluated = (collection, site, ...options) =>
  JSON.parse(execFileSync(program, ['eval', site, ...judgements(collection), ...options, '--json'], { maxBuffer: 1 << 28 }));

/** How many files a folder holds, and their bytes. */
export const weight = (folder, pattern = /./) => {
  const names = files(folder).filter((name) => pattern.test(name));
  return { files: names.length, bytes: names.reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0) };
};

/** The items by what `key` says of each, in the order in which that first comes up. */
export const grouped = (items, key) => {
  const groups = new Map();
  for (const item of items) {
    const name = key(item);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(item);
  }
  return groups;
};
