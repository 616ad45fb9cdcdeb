//! The passage of another version that is nearest to one which that version does not have.
//!
//! In: a passage, the guides of the other version, the source that is its counterpart there. Out: a passage, if one may be about the
//! same. Words and meaning find candidates in the whole version; titles, headings and texts decide. Knows no tool.

use std::collections::BTreeSet;

use search::{Query, Record};

use super::super::desk::{Refusal, Room};
use crate::{manifest::Guide, shelf::Filter};

/// So many passages that a search finds are looked at.
const LOOKED_AT: u32 = 10;
/// A question is made of the first words of a passage, behind its title.
const WORDS_ASKED: usize = 12;
/// What is less like it is about something else.
const LIKE_MIN: f64 = 0.35;

/// The nearest passage in `guides`, which are those of a version; `counterpart` is what the same source holds there.
pub(super) fn nearest(
    room: &Room,
    record: &Record,
    guides: &[&Guide],
    counterpart: Vec<Record>,
) -> Result<Option<Record>, Refusal> {
    let asked = Features::of(record);
    let candidates = found(room, record, guides)?.into_iter().chain(counterpart);
    let graded = candidates.map(|other| (asked.likeness(&Features::of(&other)), other));
    // The first of equals: a search gives the best first.
    let best = graded.reduce(|best, other| if other.0 > best.0 { other } else { best });
    Ok(best.filter(|(degree, _)| *degree >= LIKE_MIN).map(|(_, record)| record))
}

fn found(room: &Room, record: &Record, guides: &[&Guide]) -> Result<Vec<Record>, Refusal> {
    let [first, ..] = guides else { return Ok(Vec::new()) };
    let filter = Filter {
        vendor: first.vendor.as_ref().map(|name| name.key.clone()),
        product: Some(first.product.key.clone()),
        version: first.version.as_ref().map(|name| name.key.clone()),
        guide: None,
    };
    let query = Query { limit: LOOKED_AT, ..filter.query(question(record)) };
    let hits = room.edition.search(&query)?.hits;
    Ok(hits.into_iter().map(|hit| hit.found.record).collect())
}

/// Plain words: nothing in a text may be taken for a sign of the query language.
fn question(record: &Record) -> String {
    let body = words(&record.text).into_iter().take(WORDS_ASKED);
    let all = words(&record.title).into_iter().chain(body);
    all.collect::<Vec<_>>().join(" ")
}

fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric());
    parts.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// What passages are compared by.
struct Features {
    title: BTreeSet<String>,
    headings: BTreeSet<String>,
    text: BTreeSet<String>,
}

impl Features {
    fn of(record: &Record) -> Features {
        let set = |text: &str| words(text).into_iter().collect();
        Features {
            title: set(&record.title),
            headings: set(&record.headings.join(" ")),
            text: set(&record.text),
        }
    }

    /// From 0 to 1. A title says more of what a passage is about than the headings above it; of texts that were written anew half of the
    /// words are others.
    fn likeness(&self, other: &Features) -> f64 {
        let title = shared(&self.title, &other.title);
        let headings = shared(&self.headings, &other.headings);
        let text = (2.0 * shared(&self.text, &other.text)).min(1.0);
        0.4 * title + 0.1 * headings + 0.5 * text
    }
}

/// Words in common as a share of all words of both.
pub(super) fn shared(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let common = one.intersection(other).count();
    common as f64 / (one.len() + other.len() - common).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(title: &str, text: &str) -> Record {
        Record { title: title.to_string(), text: text.to_string(), ..Record::default() }
    }

    #[test]
    fn a_title_or_half_of_the_words_are_plausible_and_chance_is_not() {
        let check = |one: &Record, other: &Record, expected: bool| {
            let likeness = Features::of(one).likeness(&Features::of(other));
            assert_eq!(likeness >= LIKE_MIN, expected, "{} {likeness}", other.title);
        };
        let asked = record("Port limits", "wait ten seconds for every port that is open");
        check(&asked, &record("Port limits", "all of it was written anew"), true);
        check(&asked, &record("Waiting", "wait ten seconds for every port of all"), true);
        check(&asked, &record("Port names", "a name is given to what is there"), false);
        check(&asked, &record("Other", "that is another thing for no one"), false);
    }

    #[test]
    fn a_question_has_no_signs() {
        let asked = record("`--limit` of \"ports\"", "## -x: version:3 (a|b)");
        assert_eq!(question(&asked), "limit of ports x version 3 a b");
    }
}
