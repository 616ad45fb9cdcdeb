// Chromium as the matrix drives it. In: flags. Out: the few acts of a reader, and what the browser complained of. Knows no site.
import { launch } from '../support.mjs';

export const chromium = async (...flags) => {
  const browser = await launch(...flags);
  const open = async (options = {}) => {
    const context = await browser.newContext(options);
    await context.addInitScript(() => addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy: ${event.violatedDirective} refuses ${event.blockedURI}`)));
    const page = await context.newPage();
    const complaints = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    const hosts = new Set();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    return {
      complaints,
      hosts,
      go: (url) => page.goto(url),
      ask: (script, ...args) => page.evaluate(({ script, args }) => new Function(`return (${script})(...arguments)`)(...args), { script: String(script), args }),
      type: (selector, text) => page.locator(selector).pressSequentially(text, { delay: 10 }),
      press: (key) => page.keyboard.press(key),
      click: (selector) => page.locator(selector).first().click(),
      back: () => page.goBack(),
      /** So many bytes of storage, no more. */
      limit: async (url, quotaSize) => {
        const tools = await context.newCDPSession(page);
        await tools.send('Storage.overrideQuotaForOrigin', { origin: new URL(url).origin, quotaSize });
      },
      close: () => context.close(),
    };
  };
  return { open, close: () => browser.close() };
};
