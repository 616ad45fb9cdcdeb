//! The reading view of a source: all its chunks in one flow, with contents at the side.
//!
//! In: a document with its addresses. Out: a page for each part of it.

use std::ops::Range;

use anyhow::Result;
use serde::Serialize;

use super::{Frame, LinkTo, Shared, Site, chunk};
use crate::{
    library::{Guide, Source},
    model::Heading,
    work::Reading,
};

/// Deeper headings stay out of the contents.
const CONTENTS_LEVELS: u8 = 3;
/// There are no deeper headings.
const DEEPEST: u8 = 6;
/// The contents show as many levels of a part's own headings as are no more entries than this; one of several headings at least.
const CONTENTS_MAX: usize = 400;
/// The top headings of other parts stand among them if they are no more than this: each part repeats them.
const ELSEWHERE_MAX: usize = 120;
/// How many neighbours of a source the side shows before and after it: its own contents stand below them, and should be in sight.
pub(crate) const SIBLINGS_AROUND: usize = 6;
/// How many parts a part links before and after itself: a text of thousands of parts must not list them all in each.
const PARTS_AROUND: usize = 12;

#[derive(Serialize)]
struct ReadingPage<'a> {
    frame: Frame<'a>,
    title: &'a str,
    guide: LinkTo,
    parts: Vec<PartLink>,
    contents: Vec<ContentsEntry<'a>>,
    siblings: Vec<PartLink>,
    sections: Vec<Section<'a>>,
    previous: Option<LinkTo>,
    next: Option<LinkTo>,
}

#[derive(Serialize)]
struct PartLink {
    title: String,
    url: String,
    current: bool,
}

#[derive(Serialize)]
struct ContentsEntry<'a> {
    level: u8,
    text: &'a str,
    anchor: &'a str,
    /// Only where the heading lies in another part.
    url: Option<String>,
}

#[derive(Serialize)]
struct Section<'a> {
    anchor: String,
    own: &'a str,
    chunk_url: &'a str,
    chunk_title: &'a str,
    /// Whether it begins with the title that stands above all.
    titled: bool,
    /// Where a page begins.
    page: Option<u32>,
    label: Option<&'a str>,
    html: &'a str,
}

/// Writes the parts of a source's reading view.
pub(crate) fn write_reading_view(site: &Site, reading: &Reading, shared: &Shared) -> Result<()> {
    let source = reading.source(site.library);
    let guide = reading.guide(site.library);
    let part_titles = part_titles(reading);
    let tab_title = chunk::tab_title([source.title.as_str(), &site.edition(&guide.place)]);
    for (index, part) in reading.document.parts.iter().enumerate() {
        let url = source.address.part_url(index);
        let first_text = reading.document.chunks.get(part.start).map_or("", |chunk| &chunk.text);
        let description = chunk::description(first_text);
        let page = ReadingPage {
            frame: site.frame(&url, &tab_title, description, "read"),
            title: &source.title,
            guide: LinkTo { title: guide.title.clone(), url: super::guide_url(&guide.place) },
            parts: parts(&part_titles, source, index),
            contents: contents(reading, site, index),
            siblings: siblings(site, guide, reading.at),
            sections: sections(reading, part, &source.title),
            previous: reading.sibling(site.library, -1).map(LinkTo::from),
            next: reading.sibling(site.library, 1).map(LinkTo::from),
        };
        site.write_filled(&url, "read.html", &shared.with(&page)?)?;
    }
    Ok(())
}

/// The first part, the last, and those around the current one.
fn parts(titles: &[String], source: &Source, current: usize) -> Vec<PartLink> {
    if titles.len() < 2 {
        return Vec::new();
    }
    let is_near = |index: usize| index.abs_diff(current) <= PARTS_AROUND;
    let is_end = |index: usize| index == 0 || index + 1 == titles.len();
    let link = |(index, title): (usize, &String)| PartLink {
        title: title.clone(),
        url: source.address.part_url(index),
        current: index == current,
    };
    titles
        .iter()
        .enumerate()
        .filter(|(index, _)| is_near(*index) || is_end(*index))
        .map(link)
        .collect()
}

/// The first top heading of each part, else the title of its first chunk.
fn part_titles(reading: &Reading) -> Vec<String> {
    let mut headings = reading.document.outline.as_slice();
    let title = |part: &Range<usize>| {
        let count = headings.partition_point(|heading| heading.chunk < part.end);
        let (own, rest) = headings.split_at(count);
        headings = rest;
        match own.iter().min_by_key(|heading| (heading.level, heading.chunk)) {
            Some(heading) => heading.text.clone(),
            None => {
                reading.document.chunks.get(part.start).map_or(String::new(), |c| c.title.clone())
            }
        }
    };
    reading.document.parts.iter().map(title).collect()
}

