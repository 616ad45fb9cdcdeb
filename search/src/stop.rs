//! English words that say nothing about a passage. In: a folded word. Out: yes or no.
//!
//! A query drops them unless it is made of nothing else. The index keeps, for each of them, only the passages where it
//! weighs most ([`KEPT_POSTINGS`]): titles such as "The for statement" come first, and a query of stop words alone is
//! answered at a few bytes.

/// How many postings of a stop word the index keeps: enough to answer, few enough to cost nothing.
pub(crate) const KEPT_POSTINGS: usize = 256;

const WORDS: &str = " a about also an and any are as at be been but by can could did do does for from had has have how i if in \
    into is it its me my of on or our should so such than that the their them then there these they this those to was we were \
    what when where which while who why will with would you your ";

/// Whether a query may drop this folded word.
pub(crate) fn is_stop_word(word: &str) -> bool {
    word.len() <= 6
        && word.bytes().all(|byte| byte.is_ascii_lowercase())
        && is_listed(word.as_bytes())
}

fn is_listed(word: &[u8]) -> bool {
    WORDS.as_bytes().windows(word.len() + 2).any(|window| {
        window[0] == b' ' && window[word.len() + 1] == b' ' && &window[1..=word.len()] == word
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_words_only() {
        for word in ["a", "the", "your", "which", "should", "would", "about", "into"] {
            assert!(is_stop_word(word), "{word}");
        }
        for word in ["", " ", "th", "hat", "not", "new", "no", "a an", "thermometer", "你"] {
            assert!(!is_stop_word(word), "{word}");
        }
    }
}
