//! Sparse and dense matrices, as far as a fit needs them. Products go row by row on all cores; each row is added up in order.

use rayon::prelude::*;

use super::numbers::add;
use crate::encoder::{
    product::{Part, Weights, product},
    wide,
};

/// Rows are gathered in batches of so many where they are added up, so that no number of threads changes the sum.
pub(super) const BATCH_ROWS: usize = 512;
/// So many rows, at their lengths, stay in the nearest cache while they are multiplied.
pub(crate) const CACHED_ROWS: usize = 96;

/// A sparse matrix by rows.
#[derive(Default)]
pub(crate) struct Sparse {
    /// Where each row begins, and where the last ends.
    starts: Vec<usize>,
    entries: Vec<(u32, f32)>,
    columns: usize,
}

/// A dense matrix by rows.
#[derive(Clone, Default)]
pub(crate) struct Dense {
    pub(crate) numbers: Vec<f32>,
    pub(crate) columns: usize,
}

/// A small square matrix of greater precision.
pub(crate) type Square = Vec<Vec<f64>>;

impl Sparse {
    pub(crate) fn of(rows: Vec<Vec<(u32, f32)>>, columns: usize) -> Sparse {
        let mut sparse = Sparse { starts: vec![0], entries: Vec::new(), columns };
        sparse.add(rows);
        sparse
    }

    /// The same with further rows, of so many columns.
    pub(crate) fn with(&self, rows: Vec<Vec<(u32, f32)>>, columns: usize) -> Sparse {
        let mut all =
            Sparse { starts: self.starts.clone(), entries: self.entries.clone(), columns };
        all.add(rows);
        all
    }

    fn add(&mut self, rows: Vec<Vec<(u32, f32)>>) {
        for row in rows {
            self.entries.extend(row);
            self.starts.push(self.entries.len());
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// Of each row, the sum of its squares.
    pub(crate) fn squares(&self) -> impl Iterator<Item = f32> {
        let square = |ends: &[usize]| {
            self.entries[ends[0]..ends[1]].iter().map(|(_, number)| number * number).sum()
        };
        self.starts.windows(2).map(square)
    }

    pub(crate) fn transposed(&self) -> Sparse {
        let mut starts = vec![0; self.columns + 1];
        self.entries.iter().for_each(|(column, _)| starts[*column as usize + 1] += 1);
        for column in 0..self.columns {
            starts[column + 1] += starts[column];
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, 0.0); self.entries.len()];
        for row in 0..self.rows() {
            for (column, number) in &self.entries[self.starts[row]..self.starts[row + 1]] {
                entries[next[*column as usize]] = (row as u32, *number);
                next[*column as usize] += 1;
            }
        }
        Sparse { starts, entries, columns: self.rows() }
    }

    pub(crate) fn times(&self, dense: &Dense) -> Dense {
        let columns = dense.columns;
        let mut numbers = vec![0.0; self.rows() * columns];
        numbers.par_chunks_mut(columns).enumerate().for_each(|(row, sum)| {
            let entries = &self.entries[self.starts[row]..self.starts[row + 1]];
            wide::run(|| {
                for (column, number) in entries {
                    add(sum, *number, &dense.numbers[*column as usize * columns..][..columns]);
                }
            });
        });
        Dense { numbers, columns }
    }
}

impl Dense {
    pub(crate) fn rows(&self) -> usize {
        self.numbers.len() / self.columns.max(1)
    }

    /// The products of all its columns with each other.
    pub(crate) fn gram(&self) -> Square {
        let columns = self.columns;
        let batches = self.numbers.par_chunks(BATCH_ROWS * columns).map(|batch| {
            let mut sums = vec![0.0f64; columns * columns];
            for row in batch.chunks_exact(columns) {
                let row: Vec<f64> = row.iter().map(|number| f64::from(*number)).collect();
                wide::run(|| add_squares(&mut sums, &row));
            }
            sums
        });
        let batches: Vec<Vec<f64>> = batches.collect();
        let mut sums = vec![0.0; columns * columns];
        for batch in batches {
            sums.iter_mut().zip(&batch).for_each(|(sum, number)| *sum += number);
        }
        let gram = |left: usize, right: usize| sums[left.min(right) * columns + left.max(right)];
        (0..columns).map(|left| (0..columns).map(|right| gram(left, right)).collect()).collect()
    }

