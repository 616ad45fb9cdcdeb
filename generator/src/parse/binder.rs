//! Puts a document together: texts to chunks with ids, titles, heading paths, outline and parts.
//!
//! In: the cleaned text of each page (or of the whole source) and the page's number and label. Out: a [`Document`]. Knows
//! no marks and no HTML.

use super::chunks::{self, Limits};
use super::names::Register;
use super::render::{self, Rendered, Scene};
use super::report::Report;
use super::text::{self, Text};
use crate::model::{Chunk, Document, Heading, Page, Reading};

/// A page of the source, or all of it.
#[derive(Debug, Default)]
pub(super) struct Leaf {
    pub(super) text: Text,
    pub(super) page: Option<Page>,
    /// The own part of the ids of its chunks; none where chunks are counted.
    pub(super) own: Option<String>,
}

impl Leaf {
    /// For a source that says something of itself and nothing else.
    pub(super) fn of_line(line: &str) -> Leaf {
        let mut leaf = Leaf::default();
        leaf.text.push(line, 1);
        leaf
    }
}

pub(super) struct Binder<'a, 'b> {
    pub(super) document: Document,
    pub(super) source: &'a str,
    pub(super) settings: &'a Reading,
    pub(super) scene: Scene<'a>,
    pub(super) report: Report<'b>,
    /// The headings in force, outermost first.
    pub(super) path: Vec<(u8, String)>,
    pub(super) register: Register,
    /// For each chunk whether it starts with a heading of the highest level.
    pub(super) starts_section: Vec<bool>,
    pub(super) top_level: u8,
}

impl Binder<'_, '_> {
    pub(super) fn bind(mut self, leaves: Vec<Leaf>) -> Document {
        self.document.title = self.document.front.title.clone();
        for leaf in leaves {
            self.add_leaf(&leaf);
        }
        self.document.parts =
            parts(&self.document.chunks, &self.starts_section, self.settings.words_part);
        self.document
    }

    fn add_leaf(&mut self, leaf: &Leaf) {
        let limits =
            Limits { low: self.settings.words_low, high: self.settings.words_high, depth: 3 };
        if leaf.text.is_blank() {
            return;
        }
        if leaf.page.is_some() && fits_page(&leaf.text, self.settings.words_page) {
            return self.add_chunk(leaf, &leaf.text, 1);
        }
        for (piece, text) in (1..).zip(chunks::split(&leaf.text, limits)) {
            self.add_chunk(leaf, &text, piece);
        }
    }

    fn add_chunk(&mut self, leaf: &Leaf, text: &Text, piece: usize) {
        let ordinal = self.document.chunks.len() + 1;
        let own = match &leaf.own {
            Some(own) => self.register.name(own, piece),
            None => self.register.name(&ordinal.to_string(), 1),
        };
        let rendered = render::chunk(text, &own, &mut self.scene, &mut self.report);
        self.find_title(&rendered);
        let (title, headings) = self.title_and_path(leaf, &rendered);
        self.starts_section.push(self.is_section_start(&rendered));
        let cleaned = text.string.trim_matches('\n').trim_end();
        self.document.chunks.push(Chunk {
            own,
            title,
            headings,
            page: leaf.page.clone(),
            lines: text.span(),
            words: text::words(cleaned) as u32,
            text: cleaned.to_string(),
            html: rendered.html,
        });
        self.add_outline(rendered.headings);
    }

    fn find_title(&mut self, rendered: &Rendered) {
        if self.document.title.is_none() {
            let first = rendered.headings.iter().find(|heading| !heading.text.is_empty());
            self.document.title = first
                .filter(|heading| heading.level <= self.top_level)
                .map(|heading| heading.text.clone());
        }
    }

