// The official client in TypeScript over HTTP: from a search to a passage, what stands around it, and what changed in it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { library } from '../browser/support.mjs';
import { build, program, serve } from './support.mjs';

const site = build();

const connected = async (transport) => {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  return client;
};

/** A tool's answer; its one text holds the same JSON. */
const call = async (client, name, args) => {
  const result = await client.callTool({ name, arguments: args });
  assert.ok(!result.isError, result.content[0]?.text);
  assert.equal(result.content.length, 1);
  assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
  return result.structuredContent;
};

/** The text of a page as it is read. */
const decoded = (html) => html.replace(/&(lt|gt|quot|#x27|#39|#x2F|amp);/g, (_, name) => ({ lt: '<', gt: '>', quot: '"', '#x27': "'", '#39': "'", '#x2F': '/', amp: '&' })[name]);

const refused = async (client, name, args, expected) => {
  const result = await client.callTool({ name, arguments: args });
  assert.equal(result.isError, true, JSON.stringify(result));
  assert.match(result.content[0].text, expected);
};

const journey = async (client) => {
  await client.listTools(); // From here on the client checks every answer against its schema.
  const { results } = await call(client, 'search', { query: 'rotate the logs', product: 'callbridge', version: '12.5' });
  const hit = results.find(({ page, other_versions }) => page && other_versions.length);
  assert.ok(hit, JSON.stringify(results));
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

  const overHttp = () => connected(new StreamableHTTPClientTransport(new URL(server.mcp)));

  test('searches, fetches, reads around and compares over HTTP', async () => {
    const client = await overHttp();
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
    const client = await connected(new StreamableHTTPClientTransport(new URL(small.mcp)));
    const source = 'northwind-voice/callbridge/12.5/admin-guide/admin-guide.md';
    const whole = await call(await overHttp(), 'read_guide', { source });
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
    const client = await overHttp();
    const question = { query: 'release', limit: 5 };
    const all = (await call(client, 'search', { ...question, limit: 15 })).results.map(({ id }) => id);
    const first = await call(client, 'search', question);
    const second = await call(client, 'search', { ...question, cursor: first.next_cursor });
    const third = await call(client, 'search', { ...question, cursor: second.next_cursor });
    assert.deepEqual([first, second, third].flatMap(({ results }) => results.map(({ id }) => id)), all);
  });

  test('is told which passages are near in meaning and have none of the words', async () => {
    const client = await overHttp();
    const question = { query: 'why does the phone stay mute', product: 'callbridge', limit: 50 };
    const { results, total, related } = await call(client, 'search', question);
    const near = results.filter(({ related_by_meaning: isNear }) => isNear);
    assert.ok(near.length > 0 && near.length <= related, `${near.length} of ${related}`);
    assert.ok(results.length > total, 'they are read beyond those that have the words');
    for (const { snippet } of near) assert.doesNotMatch(snippet, /\b(phones?|stay(s|ed)?)\b/i);
  });

  test('is given the newest version of a series, whichever way it asks', async () => {
    const client = await overHttp();
    const versionOf = async (args) => {
      const { results, notice } = await call(client, 'search', args);
      assert.ok(results.length > 0, JSON.stringify(args));
      return [[...new Set(results.map(({ version }) => version))].join(), notice ?? ''];
    };
    for (const [product, series, newest] of [['callbridge', '12', '12.5'], ['callbridge', '12.x', '12.5'], ['gridd', '3', 'v3.0'], ['gridd', 'v2.*', 'v2.3']]) {
      const found = await call(client, 'find_version', { product, version: series });
      assert.deepEqual([found.version, found.found], [newest, 'series'], series);
      assert.match(found.notice, /the newest of that series/);
      const [byArgument, notice] = await versionOf({ query: 'release', product, version: series });
      assert.equal(byArgument, newest);
      assert.match(notice, new RegExp(`is taken for ${product} ${newest}`));
      assert.equal((await versionOf({ query: `release product:${product} version:${series}` }))[0], newest, `the field ${series}`);
    }
    assert.equal((await call(client, 'find_version', { product: 'callbridge', version: '12.3' })).found, 'nearest');
    assert.equal((await call(client, 'find_version', { product: 'callbridge', version: 12 })).version, '12.0', 'a number may have lost its end');
    assert.equal((await versionOf({ query: 'release', product: 'callbridge', version: 12 }))[0], '12.0');
    const { results: [{ id }] } = await call(client, 'search', { query: 'rotate the logs', product: 'callbridge', version: '12.0' });
    assert.equal((await call(client, 'compare_versions', { id, version: '12.x' })).other.version, '12.5');
  });

  test('is not told of a change where a text is cut elsewhere', async (t) => {
    const first = `## First example\n\n${'The first example opens a port for all agents.\n'.repeat(3)}\n`;
    const second = `## Second example\n\n${'The second example needs a certificate of its own.\n'.repeat(3)}\nIt ends here in all versions.\n`;
    const small = `# Guide\n\n${first}${second}`;
    const large = `# Guide\n\n${first}${'A long word on what comes next, of many words. '.repeat(200)}\n\n${second}A new line says more.\n`;
    const site = build(library({ 'acme/box/v1/guide/text.md': small, 'acme/box/v2/guide/text.md': large }));
    const own = await serve(site);
    t.after(() => own.child.kill());
    const client = await connected(new StreamableHTTPClientTransport(new URL(own.mcp)));
    const { passages } = await call(client, 'read_guide', { source: 'acme/box/v2/guide/text.md' });
    const { id } = passages.find(({ text }) => text.includes('It ends here'));
    assert.ok(passages.length > 1, 'the versions are cut at different places');
    const compared = await call(client, 'compare_versions', { id, version: 'v1' });
    const changed = (wanted) => compared.changes.filter(({ fate }) => fate === wanted).map(({ text }) => text.trim()).join();
    assert.ok(changed('added').endsWith('A new line says more.'));
    assert.equal(changed('removed'), '');
    assert.match(compared.notice, /at different places: \d+ words/);
  });

  test('is told of all names that there are, or how many more', async (t) => {
    const products = Array.from({ length: 12 }, (_, at) => `acme/${'abcdefghijkl'[at].repeat(4)}`);
    const some = (paths) => build(library(Object.fromEntries(paths.map((name) => [`${name}/v1/guide/text.md`, '# Title\n\nSome words.\n']))));
    const few = await serve(some(products));
    const many = await serve(some([...products, 'apex/tool']));
    t.after(() => [few, many].forEach(({ child }) => child.kill()));
    const over = (server) => connected(new StreamableHTTPClientTransport(new URL(server.mcp)));
    const [short, long] = [await over(few), await over(many)];
    await refused(short, 'search', { query: 'words', product: '9' }, /there is 'aaaa', .*'llll'"/);
    await refused(long, 'search', { query: 'words', product: '9' }, /there is '.*' and 8 more: list_library/);
    await refused(long, 'search', { query: 'words', vendor: 'acme', product: 'tool' }, /no product 'tool' of this vendor; it is made by 'apex'/);
    for (const name of ['search', 'list_library', 'find_version']) {
      const answer = await call(long, name, { product: 'apex/tool', ...(name === 'search' && { query: 'words' }) });
      assert.match(JSON.stringify(answer), /tool/, name);
    }
    const { status, stderr } = spawnSync(program, ['search', some([...products, 'apex/tool']), 'words', '--product', '9'], { encoding: 'utf8' });
    assert.equal(status, 1);
    assert.match(stderr, /there is '.*' and 8 more/);
  });

  test('may give back every address that it was given', async () => {
    const client = await overHttp();
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

  test('is told where a guide goes on that is longer than an answer, and how many sources there are', async (t) => {
    const files = Array.from({ length: 24 }, (_, at) => [`acme/box/v1/guide/part-${String(at).padStart(2, '0')}.md`, `# Part ${at}\n\n${'Some words of this part. '.repeat(30)}\n`]);
    const own = await serve(build(library(Object.fromEntries(files))), '--max-tokens', '1500');
    t.after(() => own.child.kill());
    const client = await connected(new StreamableHTTPClientTransport(new URL(own.mcp)));
    const { contents: [{ text }] } = await client.readResource({ uri: 'mcdewey://guide/acme/box/v1/guide' });
    const named = text.match(/read_guide reads on: (.*) and (\d+) more\n/);
    const read = files.filter(([, part]) => text.includes(part.split('\n')[0] + '\n')).length;
    assert.ok(read > 0, text);
    assert.deepEqual(named[1].split(', '), files.slice(read, read + 5).map(([file]) => file));
    assert.equal(read + 5 + Number(named[2]), files.length);
    const { guides: [guide] } = await call(client, 'list_library', { product: 'box' });
    assert.deepEqual([guide.sources.length, guide.sources_total], [20, 24]);
    const { guides: [short] } = await call(await overHttp(), 'list_library', { product: 'gridd' });
    assert.equal('sources_total' in short, false);
  });

  test('is told nothing twice', async () => {
    const client = await overHttp();
    const { results: [hit] } = await call(client, 'search', { query: 'rotate the logs', product: 'callbridge', version: '12.5' });
    assert.ok(hit.id && hit.url && hit.citation.endsWith(hit.id));
    assert.equal('source' in hit, false, 'the id says it');
    const { metadata } = await call(client, 'fetch', { id: hit.id });
    assert.match(metadata.source, /^northwind-voice\/callbridge\/12\.5\//);
    for (const name of ['id', 'title', 'url']) assert.equal(name in metadata, false, name);
    const { products: [product], guides } = await call(client, 'list_library', { product: 'callbridge' });
    assert.ok(guides.some(({ versions }) => versions === undefined), 'what stands in all versions names none');
    assert.doesNotMatch(JSON.stringify([product, guides]), /"pages":0/);
  });

  test('cites as the page does: the document, then the section in it', async () => {
    const client = await overHttp();
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

  test('is told of a query without a word, and of a next step where nothing is found', async () => {
    const client = await overHttp();
    const notice = async (args) => (await call(client, 'search', args)).notice ?? '';
    assert.match(await notice({ query: '👩‍💻🔥' }), /no word to look for/);
    assert.match(await notice({ query: 'zzqqxx' }), /Nothing in the library for "zzqqxx"\. Try other words or all_versions/);
    assert.match(await notice({ query: 'zzqqxx', product: 'gridd', version: '2.3' }), /Try other words or fewer filters\./);
    assert.match(await notice({ query: 'zzqqxx queue' }), /Try other words for what is missing\./);
    assert.doesNotMatch(await notice({ query: 'queue' }), /Try/);
  });

  test('is told what would have been right', async () => {
    const client = await overHttp();
    await refused(client, 'search', { query: 'queue', product: 'calbridge' }, /did you mean 'callbridge'/);
    await refused(client, 'search', { query: 'queue', product: 'gridd', version: '12.5' }, /there is 'v3\.0'/);
    await refused(client, 'search', { query: ' ' }, /query is empty/);
    await refused(client, 'search', { query: 'queue', produkt: 'gridd' }, /unknown field `produkt`, expected one of `query`/);
    await refused(client, 'search', { query: 'queue', limit: 5000 }, /from 1 to 50/);
    await refused(client, 'read_guide', { source: 'admin-guide.md' }, /did you mean 'northwind-voice/);
    await refused(client, 'read_guide', { source: 'lumen-switch/edge-os/handbook/first-steps.md', start_page: 3 }, /no page numbers/);
    await refused(client, 'compare_versions', { id: 'nothing::here', version: '1' }, /take an id from the results/);
    await assert.rejects(client.callTool({ name: 'serch', arguments: {} }), /there are search, fetch/);
  });

  test('finds guides as resources, and completes their names', async () => {
    const client = await overHttp();
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
    const client = await connected(new StreamableHTTPClientTransport(new URL(prefixed.mcp)));
    const { tools } = await client.listTools();
    assert.ok(tools.every(({ name }) => name.startsWith('docs_')), tools.map(({ name }) => name).join());
    assert.ok((await call(client, 'docs_search', { query: 'queue' })).total > 0);
    assert.match(client.getInstructions(), /docs_search/);
    prefixed.child.kill();
  });
});
