//! Which guides does a query want? What its filters and fields say of vendors, products, versions and guides.
//!
//! In: the table of guides, a query and its fields. Out: which guides are let through, and which names each field means. Knows no words.

use alloc::vec;
use alloc::vec::Vec;

use crate::answer::Level;
use crate::guides::{Guide, GuideTable, Name};
use crate::meant::{Fit, TOLD_MAX, fit, folded, likely};
use crate::query::Query;

/// Vendor, product and version of a guide, by the numbers of their names.
type Edition = [Option<u32>; 3];

impl GuideTable {
    /// What filters and the fields of a query want. A field that means no name wants nothing, and is told.
    pub(crate) fn wanted(&self, query: &Query, fields: &[(Level, &str)]) -> Wanted {
        let filters = [&query.vendor, &query.product, &query.version, &query.guide];
        let mut wanted = Wanted {
            levels: filters.map(|filter| {
                let filter = filter.as_ref()?;
                Some(self.names.iter().map(|name| name.answers_to(filter)).collect())
            }),
            every_version: query.is_of_every_version(),
            ..Wanted::default()
        };
        let mut levels: [Option<Vec<bool>>; 4] = [const { None }; 4];
        for (level, value) in fields {
            let meant = self.meant(*level, value, &mut wanted.passed_over);
            let is_any = meant.contains(&true);
            wanted.every_version |= *level == Level::Version && (is_any || is_every(value));
            if is_any {
                join(&mut levels[*level as usize], &meant);
            }
            wanted.meant.push(meant);
        }
        for (level, meant) in wanted.levels.iter_mut().zip(levels) {
            match (level.as_mut(), meant) {
                (Some(level), Some(meant)) => {
                    level.iter_mut().zip(meant).for_each(|(is_let, meant)| *is_let &= meant);
                }
                (None, Some(meant)) => *level = Some(meant),
                _ => {}
            }
        }
        wanted
    }

    /// The names of a level that a field means: those that fit best; of a series of versions, the newest.
    fn meant(&self, level: Level, value: &str, passed_over: &mut Vec<Edition>) -> Vec<bool> {
        let value = folded(value);
        let is_of_level = self.of_level(level);
        let fits = self.names.iter().zip(is_of_level);
        let fits: Vec<Fit> =
            fits.map(|(name, is_in)| if is_in { fit(name, &value) } else { Fit::None }).collect();
        let best = fits.iter().max().copied().unwrap_or(Fit::None);
        let meant: Vec<bool> =
            fits.into_iter().map(|fit| fit == best && best != Fit::None).collect();
        match (level, best) {
            (Level::Version, Fit::Series) => self.newest_of(&meant, passed_over),
            _ => meant,
        }
    }

    /// The newest version of each product in a series: it stands before the others. What is passed over is noted: another
    /// product's newest may have its name.
    fn newest_of(&self, series: &[bool], passed_over: &mut Vec<Edition>) -> Vec<bool> {
        let mut newest = vec![false; series.len()];
        let mut last: Edition = [None; 3];
        for guide in &self.guides {
            let [vendor, product, Some(version), _] = guide.names else { continue };
            let edition = [vendor, product, Some(version)];
            if !series[version as usize] || edition == last {
                continue;
            }
            if last[2].is_some() && edition[..2] == last[..2] {
                passed_over.push(edition);
                continue;
            }
            newest[version as usize] = true;
            last = edition;
        }
        newest
    }

    fn of_level(&self, level: Level) -> Vec<bool> {
        let mut is_of_level = vec![false; self.names.len()];
        for name in self.guides.iter().filter_map(|guide| guide.names[level as usize]) {
            is_of_level[name as usize] = true;
        }
        is_of_level
    }

    /// The names that a field means, or else those that were probably meant; and whether it means any.
    pub(crate) fn told(&self, level: Level, value: &str, meant: &[bool]) -> (Vec<&Name>, bool) {
        let some = |is_told: Vec<bool>| {
            self.names.iter().zip(is_told).filter(|(_, is_told)| *is_told).map(|(name, _)| name)
        };
        if meant.contains(&true) {
            return (some(meant.into()).take(TOLD_MAX).collect(), true);
        }
        if level == Level::Version && is_every(value) {
            return (Vec::new(), true);
        }
        (likely(some(self.of_level(level)), &folded(value)), false)
    }
}

