//! Which lists of vectors does a query read?
//!
//! In: the map, how near its centroids are, the best lexical hits. Out: the lists that are worth their bytes, in order; vectors by slot.
//! A cluster is worth more the nearer its centroid looks, and the more of the lexical hits lie in it.

use alloc::vec::Vec;

use super::map::{Lists, Map, inside};
use super::{LIST_PASSAGES, ONE};
use crate::engine::{Engine, Needs};
use crate::error::{Error, Part};
use crate::ids::ShardId;
use crate::rank::Ranked;
use crate::sort;

/// How many raw bytes of vectors a query may cost.
const VECTOR_BYTES_PER_QUERY: usize = 160_000;
/// How many lists it may cost: each is a request.
const LISTS_PER_QUERY: usize = 16;
/// How many of the best lexical hits choose clusters.
pub(crate) const VOTERS: usize = 30;
/// What all votes together weigh, beside a cosine of [`ONE`].
const VOTES: u64 = 4 * ONE as u64;

/// What is asked of the map.
pub(crate) struct Probe<'a> {
    pub(crate) map: &'a Map,
    /// Passages that may be hits: rising ranges.
    pub(crate) scope: &'a [(u32, u32)],
    /// By cluster: the cosine of its centroid.
    pub(crate) centroids: Vec<i32>,
}

/// A part of a cluster's list.
pub(crate) struct PartOf<'a> {
    slots: &'a [u32],
    vectors: &'a [u8],
}

impl Probe<'_> {
    /// How near each cluster's passages are expected to be.
    pub(crate) fn expectations(&self) -> Vec<i32> {
        let each = self.centroids.iter().zip(&self.map.cohesions);
        each.map(|(near, cohesion)| near * i32::from(*cohesion) / 255).collect()
    }

    /// The clusters, those worth most first.
    fn by_worth(&self, best: &[Ranked]) -> Vec<usize> {
        let each = self.centroids.iter().zip(0..);
        let mut worth: Vec<(i32, u32)> = each.map(|(near, cluster)| (-near, cluster)).collect();
        let all: u64 = best.iter().map(|ranked| u64::from(ranked.score)).sum();
        for ranked in best {
            if let Some(cluster) = self.map.cluster_of(ranked.document) {
                worth[cluster].0 -= (u64::from(ranked.score) * VOTES / all.max(1)) as i32;
            }
        }
        in_order(&mut worth);
        worth.into_iter().map(|(_, cluster)| cluster as usize).collect()
    }

    /// Calls `each` for every passage in scope of these lists, with its vector.
    pub(crate) fn vectors<'e>(
        &self,
        parts: &[PartOf<'e>],
        each: &mut dyn FnMut(u32, &'e [u8]),
    ) -> Result<(), Error> {
        let row_bytes = self.map.row_bytes.max(1);
        for PartOf { slots, vectors } in parts {
            let vectors = vectors.get(..slots.len() * row_bytes);
            let vectors = vectors.ok_or(Error::Corrupt(Part::Meaning))?.chunks(row_bytes);
            let mut is_inside = inside(self.scope);
            for (slot, vector) in slots.iter().zip(vectors).filter(|(slot, _)| is_inside(**slot)) {
                each(*slot, vector);
            }
        }
        Ok(())
    }

    /// The lists that are worth reading, as far as the budget goes.
    pub(crate) fn parts<'e>(
        &self,
        engine: &'e Engine,
        best: &[Ranked],
        needs: &mut Needs,
    ) -> Vec<PartOf<'e>>
    where
        Self: 'e,
    {
        let mut budget_bytes = VECTOR_BYTES_PER_QUERY;
        let mut parts = Vec::new();
        let mut chosen = 0;
        let Some(map) = &engine.map else { return parts };
        let clusters = self.by_worth(best).into_iter();
        for list in clusters.flat_map(|cluster| [2 * cluster, 2 * cluster + 1]) {
            let mut is_inside = inside(self.scope);
            if !map.slots[list].iter().any(|slot| is_inside(*slot)) {
                continue;
            }
            for (part, slots) in map.slots[list].chunks(LIST_PASSAGES).enumerate() {
                let bytes = slots.len() * map.row_bytes;
                if bytes > budget_bytes || chosen == LISTS_PER_QUERY {
                    return parts;
                }
                budget_bytes -= bytes;
                chosen += 1;
                let vectors = engine.vectors(map, list, part, needs);
                parts.extend(vectors.map(|vectors| PartOf { slots, vectors }));
            }
        }
        parts
    }
}

/// The least first; of equals the lower number.
pub(crate) fn in_order(numbered: &mut [(i32, u32)]) {
    sort::by(numbered, |left, right| left < right);
}

impl Engine {
    /// A part of a list, or a note that it is needed.
    fn vectors<'e>(
        &'e self,
        map: &'e Map,
        list: usize,
        part: usize,
        needs: &mut Needs,
    ) -> Option<&'e [u8]> {
        let before = map.slots[..list].iter().map(Vec::len);
        match &map.lists {
            Lists::Named(hashes) => {
                let before = before.map(|size| size.div_ceil(LIST_PASSAGES)).sum::<usize>();
                self.shard(ShardId::Meaning(*hashes.get(before + part)?), needs)
            }
            Lists::Here(vectors) => {
                let before = before.sum::<usize>() + part * LIST_PASSAGES;
                vectors.get(before * map.row_bytes..)
            }
        }
    }
}
