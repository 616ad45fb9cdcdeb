//! The order in which a library is read, and its guides.
//!
//! In: sources in any order. Out: the same sources sorted by names, versions and weights, and the
//! guides as ranges of them. Depends on nothing but its input, so that builds agree.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
};

use super::{Guide, Place, Source, version, without_extension};
use crate::{config::Config, parse::readable};

/// Sorts by vendor, product, version (newest first), guide, then place in the guide.
pub(super) fn sort(sources: &mut [Source], config: &Config) {
    let ranks = ranks(sources, config);
    let mut folders = Folders { weights: folder_weights(sources), steps: HashMap::new() };
    sources.sort_by_cached_key(|source| {
        (ranks[&source.place], folders.trail(source), source.path.clone())
    });
}

/// The order of the places where sources stand: they are few beside the sources.
fn ranks(sources: &[Source], config: &Config) -> HashMap<Place, usize> {
    let newest = newest_versions(sources, config);
    let places: HashSet<&Place> = sources.iter().map(|source| &source.place).collect();
    let mut places: Vec<&Place> = places.into_iter().collect();
    places.sort_by_cached_key(|place| {
        let version = VersionKey {
            newest: is_newest(place, &newest),
            name: place.version.clone().unwrap_or_default(),
        };
        let head =
            (place.vendor.clone(), place.product.clone(), Reverse(version), natural(&place.guide));
        (head, place.guide.clone(), place.version.clone())
    });
    places.into_iter().cloned().zip(0..).collect()
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
    let mut last = None;
    for source in sources {
        // Neighbours mostly share their place, and a path is dear to make.
        let Some(version) = &source.place.version else { continue };
        if last.replace(&source.place) == Some(&source.place) {
            continue;
        }
        let slot = newest.entry(source.place.product_path()).or_insert_with(|| version.clone());
        if rank(slot, version) == Ordering::Less {
            slot.clone_from(version);
        }
    }
    for (product, version) in config.newest.iter().filter(|named| is_there(sources, named)) {
        newest.insert(product.clone(), version.clone());
    }
    newest
}

fn is_there(sources: &[Source], (product, version): &(&String, &String)) -> bool {
    let mut places = sources.iter().map(|source| &source.place);
    places
        .any(|place| place.version.as_ref() == Some(*version) && place.product_path() == **product)
}

/// Products whose newest version is set to one that they do not have, and that version.
pub(super) fn missing_newest<'a>(
    sources: &[Source],
    config: &'a Config,
) -> Vec<(&'a String, &'a String)> {
    config.newest.iter().filter(|named| !is_there(sources, named)).collect()
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

/// The steps of folders, made once for all sources that lie in them.
struct Folders {
    /// That index files give to their folders.
    weights: BTreeMap<String, i64>,
    steps: HashMap<String, Rc<[Step]>>,
}

/// The steps of a source's folder and its own.
#[derive(PartialEq, Eq)]
struct Trail {
    folder: Rc<[Step]>,
    file: Step,
}

impl Trail {
    fn steps(&self) -> impl Iterator<Item = &Step> {
        self.folder.iter().chain([&self.file])
    }
}

impl PartialOrd for Trail {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Trail {
    fn cmp(&self, other: &Self) -> Ordering {
        match Rc::ptr_eq(&self.folder, &other.folder) {
            true => self.file.cmp(&other.file),
            false => self.steps().cmp(other.steps()),
        }
    }
}

impl Folders {
    fn trail(&mut self, source: &Source) -> Trail {
        let (folder, file) = source.path.rsplit_once('/').unwrap_or(("", &source.path));
        let file = without_extension(file);
        let weight = source.front.weight.unwrap_or(i64::MAX);
        Trail { folder: self.folder(folder), file: (!is_index(file), weight, natural(file)) }
    }

    fn folder(&mut self, folder: &str) -> Rc<[Step]> {
        if let Some(known) = self.steps.get(folder) {
            return Rc::clone(known);
        }
        let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
        let step = |end: usize| {
            let folder = &folder[..end];
            let weight = self.weights.get(folder).copied().unwrap_or(i64::MAX);
            (true, weight, natural(file_name(folder)))
        };
        let steps: Rc<[Step]> = match folder.is_empty() {
            true => Rc::new([]),
            false => ends.map(step).collect(),
        };
        self.steps.insert(folder.to_string(), Rc::clone(&steps));
        steps
    }
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
