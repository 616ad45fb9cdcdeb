//! Text into tokens: the one analysis that passages, titles and queries all go through.
//!
//! In: plain text. Out: tokens, each with its folded text and the bytes that it stands on. Knows no stop words, no stems
//! and no fields. Time is linear and memory constant, whatever the text: a token's text ends at [`TOKEN_BYTES`].
//!
//! A **word** is a run of letters and digits. Words joined by `_`, `-` or `.` make an **atom** (`UPDATE_CALL_DATA`,
//! `12.5(1)`, `no-verify`); atoms joined by `::`, `/`, `->` and their like make a chain. Every word is a token; an atom that
//! looks like an identifier is one too, and so is every pair of neighbours in a chain (`finesse/api`, `api/dialog`): the
//! pairs find a chain in a longer one, whatever part of it was typed. Words in camelCase also give their parts.
//! Scripts without blanks give every two neighbouring characters.

mod word;

use alloc::string::String;

use crate::fold::{Class, fold};
use word::Word;

/// A token's text is cut here, in the index and in the query alike, so a megabyte without a blank does no harm.
pub(crate) const TOKEN_BYTES: usize = 64;

/// What a token is of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A run of letters and digits.
    Word,
    /// A part of a word in camelCase.
    Part,
    /// An identifier of several words.
    Whole,
    /// Two neighbouring atoms of a chain.
    Pair,
    /// Words joined by a hyphen as prose does. Not indexed, but a query looks whether an identifier is called so.
    Joined,
    /// Two neighbouring characters of a script without blanks, or one that stands alone.
    Glyphs,
}

/// A piece of text as the index knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'t> {
    /// Folded, at most [`TOKEN_BYTES`].
    pub(crate) text: &'t str,
    pub(crate) kind: Kind,
    /// Where it stands in the text, in bytes.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// How many words and single glyphs stand before it.
    pub(crate) position: u32,
}

/// Calls `each` for every token, a whole after its words, and says how many words and single glyphs the text has.
pub(crate) fn tokens(text: &str, each: &mut dyn FnMut(&Token<'_>)) -> u32 {
    let mut scanner = Scanner::new(text, each);
    let (bytes, mut at) = (text.as_bytes(), 0);
    loop {
        at += bytes[at..].iter().take_while(|byte| is_ascii_gap(**byte)).count();
        if bytes.get(at).is_some_and(u8::is_ascii) {
            at = match plain_word_end(bytes, at) {
                Some(end) => scanner.take_plain_word(at, end),
                None => scanner.take_word(at),
            };
            continue;
        }
        let Some(character) = text[at..].chars().next() else { break };
        at = match fold(character).class {
            Class::Letter | Class::Digit => scanner.take_word(at),
            Class::Glyph => scanner.take_glyphs(at),
            Class::Gap | Class::Mark => at + character.len_utf8(),
        };
    }
    scanner.end_chain();
    scanner.position
}

/// A text without the blanks at its ends. One function for all who ask: inlined, it is as long as they are.
#[inline(never)]
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_ascii()
}

fn is_ascii_gap(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric()
}

/// The end of the word at `start` if it hangs on nothing, as most words of a text: small letters alone, between blanks or before a full stop.
fn plain_word_end(bytes: &[u8], start: usize) -> Option<usize> {
    let is_end = |at: usize| bytes.get(at).is_none_or(|byte| matches!(byte, b' ' | b'\n'));
    if start > 0 && !is_end(start - 1) {
        return None;
    }
    let length = bytes[start..].iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    let end = start + length;
    let is_before_stop = || bytes[end] == b'.' && is_end(end + 1);
    (0 < length && length <= TOKEN_BYTES && (is_end(end) || is_before_stop())).then_some(end)
}

/// How a word hangs on the atom before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    Apart,
    /// Part of the same atom.
    Tight,
    /// The next atom of the same chain.
    Loose(&'static str),
}

#[derive(Default)]
struct Atom {
    text: String,
    start: usize,
    end: usize,
    position: u32,
    words: u32,
    hyphens: u32,
    has_digit: bool,
    looks_like_identifier: bool,
    /// A version number: where its first two numbers stand in the text, without a leading `v`.
    release: Option<(usize, usize)>,
}

