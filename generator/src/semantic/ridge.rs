//! Rows of stems that add up to where a model sees the passages (ridge regression).
//!
//! In: the stems of passages, the passages' vectors, and a first guess for each stem. Out: a row for each stem. What the passages do not tell of a
//! stem, the guess does. Solved by conjugate gradients; sums go in a fixed order.

use rayon::prelude::*;

use super::matrix::{Dense, Sparse};

/// How much it costs to leave the guess.
const STIFFNESS: f32 = 3.0;
/// Steps of the method; more change nothing that can be measured.
const STEPS: usize = 25;
const BATCH_ROWS: usize = 512;

/// The rows for which the weighted sums of `matrix` come nearest to `points`.
pub(crate) fn fit(matrix: &Sparse, points: &Dense, guess: &Dense) -> Dense {
    let across = matrix.transposed();
    let guessed = matrix.times(guess);
    let scale = scale(&guessed, points);
    let mut rows = guess.clone();
    rows.numbers.iter_mut().for_each(|number| *number *= scale);
    let mut open = points.clone();
    let left = open.numbers.iter_mut().zip(&guessed.numbers);
    left.for_each(|(number, guessed)| *number -= scale * guessed);
    let mut rest = across.times(&open);
    let mut way = rest.clone();
    let mut squares = products(&rest, &rest);
    for _ in 0..STEPS {
        let mut bent = across.times(&matrix.times(&way));
        step(&mut bent, &[STIFFNESS], &way);
        let lengths = shares(&squares, &products(&way, &bent));
        step(&mut rows, &lengths, &way);
        step(&mut rest, &lengths.iter().map(|length| -length).collect::<Vec<_>>(), &bent);
        let now = products(&rest, &rest);
        let turn = shares(&now, &squares);
        let mut next = rest.clone();
        step(&mut next, &turn, &way);
        (way, squares) = (next, now);
    }
    rows
}

/// The one number that brings the guess nearest to the points.
fn scale(guessed: &Dense, points: &Dense) -> f32 {
    let of = |right: &Dense| vec![products(guessed, right).iter().sum::<f64>()];
    shares(&of(points), &of(guessed))[0]
}

/// Column by column, the one divided by the other; nothing by nothing is nothing.
fn shares(above: &[f64], below: &[f64]) -> Vec<f32> {
    let share = |(above, below): (&f64, &f64)| match *below > f64::from(f32::MIN_POSITIVE) {
        true => (above / below) as f32,
        false => 0.0,
    };
    above.iter().zip(below).map(share).collect()
}

/// Adds other rows, each column so many times.
fn step(sum: &mut Dense, times: &[f32], rows: &Dense) {
    let columns = sum.columns;
    let both = sum.numbers.par_chunks_mut(columns).zip(rows.numbers.par_chunks(columns));
    both.for_each(|(sum, row)| {
        for (column, (sum, number)) in sum.iter_mut().zip(row).enumerate() {
            *sum += times[column % times.len()] * number;
        }
    });
}

/// The product of each column with the same of the other.
fn products(left: &Dense, right: &Dense) -> Vec<f64> {
    let bytes = BATCH_ROWS * left.columns;
    let batches = left.numbers.par_chunks(bytes).zip(right.numbers.par_chunks(bytes));
    let batches = batches.map(|(left_rows, right_rows)| {
        let mut sums = vec![0.0f64; left.columns];
        let rows = left_rows.chunks_exact(left.columns).zip(right_rows.chunks_exact(left.columns));
        for (left, right) in rows {
            let both = left.iter().zip(right).map(|(left, right)| f64::from(left * right));
            sums.iter_mut().zip(both).for_each(|(sum, both)| *sum += both);
        }
        sums
    });
    let batches: Vec<Vec<f64>> = batches.collect();
    let mut sums = vec![0.0; left.columns];
    for batch in batches {
        sums.iter_mut().zip(batch).for_each(|(sum, number)| *sum += number);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_add_up_to_the_points_as_far_as_stiffness_lets_them() {
        let matrix = Sparse::of(vec![vec![(0, 3.0)], vec![(0, 2.0), (1, 4.0)], vec![(1, 1.0)]], 3);
        let points = Dense { numbers: vec![1.0, 0.0, 2.0, 1.0, 0.0, 3.0], columns: 2 };
        let guess = Dense { numbers: vec![0.0, 0.0, 0.0, 0.0, 0.5, -0.5], columns: 2 };
        let rows = fit(&matrix, &points, &guess).numbers;
        // The normal equations: (AᵀA + 3) R = AᵀV, with the third stem in no passage.
        let check = |column: usize, right: [f32; 2]| {
            let (first, second) = (rows[column], rows[2 + column]);
            assert!((16.0 * first + 8.0 * second - right[0]).abs() < 1e-3);
            assert!((8.0 * first + 20.0 * second - right[1]).abs() < 1e-3);
        };
        check(0, [7.0, 8.0]);
        check(1, [2.0, 7.0]);
        assert_eq!(rows[4..], [0.0, 0.0]);
    }
}
