//! How much of a text an answer may hold. Models read tokens: their number is estimated, rather too high than too low.
//!
//! In: texts. Out: how many tokens they are about, and where to cut. Knows no tool.

use serde::Serialize;

/// Bytes of plain text that make about one token.
const TOKEN_BYTES: usize = 4;

/// About how many tokens a text is: four bytes of ASCII each, and one for every other sign.
pub(crate) fn tokens(text: &str) -> usize {
    let wide = text.chars().filter(|c| !c.is_ascii()).count();
    let ascii = text.bytes().filter(u8::is_ascii).count();
    ascii.div_ceil(TOKEN_BYTES) + wide
}

/// About how many tokens a part of an answer is.
pub(crate) fn cost(part: &impl Serialize) -> usize {
    tokens(&serde_json::to_string(part).unwrap_or_default())
}

/// What is left of an answer's room.
pub(crate) struct Budget {
    left: usize,
    is_touched: bool,
}

impl Budget {
    pub(crate) fn new(tokens: usize) -> Budget {
        Budget { left: tokens, is_touched: false }
    }

    /// Takes the room for a part of the answer. The first part always has room, so that every answer goes on.
    pub(crate) fn take(&mut self, tokens: usize) -> bool {
        if tokens > self.left && self.is_touched {
            return false;
        }
        self.is_touched = true;
        self.left = self.left.saturating_sub(tokens);
        true
    }

    pub(crate) fn left(&self) -> usize {
        self.left
    }
}

/// The beginning of a text that is about so many tokens; cut behind a line, or else a word.
pub(crate) fn beginning(text: &str, limit: usize) -> &str {
    if tokens(text) <= limit {
        return text;
    }
    let mut quarters = 0;
    let fits = |(_, c): &(usize, char)| {
        quarters += if c.is_ascii() { 1 } else { TOKEN_BYTES };
        quarters <= limit * TOKEN_BYTES
    };
    let end = text.char_indices().take_while(fits).last().map_or(0, |(at, c)| at + c.len_utf8());
    let cut = &text[..end];
    let line = cut.rfind('\n').filter(|at| *at > end / 2);
    let word = || cut.rfind(' ').filter(|at| *at > end / 2);
    // Something is given even where there is room for nothing: else a reader would never come to the end.
    let first = text.chars().next().map_or(0, char::len_utf8);
    &text[..line.or_else(word).map_or(end, |at| at + 1).max(first)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_estimated() {
        assert_eq!(tokens(""), 0);
        assert_eq!(tokens("abcd"), 1);
        assert_eq!(tokens("abcde"), 2);
        assert_eq!(tokens("交换机"), 3);
    }

    fn check_beginning(text: &str, limit: usize, expected: &str) {
        assert_eq!(beginning(text, limit), expected);
    }

    #[test]
    fn texts_are_cut_behind_lines_and_words() {
        check_beginning("short", 10, "short");
        check_beginning("one two three four", 3, "one two ");
        check_beginning("line one\nline two", 3, "line one\n");
        check_beginning("交换机交换机", 2, "交换");
        check_beginning("交换机", 0, "交");
        check_beginning("unbreakablelongword", 2, "unbreaka");
    }

    #[test]
    fn the_first_part_always_has_room() {
        let mut budget = Budget::new(10);
        assert!(budget.take(100));
        assert!(!budget.take(1));
        let mut budget = Budget::new(10);
        assert!(budget.take(4) && budget.take(6) && !budget.take(1));
    }
}
