// Reading without a network: what was visited and what was saved. The host is stopped for real.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './reader.mjs';
import { PAGE, PARTS, PRODUCT, choose, differing, fetching, has, inEach, press, ready, save, search } from './saving.mjs';
import { build, files, library, mcdewey } from './support.mjs';

const site = build();
/** What stands below the address of the endpoint is the library's. */
const protocol = build(library({ 'mcp/v1/spec/spec.md': '# Frames\n\nA frame ends with a zero.\n' }));

/** Where the shards of a page came from, as far as a browser tells. */
const sources = (session) => session.ask(() => {
  const shards = performance.getEntriesByType('resource').filter(({ name }) => /search\/[^/]+\//.test(name));
  return [...new Set(shards.map((entry) => entry.workerFinalSourceType))];
});

/** Asks on a search page that is open. */
const type = (session, words) => session.ask((words) => {
  const form = document.getElementById('search');
  form.q.value = words;
  form.requestSubmit();
}, words);

inEach((walk, name) => {
  test('what was visited can be visited again', () => walk(site, async (session, host) => {
    await session.go(`${host.url}index.html`);
    await ready(session);
    const found = await search(session, host, 'q=dtmf');
    assert.ok(found.length > 0);
    await ready(session);
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

  test('what is typed on a page that is open can be searched again, and nothing waits for the worker', () => walk(site, async (session, host) => {
    await session.go(`${host.url}index.html`);
    await ready(session);
    await search(session, host, 'q=dtmf');
    await ready(session);
    const before = host.asked.length;
    await type(session, 'snapshot restore');
    await until(session, 'other results', () => document.querySelector('#results > li mark')?.textContent.toLowerCase() !== 'dtmf' && !document.querySelector('#results').hasAttribute('aria-busy'));
    assert.ok(host.asked.length > before, 'files of its own');
    const passes = name === 'chromium' ? ['network', 'cache'] : [undefined, undefined];
    assert.deepEqual(await sources(session), [passes[0]], 'the host is asked, not the worker');
    // Left at once, as who clicks the first result does.
    await session.go(host.url + PAGE);
    const kept = host.asked.length;
    const found = await search(session, host, 'q=snapshot+restore');
    assert.deepEqual(await sources(session), [passes[1]], 'nor is it where a file is kept');
    assert.deepEqual(host.asked.slice(kept).filter(([file]) => PARTS.test(file)), []);
    await host.stop();
    assert.deepEqual(await search(session, host, 'q=snapshot+restore'), found);
  }));

  test('a page that asks for a password is not kept for a file', () => walk(site, async (session, host) => {
    await session.go(`${host.url}index.html`);
    await ready(session);
    await search(session, host, 'q=dtmf');
    await ready(session);
    host.locked = PARTS;
    await type(session, 'snapshot restore');
    await until(session, 'that it failed', () => document.body.textContent.includes('Part of the search index is damaged.'));
    // Leaving tells the worker the last of it.
    await session.go(host.url + PAGE);
    await ready(session);
    host.locked = null;
    const found = await search(session, host, 'q=snapshot+restore');
    assert.ok(found.length > 0);
    await ready(session);
    await session.go(host.url + PAGE);
    await host.stop();
    assert.deepEqual(await search(session, host, 'q=snapshot+restore'), found);
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
    await choose(session);
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

  test('who decides by keys goes on from the button that is there then', () => walk(site, async (session, host) => {
    const pressFocused = (text) => session.ask((text) => {
      const button = [...document.querySelectorAll('.offline button')].find((button) => button.textContent === text);
      button.focus();
      button.click();
    }, text);
    const focused = (text) => until(session, `the focus on ${text}`, (text) => document.activeElement.matches('.offline button') && document.activeElement.textContent === text, text);
    await session.go(`${host.url}${PRODUCT}`);
    await has(session, 'Save for offline');
    await pressFocused('Save for offline');
    await focused('Save');
    await pressFocused('Not now');
    await focused('Save for offline');
    await pressFocused('Save for offline');
    await focused('Save');
    await pressFocused('Save');
    await focused('Remove');
    await pressFocused('Remove');
    await focused('Save for offline');
  }));

  test('saving can be given up', () => walk(site, async (session, host) => {
    await session.go(`${host.url}index.html`);
    await choose(session);
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
});