    /// Its rows times a small matrix, given by columns.
    pub(crate) fn turned(&self, by: &[Vec<f32>]) -> Dense {
        let by_column = by.concat();
        let weights = Weights::by_result(Part::whole(&by_column, self.columns));
        let mut numbers = vec![0.0; self.rows() * by.len()];
        let out = numbers.par_chunks_mut(CACHED_ROWS * by.len());
        let rows = self.numbers.par_chunks(CACHED_ROWS * self.columns);
        out.zip(rows).for_each(|(out, rows)| {
            product(Part::whole(rows, self.columns), &weights, out);
        });
        Dense { numbers, columns: by.len() }
    }
}

/// Adds the products of all numbers of a row with each other.
#[inline]
fn add_squares(sums: &mut [f64], row: &[f64]) {
    for (at, number) in row.iter().enumerate() {
        let sums = &mut sums[at * row.len()..][at..row.len()];
        sums.iter_mut().zip(&row[at..]).for_each(|(sum, other)| *sum += number * other);
    }
}

/// Turns of Jacobi's method; far fewer are ever needed.
const SWEEPS_MAX: usize = 30;

/// The eigenvalues of a symmetric matrix with their vectors, the greatest first.
pub(crate) fn eigen(mut matrix: Square) -> Vec<(f64, Vec<f64>)> {
    let size = matrix.len();
    let unit = |row: usize| (0..size).map(|at| f64::from(u8::from(at == row))).collect();
    let mut vectors: Square = (0..size).map(unit).collect();
    let total: f64 = matrix.iter().flatten().map(|number| number * number).sum();
    for _ in 0..SWEEPS_MAX {
        let off: f64 = (0..size).flat_map(|row| matrix[row][..row].iter()).map(|n| n * n).sum();
        if off <= total * 1e-20 {
            break;
        }
        for low in 0..size {
            for high in low + 1..size {
                rotate(&mut matrix, &mut vectors, low, high);
            }
        }
    }
    let mut pairs: Vec<(f64, Vec<f64>)> =
        vectors.into_iter().enumerate().map(|(at, vector)| (matrix[at][at], vector)).collect();
    pairs.sort_by(|left, right| right.0.total_cmp(&left.0));
    pairs
}

/// Turns two axes so that they have nothing in common. `vectors` holds the axes as rows.
fn rotate(matrix: &mut Square, vectors: &mut Square, low: usize, high: usize) {
    let shared = matrix[low][high];
    if shared == 0.0 {
        return;
    }
    let half = (matrix[high][high] - matrix[low][low]) / (2.0 * shared);
    let tangent = half.signum() / (half.abs() + (half * half + 1.0).sqrt());
    let tangent = if half == 0.0 { 1.0 } else { tangent };
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    for row in matrix.iter_mut() {
        let (left, right) = (row[low], row[high]);
        row[low] = cosine * left - sine * right;
        row[high] = sine * left + cosine * right;
    }
    turn(matrix, low, high, (cosine, sine));
    turn(vectors, low, high, (cosine, sine));
}

fn turn(rows: &mut Square, low: usize, high: usize, (cosine, sine): (f64, f64)) {
    let (before, after) = rows.split_at_mut(high);
    for (left, right) in before[low].iter_mut().zip(&mut after[0]) {
        (*left, *right) = (cosine * *left - sine * *right, sine * *left + cosine * *right);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvectors_stay_in_their_direction() {
        let matrix = vec![vec![4.0, 1.0, 0.5], vec![1.0, 3.0, 0.0], vec![0.5, 0.0, 1.0]];
        let pairs = eigen(matrix.clone());
        assert!(pairs.is_sorted_by(|left, right| left.0 >= right.0));
        for (value, vector) in pairs {
            for (row, number) in matrix.iter().zip(&vector) {
                let product: f64 = row.iter().zip(&vector).map(|(left, right)| left * right).sum();
                assert!((product - value * number).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn products_are_those_of_dense_matrices() {
        let sparse = Sparse::of(vec![vec![(0, 1.0), (2, 2.0)], vec![], vec![(1, 3.0)]], 3);
        let dense = Dense { numbers: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], columns: 2 };
        assert_eq!(sparse.times(&dense).numbers, [11.0, 14.0, 0.0, 0.0, 9.0, 12.0]);
        assert_eq!(sparse.transposed().times(&dense).numbers, [1.0, 2.0, 15.0, 18.0, 2.0, 4.0]);
        assert_eq!(dense.gram(), [[35.0, 44.0], [44.0, 56.0]]);
        let turned = dense.turned(&[vec![1.0, 0.0], vec![1.0, -1.0], vec![0.0, 2.0]]);
        assert_eq!(turned.numbers, [1.0, -1.0, 4.0, 3.0, -1.0, 8.0, 5.0, -1.0, 12.0]);
    }
}
