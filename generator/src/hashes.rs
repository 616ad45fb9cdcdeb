//! Tables whose keys are hashes already: to hash them again would cost time and tell no two of them better apart.
//!
//! In: keys of 64 bits. Out: a table. Knows not what was hashed.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

pub(crate) type ByHash<V> = HashMap<u64, V, BuildHasherDefault<Same>>;

/// The key as it is.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Same(u64);

impl Hasher for Same {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxhash_rust::xxh3::xxh3_64(bytes);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
