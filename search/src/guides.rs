//! Which passages belong to a vendor, product, version or guide? The table of guides, for filters and facets.
//!
//! ```text
//! table = names(varint) { key(counted) name(counted) aliases(varint) { alias(counted) } }
//!         guides(varint) { vendor(varint) product(varint) version(varint) guide(varint)    0: none, else the name's number from 1
//!                          gap(varint) passages(varint) }                                  gap: slots / 64 since the last guide's first
//! ```

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::answer::{Facet, Level};
use crate::bytes::{Cursor, put_counted, put_varint};
use crate::error::{Error, Part};
use crate::fold::{Class, fold};
use crate::hash::Table;
use crate::query::Query;

/// Each guide begins at the next multiple of this, so that an edit does not renumber its neighbours.
pub(crate) const GUIDE_SLOTS: u32 = 64;

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
        let mut known = [&self.key, &self.name].into_iter().chain(&self.aliases);
        known.any(|known| folded(known).eq(folded(filter)))
    }
}

/// Text without case, accents and width.
fn folded(text: &str) -> impl Iterator<Item = char> {
    let kept = text.trim().chars().map(fold).filter(|folded| folded.class != Class::Mark);
    kept.flat_map(|folded| [Some(folded.first), folded.second]).flatten()
}

/// One guide and where it belongs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuideEntry {
    /// Who makes the product, if known.
    pub vendor: Option<Name>,
    /// The product, if there is one.
    pub product: Option<Name>,
    /// The version, if there are versions.
    pub version: Option<Name>,
    /// The guide itself.
    pub guide: Name,
}

impl GuideEntry {
    fn levels(&self) -> [Option<&Name>; 4] {
        [self.vendor.as_ref(), self.product.as_ref(), self.version.as_ref(), Some(&self.guide)]
    }
}

/// A guide's passages and the numbers of its names, by level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Guide {
    names: [Option<u32>; 4],
    first: u32,
    documents: u32,
}

/// A table in the making.
#[derive(Default)]
pub(crate) struct GuideTableWriter {
    table: GuideTable,
    numbers: Table<Name, u32>,
}

impl GuideTableWriter {
    /// Adds the next guide; its passages begin at `first`, a multiple of [`GUIDE_SLOTS`].
    pub(crate) fn start(&mut self, entry: &GuideEntry, first: u32) {
        let names = entry.levels().map(|name| name.map(|name| self.number_of(name)));
        self.table.guides.push(Guide { names, first, documents: 0 });
    }

    fn number_of(&mut self, name: &Name) -> u32 {
        let names = &mut self.table.names;
        *self.numbers.entry(name.clone()).or_insert_with(|| {
            names.push(name.clone());
            names.len() as u32 - 1
        })
    }

    /// One more passage in the last guide.
    pub(crate) fn add_document(&mut self) {
        if let Some(guide) = self.table.guides.last_mut() {
            guide.documents += 1;
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        self.table.encode()
    }
}

/// All guides, in order of their passages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct GuideTable {
    names: Vec<Name>,
    guides: Vec<Guide>,
}

impl GuideTable {
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
        let mut last = 0;
        for guide in &self.guides {
            guide
                .names
                .iter()
                .for_each(|name| put_varint(&mut out, name.map_or(0, |name| name + 1)));
            put_varint(&mut out, (guide.first - last) / GUIDE_SLOTS);
            put_varint(&mut out, guide.documents);
            last = guide.first;
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
        let mut first = 0u32;
        for _ in 0..cursor.varint()? {
            let mut names = [None; 4];
            for name in &mut names {
                *name = cursor.varint()?.checked_sub(1);
                table.names.get(name.unwrap_or(0) as usize)?;
            }
            first = first.checked_add(cursor.varint()?.checked_mul(GUIDE_SLOTS)?)?;
            let documents = cursor.varint()?;
            first.checked_add(documents)?;
            table.guides.push(Guide { names, first, documents });
        }
        Some(table)
    }

