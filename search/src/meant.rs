//! Which of some names does a filter mean, and which were probably meant by one that means none?
//!
//! In: names, and what was typed. Out: how well each fits, or the likely ones. Knows no guides.

use alloc::string::String;
use alloc::vec::Vec;

use crate::fold::{Class, fold};
use crate::guides::Name;
use crate::sort;
use crate::text::trimmed;

/// How many names are told when none was meant.
pub(crate) const TOLD_MAX: usize = 8;

/// How well a name fits, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    None,
    /// A word of it begins so.
    Word,
    /// It begins so.
    Beginning,
    /// It begins so, and what was typed ends where one of its numbers ends: `12` of `12.5`, not of `120`.
    Series,
    Whole,
}

/// Text without case, accents and width, and without the `v` of a version.
pub(crate) fn folded(text: &str) -> String {
    let kept = trimmed(text).chars().map(fold).filter(|folded| folded.class != Class::Mark);
    let text: String =
        kept.flat_map(|folded| [Some(folded.first), folded.second]).flatten().collect();
    match text.as_bytes() {
        [b'v', b'0'..=b'9', ..] => text[1..].into(),
        _ => text,
    }
}

/// How well a name, by its key, its name or an alias, fits what was typed, which is folded.
pub(crate) fn fit(name: &Name, typed: &str) -> Fit {
    known(name).map(|known| fit_of(&folded(known), typed)).max().unwrap_or(Fit::None)
}

fn known(name: &Name) -> impl Iterator<Item = &String> {
    [&name.key, &name.name].into_iter().chain(&name.aliases)
}

fn fit_of(known: &str, typed: &str) -> Fit {
    let is_letter = |letter: char| matches!(fold(letter).class, Class::Letter | Class::Digit);
    let is_inside = |at: usize| known[at..].starts_with(typed) && !known[..at].ends_with(is_letter);
    if known == typed {
        Fit::Whole
    } else if is_series(known, typed) {
        Fit::Series
    } else if known.starts_with(typed) {
        Fit::Beginning
    } else if known.char_indices().any(|(at, _)| is_inside(at)) {
        Fit::Word
    } else {
        Fit::None
    }
}

/// Whether a version belongs to the series that was typed: `1.8.3` to `1.8`, `1.8.x` and `1.8.*`.
pub fn is_of_series(version: &str, typed: &str) -> bool {
    is_series(&folded(version), &folded(typed))
}

fn is_series(known: &str, typed: &str) -> bool {
    let is_digit = |letter: char| letter.is_ascii_digit();
    let stem = [".x", ".*"].into_iter().find_map(|mark| typed.strip_suffix(mark)).unwrap_or(typed);
    let rest = known.strip_prefix(stem).filter(|_| stem.ends_with(is_digit));
    rest.is_some_and(|rest| !rest.starts_with(is_digit))
}

/// The names that were probably meant, the likeliest first; if none is alike, the first of all.
pub(crate) fn likely<'n>(names: impl Iterator<Item = &'n Name>, typed: &str) -> Vec<&'n Name> {
    let distance_of = |name: &Name| {
        let distances = known(name).map(|known| distance(&folded(known), typed));
        distances.min().unwrap_or(usize::MAX)
    };
    let mut by_distance: Vec<(usize, usize, &Name)> =
        names.enumerate().map(|(at, name)| (distance_of(name), at, name)).collect();
    let farthest = letters(typed).div_ceil(3);
    if by_distance.iter().any(|(distance, ..)| *distance <= farthest) {
        by_distance.retain(|(distance, ..)| *distance <= farthest);
        sort::by(&mut by_distance, |left, right| (left.0, left.1) < (right.0, right.1));
    }
    by_distance.truncate(TOLD_MAX);
    by_distance.into_iter().map(|(_, _, name)| name).collect()
}

fn letters(text: &str) -> usize {
    // Shorter than what the standard library has for long texts.
    text.chars().map(|_| 1).sum()
}

/// How many letters are to be put in, taken out or changed to make one text of the other; one that goes on for longer
/// is not farther for it.
fn distance(known: &str, typed: &str) -> usize {
    let mut row: Vec<usize> = (0..=letters(typed)).collect();
    let mut best = row[row.len() - 1];
    for (idx, letter) in known.chars().enumerate() {
        let mut before = core::mem::replace(&mut row[0], idx + 1);
        for (at, other) in typed.chars().enumerate() {
            let changed = before + usize::from(letter != other);
            before = row[at + 1];
            row[at + 1] = changed.min(before + 1).min(row[at] + 1);
        }
        best = best.min(row[row.len() - 1]);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn name(name: &str) -> Name {
        Name { key: name.to_lowercase(), name: name.into(), aliases: vec!["Unified Agent".into()] }
    }

    fn check(typed: &str, expected: Fit) {
        assert_eq!(fit(&name("v12.5 Finesse"), &folded(typed)), expected, "{typed}");
    }

    #[test]
    fn names_fit_as_a_whole_by_their_beginning_or_by_a_word() {
        check("V12.5 finesse", Fit::Whole);
        check("12.5 Finesse", Fit::Whole);
        check("12", Fit::Series);
        check("v12.5", Fit::Series);
        check("12.x", Fit::Series);
        check("V12.5.*", Fit::Series);
        check("1", Fit::Beginning);
        check("12.", Fit::Beginning);
        check("unified agent", Fit::Whole);
        check("fin", Fit::Word);
        check("agent", Fit::Word);
        check("inesse", Fit::None);
        check("13", Fit::None);
    }

    #[test]
    fn likely_names_are_alike() {
        let names = ["Finesse", "Packaged", "Fineness"].map(|text| Name {
            key: text.to_lowercase(),
            name: text.into(),
            aliases: vec![],
        });
        let told = |typed: &str| -> Vec<String> {
            likely(names.iter(), &folded(typed)).into_iter().map(|name| name.name.clone()).collect()
        };
        assert_eq!(told("fineese"), ["Finesse", "Fineness"]);
        assert_eq!(told("pacaged"), ["Packaged"]);
        assert_eq!(told("zzzzzz"), ["Finesse", "Packaged", "Fineness"]);
    }
}
