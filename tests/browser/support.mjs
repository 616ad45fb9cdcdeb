// What the tests share: the real program, sites made by it, a browser that reports every complaint.
// In: libraries and sites as folders. Out: built sites, servers of them, pages. Knows no test.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const project = fileURLToPath(new URL('../../', import.meta.url));
export const example = path.join(project, 'examples/library');

const target = path.resolve(project, process.env.CARGO_TARGET_DIR ?? 'target');
export const program = path.join(target, 'release/mcdewey');
if (!fs.existsSync(program)) throw new Error(`${program} is missing; build it first: cargo build --release -p mcdewey`);

const cleanups = [];
process.on('exit', () => cleanups.forEach((clean) => clean()));

/** A folder that is gone when the tests are. */
export const temporary = () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mcdewey-test-'));
  cleanups.push(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Runs the program to its end and returns what it printed. */
export const mcdewey = (...words) => execFileSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });

/** What a search prints. One without hits ends with 1, and says on the error stream at most what is to be known of it. */
export const search = (site, ...words) => {
  try {
    return mcdewey('search', site, ...words);
  } catch (error) {
    if (error.status === 1 && !error.stderr.startsWith('mcdewey: ')) return error.stdout;
    throw error;
  }
};

/** Builds the site of a library in a folder of its own. */
export const build = (library = example, ...options) => {
  const site = path.join(temporary(), 'site');
  mcdewey('build', library, '-o', site, ...options);
  return site;
};

/** A library of these files, by path. */
export const library = (files) => {
  const folder = temporary();
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
};

export const copy = (site) => {
  const folder = path.join(temporary(), 'site');
  fs.cpSync(site, folder, { recursive: true });
  return folder;
};

/** The addresses of all files below a folder, sorted. */
export const files = (folder) =>
  fs.readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();

/** A program that runs beside the tests must not outlive them: one that fails before it stops its server would never end. */
export const leave = (child) => [child, child.stdout, child.stderr].forEach((handle) => handle?.unref());

/** Serves a site with the program itself. */
export const serve = async (site, ...options) => {
  const child = spawn(program, ['serve', site, '--addr', '127.0.0.1:0', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanups.push(() => child.kill());
  for await (const line of createInterface({ input: child.stdout })) {
    const address = line.match(/on (http:\/\/\S+)/)?.[1];
    if (!address) continue;
    leave(child);
    return { url: address, close: () => child.kill() };
  }
  throw new Error('the server ended before it served');
};

/** The two worlds that a site must work in: its addresses begin with what `open` gives. */
export const worlds = {
  http: (site) => serve(site),
  file: async (site) => ({ url: `${pathToFileURL(site).href}/`, close() {} }),
};

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];

/** A headless browser. A missing one is a failure, never a test that is left out. */
export const launch = async (...flags) => {
  const { chromium } = await import('playwright-core');
  const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
  if (!fs.existsSync(executablePath)) throw new Error(`no browser at ${executablePath}; install chromium or set CHROMIUM`);
  return chromium.launch({ executablePath, args: [...FLAGS, ...flags], headless: true });
};

/**
 * A page in a fresh profile. `page.complaints` collects errors and warnings of the console, exceptions, violations of
 * the policy, dialogs and requests that leave the site; a test asserts that there are none.
 */
export const visit = async (browser, url, options = {}) => {
  const context = await browser.newContext(options);
  await context.addInitScript(() => addEventListener('securitypolicyviolation', (event) =>
    console.error(`policy: ${event.violatedDirective} refuses ${event.blockedURI} ${event.sample}`)));
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.complaints = [];
  const complain = (kind, text) => page.complaints.push(`${kind}: ${text}`);
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complain(message.type(), message.text()));
  page.on('pageerror', (error) => complain('exception', String(error)));
  page.on('dialog', (dialog) => {
    complain('dialog', dialog.message());
    dialog.dismiss();
  });
  page.on('request', (request) => leaves(url, request.url()) && complain('request', request.url()));
  await page.goto(url);
  return page;
};

/** Opens a page of a site, hands it to the steps, and asserts that the browser had nothing to complain of. */
export const walk = async (browser, url, steps, options) => {
  const page = await visit(browser, url, options);
  try {
    await steps(page);
    assert.deepEqual(page.complaints, []);
  } finally {
    await page.context().close();
  }
};

/** A browser and a server of a site for the tests of a file, and the way to walk through its pages. */
export const hosted = (site) => {
  const own = { walk: (address, steps, options) => walk(own.browser, own.served.url + address, steps, options) };
  before(async () => {
    own.browser = await launch();
    own.served = await serve(site);
  });
  after(async () => {
    await own.browser?.close();
    own.served?.close();
  });
  return own;
};

/** Whether an address is of another host, or of none where the site lies on disk. */
const leaves = (site, address) => {
  const [home, to] = [new URL(site), new URL(address)];
  return !['blob:', 'data:'].includes(to.protocol) && (to.protocol !== home.protocol || to.host !== home.host);
};

/** Waits until a search page shows what it found for a query. */
export const asked = (page, query) => page.waitForFunction((query) => new URLSearchParams(location.search).get('q') === query
  && !document.querySelector('#results').ariaBusy && document.querySelector('#results > li'), query);
