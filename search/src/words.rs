//! Which passages does a word stand in? A shard of terms, in byte order of their keys, with their postings.
//!
//! ```text
//! shard     = terms(varint) keys(counted) numbers(counted) surfaces(counted) tiers(counted) deltas(counted) payloads(the rest)
//! keys      = { shared(varint) suffix(counted) }             shared: bytes in common with the key before
//! numbers   = { postings << 1 | is hot (varint) more(varint) }   the term's deltas are postings + more bytes
//! surfaces  = { bytes(varint) { dropped(varint) suffix(counted) } }   no bytes: the key is the only surface
//! tiers     = { newest(varint) older(varint) tiers(varint) { entry } }   of hot terms: all their postings, and where the rest is
//! deltas    = { varint }                                     from passage to passage, the first from 0
//! payloads  = { impact << 3 | form code }                    one byte a posting
//! ```
//!
//! The streams are apart because deflate likes its own kind. A term's surfaces are the words whose stem it is, the most
//! frequent first; a posting's form code tells which of them stands there, so exact forms cost no second list.

use alloc::vec::Vec;

use crate::bytes::{Cursor, put_counted, put_varint, shared_prefix_bytes};
use crate::error::{Error, Part};
use crate::tiers::TierEntry;

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

/// What a shard says of a term.
pub(crate) struct WordEntry<'a> {
    pub(crate) key: &'a [u8],
    /// Most frequent first.
    pub(crate) surfaces: &'a [&'a [u8]],
    /// Those that lie beside the term, in order of documents.
    pub(crate) inline: &'a [Posting],
    pub(crate) hot: Option<Hot>,
}

impl WordEntry<'_> {
    /// About how many bytes it adds to a shard, whatever is beside it.
    pub(crate) fn weight_bytes(&self) -> usize {
        let tiers = self.hot.as_ref().map_or(0, |hot| hot.tiers.len());
        self.inline.len() * 6 / 5 + 20 * tiers + 10
    }
}

/// What is said of a hot term besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Hot {
    /// In how many passages of the newest versions it stands, and of older ones.
    pub(crate) newest: u32,
    pub(crate) older: u32,
    /// The newest versions' first, by falling impact.
    pub(crate) tiers: Vec<TierEntry>,
}

/// A shard that is being filled.
#[derive(Default)]
pub(crate) struct WordsWriter {
    terms: u32,
    last_key: Vec<u8>,
    keys: Vec<u8>,
    numbers: Vec<u8>,
    surfaces: Vec<u8>,
    tiers: Vec<u8>,
    deltas: Vec<u8>,
    payloads: Vec<u8>,
}

impl WordsWriter {
    /// Adds the next term; keys rise.
    pub(crate) fn add(&mut self, entry: &WordEntry<'_>) {
        let WordEntry { key, surfaces, inline, hot } = entry;
        let shared = shared_prefix_bytes(&self.last_key, key);
        put_varint(&mut self.keys, shared as u32);
        put_counted(&mut self.keys, &key[shared..]);
        self.last_key.clear();
        self.last_key.extend_from_slice(key);
        put_counted(&mut self.surfaces, &encode_surfaces(key, surfaces));
        let before = self.deltas.len();
        write_postings(inline, &mut self.deltas, &mut self.payloads);
        put_varint(&mut self.numbers, (inline.len() as u32) << 1 | u32::from(hot.is_some()));
        put_varint(&mut self.numbers, (self.deltas.len() - before - inline.len()) as u32);
        if let Some(hot) = hot {
            hot.write(&mut self.tiers);
        }
        self.terms += 1;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.terms == 0
    }

    fn raw_bytes(&self) -> usize {
        self.keys.len()
            + self.numbers.len()
            + self.surfaces.len()
            + self.tiers.len()
            + self.deltas.len()
            + self.payloads.len()
    }

    /// About how many bytes the shard takes when compressed; measured on shards of a large library, in 64ths of each stream's
    /// bytes. To compress them only to measure would cost as much as writing them.
    pub(crate) fn weight_bytes(&self) -> usize {
        let streams = [
            (&self.keys, 29),
            (&self.numbers, 22),
            (&self.surfaces, 12),
            (&self.tiers, 108),
            (&self.deltas, 43),
            (&self.payloads, 32),
        ];
        streams.into_iter().map(|(stream, share)| stream.len() * share).sum::<usize>() / 64
    }

    /// The shard's bytes; the writer is empty afterwards.
    pub(crate) fn finish(&mut self) -> Vec<u8> {
        let full = core::mem::take(self);
        let mut out = Vec::with_capacity(full.raw_bytes() + 16);
        put_varint(&mut out, full.terms);
        for stream in [&full.keys, &full.numbers, &full.surfaces, &full.tiers, &full.deltas] {
            put_counted(&mut out, stream);
        }
        out.extend_from_slice(&full.payloads);
        out
    }
}

