// What a first search costs on a cold browser: at most 14 requests and 4 dependent trips to ten painted results
// (first-search.mjs tells what is counted), and the page's own scripts add one trip, no more.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { build, launch } from './support.mjs';
import { firstSearch } from './first-search.mjs';

const REQUESTS_MAX = 14;
const TRIPS_MAX = 4;
// The module, the scripts and root may take 80 KB; what is left is for the shards of one query. The longest passages are the user guide's.
const BYTES_MAX = 118_000;
const QUESTIONS = ['snapshot restore', 'release', 'dtmf', 'UPDATE_CALL_VARS', 'gridctl job submit', 'how do I restart a machine', 'confi', '交换机'];

const site = build();
let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

for (const question of QUESTIONS) {
  test(`the first search for "${question}" is cheap`, async (context) => {
    const cost = await firstSearch(browser, site, question);
    assert.ok(cost.hits > 0 && (cost.hits === 10 || cost.hits === cost.total), `ten results, or all: ${cost.hits} of ${cost.total}`);
    const told = JSON.stringify(cost, null, 1);
    context.diagnostic(`${cost.requests} requests, ${cost.trips} trips, ${cost.bytes} bytes, ${cost.ms} ms`);
    assert.ok(cost.requests <= REQUESTS_MAX, `${cost.requests} requests: ${told}`);
    assert.ok(cost.trips <= TRIPS_MAX, `${cost.trips} trips: ${told}`);
    assert.ok(cost.withScripts.trips <= cost.trips + 1, `the scripts wait for each other: ${told}`);
    assert.ok(cost.bytes <= BYTES_MAX, `${cost.bytes} bytes: ${told}`);
  });
}
