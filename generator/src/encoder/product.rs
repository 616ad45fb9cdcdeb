//! Products of dense matrices.
//!
//! In: rows of numbers, and weights in panels. Out: their products. Each number of a product is summed up from its first term to its last,
//! whatever stands beside it: rows come out the same in any batch, on any number of threads, on any processor.

use super::wide::{self, Kernel};

/// Columns that are worked on side by side.
const LANES: usize = 16;
/// Rows that share one walk over a panel: with sixteen columns their sums just fit the registers.
const ROWS: usize = 6;
/// So much of a panel stays in the nearest cache.
const DEPTH: usize = 384;

/// A part of a matrix by rows: some of its columns.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    numbers: &'a [f32],
    /// How many columns the whole matrix has.
    stride: usize,
    first: usize,
    columns: usize,
}

impl<'a> Part<'a> {
    pub(crate) fn whole(numbers: &'a [f32], columns: usize) -> Part<'a> {
        Part { numbers, stride: columns, first: 0, columns }
    }

    pub(crate) fn columns(self, first: usize, columns: usize) -> Part<'a> {
        Part { first: self.first + first, columns, ..self }
    }

    pub(crate) fn count(self) -> usize {
        self.numbers.len() / self.stride
    }

    fn row(self, at: usize) -> &'a [f32] {
        &self.numbers[at * self.stride + self.first..][..self.columns]
    }
}

/// What rows are multiplied with: panels of [`LANES`] columns, one after the other.
#[derive(Default)]
pub(crate) struct Weights {
    panels: Vec<[f32; LANES]>,
    depth: usize,
    columns: usize,
}

impl Weights {
    /// Of a matrix with a row for each number of the result.
    pub(crate) fn by_result(part: Part<'_>) -> Weights {
        let (depth, columns) = (part.columns, part.count());
        let mut panels = vec![[0.0; LANES]; depth * columns.div_ceil(LANES)];
        for column in 0..columns {
            let panel = &mut panels[column / LANES * depth..][..depth];
            for (weights, number) in panel.iter_mut().zip(part.row(column)) {
                weights[column % LANES] = *number;
            }
        }
        Weights { panels, depth, columns }
    }

    /// Of a matrix with a row for each number that is multiplied.
    pub(crate) fn by_term(part: Part<'_>) -> Weights {
        let (depth, columns) = (part.count(), part.columns);
        let mut panels = vec![[0.0; LANES]; depth * columns.div_ceil(LANES)];
        for term in 0..depth {
            for (at, numbers) in part.row(term).chunks(LANES).enumerate() {
                panels[at * depth + term][..numbers.len()].copy_from_slice(numbers);
            }
        }
        Weights { panels, depth, columns }
    }

    pub(crate) fn columns(&self) -> usize {
        self.columns
    }
}

/// Adds the products of the rows with the weights to what stands in `sums`, of which each row has so many columns as there are weights. A term
/// is one `mul_add`, which takes long where the processor has none.
pub(crate) fn add_product(rows: Part<'_>, weights: &Weights, sums: &mut [f32]) {
    add::<true>(rows, weights, sums);
}

/// The products themselves. A term is multiplied and then added, which no processor is slow at.
pub(crate) fn product(rows: Part<'_>, weights: &Weights, products: &mut [f32]) {
    products.fill(0.0);
    add::<false>(rows, weights, products);
}

fn add<const FUSED: bool>(rows: Part<'_>, weights: &Weights, sums: &mut [f32]) {
    assert_eq!(rows.columns, weights.depth);
    assert_eq!(rows.count() * weights.columns, sums.len());
    wide::run(Product::<FUSED> { tiles: &tiles(rows), weights, sums });
}

/// The rows, each [`ROWS`] of them interleaved; the last are filled up with noughts.
fn tiles(rows: Part<'_>) -> Vec<[f32; ROWS]> {
    let depth = rows.columns;
    let mut tiles = vec![[0.0; ROWS]; depth * rows.count().div_ceil(ROWS)];
    for (at, tile) in tiles.chunks_exact_mut(depth).enumerate() {
        let first = at * ROWS;
        if first + ROWS <= rows.count() {
            // Whole tiles in one walk: twice as fast as row by row.
            let rows: [&[f32]; ROWS] = std::array::from_fn(|row| rows.row(first + row));
            for (term, numbers) in tile.iter_mut().enumerate() {
                *numbers = std::array::from_fn(|row| rows[row][term]);
            }
            continue;
        }
        for row in first..rows.count() {
            let numbers = tile.iter_mut().zip(rows.row(row));
            numbers.for_each(|(numbers, number)| numbers[row - first] = *number);
        }
    }
    tiles
}

struct Product<'a, const FUSED: bool> {
    tiles: &'a [[f32; ROWS]],
    weights: &'a Weights,
    sums: &'a mut [f32],
}

