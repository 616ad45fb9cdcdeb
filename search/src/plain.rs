//! Markdown into the plain text that is indexed and shown in snippets.
//!
//! In: a chunk's cleaned Markdown. Out: its words without the signs around them. Knows no tree: one pass over each line,
//! so time is linear; what looks like Markdown and is none stays as it is. Nothing that a reader would see is lost:
//! a tag that is no HTML (`<FQDN>`) is text.

use alloc::string::String;
use alloc::vec::Vec;
use core::iter;

use crate::text::trimmed;

/// The text of Markdown: headings, emphasis, links, tables, lists, fences and HTML without their signs, a line for a line.
#[must_use]
pub fn plain(markdown: &str) -> String {
    read(markdown, |_, _, _| {})
}

/// The text of Markdown, and the headings that stand in it, as text; not the one that is the title.
pub(crate) fn plain_with_headings(title: &str, markdown: &str) -> (String, Vec<String>) {
    let mut headings = Vec::new();
    let text = read(markdown, |out, from, _| headings.push(text_of(out[from..].to_vec())));
    headings.retain(|heading| trimmed(heading) != trimmed(title));
    (text, headings)
}

/// What a heading ends with where its end is told.
pub(crate) const HEADING_END: &str = " ›\n";
/// Of that, what stands in the line.
pub(crate) const HEADING_SIGN: &str = " ›";

/// The text of Markdown, where each heading ends with [`HEADING_END`], and their levels.
pub(crate) fn plain_with_heading_ends(markdown: &str) -> (String, Vec<u8>) {
    let mut levels = Vec::new();
    let text = read(markdown, |out, _, level| {
        out.pop();
        out.extend_from_slice(HEADING_END.as_bytes());
        levels.push(level);
    });
    (text, levels)
}

/// The text of Markdown, line by line. Behind each line that was a heading, what is written so far is given, where that line begins in it, and
/// the heading's level.
fn read(markdown: &str, mut heading: impl FnMut(&mut Vec<u8>, usize, u8)) -> String {
    let mut out = Vec::with_capacity(markdown.len());
    let mut fences = Fences::default();
    let mut may_define = true;
    for line in lines(markdown) {
        let line_text = trimmed(line);
        let kind = fences.kind_of(line_text);
        let defines = kind == LineKind::Text && may_define && is_definition(line_text);
        may_define = defines || line_text.is_empty() || line_text.starts_with('#');
        match kind {
            _ if defines => {}
            LineKind::Fence => {}
            LineKind::Code => push_line(&mut out, line.as_bytes()),
            LineKind::Text => {
                let from = out.len();
                strip_line(&mut out, line_text);
                if line_text.starts_with('#') && out.len() > from {
                    let level = line_text.bytes().take_while(|byte| *byte == b'#').count();
                    heading(&mut out, from, level as u8);
                }
            }
        }
    }
    text_of(out)
}

/// Lines are short, and an end is found sooner by looking at each byte than by what `str::lines` sets up for each.
fn lines(mut rest: &str) -> impl Iterator<Item = &str> {
    iter::from_fn(move || {
        let end = rest.bytes().position(|byte| byte == b'\n');
        let line = &rest[..end.unwrap_or(rest.len())];
        let is_last = rest.is_empty();
        rest = end.map_or("", |end| &rest[end + 1..]);
        (!is_last).then(|| line.strip_suffix('\r').unwrap_or(line))
    })
}

/// What was written, without the signs that were overwritten by zero bytes.
pub(crate) fn text_of(mut written: Vec<u8>) -> String {
    if written.contains(&0) {
        written.retain(|byte| *byte != 0);
    }
    String::from_utf8(written).unwrap_or_default()
}

/// The fence that is open, if one is.
#[derive(Default)]
struct Fences<'t>(Option<&'t str>);

#[derive(PartialEq)]
enum LineKind {
    Text,
    Code,
    Fence,
}

