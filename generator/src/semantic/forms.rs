//! The words of each stem, as the library and a model have them: `schedule`, `scheduled` and `scheduling` have one stem, and do not mean the same.
//!
//! In: segments, the words of a model. Out: of each stem its commonest word, and its others. Knows no vector.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use anyhow::Result;
use rayon::prelude::*;
use search::{Numbered, words_of};

use super::{Segments, by_source, elsewhere::Spoken, fit::Stems};

/// A form that a model does not have as a word of its own stands in so many passages, or it is not looked at.
const FORM_PASSAGES_MIN: u32 = 2;

/// The words of all stems.
pub(super) struct Words {
    /// By stem: the word that most passages have, or one from elsewhere.
    pub(super) common: Vec<String>,
    /// The other words of stems of the library, in order.
    pub(super) forms: Vec<Form>,
}

/// One word of a stem.
pub(super) struct Form {
    pub(super) stem: usize,
    pub(super) word: String,
}

/// A stem, a word of it, and in how many passages.
type Said = (usize, Box<[u8]>, u32);

impl Words {
    /// Those that the passages have, and of the same stems those that a model has.
    pub(super) fn of(
        sample: &[Numbered],
        stems: &Stems,
        segments: Segments<'_>,
        spoken: &Spoken,
    ) -> Result<Words> {
        let mut words = Words { common: Vec::new(), forms: Vec::new() };
        for (stem, counts) in counts(sample, stems, segments)?.into_iter().enumerate() {
            let key = &stems.keys[stem];
            if let Some(word) = &stems.words[stem] {
                words.common.push(word.clone());
                continue;
            }
            let best = counts.iter().max_by_key(|(word, count)| (**count, Reverse(*word)));
            let common = best.map_or_else(|| String::from_utf8_lossy(key), |(word, _)| word.into());
            let often = counts.iter().filter(|(_, count)| **count >= FORM_PASSAGES_MIN);
            let often = often.map(|(word, _)| word);
            let others: BTreeSet<&String> =
                often.chain(spoken.get(key).into_iter().flatten()).collect();
            let others = others.into_iter().filter(|word| **word != *common);
            words.forms.extend(others.map(|word| Form { stem, word: word.clone() }));
            words.common.push(common.into_owned());
        }
        Ok(words)
    }
}

/// By stem: in how many passages each of its words is the most frequent one.
fn counts(
    sample: &[Numbered],
    stems: &Stems,
    segments: Segments<'_>,
) -> Result<Vec<BTreeMap<String, u32>>> {
    let read = |places: &Vec<usize>| -> Result<Vec<Said>> {
        let mut found = Vec::new();
        words_of(&segments(sample[places[0]].source)?, &mut |key, word, passages| {
            if let Some(stem) = stems.find(key) {
                found.push((stem, word.into(), passages));
            }
        })?;
        Ok(found)
    };
    let mut counts: Vec<HashMap<Box<[u8]>, u32>> = vec![HashMap::new(); stems.keys.len()];
    for turn in by_source(sample).chunks(1024) {
        let found: Vec<_> = turn.par_iter().map(read).collect::<Result<_>>()?;
        for (stem, word, passages) in found.into_iter().flatten() {
            *counts[stem].entry(word).or_default() += passages;
        }
    }
    let text =
        |(word, count): (Box<[u8]>, u32)| (String::from_utf8_lossy(&word).into_owned(), count);
    Ok(counts.into_iter().map(|counts| counts.into_iter().map(text).collect()).collect())
}
