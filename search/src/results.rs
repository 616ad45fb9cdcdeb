//! The hits of a page: the best passages that hold all that is asked, each group once.
//!
//! In: a question and what its terms found. Out: records, and how many passages match; or the texts that are needed first.
//!
//! Where only texts can judge, they are read in the order of rank, so many for every ten hits and no more: a phrase of common words
//! may stand in any of thousands of passages. What was not read is counted and told, and a longer page reads on.

use alloc::vec;
use alloc::vec::Vec;

use crate::answer::{Clause, ClauseKind, Hit, Level, Named};
use crate::ask::{Found, Question, pages_until};
use crate::candidates::{Candidates, clues};
use crate::condition::{Condition, conditions, fulfilled};
use crate::direct;
use crate::engine::{Engine, Needs};
use crate::error::Error;
use crate::ids::ShardId;
use crate::near::{self, Asked};
use crate::query::{Query, Reading};
use crate::rank::{Ranked, Scores};
use crate::record::{Placement, Record};
use crate::scope::Scope;
use crate::semantic::fuse::{Meanable, Meant};
use crate::semantic::probe::VOTERS;
use crate::syntax::Sign;
use crate::text::trimmed;

/// How many blocks of texts are read for every ten hits.
const BLOCKS_READ: usize = 48;
/// How many are asked for at first; then as many as are there.
const BLOCKS_FIRST: usize = 10;
/// How far down passages are read that lie in blocks which are read anyway.
const PASSAGES_READ: usize = 1 << 14;
const PAGE: usize = 10;

/// What was found.
pub(crate) struct Results {
    /// Up to the end of the page that is asked for, by what their words are worth.
    pub(crate) hits: Vec<(Ranked, Record)>,
    /// How many passages match, as far as they are known.
    pub(crate) total: u32,
    /// How many more might.
    pub(crate) unchecked: u32,
    /// Of what matches.
    pub(crate) scores: Scores,
    /// The same with the share of meaning, if it has one.
    pub(crate) meant: Option<Meant>,
    pub(crate) conditions: Vec<Condition>,
    /// Whether each condition was fulfilled by any passage.
    fulfilled: Vec<bool>,
    /// Whether the first hit is what the query names.
    is_direct: bool,
}

/// The passages that were read.
struct Read {
    hits: Vec<(Ranked, Record)>,
    passed: Vec<u32>,
    suspects: u32,
    suspects_passed: u32,
    fulfilled: Vec<bool>,
}

impl Engine {
    /// The results of the page that is asked for; `None` if texts are needed first.
    pub(crate) fn results(
        &self,
        question: &Question<'_>,
        found: &Found<'_>,
        needs: &mut Needs,
    ) -> Result<Option<Results>, Error> {
        let Question { query, plan, scope, .. } = *question;
        let conditions = conditions(plan, &query.text);
        let mut candidates = Candidates::all(self.root.slots);
        for condition in &conditions {
            let clues = clues(condition, found.tied(plan));
            candidates.heed(condition, &clues, scope, self.root.slots)?;
        }
        let has_page = conditions.iter().any(|condition| condition.sign == Sign::Page);
        let is_even = plan.terms.is_empty() && (has_page || !scope.wanted.meant.is_empty());
        let mut scores = match is_even {
            true => Scores::even(self.root.slots),
            false => Scores::of(&found.weighed, self.root.slots)?,
        };
        if is_even || found.is_of_names_only() {
            // No posting says that there is a passage.
            let Some(guides) = &self.guides else {
                return Ok(needs.add(ShardId::Guides(self.root.guides)));
            };
            scores.keep_in(&guides.taken());
        }
        scores.raise(&scope.meant);
        if !conditions.is_empty() {
            scores.keep(&candidates.kept);
        }
        let (sure, suspects) = candidates.count(&scores, &scope.ranges);
        let mut results = Results {
            hits: Vec::new(),
            total: sure,
            unchecked: 0,
            scores,
            meant: None,
            fulfilled: vec![sure > 0; conditions.len()],
            conditions,
            is_direct: false,
        };
        if candidates.suspects.is_none() && !has_page {
            // Who sets conditions means words; meaning knows of none.
            if results.conditions.is_empty() && !is_even {
                let pages = question.pages(PAGE as u32, self);
                let best = pages.ranked_wanted(1).max(VOTERS);
                let best = &results.scores.best_in(&scope.ranges, best);
                let (found, scope) = (&*found.weighed, &*scope.ranges);
                let scores = &results.scores;
                results.meant =
                    self.meant(&Meanable { query, plan, found, scope, scores, best }, needs)?;
                if let Some(meant) = &mut results.meant {
                    self.keep_title(question, &pages.arranged(best.clone(), 1), meant, needs)?;
                }
                if !needs.is_empty() {
                    return Ok(None);
                }
            }
            let ranking = results.meant.as_ref().map_or(&results.scores, |meant| &meant.scores);
            let hits = self.hits(question, ranking, (query.offset, query.limit), needs)?;
            results.hits = hits.unwrap_or_default();
        } else if let Some(read) = self.read(question, &results, &candidates, needs)? {
            results.take(query, read, &candidates, suspects);
        }
        Ok(needs.is_empty().then_some(results))
    }

