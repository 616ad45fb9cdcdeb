//! Where shards go: their names, their sizes, and the lists that lead to them.
//!
//! In: bytes of shards, terms in order. Out: shards through a callback, and what the root says of them. Knows no passages.
//! Writer only.

use alloc::string::String;
use alloc::vec::Vec;

use crate::beside::is_beside;
use crate::checksum::{checksum, name, name_of, sealed};
use crate::directory::{Directory, separator};
use crate::hash::Table;
use crate::ids::{ShardId, sealed_as};
use crate::ledger::{self, Keep, ShardNote};
use crate::lexicon;
use crate::merge::MergedTerm;
use crate::root::{
    DIRECTORY_PAGE_BYTES, GROUPS_IN_ROOT, GROUPS_PER_PAGE, LISTS_BYTES_IN_ROOT, Root,
};
use crate::tiers::{Layout, TierEntry};
use crate::words::{Hot, WordEntry, WordsWriter};

/// Receives a shard: its id and its raw bytes, which the caller compresses and writes to `search/<id>.js`.
/// Shards may be compressed on other threads; their order means nothing.
pub type Emit<'e, E> = &'e mut dyn FnMut(String, Vec<u8>) -> Result<(), E>;

/// When a shard may end, in sixteenths of its size: the sooner, the shorter its end is told. What else ends it is in the key itself, so that an
/// edit moves no end but those beside it.
const EARLY_SIXTEENTHS: usize = 14;
const MARKED_SIXTEENTHS: usize = 17;
const LATE_SIXTEENTHS: usize = 20;
/// One key of so many marks an end.
const MARKED_EVERY: u32 = 8;

/// Names given so far. Equal shards are one. Two shards of one name would overwrite each other: the later takes the next free one.
#[derive(Default)]
pub(crate) struct Shelves {
    /// Checksums by name.
    names: Table<ShardId, u64>,
    /// Whether a shard has another name than its bytes give it.
    pub(crate) has_taken_name: bool,
}

/// A shard's name, and the checksum that it mostly follows from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named {
    pub(crate) name: u32,
    pub(crate) sum: u64,
}

impl Shelves {
    /// Shelves on which these stand already.
    pub(crate) fn holding(shards: impl Iterator<Item = (ShardId, u64)>) -> Shelves {
        Shelves { names: shards.collect(), has_taken_name: false }
    }

    /// Writes a shard that is named by its bytes, unless it stands there.
    pub(crate) fn put<E>(
        &mut self,
        id: fn(u32) -> ShardId,
        bytes: Vec<u8>,
        emit: Emit<'_, E>,
    ) -> Result<Named, E> {
        let sum = checksum("", &bytes);
        let mut hash = name_of(sum);
        while let Some(taken) = self.names.get(&id(hash)) {
            if *taken == sum {
                return Ok(Named { name: hash, sum });
            }
            self.has_taken_name = true;
            hash = hash.wrapping_add(1);
        }
        self.names.insert(id(hash), sum);
        self.put_named(id(hash), bytes, emit)?;
        Ok(Named { name: hash, sum })
    }

    /// Writes a shard that has its name already.
    pub(crate) fn put_named<E>(
        &mut self,
        id: ShardId,
        bytes: Vec<u8>,
        emit: Emit<'_, E>,
    ) -> Result<(), E> {
        let id = id.text();
        let sealed = sealed(sealed_as(&id), bytes);
        emit(id, sealed)
    }

    /// Writes a shard that follows from its name, unless it stands there.
    pub(crate) fn put_once<E>(
        &mut self,
        id: ShardId,
        bytes: Vec<u8>,
        emit: Emit<'_, E>,
    ) -> Result<(), E> {
        match self.names.insert(id, 0) {
            Some(_) => Ok(()),
            None => self.put_named(id, bytes, emit),
        }
    }

    /// Puts the hashes of groups into the root if they fit, else into pages that the root lists.
    pub(crate) fn put_groups<E>(
        &mut self,
        root: &mut Root,
        groups: Vec<u32>,
        emit: Emit<'_, E>,
    ) -> Result<(), E> {
        root.groups_are_paged = groups.len() > GROUPS_IN_ROOT;
        if !root.groups_are_paged {
            root.groups = groups;
            return Ok(());
        }
        for page in groups.chunks(GROUPS_PER_PAGE) {
            let bytes = page.iter().copied().flat_map(u32::to_le_bytes).collect();
            root.groups.push(self.put(ShardId::Directory, bytes, emit)?.name);
        }
        Ok(())
    }

    /// Leaves the directory in the root if it fits beside the groups, else puts it into pages that the root lists.
    pub(crate) fn put_directory<E>(&mut self, root: &mut Root, emit: Emit<'_, E>) -> Result<(), E> {
        let room_bytes = LISTS_BYTES_IN_ROOT.saturating_sub(root.groups.len() * size_of::<u32>());
        let mut bytes = Vec::new();
        root.directory.write(&mut bytes);
        root.directory_is_paged = bytes.len() > room_bytes;
        if !root.directory_is_paged {
            return Ok(());
        }
        let mut pages = Directory::default();
        for page in root.directory.pages(DIRECTORY_PAGE_BYTES) {
            bytes.clear();
            page.write(&mut bytes);
            let page_name = self.put(ShardId::Directory, bytes.clone(), emit)?.name;
            pages.push(page.separator(0), page_name);
        }
        root.directory = pages;
        Ok(())
    }
}

