// Related passages for agents: what a passage's page offers to read next, fetch tells too, from the site alone, within its budget.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { copy, example, files, library, mcdewey } from '../browser/support.mjs';
import { call as told, connected, over } from './official.mjs';
import { build, call, program, serve, temporary } from './support.mjs';

const site = build();
/** The smallest room that an answer can be given, in tokens. */
const ROOM_MIN = 500;

/** Where the links behind a page's text lead, as addresses from the site's root. */
const offered = (folder, url) => {
  const list = fs.readFileSync(path.join(folder, url), 'utf8').split('</main>')[1].match(/<nav class="related".*?<\/nav>/s)?.[0] ?? '';
  return [...list.matchAll(/href="([^"]+)"/g)].map(([, href]) => path.posix.join(path.posix.dirname(url), href));
};

const isChunk = (url) => url.endsWith('.html') && fs.readFileSync(path.join(site, url), 'utf8').includes('<body class="chunk">');
const pages = files(site).filter(isChunk);
/** A page that offers most. */
const richest = pages.reduce((best, url) => (offered(site, url).length > offered(site, best).length ? url : best));

/** About as many tokens as the server takes a text for. */
const tokens = (text) => {
  const wide = [...text].filter((sign) => sign > '\x7f').length;
  return Math.ceil(text.replace(/[^\0-\x7f]/gu, '').length / 4) + wide;
};

/** A server that ends with its test, however that ends. */
const serving = async (t, ...words) => {
  const started = await serve(...words);
  t.after(() => started.child.kill());
  return started;
};

/** The id that a page says of its passage. */
const idOn = (folder, url) => fs.readFileSync(path.join(folder, url), 'utf8').match(/id="chunk-id">([^<]+)/)[1];

/** The ids of what a page offers. */
const ids = (folder, url) => offered(folder, url).map((to) => idOn(folder, to));

/** The ids that an answer names. */
const named = ({ related_passages: related = [] }) => related.map(({ id }) => id);

describe('related passages', { timeout: 300_000 }, () => {
  let server;
  before(async () => { server = await serve(site); });
  after(() => server.child.kill());

  /** What fetch says of the longest passage that has related ones: too long for the smallest room. */
  const longest = async () => {
    const answers = await Promise.all(pages.filter((url) => offered(site, url).length).map((id) => call(server.mcp, 'fetch', { id })));
    const [answer] = answers.sort((one, other) => other.text.length - one.text.length);
    assert.ok(tokens(answer.text) > ROOM_MIN, `${tokens(answer.text)}`);
    return answer;
  };

  test('are those that stand on the page, each with what is needed to choose it', async () => {
    const client = await over(server);
    const answers = new Map();
    for (const url of pages) answers.set(url, await told(client, 'fetch', { id: url }));
    let across = 0;
    for (const [url, answer] of answers) {
      assert.deepEqual(named(answer), ids(site, url), url);
      for (const [at, related] of (answer.related_passages ?? []).entries()) {
        const { id, title, metadata } = answers.get(offered(site, url)[at]);
        assert.deepEqual({ ...related }, JSON.parse(JSON.stringify({ id, title, guide: metadata.guide })), 'no more than that');
        across += metadata.product !== answer.metadata.product;
      }
    }
    assert.ok(offered(site, richest).length >= 3 && across > 0, `${offered(site, richest).length}, ${across} across products`);
    await client.close();
  });

  test('come over standard input and output, from a copy of the site alone', async () => {
    const alone = copy(site);
    assert.deepEqual(fs.readdirSync(path.dirname(alone)), ['site'], 'no record lies beside it');
    const client = await connected(new StdioClientTransport({ command: program, args: ['mcp', alone], stderr: 'ignore' }));
    assert.deepEqual(named(await told(client, 'fetch', { id: richest })), ids(site, richest));
    await client.close();
  });

  test('never take the room of the text', async (t) => {
    const whole = await longest();
    const { id, related_passages: all } = whole;
    const size = tokens(whole.text);
    let most = 0;
    for (const room of [0, 60, 200, 2_000]) {
      const small = await serving(t, site, '--max-tokens', String(size + room));
      const { text, related_passages: related = [] } = await call(small.mcp, 'fetch', { id });
      assert.equal(text, whole.text);
      assert.deepEqual(related.map(({ id }) => id), all.slice(0, related.length).map(({ id }) => id), 'the nearest come first');
      assert.ok(related.reduce((sum, one) => sum + tokens(JSON.stringify(one)), 0) <= room, `${related.length} in ${room}`);
      assert.ok(related.length >= most);
      most = related.length;
    }
    assert.equal(most, all.length);
  });

  test('come with the end of a text that comes in parts', async (t) => {
    const whole = await longest();
    const small = await serving(t, site, '--max-tokens', String(ROOM_MIN));
    let [text, cursor, turns] = ['', undefined, 0];
    do {
      const part = await call(small.mcp, 'fetch', { id: whole.id, ...(cursor && { cursor }) });
      text += part.text;
      cursor = part.next_cursor;
      turns += 1;
      if (cursor) assert.equal(part.related_passages, undefined, 'there is no room while there is text');
      else assert.ok(part.related_passages.length > 0, JSON.stringify(part));
    } while (cursor);
    assert.ok(turns > 1);
    assert.equal(text, whole.text);
  });

  test('are those of the newest build', async (t) => {
    const own = path.join(temporary(), 'library');
    fs.cpSync(example, own, { recursive: true });
    const built = build(own);
    const running = await serving(t, built);
    let [first, file] = [];
    for (const related of (await call(running.mcp, 'fetch', { id: richest })).related_passages) {
      const { metadata } = await call(running.mcp, 'fetch', { id: related.id });
      // A record has no file of its own.
      if (!file && fs.existsSync(path.join(own, metadata.source))) [first, file] = [related, path.join(own, metadata.source)];
    }
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, text.split(first.title).join(`${first.title} anew`));
    mcdewey('build', own, '-o', built);
    const answer = await call(running.mcp, 'fetch', { id: richest });
    assert.deepEqual(named(answer), ids(built, richest));
    assert.ok(answer.related_passages.some(({ title }) => title === `${first.title} anew`), JSON.stringify(answer.related_passages));
  });

  test('are left out where the page knows more than the index, or is not there', async (t) => {
    const odd = copy(site);
    const running = await serving(t, odd);
    const page = path.join(odd, richest);
    const text = fs.readFileSync(page, 'utf8');
    const [first] = offered(site, richest);
    const [, ...others] = ids(site, richest);
    const ask = () => call(running.mcp, 'fetch', { id: richest });
    for (const elsewhere of ['not/yet/there.html', 'index.html', '../../../../../../../../etc/passwd', '//host/']) {
      fs.writeFileSync(page, text.replace(`${first}">`, `${elsewhere}">`));
      assert.deepEqual(named(await ask()), others, elsewhere);
    }
    fs.rmSync(page);
    const answer = await ask();
    assert.ok(answer.text.length > 0);
    assert.equal(answer.related_passages, undefined);
  });

  test('are none where nothing is known of meaning', async (t) => {
    const running = await serving(t, build(library({ 'acme/box/v1/guide/text.md': '# Title\n\nBefore.\n' })));
    const answer = await call(running.mcp, 'fetch', { id: 'acme::box::v1::guide::text::1' });
    assert.match(answer.text, /Before/);
    assert.equal('related_passages' in answer, false);
  });
});
