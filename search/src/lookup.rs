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
    shards: impl Iterator<Item = &'a [u8]>,
    idf: &IdfSteps,
) -> Result<Lookups<'a>, Error> {
    let (mut said, mut expansions, mut links) = (Vec::new(), Vec::new(), Vec::new());
    for shard in shards {
        let mut reader = WordsReader::open(shard)?;
        while let Some((key, found)) = reader.next_term()? {
            if key == term.key {
                let surfaces = found.surfaces(key)?;
                let rank = surfaces.iter().position(|surface| surface == term.text.as_bytes());
                let factors = exact_factors(rank);
                say(&mut said, lookup((Finding::Itself, factors), (found, surfaces)));
            } else if key.strip_suffix(SYNONYMS) == Some(&term.key) {
                if !term.is_quoted {
                    let factors = [parameters::synonym() as u8; FORM_CODES];
                    let surfaces = found.surfaces(key)?;
                    say(&mut said, lookup((Finding::Synonyms, factors), (found, surfaces)));
                }
            } else if key.strip_suffix(LINKS) == Some(&term.key) {
                links.extend(found.surfaces(key)?);
            } else if term.is_prefix && may_begin_with(key, term.text.as_bytes()) && !is_beside(key)
            {
                expand(&mut expansions, term, key, found)?;
            }
        }
    }
    Ok(Lookups { links, ..weighed(term, said, expansions, idf) })
}

fn lookup<'a>(
    (finding, factors): (Finding, FormFactors),
    (term, surfaces): (words::Term<'a>, Vec<Vec<u8>>),
) -> Lookup<'a> {
    Lookup { idf: 0, factors, term, finding, surfaces, tiers: Vec::new() }
}

/// Adds what a shard says. Where late passages add to it, both tell how many passages there are in all.
fn say<'a>(said: &mut Vec<Lookup<'a>>, mut lookup: Lookup<'a>) {
    if let Some(early) = said.iter_mut().find(|early| early.finding == lookup.finding) {
        early.term.document_frequency += lookup.term.document_frequency;
        lookup.term.document_frequency = early.term.document_frequency;
        if lookup.finding == Finding::Itself {
            lookup.finding = Finding::Late;
        }
    }
    said.push(lookup);
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

/// A word that begins with the last one of the query: in how many passages it stands, its key, and what each shard says of it.
type Expansion<'a> = (u32, Vec<u8>, Vec<(words::Term<'a>, FormFactors)>);

/// Adds an expansion, if it is one, and drops the rarest if there are too many. Of equally rare ones the first stay.
fn expand<'a>(
    expansions: &mut Vec<Expansion<'a>>,
    term: &Term,
    key: &[u8],
    found: words::Term<'a>,
) -> Result<(), Error> {
    let surfaces = found.surfaces(key)?;
    let begins = |surface: &Vec<u8>| surface.starts_with(term.text.as_bytes());
    let ranks =
        surfaces.iter().enumerate().filter(|(_, surface)| begins(surface)).map(|(rank, _)| rank);
    let factors = prefix_factors(ranks);
    if factors.iter().all(|factor| *factor == 0) {
        return Ok(());
    }
    let known = expansions.iter().position(|(_, other, _)| other == key);
    let (mut frequency, key, mut parts) =
        known.map_or_else(|| (0, key.into(), Vec::new()), |at| expansions.remove(at));
    frequency += found.document_frequency;
    parts.push((found, factors));
    let at = expansions.iter().position(|(other, ..)| *other < frequency);
    expansions.insert(at.unwrap_or(expansions.len()), (frequency, key, parts));
    expansions.truncate(EXPANSIONS_MAX);
    Ok(())
}

/// All expansions together are one word of the query, and weigh like the most frequent of them: a rare one is not what was
/// meant because it is rare. So do a word and its synonyms.
fn weighed<'a>(
    term: &Term,
    mut lookups: Vec<Lookup<'a>>,
    expansions: Vec<Expansion<'a>>,
    idf: &IdfSteps,
) -> Lookups<'a> {
    let common = expansions.first().map_or(0, |(frequency, ..)| idf.idf(*frequency));
    let said = lookups.iter().map(|lookup| idf.idf(lookup.term.document_frequency));
    let mass = said.min().unwrap_or(common);
    for (term, factors) in expansions.into_iter().flat_map(|(.., parts)| parts) {
        lookups.push(lookup((Finding::Beginning, factors), (term, Vec::new())));
    }
    for lookup in &mut lookups {
        let is_longer = lookup.finding == Finding::Beginning;
        lookup.idf = if is_longer { common.min(mass) } else { mass };
        lookup.idf *= term.count;
    }
    let mass = if term.kind == Kind::Part { mass / 2 } else { mass };
    Lookups { mass: mass * term.count, lookups, links: Vec::new() }
}
