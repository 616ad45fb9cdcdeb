//! The layers of a BERT: tokens see each other, and each changes by what it saw.
//!
//! In: weights, texts as tokens. Out: a vector for each text. Texts lie one after the other in one matrix, so that nothing is filled up; only
//! attention goes text by text.

use anyhow::Result;

use super::{
    functions::{Norm, gelu, softmax},
    normalise,
    product::{Part, Weights, add_product},
    tensors::Tensors,
};

/// How the vectors of a text's tokens become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pooling {
    Mean,
    First,
}

/// How large everything is.
pub(super) struct Sizes {
    pub(super) tokens: usize,
    pub(super) positions: usize,
    pub(super) kinds: usize,
    /// Numbers of a token.
    pub(super) width: usize,
    pub(super) heads: usize,
    /// Numbers of a token inside a layer.
    pub(super) inner: usize,
    pub(super) layers: usize,
    pub(super) epsilon: f32,
}

pub(super) struct Bert {
    width: usize,
    heads: usize,
    tokens: Vec<f32>,
    /// With what all tokens of a first text have in common.
    positions: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
    pooling: Pooling,
}

struct Layer {
    /// What a token asks for, what it offers and what it tells, side by side.
    attention: Linear,
    attended: Linear,
    attended_norm: Norm,
    inner: Linear,
    outer: Linear,
    outer_norm: Norm,
}

/// A product and what is added to it.
struct Linear {
    weights: Weights,
    bias: Vec<f32>,
}

impl Bert {
    pub(super) fn read(tensors: &Tensors<'_>, sizes: &Sizes, pooling: Pooling) -> Result<Bert> {
        let Sizes { tokens, positions, kinds, width, heads, .. } = *sizes;
        let table = |name: &str, rows: usize| {
            tensors.get(&format!("embeddings.{name}.weight"), &[rows, width])
        };
        let mut positions = table("position_embeddings", positions)?;
        let kinds = table("token_type_embeddings", kinds)?;
        for row in positions.chunks_exact_mut(width) {
            row.iter_mut().zip(&kinds).for_each(|(number, kind)| *number += kind);
        }
        Ok(Bert {
            width,
            heads,
            tokens: table("word_embeddings", tokens)?,
            positions,
            norm: norm(tensors, "embeddings.LayerNorm", sizes)?,
            layers: (0..sizes.layers)
                .map(|at| Layer::read(tensors, at, sizes))
                .collect::<Result<_>>()?,
            pooling,
        })
    }

    pub(super) fn dimensions(&self) -> usize {
        self.width
    }

    pub(super) fn encode(&self, texts: &[&[u32]]) -> Vec<Vec<f32>> {
        let ends: Vec<usize> = texts
            .iter()
            .scan(0, |end, text| {
                *end += text.len();
                Some(*end)
            })
            .collect();
        let mut numbers = self.embedded(texts);
        for layer in &self.layers {
            layer.apply(&mut numbers, &ends, self.heads);
        }
        let texts = ends.iter().enumerate().map(|(at, end)| {
            let first = if at == 0 { 0 } else { ends[at - 1] };
            self.pooled(&numbers[first * self.width..end * self.width])
        });
        texts.collect()
    }

    fn embedded(&self, texts: &[&[u32]]) -> Vec<f32> {
        let row = |table: &[f32], at: usize| table[at * self.width..][..self.width].to_vec();
        let tokens = || texts.iter().flat_map(|text| text.iter().enumerate());
        let mut numbers: Vec<f32> =
            tokens().flat_map(|(_, token)| row(&self.tokens, *token as usize)).collect();
        let positions: Vec<f32> =
            tokens().flat_map(|(position, _)| row(&self.positions, position)).collect();
        self.norm.apply(&mut numbers, &positions);
        numbers
    }

    fn pooled(&self, numbers: &[f32]) -> Vec<f32> {
        let mut vector = vec![0.0; self.width];
        let tokens = match self.pooling {
            Pooling::Mean => numbers.len() / self.width,
            Pooling::First => 1,
        };
        for token in numbers.chunks_exact(self.width).take(tokens) {
            vector.iter_mut().zip(token).for_each(|(sum, number)| *sum += number);
        }
        normalise(&mut vector);
        vector
    }
}

