// Relevance over judged collections: nDCG@10, MRR@10 and recall@100 of `mcdewey eval`, beside SQLite's FTS5.
// In: a folder with `judged` or its archive, each collection in the usual layout (corpus.jsonl, queries.jsonl,
// qrels/test.tsv). Out: a Markdown table. The figures of FTS5 (Porter stems, 40 stop words, title weight 5) were taken once.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { program, temporary } from '../browser/support.mjs';
import { evaluated, found } from './data.mjs';
import { mean, share } from './markdown.mjs';

const FTS5 = { cranfield: .372, cacm: .419, npl: .435, cisi: .351, lisa: .400, med: .708, adi: .492, scifact: .694,
  'ki-cockroach': .523, 'ki-tldr': .451, 'mtrag-cloud-pool': .669 };

export const relevance = (data) => {
  const judged = found(data, 'judged');
  console.log('\n| collection | queries | nDCG@10 | FTS5 | MRR@10 | recall@100 |\n| --- | ---: | ---: | ---: | ---: | ---: |');
  const all = [];
  const row = (name, measures, peer) => console.log(`| ${[name, measures.queries, share(measures['ndcg@10']), peer,
    share(measures['mrr@10']), share(measures['recall@100'])].join(' | ')} |`);
  for (const name of fs.readdirSync(judged).sort()) {
    const collection = path.join(judged, name);
    const site = path.join(temporary(), name);
    execFileSync(program, ['build', collection, '-o', site], { stdio: 'ignore' });
    const measures = evaluated(collection, site, '--scope', 'all');
    all.push(measures['ndcg@10']);
    row(name, measures, FTS5[name] ? share(FTS5[name]) : '–');
    if (name === 'ki-cockroach') row(`${name}, newest`, evaluated(collection, site, '--scope', 'newest'), '–');
    fs.rmSync(site, { recursive: true });
  }
  console.log(`| **mean** | | **${share(mean(all))}** | ${share(mean(Object.values(FTS5)))} | | |`);
};
