//! All that the index knows of one source: its terms, where they stand, how long its passages are.
//!
//! In: the fields of its passages, in order. Out: bytes that the merge reads back. Knows no other source: any thread or machine makes one.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::bytes::{Cursor, put_counted, put_varint, shared_prefix_bytes};
use crate::error::{Error, Part};
use crate::foreign::{Foreign, ForeignWords, Stemmer};
use crate::hash::hash;
use crate::likeness::{Likeness, LikenessBuilder};
use crate::links::length_of_links;
use crate::plain::plain_with_headings;
use crate::synonyms::{Recent, Synonyms};
use crate::text::{Kind, Token, tokens};
use crate::vocabulary::Vocabulary;
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

/// Gathers the terms of one source's passages. One that is used for source after source knows most of their words already, and is quicker.
#[derive(Debug, Default)]
pub struct SegmentBuilder {
    vocabulary: Vocabulary,
    lengths: Vec<Lengths>,
    likenesses: Vec<Likeness>,
    /// Of every surface of the vocabulary.
    surfaces: Vec<Surface>,
    /// Of every term of the vocabulary.
    terms: Vec<Term>,
    /// The terms that stand in the source at hand.
    present: Vec<u32>,
    postings: Vec<Linked>,
    /// The surfaces that stand in the passage at hand.
    touched: Vec<u32>,
    synonyms: Arc<Synonyms>,
    /// Of the language of the source at hand.
    foreign: ForeignWords,
    /// The words before, as far as synonyms are phrases.
    recent: Recent,
}

/// A builder that held more postings starts anew, so that one huge source does not take memory for ever.
const POSTINGS_KEPT: usize = 1 << 16;

/// Stands for no surface and no posting.
const NONE: u32 = u32::MAX;

/// What the source at hand has of a surface.
#[derive(Debug, Clone, Copy)]
struct Surface {
    /// Its place among the term's surfaces.
    rank: u32,
    /// The next of the term's surfaces.
    next: u32,
    /// In the passage at hand.
    counts: Counts,
}

/// What the source at hand has of a term.
#[derive(Debug, Clone, Copy)]
struct Term {
    first_surface: u32,
    last_surface: u32,
    surfaces: u32,
    first_posting: u32,
    last_posting: u32,
    postings: u32,
}

/// A posting, and the number of the term's next.
#[derive(Debug)]
struct Linked {
    posting: Posting,
    next: u32,
}

const NO_SURFACE: Surface =
    Surface { rank: NONE, next: NONE, counts: Counts { title: 0, headings: 0, body: 0 } };

