//! What are the bytes of a shard spent on? For figures about an index, never for answers.
//!
//! In: a shard as it was written. Out: the sizes of what it holds. Native only: nothing in the browser's module calls it.

use crate::checksum::unsealed;
use crate::error::{Error, Part};
use crate::ids::sealed_as;
use crate::record::Record;
use crate::texts::record_in;
use crate::words::{WordsReader, streams};

/// A stream of a shard of words: its name in FORMAT.md, and its bytes.
pub type Stream<'a> = (&'static str, &'a [u8]);

/// What a shard of words spends on one term.
#[derive(Debug, Clone, Copy)]
pub struct TermSize<'a> {
    /// The key: a stem, an identifier, or an address.
    pub key: &'a [u8],
    /// Whether the key is a chunk's id or address, or a source's path.
    pub is_address: bool,
    /// In how many passages it stands.
    pub postings: u32,
    /// Surfaces, deltas and payloads beside the key.
    pub raw_bytes: usize,
    /// How many tiers it has, and their bytes.
    pub tiers: usize,
    /// Of all tiers together.
    pub tiers_raw_bytes: usize,
}

/// What a block of texts spends on its parts.
#[derive(Debug, Clone, Copy, Default)]
pub struct TextSizes {
    /// Passages in the block.
    pub passages: usize,
    /// Chunks that show them.
    pub chunks: usize,
    /// Markdown.
    pub texts_raw_bytes: usize,
    /// Titles and heading paths.
    pub titles_raw_bytes: usize,
    /// Where else the same stands.
    pub others_raw_bytes: usize,
}

/// Calls `each` for every term of a shard of words; gives the streams that it is made of.
///
/// # Errors
/// If the bytes are not the shard of this id.
pub fn inspect_words<'a>(
    id: &str,
    shard: &'a [u8],
    each: &mut dyn FnMut(&TermSize<'_>),
) -> Result<[Stream<'a>; 6], Error> {
    const CORRUPT: Error = Error::Corrupt(Part::Words);
    let bytes = unsealed(id, shard).ok_or(CORRUPT)?;
    let mut reader = WordsReader::open(bytes)?;
    while let Some((key, term)) = reader.next_term()? {
        let tiers = term.hot.as_ref().map_or(&[][..], |hot| &hot.tiers);
        each(&TermSize {
            key,
            is_address: key.first().is_some_and(|first| *first < b' '),
            postings: term.document_frequency,
            raw_bytes: term.raw_bytes(),
            tiers: tiers.len(),
            tiers_raw_bytes: tiers.iter().map(|tier| tier.raw_bytes as usize).sum(),
        });
    }
    streams(bytes).ok_or(CORRUPT)
}

/// The sizes of a block of texts.
///
/// # Errors
/// If the bytes are not the shard of this id.
pub fn inspect_texts(id: &str, shard: &[u8]) -> Result<TextSizes, Error> {
    const CORRUPT: Error = Error::Corrupt(Part::Texts);
    let block = unsealed(sealed_as(id), shard).ok_or(CORRUPT)?;
    let present = *block.first().ok_or(CORRUPT)?;
    let mut sizes = TextSizes::default();
    for slot in (0..u8::BITS).filter(|slot| present >> slot & 1 == 1) {
        sizes.add(record_in(block, slot).and_then(Record::decode)?);
    }
    Ok(sizes)
}

impl TextSizes {
    fn add(&mut self, mut record: Record) {
        let with_others = record.encode().len();
        self.passages += 1;
        self.chunks += record.places().count();
        self.texts_raw_bytes += record.text.len();
        let headings: usize = record.headings.iter().map(|heading| heading.len()).sum();
        self.titles_raw_bytes += record.title.len() + headings;
        record.others.clear();
        self.others_raw_bytes += with_others - record.encode().len();
    }
}
