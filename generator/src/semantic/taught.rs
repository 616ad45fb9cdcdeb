//! What a model says of the passages, and what it teaches about their stems.
//!
//! In: a model, the passages' texts. Out: their vectors, which are kept beside the site; rows of stems that add up to where the model sees
//! the passages: no model is needed to ask.

use std::{collections::HashSet, path::Path};

use anyhow::Result;
use rayon::prelude::*;
use search::Numbered;

use super::{
    Segments,
    basis::Basis,
    by_source,
    clusters::Clusters,
    elsewhere::Spoken,
    fit::{Stems, sample},
    forms::Words,
    matrix::{Dense, Sparse},
    numbers::{add, dot, normalise},
    phrases,
    projection::{Projection, mean},
    ridge,
};
use crate::{
    encoder::{Model, TextKey, Vectors},
    progress::Progress,
};

/// What is encoded before anything is written down: what a kill can cost.
const BATCH_TEXTS: usize = 128;
/// Of single words, so many bytes keep all cores busy.
const BATCH_BYTES: usize = 8_192;
const DIMENSIONS: usize = 128;
/// A form that looks where its stem does needs no row of its own.
const FORM_COSINE_MAX: f32 = 0.9;

/// Brings the texts of a source's passages.
pub(crate) type Texts<'a> = &'a (dyn Fn(u32) -> Result<Vec<String>> + Sync);

/// A model and how it is to be used.
pub(crate) struct Teacher {
    pub(crate) model: Model,
    /// How many passages it looks at, if not at all of them.
    pub(crate) sample: Option<usize>,
}

/// A model before the passages of a library.
pub(crate) struct Taught<'a> {
    pub(crate) teacher: &'a Teacher,
    /// The file in which vectors are kept.
    pub(crate) kept: &'a Path,
    pub(crate) texts: Texts<'a>,
}

/// What the model has seen.
pub(crate) struct Seen<'a> {
    model: &'a Model,
    vectors: Vectors<'a>,
    texts: Texts<'a>,
    /// By passage, in their order; none of those that the model did not look at.
    keys: Vec<Option<TextKey>>,
}

impl Teacher {
    /// Tells what is made with it from what is made with another.
    pub(crate) fn key(&self) -> (u128, Option<usize>) {
        (self.model.fingerprint(), self.sample)
    }
}

impl<'a> Taught<'a> {
    /// Looks at the passages; what the model has seen before, it need not see again.
    pub(super) fn look(&self, passages: &[Numbered]) -> Result<Seen<'a>> {
        let Taught { teacher, kept, texts } = *self;
        let mut vectors = Vectors::open(kept, &teacher.model)?;
        let wanted: Vec<Numbered> = match teacher.sample {
            Some(count) => sample(passages, count),
            None => passages.to_vec(),
        };
        let sources = by_source(&wanted);
        let hash = |places: &Vec<usize>| -> Result<Vec<TextKey>> {
            let texts = texts(wanted[places[0]].source)?;
            Ok(places.iter().map(|at| TextKey::of(text(&texts, &wanted[*at]))).collect())
        };
        let hashed: Vec<Vec<TextKey>> = sources.par_iter().map(hash).collect::<Result<_>>()?;
        let missing: HashSet<TextKey> =
            hashed.iter().flatten().filter(|key| !vectors.has(**key)).copied().collect();
        let mut encoding = Encoding::of(&mut vectors, missing);
        let mut keys = vec![None; passages.len()];
        for (places, hashed) in sources.iter().zip(hashed) {
            encoding.add(wanted[places[0]].source, &hashed, &|source| {
                let texts = texts(source)?;
                Ok(places.iter().map(|at| text(&texts, &wanted[*at]).to_owned()).collect())
            })?;
            for (at, key) in places.iter().zip(hashed) {
                let slot = wanted[*at].slot;
                if let Ok(at) = passages.binary_search_by_key(&slot, |passage| passage.slot) {
                    keys[at] = Some(key);
                }
            }
        }
        encoding.end()?;
        Ok(Seen { model: &teacher.model, vectors, texts, keys })
    }
}

