//! What an edit changes of terms and addresses: the shares of sources that are gone or stand elsewhere, and of those that came.
//!
//! In: the sources whose chunks have other slots than before, and what they yielded. Out: by key, what is to be taken away and what
//! added; and a walk over the shards of one kind that touches only those in which anything of it stands. Writer only.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::addresses::address_keys;
use crate::error::{Error, Part};
use crate::gathered::{Gathered, Posting, Surface};
use crate::late::Base;
use crate::ledger::{Bring, ShardNote, Shown, read_terms};
use crate::record::Record;
use crate::revise::{State, Yield};
use crate::segment::SegmentReader;
use crate::shelves::{Out, WordShards};
use crate::slots::Slots;

const CORRUPT: Error = Error::Corrupt(Part::Scratch);

/// What is to be taken away from a term, and what is to be added.
#[derive(Default)]
pub(crate) struct Change {
    pub(crate) gone: Gathered,
    pub(crate) come: Gathered,
}

/// The same of an address.
#[derive(Default)]
pub(crate) struct Moved {
    pub(crate) gone: Vec<u32>,
    pub(crate) come: Vec<u32>,
}

/// All that changes, by key.
#[derive(Default)]
pub(crate) struct Edits {
    pub(crate) terms: BTreeMap<Vec<u8>, Change>,
    /// Of late passages.
    pub(crate) late: BTreeMap<Vec<u8>, Change>,
    pub(crate) addresses: BTreeMap<Vec<u8>, Moved>,
}

impl Edits {
    pub(crate) fn of<E: From<Error>>(
        state: &State<'_>,
        slots: &Slots,
        base: &Base,
        fetch: &mut dyn FnMut(u64) -> Result<Yield, E>,
    ) -> Result<Edits, E> {
        let mut edits = Edits::default();
        for numbers in &state.products {
            let (gone, come) = numbers.differences();
            for shown in gone {
                edits.add(
                    (shown, base),
                    &fetch(shown.hash)?,
                    |change| &mut change.gone,
                    |moved| &mut moved.gone,
                )?;
            }
            for shown in come {
                edits.add(
                    (shown, base),
                    &fetch(shown.hash)?,
                    |change| &mut change.come,
                    |moved| &mut moved.come,
                )?;
            }
        }
        let shows = |_: &Vec<u8>, change: &mut Change| {
            let mut postings = change.gone.postings.iter().chain(&change.come.postings);
            postings.any(|posting| slots.other_lengths.contains(&posting.slot))
                || canonical(&change.gone) != canonical(&change.come)
        };
        edits.terms.retain(shows);
        edits.late.retain(shows);
        edits.addresses.retain(|_, moved| {
            moved.gone.sort_unstable();
            moved.come.sort_unstable();
            moved.gone != moved.come
        });
        Ok(edits)
    }

    /// Adds the share of a source to one side.
    fn add(
        &mut self,
        (shown, base): (&Shown, &Base),
        yielded: &Yield,
        term_side: impl Fn(&mut Change) -> &mut Gathered,
        address_side: impl Fn(&mut Moved) -> &mut Vec<u32>,
    ) -> Result<(), Error> {
        let mut segment = SegmentReader::open(&yielded.segment)?;
        let (slots, late) = base.first_slots(&shown.chunks);
        let is_first = slots.iter().chain(&late).any(Option::is_some);
        while is_first && segment.next_term()? {
            for (slots, terms) in [(&slots, &mut self.terms), (&late, &mut self.late)] {
                let share = share(&segment, slots).ok_or(CORRUPT)?;
                if !share.is_empty() {
                    term_side(terms.entry(segment.key.clone()).or_default()).add(&share);
                }
            }
        }
        for (record, shows) in yielded.records.iter().zip(&shown.chunks) {
            for key in address_keys(&Record::decode(record)?.place) {
                address_side(self.addresses.entry(key).or_default()).push(shows.slot);
            }
        }
        Ok(())
    }
}

