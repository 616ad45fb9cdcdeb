//! The terms of the whole library, as packed bytes, on their way from segments to shards: in memory, and in sorted runs.
//!
//! In: segments, in order of their passages. Out: terms in byte order, each with its surfaces by frequency and its postings.
//! Knows no shards and no files. Writer only. What is in memory is counted, so that the caller can have it spilled.
//! The value of an entry is a term as `gathered` tells it.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::beside::LINKS;
use crate::bytes::{Cursor, put_counted, put_varint};
use crate::error::{Error, Part};
use crate::gathered::Gathered;
use crate::hash::Table;
use crate::runs::{Entry, Merge, Merged, Run, Spill, Unspill};
use crate::segment::SegmentReader;
use crate::stop::{KEPT_POSTINGS, is_stop_word};
use crate::weights::{Averages, Counts, FORM_SEVERAL, Lengths, form_code, impact};
use crate::words::Posting;

/// More surfaces than this are not told apart; no English stem has as many.
const SURFACES_MAX: usize = 24;

/// More keys than this are not told of a word.
const LINKS_MAX: usize = 2;

const CORRUPT: Error = Error::Corrupt(Part::Scratch);

/// All terms so far.
#[derive(Default)]
pub(crate) struct Terms {
    ids: Table<Box<[u8]>, u32>,
    terms: Vec<Term>,
    /// What keys, surfaces and postings in memory take.
    heap_bytes: usize,
    /// Of all terms, spilled ones too.
    postings: u64,
    runs: Vec<Run>,
}

#[derive(Default)]
struct Term {
    surfaces: Vec<Surface>,
    /// Of each passage: what is to be added to the one before, counts (one byte), surface from 1 or 0.
    postings: Vec<u8>,
    document_frequency: u32,
    last_document: u32,
    /// Whether its passages came in another order than that of their numbers.
    is_shuffled: bool,
}

struct Surface {
    text: Box<[u8]>,
    /// In how many passages it stands more often than all other surfaces together.
    documents: u32,
    /// How many sources have it.
    sources: u32,
}

/// A term with all that its shard says of it.
pub(crate) struct MergedTerm<'a> {
    pub(crate) key: &'a [u8],
    /// The most frequent first.
    pub(crate) surfaces: Vec<&'a [u8]>,
    pub(crate) postings: Vec<Posting>,
}

/// What postings are weighed by.
pub(crate) struct Scales<'a> {
    /// By slot.
    pub(crate) lengths: &'a [Lengths],
    pub(crate) averages: Averages,
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
        let mut ranks = Vec::new();
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
            let term = &mut self.terms[id as usize];
            let before = (term.heap_bytes(), term.document_frequency);
            term.add(segment, slots, &mut ranks);
            self.heap_bytes += term.heap_bytes() - before.0;
            self.postings += u64::from(term.document_frequency - before.1);
        }
        Ok(())
    }

    fn insert(&mut self, key: &[u8]) -> u32 {
        let id = self.terms.len() as u32;
        self.ids.insert(key.into(), id);
        self.terms.push(Term::default());
        self.heap_bytes += key.len();
        id
    }

    /// What the terms in memory take.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.heap_bytes + self.terms.capacity() * size_of::<Term>() + self.ids.allocation_size()
    }

    /// Writes what is in memory as a run.
    pub(crate) fn spill<E>(
        &mut self,
        scratch_bytes: &mut u64,
        spill: Spill<'_, E>,
    ) -> Result<(), E> {
        let Terms { ids, terms, postings, mut runs, .. } = core::mem::take(self);
        if !terms.is_empty() {
            runs.push(Run::write(drained(ids, terms), scratch_bytes, spill)?);
        }
        *self = Terms { postings, runs, ..Terms::default() };
        Ok(())
    }

    /// How many terms there are: a term may stand in several runs.
    pub(crate) fn count<E: From<Error>>(&self, unspill: Unspill<'_, E>) -> Result<u64, E> {
        if self.runs.is_empty() {
            return Ok(self.terms.len() as u64);
        }
        let mut keys: Vec<&[u8]> = self.ids.keys().map(|key| &**key).collect();
        keys.sort_unstable();
        let mut rest = keys.into_iter().map(|key| Entry { key: key.into(), value: Vec::new() });
        let mut merge = Merge::new(&self.runs, &mut rest, unspill)?;
        let mut terms = 0;
        while merge.next(unspill)?.is_some() {
            terms += 1;
        }
        Ok(terms)
    }

    /// How many postings there are.
    pub(crate) fn postings(&self) -> u64 {
        self.postings
    }

    /// Calls `each` for every term and its bytes, in byte order of keys.
    pub(crate) fn merge<E: From<Error>>(
        self,
        unspill: Unspill<'_, E>,
        mut each: impl FnMut(&[u8], &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rest = drained(self.ids, self.terms);
        let mut merge = Merge::new(&self.runs, &mut rest, unspill)?;
        while let Some(Merged { key, mut values }) = merge.next(unspill)? {
            if values.len() > 1 {
                values = Vec::from([joined(&values).ok_or(CORRUPT)?]);
            }
            each(&key, &values[0])?;
        }
        Ok(())
    }
}

/// The parts of a term, as it would be had it never been spilled.
fn joined(parts: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut all = Gathered::default();
    for part in parts {
        all.add(&Gathered::read(part)?);
    }
    let mut out = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    all.write(&mut out);
    Some(out)
}

