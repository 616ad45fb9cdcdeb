//! What search engines of the web are told of a site whose address is known (sitemaps.org).
//!
//! In: the library. Out: `sitemap.xml`: the browse pages and reading views of the newest versions. Chunk pages repeat the reading views.
//! Of more addresses than one list may hold it names further lists.

use std::{borrow::Cow, collections::BTreeSet};

use anyhow::Result;
use serde::Serialize;

use super::{Site, browse_addresses};

pub(crate) const URL: &str = "sitemap.xml";
const TEMPLATE: &str = URL;
const INDEX_TEMPLATE: &str = "sitemap-index.xml";
/// More are not read of one list.
const URLS_MAX: usize = 50_000;

#[derive(Serialize)]
struct Sitemap<'a> {
    base_url: &'a str,
    urls: &'a [String],
}

/// A list: its own address, what it is filled in, what it names.
#[derive(Debug, PartialEq)]
struct List<'a> {
    url: String,
    template: &'static str,
    urls: Cow<'a, [String]>,
}

/// Writes the list, if it is known where the site will stand.
pub(super) fn write(site: &Site) -> Result<()> {
    let Some(base_url) = &site.base_url else { return Ok(()) };
    let urls: Vec<String> = addresses(site).into_iter().collect();
    lists(&urls, URLS_MAX).iter().try_for_each(|List { url, template, urls }| {
        site.write_page(url, template, &Sitemap { base_url, urls })
    })
}

/// The list of all, or several and the list of these.
fn lists(urls: &[String], most: usize) -> Vec<List<'_>> {
    if urls.len() <= most {
        return vec![List { url: URL.into(), template: TEMPLATE, urls: urls.into() }];
    }
    let part = |(number, urls): (usize, _)| {
        let url = part_url(number);
        List { url, template: TEMPLATE, urls: Cow::Borrowed(urls) }
    };
    let mut lists: Vec<List> = (1..).zip(urls.chunks(most)).map(part).collect();
    let names = lists.iter().map(|list| list.url.clone()).collect();
    lists.push(List { url: URL.into(), template: INDEX_TEMPLATE, urls: names });
    lists
}

/// What is listed; home is the address itself.
fn addresses(site: &Site) -> BTreeSet<String> {
    let newest = || site.library.guides.iter().filter(|guide| guide.newest);
    let sources = newest().flat_map(|guide| &site.library.sources[guide.sources.clone()]);
    let views = sources.map(|source| source.address.part_url(0));
    let mut urls = BTreeSet::from([String::new()]);
    urls.extend(newest().flat_map(browse_addresses).chain(views));
    urls
}

fn part_url(number: usize) -> String {
    format!("sitemap-{number}.xml")
}

/// The further lists that a list names.
pub(crate) fn parts(text: &str) -> Vec<String> {
    let is_named = |name: &String| text.contains(&format!("/{name}</loc>"));
    (1..).map(part_url).take_while(is_named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_a_list_may_hold_is_in_several() {
        let urls: Vec<String> = (0..5).map(|number| format!("{number}.html")).collect();
        let shape = |most| -> Vec<(String, &str, usize)> {
            let lists = lists(&urls, most);
            lists.into_iter().map(|list| (list.url, list.template, list.urls.len())).collect()
        };
        assert_eq!(shape(5), [(URL.to_string(), TEMPLATE, 5)]);
        let expected = [
            ("sitemap-1.xml", TEMPLATE, 2),
            ("sitemap-2.xml", TEMPLATE, 2),
            ("sitemap-3.xml", TEMPLATE, 1),
            (URL, INDEX_TEMPLATE, 3),
        ];
        assert_eq!(
            shape(2),
            expected.map(|(url, template, count)| (url.to_string(), template, count))
        );
        let text = "<loc>https://a.b/sitemap-1.xml</loc><loc>https://a.b/sitemap-2.xml</loc>";
        assert_eq!(parts(text), ["sitemap-1.xml", "sitemap-2.xml"]);
    }
}
