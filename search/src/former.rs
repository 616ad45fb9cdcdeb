//! How passages were numbered before: recorded beside the index, an input of the next build like the library itself.
//!
//! In: the record, and the passages of now. Out: by guide, the slots of passages that it still is the first to show; and the next record.
//! A record that is cut or changed is none. Knows neither how numbers are given nor what passages say. Writer only.
//!
//! ```text
//! record = guides(varint) { entry(u64) first(varint) passages(varint) { gap << 1 | is late (varint) identity(u64) words(varint) } }
//!          checksum(u64)
//! ```
//!
//! A gap is the distance from the slot before; words are those of the body, as far as they weigh. What is late, `late` tells.

use alloc::vec::Vec;

use crate::bytes::{Cursor, put_varint};
use crate::checksum::{checksum, sealed, unsealed};
use crate::error::Error;
use crate::guides::GuideEntry;
use crate::hash::Table;
use crate::late::Base;
use crate::ledger::{put_u64, read_u64};
use crate::likeness::Likeness;
use crate::segment::SegmentReader;

/// What its checksum is of, beside its bytes; the number changes with what is in it.
const ID: &str = "numbers 2";

/// No index has so many slots.
const SLOTS_MAX: u32 = u32::MAX / 2;

/// So many slots for each passage, and so many more, are not too many.
const WORN_TIMES: u32 = 2;
const WORN_SLOTS: u32 = 4_096;

/// The numbers of a former index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Former {
    /// By the digest of their names.
    pub(crate) guides: Table<u64, FormerGuide>,
    pub(crate) base: Base,
}

/// Where a guide began, and what it was the first to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FormerGuide {
    pub(crate) first: u32,
    /// In order of slots.
    pub(crate) slots: Vec<FormerSlot>,
}

/// A slot and the passage that had it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FormerSlot {
    pub(crate) slot: u32,
    pub(crate) identity: u64,
    /// How many words its body had, as far as they weighed.
    pub(crate) body: u16,
}

/// A record in the making.
#[derive(Default)]
pub(crate) struct FormerWriter {
    guides: u32,
    bytes: Vec<u8>,
}

impl FormerWriter {
    pub(crate) fn add(&mut self, entry: u64, guide: &FormerGuide, base: &Base) {
        self.guides += 1;
        put_u64(&mut self.bytes, entry);
        put_varint(&mut self.bytes, guide.first);
        put_varint(&mut self.bytes, guide.slots.len() as u32);
        let mut last = guide.first;
        for FormerSlot { slot, identity, body } in guide.slots.iter().copied() {
            put_varint(&mut self.bytes, (slot - last) << 1 | u32::from(base.is_late(slot)));
            put_u64(&mut self.bytes, identity);
            put_varint(&mut self.bytes, u32::from(body));
            last = slot;
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes.len() + 16);
        put_varint(&mut out, self.guides);
        out.extend(self.bytes);
        sealed(ID, out)
    }
}

impl Former {
    pub(crate) fn decode(record: &[u8]) -> Option<Former> {
        let mut cursor = Cursor::new(unsealed(ID, record)?);
        let cursor = &mut cursor;
        let mut former = Former { base: Base::nothing(), ..Former::default() };
        for _ in 0..cursor.varint()? {
            let entry = read_u64(cursor)?;
            let mut guide = FormerGuide { first: cursor.varint()?, slots: Vec::new() };
            let mut last = guide.first;
            for _ in 0..cursor.varint()? {
                let gap = cursor.varint()?;
                last = last.checked_add(gap >> 1).filter(|slot| *slot < SLOTS_MAX)?;
                let identity = read_u64(cursor)?;
                let body = u16::try_from(cursor.varint()?).ok()?;
                guide.slots.push(FormerSlot { slot: last, identity, body });
                if gap & 1 == 0 {
                    former.base.add(last, body);
                }
            }
            former.guides.insert(entry, guide);
        }
        cursor.is_at_end().then_some(former)
    }
}

/// Whether so few passages leave too many of these slots free: then all are to be numbered as if for the first time.
pub(crate) fn is_worn(passages: u32, slots: u32) -> bool {
    slots > passages.saturating_mul(WORN_TIMES).saturating_add(WORN_SLOTS)
}

/// Tells records apart.
pub(crate) fn sum(record: &[u8]) -> u64 {
    checksum(ID, record)
}

/// How passages were numbered before, and which of them are still there: asked of all guides and sources in the library's order.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    former: Former,
    present: Present,
    entry: Option<GuideEntry>,
}

impl Numbers {
    /// The numbers of a record; nothing if it is none.
    #[must_use]
    pub fn read(record: &[u8]) -> Option<Numbers> {
        Some(Numbers { former: Former::decode(record)?, ..Numbers::default() })
    }

