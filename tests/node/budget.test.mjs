// Bytes that a reader pays before the first shard, as a host sends them: module, scripts and root. The style
// sheet, the scripts of pages of texts and what is fetched on demand (saving for offline) aside. And what the catalogue may take, which comes after the first hits:
// its module as it is sent, its data as they lie on disk.
// The figures are printed, so that a change can be seen before the limit is met.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { many } from '../browser/many.mjs';
import { build, example, files } from '../browser/support.mjs';
import { asSent } from '../browser/slow-server.mjs';

const FIRST_LOAD_BYTES = 82_000;
const ROOT_BYTES = 20_000;
const CATALOGUE_BYTES = 45_000;
const CATALOGUE_DATA_BYTES = 30_000;

test('module, scripts and root stay within 82 KB, root within 20 KB', async (context) => {
  const site = build();
  const sent = async (file) => (await asSent(fs.readFileSync(path.join(site, file)))).length;
  const scripts = files(site).filter((file) => /^assets\/(?!catalogue\.|offline\.|texts\.).*\.js$/.test(file));
  assert.equal(scripts.length, 3, `theme, scripts, engine: ${scripts}`);
  let total = 0;
  for (const file of [...scripts, 'search/root.js']) {
    const bytes = await sent(file);
    context.diagnostic(`${file}: ${bytes} bytes`);
    total += bytes;
  }
  context.diagnostic(`together: ${total} bytes of ${FIRST_LOAD_BYTES}`);
  const root = fs.statSync(path.join(site, 'search/root.js')).size;
  assert.ok(total <= FIRST_LOAD_BYTES, `${total} bytes before the first shard`);
  assert.ok(root <= ROOT_BYTES, `root.js has ${root} bytes`);
});

for (const [kind, folder] of [['the example', () => example], ['a library of 4,000 guides', many]]) {
  test(`the catalogue of ${kind} stays within 45 KB of code and 30 KB of data`, async (context) => {
    const site = build(folder());
    const bytes = (file) => fs.statSync(path.join(site, file)).size;
    const module = files(site).find((file) => file.startsWith('assets/catalogue.'));
    const sent = (await asSent(fs.readFileSync(path.join(site, module)))).length;
    context.diagnostic(`${module}: ${sent} bytes, search/catalogue.js: ${bytes('search/catalogue.js')} bytes`);
    assert.ok(sent <= CATALOGUE_BYTES, `${module} has ${sent} bytes`);
    assert.ok(bytes('search/catalogue.js') <= CATALOGUE_DATA_BYTES, `the data have ${bytes('search/catalogue.js')} bytes`);
    const listed = fs.readFileSync(path.join(site, 'files.html'), 'utf8');
    assert.ok(listed.includes(module) && listed.includes('search/catalogue.js'), 'files.html lists both');
  });
}
