// The official client in TypeScript: from a search to a passage, what stands around it, and what changed in it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { call, connected, over, refused } from './official.mjs';
import { build, program, serve } from './support.mjs';

const site = build();

/** The text of a page as it is read. */
const decoded = (html) => html.replace(/&(lt|gt|quot|#x27|#39|#x2F|amp);/g, (_, name) => ({ lt: '<', gt: '>', quot: '"', '#x27': "'", '#39': "'", '#x2F': '/', amp: '&' })[name]);

const journey = async (client) => {
  const { results } = await call(client, 'search', { query: 'rotate the logs', product: 'callbridge', version: '12.5' });
  const hit = results.find(({ page, other_versions }) => page && other_versions.length);
  assert.ok(hit, JSON.stringify(results));
  assert.equal((await call(client, 'search', { query: 'dtmf' })).results[0].section, 'Sending DTMF tones');
  const passage = await call(client, 'fetch', { id: hit.id });
  assert.equal(passage.id, hit.id);
  assert.equal(passage.metadata.page, hit.page);
  assert.ok(passage.text.length > 100 && passage.metadata.citation.endsWith(hit.id));
  const around = await call(client, 'read_neighbors', { id: hit.id, before: 2, after: 1 });
  const ids = around.passages.map(({ id }) => id);
  assert.ok(ids.includes(hit.id) && ids.length >= 2 && ids.length <= 4, ids.join());
  const compared = await call(client, 'compare_versions', { id: hit.id, version: '12.0' });
  assert.equal(compared.this.id, hit.id);
  assert.equal(compared.other.version, '12.0');
  const said = compared.changes.filter(({ fate }) => fate !== 'added').map(({ text }) => text).join('');
  assert.ok(said.length > 0);
};

describe('the official client', () => {
  let server;
  before(async () => { server = await serve(site); });
  after(() => server.child.kill());

  test('searches, fetches, reads around and compares over HTTP', async () => {
    const client = await over(server);
    await journey(client);
    await client.close();
  });

  test('does the same over standard input and output', async () => {
    const client = await connected(new StdioClientTransport({ command: program, args: ['mcp', site], stderr: 'ignore' }));
    await journey(client);
    await client.close();
  });

  test('goes through a list and a guide by cursors', async () => {
    const small = await serve(site, '--max-tokens', '500');
    const client = await over(small);
    const source = 'northwind-voice/callbridge/12.5/admin-guide/admin-guide.md';
    const whole = await call(await over(server), 'read_guide', { source });
    assert.equal(whole.next_cursor, undefined);
    const texts = new Map();
    let cursor;
    let turns = 0;
    do {
      const part = await call(client, 'read_guide', { source, ...(cursor && { cursor }) });
      assert.ok(part.passages.length > 0 && JSON.stringify(part).length < 6000, 'the budget is kept');
      for (const { id, text } of part.passages) texts.set(id, (texts.get(id) ?? '') + text);
      cursor = part.next_cursor;
      assert.equal(Boolean(cursor), Boolean(part.notice), 'what is cut says so');
    } while (cursor && ++turns < 200);
    assert.deepEqual([...texts], whole.passages.map(({ id, text }) => [id, text]), 'nothing is lost between two parts');
    await refused(client, 'read_guide', { source, cursor: '0'.repeat(32) }, /leave the cursor out/);
    small.child.kill();
  });

  test('pages of search results do not overlap', async () => {
    const client = await over(server);
    const question = { query: 'release', limit: 5 };
    const all = (await call(client, 'search', { ...question, limit: 15 })).results.map(({ id }) => id);
    const first = await call(client, 'search', question);
    const second = await call(client, 'search', { ...question, cursor: first.next_cursor });
    const third = await call(client, 'search', { ...question, cursor: second.next_cursor });
    assert.deepEqual([first, second, third].flatMap(({ results }) => results.map(({ id }) => id)), all);
  });

  test('may give back every address that it was given', async () => {
    const client = await over(server);
    const { results: [hit] } = await call(client, 'search', { query: 'rotate the logs', product: 'callbridge', version: '12.5' });
    const { id, url, metadata } = await call(client, 'fetch', { id: hit.id });
    const source = 'northwind-voice/callbridge/12.5/admin-guide/admin-guide.md';
    for (const given of [metadata.context_url, metadata.context_url.replace(server.url, ''), url, `mcdewey://chunk/${id}`, metadata.citation, `${metadata.citation} ${url}`]) {
      assert.equal((await call(client, 'fetch', { id: given })).id, id, given);
      assert.equal((await call(client, 'read_neighbors', { id: given })).id, id, given);
    }
    const guide = await call(client, 'read_guide', { source });
    const { resources } = await client.listResources();
    const { uri, title } = resources.find((resource) => resource.uri.endsWith('callbridge/12.5/admin-guide'));
    for (const given of [guide.url, metadata.context_url, uri, id, title.split(' · ')[0], 'admin-guide', metadata.citation]) {
      assert.equal((await call(client, 'read_guide', { source: given })).source, source, given);
    }
    for (const given of [guide.url, uri, source]) await refused(client, 'fetch', { id: given }, /read_guide reads it: northwind-voice/);
    assert.equal((await call(client, 'read_guide', { source: 'developer-guide' })).source, 'northwind-voice/callbridge/12.5/developer-guide');
    for (const resource of resources) {
      const read = await call(client, 'read_guide', { source: resource.uri });
      assert.ok(read.passages.length > 0, resource.uri);
    }
  });

  test('cites as the page does: the document, then the section in it', async () => {
    const client = await over(server);
    let sections = 0;
    for (const source of ['northwind-voice/callbridge/12.5/developer-guide/errors.md', 'northwind-voice/callbridge/12.5/admin-guide/admin-guide.md']) {
      const { passages, title } = await call(client, 'read_guide', { source });
      for (const { citation, url, page, title: section, guide } of passages) {
        const html = await (await fetch(url)).text();
        assert.equal(citation, decoded(html.match(/id="citation">([^<]+)/)[1]));
        assert.ok(citation.includes(title), citation);
        sections += !page && section !== title && citation.startsWith(`“${title} › ${section}”, ${guide}`);
      }
    }
    assert.ok(sections > 0, 'sections are cited with their document');
  });

  test('finds guides as resources, and completes their names', async () => {
    const client = await over(server);
    const { resources } = await client.listResources();
    for (const { uri } of resources) {
      const { contents } = await client.readResource({ uri });
      assert.ok(contents[0].text.startsWith('# '), uri);
    }
    const { resourceTemplates } = await client.listResourceTemplates();
    const [guide] = resourceTemplates;
    const complete = (name, value, given = {}) => client.complete({
      ref: { type: 'ref/resource', uri: guide.uriTemplate }, argument: { name, value }, context: { arguments: given },
    });
    assert.deepEqual((await complete('product', 'call')).completion.values, ['callbridge']);
    assert.deepEqual((await complete('version', '', { product: 'callbridge' })).completion.values, ['12.5', '12.0']);
    await assert.rejects(client.readResource({ uri: 'mcdewey://guide/a/b/c/d' }), /-32602/);
    await assert.rejects(client.listResources({ cursor: 'nonsense' }), /-32602/);
    const { prompts } = await client.listPrompts();
    assert.deepEqual(prompts.map(({ name }) => name), ['answer-with-citations', 'compare-versions']);
    const { messages } = await client.getPrompt({ name: 'answer-with-citations', arguments: { question: 'Why?' } });
    assert.match(messages[0].content.text, /Why\?/);
    await assert.rejects(client.getPrompt({ name: 'compare-versions', arguments: {} }), /needs the argument 'product'/);
  });

  test('finds the tools under another name where one is wished', async () => {
    const prefixed = await serve(site, '--tool-prefix', 'docs_');
    const client = await over(prefixed);
    const { tools } = await client.listTools();
    assert.ok(tools.every(({ name }) => name.startsWith('docs_')), tools.map(({ name }) => name).join());
    assert.ok((await call(client, 'docs_search', { query: 'queue' })).total > 0);
    assert.match(client.getInstructions(), /docs_search/);
    prefixed.child.kill();
  });
});
