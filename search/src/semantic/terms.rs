//! The stems of a source's passages, for whoever makes vectors of them.
//!
//! In: a segment. Out: each stem with the passages that it stands in, and how often. Identifiers and stop words say little of
//! what a passage is about: they are left out. Writer only.

use alloc::vec::Vec;

use crate::error::Error;
use crate::segment::SegmentReader;
use crate::stop::is_stop_word;

/// How much more a word of a title or of the heading path counts than one of the text.
const TITLE_WEIGHT: u32 = 2;

/// Longer keys are seldom words.
const KEY_BYTES_MAX: usize = 40;

/// Receives a stem, with passages, by their place in the source, and counts.
pub type EachStem<'e> = &'e mut dyn FnMut(&[u8], &[(u32, u32)]);

/// Calls `each` for every stem of a segment, in byte order.
///
/// # Errors
/// [`Error::Corrupt`] if it is no segment.
pub fn stems_of(segment: &[u8], each: EachStem<'_>) -> Result<(), Error> {
    let mut segment = SegmentReader::open(segment)?;
    let mut passages = Vec::new();
    while segment.next_term()? {
        if !is_telling(&segment.key) {
            continue;
        }
        passages.clear();
        passages.extend(segment.postings.iter().map(|posting| {
            let counts = posting.counts;
            (posting.document, counts.body + counts.headings + TITLE_WEIGHT * counts.title)
        }));
        each(&segment.key, &passages);
    }
    Ok(())
}

/// Receives a stem, a word of which it is the stem, and in how many passages that word is the most frequent one of them.
pub type EachWord<'e> = &'e mut dyn FnMut(&[u8], &[u8], u32);

/// Calls `each` for every stem of a segment, in byte order, and every word of it.
///
/// # Errors
/// [`Error::Corrupt`] if it is no segment.
pub fn words_of(segment: &[u8], each: EachWord<'_>) -> Result<(), Error> {
    let mut segment = SegmentReader::open(segment)?;
    while segment.next_term()? {
        if !is_telling(&segment.key) {
            continue;
        }
        for (at, word) in (0u32..).zip(&segment.surfaces) {
            let is_it = |surface: Option<u32>| surface == Some(at);
            let passages = segment.postings.iter().filter(|posting| is_it(posting.surface));
            each(&segment.key, word, passages.count() as u32);
        }
    }
    Ok(())
}

/// Whether a key may say what a passage is about.
fn is_telling(key: &[u8]) -> bool {
    let is_of_word =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte >= 0x80;
    key.len() <= KEY_BYTES_MAX
        && key.iter().all(is_of_word)
        && !key.iter().all(u8::is_ascii_digit)
        && !core::str::from_utf8(key).is_ok_and(is_stop_word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::{Fields, SegmentBuilder};
    use alloc::string::String;
    use alloc::vec;

    #[test]
    fn words_are_told_and_identifiers_are_not() {
        let mut segment = SegmentBuilder::new();
        segment.add(&Fields {
            title: "Dialing",
            headings: &[],
            body_markdown: "the dials unique_ptr 42 v2 电话",
        });
        let mut found = vec![];
        stems_of(&segment.encode(), &mut |key, passages| {
            found.push((String::from_utf8(key.into()).unwrap(), passages.to_vec()));
        })
        .unwrap();
        let keys: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["dial", "ptr", "uniqu", "v2", "电话"]);
        assert_eq!(found[0].1, [(0, 3)]);
    }
}
