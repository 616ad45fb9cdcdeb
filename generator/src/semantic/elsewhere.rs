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
    let mut segment = SegmentBuilder::new();
    // A passage for each word, so that it is cut and stemmed as the words of a text are.
    for word in &words {
        segment.add(&Fields { title: "", headings: &[], body_markdown: word });
    }
    let mut stems = BTreeMap::new();
    stems_of(&segment.encode(), &mut |key, passages| {
        let own = passages.iter().map(|(word, _)| words[*word as usize].to_owned());
        stems.insert(Box::from(key), own.collect());
    })?;
    Ok(stems)
}
