//! The terms of the whole library, as packed bytes, on their way from segments to shards: in memory, and in sorted runs.
//!
//! In: segments, in order of their passages. Out: terms in byte order, each with its surfaces by frequency and its postings.
//! Knows no shards and no files. Writer only. What is in memory is counted, so that the caller can have it spilled.
//!
//! ```text
//! value of a run's entry = surfaces(varint) { text(counted) documents(varint) } frequency(varint)
//!                          postings: the rest, { delta(varint) counts(byte) surface(varint) }     surface: from 1, or 0
//! ```

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::bytes::{Cursor, put_counted, put_varint};
use crate::error::{Error, Part};
use crate::hash::Table;
use crate::runs::{Entry, Merge, Merged, Run, Spill, Unspill};
use crate::segment::SegmentReader;
use crate::stop::{KEPT_POSTINGS, is_stop_word};
use crate::weights::{Averages, Counts, FORM_SEVERAL, Lengths, form_code, impact, rounded};
use crate::words::Posting;

/// More surfaces than this are not told apart; no English stem has as many.
const SURFACES_MAX: usize = 24;

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

    /// About how many bytes all terms and postings take when packed; an edit hardly ever changes it.
    pub(crate) fn packed_bytes<E: From<Error>>(&self, unspill: Unspill<'_, E>) -> Result<usize, E> {
        Ok(rounded(self.postings * 5 / 4 + self.count(unspill)? * 8) as usize)
    }

    /// How many terms there are: a term may stand in several runs.
    fn count<E: From<Error>>(&self, unspill: Unspill<'_, E>) -> Result<u64, E> {
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

    /// Calls `each` for every term, in byte order of keys.
    pub(crate) fn merge<E: From<Error>>(
        self,
        scales: &Scales<'_>,
        is_newest: &impl Fn(u32) -> bool,
        unspill: Unspill<'_, E>,
        mut each: impl FnMut(MergedTerm<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rest = drained(self.ids, self.terms);
        let mut merge = Merge::new(&self.runs, &mut rest, unspill)?;
        while let Some(Merged { key, values }) = merge.next(unspill)? {
            let parts: Option<Vec<TermPart<'_>>> =
                values.iter().map(|value| TermPart::read(value)).collect();
            each(merged(&key, &parts.ok_or(CORRUPT)?, scales, is_newest).ok_or(CORRUPT)?)?;
        }
        Ok(())
    }
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
        for posting in &segment.postings {
            let Some(document) = slots[posting.document as usize] else { continue };
            put_varint(&mut self.postings, document - self.last_document);
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
            self.surfaces.push(Surface { text: text.into(), documents: 0 });
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
        }
        put_varint(&mut out, self.document_frequency);
        out.extend_from_slice(&self.postings);
        out
    }
}

/// What one run knows of a term.
struct TermPart<'a> {
    /// Each with the number of its passages.
    surfaces: Vec<(&'a [u8], u32)>,
    document_frequency: u32,
    postings: Cursor<'a>,
}

impl<'a> TermPart<'a> {
    fn read(value: &'a [u8]) -> Option<TermPart<'a>> {
        let mut cursor = Cursor::new(value);
        let mut surfaces = Vec::new();
        for _ in 0..cursor.varint()? {
            surfaces.push((cursor.counted()?, cursor.varint()?));
        }
        let document_frequency = cursor.varint()?;
        Some(TermPart { surfaces, document_frequency, postings: cursor })
    }
}

/// A term from its parts, as it would be had it never been spilled.
fn merged<'a>(
    key: &'a [u8],
    parts: &[TermPart<'a>],
    scales: &Scales<'_>,
    is_newest: &impl Fn(u32) -> bool,
) -> Option<MergedTerm<'a>> {
    let known = known_surfaces(parts);
    let mut by_frequency = known.clone();
    by_frequency.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(right.0)));
    let surfaces: Vec<&[u8]> = by_frequency.into_iter().map(|(text, _)| text).collect();
    let form = |text: &[u8]| {
        surfaces.iter().position(|surface| *surface == text).map_or(FORM_SEVERAL, form_code)
    };
    let frequency = parts.iter().map(|part| part.document_frequency as usize).sum();
    let mut postings = Vec::with_capacity(frequency);
    for part in parts {
        let forms: Vec<u8> = part.surfaces.iter().map(|(text, _)| form(text)).collect();
        unpack(part.postings, &forms, scales, &mut postings)?;
    }
    if surfaces.first().is_some_and(|surface| core::str::from_utf8(surface).is_ok_and(is_stop_word))
    {
        keep_weightiest(&mut postings, is_newest);
    }
    Some(MergedTerm { key, surfaces, postings })
}

/// The surfaces that are told apart, in the order in which they came, each with the number of its passages.
fn known_surfaces<'a>(parts: &[TermPart<'a>]) -> Vec<(&'a [u8], u32)> {
    let mut known: Vec<(&[u8], u32)> = Vec::new();
    for (text, documents) in parts.iter().flat_map(|part| &part.surfaces) {
        match known.iter().position(|(other, _)| other == text) {
            Some(at) => known[at].1 += documents,
            None if known.len() < SURFACES_MAX => known.push((text, *documents)),
            None => {}
        }
    }
    known
}

fn unpack(
    mut cursor: Cursor<'_>,
    forms: &[u8],
    scales: &Scales<'_>,
    postings: &mut Vec<Posting>,
) -> Option<()> {
    let mut document = 0u32;
    while !cursor.is_at_end() {
        document = document.checked_add(cursor.varint()?)?;
        let counts = Counts::unpacked(cursor.byte()?);
        let form = match cursor.varint()?.checked_sub(1) {
            Some(surface) => *forms.get(surface as usize)?,
            None => FORM_SEVERAL,
        };
        let lengths = *scales.lengths.get(document as usize)?;
        postings.push(Posting { document, impact: impact(counts, lengths, scales.averages), form });
    }
    Some(())
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
