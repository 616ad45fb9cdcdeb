//! A stretch of Markdown that remembers which line of the file each of its lines came from.
//!
//! In: lines with their numbers. Out: one string to parse, and the number of any line of it. Knows no
//! Markdown; also measures how heavy a text is, which is what chunks are cut by.

use std::ops::Range;

/// One line of the source file, without its line end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line<'a> {
    /// 1-based.
    pub(super) number: u32,
    pub(super) text: &'a str,
}

impl Line<'_> {
    pub(super) fn is_blank(&self) -> bool {
        is_blank(self.text)
    }
}

/// Lines joined, each ended by `\n`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Text {
    pub(super) string: String,
    /// One number per line.
    pub(super) numbers: Vec<u32>,
}

impl Text {
    /// The lines of a whole source, for tests.
    #[cfg(test)]
    pub(super) fn of(markdown: &str) -> Text {
        let mut text = Text::default();
        (1..).zip(markdown.lines()).for_each(|(number, line)| text.push(line, number));
        text
    }

    pub(super) fn push(&mut self, line: &str, number: u32) {
        self.string.push_str(line);
        self.string.push('\n');
        self.numbers.push(number);
    }

    pub(super) fn append(&mut self, other: &Text) {
        self.string.push_str(&other.string);
        self.numbers.extend_from_slice(&other.numbers);
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let numbers = self.numbers.iter().copied();
        split_lines(&self.string).zip(numbers).map(|(text, number)| Line { number, text })
    }

    /// Byte offset of the start of every line, and of the end.
    pub(super) fn starts(&self) -> Vec<usize> {
        let ends = memchr::memchr_iter(b'\n', self.string.as_bytes());
        std::iter::once(0).chain(ends.map(|at| at + 1)).collect()
    }

    /// The lines of `range`, given the result of [`Text::starts`].
    pub(super) fn slice(&self, starts: &[usize], range: Range<usize>) -> Text {
        let string = self.string[starts[range.start]..starts[range.end]].to_string();
        Text { string, numbers: self.numbers[range].to_vec() }
    }

    pub(super) fn is_blank(&self) -> bool {
        is_blank(&self.string)
    }

    /// First and last line that hold anything.
    pub(super) fn span(&self) -> (u32, u32) {
        let mut filled = self.lines().filter(|line| !line.is_blank()).map(|line| line.number);
        let first = filled.next().or(self.numbers.first().copied()).unwrap_or(1);
        (first, filled.last().unwrap_or(first))
    }
}

/// Lines as `split_terminator` gives them; texts are gone through by lines many times.
pub(super) fn split_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes());
    let last = (!text.is_empty() && !text.ends_with('\n')).then_some(text.len());
    ends.chain(last).map(move |end| {
        let line = &text[start..end];
        start = end + 1;
        line
    })
}

pub(super) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_whitespace())
}

/// Columns of blanks at the start of a line; a tab leads to the next multiple of four.
pub(super) fn indent(line: &str) -> usize {
    let mut columns = 0;
    for byte in line.bytes() {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 4 - columns % 4,
            _ => break,
        }
    }
    columns
}

/// Words of a text: runs that hold a letter or digit; two characters of Chinese, Japanese or Korean are about
/// one word.
pub(super) fn words(text: &str) -> usize {
    measure(text).words
}

/// What a text weighs when chunks are cut: its words, but long unbroken strings (keys, paths, packed data) count by
/// length, else one line of five megabytes would weigh one word.
pub(super) fn weight(text: &str) -> usize {
    const BYTES_PER_WORD: usize = 16;
    let measure = measure(text);
    measure.words.max(measure.filled_bytes / BYTES_PER_WORD)
}

struct Measure {
    words: usize,
    filled_bytes: usize,
}

fn measure(text: &str) -> Measure {
    let mut measure = Measure { words: 0, filled_bytes: 0 };
    let (mut wide, mut inside) = (0, false);
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at).copied() {
        if byte < 0x80 {
            // Most text is ASCII, and no processor foretells where its words end: no branch depends on that.
            let class = ASCII[byte as usize];
            let (is_letter, is_filled) = (class == Class::Letter, class != Class::Blank);
            measure.words += usize::from(is_letter & !inside);
            measure.filled_bytes += usize::from(is_filled);
            inside = is_letter | (inside & is_filled);
            at += 1;
            continue;
        }
        let (class, length) = decode(text, at);
        at += length;
        match class {
            Class::Blank => inside = false,
            Class::Mark => measure.filled_bytes += length,
            Class::Wide => {
                wide += 1;
                inside = false;
            }
            Class::Letter => {
                measure.words += usize::from(!inside);
                measure.filled_bytes += length;
                inside = true;
            }
        }
    }
    measure.words += usize::div_ceil(wide, 2);
    measure
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Blank,
    Mark,
    Letter,
    /// Half a word by itself.
    Wide,
}

const ASCII: [Class; 128] = {
    let mut classes = [Class::Mark; 128];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_whitespace() {
            classes[byte] = Class::Blank;
        } else if (byte as u8).is_ascii_alphanumeric() {
            classes[byte] = Class::Letter;
        }
        byte += 1;
    }
    classes
};

fn decode(text: &str, at: usize) -> (Class, usize) {
    let symbol = text[at..].chars().next().unwrap_or(' ');
    let class = match symbol {
        _ if is_wide(symbol) => Class::Wide,
        _ if symbol.is_whitespace() => Class::Blank,
        _ if symbol.is_alphanumeric() => Class::Letter,
        _ => Class::Mark,
    };
    (class, symbol.len_utf8())
}

fn is_wide(symbol: char) -> bool {
    matches!(symbol, '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_runs_with_letters() {
        let check = |text: &str, expected: usize| assert_eq!(words(text), expected, "{text}");
        check("", 0);
        check("one two-three, four!", 3);
        check("| a | --- | b |", 2);
        check("数据库", 2);
        check("TiDB 数据库", 3);
    }

    #[test]
    fn lines_end_in_line_ends() {
        for text in ["", "a", "a\n", "\n", "a\n\nb", "\n\n", "ä\nö"] {
            let expected: Vec<&str> = text.split_terminator('\n').collect();
            assert_eq!(split_lines(text).collect::<Vec<_>>(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_long_string_weighs_by_length() {
        assert_eq!(weight(&"x".repeat(1600)), 100);
        assert_eq!(weight(&"数".repeat(100)), 50);
    }

    #[test]
    fn slices_keep_their_numbers() {
        let mut text = Text::default();
        for (number, line) in [(3, "a"), (5, ""), (6, "b")] {
            text.push(line, number);
        }
        let slice = text.slice(&text.starts(), 1..3);
        assert_eq!((slice.string.as_str(), slice.span()), ("\nb\n", (6, 6)));
    }

    #[test]
    fn tabs_lead_to_the_next_stop() {
        assert_eq!((indent("\tx"), indent(" \tx"), indent("   x")), (4, 4, 3));
    }
}