/// The headings of this part; of the others, their top headings, if they are not too many to list in each.
fn contents<'a>(reading: &'a Reading, site: &Site, current: usize) -> Vec<ContentsEntry<'a>> {
    let whole = &reading.document.outline;
    let here = of_part(whole, &reading.document.parts[current]);
    let top = top_level(whole);
    let tops = whole.iter().filter(|heading| heading.level == top).count();
    // A lone heading of another part is nothing to choose from.
    let fewest = if here.is_empty() { 2 } else { 1 };
    let outline = match (fewest..=ELSEWHERE_MAX).contains(&tops) {
        true => whole.as_slice(),
        false => here,
    };
    let deepest = deepest_level(here, top);
    let source = reading.source(site.library);
    let entry = |heading: &'a Heading| {
        let part = reading.part_of(heading.chunk);
        let shown = if part == current { heading.level <= deepest } else { heading.level == top };
        let elsewhere = || format!("{}#{}", source.address.part_url(part), heading.anchor);
        shown.then(|| ContentsEntry {
            level: (heading.level - top + 1).min(CONTENTS_LEVELS),
            text: &heading.text,
            anchor: &heading.anchor,
            url: (part != current).then(elsewhere),
        })
    };
    outline.iter().filter_map(entry).collect()
}

fn top_level(outline: &[Heading]) -> u8 {
    outline.iter().map(|heading| heading.level).min().unwrap_or(1)
}

/// The deepest level that the contents of a part show: of those that fit, but never so few that there is nothing to choose from.
fn deepest_level(here: &[Heading], top: u8) -> u8 {
    let within = |level: u8| here.iter().filter(|heading| heading.level <= level).count();
    let of_level = |level: u8| here.iter().filter(|heading| heading.level == level).count();
    let levels = top..top + CONTENTS_LEVELS;
    let fitting = levels.rev().find(|level| within(*level) <= CONTENTS_MAX).unwrap_or(top);
    let telling = (top..=DEEPEST).find(|level| of_level(*level) > 1).unwrap_or(DEEPEST);
    fitting.max(telling)
}

/// The headings of a part. Those of a document come in the order of its chunks.
fn of_part<'a>(outline: &'a [Heading], part: &Range<usize>) -> &'a [Heading] {
    let start = outline.partition_point(|heading| heading.chunk < part.start);
    let end = outline.partition_point(|heading| heading.chunk < part.end);
    &outline[start..end]
}

fn siblings(site: &Site, guide: &Guide, at: usize) -> Vec<PartLink> {
    let first = at.saturating_sub(SIBLINGS_AROUND).max(guide.sources.start);
    let last = (at + SIBLINGS_AROUND + 1).min(guide.sources.end);
    if last - first < 2 {
        return Vec::new();
    }
    let sources = site.library.sources[first..last].iter().enumerate();
    let link = |(index, source): (usize, &Source)| PartLink {
        title: source.title.clone(),
        url: source.address.part_url(0),
        current: first + index == at,
    };
    sources.map(link).collect()
}

/// Whether a chunk begins with a heading that is the title.
fn begins_with(reading: &Reading, at: usize, title: &str) -> bool {
    let outline = &reading.document.outline;
    let first = outline.get(outline.partition_point(|heading| heading.chunk < at));
    reading.document.chunks[at].html.starts_with("<h")
        && first.is_some_and(|heading| heading.chunk == at && heading.text == title)
}

fn sections<'a>(reading: &'a Reading, part: &Range<usize>, title: &str) -> Vec<Section<'a>> {
    let chunks = &reading.document.chunks;
    let number = |at: usize| chunks[at].page.as_ref().map(|page| page.number);
    let section = |at: usize| {
        let chunk = &chunks[at];
        let begins = at == 0 || number(at) != number(at - 1);
        let page = chunk.page.as_ref().filter(|_| begins);
        Section {
            anchor: chunk::anchor_of(chunk),
            own: &chunk.own,
            chunk_url: &reading.names[at].url,
            chunk_title: &chunk.title,
            titled: at == part.start && begins_with(reading, at, title),
            page: page.map(|page| page.number),
            label: page.and_then(|page| page.label.as_deref()),
            html: &chunk.html,
        }
    };
    part.clone().map(section).collect()
}
