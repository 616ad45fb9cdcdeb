// McDewey's search beside Pagefind's in a browser, over the same pages: bytes, sizes, times, and what comes first.
// In: the folder of the data, or a site that was built before. Out: Markdown on the standard output.
//   node tests/figures/search.mjs DATA [--keep FOLDER] [--libraries cpp,longhorn,library] [--only ours] [--parts cold,visit,...] [--beside=OPTION]
//   node tests/figures/search.mjs --site SITE --queries cpp [--pagefind INDEX] [--only ours] [--parts cold,visit,...]
// `--beside` builds once more with an option of `mcdewey build`, and compares what the index takes.
// A kept folder holds sites and Pagefind's indexes; the next run takes an index from there if its pages are the same.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launch, temporary } from '../browser/support.mjs';
import { found } from './data.mjs';
import { pagefindInstalled } from './peers.mjs';
import { cold, visit } from './search-bytes.mjs';
import { known, repeats } from './search-hits.mjs';
import { host } from './search-host.mjs';
import { mcdewey, meant, pagefind } from './search-sides.mjs';
import { apart, besides, built, indexed, sizes } from './search-sites.mjs';
import { typing, warm } from './search-speed.mjs';

const QUESTIONS = JSON.parse(fs.readFileSync(new URL('queries.json', import.meta.url), 'utf8'));

/** Where each library lies in the data; its vendor and product stay above it, so that it is placed as in the whole. */
const LIBRARIES = { cpp: 'microsoft/cpp', longhorn: 'suse/longhorn', library: '' };

/** The library whose versions share most. */
const APART = 'longhorn';

/** `at` holds what a part may need; a part takes of it what it does. */
const PARTS = {
  sizes: ({ site, index }) => sizes(site, index),
  cold: ({ browser, home, sides, questions }) => cold(browser, home, sides, questions),
  visit: ({ browser, home, sides, questions }) => visit(browser, home, sides, questions),
  warm: ({ browser, home, sides, questions }) => warm(browser, home, [...sides, meant], questions),
  typing: ({ browser, home, sides, questions }) => typing(browser, home, [...sides, meant], questions),
  known: ({ browser, home, sides, site }) => known(browser, home, withMeaning(sides), site),
  repeats: ({ browser, home, sides, site, questions }) => repeats(browser, home, withMeaning(sides), site, questions),
};

/** What comes first is judged by all that the page asks. */
const withMeaning = ([, ...others]) => [meant, ...others];

export const search = async (data, { keep = temporary(), libraries = Object.keys(LIBRARIES), only, parts, beside: besideOption } = {}) => {
  const peer = only ? undefined : pagefindInstalled(path.join(keep, 'tools'));
  if (peer) console.log(`\n${peer.version}, over the \`<main>\` of the chunk pages that McDewey wrote; one run, the sides taking turns.`);
  for (const name of libraries) {
    const folder = path.join(keep, name);
    fs.mkdirSync(folder, { recursive: true });
    console.log(`\n### ${LIBRARIES[name] || 'the whole library'}`);
    const library = alone(found(data, 'library'), LIBRARIES[name], folder);
    const site = await built(library, folder);
    if (name === APART) await apart(library, folder, site);
    if (besideOption) await besides(library, folder, site, besideOption);
    await compare(site, peer && await indexed(site, folder, peer.program), QUESTIONS[name], parts);
  }
};

/** A library that holds one product only, in its place. */
const alone = (library, product, folder) => {
  if (!product) return library;
  const own = path.join(folder, 'library');
  if (!fs.existsSync(own)) fs.cpSync(path.join(library, product), path.join(own, product), { recursive: true });
  return own;
};

const compare = async (site, index, questions, parts = Object.keys(PARTS)) => {
  const browser = await launch();
  const home = await host(index ? { '': site, 'pagefind/': index } : { '': site });
  const sides = index ? [mcdewey, pagefind] : [mcdewey];
  for (const part of parts) {
    await PARTS[part]({ browser, home, sides, site, index, questions });
    // What a part has fetched is not the next one's.
    await home.taken();
  }
  await browser.close();
  home.close();
};

const listed = (words) => words?.split(',');

const main = async () => {
  const options = Object.fromEntries(['site', 'pagefind', 'queries', 'only', 'parts', 'keep', 'libraries', 'beside'].map((name) => [name, { type: 'string' }]));
  const { values: { site, pagefind, queries, only, parts, keep, libraries, beside }, positionals: [data] } = parseArgs({ options, allowPositionals: true });
  if (site) return compare(site, only ? undefined : pagefind, QUESTIONS[queries], listed(parts));
  return search(data, { keep, libraries: listed(libraries), only, beside, parts: listed(parts) });
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