impl<'t> Fences<'t> {
    /// What the next line is, without the blanks around it.
    fn kind_of(&mut self, line: &'t str) -> LineKind {
        let mark = fence_mark(line);
        match (self.0, mark) {
            (Some(open), Some(close)) if close.starts_with(open) && line.len() == close.len() => {
                self.0 = None;
                LineKind::Fence
            }
            (Some(_), _) => LineKind::Code,
            (None, Some(_)) => {
                self.0 = mark;
                LineKind::Fence
            }
            (None, None) => LineKind::Text,
        }
    }
}

/// The backticks or tildes that open or close a fence.
fn fence_mark(line: &str) -> Option<&str> {
    let mark = line.as_bytes().first().copied().filter(|first| b"`~".contains(first))?;
    let len = line.bytes().take_while(|byte| *byte == mark).count();
    let (run, info) = line.split_at(len);
    (len >= 3 && !(mark == b'`' && info.contains('`'))).then_some(run)
}

fn push_line(out: &mut Vec<u8>, line: &[u8]) {
    out.extend_from_slice(line);
    out.push(b'\n');
}

fn strip_line(out: &mut Vec<u8>, line: &str) {
    let is_heading = line.starts_with('#');
    let mut line = without_box_marks(without_block_marks(line));
    if is_rule(line) {
        return;
    }
    if is_heading && line.ends_with('}') {
        let end = line.as_bytes().windows(2).rposition(|pair| pair == b" {");
        line = &line[..end.unwrap_or(line.len())];
    }
    let cells = line.starts_with('|');
    Inline {
        line: line.as_bytes(),
        at: 0,
        out,
        brackets: Vec::new(),
        no_tag_end: false,
        no_closer: 0,
        cells,
    }
    .strip();
    out.push(b'\n');
}

/// The line without the signs of headings, quotations and lists, any depth of them. Numbers of lists stay: steps are cited by them.
fn without_block_marks(mut line: &str) -> &str {
    loop {
        let rest = line.trim_ascii_start();
        let hashes = rest.bytes().take_while(|byte| *byte == b'#').count();
        let mark_bytes = match rest.as_bytes() {
            [b'>', ..] => 1,
            [b'-' | b'*' | b'+', b' ' | b'\t', ..] => 2,
            _ if (1..=6).contains(&hashes) && rest[hashes..].starts_with([' ', '\t']) => hashes,
            [b'[', b' ' | b'x' | b'X', b']', b' ', ..] => 4,
            _ => return rest,
        };
        line = &rest[mark_bytes..];
    }
}

/// A line under a heading, between table rows or between paragraphs.
fn is_rule(line: &str) -> bool {
    let signs = line.bytes().filter(|byte| b"-=*_".contains(byte)).count();
    signs >= 2 && line.bytes().all(|byte| b"-=*_|: ".contains(&byte))
}

/// `[name]: target`, which tells links of this name where they lead and is shown nowhere; not a footnote, which is. One with a title stays.
fn is_definition(line: &str) -> bool {
    let bytes = line.as_bytes();
    let name_end = bytes.windows(3).position(|three| three == b"]: ").unwrap_or(0);
    name_end > 1 && bytes[0] == b'[' && bytes[1] != b'^' && !bytes[name_end + 3..].contains(&b' ')
}

/// `[!NOTE]` without its signs: what the lines below are.
fn without_box_marks(line: &str) -> &str {
    let kind = line.strip_prefix("[!").and_then(|rest| rest.strip_suffix(']'));
    kind.unwrap_or(line)
}

/// One line on its way. What turns out to have been a sign is overwritten by zero bytes, which the caller takes out.
struct Inline<'l, 'o> {
    line: &'l [u8],
    at: usize,
    out: &'o mut Vec<u8>,
    /// Where the open `[` stand in `out`.
    brackets: Vec<usize>,
    /// Set once there is no `>` further on, so that it is looked for once.
    no_tag_end: bool,
    /// Lengths of backtick runs that nothing further on closes, a bit for each, so that each is looked for once.
    no_closer: u32,
    /// Whether `|` parts table cells.
    cells: bool,
}

