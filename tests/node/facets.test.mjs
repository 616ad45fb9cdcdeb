// The numbers beside filters: what choosing one gives, also where several versions show the same passage.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from '../browser/support.mjs';
import { openEngine } from './engine.mjs';

test('in a search of all versions each is counted as choosing it would', async () => {
  const ask = await openEngine(build());
  let told = 0;
  for (const text of ['queue', 'release', 'dialog', 'snapshot restore']) {
    const { facets } = await ask({ text, all: '1', facets: true, words: true });
    for (const { key, count } of facets.filter(({ level }) => level === 'version')) {
      assert.equal((await ask({ text, version: key, words: true })).total, count, `${text}, ${key}`);
      told += 1;
    }
  }
  assert.ok(told >= 8, `${told}`);
});

test('a passage that several versions show counts once for its product', async () => {
  const ask = await openEngine(build());
  const { total, facets } = await ask({ text: 'queue', all: '1', facets: true, words: true });
  const products = facets.filter(({ level }) => level === 'product');
  assert.equal(products.reduce((sum, { count }) => sum + count, 0), total);
});
