// Readers without JavaScript: a form leads to results that the server makes, with the same look and under the same policy.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { build, launch, serve, visit } from './support.mjs';

describe('without JavaScript', () => {
  let server;
  let browser;
  before(async () => {
    server = await serve(build());
    browser = await launch();
  });
  after(async () => {
    await browser.close();
    server.close();
  });

  const open = (url) => visit(browser, `${server.url}${url}`, { javaScriptEnabled: false });
  const lines = (page) => page.locator('#results li');

  test('the box leads to results, and they to pages', async () => {
    const page = await open('index.html');
    await page.locator('input[name=q]').fill('queue & "limits"');
    await page.keyboard.press('Enter');
    await page.locator('noscript a[href^="search?"]').click();
    assert.ok((await lines(page).count()) > 3);
    assert.equal(await page.locator('input[name=q]').inputValue(), 'queue & "limits"');
    assert.ok((await page.locator('#results mark').count()) > 3);
    await lines(page).locator('h2 a').first().click();
    await page.locator('#chunk-id').waitFor();
    assert.deepEqual(page.complaints, []);
  });

  test('one notice says what to do, and results are no wider than they are with scripts', async () => {
    const page = await open('search.html?q=power');
    assert.deepEqual(await page.locator('noscript p').allTextContents(), ['Without JavaScript, the server does the search: show the results.']);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.locator('noscript a').click();
    const widths = await lines(page).evaluateAll((all) => all.map((one) => one.getBoundingClientRect().width));
    assert.ok(widths.length && widths.every((width) => width <= 46 * 16), `${widths[0]} pixels`);
  });

  test('a result goes by the same names as with scripts', async () => {
    const page = await open('search?q=dtmf');
    assert.equal(await lines(page).locator('h2 a').first().textContent(), 'Sending DTMF tones · Dialog API');
    assert.equal(await lines(page).locator('.crumb').first().textContent(), 'Northwind Voice › Callbridge 12.5 › Developer guide');
  });

  test('filters are kept from page to page, and can be lifted', async () => {
    const page = await open('search?q=the&product=callbridge');
    const total = Number((await page.locator('#status').textContent()).match(/\d+/)[0]);
    assert.ok(total > 20, String(total));
    const first = await lines(page).locator('h2 a').evaluateAll((links) => links.map((link) => link.href));
    await page.getByText('More results').click();
    const second = await lines(page).locator('h2 a').evaluateAll((links) => links.map((link) => link.href));
    assert.ok(second.length && second.every((href) => href.includes('callbridge') && !first.includes(href)));
    await page.getByText('Search everything').click();
    assert.ok(Number((await page.locator('#status').textContent()).match(/\d+/)[0]) > total);
  });

  test('results say which versions were searched, and lead to the others', async () => {
    const page = await open('search?q=queue');
    const total = async () => Number((await page.locator('#status').textContent()).match(/\d+/)[0]);
    const newest = await total();
    assert.match(await page.locator('#scope').textContent(), /^Newest versions/);
    await page.getByText('Search all versions').click();
    assert.match(await page.locator('#scope').textContent(), /^All versions/);
    assert.ok((await total()) > newest);
    await page.keyboard.press('Tab');
    await page.locator('input[name=q]').press('Enter');
    assert.match(page.url(), /all=1/, 'the next search asks them all too');
    await page.getByText('Search the newest only').click();
    assert.equal(await total(), newest);
    assert.match(await (await open('search?q=callbridge+12.0+queue')).locator('#scope').textContent(), /^Newest versions and 12\.0 /);
    for (const named of ['search?q=queue&version=12.5', 'search?q=queue+version:12.5', 'search?q=']) {
      assert.equal(await (await open(named)).locator('#scope').count(), 0, named);
    }
    assert.deepEqual(page.complaints, []);
  });

  test('no key is offered that does nothing', async () => {
    assert.equal(await (await open('index.html')).locator('.hint').isVisible(), false);
    const scripted = await visit(browser, `${server.url}index.html`);
    assert.equal(await scripted.locator('.hint').isVisible(), true);
  });

  test('a filter that means nothing says so, and markup stays text', async () => {
    const page = await open('search?q=queue&product=calbridge');
    await page.getByText("did you mean 'callbridge'").waitFor();
    const marked = await open(`search?q=${encodeURIComponent('<img src=x onerror=alert(1)> "><b>queue')}`);
    assert.equal(await marked.locator('main img, main b').count(), 0);
    assert.deepEqual(marked.complaints, []);
  });
});
