//! Plan, look up, rank, show: how a question is answered from the shards that are there.
//!
//! In: an open index and a query. Out: an answer, or the shards that are needed first. Changes nothing.

use alloc::vec::Vec;

use crate::answer::{Answer, Facet, Reply, Word};
use crate::engine::{Engine, Needs};
use crate::error::Error;
use crate::ids::ShardId;
use crate::lists::{self, union};
use crate::lookup::{Lookups, look_up};
use crate::near::{self, Asked};
use crate::page::Pages;
use crate::plan::{Plan, Term};
use crate::query::{Facets, Query};
use crate::rank::{Ranked, Scores, Weighed};
use crate::record::Record;
use crate::snippet::Mark;
use crate::sort;
use crate::text::Kind;
use crate::tiers::{Budget, Edition};
use crate::weights::{contribution, score};

/// How many shards the words that begin with the last one may cost on top.
const EXTRA_SHARDS_MAX: usize = 2;

impl Engine {
    /// Answers, or says which shards are needed first. Changes nothing.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if a shard's checksum held but its inside makes no sense.
    pub fn ask(&self, query: &Query) -> Result<Reply, Error> {
        let plan = Plan::of(&query.text);
        let mut needs = Needs::default();
        let scope = self.scope(query, &mut needs)?;
        let shards: Vec<Vec<&[u8]>> =
            plan.terms.iter().map(|term| self.words_of(term, &mut needs)).collect();
        let Some(scope) = scope.filter(|_| needs.is_empty()) else {
            return Ok(needs.into_reply());
        };
        let mut found = self.look_up_all(&plan, &shards)?;
        let depth = self.add_tiers(query, &scope, &mut found, &mut needs)?;
        if !needs.is_empty() {
            return Ok(needs.into_reply());
        }
        let scores = Scores::of(&found.weighed, self.root.slots)?;
        // The same whichever page is asked for, so that no hit falls between two pages.
        let requests = distinct(&shards) + found.hot_by_rarity().len();
        let Some(hits) = self.hits(query, &scope, &scores, requests, &mut needs)? else {
            return Ok(needs.into_reply());
        };
        let counted = scope.ranges.iter().map(|(first, end)| scores.count_in(*first, *end)).sum();
        let asked = Asked { marks: found.marks(&plan), words: near::words_of(&query.text) };
        Ok(Reply::Answer(Answer {
            total: depth.known_total.unwrap_or(counted),
            is_cut: depth.is_cut,
            hits: near::in_order(hits, query, &asked),
            words: found.words(&plan),
            facets: self.facets(query, &scope, &scores),
        }))
    }

    fn facets(&self, query: &Query, scope: &Scope, scores: &Scores) -> Vec<Facet> {
        let count_in = |first, end| scores.count_in(first, end);
        let shared = |guide: u32| {
            let lists = scope.shared.iter().filter(|(number, _)| *number == guide);
            let ranges = lists.flat_map(|(_, ranges)| ranges);
            ranges.map(|(first, end)| scores.count_in(*first, *end)).sum()
        };
        match (query.facets, &self.guides) {
            (Facets::Count, Some(guides)) => guides.facets(query, count_in, shared),
            _ => Vec::new(),
        }
    }

    /// The passages that filters and scope let through, once the shards are there that tell.
    fn scope(&self, query: &Query, needs: &mut Needs) -> Result<Option<Scope>, Error> {
        let is_newest_only = !query.is_of_every_version();
        let mut scope = Scope { is_newest_only, ..Scope::default() };
        if !query.has_filter() && query.facets == Facets::Skip {
            scope.ranges = match is_newest_only {
                true => self.root.newest.clone(),
                false => Vec::from([(0, self.root.slots)]),
            };
            return Ok(Some(scope));
        }
        let Some(guides) = &self.guides else {
            return Ok(needs.add(ShardId::Guides(self.root.guides)));
        };
        scope.passing = guides.passing(query);
        scope.ranges = guides.ranges(&scope.passing);
        if query.version.is_some() || query.guide.is_some() {
            for (hash, first_guide) in guides.lists_of(&scope.passing) {
                if let Some(shard) = self.shard(ShardId::Filter(hash), needs) {
                    scope.share(lists::decode(shard, self.root.slots)?, first_guide);
                }
            }
        }
        scope.ranges = union(core::mem::take(&mut scope.ranges));
        Ok(needs.is_empty().then_some(scope))
    }