struct Scanner<'t, 's> {
    text: &'t str,
    each: &'s mut dyn FnMut(&Token<'_>),
    position: u32,
    word: Word,
    atom: Atom,
    previous: Atom,
    /// How `previous` is joined to `atom`; without it `previous` means nothing.
    separator: Option<&'static str>,
    scratch: String,
}

impl<'t, 's> Scanner<'t, 's> {
    fn new(text: &'t str, each: &'s mut dyn FnMut(&Token<'_>)) -> Scanner<'t, 's> {
        Scanner {
            text,
            each,
            position: 0,
            word: Word::default(),
            atom: Atom::default(),
            previous: Atom::default(),
            separator: None,
            scratch: String::new(),
        }
    }

    /// Takes a word as [`plain_word_end`] finds it: it is an atom by itself.
    fn take_plain_word(&mut self, start: usize, end: usize) -> usize {
        emit(self.each, &self.text[start..end], Kind::Word, (start, end), self.position);
        self.end_chain();
        self.position += 1;
        end
    }

    /// Takes the word that begins at `start`, and says where to go on.
    fn take_word(&mut self, start: usize) -> usize {
        self.word.read(self.text, start);
        let is_apart = self.is_after_blank();
        if !is_apart && self.is_contraction() {
            return self.word.end;
        }
        let join = if is_apart { Join::Apart } else { self.join() };
        self.emit_word(join);
        match join {
            Join::Tight => self.extend_atom(),
            Join::Loose(separator) => {
                self.end_atom();
                core::mem::swap(&mut self.previous, &mut self.atom);
                self.separator = Some(separator);
                self.begin_atom();
            }
            Join::Apart => {
                self.end_chain();
                self.begin_atom();
            }
        }
        self.take_suffix();
        self.position += 1;
        self.atom.end
    }

    /// Whether a blank follows the last atom, as before most words, or whether there is none.
    fn is_after_blank(&self) -> bool {
        self.atom.words == 0 || matches!(self.text.as_bytes()[self.atom.end..], [b' ' | b'\n', ..])
    }

    /// The `s` of `user's`, the `t` of `don't`.
    fn is_contraction(&self) -> bool {
        let gap = self.gap();
        (gap == "'" || gap == "’")
            && matches!(self.word.text.as_str(), "s" | "t" | "re" | "ve" | "ll" | "d" | "m")
    }

    /// What stands between the last atom and the word.
    fn gap(&self) -> &'t str {
        &self.text[self.atom.end..self.word.start]
    }

    fn join(&self) -> Join {
        let gap = self.gap();
        if gap.len() > 4 {
            return Join::Apart;
        }
        match gap.trim_end_matches('_') {
            "" | "-" | "." => Join::Tight,
            "(" if self.is_release_suffix() => Join::Tight,
            "::" => Join::Loose("::"),
            "/" | "\\" => Join::Loose("/"),
            "->" => Join::Loose("->"),
            ":" => Join::Loose(":"),
            "=" => Join::Loose("="),
            "@" => Join::Loose("@"),
            "#" => Join::Loose("#"),
            "+" => Join::Loose("+"),
            "&" => Join::Loose("&"),
            "<" => Join::Loose("<"),
            _ => Join::Apart,
        }
    }

    /// The `1` of `12.5(1)`.
    fn is_release_suffix(&self) -> bool {
        self.atom.release.is_some()
            && self.word.text.len() <= 4
            && self.text[self.word.end..].starts_with(')')
    }

    fn emit_word(&mut self, join: Join) {
        let word = &self.word;
        if word.is_short_number() && (self.is_in_release(join) || self.begins_release()) {
            return;
        }
        emit(self.each, &word.text, Kind::Word, (word.start, word.end), self.position);
        if word.cut_count == 0 {
            return;
        }
        let mut from = 0;
        for cut in word.cuts[..word.cut_count]
            .iter()
            .copied()
            .chain([word.text.len() as u8])
            .map(usize::from)
        {
            if cut - from > 1 {
                emit(
                    self.each,
                    &word.text[from..cut],
                    Kind::Part,
                    word.span_of(from, cut),
                    self.position,
                );
            }
            from = cut;
        }
    }

