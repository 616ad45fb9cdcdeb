//! The plain, exhaustive scorer that the engine is tested against: same analysis, same weights, nothing else in common.
//!
//! In: guides and passages in the writer's order. Out: every match of a query with its score, best first; its phrases are looked for in every text. Knows no shards,
//! packed bytes, heaps or ranges; slow, and short enough to be believed. Whatever makes the engine faster must agree with it,
//! as long as the words that begin with the last one lie within the shards that the engine may fetch for them. Which passages
//! are the same, and which postings a query may pay for, it asks of the same functions as the engine.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::OnceCell;
use core::cmp::Reverse;

use crate::answer::{DocumentId, Level};
use crate::beside::{SYNONYMS, is_beside, key_beside};
use crate::fold::{Class, fold};
use crate::guides::{GuideEntry, Name};
use crate::hash::hash;
use crate::likeness::{Groups, Likeness, LikenessBuilder};
use crate::links::length_of_links;
use crate::lookup::{EXPANSIONS_MAX, may_begin_with};
use crate::meant::{Fit, fit, folded};
use crate::merge::keep_weightiest;
use crate::numbering::Placing;
use crate::parameters;
use crate::plain::{plain, plain_with_headings};
use crate::plan::{Plan, Term};
use crate::query::Query;
use crate::segment::Fields;
use crate::stem::stem;
use crate::stop::is_stop_word;
use crate::synonyms::{Recent, Synonyms};
use crate::syntax::{Form, Sign};
use crate::text::{Kind, tokens};
use crate::tiers::{Budget, Edition, Layout};
use crate::weights::{
    Counts, FORM_CODES, FORM_SEVERAL, FormFactors, IdfSteps, LengthTotals, Lengths, contribution,
    exact_factors, form_code, impact, prefix_factors, score,
};
use crate::words::Posting;

/// All passages, as they are.
#[derive(Debug, Default)]
pub struct Oracle {
    guides: Vec<GuideEntry>,
    passages: Vec<Passage>,
    placing: Placing,
    guide_first: u32,
    next: u32,
    /// The passages that belong to the newest versions.
    newest: BTreeSet<u32>,
    synonyms: Synonyms,
    /// All terms, once they were asked for.
    entries: OnceCell<BTreeMap<Vec<u8>, Entry>>,
}

#[derive(Debug)]
struct Passage {
    document: u32,
    /// The guides that show it, the first first.
    guides: Vec<usize>,
    likeness: Likeness,
    lengths: Lengths,
    /// By surface; synonyms by their key and what stands there.
    counts: BTreeMap<String, Counts>,
    /// The words of the title, of each heading and of the body.
    texts: Vec<Vec<String>>,
}

/// A term over all passages.
#[derive(Debug)]
struct Entry {
    surfaces: Vec<String>,
    postings: Vec<Posting>,
}

impl Oracle {
    /// An empty library.
    #[must_use]
    pub fn new() -> Oracle {
        Oracle::default()
    }

    /// From now on, passages are found by these words too.
    pub fn set_synonyms(&mut self, synonyms: &Synonyms) {
        self.synonyms = synonyms.clone();
    }

    /// The passages that follow belong to this guide.
    pub fn start_guide(&mut self, entry: &GuideEntry) {
        let is_of_last = |passage: &&Passage| passage.guides[0] + 1 == self.guides.len();
        let own = self.passages.iter().filter(is_of_last).count() as u32;
        let has_version = self.guides.last().is_some_and(|last| last.version.is_some());
        let slack = if has_version { 2 + own / 8 } else { 0 };
        self.guides.push(entry.clone());
        self.guide_first = self.placing.next(self.next.max(self.guide_first) + slack);
    }

