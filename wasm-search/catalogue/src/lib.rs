//! The catalogue: vendors, products and guides by name, for "Jump to" while the reader types.
//!
//! In: entries, when a site is built; its text and what the reader types, when it is read. Out: that text; the
//! entries meant, best first. tinysearch holds the words of the names (`shelf.rs`) and finds them by their beginnings. It
//! drops digits and takes any word for a hit, so the entries that have them are judged here (`grade.rs`).
//!
//! A catalogue travels as lines of text, and the reader makes tinysearch's index of them: tinysearch's own storage would bring its
//! decoder into the module, with the formatting of floats behind it, a quarter more than the module may have.
//! Knows no passage: the full text is `search`'s.

mod entry;
mod grade;
mod shelf;

#[cfg(target_arch = "wasm32")]
mod browser;

pub use entry::{Entry, Kind};
use grade::{Grade, Names, words};
use shelf::Shelves;

/// An open catalogue.
pub struct Catalogue {
    entries: Vec<Entry>,
    /// Of each entry.
    names: Vec<Names>,
    shelves: Shelves,
}

impl Catalogue {
    /// The text of a catalogue of these entries; among equals the earlier one is offered first.
    pub fn encode<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> String {
        let lines: Vec<String> = entries.into_iter().map(Entry::line).collect();
        lines.join("\n")
    }

    /// Opens a catalogue by its text; nothing where it holds anything but entries.
    pub fn open(text: &str) -> Option<Catalogue> {
        let entries: Vec<Entry> = text.lines().map(Entry::read).collect::<Option<_>>()?;
        let names: Vec<Names> = entries.iter().map(Names::of).collect();
        let shelves = Shelves::of(&names);
        Some(Catalogue { entries, names, shelves })
    }

    /// The entries that are meant by `text`, best first.
    pub fn find(&self, text: &str, limit: usize) -> Vec<&Entry> {
        let typed = words(text);
        let text = text.trim().to_lowercase();
        let mut best: Vec<(Grade, &Entry)> = Vec::with_capacity(limit + 1);
        for at in self.shelves.candidates(&typed) {
            let entry = &self.entries[at];
            let Some(grade) = self.names[at].grade(&text, &typed) else { continue };
            // A sort would be a tenth of the module.
            let place = best
                .iter()
                .take_while(|(other, before)| (*other, before.kind) <= (grade, entry.kind))
                .count();
            best.insert(place, (grade, entry));
            best.truncate(limit);
        }
        best.into_iter().map(|(_, entry)| entry).collect()
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
        let catalogue = Catalogue::open(&Catalogue::encode(&library())).unwrap();
        let found = catalogue.find(text, 3);
        let titles: Vec<&str> = found.iter().map(|entry| entry.title.as_str()).collect();
        assert_eq!(titles, expected, "{text}");
    }

    #[test]
    fn names_are_found_by_the_beginnings_of_their_words() {
        check("callb", &["Callbridge", "Recall and callbridges"]);
        check("CALLBRIDGE", &["Callbridge", "Recall and callbridges"]);
        check("voice", &["Northwind Voice"]);
        check("callbridge adm", &["Administration guide"]);
        check("交换机", &["Über 交换机手册"]);
        check("über", &["Über 交换机手册"]);
        check("cbx", &["Callbridge"]);
        check("guide adm", &["Administration guide"]);
        check("os", &["Edge OS 10"]);
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
    fn whole_words_go_before_beginnings() {
        let titles = ["The callbridges", "The callbridge", "Callbridges", "Callbridge"];
        let entries = titles.map(|title| entry(Kind::Guide, title, ""));
        let catalogue = Catalogue::open(&Catalogue::encode(&entries)).unwrap();
        let found: Vec<&str> =
            catalogue.find("callbridge", 9).iter().map(|entry| entry.title.as_str()).collect();
        assert_eq!(found, ["Callbridge", "Callbridges", "The callbridge", "The callbridges"]);
    }

    #[test]
    fn an_entry_comes_back_as_it_was() {
        let mut entry = entry(Kind::Guide, "A\ttitle of\ntwo lines", "Place");
        entry.url = "browse/a/title.html".into();
        entry.aliases = vec!["one".into(), "two".into()];
        let text = Catalogue::encode([&entry]);
        entry.title = "A title of two lines".into();
        assert_eq!(Catalogue::open(&text).unwrap().find("title", 9), [&entry]);
    }

    #[test]
    fn a_text_that_is_no_catalogue_is_refused() {
        for text in ["<!doctype html>", "V\tvendor", "X\ta\tb\tc", "\n"] {
            assert!(Catalogue::open(text).is_none());
        }
        assert!(Catalogue::open("").unwrap().find("any", 9).is_empty());
    }
}
