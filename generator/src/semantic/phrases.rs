//! Short texts of the library, for a model to say what such mean: a query is one, and a passage is not.
//!
//! In: the texts of passages. Out: their titles, headings, some sentences and parts of these; and the stems of each. Knows no vector.

use std::ops::RangeInclusive;

use anyhow::Result;
use rayon::prelude::*;
use search::{Numbered, stems_of};

use super::{
    by_source,
    elsewhere::segment_of,
    fit::{Stems, shorten, weight},
    taught::{Texts, text},
};

/// So many at most are looked at, of all that there are every so manieth.
const PHRASES_MAX: usize = 20_000;
/// So many sentences of a passage, and so many parts of sentences, spread over it.
const OF_A_PASSAGE: usize = 3;
/// What a sentence has of words, and what a part of one has.
const SENTENCE_WORDS: RangeInclusive<usize> = 3..=24;
const PART_WORDS: RangeInclusive<usize> = 2..=8;
const SENTENCE_ENDS: [char; 5] = ['.', ':', ';', '?', '!'];
const PART_ENDS: [char; 8] = ['.', ':', ';', '?', '!', ',', '(', ')'];

/// Short texts of these passages, in order, each once.
pub(super) fn phrases(sample: &[Numbered], texts: Texts<'_>) -> Result<Vec<String>> {
    let read = |places: &Vec<usize>| -> Result<Vec<String>> {
        let texts = texts(sample[places[0]].source)?;
        Ok(places.iter().flat_map(|at| phrases_of(text(&texts, &sample[*at]))).collect())
    };
    let read: Vec<Vec<String>> = by_source(sample).par_iter().map(read).collect::<Result<_>>()?;
    let mut all = read.concat();
    all.sort();
    all.dedup();
    let count = all.len().min(PHRASES_MAX);
    Ok((0..count).map(|at| all[at * all.len() / count].clone()).collect())
}

/// The title of a passage's text, the headings above it, and some of what it says.
fn phrases_of(text: &str) -> Vec<String> {
    let mut lines = text.lines();
    let title = lines.next().unwrap_or_default();
    let headings = lines.next().unwrap_or_default().split(" / ");
    let body: Vec<&str> = lines.collect();
    let mut phrases: Vec<&str> = [title].into_iter().chain(headings).collect();
    phrases.extend(spread(&body, &SENTENCE_ENDS, SENTENCE_WORDS));
    phrases.extend(spread(&body, &PART_ENDS, PART_WORDS));
    phrases.into_iter().filter(|phrase| !phrase.is_empty()).map(str::to_owned).collect()
}

/// Pieces of the lines that have so many words.
fn spread<'t>(
    lines: &[&'t str],
    ends: &[char],
    words: RangeInclusive<usize>,
) -> impl Iterator<Item = &'t str> {
    let pieces = lines.iter().flat_map(|line| line.split(ends)).map(str::trim);
    let pieces: Vec<&str> =
        pieces.filter(|piece| words.contains(&piece.split_whitespace().count())).collect();
    let step = pieces.len().div_ceil(OF_A_PASSAGE).max(1);
    pieces.into_iter().step_by(step)
}

/// A row of weights for each phrase, of its stems.
pub(super) fn rows(phrases: &[String], stems: &Stems) -> Result<Vec<Vec<(u32, f32)>>> {
    let mut rows = vec![Vec::new(); phrases.len()];
    stems_of(&segment_of(phrases), &mut |key, passages| {
        let Some(stem) = stems.find(key) else { return };
        for (phrase, count) in passages {
            rows[*phrase as usize].push((stem as u32, weight(*count) * stems.idf[stem]));
        }
    })?;
    rows.iter_mut().for_each(|row| shorten(row));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_gives_titles_sentences_and_parts_of_them() {
        let said = |count: usize| {
            (0..count).map(|at| format!("Line {at} is down, call.")).collect::<Vec<_>>().join(" ")
        };
        let text = |count: usize| format!("Lines\nGuide / Faults\n{}", said(count));
        assert_eq!(
            phrases_of(&text(1)),
            ["Lines", "Guide", "Faults", "Line 0 is down, call", "Line 0 is down"]
        );
        let many = phrases_of(&text(30));
        assert_eq!(many.len(), 3 + 2 * OF_A_PASSAGE);
        assert_eq!(many[4], "Line 10 is down, call", "{many:?}");
        assert_eq!(phrases_of(""), [""; 0]);
    }
}
