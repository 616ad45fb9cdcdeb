// What the tests of the endpoint share: servers, the tools of the protocol's makers, a plain client of our own.
// In: sites. Out: running servers, what a program said, answers of the endpoint. Knows no test.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build, leave, program, project, temporary } from '../browser/support.mjs';

export { build, program, project, temporary };

const here = path.join(project, 'tests/mcp');
/** The suite and the Inspector need a newer Node than the tests: it comes as a package. */
const node = path.join(here, 'node_modules/node/bin/node');
export const suite = path.join(here, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
export const inspector = path.join(here, 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js');

const cleanups = [];
process.on('exit', () => cleanups.forEach((clean) => clean()));

/** Starts a program that says "on http://..." once it serves. */
export const start = async (command, ...words) => {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  cleanups.push(() => child.kill('SIGKILL'));
  let log = '';
  child.stderr.on('data', (text) => { log += text; });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = line.match(/on (http:\/\/\S+)/)?.[1];
    if (!url) continue;
    leave(child);
    return { url, mcp: `${url}mcp`, child, log: () => log };
  }
  throw new Error(`${command} ended before it served: ${log}`);
};

export const serve = (site, ...options) => start(program, 'serve', site, '--addr', '127.0.0.1:0', ...options);

/** Runs a script under the newer Node to its end. It has a home of its own, so that it leaves nothing behind. */
export const run = (script, ...words) => new Promise((resolve) => {
  const home = temporary();
  const child = spawn(node, [script, ...words], { cwd: home, env: { ...process.env, HOME: home, NO_COLOR: '1' } });
  let out = '';
  let err = '';
  child.stdout.on('data', (text) => { out += text; });
  child.stderr.on('data', (text) => { err += text; });
  child.on('close', (code) => resolve({ code, out, err }));
});

const VERSION = '2026-07-28';
const PREFIX = 'io.modelcontextprotocol/';

/** What every request of the current revision says of itself. */
export const meta = { [`${PREFIX}protocolVersion`]: VERSION, [`${PREFIX}clientCapabilities`]: {}, [`${PREFIX}clientInfo`]: { name: 'test', version: '1' } };

/** Sends one message as it is. */
export const post = (url, body, headers = {}) => fetch(url, {
  method: 'POST',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
});

/** Asks in the current revision; gives status and body. */
export const ask = async (url, method, params = {}) => {
  const name = params.name ?? params.uri;
  const headers = { 'mcp-protocol-version': VERSION, 'mcp-method': method, ...(name && { 'mcp-name': encoded(name) }) };
  const response = await post(url, { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } }, headers);
  return { status: response.status, body: await response.json() };
};

/** A header holds plain text only; anything else goes in base64. */
const encoded = (name) => (/^[\x21-\x7e]*$/.test(name) ? name : `=?base64?${Buffer.from(name).toString('base64')}?=`);

/** Calls a tool; gives its answer, or its error as an object. */
export const call = async (url, name, args = {}) => {
  const { body } = await ask(url, 'tools/call', { name, arguments: args });
  if (body.error) return { failed: body.error };
  if (body.result.isError) return { refused: JSON.parse(body.result.content[0].text) };
  return body.result.structuredContent;
};
