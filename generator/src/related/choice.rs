//! Which of the nearest passages are worth a link?
//!
//! In: the passages nearest to one, with what is known of each. Out: the few that a page shows, nearest first. Nothing that says the same
//! again, not all from one place, and other products' too where they are near enough. Better none than nonsense.

use super::{
    near::Near,
    record::{LINKS_MAX, List},
};

/// What is less alike has nothing to do with it.
pub(super) const LEAST: f32 = 0.6;
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
/// if what they lead to is less alike than the best by no more than this.
const OTHERS_BEHIND: f32 = 0.2;

/// What the choice goes by.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Trait {
    pub(super) passage: u64,
    pub(super) url: u64,
    pub(super) title: u32,
    pub(super) source: u32,
    pub(super) guide: u32,
    pub(super) product: u32,
}

/// The links of a passage.
pub(super) fn choose(passage: &Trait, near: &Near, known: &[Trait]) -> List {
    let mut chosen: Vec<(f32, u32)> = Vec::with_capacity(LINKS_MAX);
    let best = [&near.own, &near.others].into_iter().flatten().map(|(score, _)| *score);
    let best = best.filter(|score| *score < SAME).fold(0.0, f32::max);
    let others = near.others.iter().filter(|(score, _)| *score >= best - OTHERS_BEHIND);
    take(passage, others, known, OTHERS, &mut chosen);
    take(passage, near.own.iter(), known, LINKS_MAX, &mut chosen);
    take(passage, near.others.iter(), known, LINKS_MAX, &mut chosen);
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
        || score >= SAME
        || score >= SAME_TITLED && other.title == passage.title && other.product == passage.product;
    if says_the_same {
        return false;
    }
    let chosen = || chosen.iter().map(|(_, at)| &known[*at as usize]);
    let is_there =
        |there: &Trait| there.passage == other.passage || there.title == other.title && there.product == other.product;
    let of_guide = chosen().filter(|there| there.guide == other.guide).count();
    let of_source = chosen().filter(|there| there.source == other.source).count();
    !chosen().any(is_there) && of_guide < GUIDE_MAX && of_source < SOURCE_MAX
}
