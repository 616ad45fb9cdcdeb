// What stays at hand while one reads: the box. What is led to stands clear of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, hosted, library } from './support.mjs';

const long = 'It falls and falls. '.repeat(100);
const parts = Array.from({ length: 9 }, (_, at) => `## Part ${at}\n\n${long}\n\n`).join('');
const { walk } = hosted(build(library({
  'acme/anvil/guide.md': `# Anvil\n\nIt falls.\n\n${parts}`,
})));

const READ = 'read/acme/anvil/guide.html';
const NARROW = { viewport: { width: 390, height: 800 } };
const scrolled = (page) => page.evaluate(() => scrollY);
const scroll = (page, top) => page.evaluate((top) => scrollTo({ top, behavior: 'instant' }), top);
const room = (locator) => locator.evaluate((element) => element.getBoundingClientRect().toJSON());
const edge = async (page) => (await room(page.locator('.top'))).bottom;

test('far down a page the box is in sight, and whoever types in it keeps the place', () => walk(READ, async (page) => {
  await page.locator('[role=combobox]').waitFor();
  await scroll(page, 2000);
  const input = page.locator('.top input');
  assert.ok((await room(input)).top >= 0);
  await input.click();
  await page.keyboard.type('falls');
  await page.locator('.panel .all').waitFor();
  await page.keyboard.press('ArrowDown');
  assert.equal(await scrolled(page), 2000);
  const all = await room(page.locator('.panel .all'));
  assert.ok(all.top >= 0 && all.bottom <= 720, 'the list is in sight');
}));

test('what is led to, or gets the focus, is not hidden behind the box', () => walk(`${READ}#h-part-3`, async (page) => {
  const heading = page.locator('#h-part-3');
  assert.ok((await room(heading)).top >= await edge(page) + 10);
  assert.equal(await page.locator('.contents [aria-current]').textContent(), 'Part 3');
  const cite = page.locator('.passage .cite').nth(2);
  await cite.evaluate((link) => scrollTo({ top: link.getBoundingClientRect().bottom + scrollY - 10, behavior: 'instant' }));
  await cite.focus();
  assert.ok((await room(cite)).top >= await edge(page));
  await scroll(page, 2000);
  await page.locator('.skip').press('Enter');
  assert.ok((await room(page.locator('.crumbs'))).top >= await edge(page));
}));

test('where the header would take too much of the window, it goes by', async () => {
  for (const viewport of [NARROW.viewport, { width: 1024, height: 500 }]) {
    await walk(READ, async (page) => {
      await scroll(page, 2000);
      assert.ok(await edge(page) <= 0, JSON.stringify(viewport));
    }, { viewport });
  }
});

test('on narrow screens a link leads to the box, and "back" to where the reader was', () => walk(READ, async (page) => {
  await page.locator('[role=combobox]').waitFor();
  await scroll(page, 3000);
  // By itself: whoever drives a browser scrolls to what is clicked.
  await page.locator('.back a', { hasText: 'Search' }).evaluate((link) => link.click());
  assert.equal(await page.evaluate(() => document.activeElement.name), 'q');
  assert.ok((await room(page.locator('.top input'))).top >= 0);
  await page.goBack();
  await page.waitForFunction(() => scrollY === 3000);
}, NARROW));
