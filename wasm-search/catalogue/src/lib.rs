//! The catalogue: vendors, products and guides by name, for "Jump to" while the reader types.
//!
//! In: entries, when a site is built; their bytes and what the reader types, when it is read. Out: those bytes; the
//! entries meant, best first. tinysearch holds the names and finds them by the beginnings of their words. It drops
//! digits and takes any word for a hit, so what it finds is judged again here (`grade.rs`).
//! Knows no passage: the full text is `search`'s.

mod entry;
mod grade;

#[cfg(target_arch = "wasm32")]
mod browser;

use tinysearch::{ExactIndexBackend, IndexBackend, SearchIndex, Storage, StorageError};

pub use entry::{Entry, Kind};

/// An open catalogue.
pub struct Catalogue(SearchIndex);

impl Catalogue {
    /// The bytes of a catalogue of these entries; among equals the earlier one is offered first.
    pub fn encode(entries: &[Entry]) -> Result<Vec<u8>, StorageError> {
        let documents = entries.iter().map(Entry::document).collect();
        Storage::from(ExactIndexBackend.build(documents)).to_bytes()
    }

    /// Opens a catalogue by its bytes.
    pub fn open(bytes: &[u8]) -> Result<Catalogue, StorageError> {
        Storage::from_bytes(bytes).map(|storage| Catalogue(storage.filters))
    }

    /// The entries that are meant by `text`, best first.
    pub fn find(&self, text: &str, limit: usize) -> Vec<Entry> {
        let words = grade::words(text);
        let found = tinysearch::search(&self.0, text, self.0.len());
        let graded = found.into_iter().filter_map(|post| {
            let entry = Entry::read(post)?;
            Some((grade::grade(&entry, text, &words)?, entry))
        });
        let mut graded: Vec<_> = graded.collect();
        graded.sort_by_key(|(grade, entry)| (*grade, entry.kind));
        graded.into_iter().take(limit).map(|(_, entry)| entry).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: Kind, title: &str, place: &str) -> Entry {
        let url = format!("browse/{}.html", title.to_lowercase().replace(' ', "-"));
        Entry { kind, title: title.into(), place: place.into(), url, aliases: Vec::new() }
    }

    fn library() -> Vec<Entry> {
        let mut entries = vec![
            entry(Kind::Vendor, "Northwind Voice", ""),
            entry(Kind::Product, "Callbridge", "Northwind Voice"),
            entry(Kind::Product, "Edge OS 10", "Lumen"),
            entry(Kind::Guide, "Recall and callbridges", "Edge OS 10"),
            entry(Kind::Guide, "Administration guide", "Callbridge 12.5"),
            entry(Kind::Guide, "Über 交换机手册", "Edge OS 10"),
            entry(Kind::Guide, "12.5(1) release notes", "Callbridge 12.5"),
        ];
        entries[1].aliases.push("cbx-manager".into());
        entries
    }

    fn check(text: &str, expected: &[&str]) {
        let catalogue = Catalogue::open(&Catalogue::encode(&library()).unwrap()).unwrap();
        let titles: Vec<String> =
            catalogue.find(text, 3).into_iter().map(|entry| entry.title).collect();
        assert_eq!(titles, expected, "{text}");
    }

    #[test]
    fn names_are_found_by_the_beginnings_of_their_words() {
        check("callb", &["Callbridge", "Recall and callbridges"]);
        check("CALLBRIDGE", &["Callbridge", "Recall and callbridges"]);
        check("voice", &["Northwind Voice"]);
        check("callbridge adm", &["Administration guide"]);
        check("交换机", &[]);
        check("über", &["Über 交换机手册"]);
        check("cbx", &["Callbridge"]);
    }

    #[test]
    fn every_word_must_be_met_and_digits_count() {
        check("edge os 10", &["Edge OS 10"]);
        check("edge os 11", &[]);
        check("release notes 12", &["12.5(1) release notes"]);
        check("release notes 13", &[]);
        check("callbridge telephone", &[]);
        check("lumen", &[]);
        check("ca", &[]);
        check("", &[]);
        check("()", &[]);
    }

    #[test]
    fn an_entry_comes_back_as_it_was() {
        let mut entry = entry(Kind::Guide, "A\ttitle of\ntwo lines", "Place");
        let bytes = Catalogue::encode(std::slice::from_ref(&entry)).unwrap();
        entry.title = "A title of two lines".into();
        entry.aliases.clear();
        assert_eq!(Catalogue::open(&bytes).unwrap().find("title", 9), [entry]);
    }

    #[test]
    fn same_entries_same_bytes() {
        let bytes = Catalogue::encode(&library()).unwrap();
        for _ in 0..20 {
            assert_eq!(Catalogue::encode(&library()).unwrap(), bytes);
        }
    }

    #[test]
    fn cut_bytes_are_an_error() {
        let bytes = Catalogue::encode(&library()).unwrap();
        for length in 0..bytes.len() {
            let cut = Catalogue::open(&bytes[..length]);
            assert!(cut.is_err() || cut.is_ok_and(|open| open.find("callb", 3).is_empty()));
        }
    }
}
