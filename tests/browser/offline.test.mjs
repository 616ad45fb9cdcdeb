// Reading without a network: what was visited, what was saved, what a new build does to it. The host is stopped for real.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium } from './engines/chromium.mjs';
import { firefox } from './engines/firefox.mjs';
import { hostOf } from './host.mjs';
import { until } from './reader.mjs';
import { build, copy, example, files, library as made, mcdewey } from './support.mjs';

const PRODUCT = 'browse/northwind-voice/callbridge.html';
const PAGE = 'northwind-voice/callbridge/12.5/admin-guide/admin-guide/15.html';
/** What is fetched for the saved library alone, or for a search. */
const PARTS = /^search\/.*\/|\.pack$/;

/** A library of the example that is changed, and its site. */
const library = copy(example);
const site = build(library);
const first = copy(site);
const guide = files(library).find((file) => file.startsWith('lumen-switch/edge-os/handbook/'));
const changed = path.join(library, guide);
fs.appendFileSync(changed, '\n## Zanzibar mode\n\nThe zanzibar mode blinks twice.\n');
const second = build(library);
/** What stands below the address of the endpoint is the library's. */
const protocol = build(made({ 'mcp/v1/spec/spec.md': '# Frames\n\nA frame ends with a zero.\n' }));
const without = copy(example);
fs.writeFileSync(path.join(without, 'mcdewey.toml'), `offline = false\n${fs.readFileSync(path.join(without, 'mcdewey.toml'), 'utf8')}`);

const has = (session, text) => until(session, text, (text) => document.querySelector('.offline')?.textContent.includes(text), text);
const press = (session, text) => session.ask((text) => {
  [...document.querySelectorAll('.offline button, .toast button')].find((button) => button.textContent === text).click();
}, text);
const ready = (session) => until(session, 'the worker', () => document.documentElement.dataset.offline === 'ready' && Boolean(navigator.serviceWorker.controller));
const ids = (session) => session.ask(() => [...document.querySelectorAll('#results > li')].map((one) => one.dataset.id));

const save = async (session, host, page) => {
  await session.go(host.url + page);
  await has(session, 'Save for offline');
  await press(session, 'Save for offline');
  await has(session, 'to fetch');
  const told = await session.ask(() => document.querySelector('.offline').textContent);
  await press(session, 'Save');
  await has(session, 'Saved for offline.');
  return told;
};