    /// The passages that the query's filters let through, as rising ranges: first, and one past the last.
    pub(crate) fn ranges(&self, query: &Query) -> Vec<(u32, u32)> {
        let wanted = self.wanted(query);
        let passing = self
            .guides
            .iter()
            .filter(|guide| Level::ALL.into_iter().all(|level| wanted.lets(guide, level)));
        passing.map(|guide| (guide.first, guide.first + guide.documents)).collect()
    }

    /// Matches by level, each level heeding the filters of the others; within a level the greatest count first.
    pub(crate) fn facets(&self, query: &Query, count_in: impl Fn(u32, u32) -> u32) -> Vec<Facet> {
        let wanted = self.wanted(query);
        let mut by_level = Level::ALL.map(|_| vec![0; self.names.len()]);
        for guide in &self.guides {
            let count = count_in(guide.first, guide.first + guide.documents);
            for level in Level::ALL {
                let mut others = Level::ALL.into_iter().filter(|other| *other != level);
                if let Some(number) = guide.names[level as usize]
                    && others.all(|other| wanted.lets(guide, other))
                {
                    by_level[level as usize][number as usize] += count;
                }
            }
        }
        Level::ALL
            .into_iter()
            .zip(by_level)
            .flat_map(|(level, counts)| self.most_frequent(level, &counts))
            .collect()
    }

    /// Insertion into a short list: a library sort would weigh more than all of this file.
    fn most_frequent(&self, level: Level, counts: &[u32]) -> Vec<Facet> {
        let mut facets: Vec<Facet> = Vec::new();
        for (name, count) in self.names.iter().zip(counts).filter(|(_, count)| **count > 0) {
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

    fn wanted(&self, query: &Query) -> Wanted {
        let filters = [&query.vendor, &query.product, &query.version, &query.guide];
        Wanted(filters.map(|filter| {
            filter
                .as_ref()
                .map(|filter| self.names.iter().map(|name| name.answers_to(filter)).collect())
        }))
    }
}

/// Which names each level's filter means; a level without a filter has none.
struct Wanted([Option<Vec<bool>>; 4]);

impl Wanted {
    fn lets(&self, guide: &Guide, level: Level) -> bool {
        match (&self.0[level as usize], guide.names[level as usize]) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(wanted), Some(number)) => wanted[number as usize],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
            };
            table.start(&entry, idx as u32 * 64);
            (0..=idx).for_each(|_| table.add_document());
        }
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
            let _ =
                GuideTable::decode(&flipped).map(|table| table.facets(&Query::default(), |_, _| 1));
        }
    }

    fn check(query: &Query, expected: &[(u32, u32)]) {
        assert_eq!(sample().ranges(query), expected, "{query:?}");
    }

    #[test]
    fn filters_are_ranges() {
        let some = |text: &str| Some(String::from(text));
        check(&Query::default(), &[(0, 1), (64, 66), (128, 131)]);
        check(&Query { vendor: some("V"), ..Query::default() }, &[(128, 131)]);
        check(&Query { product: some("the A"), ..Query::default() }, &[(0, 1), (64, 66)]);
        check(&Query { product: some("a"), version: some("2"), ..Query::default() }, &[(64, 66)]);
        check(&Query { product: some("ä"), ..Query::default() }, &[(0, 1), (64, 66)]);
        check(&Query { product: some("Beta"), ..Query::default() }, &[(128, 131)]);
        check(&Query { guide: some("a"), ..Query::default() }, &[]);
    }

    #[test]
    fn facets_heed_the_other_filters() {
        let query = Query { product: Some("a".into()), ..Query::default() };
        let facets = sample().facets(&query, |from, to| to - from);
        let found: Vec<_> = facets
            .iter()
            .map(|facet| format!("{} {} {}", facet.level.name(), facet.key, facet.count))
            .collect();
        assert_eq!(
            found,
            ["product a 3", "product b 3", "version 2 2", "version 1 1", "guide x 3"]
        );
    }
}
