// What meaning adds to words, over judged collections: nDCG@10 and recall@100 of `mcdewey eval --semantic off` and `auto`.
// In: a folder with `judged` or its archive; MCDEWEY_TEST_MODEL may name the folder of a model, then ki-cockroach is left out for time. MCDEWEY_SITES may
// name a folder in which sites and what was encoded are kept. Out: a Markdown table.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { program, temporary } from '../browser/support.mjs';
import { evaluated, found } from './data.mjs';
import { mean, share } from './markdown.mjs';

export const semantic = (data) => {
  const judged = found(data, 'judged');
  console.log('\n| collection | nDCG@10, words | with meaning | recall@100, words | with meaning |');
  console.log('| --- | ---: | ---: | ---: | ---: |');
  const all = [];
  const { MCDEWEY_TEST_MODEL: model, MCDEWEY_SITES: sites } = process.env;
  for (const name of fs.readdirSync(judged).sort().filter((name) => !model || name !== 'ki-cockroach')) {
    const collection = path.join(judged, name);
    const site = path.join(sites ?? temporary(), name);
    execFileSync(program, ['build', collection, '-o', site, ...model ? ['--model', model] : []], { stdio: 'ignore' });
    const both = ['off', 'auto'].map((mode) => evaluated(collection, site, '--semantic', mode));
    const row = ['ndcg@10', 'recall@100'].flatMap((measure) => both.map((measures) => measures[measure]));
    all.push(row);
    console.log(`| ${[name, ...row.map((value) => share(value))].join(' | ')} |`);
    if (!sites) fs.rmSync(site, { recursive: true });
  }
  const means = [0, 1, 2, 3].map((at) => mean(all.map((row) => row[at])));
  console.log(`| **mean** | ${means.map((value) => share(value)).join(' | ')} |`);
};