    /// Adds the next chunk; says its passage, which may be an earlier one of the same product.
    pub fn add(&mut self, fields: &Fields<'_>) -> DocumentId {
        self.entries.take();
        let guide = self.guides.len() - 1;
        let likeness = likeness(fields);
        let is_known = |passage: &&mut Passage| {
            passage.likeness.identity == likeness.identity
                && self.guides[passage.guides[0]].is_of_product(&self.guides[guide])
        };
        if let Some(known) = self.passages.iter_mut().find(is_known) {
            known.guides.push(guide);
            return DocumentId(known.document);
        }
        let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
        let [headings, body]: [fn(&mut Counts); 2] =
            [|counts| counts.headings += 1, |counts| counts.body += 1];
        let mut count = |text: &str, add: fn(&mut Counts)| {
            let mut recent = Recent::default();
            tokens(text, &mut |token| {
                if token.kind == Kind::Joined {
                    return;
                }
                let add = if token.kind == Kind::Part { body } else { add };
                add(counts.entry(token.text.into()).or_default());
                let mut identifier = Recent::default();
                let is_word = matches!(token.kind, Kind::Word | Kind::Glyphs);
                let words = if is_word { &mut recent } else { &mut identifier };
                words.push(token.position, token.text);
                self.synonyms.ending(token.kind, words, &mut |said, key| {
                    let key = String::from_utf8_lossy(key);
                    add(counts.entry(key.into_owned() + &words.text(said)).or_default());
                });
            }) as u16
        };
        let (text, within) = plain_with_headings(fields.title, fields.body_markdown);
        let lengths = Lengths {
            title: count(fields.title, |counts| counts.title += 1),
            headings: fields.headings.iter().map(|heading| count(heading, headings)).sum(),
            body: count(&text, body).saturating_add(length_of_links(fields.body_markdown) as u16),
        };
        for heading in within {
            count(&heading, headings);
        }
        let document = self.next.max(self.guide_first);
        self.next = document + 1;
        if self.guides[guide].is_newest {
            self.newest.insert(document);
        }
        let guides = [guide].into();
        let mut texts = Vec::from([words_of(fields.title)]);
        texts.extend(fields.headings.iter().map(|heading| words_of(heading)));
        texts.push(words_of(&text));
        self.passages.push(Passage { document, guides, likeness, lengths, counts, texts });
        DocumentId(document)
    }

    /// Every match of the query's text, filters and scope with its score, best first, of each group the best only; offset, limit
    /// and facets mean nothing here.
    #[must_use]
    pub fn ask(&self, query: &Query) -> Vec<(DocumentId, u32)> {
        let groups = self.groups();
        let mut seen = BTreeSet::new();
        let mut found = self.ask_all(query);
        found.retain(|(document, _)| seen.insert(groups[document]));
        found
    }

    /// As [`Oracle::ask`], with all passages of each group.
    #[must_use]
    pub fn ask_all(&self, query: &Query) -> Vec<(DocumentId, u32)> {
        let entries = self.entries.get_or_init(|| self.entries());
        let idf = IdfSteps::for_documents(self.passages.len() as u32);
        let plan = Plan::of(&query.text, query.reading);
        let paid = self.paid(&plan, entries, &self.narrowed(&plan, query).query);
        let terms = plan.terms.iter().zip(paid);
        let terms: Vec<(u32, BTreeMap<u32, u32>)> = terms
            .map(|(term, paid)| {
                weigh(term, entries, paid, &idf, &|document| self.is_newest(document))
            })
            .collect();
        let total_mass = terms.iter().map(|(mass, _)| mass).sum();
        let mut found = Vec::new();
        let narrowed = self.narrowed(&plan, query);
        let is_even = plan.terms.is_empty() && !plan.fields(&query.text).is_empty();
        let passing = self.passages.iter().filter(|passage| self.passes(passage, &narrowed));
        for passage in passing.filter(|passage| passage.holds(&plan, &query.text)) {
            let matching = terms
                .iter()
                .filter_map(|(mass, added)| Some((mass, added.get(&passage.document)?)));
            let (mass, sum) =
                matching.fold((0, 0), |(masses, sum), (mass, added)| (masses + mass, sum + added));
            if is_even {
                found.push((DocumentId(passage.document), 1));
            } else if sum > 0 {
                found.push((DocumentId(passage.document), score(sum, mass, total_mass).max(1)));
            }
        }
        found.sort_by_key(|(document, score)| (Reverse(*score), *document));
        found
    }

    /// The passage that stands for each passage.
    fn groups(&self) -> BTreeMap<DocumentId, u32> {
        let mut groups = Groups::default();
        let mut editions: Vec<&GuideEntry> = Vec::new();
        let stands_for = |passage: &Passage| {
            let guide = &self.guides[passage.guides[0]];
            if editions.last().is_some_and(|last| !last.is_of_product(guide)) {
                groups = Groups::default();
            }
            let edition = editions.iter().position(|known| known.is_of_edition(guide));
            let edition = edition.unwrap_or_else(|| {
                editions.push(guide);
                editions.len() - 1
            });
            let document = passage.document;
            (DocumentId(document), groups.stands_for(document, &passage.likeness, edition as u32))
        };
        self.passages.iter().map(stands_for).collect()
    }

    fn is_newest(&self, document: u32) -> bool {
        self.newest.contains(&document)
    }

