//! Which passages answer best? In: the postings of a query's terms. Out: scores by passage, and the best of them.
//!
//! Integers only: the same order in the browser and on any server. A passage with more of the query's words gains by the
//! share of their idf that it has; one with fewer stays in, further down. Ties go by the passages' numbers.

use alloc::vec;
use alloc::vec::Vec;

use crate::bits::Bits;
use crate::error::Error;
use crate::parameters;
use crate::tiers::postings_of;
use crate::weights::{FormFactors, contribution, score};
use crate::words::{Posting, Term};

/// A term of the query with all that was found for it.
#[derive(Default)]
pub(crate) struct Weighed<'a> {
    /// Its share of the query.
    pub(crate) mass: u32,
    /// The term itself and words that begin with it. The best of them counts in a passage, not their sum.
    pub(crate) lookups: Vec<Lookup<'a>>,
    /// Where it stands by the passages' vendor, product or version, if it names one.
    pub(crate) context: Vec<(u32, u32)>,
    /// The key that it was found under.
    pub(crate) key: Vec<u8>,
}

impl<'a> Weighed<'a> {
    /// Takes in what else was found: all of it is one word of the query, and weighs like the most frequent.
    pub(crate) fn join(&mut self, mass: u32, lookups: Vec<Lookup<'a>>) {
        if lookups.is_empty() {
            return;
        }
        let is_first = self.lookups.is_empty();
        self.mass = if is_first { mass } else { self.mass.min(mass) };
        self.lookups.extend(lookups);
        if !is_first {
            let all = self.lookups.iter_mut();
            all.for_each(|lookup| lookup.idf = lookup.idf.min(self.mass));
        }
    }
}

/// How a list of postings was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finding {
    /// It is the term itself.
    Itself,
    /// So it is, and stands in late passages beside others: the root names their shard.
    Late,
    /// What the library's settings say means the same.
    Synonyms,
    /// A word that begins with it counts only where its postings lie beside it: what a hot one says of passages that hardly speak
    /// of it is not worth its bytes.
    Beginning,
}

/// One list of postings.
pub(crate) struct Lookup<'a> {
    pub(crate) idf: u32,
    pub(crate) factors: FormFactors,
    pub(crate) term: Term<'a>,
    pub(crate) finding: Finding,
    /// The words that stand there, folded, the most frequent first; of a beginning they are not told.
    pub(crate) surfaces: Vec<Vec<u8>>,
    /// Its further postings, as far as they are there.
    pub(crate) tiers: Vec<&'a [u8]>,
}

impl Lookup<'_> {
    pub(crate) fn postings(&self, slots: u32, each: &mut dyn FnMut(Posting)) -> Result<(), Error> {
        self.term.postings(slots, each)?;
        self.tiers.iter().try_for_each(|tier| postings_of(tier, slots, each))
    }
}

/// So many scores are passed over at once if none of them is worth a look.
const STRETCH: usize = 16;

/// A score for every slot; 0 where nothing matches.
pub(crate) struct Scores(Vec<u32>);

/// A passage and its score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ranked {
    pub(crate) score: u32,
    pub(crate) document: u32,
}

impl Ranked {
    fn is_better_than(self, other: Ranked) -> bool {
        (self.score, other.document) > (other.score, self.document)
    }
}

