//! Which passages are related to which: what the page of a chunk offers to read next, other vendors' guides among it.
//!
//! In: what is known of every chunk, the recorded basis and the vectors of passages, and the lists of a former build. Out: the links of each
//! chunk, and the record for the next build. A list stands as long as its passage says the same and every page that it names is there, in a newest
//! version: so an edit changes the lists of what was edited, and of what led to a passage that is gone. Knows no shard and no template.

mod choice;
mod face;
mod near;
mod pages;
mod record;

use anyhow::Result;

pub(crate) use face::{Face, Faces};
pub(crate) use pages::{Staged, show};
pub(crate) use record::LINKS_MAX;
use record::List;

use crate::{
    hashes::ByHash,
    library::Library,
    output::Output,
    semantic::{Places, Records, Space},
};
use choice::{Telling, Trait};
use near::{Near, Points};

/// Fewer passages than this have nothing to say about each other.
const PASSAGES_MIN: usize = 4;

/// A chunk: the number of its source, and its place there.
pub(crate) type Spot = (u32, u32);

/// The library's chunks as far as they are asked about here.
pub(crate) struct Chunks<'a> {
    pub(crate) library: &'a Library,
    /// By source.
    pub(crate) faces: Vec<&'a Faces>,
    /// By source: tells what it yielded from what any other did.
    pub(crate) hashes: &'a (dyn Fn(u32) -> u64 + Sync),
    /// Brings the segment of a source.
    pub(crate) segments: &'a (dyn Fn(u32) -> Result<Vec<u8>> + Sync),
}

/// The links of all chunks.
#[derive(Default)]
pub(crate) struct Related {
    /// By passage.
    lists: ByHash<Known>,
    /// Where links may lead, by address.
    targets: ByHash<Spot>,
    /// By source: what the links of its chunks show, in one number; 0 where there are none.
    pub(crate) shown: Vec<u64>,
}

/// What is known of a passage.
struct Known {
    list: List,
    /// Of what its links show; 0 if it has none.
    shown: u64,
    state: State,
    /// The first chunk that says it.
    spot: Spot,
}

#[derive(PartialEq, Eq)]
enum State {
    /// It was recorded, and no chunk that says it has come yet.
    Recorded,
    Standing,
    Wanted,
}

/// Whether lists are recorded for the recorded basis.
pub(crate) fn is_recorded(output: &Output) -> bool {
    let basis = basis(output);
    basis.is_some() && record::basis_of(&output.related()) == basis
}

/// Whether lists are recorded, but for another basis than the one at hand: that was lost or damaged.
pub(crate) fn has_lost_basis(output: &Output) -> bool {
    let recorded = record::basis_of(&output.related());
    recorded.is_some() && recorded != basis(output)
}

/// Tells by what it is judged what passages mean.
pub(crate) fn basis(output: &Output) -> Option<u64> {
    Space::sum(&output.basis())
}

/// Finds the links of all chunks: those that are recorded for this basis, and new ones. The record is the next build's.
pub(crate) fn relate(chunks: &Chunks<'_>, output: &Output, records: &Records) -> Result<Related> {
    let file = output.related();
    let Some(basis) = basis(output).filter(|_| chunks.library.config.semantic.is_on()) else {
        // What was recorded is of a basis that is no more.
        let _ = std::fs::remove_file(&file);
        return Ok(Related { shown: vec![0; chunks.faces.len()], ..Related::default() });
    };
    let recorded = record::read(&file, basis);
    let is_recorded = recorded.is_some();
    let recorded = recorded.unwrap_or_default();
    let before = recorded.len();
    let mut related = Related::of(chunks, recorded);
    let wanted = related.wanted();
    if related.lists.len() - related.gone() < PASSAGES_MIN {
        related.lists.clear();
    } else if !wanted.is_empty() {
        related.find(chunks, &wanted, records)?;
    }
    if !is_recorded || !wanted.is_empty() || related.lists.len() != before || related.gone() > 0 {
        record::write(&file, basis, &related.entries())?;
    }
    related.shown = chunks.faces.iter().map(|faces| related.shown_by(faces)).collect();
    Ok(related)
}

