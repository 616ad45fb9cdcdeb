//! One chunk's Markdown to HTML.
//!
//! In: a chunk's text, the definitions of its source, the links. Out: HTML that is safe by construction where the text
//! holds no raw HTML, and cleaned by ammonia where it does; and the headings in it. Knows no files and no template: the page's
//! `h1` is not written here, the first level of the text is `h2`.

mod anchors;
mod clean;
mod escape;
mod links;
mod tags;
mod writer;

pub(crate) use anchors::{Anchors, slug};

use pulldown_cmark::{BrokenLink, CowStr, Event, Parser};

use super::blocks::options;
use super::definitions::Definitions;
use super::report::Report;
use super::text::Text;
use crate::model::Links;

/// What all chunks of a source share.
pub(super) struct Scene<'a> {
    pub(super) links: &'a dyn Links,
    pub(super) definitions: &'a Definitions,
    pub(super) anchors: &'a mut Anchors,
    /// What is added to the levels of headings, so that the highest of the source is 2.
    pub(super) shift: i8,
    pub(super) lead: Lead,
}

/// Whether the heading that a chunk begins with is marked, because it is the chunk's title too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Lead {
    Marked,
    Plain,
}

pub(super) const LEAD_CLASS: &str = " class=\"lead\"";

#[derive(Debug, Default)]
pub(super) struct Rendered {
    pub(super) html: String,
    pub(super) headings: Vec<RenderedHeading>,
    /// Whether the text begins with the first of its headings.
    pub(super) begins_with_heading: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct RenderedHeading {
    /// As in the source.
    pub(super) level: u8,
    pub(super) text: String,
    pub(super) anchor: String,
}

/// `own` is the chunk's own part of its id; it makes the ids of footnotes unique in the reading view.
pub(super) fn chunk(text: &Text, own: &str, scene: &mut Scene, report: &mut Report) -> Rendered {
    let notes = scene.definitions.missing_footnotes(&text.string);
    let with_notes;
    let string = if notes.is_empty() {
        text.string.as_str()
    } else {
        with_notes = format!("{}\n{notes}", text.string);
        with_notes.as_str()
    };
    let definitions = scene.definitions;
    let find = |link: BrokenLink<'_>| {
        let (target, title) = definitions.link(&link.reference)?;
        Some((CowStr::from(target.as_str()), CowStr::from(title.as_str())))
    };
    let parser = Parser::new_with_broken_link_callback(string, options(), Some(find));
    let mut writer = writer::Writer::new(string, &text.numbers, own, scene, report);
    for (event, range) in parser.into_offset_iter() {
        writer.event(event, range);
    }
    let mut rendered = writer.finish();
    if rendered.needs_cleaning {
        rendered.rendered.html = clean::clean(&rendered.rendered.html);
    }
    rendered.rendered
}

/// The text of one line of Markdown without its marks.
pub(super) fn plain(markdown: &str) -> String {
    let texts = Parser::new(markdown).filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => Some(text),
        _ => None,
    });
    let text: String = texts.map(|text| text.to_string()).collect();
    if text.trim().is_empty() { markdown.to_string() } else { text.trim().to_string() }
}
