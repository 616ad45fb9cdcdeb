//! The same source in the other versions of its product.
//!
//! In: the library. Out: for each source, links to its twins, and to the product's page where a page with sixty
//! releases behind it would list too many. Twins have the same path but for the version's folder.

use std::collections::HashMap;

use serde::Serialize;
use xxhash_rust::xxh3::Xxh3;

use super::{LinkTo, product_url};
use crate::library::{Library, Source, without_version};

/// So many versions are all shown.
const ALL_MAX: usize = 12;
/// Of more than that, the newest and so many around the source's own.
const NEAR: usize = 6;

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

/// The versions that a page lists.
pub(super) struct Listed {
    pub(super) links: Vec<VersionLink>,
    /// Where the others are, if there are any.
    pub(super) more: Option<LinkTo>,
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

    /// The versions in which a source stands: all, or the newest and those nearest to its own.
    pub(super) fn of(&self, library: &Library, at: usize) -> Listed {
        let shown = self.shown(at);
        let others = self.twins(at).len() - shown.len();
        let more = || LinkTo {
            title: format!("… {others} more"),
            url: product_url(&library.sources[at].place),
        };
        let link = |twin: usize| link(&library.sources[twin], twin == at);
        Listed { links: shown.into_iter().map(link).collect(), more: (others > 0).then(more) }
    }

    /// What these links say, in one number.
    pub(super) fn digest(&self, library: &Library, at: usize) -> u64 {
        let mut hash = Xxh3::new();
        hash.update(&self.twins(at).len().to_le_bytes());
        for twin in self.shown(at) {
            let source = &library.sources[twin];
            hash.update(&[u8::from(twin == at)]);
            hash.update(source.place.version.as_deref().unwrap_or_default().as_bytes());
            hash.update(source.address.stem.as_bytes());
        }
        hash.digest()
    }

    fn shown(&self, at: usize) -> Vec<usize> {
        let twins = self.twins(at);
        if twins.len() <= ALL_MAX {
            return twins.to_vec();
        }
        let own = twins.iter().position(|twin| *twin == at).unwrap_or_default();
        let first = own.saturating_sub(NEAR / 2).min(twins.len() - NEAR);
        let near = twins[first..first + NEAR].iter();
        // The newest stands first, however far it is.
        twins[..1].iter().filter(|_| first > 0).chain(near).copied().collect()
    }

    /// The same source in all versions, itself among them; nothing where it stands in one alone.
    fn twins(&self, at: usize) -> &[usize] {
        let twins = self.of_source[at].map(|group| self.twins[group].as_slice());
        twins.filter(|twins| twins.len() > 1).unwrap_or_default()
    }
}

fn link(source: &Source, current: bool) -> VersionLink {
    let name = source.place.version.clone().unwrap_or_default();
    VersionLink { name, url: source.address.part_url(0), current }
}

/// What a source has in common with its twins.
fn key(source: &Source) -> Option<String> {
    Some(without_version(&source.path, source.place.version.as_deref()?))
}
