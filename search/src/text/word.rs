//! A run of letters and digits, folded, with the places where camelCase parts it.
//!
//! In: a text and where a word begins in it. Out: the word. Knows nothing of what stands around it.

use alloc::string::String;

use super::TOKEN_BYTES;
use crate::fold::{Class, Folded, fold};

#[derive(Debug, Default, PartialEq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Where the parts of camelCase begin, after the first; the first few are enough.
    pub(super) cuts: [u8; 8],
    pub(super) cut_count: usize,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) starts_with_capital: bool,
    pub(super) has_digit: bool,
    pub(super) has_letter: bool,
}

impl Word {
    pub(super) fn read(&mut self, text: &str, start: usize) {
        *self = Word {
            text: core::mem::take(&mut self.text),
            start,
            end: text.len(),
            ..Word::default()
        };
        self.text.clear();
        match ascii_word(text, start) {
            Some(run) => self.read_ascii(run),
            None => self.read_any(&text[start..]),
        }
    }

    fn read_any(&mut self, text: &str) {
        let mut capitals = 0;
        let mut follows_small = false;
        for (at, character) in text.char_indices() {
            let folded = fold(character);
            match folded.class {
                Class::Mark => continue,
                Class::Letter => self.has_letter = true,
                Class::Digit => self.has_digit = true,
                Class::Gap | Class::Glyph => {
                    self.end = self.start + at;
                    break;
                }
            }
            self.starts_with_capital |= at == 0 && character.is_ascii_uppercase();
            self.cut_camel_case(character, self.text.len(), capitals, follows_small);
            capitals = if character.is_ascii_uppercase() { capitals + 1 } else { 0 };
            follows_small = character.is_ascii_lowercase();
            self.push(folded);
        }
        self.join_plural_of_capitals();
    }

    /// The same, for most words of most texts.
    fn read_ascii(&mut self, run: &str) {
        self.end = self.start + run.len();
        self.text.push_str(&run[..run.len().min(TOKEN_BYTES)]);
        if run.bytes().all(|byte| byte.is_ascii_lowercase()) {
            self.has_letter = true;
            return;
        }
        self.text.make_ascii_lowercase();
        self.starts_with_capital = run.as_bytes()[0].is_ascii_uppercase();
        let (mut capitals, mut follows_small) = (0, false);
        for (at, byte) in run.bytes().enumerate() {
            self.cut_camel_case(char::from(byte), at, capitals, follows_small);
            capitals = if byte.is_ascii_uppercase() { capitals + 1 } else { 0 };
            follows_small = byte.is_ascii_lowercase();
            self.has_letter |= byte.is_ascii_alphabetic();
            self.has_digit |= byte.is_ascii_digit();
        }
        self.join_plural_of_capitals();
    }

    /// Before the capital of `doSomething`, before the last capital of `HTTPServer`; `at` bytes of the folded word stand before.
    fn cut_camel_case(&mut self, character: char, at: usize, capitals: u32, follows_small: bool) {
        if follows_small && character.is_ascii_uppercase() {
            self.cut_at(at);
        } else if capitals > 1 && character.is_ascii_lowercase() {
            self.cut_at(at - 1);
        }
    }

    fn cut_at(&mut self, at: usize) {
        if self.cut_count < self.cuts.len() && at < TOKEN_BYTES - 1 {
            self.cuts[self.cut_count] = at as u8;
            self.cut_count += 1;
        }
    }

    /// `APIs` is one part, not `AP` and `Is`.
    fn join_plural_of_capitals(&mut self) {
        if let Some(last) = self.cut_count.checked_sub(1)
            && usize::from(self.cuts[last]) + 2 == self.text.len()
            && self.text.ends_with('s')
        {
            self.cut_count = last;
        }
    }

    fn push(&mut self, folded: Folded) {
        for letter in [Some(folded.first), folded.second].into_iter().flatten() {
            if self.text.len() + letter.len_utf8() <= TOKEN_BYTES {
                self.text.push(letter);
            }
        }
    }

    /// Where a part stands in the text: exactly where folding kept every length, else the whole word.
    pub(super) fn span_of(&self, from: usize, to: usize) -> (usize, usize) {
        let is_exact = self.end - self.start == self.text.len();
        if is_exact { (self.start + from, self.start + to) } else { (self.start, self.end) }
    }

    pub(super) fn is_short_number(&self) -> bool {
        !self.has_letter && self.text.len() <= 3
    }
}

/// The word that begins at `start`, if that is plain ASCII and what follows is too.
fn ascii_word(text: &str, start: usize) -> Option<&str> {
    let rest = &text.as_bytes()[start..];
    let bytes = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    rest.get(bytes).is_none_or(u8::is_ascii).then(|| &text[start..start + bytes])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ways of reading a word say the same.
    fn check(text: &str) {
        let (mut quick, mut slow) = (Word::default(), Word::default());
        quick.read(text, 0);
        slow.end = text.len();
        slow.read_any(text);
        assert_eq!(quick, slow, "{text}");
    }

    #[test]
    fn plain_words_are_read_as_any_other() {
        for text in
            ["word next", "x", "XMLHttpRequest(", "APIs.", "c4996", "42,", "iOS9Beta2x", "aB"]
        {
            check(text);
        }
        for length in 60..70 {
            let lower = "x".repeat(length);
            for end in ["", "Y", "Yz", "YZa", "Ys", "YZs", "9"] {
                check(&(lower.clone() + end));
                check(&(lower.to_uppercase() + end + " "));
            }
        }
    }
}
