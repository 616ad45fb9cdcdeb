//! All that is known of one term, before it is weighed: its surfaces and its postings, to which a source's share can be added and from
//! which it can be taken away again.
//!
//! In: the shares of sources. Out: the same whatever the order in which shares came and went. Knows no shards. Writer only.
//!
//! ```text
//! term = surfaces(varint) { text(counted) passages(varint) sources(varint) } frequency(varint)
//!        { delta(varint) counts(byte) surface(varint) }       surface: from 1, or 0
//! ```

use alloc::vec::Vec;

use crate::bytes::{Cursor, put_counted, put_varint};

/// A term with the shares of some sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Gathered {
    pub(crate) surfaces: Vec<Surface>,
    /// In order of slots.
    pub(crate) postings: Vec<Posting>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Surface {
    pub(crate) text: Vec<u8>,
    /// In how many passages it stands more often than all other surfaces together.
    pub(crate) passages: u32,
    /// How many sources have it.
    pub(crate) sources: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) slot: u32,
    /// As they are packed.
    pub(crate) counts: u8,
    /// The surface that stands there more often than all others together, from 1; or 0.
    pub(crate) surface: u32,
}

impl Gathered {
    pub(crate) fn read(bytes: &[u8]) -> Option<Gathered> {
        let mut cursor = Cursor::new(bytes);
        let mut term = Gathered::default();
        for _ in 0..cursor.varint()? {
            let text = cursor.counted()?.into();
            let (passages, sources) = (cursor.varint()?, cursor.varint()?);
            term.surfaces.push(Surface { text, passages, sources });
        }
        let frequency = cursor.varint()?;
        let mut slot = 0u32;
        while !cursor.is_at_end() {
            slot = slot.checked_add(cursor.varint()?)?;
            let (counts, surface) = (cursor.byte()?, cursor.varint()?);
            if surface as usize > term.surfaces.len() {
                return None;
            }
            term.postings.push(Posting { slot, counts, surface });
        }
        (term.postings.len() == frequency as usize).then_some(term)
    }

    /// Appends the term's bytes.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        put_varint(out, self.surfaces.len() as u32);
        for surface in &self.surfaces {
            put_counted(out, &surface.text);
            put_varint(out, surface.passages);
            put_varint(out, surface.sources);
        }
        put_varint(out, self.postings.len() as u32);
        let mut last = 0;
        for posting in &self.postings {
            put_varint(out, posting.slot - last);
            out.push(posting.counts);
            put_varint(out, posting.surface);
            last = posting.slot;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.postings.is_empty()
    }

    /// The number of a surface, from 1; it is there afterwards.
    fn number_of(&mut self, text: &[u8]) -> u32 {
        let known = self.surfaces.iter().position(|surface| surface.text == text);
        known.map_or_else(
            || {
                self.surfaces.push(Surface { text: text.into(), ..Surface::default() });
                self.surfaces.len() as u32
            },
            |at| at as u32 + 1,
        )
    }

    /// Adds the shares of other sources, whose slots are none of these.
    pub(crate) fn add(&mut self, share: &Gathered) {
        let numbers = self.numbers_in(share);
        for (number, surface) in numbers.iter().zip(&share.surfaces) {
            let known = &mut self.surfaces[*number as usize - 1];
            known.passages += surface.passages;
            known.sources += surface.sources;
        }
        let is_behind = self.postings.last().zip(share.postings.first());
        let is_behind = is_behind.is_none_or(|(last, first)| last.slot < first.slot);
        self.postings.extend(share.postings.iter().map(|posting| renumbered(*posting, &numbers)));
        if !is_behind {
            self.postings.sort_unstable_by_key(|posting| posting.slot);
        }
    }

