//! What the library holds, by name: vendors, products, versions, guides, sources.
//!
//! In: the site's manifest. Out: what a name means, what stands beside it, and what was probably meant by a name that means
//! nothing. Knows no passages.

use std::{borrow::Cow, cmp::Ordering, collections::HashMap, path::Path};

use anyhow::{Result, anyhow};
use search::Query;

use super::unknown::Unknown;
use crate::{
    clean::visible,
    library::{compare_versions, without_version},
    manifest::{Guide, Manifest, Name, Source},
};

/// How many paths are offered for one that is not known.
const OFFERED_MAX: usize = 5;
/// Paths are long, and long texts are soon a little alike.
const SIMILAR_MIN: f64 = 0.85;

/// The site's manifest, ready to be asked.
pub(crate) struct Catalogue {
    pub(crate) manifest: Manifest,
    /// Guide and place in it of every source.
    by_path: HashMap<String, (usize, usize)>,
    /// The same of sources whose paths hold invisible signs, by what is seen of them.
    shown: HashMap<String, (usize, usize)>,
    /// Sources that are the same but for their version, newest version first.
    twins: HashMap<String, Vec<(usize, usize)>>,
}

/// Names that narrow a question down, as somebody gave them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) vendor: Option<String>,
    pub(crate) product: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) guide: Option<String>,
}

impl Filter {
    /// The same filter in words that the engine of the site in `folder` takes; an error if one of its names means nothing there.
    pub(crate) fn settled_for(self, folder: &Path) -> Result<Filter> {
        if matches!(self, Filter { vendor: None, product: None, version: None, guide: None }) {
            return Ok(self);
        }
        let catalogue = Catalogue::new(Manifest::read(folder)?);
        let filter = catalogue.parted(self);
        let guides = catalogue.narrow(&filter).map_err(|unknown| anyhow!("there is {unknown}"))?;
        Ok(filter.settled(&guides))
    }

    /// The same filter in words that the engine takes: it knows names and aliases, but no version without its letter, no series, and
    /// no name without its invisible signs.
    pub(crate) fn settled(&self, guides: &[&Guide]) -> Filter {
        let version = self.version.as_ref().map(|asked| {
            let names = guides.iter().filter_map(|guide| guide.version.as_ref());
            names.map(|name| name.key.clone()).next().unwrap_or_else(|| asked.clone())
        });
        Filter {
            vendor: whole(self.vendor.as_ref(), guides, |guide| guide.vendor.as_ref()),
            product: whole(self.product.as_ref(), guides, |guide| Some(&guide.product)),
            guide: whole(self.guide.as_ref(), guides, |guide| Some(&guide.guide)),
            version,
        }
    }

    /// A query for what this lets through.
    pub(crate) fn query(self, text: String) -> Query {
        let Filter { vendor, product, version, guide } = self;
        Query { text, vendor, product, version, guide, ..Query::default() }
    }

    /// The versions that a series was taken for, each with its product, by these guides; none where a version was named.
    pub(crate) fn taken<'a>(&self, guides: &[&'a Guide]) -> Vec<(&'a Name, &'a Name)> {
        let Some(asked) = &self.version else { return Vec::new() };
        let named =
            guides.iter().filter_map(|guide| Some((&guide.product, guide.version.as_ref()?)));
        let mut taken: Vec<(&Name, &Name)> = named.filter(|(_, name)| !name.is(asked)).collect();
        taken.dedup();
        taken
    }
}

/// The name that was given, with the invisible signs that it was shown without.
fn whole(asked: Option<&String>, guides: &[&Guide], name_of: Level) -> Option<String> {
    let asked = asked?;
    let mut names = guides.iter().filter_map(|guide| name_of(guide));
    let hidden = names.find(|name| name.key != *asked && visible(&name.key) == *asked);
    Some(hidden.map_or(asked, |name| &name.key).clone())
}

/// A product with its guides.
pub(crate) struct Product<'a> {
    pub(crate) vendor: Option<&'a Name>,
    pub(crate) name: &'a Name,
    /// Newest first.
    pub(crate) versions: Vec<Version<'a>>,
    /// Guides of all versions.
    pub(crate) guides: Vec<&'a Guide>,
}

/// A version of a product; its name is absent for guides without one.
pub(crate) struct Version<'a> {
    pub(crate) name: Option<&'a Name>,
    pub(crate) is_newest: bool,
    pub(crate) guides: Vec<&'a Guide>,
}

impl Catalogue {
    pub(super) fn new(manifest: Manifest) -> Catalogue {
        let mut by_path = HashMap::new();
        let mut shown = HashMap::new();
        let mut twins: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
        for (at, guide) in manifest.guides.iter().enumerate() {
            for (nth, source) in guide.sources.iter().enumerate() {
                by_path.insert(source.path.clone(), (at, nth));
                if let Cow::Owned(seen) = visible(&source.path) {
                    shown.insert(seen, (at, nth));
                }
                if let Some(key) = twin_key(guide, source) {
                    twins.entry(key).or_default().push((at, nth));
                }
            }
        }
        Catalogue { manifest, by_path, shown, twins }
    }