    fn title_and_path(&mut self, leaf: &Leaf, rendered: &Rendered) -> (String, Vec<String>) {
        let mut seen = rendered.headings.iter().enumerate();
        if rendered.begins_with_heading
            && let Some((_, first)) = seen.next()
        {
            self.enter(first.level, &first.text);
        }
        let mut path: Vec<String> = self
            .path
            .iter()
            .map(|(_, text)| text.clone())
            .filter(|text| !text.is_empty())
            .collect();
        let title = match &leaf.page {
            Some(page) => format!("Page {}", page.number),
            None => path.pop().unwrap_or_else(|| self.fallback_title()),
        };
        for (_, heading) in seen {
            self.enter(heading.level, &heading.text);
        }
        (title, path)
    }

    fn enter(&mut self, level: u8, text: &str) {
        self.path.retain(|(above, _)| *above < level);
        self.path.push((level, text.to_string()));
    }

    fn fallback_title(&self) -> String {
        self.document.title.clone().unwrap_or_else(|| readable_name(self.source))
    }

    fn is_section_start(&self, rendered: &Rendered) -> bool {
        let first = rendered.headings.first().filter(|_| rendered.begins_with_heading);
        first.is_some_and(|heading| heading.level <= self.top_level)
    }

    fn add_outline(&mut self, headings: Vec<render::RenderedHeading>) {
        let chunk = self.document.chunks.len() - 1;
        let filled = headings.into_iter().filter(|heading| !heading.text.is_empty());
        let heading = |heading: render::RenderedHeading| Heading {
            level: heading.level,
            text: heading.text,
            anchor: heading.anchor,
            chunk,
        };
        self.document.outline.extend(filled.map(heading));
    }
}

/// Long strings without blanks (packed data) may stand on a page, but not without end.
fn fits_page(text: &Text, words_page: usize) -> bool {
    text::words(&text.string) <= words_page && text::weight(&text.string) <= words_page * 3
}

/// Ranges of chunks; a part ends where a top section starts, or anywhere once it is twice as long as it should be.
pub(super) fn parts(
    chunks: &[Chunk],
    starts_section: &[bool],
    words_part: usize,
) -> Vec<std::ops::Range<usize>> {
    let (mut parts, mut start, mut words) = (Vec::new(), 0, 0);
    for (index, chunk) in chunks.iter().enumerate() {
        let may_end = starts_section[index] || words > words_part * 2;
        if words > words_part && may_end {
            parts.push(start..index);
            (start, words) = (index, 0);
        }
        words += chunk.words as usize;
    }
    if start < chunks.len() {
        parts.push(start..chunks.len());
    }
    parts
}

/// `guides/04_to_2-migration.md` becomes `04 to 2 migration`; an index takes the name of its folder.
pub(super) fn readable_name(source: &str) -> String {
    let mut names = source.rsplit('/');
    let file = names.next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let stem = if stem.is_empty() { file } else { stem };
    let is_index = matches!(stem.to_ascii_lowercase().as_str(), "_index" | "index" | "readme");
    readable(names.next().filter(|_| is_index).unwrap_or(stem))
}

/// The name of a file or folder as a title: `developer-guide` reads "Developer guide".
pub(crate) fn readable(name: &str) -> String {
    let spaced = name.replace(['_', '-'], " ");
    let mut symbols = spaced.trim().chars();
    match symbols.next() {
        Some(first) => first.to_uppercase().chain(symbols).collect(),
        None => name.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_readable() {
        let check = |source: &str, expected: &str| assert_eq!(readable_name(source), expected);
        check("guides/04_to_2-migration.md", "04 to 2 migration");
        check("a/getting-started/_index.md", "Getting started");
        check("README.md", "README");
        check("_.md", "_");
        check(".md", ".md");
        assert_eq!(readable("developer-guide"), "Developer guide");
    }

    #[test]
    fn parts_end_where_sections_start() {
        let chunk = |words| Chunk { words, ..Chunk::default() };
        let chunks: Vec<Chunk> = [10, 10, 10, 10, 10, 10].map(chunk).to_vec();
        let starts = [true, false, true, false, false, false];
        assert_eq!(parts(&chunks, &starts, 15), [0..2, 2..6]);
        assert_eq!(parts(&chunks, &[false; 6], 15), [0..4, 4..6]);
    }
}
