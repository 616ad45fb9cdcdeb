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
mod folds;
mod forms;
mod matrix;
mod numbers;
mod phrases;
mod projection;
mod ridge;
mod sealed;
mod sketch;
mod space;
mod taught;

use std::{
    borrow::Cow,
    cell::OnceCell,
    path::{Path, PathBuf},
};

use anyhow::Result;
use rayon::prelude::*;
use search::{Meaning, Numbered};

pub(crate) use basis::Basis;
pub(crate) use matrix::CACHED_ROWS;
pub(crate) use numbers::{dot, unpacked};
pub(crate) use space::{Places, Space};
use taught::Seen;
pub(crate) use taught::{Taught, Teacher};

use crate::config;
use clusters::Clusters;
use folds::{Fold, Folds};

/// Brings the segment of a source.
pub(crate) type Segments<'a> = &'a (dyn Fn(u32) -> Result<Vec<u8>> + Sync);

/// The sources of a library, by their places in its order.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) segments: Segments<'a>,
    /// Tells what a source yielded from what any other did.
    pub(crate) hashes: &'a (dyn Fn(u32) -> u64 + Sync),
}

/// Where what was found out before is kept.
pub(crate) struct Records {
    /// What was fitted: an input of the next build.
    basis: PathBuf,
    /// What follows from it, and spares work.
    folds: PathBuf,
    /// Both, once anybody has asked.
    space: OnceCell<Option<Space>>,
}

impl Records {
    pub(crate) fn at(basis: PathBuf, folds: PathBuf) -> Records {
        Records { basis, folds, space: OnceCell::new() }
    }

    /// What is recorded, as it was when it was first asked for.
    pub(crate) fn space(&self) -> Option<&Space> {
        self.space.get_or_init(|| Space::read(&self.basis, &self.folds)).as_ref()
    }
}

/// Fewer passages than this have too little to say about their words.
const PASSAGES_MIN: usize = 4;
/// Where passages are shorter than this many stems on average, their few words tell more than what they mean.
const SHORT_STEMS: f32 = 30.0;
const WEIGHT: f32 = 0.3;
const SHORT_WEIGHT: f32 = 0.1;
/// What a model says of a passage is better than its words.
const MODEL_WEIGHT: f32 = 1.4;

/// What the passages mean by the recorded basis, or by a new one where there is none or the library has moved on.
pub(crate) fn meaning(
    passages: &[Numbered],
    sources: Sources<'_>,
    taught: Option<&Taught<'_>>,
    records: &Records,
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
    if let Some(Space { basis, folds, sum }) = records.space().filter(|space| is_of(&space.basis)) {
        let folded = Folded::of(passages, sources, (basis, seen.as_ref()), folds)?;
        if !basis.sketch.has_moved(&folded.sketch()) {
            folded.keep(&records.folds, *sum)?;
            return Ok(Some(folded.meaning(basis, settings)));
        }
    }
    let Some(mut basis) = fit::fit(passages, sources.segments, seen.as_mut())? else {
        return Ok(None);
    };
    let known = Folds::default();
    let folded = Folded::of(passages, sources, (&basis, seen.as_ref()), &known)?;
    basis.sketch = folded.sketch();
    let sum = basis.write(&records.basis)?;
    folded.keep(&records.folds, sum)?;
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
    /// The same by the hash of what each source yielded.
    folds: Vec<(u64, Cow<'a, Fold>)>,
    /// Whether any source was not folded before, and is to be kept.
    is_new: bool,
}

/// The passages of one source, as places in the list of all.
pub(crate) fn by_source(passages: &[Numbered]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..passages.len()).collect();
    order.sort_by_key(|at| (passages[*at].source, passages[*at].chunk));
    let sources = order.chunk_by(|left, right| passages[*left].source == passages[*right].source);
    sources.map(<[usize]>::to_vec).collect()
}

/// The passages of a source in the space of a basis.
fn fold_of(basis: &Basis, vectors: &[Vec<f32>], chunks: Vec<u32>, stems: f32) -> Fold {
    let vectors: Vec<u8> = vectors.iter().flat_map(|vector| numbers::packed(vector).1).collect();
    Fold { clusters: basis.clusters.nearest(&vectors), chunks, vectors, stems }
}

impl<'a> Folded<'a> {
    fn of(
        passages: &'a [Numbered],
        sources: Sources<'_>,
        (basis, seen): (&Basis, Option<&Seen<'_>>),
        known: &'a Folds<'_>,
    ) -> Result<Folded<'a>> {
        let row_bytes = basis.row_bytes();
        let by_source = by_source(passages);
        let rows = basis.places();
        // Which passages a model looks at may change without them, if it does not look at all.
        let is_lasting = seen.is_none_or(Seen::is_of_all);
        let fold = |places: &Vec<usize>| -> Result<(u64, Cow<'a, Fold>)> {
            let chunks: Vec<u32> = places.iter().map(|at| passages[*at].chunk).collect();
            let source = passages[places[0]].source;
            let hash = (sources.hashes)(source);
            let known = known.find(hash, &chunks).filter(|_| is_lasting);
            if let Some(fold) = known {
                return Ok((hash, Cow::Borrowed(fold)));
            }
            let (mut vectors, stems) = basis.fold(&rows, &(sources.segments)(source)?, &chunks)?;
            if let (Some(projection), Some(seen)) = (&basis.projection, seen) {
                seen.correct(&mut vectors, places, projection)?;
            }
            Ok((hash, Cow::Owned(fold_of(basis, &vectors, chunks, stems))))
        };
        let folds: Vec<_> = by_source.par_iter().map(fold).collect::<Result<_>>()?;
        let mut vectors = vec![0; passages.len() * row_bytes];
        let mut clusters = vec![0; passages.len()];
        let mut stems = 0.0;
        for (places, (_, fold)) in by_source.iter().zip(&folds) {
            for ((at, packed), cluster) in
                places.iter().zip(fold.vectors.chunks_exact(row_bytes)).zip(&fold.clusters)
            {
                vectors[at * row_bytes..][..row_bytes].copy_from_slice(packed);
                clusters[*at] = *cluster;
            }
            stems += fold.stems;
        }
        let is_new = folds.iter().any(|(_, fold)| matches!(fold, Cow::Owned(_)));
        let mean_stems = stems / passages.len() as f32;
        Ok(Folded { passages, row_bytes, vectors, clusters, mean_stems, folds, is_new })
    }

    /// Writes down what is not known yet.
    fn keep(&self, file: &Path, basis: u64) -> Result<()> {
        if !self.is_new {
            return Ok(());
        }
        let folds = self.folds.iter().map(|(hash, fold)| (*hash, Cow::Borrowed(&**fold)));
        Folds::new(basis, folds).write(file)
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
        let weight = settings.weight().unwrap_or(own);
        Meaning {
            stamp: basis.stamp(),
            row_bytes: self.row_bytes,
            weight: (weight * 255.0).round() as u16,
            centroids: basis.clusters.packed().to_vec(),
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
