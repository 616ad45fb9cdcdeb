//! What a build leaves for the next, in a folder beside the site that may be deleted at any time.
//!
//! In: what a former build left; after the build, its outcome. Out: what is known of the site that stands there. What belongs to
//! another program, other settings, another theme or another site is not used, nor is anything that is damaged. Knows no page
//! and no index.

mod ahead;
mod asked;
mod content;
mod facts;
mod key;
mod manifest;
mod review;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use anyhow::Result;

pub(crate) use asked::{Answers, Asked};
pub(crate) use content::{of_file as content_of_file, of_lines as content_of_lines};
pub(crate) use key::{Key, Settings};
pub(crate) use manifest::{Index, SourceEntry};
pub(crate) use review::Review;

use crate::{
    files::Addresses,
    library::{Before, Library, Settled},
    output::{Identity, Output},
    site::AssetNames,
    spool::{Damaged, Slot, Spool},
    update::{self, Changes},
    work::Workshop,
};
use ahead::Ahead;
use manifest::{Details, Manifest};

/// The two names between which spools alternate, so that a new one leaves the former as it is.
const SPOOLS: [&str; 2] = ["spool-a", "spool-b"];
/// Below this much waste, a spool is not packed.
const WASTE_BYTES: u64 = 1 << 20;

/// The cache of one site, open for one build.
pub(crate) struct Cache<'a> {
    output: &'a Output,
    key: Key,
    former: Option<Manifest<'static>>,
    /// The spool that the manifest on disk names, whether or not it is used.
    current_spool: Option<String>,
    /// What stands in the site ahead of the manifest, because the build that put it did not come to its end.
    ahead: Ahead,
}

/// What a build knows once its files are written.
pub(crate) struct Outcome<'a> {
    pub(crate) library: &'a Library,
    pub(crate) sources: Vec<Cow<'a, SourceEntry>>,
    pub(crate) link_names: Option<u64>,
    pub(crate) assets: AssetNames,
    /// What each browse page shows, by address.
    pub(crate) browse: BTreeMap<String, u64>,
    pub(crate) addresses: Addresses,
    pub(crate) index: Index,
    pub(crate) site_bytes: u64,
}

/// Sources in the library's order.
pub(crate) type Entries<'a> = [Cow<'a, SourceEntry>];

impl<'a> Cache<'a> {
    /// What is known of the site that stands there.
    pub(crate) fn open(output: &'a Output, key: Key) -> Cache<'a> {
        let manifest = Manifest::read(output.record());
        let current_spool = manifest.as_ref().map(|manifest| manifest.spool.clone());
        let is_ours = |manifest: &Manifest| {
            manifest.key == key
                && Identity::of(output.site()).is_ok_and(|site| site == manifest.site)
        };
        let former = manifest.filter(is_ours);
        let checksum = former.as_ref().map_or(0, |former| former.checksum);
        let (former, ahead) = match Ahead::read(&output.cache().join(ahead::NAME), checksum) {
            Ok(ahead) => (former, ahead),
            Err(_) => (None, Ahead::default()),
        };
        Cache { output, key, former, current_spool, ahead }
    }

    /// Uses nothing of what was there.
    pub(crate) fn forget(&mut self) {
        self.former = None;
    }

    /// The site that stands there, if it is known.
    pub(crate) fn identity(&self) -> Option<Identity> {
        self.former.as_ref().map(|former| former.site)
    }

    /// The file that sources are put into: that of the former build, or a new one.
    pub(crate) fn spool(&self) -> Result<Spool> {
        let folder = self.output.cache();
        match &self.former {
            Some(former) => Spool::open(&folder.join(&former.spool), former.spool_bytes)
                .map_err(|_| Damaged.into()),
            None => Spool::create(&folder.join(self.other_spool())),
        }
    }

    /// The name that the manifest on disk does not use.
    fn other_spool(&self) -> &'static str {
        let is_free = |name: &&str| self.current_spool.as_deref() != Some(*name);
        SPOOLS.into_iter().find(is_free).unwrap_or(SPOOLS[0])
    }