    /// The postings of each term and of its synonyms that the query may pay for.
    fn paid(
        &self,
        plan: &Plan,
        entries: &BTreeMap<Vec<u8>, Entry>,
        query: &Query,
    ) -> Vec<[Vec<Posting>; 2]> {
        let of = |key: &[u8]| entries.get(key).map_or(&[][..], |entry| &entry.postings);
        let is_newest = |document| self.is_newest(document);
        let lists = plan.terms.iter().flat_map(|term| [of(&term.key), of(&synonyms_of(term))]);
        let layouts: Vec<Layout> =
            lists.map(|postings| Layout::of(postings.to_vec(), is_newest)).collect();
        let mut paid: Vec<Vec<Posting>> =
            layouts.iter().map(|layout| layout.inline.clone()).collect();
        let all = |layout: &Layout| {
            let tiers = layout.tiers.iter().map(|tier| tier.postings.len());
            layout.inline.len() + tiers.sum::<usize>()
        };
        let mut by_rarity: Vec<usize> = (0..layouts.len()).collect();
        by_rarity.sort_by_key(|list| all(&layouts[*list]));
        let mut budget = Budget::default();
        for list in by_rarity {
            let is_wanted = |edition| edition == Edition::Newest || query.is_of_every_version();
            let tiers = layouts[list].tiers.iter().filter(|tier| is_wanted(tier.edition));
            for tier in tiers.take_while(|tier| budget.pays(tier.encode().len() as u32)) {
                paid[list].extend(&tier.postings);
            }
        }
        let mut paid = paid.into_iter();
        plan.terms.iter().filter_map(|_| Some([paid.next()?, paid.next()?])).collect()
    }

    fn entries(&self) -> BTreeMap<Vec<u8>, Entry> {
        let mut surfaces: BTreeMap<Vec<u8>, BTreeSet<&str>> = BTreeMap::new();
        for text in self.passages.iter().flat_map(|passage| passage.counts.keys()) {
            let key = match text.split_once('\0') {
                Some((key, _)) => key_beside(key.as_bytes(), SYNONYMS),
                None => stem_of(text),
            };
            surfaces.entry(key).or_default().insert(text);
        }
        let mut totals = LengthTotals::default();
        self.passages.iter().for_each(|passage| totals.add(passage.lengths));
        surfaces.into_iter().map(|(key, surfaces)| (key, self.entry(&surfaces, &totals))).collect()
    }

    fn entry(&self, surfaces: &BTreeSet<&str>, totals: &LengthTotals) -> Entry {
        let dominated = |surface: &str| {
            self.passages
                .iter()
                .filter(|passage| passage.dominant(surfaces) == Some(surface))
                .count()
        };
        let mut by_frequency: Vec<(Reverse<usize>, &str)> =
            surfaces.iter().map(|surface| (Reverse(dominated(surface)), *surface)).collect();
        by_frequency.sort_unstable();
        let mut postings = Vec::new();
        for passage in &self.passages {
            let counts = passage.sum(surfaces);
            if counts != Counts::default() {
                let dominant = passage.dominant(surfaces);
                let rank = by_frequency.iter().position(|(_, surface)| Some(*surface) == dominant);
                let form = rank.map_or(FORM_SEVERAL, form_code);
                let counts = Counts::unpacked(counts.packed());
                postings.push(Posting {
                    document: passage.document,
                    impact: impact(counts, passage.lengths, totals.averages()),
                    form,
                });
            }
        }
        if is_stop_word(by_frequency[0].1) {
            keep_weightiest(&mut postings, |document| self.is_newest(document));
        }
        Entry {
            surfaces: by_frequency.into_iter().map(|(_, surface)| surface.into()).collect(),
            postings,
        }
    }

    /// The query with what its fields say: of each level, the names that fit the values best.
    fn narrowed(&self, plan: &Plan, query: &Query) -> Narrowed {
        let mut narrowed =
            Narrowed { query: query.clone(), names: [const { None }; 4], passed_over: Vec::new() };
        for (level, value) in plan.fields(&query.text) {
            let names = self.guides.iter().filter_map(|guide| levels(guide)[level as usize]);
            let fits = names.map(|name| (fit(name, &folded(value)), name.clone()));
            let fits: Vec<(Fit, Name)> = fits.filter(|(fit, _)| *fit != Fit::None).collect();
            let best = fits.iter().map(|(fit, _)| *fit).max();
            narrowed.query.every_version |= level == Level::Version && best.is_some();
            let meant = fits.into_iter().filter(|(fit, _)| Some(*fit) == best);
            let mut meant: Vec<Name> = meant.map(|(_, name)| name).collect();
            if (level, best) == (Level::Version, Some(Fit::Series)) {
                let (newest, older) = self.series(&meant);
                meant =
                    newest.into_iter().filter_map(|at| self.guides[at].version.clone()).collect();
                narrowed.passed_over.extend(older);
            }
            if best.is_some() {
                let names = narrowed.names[level as usize].get_or_insert_with(Vec::new);
                names.extend(meant);
            }
        }
        narrowed
    }

