//! The search engine: bytes in, hits out.
//!
//! In: passages with their fields and records (the writer), a question and the bytes of shards (the reader).
//! Out: shards (the writer), hits with their texts (the reader).
//! Knows no files, network, clock, threads, Markdown beyond [`plain`], HTML, JSON or MCP.
//!
//! Writing: one [`SegmentBuilder`] per source, independent of every other source; then one
//! [`IndexWriter`] takes the guides and the segments in order and hands out shards as they are complete.
//!
//! Reading: [`Engine::open`] takes the root, [`Engine::ask`] says which shards a query still needs,
//! the caller brings their bytes to [`Engine::feed`] and asks again, until there is an answer:
//!
//! ```text
//! loop {
//!     match engine.ask(&query)? {
//!         Reply::Need(ids) => for id in ids { engine.feed(&id, &inflated(&id)?)? },
//!         Reply::Answer(answer) => break answer,
//!     }
//! }
//! ```
//!
//! FORMAT.md tells every byte of what is written.
#![no_std]
#![deny(missing_docs)]

extern crate alloc;

mod address;
mod addresses;
mod answer;
mod ask;
mod beside;
mod bits;
mod bytes;
mod candidates;
mod checksum;
mod condition;
mod context;
mod direct;
mod directory;
mod edits;
mod engine;
mod error;
mod faces;
mod fetch;
mod fold;
mod foreign;
pub mod format;
mod former;
mod gathered;
mod guides;
mod hash;
mod ids;
mod inspect;
mod late;
mod ledger;
mod lexicon;
mod likeness;
mod links;
mod lists;
mod lookup;
mod meant;
mod merge;
mod near;
mod numbering;
pub mod oracle;
mod page;
#[cfg(feature = "tuning")]
pub mod parameters;
#[cfg(not(feature = "tuning"))]
mod parameters;
mod pile;
mod plain;
mod plan;
mod query;
mod rank;
mod record;
mod results;
mod retext;
mod revise;
mod root;
mod rootwriter;
mod row;
mod runs;
mod scope;
mod segment;
mod semantic;
mod shelves;
mod slots;
mod snippet;
mod sort;
mod stem;
mod stop;
mod synonyms;
mod syntax;
mod text;
mod texts;
mod tiers;
mod typos;
mod vocabulary;
mod wanted;
mod weights;
mod words;
mod writer;

pub use answer::{
    Answer, Clause, ClauseKind, DocumentId, Facet, Fetched, Hit, Level, Named, Piece, Reply,
    Section, Wanted, Word,
};
pub use engine::Engine;
pub use error::{Error, Part};
pub use foreign::Stemmer;
pub use format::FORMAT_VERSION;
pub use former::Numbers;
pub use guides::{GuideEntry, Name};
pub use inspect::{Stream, TermSize, TextSizes, inspect_texts, inspect_words};
pub use ledger::{Bring, Keep, Kept, kept_bytes, moved};
pub use likeness::identities_of;
pub use meant::is_of_series;
pub use plain::plain;
pub use query::{Facets, Query, Reading, Semantic};
pub use record::{Placement, Record};
pub use revise::{Mean, Revised, Revision, Yield, revise};
pub use runs::{Spill, Unspill};
pub use segment::{Fields, SegmentBuilder};
pub use semantic::ROW_PASSAGES_MIN;
pub use semantic::rows::{Row, form_key};
pub use semantic::terms::{EachStem, EachWord, stems_of, words_of};
pub use semantic::write::{Meaning, Numbered};
pub use shelves::Emit;
pub use synonyms::{SYNONYM_WORDS_MAX, Said, Synonyms};
pub use writer::{Finished, IndexWriter, Recall, Settings, Summary};