    /// Takes away what was added; `None` if it never was.
    pub(crate) fn take_away(&mut self, share: &Gathered) -> Option<()> {
        let numbers = self.numbers_in(share);
        for (number, surface) in numbers.iter().zip(&share.surfaces) {
            let known = &mut self.surfaces[*number as usize - 1];
            known.passages = known.passages.checked_sub(surface.passages)?;
            known.sources = known.sources.checked_sub(surface.sources)?;
        }
        let before = self.postings.len();
        let mut gone =
            share.postings.iter().map(|posting| renumbered(*posting, &numbers)).peekable();
        self.postings.retain(|posting| gone.next_if_eq(posting).is_none());
        (self.postings.len() + share.postings.len() == before).then(|| self.forget_surfaces())
    }

    /// Leaves out the surfaces that no source has any more.
    fn forget_surfaces(&mut self) {
        if self.surfaces.iter().all(|surface| surface.sources > 0) {
            return;
        }
        let mut kept = 0;
        let mut numbers = Vec::with_capacity(self.surfaces.len());
        for surface in &self.surfaces {
            kept += u32::from(surface.sources > 0);
            numbers.push(kept);
        }
        self.surfaces.retain(|surface| surface.sources > 0);
        self.postings.iter_mut().for_each(|posting| *posting = renumbered(*posting, &numbers));
    }

    /// The numbers that the surfaces of a share have here.
    fn numbers_in(&mut self, share: &Gathered) -> Vec<u32> {
        share.surfaces.iter().map(|surface| self.number_of(&surface.text)).collect()
    }
}

fn renumbered(posting: Posting, numbers: &[u32]) -> Posting {
    let surface = posting.surface.checked_sub(1).map_or(0, |at| numbers[at as usize]);
    Posting { surface, ..posting }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn share(first: u32, texts: &[&str]) -> Gathered {
        let surface = |text: &&str| Surface { text: (*text).into(), passages: 1, sources: 1 };
        let posting = |at: u32| Posting { slot: first + 3 * at, counts: at as u8 + 1, surface: at };
        Gathered {
            surfaces: texts.iter().map(surface).collect(),
            postings: (0..=texts.len() as u32).map(posting).collect(),
        }
    }

    fn bytes(term: &Gathered) -> Vec<u8> {
        let mut out = vec![];
        term.write(&mut out);
        out
    }

    #[test]
    fn what_was_added_can_be_taken_away() {
        let shares = [share(0, &["a", "b"]), share(1, &["b", "c"]), share(100, &["a"])];
        let mut all = Gathered::default();
        shares.iter().for_each(|share| all.add(share));
        assert_eq!(Gathered::read(&bytes(&all)), Some(all.clone()));
        assert!(all.postings.is_sorted_by_key(|posting| posting.slot));
        let mut two = all;
        two.take_away(&shares[0]).unwrap();
        let mut expected = shares[1].clone();
        expected.add(&shares[2]);
        let sorted = |mut term: Gathered| {
            term.surfaces.sort_by(|left, right| left.text.cmp(&right.text));
            term.surfaces
        };
        assert_eq!(sorted(two.clone()), sorted(expected.clone()));
        let text = |term: &Gathered, at: usize| {
            let surface = term.postings[at].surface.checked_sub(1)?;
            Some(term.surfaces[surface as usize].text.clone())
        };
        for at in 0..two.postings.len() {
            assert_eq!(two.postings[at].slot, expected.postings[at].slot);
            assert_eq!(text(&two, at), text(&expected, at));
        }
        assert_eq!(two.take_away(&shares[0]), None, "it is gone already");
        let mut none = expected;
        none.take_away(&shares[1]).unwrap();
        none.take_away(&shares[2]).unwrap();
        assert!(none.is_empty() && none.surfaces.is_empty());
    }

    #[test]
    fn cut_and_flipped_terms_never_panic() {
        let bytes = bytes(&share(7, &["one", "two"]));
        for cut in 0..bytes.len() {
            assert_eq!(Gathered::read(&bytes[..cut]), None);
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[cut] ^= 1 << bit;
                let _ = Gathered::read(&flipped);
            }
        }
    }
}
