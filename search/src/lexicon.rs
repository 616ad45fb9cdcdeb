//! The words of the library as people type them: by their beginnings and by their ends, for words that were mistyped, and the most
//! frequent ones for each short beginning, for words that are still being typed. They stand behind all terms, in the same shards.
//!
//! ```text
//! 255 1 bytes 1 and 2, length, the other bytes, frequency                     a word by its beginning
//! 255 2 the same of the word read backwards                                   a word by its end
//! 255 3 beginning                                                             its surfaces are the words, most frequent first
//! ```
//!
//! In: terms with their surfaces and postings. Out: keys without postings. Knows no passages. A word counts if it stands in two
//! passages at least, so that mistakes of the library itself correct nobody; it depends on its own term alone.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::beside::is_beside;
use crate::bytes::{Cursor, put_counted, put_varint};
use crate::hash::Table;
use crate::merge::MergedTerm;
use crate::stop::is_stop_word;
use crate::weights::form_code;

/// No UTF-8 has this byte: such keys are behind all words.
const MARK: u8 = 255;
const BY_BEGINNING: u8 = 1;
const BY_END: u8 = 2;
const COMPLETIONS: u8 = 3;

/// Shorter words are mistyped into one another.
pub(crate) const LETTERS_MIN: usize = 4;
/// Longer ones are names that nobody types.
const LETTERS_MAX: usize = 40;
const PASSAGES_MIN: u32 = 2;
/// How many bytes are told apart before the length.
const HEAD_BYTES: usize = 2;

/// The longest beginnings that have a list.
const BEGINNING_BYTES_MAX: usize = 4;
/// Beginnings of fewer words need none.
const WORDS_MIN: usize = 17;
/// How many words a list has.
const COMPLETIONS_MAX: usize = 8;

/// Whether it is a word that can be mistyped, not a number or a code.
pub(crate) fn is_word(text: &str) -> bool {
    (LETTERS_MIN..=LETTERS_MAX).contains(&text.len()) && text.chars().all(char::is_alphabetic)
}

/// The first key of words that begin (or end) like this one and have this length.
pub(crate) fn words_like(word: &[u8], is_backwards: bool, length: usize) -> Vec<u8> {
    let order = if is_backwards { BY_END } else { BY_BEGINNING };
    let mut key = Vec::from([MARK, order]);
    if is_backwards {
        key.extend(word.iter().rev().take(HEAD_BYTES));
    } else {
        key.extend(word.iter().take(HEAD_BYTES));
    }
    key.push(length as u8);
    key
}

/// The word of such a key and its frequency, if it is one.
pub(crate) fn word_of(key: &[u8]) -> Option<(Vec<u8>, u8)> {
    let [MARK, order, first, second, _, rest @ .., frequency] = key else { return None };
    let mut word = Vec::from([*first, *second]);
    word.extend_from_slice(rest);
    if *order == BY_END {
        word.reverse();
    }
    (*order < COMPLETIONS).then_some((word, *frequency))
}

/// The key of the most frequent words that begin so.
pub(crate) fn completions_of(beginning: &[u8]) -> Vec<u8> {
    let mut key = Vec::from([MARK, COMPLETIONS]);
    key.extend_from_slice(beginning);
    key
}

/// How many words begin so, and the most frequent of them, each with the number of its passages.
type Beginning<'a> = (usize, Vec<(u32, &'a [u8])>);

/// Gathers words, term by term.
#[derive(Default)]
pub(crate) struct Lexicon {
    /// With the number of their passages.
    words: Vec<(Box<[u8]>, u32)>,
}

/// A term's words as they are kept: `{ word(counted) passages(varint) }`. What stands beside a word is none of it.
pub(crate) fn typed(term: &MergedTerm<'_>) -> Vec<u8> {
    if is_beside(term.key) {
        return Vec::new();
    }
    let mut passages = [0u32; 8];
    for posting in &term.postings {
        passages[usize::from(posting.form & 7)] += 1;
    }
    let mut typed = Vec::new();
    for (rank, surface) in term.surfaces.iter().enumerate().take(6) {
        let passages = passages[usize::from(form_code(rank))];
        if passages >= PASSAGES_MIN {
            put_counted(&mut typed, surface);
            put_varint(&mut typed, passages);
        }
    }
    typed
}

