//! Relevance of a site's search, measured against judged queries.
//!
//! In: a built site, queries (JSON Lines of `_id, text`) and judgements (tab-separated query, document, grade). Out:
//! nDCG@10 with linear gain, MRR@10 and recall@100, and each query's own. A query's document is the `_id` of a document
//! record or the path of a source; a document's score is its best chunk's.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result, bail};
use search::{Answer, Facets, Query, Reading, Semantic};
use serde::{Deserialize, Serialize};

use crate::{
    args::Scope,
    library::{is_version, without_extension},
    manifest::Manifest,
    open::Index,
};

/// Documents that count for nDCG and MRR.
const TOP: usize = 10;
/// Documents that count for recall.
const DEEP: usize = 100;
/// Hits asked for first, and at most: several chunks may stand for one document.
const HITS_FIRST: u32 = 150;
const HITS_MAX: u32 = 1_200;
/// So many documents that a site lacks are named.
const ABSENT_SHOWN: usize = 3;

/// What was measured over all queries.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Measures {
    pub(crate) queries: usize,
    #[serde(rename = "ndcg@10")]
    pub(crate) ndcg: f64,
    #[serde(rename = "mrr@10")]
    pub(crate) mrr: f64,
    #[serde(rename = "recall@100")]
    pub(crate) recall: f64,
    /// The worst first.
    pub(crate) worst: Vec<Measured>,
    /// Judged documents that the site does not have: none of them can be found.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) absent: BTreeSet<String>,
}

/// What was measured for one query.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) id: String,
    pub(crate) text: String,
    #[serde(rename = "ndcg@10")]
    pub(crate) ndcg: f64,
    #[serde(rename = "mrr@10")]
    mrr: f64,
    #[serde(rename = "recall@100")]
    recall: f64,
    /// The document that stood first.
    pub(crate) first: Option<String>,
}

/// How queries are asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) scope: Scope,
    pub(crate) semantic: Semantic,
}

#[derive(Deserialize)]
struct JudgedQuery {
    #[serde(rename = "_id")]
    id: String,
    text: String,
}

/// The grades of the documents of each query.
type Judgements = BTreeMap<String, BTreeMap<String, f64>>;

/// Asks every judged query and measures the answers.
pub(crate) fn evaluate(
    site: &Path,
    queries: &Path,
    judgements: &Path,
    asked: Asked,
) -> Result<Measures> {
    let judgements = read_judgements(judgements, asked.scope)?;
    let queries = read_queries(queries)?;
    let mut index = Index::open(site)?;
    let known = known_documents(site, asked.scope)?;
    let (mut measured, mut absent) = (Vec::new(), BTreeSet::new());
    for query in &queries {
        let Some(grades) = judgements.get(&query.id) else { continue };
        let mut relevant = grades.iter().filter(|(_, grade)| **grade > 0.0).peekable();
        if relevant.peek().is_some() {
            absent.extend(
                relevant.map(|(name, _)| name).filter(|name| !is_known(name, &known)).cloned(),
            );
            let ranking = ranking(&mut index, &query.text, asked)?;
            measured.push(measure(query, grades, &ranking));
        }
    }
    if measured.is_empty() {
        bail!(
            "no query has a judged document; do the ids of the queries and the judgements agree?"
        );
    }
    Ok(Measures { absent, ..summary(measured) })
}

impl Measures {
    /// What to know of a measure that judges more than the site has.
    pub(crate) fn sentence_of_absent(&self) -> Option<String> {
        let shown: Vec<&str> = self.absent.iter().take(ABSENT_SHOWN).map(String::as_str).collect();
        let more = if self.absent.len() > shown.len() { ", ..." } else { "" };
        let (count, shown) = (self.absent.len(), shown.join(", "));
        (count > 0).then(|| {
            format!(
                "{count} judged documents are not in the site and count as not found: {shown}{more}"
            )
        })
    }
}

/// The names under which a site's documents may be judged: paths, ids, and the ends of paths that are made of ids.
fn known_documents(site: &Path, scope: Scope) -> Result<HashSet<String>> {
    let manifest = Manifest::read(site)?;
    let sources = manifest.guides.iter().flat_map(|guide| &guide.sources);
    let names = sources.flat_map(|source| {
        let id = without_extension(&source.path).replace('/', "::");
        let end = source.path.rsplit('/').next().unwrap_or_default();
        [source.path.as_str(), &id, end].map(|name| in_scope(name, scope))
    });
    Ok(names.collect())
}

fn is_known(document: &str, known: &HashSet<String>) -> bool {
    known.contains(document) || known.contains(&document.replace('/', "_"))
}

fn summary(mut measured: Vec<Measured>) -> Measures {
    let count = measured.len() as f64;
    let mean = |value: fn(&Measured) -> f64| measured.iter().map(value).sum::<f64>() / count;
    let (ndcg, mrr, recall) = (mean(|m| m.ndcg), mean(|m| m.mrr), mean(|m| m.recall));
    measured.sort_by(|left, right| left.ndcg.total_cmp(&right.ndcg));
    Measures {
        queries: measured.len(),
        ndcg,
        mrr,
        recall,
        worst: measured,
        absent: BTreeSet::new(),
    }
}

