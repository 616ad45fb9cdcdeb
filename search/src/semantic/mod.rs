//! Meaning: passages near a query that need not hold its words. A vector for each passage, and one for each stem.
//!
//! In, for the writer: vectors and clusters, made elsewhere. Out: shards `m/` and `v/`; for the reader, scores in which meaning
//! has its share. Knows not how vectors are made. The reader computes with integers only, so that every reader ranks alike.
//!
//! A query's vector is the sum of its stems' rows. Passages lie in clusters; a query reads the clusters nearest to it, and
//! those where its lexical hits lie.

pub(crate) mod fuse;
pub(crate) mod map;
pub(crate) mod probe;
pub(crate) mod rows;
pub(crate) mod terms;
pub(crate) mod vector;
pub(crate) mod write;

/// A term in fewer passages has no row, unless the map says that rare terms have one: a reader does not ask for it.
pub const ROW_PASSAGES_MIN: u32 = 3;

/// How many passages one list of a cluster holds at most.
pub(crate) const LIST_PASSAGES: usize = 512;

/// Cosines are multiples of one part of so many.
pub(crate) const ONE: i32 = 4096;
