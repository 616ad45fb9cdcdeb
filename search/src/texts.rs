//! What does a passage say? Blocks of a few passages, and the groups of blocks that name them.
//!
//! ```text
//! block = present(byte) { record(counted) }     a bit for each slot of the block, the lowest first
//! ```
//!
//! Which block a passage is in follows from its number and from how many passages a block has, which the root says; which file
//! a block is in follows from the hash of its group, which the root lists: no trip is spent on finding a text.

use alloc::vec::Vec;
use core::ops::RangeInclusive;

use crate::bytes::{Cursor, put_counted};
use crate::checksum::name;
use crate::error::{Error, Part};

/// Passages in a group.
pub(crate) const GROUP_SLOTS: u32 = 112;
/// Passages in a block, at least and at most. The fewer, the less is fetched that is not shown; the more, the fewer files.
const BLOCK_SLOTS: RangeInclusive<u32> = 4..=8;
/// How many blocks there may be for a thousand chunks.
const BLOCKS_PER_THOUSAND_CHUNKS: usize = 160;

/// How many slots each block of an index has; the last of a group may have fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockSize(u32);

impl Default for BlockSize {
    fn default() -> BlockSize {
        BlockSize(*BLOCK_SLOTS.end())
    }
}

impl BlockSize {
    /// The smallest that does not make too many files of so many chunks, given which slots hold a passage.
    pub(crate) fn for_index(chunks: u32, is_taken: impl Fn(u32) -> bool, slots: u32) -> BlockSize {
        let blocks_max = chunks as usize * BLOCKS_PER_THOUSAND_CHUNKS / 1000;
        let blocks = |size: BlockSize| {
            let mut taken = (0..slots)
                .filter(|slot| is_taken(*slot))
                .map(|slot| size.block(slot))
                .collect::<Vec<_>>();
            taken.dedup();
            taken.len()
        };
        BLOCK_SLOTS.map(BlockSize).find(|size| blocks(*size) <= blocks_max).unwrap_or_default()
    }

    pub(crate) fn of(slots: u8) -> Option<BlockSize> {
        let slots = u32::from(slots);
        BLOCK_SLOTS.contains(&slots).then_some(BlockSize(slots))
    }

    pub(crate) fn slots(self) -> u32 {
        self.0
    }

    fn blocks_of_group(self) -> u32 {
        GROUP_SLOTS.div_ceil(self.0)
    }

    /// The block of a slot, counted over all groups.
    pub(crate) fn block(self, slot: u32) -> u32 {
        slot / GROUP_SLOTS * self.blocks_of_group() + slot % GROUP_SLOTS / self.0
    }

    /// The place of a slot in its block.
    pub(crate) fn place(self, slot: u32) -> u32 {
        slot % GROUP_SLOTS % self.0
    }

    /// The group of a block.
    pub(crate) fn group(self, block: u32) -> u32 {
        block / self.blocks_of_group()
    }

    /// The first block of a group.
    pub(crate) fn first_block(self, group: u32) -> u32 {
        group * self.blocks_of_group()
    }
}

/// Passages on their way into blocks; holds no more than one group.
pub(crate) struct TextsWriter {
    size: BlockSize,
    /// The encoded records of the group at hand, with gaps where slots are slack.
    slots: Vec<Option<Vec<u8>>>,
}

/// A group that is complete: the hash that names it, and its blocks by their place in it. Empty blocks are left out.
pub(crate) struct Group {
    pub(crate) hash: u32,
    pub(crate) blocks: Vec<(u32, Vec<u8>)>,
}

impl TextsWriter {
    pub(crate) fn new(size: BlockSize) -> TextsWriter {
        TextsWriter { size, slots: Vec::new() }
    }

