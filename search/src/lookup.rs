//! What does a term find in its shards? The term itself, and for the last word of a query the words that begin with it.
//!
//! In: a term and the bytes of its shards. Out: lists of postings with their weights. Knows no engine and no passages.

use alloc::vec::Vec;

use crate::beside::{LINKS, SYNONYMS, is_beside};
use crate::error::Error;
use crate::parameters;
use crate::plan::Term;
use crate::rank::{Finding, Lookup};
use crate::text::Kind;
use crate::weights::{FORM_CODES, FormFactors, IdfSteps, exact_factors, prefix_factors};
use crate::words::{self, WordsReader};

/// How many words that begin with the last one are followed: the most frequent.
pub(crate) const EXPANSIONS_MAX: usize = 16;
/// How much shorter than what was typed the stem of a longer word may be: `configuri` is found under `configur`.
const STEM_IS_SHORTER_BY_MAX: usize = 4;

/// What a term found.
pub(crate) struct Lookups<'a> {
    /// Its share of the query: its idf, 0 if nothing was found.
    pub(crate) mass: u32,
    pub(crate) lookups: Vec<Lookup<'a>>,
    /// Other keys of its word.
    pub(crate) links: Vec<Vec<u8>>,
}

/// Looks a term up in its shards, which are in order of their keys, and in that of late passages.
pub(crate) fn look_up<'a>(
    term: &Term,
    (shards, late): (&[&'a [u8]], Option<&'a [u8]>),
    idf: &IdfSteps,
) -> Result<Lookups<'a>, Error> {
    let mut late_terms = Vec::new();
    if let Some(late) = late {
        each_match(term, late, &mut |role, key, found| {
            late_terms.push((role, Vec::from(key), found));
            Ok(())
        })?;
    }
    let mut late_terms = late_terms.into_iter().peekable();
    let mut found =
        Found { term, idf, said: Vec::new(), expansions: Vec::new(), links: Vec::new() };
    for shard in shards {
        each_match(term, shard, &mut |role, key, mut early| {
            while let Some((role, key, late)) = late_terms.next_if(|(_, other, _)| **other < *key) {
                found.add(role, &key, late, None)?;
            }
            let late = late_terms.next_if(|(_, other, _)| other == key);
            let mut late = late.map(|(_, _, late)| late);
            if let Some(late) = &mut late {
                early.document_frequency += late.document_frequency;
                late.document_frequency = early.document_frequency;
            }
            found.add(role, key, early, late)
        })?;
    }
    late_terms.try_for_each(|(role, key, late)| found.add(role, &key, late, None))?;
    Ok(found.weighed())
}

/// What a key is to a term.
#[derive(Clone, Copy)]
enum Role {
    Itself,
    Synonyms,
    Links,
    Beginning,
}

impl Role {
    fn of(key: &[u8], term: &Term) -> Option<Role> {
        if key == term.key {
            Some(Role::Itself)
        } else if key.strip_suffix(SYNONYMS) == Some(&term.key) {
            (!term.is_quoted).then_some(Role::Synonyms)
        } else if key.strip_suffix(LINKS) == Some(&term.key) {
            Some(Role::Links)
        } else {
            let begins = term.is_prefix && may_begin_with(key, term.text.as_bytes());
            (begins && !is_beside(key)).then_some(Role::Beginning)
        }
    }
}

/// Receives a key that is anything to the term, and what its shard says of it.
type EachMatch<'e, 'a> = &'e mut dyn FnMut(Role, &[u8], words::Term<'a>) -> Result<(), Error>;

/// Calls `each` for every such key of a shard.
fn each_match<'a>(term: &Term, shard: &'a [u8], each: EachMatch<'_, 'a>) -> Result<(), Error> {
    let mut reader = WordsReader::open(shard)?;
    while let Some((key, found)) = reader.next_term()? {
        if let Some(role) = Role::of(key, term) {
            each(role, key, found)?;
        }
    }
    Ok(())
}

/// What a term found so far.
struct Found<'t, 'a> {
    term: &'t Term,
    idf: &'t IdfSteps,
    /// The term itself and its synonyms.
    said: Vec<Lookup<'a>>,
    expansions: Vec<Expansion<'a>>,
    links: Vec<Vec<u8>>,
}

