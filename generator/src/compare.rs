//! Two measurements of the same queries side by side: what `eval --baseline` tells.
//!
//! In: what was measured once and what was measured now. Out: means, and the queries that got worse and better, the greatest change
//! first. Knows no site and no judgements.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use serde::Serialize;

use crate::eval::Measures;

/// Changes smaller than this are rounding.
const CHANGE_MIN: f64 = 1e-6;

/// Then and now.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    pub(crate) means: Vec<Mean>,
    /// The worst first.
    pub(crate) worse: Vec<Change>,
    /// The best first.
    pub(crate) better: Vec<Change>,
    /// Queries that only one of them measured.
    pub(crate) unpaired: usize,
}

/// A mean over all queries.
#[derive(Debug, Serialize)]
pub(crate) struct Mean {
    pub(crate) name: &'static str,
    pub(crate) before: f64,
    pub(crate) now: f64,
}

/// A query whose nDCG@10 changed.
#[derive(Debug, Serialize)]
pub(crate) struct Change {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) before: f64,
    pub(crate) now: f64,
    /// The documents that stood first.
    pub(crate) first_before: Option<String>,
    pub(crate) first_now: Option<String>,
}

/// Reads what `eval --json` printed.
pub(crate) fn read(file: &Path) -> Result<Measures> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{} is not what eval --json prints", file.display()))
}

/// Compares query by query.
pub(crate) fn compare(before: &Measures, now: &Measures) -> Comparison {
    let known: BTreeMap<&str, _> =
        before.worst.iter().map(|query| (query.id.as_str(), query)).collect();
    let pairs = now.worst.iter().filter_map(|now| Some((*known.get(now.id.as_str())?, now)));
    let changes = pairs.clone().map(|(before, now)| Change {
        id: now.id.clone(),
        text: now.text.clone(),
        before: before.ndcg,
        now: now.ndcg,
        first_before: before.first.clone(),
        first_now: now.first.clone(),
    });
    let (mut worse, mut better): (Vec<Change>, Vec<Change>) = changes
        .filter(|change| (change.now - change.before).abs() > CHANGE_MIN)
        .partition(|change| change.now < change.before);
    worse.sort_by(|left, right| left.by().total_cmp(&right.by()));
    better.sort_by(|left, right| right.by().total_cmp(&left.by()));
    let mean = |name, before, now| Mean { name, before, now };
    Comparison {
        means: vec![
            mean("ndcg@10", before.ndcg, now.ndcg),
            mean("mrr@10", before.mrr, now.mrr),
            mean("recall@100", before.recall, now.recall),
        ],
        unpaired: before.worst.len() + now.worst.len() - 2 * pairs.count(),
        worse,
        better,
    }
}

impl Change {
    pub(crate) fn by(&self) -> f64 {
        self.now - self.before
    }
}

impl Comparison {
    /// Whether the mean of nDCG@10 is lower than it was.
    pub(crate) fn is_worse(&self) -> bool {
        self.means.first().is_some_and(|mean| mean.now < mean.before - CHANGE_MIN)
    }

    /// As people read it, with so many queries of each kind.
    pub(crate) fn table(&self, shown: usize) -> String {
        let mut text = format!("{:>10}  {:>7}  {:>7}  {:>7}\n", "", "before", "now", "change");
        for Mean { name, before, now } in &self.means {
            text += &format!("{name:>10}  {before:>7.4}  {now:>7.4}  {:>+7.4}\n", now - before);
        }
        if self.unpaired > 0 {
            text += &format!("{} queries were measured only once.\n", self.unpaired);
        }
        for (name, changes) in [("worse", &self.worse), ("better", &self.better)] {
            text += &format!("{} queries got {name}:\n", changes.len());
            for change in changes.iter().take(shown) {
                let first = |first: &Option<String>| first.clone().unwrap_or("nothing".into());
                let (before, now) = (first(&change.first_before), first(&change.first_now));
                let firsts = if before == now { before } else { format!("{before}, now {now}") };
                let Change { text: query, .. } = change;
                text += &format!(
                    "  {:+.3}  {:.3} to {:.3}  {query}  (first: {firsts})\n",
                    change.by(),
                    change.before,
                    change.now
                );
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measures(queries: &[(&str, f64)]) -> Measures {
        let query = |(id, ndcg): &(&str, f64)| {
            format!(
                r#"{{"id":"{id}","text":"t {id}","ndcg@10":{ndcg},"mrr@10":0,"recall@100":0,"first":"d"}}"#
            )
        };
        let mean = queries.iter().map(|query| query.1).sum::<f64>() / queries.len() as f64;
        let queries: Vec<String> = queries.iter().map(query).collect();
        let count = queries.len();
        let text = format!(
            r#"{{"queries":{count},"ndcg@10":{mean},"mrr@10":0,"recall@100":0,"worst":[{}]}}"#,
            queries.join(",")
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn queries_are_paired_and_the_greatest_changes_come_first() {
        let before = measures(&[("a", 0.5), ("b", 1.0), ("c", 0.2), ("same", 0.3), ("gone", 0.0)]);
        let now = measures(&[("c", 1.0), ("a", 0.4), ("b", 0.1), ("same", 0.3)]);
        let compared = compare(&before, &now);
        let ids = |changes: &[Change]| -> Vec<String> {
            changes.iter().map(|change| change.id.clone()).collect()
        };
        assert_eq!(ids(&compared.worse), ["b", "a"]);
        assert_eq!(ids(&compared.better), ["c"]);
        assert_eq!(compared.unpaired, 1);
        assert!(!compared.is_worse() && compare(&now, &before).is_worse());
        let table = compared.table(1);
        assert!(
            table.contains("-0.900  1.000 to 0.100  t b  (first: d)") && !table.contains("t a")
        );
    }
}
