//! Scores with the share of meaning in them, against sums made plainly, with floats, of the same vectors.

use std::collections::BTreeMap;

use search::*;

use crate::library::*;

/// Sizes of vectors: eight numbers, two to a byte.
const ROW_BYTES: usize = 4;
const CLUSTERS: usize = 5;

/// Numbers that look like chance and are the same in every run.
fn chance(seed: usize) -> u8 {
    let mixed = (seed as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)) as u8 | 0x11
}

/// A meaning of chance, in which every word has a row.
pub(crate) fn meaning(passages: &[Numbered], words: &[&str]) -> Meaning {
    let slots = passages.last().map_or(0, |last| last.slot as usize + 1);
    let mut clusters = vec![u16::MAX; slots];
    passages.iter().for_each(|at| clusters[at.slot as usize] = at.slot as u16 % CLUSTERS as u16);
    let bytes = |from: usize, count: usize| (from..from + count).map(chance);
    let mut keys: Vec<Box<[u8]>> = words.iter().map(|word| word.as_bytes().into()).collect();
    keys.sort();
    let row =
        |(at, key)| (key, Row { scale: 9 + at as u16, packed: bytes(at * 8, ROW_BYTES).collect() });
    Meaning {
        stamp: 7,
        row_bytes: ROW_BYTES,
        weight: 77,
        centroids: bytes(5000, CLUSTERS * ROW_BYTES).collect(),
        cohesions: vec![200; CLUSTERS],
        clusters,
        vectors: bytes(9000, slots * ROW_BYTES).collect(),
        rows: keys.into_iter().enumerate().map(row).collect(),
        elsewhere: Vec::new(),
    }
}

/// The same, with words that stand nowhere in the library.
fn taught(passages: &[Numbered], words: &[&str], elsewhere: &[&str]) -> Meaning {
    let rows = meaning(passages, elsewhere).rows;
    Meaning { elsewhere: rows, ..meaning(passages, words) }
}

fn numbers(packed: &[u8]) -> Vec<f64> {
    let of = |byte: &u8| [f64::from(byte & 15) - 8.0, f64::from(byte >> 4) - 8.0];
    packed.iter().flat_map(of).collect()
}

fn cosine(left: &[f64], right: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let norms = (dot(left, left) * dot(right, right)).sqrt();
    if norms > 0.0 { dot(left, right) / norms } else { 0.0 }
}

/// The first hits of words, which say where to look as well, each a sixth of what was typed.
const BELIEVED: usize = 3;
const BELIEF: f64 = 1.0 / 6.0;

fn vector(meaning: &Meaning, slot: u32) -> Vec<f64> {
    numbers(&meaning.vectors[slot as usize * ROW_BYTES..][..ROW_BYTES])
}

fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|number| number * number).sum::<f64>().sqrt()
}

/// Where a query looks that these passages are believed.
fn looks(meaning: &Meaning, words: &[&str], believed: &[u32]) -> Vec<f64> {
    let mut looks = vec![0.0; 2 * ROW_BYTES];
    for (key, row) in &meaning.rows {
        if words.iter().any(|word| word.as_bytes() == &**key) {
            let numbers = numbers(&row.packed).into_iter();
            looks
                .iter_mut()
                .zip(numbers)
                .for_each(|(sum, number)| *sum += f64::from(row.scale) * number);
        }
    }
    let typed = norm(&looks);
    for slot in believed {
        let vector = vector(meaning, *slot);
        let part = BELIEF * typed / norm(&vector);
        looks.iter_mut().zip(vector).for_each(|(sum, number)| *sum += part * number);
    }
    looks
}

/// What a passage should score, of 1 for the best words alone.
fn expected(meaning: &Meaning, looks: &[f64], slot: u32, lexical: f64) -> f64 {
    let (near, far) = (f64::from(meaning.weight) / 256.0, 160.0 / 256.0);
    let cosine = cosine(looks, &vector(meaning, slot)).max(0.0);
    lexical + (far - (far - near) * lexical) * cosine
}

