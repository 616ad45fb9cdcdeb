//! Sentence encoders: models that turn a text into a vector which looks where texts of the same meaning look.
//!
//! In: a model's folder, texts. Out: vectors as long as one. Reads files of the folder alone and downloads nothing. Knows no library, no
//! passage and no index.
//!
//! A vector is a function of the model and of the text: neither what is encoded beside it nor the number of threads nor the width of the
//! processor's registers changes a bit of it.

mod bert;
mod folder;
mod functions;
pub(crate) mod product;
mod table;
mod tensors;
mod tokens;
mod vectors;
pub(crate) mod wide;
mod windows;

use std::path::Path;

use anyhow::Result;
use rayon::prelude::*;

use bert::Bert;
use table::Table;
use tokens::Tokenizer;
pub(crate) use vectors::{TextKey, Vectors};

/// Texts of together so many tokens go through an encoder at once: enough to keep its weights busy, few enough for the caches.
const BATCH_TOKENS: usize = 512;

/// A model that is ready for work.
pub(crate) struct Model {
    tokenizer: Tokenizer,
    layers: Layers,
    /// How many tokens of a text count.
    tokens_max: usize,
    fingerprint: u128,
}

enum Layers {
    Bert(Bert),
    Table(Table),
}

impl Model {
    /// Reads a model's folder; whatever is wrong with it is found here.
    pub(crate) fn open(folder: &Path) -> Result<Model> {
        folder::read(folder)
    }

    /// Tells this model from any other.
    pub(crate) fn fingerprint(&self) -> u128 {
        self.fingerprint
    }

    /// How many numbers a vector has.
    pub(crate) fn dimensions(&self) -> usize {
        match &self.layers {
            Layers::Bert(bert) => bert.dimensions(),
            Layers::Table(table) => table.dimensions(),
        }
    }

    /// The whole words that it knows, the most frequent first as far as its makers put them so.
    pub(crate) fn words(&self) -> Vec<&str> {
        self.tokenizer.words()
    }

    /// Whether it reads a word as pieces that it knows.
    pub(crate) fn can_spell(&self, word: &str) -> bool {
        let pieces = self.tokenizer.pieces(word, self.tokens_max);
        !pieces.is_empty() && !pieces.contains(&self.tokenizer.unknown())
    }

    /// A vector for each text, in their order, as the model's makers have it: of so many tokens as it takes. A text without a word that
    /// the model knows may have one of noughts.
    pub(crate) fn encode(&self, texts: &[&str]) -> Vec<Vec<f32>> {
        let read = |text: &&str| match self.layers {
            Layers::Bert(_) => self.tokenizer.tokens(text, self.tokens_max),
            Layers::Table(_) => self.tokenizer.pieces(text, self.tokens_max),
        };
        self.encode_tokens(&texts.par_iter().map(read).collect::<Vec<_>>())
    }

    /// The same for texts of any length: of a long one, the mean of the vectors of its parts.
    pub(crate) fn encode_whole(&self, texts: &[&str]) -> Vec<Vec<f32>> {
        let read = |text: &&str| self.parts(text);
        let parts: Vec<Vec<Vec<u32>>> = texts.par_iter().map(read).collect();
        let counts: Vec<usize> = parts.iter().map(Vec::len).collect();
        let mut vectors = self.encode_tokens(&parts.concat()).into_iter();
        let mean = |count: usize| {
            let mut mean = vectors.next().unwrap_or_default();
            for other in vectors.by_ref().take(count - 1) {
                mean.iter_mut().zip(other).for_each(|(number, other)| *number += other);
            }
            if count > 1 {
                normalise(&mut mean);
            }
            mean
        };
        counts.into_iter().map(mean).collect()
    }

    fn parts(&self, text: &str) -> Vec<Vec<u32>> {
        let tokens = self.tokenizer.pieces(text, windows::TEXT_TOKENS_MAX);
        if matches!(self.layers, Layers::Table(_)) {
            return vec![tokens];
        }
        let first = text.lines().next().unwrap_or_default();
        let head = self.tokenizer.pieces(first, tokens.len()).len();
        // Two of what a model takes are the ends.
        let mut parts = windows::parts(&tokens, head, self.tokens_max.saturating_sub(2).max(1));
        parts.iter_mut().for_each(|part| self.tokenizer.enclose(part));
        parts
    }

    fn encode_tokens(&self, tokens: &[Vec<u32>]) -> Vec<Vec<f32>> {
        let mut order: Vec<usize> = (0..tokens.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(tokens[*at].len()));
        let batches: Vec<&[usize]> = batches(&order, tokens);
        let encoded = batches.par_iter().map(|batch| {
            let texts: Vec<&[u32]> = batch.iter().map(|at| tokens[*at].as_slice()).collect();
            match &self.layers {
                Layers::Bert(bert) => bert.encode(&texts),
                Layers::Table(table) => table.encode(&texts),
            }
        });
        let encoded: Vec<Vec<Vec<f32>>> = encoded.collect();
        let mut vectors = vec![Vec::new(); tokens.len()];
        for (at, vector) in order.into_iter().zip(encoded.into_iter().flatten()) {
            vectors[at] = vector;
        }
        vectors
    }
}

/// The texts in parts of about [`BATCH_TOKENS`].
fn batches<'a>(order: &'a [usize], tokens: &[Vec<u32>]) -> Vec<&'a [usize]> {
    let mut batches = Vec::new();
    let (mut first, mut sum) = (0, 0);
    for (at, text) in order.iter().enumerate() {
        sum += tokens[*text].len();
        if sum >= BATCH_TOKENS {
            batches.push(&order[first..=at]);
            (first, sum) = (at + 1, 0);
        }
    }
    if first < order.len() {
        batches.push(&order[first..]);
    }
    batches
}

/// Makes a vector as long as one; one without length stays so.
fn normalise(vector: &mut [f32]) {
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    if length > f32::MIN_POSITIVE {
        vector.iter_mut().for_each(|number| *number /= length);
    }
}

#[cfg(test)]
mod tests;
