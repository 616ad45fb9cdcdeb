//! Which words of the library may have been meant by one that is in none of its passages? Two of them, typed as one; one, typed as two;
//! or some that are spelled nearly so.
//!
//! In: the word, and shards of the lexicon (see `lexicon`). Out: the words at the least distance, most frequent first. A mistake, or
//! two in a long word, leaves the first two letters or the last two as they were, so words of about the same length that begin or
//! end alike are all that must be looked at: the bytes are bounded whatever the size of the library. Knows no postings.

use alloc::string::String;
use alloc::vec::Vec;

use crate::engine::{Engine, Needs};
use crate::error::Error;
use crate::ids::ShardId;
use crate::lexicon::{is_word, word_of, words_like};
use crate::plan::{Plan, Term};
use crate::rank::{Finding, Weighed};
use crate::stop::is_stop_word;
use crate::words::WordsReader;

/// Words of fewer letters have one mistake at most.
const TWO_MISTAKES_LETTERS: usize = 6;
/// How many shards are read in each direction.
const SHARDS_MAX: usize = 6;
/// How many words may have been meant.
pub(crate) const MEANT_MAX: usize = 3;

/// How many mistakes a word of so many letters may have.
fn mistakes_max(letters: usize) -> usize {
    if letters < TWO_MISTAKES_LETTERS { 1 } else { 2 }
}

/// Halves of fewer letters make words of anything.
const HALF_LETTERS_MIN: usize = 3;
/// Halves that stand in fewer passages may be mistakes themselves.
const HALF_PASSAGES_MIN: u32 = 3;

/// A word that stands nowhere, as two that do.
pub(crate) struct Halves<'a> {
    pub(crate) terms: [Term; 2],
    pub(crate) found: [Weighed<'a>; 2],
    /// How many passages have the rarer of them.
    pub(crate) passages: u32,
}