    /// The source of this path, and its guide.
    pub(crate) fn source(&self, path: &str) -> Option<(&Guide, &Source)> {
        self.by_path.get(path).or_else(|| self.shown.get(path)).map(|place| self.at(*place))
    }

    /// The paths of sources that hold invisible signs.
    pub(crate) fn hidden_paths(&self) -> impl Iterator<Item = &str> {
        self.shown.values().map(|place| self.at(*place).1.path.as_str())
    }

    /// The same source in every version that has it, newest first; itself too.
    pub(crate) fn twins(&self, path: &str) -> Vec<(&Guide, &Source)> {
        let key = self.source(path).and_then(|(guide, source)| twin_key(guide, source));
        let twins = key.and_then(|key| self.twins.get(&key));
        twins.into_iter().flatten().map(|place| self.at(*place)).collect()
    }

    /// All guides of the product that a source belongs to.
    pub(crate) fn guides_beside(&self, path: &str) -> Vec<&Guide> {
        let Some((own, _)) = self.source(path) else { return Vec::new() };
        let is_beside = |guide: &&Guide| guide.vendor == own.vendor && guide.product == own.product;
        self.manifest.guides.iter().filter(is_beside).collect()
    }

    /// The names of the other versions that have this source, newest first.
    pub(crate) fn other_versions(&self, path: &str) -> Vec<String> {
        let others = self.twins(path).into_iter().filter(|(_, twin)| twin.path != path);
        others.filter_map(|(guide, _)| Some(guide.version.as_ref()?.key.clone())).collect()
    }

    /// The same filter with "vendor/product", as `mcdewey.toml` has it, taken for both.
    pub(crate) fn parted(&self, filter: Filter) -> Filter {
        let product = filter.product.as_deref().and_then(|product| product.trim().split_once('/'));
        let Some((vendor, name)) = product.filter(|_| filter.vendor.is_none()) else {
            return filter;
        };
        let is_made = |guide: &Guide| {
            guide.vendor.as_ref().is_some_and(|own| own.is(vendor)) && guide.product.is(name)
        };
        match self.manifest.guides.iter().any(is_made) {
            true => Filter { vendor: Some(vendor.into()), product: Some(name.into()), ..filter },
            false => filter,
        }
    }

    /// Who makes a product of this name.
    fn vendors_of(&self, product: &str) -> Vec<String> {
        let guides = self.manifest.guides.iter().filter(|guide| guide.product.is(product));
        let mut vendors: Vec<String> =
            guides.filter_map(|guide| Some(guide.vendor.as_ref()?.key.clone())).collect();
        vendors.dedup();
        vendors
    }

    /// The guides that a filter lets through, or the first of its names that means nothing.
    pub(crate) fn narrow(&self, filter: &Filter) -> Result<Vec<&Guide>, Unknown> {
        let mut guides: Vec<&Guide> = self.manifest.guides.iter().collect();
        let levels: [(&str, &Option<String>, Level); 4] = [
            ("vendor", &filter.vendor, |guide| guide.vendor.as_ref()),
            ("product", &filter.product, |guide| Some(&guide.product)),
            ("version", &filter.version, |guide| guide.version.as_ref()),
            ("guide", &filter.guide, |guide| Some(&guide.guide)),
        ];
        for (level, asked, name_of) in levels {
            let Some(asked) = asked else { continue };
            let means = |guide: &&Guide| name_of(guide).is_some_and(|name| name.is(asked));
            let mut kept: Vec<&Guide> = guides.iter().copied().filter(means).collect();
            if kept.is_empty() && level == "version" {
                kept = self.newest_of_series(&guides, asked);
            }
            if kept.is_empty() {
                let names = guides.iter().filter_map(|guide| name_of(guide));
                let unknown = Unknown::new(level, asked, names);
                return Err(match level {
                    "product" => unknown.made_by(self.vendors_of(asked)),
                    _ => unknown,
                });
            }
            guides = kept;
        }
        Ok(guides)
    }

