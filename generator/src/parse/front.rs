//! Front matter: what a source says of itself before its text.
//!
//! In: the decoded text. Out: [`FrontMatter`] and the lines that are left. YAML between `---` and TOML between `+++`;
//! broken front matter is kept as a code block, so that nothing is lost. Knows no key but its own.

use serde_yaml_ng::{Mapping, Value as Yaml};

use super::{render, report::Report};
use crate::{language, model::FrontMatter};

/// The text after the front matter, and the number of its first line.
#[derive(Debug, PartialEq)]
pub(super) struct Body<'a> {
    pub(super) text: &'a str,
    pub(super) first_line: u32,
    /// Front matter that could not be read: it is part of the text.
    pub(super) kept: Option<&'a str>,
    /// What the front matter tells of the source; shown where there is no text.
    pub(super) summary: Option<String>,
}

impl<'a> Body<'a> {
    /// A text without front matter.
    pub(super) fn whole(text: &'a str) -> Body<'a> {
        Body { text, first_line: 1, kept: None, summary: None }
    }
}

pub(super) fn split<'a>(text: &'a str, report: &mut Report) -> (FrontMatter, Body<'a>) {
    let whole = Body::whole(text);
    let Some(fenced) = find(text) else {
        return (FrontMatter::default(), whole);
    };
    let read = match fenced.mark {
        "---" => read_yaml(fenced.inner),
        _ => read_toml(fenced.inner),
    };
    let (mut front, body) = match read {
        Ok((front, summary)) => (front, Body { summary, ..fenced.body }),
        Err(fault) => {
            report.warn(1, "broken front matter", fault);
            let (front, summary) = read_loosely(fenced.inner);
            (front, Body { kept: Some(fenced.inner), summary, ..fenced.body })
        }
    };
    front.language = front.language.and_then(|told| language_code(&told, report));
    (front, body)
}

/// The code of the language that a source says it is in, as pages have it. Where it is none, that of its folder holds.
fn language_code(told: &str, report: &mut Report) -> Option<String> {
    let code = told.replace('_', "-");
    if language::is_code(&code) {
        return Some(code);
    }
    let detail = format!("`{told}` is no code of a language, such as `de` or `pt-BR`");
    report.warn(1, "language not known", detail);
    None
}

/// Whether a text begins with front matter that goes on where the text is cut off.
pub(crate) fn is_open(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = String::from_utf8_lossy(head);
    opening(&text).is_some() && find(&text).is_none()
}

struct Fenced<'a> {
    mark: &'static str,
    inner: &'a str,
    body: Body<'a>,
}

/// Only where the fence closes; a rule at the start of a text is not front matter.
fn find(text: &str) -> Option<Fenced<'_>> {
    const MOST_LINES: usize = 2000;
    let (mark, first) = opening(text)?;
    let mut at = first + 1;
    for (lines, line) in text[at..].split_inclusive('\n').take(MOST_LINES).enumerate() {
        if line.trim_end() == mark {
            let body = Body {
                text: &text[at + line.len()..],
                first_line: lines as u32 + 3,
                kept: None,
                summary: None,
            };
            return Some(Fenced { mark, inner: &text[first + 1..at], body });
        }
        at += line.len();
    }
    None
}

/// The mark of the first line, and where that line ends.
fn opening(text: &str) -> Option<(&'static str, usize)> {
    let mark = ["---", "+++"].into_iter().find(|mark| text.starts_with(mark))?;
    let end = text.find('\n')?;
    text[mark.len()..end].trim().is_empty().then_some((mark, end))
}

type Read = (FrontMatter, Option<String>);

fn read_yaml(inner: &str) -> Result<Read, String> {
    // The reader of YAML takes a second for every thirty kilobytes of open brackets.
    const MOST_BRACKETS: usize = 2000;
    if inner.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count() > MOST_BRACKETS {
        return Err("too many brackets".to_string());
    }
    if let Some(plain) = read_plain(inner) {
        return Ok(from_values(&Yaml::Mapping(plain), inner));
    }
    let value: Yaml = serde_yaml_ng::from_str(inner).map_err(|fault| fault.to_string())?;
    match value {
        Yaml::Mapping(_) => Ok(from_values(&value, inner)),
        Yaml::Null => Ok(Read::default()),
        _ => Err("expected `key: value` lines".to_string()),
    }
}