    /// Adds the next slot; says the group that it completes.
    pub(crate) fn push(&mut self, record: Option<Vec<u8>>) -> Option<Group> {
        self.slots.push(record);
        (self.slots.len() == GROUP_SLOTS as usize).then(|| self.finish())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    pub(crate) fn finish(&mut self) -> Group {
        let mut blocks = Vec::new();
        for (block, slots) in self.slots.chunks(self.size.0 as usize).enumerate() {
            if slots.iter().any(Option::is_some) {
                blocks.push((block as u32, encode_block(slots)));
            }
        }
        self.slots.clear();
        let sums: Vec<u8> = blocks
            .iter()
            .flat_map(|(block, bytes)| [*block, name(bytes)])
            .flat_map(u32::to_le_bytes)
            .collect();
        Group { hash: name(&sums), blocks }
    }
}

fn encode_block(slots: &[Option<Vec<u8>>]) -> Vec<u8> {
    let present = slots
        .iter()
        .enumerate()
        .fold(0u8, |bits, (slot, record)| bits | u8::from(record.is_some()) << slot);
    let mut out = Vec::from([present]);
    slots.iter().flatten().for_each(|record| put_counted(&mut out, record));
    out
}

/// The bytes of the record in a slot of a block, counted from 0.
pub(crate) fn record_in(block: &[u8], slot: u32) -> Result<&[u8], Error> {
    find_record(block, slot).ok_or(Error::Corrupt(Part::Texts))
}

fn find_record(block: &[u8], slot: u32) -> Option<&[u8]> {
    let mut cursor = Cursor::new(block);
    let present = cursor.byte()?;
    if present >> slot & 1 == 0 {
        return None;
    }
    for _ in 0..(present & ((1u16 << slot) - 1) as u8).count_ones() {
        cursor.counted()?;
    }
    cursor.counted()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;
    use alloc::format;
    use alloc::string::String;

    fn record(idx: u32) -> Record {
        Record { title: format!("r{idx}"), text: String::from("text"), ..Record::default() }
    }

    #[test]
    fn records_are_found_in_their_slots() {
        let size = BlockSize(7);
        let mut writer = TextsWriter::new(size);
        for slot in 0..20 {
            assert!(writer.push((slot % 3 != 0).then(|| record(slot).encode())).is_none());
        }
        let group = writer.finish();
        assert_eq!(group.blocks.len(), 3);
        for slot in 0..21 {
            let (_, block) = &group.blocks[size.block(slot) as usize];
            let expected = if slot < 20 && slot % 3 != 0 {
                Ok(record(slot))
            } else {
                Err(Error::Corrupt(Part::Texts))
            };
            assert_eq!(
                record_in(block, size.place(slot)).and_then(Record::decode),
                expected,
                "{slot}"
            );
        }
    }

    #[test]
    fn a_group_is_complete_after_its_last_slot() {
        let mut writer = TextsWriter::new(BlockSize(5));
        let groups = (0..2 * GROUP_SLOTS)
            .filter_map(|slot| writer.push((slot < 157).then(|| record(slot).encode())));
        let blocks: Vec<usize> = groups.map(|group| group.blocks.len()).collect();
        assert_eq!(blocks, [23, 9]);
        assert!(writer.is_empty());
    }

    #[test]
    fn blocks_are_as_small_as_the_number_of_files_allows() {
        let size = |chunks, passages| BlockSize::for_index(chunks, |_| true, passages).slots();
        assert_eq!([size(2000, 1000), size(1000, 1000), size(1000, 780)], [4, 7, 5]);
        assert_eq!([size(100, 1000), size(0, 0)], [8, 4]);
        let every_eighth = |slot: u32| slot.is_multiple_of(8);
        assert_eq!(BlockSize::for_index(1000, every_eighth, 1200).slots(), 4);
    }

    #[test]
    fn every_slot_has_a_block_and_a_place_of_its_own() {
        for size in BLOCK_SLOTS.map(BlockSize) {
            let mut last = None;
            for slot in 0..3 * GROUP_SLOTS {
                let at = (size.block(slot), size.place(slot));
                assert!(Some(at) > last && at.1 < size.slots());
                assert_eq!(size.group(at.0), slot / GROUP_SLOTS);
                last = Some(at);
            }
            assert_eq!(size.block(2 * GROUP_SLOTS), size.first_block(2));
        }
    }

    #[test]
    fn cut_and_flipped_blocks_never_panic() {
        let block = encode_block(&[Some(record(1).encode()), None, Some(record(2).encode())]);
        for cut in 0..block.len() {
            assert!(record_in(&block[..cut], 2).is_err());
            let mut flipped = block.clone();
            flipped[cut] ^= 0x41;
            let _ = record_in(&flipped, 2).and_then(Record::decode);
        }
    }
}