    /// The shards where a term, and words that begin with it, may stand.
    fn words_of(&self, term: &Term, needs: &mut Needs) -> Vec<&[u8]> {
        let mut hashes = Vec::new();
        let Some(directory) = self.directory_for(&term.key, needs) else { return Vec::new() };
        let exact = directory.find(&term.key);
        hashes.extend(directory.hash(exact));
        if term.is_prefix && term.key == term.text.as_bytes() {
            let first = directory.find(&term.key);
            let last = directory.find_last(&term.key).min(first + EXTRA_SHARDS_MAX);
            hashes.extend((first + 1..=last).filter_map(|idx| directory.hash(idx)));
        }
        hashes.into_iter().filter_map(|hash| self.shard(ShardId::Words(hash), needs)).collect()
    }

    /// What each term finds in its shards.
    fn look_up_all<'a>(
        &'a self,
        plan: &Plan,
        shards: &[Vec<&'a [u8]>],
    ) -> Result<Found<'a>, Error> {
        let mut found = Found { weighed: Vec::new() };
        for (term, shards) in plan.terms.iter().zip(shards) {
            let Lookups { mass, lookups } = look_up(term, shards, &self.root.idf)?;
            found.weighed.push(Weighed { mass, lookups });
        }
        Ok(found)
    }

    /// Gives the hot terms their further postings: the rarest first, as far as the budget goes.
    fn add_tiers<'a>(
        &'a self,
        query: &Query,
        scope: &Scope,
        found: &mut Found<'a>,
        needs: &mut Needs,
    ) -> Result<Depth, Error> {
        if let Some(total) = self.settled_total(query, scope, found)? {
            return Ok(Depth { known_total: Some(total), is_cut: false });
        }
        let mut budget = Budget::default();
        for (term, lookup) in found.hot_by_rarity() {
            let lookup = &mut found.weighed[term].lookups[lookup];
            let hot = lookup.term.hot.clone().unwrap_or_default();
            let wanted = hot.tiers.iter().filter(|tier| scope.wants(tier.edition));
            for tier in wanted {
                if !budget.pays(tier.raw_bytes) {
                    break;
                }
                lookup.tiers.extend(self.shard(ShardId::Tier(tier.hash), needs));
            }
        }
        Ok(Depth { known_total: None, is_cut: budget.is_cut })
    }

    /// How many passages match, if the one word of the query has enough postings beside it: every other passage weighs less
    /// than all that could be shown.
    fn settled_total(
        &self,
        query: &Query,
        scope: &Scope,
        found: &Found<'_>,
    ) -> Result<Option<u32>, Error> {
        let mut lookups = found.weighed.iter().flat_map(|term| &term.lookups);
        let (Some(lookup), None) = (lookups.next(), lookups.next()) else { return Ok(None) };
        let Some(hot) = lookup.term.hot.as_ref().filter(|_| scope.is_whole()) else {
            return Ok(None);
        };
        let tiers = hot.tiers.iter().filter(|tier| scope.wants(tier.edition));
        let rest = tiers.map(|tier| tier.impact_max).max().unwrap_or(0);
        let mass = lookup.idf;
        let most = lookup.factors.iter().copied().max().unwrap_or(0);
        let rest = score(contribution(lookup.idf, rest, most), mass, mass).max(1);
        let mut above = 0;
        lookup.term.postings(self.root.slots, &mut |posting| {
            let factor = lookup.factors[usize::from(posting.form)];
            let sum = contribution(lookup.idf, posting.impact, factor);
            above += usize::from(scope.holds(posting.document) && score(sum, mass, mass) > rest);
        })?;
        let pages = Pages::new(query.limit, 1, self.root.block_size);
        let is_enough = above >= pages.ranked_wanted(pages_until(query) + 1);
        let older = if scope.is_newest_only { 0 } else { hot.older };
        Ok(is_enough.then_some(hot.newest + older))
    }

    /// The hits up to the end of the page that is asked for, each group once; `None` if texts are needed first.
    fn hits(
        &self,
        query: &Query,
        scope: &Scope,
        scores: &Scores,
        requests: usize,
        needs: &mut Needs,
    ) -> Result<Option<Vec<(Ranked, Record)>>, Error> {
        let pages = Pages::new(query.limit, requests, self.root.block_size);
        let end = query.offset.saturating_add(query.limit) as usize;
        let mut count = pages_until(query);
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
            if hits.len() == end || is_all || query.limit == 0 {
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
                    if !scope.passing.is_empty() {
                        let passes = |guide: u32| scope.passing.get(guide as usize) == Some(&true);
                        record.show(|place| passes(place.guide_number));
                    }
                    hits.push((ranked, record));
                }
            }
        }
        Ok(hits)
    }
}

