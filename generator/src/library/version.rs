//! Versions as they stand in paths: which names are versions, and which of two is newer.
//!
//! In: a folder's name. Out: yes or no, and a key that sorts. Knows no file system.

use std::cmp::Ordering;

/// Names that stand for a moving version and are newer than any number.
const MOVING: [&str; 3] = ["current", "latest", "stable"];
/// Names of what is not released yet.
const UNRELEASED: [&str; 3] = ["main", "master", "next"];
/// Words in a version that say "not released yet".
const PRE_RELEASE: [&str; 8] = ["rc", "alpha", "beta", "pre", "preview", "dev", "snapshot", "next"];
/// Letters in a row that a version may hold (`SNAPSHOT`); more make it a name.
const LETTERS_MAX: usize = 8;

/// Whether a folder's name is a version: `v12.5`, `15.0(1)SU2`, `2024-06`, `latest`.
pub(crate) fn is_version(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    if MOVING.contains(&lower.as_str()) || UNRELEASED.contains(&lower.as_str()) {
        return true;
    }
    is_date(&lower) || is_numbered(&lower)
}

/// `2026`, `2024-06`, `2024-06-30`.
fn is_date(name: &str) -> bool {
    let mut parts = name.split('-');
    let year = parts.next().unwrap_or("");
    let is_year = year.len() == 4 && year.starts_with(['1', '2']) && all_digits(year);
    let rest: Vec<&str> = parts.collect();
    is_year && rest.len() <= 2 && rest.iter().all(|part| part.len() == 2 && all_digits(part))
}

/// Digits with dots, or `v` and digits; short words may follow (`-rc1`, `SU2`, `.x`).
fn is_numbered(name: &str) -> bool {
    let core = name.strip_prefix('v').unwrap_or(name);
    let digits = core.bytes().take_while(u8::is_ascii_digit).count();
    let has_mark = core.len() < name.len();
    let dotted = core[digits..].starts_with('.');
    digits > 0 && (has_mark || dotted) && suffix_is_short(&core[digits..])
}

fn suffix_is_short(suffix: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._+()".contains(c);
    let words = suffix.split(|c: char| !c.is_ascii_alphabetic());
    suffix.chars().all(allowed) && words.clone().all(|word| word.len() <= LETTERS_MAX)
        // `3.2-to-3.4-guide` is a title: more than two words do not make a version.
        && words.filter(|word| word.len() > 1).count() <= 2
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A released version, one that may be "newest".
pub(crate) fn is_released(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphabetic());
    !UNRELEASED.contains(&lower.as_str()) && !words.any(|word| PRE_RELEASE.contains(&word))
}

/// Older before newer; what is not released stands before its release.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    class(left)
        .cmp(&class(right))
        .then_with(|| compare_parts(left, right))
        .then_with(|| left.cmp(right))
}

fn class(name: &str) -> u8 {
    let lower = name.to_ascii_lowercase();
    match () {
        () if MOVING.contains(&lower.as_str()) => 2,
        () if UNRELEASED.contains(&lower.as_str()) => 1,
        () => 0,
    }
}

fn compare_parts(left: &str, right: &str) -> Ordering {
    let (left, right) = (parts(left), parts(right));
    for pair in left.iter().zip(&right) {
        match pair.0.cmp(pair.1) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
    }
    match left.len().cmp(&right.len()) {
        Ordering::Less => longer_wins(&right[left.len()]),
        Ordering::Greater => longer_wins(&left[right.len()]).reverse(),
        Ordering::Equal => Ordering::Equal,
    }
}

/// How the shorter version compares with one that goes on: `1.2 < 1.2.1`, but `1.2 > 1.2-rc1`.
fn longer_wins(next: &Part) -> Ordering {
    match next {
        Part::PreRelease(_) => Ordering::Greater,
        _ => Ordering::Less,
    }
}

/// Ordered so that a pre-release stands before a word, and a word before a number.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    PreRelease(usize),
    Word(String),
    Number(u64),
}

fn parts(name: &str) -> Vec<Part> {
    let lower = name.to_ascii_lowercase();
    let mut rest = lower.strip_prefix('v').unwrap_or(&lower);
    let mut parts = Vec::new();
    while let Some(first) = rest.chars().next() {
        let same = |c: &char| {
            c.is_ascii_digit() == first.is_ascii_digit()
                && c.is_ascii_alphanumeric() == first.is_ascii_alphanumeric()
        };
        let length: usize = rest.chars().take_while(same).map(char::len_utf8).sum();
        let (run, tail) = rest.split_at(length);
        parts.extend(part(run));
        rest = tail;
    }
    parts
}

fn part(run: &str) -> Option<Part> {
    if all_digits(run) {
        return Some(Part::Number(run.parse().unwrap_or(u64::MAX)));
    }
    if !run.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let order = ["dev", "snapshot", "alpha", "beta", "preview", "pre", "next", "rc"];
    Some(match order.iter().position(|word| *word == run) {
        Some(rank) => Part::PreRelease(rank),
        None => Part::Word(run.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_names() {
        for name in [
            "v12.5",
            "12.5",
            "15.0(1)",
            "15.0(1)SU2",
            "v3",
            "2024-06",
            "2026",
            "latest",
            "1.2.x",
            "v3.1-rc1",
            "Main",
        ] {
            assert!(is_version(name), "{name}");
        }
        for name in [
            "docs",
            "kb",
            "3d-models",
            "12",
            "v",
            "standard-library",
            "3.2-migration-guide",
            "releases",
            "2024-06-x",
            "version",
        ] {
            assert!(!is_version(name), "{name}");
        }
    }

    #[test]
    fn order_is_the_order_of_releases() {
        let mut versions =
            ["v3.10", "latest", "v3.9", "v3.10-rc1", "v3.10-beta2", "v3.10.1", "main", "v2"];
        versions.sort_by(|a, b| compare(a, b));
        assert_eq!(
            versions,
            ["v2", "v3.9", "v3.10-beta2", "v3.10-rc1", "v3.10", "v3.10.1", "main", "latest"]
        );
    }

    #[test]
    fn pre_releases_are_not_released() {
        assert!(is_released("v3.10") && is_released("15.0(1)SU2"));
        assert!(!is_released("v3.10-rc1") && !is_released("next") && !is_released("1.2-SNAPSHOT"));
    }
}
