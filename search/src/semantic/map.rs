//! The map of meaning: where clusters look, which passage lies in which, and the names of their lists.
//!
//! In: the payload of `m/<hash>`. Out: the map, or nothing if the bytes make no sense.
//!
//! ```text
//! map   = row bytes(byte) weight(varint) form(byte) clusters(varint)
//!         centroids: clusters * row bytes, cohesions: clusters * byte
//!         ranks(counted) { rank(varint) }      of every slot: 0 for none, else the cluster's place among those seen last, from 1
//!         { hash(u32) }                        of lists, or with form 1 the lists themselves, one after the other
//! ```
//!
//! The lists of a cluster are those of the newest versions, then those of older ones, each of at most 512 vectors in order
//! of slots: the map says how many there are.

use alloc::vec::Vec;

use super::LIST_PASSAGES;
use crate::bytes::{Cursor, put_counted, put_varint};

/// The form of a map that has its lists in it.
const HAS_VECTORS: u8 = 1;

/// No weight is more: beyond it words would say nothing.
const WEIGHT_MAX: u32 = 4_096;

/// No cluster: there is no passage in this slot.
pub(crate) const NOWHERE: u16 = u16::MAX;

/// What `m/` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Map {
    /// How many bytes a vector takes.
    pub(crate) row_bytes: usize,
    /// What meaning weighs beside words, which weigh 256.
    pub(crate) weight: u32,
    pub(crate) centroids: Vec<u8>,
    /// By cluster: how near its passages are to the centroid, of 255.
    pub(crate) cohesions: Vec<u8>,
    /// By slot.
    pub(crate) clusters: Vec<u16>,
    pub(crate) lists: Lists,
    /// The slots of each list in order, two lists a cluster: that of the newest versions, that of older ones. Told from the clusters when a
    /// map is read.
    pub(crate) slots: Vec<Vec<u32>>,
}

/// Where vectors are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lists {
    /// The names of shards.
    Named(Vec<u32>),
    /// All of them, here.
    Here(Vec<u8>),
}

impl Default for Lists {
    fn default() -> Lists {
        Lists::Here(Vec::new())
    }
}

impl Map {
    pub(crate) fn len(&self) -> usize {
        self.cohesions.len()
    }

    pub(crate) fn centroid(&self, cluster: usize) -> &[u8] {
        &self.centroids[cluster * self.row_bytes..][..self.row_bytes]
    }

    pub(crate) fn cluster_of(&self, slot: u32) -> Option<usize> {
        self.clusters
            .get(slot as usize)
            .copied()
            .filter(|cluster| *cluster != NOWHERE)
            .map(usize::from)
    }

    /// Whether a list has this name.
    pub(crate) fn names(&self, hash: u32) -> bool {
        matches!(&self.lists, Lists::Named(hashes) if hashes.contains(&hash))
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let form = if matches!(self.lists, Lists::Here(_)) { HAS_VECTORS } else { 0 };
        let mut out = Vec::from([self.row_bytes as u8]);
        put_varint(&mut out, self.weight);
        out.push(form);
        put_varint(&mut out, self.len() as u32);
        out.extend_from_slice(&self.centroids);
        out.extend_from_slice(&self.cohesions);
        put_counted(&mut out, &ranks(&self.clusters, self.len()));
        match &self.lists {
            Lists::Named(hashes) => {
                hashes.iter().for_each(|hash| out.extend_from_slice(&hash.to_le_bytes()));
            }
            Lists::Here(vectors) => out.extend_from_slice(vectors),
        }
        out
    }

    /// The map of an index of so many slots, of which these ranges are of the newest versions.
    pub(crate) fn decode(bytes: &[u8], slots: u32, newest: &[(u32, u32)]) -> Option<Map> {
        let mut cursor = Cursor::new(bytes);
        let row_bytes = usize::from(cursor.byte()?);
        let weight = cursor.varint()?.min(WEIGHT_MAX);
        let has_vectors = cursor.byte()? == HAS_VECTORS;
        let count = cursor.varint()? as usize;
        let centroids = cursor.take(count.checked_mul(row_bytes)?)?.into();
        let cohesions = cursor.take(count)?.into();
        let clusters = read_ranks(cursor.counted()?, count, slots)?;
        let rest = cursor.rest();
        let mut map = Map {
            row_bytes,
            weight,
            centroids,
            cohesions,
            clusters,
            lists: match has_vectors {
                true => Lists::Here(rest.into()),
                false => Lists::Named(hashes(rest)?),
            },
            slots: Vec::new(),
        };
        map.slots = map.slots_by_list(newest);
        let (mut passages, mut lists) = (0, 0);
        for size in map.slots.iter().map(Vec::len) {
            passages += size;
            lists += size.div_ceil(LIST_PASSAGES);
        }
        let is_whole = match &map.lists {
            Lists::Here(vectors) => vectors.len() == passages * row_bytes,
            Lists::Named(hashes) => hashes.len() == lists,
        };
        is_whole.then_some(map)
    }

