//! Which passages may be hits: those that filters, fields and versions let through.
//!
//! In: the table of guides and what is asked. Out: ranges of passages. Knows no words.

use alloc::vec::Vec;

use crate::record::{Placement, Record};
use crate::tiers::Edition;
use crate::wanted::Wanted;

/// The passages that may be hits.
#[derive(Default)]
pub(crate) struct Scope {
    /// Rising.
    pub(crate) ranges: Vec<(u32, u32)>,
    pub(crate) is_newest_only: bool,
    /// By guide, where there are filters; else empty.
    pub(crate) passing: Vec<bool>,
    /// What guides that pass show besides their own passages.
    pub(crate) shared: Vec<(u32, Vec<(u32, u32)>)>,
    /// What filters and fields want, where there are any.
    pub(crate) wanted: Wanted,
    /// Passages of the versions that the query names, rising, and their guides.
    pub(crate) meant: Vec<(u32, u32)>,
    pub(crate) meant_guides: Vec<(u32, u32)>,
}

impl Scope {
    pub(crate) fn wants(&self, edition: Edition) -> bool {
        edition == Edition::Newest || !self.is_newest_only
    }

    /// Lets in what the guides that pass show besides their own passages.
    pub(crate) fn share(&mut self, lists: Vec<(u32, Vec<(u32, u32)>)>, first_guide: u32) {
        for (number, ranges) in lists {
            let guide = first_guide.saturating_add(number);
            if self.passing.get(guide as usize) == Some(&true) {
                self.ranges.extend(&ranges);
                self.shared.push((guide, ranges));
            }
        }
    }

    /// Whether nothing but old versions is left out, and nothing is counted by guide.
    pub(crate) fn is_whole(&self) -> bool {
        self.passing.is_empty() && self.meant.is_empty()
    }

    fn is_meant(&self, place: &Placement) -> bool {
        let guide = place.guide_number;
        self.meant_guides.iter().any(|(first, end)| (*first..*end).contains(&guide))
    }

    /// Shows a passage where it is let through and wanted; says whether it is anywhere.
    pub(crate) fn show(&self, record: &mut Record, is_wanted: &dyn Fn(&Placement) -> bool) -> bool {
        let passes = |place: &Placement| {
            self.passing.is_empty() || self.passing.get(place.guide_number as usize) == Some(&true)
        };
        if !self.meant_guides.is_empty() {
            record.show(|place| self.is_meant(place));
        }
        record.show(|place| passes(place) && is_wanted(place));
        is_wanted(&record.place)
    }

    pub(crate) fn holds(&self, document: u32) -> bool {
        self.ranges.iter().any(|(first, end)| (*first..*end).contains(&document))
    }
}