/// Which shard holds which keys: separators and names of shards in order.
pub(crate) fn directory<'a>(shards: impl Iterator<Item = &'a ShardNote>) -> Directory {
    let mut directory = Directory::default();
    let mut last_key: Option<&[u8]> = None;
    for shard in shards {
        let separator = last_key.map_or(&[][..], |last| separator(last, &shard.first_key));
        directory.push(separator, shard.name);
        last_key = Some(&shard.last_key);
    }
    directory
}

/// Where shards go, and where what they were made of is kept.
pub(crate) struct Out<'o, E> {
    pub(crate) emit: Emit<'o, E>,
    pub(crate) keep: Keep<'o, E>,
}

/// Shards of words, cut where they have reached their size.
pub(crate) struct WordShards<'a> {
    shard_bytes: usize,
    shelves: &'a mut Shelves,
    shard: WordsWriter,
    /// Of the shard at hand.
    note: ShardNote,
    /// The entries of the shard at hand as they are kept.
    kept: Vec<u8>,
    /// The words of its terms, for the lexicon.
    typed: Vec<u8>,
    pub(crate) notes: Vec<ShardNote>,
}

impl<'a> WordShards<'a> {
    pub(crate) fn new(shard_bytes: usize, shelves: &'a mut Shelves) -> WordShards<'a> {
        WordShards {
            shard_bytes,
            shelves,
            shard: WordsWriter::default(),
            note: ShardNote::default(),
            kept: Vec::new(),
            typed: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Shards that begin from now on are of this size.
    pub(crate) fn set_shard_bytes(&mut self, shard_bytes: usize) {
        self.shard_bytes = shard_bytes;
    }

    /// Adds the next term; what does not fit beside it goes into tiers. `kept` is what it is made of.
    pub(crate) fn add_term<E>(
        &mut self,
        term: MergedTerm<'_>,
        kept: &[u8],
        is_newest: &impl Fn(u32) -> bool,
        out: &mut Out<'_, E>,
    ) -> Result<(), E> {
        let newest = |postings: &[crate::words::Posting]| {
            postings.iter().filter(|posting| is_newest(posting.document)).count() as u32
        };
        let (all, newest) = (term.postings.len() as u32, newest(&term.postings));
        let typed = lexicon::typed(&term);
        let layout = Layout::of(term.postings, is_newest);
        let mut hot = Hot { newest, older: all - newest, tiers: Vec::new() };
        let mut sums = Vec::new();
        for tier in &layout.tiers {
            let bytes = tier.encode();
            let raw_bytes = bytes.len() as u32;
            let Named { name, sum } = self.shelves.put(ShardId::Tier, bytes, out.emit)?;
            sums.push(sum);
            hot.tiers.push(TierEntry {
                edition: tier.edition,
                impact_max: tier.impact_max,
                postings: tier.postings.len() as u32,
                raw_bytes,
                hash: name,
            });
        }
        let hot = (!hot.tiers.is_empty()).then_some(hot);
        let (key, surfaces, inline) = (term.key, &*term.surfaces, &*layout.inline);
        self.add(&WordEntry { key, surfaces, inline, hot }, kept, out)?;
        self.note.tiers.extend(sums);
        self.typed.extend(typed);
        Ok(())
    }

    /// Adds the next entry as it is.
    pub(crate) fn add<E>(
        &mut self,
        entry: &WordEntry<'_>,
        kept: &[u8],
        out: &mut Out<'_, E>,
    ) -> Result<(), E> {
        if self.ends_before(entry.key, entry.weight_bytes()) {
            self.close(out)?;
        }
        if self.shard.is_empty() {
            self.note.first_key = entry.key.into();
            self.note.first_weight = entry.weight_bytes() as u32;
        }
        self.shard.add(entry);
        ledger::put_term(&mut self.kept, &self.note.last_key, entry.key, kept);
        self.note.last_key.clear();
        self.note.last_key.extend_from_slice(entry.key);
        Ok(())
    }

    /// Whether there is no shard at hand.
    pub(crate) fn is_empty(&self) -> bool {
        self.shard.is_empty()
    }

    /// Whether the next entry, of this key and weight, does not go into the shard at hand. A little sooner or later is as good
    /// where it saves the directory a long separator. What stands beside a word stays with it.
    pub(crate) fn ends_before(&self, key: &[u8], weight_bytes: usize) -> bool {
        let sixteenths = (self.shard.weight_bytes() + weight_bytes) * 16 / self.shard_bytes.max(1);
        !self.shard.is_empty()
            && !is_beside(key)
            && sixteenths >= EARLY_SIXTEENTHS
            && sixteenths
                >= match separator(&self.note.last_key, key).len() {
                    0..=2 => EARLY_SIXTEENTHS,
                    3 => 16,
                    _ if name(key).is_multiple_of(MARKED_EVERY) => MARKED_SIXTEENTHS,
                    _ => LATE_SIXTEENTHS,
                }
    }

    /// Writes the shard at hand, if there is anything in it.
    pub(crate) fn close<E>(&mut self, out: &mut Out<'_, E>) -> Result<(), E> {
        if self.shard.is_empty() {
            return Ok(());
        }
        let bytes = self.shard.finish();
        let mut note = core::mem::take(&mut self.note);
        let named = self.shelves.put(ShardId::Words, bytes, out.emit)?;
        (note.name, note.sum) = (named.name, named.sum);
        note.terms = (out.keep)(&self.kept)?;
        self.kept.clear();
        note.typed = (out.keep)(&self.typed)?;
        self.typed.clear();
        self.notes.push(note);
        Ok(())
    }
}
