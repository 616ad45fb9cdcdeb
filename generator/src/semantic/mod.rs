//! What passages mean, told from the library alone: which stems stand together (latent semantic analysis).
//!
//! In: the passages as the index numbers them, and their segments. Out: a vector for each passage, a row for each stem,
//! clusters. Knows no shard and no query. The fitted basis is kept beside the site and used again: an edit changes the vectors
//! of what was edited, and of nothing else.
//!
//! Floats are added in an order that no number of threads changes: same library, same basis, same bytes.

mod basis;
mod clusters;
mod elsewhere;
mod fit;
mod matrix;
mod numbers;
mod projection;
mod ridge;
mod sketch;
mod taught;

use std::path::Path;

use anyhow::Result;
use rayon::prelude::*;
use search::{Meaning, Numbered};

pub(crate) use basis::Basis;
use taught::Seen;
pub(crate) use taught::{Taught, Teacher};

use crate::{config, output};
use clusters::Clusters;

/// Brings the segment of a source.
pub(crate) type Segments<'a> = &'a (dyn Fn(u32) -> Result<Vec<u8>> + Sync);

/// Fewer passages than this have too little to say about their words.
const PASSAGES_MIN: usize = 4;
/// Where passages are shorter than this many stems on average, their few words tell more than what they mean.
const SHORT_STEMS: f32 = 30.0;
const WEIGHT: f32 = 0.3;
const SHORT_WEIGHT: f32 = 0.1;
/// What a model says of a passage is as good as its words.
const MODEL_WEIGHT: f32 = 1.0;

/// What the passages mean by the recorded basis, or by a new one where there is none or the library has moved on.
pub(crate) fn meaning(
    passages: &[Numbered],
    segments: Segments<'_>,
    taught: Option<&Taught<'_>>,
    record: &Path,
    settings: &config::Semantic,
) -> Result<Option<Meaning>> {
    if !settings.is_on() || passages.len() < PASSAGES_MIN {
        return Ok(None);
    }
    let mut seen = taught.map(|taught| taught.look(passages)).transpose()?;
    let is_of = |basis: &Basis| match (&basis.projection, &seen) {
        (Some(projection), Some(seen)) => projection.is_of(seen.fingerprint()),
        (projection, seen) => projection.is_none() && seen.is_none(),
    };
    if let Some(basis) = Basis::read(record).filter(is_of) {
        let folded = Folded::of(passages, segments, &basis, seen.as_ref())?;
        if !basis.sketch.has_moved(&folded.sketch()) {
            return Ok(Some(folded.meaning(&basis, settings)));
        }
    }
    let Some(mut basis) = fit::fit(passages, segments, seen.as_mut())? else { return Ok(None) };
    let folded = Folded::of(passages, segments, &basis, seen.as_ref())?;
    basis.sketch = folded.sketch();
    output::write(record, &basis.encode()?)?;
    Ok(Some(folded.meaning(&basis, settings)))
}

/// All passages in the space of a basis.
struct Folded<'a> {
    passages: &'a [Numbered],
    row_bytes: usize,
    /// In the order of the passages.
    vectors: Vec<u8>,
    clusters: Vec<u16>,
    /// How many stems a passage has on average.
    mean_stems: f32,
}

/// The passages of one source, as places in the list of all.
pub(crate) fn by_source(passages: &[Numbered]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..passages.len()).collect();
    order.sort_by_key(|at| (passages[*at].source, passages[*at].chunk));
    let sources = order.chunk_by(|left, right| passages[*left].source == passages[*right].source);
    sources.map(<[usize]>::to_vec).collect()
}

impl<'a> Folded<'a> {
    fn of(
        passages: &'a [Numbered],
        segments: Segments<'_>,
        basis: &Basis,
        seen: Option<&Seen<'_>>,
    ) -> Result<Folded<'a>> {
        let row_bytes = basis.row_bytes();
        let sources = by_source(passages);
        let fold = |places: &Vec<usize>| -> Result<(Vec<u8>, Vec<u16>, f32)> {
            let chunks: Vec<u32> = places.iter().map(|at| passages[*at].chunk).collect();
            let segment = segments(passages[places[0]].source)?;
            let (mut vectors, stems) = basis.fold(&segment, &chunks)?;
            if let (Some(projection), Some(seen)) = (&basis.projection, seen) {
                seen.correct(&mut vectors, places, projection)?;
            }
            let packed: Vec<u8> =
                vectors.iter().flat_map(|vector| numbers::packed(vector).1).collect();
            let clusters =
                packed.chunks_exact(row_bytes).map(|packed| basis.clusters.nearest(packed));
            Ok((packed.clone(), clusters.collect(), stems))
        };
        let folded: Vec<_> = sources.par_iter().map(fold).collect::<Result<_>>()?;
        let mut vectors = vec![0; passages.len() * row_bytes];
        let mut clusters = vec![0; passages.len()];
        let mut stems = 0.0;
        for (places, (packed, own, own_stems)) in sources.iter().zip(folded) {
            for ((at, packed), cluster) in
                places.iter().zip(packed.chunks_exact(row_bytes)).zip(own)
            {
                vectors[at * row_bytes..][..row_bytes].copy_from_slice(packed);
                clusters[*at] = cluster;
            }
            stems += own_stems;
        }
        Ok(Folded {
            passages,
            row_bytes,
            vectors,
            clusters,
            mean_stems: stems / passages.len() as f32,
        })
    }

    fn sketch(&self) -> sketch::Sketch {
        sketch::Sketch::of(self.vectors.chunks_exact(self.row_bytes))
    }

    fn meaning(&self, basis: &Basis, settings: &config::Semantic) -> Meaning {
        let slots = self.passages.last().map_or(0, |last| last.slot as usize + 1);
        let mut vectors = vec![0x88; slots * self.row_bytes];
        let mut clusters = vec![u16::MAX; slots];
        for (at, passage) in self.passages.iter().enumerate() {
            let slot = passage.slot as usize;
            vectors[slot * self.row_bytes..][..self.row_bytes]
                .copy_from_slice(&self.vectors[at * self.row_bytes..][..self.row_bytes]);
            clusters[slot] = self.clusters[at];
        }
        let own = if basis.projection.is_some() {
            MODEL_WEIGHT
        } else if self.mean_stems < SHORT_STEMS {
            SHORT_WEIGHT
        } else {
            WEIGHT
        };
        let [rows, elsewhere] = basis.query_rows();
        let weight = settings.weight().unwrap_or(own).clamp(0.0, 1.0);
        Meaning {
            stamp: basis.stamp(),
            row_bytes: self.row_bytes,
            weight: (weight * 255.0).round() as u8,
            centroids: basis.clusters.packed(),
            cohesions: self.cohesions(&basis.clusters),
            clusters,
            vectors,
            rows,
            elsewhere,
        }
    }

    /// How near the passages of each cluster are to its centroid, of 255.
    fn cohesions(&self, clusters: &Clusters) -> Vec<u8> {
        let mut sums = vec![(0.0f32, 0u32); clusters.len()];
        for (cluster, packed) in self.clusters.iter().zip(self.vectors.chunks_exact(self.row_bytes))
        {
            let (sum, count) = &mut sums[usize::from(*cluster)];
            *sum += clusters.cosine(usize::from(*cluster), packed);
            *count += 1;
        }
        let mean = |(sum, count): (f32, u32)| sum / count.max(1) as f32;
        sums.into_iter().map(|sum| (mean(sum) * 255.0).clamp(0.0, 255.0) as u8).collect()
    }
}
