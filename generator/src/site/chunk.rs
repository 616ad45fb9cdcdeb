//! The page of each chunk: what is cited.
//!
//! In: a document with its addresses. Out: one page a chunk, without what is related to it (`related`).

use anyhow::Result;
use serde::Serialize;
use tera::{Context, Value};

use super::{Crumb, Frame, LinkTo, Site};
use crate::{
    address,
    citation::Cited,
    language,
    library::Source,
    model::{Chunk, Heading},
    parse,
    work::Reading,
};

/// A description is cut to about this many characters.
const DESCRIPTION_CHARS: usize = 160;
/// So much of a source tells its language.
const LANGUAGE_CHARS: usize = 2_000;

#[derive(Serialize)]
struct ChunkPage<'a> {
    frame: Frame<'a>,
    title: &'a str,
    headings: &'a [String],
    context_url: &'a str,
    /// The anchor of the heading it stands under. Other versions may have it: what they hold is not known here, so no link names it.
    place: Option<&'a str>,
    page: Option<u32>,
    label: Option<&'a str>,
    source: &'a str,
    chunk_id: &'a str,
    citation: String,
    lines: Lines,
    /// "2 of 3" where a page holds several chunks.
    part: Option<String>,
    previous: Option<LinkTo>,
    next: Option<LinkTo>,
    html: &'a str,
}

#[derive(Serialize)]
struct Lines {
    first: u32,
    last: u32,
}

/// Writes the pages of a source's chunks.
pub(crate) fn write_chunks(site: &Site, reading: &Reading, shared: &Shared) -> Result<()> {
    let source = reading.source(site.library);
    let chunks = &reading.document.chunks;
    let edition = site.edition(&reading.guide(site.library).place);
    for (at, chunk) in chunks.iter().enumerate() {
        let names = &reading.names[at];
        let description = description(&chunk.text);
        let title = page_title(chunk, &source.title, &edition);
        let page = ChunkPage {
            frame: site.frame(&names.url, &title, description, "chunk"),
            title: &chunk.title,
            headings: &chunk.headings,
            context_url: &names.context_url,
            place: place(&reading.document.outline, at),
            page: chunk.page.as_ref().map(|page| page.number),
            label: chunk.page.as_ref().and_then(|page| page.label.as_deref()),
            source: &source.path,
            chunk_id: &names.id,
            citation: cited(site, reading, at).line(),
            lines: Lines { first: chunk.lines.0, last: chunk.lines.1 },
            part: part(chunks, at),
            previous: reading.neighbor(site.library, at.checked_sub(1)).map(LinkTo::from),
            next: reading.neighbor(site.library, Some(at + 1)).map(LinkTo::from),
            html: parse::without_lead(&chunk.html),
        };
        site.write_filled(&names.url, "chunk.html", &shared.with(&page)?)?;
    }
    Ok(())
}

fn cited<'a>(site: &'a Site, reading: &'a Reading, at: usize) -> Cited<'a> {
    let chunk = &reading.document.chunks[at];
    let guide = reading.guide(site.library);
    Cited {
        id: &reading.names[at].id,
        title: &chunk.title,
        above: chunk.headings.last().map(String::as_str),
        document: &reading.source(site.library).title,
        guide: &guide.title,
        levels: site.level_names(&guide.place),
        page: chunk.page.as_ref().map(|page| page.number),
        label: chunk.page.as_ref().and_then(|page| page.label.as_deref()),
    }
}

/// The first heading of a chunk, else the last one before it. What stands under the first of all stands at the top anyway.
fn place(outline: &[Heading], at: usize) -> Option<&str> {
    let first = outline.partition_point(|heading| heading.chunk < at);
    let begins = outline.get(first).is_some_and(|heading| heading.chunk == at);
    let heading = if begins { first } else { first.checked_sub(1)? };
    (heading > 0).then(|| outline[heading].anchor.as_str())
}

/// What all pages of a source show alike, ready for the templates: made once, however many pages there are.
pub(crate) struct Shared {
    crumbs: Value,
    versions: Value,
    more_versions: Value,
    /// The language of the text, where it is not the site's.
    lang: Value,
}

impl Shared {
    pub(crate) fn of(site: &Site, reading: &Reading) -> Shared {
        let source = reading.source(site.library);
        let crumbs = source_crumbs(site, reading, source);
        let versions = site.versions.of(site.library, reading.at);
        Shared {
            crumbs: Value::from_serializable(&crumbs),
            versions: Value::from_serializable(&versions.links),
            more_versions: Value::from_serializable(&versions.more),
            lang: Value::from_serializable(&lang(site, reading)),
        }
    }

    /// Together with what one page alone shows.
    pub(super) fn with(&self, page: &impl Serialize) -> Result<Context> {
        let mut context = Context::from_serialize(page)?;
        context.insert_value("crumbs", self.crumbs.clone());
        context.insert_value("versions", self.versions.clone());
        context.insert_value("more_versions", self.more_versions.clone());
        context.insert_value("lang", self.lang.clone());
        Ok(context)
    }
}

