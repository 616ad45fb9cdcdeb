//! Where passages lie together: centroids, found once and recorded, and the nearest of them to a passage.
//!
//! In: points on the unit sphere. Out: packed centroids (k-means by cosine). Knows no passage.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    matrix::Dense,
    numbers::{add, dot, normalise, packed, unpacked},
};
use crate::encoder::wide;

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
        let mut clusters =
            Clusters { packed: Vec::new(), columns: points.columns, centroids: first.collect() };
        for _ in 0..TURNS {
            let near: Vec<usize> =
                (0..seen).into_par_iter().map(|at| clusters.nearest_to(point(at))).collect();
            clusters.draw(near.iter().enumerate().map(|(at, near)| (*near, point(at))));
        }
        clusters.packed =
            clusters.centroids.chunks_exact(points.columns).flat_map(|row| packed(row).1).collect();
        clusters.unpack();
        clusters
    }

    /// Draws each centroid to the middle of its points; one without points stays.
    fn draw<'p>(&mut self, points: impl Iterator<Item = (usize, &'p [f32])>) {
        let mut sums = vec![0.0; self.centroids.len()];
        for (cluster, point) in points {
            add(&mut sums[cluster * self.columns..][..self.columns], 1.0, point);
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
    }

    pub(crate) fn len(&self) -> usize {
        self.centroids.len() / self.columns.max(1)
    }

    pub(crate) fn packed(&self) -> &[u8] {
        &self.packed
    }

    /// The cluster nearest to a packed vector; of equally near ones the first.
    pub(crate) fn nearest(&self, packed: &[u8]) -> u16 {
        self.nearest_to(&unpacked(packed).collect::<Vec<f32>>()) as u16
    }

    fn nearest_to(&self, point: &[f32]) -> usize {
        wide::run(|| {
            let centroids = self.centroids.chunks_exact(self.columns);
            let mut best = (f32::NEG_INFINITY, 0);
            for (at, near) in centroids.map(|centroid| dot(centroid, point)).enumerate() {
                if near > best.0 {
                    best = (near, at);
                }
            }
            best.1
        })
    }

    pub(crate) fn cosine(&self, cluster: usize, packed: &[u8]) -> f32 {
        let mut point: Vec<f32> = unpacked(packed).collect();
        normalise(&mut point);
        dot(&self.centroids[cluster * self.columns..][..self.columns], &point)
    }
}
