// The two searches as a reader's browser runs them: McDewey's search page, and Pagefind's interface called from a blank page.
// In: a browser, the address of a host. Out: pages that can be asked; when ten results were there, and which.
// The first asks for words alone, as the page does for the results that it shows first. A side has `start` (from nothing to ten results), `next` (ten more in the same visit), `open` and `ask` (answers without painting).
// Knows nothing of bytes and of what is made of the times.
import { BLANK } from './search-host.mjs';

const PATIENCE_MS = 60_000;

const fresh = async (browser, prepare) => {
  const context = await browser.newContext();
  if (prepare) await context.addInitScript(prepare);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('pageerror', (error) => console.error(`exception in the page: ${error}`));
  return page;
};

const search = (question) => `search.html?q=${encodeURIComponent(question)}`;

export const mcdewey = {
  name: 'McDewey',
  async start(browser, url, question) {
    const page = await fresh(browser, watch);
    await page.goto(url + search(question), { waitUntil: 'commit' });
    return { page, ...await page.evaluate(() => globalThis.first) };
  },
  next: (page, question) => page.evaluate((question) => {
    const painted = globalThis.painted();
    const form = document.getElementById('search');
    form.q.value = question;
    form.requestSubmit();
    return painted;
  }, question),
  async open(browser, url) {
    const page = await fresh(browser);
    await page.goto(`${url}search.html`);
    await page.evaluate(() => M.start());
    return page;
  },
  ask: (page, text) => asked(page, { text, limit: 10, words: true }),
};

const asked = (page, query) => page.evaluate(async (query) => {
  const begin = performance.now();
  const { hits } = await M.ask(query, () => true);
  const ms = performance.now() - begin;
  return { ms, searchMs: ms, urls: hits.map((hit) => hit.url), versions: hits.map((hit) => hit.version ?? '') };
}, query);

/** What the page asks next, once ten results are there: Pagefind has nothing like it. */
export const meant = { ...mcdewey, name: 'McDewey, with meaning', ask: (page, text) => asked(page, { text, limit: 10 }) };

/**
 * In the page: `painted()` promises the time at which the list next holds ten results with their snippets. Where there are
 * fewer, the list is taken for whole once it has not changed for a while.
 */
const watch = () => {
  const TEN = 10;
  const QUIET_MS = 1500;
  const now = () => performance.timeOrigin + performance.now();
  const urls = () => [...document.querySelectorAll('#results > li')].filter((li) => li.querySelector('.snippet')?.textContent)
    .map((li) => new URL(li.querySelector('h2 a').href).pathname.slice(1));
  globalThis.painted = () => new Promise((resolve) => {
    let timer;
    const done = (at) => {
      observer.disconnect();
      clearTimeout(timer);
      resolve({ at, urls: urls() });
    };
    const look = () => {
      const at = now();
      if (urls().length >= TEN) return done(at);
      clearTimeout(timer);
      if (!document.getElementById('status').textContent.startsWith('Searching')) timer = setTimeout(done, QUIET_MS, at);
    };
    const observer = new MutationObserver((changes) => {
      if (changes.some(({ target }) => target.closest?.('#results, #status'))) look();
    });
    observer.observe(document, { childList: true, subtree: true });
  });
  globalThis.first = globalThis.painted();
};

export const pagefind = {
  name: 'Pagefind',
  async start(browser, url, question) {
    const page = await this.open(browser, url);
    return { page, ...await this.next(page, question) };
  },
  next: (page, question) => pagefind.ask(page, question),
  async open(browser, url) {
    const page = await fresh(browser);
    await page.goto(url + BLANK);
    await page.evaluate(async () => {
      globalThis.pagefind = await import('/pagefind/pagefind.js');
      await globalThis.pagefind.init();
    });
    return page;
  },
  ask: (page, text) => page.evaluate(async (text) => {
    const begin = performance.now();
    const { results } = await globalThis.pagefind.search(text);
    const searchMs = performance.now() - begin;
    const shown = await Promise.all(results.slice(0, 10).map((result) => result.data()));
    const end = performance.now();
    return { ms: end - begin, searchMs, at: performance.timeOrigin + end, urls: shown.map(({ url }) => url.slice(1)) };
  }, text),
};
