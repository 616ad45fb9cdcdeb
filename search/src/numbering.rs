//! Which number does a passage get? One slot for all chunks that say the same, in order, with slack between guides.
//!
//! In: the likenesses of chunks, guide by guide. Out: their slots, and which passage stands for which. What one product's numbers
//! depend on beside its own passages is where they start, so that an edit need not number any other product. Writer only.

use crate::guides::Placing;
use crate::hash::Table;
use crate::likeness::{Groups, Likeness};

/// Where numbers begin or end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Start {
    /// Where the last guide began that began at a multiple.
    pub(crate) aligned: u32,
    /// How many slots are taken, slack included.
    pub(crate) slots: u32,
}

impl Start {
    /// Where a guide would begin.
    pub(crate) fn next(self) -> Start {
        let mut placing = Placing { aligned: self.aligned };
        let slots = placing.next(self.slots);
        Start { aligned: placing.aligned, slots }
    }
}

/// Numbers chunks as they come.
#[derive(Default)]
pub(crate) struct Numbering {
    placing: Placing,
    slots: u32,
    /// Where the guide at hand begins.
    guide_first: u32,
    /// The number of the version at hand.
    edition: u32,
    /// The slots of the passages of the product at hand.
    known: Table<[u64; 2], u32>,
    /// None where nothing can be near.
    near: Option<Groups>,
}

/// The number of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Numbered {
    pub(crate) slot: u32,
    /// The passage that stands for it, if this chunk is the first to show it.
    pub(crate) group: Option<u32>,
}

impl Numbering {
    /// As if so much had been numbered before.
    pub(crate) fn from(start: Start) -> Numbering {
        let placing = Placing { aligned: start.aligned };
        let near = Some(Groups::default());
        Numbering { placing, slots: start.slots, near, ..Numbering::default() }
    }

    /// All that follows is of one version of a product: nothing is near anything.
    pub(crate) fn find_none_near(&mut self) {
        self.near = None;
    }

    /// Where the next number would begin.
    pub(crate) fn start(&self) -> Start {
        Start { aligned: self.placing.aligned, slots: self.slots }
    }

    pub(crate) fn start_product(&mut self) {
        self.known.clear();
        self.near = Some(Groups::default());
    }

    pub(crate) fn start_edition(&mut self) {
        self.edition += 1;
    }

    /// Says where the guide begins.
    pub(crate) fn start_guide(&mut self) -> u32 {
        self.guide_first = self.placing.next(self.slots);
        self.guide_first
    }

    pub(crate) fn number(&mut self, likeness: &Likeness) -> Numbered {
        if let Some(slot) = self.known.get(&likeness.identity) {
            return Numbered { slot: *slot, group: None };
        }
        let slot = self.guide_first.max(self.slots);
        self.slots = slot + 1;
        self.known.insert(likeness.identity, slot);
        let near = self.near.as_mut();
        let group = near.map_or(slot, |near| near.stands_for(slot, likeness, self.edition));
        Numbered { slot, group: Some(group) }
    }
}
