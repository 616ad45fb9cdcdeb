//! The functions between the products of an encoder: GELU, softmax, layer normalisation.
//!
//! In and out: rows of numbers, changed in place. Made of additions, multiplications, divisions and roots in a fixed order: the same
//! to the last bit on every processor, which the functions of a system's library are not.

use super::wide::{self, Kernel};

/// Numbers that are added up side by side.
const LANES: usize = 16;

/// Runs each row through GELU.
pub(super) fn gelu(numbers: &mut [f32]) {
    wide::run(Gelu(numbers));
}

/// Makes each row, scaled, a distribution.
pub(super) fn softmax(numbers: &mut [f32], columns: usize, scale: f32) {
    wide::run(Softmax { numbers, columns, scale });
}

/// How a row is brought to mean 0 and variance 1, and from there.
pub(super) struct Norm {
    pub(super) weight: Vec<f32>,
    pub(super) bias: Vec<f32>,
    pub(super) epsilon: f32,
}

impl Norm {
    /// Adds `more` to the numbers and normalises the rows.
    pub(super) fn apply(&self, numbers: &mut [f32], more: &[f32]) {
        wide::run(Normalise { norm: self, numbers, more });
    }
}

struct Gelu<'a>(&'a mut [f32]);

impl Kernel for Gelu<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for number in self.0 {
            *number *= 0.5 + 0.5 * erf(*number * std::f32::consts::FRAC_1_SQRT_2);
        }
    }
}

struct Softmax<'a> {
    numbers: &'a mut [f32],
    columns: usize,
    scale: f32,
}

impl Kernel for Softmax<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for row in self.numbers.chunks_exact_mut(self.columns) {
            let most = row
                .iter()
                .fold(f32::MIN, |most, number| if *number > most { *number } else { most });
            for number in row.iter_mut() {
                *number = exp((*number - most) * self.scale);
            }
            let part = 1.0 / sum(row);
            row.iter_mut().for_each(|number| *number *= part);
        }
    }
}

struct Normalise<'a> {
    norm: &'a Norm,
    numbers: &'a mut [f32],
    more: &'a [f32],
}

impl Kernel for Normalise<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Norm { weight, bias, epsilon } = self.norm;
        let columns = weight.len();
        let rows = self.numbers.chunks_exact_mut(columns).zip(self.more.chunks_exact(columns));
        for (row, more) in rows {
            row.iter_mut().zip(more).for_each(|(number, more)| *number += more);
            let mean = sum(row) / columns as f32;
            row.iter_mut().for_each(|number| *number -= mean);
            let variance = squares(row) / columns as f32;
            let part = 1.0 / (variance + epsilon).sqrt();
            for ((number, weight), bias) in row.iter_mut().zip(weight).zip(bias) {
                *number = (*number * part).mul_add(*weight, *bias);
            }
        }
    }
}

#[inline(always)]
fn sum(numbers: &[f32]) -> f32 {
    fold(numbers, |sum, number| sum + number)
}

#[inline(always)]
fn squares(numbers: &[f32]) -> f32 {
    fold(numbers, |sum, number| number.mul_add(number, sum))
}

/// Lane by lane, then the lanes.
#[inline(always)]
fn fold(numbers: &[f32], add: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let (whole, rest) = numbers.as_chunks::<LANES>();
    for numbers in whole {
        for lane in 0..LANES {
            lanes[lane] = add(lanes[lane], numbers[lane]);
        }
    }
    for (lane, number) in lanes.iter_mut().zip(rest) {
        *lane = add(*lane, *number);
    }
    lanes.iter().sum()
}

/// e to a power of at most 0.
#[inline(always)]
fn exp(power: f32) -> f32 {
    /// Adding it leaves no room for what is behind the point.
    const ROUND: f32 = 12_582_912.0;
    let power = if power > -87.0 { power } else { -87.0 };
    let whole = power.mul_add(std::f32::consts::LOG2_E, ROUND) - ROUND;
    let rest = whole.mul_add(-0.693_359_4, power);
    let rest = whole.mul_add(2.121_944_4e-4, rest);
    let mut sum = 1.987_569_2e-4f32;
    for factor in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5] {
        sum = sum.mul_add(rest, factor);
    }
    let sum = (sum * rest).mul_add(rest, rest) + 1.0;
    sum * f32::from_bits(((whole as i32 + 127) as u32) << 23)
}

/// The error function (Abramowitz and Stegun 7.1.26): off by at most 2 in ten millions.
#[inline(always)]
fn erf(number: f32) -> f32 {
    let size = number.abs();
    let part = 1.0 / size.mul_add(0.327_591_1, 1.0);
    let mut sum = 1.061_405_4f32;
    for factor in [-1.453_152, 1.421_413_7, -0.284_496_73, 0.254_829_6] {
        sum = sum.mul_add(part, factor);
    }
    (1.0 - sum * part * exp(-size * size)).copysign(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_are_those_of_the_library() {
        for at in 0..9000 {
            let power = -(at as f32) / 100.0;
            let expected = f64::from(power.max(-87.0)).exp();
            assert!((f64::from(exp(power)) / expected - 1.0).abs() < 3e-7, "{power}");
        }
    }

    #[test]
    fn the_error_function_is_that_of_the_library() {
        for at in -500i16..500 {
            let number = f32::from(at) / 100.0;
            assert!(
                (f64::from(erf(number)) - libm::erf(f64::from(number))).abs() < 5e-7,
                "{number}"
            );
        }
    }

    #[test]
    fn rows_become_distributions_whatever_stands_in_them() {
        let mut numbers = [1.0, 2.0, 3.0, -3e38, 3e38, 0.0];
        softmax(&mut numbers, 3, 1.0);
        for row in numbers.chunks(3) {
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        }
        assert!((numbers[2] - 0.665_240_94).abs() < 1e-6);
    }

    #[test]
    fn rows_are_brought_to_mean_and_variance() {
        let norm = Norm { weight: vec![2.0; 4], bias: vec![1.0; 4], epsilon: 0.0 };
        let mut numbers = [1.0, 1.0, 3.0, 3.0];
        norm.apply(&mut numbers, &[0.0, 0.0, 2.0, 2.0]);
        assert_eq!(numbers, [-1.0, -1.0, 3.0, 3.0]);
    }
}
