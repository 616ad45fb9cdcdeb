//! `compare_versions`: the same passage in another version, and what changed.
//!
//! In: a passage and a version. Out: both citations and the changes word by word. Knows no transport.

use schemars::JsonSchema;
use search::Record;
use serde::{Deserialize, Serialize};

use super::super::{
    budget::{self, Budget, tokens},
    cite::Citation,
    desk::{Refusal, Room, shortened},
};
use super::{
    lenient::{Meant, Text, Version},
    moved::{Lines, without_moved},
};
use crate::{
    clean::visible,
    diff::{Changes, Fate, Run},
    library::compare_versions,
};

pub(super) const COMPARE: &str = "Compare a passage with the same passage in another version of its product, word by word: what was removed, what was added. `id` is the passage, `version` the version to compare with; `other_versions` of search and fetch names those that have the source.";

/// Of a long run that stayed the same, so many characters are shown at each end.
const SAME_SHOWN_CHARS: usize = 120;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompareArguments {
    /// The passage: its id from search, or the address of its page.
    id: Text,
    /// The version to compare it with, e.g. "v12.0", or "latest".
    version: Version,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CompareAnswer {
    /// The passage that was asked for.
    this: Citation,
    /// The same passage in the other version; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<Citation>,
    /// How the other passage was told to be the same.
    found: Likeness,
    /// Whether both say the same.
    same: bool,
    words_removed: usize,
    words_added: usize,
    /// From the older to the newer version: runs of words that stayed, were removed, were added. Long runs that stayed are cut
    /// in the middle.
    changes: Vec<Run>,
    /// What to know about this answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
}

/// How a passage was found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Likeness {
    /// It stands under the same headings.
    SameHeadings,
    /// It is the most similar passage of the same source.
    SimilarText,
    /// No passage of the other version is like it.
    Absent,
}

pub(super) fn compare(room: &Room, arguments: &CompareArguments) -> Result<CompareAnswer, Refusal> {
    let record = room.record(&arguments.id)?;
    let twins = room.edition.catalogue.twins(&record.place.source);
    let is_known = |asked: &str| {
        twins.iter().any(|(guide, _)| guide.version.as_ref().is_some_and(|name| name.is(asked)))
    };
    let newest = || twins.first().and_then(|(guide, _)| Some(guide.version.as_ref()?.key.clone()));
    let asked = match arguments.version.meant(is_known) {
        Some(Meant::Newest) => newest(),
        Some(Meant::Named(name)) => Some(name),
        Some(Meant::Every) | None => None,
    };
    let asked = asked.as_deref().or(arguments.version.text()).unwrap_or_default();
    let (path, is_older) = other_source(room, &record, asked)?;
    let records = room.edition.records_of(&path)?;
    let this = Citation::of(room, &record);
    let Some((found, other)) = find_again(&record, &records) else {
        return Ok(absent(this, &path));
    };
    let own_records = room.edition.records_of(&record.place.source)?;
    let (own, moved_here) = unmoved(&record, other, &records);
    let (others, moved_there) = unmoved(other, &record, &own_records);
    let (old, new) = if is_older { (others, own) } else { (own, others) };
    let changes = Changes::between(&visible(&old), &visible(&new));
    let (words_removed, words_added) = (changes.count(Fate::Removed), changes.count(Fate::Added));
    let (shown, is_cut) = shown(&changes, room.settings.tokens_max);
    let notices = [
        (is_cut || changes.is_cut)
            .then(|| "Not all changes had room; fetch both passages for the rest.".to_string()),
        cut_elsewhere(moved_here + moved_there),
    ];
    let notices: Vec<String> = notices.into_iter().flatten().collect();
    Ok(CompareAnswer {
        this,
        other: Some(Citation::of(room, other)),
        found,
        same: words_removed + words_added == 0,
        words_removed,
        words_added,
        changes: shown,
        notice: (!notices.is_empty()).then(|| notices.join(" ")),
    })
}

/// A passage's text without what stands in other passages of its counterpart's source, and how many words that is.
fn unmoved(record: &Record, counterpart: &Record, others: &[Record]) -> (String, usize) {
    let around = others.iter().filter(|other| other.place.id != counterpart.place.id);
    let around = Lines::of(around.map(|other| other.text.as_str()));
    without_moved(&record.text, &counterpart.text, &around)
}

fn cut_elsewhere(moved_words: usize) -> Option<String> {
    (moved_words > 0).then(|| {
        format!("The versions cut this text into passages at different places: {moved_words} words stand in a neighbouring passage of the other version, and are neither removed nor added.")
    })
}

