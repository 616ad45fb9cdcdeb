// Lists of texts that are known to run code in careless sites, each as prose, in a heading, a list, a table and a link. Nothing
// runs, nothing is asked of another host, and the policy has nothing to report: it must not come to the policy.
// The public lists lie beside the project, if anywhere; a list of our own always runs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { inert } from './inert.mjs';
import { build, files, launch, library, project, serve, temporary, visit } from './support.mjs';

const OWN = path.join(project, 'tests/cases/payloads.txt');
const PUBLIC = path.join(project, '../shared/data/hostile.tar.xz');
/** So many to a page, that a page is no longer than a browser likes. */
const OF_A_FILE = 60;

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

const lines = (file) => fs.readFileSync(file, 'utf8').split('\n').filter((line) => line.trim());

const asMarkdown = (payloads) => payloads.map((payload, at) => [
  `## Trick ${at} ${payload}`, payload, `- item ${payload}`, `| ${payload} |\n|---|\n| ${payload} |`, `[text ${payload}](${payload} "${payload}")`, `> quote ${payload}`, `End ${at}.`,
].join('\n\n')).join('\n\n');

const bare = (payloads) => payloads.map((payload) => `Trick\n\n${payload}\n\nEnd.`).join('\n\n');

/** Opens all reading views; they hold what the chunk pages hold. */
const visitAll = async (site) => {
  const served = await serve(site);
  const page = await visit(browser, `${served.url}index.html`);
  await page.addInitScript(() => { window.report = (number) => { window.ran = number; }; });
  const pages = files(site).filter((file) => file.startsWith('read/'));
  try {
    for (const address of pages) {
      await page.goto(served.url + address);
      await inert(page, address);
      assert.ok(await page.locator('#text').isVisible(), `${address} is shown`);
    }
  } finally {
    await page.context().close();
    served.close();
  }
  return pages.length;
};

test('a list of our own runs nothing and is shown', async () => {
  const payloads = lines(OWN);
  const site = build(library(Object.fromEntries(payloads.map((payload, at) => [`acme/anvil/v1/tricks/${at}.md`, asMarkdown([payload])]))));
  await visitAll(site);
  const shown = files(site).filter((file) => file.startsWith('read/')).map((file) => fs.readFileSync(path.join(site, file), 'utf8'));
  assert.equal(shown.length, payloads.length);
  assert.deepEqual(shown.filter((html) => !html.includes('End 0.')), [], 'what follows a trick is still there');
});

test('the public lists run nothing', { skip: !fs.existsSync(PUBLIC) && 'the lists are not beside the project' }, async () => {
  const folder = temporary();
  execFileSync('tar', ['-xJf', PUBLIC, '-C', folder]);
  const lists = path.join(folder, 'hostile/xss');
  const texts = {};
  for (const list of files(lists)) {
    if (list.endsWith('.md')) texts[`acme/anvil/v1/${list}`] = fs.readFileSync(path.join(lists, list));
    const payloads = lines(path.join(lists, list));
    for (let at = 0; at < payloads.length; at += OF_A_FILE) {
      const form = at % (OF_A_FILE * 4) ? bare : asMarkdown;
      texts[`acme/anvil/v2/${list}.${at}.md`] = form(payloads.slice(at, at + OF_A_FILE));
    }
  }
  const count = await visitAll(build(library(texts)));
  assert.ok(count >= Object.keys(texts).length, `${count} pages of ${Object.keys(texts).length} texts`);
});
