//! What does a passage say? Blocks of seven passages, and the groups of blocks that name them.
//!
//! ```text
//! block = present(byte) { record(counted) }     a bit for each of the seven slots, the lowest first
//! ```
//!
//! Which block a passage is in follows from its number; which file a block is in follows from the hash of its group, which
//! the root lists: no trip is spent on finding a text.

use alloc::vec::Vec;

use crate::bytes::{Cursor, put_counted};
use crate::checksum::name;
use crate::error::{Error, Part};
use crate::record::Record;

/// Passages in a block.
pub(crate) const BLOCK_SLOTS: u32 = 7;
/// Blocks in a group.
pub(crate) const GROUP_BLOCKS: u32 = 32;
/// Passages in a group.
pub(crate) const GROUP_SLOTS: u32 = GROUP_BLOCKS * BLOCK_SLOTS;

/// Passages on their way into blocks; holds no more than one group.
#[derive(Default)]
pub(crate) struct TextsWriter {
    /// The encoded records of the group at hand, with gaps where slots are slack.
    slots: Vec<Option<Vec<u8>>>,
}

/// A group that is complete: the hash that names it, and its blocks by their place in it. Empty blocks are left out.
pub(crate) struct Group {
    pub(crate) hash: u32,
    pub(crate) blocks: Vec<(u32, Vec<u8>)>,
}

impl TextsWriter {
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
        for (block, slots) in self.slots.chunks(BLOCK_SLOTS as usize).enumerate() {
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

/// The record of a slot of a block, counted from 0.
pub(crate) fn record_in(block: &[u8], slot: u32) -> Result<Record, Error> {
    Record::decode(find_record(block, slot).ok_or(Error::Corrupt(Part::Texts))?)
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
    use alloc::format;
    use alloc::string::String;

    fn record(idx: u32) -> Record {
        Record { title: format!("r{idx}"), text: String::from("text"), ..Record::default() }
    }

    #[test]
    fn records_are_found_in_their_slots() {
        let mut writer = TextsWriter::default();
        for slot in 0..20 {
            assert!(writer.push((slot % 3 != 0).then(|| record(slot).encode())).is_none());
        }
        let group = writer.finish();
        assert_eq!(group.blocks.len(), 3);
        for slot in 0..21 {
            let (_, block) = &group.blocks[(slot / BLOCK_SLOTS) as usize];
            let expected = if slot < 20 && slot % 3 != 0 {
                Ok(record(slot))
            } else {
                Err(Error::Corrupt(Part::Texts))
            };
            assert_eq!(record_in(block, slot % BLOCK_SLOTS), expected, "{slot}");
        }
    }

    #[test]
    fn a_group_is_complete_after_its_last_slot() {
        let mut writer = TextsWriter::default();
        let groups = (0..2 * GROUP_SLOTS)
            .filter_map(|slot| writer.push((slot < 315).then(|| record(slot).encode())));
        let blocks: Vec<usize> = groups.map(|group| group.blocks.len()).collect();
        assert_eq!(blocks, [32, 13]);
        assert!(writer.is_empty());
    }

    #[test]
    fn cut_and_flipped_blocks_never_panic() {
        let block = encode_block(&[Some(record(1).encode()), None, Some(record(2).encode())]);
        for cut in 0..block.len() {
            assert!(record_in(&block[..cut], 2).is_err());
            let mut flipped = block.clone();
            flipped[cut] ^= 0x41;
            let _ = record_in(&flipped, 2);
        }
    }
}
