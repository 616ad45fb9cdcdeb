//! How do the words of a query stand in a passage: together, in order, in its title? What that is worth on top of each by itself.
//!
//! In: the record of a passage that is fetched to be shown anyway, and the query's words. Out: what its score gains, and its section that answers. Knows no
//! postings: passages are gathered by their words alone, and those of one page are put in order by this.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use crate::answer::{DocumentId, Hit, Section};
use crate::parameters;
use crate::plan::Term;
use crate::query::Query;
use crate::rank::Ranked;
use crate::record::Record;
use crate::row::Row;
use crate::snippet::{Beginnings, Mark, Marked};
use crate::text::{Kind, tokens, trimmed};

/// Words further apart than this have nothing to do with each other.
const FAR_WORDS: u32 = 8;

/// The words of a text, folded, stop words too, and numbers of releases behind the first.
pub(crate) fn words_of(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    tokens(text, &mut |token| {
        let is_number = || token.text.as_bytes()[0].is_ascii_digit();
        let is_release = || token.kind == Kind::Whole && token.position > 0 && is_number();
        if matches!(token.kind, Kind::Word | Kind::Glyphs) || is_release() {
            words.push(token.text.into());
        }
    });
    words
}

/// Whether a title has these words and no others.
pub(crate) fn is_called(title: &str, words: &[String]) -> bool {
    let Some(first) = words.first() else { return false };
    // Most titles begin with another letter. What is no plain letter may be folded, or be no word: the number of `1.2 Overview`.
    let begin = title.bytes().find(|byte| !byte.is_ascii() || byte.is_ascii_alphanumeric());
    let may_be = begin.is_some_and(|begin| {
        !begin.is_ascii_alphabetic() || first.starts_with(char::from(begin.to_ascii_lowercase()))
    });
    may_be && words_of(title) == *words
}

/// Hits are put in order within so many, or within a page if it is shorter: so no hit moves from one page to another.
const WINDOW: u32 = 10;

/// What is asked, as texts are judged by it.
pub(crate) struct Asked<'a> {
    pub(crate) marks: Vec<Mark<'a>>,
    pub(crate) beginnings: Beginnings,
    /// All words as typed, folded.
    pub(crate) words: Vec<String>,
    /// The phrases to mark.
    pub(crate) phrases: Vec<&'a Row>,
    /// As typed.
    pub(crate) text: &'a str,
    /// By mark: which word of the query it is, stop words counted.
    pub(crate) places: Vec<u32>,
}

/// So many words in a row are no chance.
const ROW_WORDS_MIN: u32 = 3;

/// Where these terms stand first in a query; those that were put there for others stand nowhere, at [`u32::MAX`].
pub(crate) fn places(query: &str, terms: &[Term]) -> Vec<u32> {
    let mut places = vec![u32::MAX; terms.len()];
    tokens(query, &mut |token| {
        for (place, term) in places.iter_mut().zip(terms) {
            if term.text == token.text {
                *place = token.position.min(*place);
            }
        }
    });
    places
}

/// The hits of the page that is asked for, given all up to its end by what their words are worth.
pub(crate) fn in_order(
    ranked: Vec<(Ranked, Record)>,
    query: &Query,
    asked: &Asked<'_>,
) -> Vec<Hit> {
    let window = query.limit.clamp(1, WINDOW) as usize;
    let first = query.offset as usize / window * window;
    let mut hits: Vec<Hit> =
        ranked.into_iter().skip(first).map(|(ranked, record)| hit(ranked, record, asked)).collect();
    hits.chunks_mut(window).for_each(put_in_order);
    hits.split_off((query.offset as usize - first).min(hits.len()))
}

/// The best first; of equals the lower number.
fn put_in_order(hits: &mut [Hit]) {
    let is_before =
        |left: &Hit, right: &Hit| (left.score, right.document) > (right.score, left.document);
    for end in 1..hits.len() {
        let mut at = end;
        while at > 0 && is_before(&hits[at], &hits[at - 1]) {
            hits.swap(at, at - 1);
            at -= 1;
        }
    }
}

pub(crate) fn hit(ranked: Ranked, record: Record, asked: &Asked<'_>) -> Hit {
    let text = Marked::markdown(&record.text, &asked.marks, &asked.beginnings);
    let title = Marked::of(record.title.clone(), &asked.marks, &asked.beginnings);
    let share = title_share(&title, &(0..usize::MAX), &asked.marks);
    let gain = gain(ranked.score, &record, (&title, share), &text, asked);
    Hit {
        document: DocumentId(ranked.document),
        score: ranked.score.saturating_add(gain),
        gain,
        is_related: false,
        section: section(&record, share, &text, asked),
        snippet: text.snippet(&record.title, &asked.marks, &asked.phrases),
        record,
    }
}

