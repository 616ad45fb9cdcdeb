//! Which passages lie nearest to a passage?
//!
//! In: points in the space of a basis, those that are asked for and those that links may lead to, in clusters. Out: for each the nearest, of its
//! own product and of others. Looks into a point's cluster and those next to it. Products of whole numbers, ties broken by number: the
//! same whatever the number of threads. Knows no text.

use std::ops::Range;

use rayon::prelude::*;

use crate::{
    encoder::product::{Part, Weights, product},
    semantic::{CACHED_ROWS, dot, unpacked},
};

/// So many clusters are looked into, a point's own among them.
const CLUSTERS: usize = 4;
/// So many points are kept of each kind, for the choice among them.
const KEPT: usize = 16;

/// Points by number.
#[derive(Default)]
pub(super) struct Points {
    /// Packed, one after the other.
    pub(super) vectors: Vec<u8>,
    pub(super) clusters: Vec<u16>,
    /// Which product each belongs to.
    pub(super) products: Vec<u32>,
}

/// What speaks for a link from a point that is asked for to one of another product, beside their cosine.
pub(super) type Bonus<'b> = &'b (dyn Fn(u32, u32) -> f32 + Sync);

/// The points nearest to one, with their cosines, nearest first; those of others with the bonus.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Near {
    pub(super) own: Vec<(f32, u32)>,
    pub(super) others: Vec<(f32, u32)>,
}

