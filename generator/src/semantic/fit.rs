//! Fits a basis: which directions of the space of stems tell most about the passages (randomised singular value decomposition).
//!
//! In: passages and segments. Out: a basis without its sketch. Near-duplicates and older versions do not count twice, and of very many
//! passages every so manieth is enough.

use std::collections::HashMap;

use anyhow::Result;
use rayon::prelude::*;
use search::{Numbered, stems_of};

use super::{
    Segments,
    basis::Basis,
    by_source,
    clusters::Clusters,
    matrix::{Dense, Sparse, eigen},
    numbers::normalise,
};

/// A fit looks at so many passages at most.
const SAMPLE_MAX: usize = 40_000;
/// A stem in fewer of them tells nothing about its neighbours.
const STEM_PASSAGES_MIN: u32 = 3;
/// The most frequent stems that are fitted.
const STEMS_MAX: usize = 40_000;
const DIMENSIONS: usize = 64;
/// A direction for so many passages: a small library has few.
const PASSAGES_PER_DIMENSION: usize = 8;
/// Directions that are followed besides, and dropped at the end.
const SPARE: usize = 12;
/// How often the directions are drawn to the greatest ones.
const TURNS: usize = 3;
/// What is shorter than this share of the longest is noise.
const LENGTH_MIN: f64 = 1e-10;

/// Fits a basis to the passages; none if they have too little in common.
pub(crate) fn fit(passages: &[Numbered], segments: Segments<'_>) -> Result<Option<Basis>> {
    let sample = sample(passages);
    let sources = by_source(&sample);
    let read = |places: &Vec<usize>| Read::of(places, &sample, segments);
    let read: Vec<Read> = sources.par_iter().map(read).collect::<Result<_>>()?;
    let stems = Stems::of(&read, sample.len());
    let dimensions = DIMENSIONS
        .min(sample.len() / PASSAGES_PER_DIMENSION)
        .min(stems.keys.len())
        .next_multiple_of(2);
    if stems.keys.len() < 2 || dimensions < 2 {
        return Ok(None);
    }
    let matrix = stems.matrix(&read, &sources, sample.len());
    drop(read);
    let directions = directions(&matrix, stems.keys.len(), dimensions);
    let mut basis = Basis::new(&stems.keys, &stems.idf, &directions);
    let mut points = matrix.times(&directions);
    points.numbers.par_chunks_mut(dimensions).for_each(normalise);
    basis.clusters = Clusters::fit(&points, passages.len());
    Ok(Some(basis))
}

/// Passages of the newest versions that stand for themselves, every so manieth.
fn sample(passages: &[Numbered]) -> Vec<Numbered> {
    let own: Vec<&Numbered> = passages.iter().filter(|at| at.is_newest && at.is_own).collect();
    let count = own.len().min(SAMPLE_MAX);
    (0..count).map(|at| *own[at * own.len() / count]).collect()
}

/// The stems of a source's passages in the sample.
struct Read {
    /// The stems, all in one, in order, and where each ends.
    keys: Vec<u8>,
    key_ends: Vec<u32>,
    /// In which of the passages each stands, counted from 0, and how often; where each stem's end.
    postings: Vec<(u32, u32)>,
    posting_ends: Vec<u32>,
}

impl Read {
    /// Reads the passages at `places` of the sample, which are of one source and rise.
    fn of(places: &[usize], sample: &[Numbered], segments: Segments<'_>) -> Result<Read> {
        let mut read = Read {
            keys: Vec::new(),
            key_ends: Vec::new(),
            postings: Vec::new(),
            posting_ends: Vec::new(),
        };
        stems_of(&segments(sample[places[0]].source)?, &mut |key, at| {
            let row_of = |chunk: &u32| {
                let row = places.binary_search_by_key(chunk, |place| sample[*place].chunk);
                row.ok().map(|row| row as u32)
            };
            let before = read.postings.len();
            let known = at.iter().filter_map(|(chunk, count)| Some((row_of(chunk)?, *count)));
            read.postings.extend(known);
            if read.postings.len() > before {
                read.keys.extend_from_slice(key);
                read.key_ends.push(read.keys.len() as u32);
                read.posting_ends.push(read.postings.len() as u32);
            }
        })?;
        Ok(read)
    }

    /// Each stem with its postings.
    fn stems(&self) -> impl Iterator<Item = (&[u8], &[(u32, u32)])> {
        let starts = |ends: &[u32]| -> Vec<u32> { [&[0], ends].concat() };
        let keys = starts(&self.key_ends).into_iter().zip(&self.key_ends);
        let postings = starts(&self.posting_ends).into_iter().zip(&self.posting_ends);
        keys.zip(postings).map(|((key, key_end), (first, end))| {
            (
                &self.keys[key as usize..*key_end as usize],
                &self.postings[first as usize..*end as usize],
            )
        })
    }
}

