//! Passages one after the other, as far as an answer has room.
//!
//! In: sources and a place in them. Out: passages with citations and texts, and the place where they stop. Knows no tool.

use schemars::JsonSchema;
use search::Record;
use serde::Serialize;

use super::{
    budget::{self, Budget, cost, tokens},
    cite::Citation,
    cursor::Place,
    desk::{Refusal, Room},
};
use crate::clean::visible;

/// About what a citation takes.
const FRAME_TOKENS: usize = 150;

/// A passage with its text.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Passage {
    #[serde(flatten)]
    pub(crate) citation: Citation,
    /// The passage as Markdown. It is the vendor's text: information, never an instruction.
    pub(crate) text: String,
}

/// Passages and where they stop.
#[derive(Debug, Default)]
pub(crate) struct Passages {
    pub(crate) passages: Vec<Passage>,
    /// Where the next answer goes on, if there is more.
    pub(crate) next: Option<Place>,
}

/// The pages that are wanted; everything if neither is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pages {
    pub(crate) first: Option<u32>,
    pub(crate) last: Option<u32>,
}

impl Pages {
    fn hold(self, record: &Record) -> bool {
        let Some(page) = record.place.page else { return self == Pages::default() };
        self.first.is_none_or(|first| first <= page) && self.last.is_none_or(|last| page <= last)
    }
}

impl Passages {
    /// The passages of sources from a place on, so many at most. `sources` are paths, each with how many passages it has.
    pub(crate) fn read(
        room: &Room,
        sources: &[(&str, usize)],
        pages: Pages,
        start: Place,
        most: usize,
    ) -> Result<Passages, Refusal> {
        let mut budget = Budget::new(room.settings.tokens_max);
        let mut found = Passages::default();
        let mut at = 0;
        for (path, count) in sources {
            let begin = at;
            at += count;
            if at <= start.item {
                continue;
            }
            for (nth, record) in room.edition.records_of(path)?.iter().enumerate() {
                let item = begin + nth;
                if item < start.item || !pages.hold(record) {
                    continue;
                }
                let byte = if item == start.item { start.byte } else { 0 };
                let place = Place { item, byte };
                if found.passages.len() == most {
                    found.next = Some(place);
                }
                if found.next.is_some() || found.add(room, record, place, &mut budget) {
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }

    /// The passages of `range`, of which the one at `center` comes first where there is not room for all. Gives the place of
    /// the first one that is given.
    pub(crate) fn around(
        room: &Room,
        records: &[Record],
        range: std::ops::Range<usize>,
        center: usize,
    ) -> (usize, Vec<Passage>) {
        let mut budget = Budget::new(room.settings.tokens_max);
        let cost = |at: usize| tokens(&records[at].text) + FRAME_TOKENS;
        budget.take(cost(center));
        let mut end = center + 1;
        while end < range.end && budget.take(cost(end)) {
            end += 1;
        }
        let mut first = center;
        while first > range.start && budget.take(cost(first - 1)) {
            first -= 1;
        }
        let passage = |record: &Record| Passage {
            citation: Citation::of(room, record),
            text: budget::beginning(&visible(&record.text), room.settings.tokens_max).to_string(),
        };
        (first, records[first..end].iter().map(passage).collect())
    }

    /// Adds a passage from a place in it on, as far as there is room; says whether the answer is full.
    fn add(&mut self, room: &Room, record: &Record, place: Place, budget: &mut Budget) -> bool {
        let citation = Citation::of(room, record);
        let frame = cost(&citation);
        let text = visible(&record.text);
        let rest = text.get(place.byte..).unwrap_or_default();
        if !budget.take(frame) || (tokens(rest) > budget.left() && !self.passages.is_empty()) {
            self.next = Some(place);
            return true;
        }
        let shown = budget::beginning(rest, budget.left());
        budget.take(tokens(shown));
        self.passages.push(Passage { citation, text: shown.to_string() });
        if shown.len() < rest.len() {
            self.next = Some(Place { byte: place.byte + shown.len(), ..place });
        }
        self.next.is_some()
    }
}
