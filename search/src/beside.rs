//! Terms that stand right behind a term and in its shard, so that whoever looks for it meets them: its synonyms, and the keys
//! that other languages give its word.
//!
//! In: a key. Out: the keys behind it. A word ends in neither of these bytes, so no other key stands between.

use alloc::vec::Vec;

/// Its postings are those of passages that say a synonym.
pub(crate) const SYNONYMS: &[u8] = &[0];
/// It has no postings: its surfaces are keys under which the word stands where it is of another language than English.
pub(crate) const LINKS: &[u8] = &[1];

/// A key that stands behind another.
pub(crate) fn key_beside(key: &[u8], mark: &[u8]) -> Vec<u8> {
    [key, mark].concat()
}

/// Whether a key stands behind another.
pub(crate) fn is_beside(key: &[u8]) -> bool {
    key.ends_with(SYNONYMS) || key.ends_with(LINKS)
}
