//! Browse pages: the way from a vendor down to a guide's sources, without a script.
//!
//! In: the library and a summary of each source. Out: a page for every vendor, product, version and guide.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::{Crumb, Frame, Site, counted, guide_url, product_url, vendor_url, version_url};
use crate::{
    library::{Guide, Library, Place, Source},
    work::Reading,
};

/// A guide of this many sources or fewer lists its passages too.
pub(crate) const FEW_SOURCES: usize = 3;
/// And no more than this many of them.
const PASSAGES_SHOWN_MAX: usize = 400;

/// What the browse pages tell of a source.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SourceSummary {
    pub(crate) pages: usize,
    pub(crate) chunks: usize,
    /// For guides of few sources.
    passages: Vec<Passage>,
}

/// A chunk in the list of its guide.
#[derive(Clone, Serialize, Deserialize)]
struct Passage {
    title: String,
    url: String,
    /// The heading that a page stands under.
    note: String,
}

impl SourceSummary {
    pub(crate) fn new(library: &Library, reading: &Reading) -> SourceSummary {
        let chunks = &reading.document.chunks;
        let mut pages: Vec<u32> =
            chunks.iter().filter_map(|chunk| chunk.page.as_ref().map(|page| page.number)).collect();
        pages.dedup();
        let few = reading.guide(library).sources.len() <= FEW_SOURCES;
        let shown = if few { PASSAGES_SHOWN_MAX } else { 0 };
        let passages = chunks.iter().zip(&reading.names).take(shown);
        let passages = passages.map(|(chunk, names)| Passage {
            title: chunk.title.clone(),
            url: names.url.clone(),
            note: chunk.headings.last().cloned().unwrap_or_default(),
        });
        SourceSummary { pages: pages.len(), chunks: chunks.len(), passages: passages.collect() }
    }
}

#[derive(Serialize)]
struct BrowsePage<'a> {
    frame: Frame<'a>,
    crumbs: Vec<Crumb>,
    title: String,
    kind_name: &'static str,
    note: String,
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    title: String,
    url: Option<String>,
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    name: String,
    url: String,
    note: String,
}

/// Which pages do not show what they should; by their addresses.
pub(super) type IsStale<'a> = &'a dyn Fn(&str) -> bool;

/// Writes all browse pages that are stale.
pub(super) fn write(site: &Site, sources: &[SourceSummary], is_stale: IsStale) -> Result<()> {
    let library = site.library;
    let all: Vec<&Guide> = library.guides.iter().collect();
    let vendors = by(&all, |guide| guide.place.vendor.clone());
    let without = vendors.get(&None).map(Vec::as_slice).unwrap_or_default();
    let mut without = products(without);
    for (vendor, guides) in vendors.iter().filter(|(vendor, _)| vendor.is_some()) {
        let namesake = without.remove(vendor).unwrap_or_default();
        write_vendor(site, guides, &namesake, sources, is_stale)?;
        for guides in products(guides).values() {
            write_product(site, guides, sources, is_stale)?;
        }
    }
    without.values().try_for_each(|guides| write_product(site, guides, sources, is_stale))
}

fn products<'a>(guides: &[&'a Guide]) -> BTreeMap<Option<String>, Vec<&'a Guide>> {
    by(guides, |guide| Some(guide.place.product.clone()))
}

/// The addresses of the browse pages that show a guide.
pub(crate) fn addresses(guide: &Guide) -> impl Iterator<Item = String> {
    let place = &guide.place;
    let vendor = place.vendor.as_deref().map(vendor_url);
    let version = place.version.is_some().then(|| version_url(place));
    [product_url(place), guide_url(place)].into_iter().chain(vendor).chain(version)
}

/// Guides grouped by a level, in the library's order within each group.
pub(super) fn by<'a>(
    guides: &[&'a Guide],
    level: impl Fn(&Guide) -> Option<String>,
) -> BTreeMap<Option<String>, Vec<&'a Guide>> {
    let mut groups: BTreeMap<Option<String>, Vec<&Guide>> = BTreeMap::new();
    for guide in guides {
        groups.entry(level(guide)).or_default().push(guide);
    }
    groups
}

