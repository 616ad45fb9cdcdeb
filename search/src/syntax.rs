//! The query language: which signs of a query mean something, and what they ask.
//!
//! In: what was typed. Out: its words, with blanks in place of all other signs, and what those ask. Knows no index. Never
//! fails: what is not of the language is a word.
//!
//! ```text
//! "exact phrase"     words in a row                  vendor: product: version: guide:     only there
//! -word -"phrase"    not with these                  title:word title:"words in a row"    in the title
//!                                                    page:107                              on this page, by number or label
//! ```
//!
//! A sign stands at the beginning or after a blank. `-word` leaves out only what is plainly a word: in small letters, at
//! least three, after something else, and in a query without flags; `git commit --no-verify`, `tar -xzf` beside `-C`, and `-Wall`
//! are looked for as they stand.

use alloc::string::String;
use alloc::vec::Vec;

use crate::answer::Level;
use crate::fold::{Class, fold};
use crate::text::trimmed;

/// More than this in one query are words.
const ASKED_MAX: usize = 16;
/// A word of fewer letters behind a hyphen is a flag.
const EXCLUDED_CHARS_MIN: usize = 3;
/// No page has a longer label.
const LABEL_BYTES_MAX: usize = 16;

/// A query, read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Syntax {
    /// The words to look for, phrases among them, each where it stood; blanks for the rest.
    pub(crate) words: String,
    pub(crate) asked: Vec<Asked>,
}

/// What a sign asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) sign: Sign,
    pub(crate) form: Form,
    /// Where it stands, with its sign.
    pub(crate) whole: (usize, usize),
    /// Where its value stands, without quotes.
    pub(crate) value: (usize, usize),
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// These words in a row.
    Phrase,
    /// Nothing with this.
    Without,
    /// This in the title.
    Title,
    /// On this page.
    Page,
    /// Only this vendor, product, version or guide.
    Only(Level),
    /// It looks like a sign and was taken for words: a hyphen before a capital, a quote that does not end.
    Kept,
}

/// How a value was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Bare,
    Quoted,
}

impl Syntax {
    /// Reads a query.
    pub(crate) fn of(query: &str) -> Syntax {
        let mut syntax = Syntax { words: query.into(), asked: Vec::new() };
        let has_flags = query.split_whitespace().any(is_flag);
        let mut at = 0;
        while let Some(character) = query[at..].chars().next() {
            let is_first = !query[..at].ends_with(|before: char| !before.is_whitespace());
            let asked = if is_first { read(query, at, has_flags) } else { None };
            at = match asked {
                Some(asked) if syntax.asked.len() < ASKED_MAX => syntax.take(query, asked),
                _ => at + character.len_utf8(),
            };
        }
        syntax
    }

    /// The same with phrases taken for words.
    pub(crate) fn loosened(mut self) -> Syntax {
        let phrases = self.asked.iter_mut().filter(|asked| asked.sign == Sign::Phrase);
        phrases.for_each(|asked| asked.sign = Sign::Kept);
        self
    }

    /// Notes what is asked, blanks out its signs, and says where to go on.
    fn take(&mut self, query: &str, asked: Asked) -> usize {
        let ((start, end), value) = (asked.whole, asked.value);
        match asked.sign {
            Sign::Kept => {}
            Sign::Phrase | Sign::Title => {
                self.blank(start, value.0);
                self.blank(value.1, end);
            }
            _ => self.blank(start, end),
        }
        let next = if asked.sign == Sign::Kept { value.0.max(start + 1) } else { end };
        self.asked.push(asked);
        query.floor_char_boundary(next)
    }

    fn blank(&mut self, start: usize, end: usize) {
        let blanks: String = core::iter::repeat_n(' ', end - start).collect();
        self.words.replace_range(start..end, &blanks);
    }
}

/// What the sign at `start` asks, if one stands there.
fn read(query: &str, start: usize, has_flags: bool) -> Option<Asked> {
    let rest = &query[start..];
    if opens(rest) {
        let sign = quoted(query, start).map_or(Sign::Kept, |_| Sign::Phrase);
        let value = quoted(query, start).unwrap_or((start, query.len()));
        let end = if sign == Sign::Kept { query.len() } else { after_quote(query, value.1) };
        return Some(Asked { sign, form: Form::Quoted, whole: (start, end), value });
    }
    if rest.starts_with('-') {
        return without(query, start, has_flags);
    }
    let (name, _) = rest.split_once(':')?;
    let sign = field(name)?;
    let (form, value, end) = value_at(query, start + name.len() + 1)?;
    let is_label = |value: &str| value.len() <= LABEL_BYTES_MAX && !value.contains([':', '/']);
    let asked = Asked { sign, form, whole: (start, end), value };
    (sign != Sign::Page || is_label(&query[value.0..value.1])).then_some(asked)
}

fn field(name: &str) -> Option<Sign> {
    let is_name = |known: &str| name.eq_ignore_ascii_case(known);
    let level = Level::ALL.into_iter().find(|level| is_name(level.name()));
    let other = [("title", Sign::Title), ("page", Sign::Page)];
    let other = other.into_iter().find(|(known, _)| is_name(known));
    level.map(Sign::Only).or(other.map(|(_, sign)| sign))
}

/// A value with quotes or without, and where what follows begins. `::` and `//` are no fields, and a value has a word.
fn value_at(query: &str, start: usize) -> Option<(Form, (usize, usize), usize)> {
    let rest = &query[start..];
    let (form, value, end) = if opens(rest) {
        let value = quoted(query, start)?;
        (Form::Quoted, value, after_quote(query, value.1))
    } else {
        let end = start + rest.find(char::is_whitespace).unwrap_or(rest.len());
        (Form::Bare, (start, start + word_bytes(rest)), end)
    };
    let is_other = form == Form::Bare && rest.starts_with([':', '/', '\\', '=']);
    (!is_other && has_word(&query[value.0..value.1])).then_some((form, value, end))
}

