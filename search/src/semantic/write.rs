//! Writes what was made of a library's meaning: the map, the lists of clusters, and rows beside the shards of words.
//!
//! In: vectors by slot, clusters, rows by stem. Out: shards. Knows not how they were made. Writer only.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::LIST_PASSAGES;
use super::map::{Lists, Map, NOWHERE};
use super::rows::{ELSEWHERE_SHARDS, Row, RowsWriter, elsewhere, stem_in};
use crate::ids::ShardId;
use crate::ledger::ShardNote;
use crate::lists;
use crate::shelves::{Emit, Shelves};

/// A library of at most so many slots has all its vectors in the map.
const SLOTS_IN_MAP: usize = 1_500;
/// Rows of so few bytes are all in one shard. It is apart from the map, which an edit changes.
const ROWS_IN_ONE_BYTES: usize = 80_000;

/// What passages and stems mean.
#[derive(Debug, Clone, Default)]
pub struct Meaning {
    /// Tells these rows from those of another fit: shards of rows are named by it.
    pub stamp: u32,
    /// How many bytes a vector takes: two numbers each.
    pub row_bytes: usize,
    /// What meaning weighs beside words, which weigh 256.
    pub weight: u16,
    /// By cluster: where its passages look.
    pub centroids: Vec<u8>,
    /// By cluster: how near they are to its centroid, of 255.
    pub cohesions: Vec<u8>,
    /// By slot: its cluster. Slots without a passage have `u16::MAX`.
    pub clusters: Vec<u16>,
    /// By slot.
    pub vectors: Vec<u8>,
    /// Of stems, and of forms of them, in order of keys.
    pub rows: Vec<(Box<[u8]>, Row)>,
    /// Of stems that stand nowhere in the library, in order of keys. Who knows those knows rare ones too: where there are some, terms in fewer
    /// passages than [`super::ROW_PASSAGES_MIN`] may have rows.
    pub elsewhere: Vec<(Box<[u8]>, Row)>,
}

/// A passage as the index numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered {
    /// Its number.
    pub slot: u32,
    /// The number of its source, in the order in which sources were added.
    pub source: u32,
    /// Its place there.
    pub chunk: u32,
    /// Whether it belongs to the newest version of its product.
    pub is_newest: bool,
    /// Whether it stands for itself: it is no near-duplicate of another.
    pub is_own: bool,
}

/// The two numbers by which the root knows the meaning of a library.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct MeaningId {
    /// The name of the map; 0 if there is none.
    pub(crate) map: u32,
    /// What the names of shards of rows are mixed with; 0 if there are none. Its last two bits say how rows lie.
    pub(crate) stamp: u32,
}

/// The last bits of a stamp: rows lie beside the words that have them;
const BESIDE: u32 = 1;
/// so they do, and words from elsewhere have some too;
const TAUGHT: u32 = 2;
/// all of them are in the one shard that has the stamp's name.
const IN_ONE: u32 = 3;
const LAST_BITS: u32 = 3;

/// What was written of meaning: its names, and the checksums of the map and the lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MeaningNote {
    pub(crate) id: MeaningId,
    pub(crate) sums: Vec<u64>,
}

impl MeaningId {
    /// The rows of the terms in a shard of words.
    pub(crate) fn rows_beside(self, words: u32) -> ShardId {
        ShardId::Rows(if self.has_one() { self.stamp } else { words ^ self.stamp })
    }

    /// The shard of all rows, if there is but one.
    pub(crate) fn all_rows(self) -> Option<ShardId> {
        self.has_one().then_some(ShardId::Rows(self.stamp))
    }

    fn has_one(self) -> bool {
        self.stamp & LAST_BITS == IN_ONE
    }

    /// Whether rare terms may have rows, and words that stand nowhere in the library.
    pub(crate) fn is_taught(self) -> bool {
        self.stamp & LAST_BITS == TAUGHT
    }

    /// The rows where a key's stands if it stands nowhere in the library.
    pub(crate) fn rows_elsewhere(self, key: &[u8]) -> ShardId {
        ShardId::Rows(self.stamp ^ elsewhere(key))
    }

    /// All rows of words that stand nowhere in the library.
    pub(crate) fn all_elsewhere(self) -> impl Iterator<Item = ShardId> {
        let shards = if self.is_taught() { ELSEWHERE_SHARDS } else { 0 };
        (0..shards).map(move |shard| ShardId::Rows(self.stamp ^ shard))
    }
}

