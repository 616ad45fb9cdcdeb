// What it takes to save a library in the browser: bytes fetched for all of it, and again after an edit of one guide, against the gzipped
// bytes of its pages. In: a library, a folder to build in. Out: figures as text. A real browser fetches from a real host; the host counts.
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from '../browser/engines/chromium.mjs';
import { hostOf } from '../browser/host.mjs';
import { until } from '../browser/reader.mjs';
import { build, copy, files } from '../browser/support.mjs';

const EDIT = '\n\nA sentence that was not there before, about the weather.\n';

const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);
const total = (host) => sum(host.asked.map(([, bytes]) => bytes));
const press = (session, text) => session.ask((text) => {
  [...document.querySelectorAll('.offline button')].find((button) => button.textContent === text).click();
}, text);
const has = async (session, text) => {
  // Saving a library takes longer than the steps of a test.
  for (let minute = 0; minute < 20; minute++) {
    try {
      return await until(session, text, (text) => document.querySelector('.offline, .toast')?.textContent.includes(text) || document.querySelector('.toast')?.textContent.includes(text), text);
    } catch (fault) {
      if (minute === 19) throw fault;
    }
  }
};

/** Figures of a library that is saved whole. */
export const offline = async (library, edited) => {
  const own = copy(library);
  const site = build(own);
  const pages = files(site).filter((file) => file.endsWith('.html'));
  const gzipped = sum(pages.map((page) => gzipSync(fs.readFileSync(path.join(site, page)), { level: 6 }).length));
  const engine = await chromium();
  const host = await hostOf(site);
  const session = await engine.open();
  await session.go(`${host.url}index.html`);
  await has(session, 'Save for offline');
  host.asked.length = 0;
  await press(session, 'Save for offline');
  await has(session, 'to fetch');
  await press(session, 'Save');
  await has(session, 'Saved for offline.');
  const saved = { bytes: total(host), requests: host.asked.length };
  fs.appendFileSync(path.join(own, edited), EDIT);
  host.folder = build(own);
  await session.ask(() => sessionStorage.clear());
  host.asked.length = 0;
  await session.go(`${host.url}index.html`);
  await has(session, 'up to date');
  const renewed = { bytes: total(host), requests: host.asked.length };
  await session.close();
  await engine.close();
  await host.stop();
  return { pages: pages.length, gzipped, saved, renewed };
};

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [library, edited] = process.argv.slice(2);
  const { pages, gzipped, saved, renewed } = await offline(library, edited);
  console.log(`pages ${pages}, gzipped one by one ${gzipped}`);
  console.log(`saved whole: ${saved.bytes} bytes in ${saved.requests} requests, ${(saved.bytes / gzipped).toFixed(3)} of the pages (may be 0.6)`);
  console.log(`after an edit: ${renewed.bytes} bytes in ${renewed.requests} requests, ${(100 * renewed.bytes / saved.bytes).toFixed(1)} % of the whole (may be 5)`);
  process.exit(0);
}