impl<const FUSED: bool> Kernel for Product<'_, FUSED> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Weights { panels, depth, columns } = self.weights;
        for first in (0..*depth).step_by(DEPTH) {
            let part = first..(first + DEPTH).min(*depth);
            for (at, panel) in panels.chunks_exact(*depth).enumerate() {
                let blocks = self.sums.chunks_mut(ROWS * columns);
                for (tile, block) in self.tiles.chunks_exact(*depth).zip(blocks) {
                    let block = Block { numbers: block, columns: *columns, first: at * LANES };
                    block.add::<FUSED>(&tile[part.clone()], &panel[part.clone()]);
                }
            }
        }
    }
}

/// The sums of a tile and a panel: up to [`ROWS`] rows, of which up to [`LANES`] columns from the first on.
struct Block<'a> {
    numbers: &'a mut [f32],
    columns: usize,
    first: usize,
}

impl Block<'_> {
    #[inline(always)]
    fn add<const FUSED: bool>(mut self, tile: &[[f32; ROWS]], panel: &[[f32; LANES]]) {
        let is_whole = self.numbers.len() == ROWS * self.columns;
        if is_whole && self.first + LANES <= self.columns {
            let mut sums = std::array::from_fn(|row| *self.lanes(row));
            add_tile::<FUSED>(tile, panel, &mut sums);
            for (row, sums) in sums.into_iter().enumerate() {
                *self.lanes(row) = sums;
            }
            return;
        }
        let lanes = self.first..self.columns.min(self.first + LANES);
        let mut sums = [[0.0; LANES]; ROWS];
        for (sums, row) in sums.iter_mut().zip(self.numbers.chunks_exact(self.columns)) {
            sums[..lanes.len()].copy_from_slice(&row[lanes.clone()]);
        }
        add_tile::<FUSED>(tile, panel, &mut sums);
        for (sums, row) in sums.iter().zip(self.numbers.chunks_exact_mut(self.columns)) {
            row[lanes.clone()].copy_from_slice(&sums[..lanes.len()]);
        }
    }

    #[inline(always)]
    fn lanes(&mut self, row: usize) -> &mut [f32; LANES] {
        let at = row * self.columns + self.first;
        &mut self.numbers[at..at + LANES].as_chunks_mut().0[0]
    }
}

/// All sums are in registers until the end.
#[inline(always)]
fn add_tile<const FUSED: bool>(
    tile: &[[f32; ROWS]],
    panel: &[[f32; LANES]],
    out: &mut [[f32; LANES]; ROWS],
) {
    let mut sums = *out;
    for (numbers, weights) in tile.iter().zip(panel) {
        for row in 0..ROWS {
            for lane in 0..LANES {
                sums[row][lane] = match FUSED {
                    true => numbers[row].mul_add(weights[lane], sums[row][lane]),
                    false => sums[row][lane] + numbers[row] * weights[lane],
                };
            }
        }
    }
    *out = sums;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize, seed: usize) -> Vec<f32> {
        (0..count).map(|at| ((at * 7919 + seed * 31) % 201) as f32 / 64.0 - 1.5).collect()
    }

    /// The product, term by term.
    fn check(rows: usize, depth: usize, columns: usize) {
        let (left, right) = (numbers(rows * depth, 1), numbers(columns * depth, 2));
        let begin = numbers(rows * columns, 3);
        let mut expected = begin.clone();
        for (at, sum) in expected.iter_mut().enumerate() {
            let (row, column) = (at / columns, at % columns);
            for term in 0..depth {
                *sum = left[row * depth + term].mul_add(right[column * depth + term], *sum);
            }
        }
        let mut sums = begin.clone();
        let weights = Weights::by_result(Part::whole(&right, depth));
        add_product(Part::whole(&left, depth), &weights, &mut sums);
        assert_eq!(sums, expected);
        product(Part::whole(&left, depth), &weights, &mut sums);
        for (at, sum) in sums.iter().enumerate() {
            let terms = left[at / columns * depth..].iter().zip(&right[at % columns * depth..]);
            let expected = terms.take(depth).fold(0.0, |sum, (left, right)| sum + left * right);
            assert_eq!(*sum, expected);
        }
        let across: Vec<f32> =
            (0..right.len()).map(|at| right[at % columns * depth + at / columns]).collect();
        let mut sums = begin;
        let weights = Weights::by_term(Part::whole(&across, columns));
        add_product(Part::whole(&left, depth), &weights, &mut sums);
        assert_eq!(sums, expected);
    }

    #[test]
    fn products_are_those_of_the_definition_to_the_last_bit() {
        check(1, 1, 1);
        check(6, 384, 16);
        check(7, 385, 17);
        check(13, 900, 40);
    }

    #[test]
    fn parts_are_columns_of_a_matrix() {
        let matrix = numbers(4 * 10, 1);
        let part = Part::whole(&matrix, 10).columns(3, 2);
        let mut sums = vec![0.0; 4];
        let weights = Weights::by_result(Part::whole(&[1.0, 0.0], 2));
        add_product(part, &weights, &mut sums);
        assert_eq!(sums, [matrix[3], matrix[13], matrix[23], matrix[33]]);
    }
}