impl Meaning {
    fn stamp(&self, words: &[ShardNote]) -> u32 {
        // A shard of words that is named like one of these would share its rows' name with it: once in ten thousand libraries.
        let is_taught =
            !self.elsewhere.is_empty() && words.iter().all(|shard| shard.name >= ELSEWHERE_SHARDS);
        let is_small = self.rows.len() * (self.row_bytes + 8) <= ROWS_IN_ONE_BYTES;
        let last_bits = match is_taught {
            true => TAUGHT,
            false if is_small => IN_ONE,
            false => BESIDE,
        };
        self.stamp & !LAST_BITS | last_bits
    }

    /// Writes the map, the lists and the rows beside these shards of words; says how they are named.
    pub(crate) fn put<E>(
        &self,
        newest: &[(u32, u32)],
        words: &[ShardNote],
        shelves: &mut Shelves,
        emit: Emit<'_, E>,
    ) -> Result<MeaningNote, E> {
        let mut map = Map {
            row_bytes: self.row_bytes,
            weight: u32::from(self.weight),
            centroids: self.centroids.clone(),
            cohesions: self.cohesions.clone(),
            clusters: self.clusters.clone(),
            lists: Lists::default(),
            slots: Vec::new(),
        };
        let mut sums = Vec::new();
        map.lists = self.put_lists(newest, &mut sums, shelves, emit)?;
        let named = shelves.put(ShardId::Meaning, map.encode(), emit)?;
        sums.push(named.sum);
        let id = MeaningId { map: named.name, stamp: self.stamp(words) };
        if let Some(shard) = id.all_rows() {
            shelves.put_once(shard, self.all_rows(), emit)?;
            return Ok(MeaningNote { id, sums });
        }
        for shard in words {
            let rows = self.rows_between(&shard.first_key, &shard.last_key);
            shelves.put_once(id.rows_beside(shard.name), rows, emit)?;
        }
        for (shard, rows) in id.all_elsewhere().zip(self.rows_elsewhere()) {
            shelves.put_once(shard, rows, emit)?;
        }
        Ok(MeaningNote { id, sums })
    }

    /// The rows of the keys from one to another.
    fn rows_between(&self, first: &[u8], last: &[u8]) -> Vec<u8> {
        let begin = self.rows.partition_point(|(key, _)| **key < *first);
        let mut rows = RowsWriter::default();
        let between = self.rows[begin..].iter().take_while(|(key, _)| stem_in(key) <= last);
        between.for_each(|(key, row)| rows.add(key, row));
        rows.finish()
    }

    /// The rows of words from elsewhere, by shard.
    fn rows_elsewhere(&self) -> Vec<Vec<u8>> {
        let mut shards: Vec<RowsWriter> = Vec::new();
        shards.resize_with(ELSEWHERE_SHARDS as usize, RowsWriter::default);
        for (key, row) in &self.elsewhere {
            shards[elsewhere(key) as usize].add(key, row);
        }
        shards.iter_mut().map(RowsWriter::finish).collect()
    }

    fn all_rows(&self) -> Vec<u8> {
        let mut rows = RowsWriter::default();
        self.rows.iter().for_each(|(key, row)| rows.add(key, row));
        rows.finish()
    }

    fn put_lists<E>(
        &self,
        newest: &[(u32, u32)],
        sums: &mut Vec<u64>,
        shelves: &mut Shelves,
        emit: Emit<'_, E>,
    ) -> Result<Lists, E> {
        let lists = self.lists(newest);
        let is_small = self.clusters.len() <= SLOTS_IN_MAP;
        if is_small {
            return Ok(Lists::Here(lists.concat()));
        }
        let mut hashes = Vec::new();
        for list in lists {
            for part in list.chunks(LIST_PASSAGES * self.row_bytes) {
                let named = shelves.put(ShardId::Meaning, part.into(), emit)?;
                hashes.push(named.name);
                sums.push(named.sum);
            }
        }
        Ok(Lists::Named(hashes))
    }

    /// The vectors of each cluster, those of the newest versions apart.
    fn lists(&self, newest: &[(u32, u32)]) -> Vec<Vec<u8>> {
        let mut lists = alloc::vec![Vec::new(); 2 * self.cohesions.len()];
        for (slot, cluster) in (0u32..).zip(&self.clusters).filter(|(_, at)| **at != NOWHERE) {
            let is_newest = lists::holds(newest, slot);
            let list = &mut lists[2 * usize::from(*cluster) + usize::from(!is_newest)];
            list.extend_from_slice(
                &self.vectors[slot as usize * self.row_bytes..][..self.row_bytes],
            );
        }
        lists
    }
}
