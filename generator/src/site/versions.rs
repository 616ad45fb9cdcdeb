//! The same source in the other versions of its product.
//!
//! In: the library. Out: for each source, links to its twins, chosen so that a page with sixty
//! releases behind it stays short. Twins have the same path but for the version's folder.

use std::collections::HashMap;

use serde::Serialize;
use xxhash_rust::xxh3::Xxh3;

use crate::library::{Library, Source};

/// Of the versions behind a source, a page shows this many at most.
const SHOWN_MAX: usize = 6;

/// Twins of sources, newest first.
pub(super) struct Versions {
    twins: Vec<Vec<usize>>,
    /// For each source that has a version, where its twins are.
    of_source: Vec<Option<usize>>,
}

/// A link to the same place in a version.
#[derive(Serialize)]
pub(super) struct VersionLink {
    name: String,
    url: String,
    current: bool,
}

impl Versions {
    pub(super) fn new(library: &Library) -> Versions {
        let (mut twins, mut known) = (Vec::new(), HashMap::new());
        let mut group = |(at, source)| {
            let group = *known.entry(key(source)?).or_insert(twins.len());
            if group == twins.len() {
                twins.push(Vec::new());
            }
            twins[group].push(at);
            Some(group)
        };
        let of_source = library.sources.iter().enumerate().map(&mut group).collect();
        Versions { twins, of_source }
    }

    /// The versions in which `source` stands: the newest, and the nearest to the source's own.
    pub(super) fn of(&self, library: &Library, at: usize) -> Vec<VersionLink> {
        let shown = self.shown(at).into_iter();
        shown.map(|twin| link(&library.sources[twin], twin == at)).collect()
    }

    /// What these links say, in one number.
    pub(super) fn digest(&self, library: &Library, at: usize) -> u64 {
        let mut hash = Xxh3::new();
        for twin in self.shown(at) {
            let source = &library.sources[twin];
            hash.update(&[u8::from(twin == at)]);
            hash.update(source.place.version.as_deref().unwrap_or_default().as_bytes());
            hash.update(source.address.stem.as_bytes());
        }
        hash.digest()
    }

    fn shown(&self, at: usize) -> Vec<usize> {
        let twins = self.of_source[at].map(|group| &self.twins[group]);
        let Some(twins) = twins.filter(|twins| twins.len() > 1) else { return Vec::new() };
        let own = twins.iter().position(|twin| *twin == at).unwrap_or_default();
        let first = own.saturating_sub(SHOWN_MAX / 2).min(twins.len().saturating_sub(SHOWN_MAX));
        let shown = twins
            .iter()
            .enumerate()
            .filter(|(rank, _)| *rank == 0 || (first..first + SHOWN_MAX).contains(rank));
        shown.map(|(_, twin)| *twin).collect()
    }
}

fn link(source: &Source, current: bool) -> VersionLink {
    let name = source.place.version.clone().unwrap_or_default();
    VersionLink { name, url: source.address.part_url(0), current }
}

/// The source's path with the version's folder blanked out.
fn key(source: &Source) -> Option<String> {
    let version = source.place.version.as_deref()?;
    let parts = source.path.split('/');
    Some(parts.map(|part| if part == version { "*" } else { part }).collect::<Vec<_>>().join("/"))
}
