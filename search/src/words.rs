//! Which passages does a word stand in? A shard of terms, in byte order of their keys, with their postings.
//!
//! ```text
//! shard     = terms(varint) keys(counted) numbers(counted) surfaces(counted) deltas(counted) payloads(the rest)
//! keys      = { shared(varint) suffix(counted) }             shared: bytes in common with the key before
//! numbers   = { frequency(varint) more(varint) }             the term's deltas are frequency + more bytes
//! surfaces  = { bytes(varint) { dropped(varint) suffix(counted) } }   no bytes: the key is the only surface
//! deltas    = { varint }                                     from passage to passage, the first from 0
//! payloads  = { impact << 3 | form code }                    one byte a posting
//! ```
//!
//! The five streams are apart because deflate likes its own kind. A term's surfaces are the words whose stem it is, the most
//! frequent first; a posting's form code tells which of them stands there, so exact forms cost no second list.

use alloc::vec::Vec;

use crate::bytes::{Cursor, put_counted, put_varint, shared_prefix_bytes};
use crate::error::{Error, Part};

const CORRUPT: Error = Error::Corrupt(Part::Words);

/// A term in one passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) document: u32,
    /// 1 to 31.
    pub(crate) impact: u8,
    /// 0 to 7.
    pub(crate) form: u8,
}

/// A shard that is being filled.
#[derive(Default)]
pub(crate) struct WordsWriter {
    terms: u32,
    last_key: Vec<u8>,
    keys: Vec<u8>,
    numbers: Vec<u8>,
    surfaces: Vec<u8>,
    deltas: Vec<u8>,
    payloads: Vec<u8>,
}

impl WordsWriter {
    /// Adds the next term; keys rise, postings' documents rise, surfaces come most frequent first.
    pub(crate) fn add(&mut self, key: &[u8], surfaces: &[&[u8]], postings: &[Posting]) {
        let shared = shared_prefix_bytes(&self.last_key, key);
        put_varint(&mut self.keys, shared as u32);
        put_counted(&mut self.keys, &key[shared..]);
        self.last_key.clear();
        self.last_key.extend_from_slice(key);
        put_counted(&mut self.surfaces, &encode_surfaces(key, surfaces));
        let before = self.deltas.len();
        let mut last = 0;
        for posting in postings {
            put_varint(&mut self.deltas, posting.document - last);
            self.payloads.push(posting.impact << 3 | posting.form);
            last = posting.document;
        }
        put_varint(&mut self.numbers, postings.len() as u32);
        put_varint(&mut self.numbers, (self.deltas.len() - before - postings.len()) as u32);
        self.terms += 1;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.terms == 0
    }

    pub(crate) fn raw_bytes(&self) -> usize {
        self.keys.len()
            + self.numbers.len()
            + self.surfaces.len()
            + self.deltas.len()
            + self.payloads.len()
    }

    pub(crate) fn last_key(&self) -> &[u8] {
        &self.last_key
    }

    /// The shard's bytes; the writer is empty afterwards.
    pub(crate) fn finish(&mut self) -> Vec<u8> {
        let full = core::mem::take(self);
        let mut out = Vec::with_capacity(full.raw_bytes() + 16);
        put_varint(&mut out, full.terms);
        for stream in [&full.keys, &full.numbers, &full.surfaces, &full.deltas] {
            put_counted(&mut out, stream);
        }
        out.extend_from_slice(&full.payloads);
        out
    }
}

fn encode_surfaces(key: &[u8], surfaces: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    if surfaces == [key] {
        return out;
    }
    for surface in surfaces {
        let shared = shared_prefix_bytes(key, surface);
        put_varint(&mut out, (key.len() - shared) as u32);
        put_counted(&mut out, &surface[shared..]);
    }
    out
}

/// Walks a shard, term by term.
pub(crate) struct WordsReader<'a> {
    terms_left: u32,
    keys: Cursor<'a>,
    numbers: Cursor<'a>,
    surfaces: Cursor<'a>,
    deltas: Cursor<'a>,
    payloads: Cursor<'a>,
    key: Vec<u8>,
}

/// A term as it lies in its shard.
#[derive(Clone, Copy)]
pub(crate) struct Term<'a> {
    pub(crate) document_frequency: u32,
    surfaces: &'a [u8],
    deltas: &'a [u8],
    payloads: &'a [u8],
}