/// What a score gains by how the words of the query stand in the title and in the text.
fn gain(
    score: u32,
    record: &Record,
    (title, share): (&Marked, u32),
    text: &Marked,
    asked: &Asked<'_>,
) -> u32 {
    let Asked { words, .. } = asked;
    let exactness = match is_called(&record.title, words) {
        false => 0,
        true if trimmed(&record.title).eq_ignore_ascii_case(trimmed(asked.text)) => 5,
        true => 4,
    };
    let (near, has_row) = near_share(text, asked);
    let near = near.max(near_share(title, asked).0);
    let worth = parameters::exact_title() * SHARE * exactness / 4
        + parameters::title() * share
        + parameters::near() * near
        + parameters::row() * SHARE * u32::from(has_row);
    (u64::from(score) * u64::from(worth) / u64::from(16 * SHARE)) as u32
}

/// Shares are of this.
const SHARE: u32 = 256;

/// The section whose heading says more of the query than the title does; of equals the first.
fn section(record: &Record, share: u32, text: &Marked, asked: &Asked<'_>) -> Option<Section> {
    let mut best = (share, None);
    let mut own = None;
    for heading in text.headings() {
        let name = trimmed(text.slice(&heading.bytes));
        if own.is_none() && name == trimmed(&record.title) {
            own = Some(heading.level);
        }
        let share = title_share(text, &heading.bytes, &asked.marks);
        if share > best.0 {
            best = (share, Some((name, above(record.headings.len(), own, heading.level))));
        }
    }
    best.1.map(|(title, above)| Section { title: title.into(), above })
}

/// How many of so many headings and the title below them stand above a heading of this level. Where a passage goes on with a section it
/// has no heading of its own, and nobody knows the title's level: all is within the first.
fn above(headings: usize, own: Option<u8>, level: u8) -> usize {
    let Some(own) = own else { return headings.min(1) };
    match own.checked_sub(level) {
        None => headings + 1,
        Some(steps) => headings.saturating_sub(steps.into()).max(headings.min(1)),
    }
}

