// What the official client is told beside what it asked for: what was meant, what is near, what would have been right.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { library } from '../browser/support.mjs';
import { call, over, refused } from './official.mjs';
import { build, program, serve } from './support.mjs';

describe('the official client', () => {
  let server;
  before(async () => { server = await serve(build()); });
  after(() => server.child.kill());

  test('is told which passages are near in meaning and have none of the words', async () => {
    const client = await over(server);
    const question = { query: 'why does the phone stay mute', product: 'callbridge', limit: 50 };
    const { results, total, related } = await call(client, 'search', question);
    const near = results.filter(({ related_by_meaning: isNear }) => isNear);
    assert.ok(near.length > 0 && near.length <= related, `${near.length} of ${related}`);
    assert.ok(results.length > total, 'they are read beyond those that have the words');
    for (const { snippet } of near) assert.doesNotMatch(snippet, /\b(phones?|stay(s|ed)?)\b/i);
  });

  test('is given the newest version of a series, whichever way it asks', async () => {
    const client = await over(server);
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
    const client = await over(own);
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

  test('is told where a guide goes on that is longer than an answer, and how many sources there are', async (t) => {
    const files = Array.from({ length: 24 }, (_, at) => [`acme/box/v1/guide/part-${String(at).padStart(2, '0')}.md`, `# Part ${at}\n\n${'Some words of this part. '.repeat(30)}\n`]);
    const own = await serve(build(library(Object.fromEntries(files))), '--max-tokens', '1500');
    t.after(() => own.child.kill());
    const client = await over(own);
    const { contents: [{ text }] } = await client.readResource({ uri: 'mcdewey://guide/acme/box/v1/guide' });
    const named = text.match(/read_guide reads on: (.*) and (\d+) more\n/);
    const read = files.filter(([, part]) => text.includes(part.split('\n')[0] + '\n')).length;
    assert.ok(read > 0, text);
    assert.deepEqual(named[1].split(', '), files.slice(read, read + 5).map(([file]) => file));
    assert.equal(read + 5 + Number(named[2]), files.length);
    const { guides: [guide] } = await call(client, 'list_library', { product: 'box' });
    assert.deepEqual([guide.sources.length, guide.sources_total], [20, 24]);
    const { guides: [short] } = await call(await over(server), 'list_library', { product: 'gridd' });
    assert.equal('sources_total' in short, false);
  });

  test('can read on to the last passage that holds a phrase', async (t) => {
    const names = Array.from({ length: 25 }, (_, at) => `part-${at}`);
    const files = names.map((name) => [`acme/box/v1/guide/${name}.md`, `# ${name}\n\nThe red lamp of ${name} shines.\n`]);
    const own = await serve(build(library(Object.fromEntries(files))));
    t.after(() => own.child.kill());
    const client = await over(own);
    const found = [];
    let cursor;
    do {
      const answer = await call(client, 'search', { query: '"red lamp"', ...(cursor && { cursor }) });
      found.push(...answer.results.map(({ title }) => title));
      cursor = answer.next_cursor;
    } while (cursor);
    assert.deepEqual(found.sort(), names.sort());
  });

  test('is told all sources of a guide that it names, in a version that it names', async (t) => {
    const sources = ['v1', 'v2'].map((version) => Array.from({ length: 90 }, (_, at) => `acme/box/${version}/guide/part-${10 + at}.md`));
    const files = [...sources.flat(), 'acme/box/v2/notes/new.md', 'acme/box/v1/gone/old.md'].map((file) => [file, `# ${file}\n\nWords of ${file}.\n`]);
    const own = await serve(build(library(Object.fromEntries(files))), '--max-tokens', '500');
    t.after(() => own.child.kill());
    const client = await over(own);
    const all = async (args) => {
      const [named, guides] = [[], new Set()];
      let cursor;
      do {
        const answer = await call(client, 'list_library', { ...args, ...(cursor && { cursor }) });
        for (const guide of answer.guides ?? []) {
          guides.add(guide.guide);
          named.push(...guide.sources);
        }
        assert.equal(Boolean(answer.next_cursor), Boolean(answer.notice));
        cursor = answer.next_cursor;
      } while (cursor);
      return [named, [...guides]];
    };
    assert.deepEqual(await all({ product: 'box', guide: 'guide' }), [sources[1], ['guide']]);
    assert.deepEqual(await all({ guide: 'guide', version: '1' }), [sources[0], ['guide']]);
    assert.deepEqual((await all({ product: 'box', version: 'v1' }))[1].sort(), ['gone', 'guide']);
    assert.deepEqual((await all({ product: 'box', version: 'latest' }))[1].sort(), ['guide', 'notes']);
    await refused(client, 'list_library', { product: 'box', version: '3' }, /no version '3'/);
  });

  test('reads as many passages of a guide as it asks for', async () => {
    const client = await over(server);
    const source = 'northwind-voice/callbridge/12.5/admin-guide/admin-guide.md';
    const whole = await call(client, 'read_guide', { source });
    const first = await call(client, 'read_guide', { source, limit: 2 });
    assert.match(first.notice, new RegExp(`^2 of ${whole.total} passages are read`));
    const rest = await call(client, 'read_guide', { source, cursor: first.next_cursor });
    assert.deepEqual([...first.passages, ...rest.passages], whole.passages);
    const { next_cursor: none, notice } = await call(client, 'read_guide', { source, limit: whole.total });
    assert.deepEqual([none, notice], [undefined, undefined]);
    await refused(client, 'read_guide', { source, limit: 0 }, /at least 1/);
  });

  test('reads the first results whole where it asks for that', async () => {
    const client = await over(server);
    const { results } = await call(client, 'search', { query: 'scheduled callback', whole: 2, limit: 4 });
    assert.equal(results.length, 4);
    for (const [at, { id, text }] of results.entries()) {
      const expected = at < 2 ? (await call(client, 'fetch', { id })).text : undefined;
      assert.equal(text, expected, id);
    }
    await refused(client, 'search', { query: 'queue', whole: 6 }, /whole is 6; it must be from 0 to 5/);
  });

  test('is told nothing twice', async () => {
    const client = await over(server);
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

  test('is told of a query without a word, and of a next step where nothing is found', async () => {
    const client = await over(server);
    const notice = async (args) => (await call(client, 'search', args)).notice ?? '';
    assert.match(await notice({ query: '👩‍💻🔥' }), /no word to look for/);
    assert.match(await notice({ query: 'zzqqxx' }), /Nothing in the library for "zzqqxx"\. Try other words or all_versions/);
    assert.match(await notice({ query: 'zzqqxx', product: 'gridd', version: '2.3' }), /Try other words or fewer filters\./);
    assert.match(await notice({ query: 'zzqqxx queue' }), /Try other words for what is missing\./);
    assert.doesNotMatch(await notice({ query: 'queue' }), /Try/);
  });

  test('may ask for the latest version, or for all of them', async () => {
    const client = await over(server);
    const versions = async (args) => {
      const { results } = await call(client, 'search', { query: 'rotate the logs', product: 'callbridge', ...args });
      return results.map(({ version }) => version);
    };
    const plain = await versions({});
    for (const version of ['latest', 'Newest', 'current']) assert.deepEqual(await versions({ version }), plain, version);
    const every = await versions({ all_versions: true });
    assert.notDeepEqual(every, plain);
    for (const args of [{ version: 'all' }, { version: '*' }, { all_versions: 'true' }]) assert.deepEqual(await versions(args), every, JSON.stringify(args));
    const { found, version } = await call(client, 'find_version', { product: 'callbridge', version: 'latest' });
    assert.deepEqual([found, version], ['newest', plain[0]]);
    const { results: [old] } = await call(client, 'search', { query: 'rotate the logs', product: 'callbridge', version: '12.0' });
    const { other } = await call(client, 'compare_versions', { id: old.id, version: 'latest' });
    assert.equal(other.version, plain[0]);
    assert.match(JSON.stringify(await call(client, 'search', { query: 'zzqqxx', version: 'latest' })), /Try other words or all_versions/);
    await refused(client, 'search', { query: 'queue', all_versions: 'yes' }, /neither true nor false/);
  });

  test('is told what would have been right', async () => {
    const client = await over(server);
    const ids = 'northwind-voice::callbridge::12.5::admin-guide::admin-guide';
    await refused(client, 'fetch', { id: `${ids}::999` }, /no passage has the id .*; 'northwind-voice\/callbridge\/12\.5\/admin-guide\/admin-guide\.md' has \d+, and read_guide reads them/);
    const { source } = await call(client, 'read_guide', { source: ids, end_page: 1 });
    assert.equal(source, 'northwind-voice/callbridge/12.5/admin-guide/admin-guide.md');
    await refused(client, 'search', { query: 'queue', product: 'calbridge' }, /did you mean 'callbridge'/);
    await refused(client, 'search', { query: 'queue', product: 'gridd', version: '12.5' }, /there is 'v3\.0'/);
    await refused(client, 'search', { query: ' ' }, /query is empty/);
    await refused(client, 'search', { query: 'queue', produkt: 'gridd' }, /unknown field `produkt`, expected one of `query`/);
    await refused(client, 'search', { query: 'queue', limit: 5000 }, /from 1 to 50/);
    await refused(client, 'read_guide', { source: 'northwind-voice/callbridge/12.5/admin-gide/admin-guide.md' }, /did you mean 'northwind-voice/);
    await refused(client, 'read_guide', { source: 'lumen-switch/edge-os/handbook/first-steps.md', start_page: 3 }, /no page numbers/);
    await refused(client, 'read_guide', { source: 'northwind-voice/callbridge/12.5/admin-guide/admin-guide.md', start_page: 9000 }, /nothing stands on these pages; there are \d+ in all/);
    await refused(client, 'compare_versions', { id: 'nothing::here', version: '1' }, /take an id from the results/);
    await assert.rejects(client.callTool({ name: 'serch', arguments: {} }), /there are search, fetch/);
  });
});
