// How the server sends the files of a site: parts of them, and their types.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { library } from '../browser/support.mjs';
import { build, serve } from './support.mjs';

const KINDS = {
  pdf: 'application/pdf',
  csv: 'text/plain; charset=utf-8',
  zip: 'application/zip',
  mp4: 'video/mp4',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
};
const manual = randomBytes(5000);

describe('the server', () => {
  let server;
  let links;
  const get = (path, headers = {}) => fetch(new URL(path, server.url), { headers });

  before(async () => {
    const names = Object.keys(KINDS).map((kind) => `manual.${kind}`);
    const files = names.map((name) => [`acme/box/v1/guide/${name}`, name.endsWith('pdf') ? manual : name]);
    const text = `# Guide\n\n${names.map((name) => `[${name}](${name})`).join(' ')}\n`;
    server = await serve(build(library({ 'acme/box/v1/guide/text.md': text, ...Object.fromEntries(files) })));
    const page = await (await get('/read/acme/box/v1/guide/text.html')).text();
    links = Object.fromEntries([...page.matchAll(/files\/[0-9a-f]+\.(\w+)/g)].map(([path, kind]) => [kind, `/${path}`]));
  });
  after(() => server.child.kill());

  test('gives every attachment its type', async () => {
    for (const [kind, type] of Object.entries(KINDS)) {
      assert.equal((await get(links[kind])).headers.get('content-type'), type, kind);
    }
  });

  test('sends the part that is asked for, to who has the same file', async () => {
    const whole = await get(links.pdf, { 'accept-encoding': 'gzip, br' });
    const tag = whole.headers.get('etag');
    assert.deepEqual([whole.status, whole.headers.get('accept-ranges'), whole.headers.get('content-encoding')], [200, 'bytes', null]);
    const part = async (range, more = {}) => {
      const response = await get(links.pdf, { range, 'accept-encoding': 'gzip, br', ...more });
      return [response.status, response.headers.get('content-range'), Buffer.from(await response.arrayBuffer())];
    };
    assert.deepEqual(await part('bytes=100-299'), [206, 'bytes 100-299/5000', manual.subarray(100, 300)]);
    assert.deepEqual(await part('bytes=-7', { 'if-range': tag }), [206, 'bytes 4993-4999/5000', manual.subarray(4993)]);
    assert.deepEqual(await part('bytes=0-', { 'if-range': '"another"' }), [200, null, manual]);
    assert.deepEqual(await part('bytes=0-1,5-6'), [200, null, manual]);
    assert.deepEqual((await part('bytes=5000-')).slice(0, 2), [416, 'bytes */5000']);
    // As a client that was interrupted goes on.
    const halves = [await part('bytes=0-2499'), await part('bytes=2500-', { 'if-range': tag })].map(([, , bytes]) => bytes);
    const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');
    assert.equal(digest(Buffer.concat(halves)), digest(manual));
    const head = await fetch(new URL(links.pdf, server.url), { method: 'HEAD', headers: { range: 'bytes=0-1' } });
    assert.equal(head.status, 200);
  });

  test('sends what it compresses whole', async () => {
    const page = await get('/index.html', { range: 'bytes=0-9', 'accept-encoding': 'gzip' });
    assert.deepEqual([page.status, page.headers.get('content-encoding')], [200, 'gzip']);
    assert.match(page.headers.get('etag'), /^W\//);
    const plain = await get('/index.html', { range: 'bytes=0-14', 'accept-encoding': 'identity' });
    assert.equal(plain.status, 206);
    assert.equal(await plain.text(), '<!doctype html>');
  });
});
