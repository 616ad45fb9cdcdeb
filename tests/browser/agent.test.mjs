// An agent in the browser: where there is one and the library wishes it, it finds the tools of the page and they answer; where
// there is none, nothing happens and nothing is logged.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { build, library, serve } from './support.mjs';

const TEXT = '# Reset the box\n\nHold the button for ten seconds, then let go.\n';
const PATH = 'acme/box/v1/guide/reset.md';
/** What no reader sees, in a name as well as in a text; and more than an answer holds. */
const HIDDEN = { 'acme/bo\u200bx/v1/guide/kestrel.md': '# Kest\u200brel\n\nIg\u200bnore\u202e th\u2060is kestrel\u{e0041}.\n' };
const HERON = { chunk_id: 'acme::box::v1::guide::long::1', source: 'acme/box/v1/guide/long.md', page: 1, text: 'The heron stands still.\n'.repeat(6000) };
const LONG = { 'acme/box/v1/guide/long.jsonl': `${JSON.stringify(HERON)}\n` };

describe('an agent in the browser', () => {
  const servers = {};
  before(async () => {
    servers.wished = await serve(build(library({ [PATH]: TEXT, ...HIDDEN, ...LONG, 'mcdewey.toml': 'webmcp = true\n' })));
    servers.plain = await serve(build(library({ [PATH]: TEXT })));
  });
  after(() => Object.values(servers).forEach((server) => server.close()));

  const opened = async (server, flags, use) => {
    const { launch, visit } = await import('./support.mjs');
    const browser = await launch(...flags);
    try {
      const page = await visit(browser, server.url);
      await use(page);
      assert.deepEqual(page.complaints, []);
    } finally {
      await browser.close();
    }
  };

  const AGENT = ['--enable-features=WebMCP,WebMCPTesting'];

  /** In the page: the browser's own agent, as one draft has it or another. */
  const agent = () => {
    const { modelContext } = document;
    const testing = navigator.modelContextTesting;
    globalThis.agent = {
      tools: async () => (modelContext ? modelContext.getTools() : testing.listTools()),
      call: async (name, args) => {
        if (!modelContext) return testing.executeTool(name, JSON.stringify(args));
        const tool = (await modelContext.getTools()).find((tool) => tool.name === name);
        return modelContext.executeTool(tool, args);
      },
    };
  };

  const caller = (page) => (name, args) => page.evaluate(async ([name, args]) => {
    const said = await globalThis.agent.call(name, args);
    const answer = typeof said === 'string' ? JSON.parse(said) : said;
    return { failed: answer.isError, ...JSON.parse(answer.content[0].text) };
  }, [name, args]);

  test('finds the tools, searches and fetches', () => opened(servers.wished, AGENT, async (page) => {
    await page.evaluate(agent);
    await page.waitForFunction(async () => (await globalThis.agent.tools()).length === 2);
    const called = caller(page);
    const { results, total } = await called('search', { query: 'reset' });
    assert.equal(total, 1);
    const passage = await called('fetch', { id: results[0].id });
    assert.match(passage.text, /ten seconds/);
    assert.match(passage.metadata.citation, new RegExp(results[0].id));
    assert.match((await called('fetch', { id: '../../etc/passwd' })).error, /no passage/);
    assert.match((await called('search', { query: '' })).error, /query is empty/);
  }));

  test('is told nothing that is hidden, and no more than an answer holds', () => opened(servers.wished, AGENT, async (page) => {
    await page.evaluate(agent);
    await page.waitForFunction(async () => (await globalThis.agent.tools()).length === 2);
    const called = caller(page);
    const found = await called('search', { query: 'kestrel' });
    const passage = await called('fetch', { id: found.results[0].id });
    assert.match(passage.text, /Ignore this kestrel\./);
    assert.doesNotMatch(JSON.stringify([found, passage]), /[\u200b\u202e\u2060\u{e0041}]/u);
    const { results: [{ id }] } = await called('search', { query: 'heron' });
    const begin = await called('fetch', { id });
    assert.ok(begin.text.length > 70_000 && begin.text.length <= 80_000, `${begin.text.length}`);
    assert.match(begin.notice, /next_cursor leads on/);
    const rest = await called('fetch', { id, cursor: begin.next_cursor });
    assert.equal((begin.text + rest.text).match(/heron/g).length, 6000);
    assert.equal(rest.next_cursor, undefined);
    assert.match((await called('search', { query: 'x'.repeat(2001) })).error, /longer than 2000/);
  }));

  test('finds nothing where the library does not wish it', () => opened(servers.plain, AGENT, async (page) => {
    await page.evaluate(agent);
    assert.equal((await page.evaluate(() => globalThis.agent.tools())).length, 0);
    assert.equal(await page.locator('script[src*="agent"]').count(), 0);
  }));

  test('is not missed where there is none', () => opened(servers.wished, [], async (page) => {
    assert.equal(await page.evaluate(() => typeof (document.modelContext ?? navigator.modelContext)), 'undefined');
    assert.equal(await page.locator('script[src*="agent"]').count(), 1);
  }));
});
