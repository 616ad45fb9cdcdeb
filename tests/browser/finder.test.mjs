// The box and the search page under the hand: how much room the list below a box has, where "back" leads, what moves and what stays,
// and what is said above the results.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { build, launch, serve, visit } from './support.mjs';

const site = build();
const CHUNK = 'northwind-voice/callbridge/12.5/admin-guide/admin-guide/1.html';
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

/** Opens a page of the site, hands it to the steps, and asserts that the browser had nothing to complain of. */
const walk = async (address, steps, options) => {
  const page = await visit(browser, served.url + address, options);
  try {
    await steps(page);
    assert.deepEqual(page.complaints, []);
  } finally {
    await page.context().close();
  }
};

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