impl Engine {
    /// A word as two words of the library, those of which the rarer one is most frequent, once their shards are there.
    pub(crate) fn halves<'a>(
        &'a self,
        term: &Term,
        needs: &mut Needs,
    ) -> Result<Option<Halves<'a>>, Error> {
        let word = term.text.as_str();
        let mut best = None;
        let mut most = HALF_PASSAGES_MIN - 1;
        let last = if is_word(word) { word.len().saturating_sub(HALF_LETTERS_MIN) } else { 0 };
        for cut in (HALF_LETTERS_MIN..=last).filter(|cut| word.is_char_boundary(*cut)) {
            let terms = [&word[..cut], &word[cut..]].map(|half| term.instead(half));
            let first = self.look_up(&terms[0], needs)?;
            if passages(&first) <= most {
                continue;
            }
            let second = self.look_up(&terms[1], needs)?;
            let least = passages(&first).min(passages(&second));
            if least > most && terms.iter().all(|term| !is_stop_word(&term.text)) {
                most = least;
                best = Some(Halves { terms, found: [first, second], passages: most });
            }
        }
        Ok(best)
    }

    /// The word of the library that a word which stands nowhere is with the one behind it, or before it, once its shard is there.
    pub(crate) fn joined(
        &self,
        plan: &Plan,
        term: &Term,
        needs: &mut Needs,
    ) -> Result<Option<String>, Error> {
        for first in [term.word, term.word.wrapping_sub(1)] {
            let Some([word, next, ..]) = plan.words.get(first..) else { continue };
            let mut text = word.clone();
            text.push_str(next);
            text.make_ascii_lowercase();
            let is_long = word.len().min(next.len()) >= HALF_LETTERS_MIN;
            if is_long
                && is_word(&text)
                && passages(&self.look_up(&term.instead(&text), needs)?) >= HALF_PASSAGES_MIN
            {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// The words that may have been meant, once their shards are there.
    pub(crate) fn meant_by(&self, word: &str, needs: &mut Needs) -> Result<Vec<String>, Error> {
        let mut meant =
            Meant { word: word.as_bytes(), distance: mistakes_max(word.len()), words: Vec::new() };
        if !is_word(word) {
            return Ok(Vec::new());
        }
        for is_backwards in [false, true] {
            for shard in self.lexicon(word.as_bytes(), is_backwards, needs) {
                meant.look_through(shard)?;
            }
        }
        let texts = meant.words.into_iter().filter_map(|(word, _)| String::from_utf8(word).ok());
        Ok(texts.collect())
    }

    /// The shards of words that begin, or end, like this one and are about as long.
    fn lexicon(&self, word: &[u8], is_backwards: bool, needs: &mut Needs) -> Vec<&[u8]> {
        let more = mistakes_max(word.len());
        let first = words_like(word, is_backwards, word.len().saturating_sub(more));
        let end = words_like(word, is_backwards, word.len() + more + 1);
        let mut hashes = Vec::new();
        for key in [&first, &end] {
            let Some(directory) = self.directory_for(key, needs) else { continue };
            let range = directory.find(&first)..=directory.find(&end);
            for hash in range.filter_map(|at| directory.hash(at)) {
                if hashes.len() < SHARDS_MAX && !hashes.contains(&hash) {
                    hashes.push(hash);
                }
            }
        }
        hashes.into_iter().filter_map(|hash| self.shard(ShardId::Words(hash), needs)).collect()
    }
}

/// How many passages have the word itself.
pub(crate) fn passages(weighed: &Weighed<'_>) -> u32 {
    let own = weighed.lookups.iter().filter(|lookup| lookup.finding == Finding::Itself);
    own.map(|lookup| lookup.term.document_frequency).sum()
}

struct Meant<'a> {
    word: &'a [u8],
    /// The least so far, or the greatest allowed.
    distance: usize,
    /// With their frequencies.
    words: Vec<(Vec<u8>, u8)>,
}

impl Meant<'_> {
    fn look_through(&mut self, shard: &[u8]) -> Result<(), Error> {
        let mut reader = WordsReader::open(shard)?;
        while let Some((key, _)) = reader.next_term()? {
            let Some((word, frequency)) = word_of(key) else { continue };
            if let Some(distance) = distance(self.word, &word, self.distance) {
                self.add(word, frequency, distance);
            }
        }
        Ok(())
    }

    fn add(&mut self, word: Vec<u8>, frequency: u8, distance: usize) {
        if distance < self.distance {
            self.words.clear();
            self.distance = distance;
        }
        if self.words.iter().any(|(known, _)| *known == word) {
            return;
        }
        let is_before = |(known, other): &(Vec<u8>, u8)| (*other, &word) > (frequency, known);
        let at = self.words.iter().position(|known| !is_before(known)).unwrap_or(self.words.len());
        self.words.insert(at, (word, frequency));
        self.words.truncate(MEANT_MAX);
    }
}

/// How many letters are to be put in, left out, exchanged or swapped with their neighbour, if no more than `most`.
fn distance(left: &[u8], right: &[u8], most: usize) -> Option<usize> {
    if left.len().abs_diff(right.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for row in 1..=left.len() {
        let mut next = Vec::with_capacity(last.len());
        next.push(row);
        for column in 1..=right.len() {
            let is_same = left[row - 1] == right[column - 1];
            let exchanged = last[column - 1] + usize::from(!is_same);
            let mut least = exchanged.min(last[column] + 1).min(next[column - 1] + 1);
            if row > 1
                && column > 1
                && left[row - 1] == right[column - 2]
                && left[row - 2] == right[column - 1]
            {
                least = least.min(before[column - 2] + 1);
            }
            next.push(least);
        }
        if next.iter().all(|least| *least > most) {
            return None;
        }
        before = core::mem::replace(&mut last, next);
    }
    last.last().copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(left: &str, right: &str, expected: Option<usize>) {
        assert_eq!(distance(left.as_bytes(), right.as_bytes(), 2), expected, "{left} {right}");
        assert_eq!(distance(right.as_bytes(), left.as_bytes(), 2), expected, "{right} {left}");
    }

    #[test]
    fn distances() {
        check("snapshot", "snapshot", Some(0));
        check("snapshot", "snpashot", Some(1));
        check("snapshot", "napshot", Some(1));
        check("snapshot", "snapshoot", Some(1));
        check("snapshot", "snabshot", Some(1));
        check("snapshot", "nsapshto", Some(2));
        check("snapshot", "snap", None);
        check("snapshot", "pansshot", None);
    }
}
