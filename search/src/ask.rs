//! Plan, look up, rank, show: how a question is answered from the shards that are there.
//!
//! In: an open index and a query. Out: an answer, or the shards that are needed first. Changes nothing.

use alloc::vec::Vec;

use crate::answer::{Answer, Facet, Level, Reply, Word};
use crate::candidates::Clue;
use crate::condition::phrases;
use crate::engine::{Engine, Needs};
use crate::error::Error;
use crate::ids::ShardId;
use crate::lists::{self, union};
use crate::lookup::{Lookups, look_up};
use crate::near::{self, Asked};
use crate::page::Pages;
use crate::plan::{Plan, Term, TiedTerm};
use crate::query::{Facets, Query};
use crate::rank::{Scores, Weighed};
use crate::scope::Scope;
use crate::semantic::fuse;
use crate::snippet::Mark;
use crate::sort;
use crate::syntax::Sign;
use crate::text::Kind;
use crate::tiers::Budget;
use crate::weights::{contribution, score};

/// How many shards the words that begin with the last one may cost on top.
const EXTRA_SHARDS_MAX: usize = 2;

impl Engine {
    /// Answers, or says which shards are needed first. Changes nothing.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if a shard's checksum held but its inside makes no sense.
    pub fn ask(&self, query: &Query) -> Result<Reply, Error> {
        let plan = Plan::of(&query.text, query.reading);
        let mut needs = Needs::default();
        let direct = self.direct(query, &mut needs)?;
        let scope = self.scope(query, &plan, &mut needs)?;
        let shards = plan.terms.iter().map(|term| self.words_of(term, &mut needs));
        let shards: Vec<Vec<&[u8]>> = shards.collect();
        let apart: Vec<Vec<&[u8]>> =
            plan.apart().map(|(_, term)| self.words_of(term, &mut needs)).collect();
        let Some(scope) = scope.filter(|_| needs.is_empty()) else {
            return Ok(needs.into_reply());
        };
        let mut found = Found {
            weighed: self.look_up_all(plan.terms.iter(), &shards)?,
            apart: self.look_up_all(plan.apart().map(|(_, term)| term), &apart)?,
        };
        let depth = self.add_tiers(query, &plan, &scope, &mut found, &mut needs)?;
        if !needs.is_empty() {
            return Ok(needs.into_reply());
        }
        // The same whichever page is asked for, so that no hit falls between two pages.
        let requests = distinct(&shards) + hot_by_rarity(&found.weighed).len();
        let question = Question { query, plan: &plan, scope: &scope, requests };
        let Some(mut results) = self.results(&question, &found, &mut needs)? else {
            return Ok(needs.into_reply());
        };
        let conditions = core::mem::take(&mut results.conditions);
        let asked = Asked {
            marks: found.marks(&plan),
            words: near::words_of(&plan.said),
            phrases: phrases(&conditions),
        };
        let mut hits = near::in_order(core::mem::take(&mut results.hits), query, &asked);
        results.put_first(query, direct, &asked, &mut hits);
        hits.iter_mut().for_each(|hit| hit.is_related = fuse::is_related(hit, &results.scores));
        Ok(Reply::Answer(Answer {
            hits,
            total: depth.known_total.unwrap_or(results.total),
            related: results.meant.as_ref().map_or(0, |meant| meant.related),
            is_cut: depth.is_cut,
            unchecked: results.unchecked,
            words: found.words(&plan),
            facets: self.facets(query, &scope, &results.scores),
            clauses: self.clauses(&question, &results, &conditions),
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
            (Facets::Count, Some(guides)) => guides.facets(&scope.wanted, count_in, shared),
            _ => Vec::new(),
        }
    }

    /// The passages that filters and scope let through, once the shards are there that tell.
    fn scope(&self, query: &Query, plan: &Plan, needs: &mut Needs) -> Result<Option<Scope>, Error> {
        let mut scope = Scope { is_newest_only: !query.is_of_every_version(), ..Scope::default() };
        let fields = plan.fields(&query.text);
        if !query.has_filter() && fields.is_empty() && query.facets == Facets::Skip {
            scope.ranges = match scope.is_newest_only {
                true => self.root.newest.clone(),
                false => Vec::from([(0, self.root.slots)]),
            };
            return Ok(Some(scope));
        }
        let Some(guides) = &self.guides else {
            return Ok(needs.add(ShardId::Guides(self.root.guides)));
        };
        scope.wanted = guides.wanted(query, &fields);
        scope.is_newest_only = !scope.wanted.every_version;
        scope.passing = guides.passing(&scope.wanted);
        scope.ranges = guides.ranges(&scope.passing);
        if scope.wanted.narrows(Level::Version) || scope.wanted.narrows(Level::Guide) {
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
    fn look_up_all<'a, 't>(
        &'a self,
        terms: impl Iterator<Item = &'t Term>,
        shards: &[Vec<&'a [u8]>],
    ) -> Result<Vec<Weighed<'a>>, Error> {
        let look_up = |(term, shards): (&Term, &Vec<&'a [u8]>)| {
            let Lookups { mass, lookups } = look_up(term, shards, &self.root.idf)?;
            Ok(Weighed { mass, lookups })
        };
        terms.zip(shards).map(look_up).collect()
    }

    /// Gives the hot terms their further postings: the rarest first, as far as the budget goes.
    fn add_tiers<'a>(
        &'a self,
        query: &Query,
        plan: &Plan,
        scope: &Scope,
        found: &mut Found<'a>,
        needs: &mut Needs,
    ) -> Result<Depth, Error> {
        if let Some(total) = self.settled_total(query, plan, scope, found)? {
            return Ok(Depth { known_total: Some(total), is_cut: false });
        }
        let is_cut = self.pay_tiers(scope, &mut found.weighed, needs);
        // What is to be left out has a budget of its own: what it cuts, the texts tell.
        self.pay_tiers(scope, &mut found.apart, needs);
        Ok(Depth { known_total: None, is_cut })
    }

    /// Says whether any were too dear.
    fn pay_tiers<'a>(
        &'a self,
        scope: &Scope,
        weighed: &mut [Weighed<'a>],
        needs: &mut Needs,
    ) -> bool {
        let mut budget = Budget::default();
        for (term, lookup) in hot_by_rarity(weighed) {
            let lookup = &mut weighed[term].lookups[lookup];
            let hot = lookup.term.hot.clone().unwrap_or_default();
            let wanted = hot.tiers.iter().filter(|tier| scope.wants(tier.edition));
            for tier in wanted {
                if !budget.pays(tier.raw_bytes) {
                    break;
                }
                lookup.tiers.extend(self.shard(ShardId::Tier(tier.hash), needs));
            }
        }
        budget.is_cut
    }

    /// How many passages match, if the one word of the query has enough postings beside it: every other passage weighs less
    /// than all that could be shown.
    fn settled_total(
        &self,
        query: &Query,
        plan: &Plan,
        scope: &Scope,
        found: &Found<'_>,
    ) -> Result<Option<u32>, Error> {
        if !plan.tied.is_empty() || plan.asked.iter().any(|asked| asked.sign != Sign::Kept) {
            return Ok(None);
        }
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
}

/// What is asked, taken apart, and what the shards of its words cost in requests.
pub(crate) struct Question<'q> {
    pub(crate) query: &'q Query,
    pub(crate) plan: &'q Plan,
    pub(crate) scope: &'q Scope,
    pub(crate) requests: usize,
}

/// How many pages reach to the end of the one that is asked for.
pub(crate) fn pages_until(query: &Query) -> usize {
    (query.offset / query.limit.max(1)) as usize + 1
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

/// The hot terms, the rarest first, as places of terms and of their lookups.
fn hot_by_rarity(weighed: &[Weighed<'_>]) -> Vec<(usize, usize)> {
    let mut hot = Vec::new();
    for (term, weighed) in weighed.iter().enumerate() {
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

/// What the terms of a plan found, in the plan's order.
pub(crate) struct Found<'a> {
    pub(crate) weighed: Vec<Weighed<'a>>,
    /// Of the terms that only let through or leave out.
    pub(crate) apart: Vec<Weighed<'a>>,
}

impl<'a> Found<'a> {
    /// The terms of conditions, with what they found.
    pub(crate) fn tied<'f>(
        &'f self,
        plan: &'f Plan,
    ) -> impl Iterator<Item = (usize, Clue<'f, 'a>)> {
        let apart = plan.apart().zip(&self.apart);
        let apart = apart.map(|((asked, term), weighed)| (asked, Clue { key: &term.key, weighed }));
        let counted = plan.tied.iter().filter_map(|tied| match tied.term {
            TiedTerm::Counted(term) => Some((tied.asked, term)),
            TiedTerm::Apart(_) => None,
        });
        let counted = counted.map(|(asked, term)| {
            (asked, Clue { key: &plan.terms[term].key, weighed: &self.weighed[term] })
        });
        apart.chain(counted)
    }

    fn is_found(&self, idx: usize) -> bool {
        !self.weighed[idx].lookups.is_empty()
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