    /// The guides of the newest version of each product in a series.
    fn newest_of_series<'a>(&self, guides: &[&'a Guide], asked: &str) -> Vec<&'a Guide> {
        let products = self.products(guides);
        let newest = products.iter().filter_map(|product| product.newest_of(asked));
        newest.flat_map(|version| version.guides.iter().copied()).collect()
    }

    /// The products that these guides belong to, in reading order.
    pub(crate) fn products<'a>(&self, guides: &[&'a Guide]) -> Vec<Product<'a>> {
        let mut products: Vec<Product> = Vec::new();
        for &guide in guides {
            let (vendor, name) = (guide.vendor.as_ref(), &guide.product);
            let same = |product: &Product| product.vendor == vendor && product.name == name;
            match products.last_mut().filter(|last| same(last)) {
                Some(product) => product.add(guide),
                None => products.push(Product::of(guide)),
            }
        }
        products
    }

    /// Paths of sources that are like a path that is none.
    pub(crate) fn similar_sources(&self, path: &str) -> Vec<String> {
        let asked = path.to_lowercase();
        let name = asked.rsplit('/').next().unwrap_or_default();
        let degree = |known: &str| match known.contains(name) && name.len() > 2 {
            true => 0.9 + 0.1 * strsim::jaro_winkler(known, &asked),
            false => strsim::jaro_winkler(known, &asked),
        };
        let sources = self.manifest.guides.iter().flat_map(|guide| &guide.sources);
        let mut near: Vec<(f64, &str)> = sources
            .map(|source| (degree(&source.path.to_lowercase()), source.path.as_str()))
            .filter(|(degree, _)| *degree >= SIMILAR_MIN)
            .collect();
        near.sort_by(|one, other| other.0.total_cmp(&one.0));
        near.into_iter().take(OFFERED_MAX).map(|(_, path)| path.to_string()).collect()
    }

    fn at(&self, (guide, nth): (usize, usize)) -> (&Guide, &Source) {
        let guide = &self.manifest.guides[guide];
        (guide, &guide.sources[nth])
    }
}

type Level = fn(&Guide) -> Option<&Name>;

impl<'a> Product<'a> {
    fn of(guide: &'a Guide) -> Product<'a> {
        let mut product = Product {
            vendor: guide.vendor.as_ref(),
            name: &guide.product,
            versions: Vec::new(),
            guides: Vec::new(),
        };
        product.add(guide);
        product
    }

    fn add(&mut self, guide: &'a Guide) {
        self.guides.push(guide);
        let name = guide.version.as_ref();
        match self.versions.last_mut().filter(|last| last.name == name) {
            Some(version) => version.guides.push(guide),
            None => self.versions.push(Version {
                name,
                is_newest: guide.newest && name.is_some(),
                guides: vec![guide],
            }),
        }
    }

    /// The newest version of a series: it comes before the others.
    pub(crate) fn newest_of(&self, series: &str) -> Option<&Version<'a>> {
        self.versions.iter().find(|version| version.name.is_some_and(|name| name.is_of(series)))
    }

    /// The version of this name, else the newest one of its series, else the newest one before it, else the oldest after it.
    pub(crate) fn nearest(&self, asked: &str) -> Option<&Version<'a>> {
        let named = || self.versions.iter().filter_map(|version| Some((version.name?, version)));
        let exact = named().find(|(name, _)| name.is(asked)).map(|(_, version)| version);
        if let Some(found) = exact.or_else(|| self.newest_of(asked)) {
            return Some(found);
        }
        let order = |name: &Name| compare_versions(&name.key, asked);
        let before = named().filter(|(name, _)| order(name) == Ordering::Less);
        let after = named().filter(|(name, _)| order(name) == Ordering::Greater);
        before
            .max_by(|(one, _), (other, _)| compare_versions(&one.key, &other.key))
            .or_else(|| after.min_by(|(one, _), (other, _)| compare_versions(&one.key, &other.key)))
            .map(|(_, version)| version)
    }

    pub(crate) fn newest(&self) -> Option<&Version<'a>> {
        self.versions.iter().find(|version| version.is_newest)
    }
}

impl Name {
    /// Whether somebody means this name: its key, its name, an alias, in any case; a version also without its "v".
    pub(crate) fn is(&self, asked: &str) -> bool {
        let asked = folded(asked);
        let mut known = [&self.key, &self.name].into_iter().chain(&self.aliases);
        known.any(|known| folded(known) == asked)
    }

    /// Whether a version belongs to a series: 1.8.3 to "1.8", "1.8.x" and "1.8.*".
    pub(crate) fn is_of(&self, series: &str) -> bool {
        let mut known = [&self.key, &self.name].into_iter().chain(&self.aliases);
        known.any(|known| search::is_of_series(known, series))
    }
}

pub(super) fn folded(text: &str) -> String {
    let lower = visible(text.trim()).to_lowercase();
    let numbered =
        lower.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    numbered.unwrap_or(&lower).to_string()
}

