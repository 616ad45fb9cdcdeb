//! The words of all names, held by tinysearch on a shelf for each letter that they begin with.
//!
//! In: the names of entries; the words typed. Out: the entries that may be meant. tinysearch goes through all that it holds at
//! every question: a shelf is a twentieth of it. Knows no grades.

use std::collections::BTreeMap;

use tinysearch::{ExactIndexBackend, IndexBackend, IndexedDocument, PostId, SearchIndex};

use crate::grade::Names;

pub(crate) struct Shelves(Vec<Shelf>);

struct Shelf {
    initial: char,
    words: SearchIndex,
    /// By the number of the word: the entries that have it, in their order.
    entries: Vec<Vec<usize>>,
}

impl Shelves {
    pub(crate) fn of(names: &[Names]) -> Shelves {
        let mut entries_of = BTreeMap::<String, Vec<usize>>::new();
        for (number, names) in names.iter().enumerate() {
            for word in &names.words {
                let entries = entries_of.entry(word.clone()).or_default();
                if entries.last() != Some(&number) {
                    entries.push(number);
                }
            }
        }
        let (mut shelves, mut documents) = (Vec::<Shelf>::new(), Vec::new());
        for (word, entries) in entries_of {
            let Some(initial) = word.chars().next() else { continue };
            if shelves.last().is_none_or(|shelf| shelf.initial != initial) {
                close(&mut shelves, &mut documents);
                shelves.push(Shelf { initial, words: SearchIndex::default(), entries: Vec::new() });
            }
            if let Some(shelf) = shelves.last_mut() {
                documents.push(document(word, shelf.entries.len()));
                shelf.entries.push(entries);
            }
        }
        close(&mut shelves, &mut documents);
        Shelves(shelves)
    }

    /// The entries that may have all of these words, in their order. A word that tinysearch completes brings all that have
    /// it, so the rarest one will do; of others it finds only whole ones, so each may bring an entry.
    pub(crate) fn candidates(&self, typed: &[String]) -> Vec<usize> {
        let mut rarest: Option<Vec<usize>> = None;
        let mut any = Vec::new();
        for word in typed {
            let found = self.entries_with(word);
            if !is_completed(word) {
                any = united(&any, &found);
            } else if rarest.as_ref().is_none_or(|rarest| found.len() < rarest.len()) {
                rarest = Some(found);
            }
        }
        rarest.unwrap_or(any)
    }

    fn entries_with(&self, word: &str) -> Vec<usize> {
        let mut entries = Vec::new();
        let shelf = self.0.iter().find(|shelf| word.starts_with(shelf.initial));
        let Some(shelf) = shelf else { return entries };
        for post in tinysearch::search(&shelf.words, word, shelf.entries.len()) {
            let number = post.meta.parse().ok();
            if let Some(listed) = number.and_then(|number: usize| shelf.entries.get(number)) {
                entries = united(&entries, listed);
            }
        }
        entries
    }
}

/// Puts the words on the last shelf.
fn close(shelves: &mut [Shelf], documents: &mut Vec<IndexedDocument>) {
    if let Some(shelf) = shelves.last_mut() {
        shelf.words = ExactIndexBackend.build(std::mem::take(documents));
    }
}

/// A word as tinysearch holds it. It stands in the title, whose words tinysearch finds by their beginnings: terms beside it
/// would bring the code of hash tables into the module.
fn document(word: String, number: usize) -> IndexedDocument {
    let post = PostId { title: word, url: String::new(), meta: number.to_string() };
    IndexedDocument { post, terms: Default::default() }
}

/// tinysearch sees no digits, and takes short words for whole ones.
fn is_completed(word: &str) -> bool {
    word.chars().count() >= tinysearch::MIN_PREFIX_LEN && word.chars().all(char::is_alphabetic)
}

/// Both rising lists as one.
fn united(left: &[usize], right: &[usize]) -> Vec<usize> {
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    let mut all = Vec::new();
    loop {
        let next = match (left.peek(), right.peek()) {
            (Some(one), Some(other)) => **one.min(other),
            (Some(one), None) | (None, Some(one)) => **one,
            (None, None) => return all,
        };
        left.next_if(|one| **one == next);
        right.next_if(|one| **one == next);
        all.push(next);
    }
}
