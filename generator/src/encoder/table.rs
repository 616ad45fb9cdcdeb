//! A static table: a vector for each token, and a text looks where its tokens look on average (model2vec, WordLlama).
//!
//! In: the table, tokens. Out: vectors. Tokens that the tokenizer does not know do not count.

use super::normalise;

pub(super) struct Table {
    numbers: Vec<f32>,
    columns: usize,
    unknown: Option<u32>,
}

impl Table {
    pub(super) fn new(numbers: Vec<f32>, columns: usize, unknown: Option<u32>) -> Table {
        Table { numbers, columns, unknown }
    }

    pub(super) fn dimensions(&self) -> usize {
        self.columns
    }

    pub(super) fn encode(&self, texts: &[&[u32]]) -> Vec<Vec<f32>> {
        texts.iter().map(|tokens| self.mean(tokens)).collect()
    }

    fn mean(&self, tokens: &[u32]) -> Vec<f32> {
        let mut sum = vec![0.0; self.columns];
        for token in tokens.iter().filter(|token| Some(**token) != self.unknown) {
            let row = &self.numbers[*token as usize * self.columns..][..self.columns];
            sum.iter_mut().zip(row).for_each(|(sum, number)| *sum += number);
        }
        normalise(&mut sum);
        sum
    }
}