impl Scores {
    /// Scores every passage below `slots`, term after term.
    pub(crate) fn of(terms: &[Weighed<'_>], slots: u32) -> Result<Scores, Error> {
        let mut sums = vec![0u32; slots as usize];
        let mut masses = vec![0u32; slots as usize];
        let mut best = vec![0u32; slots as usize];
        let mut touched = Vec::new();
        // What a passage is about adds to what it says: it counts after the other words, and alone if there are none.
        let said = terms.iter().filter(|term| term.context.is_empty());
        let about = terms.iter().filter(|term| !term.context.is_empty());
        let is_about_only = said.clone().all(|term| term.lookups.is_empty());
        for term in said.chain(about) {
            for lookup in &term.lookups {
                add_best(lookup, slots, &mut best, &mut touched)?;
            }
            for (first, end) in &term.context {
                let all = *first..(*end).min(slots);
                for document in all.filter(|at| is_about_only || sums[*at as usize] > 0) {
                    let added = contribution(term.mass, parameters::context() as u8, 16);
                    let said = best[document as usize];
                    let both = added.max(said) + added.min(said) / 2;
                    add_most(document, both, &mut best, &mut touched);
                }
            }
            for document in touched.drain(..) {
                let document = document as usize;
                sums[document] += core::mem::take(&mut best[document]);
                masses[document] += term.mass;
            }
        }
        let total_mass = terms.iter().map(|term| term.mass).sum();
        for (sum, mass) in sums.iter_mut().zip(masses) {
            if *sum > 0 {
                *sum = score(*sum, mass, total_mass).max(1);
            }
        }
        Ok(Scores(sums))
    }

    /// The score of a passage.
    pub(crate) fn get(&self, document: u32) -> u32 {
        self.0.get(document as usize).copied().unwrap_or(0)
    }

    /// Gives a passage another score.
    pub(crate) fn set(&mut self, document: u32, score: u32) {
        if let Some(at) = self.0.get_mut(document as usize) {
            *at = score;
        }
    }

    /// Other scores for the passages that match.
    pub(crate) fn map(&self, score: impl Fn(u32, u32) -> u32) -> Scores {
        let of =
            |(document, old): (u32, &u32)| if *old > 0 { score(document, *old).max(1) } else { 0 };
        Scores((0..).zip(&self.0).map(of).collect())
    }

    /// The same score for every passage below `slots`: nothing was asked that could tell them apart.
    pub(crate) fn even(slots: u32) -> Scores {
        Scores(vec![1; slots as usize])
    }

    /// Drops what is not in the set.
    pub(crate) fn keep(&mut self, kept: &Bits) {
        for (document, score) in (0..).zip(&mut self.0) {
            if !kept.contains(document) {
                *score = 0;
            }
        }
    }

    /// Drops what is in none of these rising ranges.
    pub(crate) fn keep_in(&mut self, ranges: &[(u32, u32)]) {
        let mut first = 0;
        for (begin, end) in ranges.iter().copied().chain([(u32::MAX, u32::MAX)]) {
            let begin = (begin as usize).min(self.0.len());
            self.0[first.min(begin)..begin].fill(0);
            first = end as usize;
        }
    }

    /// Raises the passages of a version that was named above all others.
    pub(crate) fn raise(&mut self, ranges: &[(u32, u32)]) {
        for (first, end) in ranges {
            let end = (*end as usize).min(self.0.len());
            for score in &mut self.0[(*first as usize).min(end)..end] {
                *score = score.saturating_mul(16 + parameters::version()) / 16;
            }
        }
    }

    /// How many passages from `first` to before `end` match.
    pub(crate) fn count_in(&self, first: u32, end: u32) -> u32 {
        self.range(first, end).iter().filter(|score| **score > 0).count() as u32
    }

    /// The best passages of these rising ranges, the very best first.
    pub(crate) fn best_in(&self, ranges: &[(u32, u32)], count: usize) -> Vec<Ranked> {
        let mut best = Best { heap: Vec::new(), count };
        for (first, end) in ranges {
            let stretches = self.range(*first, *end).chunks(STRETCH);
            for (first, scores) in (*first..).step_by(STRETCH).zip(stretches) {
                best.offer_all(first, scores);
            }
        }
        best.sorted()
    }

    pub(crate) fn range(&self, first: u32, end: u32) -> &[u32] {
        let end = (end as usize).min(self.0.len());
        &self.0[(first as usize).min(end)..end]
    }
}

/// Keeps, for every passage of a list, the most that any list of the same term adds; notes the passages.
fn add_best(
    lookup: &Lookup<'_>,
    slots: u32,
    best: &mut [u32],
    touched: &mut Vec<u32>,
) -> Result<(), Error> {
    lookup.postings(slots, &mut |posting| {
        let added =
            contribution(lookup.idf, posting.impact, lookup.factors[usize::from(posting.form)]);
        add_most(posting.document, added, best, touched);
    })
}

fn add_most(document: u32, added: u32, best: &mut [u32], touched: &mut Vec<u32>) {
    let best = &mut best[document as usize];
    if *best == 0 && added > 0 {
        touched.push(document);
    }
    *best = added.max(*best);
}

/// A heap with the worst of the best at its top, never larger than `count`.
struct Best {
    heap: Vec<Ranked>,
    count: usize,
}

impl Best {
    /// Offers passages from `first` on.
    fn offer_all(&mut self, first: u32, scores: &[u32]) {
        // Of equals the first is better, so what comes later has to be more than the worst that is kept.
        let mut least = self.least();
        if scores.iter().fold(0, |most, score| most.max(*score)) <= least {
            return;
        }
        for (document, score) in (first..).zip(scores) {
            if *score > least {
                self.offer(Ranked { score: *score, document });
                least = self.least();
            }
        }
    }