    /// What spares the library a look into its files.
    pub(crate) fn before(&self) -> Before<'_> {
        let sources = self.former.iter().flat_map(|former| &former.sources);
        let own = sources.map(|source| &**source).filter(|source| source.file.is_empty());
        let heads = own.map(SourceEntry::head).collect();
        Before { heads, settled: Settled::now() }
    }

    pub(crate) fn review(&self, workshop: &Workshop) -> Result<Review<'_>> {
        Review::new(self.former.as_ref(), &self.ahead, workshop)
    }

    pub(crate) fn addresses(&self) -> Option<&Addresses> {
        self.former.as_ref().map(|former| &former.addresses)
    }

    pub(crate) fn assets(&self) -> Option<&AssetNames> {
        self.former.as_ref().map(|former| &former.assets)
    }

    /// What each browse page of a library has to show, in one number.
    pub(crate) fn browse(library: &Library, sources: &Entries) -> Result<BTreeMap<String, u64>> {
        facts::browse(library, sources)
    }

    /// Whether the page that stands at an address shows something else.
    pub(crate) fn is_stale(&self, address: &str, browse: &BTreeMap<String, u64>) -> bool {
        let shown = self.former.as_ref().and_then(|former| former.browse.get(address));
        // Pages below a stale one may differ where it is the same itself: after a build that came to no end, none is believed.
        shown.is_none() || shown != browse.get(address) || !self.ahead.is_empty()
    }

    /// Of the site as it stands.
    pub(crate) fn site_bytes(&self) -> u64 {
        let known = self.former.as_ref().map_or(0, |former| former.site_bytes);
        known.saturating_add_signed(self.ahead.growth_bytes(self.output.site()))
    }

    /// Puts what these sources show into the site before the index is merged. It is written down first: a build that is killed
    /// leaves pages that the manifest does not know.
    pub(crate) fn put_ahead(&self, sources: &Entries, changes: &Changes) -> Result<()> {
        let checksum = self.former.as_ref().map_or(0, |former| former.checksum);
        let note = self.ahead.with(checksum, sources, changes, self.output.site());
        note.write(&self.output.cache().join(ahead::NAME))?;
        self.output.put(changes)
    }

    /// The index that stands, if it is made of these very sources and guides.
    pub(crate) fn index_of(&self, library: &Library, sources: &Entries) -> Option<&Index> {
        let former = self.former.as_ref()?;
        let blobs = |entries: &Entries| -> Vec<u64> {
            entries.iter().map(|entry| entry.slot.hash).collect()
        };
        let is_same = former.index.guides == facts::guides(library)
            && blobs(&former.sources) == blobs(sources);
        is_same.then_some(&former.index)
    }

    /// The index that stands, whatever it is made of, and what its sources yielded.
    pub(crate) fn former_index(&self) -> Option<(&Index, impl Iterator<Item = Slot>)> {
        let former = self.former.as_ref()?;
        Some((&former.index, former.sources.iter().map(|entry| entry.slot)))
    }

    /// The files of the former site that the new one does not have.
    pub(crate) fn superfluous(&self, outcome: &Outcome, spool: &Spool) -> Result<BTreeSet<String>> {
        let Some(former) = &self.former else { return Ok(BTreeSet::new()) };
        let mut gone = pages_of_one(&former.sources, &outcome.sources, spool)?;
        gone.extend(self.ahead.added().cloned());
        for page in pages_of_one(&outcome.sources, &former.sources, spool)? {
            gone.remove(&page);
        }
        let urls: BTreeSet<&String> = outcome.index.urls.iter().collect();
        gone.extend(former.index.urls.iter().filter(|url| !urls.contains(url)).cloned());
        gone.extend(former.browse.keys().cloned());
        gone.extend(linked(&former.sources));
        let linked = linked(&outcome.sources);
        gone.retain(|path| !outcome.browse.contains_key(path) && !linked.contains(path));
        Ok(gone)
    }

    /// Writes down what will be known of the site; it counts once [`Output`] says so. Gives the name of the spool in use.
    pub(crate) fn write(&self, outcome: Outcome, site: Identity, spool: &Spool) -> Result<String> {
        let live: u64 = outcome.sources.iter().map(|entry| entry.bytes()).sum();
        let live = live + kept_bytes(&outcome.index, spool)?;
        let name = self.former.as_ref().map_or(self.other_spool(), |former| &former.spool);
        let mut manifest = Manifest {
            key: self.key,
            site,
            spool: name.to_string(),
            spool_bytes: spool.end_bytes(),
            site_bytes: outcome.site_bytes,
            link_names: outcome.link_names,
            assets: outcome.assets,
            browse: outcome.browse,
            addresses: outcome.addresses,
            index: Index { guides: facts::guides(outcome.library), ..outcome.index },
            sources: outcome.sources,
            checksum: 0,
        };
        if spool.end_bytes() > 2 * live + WASTE_BYTES {
            self.pack(&mut manifest, spool)?;
        }
        manifest.write(self.output.next_record())?;
        Ok(manifest.spool)
    }

    /// Copies what is still needed into the other spool.
    fn pack(&self, manifest: &mut Manifest, spool: &Spool) -> Result<()> {
        let name = self.other_spool();
        let packed = Spool::create(&self.output.cache().join(name))?;
        for entry in &mut manifest.sources {
            let entry = entry.to_mut();
            entry.slot = packed.put(&spool.get(entry.slot)?)?;
            entry.details = packed.put(&spool.get(entry.details)?)?;
        }
        if let Some(ledger) = manifest.index.ledger {
            let mut carry =
                |kept| -> Result<_> { Ok(packed.put(&spool.get(Slot::from(kept))?)?.into()) };
            let moved = search::moved(&spool.get(ledger)?, &mut carry)?.ok_or(Damaged)?;
            manifest.index.ledger = Some(packed.put(&moved)?);
        }
        manifest.spool = name.to_string();
        manifest.spool_bytes = packed.end_bytes();
        Ok(())
    }

    /// Removes every spool but the one that the record names, and what that record has overtaken.
    pub(crate) fn tidy(&self, kept: &str) -> Result<()> {
        Ahead::end(&self.output.cache().join(ahead::NAME))?;
        let mut unused = SPOOLS.into_iter().filter(|name| *name != kept);
        unused.try_for_each(|name| update::gone(&self.output.cache().join(name)))
    }
}

/// What is kept for the next change of an index.
fn kept_bytes(index: &Index, spool: &Spool) -> Result<u64> {
    let Some(slot) = index.ledger else { return Ok(0) };
    Ok(slot.length_bytes() + search::kept_bytes(&spool.get(slot)?))
}

/// The pages of the entries that `others` do not have.
fn pages_of_one(entries: &Entries, others: &Entries, spool: &Spool) -> Result<BTreeSet<String>> {
    let shared: BTreeSet<u64> = others.iter().map(|entry| entry.details.offset_bytes()).collect();
    let own = entries.iter().filter(|entry| !shared.contains(&entry.details.offset_bytes()));
    let mut pages = BTreeSet::new();
    for entry in own {
        pages.extend(Details::read(spool, entry.details)?.pages);
    }
    Ok(pages)
}

/// The addresses of pictures and attachments that sources link.
pub(crate) fn linked(entries: &Entries) -> BTreeSet<String> {
    entries.iter().flat_map(|entry| &entry.attachments).cloned().collect()
}
