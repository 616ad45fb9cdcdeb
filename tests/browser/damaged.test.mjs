// A damaged search index, over http and from disk: whatever is missing, cut, changed, swapped or of another
// build, the reader is told within ten seconds, and never looks at a blank page or an endless "Searching".
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { build, copy, example, files, launch, library, serve, visit, worlds } from './support.mjs';

const QUESTION = 'search.html?q=snapshot+restore';
const TEN_SECONDS = { timeout: 10_000 };
const site = build();
const work = copy(site);
let browser;
let victims;
before(async () => {
  browser = await launch();
  victims = await shardsOf(QUESTION);
});
after(() => browser?.close());

/** One file of each kind that the question needs. */
const shardsOf = async (question) => {
  const served = await serve(site);
  const page = await visit(browser, 'about:blank');
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname.slice(1)));
  await page.goto(served.url + question);
  await page.locator('#results > li').first().waitFor(TEN_SECONDS);
  await page.context().close();
  served.close();
  const one = (start) => asked.find((name) => name.startsWith(start)) ?? assert.fail(`no ${start} among ${asked}`);
  return { root: one('search/root.js'), words: one('search/w/'), text: one('search/t/'), engine: one('assets/engine') };
};

/** What may befall a file: its bytes, and those of another, as the bytes that stand there then. */
const damages = {
  missing: () => null,
  empty: () => Buffer.alloc(0),
  'cut short': (bytes) => bytes.subarray(0, bytes.length >> 1),
  'without its end': (bytes) => bytes.subarray(0, bytes.length - 2),
  changed: (bytes) => flip(bytes, bytes.length >> 1),
  'changed at the end': (bytes) => flip(bytes, bytes.length - 14),
  swapped: (_, other) => other,
  'a page of the host': () => Buffer.from('<!doctype html><title>Not found</title><p>Not found'),
};

const flip = (bytes, at) => {
  const changed = Buffer.from(bytes);
  changed[at] ^= 0x15;
  return changed;
};

/** Another file of the index: of the same kind where there is one. */
const other = (victim) => {
  const others = files(site).filter((file) => file !== victim && file.startsWith('search/'));
  const kind = victim.split('/').slice(0, 2).join('/');
  return fs.readFileSync(path.join(site, others.find((file) => file.startsWith(kind)) ?? others[0]));
};

/** Does the damage, looks at what the reader sees, and undoes it. */
const suffer = async (home, victim, damage) => {
  const file = path.join(work, victim);
  const whole = fs.readFileSync(file);
  const bytes = damage(whole, other(victim));
  bytes === null ? fs.rmSync(file) : fs.writeFileSync(file, bytes);
  const page = await visit(browser, home.url + QUESTION);
  try {
    return await told(page);
  } finally {
    fs.writeFileSync(file, whole);
    await page.context().close();
  }
};

/** The message that the reader sees within ten seconds, and the kind of fault. */
const told = async (page) => {
  const alert = page.locator('#notices [role=alert]');
  await alert.waitFor(TEN_SECONDS);
  assert.ok((await alert.innerText()).length > 40, 'the message says what happened');
  assert.equal(await alert.locator('button').isVisible(), true, 'and offers something to do');
  assert.notEqual(await page.locator('#status').textContent(), 'Searching …');
  // From disk a cut file is a script that does not parse: the browser says so, and so does the page.
  const complaints = page.complaints.filter((text) => /exception|policy|dialog/.test(text) && !/SyntaxError/.test(text));
  assert.deepEqual(complaints, []);
  return alert.getAttribute('data-fault');
};

for (const [world, open] of Object.entries(worlds)) {
  describe(`a damaged index over ${world}`, () => {
    let home;
    before(async () => { home = await open(work); });
    after(() => home.close());

    for (const kind of ['root', 'words', 'text', 'engine']) {
      for (const [name, damage] of Object.entries(damages)) {
        // The engine carries no checksum: what a changed byte does to it depends on the byte.
        if (kind === 'engine' && name.startsWith('changed')) continue;
        test(`${kind} ${name}`, async () => {
          const fault = await suffer(home, victims[kind], damage);
          assert.equal(fault, name === 'missing' ? 'missing' : 'damaged');
        });
      }
    }

    test('a root of another build', async () => {
      const grown = copy(example);
      fs.appendFileSync(path.join(grown, 'northwind-voice/callbridge/12.5/developer-guide/events.md'), '\n\nA snapshot to restore.\n');
      const root = fs.readFileSync(path.join(build(grown), 'search/root.js'));
      assert.ok(['missing', 'stale', 'damaged'].includes(await suffer(home, victims.root, () => root)));
    });

    test('the whole is found again with "Try again"', async () => {
      const file = path.join(work, victims.text);
      const whole = fs.readFileSync(file);
      fs.rmSync(file);
      const page = await visit(browser, home.url + QUESTION);
      assert.equal(await told(page), 'missing');
      fs.writeFileSync(file, whole);
      await page.locator('#notices button').click();
      await page.locator('#results > li').first().waitFor(TEN_SECONDS);
      assert.equal(await page.locator('[role=alert]').count(), 0);
      await page.context().close();
    });

    test('the box of other pages tells it too', async () => {
      const file = path.join(work, victims.root);
      const whole = fs.readFileSync(file);
      fs.rmSync(file);
      const page = await visit(browser, `${home.url}mcp.html`);
      await page.keyboard.press('/');
      await page.keyboard.type('snapshot');
      await page.locator('.panel [role=alert]').waitFor(TEN_SECONDS);
      fs.writeFileSync(file, whole);
      await page.context().close();
    });
  });
}

test('a page that was open while the site was rebuilt says so', async () => {
  const guide = (word) => library({ 'acme/anvil/v1/a.md': `# Anvil\n\nThe ${word} anvil is heavy.\n`, 'acme/rope/v1/b.md': '# Rope\n\nLong and light.\n' });
  const old = build(guide('small'));
  const served = await serve(old);
  const page = await visit(browser, `${served.url}search.html?q=rope`);
  await page.locator('#results > li').first().waitFor(TEN_SECONDS);
  const next = build(guide('gigantic'));
  fs.rmSync(old, { recursive: true });
  fs.renameSync(next, old);
  await page.locator('#search input').fill('anvil');
  await page.locator('[role=alert], #results > li[data-id*=anvil]').first().waitFor(TEN_SECONDS);
  const fault = page.locator('[data-fault]');
  if (await fault.count()) assert.equal(await fault.getAttribute('data-fault'), 'stale');
  await page.context().close();
  served.close();
});