/// Front matter of lines that mean one thing only, `key: word` and `key: "text"`: most is no more than that, and the
/// reader of YAML takes longer for it than all else takes for the page. Nothing where there is any doubt.
fn read_plain(inner: &str) -> Option<Mapping> {
    let mut values = Mapping::new();
    for line in inner.lines() {
        let (key, value) = line.split_once(": ")?;
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        let is_key = key.bytes().all(is_name) && !matches!(key, "" | "null" | "true" | "false");
        let value = plain_value(value).filter(|_| is_key && !values.contains_key(key))?;
        values.insert(Yaml::from(key), Yaml::from(value));
    }
    (!values.is_empty()).then_some(values)
}

/// Text in quotes without escapes, or letters and blanks that are no name of a value.
fn plain_value(value: &str) -> Option<&str> {
    if let Some(inner) = value.strip_prefix('"') {
        let inner = inner.strip_suffix('"')?;
        let is_plain = |symbol: char| match symbol {
            '"' | '\\' => false,
            _ => matches!(symbol, ' '..='~') || symbol.is_alphanumeric(),
        };
        return inner.chars().all(is_plain).then_some(inner);
    }
    const LONGEST_NAME_BYTES: usize = 5;
    let is_plain = |byte: u8| byte.is_ascii_alphabetic() || byte == b' ';
    let is_text = value.bytes().all(is_plain) && value.trim() == value;
    (is_text && value.len() > LONGEST_NAME_BYTES).then_some(value)
}

fn read_toml(inner: &str) -> Result<Read, String> {
    let table: toml::Table =
        inner.parse().map_err(|fault: toml::de::Error| fault.message().to_string())?;
    let value = serde_yaml_ng::to_value(table).map_err(|fault| fault.to_string())?;
    Ok(from_values(&value, ""))
}

/// The lines that are `key: value` by themselves, such as a title with a colon in it.
fn read_loosely(inner: &str) -> Read {
    let pairs = inner.lines().filter_map(|line| line.split_once([':', '=']));
    let pairs = pairs.map(|(key, value)| (key.trim_end(), value));
    let plain = pairs.filter(|(key, _)| {
        key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    });
    let quotes = |value: &str| value.trim().trim_matches(['"', '\'']).to_string();
    let values = plain.map(|(key, value)| (Yaml::from(key), Yaml::from(quotes(value))));
    from_values(&Yaml::Mapping(values.collect()), "")
}

fn from_values(value: &Yaml, inner: &str) -> Read {
    let text = |key: &str| as_written(inner, key).or_else(|| value.get(key).and_then(as_text));
    let number = |key: &str| value.get(key).and_then(Yaml::as_i64);
    let aliases = ["aliases", "redirect_from", "url", "permalink"]
        .into_iter()
        .filter_map(|key| value.get(key));
    let summary =
        ["summary", "description"].into_iter().find_map(|key| value.get(key).and_then(as_text));
    let front = FrontMatter {
        title: value.get("title").and_then(as_text).map(|title| render::plain_title(&title)),
        weight: ["weight", "sidebar_position", "nav_order", "order"].into_iter().find_map(number),
        aliases: aliases.flat_map(as_texts).collect(),
        vendor: text("vendor"),
        product: text("product"),
        version: text("version"),
        guide: text("guide"),
        language: ["language", "lang"].into_iter().find_map(|key| value.get(key).and_then(as_text)),
    };
    (front, summary)
}

/// A version `1.10` is no number: read as one it would become `1.1`.
fn as_written(inner: &str, key: &str) -> Option<String> {
    let value = inner.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?.trim();
    let plain = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (plain && !value.is_empty()).then(|| value.to_string())
}