const NO_TERM: Term = Term {
    first_surface: NONE,
    last_surface: NONE,
    surfaces: 0,
    first_posting: NONE,
    last_posting: NONE,
    postings: 0,
};

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

    /// From the next source on, passages are found by these words too.
    pub fn set_synonyms(&mut self, synonyms: &Arc<Synonyms>) {
        self.synonyms = Arc::clone(synonyms);
    }

    /// In which language the passages of the source are that follow; English if none is given.
    pub fn set_stemmer(&mut self, stemmer: Option<Stemmer>) {
        self.foreign = ForeignWords::of(stemmer);
    }

    /// Adds the source's next passage.
    pub fn add(&mut self, fields: &Fields<'_>) {
        let mut likeness = LikenessBuilder::default();
        likeness.add_title(fields.title);
        let title = self.add_field(fields.title, Field::Title);
        let mut headings = 0;
        for heading in fields.headings {
            likeness.add_text(heading);
            headings += self.add_field(heading, Field::Headings);
        }
        let (text, within) = plain_with_headings(fields.title, fields.body_markdown);
        // They stand in the body, which is as long with them: who asks in their words means what they stand above.
        for heading in within {
            self.add_field(&heading, Field::Headings);
        }
        let body = self.add_body(&text, &mut likeness) + length_of_links(fields.body_markdown);
        self.likenesses.push(likeness.finish());
        self.end_passage();
        let [title, headings, body] =
            [title, headings, body].map(|length| length.min(u32::from(u16::MAX)) as u16);
        self.lengths.push(Lengths { title, headings, body });
    }

    fn add_field(&mut self, text: &str, field: Field) -> u32 {
        self.recent.clear();
        tokens(text, &mut |token| {
            if token.kind != Kind::Joined {
                self.add_token(text, token, hash(token.text.as_bytes()), field);
            }
        })
    }

    fn add_body(&mut self, text: &str, likeness: &mut LikenessBuilder) -> u32 {
        likeness.add_text(text);
        self.recent.clear();
        tokens(text, &mut |token| {
            if token.kind != Kind::Joined {
                let hash = hash(token.text.as_bytes());
                likeness.add_word(hash);
                self.add_token(text, token, hash, Field::Body);
            }
        })
    }

    fn add_token(&mut self, text: &str, token: &Token<'_>, hash: u64, field: Field) {
        // A part of a word is no word of a title.
        let field = if token.kind == Kind::Part { Field::Body } else { field };
        let is_word = token.kind == Kind::Word && !self.foreign.is_english();
        let written = is_word.then(|| &text[token.start..token.end]);
        let vocabulary = &mut self.vocabulary;
        let foreign =
            written.and_then(|written| self.foreign.word(written, token.text, vocabulary));
        match foreign {
            Some(Foreign { own, link }) => [own, link].iter().for_each(|id| self.count(*id, field)),
            None => {
                let id = self.vocabulary.surface(token.text, hash);
                self.count(id, field);
            }
        }
        if !self.synonyms.is_empty() {
            self.add_synonyms(token, field);
        }
    }

    /// Counts what stands here for the words that mean the same.
    fn add_synonyms(&mut self, token: &Token<'_>, field: Field) {
        let mut identifier = Recent::default();
        let words = match token.kind {
            Kind::Word | Kind::Glyphs => &mut self.recent,
            _ => &mut identifier,
        };
        words.push(token.position, token.text);
        let mut found: Vec<u32> = Vec::new();
        let synonyms = Arc::clone(&self.synonyms);
        let words = &*words;
        synonyms.ending(token.kind, words, &mut |count, key| {
            found.push(self.vocabulary.surface_under(key, &words.text(count)));
        });
        found.into_iter().for_each(|id| self.count(id, field));
    }

    fn count(&mut self, id: u32, field: Field) {
        if self.surfaces.len() <= id as usize {
            self.surfaces.resize(self.vocabulary.surface_count(), NO_SURFACE);
            self.terms.resize(self.vocabulary.term_count(), NO_TERM);
        }
        if self.surfaces[id as usize].rank == NONE {
            self.add_surface(id);
        }
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

    /// Puts a surface behind the others of its term.
    fn add_surface(&mut self, id: u32) {
        let term_id = self.vocabulary.term(id);
        let term = &mut self.terms[term_id as usize];
        self.surfaces[id as usize].rank = term.surfaces;
        if term.surfaces == 0 {
            self.present.push(term_id);
            term.first_surface = id;
        } else {
            self.surfaces[term.last_surface as usize].next = id;
        }
        term.last_surface = id;
        term.surfaces += 1;
    }

    fn end_passage(&mut self) {
        let document = self.lengths.len() as u32;
        let mut touched = core::mem::take(&mut self.touched);
        for id in touched.drain(..) {
            let term = self.vocabulary.term(id);
            let surface = &mut self.surfaces[id as usize];
            let (counts, rank) = (core::mem::take(&mut surface.counts), surface.rank);
            self.posting(term, document).add(counts, rank);
        }
        self.touched = touched;
    }

    /// The term's posting for the passage at hand.
    fn posting(&mut self, term: u32, document: u32) -> &mut Posting {
        let term = &mut self.terms[term as usize];
        let last = self.postings.get(term.last_posting as usize);
        if last.is_none_or(|last| last.posting.document != document) {
            let number = self.postings.len() as u32;
            match self.postings.get_mut(term.last_posting as usize) {
                Some(last) => last.next = number,
                None => term.first_posting = number,
            }
            let (counts, surface) = (Counts::default(), None);
            let posting = Posting { document, counts, surface, surface_count: 0 };
            self.postings.push(Linked { posting, next: NONE });
            term.last_posting = number;
            term.postings += 1;
        }
        &mut self.postings[term.last_posting as usize].posting
    }

    /// The segment's bytes: compact, to be kept on disk until the merge. The builder is ready for the next source.
    #[must_use]
    pub fn encode(&mut self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.lengths.len() * 128 + self.postings.len() * 8);
        put_varint(&mut out, self.lengths.len() as u32);
        for (lengths, likeness) in self.lengths.iter().zip(&self.likenesses) {
            let fields = [lengths.title, lengths.headings, lengths.body];
            fields.iter().for_each(|length| put_varint(&mut out, u32::from(*length)));
            likeness.write(&mut out);
        }
        put_varint(&mut out, self.present.len() as u32);
        let mut previous: &[u8] = &[];
        for (_, id) in self.sorted() {
            let key = self.vocabulary.key(id);
            self.write_term(&mut out, &self.terms[id as usize], key, previous);
            previous = key;
        }
        self.clear();
        out
    }

    /// The source's terms in byte order of their keys. The first bytes of a key, as one number, tell most keys apart.
    fn sorted(&self) -> Vec<(u64, u32)> {
        let head = |id: u32| {
            let key = self.vocabulary.key(id);
            let mut head = [0; size_of::<u64>()];
            let bytes = key.len().min(head.len());
            head[..bytes].copy_from_slice(&key[..bytes]);
            (u64::from_be_bytes(head), id)
        };
        let mut sorted: Vec<(u64, u32)> = self.present.iter().map(|id| head(*id)).collect();
        sorted.sort_unstable_by(|left, right| {
            let keys = || self.vocabulary.key(left.1).cmp(self.vocabulary.key(right.1));
            left.0.cmp(&right.0).then_with(keys)
        });
        sorted
    }

    fn write_term(&self, out: &mut Vec<u8>, term: &Term, key: &[u8], previous: &[u8]) {
        let shared = shared_prefix_bytes(previous, key);
        put_varint(out, shared as u32);
        put_counted(out, &key[shared..]);
        put_varint(out, term.surfaces);
        let mut id = term.first_surface;
        while id != NONE {
            let text = self.vocabulary.surface_text(id);
            let shared = shared_prefix_bytes(key, text);
            put_varint(out, shared as u32);
            put_counted(out, &text[shared..]);
            id = self.surfaces[id as usize].next;
        }
        put_varint(out, term.postings);
        let (mut number, mut last) = (term.first_posting, 0);
        while let Some(Linked { posting, next }) = self.postings.get(number as usize) {
            posting.write(out, last, term.surfaces);
            (number, last) = (*next, posting.document);
        }
    }

    /// Forgets the source, and the words too once they take much memory.
    fn clear(&mut self) {
        for id in self.present.drain(..) {
            let term = core::mem::replace(&mut self.terms[id as usize], NO_TERM);
            let mut id = term.first_surface;
            while id != NONE {
                id = core::mem::replace(&mut self.surfaces[id as usize], NO_SURFACE).next;
            }
        }
        self.foreign.forget();
        self.lengths.clear();
        self.likenesses.clear();
        self.postings.clear();
        if self.vocabulary.is_large() || self.postings.capacity() > POSTINGS_KEPT {
            let synonyms = core::mem::take(&mut self.synonyms);
            let foreign = core::mem::take(&mut self.foreign);
            *self = SegmentBuilder { synonyms, foreign, ..SegmentBuilder::default() };
        }
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

    /// Of a term with so many surfaces, behind a posting for passage `last`.
    fn write(&self, out: &mut Vec<u8>, last: u32, surfaces: u32) {
        put_varint(out, self.document - last);
        out.push(self.counts.packed());
        if surfaces > 1 {
            let dominant = self.dominant_surface();
            put_varint(out, dominant.map_or(u32::from(FORM_SEVERAL), |surface| surface + 1));
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
        self.read_surfaces()?;
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

    /// Most terms have one surface: the memory of the last is good for the next.
    fn read_surfaces(&mut self) -> Option<()> {
        let count = self.cursor.varint()? as usize;
        self.surfaces.truncate(count);
        for number in 0..count {
            if number == self.surfaces.len() {
                self.surfaces.push(Vec::new());
            }
            let surface = &mut self.surfaces[number];
            surface.clear();
            surface.extend_from_slice(self.key.get(..self.cursor.varint()? as usize)?);
            surface.extend_from_slice(self.cursor.counted()?);
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
