//! The product's words as types, shared by the rooms of the generator.
//!
//! In: nothing. Out: plain data. Knows no file system, no HTML template and no index: `parse` fills
//! a [`Document`], `site` shows it and `index` feeds it to the engine, so anchors, titles and page
//! numbers are made once.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

/// One file of the library, read: what `parse` makes of a source's bytes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Document {
    /// From the front matter, else the first top heading, else none.
    pub(crate) title: Option<String>,
    pub(crate) front: FrontMatter,
    /// In reading order. Never empty when the source holds any text.
    pub(crate) chunks: Vec<Chunk>,
    /// Every heading that a contents list may show, in reading order.
    pub(crate) outline: Vec<Heading>,
    /// The parts of the reading view as ranges of chunks; one part unless the source is long.
    pub(crate) parts: Vec<std::ops::Range<usize>>,
    /// Whether the source carries page marks.
    pub(crate) paged: bool,
}

/// The unit that is shown, indexed and cited.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Chunk {
    /// The chunk's own part of its id: `91`, `107`, `12`, with `.2`, `.3` for further chunks of a page.
    pub(crate) own: String,
    /// "Page 107" in a paged source, else the nearest heading, else the document's title.
    pub(crate) title: String,
    /// Heading path, outermost first, without the title itself.
    pub(crate) headings: Vec<String>,
    pub(crate) page: Option<Page>,
    /// First and last line in the source file, 1-based.
    pub(crate) lines: (u32, u32),
    /// Cleaned Markdown: no page marks, no running heads, no front matter, no HTML comments.
    pub(crate) text: String,
    /// The text as sanitised HTML; relative links hold for the chunk page and the reading view alike.
    pub(crate) html: String,
    pub(crate) words: u32,
}

/// A page as printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// 1-based number in the file.
    pub(crate) number: u32,
    /// The printed label where it differs from the number ("91", "xiv").
    pub(crate) label: Option<String>,
}

/// A heading of the outline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Heading {
    /// 1 to 6.
    pub(crate) level: u8,
    pub(crate) text: String,
    /// The `id` that stands in the chunk's HTML, unique in the source.
    pub(crate) anchor: String,
    /// Index of the chunk that holds it.
    pub(crate) chunk: usize,
}

/// What a source says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FrontMatter {
    pub(crate) title: Option<String>,
    /// Sorts sources inside a guide; smaller first.
    pub(crate) weight: Option<i64>,
    /// Other addresses that lead here.
    pub(crate) aliases: Vec<String>,
    pub(crate) vendor: Option<String>,
    pub(crate) product: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) guide: Option<String>,
    /// The code of the language it is written in.
    pub(crate) language: Option<String>,
}

/// What could not be taken as it stood. The build goes on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Warning {
    /// Path of the source inside the library.
    pub(crate) source: String,
    /// 1-based; 0 where the whole file is meant.
    pub(crate) line: u32,
    /// Groups what repeats: "link leads nowhere", "unknown HTML tag shown as text".
    pub(crate) kind: &'static str,
    /// What was found and what was expected.
    pub(crate) detail: String,
}

/// Where a link in a source leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Link {
    /// Inside the site: the `href` or `src` to write, complete.
    Site(String),
    /// Outside: written as it stands (the scheme is checked by the renderer).
    Outside,
    /// Into the library, but nothing is there: stays readable, without an `href`.
    Missing,
}

/// Resolves the links of one source. `parse` calls it for every `href` and `src` that is not a URL
/// with a scheme.
pub(crate) trait Links {
    fn resolve(&self, target: &str) -> Link;
}

/// What the publisher knows of the page marks of some sources.
#[derive(Debug, Clone, Default)]
pub(crate) struct PageRule {
    /// The sources whose path begins with this.
    pub(crate) path: String,
    /// None where the marks are to be found by themselves.
    pub(crate) sign: Option<PageSign>,
    /// The number in the mark of the first page; told from the marks by default.
    pub(crate) base: Option<u32>,
    pub(crate) position: Option<PagePosition>,
    /// Printed labels are the page's number and this.
    pub(crate) offset: Option<i32>,
}

/// What a page mark looks like.
#[derive(Debug, Clone)]
pub(crate) enum PageSign {
    Style(PageStyle),
    /// With a group `page`.
    Pattern(regex::Regex),
    /// There are no pages, whatever stands in the text.
    Absent,
}

/// The page marks of converters, in the order in which they are preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PageStyle {
    /// `<!-- page 7 -->`
    Comment,
    /// `{6}` and 48 hyphens, by marker
    Marker,
    /// `--- end of page.page_number=7 ---`, by pymupdf4llm
    EndOfPageNumber,
    /// `--- end of page=6 ---`, by older pymupdf4llm
    EndOfPage,
    /// `--- Page 7 ---`
    Dashes,
    FormFeed,
    /// `<!-- page break -->`, which carries no number
    Placeholder,
    /// `## Page 7`
    Heading,
    /// By a pattern of the publisher's.
    Own,
}

/// Where a mark stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PagePosition {
    /// Before its page.
    Before,
    /// Behind its page.
    After,
    /// Between two pages, with the number of the first.
    Between,
}

/// How sources are read; from `mcdewey.toml`.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    /// A chunk is closed once it has this many words and a block ends.
    pub(crate) words_low: usize,
    /// A chunk does not grow past this many words where a block, row or sentence allows a cut.
    pub(crate) words_high: usize,
    /// A page of up to this many words is one chunk.
    pub(crate) words_page: usize,
    /// A reading view is split at top sections once it passes this many words.
    pub(crate) words_part: usize,
    /// Whether fenced code is coloured.
    pub(crate) highlight: bool,
    /// The first whose path fits a source holds.
    pub(crate) pages: Vec<PageRule>,
    /// What `{{< param name >}}` and `{{< name >}}` stand for.
    pub(crate) params: BTreeMap<String, String>,
}

/// What stands for a source's version in the value of a param.
const VERSION: &str = "{version}";

impl Reading {
    /// As a source of this version is read; without a version, params that hold one stand for nothing.
    pub(crate) fn for_version(&self, version: Option<&str>) -> Cow<'_, Reading> {
        if !self.params.values().any(|value| value.contains(VERSION)) {
            return Cow::Borrowed(self);
        }
        let filled = |(name, value): (&String, &String)| match (version, value.contains(VERSION)) {
            (Some(version), true) => Some((name.clone(), value.replace(VERSION, version))),
            (None, true) => None,
            (_, false) => Some((name.clone(), value.clone())),
        };
        let params = self.params.iter().filter_map(filled).collect();
        Cow::Owned(Reading { params, ..self.clone() })
    }

    pub(crate) fn page_rule(&self, source: &str) -> Option<&PageRule> {
        self.pages.iter().find(|rule| source.starts_with(&rule.path))
    }
}

impl Default for Reading {
    fn default() -> Self {
        Reading {
            words_low: 200,
            words_high: 400,
            words_page: 650,
            words_part: 20_000,
            highlight: true,
            pages: Vec::new(),
            params: BTreeMap::new(),
        }
    }
}
