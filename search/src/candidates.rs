//! Which passages can be hits as far as postings tell, and which of them only their text can judge?
//!
//! In: what the terms found that phrases, titles, pages and exclusions go by. Out: sets of passages. Of a word whose postings are
//! not all at hand, nothing is concluded: a passage is rather read than lost. Knows no texts.

use alloc::vec::Vec;

use crate::bits::Bits;
use crate::condition::Condition;
use crate::error::Error;
use crate::rank::{Finding, Lookup, Scores, Weighed};
use crate::scope::Scope;
use crate::stop::is_stop_word;
use crate::syntax::Sign;

/// Sets of passages.
pub(crate) struct Candidates {
    /// What can be a hit.
    pub(crate) kept: Bits,
    /// What only the text can judge; nothing if there is no such condition.
    pub(crate) suspects: Option<Bits>,
}

/// What one term of a condition found.
pub(crate) struct Clue<'f, 'a> {
    pub(crate) weighed: &'f Weighed<'a>,
}

impl Candidates {
    /// Everything, before any condition.
    pub(crate) fn all(slots: u32) -> Candidates {
        Candidates { kept: Bits::all(slots), suspects: None }
    }

    /// Takes a condition into account, given what its terms found.
    pub(crate) fn heed(
        &mut self,
        condition: &Condition,
        clues: &[Clue<'_, '_>],
        scope: &Scope,
        slots: u32,
    ) -> Result<(), Error> {
        let mut all = Bits::all(slots);
        let mut is_known = !clues.is_empty();
        for clue in clues {
            let is_whole = clue.is_whole(scope)?;
            is_known &= is_whole;
            // A word to be left out is so wherever it is known to stand.
            let is_alone = condition.sign == Sign::Without && !condition.needs_text();
            if is_whole || is_alone {
                all.keep(&clue.passages(slots)?);
            }
        }
        match condition.sign {
            Sign::Without if condition.needs_text() => self.suspect(&all, slots),
            Sign::Without => {
                if !is_known {
                    self.suspect(&Bits::all(slots), slots);
                }
                if !clues.is_empty() {
                    self.kept.remove(&all);
                }
            }
            sign => {
                self.kept.keep(&all);
                if sign != Sign::Page {
                    self.suspect(&Bits::all(slots), slots);
                }
            }
        }
        Ok(())
    }

    fn suspect(&mut self, more: &Bits, slots: u32) {
        self.suspects.get_or_insert_with(|| Bits::none(slots)).join(more);
    }

    /// How many passages of some ranges match for sure, and how many only the text can judge.
    pub(crate) fn count(&self, scores: &Scores, ranges: &[(u32, u32)]) -> (u32, u32) {
        let all = ranges.iter().map(|(first, end)| scores.count_in(*first, *end)).sum();
        let Some(suspects) = &self.suspects else { return (all, 0) };
        let mut suspect = 0;
        for (first, end) in ranges {
            let scored = (*first..).zip(scores.range(*first, *end));
            suspect += scored
                .filter(|(document, score)| **score > 0 && suspects.contains(*document))
                .count() as u32;
        }
        (all - suspect, suspect)
    }

    pub(crate) fn is_suspect(&self, document: u32) -> bool {
        self.suspects.as_ref().is_some_and(|suspects| suspects.contains(document))
    }
}

impl<'a> Clue<'_, 'a> {
    /// What the very word found: a condition does not mean its synonyms.
    fn lookups(&self) -> impl Iterator<Item = &Lookup<'a>> {
        self.weighed.lookups.iter().filter(|lookup| lookup.finding != Finding::Synonyms)
    }

    /// Whether all postings of the scope are at hand.
    fn is_whole(&self, scope: &Scope) -> Result<bool, Error> {
        for lookup in self.lookups() {
            let tiers = lookup.term.hot.iter().flat_map(|hot| &hot.tiers);
            let wanted = tiers.filter(|tier| scope.wants(tier.edition)).count();
            let first = lookup.surfaces.first().and_then(|first| core::str::from_utf8(first).ok());
            let is_stopped = first.is_some_and(is_stop_word);
            if lookup.tiers.len() < wanted || is_stopped {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn passages(&self, slots: u32) -> Result<Bits, Error> {
        let mut bits = Bits::none(slots);
        let of_lookup = |lookup: &Lookup<'_>, bits: &mut Bits| {
            lookup.postings(slots, &mut |posting| bits.insert(posting.document))
        };
        self.lookups().try_for_each(|lookup| of_lookup(lookup, &mut bits))?;
        Ok(bits)
    }
}

/// The clues of a condition.
pub(crate) fn clues<'f, 'a>(
    condition: &Condition,
    tied: impl Iterator<Item = (usize, Clue<'f, 'a>)>,
) -> Vec<Clue<'f, 'a>> {
    tied.filter(|(asked, _)| *asked == condition.asked).map(|(_, clue)| clue).collect()
}
