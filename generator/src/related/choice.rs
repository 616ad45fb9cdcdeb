//! Which of the nearest passages are worth a link?
//!
//! In: the passages nearest to one, with what is known of each. Out: the few that a page shows, nearest first. Nothing that says the same
//! again, not all from one place, and other products' too where they are near enough. Better none than nonsense.

use super::{
    face::Words,
    near::Near,
    record::{LINKS_MAX, List},
};

/// What is less alike has nothing to do with it.
pub(super) const LEAST: f32 = 0.68;
/// Of one title and as alike, in one product, a passage is another edition of the same;
const SAME_TITLED: f32 = 0.9;
/// whatever its title, as alike it says the same.
const SAME: f32 = 0.985;
/// So many links lead to one guide at most,
const GUIDE_MAX: usize = 2;
/// and so many to another source, or to a passage's own.
const SOURCE_MAX: usize = 1;
/// So many links are for other products first,
const OTHERS: usize = 2;
/// if the two are so alike, a bonus for words that both their headings have included: directions are few, and to them all that speaks of clusters is
/// alike, whatever it says.
const OTHERS_LEAST: f32 = 0.95;
/// What a word adds for each time that it is twice as rare,
const BONUS: f32 = 0.025;
/// and what all of them add at most.
const BONUS_MAX: f32 = 0.25;

/// What the choice goes by.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Trait {
    pub(super) passage: u64,
    pub(super) url: u64,
    pub(super) title: u32,
    pub(super) words: Words,
    pub(super) source: u32,
    pub(super) guide: u32,
    pub(super) product: u32,
}

/// How much each word of headings tells.
pub(super) struct Telling(Vec<f32>);

impl Telling {
    /// By how rare it is among these.
    pub(super) fn of(known: &[Trait]) -> Telling {
        let mut counts = vec![0u32; 1 << 16];
        let words = known.iter().flat_map(|of| of.words).filter(|word| *word != 0);
        words.for_each(|word| counts[usize::from(word)] += 1);
        let all = known.len() as f32;
        let tells = |count: u32| BONUS * libm::log2f(all / count.max(1) as f32);
        Telling(counts.into_iter().map(tells).collect())
    }

    /// What the words that both have add to how alike two passages are.
    pub(super) fn bonus(&self, left: &Trait, right: &Trait) -> f32 {
        let shared = left.words.iter().filter(|word| **word != 0 && right.words.contains(word));
        shared.map(|word| self.0[usize::from(*word)]).sum::<f32>().min(BONUS_MAX)
    }
}

/// The links of a passage.
pub(super) fn choose(passage: &Trait, near: &Near, known: &[Trait]) -> List {
    let mut chosen: Vec<(f32, u32)> = Vec::with_capacity(LINKS_MAX);
    let others = || near.others.iter().filter(|(score, _)| *score >= OTHERS_LEAST);
    take(passage, others(), known, OTHERS, &mut chosen);
    take(passage, near.own.iter(), known, LINKS_MAX, &mut chosen);
    take(passage, others(), known, LINKS_MAX, &mut chosen);
    chosen.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
    let mut list = List::default();
    for (url, (_, at)) in list.iter_mut().zip(chosen) {
        *url = known[at as usize].url;
    }
    list
}

/// Takes what is worth it until there are so many.
fn take<'n>(
    passage: &Trait,
    near: impl Iterator<Item = &'n (f32, u32)>,
    known: &[Trait],
    most: usize,
    chosen: &mut Vec<(f32, u32)>,
) {
    for (score, at) in near {
        if chosen.len() >= most {
            return;
        }
        if is_worth(passage, (*score, &known[*at as usize]), known, chosen) {
            chosen.push((*score, *at));
        }
    }
}

fn is_worth(
    passage: &Trait,
    (score, other): (f32, &Trait),
    known: &[Trait],
    chosen: &[(f32, u32)],
) -> bool {
    let says_the_same = other.passage == passage.passage
        || score >= SAME && other.product == passage.product
        || score >= SAME_TITLED && other.title == passage.title && other.product == passage.product;
    if says_the_same {
        return false;
    }
    let chosen = || chosen.iter().map(|(_, at)| &known[*at as usize]);
    let is_there = |there: &Trait| {
        there.passage == other.passage
            || there.title == other.title && there.product == other.product
    };
    let of_guide = chosen().filter(|there| there.guide == other.guide).count();
    let of_source = chosen().filter(|there| there.source == other.source).count();
    !chosen().any(is_there) && of_guide < GUIDE_MAX && of_source < SOURCE_MAX
}
