// The query language as a table: what each query finds, what its signs were taken for, and what is told, by the engine of the
// browser and by the command line. Each row of tests/cases/language/queries.jsonl is a query over the library beside it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { build, project, search } from '../browser/support.mjs';
import { openEngine } from './engine.mjs';

const cases = path.join(project, 'tests/cases/language');
const ROWS_MIN = 60;
const LIMIT = 10;

const rows = fs.readFileSync(path.join(cases, 'queries.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));

const natively = (site, { q, product, guide, vendor }) => {
  const filters = Object.entries({ product, guide, vendor }).filter(([, value]) => value).flatMap(([level, value]) => [`--${level}`, value]);
  const ask = (...options) => search(site, '--limit', String(LIMIT), ...filters, ...options, '--', q);
  return { ids: ask('--json').split('\n').filter(Boolean).map((line) => JSON.parse(line).chunk_id), told: ask() };
};

test(`${rows.length} queries find what they ask for and say how they were read`, async () => {
  assert.ok(rows.length >= ROWS_MIN, `${rows.length} rows`);
  const site = build(path.join(cases, 'library'));
  const ask = await openEngine(site);
  const wrong = [];
  const check = (q, what, found, expected) => {
    if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push(`${q}: ${what} ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
  };
  for (const row of rows) {
    const answer = await ask({ text: row.q, product: row.product, guide: row.guide, vendor: row.vendor, limit: LIMIT });
    const ids = answer.hits.map(({ id }) => id);
    if (row.hits) check(row.q, 'finds', [...ids].sort(), [...row.hits].sort());
    if (row.hits) check(row.q, 'counts', answer.total, row.hits.length);
    if (row.first) check(row.q, 'finds first', ids[0], row.first);
    check(row.q, 'is read as', answer.clauses.map(({ kind, found }) => `${kind} ${found ? '+' : '-'}`), row.clauses);
    const native = natively(site, row);
    check(row.q, 'natively finds', native.ids, ids);
    if (row.says) check(row.q, `says in "${native.told}"`, native.told.includes(row.says), true);
    for (const { text } of answer.clauses) check(row.q, 'holds the clause', row.q.includes(text), true);
  }
  assert.deepEqual(wrong, []);
});
