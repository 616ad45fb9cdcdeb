// What helps to read: shades where something goes on, buttons that copy code, links on headings, ways back to the contents and to where
// the reader was, folded versions. All without moving the text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, hosted, library } from './support.mjs';

const long = 'It falls and falls. '.repeat(100);
const guide = `# Anvil

It falls.

## Install it

\`\`\`console
$ anvil fetch \\
    --all
$ anvil drop
\`\`\`

\`\`\`console
$ anvil weigh
12 kg
\`\`\`

\`\`\`
${'x'.repeat(300)}

y
\`\`\`

${Array.from({ length: 9 }, (_, at) => `### Part ${at}\n\n${long}\n\n`).join('')}`;

const paged = Array.from({ length: 12 }, (_, at) => `<!-- page ${at + 1} -->\n\n## Part ${at}\n\n${long}\n\n`).join('');
const versions = Array.from({ length: 8 }, (_, at) => `${at + 1}.0`);
const many = versions.flatMap((version) => Array.from({ length: 10 }, (_, at) => [`acme/bellows/${version}/guide-${at}/a.md`, `# Guide ${at}\n\nIt blows.\n`]));
const limits = `# Switch\n\nIt switches.\n\n${long}\n\n## Limits\n\n${long}\n`;
const switches = { 'acme/switch/1.0/guide.md': `# Switch\n\nIt switches.\n`, 'acme/switch/2.0/guide.md': `${limits}\n${long}`, 'acme/switch/3.0/guide.md': limits };
const files = { ...switches, 'acme/anvil/guide.md': guide, 'acme/tongs/paged.md': paged, ...Object.fromEntries(many) };

const READ = 'read/acme/anvil/guide.html';
const host = hosted(build(library(files)));
const { walk } = host;

for (const colorScheme of ['light', 'dark']) {
  test(`code that goes on behind its edge is shaded there (${colorScheme})`, () => walk(READ, async (page) => {
    const wide = page.locator('pre').nth(2);
    await wide.scrollIntoViewIfNeeded();
    await page.mouse.move(0, 0);
    const { x, y, width, height } = await wide.boundingBox();
    const strip = (left) => page.screenshot({ clip: { x: left, y: y + height - 20, width: 6, height: 10 } });
    const edges = async () => [await strip(x + 2), await strip(x + width - 8)].map((png) => png.toString('base64'));
    const [plain, shaded] = await edges();
    assert.notEqual(shaded, plain, 'it goes on at the right');
    await wide.evaluate((box) => { box.scrollLeft = box.scrollWidth; });
    const [left, right] = await edges();
    assert.notEqual(left, plain, 'it goes on at the left');
    assert.equal(right, plain, 'it ends at the right');
  }, { colorScheme, viewport: { width: 1024, height: 900 } }));
}

const copied = async (page, at) => {
  await page.locator('.code').nth(at).hover();
  await page.locator('.code button').nth(at).click();
  await page.locator('.code button', { hasText: 'Copied' }).first().waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
};

test('code is copied, without prompts where each command has one', () => walk(READ, async (page) => {
  assert.equal(await copied(page, 0), 'anvil fetch \\\n    --all\nanvil drop');
  assert.equal(await copied(page, 1), '$ anvil weigh\n12 kg');
  assert.equal(await page.locator('.code button').nth(2).evaluate((button) => getComputedStyle(button).opacity), '0');
  await page.locator('.code button').nth(2).focus();
  assert.equal(await page.locator('.code button').nth(2).evaluate((button) => getComputedStyle(button).opacity), '1');
}, { permissions: ['clipboard-read', 'clipboard-write'] }));

test('a heading links to itself, on both kinds of pages', async () => {
  await walk(READ, async (page) => {
    await page.getByRole('link', { name: 'Link to “Part 3”' }).focus();
    await page.keyboard.press('Enter');
    assert.equal(new URL(page.url()).hash, '#h-part-3');
    assert.equal(await page.locator('.titled > .mark + * .anchor').count(), 0, 'one that nobody sees takes no focus');
  });
  await walk('acme/anvil/guide/1.html', (page) => page.locator('#text .anchor').first().waitFor({ state: 'attached' }));
});

test('a heading is called and copied by its text alone, what stands above it with blanks', () => walk(READ, async (page) => {
  await page.getByRole('heading', { name: 'Part 3', exact: true }).waitFor();
  const copied = (selector) => page.locator(selector).first().evaluate((element) => {
    getSelection().selectAllChildren(element);
    return getSelection().toString().trim();
  });
  assert.equal(await copied('#h-part-3'), 'Part 3');
  await page.goto(`${host.served.url}read/acme/switch/3.0/guide.html`);
  assert.equal(await copied('.crumbs'), 'acme › switch › 3.0 › Switch');
}));

test('what scripts add moves nothing, and is not printed', async () => {
  for (const width of [390, 1440]) {
    const places = async (javaScriptEnabled) => {
      let found;
      await walk(READ, async (page) => {
        if (javaScriptEnabled) await page.locator('.anchor').first().waitFor({ state: 'attached' });
        found = await page.evaluate(() => [...document.querySelectorAll('#text :is(pre, p, h2, h3)')].map((element) => {
          const { left, top, width } = element.getBoundingClientRect();
          return [left, top, width].map(Math.round).join();
        }));
        if (!javaScriptEnabled) return;
        await page.emulateMedia({ media: 'print' });
        for (const added of ['.code button', '.anchor']) assert.equal(await page.locator(added).first().isVisible(), false);
      }, { javaScriptEnabled, viewport: { width, height: 900 } });
      return found;
    };
    assert.deepEqual(await places(true), await places(false));
  }
});

