// `serve LIBRARY`: whoever writes sees a change in the page that is open, finds it, and an agent gets it too; nothing of the watching
// is in the site itself.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { files, launch, library, serve, visit } from './support.mjs';
import { call } from '../mcp/support.mjs';

describe('while a guide is written', () => {
  const folder = library({ 'acme/box/v1/guide/reset.md': '# Reset\n\nHold the button for ten seconds.\n' });
  const site = path.join(library({}), 'site');
  const source = path.join(folder, 'acme/box/v1/guide/reset.md');
  let server;
  let browser;
  before(async () => {
    server = await serve(folder, '-o', site);
    browser = await launch();
  });
  after(async () => {
    await browser.close();
    server.close();
  });

  const write = (text) => fs.writeFileSync(source, `# Reset\n\n${text}\n`);

  test('pages, search and endpoint follow', async () => {
    const page = await visit(browser, `${server.url}acme/box/v1/guide/reset/1.html`);
    await page.getByText('ten seconds').waitFor();
    const asked = () => call(`${server.url}mcp`, 'fetch', { id: 'acme::box::v1::guide::reset::1' });
    assert.match((await asked()).text, /ten seconds/);
    write('Hold the button for twelve seconds, and wait for the kingfisher.');
    await page.getByText('kingfisher').waitFor();
    // Pages come first, then the index that both searches and agents read.
    for (let tries = 0; tries < 100 && !/kingfisher/.test((await asked()).text); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.match((await asked()).text, /kingfisher/);
    await page.goto(`${server.url}search.html?q=kingfisher`);
    await page.locator('#results li').waitFor();
    assert.deepEqual(page.complaints, []);
  });

  test('a page that comes from the worker follows as well', async () => {
    const page = await visit(browser, `${server.url}acme/box/v1/guide/reset/1.html`);
    await page.waitForFunction(() => document.documentElement.dataset.offline === 'ready' && navigator.serviceWorker.controller);
    await page.reload();
    await page.waitForLoadState('load');
    write('Ask the bittern.');
    await page.getByText('bittern').waitFor();
    assert.deepEqual(page.complaints, []);
  });

  test('a build that fails leaves the site that stands', async () => {
    const page = await visit(browser, `${server.url}acme/box/v1/guide/reset/1.html`);
    fs.writeFileSync(path.join(folder, 'mcdewey.toml'), 'titel = 1\n');
    write('Press the heron.');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal((await fetch(page.url())).status, 200);
    fs.rmSync(path.join(folder, 'mcdewey.toml'));
    await page.getByText('heron').waitFor();
  });

  test('the site on disk knows nothing of it', () => {
    const pages = files(site).filter((file) => file.endsWith('.html'));
    assert.ok(pages.length > 3);
    for (const file of pages) assert.doesNotMatch(fs.readFileSync(path.join(site, file), 'utf8'), /\.mcdewey/);
  });
});
