//! What does a guide show besides the passages that it is the first to show? Lists of passages, for filters.
//!
//! ```text
//! lists = guides(varint) { gap(varint) runs(varint) { gap(varint) passages(varint) } }    gap: since the last guide, from the
//! ```                                                                                     shard's first; since the last run's end
//!
//! Passages that stand in several versions are numbered with the newest; an older version is its own passages and these lists.

use alloc::vec::Vec;

use crate::bytes::{Cursor, put_varint};
use crate::error::{Error, Part};
use crate::ledger::Shown;

/// The lists of one guide: rising ranges of passages, first and one past the last.
type Ranges = Vec<(u32, u32)>;

/// Runs of rising numbers, each first and one past the last.
pub(crate) fn runs(rising: impl IntoIterator<Item = u32>) -> Ranges {
    let mut ranges: Ranges = Vec::new();
    for number in rising {
        match ranges.last_mut() {
            Some((_, end)) if *end == number => *end += 1,
            _ => ranges.push((number, number + 1)),
        }
    }
    ranges
}

/// A shard of the lists of some guides: their numbers, counted from the shard's first guide, and their ranges.
pub(crate) fn encode(lists: &[(u32, Ranges)]) -> Vec<u8> {
    let mut out = Vec::new();
    put_varint(&mut out, lists.len() as u32);
    let mut last_guide = 0;
    for (guide, ranges) in lists {
        put_varint(&mut out, guide - last_guide);
        last_guide = *guide;
        put_varint(&mut out, ranges.len() as u32);
        let mut last = 0;
        for (first, end) in ranges {
            put_varint(&mut out, first - last);
            put_varint(&mut out, end - first);
            last = *end;
        }
    }
    out
}

/// A shard of lists in the making: the first of its version's guides, how many they are up to the last that has a list, its bytes.
pub(crate) struct ListShard {
    pub(crate) first_guide: u32,
    pub(crate) guides: u32,
    pub(crate) bytes: Vec<u8>,
}

/// What the guides of a product show besides the passages that they are the first to show, a shard for each version.
/// `guide_of` says which guide was first, `edition_of` where the guides of a version begin.
pub(crate) fn shards(
    sources: &[Shown],
    guide_of: impl Fn(u32) -> u32,
    edition_of: impl Fn(u32) -> u32,
) -> Vec<ListShard> {
    let mut lists: Vec<(u32, Vec<u32>)> = Vec::new();
    for source in sources {
        let besides = source.chunks.iter().filter(|shows| guide_of(shows.slot) != source.guide);
        for shows in besides {
            if lists.last().is_none_or(|(guide, _)| *guide != source.guide) {
                lists.push((source.guide, Vec::new()));
            }
            lists.iter_mut().next_back().into_iter().for_each(|(_, slots)| slots.push(shows.slot));
        }
    }
    let versions = lists.chunk_by(|left, right| edition_of(left.0) == edition_of(right.0));
    versions.map(|version| shard(version, edition_of(version[0].0))).collect()
}

fn shard(version: &[(u32, Vec<u32>)], first_guide: u32) -> ListShard {
    let ranges = version.iter().map(|(guide, slots)| {
        let mut slots = slots.clone();
        slots.sort_unstable();
        slots.dedup();
        (guide - first_guide, runs(slots))
    });
    let bytes = encode(&ranges.collect::<Vec<_>>());
    let guides = version.last().map_or(0, |(guide, _)| guide + 1 - first_guide);
    ListShard { first_guide, guides, bytes }
}

/// The lists of a shard; no passage is at or past `slots`.
pub(crate) fn decode(bytes: &[u8], slots: u32) -> Result<Vec<(u32, Ranges)>, Error> {
    let mut cursor = Cursor::new(bytes);
    let lists = read(&mut cursor, slots).filter(|_| cursor.is_at_end());
    lists.ok_or(Error::Corrupt(Part::Filters))
}

fn read(cursor: &mut Cursor<'_>, slots: u32) -> Option<Vec<(u32, Ranges)>> {
    let mut lists = Vec::new();
    let mut guide = 0u32;
    for _ in 0..cursor.varint()? {
        guide = guide.checked_add(cursor.varint()?)?;
        let mut ranges = Vec::new();
        let mut end = 0u32;
        for _ in 0..cursor.varint()? {
            let first = end.checked_add(cursor.varint()?)?;
            end = first.checked_add(cursor.varint()?).filter(|end| *end <= slots)?;
            ranges.push((first, end));
        }
        lists.push((guide, ranges));
    }
    Some(lists)
}

/// Whether one of these ranges has a number.
pub(crate) fn holds(ranges: &[(u32, u32)], number: u32) -> bool {
    ranges.iter().any(|(first, end)| (*first..*end).contains(&number))
}

/// The union of ranges: rising, none touching the next.
pub(crate) fn union(mut ranges: Ranges) -> Ranges {
    crate::sort::by(&mut ranges, |left, right| left < right);
    let mut union: Ranges = Vec::new();
    for (first, end) in ranges.into_iter().filter(|(first, end)| first < end) {
        match union.last_mut() {
            Some(last) if first <= last.1 => last.1 = last.1.max(end),
            _ => union.push((first, end)),
        }
    }
    union
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn lists_come_back_and_cuts_are_refused() {
        let lists = vec![(0, runs([1, 2, 3, 70_000])), (9, runs([])), (10, runs([5]))];
        assert_eq!(lists[0].1, [(1, 4), (70_000, 70_001)]);
        let bytes = encode(&lists);
        assert_eq!(decode(&bytes, 70_001), Ok(lists));
        assert_eq!(decode(&bytes, 70_000), Err(Error::Corrupt(Part::Filters)));
        for cut in 0..bytes.len() {
            assert!(decode(&bytes[..cut], 70_001).is_err());
            let mut flipped = bytes.clone();
            flipped[cut] ^= 0x81;
            let _ = decode(&flipped, 70_001);
        }
    }

    #[test]
    fn ranges_become_one() {
        assert_eq!(union(vec![(5, 9), (0, 2), (2, 3), (8, 10), (20, 20)]), [(0, 3), (5, 10)]);
    }
}