impl Inline<'_, '_> {
    fn strip(&mut self) {
        while let Some(byte) = self.next_sign() {
            let taken = match byte {
                b'\\' => self.take_escape(),
                b'`' => self.take_code(),
                b'*' | b'_' | b'~' => self.take_emphasis(byte),
                b'[' => self.open_bracket(),
                b']' => self.close_bracket(),
                b'<' => self.take_tag(),
                b'&' => self.take_entity(),
                b'|' if self.cells => self.replace(1, b" "),
                _ => 0,
            };
            if taken == 0 {
                self.out.push(byte);
                self.at += 1;
            }
        }
    }

    /// Copies what is no sign of anything; the byte behind it.
    fn next_sign(&mut self) -> Option<u8> {
        let rest = &self.line[self.at..];
        let plain = rest.iter().position(|byte| IS_SIGN[usize::from(*byte)]);
        let plain = plain.unwrap_or(rest.len());
        self.out.extend_from_slice(&rest[..plain]);
        self.at += plain;
        rest.get(plain).copied()
    }

    /// Writes `text` for the next bytes of the line.
    fn replace(&mut self, taken: usize, text: &[u8]) -> usize {
        self.out.extend_from_slice(text);
        self.at += taken;
        taken
    }

    fn rest(&self) -> &[u8] {
        &self.line[self.at..]
    }

    fn take_escape(&mut self) -> usize {
        match self.rest() {
            [_, escaped, ..] if escaped.is_ascii_punctuation() => {
                let escaped = [*escaped];
                self.replace(2, &escaped)
            }
            _ => 0,
        }
    }

    fn take_code(&mut self) -> usize {
        let ticks = run(self.rest());
        let bit = 1u32 << ticks.min(31);
        let inside_from = self.at + ticks;
        if self.no_closer & bit == 0
            && let Some(inside_to) = closing_ticks(self.line, inside_from, ticks)
        {
            self.out.extend_from_slice(&self.line[inside_from..inside_to]);
            self.at = inside_to + ticks;
        } else {
            self.no_closer |= bit;
            self.at = inside_from;
        }
        ticks
    }

    /// A run of signs is emphasis where a word begins or ends, so `a_b`, `2 * 3` and `_com_ptr_t` stay as they are.
    fn take_emphasis(&mut self, sign: u8) -> usize {
        let len = run(self.rest());
        let before = self.at.checked_sub(1).map_or(b' ', |before| self.line[before]);
        let after = self.line.get(self.at + len).copied().unwrap_or(b' ');
        // Between ideographs, which know no blanks, two asterisks are a sign as well.
        let is_strong = sign == b'*' && len == 2 && (before >= 0x80 || after >= 0x80);
        let opens = (is_strong || !is_wordy(before)) && !after.is_ascii_whitespace();
        let closes = (is_strong || !is_wordy(after)) && !before.is_ascii_whitespace();
        let is_sign = match sign {
            b'~' => len == 2 && (opens || closes),
            b'_' => {
                (opens && self.has_closing_underscore(len))
                    || (closes && !is_wordy(before))
                    || (closes && self.has_opening_underscore())
            }
            _ => len <= 3 && (opens || closes),
        };
        let count = if is_sign { 0 } else { len };
        let signs = &self.line[self.at..self.at + count];
        self.out.extend_from_slice(signs);
        self.at += len;
        len
    }

    fn has_closing_underscore(&self, len: usize) -> bool {
        let rest = &self.line[self.at + len..];
        let near = &rest[..rest.len().min(200)];
        near.windows(2).any(|pair| pair[0] == b'_' && !is_wordy(pair[1]) && pair[1] != b'_')
            || near.ends_with(b"_")
    }

