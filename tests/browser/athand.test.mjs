// What stays at hand while one reads: the box, the head of a long table, the citation. What is led to stands clear of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, hosted, library } from './support.mjs';

const long = 'It falls and falls. '.repeat(100);
const parts = Array.from({ length: 9 }, (_, at) => `## Part ${at}\n\n${long}\n\n`).join('');
const table = (columns) => [`| ${columns.join(' | ')} |`, `|${'---|'.repeat(columns.length)}`,
  ...Array.from({ length: 80 }, (_, at) => `| ${columns.map((name) => `${name}${at}`).join(' | ')} |`)].join('\n');
const wide = Array.from({ length: 12 }, (_, at) => `averylongcolumn${at}`);
const { walk } = hosted(build(library({
  'acme/anvil/guide.md': `# Anvil\n\nIt falls.\n\n${parts}`,
  'acme/tongs/guide.md': `# Tongs\n\n${table(['flag', 'meaning'])}\n\n${table(wide)}\n\n${long}\n`,
})));

const READ = 'read/acme/anvil/guide.html';
const TABLES = 'read/acme/tongs/guide.html';
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

test('the head of a long table stays in sight while its rows go by', () => walk(TABLES, async (page) => {
  const box = page.locator('.table').first();
  const head = box.locator('thead');
  const middle = () => box.evaluate((box) => scrollTo({ top: box.getBoundingClientRect().top + scrollY + box.offsetHeight / 2, behavior: 'instant' }));
  await page.locator('.table.fits').waitFor();
  await middle();
  assert.ok(Math.abs((await room(head)).top - await edge(page)) < 3, 'below the box');
  await page.setViewportSize(NARROW.viewport);
  await middle();
  assert.ok(Math.abs((await room(head)).top) < 3, 'at the upper edge, where no box stands');
}));

test('a table that is wider than its box scrolls, by keys too, as long as it is', () => walk(TABLES, async (page) => {
  const box = page.locator('.table').nth(1);
  const state = () => box.evaluate((box) => [box.tabIndex, getComputedStyle(box).overflowX]);
  assert.deepEqual(await state(), [0, 'auto']);
  await box.evaluate((box) => box.querySelectorAll('tr').forEach((row) => { while (row.cells.length > 2) row.deleteCell(2); }));
  await page.setViewportSize({ width: 1100, height: 720 });
  await page.locator('.table.fits').nth(1).waitFor();
  assert.deepEqual(await state(), [-1, 'visible']);
}));

test('where the card lies below the text, its citation can be copied above it', async () => {
  const copies = async (page) => {
    await page.locator('.copies').waitFor();
    return page.locator('.context button');
  };
  await walk('acme/anvil/guide/2.html', async (page) => {
    const top = (await room(page.locator('#text'))).top;
    const button = await copies(page);
    await button.click();
    await page.locator('.context button', { hasText: 'Copied' }).waitFor();
    const { told, address } = await page.evaluate(async () => ({ told: await navigator.clipboard.readText(), address: location.href }));
    assert.equal(told, `${await page.locator('#citation').textContent()} ${address}`);
    assert.equal((await room(page.locator('#text'))).top, top);
  }, { ...NARROW, permissions: ['clipboard-read', 'clipboard-write'] });
  await walk('acme/anvil/guide/2.html', async (page) => assert.equal(await (await copies(page)).isVisible(), false));
});