/// Documents by their best chunk, best first; each document under its names.
fn ranking(index: &mut Index, text: &str, asked: Asked) -> Result<Vec<[String; 2]>> {
    let mut limit = HITS_FIRST;
    let Asked { scope, semantic } = asked;
    loop {
        let is_all = scope == Scope::All;
        let query = Query {
            text: text.into(),
            // Judged queries are sentences: a quote or a dash in them is what it is in print.
            reading: Reading::Words,
            limit,
            facets: Facets::Skip,
            every_version: is_all,
            every_duplicate: is_all,
            semantic,
            ..Query::default()
        };
        let answer = index.search(&query)?;
        let ranking = documents(&answer, scope);
        if ranking.len() >= DEEP || limit >= HITS_MAX || answer.hits.len() < limit as usize {
            return Ok(ranking);
        }
        limit *= 2;
    }
}

/// A chunk's document goes by its source's path, and by its id without the chunk's own part.
fn documents(answer: &Answer, scope: Scope) -> Vec<[String; 2]> {
    let mut seen = HashSet::new();
    let mut documents = Vec::new();
    for place in answer.hits.iter().flat_map(|hit| hit.record.places()) {
        let id = place.id.rsplit_once("::").map_or(place.id.as_str(), |(id, _)| id);
        let names = [in_scope(&place.source, scope), in_scope(id, scope)];
        if seen.insert(names[0].clone()) {
            documents.push(names);
        }
    }
    documents
}

/// The name under which a document counts: in each version, or once for all of them.
fn in_scope(name: &str, scope: Scope) -> String {
    let part = |part| if is_version(part) { "*" } else { part };
    match scope {
        Scope::All => name.to_string(),
        Scope::Newest => name.split('/').map(part).collect::<Vec<_>>().join("/"),
    }
}

fn measure(
    query: &JudgedQuery,
    grades: &BTreeMap<String, f64>,
    ranking: &[[String; 2]],
) -> Measured {
    let grade = |names: &[String; 2]| {
        names.iter().find_map(|name| grades.get(name)).copied().unwrap_or(0.0)
    };
    let found: Vec<f64> = ranking.iter().take(DEEP).map(grade).collect();
    let mut ideal: Vec<f64> = grades.values().copied().filter(|grade| *grade > 0.0).collect();
    let relevant = ideal.len() as f64;
    ideal.sort_by(|left, right| right.total_cmp(left));
    let first = found.iter().take(TOP).position(|grade| *grade > 0.0);
    Measured {
        id: query.id.clone(),
        text: query.text.clone(),
        ndcg: gain(&found) / gain(&ideal),
        mrr: first.map_or(0.0, |rank| 1.0 / (rank + 1) as f64),
        recall: found.iter().filter(|grade| **grade > 0.0).count() as f64 / relevant,
        first: ranking.first().map(|names| names[0].clone()),
    }
}

/// Discounted cumulative gain of the top documents, linear in the grade.
fn gain(grades: &[f64]) -> f64 {
    let discounted = |(rank, grade): (usize, &f64)| grade.max(0.0) / ((rank + 2) as f64).log2();
    grades.iter().take(TOP).enumerate().map(discounted).sum()
}

fn read_queries(file: &Path) -> Result<Vec<JudgedQuery>> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let query = |(at, line): (usize, &str)| {
        serde_json::from_str(line).with_context(|| {
            format!("{}:{}: expected an object with _id and text", file.display(), at + 1)
        })
    };
    lines.map(query).collect()
}

fn read_judgements(file: &Path, scope: Scope) -> Result<Judgements> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut judgements = Judgements::new();
    for (at, line) in text.lines().enumerate() {
        let fields: Vec<&str> = line.split('\t').collect();
        // Judgements come with three fields, or with four where the second is always 0.
        let (query, document, grade) = match fields[..] {
            [query, document, grade] | [query, _, document, grade] => (query, document, grade),
            _ if line.trim().is_empty() => continue,
            _ => bail!(
                "{}:{}: expected query, document and grade, tab-separated",
                file.display(),
                at + 1
            ),
        };
        match grade.trim().parse() {
            Ok(grade) => {
                let grades = judgements.entry(query.into()).or_default();
                let best: &mut f64 = grades.entry(in_scope(document, scope)).or_insert(grade);
                *best = best.max(grade);
            }
            Err(_) if at == 0 => {}
            Err(_) => bail!("{}:{}: the grade \"{grade}\" is not a number", file.display(), at + 1),
        }
    }
    Ok(judgements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_the_usual_ones() {
        let query = JudgedQuery { id: "1".into(), text: "q".into() };
        let grades = BTreeMap::from([
            ("a".to_string(), 2.0),
            ("b".to_string(), 1.0),
            ("c".to_string(), 0.0),
        ]);
        let names = |name: &str| [name.to_string(), String::new()];
        let best = measure(&query, &grades, &[names("a"), names("b")]);
        assert!((best.ndcg - 1.0).abs() < 1e-9 && (best.recall - 1.0).abs() < 1e-9);
        let worse = measure(&query, &grades, &[names("c"), names("x"), names("b")]);
        assert!((worse.mrr - 1.0 / 3.0).abs() < 1e-9 && (worse.recall - 0.5).abs() < 1e-9);
        assert!((worse.ndcg - 0.5 / (2.0 + 1.0 / 3f64.log2())).abs() < 1e-9, "{}", worse.ndcg);
    }
}