impl<'a> Found<'_, 'a> {
    /// Adds a key, with what late passages add to it; both tell how many passages have it in all.
    fn add(
        &mut self,
        role: Role,
        key: &[u8],
        found: words::Term<'a>,
        late: Option<words::Term<'a>>,
    ) -> Result<(), Error> {
        let mut parts = [Some(found), late].into_iter().flatten();
        if matches!(role, Role::Beginning) {
            return self.expand(key, parts);
        }
        let mut finding = Finding::Itself;
        parts.try_for_each(|part| {
            let surfaces = part.surfaces(key)?;
            let text = self.term.text.as_bytes();
            let rank = surfaces.iter().position(|surface| surface == text);
            match role {
                Role::Links => self.links.extend(surfaces),
                Role::Synonyms => {
                    let factors = [parameters::synonym() as u8; FORM_CODES];
                    self.say((Finding::Synonyms, factors), (part, surfaces));
                }
                _ => {
                    let finding = core::mem::replace(&mut finding, Finding::Late);
                    self.say((finding, exact_factors(rank)), (part, surfaces));
                }
            }
            Ok(())
        })
    }

    fn say(
        &mut self,
        finding: (Finding, FormFactors),
        (term, surfaces): (words::Term<'a>, Vec<Vec<u8>>),
    ) {
        let idf = self.idf.idf(term.document_frequency);
        self.said.push(lookup(finding, (term, surfaces), idf));
    }
}

fn lookup<'a>(
    (finding, factors): (Finding, FormFactors),
    (term, surfaces): (words::Term<'a>, Vec<Vec<u8>>),
    idf: u32,
) -> Lookup<'a> {
    Lookup { idf, factors, term, finding, surfaces, tiers: Vec::new() }
}

/// A key as it stands in its shard, if it does.
pub(crate) fn find<'a>(key: &[u8], shard: &'a [u8]) -> Result<Option<words::Term<'a>>, Error> {
    let mut reader = WordsReader::open(shard)?;
    while let Some((other, found)) = reader.next_term()? {
        if other == key {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Whether words under this key may begin with `prefix`.
pub(crate) fn may_begin_with(key: &[u8], prefix: &[u8]) -> bool {
    key.starts_with(prefix)
        || (prefix.starts_with(key) && key.len() + STEM_IS_SHORTER_BY_MAX >= prefix.len())
}

/// A word that begins with the last one of the query.
struct Expansion<'a> {
    document_frequency: u32,
    parts: Vec<(words::Term<'a>, FormFactors)>,
}

impl<'a> Found<'_, 'a> {
    /// Adds an expansion, if it is one, and drops the rarest if there are too many. Of equally rare ones the first stay.
    fn expand(
        &mut self,
        key: &[u8],
        found: impl Iterator<Item = words::Term<'a>>,
    ) -> Result<(), Error> {
        let begins = |surface: &[u8]| surface.starts_with(self.term.text.as_bytes());
        let mut expansion = Expansion { document_frequency: 0, parts: Vec::new() };
        for part in found {
            let surfaces = part.surfaces(key)?;
            let ranks = surfaces.iter().enumerate().filter(|(_, surface)| begins(surface));
            let factors = prefix_factors(ranks.map(|(rank, _)| rank));
            if factors.iter().any(|factor| *factor > 0) {
                expansion.document_frequency = part.document_frequency;
                expansion.parts.push((part, factors));
            }
        }
        if expansion.parts.is_empty() {
            return Ok(());
        }
        let is_rarer =
            |other: &Expansion<'_>| other.document_frequency < expansion.document_frequency;
        let at = self.expansions.iter().position(is_rarer).unwrap_or(self.expansions.len());
        self.expansions.insert(at, expansion);
        self.expansions.truncate(EXPANSIONS_MAX);
        Ok(())
    }

    /// All expansions together are one word of the query, and weigh like the most frequent of them: a rare one is not what was
    /// meant because it is rare. So do a word and its synonyms.
    fn weighed(self) -> Lookups<'a> {
        let most_frequent = self.expansions.first();
        let common = most_frequent.map_or(0, |most| self.idf.idf(most.document_frequency));
        let mut lookups = self.said;
        let mass = lookups.iter().map(|lookup| lookup.idf).min().unwrap_or(common);
        let idf = common.min(mass);
        lookups.iter_mut().for_each(|lookup| lookup.idf = mass);
        for (term, factors) in self.expansions.into_iter().flat_map(|one| one.parts) {
            lookups.push(lookup((Finding::Beginning, factors), (term, Vec::new()), idf));
        }
        lookups.iter_mut().for_each(|lookup| lookup.idf *= self.term.count);
        let mass = if self.term.kind == Kind::Part { mass / 2 } else { mass };
        Lookups { mass: mass * self.term.count, lookups, links: self.links }
    }
}
