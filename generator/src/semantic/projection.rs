//! The directions in which the vectors of a model differ most (principal components).
//!
//! In: vectors of passages. Out: a projection, and shorter vectors that lie to each other as the long ones do.

use serde::{Deserialize, Serialize};

use super::{
    matrix::{Dense, eigen},
    numbers::{dot, normalise},
};

/// Of one model's vectors.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Projection {
    /// The model's fingerprint, in halves.
    model: [u64; 2],
    mean: Vec<f32>,
    /// One after the other, each as long as the mean.
    axes: Vec<f32>,
}

impl Projection {
    /// The directions of these vectors that tell most.
    pub(crate) fn fit(vectors: &Dense, model: u128, dimensions: usize) -> Projection {
        let columns = vectors.columns;
        let rows = vectors.rows().max(1) as f64;
        let mut sums = vec![0.0f64; columns];
        for row in vectors.numbers.chunks_exact(columns) {
            sums.iter_mut().zip(row).for_each(|(sum, number)| *sum += f64::from(*number));
        }
        let mean: Vec<f64> = sums.iter().map(|sum| sum / rows).collect();
        let mut spread = vectors.gram();
        for (row, left) in spread.iter_mut().zip(&mean) {
            row.iter_mut().zip(&mean).for_each(|(number, right)| *number -= rows * left * right);
        }
        let axes = eigen(spread).into_iter().take(dimensions);
        Projection {
            model: halves(model),
            mean: mean.iter().map(|number| *number as f32).collect(),
            axes: axes.flat_map(|(_, axis)| axis).map(|number| number as f32).collect(),
        }
    }

    pub(crate) fn is_of(&self, model: u128) -> bool {
        self.model == halves(model)
    }

    /// A vector of the model, in these directions alone and as long as one.
    pub(crate) fn apply(&self, vector: &[f32]) -> Vec<f32> {
        let mut short = self.turned(vector, &self.mean);
        normalise(&mut short);
        short
    }

    /// Vectors as far from another mean than that of passages, in these directions.
    pub(crate) fn apply_from(&self, mean: &[f32], vectors: &[Vec<f32>]) -> Dense {
        let numbers = vectors.iter().flat_map(|vector| self.turned(vector, mean)).collect();
        Dense { numbers, columns: self.axes.len() / self.mean.len().max(1) }
    }

    fn turned(&self, vector: &[f32], mean: &[f32]) -> Vec<f32> {
        let far: Vec<f32> = vector.iter().zip(mean).map(|(number, mean)| number - mean).collect();
        self.axes.chunks_exact(self.mean.len().max(1)).map(|axis| dot(axis, &far)).collect()
    }
}

/// The mean of vectors.
pub(super) fn mean(vectors: &[Vec<f32>]) -> Vec<f32> {
    let mut mean = vec![0.0; vectors.first().map_or(0, Vec::len)];
    for vector in vectors {
        super::numbers::add(&mut mean, 1.0 / vectors.len() as f32, vector);
    }
    mean
}

fn halves(model: u128) -> [u64; 2] {
    [model as u64, (model >> 64) as u64]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_direction_of_the_greatest_difference_comes_first() {
        let numbers = (0..40).flat_map(|at| [1.0, at as f32, (at % 3) as f32 / 10.0]).collect();
        let projection = Projection::fit(&Dense { numbers, columns: 3 }, 7, 2);
        assert!(projection.is_of(7) && !projection.is_of(8));
        assert!(projection.axes[1].abs() > 0.999, "{:?}", projection.axes);
        let near = projection.apply(&[1.0, 30.0, 0.1]);
        let far = projection.apply(&[1.0, 2.0, 0.1]);
        assert!(dot(&near, &far) < -0.9);
        assert_eq!(near.len(), 2);
    }
}
