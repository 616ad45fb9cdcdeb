//! `list_library` and `find_version`: what there is, and which version is meant.
//!
//! In: names. Out: products with their versions, guides and counts. Knows no passages and no transport.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    budget::{Budget, cost},
    cursor::Place,
    desk::{Refusal, Room, shortened},
};
use super::{
    is_nothing,
    lenient::{self, Meant, Text},
    narrowed::{Given, guides, narrowed},
};
use crate::{
    manifest::{Guide, Name},
    shelf::{Filter, Product, Version},
};

pub(super) const LIBRARY: &str = "List what the library holds: vendors, products, their versions (newest first) with counts of guides and passages. With a product, also its guides, in which versions each stands, and the sources that read_guide reads; with a guide, all of its sources. Long lists come in parts, and where there are many guides, each is told in brief. Use the names it gives as filters of search.";
pub(super) const VERSION: &str = "Find the version of a product that a question is about: the one of that name, else the newest of its series (\"1.8\" means 1.8.3), else the nearest one before it, or the newest where no version is asked for. Returns all versions too, newest first.";

/// Of a guide's sources so many are named, unless the guide was asked for.
const SOURCES_SHOWN: usize = 20;
/// Where there are more guides, each is told in brief.
const GUIDES_WHOLE: usize = 40;
/// About how many tokens a list takes: it is looked through, not read.
const LIST_TOKENS: usize = 4_000;

