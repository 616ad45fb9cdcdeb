// What the search page says of a search: above the hits, to those who listen, where nothing is found and where nothing is asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, build, hosted, library, search, serve, visit } from './support.mjs';

const site = build();
const host = hosted(site);
const { walk } = host;

test('what was taken for a word is said once', async () => {
  const told = (page) => page.locator('#notices > p').first().textContent();
  const sentences = {
    'snapshto queue': 'Nothing in the library for “snapshto”; showing “snapshot”.',
    'zzyqx snapshto queue': 'Nothing in the library for “zzyqx”. Nothing in the library for “snapshto”; showing “snapshot”.',
    'zzyqx queue': 'Nothing in the library for “zzyqx”. Showing results for “queue”.',
  };
  for (const [query, sentence] of Object.entries(sentences)) {
    await walk(`search.html?q=${encodeURIComponent(query)}`, async (page) => {
      await asked(page, query);
      assert.equal(await told(page), sentence);
    });
    const terminal = search(site, query).split('\n').filter((line) => line.startsWith('Nothing')).join(' ');
    assert.equal(terminal.replace(/"(.+?)"/g, '“$1”'), sentence.replace(/ Showing .*/, ''), 'the terminal says the same');
  }
});

test('a number that may not be all says so in the box too', async () => {
  const files = Array.from({ length: 25 }, (_, at) => [`acme/box/v1/guide/part-${at}.md`, `# Part ${at}\n\nThe red lamp of part ${at} shines.\n`]);
  const own = await serve(build(library(Object.fromEntries(files))));
  const page = await visit(host.browser, `${own.url}acme/box/v1/guide/part-1/1.html`);
  await page.keyboard.press('/');
  await page.keyboard.type('"red lamp"');
  await page.locator('.panel .all', { hasText: /\(\d+\+\)$/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /^At least/.test(document.querySelector('#status').textContent));
  assert.deepEqual(page.complaints, []);
  await page.context().close();
  own.close();
});

test('a search that is offered instead has the words as they were typed', () => walk(`search.html?q=${encodeURIComponent('title:"queue $& $$"')}`, async (page) => {
  const href = await page.getByText('Search the whole text').evaluate((link) => link.href);
  assert.equal(new URL(href).searchParams.get('q'), 'queue $& $$');
}));

test('who listens is told once what was found, and what is said above it', () => walk('search.html', async (page) => {
  await page.evaluate(() => {
    const heard = globalThis.heard = [];
    const look = () => document.querySelectorAll('#main [role=status]').forEach(({ textContent }) => textContent && textContent !== heard.at(-1) && heard.push(textContent));
    new MutationObserver(look).observe(document.querySelector('#main'), { subtree: true, childList: true, characterData: true });
  });
  await page.locator('#search input').pressSequentially('snapshto queue', { delay: 60 });
  const heard = await (await page.waitForFunction(() => heard.length > 0 && heard)).jsonValue();
  assert.equal(heard.length, 1, heard.join(' | '));
  assert.ok(heard[0].startsWith(await page.locator('#status').textContent()), heard[0]);
  assert.match(heard[0], /showing “snapshot”/);
}));

test('a search page without words says what would be searched', () => walk('search.html', async (page) => {
  const scope = page.locator('#scope');
  const told = async () => [await page.locator('.fault').count(), (await scope.textContent()).trim()];
  await page.waitForFunction(() => document.querySelector('#scope').textContent.startsWith('Newest'));
  assert.deepEqual(await told(), [0, 'Newest versions Search all versions']);
  await page.locator('#search input').fill('queue');
  await asked(page, 'queue');
  await page.locator('#search input').fill('');
  await page.waitForFunction(() => !document.querySelector('#results > li'));
  assert.deepEqual(await told(), [0, 'Newest versions Search all versions']);
}));

test('what finds nothing is said once, and what else can be done', () => walk('search.html?q=xyzzyplugh', async (page) => {
  await page.getByRole('heading', { name: 'What else to try' }).waitFor();
  assert.doesNotMatch(await page.locator('.found').innerText(), /Nothing found/);
}));

test('the versions that are searched are told of the query too', () => walk('search.html?q=queue', async (page) => {
  const input = page.locator('#search input');
  const scope = page.locator('#scope');
  await asked(page, 'queue');
  assert.match(await scope.textContent(), /Newest versions/);
  await input.fill('version:12.0 queue');
  await asked(page, 'version:12.0 queue');
  assert.equal(await scope.isVisible(), false, 'a version in the query says it all');
  await input.fill('version:77 queue');
  await asked(page, 'version:77 queue');
  assert.equal(await scope.isVisible(), true, 'one that is not there is not heeded');
}));

test('what is related by meaning is told without a number that has an end of its own', () => walk('search.html?q=queue+limits+of+agents', async (page) => {
  await asked(page, 'queue limits of agents');
  assert.match(await page.locator('#status').textContent(), /^\d+ results, then passages related by meaning$/);
}));
