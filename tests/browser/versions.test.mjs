// A guide in five versions, over http and from disk: the newest is searched and each text shown once, with links to where
// else it stands; older versions come by one click or by a filter, and the address tells which.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { build, launch, library, visit, worlds } from './support.mjs';

const VERSIONS = ['1.0', '1.1', '1.2', '1.3', '2.0'];
const filler = (about, words) => Array.from({ length: words }, (_, at) => `${about}${at * 7919 % 997}`).join(' ');

/** "Cabling" is the same everywhere, "Limits" nearly, "Upgrade" quite another in 2.0, and "Modem" stands in 1.0 only. */
const guideOf = (version) => ({
  cabling: `# Cabling\n\nThe ferrule is crimped onto the trunk cable. ${filler('cable', 60)}\n`,
  limits: `# Limits\n\nA quorum needs three members. ${filler('limit', 200)} In ${version.replace('.', 'x')} they are counted.\n`,
  upgrade: version === '2.0'
    ? `# Upgrade\n\nThe orchestrator upgrades every member by itself. ${filler('new', 60)}\n`
    : `# Upgrade\n\nUpgrade with the flashtool, one member after the other. ${filler('old', 60)}\n`,
  ...(version === '1.0' ? { modem: `# Modem\n\nDial with hayescommands. ${filler('modem', 60)}\n` } : {}),
});

/** Another product with the same limits: it speaks for itself. */
const sibling = { 'acme/switch/2.0/admin-guide/limits.md': guideOf('2.0').limits, 'acme/switch/2.0/admin-guide/ports.md': '# Ports\n\nForty-eight.\n' };

const files = { ...sibling, ...Object.fromEntries(VERSIONS.flatMap((version) => Object.entries(guideOf(version))
  .map(([name, text]) => [`acme/router/${version}/admin-guide/${name}.md`, text]))) };

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

const results = (page) => page.locator('#results > li');
const shown = (page) => results(page).first().waitFor();
const ids = (page) => results(page).evaluateAll((all) => all.map((one) => one.dataset.id));
const links = (locator) => locator.locator('a').allTextContents();

/** Opens a page, hands it to the steps, and asserts that the browser had nothing to complain of. */
const walk = async (url, steps) => {
  const page = await visit(browser, url);
  try {
    await steps(page);
    assert.deepEqual(page.complaints, []);
  } finally {
    await page.context().close();
  }
};

