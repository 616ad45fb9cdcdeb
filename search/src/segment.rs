//! All that the index knows of one source: its terms, where they stand, how long its passages are.
//!
//! In: the fields of its passages, in order. Out: bytes that the merge reads back. Knows nothing of any other source, so
//! segments can be made on any thread or machine.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::bytes::{Cursor, put_counted, put_varint, shared_prefix_bytes};
use crate::error::{Error, Part};
use crate::hash::Table;
use crate::likeness::{Likeness, LikenessBuilder};
use crate::plain::plain;
use crate::stem::stem;
use crate::text::{Kind, tokens};
use crate::weights::{Counts, FORM_SEVERAL, Lengths};

/// What is indexed of a passage.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fields<'a> {
    /// Its heading, or the name of the guide where the title is no more than "Page 107".
    pub title: &'a str,
    /// The heading path, outermost first.
    pub headings: &'a [String],
    /// The chunk's cleaned Markdown.
    pub body_markdown: &'a str,
}

/// Gathers the terms of one source's passages. Depends on that source alone.
#[derive(Debug, Default)]
pub struct SegmentBuilder {
    lengths: Vec<Lengths>,
    likenesses: Vec<Likeness>,
    terms: Vec<Term>,
    term_ids: Table<Box<[u8]>, u32>,
    surfaces: Vec<Surface>,
    surface_ids: Table<Box<str>, u32>,
    /// The surfaces that stand in the passage at hand.
    touched: Vec<u32>,
}

#[derive(Debug)]
struct Surface {
    term: u32,
    /// Its place among the term's surfaces.
    rank: u32,
    /// In the passage at hand.
    counts: Counts,
}

#[derive(Debug)]
struct Term {
    key: Box<[u8]>,
    surfaces: Vec<Box<str>>,
    postings: Vec<Posting>,
}

/// A term in one passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Posting {
    /// The passage's place in the source.
    pub(crate) document: u32,
    pub(crate) counts: Counts,
    /// The surface that stands there more often than all others together, from 0 in the segment's order.
    pub(crate) surface: Option<u32>,
    /// How often that surface stands there; it need not be known once the segment is encoded.
    surface_count: u32,
}

#[derive(Clone, Copy)]
enum Field {
    Title,
    Headings,
    Body,
}

impl SegmentBuilder {
    /// An empty segment.
    #[must_use]
    pub fn new() -> SegmentBuilder {
        SegmentBuilder::default()
    }

    /// Adds the source's next passage.
    pub fn add(&mut self, fields: &Fields<'_>) {
        let mut likeness = LikenessBuilder::default();
        likeness.add_title(fields.title);
        let title = self.add_field(fields.title, Field::Title);
        let headings = fields
            .headings
            .iter()
            .map(|heading| {
                likeness.add_text(heading);
                self.add_field(heading, Field::Headings)
            })
            .sum::<u32>();
        let body = self.add_body(&plain(fields.body_markdown), &mut likeness);
        self.likenesses.push(likeness.finish());
        let short = |length: u32| length.min(u32::from(u16::MAX)) as u16;
        self.end_passage();
        self.lengths.push(Lengths {
            title: short(title),
            headings: short(headings),
            body: short(body),
        });
    }

    fn add_field(&mut self, text: &str, field: Field) -> u32 {
        tokens(text, &mut |token| {
            if token.kind != Kind::Joined {
                self.add_token(token.text, field);
            }
        })
    }

    fn add_body(&mut self, text: &str, likeness: &mut LikenessBuilder) -> u32 {
        likeness.add_text(text);
        tokens(text, &mut |token| {
            if token.kind != Kind::Joined {
                likeness.add_word(token.text);
                self.add_token(token.text, Field::Body);
            }
        })
    }

    fn add_token(&mut self, text: &str, field: Field) {
        let id = match self.surface_ids.get(text) {
            Some(id) => *id,
            None => self.add_surface(text),
        };
        let counts = &mut self.surfaces[id as usize].counts;
        if *counts == Counts::default() {
            self.touched.push(id);
        }
        match field {
            Field::Title => counts.title += 1,
            Field::Headings => counts.headings += 1,
            Field::Body => counts.body += 1,
        }
    }

    fn add_surface(&mut self, text: &str) -> u32 {
        let mut key = Vec::from(text);
        stem(&mut key);
        let term = *self.term_ids.entry(key.clone().into()).or_insert_with(|| {
            self.terms.push(Term { key: key.into(), surfaces: Vec::new(), postings: Vec::new() });
            self.terms.len() as u32 - 1
        });
        let surfaces = &mut self.terms[term as usize].surfaces;
        surfaces.push(text.into());
        self.surfaces.push(Surface {
            term,
            rank: surfaces.len() as u32 - 1,
            counts: Counts::default(),
        });
        let id = self.surfaces.len() as u32 - 1;
        self.surface_ids.insert(text.into(), id);
        id
    }