    fn slots_by_list(&self, newest: &[(u32, u32)]) -> Vec<Vec<u32>> {
        let mut slots = alloc::vec![Vec::new(); 2 * self.len()];
        let mut is_newest = inside(newest);
        for (slot, cluster) in (0..).zip(&self.clusters).filter(|(_, cluster)| **cluster != NOWHERE)
        {
            slots[2 * usize::from(*cluster) + usize::from(!is_newest(slot))].push(slot);
        }
        slots
    }
}

/// Whether a slot lies in one of these rising ranges; to be asked for slots in order.
pub(super) fn inside(ranges: &[(u32, u32)]) -> impl FnMut(u32) -> bool {
    let (mut is_inside, mut end) = (false, 0);
    move |slot| {
        if slot >= end {
            (is_inside, end) = stretch(ranges, slot);
        }
        is_inside
    }
}

/// Whether a slot lies in one of these rising ranges, and before which slot that changes.
fn stretch(ranges: &[(u32, u32)], slot: u32) -> (bool, u32) {
    match ranges.get(ranges.partition_point(|(_, end)| *end <= slot)) {
        Some((first, end)) if *first <= slot => (true, *end),
        Some((first, _)) => (false, *first),
        None => (false, u32::MAX),
    }
}

fn hashes(bytes: &[u8]) -> Option<Vec<u32>> {
    let mut cursor = Cursor::new(bytes);
    let mut hashes = Vec::new();
    while !cursor.is_at_end() {
        hashes.push(cursor.u32()?);
    }
    Some(hashes)
}

/// Clusters by the order in which they were seen last: neighbours are of few clusters, so most ranks are small.
struct Recent(Vec<u16>);

impl Recent {
    fn new(clusters: usize) -> Recent {
        Recent((0..clusters as u16).collect())
    }

    fn take(&mut self, rank: usize) -> Option<u16> {
        let cluster = *self.0.get(rank)?;
        self.0.copy_within(..rank, 1);
        self.0[0] = cluster;
        Some(cluster)
    }
}

fn ranks(clusters: &[u16], count: usize) -> Vec<u8> {
    let mut recent = Recent::new(count);
    let mut out = Vec::new();
    for cluster in clusters {
        let rank = recent.0.iter().position(|other| other == cluster);
        put_varint(&mut out, rank.map_or(0, |rank| rank as u32 + 1));
        rank.and_then(|rank| recent.take(rank));
    }
    out
}

fn read_ranks(bytes: &[u8], count: usize, slots: u32) -> Option<Vec<u16>> {
    let mut recent = Recent::new(count.min(usize::from(NOWHERE)));
    let mut cursor = Cursor::new(bytes);
    let mut clusters = Vec::new();
    while !cursor.is_at_end() {
        let cluster = match cursor.varint()?.checked_sub(1) {
            Some(rank) => recent.take(rank as usize)?,
            None => NOWHERE,
        };
        clusters.push(cluster);
    }
    (clusters.len() == slots as usize).then_some(clusters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn sample() -> Map {
        let mut clusters: Vec<u16> = (0..600).map(|slot| u16::from(slot % 5 == 0)).collect();
        clusters.extend([NOWHERE, NOWHERE, 2, 1]);
        Map {
            row_bytes: 2,
            weight: 77,
            centroids: vec![1, 2, 3, 4, 5, 6],
            cohesions: vec![9, 8, 7],
            clusters,
            lists: Lists::Named(vec![1, 2, 3, 4, 5]),
            slots: Vec::new(),
        }
    }

    /// How many slots each list has.
    fn sizes(map: &Map) -> Vec<usize> {
        map.slots.iter().map(Vec::len).collect()
    }

    /// The last two passages are older.
    const NEWEST: [(u32, u32); 2] = [(0, 300), (300, 602)];

    #[test]
    fn maps_come_back() {
        let map = sample();
        let four = Map { lists: Lists::Named(vec![1, 2, 3, 4]), ..map.clone() };
        let read = Map::decode(&four.encode(), 604, &NEWEST).unwrap();
        assert_eq!(sizes(&read), [480, 0, 120, 1, 0, 1]);
        assert_eq!(read.slots[2][..3], [0, 5, 10]);
        assert_eq!(Map { slots: Vec::new(), ..read }, four);
        assert_eq!(Map::decode(&map.encode(), 604, &NEWEST), None, "a list too many");
        let here = Map { lists: Lists::Here(vec![7; 602 * 2]), ..map };
        let read = Map::decode(&here.encode(), 604, &NEWEST).unwrap();
        assert_eq!(Map { slots: Vec::new(), ..read }, here);
        assert_eq!(Map::decode(&here.encode(), 603, &NEWEST), None);
        assert_eq!(here.cluster_of(602), Some(2));
        assert_eq!((here.cluster_of(601), here.cluster_of(604)), (None, None));
    }

    #[test]
    fn cut_and_flipped_maps_never_panic() {
        let map = Map { lists: Lists::Named(vec![1, 2, 3, 4]), ..sample() };
        let bytes = map.encode();
        for cut in 0..bytes.len() {
            assert_eq!(Map::decode(&bytes[..cut], 604, &NEWEST), None);
            let mut flipped = bytes.clone();
            flipped[cut] ^= 0x81;
            let _ = Map::decode(&flipped, 604, &NEWEST);
        }
    }
}
