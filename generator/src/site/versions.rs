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
    twins: HashMap<String, Vec<usize>>,
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
        let mut twins: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, source) in library.sources.iter().enumerate() {
            if let Some(key) = key(source) {
                twins.entry(key).or_default().push(at);
            }
        }
        twins.retain(|_, sources| sources.len() > 1);
        Versions { twins }
    }

    /// The versions in which `source` stands: the newest, and the nearest to the source's own.
    pub(super) fn of(&self, library: &Library, at: usize) -> Vec<VersionLink> {
        let shown = self.shown(library, at).into_iter();
        shown.map(|twin| link(&library.sources[twin], twin == at)).collect()
    }

    /// What these links say, in one number.
    pub(super) fn digest(&self, library: &Library, at: usize) -> u64 {
        let mut hash = Xxh3::new();
        for twin in self.shown(library, at) {
            let source = &library.sources[twin];
            hash.update(&[u8::from(twin == at)]);
            hash.update(source.place.version.as_deref().unwrap_or_default().as_bytes());
            hash.update(source.address.stem.as_bytes());
        }
        hash.digest()
    }

    fn shown(&self, library: &Library, at: usize) -> Vec<usize> {
        let twins = key(&library.sources[at]).and_then(|key| self.twins.get(&key));
        let Some(twins) = twins else { return Vec::new() };
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
