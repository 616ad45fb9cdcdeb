// Copies of a site that were made without asking it: a mirror by wget, served from a sub-path while the first server is stopped and
// every other host is out of reach; a ZIM in kiwix-serve. Both pass the matrix's way through Chromium.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from './engines/chromium.mjs';
import { hostOf } from './host.mjs';
import { readAll } from './reader.mjs';
import { build, mcdewey, program, serve, temporary } from './support.mjs';

const site = build();
let engine;
before(async () => { engine = await chromium('--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'); });
after(() => engine?.close());

test('a mirror by wget is whole', async () => {
  const server = await serve(site);
  const folder = temporary();
  spawnSync('wget', ['--mirror', '--quiet', '--no-host-directories', '-P', folder, server.url]);
  server.close();
  const checked = spawnSync(program, ['export', 'check', folder], { encoding: 'utf8' });
  assert.equal(checked.stdout, '');
  assert.equal(checked.status, 0, checked.stderr);
  const host = await hostOf(folder, '/a/sub-path/');
  const session = await engine.open();
  try {
    await readAll(session, host.url);
    assert.deepEqual([...session.hosts].filter(Boolean), [new URL(host.url).host]);
    assert.deepEqual(host.asked.filter(([, , status]) => status !== 200), []);
  } finally {
    await session.close();
    await host.stop();
  }
});

test('a ZIM is read and searched in Kiwix', async () => {
  const file = path.join(temporary(), 'example.zim');
  mcdewey('export', site, '--zim', file);
  const port = 40_000 + (process.pid % 20_000);
  const kiwix = spawn('kiwix-serve', ['--nosearchbar', '--nolibrarybutton', '--address=127.0.0.1', `--port=${port}`, file], { stdio: 'ignore' });
  const home = `http://127.0.0.1:${port}/example/A/`;
  const session = await engine.open();
  try {
    for (let attempt = 0; attempt < 100 && !(await fetch(`${home}index.html`).catch(() => null))?.ok; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await readAll(session, home);
  } finally {
    await session.close();
    kiwix.kill();
  }
});
