// What the official client is told where there is much to list, and where another version lacks what it compares.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { library } from '../browser/support.mjs';
import { call, over, refused } from './official.mjs';
import { build, serve } from './support.mjs';

const clientOf = async (t, files) => {
  const own = await serve(build(library(files)));
  t.after(() => own.child.kill());
  return over(own);
};

describe('the official client', () => {
  test('looks through a long list in short parts, and is told how to shorten it', async (t) => {
    const names = Array.from({ length: 150 }, (_, at) => `guide-to-${'abcdefghij'[at % 10].repeat(9)}-${100 + at}`);
    const files = names.flatMap((name) => (name.endsWith('0') ? ['one', 'two'] : ['one']).map((file) => [`acme/box/v1/${name}/${file}.md`, `# The ${name}\n\nWords of ${name}.\n`]));
    const client = await clientOf(t, Object.fromEntries(files));
    const [guides, notices] = [[], []];
    let cursor;
    do {
      const answer = await call(client, 'list_library', { product: 'box', ...(cursor && { cursor }) });
      assert.ok(JSON.stringify(answer).length < 4 * 4500, `${JSON.stringify(answer).length} bytes`);
      guides.push(...answer.guides);
      notices.push(answer.notice);
      cursor = answer.next_cursor;
    } while (cursor);
    assert.deepEqual(guides.map(({ guide }) => guide), names.toSorted());
    assert.match(notices[0], /^1 to \d+ of 151 entries; next_cursor leads on\. A guide narrows the list\. .* search /);
    assert.equal(notices.at(-1), undefined);
    assert.ok(guides.every(({ url }) => url === undefined), 'in brief');
    for (const { guide, sources, sources_total: total } of guides) {
      const [paths, count] = guide.endsWith('0') ? [undefined, 2] : [[`acme/box/v1/${guide}/one.md`], undefined];
      assert.deepEqual([sources, total], [paths, count], guide);
    }
    const { guides: [whole] } = await call(client, 'list_library', { product: 'box', guide: names[0] });
    assert.deepEqual([whole.sources.length, Boolean(whole.url)], [2, true]);
  });

  test('is led to the nearest passage where a version does not have the same', async (t) => {
    const text = 'An agent may hold four calls at once; the fifth call is refused with a busy tone until one of them ends.';
    const client = await clientOf(t, {
      'acme/box/v1/guide/limits.md': `# Call limits\n\n${text}\n`,
      'acme/box/v1/guide/other.md': '# Lamps\n\nA red lamp shines while it starts.\n',
      'acme/box/v1/guide/unlike.md': '# Zebra crossings\n\nQuite singular prose about striped asphalt.\n',
      'acme/box/v2/admin/capacity.md': `# Capacity\n\nSince this release ${text}\n`,
      'acme/box/v2/guide/other.md': '# Screens\n\nNothing of the kind is said here any more, whatever one asks.\n',
      'acme/box/v2/guide/ports.md': '# Ports\n\nPort 80 is open.\n',
    });
    const compared = (id, version) => call(client, 'compare_versions', { id, version });
    const moved = await compared('acme/box/v1/guide/limits.md', 'v2');
    assert.deepEqual([moved.found, moved.other], ['absent', undefined]);
    assert.match(moved.nearest.id, /^acme::box::v2::admin::capacity::/);
    assert.match(moved.notice, /^v2 has no such source.*`nearest` may be about the same: fetch it/);
    assert.deepEqual((await compared('acme/box/v1/guide/limits.md', 'latest')).nearest, moved.nearest);
    for (const [source, notice] of [['other', /^No passage of acme\/box\/v2\/guide\/other\.md is like this one, and none .* read_guide/], ['unlike', /no passage there is near; list_library/]]) {
      const gone = await compared(`acme/box/v1/guide/${source}.md`, 'v2');
      assert.deepEqual([gone.found, gone.nearest], ['absent', undefined], source);
      assert.match(gone.notice, notice);
    }
    await refused(client, 'compare_versions', { id: 'acme/box/v1/guide/limits.md', version: 'v1' }, /this version itself/);
    await refused(client, 'compare_versions', { id: 'acme/box/v1/guide/limits.md', version: '9' }, /no version '9'; find_version/);
    await refused(client, 'compare_versions', { id: 'acme/box/v1/guide/limits.md', version: 'all' }, /no version 'all'; find_version/);
  });

  test('is read what it calls by an end of its path or its title, in the newest version, and told what its words were taken for', async (t) => {
    const files = ['v1.2', 'v1.3'].flatMap((version) => [
      [`box/${version}/guide/maintenance.md`, `# Upkeep\n\nKeep it clean in ${version}.\n`],
      [`box/${version}/guide/limits.md`, `# Limits\n\nNo more than ten, clean or not.\n`],
      [`box/${version}/admin/limits.md`, `# Quotas\n\nNo more than twenty.\n`],
    ]);
    const client = await clientOf(t, Object.fromEntries(files));
    for (const name of ['guide/maintenance', 'maintenance.md', 'Upkeep', 'MAINTENANCE']) {
      assert.equal((await call(client, 'read_guide', { source: name })).source, 'box/v1.3/guide/maintenance.md', name);
    }
    await refused(client, 'read_guide', { source: 'limits' }, /2 sources are called 'limits'; give the path of one: box\/v1\.3\/admin\/limits\.md, /);
    await refused(client, 'read_guide', { source: 'tenance' }, /did you mean|no source/);
    await refused(client, 'search', { query: 'clean', vendor: 'acme' }, /no vendor 'acme'; there is none here, so leave it out/);
    for (const tool of ['search', 'list_library']) {
      await refused(client, tool, { ...(tool === 'search' && { query: 'clean' }), guide: 'maintenance' }, /no guide 'maintenance', but a source of the guide 'guide': box\/v1\.3\/guide\/maintenance\.md; give that guide/);
    }
    const noticed = async (query, args) => (await call(client, 'search', { query, ...args })).notice ?? '';
    assert.match(await noticed('clean 1.2'), /"1\.2" was taken for a version: its passages come first/);
    assert.match(await noticed('clean 1.2 1.3'), /"1\.2", "1\.3" were taken for versions: their/);
    assert.doesNotMatch(await noticed('clean'), /taken for a version/);
  });
});
