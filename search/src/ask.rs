//! Plan, look up, rank, show: how a question is answered from the shards that are there.
//!
//! In: an open index and a query. Out: an answer, or the shards that are needed first. Changes nothing.

use alloc::string::String;
use alloc::vec::Vec;

use crate::answer::{Answer, Clause, ClauseKind, Facet, Reply, Word};
use crate::candidates::Clue;
use crate::condition::phrases;
use crate::context::Meant;
use crate::engine::{Engine, Needs};
use crate::error::Error;
use crate::ids::ShardId;
use crate::lexicon::completions_of;
use crate::lookup::{self, look_up};
use crate::near::{self, Asked};
use crate::page::Pages;
use crate::plan::{Plan, Term, TiedTerm};
use crate::query::{Facets, Query, Reading};
use crate::rank::{Finding, Scores, Weighed};
use crate::scope::Scope;
use crate::semantic::fuse::{self, WORDS_ELSEWHERE_MAX};
use crate::snippet::{Beginnings, Mark};
use crate::sort;
use crate::stem::stem;
use crate::syntax::Sign;
use crate::text::Kind;
use crate::tiers::Budget;
use crate::typos::{Halves, passages};
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
        let mut reply = self.ask_as(query, query.reading)?;
        let is_vain = |clause: &Clause| clause.kind == ClauseKind::Phrase && !clause.found;
        if let Reply::Answer(Answer { total: 0, clauses, .. }) = &mut reply
            && clauses.iter().any(is_vain)
        {
            let told = core::mem::take(clauses);
            reply = self.ask_as(query, Reading::Loose)?;
            if let Reply::Answer(answer) = &mut reply {
                answer.clauses = told;
            }
        }
        Ok(reply)
    }

    fn ask_as(&self, query: &Query, reading: Reading) -> Result<Reply, Error> {
        let mut plan = Plan::of(&query.text, reading);
        let mut needs = Needs::default();
        let direct = self.direct(query, &mut needs)?;
        let meant = self.context(&mut needs).map(|context| context.meant(&plan.said));
        let meant = meant.unwrap_or_default();
        let scope = self.scope(query, &plan, &meant, &mut needs)?;
        let all = || plan.terms.iter().chain(plan.apart().map(|(_, term)| term));
        let mut shards = Vec::new();
        all().for_each(|term| shards.push(self.words_of(term, &mut needs)));
        if !shards.is_empty() {
            self.late(&mut needs);
        }
        shards.truncate(plan.terms.len());
        let Some(scope) = scope.filter(|_| needs.is_empty()) else {
            return Ok(needs.into_reply());
        };
        let mut weighed = Vec::new();
        for term in all() {
            weighed.push(self.look_up(term, &mut needs)?);
        }
        let apart = weighed.split_off(plan.terms.len());
        let mut found = Found { weighed, apart };
        if !needs.is_empty() {
            return Ok(needs.into_reply());
        }
        for (term, weighed) in plan.terms.iter_mut().zip(&mut found.weighed) {
            term.key = core::mem::take(&mut weighed.key);
        }
        let corrected = self.correct(query, &mut plan, &meant, &mut found, &mut needs)?;
        self.add_context(&plan, &meant, &scope, &mut found);
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
        let marks = found.marks(&plan);
        let asked = Asked {
            beginnings: Beginnings::of(&marks),
            marks,
            words: near::words_of(&plan.said),
            phrases: phrases(&conditions),
            text: &plan.said,
            places: near::places(&plan.said, &plan.terms),
        };
        let mut hits = near::in_order(core::mem::take(&mut results.hits), query, &asked);
        results.put_first(query, direct, &asked, &mut hits);
        hits.iter_mut().for_each(|hit| hit.is_related = fuse::is_related(hit, &results.scores));
        let versions = if scope.meant.is_empty() { &[] } else { &meant.version_words[..] };
        Ok(Reply::Answer(Answer {
            hits,
            total: depth.known_total.unwrap_or(results.total),
            related: results.meant.as_ref().map_or(0, |meant| meant.related),
            is_cut: depth.is_cut,
            unchecked: results.unchecked,
            words: found.words(&plan, versions, corrected),
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
            (Facets::Count, Some(guides)) => {
                guides.facets(&scope.wanted, &scope.meant_guides, count_in, shared)
            }
            _ => Vec::new(),
        }
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

    /// The words of late passages, if there are any.
    fn late(&self, needs: &mut Needs) -> Option<&[u8]> {
        let late = self.root.late;
        if late == 0 { None } else { self.shard(ShardId::Words(late), needs) }
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

    /// What a term finds, under its own key and under those that other languages give its word. A term without a key of its own
    /// goes by such a one.
    pub(crate) fn look_up<'a>(
        &'a self,
        term: &Term,
        needs: &mut Needs,
    ) -> Result<Weighed<'a>, Error> {
        let (mut term, mut weighed) = (term.clone(), Weighed::default());
        let mut links = None;
        loop {
            let shards = self.words_of(&term, needs);
            let shards = shards.into_iter().chain(self.late(needs));
            let found = look_up(&term, shards, &self.root.idf)?;
            if weighed.lookups.is_empty() {
                weighed.key.clone_from(&term.key);
            }
            weighed.join(found.mass, found.lookups);
            let Some(key) = links.get_or_insert(found.links).pop() else { return Ok(weighed) };
            (term.key, term.is_prefix) = (key, false);
        }
    }

    /// Takes words of the library for words that stand nowhere: two words that were typed as one, one that was typed as two, or words that
    /// are nearly the same.
    /// Where meaning has a say, a word that a model knows means itself.
    fn correct<'a>(
        &'a self,
        query: &Query,
        plan: &mut Plan,
        context: &Meant,
        found: &mut Found<'a>,
        needs: &mut Needs,
    ) -> Result<Vec<Corrected>, Error> {
        let mut corrected = Vec::new();
        let is_of_meaning = query.is_of_meaning(plan);
        let mut unknown = if is_of_meaning { 0 } else { WORDS_ELSEWHERE_MAX };
        let mut next = 0;
        while next < plan.terms.len() {
            let at = next;
            next += 1;
            let (term, weighed) = (&plan.terms[at], &found.weighed[at]);
            let is_word = term.kind == Kind::Word && !term.is_quoted && !context.names(&term.text);
            let is_found = !weighed.lookups.is_empty() || found.is_word_found(plan, term.word);
            if !is_word || is_found || corrected.len() == CORRECTED_MAX {
                continue;
            }
            unknown += 1;
            if unknown <= WORDS_ELSEWHERE_MAX && self.is_word_elsewhere(&term.key, needs)? {
                continue;
            }
            let halves = self.halves(term, needs)?;
            // A word that stands nowhere is rather a part of one that does than a mistake.
            let meant = match self.joined(plan, term, needs)? {
                Some(word) => Vec::from([word]),
                None => self.meant_by(&term.text, needs)?,
            };
            let mut weighed = Weighed::default();
            for word in &meant {
                let found = self.look_up(&plan.terms[at].instead(word), needs)?;
                weighed.join(found.mass, found.lookups);
            }
            // A blank that is missing is as likely as a mistake: what more passages have is meant.
            if let Some(halves) = halves.filter(|halves| halves.passages > passages(&weighed)) {
                let mut text = halves.terms[0].text.clone();
                text.push(' ');
                text.push_str(&halves.terms[1].text);
                corrected.push(Corrected { word: term.word, meant: Vec::from([text]) });
                found.put_halves(plan, at, halves);
                next += 1;
                continue;
            }
            if let Some(word) = meant.first() {
                corrected.push(Corrected { word: plan.terms[at].word, meant: Vec::new() });
                plan.terms[at] = plan.terms[at].instead(word);
                found.weighed[at] = weighed;
            }
            if let Some(last) = corrected.last_mut() {
                last.meant.extend(meant);
            }
        }
        if is_of_meaning {
            self.need_direction(plan, &found.weighed, needs)?;
        }
        Ok(corrected)
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
        let is_said = found.weighed.iter().all(|term| term.context.is_empty());
        let (Some(lookup), late, true) = (lookups.next(), lookups.next(), is_said) else {
            return Ok(None);
        };
        if late.is_some_and(|late| late.finding != Finding::Late) || lookups.next().is_some() {
            return Ok(None);
        }
        let Some(hot) = lookup.term.hot.as_ref().filter(|_| scope.is_whole()) else {
            return Ok(None);
        };
        let tiers = hot.tiers.iter().filter(|tier| scope.wants(tier.edition));
        let rest = tiers.map(|tier| tier.impact_max).max().unwrap_or(0);
        let mass = lookup.idf;
        let most = lookup.factors.iter().copied().max().unwrap_or(0);
        let rest = score(contribution(lookup.idf, rest, most), mass, mass).max(1);
        let mut above = 0;
        let mut late_in_scope = 0;
        for lookup in [Some(lookup), late].into_iter().flatten() {
            lookup.term.postings(self.root.slots, &mut |posting| {
                let factor = lookup.factors[usize::from(posting.form)];
                let sum = contribution(lookup.idf, posting.impact, factor);
                let is_in_scope = scope.holds(posting.document);
                above += usize::from(is_in_scope && score(sum, mass, mass) > rest);
                late_in_scope += u32::from(is_in_scope && lookup.finding == Finding::Late);
            })?;
        }
        let pages = Pages::new(query.limit, 1, self.root.block_size);
        let is_enough = above >= pages.ranked_wanted(pages_until(query.offset, query.limit) + 1);
        let older = if scope.is_newest_only { 0 } else { hot.older };
        Ok(is_enough.then_some(hot.newest + older + late_in_scope))
    }
}

