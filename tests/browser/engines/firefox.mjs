// Firefox as the matrix drives it, by WebDriver BiDi. In: nothing. Out: the few acts of a reader, and what the browser complained of.
// Drivers loosen Firefox: what they call recommended opens up file://, and tests would pass that no reader's browser does. So those
// settings are taken back here, and `strict` proves it. Knows no site.
import fs from 'node:fs';

const PREFERENCES = {
  'remote.prefs.recommended': false,
  'security.fileuri.strict_origin_policy': true,
  'privacy.file_unique_origin': true,
  // Quiet and without the network.
  'app.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'browser.region.network.url': '',
  'browser.safebrowsing.update.enabled': false,
};

/** What Firefox says of a request that a worker was to answer when the reader went to another page; of a worker that fails it says what failed. */
const GIVEN_UP = /A ServiceWorker intercepted the request and encountered an unexpected error\.$/;

export const firefox = async () => {
  const { launch } = await import('puppeteer-core');
  const executablePath = process.env.FIREFOX || '/usr/bin/firefox-esr';
  if (!fs.existsSync(executablePath)) throw new Error(`no browser at ${executablePath}; install firefox-esr or set FIREFOX`);
  const browser = await launch({ browser: 'firefox', executablePath, headless: true, extraPrefsFirefox: PREFERENCES });
  const open = async () => {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const complaints = [];
    page.on('console', (message) => ['error', 'warn'].includes(message.type()) && complaints.push(message.text()));
    page.on('pageerror', (error) => GIVEN_UP.test(error) || complaints.push(String(error)));
    return {
      complaints,
      // The driver may miss the end of a page that loads at once; whoever needs something of the page waits for it.
      go: (url) => page.goto(url, { waitUntil: 'domcontentloaded', timeout: 6000 }).catch((fault) => {
        if (fault.name !== 'TimeoutError') throw fault;
      }),
      // As one expression: what the driver itself calls may not be made of text on a page whose policy forbids it.
      ask: (script, ...args) => page.evaluate(`(${script})(...${JSON.stringify(args)})`),
      type: async (selector, text) => {
        await page.focus(selector);
        await page.keyboard.type(text, { delay: 10 });
      },
      press: (key) => page.keyboard.press(key),
      // A list that is filled anew under the pointer would take the click.
      click: (selector) => page.$eval(selector, (element) => element.click()),
      // A page that comes back whole loads nothing, and the driver would wait for that.
      back: () => page.evaluate(() => { history.back(); }),
      close: () => context.close(),
    };
  };
  return { open, close: () => browser.close() };
};
