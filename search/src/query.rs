//! What is asked. In: nothing. Out: plain data. Knows nothing of how it is answered.

use alloc::string::String;

/// A question to the engine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// What was typed. The last word counts as the beginning of a word too.
    pub text: String,
    /// Whether quotes, hyphens and fields in it mean something.
    pub reading: Reading,
    /// Only this vendor: its key, its name or an alias, in any case.
    pub vendor: Option<String>,
    /// Only this product: its key, its name or an alias, in any case.
    pub product: Option<String>,
    /// Only this version: its key, its name or an alias, in any case.
    pub version: Option<String>,
    /// Only this guide: its key, its name or an alias, in any case.
    pub guide: Option<String>,
    /// Whether older versions are searched as well. Without it only the newest version of each product is, unless `version`
    /// says another.
    pub every_version: bool,
    /// Whether near-duplicates are hits of their own; otherwise the best of them stands for all.
    pub every_duplicate: bool,
    /// How many of the best hits to pass over.
    pub offset: u32,
    /// How many hits to give, with their texts.
    pub limit: u32,
    /// Whether to count the matches of every vendor, product, version and guide.
    pub facets: Facets,
    /// Whether passages near in meaning are hits too.
    pub semantic: Semantic,
}

impl Query {
    /// Whether passages of older versions may be answers.
    pub fn is_of_every_version(&self) -> bool {
        self.every_version || self.version.is_some()
    }

    /// Whether only some guides, products or vendors are asked for beside the text.
    pub fn has_filter(&self) -> bool {
        [&self.vendor, &self.product, &self.version, &self.guide].into_iter().any(Option::is_some)
    }
}

/// What part meaning has in an answer; none where an index knows none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Semantic {
    /// Its share, unless what was typed is meant to the letter.
    #[default]
    Auto,
    /// None.
    Off,
    /// Nothing else counts.
    Only,
}

/// How the text of a query is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reading {
    /// As people type: `"words in a row" -without product:name version:1.2 guide:name vendor:name title:word page:107`. What is
    /// not of this language is words; a chunk_id, a path of a source or an address leads to what it names.
    #[default]
    Language,
    /// Likewise, but words between quotes need not stand in a row.
    Loose,
    /// As nothing but words.
    Words,
}

/// Whether an answer counts its matches by vendor, product, version and guide; counting needs the guide table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Facets {
    /// No counts.
    #[default]
    Skip,
    /// Counts over all matches. Each level's counts heed the filters of the other levels, not its own.
    Count,
}