    fn is_in_release(&self, join: Join) -> bool {
        join == Join::Tight
            && !self
                .atom
                .text
                .contains(|letter: char| !letter.is_ascii_digit() && !".v(".contains(letter))
    }

    fn begins_release(&self) -> bool {
        matches!(self.text.as_bytes()[self.word.end..], [b'.', b'0'..=b'9', ..])
    }

    fn begin_atom(&mut self) {
        let before = &self.text.as_bytes()[..self.word.start];
        let underscores = before.iter().rev().take_while(|byte| **byte == b'_').count();
        let underscores = underscores
            .min(3)
            .min(self.word.start - if self.atom.words == 0 { 0 } else { self.atom.end });
        let atom = &mut self.atom;
        atom.text.clear();
        atom.text.extend(core::iter::repeat_n('_', underscores));
        atom.text.push_str(&self.word.text);
        atom.start = self.word.start - underscores;
        atom.end = self.word.end;
        atom.position = self.position;
        atom.words = 1;
        atom.hyphens = 0;
        atom.has_digit = self.word.has_digit;
        atom.looks_like_identifier = underscores > 0 || before.last() == Some(&b'-');
        atom.release = None;
    }

    fn extend_atom(&mut self) {
        let gap = &self.text[self.atom.end..self.word.start];
        let (atom, word) = (&mut self.atom, &self.word);
        let joint = atom.text.len();
        push_capped(&mut atom.text, gap);
        push_capped(&mut atom.text, &word.text);
        atom.end = word.end;
        if gap == "(" {
            push_capped(&mut atom.text, ")");
            atom.end += 1;
        }
        atom.words += 1;
        atom.has_digit |= word.has_digit;
        atom.hyphens += u32::from(gap == "-");
        atom.looks_like_identifier |=
            gap != "-" || atom.has_digit || atom.hyphens > 1 || word.starts_with_capital;
        if atom.words == 2 && gap == "." && word.has_digit && !word.has_letter {
            let digits = usize::from(atom.text.starts_with('v'));
            let is_number = joint > digits
                && atom.text.as_bytes()[digits..joint].iter().all(u8::is_ascii_digit);
            atom.release = is_number.then_some((digits, atom.text.len()));
        }
    }

    /// Takes what belongs to a name though it is no letter: `C++`, `C#`, `operator<<`.
    fn take_suffix(&mut self) {
        let first = self.text.as_bytes().get(self.word.end);
        if !first.is_some_and(u8::is_ascii_punctuation) {
            return;
        }
        let rest = &self.text[self.word.end..];
        let suffix = match self.word.text.as_str() {
            "operator" => operator_symbols(rest),
            "c" | "f" | "j" if rest.starts_with('#') && !starts_with_word(&rest[1..]) => "#",
            _ if rest.starts_with("++") && !rest.starts_with("+++") => "++",
            _ => "",
        };
        if suffix.is_empty() || self.atom.end != self.word.end {
            return;
        }
        self.scratch.clear();
        push_capped(&mut self.scratch, &self.word.text);
        push_capped(&mut self.scratch, suffix);
        push_capped(&mut self.atom.text, suffix);
        self.atom.end += suffix.len();
        self.atom.looks_like_identifier = true;
        emit(
            self.each,
            &self.scratch,
            Kind::Whole,
            (self.word.start, self.atom.end),
            self.position,
        );
    }

    fn end_chain(&mut self) {
        self.end_atom();
        self.separator = None;
        self.atom.words = 0;
    }

