//! Where shards go: their names, their sizes, and the lists that lead to them.
//!
//! In: bytes of shards, terms in order. Out: shards through a callback, and what the root says of them. Knows no passages.
//! Writer only.

use alloc::string::String;
use alloc::vec::Vec;

use crate::checksum::{name, sealed};
use crate::directory::{Directory, separator};
use crate::hash::Table;
use crate::ids::ShardId;
use crate::merge::MergedTerm;
use crate::root::{
    DIRECTORY_PAGE_BYTES, GROUPS_IN_ROOT, GROUPS_PER_PAGE, LISTS_BYTES_IN_ROOT, Root,
};
use crate::tiers::{Layout, TierEntry};
use crate::words::{Hot, WordEntry, WordsWriter};
use crate::writer::Settings;

/// Receives a shard: its id and its raw bytes, which the caller compresses and writes to `search/<id>.js`.
/// Shards may be compressed on other threads; their order means nothing.
pub type Emit<'e, E> = &'e mut dyn FnMut(String, Vec<u8>) -> Result<(), E>;

/// When a shard may end if its end is well told, and when it must, in sixteenths of its size.
const EARLY_SIXTEENTHS: usize = 14;
const LATE_SIXTEENTHS: usize = 18;
/// Compressing only to measure costs as much as writing: one shard of so many is measured.
const MEASURE_EVERY: u32 = 4;

/// Names given so far. Two shards of one content-hash would overwrite each other: the later takes the next free number.
#[derive(Default)]
pub(crate) struct Shelves {
    names: Table<u32, ()>,
}

impl Shelves {
    /// Writes a shard that is named by its bytes; says the name.
    pub(crate) fn put<E>(
        &mut self,
        id: fn(u32) -> ShardId,
        bytes: Vec<u8>,
        emit: Emit<'_, E>,
    ) -> Result<u32, E> {
        let mut hash = name(&bytes);
        while self.names.insert(hash, ()).is_some() {
            hash = hash.wrapping_add(1);
        }
        self.put_named(id(hash), bytes, emit)?;
        Ok(hash)
    }

    /// Writes a shard that has its name already.
    pub(crate) fn put_named<E>(
        &mut self,
        id: ShardId,
        bytes: Vec<u8>,
        emit: Emit<'_, E>,
    ) -> Result<(), E> {
        let id = id.text();
        let sealed = sealed(&id, bytes);
        emit(id, sealed)
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
            root.groups.push(self.put(ShardId::Directory, bytes, emit)?);
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
            let hash = self.put(ShardId::Directory, bytes.clone(), emit)?;
            pages.push(page.separator(0), hash);
        }
        root.directory = pages;
        Ok(())
    }
}

/// Shards of words, cut where they have reached their size.
pub(crate) struct WordShards<'a> {
    settings: &'a Settings<'a>,
    shard_bytes: usize,
    shelves: &'a mut Shelves,
    shard: WordsWriter,
    pub(crate) directory: Directory,
    /// How many tiers were written.
    pub(crate) tiers: u32,
    /// The last key of the shard before.
    last_key: Vec<u8>,
    /// The separator of the shard at hand.
    separator: Vec<u8>,
    /// How many raw bytes make a full shard, as far as the last measured one tells.
    full_raw_bytes: usize,
    shards: u32,
}

impl<'a> WordShards<'a> {
    pub(crate) fn new(
        settings: &'a Settings<'a>,
        shard_bytes: usize,
        shelves: &'a mut Shelves,
    ) -> WordShards<'a> {
        WordShards {
            settings,
            shard_bytes,
            shelves,
            shard: WordsWriter::default(),
            directory: Directory::default(),
            tiers: 0,
            last_key: Vec::new(),
            separator: Vec::new(),
            full_raw_bytes: shard_bytes * 3 / 2,
            shards: 0,
        }
    }

    /// Shards that begin from now on are of this size.
    pub(crate) fn set_shard_bytes(&mut self, shard_bytes: usize) {
        self.full_raw_bytes = self.full_raw_bytes * shard_bytes / self.shard_bytes.max(1);
        self.shard_bytes = shard_bytes;
    }

    /// Adds the next term; what does not fit beside it goes into tiers.
    pub(crate) fn add_term<E>(
        &mut self,
        term: MergedTerm<'_>,
        is_newest: &impl Fn(u32) -> bool,
        emit: Emit<'_, E>,
    ) -> Result<(), E> {
        let newest = |postings: &[crate::words::Posting]| {
            postings.iter().filter(|posting| is_newest(posting.document)).count() as u32
        };
        let (all, newest) = (term.postings.len() as u32, newest(&term.postings));
        let layout = Layout::of(term.postings, is_newest);
        let mut hot = Hot { newest, older: all - newest, tiers: Vec::new() };
        for tier in &layout.tiers {
            let bytes = tier.encode();
            self.tiers += 1;
            hot.tiers.push(TierEntry {
                edition: tier.edition,
                impact_max: tier.impact_max,
                postings: tier.postings.len() as u32,
                raw_bytes: bytes.len() as u32,
                hash: self.shelves.put(ShardId::Tier, bytes, emit)?,
            });
        }
        let hot = (!hot.tiers.is_empty()).then_some(hot);
        self.add(
            &WordEntry { key: term.key, surfaces: &term.surfaces, inline: &layout.inline, hot },
            emit,
        )
    }

    /// Adds the next term as it is.
    pub(crate) fn add<E>(&mut self, entry: &WordEntry<'_>, emit: Emit<'_, E>) -> Result<(), E> {
        if !self.shard.is_empty() && self.is_full_before(entry) {
            self.close(emit)?;
        }
        if self.shard.is_empty() && self.shards > 0 {
            self.separator = separator(&self.last_key, entry.key).into();
        }
        self.shard.add(entry);
        Ok(())
    }

    /// Whether the shard should end here. A little sooner or later is as good where it saves the directory a long separator.
    fn is_full_before(&self, entry: &WordEntry<'_>) -> bool {
        let raw_bytes = self.shard.raw_bytes() + entry.inline.len() * 2 + entry.key.len();
        let sixteenths = raw_bytes * 16 / self.full_raw_bytes.max(1);
        sixteenths >= EARLY_SIXTEENTHS
            && sixteenths
                >= match separator(self.shard.last_key(), entry.key).len() {
                    0..=2 => EARLY_SIXTEENTHS,
                    3 => 16,
                    _ => LATE_SIXTEENTHS,
                }
    }

    /// Writes the shard at hand, if there is anything in it.
    pub(crate) fn close<E>(&mut self, emit: Emit<'_, E>) -> Result<(), E> {
        if self.shard.is_empty() {
            return Ok(());
        }
        self.last_key = self.shard.last_key().into();
        let bytes = self.shard.finish();
        if self.shards.is_multiple_of(MEASURE_EVERY) {
            self.measure(&bytes);
        }
        self.shards += 1;
        let hash = self.shelves.put(ShardId::Words, bytes, emit)?;
        self.directory.push(&self.separator, hash);
        Ok(())
    }

    fn measure(&mut self, bytes: &[u8]) {
        let compressed_bytes = (self.settings.compressed_bytes)(bytes).max(1);
        let exact = self.shard_bytes as u64 * bytes.len() as u64 / compressed_bytes as u64;
        self.full_raw_bytes = (self.full_raw_bytes + exact as usize) / 2;
    }
}
