//! What is answered. In: nothing. Out: plain data. Knows nothing of how it is found.

use alloc::string::String;
use alloc::vec::Vec;

use crate::record::Record;

/// The number of a passage: its place in the order in which guides and segments were added, with slack between guides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(pub u32);

/// What [`crate::Engine::ask`] says.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// Feed the shards with these ids, then ask again. The file of an id is `search/<id>.js`.
    Need(Vec<String>),
    /// The answer.
    Answer(Answer),
}

/// Hits, best first, and what belongs to them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// How many passages match in all; at least so many if `is_cut`.
    pub total: u32,
    /// How many passages more are hits because they are near in meaning.
    pub related: u32,
    /// Whether some postings of common words were left out because they would have cost too many bytes.
    pub is_cut: bool,
    /// The hits from `offset` on, at most `limit`.
    pub hits: Vec<Hit>,
    /// The words that were looked for, in the order of the query.
    pub words: Vec<Word>,
    /// Empty unless asked for. By level, then by falling count.
    pub facets: Vec<Facet>,
    /// What the signs of the query were taken for, in its order.
    pub clauses: Vec<Clause>,
    /// How many passages more have all the words but were not looked into for phrases and titles, because that would have cost
    /// too many bytes. A greater `limit` looks further.
    pub unchecked: u32,
}

/// A part of a query that is more than words, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// As it was typed, signs and all.
    pub text: String,
    /// What it was taken for.
    pub kind: ClauseKind,
    /// Whether there is such a thing: the phrase in a passage that was looked into, the page, the name.
    pub found: bool,
    /// The names that a filter means, or that were probably meant if there is no such name.
    pub names: Vec<Named>,
}

/// A vendor, product, version or guide: what filters say, and what people read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The value for a filter.
    pub key: String,
    /// The name to show.
    pub name: String,
}

/// What a part of a query was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClauseKind {
    /// Words in a row.
    Phrase,
    /// Left out.
    Without,
    /// In the title.
    Title,
    /// On the page of this number or label.
    Page,
    /// Only there. What is in no library is not heeded.
    Only(Level),
    /// Words, though it looks like a sign.
    Kept,
    /// An id, a source or an address; the first hit is what it names.
    Direct,
}

impl ClauseKind {
    /// The name of the kind; of a filter that of its level.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ClauseKind::Phrase => "phrase",
            ClauseKind::Without => "without",
            ClauseKind::Title => "title",
            ClauseKind::Page => "page",
            ClauseKind::Only(level) => level.name(),
            ClauseKind::Kept => "kept",
            ClauseKind::Direct => "direct",
        }
    }
}

/// What [`crate::Engine::fetch`] says.
#[derive(Debug, Clone, PartialEq)]
pub enum Fetched {
    /// Feed the shards with these ids, then fetch again.
    Need(Vec<String>),
    /// The records, none if there is no such thing.
    Records(Vec<Record>),
}

/// What [`crate::Engine::fetch`] is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// The chunk with this chunk_id, or whose page has this address from the root of the site.
    Chunk(&'a str),
    /// All chunks of the source with this path, in its order.
    Source(&'a str),
    /// The passage that stands for a group, and those that it stands for.
    Group(DocumentId),
}

/// A passage that matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Which passage.
    pub document: DocumentId,
    /// Comparable within one answer only, and in order within each ten hits.
    pub score: u32,
    /// Whether no word of the query led to it, but its meaning did.
    pub is_related: bool,
    /// How much of the score is due to how the words stand: together, in the title.
    pub gain: u32,
    /// What is shown of it.
    pub record: Record,
    /// The section of it that says more of the query than its title does.
    pub section: Option<Section>,
    /// Its best lines as plain text, cut where a marked word begins or ends.
    pub snippet: Vec<Piece>,
}

impl Hit {
    /// What it goes by where it answers this query: the section that does, or the passage.
    #[must_use]
    pub fn title(&self) -> &str {
        self.section.as_ref().map_or(&self.record.title, |section| &section.title)
    }

    /// The headings above that, the outermost first.
    #[must_use]
    pub fn headings(&self) -> Vec<&str> {
        let Record { headings, title, .. } = &self.record;
        let above = self.section.as_ref().map_or(headings.len(), |section| section.above);
        headings.iter().chain([title]).take(above).map(String::as_str).collect()
    }
}

/// A heading within a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// As plain text.
    pub title: String,
    /// How many stand above it of the passage's headings and, as the last of them, its title.
    pub above: usize,
}

/// A run of a snippet's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Plain text, to be escaped by whoever shows it.
    pub text: String,
    /// Whether this is a word of the query.
    pub marked: bool,
}

/// A word of the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As it was typed.
    pub text: String,
    /// Words that stand nearly so, if it stands in no passage: the answer is about these.
    pub meant: Vec<String>,
    /// Whether it, or a word that begins with it if it is the last, stands in any passage.
    pub found: bool,
    /// Whether it names a version that was searched for that.
    pub is_version: bool,
}

/// How many matches lie in one vendor, product, version or guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// Which filter it belongs to.
    pub level: Level,
    /// The value for the filter.
    pub key: String,
    /// The name to show.
    pub name: String,
    /// Matches.
    pub count: u32,
}

/// A level of the library, each with a filter of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Who makes the product.
    Vendor,
    /// The product.
    Product,
    /// A version of the product.
    Version,
    /// A guide to it.
    Guide,
}

impl Level {
    /// All levels, outermost first.
    pub const ALL: [Level; 4] = [Level::Vendor, Level::Product, Level::Version, Level::Guide];

    /// The name of the level's filter.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::Vendor => "vendor",
            Level::Product => "product",
            Level::Version => "version",
            Level::Guide => "guide",
        }
    }
}