/// Whether a version field asks for every version.
fn is_every(value: &str) -> bool {
    folded(value) == "all"
}

fn join(level: &mut Option<Vec<bool>>, more: &[bool]) {
    let level = level.get_or_insert_with(|| vec![false; more.len()]);
    level.iter_mut().zip(more).for_each(|(is_let, more)| *is_let |= more);
}

/// Which guides a query wants.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// Which names each level lets through; a level without a filter lets all.
    pub(crate) levels: [Option<Vec<bool>>; 4],
    /// Whether older versions are searched too.
    pub(crate) every_version: bool,
    /// The names that each field means.
    pub(crate) meant: Vec<Vec<bool>>,
    /// Versions of a series that are not the newest of their product.
    passed_over: Vec<Edition>,
}

impl Wanted {
    /// Whether a level is asked for that some guides show passages of besides their own.
    pub(crate) fn narrows(&self, level: Level) -> bool {
        self.levels[level as usize].is_some()
    }

    /// Whether passages of several versions may be hits at once.
    pub(crate) fn is_of_many_versions(&self) -> bool {
        self.every_version && !self.narrows(Level::Version)
    }

    pub(crate) fn lets_all(&self, guide: &Guide) -> bool {
        Level::ALL.into_iter().all(|level| self.lets(guide, level))
    }

    pub(crate) fn lets(&self, guide: &Guide, level: Level) -> bool {
        match (&self.levels[level as usize], guide.names[level as usize]) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(wanted), Some(number)) => {
                wanted[number as usize] && !(level == Level::Version && self.passes_over(guide))
            }
        }
    }

    fn passes_over(&self, guide: &Guide) -> bool {
        self.passed_over.iter().any(|edition| edition == &guide.names[..3])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guides::{GuideEntry, GuideTableWriter};
    use crate::numbering::GUIDE_SLOTS;
    use alloc::string::String;

    fn table() -> GuideTable {
        let versions =
            ["box 1.11.0", "box 1.9.1", "box 1.9.0", "box 1.1.2", "box 1.1.1", "hub 1.9.0"];
        let name = |key: &str| Name { key: key.into(), name: key.into(), aliases: vec![] };
        let mut table = GuideTableWriter::default();
        for (at, text) in (0..).zip(versions) {
            let (product, version) = text.split_once(' ').unwrap_or_default();
            let is_newest = at == 0 || product == "hub";
            let entry = GuideEntry {
                vendor: None,
                product: Some(name(product)),
                version: Some(name(version)),
                guide: name("guide"),
                is_newest,
            };
            table.start(&entry, at * GUIDE_SLOTS);
        }
        GuideTable::decode(&table.encode()).unwrap_or_default()
    }

    fn check(fields: &[(Level, &str)], expected: &[usize]) {
        let table = table();
        let passing = table.passing(&table.wanted(&Query::default(), fields));
        let passed: Vec<usize> = (0..passing.len()).filter(|at| passing[*at]).collect();
        assert_eq!(passed, expected, "{fields:?}");
    }

    #[test]
    fn a_series_means_its_newest_version_of_each_product() {
        check(&[(Level::Version, "1.9")], &[1, 5]);
        check(&[(Level::Version, "v1.9.x")], &[1, 5]);
        check(&[(Level::Version, "1.1"), (Level::Product, "box")], &[3]);
        check(&[(Level::Version, "1")], &[0, 5]);
        check(&[(Level::Version, "1.9.0")], &[2, 5]);
        check(&[(Level::Version, "1.9"), (Level::Version, "1.1.1")], &[1, 4, 5]);
        let told = table();
        let mut passed_over = Vec::new();
        let meant = told.meant(Level::Version, "1.1.*", &mut passed_over);
        let names = told.told(Level::Version, "1.1.*", &meant).0;
        let names: Vec<String> = names.into_iter().map(|name| name.key.clone()).collect();
        assert_eq!(names, ["1.1.2"]);
    }
}
