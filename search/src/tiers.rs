//! Which postings of a hot word lie beside its name, and which in shards of their own? Those that weigh most come first.
//!
//! In: all postings of a term. Out: the postings beside the term, and tiers of falling impact for the rest, those of the newest
//! versions apart from those of older ones; and, at the other end, which tiers a query may afford.
//!
//! ```text
//! tier = postings(varint) deltas(counted) payloads(the rest)        both as in shards of words
//! ```

use alloc::vec::Vec;

use crate::bytes::{Cursor, put_counted, put_varint};
use crate::error::{Error, Part};
use crate::words::{Posting, read_postings, write_postings};

/// A word in no more passages than this has all its postings beside its name.
pub(crate) const INLINE_MAX: usize = 1536;
/// If a word is in more passages, but in no more of the newest versions than this, those are all beside its name: there they cost what a
/// tier would, and one request less.
const NEWEST_INLINE_MAX: usize = 3072;
/// How many postings of the newest versions any other hot word has there.
const FIRST_TIER: usize = 512;
/// How many postings of older versions are worth no tier of their own.
const OLDER_INLINE_MAX: usize = 256;
/// Postings of a tier.
const TIER_POSTINGS: usize = 6_144;

/// How many raw bytes of tiers a query may cost; compressed they are about half.
pub(crate) const TIER_BYTES_PER_QUERY: u32 = 36 << 10;
/// How many tiers a query may cost: each is a request.
pub(crate) const TIERS_PER_QUERY: usize = 6;

/// Postings of the newest versions, or of older ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edition {
    Newest,
    Older,
}

/// A tier before it has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tier {
    pub(crate) edition: Edition,
    /// No posting of it weighs more.
    pub(crate) impact_max: u8,
    /// In order of documents.
    pub(crate) postings: Vec<Posting>,
}

/// All postings of a term, laid out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// In order of documents.
    pub(crate) inline: Vec<Posting>,
    /// The newest versions' first, by falling impact.
    pub(crate) tiers: Vec<Tier>,
}

impl Layout {
    /// Lays out postings that are in order of documents.
    pub(crate) fn of(postings: Vec<Posting>, is_newest: impl Fn(u32) -> bool) -> Layout {
        if postings.len() <= INLINE_MAX {
            return Layout { inline: postings, tiers: Vec::new() };
        }
        let (newest, older): (Vec<Posting>, Vec<Posting>) =
            postings.into_iter().partition(|posting| is_newest(posting.document));
        let mut layout = Layout::default();
        let first_max = if newest.len() <= NEWEST_INLINE_MAX { newest.len() } else { FIRST_TIER };
        layout.add(newest, Edition::Newest, first_max);
        let first_max = if older.len() <= OLDER_INLINE_MAX { older.len() } else { 0 };
        layout.add(older, Edition::Older, first_max);
        in_order(&mut layout.inline);
        layout
    }

    fn add(&mut self, mut postings: Vec<Posting>, edition: Edition, inline: usize) {
        postings
            .sort_unstable_by_key(|posting| (core::cmp::Reverse(posting.impact), posting.document));
        let rest = postings.split_off(inline);
        self.inline.extend(postings);
        for tier in rest.chunks(TIER_POSTINGS) {
            let mut postings = Vec::from(tier);
            in_order(&mut postings);
            self.tiers.push(Tier { edition, impact_max: tier[0].impact, postings });
        }
    }
}

fn in_order(postings: &mut [Posting]) {
    postings.sort_unstable_by_key(|posting| posting.document);
}

impl Tier {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let (mut deltas, mut payloads) = (Vec::new(), Vec::new());
        write_postings(&self.postings, &mut deltas, &mut payloads);
        let mut out = Vec::with_capacity(deltas.len() + payloads.len() + 8);
        put_varint(&mut out, self.postings.len() as u32);
        put_counted(&mut out, &deltas);
        out.extend_from_slice(&payloads);
        out
    }
}

/// Calls `each` for every posting of a tier, all of them below `slots`.
pub(crate) fn postings_of(
    tier: &[u8],
    slots: u32,
    each: &mut dyn FnMut(Posting),
) -> Result<(), Error> {
    let mut cursor = Cursor::new(tier);
    let mut parts = || {
        let postings = cursor.varint()?;
        let deltas = cursor.counted()?;
        Some((deltas, cursor.take(postings as usize)?))
    };
    let (deltas, payloads) = parts().ok_or(Error::Corrupt(Part::Tiers))?;
    read_postings(deltas, payloads, slots, each).ok_or(Error::Corrupt(Part::Tiers))
}

