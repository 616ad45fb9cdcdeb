// The engine in the browser, the engine of the command line and the MCP endpoint give the same ids with the same
// scores in the same order. Over the example, and over the paged guides where they lie beside the project (`../shared`).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { build, example, mcdewey, project, serve, temporary } from '../browser/support.mjs';
import { call } from '../mcp/support.mjs';
import { openEngine } from './engine.mjs';
import { queriesOf } from './queries.mjs';

const QUERIES = 200;
const LIMIT = 20;

const natively = (site, { text, ...filters }) => {
  const options = Object.entries(filters).flatMap(([level, value]) => [`--${level}`, value]);
  const lines = hits(['search', site, '--json', '--limit', String(LIMIT), ...options, '--', text]);
  return lines.split('\n').filter(Boolean).map((line) => JSON.parse(line)).map((hit) => `${hit.chunk_id} ${hit.score}`);
};

/** A search without hits ends with 1 and is silent; anything else on the error stream is a failure. */
const hits = (words) => {
  try {
    return mcdewey(...words);
  } catch (error) {
    if (error.status === 1 && !error.stderr) return '';
    throw error;
  }
};

/** A filter that means nothing is refused by the endpoint; elsewhere it finds nothing. */
const byAgent = async (server, { text, ...filters }) => {
  const answer = await call(`${server.url}mcp`, 'search', { query: text, limit: LIMIT, ...filters });
  assert.ok(answer.results || answer.refused?.code === 'unknown_name', JSON.stringify(answer));
  return (answer.results ?? []).map(({ id, score }) => `${id} ${score}`);
};

const compare = (library) => async () => {
  const site = build(library);
  const ask = await openEngine(site);
  const server = await serve(site);
  const queries = queriesOf(site, QUERIES);
  let found = 0;
  for (const query of queries) {
    const answer = ask({ ...query, limit: LIMIT });
    const browser = answer.hits.map((hit) => `${hit.id} ${hit.score}`);
    assert.deepEqual(browser, natively(site, query), JSON.stringify(query));
    assert.deepEqual(await byAgent(server, query), browser, JSON.stringify(query));
    found += browser.length > 0;
  }
  server.close();
  assert.ok(found > QUERIES / 2, `only ${found} of ${QUERIES} queries find anything`);
};

describe(`the same answers to ${QUERIES} queries`, () => {
  test('over the example', compare(example));

  const tarball = path.join(project, '../shared/data/paged.tar.xz');
  const skip = fs.existsSync(tarball) ? false : 'the paged guides do not lie beside the project';
  test('over the paged guides', { skip }, async () => {
    const folder = temporary();
    execFileSync('tar', ['-xJf', tarball, '-C', folder]);
    await compare(path.join(folder, 'paged'))();
  });
});
