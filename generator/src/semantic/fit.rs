//! Fits a basis: which directions of the space of stems tell most about the passages (randomised singular value decomposition).
//!
//! In: passages and segments. Out: a basis without its sketch. Near-duplicates and older versions do not count twice, and of very many
//! passages every so manieth is enough.

use std::collections::HashMap;

use anyhow::Result;
use rayon::prelude::*;
use search::{Numbered, ROW_PASSAGES_MIN, stems_of};

use super::{
    Segments,
    basis::Basis,
    by_source,
    clusters::Clusters,
    elsewhere::{self, Spoken},
    matrix::{Dense, Sparse, eigen},
    numbers::normalise,
    taught::Seen,
};

/// A fit looks at so many passages at most.
const SAMPLE_MAX: usize = 40_000;
/// The most frequent stems that are fitted.
const STEMS_MAX: usize = 40_000;
/// A word from elsewhere tells as much as one in so many passages.
const ELSEWHERE_PASSAGES: f32 = 2.0;
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
pub(crate) fn fit(
    passages: &[Numbered],
    segments: Segments<'_>,
    seen: Option<&mut Seen<'_>>,
) -> Result<Option<Basis>> {
    let mut sample = sample(passages, SAMPLE_MAX);
    if let Some(seen) = &seen {
        sample = seen.of(&sample, passages);
    }
    let sources = by_source(&sample);
    let read = |places: &Vec<usize>| Read::of(places, &sample, segments);
    let read: Vec<Read> = sources.par_iter().map(read).collect::<Result<_>>()?;
    // A model knows of a word that stands in a single passage.
    let least = if seen.is_some() { 1 } else { ROW_PASSAGES_MIN };
    let mut stems = Stems::of(&read, sample.len(), least);
    if let Some(seen) = seen.filter(|_| stems.keys.len() >= 2) {
        let spoken = elsewhere::words(seen.model())?;
        stems.add_elsewhere(&spoken, sample.len());
        let matrix = stems.matrix(&read, &sources, sample.len());
        drop(read);
        let lesson = seen.lesson(passages, &sample, (&stems, &spoken), &matrix, segments)?;
        return Ok(Some(lesson.basis(&stems, passages.len())));
    }
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
    let mut basis = Basis::new(&stems, dimensions, &directions.numbers);
    let mut points = matrix.times(&directions);
    points.numbers.par_chunks_mut(dimensions).for_each(normalise);
    basis.clusters = Clusters::fit(&points, passages.len());
    Ok(Some(basis))
}

/// Passages of the newest versions that stand for themselves, every so manieth.
pub(super) fn sample(passages: &[Numbered], most: usize) -> Vec<Numbered> {
    let own: Vec<&Numbered> = passages.iter().filter(|at| at.is_newest && at.is_own).collect();
    let count = own.len().min(most);
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
pub(super) struct Stems {
    pub(super) keys: Vec<Box<[u8]>>,
    /// How much a stem tells, the rarer the more.
    pub(super) idf: Vec<f32>,
    /// Of those that no passage of the sample has: a word of the stem, from elsewhere.
    pub(super) words: Vec<Option<String>>,
}

impl Stems {
    /// Those in so many passages, at least: one in fewer tells nothing about its neighbours.
    fn of(read: &[Read], passages: usize, least: u32) -> Stems {
        let mut frequencies: HashMap<Box<[u8]>, u32> = HashMap::new();
        for (key, postings) in read.iter().flat_map(Read::stems) {
            match frequencies.get_mut(key) {
                Some(count) => *count += postings.len() as u32,
                None => drop(frequencies.insert(key.into(), postings.len() as u32)),
            }
        }
        frequencies.retain(|_, count| *count >= least);
        Stems::frequent(frequencies, passages)
    }

    fn frequent(frequencies: HashMap<Box<[u8]>, u32>, passages: usize) -> Stems {
        let mut stems: Vec<(Box<[u8]>, u32)> = frequencies.into_iter().collect();
        stems.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        stems.truncate(STEMS_MAX);
        stems.sort();
        let idf = stems.iter().map(|(_, count)| idf(passages, *count as f32)).collect();
        let words = vec![None; stems.len()];
        Stems { keys: stems.into_iter().map(|(key, _)| key).collect(), idf, words }
    }

    /// Adds stems that are not there yet, each with the first of its words.
    fn add_elsewhere(&mut self, spoken: &Spoken, passages: usize) {
        let new = spoken.iter().filter(|(key, _)| self.find(key).is_none());
        let idf = idf(passages, ELSEWHERE_PASSAGES);
        let new: Vec<_> =
            new.map(|(key, words)| (key.clone(), idf, words.first().cloned())).collect();
        let known = std::mem::take(&mut self.keys).into_iter().zip(std::mem::take(&mut self.idf));
        let known = known.map(|(key, idf)| (key, idf, None));
        let mut all: Vec<(Box<[u8]>, f32, Option<String>)> = known.chain(new).collect();
        all.sort_by(|left, right| left.0.cmp(&right.0));
        self.words.clear();
        for (key, idf, word) in all {
            self.keys.push(key);
            self.idf.push(idf);
            self.words.push(word);
        }
    }

    pub(super) fn find(&self, key: &[u8]) -> Option<usize> {
        self.keys.binary_search_by(|other| (**other).cmp(key)).ok()
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

/// How much a stem in so many of all passages tells.
fn idf(passages: usize, count: f32) -> f32 {
    libm::logf((passages as f32 + 1.0) / (count + 0.5)).max(0.0)
}

pub(super) fn shorten(row: &mut [(u32, f32)]) {
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