impl Layer {
    fn read(tensors: &Tensors<'_>, at: usize, sizes: &Sizes) -> Result<Layer> {
        let Sizes { width, inner, .. } = *sizes;
        let name = |part: &str| format!("encoder.layer.{at}.{part}");
        let parts = ["query", "key", "value"].map(|part| name(&format!("attention.self.{part}")));
        let norm = |part: &str| norm(tensors, &name(part), sizes);
        let linear = |part: &str, to: usize, from: usize| linear(tensors, &[name(part)], to, from);
        Ok(Layer {
            attention: self::linear(tensors, &parts, width, width)?,
            attended: linear("attention.output.dense", width, width)?,
            attended_norm: norm("attention.output.LayerNorm")?,
            inner: linear("intermediate.dense", inner, width)?,
            outer: linear("output.dense", width, inner)?,
            outer_norm: norm("output.LayerNorm")?,
        })
    }

    fn apply(&self, numbers: &mut [f32], ends: &[usize], heads: usize) {
        let width = self.attended.weights.columns();
        let asked = self.attention.of(Part::whole(numbers, width));
        let mut seen = vec![0.0; numbers.len()];
        let mut first = 0;
        for end in ends {
            let asked = &asked[first * 3 * width..end * 3 * width];
            attend(asked, heads, width, &mut seen[first * width..end * width]);
            first = *end;
        }
        let attended = self.attended.of(Part::whole(&seen, width));
        self.attended_norm.apply(numbers, &attended);
        let mut inner = self.inner.of(Part::whole(numbers, width));
        gelu(&mut inner);
        let outer = self.outer.of(Part::whole(&inner, self.inner.weights.columns()));
        self.outer_norm.apply(numbers, &outer);
    }
}

/// What the tokens of one text see of each other, head by head.
fn attend(asked: &[f32], heads: usize, width: usize, seen: &mut [f32]) {
    let (tokens, columns) = (seen.len() / width, width / heads);
    let scale = 1.0 / (columns as f32).sqrt();
    let all = Part::whole(asked, 3 * width);
    for head in 0..heads {
        let part = |kind: usize| all.columns(kind * width + head * columns, columns);
        let mut shares = vec![0.0; tokens * tokens];
        add_product(part(0), &Weights::by_result(part(1)), &mut shares);
        softmax(&mut shares, tokens, scale);
        let mut told = vec![0.0; tokens * columns];
        add_product(Part::whole(&shares, tokens), &Weights::by_term(part(2)), &mut told);
        for (seen, told) in seen.chunks_exact_mut(width).zip(told.chunks_exact(columns)) {
            seen[head * columns..][..columns].copy_from_slice(told);
        }
    }
}

impl Linear {
    fn of(&self, rows: Part<'_>) -> Vec<f32> {
        let mut sums = self.bias.repeat(rows.count());
        add_product(rows, &self.weights, &mut sums);
        sums
    }
}

/// Products of these names side by side, each with so many results of so many terms.
fn linear(tensors: &Tensors<'_>, names: &[String], to: usize, from: usize) -> Result<Linear> {
    let (mut weights, mut bias) = (Vec::new(), Vec::new());
    for name in names {
        weights.extend(tensors.get(&format!("{name}.weight"), &[to, from])?);
        bias.extend(tensors.get(&format!("{name}.bias"), &[to])?);
    }
    Ok(Linear { weights: Weights::by_result(Part::whole(&weights, from)), bias })
}

fn norm(tensors: &Tensors<'_>, name: &str, sizes: &Sizes) -> Result<Norm> {
    Ok(Norm {
        weight: tensors.get(&format!("{name}.weight"), &[sizes.width])?,
        bias: tensors.get(&format!("{name}.bias"), &[sizes.width])?,
        epsilon: sizes.epsilon,
    })
}