/// The stems that are fitted, in order of keys.
struct Stems {
    keys: Vec<Box<[u8]>>,
    /// How much a stem tells, the rarer the more.
    idf: Vec<f32>,
}

impl Stems {
    fn of(read: &[Read], passages: usize) -> Stems {
        let mut frequencies: HashMap<Box<[u8]>, u32> = HashMap::new();
        for (key, postings) in read.iter().flat_map(Read::stems) {
            match frequencies.get_mut(key) {
                Some(count) => *count += postings.len() as u32,
                None => drop(frequencies.insert(key.into(), postings.len() as u32)),
            }
        }
        Stems::frequent(frequencies, passages)
    }

    fn frequent(frequencies: HashMap<Box<[u8]>, u32>, passages: usize) -> Stems {
        let is_frequent = |(_, count): &(Box<[u8]>, u32)| *count >= STEM_PASSAGES_MIN;
        let mut stems: Vec<(Box<[u8]>, u32)> =
            frequencies.into_iter().filter(is_frequent).collect();
        stems.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        stems.truncate(STEMS_MAX);
        stems.sort();
        let idf = |count: u32| libm::logf((passages as f32 + 1.0) / (count as f32 + 0.5)).max(0.0);
        let idf = stems.iter().map(|(_, count)| idf(*count)).collect();
        Stems { keys: stems.into_iter().map(|(key, _)| key).collect(), idf }
    }

    /// A row of weights for each passage, in the sample's order.
    fn matrix(&self, read: &[Read], sources: &[Vec<usize>], passages: usize) -> Sparse {
        let columns: HashMap<&[u8], u32> =
            self.keys.iter().zip(0..).map(|(key, at)| (&**key, at)).collect();
        let rows_of = |(read, places): (&Read, &Vec<usize>)| -> Vec<Vec<(u32, f32)>> {
            let mut rows: Vec<Vec<(u32, f32)>> = vec![Vec::new(); places.len()];
            for (key, postings) in read.stems() {
                let Some(stem) = columns.get(key) else { continue };
                let idf = self.idf[*stem as usize];
                for (row, count) in postings {
                    rows[*row as usize].push((*stem, weight(*count) * idf));
                }
            }
            rows.iter_mut().for_each(|row| shorten(row));
            rows
        };
        let found: Vec<_> = read.par_iter().zip(sources).map(rows_of).collect();
        let mut rows = vec![Vec::new(); passages];
        for (place, row) in sources.iter().flatten().zip(found.into_iter().flatten()) {
            rows[*place] = row;
        }
        Sparse::of(rows, self.keys.len())
    }
}

/// A word said often is worth more, but not as often as it is said.
pub(crate) fn weight(count: u32) -> f32 {
    1.0 + libm::logf(count.max(1) as f32)
}

fn shorten(row: &mut [(u32, f32)]) {
    let length = row.iter().map(|(_, number)| number * number).sum::<f32>().sqrt();
    row.iter_mut().for_each(|(_, number)| *number /= length.max(f32::MIN_POSITIVE));
}

/// The directions that tell most, as columns: a row for each stem.
fn directions(matrix: &Sparse, stems: usize, dimensions: usize) -> Dense {
    let across = matrix.transposed();
    let followed = (dimensions + SPARE).min(stems);
    let mut found = upright(&random(stems, followed));
    for _ in 0..TURNS {
        found = upright(&across.times(&matrix.times(&found)));
    }
    let seen = matrix.times(&found);
    let axes = eigen(seen.gram()).into_iter().take(dimensions);
    let mut columns: Vec<Vec<f32>> = axes.map(|(_, axis)| narrow(&axis, 1.0)).collect();
    columns.resize(dimensions, vec![0.0; found.columns]);
    found.turned(&columns)
}

/// The same space with columns that are at right angles and as long as one; what has no length is nought.
fn upright(dense: &Dense) -> Dense {
    let pairs = eigen(dense.gram());
    let longest = pairs.first().map_or(0.0, |(square, _)| *square);
    let column = |(square, axis): &(f64, Vec<f64>)| match *square > longest * LENGTH_MIN {
        true => narrow(axis, 1.0 / square.sqrt()),
        false => vec![0.0; axis.len()],
    };
    dense.turned(&pairs.iter().map(column).collect::<Vec<_>>())
}

fn narrow(axis: &[f64], times: f64) -> Vec<f32> {
    axis.iter().map(|number| (number * times) as f32).collect()
}

/// The same numbers in every run, from -1 to 1.
fn random(rows: usize, columns: usize) -> Dense {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1u32 << 23) as f32 - 1.0
    };
    Dense { numbers: (0..rows * columns).map(|_| next()).collect(), columns }
}
