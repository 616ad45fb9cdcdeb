//! The order in which a library is read, and its guides.
//!
//! In: sources in any order. Out: the same sources sorted by names, versions and weights, and the
//! guides as ranges of them. Depends on nothing but its input, so that builds agree.

use std::{
    cmp::{Ordering, Reverse},
    collections::BTreeMap,
};

use super::{Guide, Place, Source, version, without_extension};
use crate::{config::Config, parse::readable};

/// Sorts by vendor, product, version (newest first), guide, then place in the guide.
pub(super) fn sort(sources: &mut [Source], config: &Config) {
    let newest = newest_versions(sources, config);
    let weights = folder_weights(sources);
    sources.sort_by_cached_key(|source| {
        let place = &source.place;
        let version = VersionKey {
            newest: is_newest(place, &newest),
            name: place.version.clone().unwrap_or_default(),
        };
        let head =
            (place.vendor.clone(), place.product.clone(), Reverse(version), natural(&place.guide));
        (head, place.guide.clone(), trail(source, &weights), source.path.clone())
    });
}

/// Groups sorted sources by place.
pub(super) fn guides(sources: &[Source], config: &Config) -> Vec<Guide> {
    let newest = newest_versions(sources, config);
    let mut guides: Vec<Guide> = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        match guides.last_mut() {
            Some(guide) if guide.place == source.place => guide.sources.end = at + 1,
            _ => guides.push(Guide {
                place: source.place.clone(),
                sources: at..at + 1,
                title: String::new(),
                newest: is_newest(&source.place, &newest),
            }),
        }
    }
    for guide in &mut guides {
        guide.title = guide_title(guide, sources, config);
    }
    guides
}

/// Configured, else the title of its only or its index source, else the folder's name.
fn guide_title(guide: &Guide, sources: &[Source], config: &Config) -> String {
    if let Some(name) = config.name(&guide.place.guide_path()) {
        return name.to_string();
    }
    let own = &sources[guide.sources.clone()];
    if let Some(name) = own.iter().find_map(|source| source.front.guide.as_ref()) {
        return name.clone();
    }
    let is_root_index = |source: &&Source| {
        let stem = without_extension(&source.path);
        let folder = stem.rsplit_once('/').map_or("", |(folder, _)| folder);
        is_index(file_name(stem)) && file_name(folder) == guide.place.guide
    };
    match own {
        [only] => only.title.clone(),
        _ => own
            .iter()
            .find(is_root_index)
            .map_or_else(|| readable(&guide.place.guide), |index| index.title.clone()),
    }
}

/// A file that stands for its folder.
pub(super) fn is_index(stem: &str) -> bool {
    ["_index", "index", "readme"].iter().any(|name| stem.eq_ignore_ascii_case(name))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The newest released version of each product, by the product's path.
fn newest_versions(sources: &[Source], config: &Config) -> BTreeMap<String, String> {
    let mut newest: BTreeMap<String, String> = BTreeMap::new();
    for source in sources {
        let Some(version) = &source.place.version else { continue };
        let slot = newest.entry(source.place.product_path()).or_insert_with(|| version.clone());
        if rank(slot, version) == Ordering::Less {
            slot.clone_from(version);
        }
    }
    for (product, version) in &config.newest {
        newest.insert(product.clone(), version.clone());
    }
    newest
}

/// A released version stands above every other; among equals the order of releases decides.
fn rank(left: &str, right: &str) -> Ordering {
    let released = |name| version::is_released(name);
    released(left).cmp(&released(right)).then_with(|| version::compare(left, right))
}

/// What has no version is always newest.
fn is_newest(place: &Place, newest: &BTreeMap<String, String>) -> bool {
    match &place.version {
        Some(version) => newest.get(&place.product_path()) == Some(version),
        None => true,
    }
}

#[derive(PartialEq, Eq)]
struct VersionKey {
    newest: bool,
    name: String,
}

impl PartialOrd for VersionKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for VersionKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.newest.cmp(&other.newest).then_with(|| version::compare(&self.name, &other.name))
    }
}

/// Weights that index files give to their folders.
fn folder_weights(sources: &[Source]) -> BTreeMap<String, i64> {
    let weight = |source: &Source| {
        let (folder, file) = without_extension(&source.path).rsplit_once('/')?;
        let weight = source.front.weight.filter(|_| is_index(file))?;
        Some((folder.to_string(), weight))
    };
    sources.iter().filter_map(weight).collect()
}

/// One step of a path: weighted first, index files before all, then by natural order of the name.
type Step = (bool, i64, Vec<Natural>);

fn trail(source: &Source, weights: &BTreeMap<String, i64>) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut end = 0;
    while let Some(slash) = source.path[end..].find('/') {
        let folder = &source.path[..end + slash];
        let weight = weights.get(folder).copied().unwrap_or(i64::MAX);
        steps.push((true, weight, natural(file_name(folder))));
        end += slash + 1;
    }
    let file = without_extension(&source.path[end..]);
    let weight = source.front.weight.unwrap_or(i64::MAX);
    steps.push((!is_index(file), weight, natural(file)));
    steps
}

/// Text and numbers in turn, so that `page-9` stands before `page-10`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Natural {
    Number(u64),
    Text(String),
}

fn natural(name: &str) -> Vec<Natural> {
    let lower = name.to_lowercase();
    let mut rest = lower.as_str();
    let mut parts = Vec::new();
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(end);
        parts.push(match run.parse() {
            Ok(number) => Natural::Number(number),
            Err(_) => Natural::Text(run.to_string()),
        });
        rest = tail;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{library::Origin, model::FrontMatter};

    fn sorted(paths: &[&str]) -> Vec<String> {
        let config = Config::default();
        let make = |path: &&str| {
            super::super::walk::source(
                (*path).to_string(),
                Origin::File { disk: path.into(), is_near_json: false },
                String::new(),
                FrontMatter::default(),
                &config,
            )
        };
        let mut sources: Vec<Source> = paths.iter().map(make).collect();
        sort(&mut sources, &config);
        sources.into_iter().map(|source| source.path).collect()
    }

    #[test]
    fn newest_versions_come_first_and_names_sort_naturally() {
        let expected = [
            "acme/box/v10.0/guide/_index.md",
            "acme/box/v10.0/guide/page-9.md",
            "acme/box/v10.0/guide/page-10.md",
            "acme/box/v10.1-rc1/guide/a.md",
            "acme/box/v9.0/guide/a.md",
        ];
        let mut shuffled = expected;
        shuffled.reverse();
        assert_eq!(sorted(&shuffled), expected);
    }
}
