//! What the search page teaches the query language with: searches that fit the library at hand.
//!
//! In: the library's names and titles. Out: a search for each sign of the language, as text and address. Knows no index, so each
//! is made of what certainly stands there.

use serde::Serialize;

use super::Site;
use crate::{library::Library, percent::encoded};

/// A title of so many words makes good examples.
const TITLE_WORDS_MIN: usize = 2;
const PHRASE_WORDS: usize = 3;
/// So many examples of identifiers, none shorter.
const IDENTIFIERS: usize = 3;
const IDENTIFIER_BYTES_MIN: usize = 5;

/// A row of the table of signs.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Example {
    what: &'static str,
    searches: Vec<Search>,
    note: &'static str,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Search {
    text: String,
    url: String,
}

impl Search {
    fn of(text: String) -> Search {
        Search { url: format!("search.html?q={}", encoded(&text)), text }
    }
}

/// Examples of the language, the simplest first.
pub(super) fn examples(site: &Site, has_pages: bool) -> Vec<Example> {
    let words = title_words(site.library);
    let [first, second] =
        [words.first(), words.get(1)].map(|word| word.cloned().unwrap_or_default());
    let phrase = words[..words.len().min(PHRASE_WORDS)].join(" ");
    let row = |what, searches: Vec<String>, note| {
        let searches = searches.into_iter().map(Search::of).collect();
        Example { what, searches, note }
    };
    let mut rows = vec![
        row("Words, in any order", vec![phrase.clone()], "more of them first"),
        row(
            "Words in a row",
            vec![format!("\"{phrase}\"")],
            "case and signs between them do not matter",
        ),
        row("Without a word", vec![format!("{first} -{second}")], "or -\"words in a row\""),
        row("Only there", only(site), "a beginning of the name will do"),
        row("In the title", vec![format!("title:{first}")], "or title:\"words in a row\""),
    ];
    if has_pages {
        rows.push(row(
            "On a page",
            vec![format!("page:2 {first}")],
            "by its number or its printed label",
        ));
    }
    rows.push(row(
        "An identifier, whole or in part",
        identifiers(site.library),
        "an error code, a path, a flag, as it stands",
    ));
    rows
}

/// The first titles' words that look like names of things rather than words.
fn identifiers(library: &Library) -> Vec<String> {
    let is_identifier = |word: &&str| {
        let has = |is: fn(char) -> bool| word.chars().any(is);
        word.chars().all(|sign| sign.is_ascii_alphanumeric() || "_-./".contains(sign))
            && has(|sign| sign.is_ascii_alphabetic())
            && (word.contains('_') || has(|sign| sign.is_ascii_digit()))
            && word.len() >= IDENTIFIER_BYTES_MIN
    };
    let newest = library.guides.iter().filter(|guide| guide.newest);
    let sources = newest.flat_map(|guide| &library.sources[guide.sources.clone()]);
    let words = sources.flat_map(|source| source.title.split_whitespace()).filter(is_identifier);
    let mut found: Vec<String> = Vec::new();
    for word in words {
        if found.len() < IDENTIFIERS && !found.iter().any(|known| known == word) {
            found.push(word.to_owned());
        }
    }
    found
}

/// The words of the first title that has enough of them, in small letters.
fn title_words(library: &Library) -> Vec<String> {
    let plain = |word: &str| {
        word.len() > 2 && word.chars().all(|letter| letter.is_alphabetic() || letter == '\'')
    };
    let words_of = |title: &str| -> Vec<String> {
        let words = title.split_whitespace().map(str::to_lowercase);
        words.take_while(|word| plain(word)).collect()
    };
    let newest = library.guides.iter().filter(|guide| guide.newest);
    let sources = newest.flat_map(|guide| &library.sources[guide.sources.clone()]);
    let titles = sources.map(|source| words_of(&source.title));
    let title = titles.into_iter().find(|words| words.len() >= TITLE_WORDS_MIN);
    title.unwrap_or_else(|| vec!["install".into(), "network".into()])
}

/// A search within a product, its version, its guide.
fn only(site: &Site) -> Vec<String> {
    let mut guides = site.library.guides.iter();
    let Some(first) = guides.clone().find(|guide| guide.place.version.is_some()).or(guides.next())
    else {
        return Vec::new();
    };
    let place = &first.place;
    let mut searches = vec![format!("product:{}", written(&place.product))];
    searches.extend(place.version.iter().map(|version| format!("version:{}", written(version))));
    searches.push(format!("guide:{}", written(&first.title)));
    searches.extend(place.vendor.iter().map(|vendor| format!("vendor:{}", written(vendor))));
    searches
}

/// A name as it stands in a query.
fn written(name: &str) -> String {
    let is_bare = !name.contains(|letter: char| letter.is_whitespace() || letter == '"');
    if is_bare { name.to_string() } else { format!("\"{}\"", name.replace('"', "")) }
}
