// The box and the search page under the hand: how much room the list below a box has, where "back" leads, what moves, where keys lead.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, build, hosted, library, serve, visit } from './support.mjs';

const CHUNK = 'northwind-voice/callbridge/12.5/admin-guide/admin-guide/1.html';
const site = build();
const host = hosted(site);
const { walk } = host;

const sized = (width, height = 900) => ({ viewport: { width, height } });
const room = (locator) => locator.evaluate((element) => element.getBoundingClientRect().toJSON());

for (const width of [390, 768, 1024, 1440]) {
  test(`the list below a box has room at ${width} pixels`, () => walk(CHUNK, async (page) => {
    await page.keyboard.press('/');
    await page.keyboard.type('queue');
    await page.locator('.panel .all').waitFor();
    const [input, box, panel] = await Promise.all(['.box input', '.box', '.panel'].map((one) => room(page.locator(one))));
    assert.ok(input.width >= 240, `the input is ${input.width} pixels wide`);
    assert.ok(panel.width >= Math.min(560, width - 64), `the list is ${panel.width} pixels wide`);
    assert.ok(panel.left >= 0 && Math.abs(panel.right - box.right) < 1, 'the list ends where the box does');
  }, sized(width)));
}

test('the way to all results is in sight, however low the window', () => walk(CHUNK, async (page) => {
  await page.keyboard.press('/');
  await page.keyboard.type('queue');
  const all = page.locator('.panel .all');
  await all.waitFor();
  const inSight = async () => (await room(all)).bottom <= (await room(page.locator('.panel'))).bottom + 1;
  assert.ok(await inSight());
  for (let at = 0; at < 6; at++) {
    await page.keyboard.press('ArrowDown');
    const chosen = await room(page.locator('.panel [aria-selected]'));
    assert.ok(chosen.bottom <= (await room(all)).top + 1, 'it covers no hit that is chosen');
  }
  assert.ok(await inSight());
}, sized(1024, 480)));

test('"back" leads from search to search, each once', () => walk('search.html', async (page) => {
  const input = page.locator('#search input');
  const entries = () => page.evaluate(() => history.length);
  const first = await entries();
  await input.pressSequentially('quota', { delay: 20 });
  await input.press('Enter');
  await asked(page, 'quota');
  assert.equal(await entries(), first, 'the empty page is no search to come back to');
  await input.fill('');
  await input.pressSequentially('power', { delay: 150 });
  await asked(page, 'power');
  await input.press('Enter');
  await input.press('Enter');
  assert.equal(await entries(), first + 1, 'one entry for what was typed and sent');
  await input.fill('queue');
  await input.press('Enter');
  await asked(page, 'queue');
  assert.equal(await entries(), first + 2);
  for (const query of ['power', 'quota']) {
    await page.goBack();
    await asked(page, query);
    assert.equal(await input.inputValue(), query);
  }
}));

test('a search that led to a page keeps its entry', () => walk('search.html', async (page) => {
  const input = page.locator('#search input');
  await input.pressSequentially('power', { delay: 20 });
  await asked(page, 'power');
  await page.locator('#results h2 a').first().click();
  await page.locator('#chunk-id').waitFor();
  await page.goBack();
  await asked(page, 'power');
  await input.fill('queue');
  await asked(page, 'queue');
  await page.goBack();
  await asked(page, 'power');
}));

test('on a phone, filters make way for the results once one is chosen', () => walk('search.html?q=queue', async (page) => {
  await page.locator('#filters summary').click();
  const filter = page.locator('#facets [data-level=product] a').last();
  await filter.scrollIntoViewIfNeeded();
  await filter.click();
  await page.waitForFunction(() => new URLSearchParams(location.search).get('product'));
  await asked(page, 'queue');
  assert.equal(await page.locator('#filters').evaluate((filters) => filters.open), false);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Filters (1)');
  const [status, first] = await Promise.all(['#status', '#results > li:first-child'].map((one) => room(page.locator(one))));
  assert.ok(status.top >= 0 && status.bottom < 400, `the count stands at ${status.top}`);
  assert.ok(first.top < 600, `the first result begins at ${first.top}`);
}, sized(390, 700)));

