//! The terms of the whole library, in memory as packed bytes, on their way from segments to shards.
//!
//! In: segments, in order of their passages. Out: terms in byte order, each with its surfaces by frequency and its postings.
//! Knows no shards. Writer only.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::bytes::{Cursor, put_varint};
use crate::error::Error;
use crate::hash::Table;
use crate::segment::SegmentReader;
use crate::stop::{KEPT_POSTINGS, is_stop_word};
use crate::weights::{Averages, Counts, FORM_SEVERAL, Lengths, form_code, impact, rounded};
use crate::words::Posting;

/// More surfaces than this are not told apart; no English stem has as many.
const SURFACES_MAX: usize = 24;

/// All terms so far.
#[derive(Default)]
pub(crate) struct Terms {
    ids: Table<Box<[u8]>, u32>,
    terms: Vec<Term>,
}

#[derive(Default)]
struct Term {
    surfaces: Vec<Surface>,
    /// Of each passage: what is to be added to the one before, counts (one byte), surface from 1 or 0 (one byte).
    postings: Vec<u8>,
    document_frequency: u32,
    last_document: u32,
}

struct Surface {
    text: Box<[u8]>,
    /// In how many passages it stands more often than all other surfaces together.
    documents: u32,
}

/// A term with all that its shard says of it.
pub(crate) struct MergedTerm<'a> {
    pub(crate) key: &'a [u8],
    /// The most frequent first.
    pub(crate) surfaces: Vec<&'a [u8]>,
    pub(crate) postings: Vec<Posting>,
}

impl Terms {
    /// Adds all terms of a segment whose passages have these numbers; those without a number are known already.
    pub(crate) fn add(
        &mut self,
        segment: &mut SegmentReader<'_>,
        slots: &[Option<u32>],
    ) -> Result<(), Error> {
        if slots.iter().all(Option::is_none) {
            return Ok(());
        }
        while segment.next_term()? {
            let is_new =
                |posting: &crate::segment::Posting| slots[posting.document as usize].is_some();
            if !segment.postings.iter().any(is_new) {
                continue;
            }
            let id = match self.ids.get(segment.key.as_slice()) {
                Some(id) => *id,
                None => self.insert(&segment.key),
            };
            self.terms[id as usize].add(segment, slots);
        }
        Ok(())
    }

    fn insert(&mut self, key: &[u8]) -> u32 {
        let id = self.terms.len() as u32;
        self.ids.insert(key.into(), id);
        self.terms.push(Term::default());
        id
    }

    /// About how many bytes all terms and postings take when packed; an edit hardly ever changes it.
    pub(crate) fn packed_bytes(&self) -> usize {
        let postings = self.terms.iter().map(|term| u64::from(term.document_frequency));
        rounded(postings.sum::<u64>() * 5 / 4 + self.terms.len() as u64 * 8) as usize
    }

    /// Calls `each` for every term, in byte order of keys.
    pub(crate) fn merge<E>(
        self,
        lengths: &[Lengths],
        averages: Averages,
        is_newest: &impl Fn(u32) -> bool,
        mut each: impl FnMut(MergedTerm<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut terms = self.terms;
        let mut sorted: Vec<(Box<[u8]>, u32)> = self.ids.into_iter().collect();
        sorted.sort_unstable();
        for (key, id) in sorted {
            let term = core::mem::take(&mut terms[id as usize]);
            each(term.merged(&key, lengths, averages, is_newest))?;
        }
        Ok(())
    }
}

impl Term {
    fn add(&mut self, segment: &SegmentReader<'_>, slots: &[Option<u32>]) {
        let ranks: Vec<u8> =
            segment.surfaces.iter().map(|surface| self.number_of(surface)).collect();
        for posting in &segment.postings {
            let Some(document) = slots[posting.document as usize] else { continue };
            put_varint(&mut self.postings, document - self.last_document);
            self.postings.push(posting.counts.packed());
            let surface = posting.surface.map_or(0, |surface| ranks[surface as usize]);
            self.postings.push(surface);
            if let Some(surface) = usize::from(surface).checked_sub(1) {
                self.surfaces[surface].documents += 1;
            }
            self.last_document = document;
            self.document_frequency += 1;
        }
    }

    /// The surface's number from 1, or 0 if there are too many already.
    fn number_of(&mut self, text: &[u8]) -> u8 {
        let known = self.surfaces.iter().position(|surface| *surface.text == *text);
        let number = known.unwrap_or_else(|| {
            if self.surfaces.len() < SURFACES_MAX {
                self.surfaces.push(Surface { text: text.into(), documents: 0 });
            }
            self.surfaces.len() - 1
        });
        if *self.surfaces[number].text == *text { number as u8 + 1 } else { FORM_SEVERAL }
    }

    fn merged<'a>(
        &'a self,
        key: &'a [u8],
        lengths: &[Lengths],
        averages: Averages,
        is_newest: &impl Fn(u32) -> bool,
    ) -> MergedTerm<'a> {
        let mut by_frequency: Vec<usize> = (0..self.surfaces.len()).collect();
        by_frequency.sort_by(|left, right| {
            let (left, right) = (&self.surfaces[*left], &self.surfaces[*right]);
            right.documents.cmp(&left.documents).then_with(|| left.text.cmp(&right.text))
        });
        let mut forms = [FORM_SEVERAL; SURFACES_MAX + 1];
        by_frequency
            .iter()
            .enumerate()
            .for_each(|(rank, number)| forms[number + 1] = form_code(rank));
        let surfaces: Vec<&[u8]> =
            by_frequency.iter().map(|number| &*self.surfaces[*number].text).collect();
        let mut postings = self.unpacked(&forms, lengths, averages);
        if surfaces
            .first()
            .is_some_and(|surface| core::str::from_utf8(surface).is_ok_and(is_stop_word))
        {
            keep_weightiest(&mut postings, is_newest);
        }
        MergedTerm { key, surfaces, postings }
    }

    fn unpacked(&self, forms: &[u8], lengths: &[Lengths], averages: Averages) -> Vec<Posting> {
        let mut postings = Vec::with_capacity(self.document_frequency as usize);
        let mut cursor = Cursor::new(&self.postings);
        let mut document = 0;
        while let (Some(delta), Some(counts), Some(surface)) =
            (cursor.varint(), cursor.byte(), cursor.byte())
        {
            document += delta;
            let impact = impact(Counts::unpacked(counts), lengths[document as usize], averages);
            postings.push(Posting { document, impact, form: forms[usize::from(surface)] });
        }
        postings
    }
}

/// Keeps the postings of a stop word that weigh most, of the newest versions and of older ones, in order of documents.
pub(crate) fn keep_weightiest(postings: &mut Vec<Posting>, is_newest: impl Fn(u32) -> bool) {
    if postings.len() <= KEPT_POSTINGS {
        return;
    }
    let (newest, older): (Vec<Posting>, Vec<Posting>) =
        postings.drain(..).partition(|posting| is_newest(posting.document));
    for mut edition in [newest, older] {
        edition.sort_by_key(|posting| (core::cmp::Reverse(posting.impact), posting.document));
        edition.truncate(KEPT_POSTINGS);
        postings.append(&mut edition);
    }
    postings.sort_unstable_by_key(|posting| posting.document);
}
