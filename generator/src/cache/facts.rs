//! All that a source's pages and records show of the rest of the library, in one number per source.
//!
//! In: the library. Out: a hash for each source over its names, its guide, its neighbours, its other versions and the ids that
//! it must not use. What its links got for an answer is told in `asked`. **Whoever lets a page or a record show more of the
//! library than that adds it here** (what is related to others has a hash of its own, see `related/face.rs`): a source is worked on again only if
//! its text, these facts or those answers have changed.

use std::collections::BTreeMap;

use anyhow::Result;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::Entries;

use crate::{
    library::{Guide, Library, Source},
    site::{self, Site},
};

pub(super) struct Facts<'a> {
    site: &'a Site<'a>,
    /// Of each source's title and address.
    names: Vec<u64>,
    record_ids: Vec<&'a str>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(site: &'a Site<'a>) -> Facts<'a> {
        let library = site.library;
        let mut record_ids: Vec<&str> = library.record_ids.keys().map(String::as_str).collect();
        record_ids.sort_unstable();
        let names = library.sources.iter().map(shown_name).collect();
        Facts { site, names, record_ids }
    }

    /// The facts of all sources.
    pub(super) fn all(&self) -> Vec<u128> {
        let guides = self.site.library.guides.iter();
        let of_guide = |guide: &'a Guide| guide.sources.clone().map(|at| self.of(guide, at));
        guides.flat_map(of_guide).collect()
    }

    fn of(&self, guide: &Guide, at: usize) -> u128 {
        let source = &self.site.library.sources[at];
        let mut facts = Vec::with_capacity(1024);
        for text in [&source.path, &source.address.stem, &source.address.id, &source.title] {
            add(&mut facts, text);
        }
        self.add_guide(&mut facts, guide, at);
        facts.extend(self.site.versions_digest(at).to_le_bytes());
        for id in self.ids_below(&source.address.id) {
            add(&mut facts, id);
        }
        xxh3_128(&facts)
    }

    fn add_guide(&self, facts: &mut Vec<u8>, guide: &Guide, at: usize) {
        let place = &guide.place;
        let levels = [place.vendor.as_deref(), Some(&place.product), place.version.as_deref()];
        for level in levels.into_iter().chain([Some(place.guide.as_str())]) {
            facts.push(u8::from(level.is_some()));
            add(facts, level.unwrap_or_default());
        }
        add(facts, &guide.title);
        // Beyond this many, a page shows none of their number.
        let count = guide.sources.len().min(site::FEW_SOURCES + 1);
        facts.extend([u8::from(guide.newest), count as u8]);
        let first = at.saturating_sub(site::SIBLINGS_AROUND).max(guide.sources.start);
        let end = (at + site::SIBLINGS_AROUND + 1).min(guide.sources.end);
        facts.push((at - first) as u8);
        for name in &self.names[first..end] {
            facts.extend(name.to_le_bytes());
        }
    }

    /// The ids of records that a chunk of this source could have.
    fn ids_below(&self, id: &str) -> impl Iterator<Item = &&'a str> {
        let first = self.record_ids.partition_point(|other| *other < id);
        let prefix = id.to_string();
        self.record_ids[first..].iter().take_while(move |other| other.starts_with(&prefix))
    }
}

/// What every answer about links to sources depends on; none where that cannot be told from the outside.
pub(super) fn link_names(library: &Library) -> Option<u64> {
    let mut facts = Vec::new();
    for source in &library.sources {
        add(&mut facts, &source.path);
        add(&mut facts, &source.address.stem);
        source.front.aliases.iter().for_each(|alias| add(&mut facts, alias));
        facts.push(0xff);
    }
    for (path, attachment) in &library.attachments {
        add(&mut facts, path);
        facts.extend(attachment.stamp.bytes()?);
    }
    Some(xxh3_64(&facts))
}

/// What the catalogue, the browse pages and the index know of a library beside its sources' own: its guides in their order.
pub(super) fn guides(library: &Library) -> u64 {
    let mut facts = Vec::new();
    for guide in &library.guides {
        add(&mut facts, &guide.place.guide_path());
        add(&mut facts, guide.place.vendor.as_deref().unwrap_or_default());
        add(&mut facts, guide.place.version.as_deref().unwrap_or_default());
        add(&mut facts, &guide.title);
        facts.push(u8::from(guide.newest));
        facts.extend((guide.sources.len() as u64).to_le_bytes());
    }
    xxh3_64(&facts)
}

/// What each browse page shows, by address.
pub(super) fn browse(library: &Library, sources: &Entries) -> Result<BTreeMap<String, u64>> {
    let mut pages = BTreeMap::new();
    for guide in &library.guides {
        let mut facts = Vec::new();
        add(&mut facts, &guide.place.guide_path());
        add(&mut facts, &guide.title);
        facts.push(u8::from(guide.newest));
        for at in guide.sources.clone() {
            let source = &library.sources[at];
            for text in [&source.path, &source.title, &source.address.stem] {
                add(&mut facts, text);
            }
            facts = postcard::to_extend(&sources[at].summary, facts)?;
        }
        let own = xxh3_64(&facts);
        for address in site::browse_addresses(guide) {
            let page = pages.entry(address).or_insert(0_u64);
            *page = page.rotate_left(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ own;
        }
    }
    Ok(pages)
}

fn shown_name(source: &Source) -> u64 {
    xxh3_64(source.title.as_bytes()) ^ xxh3_64(source.address.stem.as_bytes()).rotate_left(1)
}

/// With its length, so that no two lists of texts run into the same bytes.
fn add(facts: &mut Vec<u8>, text: &str) {
    facts.extend((text.len() as u32).to_le_bytes());
    facts.extend(text.as_bytes());
}
