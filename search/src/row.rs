//! Words in a row: a text with nothing but its folded words, so that a phrase is found whatever stands between its words.
//!
//! In: plain text. Out: ` send dtmf string `, and where in the text each word stands. `C++` and `C#` keep their signs; every
//! character of a script without blanks is a word. Knows no stems and no fields.

use alloc::string::String;
use alloc::vec::Vec;

use crate::fold::{Class, fold};

/// A text as its words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// Each word between single blanks, one of them first and one last; empty if there are no words.
    text: String,
    /// Where each word begins in the row, and where it stands in the text.
    words: Vec<(usize, usize, usize)>,
}

impl Row {
    pub(crate) fn of(text: &str) -> Row {
        let mut row = Row::default();
        let mut is_inside = false;
        for (at, character) in text.char_indices() {
            let folded = fold(character);
            let end = at + character.len_utf8();
            is_inside = match folded.class {
                Class::Mark => is_inside,
                Class::Gap => is_inside && row.add_sign(text, at),
                Class::Glyph => {
                    row.add_word(at);
                    row.add(folded.first, end);
                    false
                }
                Class::Letter | Class::Digit => {
                    if !is_inside {
                        row.add_word(at);
                    }
                    row.add(folded.first, end);
                    folded.second.into_iter().for_each(|second| row.add(second, end));
                    true
                }
            };
        }
        if !row.text.is_empty() {
            row.text.push(' ');
        }
        row
    }

    fn add_word(&mut self, start: usize) {
        self.text.push(' ');
        self.words.push((self.text.len(), start, start));
    }

    fn add(&mut self, letter: char, end: usize) {
        self.text.push(letter);
        self.words.iter_mut().next_back().into_iter().for_each(|word| word.2 = end);
    }

    /// Takes the sign of a name such as `C++`; says whether the word may go on.
    fn add_sign(&mut self, text: &str, at: usize) -> bool {
        let is_sign = text[at..].starts_with('#') || text[at..].starts_with("++");
        let is_second = text[at..].starts_with('+') && self.text.ends_with('+');
        if is_sign || is_second {
            self.add(char::from(text.as_bytes()[at]), at + 1);
        }
        is_sign
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Its words.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.text.split(' ').filter(|word| !word.is_empty())
    }

    /// Whether another's words stand here in a row.
    pub(crate) fn holds(&self, phrase: &Row) -> bool {
        self.find(phrase, 0).is_some()
    }

    /// Where in the text another's words stand in a row.
    pub(crate) fn spans(&self, phrase: &Row) -> Vec<(usize, usize)> {
        let mut spans = Vec::new();
        let mut from = 0;
        while let Some(at) = self.find(phrase, from) {
            let first = self.words.partition_point(|word| word.0 <= at);
            let last = first + phrase.words.len() - 1;
            spans.push((self.words[first].1, self.words[last].2));
            from = at + phrase.text.len() - 1;
        }
        spans
    }

    /// A blank is shared by two phrases side by side.
    fn find(&self, phrase: &Row, from: usize) -> Option<usize> {
        let (text, wanted) = (self.text.as_bytes().get(from..)?, phrase.text.as_bytes());
        if wanted.is_empty() {
            return None;
        }
        text.windows(wanted.len()).position(|window| window == wanted).map(|at| from + at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(Row::of(text).text.trim(), expected, "{text}");
    }

    #[test]
    fn texts_become_rows() {
        check("", "");
        check(" -- ", "");
        check("Send DTMF-String, now.", "send dtmf string now");
        check("UPDATE_CALL_DATA 12.5(1)", "update call data 12 5 1");
        check("C++ and C#, i++ a+b c+", "c++ and c# i++ a b c");
        check("Größe e\u{301}t\u{e9}", "grosse ete");
        check("在 C语言", "在 c 语 言");
    }

    fn found(text: &str, phrase: &str) -> Vec<String> {
        let spans = Row::of(text).spans(&Row::of(phrase));
        spans.into_iter().map(|(start, end)| text[start..end].into()).collect()
    }

    #[test]
    fn phrases_are_found() {
        assert_eq!(found("Do send\n**DTMF** strings.", "send dtmf"), ["send\n**DTMF"]);
        assert_eq!(found("a b a b a", "a b"), ["a b", "a b"]);
        assert_eq!(found("x x x", "x"), ["x", "x", "x"]);
        assert_eq!(found("sends dtmf", "send dtmf"), [""; 0]);
        assert_eq!(found("c++ c", "c"), ["c"]);
        assert_eq!(found("修改配置文件后", "配置文件"), ["配置文件"]);
        assert_eq!(found("anything", "?!"), [""; 0]);
        assert_eq!(found("Größe", "grosse"), ["Größe"]);
    }
}