    fn end_atom(&mut self) {
        let atom = &self.atom;
        if atom.words == 0 {
            return;
        }
        let span = (atom.start, atom.end);
        if let Some((start, end)) = atom.release
            && end - start < atom.text.len()
        {
            emit(self.each, &atom.text[start..end], Kind::Whole, span, atom.position);
        }
        // Who looks for a name may not know what stands before it: `tcp_syncookies` of `net.ipv4.tcp_syncookies`.
        let mut from = 0;
        for name in atom.text.as_bytes().split(|byte| *byte == b'.') {
            let end = from + name.len();
            if name.len() < atom.text.len() && name.contains(&b'_') {
                emit(self.each, &atom.text[from..end], Kind::Whole, span, atom.position);
            }
            from = end + 1;
        }
        if atom.words > 1 || atom.text.as_bytes().first() == Some(&b'_') {
            let kind = if atom.looks_like_identifier { Kind::Whole } else { Kind::Joined };
            emit(self.each, &atom.text, kind, span, atom.position);
        }
        if let Some(separator) = self.separator {
            self.emit_pair(separator);
        }
    }

    fn emit_pair(&mut self, separator: &str) {
        self.scratch.clear();
        push_capped(&mut self.scratch, &self.previous.text);
        push_capped(&mut self.scratch, separator);
        push_capped(&mut self.scratch, &self.atom.text);
        emit(
            self.each,
            &self.scratch,
            Kind::Pair,
            (self.previous.start, self.atom.end),
            self.previous.position,
        );
    }

    fn take_glyphs(&mut self, start: usize) -> usize {
        let mut previous: Option<(usize, char)> = None;
        let mut has_pair = false;
        let mut end = start;
        for (at, character) in self.text[start..].char_indices() {
            let folded = fold(character);
            match folded.class {
                Class::Mark => continue,
                Class::Glyph => {}
                _ => break,
            }
            end = start + at + character.len_utf8();
            if let Some((from, first)) = previous {
                self.emit_glyphs([Some(first), Some(folded.first)], (from, end), self.position - 1);
                has_pair = true;
            }
            previous = Some((start + at, folded.first));
            self.position += 1;
        }
        if let (false, Some((from, only))) = (has_pair, previous) {
            self.emit_glyphs([Some(only), None], (from, end), self.position - 1);
        }
        end
    }

    fn emit_glyphs(&mut self, glyphs: [Option<char>; 2], span: (usize, usize), position: u32) {
        self.scratch.clear();
        self.scratch.extend(glyphs.into_iter().flatten());
        emit(self.each, &self.scratch, Kind::Glyphs, span, position);
    }
}

