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
const NORM_PARTS: u32 = 16;
/// No two numbers of a byte have larger squares together.
const SQUARES_MAX: usize = 128;

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
        let norms = norms(numbers.len() / 2);
        let squares_of = core::array::from_fn(|byte| {
            let [low, high] = pair(byte as u8);
            (low * low + high * high) as u8
        });
        let mut direction = Direction { numbers, offset: 0, squares_of, norms, norm: 0 };
        direction.settle();
        Some(direction)
    }
}

/// What a query looks towards.
pub(crate) struct Direction {
    numbers: Vec<i32>,
    /// What the 8 that packed numbers have in addition adds to a product.
    offset: i32,
    /// By byte: the squares of its numbers.
    squares_of: [u8; 256],
    norms: Vec<u16>,
    norm: u64,
}

/// By sum of squares: the norm of a packed vector of so many bytes, in parts. A query compares thousands of vectors, and a
/// root takes longer than all else of one.
fn norms(bytes: usize) -> Vec<u16> {
    let (mut norm, mut norms) = (0u32, Vec::with_capacity(SQUARES_MAX * bytes + 1));
    for squares in 0..=(SQUARES_MAX * bytes) as u32 {
        while (norm + 1) * (norm + 1) <= squares * NORM_PARTS * NORM_PARTS {
            norm += 1;
        }
        norms.push(norm as u16);
    }
    norms
}

impl Direction {
    /// Turns towards a packed vector that weighs one part of so many of what this direction weighs. To be settled once that is done.
    pub(crate) fn turn(&mut self, packed: &[u8], parts: u64) {
        let norm = (self.against(packed).1 * parts).max(1);
        let scale = (self.norm * u64::from(NORM_PARTS) + norm / 2) / norm;
        for (at, byte) in self.numbers.chunks_exact_mut(2).zip(packed) {
            let [low, high] = pair(*byte);
            at[0] += scale as i32 * low;
            at[1] += scale as i32 * high;
        }
    }

    /// Takes the numbers as they are now.
    pub(crate) fn settle(&mut self) {
        let squares = self.numbers.iter().map(|number| i64::from(*number).unsigned_abs().pow(2));
        self.norm = root(squares.sum()).max(1);
        self.offset = 8 * self.numbers.iter().sum::<i32>();
    }

    /// The product with a packed vector, and the norm of that, in parts.
    fn against(&self, packed: &[u8]) -> (i32, u64) {
        let (mut product, mut squares) = (-self.offset, 0usize);
        for (numbers, byte) in self.numbers.chunks_exact(2).zip(packed) {
            product += numbers[0] * i32::from(byte & 15) + numbers[1] * i32::from(byte >> 4);
            squares += usize::from(self.squares_of[usize::from(*byte)]);
        }
        (product, u64::from(self.norms.get(squares).copied().unwrap_or(0)))
    }

    /// How near a packed vector is: [`ONE`] if it looks the same way, 0 at right angles or if it is zero.
    pub(crate) fn cosine(&self, packed: &[u8]) -> i32 {
        let (product, norm) = self.against(packed);
        let norms = self.norm * norm;
        if norms == 0 {
            return 0;
        }
        let cosine = i64::from(product) * i64::from(ONE) * i64::from(NORM_PARTS) / norms as i64;
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

    #[test]
    fn norms_are_roots() {
        let parts = u64::from(NORM_PARTS * NORM_PARTS);
        for (squares, norm) in (0u64..).zip(norms(40)) {
            assert_eq!(u64::from(norm), root(squares * parts));
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