fn as_text(value: &Yaml) -> Option<String> {
    let text = match value {
        Yaml::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Yaml::Number(number) => number.to_string(),
        Yaml::Bool(truth) => truth.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn as_texts(value: &Yaml) -> Vec<String> {
    match value {
        Yaml::Sequence(values) => values.iter().filter_map(as_text).collect(),
        other => as_text(other).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (FrontMatter, String, u32, usize) {
        let mut warnings = Vec::new();
        let (front, body) = split(text, &mut Report::new("a.md", &mut warnings));
        (front, body.text.to_string(), body.first_line, warnings.len())
    }

    #[test]
    fn yaml_and_toml_are_read() {
        let expected =
            FrontMatter { title: Some("A b".into()), weight: Some(3), ..Default::default() };
        let check = |text: &str, line: u32| {
            assert_eq!(read(text), (expected.clone(), "x\n".into(), line, 0), "{text}");
        };
        check("---\ntitle: A b\nweight: 3\n---\nx\n", 5);
        check("+++\ntitle = \"A b\"\nweight = 3\n+++\nx\n", 5);
        check("--- \ntitle: >-\n  A\n  b\nsidebar_position: 3\nms.date: 1/2/3\n---\nx\n", 8);
    }

    #[test]
    fn plain_front_matter_reads_as_yaml() {
        let check = |inner: &str, is_plain: bool| {
            let yaml = serde_yaml_ng::from_str(inner).ok();
            let plain = read_plain(inner).map(Yaml::Mapping);
            assert_eq!(plain.is_some(), is_plain, "{inner}");
            assert!(plain.is_none() || plain == yaml, "{inner}: {plain:?}, {yaml:?}");
        };
        check("title: \"A: b # c - 'd' {e} \"\ndescription: \"\"\nvendor: Some one\n", true);
        check("title: \"größer  als\"", true);
        for doubtful in [
            "title: \"a \\\"b\\\"\"",
            "title: \"a\" b",
            "title: \"a",
            "title: \"a\"\n  b",
            "title: \"a\"\ntitle: \"b\"",
            "title: a: b",
            "title: a # comment",
            "title: false",
            "title: 1.10",
            "title: [a]",
            "title: Many words\n  and more",
            "title: Many words \n",
            "title:\n  - a",
            "---",
            "",
        ] {
            check(doubtful, false);
        }
    }

    #[test]
    fn versions_stay_as_written() {
        let (front, ..) = read("---\nversion: 1.10\naliases: [/a, /b]\n---\n");
        assert_eq!(front.version.as_deref(), Some("1.10"));
        assert_eq!(front.aliases, ["/a", "/b"]);
    }

    #[test]
    fn a_language_is_told_by_its_code() {
        let check = |told: &str, expected: Option<&str>, warnings: usize| {
            let (front, .., told_of) = read(&format!("---\nlanguage: {told}\n---\n"));
            assert_eq!((front.language.as_deref(), told_of), (expected, warnings), "{told}");
        };
        check("de", Some("de"), 0);
        check("pt_BR", Some("pt-BR"), 0);
        check("klingon", None, 1);
        check("[de, en]", None, 0);
    }

    #[test]
    fn what_is_no_front_matter_stays() {
        let check = |text: &str, warnings: usize| {
            assert_eq!(read(text), (FrontMatter::default(), text.into(), 1, warnings), "{text}");
        };
        check("---\nno end", 0);
        check("a\n---\nb\n---\n", 0);
    }

    #[test]
    fn front_matter_that_is_cut_off_is_told() {
        let check = |text: &str, open: bool| assert_eq!(is_open(text.as_bytes()), open, "{text}");
        check("---\ntitle: A\nkeys: [\"a", true);
        check("\u{feff}+++\ntitle", true);
        check("---\ntitle: A\n---\nx", false);
        check("--- a\nx", false);
        check("x\n---\n", false);
    }

    #[test]
    fn what_cannot_be_read_is_kept() {
        let check = |text: &str, title: Option<&str>| {
            let (front, body, _, warnings) = read(text);
            assert_eq!(
                (front.title.as_deref(), body.as_str(), warnings),
                (title, "x", 1),
                "{text}"
            );
        };
        check("---\njust text\n---\nx", None);
        check("---\ntitle: b: c\n---\nx", Some("b: c"));
        check("+++\na = \ntitle = \"A\"\n+++\nx", Some("A"));
    }
}
