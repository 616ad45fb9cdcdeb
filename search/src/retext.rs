//! The texts of an index changed after an edit: the groups in which any record shows the edit are written again.
//!
//! In: how passages were numbered and how they are, and what sources yielded. Out: blocks, and what all groups are. A record shows
//! its own chunk, the other places of its passage and the passages near it, so a group is written again where any of these changed.
//! Writer only. Knows no words.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::hash::Hasher;

use crate::answer::DocumentId;
use crate::error::{Error, Part};
use crate::hash::{Fnv, Table};
use crate::ledger::{GroupNote, Product};
use crate::record::{Placement, Record};
use crate::revise::{State, Yield};
use crate::shelves::{Emit, Shelves};
use crate::slots::Slots;
use crate::texts::{BlockSize, GROUP_SLOTS, TextsWriter};
use crate::writer::{put_group, stored};

const CORRUPT: Error = Error::Corrupt(Part::Scratch);

/// A chunk that shows a passage.
#[derive(Debug, Clone, Copy)]
struct Place {
    source: u64,
    chunk: u32,
    guide: u32,
}

/// Writes the groups that changed; gives all groups.
pub(crate) fn put<E: From<Error>>(
    state: &State<'_>,
    slots: &Slots,
    (old, size): (&[GroupNote], BlockSize),
    shelves: &mut Shelves,
    fetch: &mut dyn FnMut(u64) -> Result<Yield, E>,
    emit: Emit<'_, E>,
) -> Result<Vec<GroupNote>, E> {
    let end = slots.guides.len() as u32;
    let mut groups = Vec::from(old);
    groups.resize(end.div_ceil(GROUP_SLOTS) as usize, GroupNote::default());
    let changed = changed(state);
    let shown = Shown::of(state, &changed);
    let mut yields: Table<u64, Yield> = Table::default();
    for number in changed.into_iter().filter(|number| number * GROUP_SLOTS < end) {
        let first = number * GROUP_SLOTS;
        let mut texts = TextsWriter::new(size);
        let mut whole = None;
        for slot in first..end.min(first + GROUP_SLOTS) {
            let record = match shown.places.get(&slot) {
                Some(places) => Some(shown.record(slot, places, &mut yields, fetch)?),
                None => None,
            };
            whole = texts.push(record);
        }
        let group = whole.unwrap_or_else(|| texts.finish());
        if groups[number as usize].hash != group.hash || old.len() <= number as usize {
            groups[number as usize] = put_group(group, (size, number), shelves, emit)?;
        }
    }
    Ok(groups)
}

/// The groups of texts in which any record may differ.
fn changed(state: &State<'_>) -> BTreeSet<u32> {
    let mut groups = BTreeSet::new();
    for numbers in &state.products {
        let Some(new) = &numbers.new else { continue };
        let (before, now) = (looks(&numbers.old, numbers.first), looks(new, numbers.first));
        for at in 0..before.len().max(now.len()) {
            if before.get(at) != now.get(at) {
                groups.insert((numbers.first + at as u32) / GROUP_SLOTS);
            }
        }
    }
    groups
}

/// What the record of each slot shows, in one number.
fn looks(product: &Product, first: u32) -> Vec<u64> {
    let mut looks: Vec<u64> =
        product.slots.iter().map(|slot| u64::from(slot.group.is_some())).collect();
    let mut add = |slot: u32, numbers: [u64; 4]| {
        let look = &mut looks[(slot - first) as usize];
        let mut hasher = Fnv::default();
        hasher.write_u64(*look);
        numbers.into_iter().for_each(|number| hasher.write_u64(number));
        *look = hasher.finish();
    };
    for shown in &product.sources {
        for (chunk, shows) in (0..).zip(&shown.chunks) {
            add(shows.slot, [shown.hash, chunk, u64::from(shown.guide), u64::from(shows.is_first)]);
        }
    }
    for (slot, note) in (first..).zip(&product.slots) {
        if let Some(group) = note.group.filter(|group| *group != slot) {
            add(slot, [1, u64::from(group), 0, 0]);
            add(group, [2, u64::from(slot), 0, 0]);
        }
    }
    looks
}

/// What the records of some groups show.
struct Shown {
    /// By slot: the chunks that show it, the first first.
    places: Table<u32, Vec<Place>>,
    /// By slot: the passages that it stands for.
    near: Table<u32, Vec<DocumentId>>,
    /// By slot: the passage that stands for it.
    group: Table<u32, u32>,
}

impl Shown {
    fn of(state: &State<'_>, groups: &BTreeSet<u32>) -> Shown {
        let is_wanted = |slot: u32| groups.contains(&(slot / GROUP_SLOTS));
        let mut shown =
            Shown { places: Table::default(), near: Table::default(), group: Table::default() };
        for numbers in &state.products {
            let product = numbers.now();
            for source in &product.sources {
                let chunks = (0..).zip(&source.chunks).filter(|(_, shows)| is_wanted(shows.slot));
                for (chunk, shows) in chunks {
                    let place = Place { source: source.hash, chunk, guide: source.guide };
                    shown.places.entry(shows.slot).or_default().push(place);
                }
            }
            for (slot, note) in (numbers.first..).zip(&product.slots) {
                let Some(group) = note.group else { continue };
                if is_wanted(slot) {
                    shown.group.insert(slot, group);
                }
                if group != slot && is_wanted(group) {
                    shown.near.entry(group).or_default().push(DocumentId(slot));
                }
            }
        }
        shown
    }

    fn record<E: From<Error>>(
        &self,
        slot: u32,
        places: &[Place],
        yields: &mut Table<u64, Yield>,
        fetch: &mut dyn FnMut(u64) -> Result<Yield, E>,
    ) -> Result<Vec<u8>, E> {
        let mut others = Vec::with_capacity(places.len() - 1);
        let mut first = Vec::new();
        for (at, place) in places.iter().enumerate() {
            if !yields.contains_key(&place.source) {
                yields.insert(place.source, fetch(place.source)?);
            }
            let record = yields.get(&place.source);
            let record = record.and_then(|yielded| yielded.records.get(place.chunk as usize));
            let record = record.ok_or(CORRUPT)?;
            if at == 0 {
                first.clone_from(record);
            } else {
                let guide_number = place.guide;
                others.push(Placement { guide_number, ..Record::decode(record)?.place });
            }
        }
        let near = self.near.get(&slot).cloned().unwrap_or_default();
        let group = *self.group.get(&slot).ok_or(CORRUPT)?;
        Ok(stored((places[0].guide, group), near, others, &first)?)
    }
}
