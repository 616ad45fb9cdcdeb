// The marks on a page that was found: the first is brought into sight, a button leads from one to the next, and clearing them leaves the
// reader where the text is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, hosted, library } from './support.mjs';

const dull = Array.from({ length: 12 }, (_, at) => `Line ${at} of the manual is dull.`).join('\n\n');
const text = `${dull}\n\nOne must quench it.\n\n\`\`\`\n${'x'.repeat(300)} quench\n\`\`\`\n\n${dull}\n`;
const guide = `# Quench\n\n${text}\n## Forge\n\n${dull}\n\n${dull}\n`;
const tongs = '# Tongs\n\nThey copy a grip.\n\n```sh\ntongs copy --from copy.txt\n```\n';
const bellows = `# Bellows\n\nThey are no damper.\n\n## Fire\n\n${dull}\n\n${dull}\n\n## Mend a damper\n\nGlue it.\n`;
const { walk } = hosted(build(library({ 'acme/anvil/guide.md': guide, 'acme/anvil/tongs.md': tongs, 'acme/anvil/bellows.md': bellows })));

const small = { viewport: { width: 1024, height: 500 } };
const opened = async (page) => {
  await page.locator('#results h2 a', { hasText: /^Quench/ }).first().click();
  await page.locator('.marked').waitFor();
};

/** Where the mark that the reader was led to stands in the window. */
const now = (page) => page.evaluate(() => {
  const [range] = CSS.highlights.get('now') ?? [];
  const box = range?.startContainer.parentElement.closest('pre')?.getBoundingClientRect() ?? { left: 0, right: innerWidth };
  const place = range?.getBoundingClientRect();
  return place && { seen: place.height > 0 && place.top >= 0 && place.bottom < innerHeight && place.left >= box.left && place.right <= box.right, top: place.top + scrollY };
});

test('the page of a hit shows the first mark below its title', () => walk('search.html?q=quench', async (page) => {
  await opened(page);
  assert.equal((await now(page))?.seen, true);
  assert.ok(await page.evaluate(() => scrollY) > 500);
  await page.evaluate(() => scrollTo({ top: 300, behavior: 'instant' }));
  await page.reload();
  await page.locator('.marked').waitFor();
  assert.equal(await page.evaluate(() => scrollY), 300, 'who comes back stays where they were');
}, small));

test('a hit that goes by a section leads there, though a word stands further up', () => walk('search.html?q=damper', async (page) => {
  await page.locator('#results h2 a', { hasText: /^Mend a damper · Bellows/ }).click();
  await page.locator('.marked').waitFor();
  assert.equal((await now(page))?.seen, true);
  assert.equal(await page.evaluate(() => [...CSS.highlights.get('now')][0].startContainer.parentElement.closest('h2')?.id), 'h-mend-a-damper');
}, small));

test('an address that names a place leads there, marks or none', () => walk('search.html?q=quench', async (page) => {
  await page.locator('#results li', { hasText: 'Quench' }).locator('.in-context a').first().click();
  await page.locator('.marked').waitFor();
  const { top, hash } = await page.evaluate(() => ({ top: document.querySelector('.passage:target').getBoundingClientRect().top, hash: location.hash }));
  assert.ok(hash && top >= 0 && top < 100, `${hash} at ${top}`);
}, small));

test('a button leads from mark to mark and round', () => walk('search.html?q=quench', async (page) => {
  await opened(page);
  const next = page.getByRole('region', { name: 'Found words' }).getByRole('button', { name: 'Next mark' });
  const first = await now(page);
  const count = Number((await page.locator('.marked [role=status]').textContent()).match(/1 of (\d+)/)[1]);
  assert.ok(count > 1);
  for (let at = 1; at < count; at++) {
    await next.click();
    assert.deepEqual((await now(page)).seen, true, `mark ${at}`);
    assert.notEqual((await now(page)).top, first.top);
  }
  await next.click();
  assert.deepEqual(await now(page), first);
}, small));

test('what stands in code is marked there, though its button says as much', () => walk('search.html?q=copy', async (page) => {
  await page.locator('#results h2 a', { hasText: /^Tongs/ }).first().click();
  await page.locator('.marked').waitFor();
  await page.locator('.code button').first().waitFor({ state: 'attached' });
  const marked = await page.evaluate(() => [...CSS.highlights.get('found')].map((range) => [range.startContainer.parentElement.closest('pre, button, p').tagName, `${range}`].join()));
  assert.deepEqual(marked, ['P,copy', 'PRE,copy', 'PRE,copy.txt']);
}));

for (const width of [320, 390]) {
  test(`what is said of marks is whole at ${width} pixels`, () => walk('search.html?q=quench+the+anvil', async (page) => {
    await opened(page);
    for (let at = 0; at < 2; at++) {
      const cut = await page.evaluate(() => [document.querySelector('.marked'), ...document.querySelectorAll('.marked > *')].filter((one) => one.scrollWidth > one.clientWidth && one.clientWidth > 0).map((one) => one.outerHTML));
      assert.deepEqual(cut, []);
      await page.locator('.marked button').first().click();
      assert.match(await page.locator('.marked [role=status]').innerText(), /^\d+ of \d+$/);
    }
  }, { viewport: { width, height: 700 } }));
}

test('who clears the marks goes on from the text', () => walk('search.html?q=quench', async (page) => {
  await opened(page);
  const place = await page.evaluate(() => scrollY);
  await page.getByRole('button', { name: 'Clear marks' }).press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'text');
  assert.equal(await page.evaluate(() => scrollY), place);
  assert.equal(await page.evaluate(() => CSS.highlights.size), 0);
}, small));

test('what has the focus is not hidden by what is said of marks', () => walk('search.html?q=quench', async (page) => {
  await page.locator('#results li', { hasText: 'Quench' }).locator('.in-context a').first().click();
  await page.locator('.marked').waitFor();
  const link = page.locator('#text .anchor').last();
  await link.evaluate((element) => scrollBy({ top: element.getBoundingClientRect().bottom - innerHeight + 20, behavior: 'instant' }));
  const isCovered = () => link.evaluate((element) => element.getBoundingClientRect().bottom > document.querySelector('.marked').getBoundingClientRect().top);
  assert.equal(await isCovered(), true);
  await link.focus();
  assert.equal(await isCovered(), false);
}, small));
