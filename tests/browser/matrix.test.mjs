// One way through a site, in three engines, over http and from disk, there also from a folder of an awkward name.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from './engines/chromium.mjs';
import { firefox } from './engines/firefox.mjs';
import { webkit } from './engines/webkit.mjs';
import { readAll } from './reader.mjs';
import { build, temporary, worlds } from './support.mjs';

const site = build();

/** Blanks, signs that mean something in addresses, letters of no ASCII. */
const awkward = path.join(temporary(), 'a site #1 100%25 Ünïcode 交换机?');
fs.cpSync(site, awkward, { recursive: true });

const places = {
  ...worlds,
  'an awkward folder': async () => ({ url: `${pathToFileURL(awkward).href}/`, close() {} }),
};

for (const [name, launch] of Object.entries({ chromium, firefox, webkit })) {
  describe(`in ${name}`, () => {
    let engine;
    before(async () => { engine = await launch(); });
    after(() => engine?.close());

    test('files are as strict as in a browser that nobody drives', async () => {
      const session = await engine.open();
      await session.go(`${pathToFileURL(site).href}/index.html`);
      const answer = await session.ask(() => {
        const request = new XMLHttpRequest();
        try {
          request.open('GET', 'search.html', false);
          request.send();
          return request.status || request.responseText.length ? 'loose' : 'strict';
        } catch {
          return 'strict';
        }
      });
      assert.equal(answer, 'strict');
      await session.close();
    });

    for (const [place, open] of Object.entries(places)) {
      test(`a reader finds the way over ${place}`, async () => {
        const home = await open(site);
        const session = await engine.open();
        try {
          await readAll(session, home.url);
        } finally {
          await session.close();
          home.close();
        }
      });
    }
  });
}
