//! What can be wrong with bytes, as facts. In: nothing. Out: one enum. Knows no text for readers in other languages.

use core::fmt;

/// Why the engine could not use what it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The index was written in another format version: rebuild the site with this program.
    Version {
        /// The version found in the root.
        found: u16,
        /// The only version that this engine reads.
        expected: u16,
    },
    /// The bytes end early, were changed on their way, or belong to another id: reload, or publish the site again.
    Corrupt(Part),
    /// A shard was fed that this root does not name: it belongs to another build of the site.
    Foreign,
    /// The library has more passages than document numbers allow.
    TooLarge,
}

/// Which part of the index an [`Error::Corrupt`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `root`
    Root,
    /// `d/…`, a page of the directory
    Directory,
    /// `w/…`, terms and their postings
    Words,
    /// `p/…`, further postings of a hot word
    Tiers,
    /// `t/…`, the texts of passages
    Texts,
    /// `g/…`, the table of guides
    Guides,
    /// `c/…`, the names that a query may say
    Context,
    /// `f/…`, which passages an older version has in common with newer ones
    Filters,
    /// `m/…` and `v/…`, vectors of passages and of stems
    Meaning,
    /// A segment between `SegmentBuilder` and `IndexWriter`.
    Segment,
    /// An encoded record.
    Record,
    /// What the writer spilled and read back.
    Scratch,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Part::Root => "root",
            Part::Directory => "directory",
            Part::Words => "words",
            Part::Tiers => "tiers",
            Part::Texts => "texts",
            Part::Guides => "guides",
            Part::Context => "names",
            Part::Filters => "filters",
            Part::Meaning => "meaning",
            Part::Segment => "segment",
            Part::Record => "record",
            Part::Scratch => "scratch file",
        }
    }
}

impl Error {
    /// A sentence for people, without the details.
    #[must_use]
    pub fn sentence(&self) -> &'static str {
        match self {
            Error::Version { .. } => {
                "The search index was written by another version: rebuild the site."
            }
            Error::Corrupt(_) => {
                "A file of the search index is damaged: reload the page, or publish the site again."
            }
            Error::Foreign => {
                "A file of the search index belongs to another build of this site: reload the page."
            }
            Error::TooLarge => "The library has more passages than the index can number.",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.sentence())?;
        match self {
            Error::Corrupt(part) => write!(out, " ({})", part.name()),
            Error::Version { found, expected } => {
                write!(out, " (found {found}, expected {expected})")
            }
            Error::Foreign | Error::TooLarge => Ok(()),
        }
    }
}

impl core::error::Error for Error {}
