//! How well an entry is meant by what the reader types.
//!
//! In: an entry that tinysearch has found, the text typed. Out: a grade, or nothing where a word is not met: tinysearch
//! takes an entry for found once any word is, and sees no digits.

use crate::Entry;

/// The lower the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grade {
    /// The title is what was typed.
    Whole,
    /// The title begins with what was typed.
    Beginning,
    /// Each word typed begins a word of the title.
    Words,
    /// Some of them begin a word of another name or of the place.
    Beside,
}

/// The grade of an entry, given the text and its words.
pub(crate) fn grade(entry: &Entry, text: &str, typed: &[String]) -> Option<Grade> {
    let title = words(&entry.title);
    let named: Vec<String> =
        title.iter().cloned().chain(entry.aliases.iter().flat_map(|alias| words(alias))).collect();
    let place = words(&entry.place);
    let meets = |names: &[String], word: &str| names.iter().any(|name| name.starts_with(word));
    let is_met = |word: &String| meets(&named, word) || meets(&place, word);
    // The place alone does not name an entry: a product's name must not bring all its guides.
    if !typed.iter().any(|word| meets(&named, word)) || !typed.iter().all(is_met) {
        return None;
    }
    let (lower, text) = (entry.title.to_lowercase(), text.trim().to_lowercase());
    Some(if lower == text {
        Grade::Whole
    } else if lower.starts_with(&text) {
        Grade::Beginning
    } else if typed.iter().all(|word| meets(&title, word)) {
        Grade::Words
    } else {
        Grade::Beside
    })
}

/// The words of a name, digits and all, in lower case.
pub(crate) fn words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !(c.is_alphabetic() || c.is_ascii_digit()));
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}
