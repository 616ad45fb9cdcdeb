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
    find::RelatedPassage,
    lenient::{Meant, Text, Version},
    moved::{Lines, without_moved},
    nearest::{nearest, shared},
};
use crate::{
    clean::visible,
    diff::{Changes, Fate, Run},
    library::compare_versions,
    manifest::{Guide, Name, Source},
    shelf::Product,
};

pub(super) const COMPARE: &str = "Compare a passage with the same passage in another version of its product, word by word: what was removed, what was added. `id` is the passage, `version` the version to compare with; `other_versions` of search and fetch names those that have the source. Where that version has no such passage, `nearest` names the one that may be about the same.";

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
    /// Where it is absent: the passage of the other version that may say something of it, not compared; absent where none is near.
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest: Option<RelatedPassage>,
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
    /// The other version has no such passage; `nearest` may be about the same.
    Absent,
}

/// The version that a passage is compared with.
struct Other<'a> {
    name: &'a Name,
    guides: Vec<&'a Guide>,
    /// The same source there, if there is one.
    source: Option<&'a Source>,
    is_older: bool,
}

pub(super) fn compare(room: &Room, arguments: &CompareArguments) -> Result<CompareAnswer, Refusal> {
    let record = room.record(&arguments.id)?;
    let other = other_version(room, &record, &arguments.version)?;
    let records = match other.source {
        Some(source) => room.edition.records_of(&source.path)?,
        None => Vec::new(),
    };
    match find_again(&record, &records) {
        Some((found, counterpart)) => {
            changes(room, &record, (found, counterpart), &records, &other)
        }
        None => absent(room, &record, records, &other),
    }
}

fn changes(
    room: &Room,
    record: &Record,
    (found, counterpart): (Likeness, &Record),
    records: &[Record],
    other: &Other,
) -> Result<CompareAnswer, Refusal> {
    let own_records = room.edition.records_of(&record.place.source)?;
    let (own, moved_here) = unmoved(record, counterpart, records);
    let (others, moved_there) = unmoved(counterpart, record, &own_records);
    let (old, new) = if other.is_older { (others, own) } else { (own, others) };
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
        this: Citation::of(room, record),
        other: Some(Citation::of(room, counterpart)),
        found,
        nearest: None,
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

/// The version that is asked for: one that has the passage's source, or else one of its product.
fn other_version<'a>(
    room: &'a Room,
    record: &Record,
    asked: &Version,
) -> Result<Other<'a>, Refusal> {
    let catalogue = &room.edition.catalogue;
    let path = &record.place.source;
    let given = asked.text().unwrap_or_default();
    let guides = catalogue.guides_beside(path);
    let products = catalogue.products(&guides);
    let unknown = |asked: &str| no_such_version(room, record, asked, &products);
    let (Some(product), Some((own, _))) = (products.first(), catalogue.source(path)) else {
        return Err(unknown(given));
    };
    let named = || product.versions.iter().filter_map(|version| Some((version.name?, version)));
    let meant = asked.meant(|asked| named().any(|(name, _)| name.is(asked)));
    let newest = product.newest().and_then(|version| Some(version.name?.key.clone()));
    let asked = match meant {
        Some(Meant::Newest) => newest,
        other => other.and_then(Meant::name),
    }
    .unwrap_or_default();
    let twins = catalogue.twins(path);
    let twin_in = |name: &Name| {
        let is_there = |(guide, _): &&(&Guide, &Source)| guide.version.as_ref() == Some(name);
        twins.iter().find(is_there).map(|(_, source)| *source)
    };
    let exact = named().find(|(name, _)| name.is(&asked));
    let series =
        || named().filter(|(name, _)| name.is_of(&asked) && Some(*name) != own.version.as_ref());
    let with_source = || series().find(|(name, _)| twin_in(name).is_some());
    let found = exact.or_else(with_source).or_else(|| series().next());
    let (name, version) = found.ok_or_else(|| unknown(given))?;
    if own.version.as_ref() == Some(name) {
        return Err(Refusal::new(
            "same_version",
            "the passage stands in this version itself; give another one",
        ));
    }
    let is_older =
        own.version.as_ref().is_some_and(|own| compare_versions(&name.key, &own.key).is_lt());
    Ok(Other { name, guides: version.guides.clone(), source: twin_in(name), is_older })
}

fn no_such_version(room: &Room, record: &Record, asked: &str, products: &[Product]) -> Refusal {
    let others = room.edition.catalogue.other_versions(&record.place.source);
    let versions = products.iter().flat_map(|product| &product.versions);
    let has_versions = versions.filter(|version| version.name.is_some()).count() > 1;
    let hint = match (others.is_empty(), has_versions) {
        (true, true) => "find_version names those of its product".to_string(),
        (true, false) => "its product has no other".to_string(),
        (false, _) => format!("it stands in {}", others.join(", ")),
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
    let words = |text: &str| text.split_whitespace().map(str::to_lowercase).collect();
    shared(&words(one), &words(other))
}

fn absent(
    room: &Room,
    record: &Record,
    records: Vec<Record>,
    other: &Other,
) -> Result<CompareAnswer, Refusal> {
    let nearest = nearest(room, record, &other.guides, records)?;
    let missing = match other.source {
        Some(source) => format!("No passage of {} is like this one", source.path),
        None => format!("{} has no such source as this passage's", other.name.key),
    };
    let hint = match (&nearest, other.source) {
        (Some(_), _) => {
            "; `nearest` may be about the same: fetch it before you say that this is gone or new."
        }
        (None, Some(_)) => ", and none of that version is near; read_guide reads that source.",
        (None, None) => {
            ", and no passage there is near; list_library with product and version names what there is."
        }
    };
    Ok(CompareAnswer {
        this: Citation::of(room, record),
        other: None,
        found: Likeness::Absent,
        nearest: nearest.as_ref().map(RelatedPassage::of),
        same: false,
        words_removed: 0,
        words_added: 0,
        changes: Vec::new(),
        notice: Some(format!("{missing}{hint}")),
    })
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