/// Consecutive guides of one version: newest version first, as the library is sorted.
pub(super) fn versions<'a, 'b>(guides: &'b [&'a Guide]) -> Vec<&'b [&'a Guide]> {
    guides.chunk_by(|left, right| left.place.version == right.place.version).collect()
}

/// Writes the page of a vendor, which is the page of its namesake too: the guides of a product that has this name and no vendor.
fn write_vendor(
    site: &Site,
    guides: &[&Guide],
    namesake: &[&Guide],
    sources: &[SourceSummary],
    is_stale: IsStale,
) -> Result<()> {
    let vendor = guides[0].place.vendor.as_deref().unwrap_or_default();
    if !is_stale(&vendor_url(vendor)) {
        return Ok(());
    }
    let products = products(guides);
    let item = |guides: &Vec<&Guide>| Item {
        name: product_name(site.library, &guides[0].place),
        url: product_url(&guides[0].place),
        note: product_note(guides, sources),
    };
    let items = products.values().map(item).collect();
    let mut groups = vec![Group { title: "Products".into(), url: None, items }];
    groups.extend(product_groups(site, namesake, sources, is_stale)?);
    let products = counted(products.len(), "product");
    let page = BrowsePage {
        title: site.library.name(vendor, vendor).to_string(),
        kind_name: "Vendor",
        note: match namesake.len() {
            0 => products,
            guides => format!("{products}, {}", counted(guides, "guide")),
        },
        crumbs: Vec::new(),
        groups,
        ..site.empty_page(&vendor_url(vendor), vendor)
    };
    site.write_page(&vendor_url(vendor), "browse.html", &page)
}

fn write_product(
    site: &Site,
    guides: &[&Guide],
    sources: &[SourceSummary],
    is_stale: IsStale,
) -> Result<()> {
    let place = &guides[0].place;
    // All that is below a product shows in its page.
    if !is_stale(&product_url(place)) {
        return Ok(());
    }
    let mut crumbs = site.version_crumbs(place);
    crumbs.truncate(usize::from(place.vendor.is_some()));
    let groups = product_groups(site, guides, sources, is_stale)?;
    let title = product_name(site.library, place);
    let page = BrowsePage {
        kind_name: "Product",
        note: product_note(guides, sources),
        crumbs,
        groups,
        ..site.empty_page(&product_url(place), &title)
    };
    site.write_page(&product_url(place), "browse.html", &page)
}

/// Writes the pages of a product's versions and guides; gives the guides in groups for the page above.
fn product_groups(
    site: &Site,
    guides: &[&Guide],
    sources: &[SourceSummary],
    is_stale: IsStale,
) -> Result<Vec<Group>> {
    let mut groups = Vec::new();
    for version in versions(guides) {
        groups.push(write_version(site, version, sources, is_stale)?);
        for guide in version.iter().filter(|guide| is_stale(&guide_url(&guide.place))) {
            write_guide(site, guide, sources)?;
        }
    }
    if groups.len() > 1 {
        groups.iter_mut().filter(|group| group.url.is_none()).for_each(|group| {
            group.title = "Without a version".into();
        });
    }
    Ok(groups)
}

/// Writes a version's page; gives its guides as a group for the product's page.
fn write_version(
    site: &Site,
    guides: &[&Guide],
    sources: &[SourceSummary],
    is_stale: IsStale,
) -> Result<Group> {
    let place = &guides[0].place;
    let Some(version) = &place.version else {
        return Ok(Group { title: "Guides".into(), url: None, items: items(guides, sources) });
    };
    let url = version_url(place);
    let name = site.library.name(&place.version_path(), version).to_string();
    let title = format!("{} {name}", product_name(site.library, place));
    let mut crumbs = site.version_crumbs(place);
    crumbs.pop();
    let page = BrowsePage {
        kind_name: "Version",
        note: product_note(guides, sources),
        crumbs,
        groups: vec![Group { title: "Guides".into(), url: None, items: items(guides, sources) }],
        ..site.empty_page(&url, &title)
    };
    if is_stale(&url) {
        site.write_page(&url, "browse.html", &page)?;
    }
    let newest = if guides[0].newest { " · newest" } else { "" };
    Ok(Group { title: format!("{name}{newest}"), url: Some(url), items: items(guides, sources) })
}

