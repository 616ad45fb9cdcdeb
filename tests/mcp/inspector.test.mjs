// The Inspector's command line lists and calls every tool, over HTTP and over standard input and output.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { build, inspector, program, run, serve } from './support.mjs';

const ID = 'northwind-voice::callbridge::12.5::admin-guide::admin-guide::ii';
const CALLS = {
  search: { query: 'queue' },
  fetch: { id: ID },
  list_library: { product: 'gridd' },
  find_version: { product: 'gridd', version: '2.9' },
  read_guide: { source: 'harbor-grid/gridd/v3.0/operations/operations.md', start_page: 2 },
  read_neighbors: { id: ID, before: 1 },
  compare_versions: { id: ID, version: '12.0' },
};

describe('the Inspector', { timeout: 300_000 }, () => {
  const site = build();
  let server;
  before(async () => { server = await serve(site); });
  after(() => server.child.kill());

  const ways = {
    'over HTTP': () => [server.mcp, '--transport', 'http'],
    'over standard input and output': () => [program, 'mcp', site],
  };

  const inspect = async (way, ...words) => {
    const { code, out, err } = await run(inspector, '--cli', ...way(), ...words);
    assert.equal(code, 0, `${words.join(' ')}: ${out}${err}`);
    return JSON.parse(out);
  };

  for (const [name, way] of Object.entries(ways)) {
    test(`lists and calls every tool ${name}`, async () => {
      const { tools } = await inspect(way, '--method', 'tools/list');
      assert.deepEqual(tools.map((tool) => tool.name).sort(), Object.keys(CALLS).sort());
      for (const [tool, args] of Object.entries(CALLS)) {
        const given = Object.entries(args).flatMap(([key, value]) => ['--tool-arg', `${key}=${value}`]);
        const result = await inspect(way, '--method', 'tools/call', '--tool-name', tool, ...given);
        assert.ok(!result.isError && result.structuredContent, `${tool}: ${JSON.stringify(result)}`);
      }
    });
  }
});
