//! Plan, look up, rank, show: how a question is answered from the shards that are there.
//!
//! In: an open index and a query. Out: an answer, or the shards that are needed first. Changes nothing.

use alloc::string::String;
use alloc::vec::Vec;

use crate::answer::{Answer, Facet, Reply, Word};
use crate::context::Meant;
use crate::engine::{Engine, Needs};
use crate::error::Error;
use crate::ids::ShardId;
use crate::lexicon::completions_of;
use crate::lists::{self, union};
use crate::lookup::{self, Lookups, look_up};
use crate::near::{self, Asked};
use crate::page::Pages;
use crate::plan::{Plan, Term};
use crate::query::{Facets, Query};
use crate::rank::{Ranked, Scores, Weighed};
use crate::record::Record;
use crate::snippet::Mark;
use crate::sort;
use crate::stem::stem;
use crate::text::Kind;
use crate::tiers::{Budget, Edition};
use crate::weights::{contribution, score};

/// How many shards the words that begin with the last one may cost on top.
const EXTRA_SHARDS_MAX: usize = 2;
/// How many mistyped words of a query are corrected: each costs shards.
const CORRECTED_MAX: usize = 2;

impl Engine {
    /// Answers, or says which shards are needed first. Changes nothing.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if a shard's checksum held but its inside makes no sense.
    pub fn ask(&self, query: &Query) -> Result<Reply, Error> {
        let mut plan = Plan::of(&query.text);
        let mut needs = Needs::default();
        let meant = self.context(&mut needs).map(|context| context.meant(&query.text));
        let meant = meant.unwrap_or_default();
        let scope = self.scope(query, &meant, &mut needs)?;
        let shards: Vec<Vec<&[u8]>> =
            plan.terms.iter().map(|term| self.words_of(term, &mut needs)).collect();
        let Some(scope) = scope.filter(|_| needs.is_empty()) else {
            return Ok(needs.into_reply());
        };
        let mut found = self.look_up_all(&plan, &shards)?;
        let corrected = self.correct(&mut plan, &meant, &mut found, &mut needs)?;
        self.add_context(&plan, &meant, &scope, &mut found);
        let depth = self.add_tiers(query, &scope, &mut found, &mut needs)?;
        if !needs.is_empty() {
            return Ok(needs.into_reply());
        }
        let mut scores = Scores::of(&found.weighed, self.root.slots)?;
        scores.raise(&scope.meant);
        // The same whichever page is asked for, so that no hit falls between two pages.
        let requests = distinct(&shards) + found.hot_by_rarity().len();
        let Some(hits) = self.hits(query, &scope, &scores, requests, &mut needs)? else {
            return Ok(needs.into_reply());
        };
        let counted = scope.ranges.iter().map(|(first, end)| scores.count_in(*first, *end)).sum();
        let asked = Asked {
            marks: found.marks(&plan),
            words: near::words_of(&query.text),
            text: &query.text,
        };
        Ok(Reply::Answer(Answer {
            total: depth.known_total.unwrap_or(counted),
            is_cut: depth.is_cut,
            hits: near::in_order(hits, query, &asked),
            words: found.words(&plan, corrected),
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
    fn scope(
        &self,
        query: &Query,
        meant: &Meant,
        needs: &mut Needs,
    ) -> Result<Option<Scope>, Error> {
        let Some(mut scope) = self.filtered_scope(query, needs)? else { return Ok(None) };
        if query.version.is_none() {
            self.add_versions(query, meant, &mut scope, needs)?;
        }
        Ok(needs.is_empty().then_some(scope))
    }

    /// Looks into the versions that the query names too, older ones as well.
    fn add_versions(
        &self,
        query: &Query,
        meant: &Meant,
        scope: &mut Scope,
        needs: &mut Needs,
    ) -> Result<(), Error> {
        let Some(context) = self.context(needs) else { return Ok(()) };
        for named in meant.versions.iter().filter_map(|at| context.0.get(*at)) {
            scope.meant.push(named.slots);
            scope.meant_guides.push(named.guides);
            if named.lists != 0
                && let Some(shard) = self.shard(ShardId::Filter(named.lists), needs)
            {
                let lists = lists::decode(shard, self.root.slots)?;
                scope.meant.extend(lists.into_iter().flat_map(|(_, ranges)| ranges));
            }
        }
        scope.meant = union(core::mem::take(&mut scope.meant));
        if !scope.meant.is_empty() && !query.has_filter() {
            scope.is_newest_only = false;
            scope.ranges.extend(&scope.meant);
            scope.ranges = union(core::mem::take(&mut scope.ranges));
        }
        Ok(())
    }

    /// The words that name a vendor, product or version stand where these do. What names nearly all of the library tells nothing.
    fn add_context(&self, plan: &Plan, meant: &Meant, scope: &Scope, found: &mut Found<'_>) {
        for (term, weighed) in plan.terms.iter().zip(&mut found.weighed) {
            let named = meant.words.iter().filter(|(word, _)| *word == term.text);
            let telling = named.filter(|(_, (first, end))| (end - first) / 3 < self.root.slots / 4);
            weighed.context = telling.map(|(_, slots)| *slots).collect();
            if meant.version_words.contains(&term.text) {
                weighed.context.extend(&scope.meant);
            }
            let slots: u32 = weighed.context.iter().map(|(first, end)| end - first).sum();
            if slots > 0 && weighed.mass == 0 {
                weighed.mass = self.root.idf.idf(slots) * term.count;
            }
        }
    }

    fn filtered_scope(&self, query: &Query, needs: &mut Needs) -> Result<Option<Scope>, Error> {
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
            let last = directory.find_last(&term.key);
            let frequent = match last > first + EXTRA_SHARDS_MAX {
                true => self.completions(&term.text, needs),
                false => Vec::new(),
            };
            if frequent.is_empty() {
                let range = first + 1..=last.min(first + EXTRA_SHARDS_MAX);
                hashes.extend(range.filter_map(|idx| directory.hash(idx)));
            }
            for key in frequent {
                let directory = self.directory_for(&key, needs);
                let hash = directory.and_then(|directory| directory.hash(directory.find(&key)));
                hashes.extend(hash.filter(|hash| !hashes.contains(hash)));
            }
        }
        hashes.into_iter().filter_map(|hash| self.shard(ShardId::Words(hash), needs)).collect()
    }

    /// The keys of the most frequent words that begin so, if they are listed.
    fn completions(&self, beginning: &str, needs: &mut Needs) -> Vec<Vec<u8>> {
        let key = completions_of(beginning.as_bytes());
        let directory = self.directory_for(&key, needs);
        let hash = directory.and_then(|directory| directory.hash(directory.find(&key)));
        let Some(shard) = hash.and_then(|hash| self.shard(ShardId::Words(hash), needs)) else {
            return Vec::new();
        };
        let list = lookup::find(&key, shard).ok().flatten();
        let words = list.and_then(|list| list.surfaces(&key).ok()).unwrap_or_default();
        let keys = words.into_iter().map(|mut word| {
            stem(&mut word);
            word
        });
        keys.take(EXTRA_SHARDS_MAX).collect()
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
            found.weighed.push(Weighed { mass, lookups, context: Vec::new() });
        }
        Ok(found)
    }

    /// Takes words of the library for words that stand nowhere, if they are nearly the same.
    fn correct<'a>(
        &'a self,
        plan: &mut Plan,
        context: &Meant,
        found: &mut Found<'a>,
        needs: &mut Needs,
    ) -> Result<Vec<Corrected>, Error> {
        let mut corrected = Vec::new();
        for at in 0..plan.terms.len() {
            let (term, weighed) = (&plan.terms[at], &found.weighed[at]);
            let is_word = term.kind == Kind::Word && !context.names(&term.text);
            if !is_word || !weighed.lookups.is_empty() || corrected.len() == CORRECTED_MAX {
                continue;
            }
            let meant = self.meant_by(&term.text, needs)?;
            let mut weighed = Weighed { mass: 0, lookups: Vec::new(), context: Vec::new() };
            for word in &meant {
                let term = plan.terms[at].instead(word);
                let shards = self.words_of(&term, needs);
                let Lookups { mass, lookups } = look_up(&term, &shards, &self.root.idf)?;
                weighed.mass = if weighed.mass == 0 { mass } else { weighed.mass.min(mass) };
                weighed.lookups.extend(lookups);
            }
            weighed.lookups.iter_mut().for_each(|lookup| lookup.idf = weighed.mass);
            if let Some(word) = meant.first() {
                corrected.push(Corrected { word: plan.terms[at].word, meant: Vec::new() });
                plan.terms[at] = plan.terms[at].instead(word);
                found.weighed[at] = weighed;
            }
            if let Some(last) = corrected.last_mut() {
                last.meant.extend(meant);
            }
        }
        Ok(corrected)
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
        let is_said = found.weighed.iter().all(|term| term.context.is_empty());
        let (Some(lookup), None, true) = (lookups.next(), lookups.next(), is_said) else {
            return Ok(None);
        };
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
                    if !scope.meant_guides.is_empty() {
                        record.show(|place| scope.is_meant(place.guide_number));
                    }
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

/// A word of the query that stands nowhere, and what was taken for it.
struct Corrected {
    /// Its place in the plan.
    word: usize,
    meant: Vec<String>,
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
    /// Passages of the versions that the query names, rising, and their guides.
    meant: Vec<(u32, u32)>,
    meant_guides: Vec<(u32, u32)>,
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
        self.passing.is_empty() && self.meant.is_empty()
    }

    fn is_meant(&self, guide: u32) -> bool {
        self.meant_guides.iter().any(|(first, end)| (*first..*end).contains(&guide))
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
        !self.weighed[idx].lookups.is_empty() || !self.weighed[idx].context.is_empty()
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
    fn words(&self, plan: &Plan, mut corrected: Vec<Corrected>) -> Vec<Word> {
        let of_word = |word| (0..).zip(&plan.terms).filter(move |(_, term)| term.word == word);
        let is_word_found = |word| {
            let has_whole =
                of_word(word).any(|(idx, term)| term.kind == Kind::Whole && self.is_found(idx));
            let is_plain = |term: &Term| matches!(term.kind, Kind::Word | Kind::Glyphs);
            has_whole || of_word(word).all(|(idx, term)| self.is_found(idx) || !is_plain(term))
        };
        let words = plan.words.iter().enumerate();
        let mut meant_by = |word| {
            let at = corrected.iter().position(|corrected| corrected.word == word);
            at.map_or(Vec::new(), |at| core::mem::take(&mut corrected[at].meant))
        };
        words
            .map(|(word, text)| {
                let meant = meant_by(word);
                Word { text: text.clone(), found: meant.is_empty() && is_word_found(word), meant }
            })
            .collect()
    }

    fn marks<'p>(&self, plan: &'p Plan) -> Vec<Mark<'p>> {
        plan.terms
            .iter()
            .zip(&self.weighed)
            .map(|(term, weighed)| Mark { term, idf: weighed.mass.max(1) })
            .collect()
    }
}
