// The official suite, in the current revision and in the former: all scenarios against a fixture on the product's transport, and
// the product itself, whose list of expected failures holds only what needs the fixture's tools.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { build, program, project, run, serve, start, suite } from './support.mjs';

const REVISIONS = ['2026-07-28', '2025-11-25'];

const passes = async (server, revision, ...options) => {
  const { code, out, err } = await run(suite, 'server', '--url', server.mcp, '--requirements', revision, ...options);
  const last = out.trim().split('\n').slice(-40).join('\n');
  assert.equal(code, 0, `${last}\n${err.slice(-2000)}\n${server.log().slice(-1000)}`);
  return last;
};

describe('the conformance suite', { timeout: 600_000 }, () => {
  let fixture;
  let product;
  before(async () => {
    fixture = await start(path.join(path.dirname(program), 'mcp-fixture'), '0');
    product = await serve(build());
  });
  after(() => [fixture, product].forEach(({ child }) => child.kill()));

  for (const revision of REVISIONS) {
    test(`passes against the fixture, ${revision}`, async (t) => {
      t.diagnostic((await passes(fixture, revision)).split('\n').slice(-4).join(' · '));
    });
    test(`passes against the product, ${revision}`, async (t) => {
      const list = path.join(project, `tests/mcp/expected-failures-${revision}.yaml`);
      t.diagnostic((await passes(product, revision, '--expected-failures', list)).split('\n').slice(-4).join(' · '));
    });
  }
});
