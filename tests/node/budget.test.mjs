// Bytes that a reader pays before the first shard, as a host sends them: module, scripts and root. The style
// sheet aside. The figures are printed, so that a change can be seen before the limit is met.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { build, files } from '../browser/support.mjs';
import { asSent } from '../browser/slow-server.mjs';

const FIRST_LOAD_BYTES = 70_000;
const ROOT_BYTES = 20_000;

test('module, scripts and root stay within 70 KB, root within 20 KB', async (context) => {
  const site = build();
  const sent = async (file) => (await asSent(fs.readFileSync(path.join(site, file)))).length;
  const scripts = files(site).filter((file) => /^assets\/.*\.js$/.test(file));
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