/// The same source in the version asked for, and whether that version is the older one.
fn other_source(room: &Room, record: &Record, asked: &str) -> Result<(String, bool), Refusal> {
    let twins = room.edition.catalogue.twins(&record.place.source);
    let versions =
        twins.iter().filter_map(|(guide, source)| Some((guide.version.as_ref()?, source)));
    let own = versions.clone().find(|(_, source)| source.path == record.place.source);
    let exact = versions.clone().find(|(version, _)| version.is(asked));
    let mut others = versions.filter(|(_, source)| source.path != record.place.source);
    let other = exact.or_else(|| others.find(|(version, _)| version.is_of(asked)));
    match (own, other) {
        (Some((own, _)), Some((other, _))) if own == other => Err(Refusal::new(
            "same_version",
            "the passage stands in this version itself; give another one",
        )),
        (Some((own, _)), Some((other, source))) => {
            Ok((source.path.clone(), compare_versions(&other.key, &own.key).is_lt()))
        }
        _ => Err(no_such_version(room, record, asked)),
    }
}

fn no_such_version(room: &Room, record: &Record, asked: &str) -> Refusal {
    let others = room.edition.catalogue.other_versions(&record.place.source);
    let hint = match others.is_empty() {
        true => "it stands in no other version".to_string(),
        false => format!("it stands in {}", others.join(", ")),
    };
    let error = format!("'{}' has no version '{}'; {hint}", record.place.source, shortened(asked));
    Refusal { code: "unknown_version", error, did_you_mean: others }
}

/// The passage under the same headings, else the one with the most words in common.
fn find_again<'a>(record: &Record, records: &'a [Record]) -> Option<(Likeness, &'a Record)> {
    let same = |other: &&Record| other.title == record.title && other.headings == record.headings;
    let closest = |candidates: &mut dyn Iterator<Item = &'a Record>| {
        let graded = candidates.map(|other| (similarity(&record.text, &other.text), other));
        // The first of equals, so that the answer depends on nothing else.
        graded.reduce(|best, other| if other.0 > best.0 { other } else { best })
    };
    if let Some((_, other)) = closest(&mut records.iter().filter(same)) {
        return Some((Likeness::SameHeadings, other));
    }
    let (degree, other) = closest(&mut records.iter())?;
    (degree >= SIMILAR_MIN).then_some((Likeness::SimilarText, other))
}

/// Passages with fewer words in common are not the same.
const SIMILAR_MIN: f64 = 0.3;

/// Words in common as a share of all words of both.
fn similarity(one: &str, other: &str) -> f64 {
    let words = |text: &str| -> std::collections::BTreeSet<String> {
        text.split_whitespace().map(str::to_lowercase).collect()
    };
    let (one, other) = (words(one), words(other));
    let common = one.intersection(&other).count();
    common as f64 / (one.len() + other.len() - common).max(1) as f64
}

fn absent(this: Citation, path: &str) -> CompareAnswer {
    let notice = format!("No passage of {path} is like this one; read_guide reads that source.");
    CompareAnswer {
        this,
        other: None,
        found: Likeness::Absent,
        same: false,
        words_removed: 0,
        words_added: 0,
        changes: Vec::new(),
        notice: Some(notice),
    }
}

/// The changes as far as there is room, and whether that is not all.
fn shown(changes: &Changes, limit: usize) -> (Vec<Run>, bool) {
    let mut budget = Budget::new(limit);
    let mut runs = Vec::new();
    for run in &changes.runs {
        let text = match run.fate {
            Fate::Same => shortened_middle(&run.text),
            _ => budget::beginning(&run.text, limit).to_string(),
        };
        if !budget.take(tokens(&text) + 8) {
            return (runs, true);
        }
        runs.push(Run { fate: run.fate, text });
    }
    (runs, false)
}

fn shortened_middle(text: &str) -> String {
    let count = text.chars().count();
    if count <= 3 * SAME_SHOWN_CHARS {
        return text.to_string();
    }
    let first: String = text.chars().take(SAME_SHOWN_CHARS).collect();
    let last: String = text.chars().skip(count - SAME_SHOWN_CHARS).collect();
    format!("{first} […] {last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(title: &str, text: &str) -> Record {
        Record {
            place: search::Placement { id: title.to_string(), ..search::Placement::default() },
            title: title.to_string(),
            text: text.to_string(),
            ..Record::default()
        }
    }

    fn check(asked: &Record, expected: Option<(Likeness, &str)>) {
        let others = [
            record("Limits", "wait ten seconds"),
            record("Ports", "port 80 is open"),
            record("Ports", "port 443 is open for all agents"),
        ];
        let found = find_again(asked, &others);
        assert_eq!(found.map(|(found, other)| (found, other.text.as_str())), expected);
    }

    #[test]
    fn passages_are_found_again_by_headings_then_by_words() {
        check(
            &record("Ports", "port 443 is open"),
            Some((Likeness::SameHeadings, "port 80 is open")),
        );
        check(
            &record("Time limits", "wait ten minutes"),
            Some((Likeness::SimilarText, "wait ten seconds")),
        );
        check(&record("Other", "nothing alike here"), None);
    }
}
