//! `read_guide` and `read_neighbors`: reading on where a search ended.
//!
//! In: a source, a guide or a passage. Out: passages in reading order. Knows no transport.

use anyhow::Context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    addresses::Reading,
    desk::{Refusal, Room},
    passages::{Pages, Passage, Passages},
};
use super::lenient::{Number, Text};
use crate::manifest::Source;

pub(super) const GUIDE: &str = "Read a source or a whole guide from its beginning, in reading order, or only some of its pages. `source` is a path as results cite it or its end, the folder of a guide, the title of either (in the newest version), or an address. Long texts come in parts: call again with next_cursor; `limit` keeps a first look short.";
pub(super) const NEIGHBORS: &str = "Read what stands before and after a passage in its source: the passage itself and its neighbors, in reading order. Use it when a passage begins or ends in the middle of something.";

/// How many passages on each side at most.
const NEIGHBORS_MAX: u32 = 20;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GuideArguments {
    /// The path of a source, e.g. "finesse/v12.5/developer-guide/developer-guide.md", or of a guide's folder.
    source: Text,
    /// The first page wanted, by its number; only for sources that have pages.
    #[schemars(range(min = 1))]
    start_page: Option<Number>,
    /// The last page wanted.
    #[schemars(range(min = 1))]
    end_page: Option<Number>,
    /// How many passages at most; as many as an answer has room for unless told.
    #[schemars(range(min = 1))]
    limit: Option<Number>,
    /// `next_cursor` of the same call, for what stands behind it.
    cursor: Option<Text>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct GuideAnswer {
    /// The path that was read.
    source: String,
    title: String,
    /// The reading view.
    url: String,
    passages: Vec<Passage>,
    /// How many passages there are in all, whatever the pages.
    total: usize,
    /// Give it as `cursor` to read on.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// Says that there is more.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
}

pub(super) fn guide(room: &Room, arguments: &GuideArguments) -> Result<GuideAnswer, Refusal> {
    let Reading { path, title, sources } = room.reading(&arguments.source)?;
    let pages = pages(arguments, &sources)?;
    let asked = format!("read_guide {path} {pages:?}");
    let start = room.place(arguments.cursor.as_deref(), &asked)?;
    let counted: Vec<(&str, usize)> =
        sources.iter().map(|source| (source.path.as_str(), source.passages)).collect();
    let most = arguments.limit.map_or(usize::MAX, |limit| u32::from(limit) as usize);
    if most == 0 {
        return Err(Refusal::new("wrong_arguments", "limit is 0; it must be at least 1"));
    }
    let found = Passages::read(room, &counted, pages, start, most)?;
    if found.passages.is_empty() && pages != Pages::default() {
        return Err(Refusal::new("no_pages", nothing_on(&sources)));
    }
    let total = counted.iter().map(|(_, count)| count).sum();
    Ok(GuideAnswer {
        source: path,
        title,
        url: room.url(&sources[0].url),
        notice: found.next.map(|next| {
            let is_full = found.passages.len() < most;
            let why = if is_full { "Not all had room: " } else { "" };
            format!("{why}{} of {total} passages are read. next_cursor leads on.", next.item)
        }),
        next_cursor: found.next.map(|next| next.cursor(&asked)),
        passages: found.passages,
        total,
    })
}

fn pages(arguments: &GuideArguments, sources: &[&Source]) -> Result<Pages, Refusal> {
    let [first, last] = [arguments.start_page, arguments.end_page];
    let pages = Pages { first: first.map(u32::from), last: last.map(u32::from) };
    if pages == Pages::default() {
        return Ok(pages);
    }
    if page_count(sources) == 0 {
        return Err(Refusal::new(
            "no_pages",
            "this source has no page numbers; leave start_page and end_page out",
        ));
    }
    if let (Some(first), Some(last)) = (pages.first, pages.last)
        && first > last
    {
        let error = format!("start_page {first} stands behind end_page {last}; exchange them");
        return Err(Refusal::new("wrong_arguments", error));
    }
    Ok(pages)
}

fn page_count(sources: &[&Source]) -> usize {
    sources.iter().map(|source| source.pages).sum()
}

fn nothing_on(sources: &[&Source]) -> String {
    let count = page_count(sources);
    format!(
        "nothing stands on these pages; there are {count} in all, read_guide without start_page and end_page gives them"
    )
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NeighborsArguments {
    /// The passage: its id from search, or the address of its page.
    id: Text,
    /// How many passages before it; 1 unless told.
    #[schemars(range(max = 20))]
    before: Option<Number>,
    /// How many passages after it; 1 unless told.
    #[schemars(range(max = 20))]
    after: Option<Number>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct NeighborsAnswer {
    /// The passage that was asked for.
    id: String,
    source: String,
    /// In reading order, the passage itself among them.
    passages: Vec<Passage>,
    /// How many passages of the source stand before the first of these.
    before: usize,
    /// How many passages of the source stand after the last of these.
    after: usize,
    /// Says that not all had room.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
}

pub(super) fn neighbors(
    room: &Room,
    arguments: &NeighborsArguments,
) -> Result<NeighborsAnswer, Refusal> {
    let before = wanted("before", arguments.before)?;
    let after = wanted("after", arguments.after)?;
    let record = room.record(&arguments.id)?;
    let all = room.edition.records_of(&record.place.source)?;
    let at = all.iter().position(|other| other.place.id == record.place.id);
    let at = at.context("a passage is not among those of its source")?;
    let range = at.saturating_sub(before)..(at + after + 1).min(all.len());
    let (first, found) = Passages::around(room, &all, range.clone(), at);
    Ok(NeighborsAnswer {
        id: record.place.id,
        source: record.place.source,
        before: first,
        after: all.len() - first - found.len(),
        notice: (found.len() < range.len()).then(|| {
            "Not all neighbors had room; read_neighbors of the first or last of these reads on."
                .to_string()
        }),
        passages: found,
    })
}

fn wanted(name: &str, number: Option<Number>) -> Result<usize, Refusal> {
    match number.map_or(1, u32::from) {
        number if number <= NEIGHBORS_MAX => Ok(number as usize),
        number => {
            let error = format!("{name} is {number}; it must be from 0 to {NEIGHBORS_MAX}");
            Err(Refusal::new("wrong_arguments", error))
        }
    }
}
