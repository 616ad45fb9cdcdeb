//! Is this passage another one again? Equal ones by a hash of 128 bits, near ones by MinHash.
//!
//! In: what a passage says, as plain text and as tokens. Out: a [`Likeness`] small enough to keep for every passage; and, over
//! the passages of a library in order, which of them stand for which. Writer only. Knows no postings and no records.
//!
//! MinHash with one permutation: every shingle of three words falls into one of 64 bins, each bin keeps its least hash, of
//! which a byte is enough. The share of equal bins estimates the share of shingles in common.

use alloc::vec::Vec;
use core::hash::Hasher;

use hashbrown::HashTable;

use crate::bytes::Cursor;
use crate::error::Error;
use crate::hash::{Fnv, hash};
use crate::segment::SegmentReader;

/// Bins of a signature, one byte each.
const BINS: usize = 64;
/// Passages with as many equal bins are near-duplicates: nine shingles of ten in common.
const EQUAL_BINS_MIN: usize = 56;
/// Bins of a band: passages that agree in all bins of any band are compared.
const BAND_BINS: usize = 8;
/// Words in a row that make a shingle.
const SHINGLE_WORDS: usize = 3;

/// What a passage is recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Likeness {
    /// Of title, heading path and plain text. Passages of the same identity say the same.
    pub(crate) identity: [u64; 2],
    /// Of the title alone: passages of different titles are never near.
    pub(crate) title: u64,
    signature: [u8; BINS],
}

/// How many bytes a likeness takes in a segment.
const LIKENESS_BYTES: usize = 3 * size_of::<u64>() + BINS;

impl Likeness {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        for hash in [self.identity[0], self.identity[1], self.title] {
            out.extend_from_slice(&hash.to_le_bytes());
        }
        out.extend_from_slice(&self.signature);
    }

    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Option<Likeness> {
        let bytes = cursor.take(LIKENESS_BYTES)?;
        let number =
            |at: usize| Some(u64::from_le_bytes(bytes[8 * at..8 * at + 8].try_into().ok()?));
        let identity = [number(0)?, number(1)?];
        Some(Likeness { identity, title: number(2)?, signature: bytes[24..].try_into().ok()? })
    }
}

/// What tells each passage of a segment from all others of its product: those that say the same have the same.
///
/// # Errors
/// [`Error::Corrupt`] if it is no segment.
pub fn identities_of(segment: &[u8]) -> Result<Vec<[u64; 2]>, Error> {
    let segment = SegmentReader::open(segment)?;
    Ok(segment.likenesses.iter().map(|likeness| likeness.identity).collect())
}

/// A passage's likeness in the making.
#[derive(Debug)]
pub(crate) struct LikenessBuilder {
    identity: [Fnv; 2],
    title: u64,
    least: [u64; BINS],
    /// The hashes of the last words.
    last: [u64; SHINGLE_WORDS],
}

impl Default for LikenessBuilder {
    fn default() -> LikenessBuilder {
        let mut other = Fnv::default();
        other.write_u64(1);
        LikenessBuilder {
            identity: [Fnv::default(), other],
            title: 0,
            least: [u64::MAX; BINS],
            last: [0; SHINGLE_WORDS],
        }
    }
}

impl LikenessBuilder {
    /// Takes the title, first of all.
    pub(crate) fn add_title(&mut self, title: &str) {
        self.add_text(title);
        self.title = hash(title.as_bytes());
    }

    /// Takes a heading or the plain text.
    pub(crate) fn add_text(&mut self, text: &str) {
        for hasher in &mut self.identity {
            hasher.write_u64(text.len() as u64);
            hasher.write(text.as_bytes());
        }
    }

    /// Takes the hash of the plain text's next word.
    pub(crate) fn add_word(&mut self, word: u64) {
        self.last.rotate_left(1);
        self.last[SHINGLE_WORDS - 1] = word;
        let mut shingle = Fnv::default();
        self.last.iter().for_each(|word| shingle.write_u64(*word));
        let shingle = shingle.finish();
        let least = &mut self.least[shingle as usize % BINS];
        *least = (*least).min(shingle);
    }

    pub(crate) fn finish(self) -> Likeness {
        let identity = self.identity.map(|hasher| hasher.finish());
        Likeness { identity, title: self.title, signature: signature(&self.least) }
    }
}

/// A byte of each bin's least hash; an empty bin takes that of the next full one, so that short texts can be compared.
fn signature(least: &[u64; BINS]) -> [u8; BINS] {
    core::array::from_fn(|bin| {
        let mut full = (0..BINS).map(|step| (step, least[(bin + step) % BINS]));
        let found = full.find(|(_, least)| *least != u64::MAX);
        found.map_or(0, |(step, least)| (least >> 8) as u8 ^ (step as u8).wrapping_mul(37))
    })
}