/// Terms as entries, in order of keys; each is freed as it goes.
fn drained(ids: Table<Box<[u8]>, u32>, mut terms: Vec<Term>) -> impl Iterator<Item = Entry> {
    let mut sorted: Vec<(Box<[u8]>, u32)> = ids.into_iter().collect();
    sorted.sort_unstable();
    sorted.into_iter().map(move |(key, id)| {
        let term = core::mem::take(&mut terms[id as usize]);
        Entry { key: key.into(), value: term.encode() }
    })
}

impl Term {
    fn add(&mut self, segment: &SegmentReader<'_>, slots: &[Option<u32>], ranks: &mut Vec<u32>) {
        ranks.clear();
        ranks.extend(segment.surfaces.iter().map(|surface| self.number_of(surface)));
        ranks.iter().for_each(|rank| self.surfaces[*rank as usize].sources += 1);
        for posting in &segment.postings {
            let Some(document) = slots[posting.document as usize] else { continue };
            self.is_shuffled |= document < self.last_document;
            put_varint(&mut self.postings, document.wrapping_sub(self.last_document));
            self.postings.push(posting.counts.packed());
            let surface = posting.surface.map(|surface| ranks[surface as usize]);
            put_varint(&mut self.postings, surface.map_or(0, |surface| surface + 1));
            if let Some(surface) = surface {
                self.surfaces[surface as usize].documents += 1;
            }
            self.last_document = document;
            self.document_frequency += 1;
        }
    }

    /// The surface's number from 0.
    fn number_of(&mut self, text: &[u8]) -> u32 {
        let known = self.surfaces.iter().position(|surface| *surface.text == *text);
        let number = known.unwrap_or_else(|| {
            if self.surfaces.is_empty() {
                // Most terms have one surface only.
                self.surfaces.reserve_exact(1);
            }
            self.surfaces.push(Surface { text: text.into(), documents: 0, sources: 0 });
            self.surfaces.len() - 1
        });
        number as u32
    }

    /// What it takes beside itself.
    fn heap_bytes(&self) -> usize {
        let texts: usize = self.surfaces.iter().map(|surface| surface.text.len()).sum();
        texts + self.surfaces.capacity() * size_of::<Surface>() + self.postings.capacity()
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.postings.len() + 32);
        put_varint(&mut out, self.surfaces.len() as u32);
        for surface in &self.surfaces {
            put_counted(&mut out, &surface.text);
            put_varint(&mut out, surface.documents);
            put_varint(&mut out, surface.sources);
        }
        put_varint(&mut out, self.document_frequency);
        if self.is_shuffled {
            put_in_order(&mut out, &self.postings);
        } else {
            out.extend_from_slice(&self.postings);
        }
        out
    }
}

/// Appends postings in the order of their passages.
fn put_in_order(out: &mut Vec<u8>, postings: &[u8]) {
    let mut all: Vec<(u32, u8, u32)> = Vec::new();
    let mut cursor = Cursor::new(postings);
    let mut slot = 0u32;
    while let Some(delta) = cursor.varint() {
        slot = slot.wrapping_add(delta);
        // They were put here whole.
        all.push((slot, cursor.byte().unwrap_or(0), cursor.varint().unwrap_or(0)));
    }
    all.sort_unstable();
    let mut last = 0;
    for (slot, counts, surface) in all {
        put_varint(out, slot - last);
        out.push(counts);
        put_varint(out, surface);
        last = slot;
    }
}

impl MergedTerm<'_> {
    /// A term as it is shown: weighed, its surfaces by frequency.
    pub(crate) fn of<'a>(
        key: &'a [u8],
        term: &'a Gathered,
        scales: &Scales<'_>,
        is_newest: &impl Fn(u32) -> bool,
    ) -> Option<MergedTerm<'a>> {
        let mut order: Vec<usize> = (0..term.surfaces.len()).collect();
        let rank = |at: &usize| (Reverse(term.surfaces[*at].passages), &term.surfaces[*at].text);
        order.sort_unstable_by(|left, right| rank(left).cmp(&rank(right)));
        order.truncate(SURFACES_MAX);
        let mut forms = vec![FORM_SEVERAL; term.surfaces.len() + 1];
        (0..).zip(&order).for_each(|(rank, at)| forms[at + 1] = form_code(rank));
        let mut postings = Vec::with_capacity(term.postings.len());
        for posting in &term.postings {
            let lengths = *scales.lengths.get(posting.slot as usize)?;
            let impact = impact(Counts::unpacked(posting.counts), lengths, scales.averages);
            let form = forms[posting.surface as usize];
            postings.push(Posting { document: posting.slot, impact, form });
        }
        let mut surfaces: Vec<&[u8]> =
            order.iter().map(|at| term.surfaces[*at].text.as_slice()).collect();
        let first = surfaces.first().and_then(|surface| core::str::from_utf8(surface).ok());
        if postings.len() > KEPT_POSTINGS && first.is_some_and(is_stop_word) {
            keep_weightiest(&mut postings, is_newest);
        }
        if key.ends_with(LINKS) {
            postings.clear();
            surfaces.truncate(LINKS_MAX);
        }
        Some(MergedTerm { key, surfaces, postings })
    }
}

/// Keeps the postings of a stop word that weigh most, of the newest versions and of older ones, in order of documents.
pub(crate) fn keep_weightiest(postings: &mut Vec<Posting>, is_newest: impl Fn(u32) -> bool) {
    let (newest, older): (Vec<Posting>, Vec<Posting>) =
        postings.drain(..).partition(|posting| is_newest(posting.document));
    for mut edition in [newest, older] {
        edition.sort_by_key(|posting| (Reverse(posting.impact), posting.document));
        edition.truncate(KEPT_POSTINGS);
        postings.append(&mut edition);
    }
    postings.sort_unstable_by_key(|posting| posting.document);
}
