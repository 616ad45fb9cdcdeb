//! A set of passages, a bit for each slot. In: numbers. Out: whether they are in. Knows nothing of what they mean.

use alloc::vec;
use alloc::vec::Vec;

/// A set of numbers below a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    pub(crate) fn none(slots: u32) -> Bits {
        Bits(vec![0; slots.div_ceil(64) as usize])
    }

    pub(crate) fn all(slots: u32) -> Bits {
        Bits(vec![u64::MAX; slots.div_ceil(64) as usize])
    }

    pub(crate) fn insert(&mut self, at: u32) {
        if let Some(word) = self.0.get_mut((at / 64) as usize) {
            *word |= 1 << (at % 64);
        }
    }

    pub(crate) fn contains(&self, at: u32) -> bool {
        self.0.get((at / 64) as usize).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// What is not in the set.
    pub(crate) fn complement(&self) -> Bits {
        Bits(self.0.iter().map(|word| !word).collect())
    }

    /// Keeps what is in both.
    pub(crate) fn keep(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    /// Takes out what is in the other.
    pub(crate) fn remove(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= !other);
    }

    /// Puts in what is in the other.
    pub(crate) fn join(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_kept_removed_and_joined() {
        let of = |numbers: &[u32]| {
            let mut bits = Bits::none(200);
            numbers.iter().for_each(|number| bits.insert(*number));
            bits
        };
        let mut set = of(&[0, 63, 64, 199, 5000]);
        assert!(set.contains(199) && set.contains(63) && !set.contains(1) && !set.contains(5000));
        set.keep(&of(&[63, 64, 70]));
        assert_eq!(set, of(&[63, 64]));
        set.remove(&of(&[64]));
        set.join(&of(&[1]));
        assert_eq!(set, of(&[1, 63]));
        assert!(Bits::all(3).contains(2));
    }
}