    /// Keeps a passage on the first page, whatever it means, that words bring there and whose title is the query.
    fn keep_title(
        &self,
        question: &Question<'_>,
        page: &[Ranked],
        meant: &mut Meant,
        needs: &mut Needs,
    ) -> Result<(), Error> {
        let words = near::words_of(&question.plan.said);
        for ranked in page {
            let title = self.title(ranked.document, needs)?;
            if title.is_some_and(|title| near::is_called(title, &words)) {
                let best = meant.scores.best_in(&question.scope.ranges, 1);
                meant.scores.set(ranked.document, best.first().map_or(1, |best| best.score));
            }
        }
        Ok(())
    }

    /// Reads passages in the order of their rank until there are enough that hold what is asked, or too many that do not.
    fn read(
        &self,
        question: &Question<'_>,
        results: &Results,
        candidates: &Candidates,
        needs: &mut Needs,
    ) -> Result<Option<Read>, Error> {
        let Question { query, scope, .. } = *question;
        let end = (query.offset.saturating_add(query.limit) as usize).max(PAGE);
        let blocks_max = end.div_ceil(PAGE).saturating_mul(BLOCKS_READ);
        let wanted = PASSAGES_READ.min(self.root.slots as usize);
        let mut read = Read {
            hits: Vec::new(),
            passed: Vec::new(),
            suspects: 0,
            suspects_passed: 0,
            fulfilled: vec![false; results.conditions.len()],
        };
        let (mut blocks, mut missing) = (Vec::new(), Vec::new());
        for ranked in results.scores.best_in(&scope.ranges, wanted) {
            let block = self.root.block_size.block(ranked.document);
            let is_new = !blocks.contains(&block) && !missing.contains(&block);
            let is_dear = blocks.len() + missing.len() == blocks_max;
            if is_new && (is_dear || missing.len() == BLOCKS_FIRST.max(blocks.len())) {
                // What lies lower in blocks that are at hand is read along.
                continue;
            }
            match self.record(ranked.document, needs)? {
                None if missing.contains(&block) => {}
                None => missing.push(block),
                Some(record) => {
                    blocks.extend((!blocks.contains(&block)).then_some(block));
                    let is_suspect = candidates.is_suspect(ranked.document);
                    read.judge(question, &results.conditions, (ranked, record), is_suspect);
                }
            }
            if read.hits.len() == end {
                break;
            }
        }
        Ok(needs.is_empty().then_some(read))
    }

    /// The hits of a page, so many from an offset on, each group once; `None` if texts are needed first.
    fn hits(
        &self,
        question: &Question<'_>,
        scores: &Scores,
        (offset, limit): (u32, u32),
        needs: &mut Needs,
    ) -> Result<Option<Vec<(Ranked, Record)>>, Error> {
        let Question { query, scope, .. } = *question;
        let pages = question.pages(limit, self);
        let end = offset.saturating_add(limit) as usize;
        let mut count = pages_until(offset, limit);
        loop {
            let wanted = pages.ranked_wanted(count).min(self.root.documents as usize);
            let ranked = scores.best_in(&scope.ranges, wanted);
            let ranked_count = ranked.len();
            let arranged = pages.arranged(ranked, count);
            let is_last = ranked_count < wanted || wanted == self.root.documents as usize;
            let is_all = is_last && arranged.len() == ranked_count;
            let hits = self.distinct_groups(query, arranged, end, scope, needs)?;
            if !needs.is_empty() {
                return Ok(None);
            }
            if hits.len() == end || is_all || limit == 0 {
                return Ok(Some(hits));
            }
            count += 1;
        }
    }

    /// The first passages, up to `end`, of which none stands for the same as one before.
    fn distinct_groups(
        &self,
        query: &Query,
        ranked: Vec<Ranked>,
        end: usize,
        scope: &Scope,
        needs: &mut Needs,
    ) -> Result<Vec<(Ranked, Record)>, Error> {
        let mut hits: Vec<(Ranked, Record)> = Vec::new();
        let mut missing = 0;
        let is_known = |hits: &[(Ranked, Record)], group| {
            !query.every_duplicate && hits.iter().any(|(_, hit)| hit.group == group)
        };
        for ranked in ranked {
            if hits.len() + missing >= end {
                break;
            }
            match self.record(ranked.document, needs)? {
                None => missing += 1,
                Some(record) if is_known(&hits, record.group) => {}
                Some(mut record) => {
                    scope.show(&mut record, &|_| true);
                    hits.push((ranked, record));
                }
            }
        }
        Ok(hits)
    }

