//! Resources: every guide, and every passage, by an address.
//!
//! In: a cursor, or an address. Out: the list of guides, or the text behind the address as Markdown. Addresses are looked up in
//! the catalogue; none of them becomes a path of the machine. Knows no transport.

use rmcp::model::{
    ListResourcesResult, ReadResourceResult, Resource, ResourceContents, ResourceTemplate,
};

use super::{
    addresses::{CHUNK_URI, GUIDE_URI, uri_of},
    cursor::Place,
    desk::{Refusal, Room, shortened},
    passages::{Pages, Passages},
};
use crate::{clean::visible, manifest::Guide};

const MARKDOWN: &str = "text/markdown";
/// Of the sources that were not read so many are named.
const SOURCES_NAMED: usize = 5;
/// Guides of a page of the list.
const GUIDES_LISTED: usize = 100;

pub(crate) const GUIDE_TEMPLATE: &str = "mcdewey://guide/{vendor}/{product}/{version}/{guide}";
pub(crate) const CHUNK_TEMPLATE: &str = "mcdewey://chunk/{id}";

/// A page of the list of guides.
pub(super) fn list(room: &Room, cursor: Option<&str>) -> Result<ListResourcesResult, Refusal> {
    let asked = "resources/list";
    let start = room.place(cursor, asked)?.item;
    let guides = &room.edition.catalogue.manifest.guides;
    let end = guides.len().min(start.saturating_add(GUIDES_LISTED));
    let listed = guides.get(start..end).unwrap_or_default();
    let mut result = ListResourcesResult::with_all_items(listed.iter().map(resource).collect());
    result.next_cursor = (end < guides.len()).then(|| Place::item(end).cursor(asked));
    Ok(result)
}

pub(super) fn templates() -> Vec<ResourceTemplate> {
    let guide = ResourceTemplate::new(GUIDE_TEMPLATE, "guide")
        .with_title("A guide")
        .with_description("A guide as Markdown, from its beginning. A guide without vendor or version has '-' there.")
        .with_mime_type(MARKDOWN);
    let chunk = ResourceTemplate::new(CHUNK_TEMPLATE, "chunk")
        .with_title("A passage")
        .with_description("A passage as Markdown, by its chunk_id.")
        .with_mime_type(MARKDOWN);
    vec![guide, chunk]
}

/// The text behind an address.
pub(super) fn read(room: &Room, uri: &str) -> Result<ReadResourceResult, Refusal> {
    let text = match () {
        () if uri.starts_with(GUIDE_URI) => guide_text(room, uri)?,
        () if uri.starts_with(CHUNK_URI) => chunk_text(room, uri)?,
        () => None,
    };
    let text = text.ok_or_else(|| {
        let error = format!("no resource '{}'; resources/list names the guides, and {CHUNK_TEMPLATE} takes the ids that search gives", shortened(uri));
        Refusal::new("unknown_resource", error)
    })?;
    let contents = ResourceContents::text(text, uri).with_mime_type(MARKDOWN);
    Ok(ReadResourceResult::new(vec![contents]))
}

fn resource(guide: &Guide) -> Resource {
    let version = guide.version.as_ref().map_or(String::new(), |name| format!(" {}", name.name));
    let title = format!("{} · {}{version}", guide.guide.name, guide.product.name);
    let passages: usize = guide.sources.iter().map(|source| source.passages).sum();
    Resource::new(uri_of(guide), &guide.guide.key)
        .with_title(visible(&title))
        .with_description(format!("{passages} passages"))
        .with_mime_type(MARKDOWN)
}

fn guide_text(room: &Room, uri: &str) -> Result<Option<String>, Refusal> {
    let Some(guide) = room.guide_at(uri) else { return Ok(None) };
    let sources: Vec<(&str, usize)> =
        guide.sources.iter().map(|source| (source.path.as_str(), source.passages)).collect();
    let found = Passages::read(room, &sources, Pages::default(), Place::default(), usize::MAX)?;
    let total: usize = sources.iter().map(|(_, count)| count).sum();
    let mut text = format!("# {}\n\n", visible(&guide.guide.name));
    for passage in &found.passages {
        text += &format!(
            "{}\n\n[{}]({})\n\n",
            passage.text.trim_end(),
            passage.citation.reference.citation,
            passage.citation.url
        );
    }
    if let Some(next) = found.next {
        text += &format!(
            "---\n\nThis is the beginning: {} of {total} passages. read_guide reads on: {}\n",
            next.item,
            unread(&sources, next.item)
        );
    }
    Ok(Some(text))
}

/// The sources that were not read to their end, where `passages` were.
fn unread(sources: &[(&str, usize)], passages: usize) -> String {
    let mut end = 0;
    let is_unread = |(_, count): &&(&str, usize)| {
        end += count;
        end > passages
    };
    let paths: Vec<&str> = sources.iter().filter(is_unread).map(|(path, _)| *path).collect();
    let named = paths.iter().take(SOURCES_NAMED).copied().collect::<Vec<_>>().join(", ");
    match paths.len().saturating_sub(SOURCES_NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

fn chunk_text(room: &Room, uri: &str) -> Result<Option<String>, Refusal> {
    let record = room.record(uri)?;
    let citation = super::cite::Citation::of(room, &record);
    let clean = visible(&record.text);
    let shown = super::budget::beginning(&clean, room.settings.tokens_max);
    let rest = if shown.len() < clean.len() {
        "\n\n---\n\nThis is the beginning; fetch reads on."
    } else {
        ""
    };
    Ok(Some(format!(
        "{}\n\n[{}]({}){rest}\n",
        shown.trim_end(),
        citation.reference.citation,
        citation.url
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_goes_on_where_it_stopped() {
        let sources =
            [("a", 3), ("b", 2), ("c", 1), ("d", 1), ("e", 1), ("f", 1), ("g", 1), ("h", 1)];
        assert_eq!(unread(&sources, 4), "b, c, d, e, f and 2 more");
        assert_eq!(unread(&sources, 5), "c, d, e, f, g and 1 more");
        assert_eq!(unread(&sources, 10), "h");
    }
}
