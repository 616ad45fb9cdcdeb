//! Reads one source: bytes in, a [`Document`] of chunks out.
//!
//! In: the bytes of a Markdown file, how large chunks should be, and where links lead. Out: chunks with their
//! HTML, headings, pages and warnings. Pure: knows no file system, no template and no index.
//!
//! The way of a text: `decode` (bytes) -> `front` (front matter) -> `pages` (page marks) -> `folios` (running lines) ->
//! `comments` and `dialect` -> `binder` (`chunks`, `blocks`, `cut`, `names`) -> `render`.

mod binder;
mod blocks;
mod chunks;
mod comments;
mod cut;
mod decode;
mod definitions;
mod dialect;
mod fence;
mod folios;
mod front;
mod headings;
mod names;
mod pages;
mod render;
mod report;
mod text;

use crate::model::{Document, FrontMatter, Heading, Links, Page, Reading, Warning};
use binder::{Binder, Leaf};
use definitions::Definitions;
use names::Register;
use pages::Sheet;
pub(crate) use render::Anchors;
use render::{Lead, Scene};
use report::Report;
use text::{Line, Text};

/// Reads a source. `source` is its path in the library, for warnings and for a title where there is no other.
pub(crate) fn document(
    source: &str,
    bytes: &[u8],
    settings: &Reading,
    links: &dyn Links,
    warnings: &mut Vec<Warning>,
) -> Document {
    let mut report = Report::new(source, warnings);
    let decoded = decode::decode(bytes, &mut report);
    let (front, body) = front::split(&decoded, &mut report);
    let mut leaves = leaves(pages::split(body.text, body.first_line), &mut report);
    if let Some(summary) = body.summary.or(front.title.clone()).filter(|_| leaves.iter().all(|leaf| leaf.text.is_blank())) {
        leaves = vec![Leaf::of_line(&summary)];
    }
    let definitions = Definitions::of(leaves.iter().map(|leaf| &leaf.text));
    let top_level = headings::top_level(leaves.iter().map(|leaf| leaf.text.string.as_str()));
    let paged = leaves.iter().any(|leaf| leaf.page.is_some());
    let scene = Scene {
        links,
        definitions: &definitions,
        anchors: &mut Anchors::default(),
        shift: 2 - top_level as i8,
        lead: if paged { Lead::Plain } else { Lead::Marked },
    };
    let binder = Binder {
        document: Document { front, paged, ..Document::default() },
        source,
        settings,
        scene,
        report,
        path: Vec::new(),
        register: Register::default(),
        starts_section: Vec::new(),
        top_level,
    };
    binder.bind(leaves)
}

/// The pages of a source with their labels, running lines and comments taken out; a source without pages is one leaf.
fn leaves(mut sheets: Vec<Sheet>, report: &mut Report) -> Vec<Leaf> {
    let numbers: Vec<u32> = sheets.iter().filter_map(|sheet| sheet.page).collect();
    if numbers.is_empty() {
        let text = |sheet: &Sheet| Leaf { text: clean(&sheet.lines, report), ..Leaf::default() };
        return sheets.iter().map(text).collect();
    }
    let labels = names::complete(&numbers, &folios::take_out(&mut sheets));
    let owns = names::own_of_pages(&numbers, &labels);
    let leaf = |((sheet, number), (label, own)): ((&Sheet, u32), (Option<String>, String))| Leaf {
        text: clean(&sheet.lines, report),
        page: Some(Page { number, label: label.filter(|label| *label != number.to_string()) }),
        own: Some(own),
    };
    sheets.iter().zip(numbers).zip(labels.into_iter().zip(owns)).map(leaf).collect()
}

/// Comments out, dialects to Markdown.
fn clean(lines: &[Line], report: &mut Report) -> Text {
    dialect::translate(comments::strip(lines), report)
}

/// What the navigation needs of a source before it is read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Survey {
    /// From the front matter, else the first heading, else the file's name.
    pub(crate) title: String,
    pub(crate) front: FrontMatter,
}

/// Looks at the first few kilobytes of a source.
pub(crate) fn survey(source: &str, head: &[u8]) -> Survey {
    let mut ignored = Vec::new();
    let mut report = Report::new(source, &mut ignored);
    let decoded = decode::decode(head, &mut report);
    let (front, body) = front::split(&decoded, &mut report);
    let first = headings::scan(body.text).map(|(_, text)| text).find(|text| !text.is_empty());
    let title = front.title.clone().or_else(|| first.map(render::plain));
    Survey { title: title.unwrap_or_else(|| binder::readable_name(source)), front }
}

/// One chunk's text rendered by itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Fragment {
    /// Cleaned Markdown.
    pub(crate) text: String,
    pub(crate) html: String,
    /// `chunk` is 0 throughout.
    pub(crate) outline: Vec<Heading>,
    pub(crate) words: u32,
}

/// Renders the text of a chunk record. `own` is the own part of its id, made safe; `anchors` is shared by all fragments
/// that stand on one page, so that the ids of their headings differ.
pub(crate) fn fragment(
    source: &str,
    markdown: &str,
    own: &str,
    links: &dyn Links,
    anchors: &mut Anchors,
    warnings: &mut Vec<Warning>,
) -> Fragment {
    let mut report = Report::new(source, warnings);
    let decoded = decode::decode(markdown.as_bytes(), &mut report);
    let lines: Vec<Line> = (1..).zip(decoded.lines()).map(|(number, text)| Line { number, text }).collect();
    let text = clean(&lines, &mut report);
    let definitions = Definitions::default();
    let shift = 2 - headings::top_level(std::iter::once(text.string.as_str())) as i8;
    let mut scene = Scene { links, definitions: &definitions, anchors, shift, lead: Lead::Plain };
    let rendered = render::chunk(&text, own, &mut scene, &mut report);
    let heading = |heading: render::RenderedHeading| Heading {
        level: heading.level,
        text: heading.text,
        anchor: heading.anchor,
        chunk: 0,
    };
    Fragment {
        words: text::words(&text.string) as u32,
        text: text.string.trim().to_string(),
        html: rendered.html,
        outline: rendered.headings.into_iter().map(heading).collect(),
    }
}

/// The anchor that a link's fragment means: headings carry their slug behind `h-`.
pub(crate) fn heading_anchor(fragment: &str) -> String {
    format!("h-{}", render::slug(fragment))
}

/// The parts of a reading view made of ready chunks: any of them may begin a part.
pub(crate) fn record_parts(chunks: &[crate::model::Chunk], settings: &Reading) -> Vec<std::ops::Range<usize>> {
    binder::parts(chunks, &vec![true; chunks.len()], settings.words_part)
}

/// The HTML of a chunk without the heading that it begins with, for pages that show that heading as their own title.
pub(crate) fn without_lead(html: &str) -> &str {
    let is_lead = html.starts_with("<h") && html.get(3..).is_some_and(|rest| rest.starts_with(render::LEAD_CLASS));
    let end = html.find("</h").filter(|_| is_lead).and_then(|at| Some(at + html[at..].find('>')? + 1));
    end.map_or(html, |end| html[end..].trim_start())
}