fn emit(
    each: &mut dyn FnMut(&Token<'_>),
    text: &str,
    kind: Kind,
    (start, end): (usize, usize),
    position: u32,
) {
    each(&Token { text, kind, start, end, position });
}

fn push_capped(text: &mut String, more: &str) {
    let room = TOKEN_BYTES.saturating_sub(text.len());
    text.push_str(&more[..more.floor_char_boundary(room)]);
}

fn operator_symbols(rest: &str) -> &str {
    let count = rest.bytes().take(3).take_while(|byte| b"<>=!+-*/%&|^~,".contains(byte)).count();
    match count {
        0 if rest.starts_with("()") || rest.starts_with("[]") => &rest[..2],
        count => &rest[..count],
    }
}

fn starts_with_word(rest: &str) -> bool {
    rest.starts_with(|character: char| {
        matches!(fold(character).class, Class::Letter | Class::Digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    fn check(text: &str, expected: &str) {
        let mut found: Vec<String> = Vec::new();
        tokens(text, &mut |token| {
            assert!(
                text.is_char_boundary(token.start)
                    && text.is_char_boundary(token.end)
                    && token.start < token.end
            );
            found.push(if token.kind == Kind::Joined {
                token.text.to_string() + "?"
            } else {
                token.text.to_string()
            });
        });
        assert_eq!(found.join(" "), expected, "{text}");
    }

    #[test]
    fn words() {
        check("", "");
        check(" -- ... ", "");
        check("Send DTMF string.", "send dtmf string");
        check("the user's guide, don’t", "the user guide don");
        check("Größe e\u{301}t\u{e9}", "grosse ete");
    }

    #[test]
    fn plain_words_are_taken_as_any_other() {
        let pieces = [
            "word", "x", "Word", "operator", "v1", "'s", "_", "-", ".", "::", "(1)", ",", " ", " ",
            "\n", "é", "c++",
        ];
        let all = |text: &str| {
            let mut found = Vec::new();
            let words = tokens(text, &mut |token| {
                found.push((token.text.to_string(), token.kind, token.start, token.position));
            });
            (found, words)
        };
        let mut state = 7u32;
        for _ in 0..5_000 {
            let mut text = String::new();
            for _ in 0..9 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                text.push_str(pieces[(state >> 16) as usize % pieces.len()]);
            }
            // A tab is a blank for which there is no quick way.
            assert_eq!(all(&text), all(&text.replace([' ', '\n'], "\t")), "{text:?}");
        }
    }

    #[test]
    fn identifiers() {
        check("UPDATE_CALL_DATA", "update call data update_call_data");
        check("std::unique_ptr", "std unique ptr unique_ptr std::unique_ptr");
        check("__declspec(dllexport)", "declspec dllexport __declspec");
        check("operator<<(ostream", "operator operator<< ostream");
        check(
            "operator() operator[] operator ==",
            "operator operator() operator operator[] operator",
        );
        check("C4996", "c4996");
        check("0x80070005", "0x80070005");
        check("--no-verify", "no verify no-verify");
        check("third-party", "third party third-party?");
        check("end-to-end", "end to end end-to-end");
        check("Content-Type", "content type content-type");
        check("UTF-8", "utf 8 utf-8");
        check("C++ C# F#, i++;", "c c++ c c# f f# i i++");
        check("C++17", "c c++ 17 c++17");
        check("std::vector<int>", "std vector int std::vector vector<int");
        check(
            "MyClass::doSomething",
            "myclass my class dosomething do something myclass::dosomething",
        );
        check("foo.h main()", "foo h main foo.h");
        check(
            "net.ipv4.tcp_syncookies",
            "net ipv4 tcp syncookies tcp_syncookies net.ipv4.tcp_syncookies",
        );
        check("sql_mode.md", "sql mode md sql_mode sql_mode.md");
        check("os._exit", "os exit _exit os._exit");
    }

    #[test]
    fn paths() {
        check("/finesse/api/Dialog", "finesse api dialog finesse/api api/dialog");
        check("https://<FQDN>/finesse/api", "https fqdn finesse api finesse/api");
        check("C:\\Temp", "c temp");
        check("localhost:8080", "localhost 8080 localhost:8080");
    }

    #[test]
    fn releases() {
        check("Release 12.5(1)", "release 12.5 12.5(1)");
        check("v12.5", "v12 12.5 v12.5");
        check("15.0(1)SU2", "su2 15.0 15.0(1)su2");
        check("10.0.19041.0", "19041 10.0 10.0.19041.0");
        check("3.14", "3.14");
        check("see page 12.", "see page 12");
    }

    #[test]
    fn camel_case() {
        check("HTTPServer", "httpserver http server");
        check("APIs iPhone UTF8String vSphere", "apis iphone phone utf8string vsphere sphere");
        check("SetWindowText", "setwindowtext set window text");
    }

    #[test]
    fn scripts_without_blanks() {
        check("配置文件", "配置 置文 文件");
        check("在 C语言中", "在 c 语言 言中");
        check("設 カタカナ・한국어", "設 カタ タカ カナ 한국 국어");
    }

    #[test]
    fn positions_count_words_and_glyphs() {
        for (text, count) in [("one two-three 四五", 5), ("x 12.5(1)", 4), ("", 0)] {
            assert_eq!(tokens(text, &mut |_| ()), count);
        }
    }

    #[test]
    fn long_runs_are_cut_and_cost_linear_time() {
        for unit in
            ["a", "aB", "a_", "a.", "_", "1.", "a::", "漢", "é", "c++", "\u{301}", "-", "'s"]
        {
            let text = unit.repeat(200_000);
            tokens(&text, &mut |token| {
                assert!(token.text.len() <= TOKEN_BYTES && !token.text.is_empty());
            });
        }
    }
}
