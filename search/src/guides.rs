//! Which passages belong to a vendor, product, version or guide? The table of guides, for filters and facets.
//!
//! ```text
//! table = names(varint) { key(counted) name(counted) aliases(varint) { alias(counted) } }
//!         guides(varint) { vendor(varint) product(varint) version(varint) guide(varint)    0: none, else the name's number from 1
//!                          gap(varint) slots << 1 | is newest (varint)                     gap: slots since the last guide's end
//!                          holes(varint) { gap(varint) slots(varint) } }                   slots without a passage; gap: since the last hole's end, at first the guide's first
//!         lists(varint) { gap(varint) guides(varint) hash(u32) }                           of what guides show besides (see `lists`)
//! ```

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::answer::{Facet, Level};
use crate::bytes::{Cursor, put_counted, put_varint};
use crate::context::{Context, Named, Rank};
use crate::error::{Error, Part};
use crate::hash::Table;
use crate::lists::{self, runs};
use crate::meant::{Fit, fit, folded};
use crate::wanted::Wanted;

/// A level's rarer values are not listed: nobody reads so many.
const FACETS_MAX: usize = 100;

/// A vendor, product, version or guide as filters and people know it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Name {
    /// What a filter says: the part of the path, lower-cased.
    pub key: String,
    /// What people read.
    pub name: String,
    /// Other things that a filter may say.
    pub aliases: Vec<String>,
}

impl Name {
    /// Whether a filter means this name: its key, its name or an alias, whatever the case, accents and width.
    pub(crate) fn answers_to(&self, filter: &str) -> bool {
        fit(self, &folded(filter)) == Fit::Whole
    }
}

/// One guide and where it belongs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct GuideEntry {
    /// Who makes the product, if known.
    pub vendor: Option<Name>,
    /// The product, if there is one.
    pub product: Option<Name>,
    /// The version, if there are versions.
    pub version: Option<Name>,
    /// The guide itself.
    pub guide: Name,
    /// Whether it belongs to the newest version of its product, or to none. Only such guides are searched unless a query says
    /// otherwise. The newest come before the others of their product.
    pub is_newest: bool,
}

impl GuideEntry {
    fn levels(&self) -> [Option<&Name>; 4] {
        [self.vendor.as_ref(), self.product.as_ref(), self.version.as_ref(), Some(&self.guide)]
    }

    /// All that is said of it, in one number.
    pub(crate) fn digest(&self) -> u64 {
        use core::hash::{Hash, Hasher};
        let mut hasher = crate::hash::Fnv::default();
        self.hash(&mut hasher);
        hasher.finish()
    }

    /// Whether both are of the same product of the same vendor.
    pub(crate) fn is_of_product(&self, other: &GuideEntry) -> bool {
        self.vendor == other.vendor && self.product == other.product
    }

    /// Whether both are of the same version of the same product.
    pub(crate) fn is_of_edition(&self, other: &GuideEntry) -> bool {
        self.is_of_product(other) && self.version == other.version
    }
}

/// A guide's passages and the numbers of its names, by level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Guide {
    pub(crate) names: [Option<u32>; 4],
    first: u32,
    /// From its first slot to the last that holds a passage; some in between may hold none.
    slots: u32,
    is_newest: bool,
}

/// The shard that says what the guides of one version show besides their own passages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ListShard {
    first_guide: u32,
    guides: u32,
    hash: u32,
}

/// A table in the making.
#[derive(Default)]
pub(crate) struct GuideTableWriter {
    table: GuideTable,
    numbers: Table<Name, u32>,
}

impl GuideTableWriter {
    /// Adds the next guide; its passages begin at `first`.
    pub(crate) fn start(&mut self, entry: &GuideEntry, first: u32) {
        let names = entry.levels().map(|name| name.map(|name| self.number_of(name)));
        let is_newest = entry.is_newest;
        self.table.guides.push(Guide { names, first, slots: 0, is_newest });
    }