/// A word or phrase behind a hyphen, or what only looks so.
fn without(query: &str, start: usize, has_flags: bool) -> Option<Asked> {
    let first = start + 1;
    let is_later = !trimmed(&query[..start]).is_empty();
    if opens(&query[first..]) && is_later {
        let value = quoted(query, first).filter(|value| has_word(&query[value.0..value.1]))?;
        let whole = (start, after_quote(query, value.1));
        return Some(Asked { sign: Sign::Without, form: Form::Quoted, whole, value });
    }
    let value = (first, first + word_bytes(&query[first..]));
    let word = &query[value.0..value.1];
    let is_word = word.chars().all(|letter| !matches!(fold(letter).class, Class::Gap));
    let is_long = word.len() >= EXCLUDED_CHARS_MIN || !word.is_ascii();
    if !is_word || !is_long || word.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let is_out =
        is_later && !has_flags && !word.starts_with(|first: char| first.is_ascii_uppercase());
    let sign = if is_out { Sign::Without } else { Sign::Kept };
    Some(Asked { sign, form: Form::Bare, whole: (start, value.1), value })
}

/// Whether a word of a query is plainly a flag of a command: `--all`, `-x`, `-la`, `-Wall`, `-peer-url`, `-n=1`.
fn is_flag(word: &str) -> bool {
    let Some(name) = word.strip_prefix('-') else { return false };
    let is_name = |name: &str| name.starts_with(|first: char| first.is_ascii_alphanumeric());
    let is_short = name.len() < EXCLUDED_CHARS_MIN || name.as_bytes()[0].is_ascii_uppercase();
    let has_parts = name.bytes().any(|byte| b"-=".contains(&byte));
    name.strip_prefix('-').is_some_and(is_name) || (is_name(name) && (is_short || has_parts))
}

/// Whether a text begins with a quote that may open.
fn opens(text: &str) -> bool {
    text.starts_with(['"', '“', '„', '«'])
}

/// What stands between the quote at `start` and the next one.
fn quoted(query: &str, start: usize) -> Option<(usize, usize)> {
    let first = start + query[start..].chars().next()?.len_utf8();
    let bytes = query[first..].find(['"', '”', '“', '»'])?;
    Some((first, first + bytes))
}

fn after_quote(query: &str, quote: usize) -> usize {
    quote + query[quote..].chars().next().map_or(0, char::len_utf8)
}

/// How long the word is that a text begins with, without a comma behind it.
fn word_bytes(text: &str) -> usize {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text[..end].trim_end_matches([',', ';']).len()
}

fn has_word(text: &str) -> bool {
    text.chars().any(|letter| !matches!(fold(letter).class, Class::Gap | Class::Mark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn check(query: &str, words: &str, asked: &str) {
        let syntax = Syntax::of(query);
        assert_eq!(syntax.words.len(), query.len(), "{query}");
        assert_eq!(syntax.words.split_whitespace().collect::<Vec<_>>().join(" "), words, "{query}");
        let told: Vec<String> = syntax
            .asked
            .iter()
            .map(|asked| format!("{:?} {}", asked.sign, &query[asked.value.0..asked.value.1]))
            .collect();
        assert_eq!(told.join(", "), asked, "{query}");
    }

    #[test]
    fn phrases() {
        check("\"send dtmf\" agent", "send dtmf agent", "Phrase send dtmf");
        check("a “b c” \"d\"", "a b c d", "Phrase b c, Phrase d");
        check("\"open end", "\"open end", "Kept \"open end");
        check("5\" disk 3\" floppy", "5\" disk 3\" floppy", "");
        check("printf(\"a b\")", "printf(\"a b\")", "");
        check("\"\" x", "x", "Phrase ");
        check("\"é", "\"é", "Kept \"é");
    }

    #[test]
    fn exclusions() {
        check("agent -desktop", "agent", "Without desktop");
        check("agent -\"agent desktop\" x", "agent x", "Without agent desktop");
        check("agent -\"open", "agent -\"open", "");
        check("-desktop agent", "-desktop agent", "Kept desktop");
        check("gcc -Wall", "gcc -Wall", "Kept Wall");
        check("git commit --no-verify", "git commit --no-verify", "");
        check("git commit -m -amend", "git commit -m -amend", "Kept amend");
        check("tar -xzf", "tar", "Without xzf");
        check("etcd -name a -peer-url b", "etcd -name a -peer-url b", "Kept name");
        check("a - b -", "a - b -", "");
        check("a -12.5 -no-verify -x=y", "a -12.5 -no-verify -x=y", "");
        check("手册 -配置", "手册", "Without 配置");
    }

    #[test]
    fn fields() {
        check("product:finesse dtmf", "dtmf", "Only(Product) finesse");
        check("Guide:\"developer guide\" x", "x", "Only(Guide) developer guide");
        check("version:12.5, vendor:cisco", "", "Only(Version) 12.5, Only(Vendor) cisco");
        check("title:install", "install", "Title install");
        check("title:\"a b\" c", "a b c", "Title a b");
        check("page:107 x", "x", "Page 107");
        for words in [
            "foo:bar",
            "std::vector",
            "C:\\path",
            "http://x/y",
            "version::all",
            "product:",
            "page: 7",
            "title:// x",
            "product:\"open",
            "page:1/2",
            "a:b:c",
            ":",
            "title:-",
        ] {
            check(words, words, "");
        }
    }
}