/// What a source adds to a term.
fn share(segment: &SegmentReader<'_>, slots: &[Option<u32>]) -> Option<Gathered> {
    let surface = |text: &Vec<u8>| Surface { text: text.clone(), passages: 0, sources: 1 };
    let mut share = Gathered {
        surfaces: segment.surfaces.iter().map(surface).collect(),
        ..Gathered::default()
    };
    for posting in &segment.postings {
        let Some(slot) = *slots.get(posting.document as usize)? else { continue };
        if let Some(surface) = posting.surface {
            share.surfaces.get_mut(surface as usize)?.passages += 1;
        }
        let surface = posting.surface.map_or(0, |surface| surface + 1);
        share.postings.push(Posting { slot, counts: posting.counts.packed(), surface });
    }
    share.postings.sort_unstable_by_key(|posting| posting.slot);
    Some(share)
}

/// A term with its surfaces in order, so that two can be compared.
fn canonical(term: &Gathered) -> Gathered {
    let mut surfaces = term.surfaces.clone();
    surfaces.sort_by(|left, right| left.text.cmp(&right.text));
    let number = |posting: &Posting| {
        let text = &term.surfaces[posting.surface as usize - 1].text;
        surfaces.partition_point(|surface| surface.text < *text) as u32 + 1
    };
    let renumbered = |posting: &Posting| Posting {
        surface: if posting.surface == 0 { 0 } else { number(posting) },
        ..*posting
    };
    let postings = term.postings.iter().map(renumbered).collect();
    Gathered { postings, surfaces }
}

/// An entry on its way to its shard: its key, what was kept of it, what changes.
pub(crate) struct Entry<'a, T> {
    pub(crate) key: &'a [u8],
    pub(crate) kept: Option<&'a [u8]>,
    pub(crate) edit: Option<T>,
}

/// Walks the shards of one kind: those that no edit touches, and whose ends stay where they are, are passed over.
pub(crate) fn put_chain<E: From<Error>, T>(
    old: &[ShardNote],
    edits: BTreeMap<Vec<u8>, T>,
    words: &mut WordShards<'_>,
    bring: Bring<'_, E>,
    out: &mut Out<'_, E>,
    mut add: impl FnMut(&mut WordShards<'_>, Entry<'_, T>, &mut Out<'_, E>) -> Result<(), E>,
) -> Result<(), E> {
    let mut edits = edits.into_iter().peekable();
    let nothing = [ShardNote::default()];
    let shards = if old.is_empty() { &nothing[..] } else { old };
    for (at, note) in shards.iter().enumerate() {
        let end = shards.get(at + 1).map(|next| &next.first_key);
        let mut own: Vec<(Vec<u8>, T)> = Vec::new();
        while let Some(edit) = edits.next_if(|(key, _)| end.is_none_or(|end| key < end)) {
            own.push(edit);
        }
        // Where a shard ends depends on the first entry of the next.
        let ends_elsewhere = edits.peek().is_some_and(|(key, _)| Some(key) == end);
        let weight_bytes = note.first_weight as usize;
        let begins = words.is_empty() || words.ends_before(&note.first_key, weight_bytes);
        if own.is_empty() && begins && !ends_elsewhere && !old.is_empty() {
            words.close(out)?;
            words.notes.push(note.clone());
            continue;
        }
        let kept = if old.is_empty() { Vec::new() } else { bring(note.terms)? };
        let mut own = own.into_iter().peekable();
        for (key, kept) in read_terms(&kept).ok_or(CORRUPT)? {
            while let Some((key, edit)) = own.next_if(|(edited, _)| *edited < key) {
                add(words, Entry { key: &key, kept: None, edit: Some(edit) }, out)?;
            }
            let edit = own.next_if(|(edited, _)| *edited == key).map(|(_, edit)| edit);
            add(words, Entry { key: &key, kept: Some(kept), edit }, out)?;
        }
        for (key, edit) in own {
            add(words, Entry { key: &key, kept: None, edit: Some(edit) }, out)?;
        }
    }
    words.close(out)
}