/// How much of the query stands in a title, which are these bytes of a text, and of the title in the query.
fn title_share(text: &Marked, title: &Range<usize>, marks: &[Mark<'_>]) -> u32 {
    let mut found = vec![false; marks.len()];
    let mut words = 0;
    let mut last = None;
    for spot in text.spots.iter().filter(|spot| title.contains(&spot.start)) {
        found[spot.mark] = true;
        words += u32::from(last != Some(spot.position));
        last = Some(spot.position);
    }
    let total: u32 = marks.iter().map(|mark| mark.idf).sum();
    let here: u32 =
        marks.iter().zip(&found).filter(|(_, found)| **found).map(|(mark, _)| mark.idf).sum();
    if here == 0 {
        return 0;
    }
    let share_of_query = here * SHARE / total.max(1);
    let share_of_title = words * SHARE / (text.words_in(title) as u32).max(1);
    // A long title that has all the words is worth half of one that has no others.
    share_of_query * (SHARE + share_of_title) / (2 * SHARE)
}

/// How much of the query's neighbours stands together, and whether all of it stands in a row, with any words for stop words.
fn near_share(text: &Marked, asked: &Asked<'_>) -> (u32, bool) {
    let Asked { marks, places, .. } = asked;
    let words: Vec<usize> = (0..marks.len())
        .filter(|mark| matches!(marks[*mark].term.kind, Kind::Word | Kind::Glyphs))
        .collect();
    if words.len() < 2 {
        return (0, false);
    }
    // Of each word: which pair it begins, where it stood last, and how many stood there in a row.
    let place_of = |mark: usize| words.iter().position(|word| *word == mark);
    let step = |place: usize| places[words[place]].wrapping_sub(places[words[place - 1]]);
    let mut last: Vec<Option<u32>> = vec![None; words.len()];
    let mut rows = vec![0; words.len()];
    let mut best = vec![0u32; words.len() - 1];
    let span = places[words[words.len() - 1]].wrapping_sub(places[words[0]]);
    let is_sentence = (ROW_WORDS_MIN - 1..u32::MAX / 2).contains(&span);
    let mut has_row = false;
    for spot in &text.spots {
        let Some(place) = place_of(spot.mark) else { continue };
        let position = spot.position as u32;
        rows[place] = usize::from(place == 0);
        if let Some(before) = place.checked_sub(1)
            && let Some(at) = last[before]
        {
            best[before] = best[before].max(2 * closeness(position - at));
            if rows[before] > 0 && position - at == step(place) {
                rows[place] = rows[before] + 1;
            }
        }
        if let Some(at) = last.get(place + 1).copied().flatten() {
            best[place] = best[place].max(closeness(position - at));
        }
        last[place] = Some(position);
        has_row |= is_sentence && rows[place] == words.len();
    }
    let worth = |pair: usize| marks[words[pair]].idf.min(marks[words[pair + 1]].idf);
    let total: u32 = (0..best.len()).map(worth).sum();
    let sum: u32 = best.iter().enumerate().map(|(pair, best)| worth(pair) * best).sum();
    (sum * SHARE / (2 * FAR_WORDS * total.max(1)), has_row)
}

/// From [`FAR_WORDS`] for neighbours down to nothing.
fn closeness(distance: u32) -> u32 {
    (FAR_WORDS + 1).saturating_sub(distance.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;

    /// What a score of 1,000 gains.
    fn gained(query: &str, title: &str, text: &str) -> u32 {
        found(query, title, &[], text).gain
    }

    fn found(query: &str, title: &str, headings: &[&str], text: &str) -> Hit {
        let plan = Plan::of(query, crate::query::Reading::Language);
        let mark = |term| Mark { term, idf: 10, surfaces: Vec::new() };
        let marks: Vec<Mark<'_>> = plan.terms.iter().map(mark).collect();
        let asked = Asked {
            beginnings: Beginnings::of(&marks),
            marks,
            words: words_of(query),
            phrases: Vec::new(),
            text: query,
            places: places(query, &plan.terms),
        };
        let headings = headings.iter().map(|heading| String::from(*heading)).collect();
        let (title, text) = (title.into(), text.into());
        let record = Record { title, headings, text, ..Record::default() };
        hit(Ranked { score: 1000, document: 0 }, record, &asked)
    }

    #[test]
    fn a_hit_goes_by_the_section_that_answers() {
        let check = |query: &str, title: &str, text: &str, expected: &[&str]| {
            let hit = found(query, title, &["Class", "Replace"], text);
            let names: Vec<&str> = hit.headings().into_iter().chain([hit.title()]).collect();
            assert_eq!(names, expected, "{query}");
        };
        let text = "### Example\n\na\n\n### <a id=\"x\"></a> Insert `end`\n\n#### Notes on ends\n\nb\n\n## Delete\n\nc\n\n```\n# Trim\n```\n";
        check("insert", "Example", text, &["Class", "Replace", "Insert end"]);
        check("notes", "Example", text, &["Class", "Replace", "Example", "Notes on ends"]);
        check("delete", "Example", text, &["Class", "Delete"]);
        for query in ["example", "c", "trim", "class", ""] {
            check(query, "Example", text, &["Class", "Replace", "Example"]);
        }
        check("insert the end", "Insert end", text, &["Class", "Replace", "Insert end"]);
        check("delete", "Remarks", text, &["Class", "Delete"]);
        let text = alloc::format!("{text}\n# rotate {}\n", "what came before it ".repeat(9));
        check("rotate", "Example", &text, &["Class", "Replace", "Example"]);
    }

    fn check(query: &str, better: (&str, &str), worse: (&str, &str)) {
        let (more, less) = (gained(query, better.0, better.1), gained(query, worse.0, worse.1));
        assert!(more > less, "{query}: {more}, {less}");
    }

    #[test]
    fn a_title_is_called_with_its_releases_but_without_its_own_number() {
        let is_called = |title: &str, query: &str| is_called(title, &words_of(query));
        assert!(is_called("Upgrade from 3.4 to 3.5", "upgrade from 3.4 to 3.5"));
        assert!(!is_called("Upgrade from 3.4 to 3.5", "upgrade from 3.5 to 3.6"));
        assert!(is_called("1.2 Overview", "overview"));
    }

    #[test]
    fn words_gain_by_standing_together_and_in_order() {
        let far = "agent one two three four five six seven eight nine ten desktop ";
        check("agent desktop", ("", "the agent desktop"), ("", "the desktop agent"));
        check("agent desktop", ("", "the desktop agent"), ("", far));
        check("agent desktop", ("", "agent of a desktop"), ("", "agent of many an old desktop"));
        check("agent desktop", ("Agent desktop settings", ""), ("Settings", "agent desktop"));
        let said = "Note: the connection is not private, it says";
        check("connection is not private", ("", said), ("", "a connection is no private matter"));
        check("connection is not private", ("", said), ("", "connection not private"));
        assert_eq!(gained("agent desktop", "", far), 0);
        assert_eq!(gained("agent", "", "agent agent"), 0);
    }

    #[test]
    fn exact_titles_gain_most() {
        check("The for statement", ("The `for` statement", ""), ("The while statement", "for"));
        check("c4996", ("C4996", ""), ("Warning C4996", ""));
        check("overview", ("1.2 Overview", ""), ("Overview and outlook", ""));
        check("c4996", ("Warning C4996", ""), ("Example of the warning C4996", ""));
        assert_eq!(gained("", "", ""), 0);
    }

    #[test]
    fn glyphs_stand_together_too() {
        check("配置文件", ("", "修改配置文件后"), ("", "配置很多的文件"));
    }
}