/// What is asked, taken apart, and what the shards of its words cost in requests.
pub(crate) struct Question<'q> {
    pub(crate) query: &'q Query,
    pub(crate) plan: &'q Plan,
    pub(crate) scope: &'q Scope,
    pub(crate) requests: usize,
}

impl Question<'_> {
    /// How pages of so many hits are made up.
    pub(crate) fn pages(&self, limit: u32, engine: &Engine) -> Pages {
        Pages::new(limit, self.requests, engine.root.block_size)
    }
}

/// How many pages reach to the end of the one that is asked for.
pub(crate) fn pages_until(offset: u32, limit: u32) -> usize {
    (offset / limit.max(1)) as usize + 1
}

/// A word of the query that stands nowhere, and what was taken for it.
struct Corrected {
    /// Its place in the plan.
    word: usize,
    meant: Vec<String>,
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
        let whole = weighed.lookups.iter().enumerate();
        let whole = whole.filter(|(_, lookup)| lookup.finding != Finding::Beginning);
        hot.extend(
            whole
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
        let apart = apart.map(|((asked, _), weighed)| (asked, Clue { weighed }));
        let counted = plan.tied.iter().filter_map(|tied| match tied.term {
            TiedTerm::Counted(term) => Some((tied.asked, term)),
            TiedTerm::Apart(_) => None,
        });
        let counted = counted.map(|(asked, term)| (asked, Clue { weighed: &self.weighed[term] }));
        apart.chain(counted)
    }

