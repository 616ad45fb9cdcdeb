//! What the scanner needs to know of a language, made ready once.
//!
//! In: the table of languages. Out: the [`Rules`] of a name. Knows no code.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use super::languages::LANGUAGES;

/// How a language's text is built.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shape {
    Code,
    /// Tags.
    Markup,
    /// Lines with a sign before them.
    Changes,
}

/// A language as the table has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Language {
    /// As in the info string of a fence, in small letters.
    pub(super) names: &'static str,
    pub(super) shape: Shape,
    pub(super) keywords: &'static str,
    pub(super) line_comments: &'static [&'static str],
    pub(super) block_comment: Option<(&'static str, &'static str)>,
    pub(super) quotes: &'static [Quote],
    /// A sum of [`traits`].
    pub(super) traits: u16,
}

/// A kind of string.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Quote {
    pub(super) mark: &'static str,
    pub(super) reach: Reach,
    pub(super) escape: Option<u8>,
}

/// How far a string goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reach {
    /// One character, escaped or not: `'` is other things too.
    Character,
    Line,
    Lines,
}

/// What languages have beyond words, strings, comments and numbers.
pub(super) mod traits {
    pub(in super::super) const CALLS: u16 = 1;
    /// Keywords in capitals or small letters.
    pub(in super::super) const ANY_CASE: u16 = 1 << 1;
    /// `#word` at the start of a line.
    pub(in super::super) const DIRECTIVES: u16 = 1 << 2;
    /// `@word`
    pub(in super::super) const DECORATORS: u16 = 1 << 3;
    /// `$word` and `${...}`
    pub(in super::super) const VARIABLES: u16 = 1 << 4;
    /// The first word of a line is a command, `-x` an option.
    pub(in super::super) const COMMANDS: u16 = 1 << 5;
    /// `key: value` and `key = value` at the start of a line; `[section]`
    pub(in super::super) const KEYS: u16 = 1 << 6;
    /// A string before a colon is a key.
    pub(in super::super) const TEXT_KEYS: u16 = 1 << 7;
    /// Words go on over hyphens.
    pub(in super::super) const HYPHENS: u16 = 1 << 8;
    /// `R"x(...)x"`
    pub(in super::super) const RAW_STRINGS: u16 = 1 << 9;
}

pub(super) struct Rules {
    pub(super) shape: Shape,
    pub(super) keywords: HashSet<&'static str>,
    pub(super) language: &'static Language,
    /// For each byte whether a comment or a string may begin with it.
    pub(super) starts: [bool; 256],
}

impl Rules {
    pub(super) fn has(&self, one: u16) -> bool {
        self.language.traits & one != 0
    }

    pub(super) fn is_keyword(&self, word: &str) -> bool {
        const LONGEST: usize = 32;
        if !self.has(traits::ANY_CASE) {
            return self.keywords.contains(word);
        }
        word.len() <= LONGEST && self.keywords.contains(word.to_ascii_lowercase().as_str())
    }
}

/// The rules of a language by any of its names.
pub(super) fn of(name: &str) -> Option<&'static Rules> {
    const LONGEST: usize = 32;
    if name.is_empty() || name.len() > LONGEST {
        return None;
    }
    BY_NAME.get(name.to_ascii_lowercase().as_str()).map(|at| &RULES[*at])
}

/// Every name, in the order of the table.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().flat_map(|language| language.names.split(' '))
}

static RULES: LazyLock<Vec<Rules>> = LazyLock::new(|| LANGUAGES.iter().map(rules).collect());

static BY_NAME: LazyLock<HashMap<&'static str, usize>> = LazyLock::new(|| {
    let names = LANGUAGES.iter().enumerate();
    names.flat_map(|(at, language)| language.names.split(' ').map(move |name| (name, at))).collect()
});

fn rules(language: &'static Language) -> Rules {
    let mut starts = [false; 256];
    let comments = language.line_comments.iter().copied();
    let blocks = language.block_comment.iter().map(|(open, _)| *open);
    let quotes = language.quotes.iter().map(|quote| quote.mark);
    for mark in comments.chain(blocks).chain(quotes) {
        starts[mark.as_bytes()[0].to_ascii_lowercase() as usize] = true;
        starts[mark.as_bytes()[0].to_ascii_uppercase() as usize] = true;
    }
    let keywords = language.keywords.split_whitespace().collect();
    Rules { shape: language.shape, keywords, language, starts }
}
