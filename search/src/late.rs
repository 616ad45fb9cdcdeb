//! Which passages came after the shards of words were last made as a whole? Their postings lie in one shard of their own.
//!
//! A passage that comes has a posting for each of its words, and each of them stands in another shard: put there, it would give half of
//! all shards another name, and whoever saved them would fetch them again. So a slot that was not taken when all was last made is
//! **late**, and the shard of late passages is read beside those of a query's words, until there are too many; then all is made anew.
//! Which slots were taken is recorded with the numbers of passages (`former`), so the same record gives the same bytes. Writer only.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::edits::Change;
use crate::error::{Error, Part};
use crate::gathered::Gathered;
use crate::ids::ShardId;
use crate::ledger::{self, Bring, LateNote, Shows};
use crate::merge::{MergedTerm, Scales, Terms};
use crate::runs::Unspill;
use crate::shelves::{Named, Out, Shelves};
use crate::weights::Lengths;
use crate::words::{WordEntry, WordsWriter};

/// More passages than this are not late any more,
pub(crate) const SLOTS_MAX: u32 = 64;
/// nor are more postings: every query reads them, in some 4 bytes each.
const POSTINGS_MAX: usize = 3_072;

/// A body is as long as it was if one word in so many came or went.
const LENGTH_SHARE: u16 = 8;

const CORRUPT: Error = Error::Corrupt(Part::Scratch);

/// The slots that were taken when words were last put as a whole into their shards. By default nothing is known of them, and none is late.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Base {
    /// How many words the body had, where a slot was taken.
    taken: Vec<Option<u16>>,
    count: u32,
    /// Whether all other slots are late.
    is_closed: bool,
}

impl Base {
    /// No slot yet.
    pub(crate) fn nothing() -> Base {
        Base { is_closed: true, ..Base::default() }
    }

    pub(crate) fn add(&mut self, slot: u32, body: u16) {
        self.taken.resize(self.taken.len().max(slot as usize + 1), None);
        self.count += u32::from(self.taken[slot as usize].replace(body).is_none());
    }

    /// From now on no slot is late.
    pub(crate) fn settle(&mut self) {
        self.is_closed = false;
    }

    fn body(&self, slot: u32) -> Option<u16> {
        *self.taken.get(slot as usize)?
    }

    pub(crate) fn is_late(&self, slot: u32) -> bool {
        self.is_closed && self.body(slot).is_none()
    }

    /// The lengths by which a passage in this slot weighs: a body that is about as long as the one that was there weighs as that did, so
    /// that a few words more give none of its other words another weight, and their shards no other name.
    pub(crate) fn weighed(&self, slot: u32, lengths: Lengths) -> Lengths {
        let is_alike = |body: &u16| body.abs_diff(lengths.body) <= body / LENGTH_SHARE;
        let body = self.body(slot).filter(is_alike).unwrap_or(lengths.body);
        Lengths { body, ..lengths }
    }

    /// The slots of the chunks that are the first to show their passages, and apart from these the late ones of them.
    pub(crate) fn first_slots(&self, chunks: &[Shows]) -> (Vec<Option<u32>>, Vec<Option<u32>>) {
        let first = |shows: &Shows, is_late| {
            let is_it = shows.is_first && self.is_late(shows.slot) == is_late;
            is_it.then_some(shows.slot)
        };
        let of = |is_late| chunks.iter().map(|shows| first(shows, is_late)).collect();
        (of(false), of(true))
    }

    /// Whether so many passages are surely too many to be late: more than there is room for beside these.
    pub(crate) fn is_outgrown(&self, passages: u32) -> bool {
        self.is_closed && passages > self.count + SLOTS_MAX
    }
}

/// Whether so many are too many.
pub(crate) fn are_too_many(slots: u32, postings: usize) -> bool {
    slots > SLOTS_MAX || postings > POSTINGS_MAX
}

/// What late passages add to terms, by key.
#[derive(Debug, Default)]
pub(crate) struct LateTerms(BTreeMap<Vec<u8>, Gathered>);

impl LateTerms {
    /// What was kept of them.
    pub(crate) fn brought<E: From<Error>>(
        note: Option<&LateNote>,
        bring: Bring<'_, E>,
    ) -> Result<LateTerms, E> {
        let Some(note) = note else { return Ok(LateTerms::default()) };
        let kept = bring(note.terms)?;
        let terms = ledger::read_terms(&kept).ok_or(CORRUPT)?.into_iter();
        let terms = terms.map(|(key, term)| Some((key, Gathered::read(term)?)));
        Ok(LateTerms(terms.collect::<Option<_>>().ok_or(CORRUPT)?))
    }

    /// Those of a merge.
    pub(crate) fn merged<E: From<Error>>(
        terms: Terms,
        unspill: Unspill<'_, E>,
    ) -> Result<LateTerms, E> {
        let mut late = LateTerms::default();
        terms.merge::<E>(unspill, |key, kept| {
            late.0.insert(key.into(), Gathered::read(kept).ok_or(CORRUPT)?);
            Ok(())
        })?;
        Ok(late)
    }

    pub(crate) fn change(&mut self, edits: BTreeMap<Vec<u8>, Change>) -> Result<(), Error> {
        for (key, change) in edits {
            let mut term = self.0.remove(&key).unwrap_or_default();
            term.take_away(&change.gone).ok_or(CORRUPT)?;
            term.add(&change.come);
            if !term.is_empty() {
                self.0.insert(key, term);
            }
        }
        Ok(())
    }

    pub(crate) fn postings(&self) -> usize {
        self.0.values().map(|term| term.postings.len()).sum()
    }

    /// Writes their shard, if there are any.
    pub(crate) fn put<E: From<Error>>(
        &self,
        scales: &Scales<'_>,
        is_newest: &impl Fn(u32) -> bool,
        shelves: &mut Shelves,
        out: &mut Out<'_, E>,
    ) -> Result<Option<LateNote>, E> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let (mut shard, mut kept, mut bytes) = (WordsWriter::default(), Vec::new(), Vec::new());
        let mut last_key: &[u8] = &[];
        for (key, term) in &self.0 {
            bytes.clear();
            term.write(&mut bytes);
            ledger::put_term(&mut kept, last_key, key, &bytes);
            last_key = key;
            let term = MergedTerm::of(key, term, scales, is_newest).ok_or(CORRUPT)?;
            let (surfaces, inline) = (&*term.surfaces, &*term.postings);
            shard.add(&WordEntry { key, surfaces, inline, hot: None });
        }
        let Named { name, sum } = shelves.put(ShardId::Words, shard.finish(), out.emit)?;
        Ok(Some(LateNote { name, sum, terms: (out.keep)(&kept)? }))
    }
}
