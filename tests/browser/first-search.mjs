// Measures one search on a cold browser, from the address to the painted results.
// In: a browser, a site, a question. Out: requests, dependent trips, bytes as sent, time, hits.
//
// Requests are those that the search makes until its results are painted: engine, root and shards. What the
// HTML itself links (style sheet, icon, scripts) comes with every page of the site and is counted apart, but its
// bytes are in the sum. A request depends on all answers that were there when the page made it, not when a
// connection became free for it; the longest chain is the trips.
import { serveSlowly } from './slow-server.mjs';
import { visit } from './support.mjs';

/** Longer than a page takes to make the requests of one round, so that one round is one trip. */
export const DELAY_MS = 150;
const LOOKS = /\.(css|svg)$/;
const SEARCH = /^search\/|^assets\/engine\./;

export const firstSearch = async (browser, site, question) => {
  const served = await serveSlowly(site, DELAY_MS);
  const page = await visit(browser, 'about:blank');
  try {
    await page.context().addInitScript(notePaint);
    await page.goto(`${served.url}search.html?q=${encodeURIComponent(question)}`);
    await page.locator('#results > li').first().waitFor({ timeout: 20_000 });
    const { painted, hits, made } = await page.evaluate(timings);
    // What is related by meaning is counted apart.
    const total = Number((await page.locator('#status').textContent()).split(/ result|,\s/)[0].replace(/\D/g, ''));
    const before = made.filter(({ name, end }) => !LOOKS.test(name) && end <= painted);
    const names = before.map(({ name }) => `${name} ${served.sent.get(name)}`);
    const bytes = before.reduce((sum, { name }) => sum + served.sent.get(name), 0);
    const own = before.filter(({ name }) => SEARCH.test(name));
    return {
      requests: own.length, trips: trips(own), bytes, ms: Math.round(painted), hits, total, names,
      withScripts: { requests: before.length, trips: trips(before) },
    };
  } finally {
    await page.context().close();
    served.close();
  }
};

/** In the page: notes when the first results stand in the list, and how many. */
const notePaint = () => {
  const look = () => {
    const hits = document.querySelectorAll('#results > li').length;
    if (hits) globalThis.noted ??= { painted: performance.now(), hits };
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
};

/** In the page: the requests that it made, by the browser's own clock. */
const timings = () => {
  const entries = performance.getEntriesByType('resource').filter((entry) => entry.name.startsWith(location.origin));
  const made = entries.map((entry) => ({ name: new URL(entry.name).pathname.slice(1), start: entry.startTime, end: entry.responseEnd }));
  return { ...globalThis.noted, made };
};

const trips = (requests) => {
  const depths = [];
  for (const { start, end } of requests.toSorted((a, b) => a.start - b.start)) {
    const before = depths.filter((earlier) => earlier.end <= start).map((earlier) => earlier.depth);
    depths.push({ end, depth: 1 + Math.max(0, ...before) });
  }
  return Math.max(0, ...depths.map(({ depth }) => depth));
};
