// Relevance over judged collections: nDCG@10, MRR@10 and recall@100 of `mcdewey eval`, beside SQLite's FTS5.
// In: a folder with `judged` or its archive, each collection in the usual layout (corpus.jsonl, queries.jsonl,
// qrels/test.tsv). Out: a Markdown table. The figures of FTS5 (Porter stems, 40 stop words, title weight 5) were taken once.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { program, temporary } from '../browser/support.mjs';
import { found } from './data.mjs';

const FTS5 = { cranfield: .372, cacm: .419, npl: .435, cisi: .351, lisa: .400, med: .708, adi: .492, scifact: .694,
  'ki-cockroach': .523, 'ki-tldr': .451, 'mtrag-cloud-pool': .669 };

const evaluated = (collection, site, scope) => {
  const words = ['eval', site, '--queries', path.join(collection, 'queries.jsonl'),
    '--qrels', path.join(collection, 'qrels', 'test.tsv'), '--scope', scope, '--json'];
  return JSON.parse(execFileSync(program, words, { maxBuffer: 1 << 28 }));
};

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const shown = (value) => value.toFixed(3).replace(/^0/, '');

export const relevance = (data) => {
  const judged = found(data, 'judged');
  console.log('\n| collection | queries | nDCG@10 | FTS5 | MRR@10 | recall@100 |\n| --- | ---: | ---: | ---: | ---: | ---: |');
  const all = [];
  const row = (name, measures, peer) => console.log(`| ${[name, measures.queries, shown(measures['ndcg@10']), peer,
    shown(measures['mrr@10']), shown(measures['recall@100'])].join(' | ')} |`);
  for (const name of fs.readdirSync(judged).sort()) {
    const collection = path.join(judged, name);
    const site = path.join(temporary(), name);
    execFileSync(program, ['build', collection, '-o', site], { stdio: 'ignore' });
    const measures = evaluated(collection, site, 'all');
    all.push(measures['ndcg@10']);
    row(name, measures, FTS5[name] ? shown(FTS5[name]) : '–');
    if (name === 'ki-cockroach') row(`${name}, newest`, evaluated(collection, site, 'newest'), '–');
    fs.rmSync(site, { recursive: true });
  }
  console.log(`| **mean** | | **${shown(mean(all))}** | ${shown(mean(Object.values(FTS5)))} | | |`);
};
