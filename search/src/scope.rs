//! Which passages may be hits: those that filters, fields and versions let through.
//!
//! In: the table of guides and what is asked. Out: ranges of passages. Knows no words but those that name versions.

use alloc::vec::Vec;

use crate::answer::Level;
use crate::context::Meant;
use crate::engine::{Engine, Needs};
use crate::error::Error;
use crate::ids::ShardId;
use crate::lists::{self, union};
use crate::plan::Plan;
use crate::query::{Facets, Query};
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

    /// Lets in what these guides show besides their own passages.
    pub(crate) fn share(
        &mut self,
        lists: Vec<(u32, Vec<(u32, u32)>)>,
        first_guide: u32,
        passing: &[bool],
    ) {
        for (number, ranges) in lists {
            let guide = first_guide.saturating_add(number);
            if passing.get(guide as usize) == Some(&true) {
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
        lists::holds(&self.meant_guides, guide)
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
        lists::holds(&self.ranges, document)
    }
}

impl Engine {
    /// The passages that filters and scope let through, once the shards are there that tell.
    pub(crate) fn scope(
        &self,
        query: &Query,
        plan: &Plan,
        meant: &Meant,
        needs: &mut Needs,
    ) -> Result<Option<Scope>, Error> {
        let Some(mut scope) = self.filtered_scope(query, plan, needs)? else { return Ok(None) };
        if query.version.is_none() {
            self.add_versions(meant, &mut scope, needs)?;
        }
        Ok(needs.is_empty().then_some(scope))
    }

    /// Looks into the versions that the query names too, older ones as well.
    fn add_versions(
        &self,
        meant: &Meant,
        scope: &mut Scope,
        needs: &mut Needs,
    ) -> Result<(), Error> {
        let Some(context) = self.context(needs) else { return Ok(()) };
        for named in meant.versions.iter().filter_map(|at| context.0.get(*at)) {
            scope.meant.push(named.slots);
            scope.meant_guides.push(named.guides);
            if named.lists != 0
                && let Some(shard) = self.shard(ShardId::Filter(named.lists), needs)
            {
                let lists = lists::decode(shard, self.root.slots)?;
                lists.into_iter().for_each(|(_, ranges)| scope.meant.extend(ranges));
            }
        }
        scope.meant = union(core::mem::take(&mut scope.meant));
        if scope.meant.is_empty() {
            return Ok(());
        }
        scope.is_newest_only = false;
        if let (Some(guides), false) = (&self.guides, scope.passing.is_empty()) {
            let older = guides.older(&scope.wanted, &scope.meant_guides);
            return self.let_in(scope, older, true, needs);
        }
        scope.ranges.extend(&scope.meant);
        scope.ranges = union(core::mem::take(&mut scope.ranges));
        Ok(())
    }

    fn filtered_scope(
        &self,
        query: &Query,
        plan: &Plan,
        needs: &mut Needs,
    ) -> Result<Option<Scope>, Error> {
        let mut scope = Scope { is_newest_only: !query.is_of_every_version(), ..Scope::default() };
        let fields = plan.fields(&query.text);
        if !query.has_filter() && fields.is_empty() && query.facets == Facets::Skip {
            scope.ranges = match scope.is_newest_only {
                true => self.root.newest.clone(),
                false => Vec::from([(0, self.root.slots)]),
            };
            return Ok(Some(scope));
        }
        let Some(guides) = &self.guides else {
            return Ok(needs.add(ShardId::Guides(self.root.guides)));
        };
        scope.wanted = guides.wanted(query, &fields);
        scope.is_newest_only = !scope.wanted.every_version;
        let narrows = |level| scope.wanted.narrows(level);
        let counts = query.facets == Facets::Count
            && (scope.wanted.every_version || narrows(Level::Product));
        let shares = counts || narrows(Level::Version) || narrows(Level::Guide);
        let passing = guides.passing(&scope.wanted);
        self.let_in(&mut scope, passing, shares, needs)?;
        Ok(needs.is_empty().then_some(scope))
    }

    /// Lets guides in, and what they show besides their own passages if that `shares` in the answer.
    fn let_in(
        &self,
        scope: &mut Scope,
        passing: Vec<bool>,
        shares: bool,
        needs: &mut Needs,
    ) -> Result<(), Error> {
        let Some(guides) = &self.guides else { return Ok(()) };
        scope.ranges.extend(guides.ranges(&passing));
        let lists = if shares { guides.lists_of(&passing) } else { Vec::new() };
        for (hash, first_guide) in lists {
            if let Some(shard) = self.shard(ShardId::Filter(hash), needs) {
                scope.share(lists::decode(shard, self.root.slots)?, first_guide, &passing);
            }
        }
        scope.ranges = union(core::mem::take(&mut scope.ranges));
        scope.passing.resize(passing.len(), false);
        scope.passing.iter_mut().zip(passing).for_each(|(passes, too)| *passes |= too);
        Ok(())
    }
}
