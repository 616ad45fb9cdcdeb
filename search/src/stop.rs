//! English words that say nothing about a passage. In: a folded word. Out: yes or no.
//!
//! A query drops them unless it is made of nothing else. The index keeps, for each of them, only the passages where it
//! weighs most ([`KEPT_POSTINGS`]): titles such as "The for statement" come first, and a query of stop words alone is
//! answered at a few bytes.

use alloc::string::String;
use alloc::vec::Vec;

/// How many postings of a stop word the index keeps: enough to answer, few enough to cost nothing.
pub(crate) const KEPT_POSTINGS: usize = 256;

const WORD_BYTES_MAX: usize = 7;
/// With what is left of `don't` and the like, and with their forms without a sign.
const WORDS: &str = " a about also an and any are aren as at be been but by can cant could couldn did didn didnt do does doesn \
    doesnt don dont for from had has hasn have haven how i if in into is isn isnt it its me my of on or our should shouldn so such \
    than that the their them then there these they this those to was wasn we were weren what when where which while who why will \
    with won wont would wouldn you your ";

/// What Chinese questions are asked by: such words stand in titles of questions, whatever these are about. Longer ones come before
/// those that they hold.
const QUESTIONS: &str = "有什么用 是什么意思 是什么 什么是 为什么 有什么 什么 怎么办 怎么样 怎么用 怎么 怎样 如何 有哪些 哪些 是否 有没有";

/// Where the words of each letter begin, with the blank before them; the list is in order.
#[cfg(not(target_arch = "wasm32"))]
const FIRST: [u16; 27] = {
    let words = WORDS.as_bytes();
    let mut first = [words.len() as u16; 27];
    let mut at = words.len() - 1;
    while at > 0 {
        at -= 1;
        if words[at] == b' ' {
            let mut letter = (words[at + 1] - b'a') as usize;
            // Letters without a word begin where the next one does.
            while letter < 26 && first[letter] as usize > at {
                first[letter] = at as u16;
                if letter == 0 {
                    break;
                }
                letter -= 1;
            }
        }
    }
    first
};

/// Whether a query may drop this folded word.
pub(crate) fn is_stop_word(word: &str) -> bool {
    word.len() <= WORD_BYTES_MAX
        && word.bytes().all(|byte| byte.is_ascii_lowercase())
        && is_listed(word.as_bytes())
}

/// The words of a letter: writers ask of every word of a library.
#[cfg(not(target_arch = "wasm32"))]
fn listed_under(letter: u8) -> &'static [u8] {
    let letter = usize::from(letter - b'a');
    let end = usize::from(FIRST[letter + 1]) + 1;
    &WORDS.as_bytes()[usize::from(FIRST[letter])..end.min(WORDS.len())]
}

/// All of them: the browser asks of a few words, and the table would be more bytes than it is worth.
#[cfg(target_arch = "wasm32")]
fn listed_under(_: u8) -> &'static [u8] {
    WORDS.as_bytes()
}

/// A query with blanks for the words that only ask.
pub(crate) fn without_questions(query: &str) -> String {
    let mut rest = Vec::from(query);
    for word in QUESTIONS.as_bytes().split(|byte| *byte == b' ') {
        while let Some(at) = rest.windows(word.len()).position(|window| window == word) {
            rest[at..at + word.len()].fill(b' ');
        }
    }
    String::from_utf8(rest).unwrap_or_default()
}

fn is_listed(word: &[u8]) -> bool {
    let Some(first) = word.first() else { return false };
    listed_under(*first).windows(word.len() + 2).any(|window| {
        window[0] == b' ' && window[word.len() + 1] == b' ' && &window[1..=word.len()] == word
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_words_only() {
        for word in WORDS.split_whitespace() {
            assert!(is_stop_word(word), "{word}");
        }
        assert!(WORDS.split_whitespace().is_sorted());
        for word in [
            "a", "the", "doesnt", "shouldn", "won", "your", "which", "should", "would", "about",
            "into",
        ] {
            assert!(is_stop_word(word), "{word}");
        }
        assert_eq!(without_questions("TiDB 为什么如何用?"), "TiDB                用?");
        for word in ["", " ", "th", "hat", "not", "new", "no", "a an", "thermometer", "你"] {
            assert!(!is_stop_word(word), "{word}");
        }
    }
}