    /// What the signs of the query were taken for, and what came of it.
    pub(crate) fn clauses(
        &self,
        question: &Question<'_>,
        results: &Results,
        conditions: &[Condition],
    ) -> Vec<Clause> {
        let Question { query, plan, scope, .. } = *question;
        let mut clauses = Vec::new();
        let mut meant = scope.wanted.meant.iter();
        for (at, asked) in plan.asked.iter().enumerate() {
            let text = query.text[asked.whole.0..asked.whole.1].into();
            let value = &query.text[asked.value.0..asked.value.1];
            let condition = conditions.iter().position(|condition| condition.asked == at);
            let is_fulfilled = condition.is_some_and(|at| results.fulfilled[at]);
            let clause = |kind, found| Clause { text, kind, found, names: Vec::new() };
            clauses.extend(match asked.sign {
                Sign::Phrase | Sign::Title if condition.is_none() => None,
                Sign::Phrase => Some(clause(ClauseKind::Phrase, is_fulfilled)),
                Sign::Title => Some(clause(ClauseKind::Title, is_fulfilled)),
                Sign::Page => Some(clause(ClauseKind::Page, is_fulfilled)),
                Sign::Without => Some(clause(ClauseKind::Without, true)),
                Sign::Kept => Some(clause(ClauseKind::Kept, true)),
                Sign::Only(level) => {
                    let (names, found) = self.told(level, value, meant.next());
                    Some(Clause { names, ..clause(ClauseKind::Only(level), found) })
                }
            });
        }
        if results.is_direct {
            let text = trimmed(&query.text).into();
            clauses.push(Clause { text, kind: ClauseKind::Direct, found: true, names: Vec::new() });
        }
        clauses
    }

    fn told(&self, level: Level, value: &str, meant: Option<&Vec<bool>>) -> (Vec<Named>, bool) {
        let Some((guides, meant)) = self.guides.as_ref().zip(meant) else {
            return (Vec::new(), false);
        };
        let (names, found) = guides.told(level, value, meant);
        let named =
            |name: &crate::guides::Name| Named { key: name.key.clone(), name: name.name.clone() };
        (names.into_iter().map(named).collect(), found)
    }

    /// The passage that a query names, if it names one.
    pub(crate) fn direct(
        &self,
        query: &Query,
        needs: &mut Needs,
    ) -> Result<Option<(Ranked, Record)>, Error> {
        if query.reading == Reading::Words || query.offset > 0 || query.limit == 0 {
            return Ok(None);
        }
        let keys = direct::keys(&query.text);
        let mut documents = Vec::new();
        for key in &keys {
            documents.push(self.documents_under(key, needs)?.first().copied());
        }
        let Some((key, document)) =
            keys.iter().zip(documents).find_map(|(key, document)| Some((key, document?)))
        else {
            return Ok(None);
        };
        let Some(mut record) = self.record(document, needs)? else { return Ok(None) };
        record.show(|place| direct::is_named(place, key));
        Ok(Some((Ranked { score: 1, document }, record)))
    }
}

impl Read {
    /// Takes a passage for a hit if it holds what is asked, and where.
    fn judge(
        &mut self,
        question: &Question<'_>,
        conditions: &[Condition],
        (ranked, mut record): (Ranked, Record),
        is_suspect: bool,
    ) {
        self.suspects += u32::from(is_suspect);
        let is_let = |place: &Placement| conditions.iter().all(|condition| condition.lets(place));
        if !question.scope.show(&mut record, &is_let) {
            return;
        }
        let fulfilled = fulfilled(conditions, &record);
        self.fulfilled.iter_mut().zip(&fulfilled).for_each(|(any, this)| *any |= this);
        if is_suspect && fulfilled.contains(&false) {
            return;
        }
        self.suspects_passed += u32::from(is_suspect);
        self.passed.push(ranked.document);
        let is_known = self.hits.iter().any(|(_, hit)| hit.group == record.group);
        if question.query.every_duplicate || !is_known {
            self.hits.push((ranked, record));
        }
    }
}

impl Results {
    /// Takes in what was read: what was not is no match, as far as anyone knows.
    fn take(&mut self, query: &Query, read: Read, candidates: &Candidates, suspects: u32) {
        self.total += read.suspects_passed;
        self.unchecked = suspects - read.suspects;
        self.fulfilled = read.fulfilled;
        if let Some(known) = &candidates.suspects {
            let mut known = known.complement();
            read.passed.iter().for_each(|document| known.insert(*document));
            self.scores.keep(&known);
        }
        self.hits = read.hits;
        self.hits.truncate(query.offset.saturating_add(query.limit) as usize);
    }

    /// Puts what the query names before all that has its words.
    pub(crate) fn put_first(
        &mut self,
        query: &Query,
        direct: Option<(Ranked, Record)>,
        asked: &Asked<'_>,
        hits: &mut Vec<Hit>,
    ) {
        let Some((ranked, record)) = direct else { return };
        hits.retain(|hit| hit.document.0 != ranked.document);
        let score = hits.first().map_or(1, |best| best.score.saturating_add(1));
        hits.insert(0, Hit { score, ..near::hit(ranked, record, asked) });
        hits.truncate(query.limit as usize);
        self.is_direct = true;
        self.total = self.total.max(hits.len() as u32);
    }
}
