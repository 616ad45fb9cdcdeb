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
    word.len() <= 6
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
        for word in ["a", "the", "your", "which", "should", "would", "about", "into"] {
            assert!(is_stop_word(word), "{word}");
        }
        for word in ["", " ", "th", "hat", "not", "new", "no", "a an", "thermometer", "你"] {
            assert!(!is_stop_word(word), "{word}");
        }
    }
}