/** Waits until a part of what is saved has come. */
const fetching = async (host) => {
  const begun = () => host.asked.filter(([file]) => PARTS.test(file)).length > 2;
  for (let tries = 0; tries < 500 && !begun(); tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(begun(), 'files of it are asked for');
};

/** Which of these pages the browser has otherwise than they lie in the folder. */
const differing = async (session, folder, pages) => {
  const texts = Object.fromEntries(pages.map((page) => [page, fs.readFileSync(path.join(folder, page), 'utf8')]));
  return session.ask(async (texts, root) => {
    const wrong = [];
    for (const [page, text] of Object.entries(texts)) {
      const response = await fetch(new URL(page, root)).catch(() => null);
      if (!response?.ok || await response.text() !== text) wrong.push(page);
    }
    return wrong;
  }, texts, session.root);
};

const search = async (session, host, query) => {
  await session.go(`${host.url}search.html?${query}`);
  await until(session, `results of ${query}`, () => /result/.test(document.querySelector('#status')?.textContent));
  // What meaning adds comes last, by shards of its own.
  await until(session, `the end of ${query}`, () => !document.querySelector('#results').hasAttribute('aria-busy'));
  return ids(session);
};

for (const [name, launch] of Object.entries({ chromium, firefox })) {
  describe(`in ${name}`, () => {
    let engine;
    before(async () => { engine = await launch(); });
    after(() => engine?.close());

    const walk = async (folder, steps) => {
      const host = await hostOf(folder);
      const session = await engine.open();
      session.root = host.url;
      try {
        await steps(session, host);
      } finally {
        await session.close();
        await host.stop().catch(() => {});
      }
    };

    test('what was visited can be visited again', () => walk(site, async (session, host) => {
      await session.go(`${host.url}index.html`);
      await ready(session);
      const found = await search(session, host, 'q=dtmf');
      assert.ok(found.length > 0);
      await session.go(host.url + PAGE);
      await until(session, 'the page', () => document.querySelector('#chunk-id'));
      await host.stop();
      assert.deepEqual(await search(session, host, 'q=dtmf'), found);
      await session.go(host.url + PAGE);
      await until(session, 'the page', () => document.querySelector('#chunk-id') && getComputedStyle(document.body).margin === '0px');
      await session.go(host.url);
      await until(session, 'home', () => document.querySelector('#library'));
      await session.go(`${host.url}browse/harbor-grid.html`);
      await until(session, 'that it was not saved', () => document.title === 'Not saved');
    }));

    test('a folder that is named like the endpoint can be visited again', () => walk(protocol, async (session, host) => {
      await session.go(`${host.url}index.html`);
      await ready(session);
      const page = 'mcp/v1/spec/spec/1.html';
      await session.go(host.url + page);
      await host.stop();
      await session.go(host.url + page);
      await until(session, 'the page', () => document.querySelector('#chunk-id')?.textContent === 'mcp::v1::spec::spec::1');
    }));

    test('a product that was saved is all there', () => walk(site, async (session, host) => {
      const told = await save(session, host, PRODUCT);
      assert.match(told, /this product: \d+ guides, [\d.,]+ [KM]B to fetch/);
      await host.stop();
      const pages = files(site).filter((file) => /^(read\/)?northwind-voice\/callbridge\//.test(file) || file.startsWith('browse/'));
      assert.ok(pages.length > 80);
      const guides = pages.filter((page) => !/^browse\/.*guide-/.test(page) || page.includes('callbridge'));
      assert.deepEqual(await differing(session, site, guides), []);
      for (const query of ['snapshot restore', 'callback', 'CB-4017', 'dtmf', 'transfer']) {
        const found = await search(session, host, `q=${encodeURIComponent(query)}&product=callbridge`);
        const lines = mcdewey('search', site, query, '--json', '--product', 'callbridge').trim().split('\n');
        assert.deepEqual(found, lines.map((line) => JSON.parse(line).chunk_id), query);
      }
      await session.click('#results > li h2 a');
      await until(session, 'the first result', () => document.querySelector('#chunk-id'));
      await session.go(host.url + PRODUCT);
      await has(session, 'Saved for offline.');
    }));

    test('what was cut goes on where it was', () => walk(site, async (session, host) => {
      await session.go(`${host.url}index.html`);
      await has(session, 'Save for offline');
      await press(session, 'Save for offline');
      await has(session, 'to fetch');
      host.breakAfter = 20;
      await press(session, 'Save');
      await has(session, 'broke off');
      host.breakAfter = Infinity;
      const before = new Set(host.asked.filter(([file]) => PARTS.test(file)).map(([file]) => file));
      assert.ok(before.size > 5);
      await session.go(`${host.url}index.html`);
      await has(session, 'Resume');
      host.asked.length = 0;
      await press(session, 'Resume');
      await has(session, 'to fetch');
      await press(session, 'Save');
      await has(session, 'Saved for offline.');
      const twice = host.asked.filter(([file]) => before.has(file));
      assert.ok(twice.length <= 6, `fetched again, beyond what was under way: ${twice}`);
      await press(session, 'Remove');
      await has(session, 'Save for offline');
      const left = await session.ask(async () => {
        const name = (await caches.keys()).find((name) => name.endsWith(' kept'));
        return (await (await caches.open(name)).keys()).map((request) => request.url);
      });
      assert.deepEqual(left, [`${host.url}saved`]);
    }));

    test('saving can be given up', () => walk(site, async (session, host) => {
      await session.go(`${host.url}index.html`);
      await has(session, 'Save for offline');
      await press(session, 'Save for offline');
      await has(session, 'to fetch');
      host.asked.length = 0;
      host.pauseMs = 300;
      await press(session, 'Save');
      await fetching(host);
      await press(session, 'Cancel');
      await has(session, 'Saving was interrupted.');
    }));

    test('who saves while another does waits, and need not', () => walk(site, async (session, host) => {
      await session.go(`${host.url}index.html`);
      await has(session, 'Save for offline');
      host.pauseMs = 300;
      host.asked.length = 0;
      await session.ask(async () => {
        const list = await M.saved.fetchList();
        M.saved.save(list, [list.guides[0].url]);
      });
      await fetching(host);
      await press(session, 'Save for offline');
      await has(session, 'to fetch');
      await press(session, 'Save');
      await has(session, 'Saving');
      await press(session, 'Cancel');
      // Nothing was begun that could be resumed.
      await has(session, 'Save for offline');
    }));

    test('what is saved and removed at once is as if it came one after the other', () => walk(site, async (session, host) => {
      await session.go(`${host.url}index.html`);
      await has(session, 'Save for offline');
      const [wanted, state, missing] = await session.ask(async () => {
        const list = await M.saved.fetchList();
        const [one, two, three] = list.guides.map((guide) => guide.url);
        await M.saved.save(list, [one]);
        await Promise.all([M.saved.save(list, [two]), M.saved.remove([one]), M.saved.save(list, [three])]);
        const { missing } = await M.saved.plan(list, [two, three]);
        return [[two, three], await M.saved.read(), missing.map(([name]) => name)];
      });
      assert.deepEqual(state.scopes, wanted);
      assert.deepEqual(state.pending, []);
      assert.deepEqual(missing, []);
    }));

    test('a renewal leaves out what was given up, and does not forget it', () => walk(first, async (session, host) => {
      await save(session, host, PRODUCT);
      await session.go(`${host.url}index.html`);
      await has(session, 'Save for offline');
      await press(session, 'Save for offline');
      await has(session, 'to fetch');
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

    if (name === 'chromium') {
      test('a full browser is told, and what it has is kept', () => walk(site, async (session, host) => {
        await session.go(`${host.url}index.html`);
        await has(session, 'Save for offline');
        await session.limit(host.url, 150_000);
        await press(session, 'Save for offline');
        await has(session, 'to fetch');
        await press(session, 'Save');
        await has(session, 'no more room');
      }));
    }

    test('a library that gives it up clears up', () => walk(first, async (session, host) => {
      await save(session, host, 'index.html');
      host.folder = build(without);
      await session.ask(async () => (await navigator.serviceWorker.getRegistration()).update());
      await until(session, 'an empty browser', async () => !(await navigator.serviceWorker.getRegistration()) && !(await caches.keys()).length);
    }));
  });
}
