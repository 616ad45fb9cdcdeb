//! How much of a library is still what it was? A small sample of its passages, chosen by their hashes.
//!
//! In: the vectors of passages. Out: a sketch; of two sketches, whether more than a tenth has changed.

use serde::{Deserialize, Serialize};

const BINS: usize = 1_024;
/// Two libraries of which a tenth differs have nine of eleven passages in common.
const COMMON: (usize, usize) = (9, 11);

/// The least hash of each bin; 0 where there is none.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Sketch(Vec<u32>);

impl Sketch {
    pub(crate) fn of<'v>(vectors: impl Iterator<Item = &'v [u8]>) -> Sketch {
        let mut bins = vec![0; BINS];
        for vector in vectors {
            let hash = xxhash_rust::xxh3::xxh3_64(vector);
            let (bin, hash) = (&mut bins[hash as usize % BINS], (hash >> 32) as u32 | 1);
            *bin = if *bin == 0 { hash } else { hash.min(*bin) };
        }
        Sketch(bins)
    }

    /// Whether more than a tenth is new.
    pub(crate) fn has_moved(&self, now: &Sketch) -> bool {
        if self.0.len() != now.0.len() {
            return true;
        }
        let pairs = self.0.iter().zip(&now.0).filter(|(then, now)| **then != 0 || **now != 0);
        let (equal, all) = pairs
            .fold((0, 0), |(equal, all), (then, now)| (equal + usize::from(then == now), all + 1));
        equal * COMMON.1 < all * COMMON.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(changed: usize, expected: bool) {
        let library = |from: usize| {
            let passages: Vec<[u8; 8]> = (from..from + 20_000).map(usize::to_le_bytes).collect();
            Sketch::of(passages.iter().map(<[u8; 8]>::as_slice))
        };
        assert_eq!(library(0).has_moved(&library(changed)), expected, "{changed}");
    }

    #[test]
    fn a_tenth_makes_a_difference() {
        check(0, false);
        check(1_200, false);
        check(3_000, true);
        assert!(Sketch::default().has_moved(&Sketch::of(std::iter::empty())));
    }
}