/// Gives `each` the nearest of `points` to each of `asked` whose cosine is at least `least`, by the packed centroids of clusters; and what it
/// makes of them, in the order of `asked`.
pub(super) fn nearest<T: Clone + Default + Send>(
    asked: &Points,
    points: &Points,
    (centroids, row_bytes): (&[u8], usize),
    (least, bonus): (f32, Bonus<'_>),
    each: &(dyn Fn(u32, &Near) -> T + Sync),
) -> Vec<T> {
    let clusters = centroids.len() / row_bytes;
    let (askers, members) = (asked.by_cluster(clusters), points.by_cluster(clusters));
    let centroids = Block::of(centroids, row_bytes, 0..clusters as u32);
    let centroid_weights = centroids.weights();
    let look = |cluster: usize| -> Vec<(u32, T)> {
        let askers = &askers[cluster];
        if askers.is_empty() {
            return Vec::new();
        }
        let around = centroids.around(&centroid_weights, cluster).into_iter();
        let mut around: Vec<u32> = around.flat_map(|near| members[near].clone()).collect();
        if around.is_empty() {
            return Vec::new();
        }
        around.sort_unstable();
        let block = Block::of(&points.vectors, row_bytes, around.iter().copied());
        let own = Block::of(&asked.vectors, row_bytes, askers.iter().copied());
        let weights = block.weights();
        let near = |(asker, cosines): (&u32, &[f32])| {
            let product = asked.products[*asker as usize];
            let mut near = Near::default();
            let near_enough = cosines.iter().zip(&around).filter(|(score, _)| **score >= least);
            for (score, point) in near_enough {
                match points.products[*point as usize] == product {
                    true => keep(&mut near.own, *score, *point),
                    false => keep(&mut near.others, score + bonus(*asker, *point), *point),
                }
            }
            (*asker, each(*asker, &near))
        };
        let mut found = Vec::with_capacity(askers.len());
        for (first, askers) in (0..).step_by(CACHED_ROWS).zip(askers.chunks(CACHED_ROWS)) {
            let cosines = block.cosines(&weights, &own, first..first + askers.len());
            found.extend(askers.iter().zip(cosines.chunks_exact(around.len())).map(near));
        }
        found
    };
    let found: Vec<Vec<(u32, T)>> = (0..clusters).into_par_iter().map(look).collect();
    let mut all = vec![T::default(); asked.clusters.len()];
    for (asker, found) in found.into_iter().flatten() {
        all[asker as usize] = found;
    }
    all
}

impl Points {
    /// The numbers of the points in each cluster.
    fn by_cluster(&self, clusters: usize) -> Vec<Vec<u32>> {
        let mut members = vec![Vec::new(); clusters];
        for (at, cluster) in (0..).zip(&self.clusters) {
            members[usize::from(*cluster)].push(at);
        }
        members
    }
}

/// Puts a point among the nearest; of equally near ones the first comes first.
fn keep(nearest: &mut Vec<(f32, u32)>, score: f32, point: u32) {
    if nearest.len() == KEPT && nearest.last().is_some_and(|(last, _)| *last >= score) {
        return;
    }
    let at = nearest.partition_point(|(other, _)| *other >= score);
    nearest.insert(at, (score, point));
    nearest.truncate(KEPT);
}

/// Vectors side by side, ready to be multiplied.
struct Block {
    columns: usize,
    numbers: Vec<f32>,
    /// One by the length of each; 0 for what has none.
    scales: Vec<f32>,
}

impl Block {
    fn of(packed: &[u8], row_bytes: usize, rows: impl Iterator<Item = u32>) -> Block {
        let mut block = Block { columns: 2 * row_bytes, numbers: Vec::new(), scales: Vec::new() };
        for row in rows {
            let bytes = &packed[row as usize * row_bytes..][..row_bytes];
            block.numbers.extend(unpacked(bytes));
            let own = &block.numbers[block.numbers.len() - 2 * row_bytes..];
            let length = dot(own, own).sqrt();
            block.scales.push(if length > 0.0 { 1.0 / length } else { 0.0 });
        }
        block
    }

    fn weights(&self) -> Weights {
        Weights::by_result(Part::whole(&self.numbers, self.columns))
    }

    /// The cosines of all these vectors, of which there are some, with each of some of another block.
    fn cosines(&self, weights: &Weights, other: &Block, rows: Range<usize>) -> Vec<f32> {
        let vectors = &other.numbers[rows.start * self.columns..rows.end * self.columns];
        let mut cosines = vec![0.0; rows.len() * self.scales.len()];
        // Products of small whole numbers: their sum is exact in whatever order it is added up.
        product(Part::whole(vectors, self.columns), weights, &mut cosines);
        for (row, cosines) in rows.zip(cosines.chunks_exact_mut(self.scales.len())) {
            let scale = other.scales[row];
            cosines.iter_mut().zip(&self.scales).for_each(|(cosine, own)| *cosine *= scale * own);
        }
        cosines
    }

    /// Of centroids, those next to one, itself among them.
    fn around(&self, weights: &Weights, at: usize) -> Vec<usize> {
        let cosines = self.cosines(weights, self, at..at + 1);
        let mut order: Vec<usize> = (0..cosines.len()).collect();
        order.sort_by(|left, right| cosines[*right].total_cmp(&cosines[*left]));
        order.retain(|near| *near != at);
        order.truncate(CLUSTERS - 1);
        order.push(at);
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points of two numbers, each in the cluster of its sign.
    fn points(numbers: &[[i8; 2]], products: &[u32]) -> Points {
        let packed = |[low, high]: &[i8; 2]| (low + 8) as u8 | ((high + 8) as u8) << 4;
        Points {
            vectors: numbers.iter().map(packed).collect(),
            clusters: numbers.iter().map(|[low, _]| u16::from(*low < 0)).collect(),
            products: products.to_vec(),
        }
    }

    #[test]
    fn the_nearest_of_each_kind_come_first() {
        let all = points(&[[7, 0], [7, 1], [-7, 0], [7, 1], [0, 0], [7, 5]], &[1, 1, 1, 2, 1, 2]);
        let asked = points(&[[7, 0]], &[1]);
        let near =
            nearest(&asked, &all, (&[0x8f, 0x81], 1), (0.5, &|_, _| 0.0), &|_, near| near.clone())
                .remove(0);
        let numbers = |near: &[(f32, u32)]| near.iter().map(|(_, at)| *at).collect::<Vec<_>>();
        assert_eq!((numbers(&near.own), numbers(&near.others)), (vec![0, 1], vec![3, 5]));
    }

    #[test]
    fn of_equals_the_first_ones_are_kept() {
        let many = points(&[[3, 3]; 40], &[1; 40]);
        let (least, centroids) = ((0.9, &|_: u32, _: u32| 0.0), [0x99, 0x77]);
        let near =
            nearest(&many, &many, (&centroids, 1), (least.0, least.1), &|_, near| near.clone());
        let first: Vec<u32> = (0..KEPT as u32).collect();
        assert_eq!(near.len(), 40);
        for near in near {
            assert!(near.own.iter().map(|(_, at)| *at).eq(first.iter().copied()));
        }
    }
}