/// What a source has in common with its twins.
fn twin_key(guide: &Guide, source: &Source) -> Option<String> {
    Some(without_version(&source.path, &guide.version.as_ref()?.key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(key: &str) -> Name {
        Name { key: key.to_string(), name: key.to_uppercase(), aliases: Vec::new() }
    }

    fn catalogue(guides: &[(&str, &str, bool)]) -> Catalogue {
        let guide = |(product, version, newest): &(&str, &str, bool)| Guide {
            vendor: None,
            product: name(product),
            version: Some(name(version)),
            guide: name("guide"),
            newest: *newest,
            url: String::new(),
            sources: vec![Source {
                path: format!("{product}/{version}/guide/a.md"),
                title: String::new(),
                url: String::new(),
                pages: 0,
                passages: 1,
            }],
        };
        let guides = guides.iter().map(guide).collect();
        Catalogue::new(Manifest { guides, ..Manifest::default() })
    }

    fn sample() -> Catalogue {
        catalogue(&[
            ("finesse", "v12.5", true),
            ("finesse", "v12.0", false),
            ("finesse", "v11.6", false),
            ("gridd", "v3.0", true),
        ])
    }

    fn check_unknown(product: &str, version: Option<&str>, expected: &str) {
        let filter = Filter {
            product: Some(product.to_string()),
            version: version.map(str::to_string),
            ..Filter::default()
        };
        assert_eq!(sample().narrow(&filter).err().unwrap().to_string(), expected);
    }

    #[test]
    fn a_vendor_before_the_product_is_taken() {
        let mut catalogue = sample();
        catalogue.manifest.guides[0].vendor = Some(name("cisco"));
        let parted = |product: &str| {
            let filter = Filter { product: Some(product.to_string()), ..Filter::default() };
            let Filter { vendor, product, .. } = catalogue.parted(filter);
            (vendor.unwrap_or_default(), product.unwrap_or_default())
        };
        assert_eq!(parted("Cisco/finesse"), ("Cisco".to_string(), "finesse".to_string()));
        assert_eq!(parted("cisco/gridd"), (String::new(), "cisco/gridd".to_string()));
        assert_eq!(parted("CI/CD"), (String::new(), "CI/CD".to_string()));
    }

    #[test]
    fn an_unknown_name_is_told_with_what_was_meant() {
        check_unknown("finese", None, "no product 'finese'; did you mean 'finesse'?");
        check_unknown("zzz", None, "no product 'zzz'; there is 'finesse', 'gridd'");
        check_unknown("gridd", Some("12.5"), "no version '12.5'; there is 'v3.0'");
    }

    #[test]
    fn names_are_meant_in_any_case_and_versions_without_their_letter() {
        let filter = Filter {
            product: Some(" FINESSE ".to_string()),
            version: Some("12.5".to_string()),
            ..Filter::default()
        };
        assert_eq!(sample().narrow(&filter).unwrap().len(), 1);
        assert!(name("v12.0").is("12.0") && name("12.0").is("V12.0") && name("12").is("12"));
        assert!(!name("12.5").is("12") && !name("12.0").is("12") && !name("v").is(""));
    }

    fn check_series(version: &str, expected: &[&str]) {
        let filter = Filter { version: Some(version.to_string()), ..Filter::default() };
        let sample = sample();
        let guides = sample.narrow(&filter).unwrap_or_default();
        let urls: Vec<&str> = guides.iter().map(|guide| guide.sources[0].path.as_str()).collect();
        assert_eq!(urls, expected, "{version}");
        assert_eq!(filter.taken(&guides).len(), expected.len(), "what it was taken for is told");
    }

    #[test]
    fn a_series_means_its_newest_version_of_each_product() {
        check_series("12", &["finesse/v12.5/guide/a.md"]);
        check_series("11.x", &["finesse/v11.6/guide/a.md"]);
        check_series("V3.*", &["gridd/v3.0/guide/a.md"]);
        check_series("1", &[]);
    }

    fn check_nearest(asked: &str, expected: &str) {
        let catalogue = sample();
        let guides: Vec<&Guide> = catalogue.manifest.guides.iter().collect();
        let products = catalogue.products(&guides);
        let nearest = products[0].nearest(asked).and_then(|version| version.name);
        assert_eq!(nearest.unwrap().key, expected, "{asked}");
    }

    #[test]
    fn the_nearest_version_is_the_one_before() {
        check_nearest("12.0", "v12.0");
        check_nearest("12", "v12.5");
        check_nearest("11.x", "v11.6");
        check_nearest("v12.3", "v12.0");
        check_nearest("13", "v12.5");
        check_nearest("10.0", "v11.6");
    }

    #[test]
    fn twins_are_the_same_source_in_other_versions() {
        let catalogue = sample();
        assert_eq!(catalogue.other_versions("finesse/v12.0/guide/a.md"), ["v12.5", "v11.6"]);
        assert!(catalogue.other_versions("gridd/v3.0/guide/a.md").is_empty());
        assert!(catalogue.other_versions("../../etc/passwd").is_empty());
    }
}
