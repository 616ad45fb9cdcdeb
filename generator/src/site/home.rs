//! The home page: what is in the library.
//!
//! In: the library and the counts. Out: `index.html`.

use anyhow::Result;
use serde::Serialize;

use super::{
    Frame, Site, SourceSummary,
    browse::{by, product_name, versions},
    counted, grouped, product_url, vendor_url, version_url,
};
use crate::library::Guide;

/// How much there is of everything; shown on the home page and at the end of a build.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) vendors: usize,
    pub(crate) products: usize,
    pub(crate) versions: usize,
    pub(crate) guides: usize,
    pub(crate) sources: usize,
    pub(crate) pages: usize,
    pub(crate) chunks: usize,
}

impl Counts {
    pub(crate) fn of(guides: &[Guide], sources: &[SourceSummary]) -> Counts {
        let distinct = |level: &dyn Fn(&Guide) -> Option<String>| {
            let mut names: Vec<String> = guides.iter().filter_map(level).collect();
            names.sort();
            names.dedup();
            names.len()
        };
        Counts {
            vendors: distinct(&|guide| guide.place.vendor.clone()),
            products: distinct(&|guide| Some(guide.place.product_path())),
            versions: distinct(&|guide| {
                guide.place.version.as_ref().map(|_| guide.place.version_path())
            }),
            guides: guides.len(),
            sources: sources.len(),
            pages: sources.iter().map(|source| source.pages).sum(),
            chunks: sources.iter().map(|source| source.chunks).sum(),
        }
    }

    pub(super) fn shown(&self) -> ShownCounts {
        ShownCounts {
            vendors: grouped(self.vendors),
            products: grouped(self.products),
            versions: grouped(self.versions),
            guides: grouped(self.guides),
            pages: grouped(self.pages),
            chunks: grouped(self.chunks),
        }
    }
}

/// Counts as they are read.
#[derive(Serialize)]
pub(super) struct ShownCounts {
    vendors: String,
    products: String,
    versions: String,
    guides: String,
    pages: String,
    chunks: String,
}

#[derive(Serialize)]
struct HomePage<'a> {
    frame: Frame<'a>,
    counts: ShownCounts,
    vendors: Vec<Vendor>,
}

#[derive(Serialize)]
struct Vendor {
    name: String,
    url: String,
    products: Vec<Product>,
}

#[derive(Serialize)]
struct Product {
    name: String,
    url: String,
    versions: Vec<Version>,
    guides: usize,
    note: String,
}

#[derive(Serialize)]
struct Version {
    name: String,
    url: String,
    newest: bool,
}

/// Writes the home page.
pub(super) fn write(site: &Site, counts: &Counts) -> Result<()> {
    let all: Vec<&Guide> = site.library.guides.iter().collect();
    let vendors = by(&all, |guide| guide.place.vendor.clone());
    let page = HomePage {
        frame: site.frame("index.html", "", site.library.config.tagline.clone(), "home"),
        counts: counts.shown(),
        vendors: vendors.values().map(|guides| vendor(site, guides)).collect(),
    };
    site.write_page("index.html", "home.html", &page)
}

fn vendor(site: &Site, guides: &[&Guide]) -> Vendor {
    let name = guides[0].place.vendor.as_deref();
    let products = by(guides, |guide| Some(guide.place.product.clone()));
    Vendor {
        name: name.map_or(String::new(), |key| site.library.name(key, key).to_string()),
        url: name.map_or(String::new(), vendor_url),
        products: products.values().map(|guides| product(site, guides)).collect(),
    }
}

fn product(site: &Site, guides: &[&Guide]) -> Product {
    let place = &guides[0].place;
    let named = versions(guides).into_iter().filter_map(|guides| version(site, guides));
    Product {
        name: product_name(site.library, place),
        url: product_url(place),
        versions: named.collect(),
        guides: guides.len(),
        note: counted(guides.len(), "guide"),
    }
}

fn version(site: &Site, guides: &[&Guide]) -> Option<Version> {
    let place = &guides[0].place;
    let key = place.version.as_deref()?;
    let name = site.library.name(&place.version_path(), key).to_string();
    Some(Version { name, url: version_url(place), newest: guides[0].newest })
}