/// Passages that are near-duplicates of earlier ones, found as they come. Of a million passages each byte counts: a band's
/// key is made of the signature again where it is compared.
#[derive(Default)]
pub(crate) struct Groups {
    /// The passages that stand for themselves.
    firsts: Vec<First>,
    /// For each band: which of them was the first to have it.
    bands: [HashTable<u32>; BINS / BAND_BINS],
}

struct First {
    slot: u32,
    edition: u32,
    title: u64,
    signature: [u8; BINS],
}

impl Groups {
    /// The passage that stands for this one: an earlier one near it, or itself. Passages of one `edition`, the same version of
    /// the same product, are never near: what stands there twice under one title is meant to.
    pub(crate) fn stands_for(&mut self, slot: u32, likeness: &Likeness, edition: u32) -> u32 {
        let this = First { slot, edition, title: likeness.title, signature: likeness.signature };
        let near = (0..).zip(&self.bands).find_map(|(band, table)| {
            let key = this.band_key(band);
            let first = table.find(key, |at| self.firsts[*at as usize].band_key(band) == key)?;
            let first = &self.firsts[*first as usize];
            (first.edition != edition && first.is_near(&this)).then_some(first.slot)
        });
        near.unwrap_or_else(|| {
            self.add(this);
            slot
        })
    }

    fn add(&mut self, this: First) {
        let number = self.firsts.len() as u32;
        self.firsts.push(this);
        for (band, table) in (0..).zip(&mut self.bands) {
            let key_of = |at: &u32| self.firsts[*at as usize].band_key(band);
            let key = key_of(&number);
            table.entry(key, |at| key_of(at) == key, key_of).or_insert(number);
        }
    }
}

impl First {
    fn is_near(&self, other: &First) -> bool {
        let pairs = self.signature.iter().zip(&other.signature);
        self.title == other.title
            && pairs.filter(|(left, right)| left == right).count() >= EQUAL_BINS_MIN
    }

    /// The key of a band, with the title in it.
    fn band_key(&self, band: usize) -> u64 {
        let mut hasher = Fnv::default();
        hasher.write_u64(self.title ^ band as u64);
        hasher.write(&self.signature[band * BAND_BINS..][..BAND_BINS]);
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;

    fn likeness(title: &str, text: &str) -> Likeness {
        let mut builder = LikenessBuilder::default();
        builder.add_title(title);
        builder.add_text(text);
        text.split(' ').for_each(|word| builder.add_word(hash(word.as_bytes())));
        builder.finish()
    }

    fn text(words: usize) -> String {
        (0..words).map(|idx| format!("word{} ", idx * 7919 % 1000)).collect()
    }

    fn check(left: &Likeness, right: &Likeness, is_near: bool) {
        let mut groups = Groups::default();
        assert_eq!(groups.stands_for(0, left, 0), 0);
        assert_eq!(groups.stands_for(1, right, 1) == 0, is_near);
        assert_eq!(
            groups.stands_for(2, right, 0),
            if is_near { 2 } else { 1 },
            "not within an edition"
        );
    }

    #[test]
    fn a_few_words_more_are_near() {
        let text = text(200);
        let near = likeness("t", &format!("{text}and more"));
        check(&likeness("t", &text), &near, true);
        assert_ne!(likeness("t", &text).identity, near.identity);
    }

    #[test]
    fn other_words_and_other_titles_are_not() {
        let text = text(200);
        let mut groups = Groups::default();
        groups.stands_for(0, &likeness("t", &text), 0);
        for (slot, other) in (1..).zip([
            likeness("t", &text.replace("word1", "other")),
            likeness("u", &text),
            likeness("t", ""),
            likeness("t", "short"),
        ]) {
            assert_eq!(groups.stands_for(slot, &other, slot), slot);
        }
    }

    #[test]
    fn identities_tell_fields_apart() {
        let of = |title: &str, text: &str| likeness(title, text).identity;
        assert_eq!(of("a", "b"), of("a", "b"));
        assert_ne!(of("a b", "c"), of("a", "b c"));
        assert_ne!(of("a", "x > y"), of("a", "x < y"));
    }

    #[test]
    fn bytes_come_back() {
        let likeness = likeness("t", "a b c d");
        let mut bytes = Vec::new();
        likeness.write(&mut bytes);
        assert_eq!(Likeness::read(&mut Cursor::new(&bytes)), Some(likeness));
        assert_eq!(Likeness::read(&mut Cursor::new(&bytes[1..])), None);
    }
}