    fn offer(&mut self, ranked: Ranked) {
        if self.heap.len() < self.count {
            self.heap.push(ranked);
            self.sift_up();
        } else if let Some(worst) = self.heap.first_mut()
            && ranked.is_better_than(*worst)
        {
            *worst = ranked;
            sift_down(&mut self.heap);
        }
    }

    /// What a score must be above to be kept.
    fn least(&self) -> u32 {
        match self.heap.first() {
            Some(worst) if self.heap.len() == self.count => worst.score,
            _ => 0,
        }
    }

    fn sift_up(&mut self) {
        let mut at = self.heap.len() - 1;
        while at > 0 && self.heap[(at - 1) / 2].is_better_than(self.heap[at]) {
            self.heap.swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    /// Takes the worst to the end, again and again.
    fn sorted(mut self) -> Vec<Ranked> {
        for end in (1..self.heap.len()).rev() {
            self.heap.swap(0, end);
            sift_down(&mut self.heap[..end]);
        }
        self.heap
    }
}

fn sift_down(heap: &mut [Ranked]) {
    let mut at = 0;
    loop {
        let mut worst = at;
        for child in [2 * at + 1, 2 * at + 2] {
            if child < heap.len() && heap[worst].is_better_than(heap[child]) {
                worst = child;
            }
        }
        if worst == at {
            return;
        }
        heap.swap(at, worst);
        at = worst;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heap_is_the_beginning_of_the_sorted_list() {
        let mut state = 7u32;
        let scores: Vec<u32> = (0..1000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 16) % 50
            })
            .collect();
        let mut expected: Vec<(core::cmp::Reverse<u32>, u32)> = scores
            .iter()
            .zip(0..)
            .filter(|(score, _)| **score > 0)
            .map(|(score, document)| (core::cmp::Reverse(*score), document))
            .collect();
        expected.sort_unstable();
        for count in [0, 1, 2, 10, 999, 2000] {
            let best = Scores(scores.clone()).best_in(&[(0, 1000)], count);
            let best: Vec<_> = best
                .into_iter()
                .map(|ranked| (core::cmp::Reverse(ranked.score), ranked.document))
                .collect();
            assert_eq!(best, expected[..count.min(expected.len())]);
        }
    }

    #[test]
    fn ranges_past_the_end_are_empty() {
        let scores = Scores(vec![0, 3, 3]);
        assert_eq!(scores.count_in(0, 9), 2);
        assert_eq!(scores.count_in(7, 9), 0);
        assert_eq!(scores.best_in(&[(2, 9), (9, 12)], 5), [Ranked { score: 3, document: 2 }]);
    }
}