pub(super) fn text<'t>(texts: &'t [String], passage: &Numbered) -> &'t str {
    texts.get(passage.chunk as usize).map_or("", String::as_str)
}

/// Texts on their way to the model.
struct Encoding<'v, 'm> {
    vectors: &'v mut Vectors<'m>,
    missing: HashSet<TextKey>,
    waiting: Vec<String>,
    progress: Option<Progress>,
}

impl<'v, 'm> Encoding<'v, 'm> {
    fn of(vectors: &'v mut Vectors<'m>, missing: HashSet<TextKey>) -> Encoding<'v, 'm> {
        let progress = (!missing.is_empty()).then(|| Progress::long("Encoding", missing.len()));
        Encoding { vectors, missing, waiting: Vec::new(), progress }
    }

    /// Adds what is missing of a source.
    fn add(
        &mut self,
        source: u32,
        keys: &[TextKey],
        texts: &dyn Fn(u32) -> Result<Vec<String>>,
    ) -> Result<()> {
        if !keys.iter().any(|key| self.missing.contains(key)) {
            return Ok(());
        }
        for (key, text) in keys.iter().zip(texts(source)?) {
            if self.missing.remove(key) {
                self.waiting.push(text);
            }
            let bytes: usize = self.waiting.iter().map(String::len).sum();
            if self.waiting.len() >= BATCH_TEXTS && bytes >= BATCH_BYTES {
                self.encode()?;
            }
        }
        Ok(())
    }

    fn encode(&mut self) -> Result<()> {
        let texts: Vec<&str> = self.waiting.iter().map(String::as_str).collect();
        self.vectors.encode(&texts)?;
        if let Some(progress) = &mut self.progress {
            progress.steps(texts.len());
        }
        self.waiting.clear();
        Ok(())
    }

    fn end(mut self) -> Result<()> {
        self.encode()?;
        if let Some(progress) = self.progress.take() {
            progress.end();
        }
        Ok(())
    }
}

/// What a fit learns from a model.
pub(super) struct Lesson {
    projection: Projection,
    /// Where the passages lie.
    points: Dense,
    /// A row for each stem, then one for each form.
    rows: Dense,
    words: Words,
}

impl Lesson {
    /// What is recorded of it, for so many passages.
    pub(super) fn basis(self, stems: &Stems, passages: usize) -> Basis {
        let columns = self.rows.columns;
        let (own, forms) = self.rows.numbers.split_at(stems.keys.len() * columns);
        let mut basis = Basis::new(stems, columns, own);
        for (form, apart) in self.words.forms.iter().zip(forms.chunks_exact(columns)) {
            let own = &own[form.stem * columns..][..columns];
            let mut row = own.to_vec();
            add(&mut row, 1.0, apart);
            let lengths = (dot(own, own) * dot(&row, &row)).sqrt();
            if dot(own, &row) < FORM_COSINE_MAX * lengths {
                basis.add_form(stems, form, &row);
            }
        }
        basis.clusters = Clusters::fit(&self.points, passages);
        basis.projection = Some(self.projection);
        basis
    }
}

