// What the tests of saved libraries share: a reader who saves, searches and renews, from a host that can be stopped.
// In: a site's folder. Out: steps of that reader, and what the browser has. Knows no test.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe } from 'node:test';
import { chromium } from './engines/chromium.mjs';
import { firefox } from './engines/firefox.mjs';
import { hostOf } from './host.mjs';
import { until } from './reader.mjs';

export const PRODUCT = 'browse/northwind-voice/callbridge.html';
export const PAGE = 'northwind-voice/callbridge/12.5/admin-guide/admin-guide/15.html';
/** What is fetched for the saved library alone, or for a search. */
export const PARTS = /^search\/.*\/|\.pack$/;

export const has = (session, text) => until(session, text, (text) => document.querySelector('.offline')?.textContent.includes(text), text);
export const press = (session, text) => session.ask((text) => {
  [...document.querySelectorAll('.offline button, .toast button')].find((button) => button.textContent === text).click();
}, text);
export const ready = (session) => until(session, 'the worker', () => document.documentElement.dataset.offline === 'ready' && Boolean(navigator.serviceWorker.controller));
const ids = (session) => session.ask(() => [...document.querySelectorAll('#results > li')].map((one) => one.dataset.id));

/** Asks what saving would fetch. */
export const choose = async (session) => {
  await has(session, 'Save for offline');
  await press(session, 'Save for offline');
  await has(session, 'to fetch');
};

export const save = async (session, host, page) => {
  await session.go(host.url + page);
  await choose(session);
  const told = await session.ask(() => document.querySelector('.offline').textContent);
  await press(session, 'Save');
  await has(session, 'Saved for offline.');
  return told;
};

/** Waits until a part of what is saved has come. */
export const fetching = async (host) => {
  const begun = () => host.asked.filter(([file]) => PARTS.test(file)).length > 2;
  for (let tries = 0; tries < 500 && !begun(); tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(begun(), 'files of it are asked for');
};

/** Which of these pages the browser has otherwise than they lie in the folder. */
export const differing = async (session, folder, pages) => {
  const texts = Object.fromEntries(pages.map((page) => [page, fs.readFileSync(path.join(folder, page), 'utf8')]));
  return session.ask(async (texts, root) => {
    const wrong = [];
    for (const [page, text] of Object.entries(texts)) {
      const response = await fetch(new URL(page, root)).catch(() => null);
      if (!response?.ok || await response.text() !== text) wrong.push(page);
    }
    return wrong;
  }, texts, session.root);
};

export const search = async (session, host, query) => {
  await session.go(`${host.url}search.html?${query}`);
  await until(session, `results of ${query}`, () => /result/.test(document.querySelector('#status')?.textContent));
  // What meaning adds comes last, by shards of its own.
  await until(session, `the end of ${query}`, () => !document.querySelector('#results').hasAttribute('aria-busy'));
  return ids(session);
};

/** The tests of each browser; they get a way to walk through a folder. */
export const inEach = (tests) => {
  for (const [name, launch] of Object.entries({ chromium, firefox })) {
    describe(`in ${name}`, () => {
      let engine;
      before(async () => { engine = await launch(); });
      after(() => engine?.close());

      const walk = async (folder, steps) => {
        const host = await hostOf(folder);
        const session = await engine.open();
        session.root = host.url;
        try {
          await steps(session, host);
        } finally {
          await session.close();
          await host.stop().catch(() => {});
        }
      };
      tests(walk, name);
    });
  }
};
