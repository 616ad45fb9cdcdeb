//! What words say and what meaning says, in one score.
//!
//! In: lexical scores, the words that were found. Out: scores of both, by slot, with passages that no word of the query led to.
//! Scores are weighed and added, each as a share of the best: ranks alone would let a weak judge overrule a sure one.

use alloc::vec::Vec;

use super::map::Map;
use super::probe::{Probe, VOTERS, in_order};
use super::rows::row_of;
use super::vector::{Direction, Sum};
use super::{ONE, ROW_PASSAGES_MIN};
use crate::answer::Hit;
use crate::engine::{Engine, Needs};
use crate::error::Error;
use crate::ids::ShardId;
use crate::lookup::find;
use crate::plan::Plan;
use crate::query::{Query, Semantic};
use crate::rank::{Finding, Ranked, Scores, Weighed};
use crate::syntax::{Asked, Form};
use crate::text::Kind;

/// How many passages that no word led to may be hits, and how near they must be.
const RELATED_MAX: usize = 200;
const RELATED_COSINE_MIN: i32 = ONE / 5;
const FAINT_COSINE_MIN: i32 = ONE / 16;
/// The same where nothing but meaning is asked for.
const MEANT_MAX: usize = 1_000;
/// So many passages that no word led to stand behind so many that words did, if they are at least three quarters as near as the nearest
/// of those: who asks by other words than the guides finds some of them in passages about something else.
const NEAREST: usize = 3;
const ABOVE_NEAREST: usize = 2;
/// How many of the first hits of words say where to look as well; what was typed weighs so many times what each of them does.
const BELIEVED: usize = 3;
const BELIEF: u64 = 6;
/// How many words that stand nowhere may cost a shard of rows each.
pub(crate) const WORDS_ELSEWHERE_MAX: usize = 6;
/// Weights are parts of the weight of words.
const WHOLE: u64 = 256;
/// What meaning weighs where words say nothing.
const FAR_WEIGHT: u64 = 160;

/// Scores with the share of meaning in them.
pub(crate) struct Meant {
    pub(crate) scores: Scores,
    /// How many passages are among them that no word led to.
    pub(crate) related: u32,
}

/// What meaning is asked for.
pub(crate) struct Meanable<'a, 'f> {
    pub(crate) query: &'a Query,
    pub(crate) plan: &'a Plan,
    pub(crate) found: &'a [Weighed<'f>],
    /// Passages that may be hits: rising ranges.
    pub(crate) scope: &'a [(u32, u32)],
    pub(crate) scores: &'a Scores,
    /// The best of them in scope, in order.
    pub(crate) best: &'a [Ranked],
}

impl Engine {
    /// Scores with the share of meaning; none if the query is about words alone, or if shards are needed first.
    pub(crate) fn meant(
        &self,
        asked: &Meanable<'_, '_>,
        needs: &mut Needs,
    ) -> Result<Option<Meant>, Error> {
        if self.root.meaning.map == 0 || !asked.query.is_of_meaning(asked.plan) {
            return Ok(None);
        }
        let direction = self.direction(asked.plan, asked.found, needs)?;
        let (Some(map), Some((mut direction, said))) = (&self.map, direction) else {
            return Ok(None);
        };
        let near = |cluster| direction.cosine(map.centroid(cluster));
        let centroids = (0..map.len()).map(near).collect();
        let probe = Probe { map, scope: asked.scope, centroids };
        let best = &asked.best[..VOTERS.min(asked.best.len())];
        let parts = probe.parts(self, best, needs);
        if !needs.is_empty() {
            return Ok(None);
        }
        // The first hits of words say where to look as well (Rocchio's feedback).
        let believed = &best[..BELIEVED.min(best.len())];
        probe.vectors(&parts, &mut |slot, vector| {
            if believed.iter().any(|ranked| ranked.document == slot) {
                direction.turn(vector, BELIEF);
            }
        })?;
        direction.settle();
        let mut near = Vec::new();
        probe.vectors(&parts, &mut |slot, vector| near.push((slot, direction.cosine(vector))))?;
        let best = said.of(best.first().map_or(0, |ranked| ranked.score));
        let is_only = asked.query.semantic == Semantic::Only;
        // What a library alone tells of meaning is no surer than its words.
        let shares =
            Shares { map, best, is_only, raises: self.root.meaning.is_taught() && !is_only };
        Ok(Some(fused(asked, &probe.expectations(), near, &shares)))
    }