impl Related {
    /// What stands of recorded lists; all other passages are wanted.
    fn of(chunks: &Chunks<'_>, recorded: Vec<(u64, List)>) -> Related {
        let mut related = Related { targets: chunks.targets(), ..Related::default() };
        let known = |list| Known { list, shown: 0, state: State::Recorded, spot: (0, 0) };
        related.lists =
            recorded.into_iter().map(|(passage, list)| (passage, known(list))).collect();
        for (source, faces) in (0..).zip(&chunks.faces) {
            for (chunk, face) in (0..).zip(faces.iter()) {
                related.meet(chunks, face, (source, chunk));
            }
        }
        related
    }

    /// Says what stands of the list of a passage, where its first chunk comes.
    fn meet(&mut self, chunks: &Chunks<'_>, face: Face, spot: Spot) {
        let new = Known { list: List::default(), shown: 0, state: State::Wanted, spot };
        let known = self.lists.entry(face.passage).or_insert(new);
        if known.state != State::Recorded {
            return;
        }
        let shown = shown(chunks, &self.targets, face.passage, &known.list);
        let state = if shown.is_some() { State::Standing } else { State::Wanted };
        *known = Known { list: known.list, shown: shown.unwrap_or_default(), state, spot };
    }

    /// The passages that need a list, in the library's order.
    fn wanted(&self) -> Vec<(Spot, u64)> {
        let wanted = self.lists.iter().filter(|(_, known)| known.state == State::Wanted);
        let mut wanted: Vec<(Spot, u64)> =
            wanted.map(|(passage, known)| (known.spot, *passage)).collect();
        wanted.sort_unstable();
        wanted
    }

    /// How many recorded passages no chunk says any more.
    fn gone(&self) -> usize {
        self.lists.values().filter(|known| known.state == State::Recorded).count()
    }