/// How many pages reach to the end of the one that is asked for.
fn pages_until(query: &Query) -> usize {
    (query.offset / query.limit.max(1)) as usize + 1
}

/// The passages that may be hits.
#[derive(Default)]
struct Scope {
    /// Rising.
    ranges: Vec<(u32, u32)>,
    is_newest_only: bool,
    /// By guide, where there are filters; else empty.
    passing: Vec<bool>,
    /// What guides that pass show besides their own passages.
    shared: Vec<(u32, Vec<(u32, u32)>)>,
}

impl Scope {
    fn wants(&self, edition: Edition) -> bool {
        edition == Edition::Newest || !self.is_newest_only
    }

    /// Lets in what the guides that pass show besides their own passages.
    fn share(&mut self, lists: Vec<(u32, Vec<(u32, u32)>)>, first_guide: u32) {
        for (number, ranges) in lists {
            let guide = first_guide.saturating_add(number);
            if self.passing.get(guide as usize) == Some(&true) {
                self.ranges.extend(&ranges);
                self.shared.push((guide, ranges));
            }
        }
    }

    /// Whether nothing but old versions is left out, and nothing is counted by guide.
    fn is_whole(&self) -> bool {
        self.passing.is_empty()
    }

    fn holds(&self, document: u32) -> bool {
        self.ranges.iter().any(|(first, end)| (*first..*end).contains(&document))
    }
}

/// How far the postings reach that an answer rests on.
struct Depth {
    /// How many passages match, if it is known without counting.
    known_total: Option<u32>,
    is_cut: bool,
}

/// How many shards these are, each counted once.
fn distinct(shards: &[Vec<&[u8]>]) -> usize {
    let mut seen: Vec<*const u8> = Vec::new();
    for shard in shards.iter().flatten().map(|shard| shard.as_ptr()) {
        if !seen.contains(&shard) {
            seen.push(shard);
        }
    }
    seen.len()
}

/// What the terms of a plan found, in the plan's order.
struct Found<'a> {
    weighed: Vec<Weighed<'a>>,
}

impl Found<'_> {
    fn is_found(&self, idx: usize) -> bool {
        !self.weighed[idx].lookups.is_empty()
    }

    /// The hot terms, the rarest first, as places of terms and of their lookups.
    fn hot_by_rarity(&self) -> Vec<(usize, usize)> {
        let mut hot = Vec::new();
        for (term, weighed) in self.weighed.iter().enumerate() {
            let exact = weighed.lookups.iter().enumerate().filter(|(_, lookup)| lookup.is_exact);
            hot.extend(
                exact
                    .filter(|(_, lookup)| lookup.term.hot.is_some())
                    .map(|(at, lookup)| (lookup.term.document_frequency, term, at)),
            );
        }
        sort::by(&mut hot, |left, right| left < right);
        hot.into_iter().map(|(_, term, lookup)| (term, lookup)).collect()
    }

    /// A word is found if it is as a whole, or else if all its parts are.
    fn words(&self, plan: &Plan) -> Vec<Word> {
        let of_word = |word| (0..).zip(&plan.terms).filter(move |(_, term)| term.word == word);
        let is_word_found = |word| {
            let has_whole =
                of_word(word).any(|(idx, term)| term.kind == Kind::Whole && self.is_found(idx));
            let is_plain = |term: &Term| matches!(term.kind, Kind::Word | Kind::Glyphs);
            has_whole || of_word(word).all(|(idx, term)| self.is_found(idx) || !is_plain(term))
        };
        let words = plan.words.iter().enumerate();
        words.map(|(word, text)| Word { text: text.clone(), found: is_word_found(word) }).collect()
    }

    fn marks<'p>(&self, plan: &'p Plan) -> Vec<Mark<'p>> {
        plan.terms
            .iter()
            .zip(&self.weighed)
            .map(|(term, weighed)| Mark { term, idf: weighed.mass.max(1) })
            .collect()
    }
}
