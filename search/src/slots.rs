//! What is to be known of slots by their numbers, before an edit and after it. Writer only.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::guides::GuideEntry;
use crate::late::Base;
use crate::ledger::{Product, Shown, Shows, SlotNote};
use crate::merge::Scales;
use crate::revise::State;
use crate::weights::{LengthTotals, Lengths};

/// What is to be known of slots by their numbers.
pub(crate) struct Slots {
    /// As they are.
    pub(crate) lengths: Vec<Lengths>,
    /// The guide that is the first to show each; none for slack.
    pub(crate) guides: Vec<Option<u32>>,
    /// As they were, and as they are.
    pub(crate) totals: [LengthTotals; 2],
    /// Those that another passage, or none, has now.
    pub(crate) other_lengths: BTreeSet<u32>,
}

impl Slots {
    pub(crate) fn scales(&self) -> Scales<'_> {
        Scales { lengths: &self.lengths, averages: self.totals[1].averages() }
    }

    /// Whether a slot belongs to a newest version.
    pub(crate) fn is_newest<'s>(
        &'s self,
        guides: &'s [(GuideEntry, Vec<u64>)],
    ) -> impl Fn(u32) -> bool + 's {
        let guide = |slot: u32| self.guides.get(slot as usize).copied().flatten();
        move |slot| guide(slot).is_some_and(|guide| guides[guide as usize].0.is_newest)
    }

    /// How many passages are late.
    pub(crate) fn late(&self, base: &Base) -> u32 {
        let taken = (0..).zip(&self.guides).filter(|(_, guide)| guide.is_some());
        taken.filter(|(slot, _)| base.is_late(*slot)).count() as u32
    }

    pub(crate) fn of(state: &State<'_>) -> Slots {
        let mut slots = Slots {
            lengths: Vec::new(),
            guides: Vec::new(),
            totals: [LengthTotals::default(); 2],
            other_lengths: BTreeSet::new(),
        };
        for numbers in &state.products {
            let now = numbers.now();
            let present = |slot: &&SlotNote| slot.group.is_some();
            numbers
                .old
                .slots
                .iter()
                .filter(present)
                .for_each(|slot| slots.totals[0].add(slot.lengths));
            now.slots.iter().filter(present).for_each(|slot| slots.totals[1].add(slot.lengths));
            if !now.slots.is_empty() {
                slots.lengths.resize(numbers.first as usize, Lengths::default());
                slots.lengths.extend(now.slots.iter().map(|slot| slot.lengths));
            }
            slots.guides.resize(slots.lengths.len(), None);
            for (guide, shows) in now.sources.iter().flat_map(Shown::firsts) {
                slots.guides[shows.slot as usize] = Some(guide);
            }
            if numbers.new.is_some() {
                let pairs = 0..numbers.old.slots.len().max(now.slots.len());
                let differs = |at: &usize| {
                    let of = |product: &Product| product.slots.get(*at).map(|slot| slot.lengths);
                    of(&numbers.old) != of(now)
                };
                let others = pairs.filter(differs).map(|at| numbers.first + at as u32);
                slots.other_lengths.extend(others);
            }
        }
        slots
    }
}

impl Shown {
    /// The chunks that are the first to show their passages, with the guide.
    fn firsts(&self) -> impl Iterator<Item = (u32, &Shows)> {
        self.chunks.iter().filter(|shows| shows.is_first).map(|shows| (self.guide, shows))
    }
}