test('a printed page says what it is of, and nothing that is for the screen', async () => {
  for (const address of ['read/acme/switch/2.0/guide.html', 'acme/switch/2.0/guide/1.html']) {
    await walk(address, async (page) => {
      await page.locator('.anchor, .copies').first().waitFor({ state: 'attached' });
      await page.emulateMedia({ media: 'print' });
      const printed = await page.locator('body').innerText();
      assert.match(printed, /acme\s*›?\s*switch\s*›?\s*2\.0/, address);
      assert.doesNotMatch(printed, /3\.0|Contents|Cop(y|ied)|Cite|context|Search/, address);
    });
  }
});

test('the commands of the endpoint’s page are copied and scrolled as all code is', () => walk('mcp.html', async (page) => {
  await page.locator('.code button').first().waitFor({ state: 'attached' });
  const boxes = await page.locator('pre').evaluateAll((all) => all.map((one) => ({
    copied: Boolean(one.parentElement.querySelector('button')), reached: one.tabIndex === 0, wide: one.scrollWidth > one.clientWidth,
  })));
  assert.ok(boxes.some(({ wide }) => wide));
  assert.deepEqual(boxes.filter(({ copied, reached, wide }) => !copied || (wide && !reached)), []);
}, { viewport: { width: 360, height: 800 } }));

test('`/` leads to the box, and Escape back to where the reader was', () => walk(READ, async (page) => {
  await page.locator('[role=combobox]').waitFor();
  await page.evaluate(() => scrollTo({ top: 2000, behavior: 'instant' }));
  await page.keyboard.press('/');
  await page.waitForFunction(() => scrollY < 100);
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => scrollY), 2000);
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
  await page.locator('[role=combobox]').click();
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => scrollY), 0, 'who came by themselves stays');
}, { viewport: { width: 768, height: 720 } }));

test('on narrow screens a way back to the contents shows once they are out of view', () => walk(READ, async (page) => {
  const back = page.locator('.back a').first();
  const inSight = () => back.evaluate((link) => {
    const { left, top, bottom } = link.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight && document.elementFromPoint(left + 9, (top + bottom) / 2) === link;
  });
  assert.equal(await inSight(), false);
  await page.evaluate(() => scrollTo({ top: 3000, behavior: 'instant' }));
  assert.equal(await inSight(), true);
  await back.click();
  const top = () => page.locator('#toc a').first().evaluate((link) => link.getBoundingClientRect().top);
  await page.waitForFunction(() => document.getElementById('contents').open);
  assert.ok(await top() > 0 && await top() < 300, String(await top()));
}, { viewport: { width: 390, height: 800 } }));

test('a short page is not made longer by it', async () => {
  await walk('read/acme/bellows/8.0/guide-1/a.html', async (page) => {
    assert.equal(await page.evaluate(() => document.documentElement.scrollHeight), 800);
    assert.equal(await page.locator('.back a').first().evaluate((link) => link.getBoundingClientRect().top < innerHeight
      && document.elementFromPoint(link.getBoundingClientRect().left + 9, link.getBoundingClientRect().top + 9) === link), false);
  }, { viewport: { width: 390, height: 800 } });
});

test('a link to a page marks it, and puts the focus on nothing', () => walk('read/acme/tongs/paged.html#page-9', async (page) => {
  await page.keyboard.press('Shift');
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'BODY');
  const marked = page.locator('.passage:has(> #page-9)');
  assert.notEqual(await marked.evaluate((passage) => getComputedStyle(passage).backgroundColor), 'rgba(0, 0, 0, 0)');
}));

test('a product with many guides shows those of the newest version, and others where a link leads to them', () => walk('browse/acme/bellows.html', async (page) => {
  const open = () => page.locator('details.drawer[open] > summary').allTextContents();
  assert.deepEqual(await open(), ['8.0 · newest']);
  assert.equal(await page.locator('.editions a').count(), 8);
  await page.locator('.editions a', { hasText: '3.0' }).click();
  assert.deepEqual(await open(), ['8.0 · newest', '3.0']);
  const top = await page.locator('details.drawer[open] > summary').last().evaluate((element) => element.getBoundingClientRect().top);
  assert.ok(top >= 0 && top < 400, String(top));
  await page.goto(`${host.served.url}browse/acme.html`);
  await page.goto(`${host.served.url}browse/acme/bellows.html#2.0`);
  assert.deepEqual(await open(), ['8.0 · newest', '2.0']);
}));

test('another version opens at the same heading, or at its beginning', () => walk('acme/switch/3.0/guide/2.html', async (page) => {
  await page.locator('.copies').waitFor();
  await page.locator('#versions a', { hasText: '2.0' }).click();
  await page.waitForURL('**/read/acme/switch/2.0/guide.html#h-limits');
  const top = await page.locator('#h-limits').evaluate((heading) => heading.getBoundingClientRect().top);
  assert.ok(top >= 0 && top < 200, String(top));
  await page.goBack();
  await page.locator('.copies').waitFor();
  await page.locator('#versions a', { hasText: '1.0' }).click();
  await page.waitForURL('**/read/acme/switch/1.0/guide.html#h-limits');
  assert.equal(await page.evaluate(() => scrollY), 0);
}));