/// The passages that words alone put first.
fn first_of_words(scores: &BTreeMap<u32, (u32, bool)>) -> Vec<u32> {
    let mut first: Vec<(u32, u32)> =
        scores.iter().map(|(slot, (score, _))| (*score, *slot)).collect();
    first.sort_by_key(|(score, slot)| (std::cmp::Reverse(*score), *slot));
    first.into_iter().take(BELIEVED).map(|(_, slot)| slot).collect()
}

const WORDS: [&str; 6] = ["anvil", "bolt", "crane", "drill", "forge", "gear"];

fn library(passages: usize, words: &[&str]) -> (Library, Meaning) {
    let body = |at: usize| {
        let word = |step: usize| WORDS[(at * step + at / 7) % WORDS.len()];
        format!("{} {} number{at}", word(1), word(5))
    };
    let passage = |at| (format!("title{at}"), vec![], body(at));
    let all: Vec<Passage> = (0..passages).map(passage).collect();
    build_with(&[("acme/tools/v2/guide", vec![all])], |passages| meaning(passages, words))
}

fn scores(library: &Library, text: &str, semantic: Semantic) -> BTreeMap<u32, (u32, bool)> {
    let answer = library.ask(&Query { limit: 5_000, semantic, ..query(text) });
    let score = |hit: &Hit| (hit.document.0, (hit.score - hit.gain, hit.is_related));
    answer.hits.iter().map(score).collect()
}

#[test]
fn scores_are_those_of_plain_sums() {
    let (library, meaning) = library(400, &WORDS);
    for words in [["anvil", "bolt"], ["crane", "gear"], ["drill", "anvil"]] {
        check_sums(&library, &meaning, &(words.join(" ") + " "), &words);
    }
}

/// Asks, and checks each score against the sum of the rows of these keys.
fn check_sums(library: &Library, meaning: &Meaning, text: &str, keys: &[&str]) {
    let lexical = scores(library, text, Semantic::Off);
    let best = f64::from(lexical.values().map(|(score, _)| *score).max().unwrap());
    let looks = looks(meaning, keys, &first_of_words(&lexical));
    let fused = scores(library, text, Semantic::Auto);
    assert!(fused.len() > lexical.len() && lexical.keys().all(|slot| fused.contains_key(slot)));
    for (slot, (score, is_related)) in &fused {
        let words_alone = lexical.get(slot).map_or(0, |(score, _)| *score);
        assert_eq!(*is_related, words_alone == 0);
        let expected = expected(meaning, &looks, *slot, f64::from(words_alone) / best);
        let found = f64::from(*score) / f64::from(256 * 4096);
        assert!((found - expected).abs() < 0.005, "{text}{slot}: {found}, {expected}");
    }
}

#[test]
fn a_form_with_a_row_of_its_own_looks_there() {
    let form = String::from_utf8(form_key(b"gear", "gears")).unwrap();
    let words = [&WORDS[..], &[&form]].concat();
    let (library, meaning) = library(400, &words);
    check_sums(&library, &meaning, "gears bolt ", &[&form, "bolt"]);
    check_sums(&library, &meaning, "gear bolt ", &["gear", "bolt"]);
    check_sums(&library, &meaning, "gear bolts ", &["gear", "bolt"]);
}

#[test]
fn a_rare_word_means_something_where_a_model_taught_it() {
    let body = |at: usize| format!("{} number{at}", WORDS[at % WORDS.len()]);
    let passage = |at| (format!("title{at}"), vec![], body(at));
    let related = |elsewhere: &[&str]| {
        let all: Vec<Passage> = (0..60).map(passage).collect();
        let (library, _) = build_with(&[("acme/tools/v2/guide", vec![all])], |passages| {
            taught(passages, &["anvil", "title7"], elsewhere)
        });
        library.ask(&Query { semantic: Semantic::Only, ..query("title7 ") }).related
    };
    assert_eq!(related(&[]), 0);
    assert!(related(&["hammer"]) > 10);
}