/// Where a tier is, and what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TierEntry {
    pub(crate) edition: Edition,
    pub(crate) impact_max: u8,
    pub(crate) postings: u32,
    pub(crate) raw_bytes: u32,
    pub(crate) hash: u32,
}

impl TierEntry {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let older = if self.edition == Edition::Older { 0x80 } else { 0 };
        out.push(self.impact_max | older);
        put_varint(out, self.postings);
        put_varint(out, self.raw_bytes);
        out.extend_from_slice(&self.hash.to_le_bytes());
    }

    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Option<TierEntry> {
        let head = cursor.byte()?;
        let edition = if head & 0x80 == 0 { Edition::Newest } else { Edition::Older };
        Some(TierEntry {
            edition,
            impact_max: head & 0x7f,
            postings: cursor.varint()?,
            raw_bytes: cursor.varint()?,
            hash: cursor.u32()?,
        })
    }
}

/// What a query may still spend on tiers. The rarest words are served first, and of a word its weightiest tier: a tier that
/// is too dear ends its word, and cuts the answer.
pub(crate) struct Budget {
    bytes: u32,
    tiers: usize,
    pub(crate) is_cut: bool,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { bytes: TIER_BYTES_PER_QUERY, tiers: TIERS_PER_QUERY, is_cut: false }
    }
}

impl Budget {
    /// Whether a tier of so many bytes is affordable; then it is paid for.
    pub(crate) fn pays(&mut self, raw_bytes: u32) -> bool {
        if self.tiers == 0 || raw_bytes > self.bytes {
            self.is_cut = true;
            return false;
        }
        self.tiers -= 1;
        self.bytes -= raw_bytes;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn postings(count: u32) -> Vec<Posting> {
        (0..count)
            .map(|document| Posting { document, impact: (document * 7919 % 31) as u8 + 1, form: 1 })
            .collect()
    }

    #[test]
    fn a_rare_word_has_no_tiers() {
        let layout = Layout::of(postings(INLINE_MAX as u32), |_| true);
        assert_eq!(layout, Layout { inline: postings(INLINE_MAX as u32), tiers: vec![] });
    }

    #[test]
    fn nothing_is_lost_and_the_weightiest_come_first() {
        let layout = Layout::of(postings(30_000), |document| document < 20_000);
        assert_eq!(layout.inline.len(), FIRST_TIER);
        assert!(layout.inline.iter().all(|posting| posting.document < 20_000));
        let sizes: Vec<usize> = layout.tiers.iter().map(|tier| tier.postings.len()).collect();
        assert_eq!(
            sizes,
            [6_144, 6_144, 6_144, 20_000 - FIRST_TIER - 3 * 6_144, 6_144, 10_000 - 6_144]
        );
        let least = layout.inline.iter().map(|posting| posting.impact).min().unwrap();
        assert!(least >= layout.tiers[0].impact_max);
        let mut all = layout.inline;
        all.extend(layout.tiers.into_iter().flat_map(|tier| tier.postings));
        in_order(&mut all);
        assert_eq!(all, postings(30_000));
    }

    #[test]
    fn few_older_ones_stay_inline() {
        let layout = Layout::of(postings(1200), |document| document < 1000);
        assert_eq!((layout.inline.len(), layout.tiers.len()), (1200, 0));
    }

    #[test]
    fn tiers_come_back_and_cuts_are_refused() {
        let tier = &Layout::of(postings(5000), |_| true).tiers[0];
        let bytes = tier.encode();
        let mut found = vec![];
        postings_of(&bytes, 5000, &mut |posting| found.push(posting)).unwrap();
        assert_eq!(found, tier.postings);
        for cut in 0..bytes.len() {
            assert!(postings_of(&bytes[..cut], 5000, &mut |_| ()).is_err());
        }
        assert!(postings_of(&bytes, 4000, &mut |_| ()).is_err());
    }

    #[test]
    fn a_budget_ends() {
        let mut budget = Budget::default();
        assert!(budget.pays(TIER_BYTES_PER_QUERY) && !budget.is_cut);
        assert!(!budget.pays(1) && budget.is_cut);
        let mut budget = Budget::default();
        assert!((0..TIERS_PER_QUERY).all(|_| budget.pays(1)) && !budget.pays(1));
    }
}
