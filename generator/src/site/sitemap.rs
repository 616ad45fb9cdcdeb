//! What search engines of the web are told of a site whose address is known (sitemaps.org).
//!
//! In: the library. Out: `sitemap.xml`: the browse pages and reading views of the newest versions. Chunk pages repeat the reading views.

use std::collections::BTreeSet;

use anyhow::Result;
use serde::Serialize;

use super::{Site, browse_addresses};

pub(super) const URL: &str = "sitemap.xml";
/// More are not read. A library of so many sources is found by its browse pages, which link all others.
const URLS_MAX: usize = 50_000;

#[derive(Serialize)]
struct Sitemap<'a> {
    base_url: &'a str,
    urls: BTreeSet<String>,
}

/// Writes the list, if it is known where the site will stand.
pub(super) fn write(site: &Site) -> Result<()> {
    let Some(base_url) = &site.base_url else { return Ok(()) };
    let newest = || site.library.guides.iter().filter(|guide| guide.newest);
    // Home is the address itself.
    let mut urls = BTreeSet::from([String::new()]);
    urls.extend(newest().flat_map(browse_addresses));
    let sources = newest().flat_map(|guide| &site.library.sources[guide.sources.clone()]);
    let views: Vec<String> = sources.map(|source| source.address.part_url(0)).collect();
    if urls.len() + views.len() <= URLS_MAX {
        urls.extend(views);
    }
    site.write_page(URL, URL, &Sitemap { base_url, urls })
}
