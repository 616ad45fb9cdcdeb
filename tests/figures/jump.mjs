// How soon "Jump to" answers: from the event of a keystroke to its entries in the page.
// In: nothing; a library of 4,000 made-up guides is built. Out: Markdown. Keys are typed at a reader's pace, over http, in Chromium.
import os from 'node:os';
import { many, title } from '../browser/many.mjs';
import { build, launch, serve, visit } from '../browser/support.mjs';
import { row, table } from './markdown.mjs';

const NAMES = 60; // of which about a third are in the catalogue, as the others have no room
const KEYS = 8; // of each name
const PACE_MS = [60, 160];
const SETTLE_MS = 1500;
const FRAME_MS = 1000 / 60;

/** Notes, in the page, when a key was pressed and when the entries for what then stood in the box were there. */
const watch = () => {
  const input = document.querySelector('[role=combobox]');
  globalThis.answers = [];
  let pressed = 0;
  input.addEventListener('input', (event) => { pressed = event.timeStamp; }, true);
  new MutationObserver(() => {
    if (!pressed || !document.querySelector('.jumps a')) return;
    globalThis.answers.push(performance.now() - pressed);
    pressed = 0;
  }).observe(document.querySelector('.panel'), { childList: true, subtree: true });
};

export const jump = async () => {
  const home = await serve(build(many()));
  const browser = await launch();
  const page = await visit(browser, `${home.url}index.html`);
  await page.keyboard.press('/');
  await page.waitForTimeout(SETTLE_MS);
  await page.evaluate(watch);
  const load = os.loadavg()[0];
  for (let at = 0; at < NAMES; at++) {
    await page.locator('[role=combobox]').fill('');
    for (const [place, key] of [...title(at * 61).slice(0, KEYS)].entries()) {
      await page.keyboard.press(key);
      await page.waitForTimeout(PACE_MS[0] + (PACE_MS[1] - PACE_MS[0]) * ((at * KEYS + place) % 11) / 10);
    }
  }
  const answers = (await page.evaluate(() => globalThis.answers)).sort((one, other) => one - other);
  await browser.close();
  home.close();
  const share = (part) => answers[Math.min(answers.length - 1, Math.floor(answers.length * part))].toFixed(1);
  console.log(`\n${NAMES * KEYS} keystrokes on the catalogue of 4,000 made-up guides, load average ${load.toFixed(1)}:\n`);
  table('answered by entries', 'median ms', '95 %', '99 %', 'worst', 'beyond a frame');
  row(answers.length, share(0.5), share(0.95), share(0.99), share(1), answers.filter((ms) => ms > FRAME_MS).length);
};