#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LibraryArguments {
    /// Only this vendor.
    vendor: Option<Text>,
    /// Only this product, with its guides.
    product: Option<Text>,
    /// Only what stands in this version; "latest" means the newest of each product.
    version: Option<lenient::Version>,
    /// Only this guide, with all of its sources.
    guide: Option<Text>,
    /// `next_cursor` of the same call, for what stands behind it.
    cursor: Option<Text>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct LibraryAnswer {
    /// What the library is called.
    library: String,
    products: Vec<ListedProduct>,
    /// Only with a product or a guide: the guides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    guides: Vec<ListedGuide>,
    /// Give it as `cursor` for the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ListedProduct {
    /// The vendor as filters take it.
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<String>,
    /// The product as filters take it.
    product: String,
    /// The product as people call it.
    name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<String>,
    /// Newest first; a product without versions has none.
    versions: Vec<ListedVersion>,
    guides: usize,
    passages: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ListedVersion {
    version: String,
    newest: bool,
    guides: usize,
    /// Where its sources have pages.
    #[serde(skip_serializing_if = "is_nothing")]
    #[schemars(with = "Option<usize>")]
    pages: usize,
    passages: usize,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ListedGuide {
    /// The guide as filters take it.
    guide: String,
    title: String,
    /// The versions in which it stands, newest first; three and more in a row are told by their ends, "12.5 … 11.0". Absent
    /// where it stands in all of its product, or has none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Option<Vec<String>>")]
    versions: Vec<String>,
    /// Where its sources have pages.
    #[serde(skip_serializing_if = "is_nothing")]
    #[schemars(with = "Option<usize>")]
    pages: usize,
    passages: usize,
    /// Paths of its sources in the newest of these versions; the first of them, if there are many and no guide was asked for, or none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Option<Vec<String>>")]
    sources: Vec<String>,
    /// How many sources there are, where not all are named.
    #[serde(skip_serializing_if = "Option::is_none")]
    sources_total: Option<usize>,
    /// Its page; absent where there are many guides.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schemars(with = "Option<String>")]
    url: String,
}

pub(super) fn library(room: &Room, arguments: &LibraryArguments) -> Result<LibraryAnswer, Refusal> {
    let catalogue = &room.edition.catalogue;
    let LibraryArguments { vendor, product, version, guide, .. } = arguments;
    let (filter, meant) = narrowed(room, &Given { vendor, product, version, guide });
    let asked = format!("list_library {filter:?} {meant:?}");
    let start = room.place(arguments.cursor.as_deref(), &asked)?.item;
    let mut standing = guides(room, &filter)?;
    standing.retain(|guide| guide.newest || meant != Some(Meant::Newest));
    let products = catalogue.products(&standing);
    let mut budget = Budget::new(room.settings.tokens_max.min(LIST_TOKENS));
    let mut answer = LibraryAnswer {
        library: catalogue.manifest.title.clone(),
        products: Vec::new(),
        guides: Vec::new(),
        next_cursor: None,
        notice: None,
    };
    let guides = match (&filter.product, &filter.guide) {
        (None, None) => Vec::new(),
        (Some(_), None) => beginnings(merged(room, &products)),
        (_, Some(_)) => merged(room, &products).iter().flat_map(parts).collect(),
    };
    let is_brief = filter.guide.is_none() && guides.len() > GUIDES_WHOLE;
    let count = products.len() + guides.len();
    let items = products.iter().map(|product| Item::Product(listed(product)));
    let items = items.chain(guides.into_iter().map(Item::Guide));
    for (at, item) in items.enumerate().skip(start) {
        if !budget.take(item.cost()) {
            answer.next_cursor = Some(Place::item(at).cursor(&asked));
            let given = format!("{} to {at} of {count} entries; next_cursor leads on.", start + 1);
            answer.notice = Some(format!("{given} {}", narrower(&filter, &products, is_brief)));
            break;
        }
        match item {
            Item::Product(product) => answer.products.push(product),
            Item::Guide(guide) => add(guide, &mut answer.guides),
        }
    }
    for guide in &mut answer.guides {
        guide.sources_total = guide.sources_total.filter(|total| *total > guide.sources.len());
    }
    Ok(answer)
}

/// How a long list becomes a short one.
fn narrower(filter: &Filter, products: &[Product], is_brief: bool) -> String {
    let has_versions = products.iter().any(|product| product.versions.len() > 1);
    let names = [
        ("product", filter.product.is_none()),
        ("version", filter.version.is_none() && has_versions),
        ("guide", filter.guide.is_none() && filter.product.is_some()),
    ];
    let names = names.iter().filter(|(_, is_free)| *is_free).map(|(name, _)| *name);
    let names = names.collect::<Vec<_>>().join(" or ");
    let told = [
        (!names.is_empty()).then(|| format!("A {names} narrows the list.")),
        is_brief.then(|| "With a guide all of its sources are named.".to_string()),
        Some("search finds passages by words in all of it.".to_string()),
    ];
    told.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Guides with the first of their sources; in brief where there are many: of a guide with one source its path is all one needs.
fn beginnings(mut guides: Vec<ListedGuide>) -> Vec<ListedGuide> {
    let is_brief = guides.len() > GUIDES_WHOLE;
    for guide in &mut guides {
        guide.sources.truncate(SOURCES_SHOWN);
        if is_brief {
            guide.url.clear();
            guide.sources.truncate(usize::from(guide.sources.len() == 1));
        }
    }
    guides
}

/// A guide once for some of its sources each, so that an answer may end between them.
fn parts(guide: &ListedGuide) -> impl Iterator<Item = ListedGuide> {
    let sources = guide.sources.chunks(SOURCES_SHOWN);
    sources.map(|some| ListedGuide { sources: some.to_vec(), ..guide.clone() })
}

fn add(guide: ListedGuide, guides: &mut Vec<ListedGuide>) {
    match guides.last_mut().filter(|last| !guide.url.is_empty() && last.url == guide.url) {
        Some(last) => last.sources.extend(guide.sources),
        None => guides.push(guide),
    }
}

enum Item {
    Product(ListedProduct),
    Guide(ListedGuide),
}

impl Item {
    fn cost(&self) -> usize {
        match self {
            Item::Product(product) => cost(product),
            Item::Guide(guide) => cost(guide),
        }
    }
}

fn listed(product: &Product) -> ListedProduct {
    ListedProduct {
        vendor: product.vendor.map(|vendor| vendor.key.clone()),
        product: product.name.key.clone(),
        name: product.name.name.clone(),
        aliases: product.name.aliases.clone(),
        versions: product.versions.iter().filter_map(listed_version).collect(),
        guides: product.guides.len(),
        passages: passages(&product.guides),
    }
}

fn listed_version(version: &Version) -> Option<ListedVersion> {
    Some(ListedVersion {
        version: version.name?.key.clone(),
        newest: version.is_newest,
        guides: version.guides.len(),
        pages: pages(&version.guides),
        passages: passages(&version.guides),
    })
}

/// The guides of products, each once, with the versions in which it stands. Guides come newest version first.
fn merged(room: &Room, products: &[Product]) -> Vec<ListedGuide> {
    let mut merged: Vec<ListedGuide> = Vec::new();
    for product in products {
        let first = merged.len();
        for guide in &product.guides {
            let version = guide.version.as_ref().map(|version| version.key.clone());
            match merged[first..].iter_mut().find(|known| known.guide == guide.guide.key) {
                Some(known) => known.versions.extend(version),
                None => merged.push(listed_guide(room, guide, version)),
            }
        }
        let all = product.versions.iter().filter_map(|version| Some(version.name?.key.as_str()));
        let all: Vec<&str> = all.collect();
        merged[first..].iter_mut().for_each(|guide| guide.versions = runs(&all, &guide.versions));
    }
    merged
}

/// Some of all versions, in the same order: none where they are all; of three and more in a row, the ends.
fn runs(all: &[&str], some: &[String]) -> Vec<String> {
    if some.len() == all.len() {
        return Vec::new();
    }
    let is_in = |version: &str| some.iter().any(|known| known == version);
    let runs = all.chunk_by(|one, other| is_in(one) == is_in(other)).filter(|run| is_in(run[0]));
    let told = runs.flat_map(|run| match run {
        [newest, _, .., oldest] => vec![format!("{newest} … {oldest}")],
        _ => run.iter().map(|version| (*version).to_string()).collect(),
    });
    told.collect()
}

fn listed_guide(room: &Room, guide: &Guide, version: Option<String>) -> ListedGuide {
    ListedGuide {
        guide: guide.guide.key.clone(),
        title: guide.guide.name.clone(),
        versions: version.into_iter().collect(),
        pages: pages(&[guide]),
        passages: passages(&[guide]),
        sources: guide.sources.iter().map(|source| source.path.clone()).collect(),
        sources_total: Some(guide.sources.len()),
        url: room.url(&guide.url),
    }
}

fn pages(guides: &[&Guide]) -> usize {
    guides.iter().flat_map(|guide| &guide.sources).map(|source| source.pages).sum()
}

fn passages(guides: &[&Guide]) -> usize {
    guides.iter().flat_map(|guide| &guide.sources).map(|source| source.passages).sum()
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VersionArguments {
    /// The product.
    product: Text,
    /// The version that is looked for, e.g. "12.5"; the newest if left out, or "latest".
    version: Option<lenient::Version>,
    /// The vendor, where two have a product of this name.
    vendor: Option<Text>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct VersionAnswer {
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<String>,
    product: String,
    /// The version found; absent where the product has no versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// How it was found.
    found: Match,
    #[serde(skip_serializing_if = "Option::is_none")]
    newest: Option<String>,
    /// All versions, newest first.
    versions: Vec<String>,
    /// What to know where another version than the asked one was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
}

/// How a version was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Match {
    /// It is the one of that name.
    Exact,
    /// It is the newest of the series that was asked for.
    Series,
    /// It is the nearest one.
    Nearest,
    /// No version was asked for.
    Newest,
    /// The product has no versions.
    Unversioned,
}

pub(super) fn version(room: &Room, arguments: &VersionArguments) -> Result<VersionAnswer, Refusal> {
    let catalogue = &room.edition.catalogue;
    let filter = catalogue.parted(Filter {
        vendor: Text::said(arguments.vendor.as_ref()),
        product: Some(arguments.product.to_string()),
        ..Filter::default()
    });
    let products = catalogue.products(&catalogue.narrow(&filter)?);
    let [product] = products.as_slice() else {
        return Err(ambiguous(&arguments.product, &products));
    };
    let is_known = |asked: &str| {
        product.versions.iter().any(|version| version.name.is_some_and(|name| name.is(asked)))
    };
    let asked = arguments.version.as_ref().and_then(|version| version.meant(is_known));
    let asked = asked.and_then(Meant::name);
    let version = match &asked {
        Some(asked) => product.nearest(asked),
        None => product.newest(),
    };
    let name = version.and_then(|version| version.name);
    let found = matched(name, asked.as_deref());
    let notice = asked.zip(name).and_then(|(asked, name)| {
        let is = match found {
            Match::Series => "the newest of that series",
            Match::Nearest => "the nearest",
            _ => return None,
        };
        let asked = shortened(&asked);
        Some(format!("{} has no version '{asked}'; '{}' is {is}.", product.name.key, name.key))
    });
    let key = |version: &Version| Some(version.name?.key.clone());
    Ok(VersionAnswer {
        vendor: product.vendor.map(|vendor| vendor.key.clone()),
        product: product.name.key.clone(),
        version: name.map(|name| name.key.clone()),
        found,
        newest: product.newest().and_then(key),
        versions: product.versions.iter().filter_map(key).collect(),
        notice,
    })
}

fn matched(name: Option<&Name>, asked: Option<&str>) -> Match {
    match (name, asked) {
        (None, _) => Match::Unversioned,
        (Some(name), Some(asked)) if name.is(asked) => Match::Exact,
        (Some(name), Some(asked)) if name.is_of(asked) => Match::Series,
        (Some(_), Some(_)) => Match::Nearest,
        (Some(_), None) => Match::Newest,
    }
}

fn ambiguous(asked: &str, products: &[Product]) -> Refusal {
    let vendors = products.iter().filter_map(|product| Some(product.vendor?.key.clone()));
    let vendors: Vec<String> = vendors.collect();
    let error = format!(
        "product '{asked}' is made by several vendors; give one of them as vendor: {}",
        vendors.join(", ")
    );
    Refusal { code: "ambiguous", error, did_you_mean: vendors }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(some: &[&str], expected: &[&str]) {
        let some: Vec<String> = some.iter().map(|version| (*version).to_string()).collect();
        assert_eq!(runs(&["6", "5", "4", "3", "2", "1"], &some), expected);
    }

    #[test]
    fn versions_in_a_row_are_told_by_their_ends() {
        check(&["6", "5", "4", "3", "2", "1"], &[]);
        check(&["5", "4", "3"], &["5 … 3"]);
        check(&["6", "5", "2"], &["6", "5", "2"]);
        check(&["6", "4", "3", "2", "1"], &["6", "4 … 1"]);
    }
}