    /// How many guides there are so far.
    pub(crate) fn len(&self) -> u32 {
        self.table.guides.len() as u32
    }

    /// Says where the lists of some guides are; in order of guides.
    pub(crate) fn add_lists(&mut self, first_guide: u32, guides: u32, hash: u32) {
        self.table.lists.push(ListShard { first_guide, guides, hash });
    }

    /// The passages of the newest versions, as rising ranges: first, and one past the last.
    pub(crate) fn newest(&self) -> Vec<(u32, u32)> {
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        let mut was_newest = false;
        for guide in self.table.guides.iter().filter(|guide| guide.slots > 0) {
            let end = guide.first + guide.slots;
            match ranges.last_mut() {
                Some(last) if guide.is_newest && was_newest => last.1 = end,
                _ => ranges.extend(guide.is_newest.then_some((guide.first, end))),
            }
            was_newest = guide.is_newest;
        }
        ranges
    }

    fn number_of(&mut self, name: &Name) -> u32 {
        let names = &mut self.table.names;
        *self.numbers.entry(name.clone()).or_insert_with(|| {
            names.push(name.clone());
            names.len() as u32 - 1
        })
    }

    /// The passages of the last guide reach so far at least.
    pub(crate) fn reach(&mut self, slots: u32) {
        if let Some(guide) = self.table.guides.last_mut() {
            guide.slots = guide.slots.max(slots);
        }
    }

    /// Notes which slots of the guides hold no passage.
    pub(crate) fn find_holes(&mut self, is_taken: impl Fn(u32) -> bool) {
        let guides = self.table.guides.iter();
        let free = guides.flat_map(|guide| guide.first..guide.first + guide.slots);
        self.table.holes = runs(free.filter(|slot| !is_taken(*slot)));
    }

    /// Where a guide begins, and how far its passages reach.
    pub(crate) fn extent(&self, guide: u32) -> (u32, u32) {
        let guide = self.table.guides[guide as usize];
        (guide.first, guide.slots)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        self.table.encode()
    }

    /// What a query may name.
    pub(crate) fn context(&self) -> Context {
        let mut context = Context::default();
        let (all, ranks) = (self.table.guides.len(), [Rank::Vendor, Rank::Product, Rank::Version]);
        for first in 0..all {
            let levels = |guide: usize| &self.table.guides[guide].names;
            for (level, rank) in ranks.into_iter().enumerate() {
                let is_same = |guide: &usize| levels(*guide)[..=level] == levels(first)[..=level];
                if let Some(name) = levels(first)[level]
                    && !(first > 0 && is_same(&(first - 1)))
                {
                    let end = (first..all).take_while(is_same).count() + first;
                    context.0.push(self.table.named(rank, name, (first, end)));
                }
            }
        }
        context
    }
}

/// All guides, in order of their passages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct GuideTable {
    pub(crate) names: Vec<Name>,
    pub(crate) guides: Vec<Guide>,
    /// Slots of theirs without a passage, as rising ranges.
    holes: Vec<(u32, u32)>,
    lists: Vec<ListShard>,
}

