//! What is asked. In: nothing. Out: plain data. Knows nothing of how it is answered.

use alloc::string::String;

/// A question to the engine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// What was typed. The last word counts as the beginning of a word too.
    pub text: String,
    /// Only this vendor: its key, its name or an alias, in any case.
    pub vendor: Option<String>,
    /// Only this product: its key, its name or an alias, in any case.
    pub product: Option<String>,
    /// Only this version: its key, its name or an alias, in any case.
    pub version: Option<String>,
    /// Only this guide: its key, its name or an alias, in any case.
    pub guide: Option<String>,
    /// How many of the best hits to pass over.
    pub offset: u32,
    /// How many hits to give, with their texts.
    pub limit: u32,
    /// Whether to count the matches of every vendor, product, version and guide.
    pub facets: Facets,
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