#[test]
fn a_word_that_stands_nowhere_means_what_a_model_says() {
    let body = |at: usize| format!("{} number{at}", WORDS[at % WORDS.len()]);
    let passage = |at| (format!("title{at}"), vec![], body(at));
    let all: Vec<Passage> = (0..60).map(passage).collect();
    let (library, _) = build_with(&[("acme/tools/v2/guide", vec![all])], |passages| {
        taught(passages, &["anvil"], &["hammer", "crate"])
    });
    // One letter from "crane": taken for it, unless the model knows the word.
    let words = |text: &str, semantic| {
        let answer = library.ask(&Query { semantic, ..query(text) });
        let meant = answer.words.iter().flat_map(|word| word.meant.clone()).collect::<Vec<_>>();
        (answer.related, meant.concat())
    };
    let (related, meant) = words("hammer crate ", Semantic::Auto);
    assert!(related > 10 && meant.is_empty(), "{related} {meant}");
    assert_eq!(words("hammer crate ", Semantic::Off), (0, "crane".into()));
    assert_eq!(words("hammerr crade ", Semantic::Auto), (0, "crane".into()));
}

#[test]
fn words_from_elsewhere_cost_one_shard_each_and_no_trip() {
    let nowhere: Vec<String> = (0..20).map(|at| format!("zz{}", char::from(b'a' + at))).collect();
    let nowhere: Vec<&str> = nowhere.iter().map(String::as_str).collect();
    let body = |at: usize| format!("{} number{at}", WORDS[at % WORDS.len()]);
    let passage = |at| (format!("title{at}"), vec![], body(at));
    let all: Vec<Passage> = (0..60).map(passage).collect();
    let sources = [("acme/tools/v2/guide", vec![all])];
    let trips = |elsewhere: &[&str], text: &str| {
        let (library, _) = build_with(&sources, |at| taught(at, &WORDS, elsewhere));
        let mut engine = library.engine();
        let mut trips = Vec::new();
        while let Reply::Need(ids) = engine.ask(&query(text)).unwrap() {
            ids.iter().for_each(|id| engine.feed(id, &library.shards[id]).unwrap());
            trips.push(ids);
        }
        trips
    };
    let rows =
        |trips: &[Vec<String>]| trips.iter().flatten().filter(|id| id.starts_with("v/")).count();
    let text = "anvil zza zzb ";
    let (with, without) = (trips(&nowhere, text), trips(&[], text));
    // Up to the texts: which of them are read depends on what is found.
    let before_texts =
        |trips: &[Vec<String>]| trips.iter().position(|ids| ids[0].starts_with("t/"));
    assert!(before_texts(&with) <= before_texts(&without), "{with:?} {without:?}");
    assert!((2..=3).contains(&rows(&with)), "{with:?}");
    assert!(rows(&trips(&nowhere, &nowhere.join(" "))) <= 8);
}

#[test]
fn what_is_typed_to_the_letter_is_found_by_words_alone() {
    let (library, _) = library(60, &WORDS);
    for text in ["anvil ", "\"anvil bolt\" ", "anvil_bolt", "acme/tools/anvil "] {
        assert_eq!(
            scores(&library, text, Semantic::Auto),
            scores(&library, text, Semantic::Off),
            "{text}"
        );
    }
    assert!(library.ask(&Query { semantic: Semantic::Only, ..query("anvil ") }).related > 0);
}

#[test]
fn a_large_library_is_read_in_parts_and_agrees_with_itself() {
    let (library, meaning) = library(9_000, &WORDS);
    assert!(library.shards.keys().filter(|id| id.starts_with("m/")).count() > CLUSTERS);
    let fused = scores(&library, "anvil gear ", Semantic::Auto);
    let related: Vec<_> = fused.iter().filter(|(_, (_, is_related))| *is_related).collect();
    assert!(!related.is_empty());
    // Of the first hits of words those are believed whose vectors are among the parts that were read.
    let first = first_of_words(&scores(&library, "anvil gear ", Semantic::Off));
    let agrees = |believed: usize| {
        let believed = (0..BELIEVED).filter(|at| believed >> at & 1 == 1).map(|at| first[at]);
        let looks = looks(&meaning, &["anvil", "gear"], &believed.collect::<Vec<_>>());
        related.iter().all(|(slot, (score, _))| {
            let expected = expected(&meaning, &looks, **slot, 0.0);
            (f64::from(*score) / f64::from(256 * 4096) - expected).abs() < 0.005
        })
    };
    assert!((0..1 << BELIEVED).any(agrees));
}