    /// The guides of a series' versions: those of the newest of each product, and the others.
    fn series(&self, versions: &[Name]) -> (Vec<usize>, Vec<usize>) {
        let is_in = |at: &usize| {
            self.guides[*at].version.as_ref().is_some_and(|version| versions.contains(version))
        };
        let all = (0..self.guides.len()).filter(is_in);
        all.partition(|at| {
            let guide = &self.guides[*at];
            let first =
                (0..*at).find(|other| is_in(other) && self.guides[*other].is_of_product(guide));
            first.is_none_or(|first| self.guides[first].is_of_edition(guide))
        })
    }

    /// A passage counts where it was first shown; if a version or guide is asked for, wherever it is shown.
    fn passes(&self, passage: &Passage, narrowed: &Narrowed) -> bool {
        let Narrowed { query, names, passed_over } = narrowed;
        let is_asked = |level: Level| names[level as usize].is_some();
        let is_anywhere = query.version.is_some()
            || query.guide.is_some()
            || is_asked(Level::Version)
            || is_asked(Level::Guide);
        let places = if is_anywhere { passage.guides.len() } else { 1 };
        let is_meant = |guide: &GuideEntry| {
            let levels = levels(guide).into_iter().zip(names);
            levels.into_iter().all(|(name, names)| match names {
                Some(names) => name.is_some_and(|name| names.contains(name)),
                None => true,
            })
        };
        let mut guides =
            passage.guides[..places].iter().filter(|guide| !passed_over.contains(guide));
        guides.any(|guide| passes(&self.guides[*guide], query) && is_meant(&self.guides[*guide]))
    }
}

/// A query and, for each level, the names that its fields mean.
struct Narrowed {
    query: Query,
    names: [Option<Vec<Name>>; 4],
    /// Guides of versions of a series that are not the newest of their product.
    passed_over: Vec<usize>,
}

fn levels(guide: &GuideEntry) -> [Option<&Name>; 4] {
    [guide.vendor.as_ref(), guide.product.as_ref(), guide.version.as_ref(), Some(&guide.guide)]
}

fn passes(guide: &GuideEntry, query: &Query) -> bool {
    let passes = |filter: &Option<String>, name: Option<&Name>| match filter {
        Some(filter) => name.is_some_and(|name| name.answers_to(filter)),
        None => true,
    };
    (guide.is_newest || query.is_of_every_version())
        && passes(&query.vendor, guide.vendor.as_ref())
        && passes(&query.product, guide.product.as_ref())
        && passes(&query.version, guide.version.as_ref())
        && passes(&query.guide, Some(&guide.guide))
}

