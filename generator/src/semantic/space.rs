//! The space of a recorded basis, for those who ask how near passages are to each other.
//!
//! In: the records of a build. Out: the vectors and clusters of any chunks: those that are kept, and the others from what their sources
//! yielded, by their words alone. Knows no index.

use std::{fs, path::Path};

use anyhow::Result;
use rayon::prelude::*;

use super::{
    basis::Basis,
    fold_of,
    folds::{Fold, Folds},
};

/// A basis and what was folded into it.
pub(crate) struct Space {
    pub(super) basis: Basis,
    pub(super) folds: Folds<'static>,
    /// Tells the basis from any other.
    pub(super) sum: u64,
}

/// Chunks, by source and place in it, in order.
pub(crate) struct Places<'a> {
    pub(crate) spots: &'a [(u32, u32)],
    pub(crate) hashes: &'a (dyn Fn(u32) -> u64 + Sync),
    pub(crate) segments: &'a (dyn Fn(u32) -> Result<Vec<u8>> + Sync),
}

impl Space {
    /// Tells the recorded basis from any other, without reading it.
    pub(crate) fn sum(basis: &Path) -> Option<u64> {
        let file = fs::File::open(basis).ok()?;
        let mut sum = [0; 8];
        let end = file.metadata().ok()?.len();
        std::os::unix::fs::FileExt::read_exact_at(&file, &mut sum, end.checked_sub(8)?).ok()?;
        Some(u64::from_le_bytes(sum))
    }

    /// The space of a recorded basis, if there is a whole one.
    pub(super) fn read(basis: &Path, folds: &Path) -> Option<Space> {
        let (basis, sum) = Basis::read(basis)?;
        let folds = Folds::read(folds, sum);
        Some(Space { basis, folds, sum })
    }

    /// The packed centroids of clusters, and the bytes of each.
    pub(crate) fn centroids(&self) -> (&[u8], usize) {
        (self.basis.clusters.packed(), self.basis.row_bytes())
    }

    /// The packed vectors of chunks, one after the other, and the clusters next to them.
    pub(crate) fn vectors(&self, places: &Places<'_>) -> Result<(Vec<u8>, Vec<u16>)> {
        let rows = self.basis.places();
        let fold = |spots: &[(u32, u32)]| -> Result<(Vec<u8>, Vec<u16>)> {
            let source = spots[0].0;
            if let Some(kept) =
                self.folds.of((places.hashes)(source)).and_then(|fold| self.kept(fold, spots))
            {
                return Ok(kept);
            }
            let chunks: Vec<u32> = spots.iter().map(|(_, chunk)| *chunk).collect();
            let segment = (places.segments)(source)?;
            let (vectors, stems) = self.basis.fold(&rows, &segment, &chunks)?;
            let fold = fold_of(&self.basis, &vectors, chunks, stems);
            Ok((fold.vectors, fold.clusters))
        };
        let sources: Vec<&[(u32, u32)]> =
            places.spots.chunk_by(|left, right| left.0 == right.0).collect();
        let folded: Vec<_> = sources.into_par_iter().map(fold).collect::<Result<_>>()?;
        let (mut vectors, mut clusters) = (Vec::new(), Vec::new());
        for (own, near) in folded {
            vectors.extend(own);
            clusters.extend(near);
        }
        Ok((vectors, clusters))
    }

    /// What a fold has of these chunks, if it has all of them.
    fn kept(&self, fold: &Fold, spots: &[(u32, u32)]) -> Option<(Vec<u8>, Vec<u16>)> {
        let row_bytes = self.basis.row_bytes();
        let (mut vectors, mut clusters) = (Vec::new(), Vec::new());
        for (_, chunk) in spots {
            let at = fold.chunks.binary_search(chunk).ok()?;
            vectors.extend_from_slice(fold.vectors.get(at * row_bytes..)?.get(..row_bytes)?);
            clusters.push(*fold.clusters.get(at)?);
        }
        Some((vectors, clusters))
    }
}
