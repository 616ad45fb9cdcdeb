//! An entry of the catalogue, also as a line of its text.
//!
//! In: an entry, or its line. Out: the other. Knows no search.

/// Stands between the parts of a line; the last ones are aliases.
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
        match self {
            Kind::Vendor => "V",
            Kind::Product => "P",
            Kind::Guide => "G",
        }
    }

    fn of(letter: &str) -> Option<Kind> {
        [Kind::Vendor, Kind::Product, Kind::Guide].into_iter().find(|kind| kind.letter() == letter)
    }
}

impl Entry {
    /// The entry as a line of the catalogue's bytes, without the line's end.
    pub(crate) fn line(&self) -> String {
        let url = self.url.strip_prefix(URL_START).unwrap_or(&self.url);
        let url = url.strip_suffix(URL_END).unwrap_or(url);
        let own = [self.kind.letter(), &self.title, &self.place, url];
        let parts = own.into_iter().chain(self.aliases.iter().map(String::as_str));
        parts.map(plain).collect::<Vec<_>>().join("\t")
    }

    /// The entry that a line tells; nothing where it tells none.
    pub(crate) fn read(line: &str) -> Option<Entry> {
        let mut parts = line.split(SEPARATOR);
        Some(Entry {
            kind: Kind::of(parts.next()?)?,
            title: parts.next()?.to_string(),
            place: parts.next()?.to_string(),
            url: [URL_START, parts.next()?, URL_END].concat(),
            aliases: parts.map(str::to_string).collect(),
        })
    }
}

/// On one line and without tabs, which separate.
fn plain(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
