// What a new build does to a library that is saved in the browser. The host is stopped for real.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { until } from './reader.mjs';
import { PAGE, PRODUCT, choose, differing, fetching, has, inEach, press, save, search } from './saving.mjs';
import { build, copy, example, files } from './support.mjs';

/** A library of the example that is changed, and its site. */
const library = copy(example);
const first = copy(build(library));
const guide = files(library).find((file) => file.startsWith('lumen-switch/edge-os/handbook/'));
const changed = path.join(library, guide);
fs.appendFileSync(changed, '\n## Zanzibar mode\n\nThe zanzibar mode blinks twice.\n');
const second = build(library);
const without = copy(example);
fs.writeFileSync(path.join(without, 'mcdewey.toml'), `offline = false\n${fs.readFileSync(path.join(without, 'mcdewey.toml'), 'utf8')}`);

inEach((walk) => {
  test('a renewal leaves out what was given up, and does not forget it', () => walk(first, async (session, host) => {
    await save(session, host, PRODUCT);
    await session.go(`${host.url}index.html`);
    await choose(session);
    host.breakAfter = 5;
    await press(session, 'Save');
    await has(session, 'broke off');
    host.breakAfter = Infinity;
    host.folder = second;
    await session.ask(() => sessionStorage.clear());
    await session.go(`${host.url}index.html`);
    await until(session, 'the note', () => document.querySelector('.toast')?.textContent.includes('up to date'));
    await has(session, 'Resume');
    const state = await session.ask(() => M.saved.read());
    assert.deepEqual([state.scopes, state.pending], [[PRODUCT], ['']]);
    await session.go(host.url + PRODUCT);
    await has(session, 'Saved for offline.');
  }));

  test('what was given up makes room for a renewal before it begins', () => walk(first, async (session, host) => {
    await save(session, host, PRODUCT);
    const missing = () => session.ask(async () => {
      const list = globalThis.former ??= await M.saved.fetchList();
      return (await M.saved.plan(list, [''])).missing.length;
    });
    const saved = (scopes) => session.ask(async (scopes) => {
      const list = await M.saved.fetchList();
      return M.saved.save(list, scopes).then(() => true, () => false);
    }, scopes);
    const all = await missing();
    host.breakAfter = 8;
    assert.equal(await saved(['']), false);
    host.breakAfter = Infinity;
    assert.ok(await missing() < all, 'some of it came');
    host.folder = second;
    host.breakAfter = 1;
    assert.equal(await saved([]), false);
    assert.equal(await missing(), all);
  }));

  test('a new build takes over whole, and what came in part does not count', () => walk(first, async (session, host) => {
    const handbook = `read/${guide.replace('.md', '.html')}`;
    await save(session, host, 'index.html');
    await search(session, host, 'q=snapshot');
    await until(session, 'that it has looked for a new build', () => Object.keys(sessionStorage).includes('mcdewey.renewed'));
    host.folder = second;
    host.breakAfter = 8;
    await session.ask(() => sessionStorage.clear());
    await session.go(`${host.url}index.html`);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    // The new build came in part: the old one answers, whole.
    await host.stop();
    assert.deepEqual(await differing(session, first, ['index.html', handbook, PAGE, 'search/root.js']), []);
    assert.deepEqual(await search(session, host, 'q=zanzibar'), []);
    // No page but the next one is to renew it.
    await session.go('about:blank');
    await host.start();
    await session.go(`${host.url}index.html`);
    await until(session, 'the note', () => document.querySelector('.toast')?.textContent.includes('up to date'));
    await host.stop();
    const pages = files(second).filter((file) => file.endsWith('.html') && file !== 'offline/files.html');
    assert.deepEqual(await differing(session, second, [...pages, 'search/root.js']), []);
    assert.equal((await search(session, host, 'q=zanzibar')).length, 1);
  }));

  test('a renewal that a click cuts off goes on with the next page', () => walk(first, async (session, host) => {
    await save(session, host, 'index.html');
    host.folder = second;
    host.asked.length = 0;
    host.pauseMs = 300;
    await session.ask(() => sessionStorage.clear());
    await session.go(`${host.url}index.html`);
    await fetching(host);
    host.pauseMs = 0;
    await session.go(host.url + PAGE);
    await until(session, 'the note', () => document.querySelector('.toast')?.textContent.includes('up to date'));
  }));

  test('blocks of texts that only have another name are not fetched again', () => walk(first, async (session, host) => {
    await save(session, host, 'index.html');
    host.folder = second;
    host.asked.length = 0;
    await session.ask(() => sessionStorage.clear());
    await session.go(`${host.url}index.html`);
    await until(session, 'the note', () => document.querySelector('.toast')?.textContent.includes('up to date'));
    const blocks = files(second).filter((file) => file.startsWith('search/t/'));
    const come = blocks.filter((block) => !fs.existsSync(path.join(first, block)));
    const fetched = host.asked.filter(([file]) => come.includes(file));
    assert.ok(fetched.length > 0 && fetched.length * 3 < come.length, `${fetched.length} of ${come.length} were fetched`);
    await host.stop();
    assert.deepEqual(await differing(session, second, blocks), []);
  }));

  test('a page that is open keeps its build when the next one takes over', () => walk(first, async (session, host) => {
    await save(session, host, 'index.html');
    await search(session, host, 'q=snapshot');
    host.folder = second;
    // What saves comes after the first results.
    await until(session, 'what saves', () => Boolean(M.saved?.save));
    await session.ask(async () => M.saved.save(await M.saved.fetchList(), ['']));
    await host.stop();
    const ask = (text) => session.ask(async (text) => (await M.ask({ text, limit: 5 }, () => true)).hits.length, text);
    // Words that were never asked for, whose shards the new build does not have.
    assert.equal(await ask('gridctl drain'), 5);
    assert.equal(await ask('zanzibar'), 0);
    assert.equal((await search(session, host, 'q=zanzibar')).length, 1);
  }));

  test('a library that gives it up clears up', () => walk(first, async (session, host) => {
    await save(session, host, 'index.html');
    host.folder = build(without);
    // A page that is open goes on telling what it loaded, the worker that clears up too.
    await session.ask(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      registration.addEventListener('updatefound', () => {
        const worker = registration.installing;
        const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
        worker.addEventListener('statechange', () => worker.postMessage(loaded));
      });
      await registration.update();
    });
    await until(session, 'an empty browser', async () => !(await navigator.serviceWorker.getRegistration()) && !(await caches.keys()).length);
  }));
});
