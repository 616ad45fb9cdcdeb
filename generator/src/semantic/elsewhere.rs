//! Words that a model knows and a library does not have: who asks by one of them means something all the same.
//!
//! In: a model. Out: stems as the index has them, each with its words. Knows no library.

use std::collections::BTreeMap;

use anyhow::Result;
use search::{Fields, SegmentBuilder, stems_of};

use crate::encoder::Model;

/// Words of technical writing, in order, that vocabularies of encoders do not have, though they can spell them: made by
/// `tests/figures/technical_words.py`.
const TECHNICAL: &str = include_str!("technical.txt");

/// Stems as the index has them, each with words of it.
pub(super) type Spoken = BTreeMap<Box<[u8]>, Vec<String>>;

/// The stems of the words that a model knows: its own come first, the most frequent of these first.
pub(super) fn words(model: &Model) -> Result<Spoken> {
    let mut words = model.words();
    words.extend(TECHNICAL.lines().filter(|word| model.can_spell(word)));
    let mut stems = BTreeMap::new();
    stems_of(&segment_of(&words), &mut |key, passages| {
        let own = passages.iter().map(|(word, _)| words[*word as usize].to_owned());
        stems.insert(Box::from(key), own.collect());
    })?;
    Ok(stems)
}

/// A segment with a passage for each text, so that these are cut and stemmed as those of the library are.
pub(super) fn segment_of(texts: &[impl AsRef<str>]) -> Vec<u8> {
    let mut segment = SegmentBuilder::new();
    for text in texts {
        segment.add(&Fields { title: "", headings: &[], body_markdown: text.as_ref() });
    }
    segment.encode()
}