/// Runs of letters and digits, folded; single characters of scripts without blanks. Signs of names are left to other tests.
fn words_of(text: &str) -> Vec<String> {
    let mut words = Vec::from([String::new()]);
    for folded in text.chars().map(fold).filter(|folded| folded.class != Class::Mark) {
        if matches!(folded.class, Class::Gap | Class::Glyph) {
            words.push(String::new());
        }
        let letters = [Some(folded.first), folded.second].into_iter().flatten();
        if folded.class != Class::Gap {
            words.last_mut().into_iter().for_each(|word| word.extend(letters.clone()));
        }
        if folded.class == Class::Glyph {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn likeness(fields: &Fields<'_>) -> Likeness {
    let mut likeness = LikenessBuilder::default();
    likeness.add_title(fields.title);
    fields.headings.iter().for_each(|heading| likeness.add_text(heading));
    let body = plain(fields.body_markdown);
    likeness.add_text(&body);
    tokens(&body, &mut |token| {
        if token.kind != Kind::Joined {
            likeness.add_word(hash(token.text.as_bytes()));
        }
    });
    likeness.finish()
}

impl Passage {
    /// Whether its texts have the phrases and titles that are asked for, and nothing that is to be left out.
    fn holds(&self, plan: &Plan, query: &str) -> bool {
        plan.asked.iter().all(|asked| {
            let words = words_of(&query[asked.value.0..asked.value.1]);
            let has_row =
                |text: &Vec<String>| text.windows(words.len().max(1)).any(|row| row == words);
            let has_form =
                |text: &Vec<String>| text.iter().any(|word| stem_of(word) == stem_of(&words[0]));
            let is_row = asked.form == Form::Quoted || words.len() > 1;
            let begins = |wanted: &String| {
                let may_go_on = asked.value.1 == query.len();
                let is_it = |word: &String| {
                    stem_of(word) == stem_of(wanted) || (may_go_on && word.starts_with(wanted))
                };
                self.texts[0].iter().any(is_it)
            };
            match asked.sign {
                _ if words.is_empty() => true,
                Sign::Phrase => self.texts.iter().any(has_row),
                Sign::Title if asked.form == Form::Quoted => has_row(&self.texts[0]),
                Sign::Title => words.iter().all(begins),
                Sign::Without if is_row => !self.texts.iter().any(has_row),
                Sign::Without => !self.texts.iter().any(has_form),
                Sign::Page | Sign::Only(_) | Sign::Kept => true,
            }
        })
    }

    fn sum(&self, surfaces: &BTreeSet<&str>) -> Counts {
        let mut sum = Counts::default();
        for counts in surfaces.iter().filter_map(|surface| self.counts.get(*surface)) {
            sum.title += counts.title;
            sum.headings += counts.headings;
            sum.body += counts.body;
        }
        sum
    }

    /// The surface that stands here more often than all others of its term together.
    fn dominant<'a>(&self, surfaces: &BTreeSet<&'a str>) -> Option<&'a str> {
        let all = |counts: Counts| counts.title + counts.headings + counts.body;
        let total = all(self.sum(surfaces));
        surfaces
            .iter()
            .find(|surface| {
                self.counts.get(**surface).is_some_and(|counts| all(*counts) * 2 > total)
            })
            .copied()
    }
}

/// A term's share of the query, and what it adds to the passages where it stands.
fn weigh(
    term: &Term,
    entries: &BTreeMap<Vec<u8>, Entry>,
    [paid, paid_synonyms]: [Vec<Posting>; 2],
    idf: &IdfSteps,
    is_newest: &dyn Fn(u32) -> bool,
) -> (u32, BTreeMap<u32, u32>) {
    let exact = entries.get(&term.key);
    let mut expansions: Vec<(&Entry, FormFactors)> = Vec::new();
    if term.is_prefix {
        let others = entries
            .iter()
            .filter(|(key, _)| **key != term.key && !is_beside(key))
            .filter(|(key, _)| may_begin_with(key, term.text.as_bytes()));
        expansions.extend(others.map(|(_, entry)| {
            (entry, prefix_factors(entry.ranks(|surface| surface.starts_with(&term.text))))
        }));
        expansions.retain(|(_, factors)| factors.iter().any(|factor| *factor > 0));
        expansions.sort_by_key(|(entry, _)| Reverse(entry.postings.len()));
        expansions.truncate(EXPANSIONS_MAX);
    }
    let idf_of = |entry: &Entry| idf.idf(entry.postings.len() as u32);
    let common = expansions.first().map_or(0, |(entry, _)| idf_of(entry));
    let synonyms = entries.get(&synonyms_of(term));
    let mass = exact.into_iter().chain(synonyms).map(idf_of).min().unwrap_or(common);
    let mut added: BTreeMap<u32, u32> = BTreeMap::new();
    let mut add = |postings: Vec<Posting>, idf: u32, factors: FormFactors| {
        for posting in postings {
            let more =
                contribution(idf * term.count, posting.impact, factors[usize::from(posting.form)]);
            let best = added.entry(posting.document).or_default();
            *best = more.max(*best);
        }
    };
    if let Some(exact) = exact {
        add(paid, mass, exact_factors(exact.ranks(|surface| surface == term.text).next()));
    }
    if synonyms.is_some() {
        add(paid_synonyms, mass, [parameters::synonym() as u8; FORM_CODES]);
    }
    for (entry, factors) in expansions {
        add(Layout::of(entry.postings.clone(), is_newest).inline, common.min(mass), factors);
    }
    added.retain(|_, added| *added > 0);
    let mass = if term.kind == Kind::Part { mass / 2 } else { mass };
    (mass * term.count, added)
}

/// Under which key its synonyms stand; under none if the very word is meant.
fn synonyms_of(term: &Term) -> Vec<u8> {
    if term.is_quoted { Vec::new() } else { key_beside(&term.key, SYNONYMS) }
}

fn stem_of(word: &str) -> Vec<u8> {
    let mut key = Vec::from(word);
    stem(&mut key);
    key
}

impl Entry {
    fn ranks(&self, is_meant: impl Fn(&str) -> bool) -> impl Iterator<Item = usize> {
        self.surfaces
            .iter()
            .enumerate()
            .filter(move |(_, surface)| is_meant(surface))
            .map(|(rank, _)| rank)
    }
}
