//! The links of passages put into pages: of every source whose pages show others than they should, or none.
//!
//! In: the links of all chunks, and what the pages of each source show. Out: pages in the staging folder. Those of a source that was worked on
//! lie there already; those of any other are written once more.

use std::{borrow::Cow, collections::HashMap};

use anyhow::Result;
use rayon::prelude::*;

use super::{Related, Spot};
use crate::{
    cache::{Entries, SourceEntry},
    index,
    site::{self, Card},
    work::Workshop,
};

/// Which pages lie in the staging folder, without any links.
#[derive(Clone, Copy)]
pub(crate) enum Staged {
    /// Those of all sources that were worked on.
    Worked,
    /// None that counts: what was there stands in the site by now.
    Nothing,
}

/// What the links of so many sources show is in memory at a time.
const BATCH_SOURCES: usize = 32_768;

/// Puts the links into the pages that are to show them.
pub(crate) fn show(
    related: &Related,
    sources: &mut [Cow<'_, SourceEntry>],
    workshop: &Workshop,
    staged: Staged,
) -> Result<()> {
    let is_stale = |at: &usize| sources[*at].related != related.shown[*at];
    let stale: Vec<usize> = (0..sources.len()).filter(is_stale).collect();
    for batch in stale.chunks(BATCH_SOURCES) {
        let pages = Pages { related, sources, workshop, staged, cards: HashMap::new() };
        let pages = Pages { cards: pages.cards(batch)?, ..pages };
        batch.par_iter().try_for_each(|at| pages.write(*at))?;
    }
    for at in stale {
        sources[at].to_mut().related = related.shown[at];
    }
    Ok(())
}

struct Pages<'a> {
    related: &'a Related,
    sources: &'a Entries<'a>,
    workshop: &'a Workshop<'a>,
    staged: Staged,
    cards: HashMap<Spot, Card>,
}

impl Pages<'_> {
    /// What links of these sources' chunks lead to.
    fn cards(&self, stale: &[usize]) -> Result<HashMap<Spot, Card>> {
        let faces = stale.iter().flat_map(|at| self.sources[*at].faces.iter());
        let mut spots: Vec<Spot> = faces.flat_map(|face| self.related.links(face)).collect();
        spots.sort_unstable();
        spots.dedup();
        let of_source = |spots: &[Spot]| -> Result<Vec<(Spot, Card)>> {
            let slot = self.sources[spots[0].0 as usize].slot;
            let chunks: Vec<u32> = spots.iter().map(|(_, chunk)| *chunk).collect();
            let records = index::records(self.workshop.spool, slot, &chunks)?;
            Ok(spots.iter().copied().zip(records.into_iter().map(Card::of)).collect())
        };
        let sources: Vec<&[Spot]> = spots.chunk_by(|left, right| left.0 == right.0).collect();
        let cards: Vec<_> = sources.into_par_iter().map(of_source).collect::<Result<_>>()?;
        Ok(cards.into_iter().flatten().collect())
    }

    fn write(&self, at: usize) -> Result<()> {
        let (entry, site) = (&self.sources[at], self.workshop.site);
        let urls = entry.pages(self.workshop.spool)?;
        if !self.is_staged(&urls) {
            self.workshop.write_chunks(at)?;
        }
        for (face, url) in entry.faces.iter().zip(&urls) {
            let spots = self.related.links(face);
            let cards: Vec<&Card> = spots.filter_map(|spot| self.cards.get(&spot)).collect();
            if !cards.is_empty() {
                site::add_related(site, url, &cards)?;
            }
        }
        Ok(())
    }

    fn is_staged(&self, urls: &[String]) -> bool {
        let is_there = |url: &String| self.workshop.site.has(url);
        matches!(self.staged, Staged::Worked) && urls.first().is_some_and(is_there)
    }
}