impl GuideTable {
    fn named(&self, rank: Rank, name: u32, (first, end): (usize, usize)) -> Named {
        let Name { key, name, aliases } = &self.names[name as usize];
        let mut forms = Vec::from([key.clone()]);
        let others = core::iter::once(name).chain(aliases);
        forms.extend(others.filter(|other| folded(other) != folded(key)).cloned());
        let last = &self.guides[end - 1];
        let lists = self.lists.iter().find(|list| list.first_guide as usize == first);
        Named {
            rank,
            forms,
            guides: (first as u32, end as u32),
            slots: (self.guides[first].first, last.first + last.slots),
            lists: lists.filter(|_| rank == Rank::Version).map_or(0, |list| list.hash),
        }
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_varint(&mut out, self.names.len() as u32);
        for name in &self.names {
            put_counted(&mut out, name.key.as_bytes());
            put_counted(&mut out, name.name.as_bytes());
            put_varint(&mut out, name.aliases.len() as u32);
            name.aliases.iter().for_each(|alias| put_counted(&mut out, alias.as_bytes()));
        }
        put_varint(&mut out, self.guides.len() as u32);
        let (mut last, mut holes) = (0, &*self.holes);
        for guide in &self.guides {
            guide
                .names
                .iter()
                .for_each(|name| put_varint(&mut out, name.map_or(0, |name| name + 1)));
            put_varint(&mut out, guide.first - last);
            put_varint(&mut out, guide.slots << 1 | u32::from(guide.is_newest));
            last = guide.first;
            let own = holes.partition_point(|(first, _)| *first < guide.first + guide.slots);
            put_varint(&mut out, own as u32);
            for (first, end) in &holes[..own] {
                put_varint(&mut out, first - last);
                put_varint(&mut out, end - first);
                last = *end;
            }
            holes = &holes[own..];
            last = guide.first + guide.slots;
        }
        put_varint(&mut out, self.lists.len() as u32);
        let mut last = 0;
        for list in &self.lists {
            put_varint(&mut out, list.first_guide - last);
            put_varint(&mut out, list.guides);
            out.extend_from_slice(&list.hash.to_le_bytes());
            last = list.first_guide;
        }
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<GuideTable, Error> {
        let mut cursor = Cursor::new(bytes);
        GuideTable::read(&mut cursor)
            .filter(|_| cursor.is_at_end())
            .ok_or(Error::Corrupt(Part::Guides))
    }

    fn read(cursor: &mut Cursor<'_>) -> Option<GuideTable> {
        let mut table = GuideTable::default();
        for _ in 0..cursor.varint()? {
            let mut name = Name { key: cursor.text()?, name: cursor.text()?, aliases: Vec::new() };
            for _ in 0..cursor.varint()? {
                name.aliases.push(cursor.text()?);
            }
            table.names.push(name);
        }
        let mut end = 0u32;
        for _ in 0..cursor.varint()? {
            let mut names = [None; 4];
            for name in &mut names {
                *name = cursor.varint()?.checked_sub(1);
                table.names.get(name.unwrap_or(0) as usize)?;
            }
            let first = end.checked_add(cursor.varint()?)?;
            let (slots, is_newest) = cursor.varint().map(|word| (word >> 1, word & 1 == 1))?;
            end = first.checked_add(slots)?;
            table.guides.push(Guide { names, first, slots, is_newest });
            let mut last = first;
            for _ in 0..cursor.varint()? {
                let first = last.checked_add(cursor.varint()?)?;
                last = first.checked_add(cursor.varint()?).filter(|last| *last <= end)?;
                table.holes.push((first, last));
            }
        }
        let mut last = 0u32;
        for _ in 0..cursor.varint()? {
            last = last.checked_add(cursor.varint()?)?;
            let list =
                ListShard { first_guide: last, guides: cursor.varint()?, hash: cursor.u32()? };
            list.first_guide.checked_add(list.guides)?;
            table.lists.push(list);
        }
        Some(table)
    }

    /// The slots that hold passages, as rising ranges.
    pub(crate) fn taken(&self) -> Vec<(u32, u32)> {
        let mut taken = Vec::new();
        let mut holes = self.holes.iter().peekable();
        for guide in &self.guides {
            let (mut first, end) = (guide.first, guide.first + guide.slots);
            while let Some((hole, behind)) = holes.next_if(|(hole, _)| *hole < end) {
                taken.push((first, *hole));
                first = *behind;
            }
            taken.push((first, end));
        }
        taken
    }

    /// Whether the table names this shard of lists.
    pub(crate) fn names_lists(&self, hash: u32) -> bool {
        self.lists.iter().any(|list| list.hash == hash)
    }

    /// The guides that the query's filters and scope let through, by number.
    pub(crate) fn passing(&self, wanted: &Wanted) -> Vec<bool> {
        let passes =
            |guide: &Guide| (guide.is_newest || wanted.every_version) && wanted.lets_all(guide);
        self.guides.iter().map(passes).collect()
    }

    /// The guides of older versions that filters let through because the query names their version, which is given by ranges of guides.
    pub(crate) fn older(&self, wanted: &Wanted, ranges: &[(u32, u32)]) -> Vec<bool> {
        let passes = |(number, guide): (u32, &Guide)| {
            !(guide.is_newest || wanted.every_version)
                && lists::holds(ranges, number)
                && wanted.lets_all(guide)
        };
        (0..).zip(&self.guides).map(passes).collect()
    }

    /// The shards of lists that these guides need, each with the number of its first guide.
    pub(crate) fn lists_of(&self, passing: &[bool]) -> Vec<(u32, u32)> {
        let needed = self.lists.iter().filter(|list| {
            let guides =
                passing.get(list.first_guide as usize..(list.first_guide + list.guides) as usize);
            guides.is_some_and(|guides| guides.contains(&true))
        });
        needed.map(|list| (list.hash, list.first_guide)).collect()
    }

    /// The passages that these guides are the first to show, as rising ranges: first, and one past the last.
    pub(crate) fn ranges(&self, passing: &[bool]) -> Vec<(u32, u32)> {
        let passing = self.guides.iter().zip(passing).filter(|(_, passes)| **passes);
        passing.map(|(guide, _)| (guide.first, guide.first + guide.slots)).collect()
    }

    /// Matches by level, each level heeding the filters of the others; within a level the greatest count first. `shared` counts
    /// the matches that a guide shows besides its own. Guides of the versions that the query names count too.
    pub(crate) fn facets(
        &self,
        wanted: &Wanted,
        named: &[(u32, u32)],
        count_in: impl Fn(u32, u32) -> u32,
        shared: impl Fn(u32) -> u32,
    ) -> Vec<Facet> {
        let mut by_level = Level::ALL.map(|_| vec![None; self.names.len()]);
        let numbered = (0..).zip(&self.guides);
        let counts = |number, guide: &Guide| {
            guide.is_newest || wanted.every_version || lists::holds(named, number)
        };
        for (number, guide) in numbered.filter(|(number, guide)| counts(*number, guide)) {
            let own = count_in(guide.first, guide.first + guide.slots);
            let shown = own + shared(number);
            // A passage that several versions show counts for each of them, and once for whatever else it belongs to.
            let is_once = |level| level != Level::Version && wanted.is_of_many_versions();
            let count_at = |level| if is_once(level) { own } else { shown };
            for level in Level::ALL {
                let mut others = Level::ALL.into_iter().filter(|other| *other != level);
                if let Some(number) = guide.names[level as usize]
                    && others.all(|other| wanted.lets(guide, other))
                {
                    *by_level[level as usize][number as usize].get_or_insert(0) += count_at(level);
                }
            }
        }
        let mut facets = Vec::new();
        for (level, counts) in Level::ALL.into_iter().zip(by_level) {
            facets.append(&mut self.most_frequent(level, &counts, wanted));
        }
        facets
    }

    /// Insertion into a short list: a library sort would weigh more than all of this file.
    fn most_frequent(&self, level: Level, counts: &[Option<u32>], wanted: &Wanted) -> Vec<Facet> {
        let mut facets: Vec<Facet> = Vec::new();
        // A name that is filtered by is told even where nothing is left.
        let is_set = |at: usize| wanted.levels[level as usize].as_ref().is_some_and(|set| set[at]);
        for (at, name) in self.names.iter().enumerate() {
            let Some(count) = counts[at].filter(|count| *count > 0 || is_set(at)) else { continue };
            let same_key = facets.iter().position(|facet| facet.key == name.key);
            let count = count + same_key.map_or(0, |at| facets.remove(at).count);
            let at = facets
                .iter()
                .rposition(|facet| facet.count >= count)
                .map_or(0, |before| before + 1);
            facets
                .insert(at, Facet { level, key: name.key.clone(), name: name.name.clone(), count });
            facets.truncate(FACETS_MAX);
        }
        facets
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbering::GUIDE_SLOTS;
    use crate::query::Query;
    use alloc::format;

    fn name(key: &str, alias: &str) -> Name {
        Name { key: key.into(), name: format!("The {key}"), aliases: vec![alias.into()] }
    }

    fn sample() -> GuideTable {
        let mut table = GuideTableWriter::default();
        let guides = [("a", "1", "x"), ("a", "2", "x"), ("b", "2", "y")];
        for (idx, (product, version, guide)) in guides.into_iter().enumerate() {
            let vendor = (idx == 2).then(|| name("v", "w"));
            let entry = GuideEntry {
                vendor,
                product: Some(name(product, if product == "a" { "Ä" } else { "beta" })),
                version: Some(name(version, "ver")),
                guide: name(guide, "g"),
                is_newest: idx > 0,
            };
            table.start(&entry, idx as u32 * GUIDE_SLOTS);
            table.reach(idx as u32 + 1);
        }
        table.add_lists(1, 1, 0xdead_beef);
        assert_eq!(table.newest(), [(56, 115)]);
        table.table
    }

    #[test]
    fn round_trips_and_refuses_cuts() {
        let bytes = sample().encode();
        assert_eq!(GuideTable::decode(&bytes), Ok(sample()));
        for cut in 0..bytes.len() {
            assert_eq!(GuideTable::decode(&bytes[..cut]), Err(Error::Corrupt(Part::Guides)));
            let mut flipped = bytes.clone();
            flipped[cut] ^= 0x81;
            let _ = GuideTable::decode(&flipped)
                .map(|table| table.facets(&Wanted::default(), &[], |_, _| 1, |_| 0));
        }
    }

    fn check(query: &Query, expected: &[(u32, u32)]) {
        let (table, query) = (sample(), Query { every_version: true, ..query.clone() });
        assert_eq!(table.ranges(&table.passing(&table.wanted(&query, &[]))), expected, "{query:?}");
    }

    #[test]
    fn filters_are_ranges() {
        let some = |text: &str| Some(String::from(text));
        check(&Query::default(), &[(0, 1), (56, 58), (112, 115)]);
        check(&Query { vendor: some("V"), ..Query::default() }, &[(112, 115)]);
        check(&Query { product: some("the A"), ..Query::default() }, &[(0, 1), (56, 58)]);
        check(&Query { product: some("a"), version: some("2"), ..Query::default() }, &[(56, 58)]);
        check(&Query { product: some("ä"), ..Query::default() }, &[(0, 1), (56, 58)]);
        check(&Query { product: some("Beta"), ..Query::default() }, &[(112, 115)]);
        check(&Query { guide: some("a"), ..Query::default() }, &[]);
    }

    #[test]
    fn the_newest_are_the_scope_unless_a_version_is_named() {
        let table = sample();
        let passing = |query: &Query| table.passing(&table.wanted(query, &[]));
        assert_eq!(passing(&Query::default()), [false, true, true]);
        assert_eq!(
            passing(&Query { version: Some("1".into()), ..Query::default() }),
            [true, false, false]
        );
        assert_eq!(table.lists_of(&[true, false, true]), []);
        assert_eq!(table.lists_of(&[false, true, true]), [(0xdead_beef, 1)]);
    }

    #[test]
    fn facets_heed_the_other_filters() {
        let query = Query { product: Some("a".into()), every_version: true, ..Query::default() };
        let table = sample();
        let told = |count_in: fn(u32, u32) -> u32| -> Vec<String> {
            let facets = table.facets(&table.wanted(&query, &[]), &[], count_in, |_| 0);
            let tell =
                |facet: &Facet| format!("{} {} {}", facet.level.name(), facet.key, facet.count);
            facets.iter().map(tell).collect()
        };
        assert_eq!(
            told(|from, to| to - from),
            ["product a 3", "product b 3", "version 2 2", "version 1 1", "guide x 3"]
        );
        assert_eq!(told(|_, _| 0), ["product a 0"], "what is filtered by is told all the same");
    }
}
