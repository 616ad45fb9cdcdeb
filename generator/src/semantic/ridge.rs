//! Rows of stems that add up to where a model sees the passages (ridge regression).
//!
//! In: the stems of passages, the passages' vectors, and a first guess for each stem. Out: a row for each stem. What the passages do not tell of a
//! stem, the guess does, corrected as the passages corrected the guesses of other stems. Solved by conjugate gradients; sums go in a fixed order.

use rayon::prelude::*;

use super::{
    matrix::{BATCH_ROWS, Dense, Sparse, eigen},
    numbers::add,
};

/// How much it costs to leave the guess.
const STIFFNESS: f32 = 3.0;
/// Steps of the method; more change nothing that can be measured.
const STEPS: usize = 25;
/// How much it costs to correct guesses that no passage has corrected, of what they tell in a direction on average.
const CARRY_STIFFNESS: f64 = 0.3;

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
    carry(&across, &mut rows, guess, scale);
    rows
}

/// Gives stems that no passage has what the others of their kind have been given beyond the guess.
fn carry(across: &Sparse, rows: &mut Dense, guess: &Dense, scale: f32) {
    let columns = rows.columns;
    let shares: Vec<f32> = across.squares().map(|square| square / (square + STIFFNESS)).collect();
    let mut told = vec![0.0; columns * columns];
    let mut known = Dense { numbers: Vec::new(), columns };
    let both = rows.numbers.chunks_exact(columns).zip(guess.numbers.chunks_exact(columns));
    for ((row, guess), share) in both.zip(&shares).filter(|(_, share)| **share > 0.0) {
        let more: Vec<f32> =
            row.iter().zip(guess).map(|(row, guess)| row - scale * guess).collect();
        for (told, number) in told.chunks_exact_mut(columns).zip(guess) {
            add(told, share * number, &more);
        }
        known.numbers.extend(guess.iter().map(|number| number * share.sqrt()));
    }
    let change = solved(&known, &told);
    let all = rows.numbers.par_chunks_mut(columns).zip(guess.numbers.par_chunks(columns));
    all.zip(&shares).filter(|(_, share)| **share == 0.0).for_each(|((row, guess), _)| {
        for (change, number) in change.chunks_exact(columns).zip(guess) {
            add(row, *number, change);
        }
    });
}

/// The square matrix that makes of these rows what was told of them.
fn solved(known: &Dense, told: &[f32]) -> Vec<f32> {
    let columns = known.columns;
    let pairs = eigen(known.gram());
    let mean = pairs.iter().map(|(value, _)| value).sum::<f64>() / columns as f64;
    let mut change = vec![0.0; columns * columns];
    for (value, axis) in pairs.iter().filter(|(value, _)| *value > mean * 1e-6) {
        let share = 1.0 / (value + CARRY_STIFFNESS * mean);
        let mut along = vec![0.0; columns];
        for (told, number) in told.chunks_exact(columns).zip(axis) {
            add(&mut along, (number * share) as f32, told);
        }
        for (change, number) in change.chunks_exact_mut(columns).zip(axis) {
            add(change, *number as f32, &along);
        }
    }
    change
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
    let batch = BATCH_ROWS * left.columns;
    let batches = left.numbers.par_chunks(batch).zip(right.numbers.par_chunks(batch));
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

    #[test]
    fn what_passages_say_of_a_stem_is_carried_to_those_that_look_alike() {
        let seen = |at: usize| vec![(at as u32, 9.0)];
        let matrix = Sparse::of((0..4).map(seen).collect(), 5);
        // The model sees words along the first axis, the passages as far along the second.
        let points = (1..5).flat_map(|at| [9.0 * at as f32, 9.0 * at as f32]).collect();
        let guess = (1..6).flat_map(|at| [at as f32, 0.0]).collect();
        let [points, guess] = [points, guess].map(|numbers| Dense { numbers, columns: 2 });
        let rows = fit(&matrix, &points, &guess).numbers;
        assert!(rows[9] > 2.5 && rows[9] < 5.0, "{rows:?}");
    }
}
