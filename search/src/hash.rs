//! The writer's hash tables: a fixed hasher, so that no run differs from another. In: keys. Out: a table type.
//! Nothing is ever read out of a table in its own order. The reader has no hash tables: they would double its size.

use core::hash::{BuildHasherDefault, Hasher};

/// A hash table whose hashes are the same in every run.
pub(crate) type Table<K, V> = hashbrown::HashMap<K, V, BuildHasherDefault<Fnv>>;

/// FNV-1a, eight bytes at a time, with a final mix.
#[derive(Debug, Clone)]
pub(crate) struct Fnv(u64);

/// The hash of these bytes alone.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = Fnv::default();
    hasher.write(bytes);
    hasher.finish()
}

const PRIME: u64 = 0x0000_0100_0000_01b3;

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn take(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(PRIME).rotate_left(23);
    }
}

impl Hasher for Fnv {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|word| self.take(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            let bits = rest.iter().rev().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
            self.take(bits);
        }
    }

    #[inline]
    fn write_u64(&mut self, word: u64) {
        self.take(u64::from_le_bytes(word.to_ne_bytes()));
    }

    #[inline]
    fn finish(&self) -> u64 {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ (mixed >> 29)
    }
}