/** From here on, the page notes where its results begin, frame by frame. */
const watch = (page) => page.addInitScript(() => {
  globalThis.places = new Set();
  const look = () => {
    const list = document.querySelector('#results');
    if (list?.firstElementChild) places.add(`${list.getBoundingClientRect().left} ${list.getBoundingClientRect().top}`);
    requestAnimationFrame(look);
  };
  look();
});

for (const width of [390, 1440]) {
  test(`results stay where they are when the filters come, at ${width} pixels`, () => walk('index.html', async (page) => {
    await watch(page);
    // The guide table is what the counts wait for.
    await page.route('**/search/*.js', async (route) => {
      await new Promise((resolve) => { setTimeout(resolve, 100); });
      await route.continue();
    });
    await page.goto(`${host.served.url}search.html?q=queue`);
    await page.locator('#facets a').first().waitFor({ state: 'attached' });
    await asked(page, 'queue');
    assert.equal((await page.evaluate(() => [...places])).length, 1);
  }, sized(width)));
}

/** Of a router, more pages with each older version; and another product, whose versions are no kin of these. */
const versioned = () => library(Object.fromEntries([
  ...['2.0', '2.0-rc1', '1.10', '1.9'].flatMap((version, at) => Array.from({ length: at + 1 }, (_, page) =>
    [`acme/router/${version}/guide/page-${page}.md`, `# Trunk ${page}\n\nThe trunk of ${version} number ${page * 7919 % 997} is wired.\n`])),
  ['acme/switch/7.0/guide/trunk.md', '# Trunk\n\nA trunk between switches.\n'],
  ['acme/switch/6.5/guide/trunk.md', '# Trunk\n\nA trunk in six and a half ways.\n'],
]));

test('versions are offered of one product, the newest first', async () => {
  const own = await serve(build(versioned()));
  const page = await visit(host.browser, `${own.url}search.html?q=trunk&all=1`);
  const names = () => page.locator('#facets [data-level=version] a span').allTextContents();
  const settled = () => asked(page, 'trunk');
  await page.locator('#facets [data-level=product] a').first().waitFor();
  await settled();
  assert.deepEqual(await names(), [], 'versions of several products say nothing');
  await page.goto(`${own.url}search.html?q=trunk&version=6.5`);
  await page.locator('#facets [aria-current]').waitFor();
  assert.deepEqual(await names(), ['6.5'], 'one that is chosen can be lifted');

  for (const address of ['?q=trunk', '?q=product:router+trunk']) {
    await page.goto(`${own.url}search.html${address}`);
    await page.locator('#facets [data-level=product] a', { hasText: 'router' }).waitFor();
    if (!address.includes('router')) await page.locator('#facets [data-level=product] a', { hasText: 'router' }).click();
    await page.locator('#facets [data-level=version] a').first().waitFor();
    assert.deepEqual(await names(), ['2.0', '2.0-rc1', '1.10', '1.9']);
    assert.equal(await page.locator('#results > li').count(), 1, 'the newest alone is searched');
  }
  const older = page.locator('#facets [data-level=version] a', { hasText: '1.10' });
  const promised = Number(await older.locator('small').textContent());
  await older.click();
  await page.waitForFunction((count) => document.querySelector('#status').textContent.startsWith(`${count} result`), promised);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
  own.close();
});

test('by keys, who lifts what narrows a search goes on from its count', async () => {
  const lift = { '?q=title:queue+agent': '.chips a', '?q=queue&vendor=nobody': '#notices > p a', '': '#teach .try a' };
  for (const [query, link] of Object.entries(lift)) {
    await walk(`search.html${query}`, async (page) => {
      await page.locator(link).first().focus();
      const address = page.url();
      await page.keyboard.press('Enter');
      await page.waitForFunction((address) => location.href !== address && !document.querySelector('#results').ariaBusy, address);
      assert.equal(await page.evaluate(() => document.activeElement.id), 'status', link);
    });
  }
});

test('by keys, the results are one step behind the filters’ beginning', () => walk('search.html?q=queue', async (page) => {
  await asked(page, 'queue');
  await page.locator('#facets a').first().focus();
  await page.keyboard.press('Shift+Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the results');
  assert.ok((await room(page.locator('#skip'))).left >= 0, 'it is seen while it has the focus');
  await page.keyboard.press('Enter');
  assert.ok(await page.locator('#results h2 a').first().evaluate((link) => link === document.activeElement));
  assert.equal(await page.evaluate(() => location.hash), '');
}, sized(1440)));
