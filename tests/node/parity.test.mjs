// The engine in the browser, the engine of the command line and the MCP endpoint give the same ids with the same scores in the
// same order, in the newest versions and in all. Over the example, and over the paged guides where they lie beside the project (`../shared`).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { build, example, project, search, serve, temporary } from '../browser/support.mjs';
import { call } from '../mcp/support.mjs';
import { openEngine } from './engine.mjs';
import { queriesOf } from './queries.mjs';

const QUERIES = 200;
const LIMIT = 20;

const natively = (site, { text, all, ...filters }) => {
  const options = Object.entries(filters).flatMap(([level, value]) => [`--${level}`, value]);
  if (all) options.push('--all-versions');
  const lines = printed(site, '--json', '--limit', String(LIMIT), ...options, '--', text).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line)).map((hit) => `${hit.chunk_id} ${hit.score}`);
};

/** A filter that means nothing finds nothing in the browser; the command line and the endpoint refuse it. */
const printed = (...words) => {
  try {
    return search(...words);
  } catch (error) {
    if (/^mcdewey: there is no (vendor|product|version|guide) /.test(error.stderr)) return '';
    throw error;
  }
};

const byAgent = async (server, { text, all, ...filters }) => {
  const asked = { query: text, limit: LIMIT, all_versions: Boolean(all), ...filters };
  const answer = await call(`${server.url}mcp`, 'search', asked);
  assert.ok(answer.results || answer.refused?.code === 'unknown_name', JSON.stringify(answer));
  return (answer.results ?? []).map(({ id, score }) => `${id} ${score}`);
};

const compare = (library) => async () => {
  const site = build(library);
  const ask = await openEngine(site);
  const server = await serve(site);
  const queries = queriesOf(site, QUERIES);
  let found = 0;
  let widened = 0;
  for (const query of queries) {
    const answers = [];
    for (const every of [false, true]) {
      const asked = { ...query, all: every };
      const { hits } = await ask({ ...asked, limit: LIMIT });
      const browser = hits.map((hit) => `${hit.id} ${hit.score}`);
      assert.deepEqual(browser, natively(site, asked), JSON.stringify(asked));
      assert.deepEqual(await byAgent(server, asked), browser, JSON.stringify(asked));
      answers.push(browser);
    }
    found += answers[0].length > 0;
    widened += answers[0].join() !== answers[1].join();
  }
  server.close();
  assert.ok(found > QUERIES / 2, `only ${found} of ${QUERIES} queries find anything`);
  return widened;
};

describe(`the same answers to ${QUERIES} queries`, () => {
  test('over the example, in its newest versions and in all', async () => {
    const widened = await compare(example)();
    assert.ok(widened > QUERIES / 10, `older versions add to ${widened} answers only`);
  });

  const tarball = path.join(project, '../shared/data/paged.tar.xz');
  const skip = fs.existsSync(tarball) ? false : 'the paged guides do not lie beside the project';
  test('over the paged guides', { skip }, async () => {
    const folder = temporary();
    execFileSync('tar', ['-xJf', tarball, '-C', folder]);
    await compare(path.join(folder, 'paged'))();
  });
});
