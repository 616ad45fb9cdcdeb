// A library that wants to run code in the reader's browser: nothing runs, on no page and in no result, and
// what it wrote is still there to be read. The policy would stop most of it; it must not come to that.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { inert } from './inert.mjs';
import { build, files, launch, library, visit, worlds } from './support.mjs';

const PAYLOADS = [
  '<script>window.ran=1</script>',
  '<img src=x onerror="window.ran=2">',
  '<svg onload="window.ran=3"><animate onbegin="window.ran=3" attributeName=x></svg>',
  '<a href="javascript:window.ran=4">press</a>',
  '[press](javascript:window.ran=5)',
  '[press](  JaVaScRiPt:window.ran=6)',
  '[press](data:text/html,<script>window.ran=7</script>)',
  '![x](javascript:window.ran=8)',
  '<iframe srcdoc="<script>parent.ran=9</script>"></iframe>',
  '<details open ontoggle="window.ran=10">x</details>',
  '<style>body{display:none}</style>',
  '<math><mtext><style><img src=x onerror="window.ran=11"></style></mtext></math>',
  '<noscript><p title="</noscript><img src=x onerror=window.ran=12>">',
  '<form action="javascript:window.ran=13"><button>press</button></form>',
  '<base href="https://example.org/">',
  '<meta http-equiv="refresh" content="0;url=https://example.org/">',
  '</div></main><script>window.ran=14</script>',
  '`<script>window.ran=15</script>`',
  '"><script>window.ran=16</script>',
  '<https://example.org/?"onmouseover="window.ran=17>',
  '<p id="search" name="ran" class="box">clobber</p>',
];
const NAME = '"><img src=x onerror=window.ran=18>';

const hostile = library({
  'mcdewey.toml': `title = '<script>window.ran=19</script>'\ntagline = '${NAME}'\n[names]\n"acme" = '${NAME} Acme'\n`,
  'acme/anvil/v1/payloads.md': `# ${NAME}\n\n${PAYLOADS.map((payload, at) => `## Trick ${at} ${payload}\n\nzebra ${payload}\n`).join('\n')}`,
  'acme/anvil/v1/front.md': `---\ntitle: '${NAME}'\n---\n\nzebra in front matter\n`,
  [`acme/anvil/v1/${NAME.replaceAll('/', '')}.md`]: '# Odd name\n\nzebra in a file of an odd name\n',
  'acme/notes.jsonl': JSON.stringify({ chunk_id: `x::${NAME}`, source: `acme/anvil/v1/${NAME}.md`, page: 3, label: NAME, title: NAME, section: NAME, text: `zebra ${PAYLOADS[0]}` }),
});
const site = build(hostile);
const pages = files(site).filter((file) => file.endsWith('.html'));
let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

for (const [world, open] of Object.entries(worlds)) {
  describe(`a hostile library over ${world}`, () => {
    let home;
    before(async () => { home = await open(site); });
    after(() => home.close());

    test('runs nothing on any page', async () => {
      const page = await visit(browser, `${home.url}index.html`);
      for (const address of pages) {
        await page.goto(home.url + address);
        await inert(page, address);
        assert.ok(await page.locator('main').isVisible(), `${address} is shown`);
      }
      await page.context().close();
    });

    test('runs nothing in results', async () => {
      const page = await visit(browser, `${home.url}search.html?q=zebra`);
      await page.locator('#results > li').first().waitFor({ timeout: 10_000 });
      if (await page.locator('#more').isVisible()) await page.locator('#more').click();
      await inert(page, 'the results');
      const text = await page.locator('#results').innerText();
      assert.ok(text.includes('window.ran'), 'results show what the texts hold');
      await page.context().close();
    });

    test('runs nothing from the address or the box', async () => {
      const page = await visit(browser, `${home.url}search.html?q=${encodeURIComponent(PAYLOADS[1])}&vendor=${encodeURIComponent(NAME)}`);
      await page.waitForFunction(() => document.querySelector('#notices').textContent || document.querySelector('#results > li'));
      await inert(page, 'the address');
      await page.goto(`${home.url}index.html`);
      await page.keyboard.press('/');
      await page.keyboard.type(`zebra ${PAYLOADS[0]}`);
      await page.waitForTimeout(600);
      await inert(page, 'the box');
      await page.context().close();
    });
  });
}

test('what was written is still there to be read', async () => {
  const served = await worlds.http(site);
  const page = await visit(browser, `${served.url}index.html`);
  const reading = pages.find((file) => file.startsWith('read/') && file.includes('payloads'));
  await page.goto(served.url + reading);
  const text = await page.locator('#text').innerText();
  for (let at = 0; at < PAYLOADS.length; at++) assert.ok(text.includes(`Trick ${at}`), `Trick ${at} is lost`);
  assert.ok(text.includes('window.ran=1'), 'a script is shown as text');
  await page.context().close();
  served.close();
});
