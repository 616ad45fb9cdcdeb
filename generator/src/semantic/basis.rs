//! What was fitted, kept beside the site: the rows of stems and the centroids of clusters.
//!
//! In: a fit, or the file of a former one. Out: the file; passages in the space of the basis; rows for queries. A file that is cut, changed or of
//! another kind is no basis: one is fitted anew.

use std::{collections::HashMap, path::Path};

use anyhow::Result;
use search::{Row, form_key, stems_of};
use serde::{Deserialize, Serialize};

use super::{
    clusters::Clusters,
    fit::{Stems, weight},
    forms::Form,
    numbers::packed,
    projection::Projection,
    sealed,
    sketch::Sketch,
};
use crate::encoder::wide;

/// What the file begins with; the number changes with what is in it.
const MARK: &sealed::Mark = b"MDWYLSA4";

/// The place of each stem in a basis.
pub(crate) type Places<'b> = HashMap<&'b [u8], u32>;

/// A space in which passages and queries that speak of the same look the same way.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Basis {
    columns: usize,
    /// The stems in order, all in one; then forms of them.
    keys: Vec<u8>,
    key_ends: Vec<u32>,
    /// A row for each stem, times how much the stem tells; each in parts of its own scale.
    scales: Vec<f32>,
    rows: Vec<i8>,
    /// By stem: whether it stood nowhere in the library. None does where no model was asked.
    elsewhere: Vec<bool>,
    pub(crate) clusters: Clusters,
    /// Where the vectors of a model go, if it was one that was asked.
    pub(crate) projection: Option<Projection>,
    /// Of the passages that it was fitted to.
    pub(crate) sketch: Sketch,
}

impl Basis {
    /// A basis of these rows, one for each stem, of so many numbers.
    pub(super) fn new(stems: &Stems, columns: usize, rows: &[f32]) -> Basis {
        let mut basis = Basis { columns, ..Basis::default() };
        let rows = rows.chunks_exact(columns);
        if stems.words.iter().any(Option::is_some) {
            basis.elsewhere = stems.words.iter().map(Option::is_some).collect();
        }
        for ((key, idf), row) in stems.keys.iter().zip(&stems.idf).zip(rows) {
            basis.add(key, *idf, row);
        }
        basis
    }

    /// Adds the row of a form of a stem.
    pub(super) fn add_form(&mut self, stems: &Stems, form: &Form, row: &[f32]) {
        self.add(&form_key(&stems.keys[form.stem], &form.word), stems.idf[form.stem], row);
    }

    fn add(&mut self, key: &[u8], idf: f32, row: &[f32]) {
        self.keys.extend_from_slice(key);
        self.key_ends.push(self.keys.len() as u32);
        let most = row.iter().fold(0.0f32, |most, number| most.max(number.abs()));
        let step = if most > 0.0 { most / 127.0 } else { 1.0 };
        self.scales.push(step * idf);
        self.rows.extend(row.iter().map(|number| (number / step).round() as i8));
    }

    /// The basis in a file, if there is a whole one, and its checksum.
    pub(crate) fn read(file: &Path) -> Option<(Basis, u64)> {
        let (mut basis, sum): (Basis, u64) = sealed::read(file, MARK)?;
        basis.clusters.unpack();
        Some((basis, sum))
    }

    /// Writes the file that [`Basis::read`] reads; gives its checksum.
    pub(crate) fn write(&self, file: &Path) -> Result<u64> {
        sealed::write(file, MARK, self)
    }

    pub(crate) fn row_bytes(&self) -> usize {
        self.columns / 2
    }

    /// Tells its rows from those of any other basis; never 0.
    pub(crate) fn stamp(&self) -> u32 {
        let rows: Vec<u8> = self.rows.iter().map(|number| *number as u8).collect();
        xxhash_rust::xxh3::xxh3_64(&[rows, self.keys.clone()].concat()) as u32 | 1
    }

    fn len(&self) -> usize {
        self.key_ends.len()
    }

    fn key(&self, at: usize) -> &[u8] {
        let first = if at == 0 { 0 } else { self.key_ends[at - 1] as usize };
        &self.keys[first..self.key_ends[at] as usize]
    }

    fn row(&self, at: usize) -> Vec<f32> {
        let row = &self.rows[at * self.columns..][..self.columns];
        row.iter().map(|number| f32::from(*number) * self.scales[at]).collect()
    }

    /// Where the row of each stem is.
    pub(crate) fn places(&self) -> Places<'_> {
        (0..self.len()).map(|at| (self.key(at), at as u32)).collect()
    }

    /// The vectors of these passages of a source, which rise, and how many stems they have in all.
    pub(crate) fn fold(
        &self,
        places: &Places<'_>,
        segment: &[u8],
        chunks: &[u32],
    ) -> Result<(Vec<Vec<f32>>, f32)> {
        let mut vectors = vec![vec![0.0; self.columns]; chunks.len()];
        let mut stems = 0.0;
        stems_of(segment, &mut |key, passages| {
            let Some(at) = places.get(key).map(|at| *at as usize) else { return };
            let row = &self.rows[at * self.columns..][..self.columns];
            for (chunk, count) in passages {
                if let Ok(place) = chunks.binary_search(chunk) {
                    let times = weight(*count) * self.scales[at];
                    let sums = vectors[place].iter_mut().zip(row);
                    wide::run(|| sums.for_each(|(sum, number)| *sum += times * f32::from(*number)));
                    stems += 1.0;
                }
            }
        })?;
        Ok((vectors, stems))
    }

    /// What each stem adds to a query: those of the library, and those from elsewhere.
    pub(crate) fn query_rows(&self) -> [Vec<(Box<[u8]>, Row)>; 2] {
        let rows: Vec<(f32, Vec<u8>)> = (0..self.len()).map(|at| packed(&self.row(at))).collect();
        let most = rows.iter().fold(f32::MIN_POSITIVE, |most, (step, _)| most.max(*step));
        let of = |(at, (step, packed)): (usize, (f32, Vec<u8>))| {
            let scale = (step / most * f32::from(u16::MAX)).round() as u16;
            (self.key(at).into(), Row { scale, packed: packed.into() })
        };
        let is_elsewhere = |at: usize| self.elsewhere.get(at).is_some_and(|is_it| *is_it);
        let (away, here): (Vec<_>, Vec<_>) =
            rows.into_iter().enumerate().partition(|(at, _)| is_elsewhere(*at));
        [here, away].map(|rows| {
            let mut rows: Vec<(Box<[u8]>, Row)> = rows.into_iter().map(of).collect();
            rows.sort_by(|left, right| left.0.cmp(&right.0));
            rows
        })
    }
}