    /// Finds the lists of these passages.
    fn find(
        &mut self,
        chunks: &Chunks<'_>,
        wanted: &[(Spot, u64)],
        records: &Records,
    ) -> Result<()> {
        let Some(space) = records.space() else { return Ok(()) };
        let mut targets: Vec<(Spot, Trait)> = Vec::with_capacity(self.targets.len());
        let products = chunks.products();
        let mut seen = ByHash::<()>::default();
        for spot in chunks.in_newest() {
            let of = chunks.trait_of(spot, &products);
            if seen.insert(of.passage, ()).is_none() {
                targets.push((spot, of));
            }
        }
        let points = |spots: Vec<Spot>, products: Vec<u32>| -> Result<Points> {
            let places = Places { spots: &spots, hashes: chunks.hashes, segments: chunks.segments };
            let (vectors, clusters) = space.vectors(&places)?;
            Ok(Points { vectors, clusters, products })
        };
        let traits: Vec<Trait> = targets.iter().map(|(_, of)| *of).collect();
        let spots = targets.iter().map(|(spot, _)| *spot).collect();
        let all = points(spots, traits.iter().map(|of| of.product).collect())?;
        let askers: Vec<Trait> =
            wanted.iter().map(|(spot, _)| chunks.trait_of(*spot, &products)).collect();
        let spots = wanted.iter().map(|(spot, _)| *spot).collect();
        let asked = points(spots, askers.iter().map(|of| of.product).collect())?;
        let telling = Telling::of(&traits);
        let bonus = |asker: u32, point: u32| {
            telling.bonus(&askers[asker as usize], &traits[point as usize])
        };
        let choose =
            |asker: u32, near: &Near| choice::choose(&askers[asker as usize], near, &traits);
        let least = (choice::LEAST, &bonus as near::Bonus<'_>);
        let lists = near::nearest(&asked, &all, space.centroids(), least, &choose);
        for ((_, passage), list) in wanted.iter().zip(lists) {
            let shown = shown(chunks, &self.targets, *passage, &list).unwrap_or_default();
            if let Some(known) = self.lists.get_mut(passage) {
                (known.list, known.shown) = (list, shown);
            }
        }
        Ok(())
    }

    /// The lists of passages that are there, in order.
    fn entries(&self) -> Vec<(u64, List)> {
        let present = self.lists.iter().filter(|(_, known)| known.state != State::Recorded);
        let mut entries: Vec<(u64, List)> =
            present.map(|(passage, known)| (*passage, known.list)).collect();
        entries.sort_unstable();
        entries
    }

    fn shown_by(&self, faces: &Faces) -> u64 {
        let of = |face: Face| self.lists.get(&face.passage).map_or(0, |known| known.shown);
        let mix =
            |sum: u64, shown: u64| sum.rotate_left(5).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ shown;
        let mut sum = 0;
        let mut is_any = false;
        for shown in faces.iter().map(of) {
            is_any |= shown != 0;
            sum = mix(sum.max(1), shown);
        }
        if is_any { sum.max(1) } else { 0 }
    }

    /// Where the links of a chunk lead.
    pub(crate) fn links(&self, face: Face) -> impl Iterator<Item = Spot> {
        let list = self.lists.get(&face.passage).map(|known| known.list).unwrap_or_default();
        list.into_iter().filter_map(|url| self.targets.get(&url).copied())
    }
}

/// What the links of a list show, in one number, if all of them lead to a passage that is not this one; 0 for an empty list.
fn shown(chunks: &Chunks<'_>, targets: &ByHash<Spot>, passage: u64, list: &List) -> Option<u64> {
    let mut shown = 0u64;
    for url in list.iter().take_while(|url| **url != 0) {
        let face = targets.get(url).and_then(|spot| chunks.face(*spot))?;
        if face.passage == passage {
            return None;
        }
        shown = (shown.rotate_left(7) ^ face.card).wrapping_mul(0x9e37_79b9_7f4a_7c15).max(1);
    }
    Some(shown)
}

impl Chunks<'_> {
    fn face(&self, (source, chunk): Spot) -> Option<Face> {
        self.faces.get(source as usize)?.get(chunk as usize)
    }

    /// The chunks of newest versions, in the library's order.
    fn in_newest(&self) -> impl Iterator<Item = Spot> {
        let guides = self.library.guides.iter().filter(|guide| guide.newest);
        let sources = guides.flat_map(|guide| guide.sources.clone());
        sources.flat_map(|source| {
            let count = self.faces[source].len() as u32;
            (0..count).map(move |chunk| (source as u32, chunk))
        })
    }

    /// The same by address.
    fn targets(&self) -> ByHash<Spot> {
        let face = |spot: Spot| self.face(spot).map(|face| (face.url, spot));
        self.in_newest().filter_map(face).collect()
    }

    /// The number of each source's guide, and of its product.
    fn products(&self) -> Vec<(u32, u32)> {
        let mut numbers = Vec::with_capacity(self.faces.len());
        let (mut product, mut last) = (0, None);
        for (guide, of) in (0..).zip(&self.library.guides) {
            let name = (&of.place.vendor, &of.place.product);
            if last.replace(name).is_some_and(|last| last != name) {
                product += 1;
            }
            numbers.extend(of.sources.clone().map(|_| (guide, product)));
        }
        numbers
    }

    fn trait_of(&self, spot: Spot, products: &[(u32, u32)]) -> Trait {
        let (guide, product) = products[spot.0 as usize];
        let Some(Face { passage, url, title, words, .. }) = self.face(spot) else {
            return Trait::default();
        };
        Trait { passage, url, title, words, source: spot.0, guide, product }
    }
}
