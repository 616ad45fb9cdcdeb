//! Writes what was made of a library's meaning: the map, the lists of clusters, and rows beside the shards of words.
//!
//! In: vectors by slot, clusters, rows by stem. Out: shards. Knows not how they were made. Writer only.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::map::{Lists, Map, NOWHERE};
use super::rows::{Row, RowsWriter};
use super::{LIST_PASSAGES, ROW_PASSAGES_MIN};
use crate::ids::ShardId;
use crate::shelves::{Emit, Shelves};

/// A library of at most so many slots has all its vectors in the map.
const SLOTS_IN_MAP: usize = 1_500;
/// Rows of so few bytes are all in the map.
const ROWS_IN_MAP_BYTES: usize = 80_000;

/// What passages and stems mean.
#[derive(Debug, Clone, Default)]
pub struct Meaning {
    /// Tells these rows from those of another fit: shards of rows are named by it.
    pub stamp: u32,
    /// How many bytes a vector takes: two numbers each.
    pub row_bytes: usize,
    /// The share of meaning in a score, of 256.
    pub weight: u8,
    /// By cluster: where its passages look.
    pub centroids: Vec<u8>,
    /// By cluster: how near they are to its centroid, of 255.
    pub cohesions: Vec<u8>,
    /// By slot: its cluster. Slots without a passage have `u16::MAX`.
    pub clusters: Vec<u16>,
    /// By slot.
    pub vectors: Vec<u8>,
    /// In order of keys.
    pub rows: Vec<(Box<[u8]>, Row)>,
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
    /// What the names of shards of rows are mixed with; 0 if all rows are in the map.
    pub(crate) stamp: u32,
}

impl MeaningId {
    /// The rows of the terms in a shard of words.
    pub(crate) fn rows_beside(self, words: u32) -> ShardId {
        ShardId::Rows(words ^ self.stamp)
    }
}

impl Meaning {
    fn has_rows_in_map(&self) -> bool {
        self.rows.len() * (self.row_bytes + 8) <= ROWS_IN_MAP_BYTES
    }

    pub(crate) fn row(&self, key: &[u8]) -> Option<&Row> {
        let at = self.rows.binary_search_by(|(other, _)| (**other).cmp(key)).ok()?;
        Some(&self.rows[at].1)
    }

    /// Writes the map and the lists; says how they are named.
    pub(crate) fn put<E>(
        &self,
        newest: &[(u32, u32)],
        shelves: &mut Shelves,
        emit: Emit<'_, E>,
    ) -> Result<MeaningId, E> {
        let mut map = Map {
            row_bytes: self.row_bytes,
            weight: u32::from(self.weight),
            centroids: self.centroids.clone(),
            cohesions: self.cohesions.clone(),
            clusters: self.clusters.clone(),
            rows: self.has_rows_in_map().then(|| self.all_rows()),
            lists: Lists::default(),
        };
        map.lists = self.put_lists(newest, shelves, emit)?;
        let stamp = if map.rows.is_some() { 0 } else { self.stamp };
        Ok(MeaningId { map: shelves.put(ShardId::Meaning, map.encode(), emit)?, stamp })
    }

    fn all_rows(&self) -> Vec<u8> {
        let mut rows = RowsWriter::default();
        self.rows.iter().for_each(|(key, row)| rows.add(key, row));
        rows.finish()
    }

    fn put_lists<E>(
        &self,
        newest: &[(u32, u32)],
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
                hashes.push(shelves.put(ShardId::Meaning, part.into(), emit)?);
            }
        }
        Ok(Lists::Named(hashes))
    }

    /// The vectors of each cluster, those of the newest versions apart.
    fn lists(&self, newest: &[(u32, u32)]) -> Vec<Vec<u8>> {
        let mut lists = alloc::vec![Vec::new(); 2 * self.cohesions.len()];
        for (slot, cluster) in (0u32..).zip(&self.clusters).filter(|(_, at)| **at != NOWHERE) {
            let is_newest = newest.iter().any(|(first, end)| (*first..*end).contains(&slot));
            let list = &mut lists[2 * usize::from(*cluster) + usize::from(!is_newest)];
            list.extend_from_slice(
                &self.vectors[slot as usize * self.row_bytes..][..self.row_bytes],
            );
        }
        lists
    }
}

/// Rows beside the shard of words at hand.
#[derive(Default)]
pub(crate) struct RowsBeside<'a> {
    meaning: Option<&'a Meaning>,
    rows: RowsWriter,
    is_wanted: bool,
}

impl<'a> RowsBeside<'a> {
    pub(crate) fn new(meaning: Option<&'a Meaning>) -> RowsBeside<'a> {
        let meaning = meaning.filter(|meaning| !meaning.has_rows_in_map());
        RowsBeside { meaning, ..RowsBeside::default() }
    }

    /// Notes a term of the shard at hand.
    pub(crate) fn add(&mut self, key: &[u8], passages: u32) {
        let Some(meaning) = self.meaning.filter(|_| passages >= ROW_PASSAGES_MIN) else { return };
        self.is_wanted = true;
        if let Some(row) = meaning.row(key) {
            self.rows.add(key, row);
        }
    }

    /// Writes the rows of the shard of words of this name, if any reader could ask for them.
    pub(crate) fn close<E>(
        &mut self,
        words: u32,
        shelves: &mut Shelves,
        emit: Emit<'_, E>,
    ) -> Result<(), E> {
        let Some(meaning) = self.meaning.filter(|_| self.is_wanted) else { return Ok(()) };
        self.is_wanted = false;
        let id = MeaningId { map: 0, stamp: meaning.stamp };
        shelves.put_named(id.rows_beside(words), self.rows.finish(), emit)
    }
}
