// What it takes to save a library in the browser: bytes fetched for all of it, and again after each of some edits, against the gzipped
// bytes of its pages. In: the data; every sixtieth file is edited, one after the other. Out: Markdown. A real browser fetches from a real host; the host counts.
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from '../browser/engines/chromium.mjs';
import { hostOf } from '../browser/host.mjs';
import { until } from '../browser/reader.mjs';
import { build, copy, files, mcdewey } from '../browser/support.mjs';
import { found } from './data.mjs';
import { median, number, row, table } from './markdown.mjs';

const EDIT = '\n\nA sentence that was not there before, about the weather.\n';

const EDIT_EVERY = 60;

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

/** Figures of a library that is saved whole, and again after edits. */
export const offline = async (data) => {
  const own = copy(path.join(found(data, 'library'), 'cncf'));
  const edits = files(own).filter((file) => file.endsWith('.md')).filter((_, at) => at % EDIT_EVERY === 4);
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
  const renewed = [];
  for (const edited of edits) {
    fs.appendFileSync(path.join(own, edited), EDIT);
    mcdewey('build', own, '-o', site);
    await session.ask(() => sessionStorage.clear());
    host.asked.length = 0;
    await session.go(`${host.url}index.html`);
    await has(session, 'up to date');
    renewed.push({ edited, bytes: total(host), requests: host.asked.length });
  }
  await session.close();
  await engine.close();
  await host.stop();
  console.log();
  table('', 'bytes', 'requests', 'of the whole');
  row(`its ${number(pages.length)} pages, each gzipped`, number(gzipped), number(pages.length), '');
  row('saved whole: pages, index, assets', number(saved.bytes), number(saved.requests), '100 %');
  const percent = ({ bytes }) => 100 * bytes / saved.bytes;
  for (const one of renewed) row(`renewed after an edit of ${one.edited}`, number(one.bytes), number(one.requests), `${percent(one).toFixed(1)} %`);
  const shares = renewed.map(percent);
  console.log(`\nSaved, to the gzipped pages: **${(saved.bytes / gzipped).toFixed(3)}** (may be 0.6). Renewed, to saved: median **${median(shares).toFixed(1)} %**, worst ${Math.max(...shares).toFixed(1)} % (may be 5).`);
};