    /// Where the query looks: the sum of its stems' rows. None if none has a row, or if rows are needed first.
    fn direction(
        &self,
        plan: &Plan,
        found: &[Weighed<'_>],
        needs: &mut Needs,
    ) -> Result<Option<(Direction, Said)>, Error> {
        let map = self.map.as_ref().or_else(|| needs.add(ShardId::Meaning(self.root.meaning.map)));
        let mut sum = Sum::new(map.map_or(0, |map| 2 * map.row_bytes));
        let least = if self.root.meaning.is_taught() { 1 } else { ROW_PASSAGES_MIN };
        let mut unknown = 0;
        let mut said = Said::default();
        for (term, weighed) in plan.terms.iter().zip(found) {
            let exact = weighed.lookups.iter().find(|lookup| lookup.finding == Finding::Itself);
            let rows = match exact {
                Some(exact) if exact.term.document_frequency >= least => {
                    self.rows_for(&term.key, needs)?
                }
                None if term.kind == Kind::Word && unknown < WORDS_ELSEWHERE_MAX => {
                    unknown += 1;
                    self.rows_elsewhere(&term.key, needs)
                }
                _ => None,
            };
            let (Some(rows), Some(map)) = (rows, map) else { continue };
            if let Some((scale, packed)) = row_of(rows, map.row_bytes, &term.key, &term.text)? {
                sum.add(packed, i64::from(scale) * i64::from(term.count));
                said.elsewhere += u64::from(exact.is_none());
            }
            said.here += u64::from(exact.is_some());
        }
        let direction = sum.direction().filter(|_| needs.is_empty());
        Ok(direction.map(|direction| (direction, said)))
    }

    /// The rows where a key's stands if it has one: beside the shard that has it. A word of late passages alone is in none.
    fn rows_for(&self, key: &[u8], needs: &mut Needs) -> Result<Option<&[u8]>, Error> {
        if let Some(all) = self.root.meaning.all_rows() {
            return Ok(self.shard(all, needs));
        }
        let words = self.directory_for(key, needs);
        let words = words.and_then(|directory| directory.hash(directory.find(key)));
        let shard = words.and_then(|words| self.shard(ShardId::Words(words), needs));
        let is_there = shard.map_or(Ok(None), |shard| find(key, shard))?.is_some();
        let rows = words.filter(|_| is_there).map(|words| self.root.meaning.rows_beside(words));
        Ok(rows.and_then(|rows| self.shard(rows, needs)))
    }
}

impl Engine {
    /// The rows where a key's stands if a model knows it, though it stands nowhere.
    fn rows_elsewhere(&self, key: &[u8], needs: &mut Needs) -> Option<&[u8]> {
        let id = self.root.meaning;
        if id.is_taught() { self.shard(id.rows_elsewhere(key), needs) } else { None }
    }

    /// Asks for what the direction needs along with the rows of words from elsewhere, so that these cost no trip of their own.
    pub(crate) fn need_direction(
        &self,
        plan: &Plan,
        found: &[Weighed<'_>],
        needs: &mut Needs,
    ) -> Result<(), Error> {
        if self.root.meaning.is_taught() && plan.asked.is_empty() && !needs.is_empty() {
            self.direction(plan, found, needs)?;
        }
        Ok(())
    }

    /// Whether a word that stands nowhere is one that a model knows.
    pub(crate) fn is_word_elsewhere(&self, key: &[u8], needs: &mut Needs) -> Result<bool, Error> {
        let rows = self.rows_elsewhere(key, needs);
        // How long a row is does not matter to whether it is there.
        rows.map_or(Ok(false), |rows| Ok(row_of(rows, 0, key, "")?.is_some()))
    }
}

/// Whether no word led to a hit. Words whose postings were too dear are found in the text itself.
pub(crate) fn is_related(hit: &Hit, scores: &Scores) -> bool {
    scores.get(hit.document.0) == 0 && !hit.snippet.iter().any(|piece| piece.marked)
}

/// How many words of a query stand in the library, and how many only a model knows.
#[derive(Default)]
struct Said {
    here: u64,
    elsewhere: u64,
}

impl Said {
    /// What the best score of the words that stand here would be of all that were said: the fewer these are, the less sure are they.
    fn of(&self, best: u32) -> u64 {
        u64::from(best) * (self.here + self.elsewhere) / self.here.max(1)
    }
}

/// What the two sides weigh.
struct Shares<'a> {
    map: &'a Map,
    /// The best lexical score, or more where a model knows words that stand nowhere.
    best: u64,
    is_only: bool,
    /// Whether the nearest that no word led to may stand above others that words did.
    raises: bool,
}

impl Shares<'_> {
    /// The score of a passage with this lexical score and this cosine. The more a passage has of the best lexical score, the less
    /// its meaning adds: who is sure of the words needs no guess.
    fn score(&self, lexical: u32, cosine: i32) -> u32 {
        let one = u64::from(ONE.unsigned_abs());
        let share = match self.is_only {
            true => 0,
            false => (u64::from(lexical) * one / self.best.max(1)).min(one),
        };
        let weight = u64::from(self.map.weight);
        let most = weight.max(FAR_WEIGHT);
        let weight = most * one - (most - weight) * share;
        let score = WHOLE * share + weight * cosine.max(0).unsigned_abs() as u64 / one;
        (score as u32).max(1)
    }
}

