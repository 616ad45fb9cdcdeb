//! Which lists of vectors does a query read, and how near are their passages?
//!
//! In: the map, a direction, the best lexical hits. Out: the lists that are worth their bytes, in order; cosines by slot.
//! A cluster is worth more the nearer its centroid looks, and the more of the lexical hits lie in it.

use alloc::vec;
use alloc::vec::Vec;

use super::map::{Lists, Map};
use super::vector::Direction;
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
    pub(crate) newest: &'a [(u32, u32)],
    /// Passages that may be hits: rising ranges.
    pub(crate) scope: &'a [(u32, u32)],
    pub(crate) direction: &'a Direction,
    /// By cluster: the cosine of its centroid.
    pub(crate) centroids: Vec<i32>,
}

/// A part of a cluster's list.
struct PartOf<'a> {
    /// Two a cluster: that of the newest versions, that of older ones.
    list: usize,
    part: usize,
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

    /// Whether any passage of each list is in scope.
    fn inside(&self) -> Vec<bool> {
        let mut inside = vec![false; self.map.sizes.len()];
        self.each(|_, list, is_inside| inside[list] |= is_inside);
        inside
    }

    /// Calls `each` for every passage, with its list and whether it is in scope.
    fn each(&self, mut each: impl FnMut(u32, usize, bool)) {
        self.map.each(self.newest, self.scope, |slot, cluster, is_older, is_inside| {
            each(slot, 2 * usize::from(cluster) + usize::from(is_older), is_inside);
        });
    }

    /// Calls `each` for every passage in scope whose vector is at hand or may be brought, with its cosine.
    pub(crate) fn cosines(
        &self,
        engine: &Engine,
        best: &[Ranked],
        needs: &mut Needs,
        each: &mut dyn FnMut(u32, i32),
    ) -> Result<(), Error> {
        let all = &self.map.sizes;
        let parts = self.parts(engine, best, needs);
        if !needs.is_empty() {
            return Ok(());
        }
        // Where the first part of each list is; the others of a list stand behind it.
        let mut firsts = vec![usize::MAX; all.len()];
        for (at, part) in parts.iter().enumerate().filter(|(_, part)| part.part == 0) {
            firsts[part.list] = at;
        }
        let mut at = vec![0usize; all.len()];
        let mut is_whole = true;
        self.each(|slot, list, is_inside| {
            if firsts[list] == usize::MAX {
                return;
            }
            let (part, place) = (at[list] / LIST_PASSAGES, at[list] % LIST_PASSAGES);
            at[list] += 1;
            let Some(found) = parts.get(firsts[list] + part).filter(|known| known.list == list)
            else {
                return;
            };
            let first = place * self.map.row_bytes;
            match found.vectors.get(first..first + self.map.row_bytes) {
                Some(vector) if is_inside => each(slot, self.direction.cosine(vector)),
                Some(_) => {}
                None => is_whole = false,
            }
        });
        if is_whole { Ok(()) } else { Err(Error::Corrupt(Part::Meaning)) }
    }

    /// The lists that are worth reading, as far as the budget goes.
    fn parts<'e>(&self, engine: &'e Engine, best: &[Ranked], needs: &mut Needs) -> Vec<PartOf<'e>>
    where
        Self: 'e,
    {
        let (inside, all) = (self.inside(), &self.map.sizes);
        let mut budget_bytes = VECTOR_BYTES_PER_QUERY;
        let mut parts = Vec::new();
        let mut chosen = 0;
        let lists =
            self.by_worth(best).into_iter().flat_map(|cluster| [2 * cluster, 2 * cluster + 1]);
        for list in lists.filter(|list| inside[*list]) {
            for part in 0..all[list].div_ceil(LIST_PASSAGES) {
                let passages = (all[list] - part * LIST_PASSAGES).min(LIST_PASSAGES);
                let bytes = passages * self.map.row_bytes;
                if bytes > budget_bytes || chosen == LISTS_PER_QUERY {
                    return parts;
                }
                budget_bytes -= bytes;
                chosen += 1;
                let vectors = engine.vectors(list, part, needs);
                parts.extend(vectors.map(|vectors| PartOf { list, part, vectors }));
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
    fn vectors(&self, list: usize, part: usize, needs: &mut Needs) -> Option<&[u8]> {
        let map = self.map.as_ref()?;
        let sizes = &map.sizes;
        match &map.lists {
            Lists::Named(hashes) => {
                let before = sizes[..list].iter().map(|size| size.div_ceil(LIST_PASSAGES));
                let hash = *hashes.get(before.sum::<usize>() + part)?;
                self.shard(ShardId::Meaning(hash), needs)
            }
            Lists::Here(vectors) => {
                let before = sizes[..list].iter().sum::<usize>() + part * LIST_PASSAGES;
                vectors.get(before * map.row_bytes..)
            }
        }
    }
}