/// Appends postings that are in order of documents to their two streams.
pub(crate) fn write_postings(postings: &[Posting], deltas: &mut Vec<u8>, payloads: &mut Vec<u8>) {
    let mut last = 0;
    for posting in postings {
        put_varint(deltas, posting.document - last);
        payloads.push(posting.impact << 3 | posting.form);
        last = posting.document;
    }
}

/// Calls `each` for every posting of two streams; `None` if they do not agree or a document is not below `slots`.
pub(crate) fn read_postings(
    deltas: &[u8],
    payloads: &[u8],
    slots: u32,
    each: &mut dyn FnMut(Posting),
) -> Option<()> {
    let mut deltas = Cursor::new(deltas);
    let mut document = 0u32;
    for payload in payloads {
        document = document.checked_add(deltas.varint()?)?;
        if document >= slots {
            return None;
        }
        each(Posting { document, impact: payload >> 3, form: payload & 7 });
    }
    deltas.is_at_end().then_some(())
}

impl Hot {
    fn write(&self, out: &mut Vec<u8>) {
        put_varint(out, self.newest);
        put_varint(out, self.older);
        put_varint(out, self.tiers.len() as u32);
        self.tiers.iter().for_each(|tier| tier.write(out));
    }

    fn read(cursor: &mut Cursor<'_>) -> Option<Hot> {
        let mut hot = Hot { newest: cursor.varint()?, older: cursor.varint()?, tiers: Vec::new() };
        for _ in 0..cursor.varint()? {
            hot.tiers.push(TierEntry::read(cursor)?);
        }
        hot.newest.checked_add(hot.older)?;
        Some(hot)
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
    tiers: Cursor<'a>,
    deltas: Cursor<'a>,
    payloads: Cursor<'a>,
    key: Vec<u8>,
}

/// A term as it lies in its shard.
#[derive(Clone)]
pub(crate) struct Term<'a> {
    /// In how many passages it stands.
    pub(crate) document_frequency: u32,
    pub(crate) hot: Option<Hot>,
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
            tiers: Cursor::new(cursor.counted()?),
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
        let head = self.numbers.varint()?;
        let inline = head >> 1;
        let delta_bytes = inline.checked_add(self.numbers.varint()?)?;
        let hot = if head & 1 == 0 { None } else { Some(Hot::read(&mut self.tiers)?) };
        Some(Term {
            document_frequency: hot.as_ref().map_or(inline, |hot| hot.newest + hot.older),
            hot,
            surfaces: self.surfaces.counted()?,
            deltas: self.deltas.take(delta_bytes as usize)?,
            payloads: self.payloads.take(inline as usize)?,
        })
    }
}

/// The streams of a shard, for figures: each by its name, as it lies there.
pub(crate) fn streams(bytes: &[u8]) -> Option<[(&'static str, &[u8]); 6]> {
    let WordsReader { keys, numbers, surfaces, tiers, deltas, payloads, .. } =
        WordsReader::read(bytes)?;
    Some([
        ("keys", keys.rest()),
        ("numbers", numbers.rest()),
        ("surfaces", surfaces.rest()),
        ("tiers", tiers.rest()),
        ("deltas", deltas.rest()),
        ("payloads", payloads.rest()),
    ])
}

impl Term<'_> {
    /// What lies beside the key, for figures.
    pub(crate) fn raw_bytes(&self) -> usize {
        self.surfaces.len() + self.deltas.len() + self.payloads.len()
    }

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

    /// Calls `each` for every posting beside the term, in order of documents, all of them below `slots`.
    pub(crate) fn postings(&self, slots: u32, each: &mut dyn FnMut(Posting)) -> Result<(), Error> {
        read_postings(self.deltas, self.payloads, slots, each).ok_or(CORRUPT)
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
    use crate::tiers::Edition;
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

    fn hot() -> Hot {
        let entry = |edition, impact_max| TierEntry {
            edition,
            impact_max,
            postings: 200,
            raw_bytes: 420,
            hash: 0xc0ff_ee00,
        };
        let tiers = vec![entry(Edition::Newest, 31), entry(Edition::Older, 1)];
        Hot { newest: 300, older: 103, tiers }
    }

    fn encoded() -> Vec<u8> {
        let mut writer = WordsWriter::default();
        for (key, surfaces, postings) in sample() {
            let hot = (key == b"compil").then(hot);
            writer.add(&WordEntry { key, surfaces: &surfaces, inline: &postings, hot });
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
            assert_eq!(term.hot, (key == b"compil").then(hot));
            assert_eq!(term.document_frequency == 403, term.hot.is_some());
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
