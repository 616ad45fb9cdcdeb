// WebKit as the matrix drives it: WebKitGTK's MiniBrowser by its WebDriver, on a display of its own. In: nothing. Out: the few acts
// of a reader, and what the browser complained of, which it writes to its standard output. Knows no site.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:net';

const BROWSER = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const KEYS = { Enter: '\uE007', Escape: '\uE00C', ArrowDown: '\uE015' };
// A container has no user namespaces and no graphics card.
const ENVIRONMENT = {
  WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
  WEBKIT_DISABLE_COMPOSITING_MODE: '1',
  WEBKIT_DISABLE_DMABUF_RENDERER: '1',
  LIBGL_ALWAYS_SOFTWARE: '1',
  GDK_BACKEND: 'x11',
  NO_AT_BRIDGE: '1',
};

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** A display without a screen; it tells its number itself. */
const display = () => new Promise((resolve, reject) => {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  server.on('error', reject);
  server.stdio[3].once('data', (data) => resolve({ name: `:${String(data).trim()}`, close: () => server.kill() }));
});

export const webkit = async () => {
  for (const file of [BROWSER, '/usr/bin/WebKitWebDriver', '/usr/bin/Xvfb']) {
    if (!fs.existsSync(file)) throw new Error(`${file} is missing; install webkit2gtk-driver and xvfb`);
  }
  const screen = await display();
  const port = await freePort();
  const driver = spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], {
    env: { ...process.env, ...ENVIRONMENT, DISPLAY: screen.name },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  for (const stream of [driver.stdout, driver.stderr]) stream.on('data', (data) => said.push(...String(data).split('\n')));
  const close = async () => {
    driver.kill();
    screen.close();
  };
  return { open: () => session(port, said), close };
};

const call = async (port, method, path, body) => {
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
      const { value } = await response.json();
      if (value?.error) throw new Error(`${path}: ${value.error}: ${value.message}`);
      return value;
    } catch (fault) {
      // The driver needs a moment until it listens.
      if (fault.cause?.code !== 'ECONNREFUSED' || attempt > 50) throw fault;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
};

const session = async (port, said) => {
  const browserOptions = { binary: BROWSER, args: ['--automation', '--enable-write-console-messages-to-stdout=true'] };
  const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': browserOptions } };
  const { sessionId } = await call(port, 'POST', '/session', { capabilities });
  const act = (method, path, body) => call(port, method, `/session/${sessionId}${path}`, body);
  const find = async (selector) => (await act('POST', '/element', { using: 'css selector', value: selector }))[ELEMENT];
  const from = said.length;
  return {
    get complaints() {
      return said.slice(from).filter((line) => /^CONSOLE .*(ERROR|WARN)/.test(line));
    },
    go: (url) => act('POST', '/url', { url }),
    ask: (script, ...args) => act('POST', '/execute/sync', { script: `return (${script})(...arguments)`, args }),
    type: async (selector, text) => act('POST', `/element/${await find(selector)}/value`, { text }),
    press: async (key) => {
      const focused = (await act('GET', '/element/active'))[ELEMENT];
      return act('POST', `/element/${focused}/value`, { text: KEYS[key] ?? key });
    },
    // A list that is filled anew under the pointer would take the click.
    click: (selector) => act('POST', '/execute/sync', { script: 'document.querySelector(arguments[0]).click()', args: [selector] }),
    back: () => act('POST', '/back', {}),
    close: () => act('DELETE', ''),
  };
};
