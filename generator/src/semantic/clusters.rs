//! Where passages lie together: centroids, found once and recorded, and the nearest of them to a passage.
//!
//! In: points on the unit sphere. Out: packed centroids (k-means by cosine). Knows no passage.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    matrix::{CACHED_ROWS, Dense},
    numbers::{add, dot, normalise, packed, unpacked},
};
use crate::encoder::product::{Part, Weights, product};

/// About how many passages a cluster should have.
const CLUSTER_PASSAGES: usize = 192;
const CLUSTERS_MAX: usize = 2_048;
/// How many points are looked at, for each cluster, and how often.
const POINTS_PER_CLUSTER: usize = 64;
const TURNS: usize = 6;

/// Centroids as they are packed, and as floats.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Clusters {
    packed: Vec<u8>,
    columns: usize,
    #[serde(skip)]
    centroids: Vec<f32>,
    /// The centroids, ready to be multiplied.
    #[serde(skip)]
    weights: Weights,
}

impl Clusters {
    /// Clusters for so many passages, of which these are some.
    pub(crate) fn fit(points: &Dense, passages: usize) -> Clusters {
        let count = (passages / CLUSTER_PASSAGES).clamp(1, CLUSTERS_MAX).min(points.rows());
        let seen = points.rows().min(count * POINTS_PER_CLUSTER);
        let point = |at: usize| {
            let row = at * points.rows() / seen;
            &points.numbers[row * points.columns..][..points.columns]
        };
        let first = (0..count).flat_map(|at| point(at * seen / count).to_vec());
        let (centroids, columns) = (first.collect(), points.columns);
        let mut clusters = Clusters { centroids, columns, ..Clusters::default() };
        let seen: Vec<&[f32]> = (0..seen).map(point).collect();
        for _ in 0..TURNS {
            clusters.weigh();
            let batches = seen.par_chunks(CACHED_ROWS);
            let near: Vec<Vec<u16>> =
                batches.map(|batch| clusters.nearest_to(&batch.concat())).collect();
            clusters.draw(near.into_iter().flatten().zip(seen.iter().copied()));
        }
        clusters.packed =
            clusters.centroids.chunks_exact(points.columns).flat_map(|row| packed(row).1).collect();
        clusters.unpack();
        clusters
    }

    /// Draws each centroid to the middle of its points; one without points stays.
    fn draw<'p>(&mut self, points: impl Iterator<Item = (u16, &'p [f32])>) {
        let mut sums = vec![0.0; self.centroids.len()];
        for (cluster, point) in points {
            add(&mut sums[usize::from(cluster) * self.columns..][..self.columns], 1.0, point);
        }
        for (centroid, sum) in
            self.centroids.chunks_mut(self.columns).zip(sums.chunks_mut(self.columns))
        {
            normalise(sum);
            if sum.iter().any(|number| *number != 0.0) {
                centroid.copy_from_slice(sum);
            }
        }
    }

    /// Makes the centroids of what is recorded.
    pub(crate) fn unpack(&mut self) {
        self.centroids = unpacked(&self.packed).collect();
        self.centroids.chunks_mut(self.columns.max(1)).for_each(normalise);
        self.weigh();
    }

    fn weigh(&mut self) {
        self.weights = match self.centroids.is_empty() {
            true => Weights::default(),
            false => Weights::by_result(Part::whole(&self.centroids, self.columns)),
        };
    }

    pub(crate) fn len(&self) -> usize {
        self.centroids.len() / self.columns.max(1)
    }

    pub(crate) fn packed(&self) -> &[u8] {
        &self.packed
    }

    /// The clusters nearest to packed vectors; of equally near ones the first.
    pub(crate) fn nearest(&self, packed: &[u8]) -> Vec<u16> {
        let batches = packed.chunks(CACHED_ROWS * self.columns.max(2) / 2);
        batches.flat_map(|batch| self.nearest_to(&unpacked(batch).collect::<Vec<f32>>())).collect()
    }

    fn nearest_to(&self, points: &[f32]) -> Vec<u16> {
        let mut nearness = vec![0.0; points.len() / self.columns.max(1) * self.len()];
        if nearness.is_empty() {
            return vec![0; points.len() / self.columns.max(1)];
        }
        product(Part::whole(points, self.columns), &self.weights, &mut nearness);
        let nearest = |nearness: &[f32]| {
            let mut best = (f32::NEG_INFINITY, 0);
            for (at, near) in (0..).zip(nearness) {
                if *near > best.0 {
                    best = (*near, at);
                }
            }
            best.1
        };
        nearness.chunks_exact(self.len()).map(nearest).collect()
    }

    pub(crate) fn cosine(&self, cluster: usize, packed: &[u8]) -> f32 {
        let mut point: Vec<f32> = unpacked(packed).collect();
        normalise(&mut point);
        dot(&self.centroids[cluster * self.columns..][..self.columns], &point)
    }
}