    /// The sources that follow belong to this guide.
    pub fn start_guide(&mut self, entry: &GuideEntry) {
        if self.entry.as_ref().is_none_or(|last| !last.is_of_product(entry)) {
            self.present.start_product();
        }
        self.present.close_guide(&mut self.former);
        self.present.entry = entry.digest();
        self.entry = Some(entry.clone());
    }

    /// Adds a source of that guide.
    ///
    /// # Errors
    /// If the segment is not one.
    pub fn add_source(&mut self, segment: &[u8]) -> Result<(), Error> {
        let segment = SegmentReader::open(segment)?;
        segment.likenesses.iter().for_each(|likeness| self.present.add(likeness));
        Ok(())
    }

    /// The same numbers, as if every passage had been there when the shards of words were last made as a whole.
    #[must_use]
    pub fn settled(mut self) -> Numbers {
        self.former.base.settle();
        self
    }

    /// What is left of the former numbers.
    pub(crate) fn finish(mut self) -> Former {
        self.present.close_guide(&mut self.former);
        // The writer would find this too, once it has been through everything.
        if self.former.base.is_outgrown(self.present.passages) {
            self.former.base.settle();
        }
        self.former
    }
}

/// Which passages a guide is the first to show, as they come.
#[derive(Debug, Clone, Default)]
pub(crate) struct Present {
    pub(crate) entry: u64,
    known: Table<[u64; 2], ()>,
    /// The identities of the guide at hand.
    own: Table<u64, ()>,
    /// How many there are.
    passages: u32,
}

impl Present {
    /// What follows is of another product.
    pub(crate) fn start_product(&mut self) {
        self.known.clear();
    }

    pub(crate) fn add(&mut self, likeness: &Likeness) {
        if self.known.insert(likeness.identity, ()).is_none() {
            self.own.insert(likeness.identity[0], ());
            self.passages += 1;
        }
    }

    /// Forgets what the guide at hand is no more the first to show.
    pub(crate) fn close_guide(&mut self, former: &mut Former) {
        if let Some(guide) = former.guides.get_mut(&self.entry) {
            guide.slots.retain(|stood| self.own.contains_key(&stood.identity));
        }
        self.own.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::Lengths;

    fn record() -> Vec<u8> {
        let mut writer = FormerWriter::default();
        let mut base = Base::nothing();
        base.add(56, 300);
        let stood = |slot, identity| FormerSlot { slot, identity, body: 300 };
        let slots = Vec::from([stood(56, 1), stood(60, 2)]);
        writer.add(7, &FormerGuide { first: 56, slots }, &base);
        writer.add(8, &FormerGuide { first: 61, slots: Vec::new() }, &base);
        writer.finish()
    }

    #[test]
    fn a_record_comes_back() {
        let former = Former::decode(&record()).unwrap();
        let slots = former.guides[&7].slots.iter().map(|stood| (stood.slot, stood.identity));
        assert_eq!(slots.collect::<Vec<_>>(), [(56, 1), (60, 2)]);
        assert_eq!((former.guides[&8].first, former.guides.len()), (61, 2));
        assert_eq!([56, 60].map(|slot| former.base.is_late(slot)), [false, true]);
        let weighs =
            |slot, body| former.base.weighed(slot, Lengths { body, ..Lengths::default() }).body;
        assert_eq!(
            [262, 263, 300, 337, 338].map(|body| weighs(56, body)),
            [262, 300, 300, 300, 338]
        );
        assert_eq!(weighs(60, 301), 301, "what is late weighs by itself");
    }

    #[test]
    fn cut_and_flipped_records_are_none() {
        let record = record();
        for cut in 0..record.len() {
            assert_eq!(Former::decode(&record[..cut]), None);
            let mut flipped = record.clone();
            flipped[cut] ^= 1;
            assert_eq!(Former::decode(&flipped), None);
        }
    }

    #[test]
    fn nonsense_with_a_right_checksum_never_panics() {
        let record = record();
        let body = unsealed(ID, &record).unwrap();
        for at in 0..body.len() {
            for bit in 0..8 {
                let mut flipped = Vec::from(body);
                flipped[at] ^= 1 << bit;
                let former = Former::decode(&sealed(ID, flipped)).unwrap_or_default();
                let slots = former.guides.values().flat_map(|guide| &guide.slots);
                assert!(slots.into_iter().all(|stood| stood.slot < SLOTS_MAX));
            }
        }
    }

    #[test]
    fn too_many_free_slots_are_given_up() {
        assert!(is_worn(2_900, 10_000) && !is_worn(3_000, 10_000) && !is_worn(0, 0));
    }
}