    fn end_passage(&mut self) {
        let document = self.lengths.len() as u32;
        for id in self.touched.drain(..) {
            let surface = &mut self.surfaces[id as usize];
            let postings = &mut self.terms[surface.term as usize].postings;
            if postings.last().is_none_or(|posting| posting.document != document) {
                postings.push(Posting {
                    document,
                    counts: Counts::default(),
                    surface: None,
                    surface_count: 0,
                });
            }
            if let Some(posting) = postings.last_mut() {
                posting.add(core::mem::take(&mut surface.counts), surface.rank);
            }
        }
    }

    /// The segment's bytes: compact, to be kept on disk until the merge.
    #[must_use]
    pub fn encode(mut self) -> Vec<u8> {
        let mut out = Vec::new();
        put_varint(&mut out, self.lengths.len() as u32);
        for (lengths, likeness) in self.lengths.iter().zip(&self.likenesses) {
            let fields = [lengths.title, lengths.headings, lengths.body];
            fields.iter().for_each(|length| put_varint(&mut out, u32::from(*length)));
            likeness.write(&mut out);
        }
        put_varint(&mut out, self.terms.len() as u32);
        self.terms.sort_unstable_by(|left, right| left.key.cmp(&right.key));
        let mut previous: &[u8] = &[];
        for term in &self.terms {
            term.write(&mut out, previous);
            previous = &term.key;
        }
        out
    }
}

impl Posting {
    fn add(&mut self, counts: Counts, surface: u32) {
        self.counts.title += counts.title;
        self.counts.headings += counts.headings;
        self.counts.body += counts.body;
        let count = counts.title + counts.headings + counts.body;
        if count > self.surface_count {
            self.surface_count = count;
            self.surface = Some(surface);
        }
    }

    /// The surface, if it stands there more often than all others together.
    fn dominant_surface(&self) -> Option<u32> {
        let all = self.counts.title + self.counts.headings + self.counts.body;
        self.surface.filter(|_| self.surface_count * 2 > all)
    }
}

impl Term {
    fn write(&self, out: &mut Vec<u8>, previous: &[u8]) {
        let shared = shared_prefix_bytes(previous, &self.key);
        put_varint(out, shared as u32);
        put_counted(out, &self.key[shared..]);
        put_varint(out, self.surfaces.len() as u32);
        for surface in &self.surfaces {
            let shared = shared_prefix_bytes(&self.key, surface.as_bytes());
            put_varint(out, shared as u32);
            put_counted(out, &surface.as_bytes()[shared..]);
        }
        put_varint(out, self.postings.len() as u32);
        let mut last = 0;
        for posting in &self.postings {
            put_varint(out, posting.document - last);
            out.push(posting.counts.packed());
            if self.surfaces.len() > 1 {
                put_varint(
                    out,
                    posting
                        .dominant_surface()
                        .map_or(u32::from(FORM_SEVERAL), |surface| surface + 1),
                );
            }
            last = posting.document;
        }
    }
}

/// Reads what [`SegmentBuilder::encode`] wrote: lengths at once, terms one by one in byte order of their keys.
pub(crate) struct SegmentReader<'a> {
    cursor: Cursor<'a>,
    /// Of each passage; the reader itself goes by `documents`.
    pub(crate) lengths: Vec<Lengths>,
    pub(crate) likenesses: Vec<Likeness>,
    documents: u32,
    terms_left: u32,
    pub(crate) key: Vec<u8>,
    pub(crate) surfaces: Vec<Vec<u8>>,
    pub(crate) postings: Vec<Posting>,
}

