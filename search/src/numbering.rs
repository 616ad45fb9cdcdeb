//! Which number does a passage get? One slot for all chunks that say the same: the one that it had, else the next that is free.
//!
//! In: the likenesses of chunks, guide by guide, and how they were numbered before. Out: their slots, and which passage stands for which.
//! A guide begins where it began, and moves only where those before it need its room; so an edit moves nothing but what it says anew. What
//! was not numbered before is numbered in order, with slack between guides. What one product's numbers depend on beside its own passages
//! is where they start, so that an edit need not number any other product. Writer only.

use alloc::vec::Vec;

use crate::former::{Former, FormerGuide};
use crate::guides::GuideEntry;
use crate::hash::Table;
use crate::likeness::{Groups, Likeness};

/// What shows passages of other versions is soon the first to show one, where it is edited: so many slots are kept for it,
const SLACK_SLOTS: u32 = 2;
/// and one more for so many passages.
const SLACK_EVERY: u32 = 8;

/// Guides begin at a multiple of this, small ones several together, so that an edit does not renumber all that follows.
pub(crate) const GUIDE_SLOTS: u32 = 56;

/// Where each guide begins.
#[derive(Debug, Default)]
pub(crate) struct Placing {
    /// Where the last guide began that began at a multiple.
    pub(crate) aligned: u32,
}

impl Placing {
    /// A guide begins there.
    pub(crate) fn stands(&mut self, first: u32) {
        if first.is_multiple_of(GUIDE_SLOTS) {
            self.aligned = first;
        }
    }

    /// Where the next guide begins, given how many slots are taken.
    pub(crate) fn next(&mut self, slots: u32) -> u32 {
        if slots - self.aligned < GUIDE_SLOTS {
            return slots;
        }
        self.aligned = slots.next_multiple_of(GUIDE_SLOTS);
        self.aligned
    }
}

/// Numbers chunks as they come.
#[derive(Default)]
pub(crate) struct Numbering {
    placing: Placing,
    former: Former,
    guide: Guide,
    /// One past the last slot that is taken.
    end: u32,
    /// The number of the version at hand.
    edition: u32,
    /// The slots of the passages of the product at hand.
    known: Table<[u64; 2], u32>,
    /// None where nothing can be near.
    near: Option<Groups>,
}

/// The guide at hand.
#[derive(Default)]
struct Guide {
    first: u32,
    has_version: bool,
    /// How many passages it is the first to show.
    passages: u32,
    /// Where those are that it showed before, if it stands where it stood.
    kept: Table<u64, u32>,
    /// These slots, in order.
    taken: Vec<u32>,
    /// Where to look for the next free slot.
    free: u32,
}

/// The number of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Numbered {
    pub(crate) slot: u32,
    /// The passage that stands for it, if this chunk is the first to show it.
    pub(crate) group: Option<u32>,
}

impl Numbering {
    /// Numbers as they were numbered before, as far as may be.
    pub(crate) fn after(former: Former) -> Numbering {
        Numbering { former, near: Some(Groups::default()), ..Numbering::default() }
    }

    /// As if all of the guides that begin at these slots had been numbered, and nothing else before `end`.
    pub(crate) fn skip(&mut self, firsts: impl Iterator<Item = u32>, end: u32) {
        firsts.for_each(|first| self.placing.stands(first));
        self.end = end;
    }

    /// All that follows is of one version of a product: nothing is near anything.
    pub(crate) fn find_none_near(&mut self) {
        self.near = None;
    }

    /// One past the last slot that is taken.
    pub(crate) fn end(&self) -> u32 {
        self.end
    }

    pub(crate) fn start_product(&mut self) {
        self.known.clear();
        self.near = Some(Groups::default());
    }

    pub(crate) fn start_edition(&mut self) {
        self.edition += 1;
    }

    /// Says where the guide begins.
    pub(crate) fn start_guide(&mut self, entry: &GuideEntry) -> u32 {
        let last = core::mem::take(&mut self.guide);
        self.guide.has_version = entry.version.is_some();
        let standing = self.former.guides.get(&entry.digest());
        if let Some(former) = standing.filter(|former| former.first >= self.end) {
            self.guide.stand(former);
            self.placing.stands(former.first);
            return former.first;
        }
        self.guide.first = self.placing.next(last.end(self.end));
        self.guide.free = self.guide.first;
        self.guide.first
    }

    pub(crate) fn number(&mut self, likeness: &Likeness) -> Numbered {
        if let Some(slot) = self.known.get(&likeness.identity) {
            return Numbered { slot: *slot, group: None };
        }
        let slot = self.guide.slot_of(likeness.identity[0]);
        self.end = self.end.max(slot + 1);
        self.known.insert(likeness.identity, slot);
        let near = self.near.as_mut();
        let group = near.map_or(slot, |near| near.stands_for(slot, likeness, self.edition));
        Numbered { slot, group: Some(group) }
    }
}

impl Guide {
    /// It begins where it began.
    fn stand(&mut self, former: &FormerGuide) {
        (self.first, self.free) = (former.first, former.first);
        self.kept = former.slots.iter().map(|stood| (stood.identity, stood.slot)).collect();
        self.taken = self.kept.values().copied().collect();
        self.taken.sort_unstable();
    }

    fn slot_of(&mut self, identity: u64) -> u32 {
        self.passages += 1;
        // Two passages of one hash do not get one slot.
        if let Some(slot) = self.kept.remove(&identity) {
            return slot;
        }
        while self.taken.binary_search(&self.free).is_ok() {
            self.free += 1;
        }
        self.free += 1;
        self.free - 1
    }

    /// Where another may begin, given how many slots are taken: behind the slots that are left free.
    fn end(&self, taken: u32) -> u32 {
        let slack = if self.has_version { SLACK_SLOTS + self.passages / SLACK_EVERY } else { 0 };
        taken.max(self.first) + slack
    }
}
