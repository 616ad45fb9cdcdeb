// What searches cost on the wire: until ten results are shown in a cold browser, and for twenty questions in one visit.
// In: a browser, the host of a site, the sides, questions. Out: Markdown, with what the bytes were spent on.
import { grouped } from './data.mjs';
import { median, number, row, table } from './markdown.mjs';

/** Long enough for what a page still fetches of its own once the results are there. */
const SETTLE_MS = 1500;
const LEAVE_MS = 50;

const sum = (requests) => requests.reduce((bytes, request) => bytes + request.bytes, 0);
const kib = (bytes) => (bytes / 1024).toFixed(1);

/** Closes the page; what it asked for on its way out is not the next one's. */
const leave = async (page, home) => {
  await page.context().close();
  await new Promise((resolve) => setTimeout(resolve, LEAVE_MS));
  await home.taken();
};

/** Each question in a browser context of its own, side by side. */
export const cold = async (browser, home, sides, questions) => {
  const costs = [];
  for (const question of questions) {
    const cost = { question };
    for (const side of sides) {
      const { page, at, urls } = await side.start(browser, home.url, question);
      const requests = await home.taken(at);
      cost[side.name] = { bytes: sum(requests), requests, shown: urls.length };
      await leave(page, home);
    }
    costs.push(cost);
  }
  showCold(sides, costs);
  for (const side of sides) showKinds(side, costs);
};

const showCold = (sides, costs) => {
  console.log('\nUntil ten results are shown, a cold browser for each question, KiB as sent (all assets in):\n');
  table('question', ...sides.flatMap(({ name }) => [`${name} KiB`, 'requests', 'shown']), ...ratioHead(sides));
  const cells = (cost) => sides.flatMap(({ name }) => [kib(cost[name].bytes), cost[name].requests.length, cost[name].shown]);
  for (const cost of costs) row(cost.question, ...cells(cost), ...ratio(sides, (name) => cost[name].bytes));
  const all = (name) => costs.map((cost) => cost[name].bytes);
  for (const [label, pick] of [['median', median], ['worst', (values) => Math.max(...values)]]) {
    row(`**${label}**`, ...sides.flatMap(({ name }) => [`**${kib(pick(all(name)))}**`, '', '']), ...ratio(sides, (name) => pick(all(name))));
  }
  const own = all(sides[0].name);
  console.log(`\n- ${sides[0].name}, worst to median: **${(Math.max(...own) / median(own)).toFixed(2)}** (may be 1.6); the ratio of the medians may be 0.30`);
};

const ratioHead = (sides) => (sides.length > 1 ? ['ratio'] : []);
const ratio = (sides, bytes) => (sides.length > 1 ? [(bytes(sides[0].name) / bytes(sides[1].name)).toFixed(2)] : []);

/** What the bytes are spent on: medians and most by kind, and each request of the question in the middle. */
const showKinds = ({ name }, costs) => {
  const kinds = [...new Set(costs.flatMap((cost) => cost[name].requests.map(kind)))];
  console.log(`\n${name}, by kind (median and most of the questions):\n`);
  table('kind', 'requests', 'KiB', 'KiB at most');
  for (const one of kinds) {
    const each = costs.map((cost) => cost[name].requests.filter((request) => kind(request) === one));
    row(one, median(each.map((requests) => requests.length)), kib(median(each.map(sum))), kib(Math.max(...each.map(sum))));
  }
  const middle = costs.toSorted((a, b) => a[name].bytes - b[name].bytes)[costs.length >> 1];
  const told = middle[name].requests.map((request) => `${request.name} ${number(request.bytes)}`);
  console.log(`\nThe question in the middle, “${middle.question}”: ${told.join(', ')}`);
};

const KINDS = { page: /\.html$/, css: /\.css$/, engine: /^assets\/engine\.|pagefind-worker|wasm\./, catalogue: /catalogue\./, root: /^search\/root\.|entry\.json/,
  words: /^search\/w\/|\.pf_index$/, texts: /^search\/t\/|\.pf_fragment$/, metadata: /\.pf_meta$/, 'shards of names': /^search\/g\//, directory: /^search\/d\// };

const kind = ({ name }) => Object.keys(KINDS).find((kind) => KINDS[kind].test(name)) ?? name.match(/^search\/\w+\//)?.[0] ?? (name.endsWith('.js') ? 'scripts' : 'others');

/** All questions one after the other in one page, and what it fetches besides. */
export const visit = async (browser, home, sides, questions) => {
  const costs = {};
  for (const side of sides) {
    const { page } = await side.start(browser, home.url, questions[0]);
    for (const question of questions.slice(1)) await side.next(page, question);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    costs[side.name] = await home.taken();
    await leave(page, home);
  }
  console.log(`\n${questions.length} questions in one visit, ten results of each, and all that the page fetches besides:\n`);
  table('', 'requests', 'KiB', 'KiB a question');
  for (const [name, requests] of Object.entries(costs)) row(name, requests.length, kib(sum(requests)), kib(sum(requests) / questions.length));
  if (sides.length > 1) row('ratio (may be 0.25)', '', `**${ratio(sides, (name) => sum(costs[name]))}**`, '');
  for (const [name, requests] of Object.entries(costs)) {
    const parts = [...grouped(requests, kind)].map(([kind, own]) => `${kind} ${own.length}: ${kib(sum(own))}`);
    console.log(`\n${name}, requests and KiB by kind: ${parts.join(', ')}`);
  }
};