impl Seen<'_> {
    pub(super) fn model(&self) -> &Model {
        self.model
    }

    /// Whether it looked at every passage.
    pub(super) fn is_of_all(&self) -> bool {
        self.keys.iter().all(Option::is_some)
    }

    pub(crate) fn fingerprint(&self) -> u128 {
        self.model.fingerprint()
    }

    /// The vector of a passage, if the model looked at it.
    fn vector(&self, at: usize) -> Result<Option<Vec<f32>>> {
        self.keys[at].map_or(Ok(None), |key| self.vectors.get(key))
    }

    /// Puts what the model saw in the place of what stems say of these passages.
    pub(super) fn correct(
        &self,
        vectors: &mut [Vec<f32>],
        places: &[usize],
        projection: &Projection,
    ) -> Result<()> {
        for (vector, at) in vectors.iter_mut().zip(places) {
            if let Some(long) = self.vector(*at)? {
                *vector = projection.apply(&long);
            }
        }
        Ok(())
    }

    /// Those of the passages that the model looked at.
    pub(crate) fn of(&self, sample: &[Numbered], passages: &[Numbered]) -> Vec<Numbered> {
        let is_seen = |passage: &&Numbered| self.place(passages, passage).is_some();
        sample.iter().filter(is_seen).copied().collect()
    }

    fn place(&self, passages: &[Numbered], passage: &Numbered) -> Option<usize> {
        let at = passages.binary_search_by_key(&passage.slot, |other| other.slot).ok()?;
        self.keys[at].map(|_| at)
    }

    /// The passages of a sample, all of which the model has seen, and their stems.
    pub(super) fn lesson(
        &mut self,
        passages: &[Numbered],
        sample: &[Numbered],
        (stems, spoken): (&Stems, &Spoken),
        matrix: &Sparse,
        segments: Segments<'_>,
    ) -> Result<Lesson> {
        let mut numbers = Vec::with_capacity(sample.len() * self.model.dimensions());
        for passage in sample {
            if let Some(at) = self.place(passages, passage) {
                numbers.extend(self.vector(at)?.unwrap_or_default());
            }
        }
        let long = Dense { numbers, columns: self.model.dimensions() };
        let dimensions = DIMENSIONS.min(long.columns & !1);
        let projection = Projection::fit(&long, self.fingerprint(), dimensions);
        let rows = long.numbers.par_chunks_exact(long.columns);
        let points = rows.flat_map_iter(|row| projection.apply(row)).collect();
        let points = Dense { numbers: points, columns: dimensions };
        let words = Words::of(sample, stems, segments, spoken)?;
        let guess = self.guess(&words, &projection)?;
        // Passages say where many words together look; what a few do, as those of a query, is said by phrases.
        let phrases = phrases::phrases(sample, self.texts)?;
        let seen = self.look_at(&phrases)?;
        let mut both = projection.apply_from(&mean(&seen), &seen);
        both.numbers.par_chunks_exact_mut(dimensions).for_each(normalise);
        both.numbers.splice(..0, points.numbers.iter().copied());
        let matrix = matrix.with(phrases::rows(&phrases, stems)?, guess.rows());
        let rows = ridge::fit(&matrix, &both, &guess);
        Ok(Lesson { projection, points, rows, words })
    }

    /// What the model says of each stem's commonest word, and how far off the other forms are.
    fn guess(&mut self, words: &Words, projection: &Projection) -> Result<Dense> {
        let common = self.look_at(&words.common)?;
        let mean = mean(&common);
        let mut guess = projection.apply_from(&mean, &common);
        let forms: Vec<String> = words.forms.iter().map(|form| form.word.clone()).collect();
        let mut apart = projection.apply_from(&mean, &self.look_at(&forms)?);
        let columns = guess.columns;
        for (form, row) in words.forms.iter().zip(apart.numbers.chunks_exact_mut(columns)) {
            add(row, -1.0, &guess.numbers[form.stem * columns..][..columns]);
        }
        guess.numbers.append(&mut apart.numbers);
        Ok(guess)
    }

    fn look_at(&mut self, words: &[String]) -> Result<Vec<Vec<f32>>> {
        let keys: Vec<TextKey> = words.iter().map(|word| TextKey::of(word)).collect();
        let missing = keys.iter().filter(|key| !self.vectors.has(**key)).copied().collect();
        let mut encoding = Encoding::of(&mut self.vectors, missing);
        encoding.add(0, &keys, &|_| Ok(words.to_vec()))?;
        encoding.end()?;
        let vector = |key: &TextKey| Ok(self.vectors.get(*key)?.unwrap_or_default());
        keys.iter().map(vector).collect()
    }
}