    fn has_opening_underscore(&self) -> bool {
        let near = &self.line[self.at.saturating_sub(200)..self.at];
        near.starts_with(b"_")
            || near.windows(2).any(|pair| pair[1] == b'_' && !is_wordy(pair[0]) && pair[0] != b'_')
    }

    fn open_bracket(&mut self) -> usize {
        self.brackets.push(self.out.len());
        0
    }

    /// `[text](target)` and `[text][name]` are their text; any other brackets stay.
    fn close_bracket(&mut self) -> usize {
        let Some(open) = self.brackets.pop() else { return 0 };
        let target_bytes = match self.line.get(self.at + 1) {
            Some(b'(') => target_bytes(&self.line[self.at + 1..], b'(', b')'),
            Some(b'[') => target_bytes(&self.line[self.at + 1..], b'[', b']'),
            _ => None,
        };
        let Some(target_bytes) = target_bytes else { return 0 };
        self.out[open] = 0;
        if let Some(before @ b'!') = open.checked_sub(1).and_then(|before| self.out.get_mut(before))
        {
            *before = 0;
        }
        self.replace(1 + target_bytes, b"")
    }

    fn take_tag(&mut self) -> usize {
        if self.no_tag_end {
            return 0;
        }
        let Some(tag) = Tag::at(self.rest()) else { return 0 };
        let Some(len) = self.rest().iter().position(|byte| *byte == b'>') else {
            self.no_tag_end = true;
            return 0;
        };
        self.replace(len + 1, if tag.is_inline { b"" } else { b" " })
    }

    fn take_entity(&mut self) -> usize {
        const ENTITIES: [(&[u8], &[u8]); 14] = [
            (b"&lt;", b"<"),
            (b"&gt;", b">"),
            (b"&amp;", b"&"),
            (b"&quot;", b"\""),
            (b"&apos;", b"'"),
            (b"&#39;", b"'"),
            (b"&nbsp;", b" "),
            (b"&#124;", b"|"),
            (b"&mdash;", "—".as_bytes()),
            (b"&ndash;", "–".as_bytes()),
            (b"&rsquo;", "’".as_bytes()),
            (b"&lsquo;", "‘".as_bytes()),
            (b"&ldquo;", "“".as_bytes()),
            (b"&rdquo;", "”".as_bytes()),
        ];
        let listed = ENTITIES.iter().find(|(entity, _)| self.rest().starts_with(entity));
        listed.map_or(0, |(entity, text)| self.replace(entity.len(), text))
    }
}

/// The bytes that may be signs within a line.
const IS_SIGN: [bool; 256] = {
    let mut is_sign = [false; 256];
    let mut signs: &[u8] = b"\\`*_~[]<&|";
    while let [sign, rest @ ..] = signs {
        is_sign[*sign as usize] = true;
        signs = rest;
    }
    is_sign
};

fn run(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| **byte == bytes[0]).count()
}

