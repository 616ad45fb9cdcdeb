// The pictures of README: home, search, chunk page and reading view of the example library.
// In: the built program and a browser. Out: examples/screenshots/*.png, or another folder given as argument.
import fs from 'node:fs';
import path from 'node:path';
import { build, launch, project, serve, visit } from '../browser/support.mjs';

const folder = path.resolve(process.argv[2] ?? path.join(project, 'examples/screenshots'));
const BYTES_MAX = 150_000;
const VIEW = { viewport: { width: 1280, height: 680 }, colorScheme: 'light', reducedMotion: 'reduce' };

const site = build();
const served = await serve(site);
const browser = await launch();

const painted = async (page) => {
  await page.locator('#results > li').first().waitFor({ timeout: 10_000 });
  await page.locator('#filters').waitFor();
  await page.waitForTimeout(300);
};

const scenes = {
  home: ['index.html'],
  search: ['search.html?q=scheduled+callback', painted],
  chunk: ['search.html?q=scheduled+callback', async (page) => {
    await painted(page);
    await page.locator('#results h2 a').first().click();
    await page.locator('.marked').waitFor();
  }],
  reading: ['search.html?q=scheduled+callback', async (page) => {
    await painted(page);
    await page.locator('.in-context a').first().click();
    await page.locator('.passage:target').waitFor();
  }],
};

fs.mkdirSync(folder, { recursive: true });
for (const [name, [address, steps]] of Object.entries(scenes)) {
  const page = await visit(browser, served.url + address, VIEW);
  await steps?.(page);
  const file = path.join(folder, `${name}.png`);
  await page.screenshot({ path: file });
  await page.context().close();
  const { size } = fs.statSync(file);
  console.log(`${file}: ${size} bytes${size > BYTES_MAX ? `, more than the ${BYTES_MAX} it may have` : ''}`);
  if (size > BYTES_MAX) process.exitCode = 1;
}
await browser.close();
served.close();
