//! Sources in other languages than English: words are found by their other forms, without any stemmer on the reader's side.

use rust_stemmers::{Algorithm, Stemmer};
use search::*;

use crate::library::*;

fn german(word: &str) -> String {
    Stemmer::create(Algorithm::German).stem(word).into_owned()
}

fn library() -> Library {
    let passage = |title: &str, body: &str| (title.into(), vec![], body.into());
    let guides = [
        (
            "A/-/-/german",
            vec![vec![
                passage("eins", "Das alte Haus steht am Fluss."),
                passage(
                    "zwei",
                    "Viele Häuser stehen dort leer und warten auf ihre Installationen.",
                ),
                passage("drei", "Die Installation der Anwendung schlug fehl."),
                passage("vier", "Danach gelang die Installation der Anwendung."),
            ]],
        ),
        (
            "A/-/-/english",
            vec![vec![
                passage("four", "The installation of installed things."),
                passage("five", "Nothing of houses."),
            ]],
        ),
    ];
    let stemmer: [Option<search::Stemmer>; 2] = [Some(german), None];
    build_in(&guides, 1 << 12, &|guide| stemmer[guide])
}

/// The titles of what is found, in order of the alphabet, each with what is marked.
fn check(text: &str, expected: &str) {
    let hits = library().ask(&query(text)).hits;
    let shown = |pieces: Vec<Piece>| {
        let marked = pieces.into_iter().filter(|piece| piece.marked).map(|piece| piece.text);
        marked.collect::<Vec<_>>().join(",")
    };
    let found = hits.into_iter().map(|hit| format!("{} {}", hit.record.title, shown(hit.snippet)));
    let mut found: Vec<String> = found.collect();
    found.sort();
    assert_eq!(found.join(" | "), expected, "{text}");
}

#[test]
fn words_are_found_by_their_other_forms() {
    check("Haus ", "eins Haus | zwei Häuser");
    check("häuser ", "eins Haus | zwei Häuser");
    check("hauser", "eins Haus | zwei Häuser");
    check("\"alte Haus\" ", "eins alte Haus");
    check("fluss -häuser ", "");
    check("fluss -installationen ", "eins Fluss");
    check("installationen ", "drei Installation | vier Installation | zwei Installationen");
    check("houses ", "five houses");
}

#[test]
fn a_word_of_two_languages_is_found_in_both() {
    check(
        "Installation ",
        "drei Installation | four installation,installed | vier Installation | zwei Installationen",
    );
}

#[test]
fn mistyped_words_are_found_too() {
    let answer = library().ask(&query("Anwendumg "));
    assert_eq!(answer.words[0].meant, ["anwendung"]);
    assert_eq!(answer.total, 2);
}