impl Lexicon {
    /// Adds words that were kept; nothing if they are damaged.
    pub(crate) fn add(&mut self, typed: &[u8]) -> Option<()> {
        let mut cursor = Cursor::new(typed);
        while !cursor.is_at_end() {
            self.words.push((cursor.counted()?.into(), cursor.varint()?));
        }
        Some(())
    }

    /// Calls `each` for every key with its surfaces, in order.
    pub(crate) fn finish<E>(
        self,
        mut each: impl FnMut(&[u8], &[&[u8]]) -> Result<(), E>,
    ) -> Result<(), E> {
        for is_backwards in [false, true] {
            let words =
                self.words.iter().filter(|(word, _)| core::str::from_utf8(word).is_ok_and(is_word));
            let mut keys: Vec<Vec<u8>> =
                words.map(|(word, passages)| key(word, is_backwards, *passages)).collect();
            keys.sort_unstable();
            keys.iter().try_for_each(|key| each(key, &[key]))?;
        }
        let mut lists: Table<&[u8], Beginning<'_>> = Table::default();
        for (word, passages) in &self.words {
            let Ok(text) = core::str::from_utf8(word) else { continue };
            let is_typed = !is_stop_word(text) && text.chars().all(char::is_alphanumeric);
            for length in (1..=BEGINNING_BYTES_MAX.min(word.len()))
                .filter(|length| is_typed && text.is_char_boundary(*length))
            {
                let (count, list) = lists.entry(&word[..length]).or_default();
                *count += 1;
                let is_before =
                    |(other, known): &(u32, &[u8])| (*other, &word[..]) >= (*passages, known);
                let at = list.iter().position(|known| !is_before(known)).unwrap_or(list.len());
                list.insert(at, (*passages, word));
                list.truncate(COMPLETIONS_MAX);
            }
        }
        let mut lists: Vec<_> =
            lists.into_iter().filter(|(_, (count, _))| *count >= WORDS_MIN).collect();
        lists.sort_unstable();
        for (beginning, (_, list)) in lists {
            let words: Vec<&[u8]> = list.into_iter().map(|(_, word)| word).collect();
            each(&completions_of(beginning), &words)?;
        }
        Ok(())
    }
}

fn key(word: &[u8], is_backwards: bool, passages: u32) -> Vec<u8> {
    let mut key = words_like(word, is_backwards, word.len());
    if is_backwards {
        key.extend(word.iter().rev().skip(HEAD_BYTES));
    } else {
        key.extend(word.iter().skip(HEAD_BYTES));
    }
    key.push(frequency(passages));
    key
}

/// One byte: four steps for each doubling.
fn frequency(passages: u32) -> u8 {
    let bits = u32::BITS - passages.leading_zeros();
    let next = if bits > 2 { passages >> (bits - 3) & 3 } else { 0 };
    (bits * 4 + next) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn keys_give_their_words_back() {
        for word in [&b"snapshot"[..], b"abcd", "größe".as_bytes()] {
            for is_backwards in [false, true] {
                let key = key(word, is_backwards, 9);
                assert_eq!(word_of(&key), Some((Vec::from(word), frequency(9))));
                assert!(key.starts_with(&words_like(word, is_backwards, word.len())));
            }
        }
        assert_eq!(word_of(&completions_of(b"snap")), None);
        assert_eq!(word_of(b"snapshot"), None);
        assert!([2, 3, 4, 5, 7, 8, 100, 90_000].map(frequency).is_sorted());
    }

    #[test]
    fn frequent_words_complete_their_beginnings() {
        let mut lexicon = Lexicon::default();
        for count in 0..20u8 {
            let word = [b's', b'n', b'a' + count];
            lexicon.words.push((word.into(), u32::from(count % 7)));
        }
        let mut found = vec![];
        let keep = |key: &[u8], words: &[&[u8]]| {
            found.push((
                Vec::from(key),
                words.iter().map(|word| Vec::from(*word)).collect::<Vec<_>>(),
            ));
            Ok::<(), ()>(())
        };
        lexicon.finish(keep).unwrap();
        let keys: Vec<Vec<u8>> = found.iter().map(|(key, _)| key.clone()).collect();
        assert_eq!(keys, [completions_of(b"s"), completions_of(b"sn")]);
        assert_eq!(found[0].1[..3], [b"sng".to_vec(), b"snn".to_vec(), b"snf".to_vec()]);
        assert_eq!(found[0].1.len(), COMPLETIONS_MAX);
    }
}
