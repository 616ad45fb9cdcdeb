// The way of a reader, over http and from disk: ask, see marked results, filter, open a page, look at it in
// its guide, go back. Then the same library by keys alone, and without scripts.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { build, launch, walk as walkOn, worlds } from './support.mjs';

const site = build();
let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

const results = (page) => page.locator('#results > li');
const shown = (page) => page.locator('#results > li').first().waitFor({ timeout: 10_000 });

const walk = (...way) => walkOn(browser, ...way);

for (const [world, open] of Object.entries(worlds)) {
  describe(`a reader over ${world}`, () => {
    let home;
    before(async () => { home = await open(site); });
    after(() => home.close());

    test('asks, filters, reads in context and comes back', () => walk(`${home.url}search.html`, async (page) => {
      await page.locator('#search input').pressSequentially('snapshot restore', { delay: 15 });
      await shown(page);
      await page.waitForFunction(() => new URLSearchParams(location.search).get('q') === 'snapshot restore');
      assert.ok(await page.locator('#results mark').count() > 2, 'results mark the words');
      assert.match(await page.locator('#status').textContent(), /^\d+ results?(, then passages related by meaning)?$/);

      await page.waitForFunction(() => !document.querySelector('#results').ariaBusy);
      const facet = page.locator('#facets section[data-level=product] a', { hasText: 'Callbridge' });
      await facet.waitFor();
      const promised = Number(await facet.locator('small').textContent());
      await facet.click();
      await page.waitForFunction(() => new URLSearchParams(location.search).get('product') === 'callbridge');
      await page.waitForFunction((count) => document.querySelector('#status').textContent.startsWith(`${count} result`), promised);
      for (const id of await results(page).evaluateAll((all) => all.map((one) => one.dataset.id))) {
        assert.match(id, /^northwind-voice::callbridge::/);
      }

      const first = await results(page).first().getAttribute('data-id');
      await results(page).first().locator('h2 a').click();
      await page.locator('#chunk-id').waitFor();
      assert.equal(await page.locator('#chunk-id').textContent(), first);
      // A line may end behind each part of the id: the scripts see to that once the page stands.
      await page.waitForFunction((count) => document.querySelectorAll('#chunk-id wbr').length === count, first.split('::').length);

      await page.getByText('View in doc context').click();
      await page.locator('.passage:target').waitFor();
      assert.ok(page.url().includes('/read/'));
      assert.ok(await inView(page.locator('.passage:target')), 'the passage is on screen');
      assert.equal(new URL(page.url()).hash.slice(1), await page.locator('.passage:target').getAttribute('id'));

      await page.goBack();
      await page.locator('#chunk-id').waitFor();
      await page.goBack();
      await shown(page);
      assert.equal(await page.locator('#search input').inputValue(), 'snapshot restore');
      assert.equal(await results(page).first().getAttribute('data-id'), first, 'the results are still there');
      assert.match(page.url(), /product=callbridge/);
    }));

    test('results lead to their passage at once', () => walk(`${home.url}search.html?q=loop+on+port`, async (page) => {
      await shown(page);
      await page.locator('.in-context a').first().click();
      await page.locator('.passage:target').waitFor();
      assert.ok(await inView(page.locator('.passage:target')));
    }));

    test('a result goes by its own heading, its page is a label', () => walk(`${home.url}search.html?q=scheduled+callback`, async (page) => {
      await shown(page);
      assert.match(await results(page).first().locator('h2 a').textContent(), /^Scheduled callback/);
      assert.match(await results(page).first().locator('.label').textContent(), /^Page 15/);
      assert.match(await results(page).first().locator('.crumb').textContent(), /Northwind Voice.*Callbridge 12\.5/);
    }));

    test('a result goes by the section that answers, beside the nearest heading above it', () => walk(`${home.url}search.html?q=dtmf`, async (page) => {
      await shown(page);
      assert.equal(await results(page).first().locator('h2 a').textContent(), 'Sending DTMF tones · Dialog API');
      assert.equal(await results(page).first().locator('.crumb').textContent(), 'Northwind Voice › Callbridge 12.5 › Developer guide');
    }));

    test('a search is a link', () => walk(`${home.url}search.html?q=queue&version=v2.3`, async (page) => {
      await shown(page);
      for (const id of await results(page).evaluateAll((all) => all.map((one) => one.dataset.id))) {
        assert.match(id, /::v2\.3::/);
      }
    }));

    test('uses the box by keys alone', () => walk(`${home.url}index.html`, async (page) => {
      const box = page.locator('[role=combobox]');
      await page.keyboard.press('/');
      assert.ok(await box.evaluate((input) => input === document.activeElement), '/ leads to the box');
      await page.keyboard.type('dtmf');
      await page.locator('[role=option]').first().waitFor({ timeout: 10_000 });
      assert.equal(await box.getAttribute('aria-expanded'), 'true');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowUp');
      const active = await box.getAttribute('aria-activedescendant');
      assert.equal(active, 'suggestion-0');
      assert.equal(await page.locator(`#${active}`).getAttribute('aria-selected'), 'true');
      await page.keyboard.press('Escape');
      assert.equal(await box.getAttribute('aria-expanded'), 'false');
      assert.equal(await page.locator('[role=option]').first().isVisible(), false);
      await page.keyboard.press('ArrowDown');
      await page.locator('[role=option]').first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.locator('#chunk-id').waitFor();
    }));

    test('goes through results and filters by keys alone', () => walk(`${home.url}search.html?q=queue`, async (page) => {
      await shown(page);
      await page.waitForFunction(() => !document.querySelector('#results').ariaBusy);
      const focused = () => page.evaluate(() => document.activeElement.textContent || document.activeElement.name);
      const titles = await page.locator('#results h2 a:first-child').allTextContents();
      await page.locator('#search input').focus();
      await page.keyboard.press('ArrowDown');
      assert.equal(await focused(), titles[0]);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowUp');
      assert.equal(await focused(), 'q', 'above the first result is the box');
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('#search input').inputValue(), 'queue', 'Escape leaves what was typed');
      await page.locator('#facets [data-level=product] a').first().focus();
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.activeElement.matches('#facets [data-level=product] [aria-current]'));
    }));

    test('sends what is typed to the search page with Enter', () => walk(`${home.url}index.html`, async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('gridctl');
      await page.keyboard.press('Enter');
      await shown(page);
      assert.match(page.url(), /search\.html\?q=gridctl/);
    }));

    test('is told what stands nowhere', () => walk(`${home.url}search.html?q=xyzzyplugh`, async (page) => {
      await page.getByText('No results').waitFor({ timeout: 10_000 });
      await page.locator('#notices', { hasText: 'xyzzyplugh' }).waitFor();
    }));

    test('sees by what a search was narrowed that finds nothing', () => walk(`${home.url}search.html?q=xyzzyplugh&vendor=harbor-grid`, async (page) => {
      await page.locator('#facets [data-level=vendor] [aria-current]', { hasText: 'Harbor Grid' }).waitFor();
    }));

    test('sees the words marked on the page found', () => walk(`${home.url}search.html?q=gridctl`, async (page) => {
      await shown(page);
      await results(page).first().locator('h2 a').click();
      await page.locator('.marked').waitFor();
      assert.ok(await page.evaluate(() => CSS.highlights.get('found')?.size > 0));
    }));

    for (const [button, modifiers] of [['left', ['Control']], ['middle', []]]) {
      test(`sees them in a tab of its own, opened by the ${button} button`, () => walk(`${home.url}search.html?q=gridctl`, async (page) => {
        await shown(page);
        const opened = page.context().waitForEvent('page');
        const asked = [];
        page.context().on('request', (request) => asked.push(request.url()));
        await results(page).first().locator('h2 a').click({ button, modifiers });
        const tab = await opened;
        await tab.locator('.marked').waitFor();
        assert.ok(await tab.evaluate(() => CSS.highlights.get('found')?.size > 0));
        assert.doesNotMatch(tab.url(), /[?#]/, 'the address can be sent on as it is');
        assert.deepEqual(asked.filter((url) => url.includes('marks=')), [], 'no host is told');
        await tab.locator('.context a').click();
        await tab.locator('.passage:target').waitFor();
        await tab.locator('.marked').waitFor();
        await tab.getByText('← Results').click();
        await shown(tab);
        assert.match(tab.url(), /search\.html\?q=gridctl$/);
      }));
    }

    test('reads everything without scripts', () => walk(`${home.url}index.html`, async (page) => {
      await page.locator('#library a', { hasText: /^Harbor Grid$/ }).click();
      await page.locator('main a', { hasText: 'gridd' }).first().click();
      await page.locator('main a', { hasText: 'v3.0' }).first().click();
      await page.locator('main a', { hasText: 'Operating a gridd cluster' }).first().click();
      await page.locator('main .drawers li a').first().click();
      const cite = page.locator('.passage .cite, #chunk-id').first();
      await cite.waitFor();
      if (await page.locator('#chunk-id').count() === 0) await cite.click();
      assert.match(await page.locator('#chunk-id').textContent(), /^harbor-grid::gridd::v3\.0::operations/);
      assert.ok((await page.locator('#text').innerText()).length > 100);
    }, { javaScriptEnabled: false }));
  });
}

const inView = (locator) => locator.evaluate((element) => {
  const { top, bottom } = element.getBoundingClientRect();
  return top < innerHeight && bottom > 0 && top > -50;
});
