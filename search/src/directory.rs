//! Which shard holds a word? Separators between shards, each with the hash that names the shard after it.
//!
//! ```text
//! directory = entries(varint) { shared(varint) suffix(counted) } { hash(u32) }
//! ```
//!
//! A separator is the shortest string that is above the last key of the shard before and not above the first key of its own;
//! the first is empty. The same bytes serve in the root and, where the root would grow too large, in pages of their own.

use alloc::vec::Vec;

use crate::bytes::{Cursor, put_counted, put_varint, shared_prefix_bytes};

/// Shards by separator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Directory {
    separators: Vec<u8>,
    /// Where each separator ends in `separators`.
    ends: Vec<u32>,
    hashes: Vec<u32>,
}

impl Directory {
    /// Appends a shard; separators rise.
    pub(crate) fn push(&mut self, separator: &[u8], hash: u32) {
        self.separators.extend_from_slice(separator);
        self.ends.push(self.separators.len() as u32);
        self.hashes.push(hash);
    }

    pub(crate) fn len(&self) -> usize {
        self.hashes.len()
    }

    pub(crate) fn hash(&self, idx: usize) -> Option<u32> {
        self.hashes.get(idx).copied()
    }

    pub(crate) fn contains(&self, hash: u32) -> bool {
        self.hashes.contains(&hash)
    }

    pub(crate) fn separator(&self, idx: usize) -> &[u8] {
        let start = if idx == 0 { 0 } else { self.ends[idx - 1] as usize };
        &self.separators[start..self.ends[idx] as usize]
    }

    /// The shard where a key stands if it stands anywhere. Meaningless in an empty directory.
    pub(crate) fn find(&self, key: &[u8]) -> usize {
        self.count(|separator| separator <= key).saturating_sub(1)
    }

    /// The last shard that may hold keys with this beginning.
    pub(crate) fn find_last(&self, prefix: &[u8]) -> usize {
        self.count(|separator| separator <= prefix || separator.starts_with(prefix))
            .saturating_sub(1)
    }

    fn count(&self, is_before: impl Fn(&[u8]) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if is_before(self.separator(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        put_varint(out, self.len() as u32);
        for idx in 0..self.len() {
            let shared = if idx == 0 {
                0
            } else {
                shared_prefix_bytes(self.separator(idx - 1), self.separator(idx))
            };
            put_varint(out, shared as u32);
            put_counted(out, &self.separator(idx)[shared..]);
        }
        self.hashes.iter().for_each(|hash| out.extend_from_slice(&hash.to_le_bytes()));
    }

    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Option<Directory> {
        let mut directory = Directory::default();
        let mut start = 0;
        let count = cursor.varint()?;
        for _ in 0..count {
            let shared = cursor.varint()? as usize;
            let suffix = cursor.counted()?;
            let from = directory.separators.len();
            if start + shared > from {
                return None;
            }
            directory.separators.extend_from_within(start..start + shared);
            directory.separators.extend_from_slice(suffix);
            directory.ends.push(directory.separators.len() as u32);
            start = from;
        }
        for _ in 0..count {
            directory.hashes.push(cursor.u32()?);
        }
        Some(directory)
    }

    /// Cuts the directory into pages of about so many bytes.
    pub(crate) fn pages(&self, page_bytes: usize) -> Vec<Directory> {
        let mut pages: Vec<Directory> = Vec::new();
        let mut bytes = usize::MAX;
        for idx in 0..self.len() {
            let separator = self.separator(idx);
            if bytes > page_bytes {
                pages.push(Directory::default());
                bytes = 0;
            }
            bytes += separator.len() + 6;
            if let Some(page) = pages.last_mut() {
                page.push(separator, self.hashes[idx]);
            }
        }
        pages
    }
}

/// The shortest string above `last` and not above `next`, given that `last` is below `next`.
pub(crate) fn separator<'a>(last: &[u8], next: &'a [u8]) -> &'a [u8] {
    &next[..next.len().min(shared_prefix_bytes(last, next) + 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Directory {
        let mut directory = Directory::default();
        for (hash, separator) in
            [&b""[..], b"b", b"call", b"calls", b"d", "日".as_bytes()].into_iter().enumerate()
        {
            directory.push(separator, hash as u32);
        }
        directory
    }

    #[test]
    fn separators_are_short() {
        assert_eq!(separator(b"apple", b"banana"), b"b");
        assert_eq!(separator(b"call", b"called"), b"calle");
        assert_eq!(separator(b"", b"x"), b"x");
    }

    #[test]
    fn keys_are_found_in_their_shards() {
        let directory = sample();
        for (key, idx) in [
            ("", 0),
            ("a", 0),
            ("b", 1),
            ("cab", 1),
            ("call", 2),
            ("callow", 2),
            ("callsign", 3),
            ("zz", 4),
            ("日本", 5),
        ] {
            assert_eq!(directory.find(key.as_bytes()), idx, "{key}");
        }
        for (prefix, idx) in [("a", 0), ("c", 3), ("call", 3), ("callo", 2), ("d", 4), ("", 5)] {
            assert_eq!(directory.find_last(prefix.as_bytes()), idx, "{prefix}");
        }
    }

    #[test]
    fn round_trips_and_refuses_cuts() {
        let directory = sample();
        let mut bytes = Vec::new();
        directory.write(&mut bytes);
        assert_eq!(Directory::read(&mut Cursor::new(&bytes)), Some(directory));
        for cut in 0..bytes.len() {
            assert_eq!(Directory::read(&mut Cursor::new(&bytes[..cut])), None);
            let mut flipped = bytes.clone();
            flipped[cut] ^= 0x81;
            let _ = Directory::read(&mut Cursor::new(&flipped));
        }
    }

    #[test]
    fn pages_hold_the_same() {
        let directory = sample();
        let pages = directory.pages(10);
        assert!(pages.len() > 1);
        let mut joined = Directory::default();
        for page in &pages {
            (0..page.len()).for_each(|idx| joined.push(page.separator(idx), page.hashes[idx]));
        }
        assert_eq!(joined, directory);
    }
}