const site = build(library(files));
for (const [world, open] of Object.entries(worlds)) {
  describe(`versions over ${world}`, () => {
    let home;
    before(async () => { home = await open(site); });
    after(() => home.close());
    const search = (fields) => `${home.url}search.html?${new URLSearchParams(fields)}`;

    test('a version that is named is searched besides the newest, and that is said', () => walk(search({ q: 'router 1.2 flashtool' }), async (page) => {
      await shown(page);
      assert.equal((await ids(page))[0], 'acme::router::1.2::admin-guide::upgrade::1');
      assert.match(await page.locator('#scope').textContent(), /^Newest versions and 1\.2\b/);
    }));

    test('the newest is searched, and a text that stands in all is one result', () => walk(search({ q: 'ferrule' }), async (page) => {
      await shown(page);
      assert.deepEqual(await ids(page), ['acme::router::2.0::admin-guide::cabling::1']);
      assert.equal(await page.locator('#status').textContent(), '1 result');
      assert.match(await page.locator('.crumb').textContent(), /2\.0$/);
      assert.deepEqual(await links(page.locator('.also')), ['1.3', '1.2', '1.1']);
    }));

    test('the others are links to their pages, the further ones a key away', () => walk(search({ q: 'ferrule' }), async (page) => {
      await shown(page);
      const button = page.getByRole('button', { name: '1 more' });
      const below = () => page.locator('.in-context').evaluate((element) => element.getBoundingClientRect().top);
      const place = await below();
      await page.locator('.also a').last().focus();
      await page.keyboard.press('Tab');
      assert.ok(await button.evaluate((element) => element === document.activeElement));
      await page.keyboard.press('Enter');
      const list = page.locator(`#${await button.getAttribute('aria-controls')}`);
      await list.waitFor();
      assert.deepEqual(await links(list), ['1.0']);
      assert.equal(await button.getAttribute('aria-expanded'), 'true');
      await page.keyboard.press('Enter');
      await list.waitFor({ state: 'hidden' });
      assert.equal(await below(), place, 'nothing has moved');
      await page.keyboard.press('Enter');
      await list.locator('a').click();
      await page.locator('#chunk-id').waitFor();
      assert.equal(await page.locator('#chunk-id').textContent(), 'acme::router::1.0::admin-guide::cabling::1');
    }));

    test('what says nearly the same is brought when it is wanted', () => walk(search({ q: 'quorum' }), async (page) => {
      await shown(page);
      assert.deepEqual(await ids(page), ['router', 'switch'].map((product) => `acme::${product}::2.0::admin-guide::limits::1`));
      await page.getByRole('button', { name: 'Nearly the same elsewhere' }).click();
      const list = page.locator('.places');
      await list.waitFor();
      assert.match(await list.textContent(), /^Nearly the same in/);
      assert.deepEqual(await links(list), ['1.3', '1.2', '1.1', '1.0']);
      await list.getByRole('link', { name: '1.1' }).click();
      assert.equal(await page.locator('#chunk-id').textContent(), 'acme::router::1.1::admin-guide::limits::1');
    }));

    test('a click searches every version, and another the newest', () => walk(search({ q: 'upgrade member' }), async (page) => {
      await shown(page);
      const newest = await ids(page);
      assert.ok(newest.every((id) => id.includes('::2.0::')), newest.join());
      await page.getByRole('link', { name: 'Search all versions' }).click();
      await page.waitForFunction(() => new URLSearchParams(location.search).get('all') === '1');
      await page.locator('#results', { hasText: 'flashtool' }).waitFor();
      const all = await ids(page);
      assert.ok(all.includes('acme::router::1.3::admin-guide::upgrade::1'), all.join());
      assert.equal(all.filter((id) => id.endsWith('::limits::1')).length, 2, 'near ones are one result of each product');

      await page.locator('#search input').fill('flashtool');
      await page.waitForFunction(() => new URLSearchParams(location.search).get('q') === 'flashtool');
      assert.match(page.url(), /all=1/);
      await page.goBack();
      await page.waitForFunction(() => new URLSearchParams(location.search).get('q') === 'upgrade member');
      assert.match(page.url(), /all=1/);
      await page.goBack();
      await page.waitForFunction(() => !new URLSearchParams(location.search).has('all'));
      await page.waitForFunction((count) => document.querySelectorAll('#results > li').length === count, newest.length);
      assert.deepEqual(await ids(page), newest);
    }));

    test('what stands in older versions only is told, and a click away', () => walk(search({ q: 'hayescommands' }), async (page) => {
      await page.getByText('Nothing in the newest versions.').waitFor();
      await page.locator('#notices a', { hasText: 'Search all versions' }).click();
      await shown(page);
      assert.deepEqual(await ids(page), ['acme::router::1.0::admin-guide::modem::1']);
      await page.getByRole('link', { name: 'Search the newest only' }).waitFor();
    }));

    test('a version that is chosen shows its own place', () => walk(search({ q: 'ferrule', version: '1.1' }), async (page) => {
      await shown(page);
      assert.deepEqual(await ids(page), ['acme::router::1.1::admin-guide::cabling::1']);
      assert.match(await page.locator('.crumb').textContent(), /1\.1$/);
      assert.ok((await links(page.locator('.also'))).includes('2.0'));
      assert.equal(await page.locator('#scope').isVisible(), false);
    }));

    test('the box leads to older versions too', () => walk(`${home.url}index.html`, async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('hayescommands');
      await page.getByRole('option', { name: 'Search all versions' }).click();
      await shown(page);
      assert.match(page.url(), /all=1/);
    }));
  });
}

test('a library with one version of everything does not speak of versions', async () => {
  const home = await worlds.file(build(library({ 'acme/router/2.0/guide.md': files['acme/router/2.0/admin-guide/cabling.md'] })));
  await walk(`${home.url}search.html?q=ferrule`, async (page) => {
    await shown(page);
    assert.equal(await page.locator('#scope').count(), 0);
    assert.equal(await page.locator('.also').count(), 0);
  });
});

test('a library of one product offers its versions without being asked for all', async () => {
  const own = Object.fromEntries(Object.entries(files).filter(([name]) => name.includes('/router/')));
  const home = await worlds.http(build(library(own)));
  await walk(`${home.url}search.html?q=ferrule`, async (page) => {
    const versions = page.locator('#facets [data-level=version] a');
    const names = () => versions.locator('span').allTextContents();
    const counts = () => versions.locator('small').allTextContents();
    await versions.first().waitFor();
    assert.deepEqual(await names(), VERSIONS.toReversed());
    assert.deepEqual(await counts(), VERSIONS.map(() => '1'));
    assert.equal(await results(page).count(), 1, 'the newest alone is searched');
    await versions.filter({ hasText: '1.1' }).click();
    await page.locator('#facets [aria-current]').waitFor();
    assert.deepEqual(await ids(page), ['acme::router::1.1::admin-guide::cabling::1']);
    await page.waitForFunction(() => !document.querySelector('#results').ariaBusy);
    assert.deepEqual(await names(), VERSIONS.toReversed(), 'another is one click away');
    assert.deepEqual(await counts(), VERSIONS.map(() => '1'), 'with as many as it would give');
  });
  home.close();
});

test('counts that are cut say so', async () => {
  const home = await worlds.file(site);
  await walk(`${home.url}search.html?all=1`, async (page) => {
    await page.evaluate(() => {
      const ask = M.ask;
      M.ask = async (...question) => {
        const answer = await ask(...question);
        return answer && { ...answer, cut: true };
      };
    });
    await page.locator('#search input').fill('upgrade member');
    await page.locator('#facets a').first().waitFor();
    assert.match(await page.locator('#status').textContent(), /^At least \d+ results$/);
    assert.match(await page.locator('#notices').textContent(), /Very common words/);
    for (const count of await page.locator('#facets small').allTextContents()) assert.match(count, /^\d+\+$/);
  });
});