fn is_wordy(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

fn closing_ticks(line: &[u8], from: usize, ticks: usize) -> Option<usize> {
    let mut at = from;
    while let Some(found) = line[at..].iter().position(|byte| *byte == b'`') {
        let len = run(&line[at + found..]);
        if len == ticks {
            return Some(at + found);
        }
        at += found + len;
    }
    None
}

/// How long a link's target is with its brackets; a target longer than any URL is none.
fn target_bytes(rest: &[u8], open: u8, close: u8) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in rest.iter().take(2048).enumerate() {
        depth += i32::from(*byte == open) - i32::from(*byte == close);
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// A tag of HTML, by name. Any other is text.
struct Tag {
    is_inline: bool,
}

impl Tag {
    fn at(rest: &[u8]) -> Option<Tag> {
        const INLINE: &[u8] = b" a abbr b bdi bdo cite code del dfn em font i ins kbd mark q s samp small span strong sub sup tt u var wbr ";
        const BLOCK: &[u8] = b" blockquote br caption center col colgroup dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr img \
            li ol p pre section summary table tbody td tfoot th thead tr ul ";
        if rest.starts_with(b"<!--") {
            return Some(Tag { is_inline: false });
        }
        let name = rest.get(1..)?;
        let name = name.strip_prefix(b"/").unwrap_or(name);
        let len = name.iter().take(12).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let ends = name.get(len).is_some_and(|byte| b"> /\t".contains(byte));
        let is_listed = |list: &[u8]| {
            list.windows(len + 2).any(|window| {
                window[0] == b' '
                    && window[len + 1] == b' '
                    && window[1..=len].eq_ignore_ascii_case(&name[..len])
            })
        };
        if len == 0 || !ends {
            return None;
        }
        let is_inline = is_listed(INLINE);
        (is_inline || is_listed(BLOCK)).then_some(Tag { is_inline })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markdown: &str, expected: &str) {
        assert_eq!(plain(markdown).trim(), expected, "{markdown}");
    }

    #[test]
    fn blocks() {
        check("# Title\n\nText\n===\n> - quoted", "Title\n\nText\nquoted");
        check("- one\n* two\n  + three\n1. four\n- [x] done", "one\ntwo\nthree\n1. four\ndone");
        check("> [!NOTE]\n> Mind it. [!x]", "NOTE\nMind it. [!x]");
        check("## Load it {#load .x}\n\nin {braces}", "Load it\n\nin {braces}");
        check("点击**执行计划** **绑定**，好", "点击执行计划 绑定，好");
        check("isn&rsquo;t", "isn’t");
        check("```cpp\nint *p = a_b_;\n```\nafter", "int *p = a_b_;\nafter");
        check("| a | b |\n|---|:-:|\n| c \\| d | `e` |", "a   b  \n  c | d   e");
    }

    #[test]
    fn definitions_of_links_are_shown_nowhere() {
        check("See [it][a].\n\n[a]: ../a.md#b\n[b c]: https://x.y\n\nEnd", "See it.\n\n\nEnd");
        check("## Links\n[a]: b.md", "Links");
        check("text\n[a]: b.md", "text\n[a]: b.md");
        check("[^1]: footnote", "[^1]: footnote");
        check("[INFO]: it has started", "[INFO]: it has started");
        check("```\n[a]: b.md\n```", "[a]: b.md");
        check("[]: b\n\n[a]:b\n\n]: c\n\n[a]:", "[]: b\n\n[a]:b\n\n]: c\n\n[a]:");
    }

    #[test]
    fn inlines() {
        check("**bold**, *slanted* and _this_ too", "bold, slanted and this too");
        check("a_b_c, 2 * 3, __declspec and f(_x)", "a_b_c, 2 * 3, __declspec and f(_x)");
        check("[text](https://x.y/(z) \"t\") ![alt](a.png) [n][1] [1] a[i]", "text alt n [1] a[i]");
        check("`a*b*` and ``x`y`` and `open", "a*b* and x`y and open");
        check("\\*not\\* &lt;b&gt; &copy;", "*not* <b> &copy;");
        check("~~gone~~ ~home", "gone ~home");
    }

    #[test]
    fn tags() {
        check("https://<FQDN>/api/<dialogId>", "https://<FQDN>/api/<dialogId>");
        check("vector<int> a < b > c", "vector<int> a < b > c");
        check("H<sub>2</sub>O<br/>x <a href=\"y\">z</a>", "H2O x z");
    }

    #[test]
    fn hostile_lines_take_linear_time() {
        for unit in [
            "[", "](", "`", "`` ` ", "*", "_", "_a", "a_ ", "<a ", "<", "\\", "&", "|", "> ", "- ",
            "#", "~", "[a](", "![", "1",
        ] {
            let markdown = unit.repeat(200_000);
            assert!(plain(&markdown).len() <= markdown.len() + 1);
            assert!(plain(&("[".repeat(100_000) + &markdown)).len() <= markdown.len() + 100_001);
        }
    }
}