/// What a source says of its language, or its folder, or its letters; nothing where that is the site's.
fn lang(site: &Site, reading: &Reading) -> Option<String> {
    let (source, config) = (reading.source(site.library), &site.library.config);
    let own = source.front.language.as_deref();
    let told = own.unwrap_or_else(|| config.language(&source.path));
    if !language::is_same(told, &config.language) {
        return Some(told.to_string());
    }
    let letters = reading.document.chunks.iter().flat_map(|chunk| chunk.text.chars());
    let code = language::by_script(letters.take(LANGUAGE_CHARS))?;
    (!language::is_same(code, &config.language)).then(|| code.to_string())
}

impl From<(String, String)> for LinkTo {
    fn from((title, url): (String, String)) -> LinkTo {
        LinkTo { title, url }
    }
}

/// The way from home to the source's reading view.
fn source_crumbs(site: &Site, reading: &Reading, source: &Source) -> Vec<Crumb> {
    let guide = reading.guide(site.library);
    let mut crumbs = site.crumbs(&guide.place, &guide.title);
    if guide.sources.len() > 1 {
        crumbs.push(Crumb { name: source.title.clone(), url: source.address.part_url(0) });
    }
    crumbs
}

/// The browser's title: a page number alone says too little, and so does a heading like "Example"; the title of a source is the same
/// in every version.
fn page_title(chunk: &Chunk, source_title: &str, edition: &str) -> String {
    let (own, above) = (Some(chunk.title.as_str()), chunk.headings.last().map(String::as_str));
    let nearest = if chunk.page.is_some() { [above, own] } else { [own, above] };
    tab_title(nearest.into_iter().flatten().chain([source_title, edition]))
}

/// What a tab, a bookmark and a search engine show: names from the inside out, each once.
pub(super) fn tab_title<'a>(steps: impl IntoIterator<Item = &'a str>) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for step in steps {
        // The last of two equal ones stands.
        kept.retain(|other| *other != step);
        kept.push(step);
    }
    kept.join(" · ")
}

/// Which of the chunks of its page this is, or without pages of those under its heading.
fn part(chunks: &[Chunk], at: usize) -> Option<String> {
    let number = |chunk: &Chunk| chunk.page.as_ref().map(|page| page.number);
    let this = &chunks[at];
    let same = |chunk: &Chunk| {
        number(chunk) == number(this)
            && chunk.title == this.title
            && (chunk.page.is_some() || chunk.headings == this.headings)
    };
    let first = chunks[..at].iter().rposition(|chunk| !same(chunk)).map_or(0, |last| last + 1);
    let count = chunks[first..].iter().take_while(|chunk| same(chunk)).count();
    (count > 1).then(|| format!("{} of {count}", at - first + 1))
}

/// The first words of a text, for those who list pages.
pub(super) fn description(markdown: &str) -> String {
    let head = markdown
        .char_indices()
        .nth(DESCRIPTION_CHARS * 3)
        .map_or(markdown, |(end, _)| &markdown[..end]);
    let text = search::plain(head);
    let mut words = String::with_capacity(DESCRIPTION_CHARS * 2);
    let mut chars = 0;
    for word in text.split_whitespace() {
        let word_chars = if word.is_ascii() { word.len() } else { word.chars().count() };
        if chars + word_chars > DESCRIPTION_CHARS {
            words.push_str(" …");
            break;
        }
        if chars > 0 {
            words.push(' ');
            chars += 1;
        }
        words.push_str(word);
        chars += word_chars;
    }
    words
}

/// The anchor of a chunk, for the reading view.
pub(super) fn anchor_of(chunk: &Chunk) -> String {
    address::anchor(&chunk.own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Page;

    fn check(chunks: &[(&str, &str, Option<u32>)], expected: &[Option<&str>]) {
        let chunk = |(heading, title, page): &(&str, &str, Option<u32>)| Chunk {
            title: title.to_string(),
            headings: vec![heading.to_string()],
            page: page.map(|number| Page { number, label: None }),
            ..Chunk::default()
        };
        let chunks: Vec<Chunk> = chunks.iter().map(chunk).collect();
        let parts: Vec<_> = (0..chunks.len()).map(|at| part(&chunks, at)).collect();
        assert_eq!(parts.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_tab_names_the_nearest_heading() {
        let titled = |title: &str, page: Option<u32>| {
            let (title, headings) = (title.to_string(), vec!["Ports".into(), "Open".into()]);
            let page = page.map(|number| Page { number, label: None });
            page_title(&Chunk { title, headings, page, ..Chunk::default() }, "Ports", "Edge 1")
        };
        assert_eq!(titled("Example", None), "Example · Open · Ports · Edge 1");
        assert_eq!(titled("Page 7", Some(7)), "Open · Page 7 · Ports · Edge 1");
    }

    #[test]
    fn parts_are_of_one_section_or_of_one_page() {
        let example = |heading| (heading, "Example", None);
        check(
            &[example("Put"), example("Put"), example("Get")],
            &[Some("1 of 2"), Some("2 of 2"), None],
        );
        let page = |heading, number| (heading, "Page", Some(number));
        check(
            &[page("Put", 7), page("Get", 7), page("Get", 8)],
            &[Some("1 of 2"), Some("2 of 2"), None],
        );
    }
}
