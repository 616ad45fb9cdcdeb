//! Which of the ranked passages stand on a page of hits? Those that cost few requests, as far as the order allows.
//!
//! In: passages, best first. Out: a page of them. Every text block is a request; the last few hits of a page are taken from
//! blocks that are needed anyway, if such passages rank nearly as high. A passage that is passed over is on the next page.

use alloc::vec::Vec;

use crate::rank::Ranked;
use crate::texts::BlockSize;

/// Requests for ten hits, the root and the engine aside: shards of words and blocks of texts.
const REQUESTS: usize = 9;
/// However many words there are, this many blocks are never too many.
const BLOCKS_MIN: usize = 6;
/// Longer pages are not for a browser, and are left in their order.
const LIMIT_MAX: usize = 10;
/// How far down, in pages, a passage in a block that is needed anyway is looked for.
const WINDOW_PAGES: usize = 8;
/// How much of the score of a passage that is passed over another must have to stand before it.
const NEARLY_AS_HIGH: (u32, u32) = (7, 8);

/// How pages of so many hits are made up, and what each may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pages {
    limit: usize,
    blocks_max: usize,
    block_size: BlockSize,
}

impl Pages {
    pub(crate) fn new(limit: u32, other_requests: usize, block_size: BlockSize) -> Pages {
        let blocks_max = REQUESTS.saturating_sub(other_requests).max(BLOCKS_MIN);
        Pages { limit: limit as usize, blocks_max, block_size }
    }

    /// How many ranked passages make up so many pages.
    pub(crate) fn ranked_wanted(&self, pages: usize) -> usize {
        let end = pages.saturating_mul(self.limit);
        if self.limit > LIMIT_MAX { end } else { end + self.limit * WINDOW_PAGES }
    }

    /// The passages of so many pages, given the best of all.
    pub(crate) fn arranged(&self, mut ranked: Vec<Ranked>, pages: usize) -> Vec<Ranked> {
        if self.limit > LIMIT_MAX {
            return ranked;
        }
        let mut arranged = Vec::new();
        while !ranked.is_empty() && arranged.len() < pages * self.limit {
            self.move_page(&mut ranked, &mut arranged);
        }
        arranged
    }

    /// Moves the next page's passages from one list to the other.
    fn move_page(&self, ranked: &mut Vec<Ranked>, arranged: &mut Vec<Ranked>) {
        let window = ranked.len().min(self.limit * WINDOW_PAGES);
        let mut blocks = Vec::new();
        let mut chosen = Vec::new();
        let mut score_min = 0;
        for (idx, passage) in ranked[..window].iter().enumerate() {
            let block = self.block_size.block(passage.document);
            let is_needed = blocks.contains(&block);
            let is_cheap = is_needed || blocks.len() < self.blocks_max;
            if is_cheap && chosen.len() < self.limit && passage.score >= score_min {
                chosen.push(idx);
                blocks.extend((!is_needed).then_some(block));
            } else if score_min == 0 {
                score_min = passage.score / NEARLY_AS_HIGH.1 * NEARLY_AS_HIGH.0;
            }
        }
        let missing = self.limit.min(window) - chosen.len();
        let passed_over =
            (0..window).filter(|idx| !chosen.contains(idx)).take(missing).collect::<Vec<_>>();
        let mut idx = 0;
        ranked.retain(|passage| {
            let is_chosen = chosen.contains(&idx) || passed_over.contains(&idx);
            arranged.extend(is_chosen.then_some(*passage));
            idx += 1;
            !is_chosen
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(documents: &[u32], word_shards: usize, offset: usize, expected: &[u32]) {
        let ranked = (0..)
            .zip(documents)
            .map(|(idx, document)| Ranked { score: 1000 - idx, document: *document })
            .collect();
        let size = BlockSize::of(7).unwrap();
        let arranged = Pages::new(10, word_shards, size).arranged(ranked, offset / 10 + 1);
        let page = arranged.get(offset..).unwrap_or_default();
        assert_eq!(page.iter().map(|ranked| ranked.document).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_tail_prefers_blocks_that_are_needed_anyway() {
        let apart = [0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70];
        check(&apart, 0, 0, &apart[..10]);
        let near = [0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 1, 8, 70];
        check(&near, 1, 0, &[0, 7, 14, 21, 28, 35, 42, 49, 1, 8]);
        check(&near, 1, 10, &[56, 63, 70]);
    }

    #[test]
    fn where_there_are_no_such_passages_the_order_holds() {
        let apart = [0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70];
        check(&apart, 3, 0, &apart[..10]);
        check(&apart, 3, 10, &apart[10..]);
        check(&apart, 3, 20, &[]);
        check(&[], 3, 0, &[]);
    }
}
