//! An entry of the catalogue, and how tinysearch's posts hold it.
//!
//! In: an entry, or a post. Out: the other. Knows no search.

use tinysearch::{IndexedDocument, PostId};

use crate::grade;

/// Stands between the parts of a post's `meta`.
const SEPARATOR: char = '\t';
/// What every address of an entry begins and ends with, which therefore need not be stored.
const URL_START: &str = "browse/";
const URL_END: &str = ".html";

/// What an entry is; where names are equally good, the wider one goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Vendor,
    Product,
    Guide,
}

/// A place to jump to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub kind: Kind,
    pub title: String,
    /// What it belongs to, as it is shown: nothing, a vendor, or a product and its version.
    pub place: String,
    /// The browse page, relative to the site's root.
    pub url: String,
    /// Other names that find it.
    pub aliases: Vec<String>,
}

impl Kind {
    /// As a reader sees it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Vendor => "Vendor",
            Kind::Product => "Product",
            Kind::Guide => "Guide",
        }
    }

    fn letter(self) -> &'static str {
        &self.name()[..1]
    }

    fn of(letter: &str) -> Option<Kind> {
        [Kind::Vendor, Kind::Product, Kind::Guide].into_iter().find(|kind| kind.letter() == letter)
    }
}

impl Entry {
    /// The post that holds the entry. Its title is searched by itself; place and aliases are terms beside it.
    pub(crate) fn document(&self) -> IndexedDocument {
        let place = plain(&self.place);
        let aliases: Vec<String> = self.aliases.iter().map(|alias| plain(alias)).collect();
        let names = aliases.iter().chain([&place]);
        let terms: Vec<String> = names.flat_map(|name| grade::terms(name)).collect();
        let parts: Vec<&str> = [self.kind.letter(), &place]
            .into_iter()
            .chain(aliases.iter().map(String::as_str))
            .collect();
        let meta = parts.join(&SEPARATOR.to_string());
        let url = self.url.strip_prefix(URL_START).unwrap_or(&self.url);
        let url = url.strip_suffix(URL_END).unwrap_or(url).to_string();
        IndexedDocument::new(PostId { title: plain(&self.title), url, meta }, terms)
    }

    /// The entry that a post holds; nothing where it holds none.
    pub(crate) fn read(post: &PostId) -> Option<Entry> {
        let mut parts = post.meta.split(SEPARATOR);
        Some(Entry {
            kind: Kind::of(parts.next()?)?,
            place: parts.next()?.to_string(),
            aliases: parts.map(str::to_string).collect(),
            title: post.title.clone(),
            url: format!("{URL_START}{}{URL_END}", post.url),
        })
    }
}

/// On one line and without tabs, which separate.
fn plain(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