fn items(guides: &[&Guide], sources: &[SourceSummary]) -> Vec<Item> {
    let item = |guide: &&Guide| Item {
        name: guide.title.clone(),
        url: guide_url(&guide.place),
        note: guide_note(guide, sources),
    };
    guides.iter().map(item).collect()
}

fn write_guide(site: &Site, guide: &Guide, sources: &[SourceSummary]) -> Result<()> {
    let url = guide_url(&guide.place);
    let page = BrowsePage {
        kind_name: "Guide",
        note: guide_note(guide, sources),
        crumbs: site.version_crumbs(&guide.place),
        groups: guide_groups(site.library, guide, sources),
        ..site.empty_page(&url, &guide.title)
    };
    site.write_page(&url, "browse.html", &page)
}

/// A guide of few sources lists their passages; a larger one its sources, folder by folder.
fn guide_groups(library: &Library, guide: &Guide, sources: &[SourceSummary]) -> Vec<Group> {
    let own = guide.sources.clone().map(|at| (&library.sources[at], &sources[at]));
    if guide.sources.len() <= FEW_SOURCES {
        return own.map(|(source, summary)| passages(source, summary)).collect();
    }
    let own: Vec<_> = own.collect();
    let groups = own.chunk_by(|left, right| folder(left.0) == folder(right.0));
    let group = |sources: &[(&Source, &SourceSummary)]| Group {
        title: folder_title(guide, sources[0].0),
        url: None,
        items: sources.iter().map(|(source, summary)| source_item(source, summary)).collect(),
    };
    groups.map(group).collect()
}

fn passages(source: &Source, summary: &SourceSummary) -> Group {
    let item = |passage: &Passage| Item {
        name: passage.title.clone(),
        url: passage.url.clone(),
        note: passage.note.clone(),
    };
    let items = summary.passages.iter().map(item).collect();
    Group { title: source.title.clone(), url: Some(source.address.part_url(0)), items }
}

fn source_item(source: &Source, summary: &SourceSummary) -> Item {
    let note = match summary.pages {
        0 => counted(summary.chunks, "passage"),
        pages => counted(pages, "page"),
    };
    Item { name: source.title.clone(), url: source.address.part_url(0), note }
}

fn folder(source: &Source) -> &str {
    source.path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The folder's path below the guide; nothing for the guide's own folder.
fn folder_title(guide: &Guide, source: &Source) -> String {
    let folder = folder(source);
    let below = folder.split('/').skip_while(|part| *part != guide.place.guide).skip(1);
    below.map(crate::parse::readable).collect::<Vec<_>>().join(" › ")
}

pub(super) fn product_name(library: &Library, place: &Place) -> String {
    library.name(&place.product_path(), &place.product).to_string()
}

fn product_note(guides: &[&Guide], sources: &[SourceSummary]) -> String {
    let versions =
        versions(guides).iter().filter(|guides| guides[0].place.version.is_some()).count();
    let passages = guides.iter().map(|guide| chunk_count(guide, sources)).sum();
    let guides = counted(guides.len(), "guide");
    let passages = counted(passages, "passage");
    match versions {
        0 | 1 => format!("{guides}, {passages}"),
        versions => format!("{}, {guides}, {passages}", counted(versions, "version")),
    }
}

fn guide_note(guide: &Guide, sources: &[SourceSummary]) -> String {
    let pages: usize = sources[guide.sources.clone()].iter().map(|source| source.pages).sum();
    let passages = counted(chunk_count(guide, sources), "passage");
    match pages {
        0 => passages,
        pages => format!("{}, {passages}", counted(pages, "page")),
    }
}

fn chunk_count(guide: &Guide, sources: &[SourceSummary]) -> usize {
    sources[guide.sources.clone()].iter().map(|source| source.chunks).sum()
}

impl<'a> Site<'a> {
    fn empty_page(&self, url: &str, title: &str) -> BrowsePage<'_> {
        BrowsePage {
            frame: self.frame(url, title, format!("{title}: guides and pages"), "browse"),
            crumbs: Vec::new(),
            title: title.to_string(),
            kind_name: "",
            note: String::new(),
            groups: Vec::new(),
        }
    }
}