/// Adds the shares: what is known of a passage, and for lexical hits whose vectors are not at hand what is expected of their cluster.
fn fused(
    asked: &Meanable<'_, '_>,
    expected: &[i32],
    near: Vec<(u32, i32)>,
    shares: &Shares<'_>,
) -> Meant {
    let mut scores = asked.scores.map(|slot, score| {
        let cluster = shares.map.cluster_of(slot);
        shares.score(score, cluster.map_or(0, |cluster| expected[cluster]))
    });
    let mut related = Vec::new();
    let mut nearest_of_words = 0;
    for (slot, cosine) in near {
        match asked.scores.get(slot) {
            0 => related.push((-cosine, slot)),
            score => {
                nearest_of_words = nearest_of_words.max(cosine);
                scores.set(slot, shares.score(score, cosine));
            }
        }
    }
    let most = if shares.is_only { MEANT_MAX } else { RELATED_MAX };
    // Where words found nothing, a faint relation is better than none.
    let least = if shares.best == 0 { FAINT_COSINE_MIN } else { RELATED_COSINE_MIN };
    related.retain(|(cosine, _)| -cosine >= least);
    in_order(&mut related);
    related.truncate(most);
    for (cosine, slot) in &related {
        scores.set(*slot, shares.score(0, -cosine));
    }
    if shares.raises {
        raise(&mut scores, asked.scope, &related, nearest_of_words);
    }
    Meant { scores, related: related.len() as u32 }
}

/// Puts the nearest behind the first of all, in order, unless they stand higher already.
fn raise(scores: &mut Scores, scope: &[(u32, u32)], related: &[(i32, u32)], of_words: i32) {
    let first = scores.best_in(scope, ABOVE_NEAREST);
    let mut most = first.last().map_or(0, |ranked| ranked.score);
    for (cosine, slot) in related.iter().take(NEAREST) {
        if -cosine * 4 < of_words * 3 {
            break;
        }
        most = most.saturating_sub(1);
        scores.set(*slot, scores.get(*slot).max(most));
    }
}

impl Query {
    /// Whether meaning has a say. Who quotes, or asks for one word, an identifier or an id, means what was typed.
    pub(crate) fn is_of_meaning(&self, plan: &Plan) -> bool {
        let is_typed = || {
            let is_alone = plan.terms.iter().all(|term| term.word == plan.terms[0].word);
            let has_glyphs = plan.terms.iter().any(|term| term.kind == Kind::Glyphs);
            let is_quoted = |asked: &Asked| asked.form == Form::Quoted;
            plan.asked.iter().any(is_quoted) || (is_alone && !has_glyphs)
        };
        match self.semantic {
            Semantic::Off => false,
            Semantic::Only => true,
            Semantic::Auto => !is_typed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(scores: &[u32], nearest: &[(i32, u32)], of_words: i32) -> Vec<u32> {
        let scope = [(0, scores.len() as u32)];
        let mut sums = Scores::even(scope[0].1);
        (0..).zip(scores).for_each(|(slot, score)| sums.set(slot, *score));
        raise(&mut sums, &scope, nearest, of_words);
        sums.best_in(&scope, scores.len()).iter().map(|ranked| ranked.document).collect()
    }

    #[test]
    fn the_nearest_stand_behind_the_first_two_in_order() {
        let scores = [90, 80, 70, 60, 50, 40];
        assert_eq!(order(&scores, &[(-9, 5), (-8, 4)], 10), [0, 1, 5, 4, 2, 3]);
        assert_eq!(order(&scores, &[(-9, 5), (-8, 4)], 11), [0, 1, 5, 2, 3, 4], "the other is far");
        assert_eq!(order(&scores, &[(-9, 1), (-9, 5)], 10), [0, 1, 5, 2, 3, 4], "one does");
        assert_eq!(order(&scores[..2], &[(-9, 1)], 10), [0, 1]);
        assert_eq!(order(&scores, &[], 10), [0, 1, 2, 3, 4, 5]);
    }
}