impl<'a> WordsReader<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<WordsReader<'a>, Error> {
        WordsReader::read(bytes).ok_or(CORRUPT)
    }

    fn read(bytes: &'a [u8]) -> Option<WordsReader<'a>> {
        let mut cursor = Cursor::new(bytes);
        Some(WordsReader {
            terms_left: cursor.varint()?,
            keys: Cursor::new(cursor.counted()?),
            numbers: Cursor::new(cursor.counted()?),
            surfaces: Cursor::new(cursor.counted()?),
            deltas: Cursor::new(cursor.counted()?),
            payloads: cursor,
            key: Vec::new(),
        })
    }

    /// The next term with its key, if there is one.
    pub(crate) fn next_term(&mut self) -> Result<Option<(&[u8], Term<'a>)>, Error> {
        if self.terms_left == 0 {
            return Ok(None);
        }
        self.terms_left -= 1;
        let term = self.read_term().ok_or(CORRUPT)?;
        Ok(Some((&self.key, term)))
    }

    fn read_term(&mut self) -> Option<Term<'a>> {
        let shared = self.keys.varint()? as usize;
        self.key.get(shared..)?;
        self.key.truncate(shared);
        self.key.extend_from_slice(self.keys.counted()?);
        let document_frequency = self.numbers.varint()?;
        let delta_bytes = document_frequency.checked_add(self.numbers.varint()?)?;
        Some(Term {
            document_frequency,
            surfaces: self.surfaces.counted()?,
            deltas: self.deltas.take(delta_bytes as usize)?,
            payloads: self.payloads.take(document_frequency as usize)?,
        })
    }
}

impl Term<'_> {
    /// The term's surfaces, most frequent first.
    pub(crate) fn surfaces(&self, key: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
        let mut surfaces = Vec::new();
        let mut cursor = Cursor::new(self.surfaces);
        if cursor.is_at_end() {
            surfaces.push(Vec::from(key));
        }
        while !cursor.is_at_end() {
            surfaces.push(read_surface(&mut cursor, key).ok_or(CORRUPT)?);
        }
        Ok(surfaces)
    }

    /// Calls `each` for every posting, in order of documents, all of them below `slots`.
    pub(crate) fn postings(&self, slots: u32, each: &mut dyn FnMut(Posting)) -> Result<(), Error> {
        let mut deltas = Cursor::new(self.deltas);
        let mut document = 0u32;
        for payload in self.payloads {
            document =
                deltas.varint().and_then(|delta| document.checked_add(delta)).ok_or(CORRUPT)?;
            if document >= slots {
                return Err(CORRUPT);
            }
            each(Posting { document, impact: payload >> 3, form: payload & 7 });
        }
        if deltas.is_at_end() { Ok(()) } else { Err(CORRUPT) }
    }
}

fn read_surface(cursor: &mut Cursor<'_>, key: &[u8]) -> Option<Vec<u8>> {
    let kept = key.len().checked_sub(cursor.varint()? as usize)?;
    let mut surface = Vec::from(key.get(..kept)?);
    surface.extend_from_slice(cursor.counted()?);
    Some(surface)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    const SLOTS: u32 = 100_000;

    /// Key, surfaces, postings.
    type Sample = (&'static [u8], Vec<&'static [u8]>, Vec<Posting>);

    fn sample() -> Vec<Sample> {
        let posting = |document, impact, form| Posting { document, impact, form };
        vec![
            (b"c4996", vec![b"c4996"], vec![posting(0, 31, 1)]),
            (
                b"compil",
                vec![b"compiler", b"compile"],
                vec![posting(3, 1, 0), posting(4, 7, 1), posting(99_999, 9, 2)],
            ),
            (b"happi", vec![b"happy"], vec![posting(128, 5, 1), posting(300, 5, 1)]),
        ]
    }

    fn encoded() -> Vec<u8> {
        let mut writer = WordsWriter::default();
        for (key, surfaces, postings) in sample() {
            writer.add(key, &surfaces, &postings);
        }
        writer.finish()
    }

    fn read_all(bytes: &[u8]) -> Result<usize, Error> {
        let mut reader = WordsReader::open(bytes)?;
        let mut count = 0;
        while let Some((key, term)) = reader.next_term()? {
            count += term.surfaces(key)?.len();
            term.postings(SLOTS, &mut |_| count += 1)?;
        }
        Ok(count)
    }

    #[test]
    fn round_trips() {
        let bytes = encoded();
        let mut reader = WordsReader::open(&bytes).unwrap();
        for (expected_key, expected_surfaces, expected_postings) in sample() {
            let (key, term) = reader.next_term().unwrap().unwrap();
            assert_eq!(key, expected_key);
            assert_eq!(term.surfaces(key).unwrap(), expected_surfaces);
            let mut postings = vec![];
            term.postings(SLOTS, &mut |posting| postings.push(posting)).unwrap();
            assert_eq!(postings, expected_postings);
        }
        assert!(reader.next_term().unwrap().is_none());
    }

    #[test]
    fn cut_and_flipped_shards_never_panic() {
        let bytes = encoded();
        assert_eq!(read_all(&bytes), Ok(10));
        for cut in 0..bytes.len() {
            assert_eq!(read_all(&bytes[..cut]), Err(CORRUPT), "{cut}");
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[cut] ^= 1 << bit;
                let _ = read_all(&flipped);
            }
        }
    }

    #[test]
    fn a_posting_past_the_last_slot_is_corrupt() {
        let bytes = encoded();
        let mut reader = WordsReader::open(&bytes).unwrap();
        reader.next_term().unwrap();
        let (_, term) = reader.next_term().unwrap().unwrap();
        assert_eq!(term.postings(99_999, &mut |_| ()), Err(CORRUPT));
    }
}
