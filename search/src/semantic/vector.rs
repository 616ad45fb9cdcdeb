//! Vectors of small integers: two to a byte, compared by the cosine of the angle between them.
//!
//! In: packed vectors, rows of stems. Out: cosines in parts of [`ONE`]. Integers only, and nothing here divides by zero: a
//! vector that is all zero is like nothing.
//!
//! ```text
//! packed = { low | high << 4 }        each -7 to 7, stored with 8 added
//! ```

use alloc::vec;
use alloc::vec::Vec;

use super::ONE;

/// What a query's greatest component becomes.
const QUERY_MAX: i64 = 1023;
/// Norms of packed vectors are small numbers: they are counted in so many parts.
const NORM_PARTS: u64 = 16;

/// The two numbers of a byte.
fn pair(byte: u8) -> [i32; 2] {
    [i32::from(byte & 15) - 8, i32::from(byte >> 4) - 8]
}

/// A sum of rows, on the way to a query.
pub(crate) struct Sum(Vec<i64>);

impl Sum {
    pub(crate) fn new(dimensions: usize) -> Sum {
        Sum(vec![0; dimensions])
    }

    /// Adds a row, scaled.
    pub(crate) fn add(&mut self, packed: &[u8], scale: i64) {
        for (at, byte) in self.0.chunks_mut(2).zip(packed) {
            for (sum, number) in at.iter_mut().zip(pair(*byte)) {
                *sum += scale * i64::from(number);
            }
        }
    }

    /// The direction of the sum; none if it is all zero.
    pub(crate) fn direction(&self) -> Option<Direction> {
        let most =
            self.0.iter().map(|number| number.unsigned_abs()).max().filter(|most| *most > 0)?;
        let scaled = |number: &i64| (*number * QUERY_MAX / most as i64) as i32;
        let numbers: Vec<i32> = self.0.iter().map(scaled).collect();
        let squares = numbers.iter().map(|number| i64::from(*number).unsigned_abs().pow(2)).sum();
        Some(Direction { numbers, norm: root(squares).max(1) })
    }
}

/// What a query looks towards.
pub(crate) struct Direction {
    numbers: Vec<i32>,
    norm: u64,
}

impl Direction {
    /// How near a packed vector is: [`ONE`] if it looks the same way, 0 at right angles or if it is zero.
    pub(crate) fn cosine(&self, packed: &[u8]) -> i32 {
        let (mut product, mut squares) = (0i32, 0u32);
        for (numbers, byte) in self.numbers.chunks_exact(2).zip(packed) {
            let [low, high] = pair(*byte);
            product += numbers[0] * low + numbers[1] * high;
            squares += (low * low + high * high) as u32;
        }
        let (product, squares) = (i64::from(product), u64::from(squares));
        let norms = self.norm * root(squares * NORM_PARTS * NORM_PARTS);
        if norms == 0 {
            return 0;
        }
        let cosine = product * i64::from(ONE) * NORM_PARTS as i64 / norms as i64;
        cosine.clamp(-i64::from(ONE), i64::from(ONE)) as i32
    }
}

/// The greatest whole number whose square is not above this one.
fn root(square: u64) -> u64 {
    let mut root = 0u64;
    // No root has more than 32 bits, so no square of one is too large.
    let mut bit = 1u64 << ((u64::BITS - square.leading_zeros()) / 2).min(u32::BITS - 1);
    while bit > 0 {
        let next = root | bit;
        if next * next <= square {
            root = next;
        }
        bit >>= 1;
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_whole() {
        for number in (0..2000).chain([u64::from(u32::MAX), 1 << 40]) {
            let found = root(number);
            assert!(found * found <= number && (found + 1) * (found + 1) > number, "{number}");
        }
    }

    fn check(query: &[u8], passage: &[u8], expected: i32) {
        let mut sum = Sum::new(2 * query.len());
        sum.add(query, 40);
        let cosine = sum.direction().map(|direction| direction.cosine(passage));
        assert!(cosine.unwrap_or(0).abs_diff(expected) < 50, "{cosine:?}");
    }

    #[test]
    fn cosines_are_those_of_the_angle() {
        check(&[0x8f, 0x88], &[0x89, 0x88], ONE);
        check(&[0x8f, 0x88], &[0x81, 0x88], -ONE);
        check(&[0x8f, 0x88], &[0xf8, 0x88], 0);
        check(&[0x8f, 0x88], &[0xff, 0x88], 2896);
        check(&[0x8f, 0x88], &[0x88, 0x88], 0);
        check(&[0x88, 0x88], &[0x8f, 0x88], 0);
    }

    #[test]
    fn any_bytes_have_a_cosine() {
        let mut sum = Sum::new(6);
        sum.add(&[0, 0xff, 0x0f], i64::from(u16::MAX) * 64 * 8);
        let direction = sum.direction().unwrap();
        for byte in 0..=255 {
            assert!(direction.cosine(&[byte, byte, 0]).abs() <= ONE);
        }
        assert_eq!(direction.cosine(&[]), 0);
    }
}