    /// Whether only names of vendors, products or versions were found.
    pub(crate) fn is_of_names_only(&self) -> bool {
        self.weighed.iter().any(|term| !term.context.is_empty())
            && self.weighed.iter().all(|term| !term.context.is_empty() || term.lookups.is_empty())
    }

    /// Puts two terms in the place of one.
    fn put_halves(&mut self, plan: &mut Plan, at: usize, halves: Halves<'a>) {
        let ([first, second], [found, found_second]) = (halves.terms, halves.found);
        plan.terms[at] = first;
        plan.terms.insert(at + 1, second);
        self.weighed[at] = found;
        self.weighed.insert(at + 1, found_second);
        for tied in &mut plan.tied {
            match &mut tied.term {
                TiedTerm::Counted(term) if *term > at => *term += 1,
                _ => {}
            }
        }
    }

    fn is_found(&self, idx: usize) -> bool {
        !self.weighed[idx].lookups.is_empty() || !self.weighed[idx].context.is_empty()
    }

    /// A word is found if it is as a whole, or else if all its parts are; what has a `_` is an identifier, and means itself alone.
    fn is_word_found(&self, plan: &Plan, word: usize) -> bool {
        let (mut is_whole, mut lacks, mut glyphs, mut glyphs_found) = (false, false, 0, 0);
        for (idx, term) in (0..).zip(&plan.terms).filter(|(_, term)| term.word == word) {
            let is_found = self.is_found(idx);
            match term.kind {
                Kind::Whole | Kind::Joined => is_whole |= is_found,
                Kind::Word => lacks |= !is_found,
                Kind::Glyphs => {
                    glyphs += 1;
                    glyphs_found += u32::from(is_found);
                }
                _ => {}
            }
        }
        // Not every two glyphs side by side are a word: any two will do.
        let has_parts = !lacks && (glyphs == 0 || glyphs_found > 0);
        is_whole || has_parts && !plan.words[word].bytes().any(|byte| byte == b'_')
    }

    /// What was typed, and whether it stands anywhere; `versions` are words that name some.
    fn words(&self, plan: &Plan, versions: &[String], mut corrected: Vec<Corrected>) -> Vec<Word> {
        let words = plan.words.iter().enumerate();
        let is_version =
            |word| plan.terms.iter().any(|term| term.word == word && versions.contains(&term.text));
        let mut meant_by = |word| {
            let at = corrected.iter().position(|corrected| corrected.word == word);
            at.map_or(Vec::new(), |at| core::mem::take(&mut corrected[at].meant))
        };
        words
            .map(|(word, text)| {
                let meant = meant_by(word);
                Word {
                    text: text.clone(),
                    found: meant.is_empty() && self.is_word_found(plan, word),
                    meant,
                    is_version: is_version(word),
                }
            })
            .collect()
    }

    fn marks<'p>(&'p self, plan: &'p Plan) -> Vec<Mark<'p>> {
        let mark = |(term, weighed): (&'p Term, &'p Weighed<'_>)| {
            let surfaces = weighed.lookups.iter().flat_map(|lookup| &lookup.surfaces);
            Mark { term, idf: weighed.mass.max(1), surfaces: surfaces.collect() }
        };
        plan.terms.iter().zip(&self.weighed).map(mark).collect()
    }
}
