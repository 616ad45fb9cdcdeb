// How pages look: no page is wider than its window, in any theme and width; the theme is kept; scripts find
// their elements on every kind of page; nothing is complained of.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { build, files, launch, library, serve, visit } from './support.mjs';

const site = build();
const pages = files(site).filter((file) => file.endsWith('.html'));
/** A few pages of each kind; of the reading views and guides all, for they hold the tables and code. */
const some = [
  'index.html', 'search.html', 'search.html?q=snapshot', 'search.html?q=release&product=callbridge', 'mcp.html', 'files.html', '404.html',
  ...pages.filter((file) => file.startsWith('browse/')),
  ...pages.filter((file) => file.startsWith('read/')),
  ...pages.filter((file, at) => file.includes('::') === false && /^[a-z-]+\/[^/]+\/.+\//.test(file) && !/^(read|browse)\//.test(file) && at % 9 === 0),
];
let browser;
let served;
before(async () => {
  browser = await launch();
  served = await serve(site);
});
after(async () => {
  await browser?.close();
  served?.close();
});

const settle = (page, address) => (address.includes('?q=')
  ? page.locator('#results > li').first().waitFor({ timeout: 10_000 })
  : page.waitForLoadState());

for (const width of [390, 1440]) {
  for (const colorScheme of ['light', 'dark']) {
    test(`no page is wider than ${width} pixels (${colorScheme})`, async () => {
      const options = { viewport: { width, height: 900 }, colorScheme };
      const page = await visit(browser, `${served.url}index.html`, options);
      const wide = [];
      for (const address of some) {
        await page.goto(served.url + address);
        await settle(page, address);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (over > 0) wide.push(`${address}: ${over} pixels`);
        const header = await page.evaluate(() => document.querySelector('.top').offsetWidth - document.documentElement.clientWidth);
        assert.equal(header, 0, `the header of ${address} is as wide as the window`);
      }
      assert.deepEqual(wide, []);
      assert.deepEqual(page.complaints, []);
      await page.context().close();
    });
  }
}

/** How light the page and its letters are, from 0 to 1. */
const lightness = (page) => page.evaluate(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const light = (color) => {
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  };
  const { backgroundColor, color } = getComputedStyle(document.body);
  const behind = backgroundColor === 'rgba(0, 0, 0, 0)' ? getComputedStyle(document.documentElement).backgroundColor : backgroundColor;
  return { page: light(behind), letters: light(color) };
});

test('the system’s theme holds, a chosen one is kept', async () => {
  const page = await visit(browser, `${served.url}index.html`, { colorScheme: 'light' });
  const light = await lightness(page);
  assert.ok(light.page > 0.8 && light.letters < 0.3, JSON.stringify(light));
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await lightness(page);
  assert.ok(dark.page < 0.3 && dark.letters > 0.7, JSON.stringify(dark));
  await page.locator('#theme').click();
  assert.match(await page.locator('#theme').getAttribute('aria-label'), /light/);
  await page.goto(`${served.url}mcp.html`);
  const kept = await lightness(page);
  assert.ok(kept.page > 0.8, 'the chosen theme holds on the next page');
  await page.context().close();
});

test('a page that is not there says so, at any depth', async () => {
  const page = await visit(browser, `${served.url}index.html`);
  const response = await page.goto(`${served.url}no/such/page.html`);
  assert.equal(response.status(), 404);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.locator('main a', { hasText: 'front page' }).click();
  await page.locator('#library').waitFor();
  await page.context().close();
});

test('what can be pressed has a name, and pictures have a text', async () => {
  const page = await visit(browser, `${served.url}index.html`);
  for (const address of some.slice(0, 40)) {
    await page.goto(served.url + address);
    await settle(page, address);
    const nameless = await page.evaluate(() => [...document.querySelectorAll('a, button, input, img')]
      .filter((element) => !(element.getAttribute('aria-label') || element.textContent.trim() || element.alt || element.title
        || element.matches('img[alt]') || element.querySelector('img[alt]')))
      .map((element) => element.outerHTML));
    assert.deepEqual(nameless, [], address);
  }
  await page.context().close();
});

test('the contents name the section that a link has led to', async () => {
  const options = { viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' };
  const page = await visit(browser, `${served.url}read/northwind-voice/callbridge/12.5/admin-guide/admin-guide.html`, options);
  const links = page.locator('.contents a');
  const wrong = [];
  for (const link of await links.all()) {
    const text = await link.textContent();
    await link.click();
    await page.waitForTimeout(60);
    const current = await page.locator('.contents [aria-current]').textContent();
    if (current !== text) wrong.push(`${text}: ${current}`);
  }
  assert.deepEqual(wrong, []);
  await page.context().close();
});

test('an address that is no encoding of anything breaks nothing', async () => {
  const page = await visit(browser, `${served.url}read/northwind-voice/callbridge/12.5/admin-guide/admin-guide.html?marks=%20%0Asnapshot&q=snapshot#50%`);
  await page.locator('.marked').waitFor();
  await page.locator('.box [role=combobox]').waitFor();
  await page.evaluate(() => scrollTo(0, 1e9));
  await page.locator('.contents [aria-current]').waitFor({ state: 'attached' });
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('on a narrow screen the text comes before its card, and wide tables scroll by themselves', async () => {
  const cell = (number) => `<td>averylongwordwithoutanyblank${number}</td>`;
  const table = `<table>\n<tr>${Array.from({ length: 6 }, (_, at) => cell(at)).join('')}</tr>\n</table>`;
  const own = await serve(build(library({ 'acme/anvil/guide.md': `# Anvil\n\nIt falls.\n\n${table}\n` })));
  const page = await visit(browser, `${own.url}acme/anvil/guide/1.html`, { viewport: { width: 390, height: 844 } });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  const top = (selector) => page.locator(selector).evaluate((element) => element.getBoundingClientRect().top);
  assert.ok(await top('#text') < 420, 'the text begins in the upper half');
  assert.ok(await top('#text') < await top('.card'));
  await page.context().close();
  own.close();
});

test('a long name as a title ends its lines where a part of it ends', async () => {
  const name = '_set_invalid_parameter_handler, _set_thread_local_invalid_parameter_handler';
  const own = await serve(build(library({ 'acme/anvil/guide.md': `# ${name.replaceAll('_', '\\_')}\n\nIt falls.\n` })));
  const page = await visit(browser, `${own.url}acme/anvil/guide/1.html`, { viewport: { width: 390, height: 844 } });
  await page.locator('h1 wbr').first().waitFor({ state: 'attached' });
  const parts = await page.locator('h1').evaluate((title) => [...title.childNodes].filter((node) => node.data).map((node) => {
    const range = new Range();
    range.selectNodeContents(node);
    return [node.data, new Set([...range.getClientRects()].map(({ top }) => top)).size];
  }));
  assert.equal(parts.map(([text]) => text).join(''), name);
  assert.deepEqual(parts.filter(([text, lines]) => lines > 1 && !text.includes(' ')), []);
  await page.context().close();
  own.close();
});