impl<'a> SegmentReader<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<SegmentReader<'a>, Error> {
        SegmentReader::read(bytes).ok_or(Error::Corrupt(Part::Segment))
    }

    fn read(bytes: &'a [u8]) -> Option<SegmentReader<'a>> {
        let mut cursor = Cursor::new(bytes);
        let (mut lengths, mut likenesses) = (Vec::new(), Vec::new());
        for _ in 0..cursor.varint()? {
            let mut length = || u16::try_from(cursor.varint()?).ok();
            lengths.push(Lengths { title: length()?, headings: length()?, body: length()? });
            likenesses.push(Likeness::read(&mut cursor)?);
        }
        let terms_left = cursor.varint()?;
        let documents = lengths.len() as u32;
        let (key, surfaces, postings) = Default::default();
        Some(SegmentReader {
            cursor,
            lengths,
            likenesses,
            documents,
            terms_left,
            key,
            surfaces,
            postings,
        })
    }

    /// Reads the next term into `key`, `surfaces` and `postings`; says whether there was one.
    pub(crate) fn next_term(&mut self) -> Result<bool, Error> {
        if self.terms_left == 0 {
            return if self.cursor.is_at_end() {
                Ok(false)
            } else {
                Err(Error::Corrupt(Part::Segment))
            };
        }
        self.terms_left -= 1;
        self.read_term().ok_or(Error::Corrupt(Part::Segment)).map(|()| true)
    }

    fn read_term(&mut self) -> Option<()> {
        self.read_key()?;
        self.surfaces.clear();
        for _ in 0..self.cursor.varint()? {
            let mut surface = Vec::from(self.key.get(..self.cursor.varint()? as usize)?);
            surface.extend_from_slice(self.cursor.counted()?);
            self.surfaces.push(surface);
        }
        self.postings.clear();
        let mut document = 0u32;
        for posting in 0..self.cursor.varint()? {
            let delta = self.cursor.varint()?;
            if delta == 0 && posting > 0 {
                return None;
            }
            document = document.checked_add(delta)?;
            let counts = Counts::unpacked(self.cursor.byte()?);
            let surface = if self.surfaces.len() > 1 { self.cursor.varint()? } else { 1 };
            let surface = surface.checked_sub(1);
            let is_known = surface.is_none_or(|surface| (surface as usize) < self.surfaces.len());
            if !is_known || document >= self.documents {
                return None;
            }
            self.postings.push(Posting { document, counts, surface, surface_count: 0 });
        }
        Some(())
    }

    /// Keys come in order and once each: the merge counts on it.
    fn read_key(&mut self) -> Option<()> {
        let shared = self.cursor.varint()? as usize;
        let before = self.key.get(shared..)?;
        let suffix = self.cursor.counted()?;
        if suffix <= before {
            return None;
        }
        self.key.truncate(shared);
        self.key.extend_from_slice(suffix);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;
    use alloc::vec;

    fn sample() -> Vec<u8> {
        let mut builder = SegmentBuilder::new();
        builder.add(&Fields {
            title: "Compiling",
            headings: &["Compilers".to_string()],
            body_markdown: "compile compile the compiler",
        });
        builder.add(&Fields { body_markdown: "**unique_ptr** compiles", ..Fields::default() });
        builder.encode()
    }

    fn check(expected: &[&str]) {
        let bytes = sample();
        let mut reader = SegmentReader::open(&bytes).unwrap();
        let mut found = vec![];
        while reader.next_term().unwrap() {
            let key = core::str::from_utf8(&reader.key).unwrap();
            for posting in &reader.postings {
                let Counts { title, headings, body } = posting.counts;
                let surface = posting.surface.map(|surface| {
                    core::str::from_utf8(&reader.surfaces[surface as usize]).unwrap()
                });
                found.push(format!(
                    "{key} {} {title}{headings}{body} {}",
                    posting.document,
                    surface.unwrap_or("-")
                ));
            }
        }
        assert_eq!(found, expected);
        assert_eq!(reader.lengths[0], Lengths { title: 1, headings: 1, body: 4 });
    }

    #[test]
    fn terms_come_back_in_order() {
        check(&[
            "compil 0 113 -",
            "compil 1 001 compiles",
            "ptr 1 001 ptr",
            "the 0 001 the",
            "uniqu 1 001 unique",
            "unique_ptr 1 001 unique_ptr",
        ]);
    }

    /// A term by the bytes its key shares with the one before and its suffix, with postings of these distances.
    fn term(shared: u8, suffix: &str, deltas: &[u8]) -> Vec<u8> {
        let surface = [1, 0, 0];
        let postings: Vec<u8> = deltas.iter().flat_map(|delta| [*delta, 1]).collect();
        let key = [&[shared, suffix.len() as u8], suffix.as_bytes()].concat();
        [&*key, &surface, &[deltas.len() as u8], &*postings].concat()
    }

    /// Reads a segment of two passages that have these terms.
    fn read_terms(terms: &[Vec<u8>]) -> Result<(), Error> {
        let mut builder = SegmentBuilder::new();
        builder.add(&Fields::default());
        builder.add(&Fields::default());
        let mut bytes = builder.encode();
        *bytes.last_mut().unwrap() = terms.len() as u8;
        bytes.extend(terms.concat());
        let mut reader = SegmentReader::open(&bytes)?;
        while reader.next_term()? {}
        Ok(())
    }

    #[test]
    fn terms_and_postings_out_of_order_are_damage() {
        let damage = Err(Error::Corrupt(Part::Segment));
        assert_eq!(read_terms(&[term(0, "alpha", &[0, 1]), term(0, "beta", &[1])]), Ok(()));
        assert_eq!(read_terms(&[term(0, "alpha", &[1]), term(5, "", &[0])]), damage);
        assert_eq!(read_terms(&[term(0, "beta", &[1]), term(0, "alpha", &[0])]), damage);
        assert_eq!(read_terms(&[term(0, "alpha", &[1, 0])]), damage);
    }

    #[test]
    fn cut_and_flipped_segments_never_panic() {
        let bytes = sample();
        let read_all = |bytes: &[u8]| -> Result<(), Error> {
            let mut reader = SegmentReader::open(bytes)?;
            while reader.next_term()? {}
            Ok(())
        };
        assert_eq!(read_all(&bytes), Ok(()));
        for cut in 0..bytes.len() {
            assert_eq!(read_all(&bytes[..cut]), Err(Error::Corrupt(Part::Segment)));
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[cut] ^= 1 << bit;
                let _ = read_all(&flipped);
            }
        }
    }
}
