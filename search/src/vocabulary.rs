//! The words that a thread has met, so that each is stemmed and stored once, however many sources say it.
//!
//! In: folded words. Out: small numbers of surfaces and of the terms that they belong to. All texts lie in one piece of memory.
//! Knows no passages and no sources: what it has met before changes no byte of a segment, only how soon it is made.

use alloc::vec::Vec;

use hashbrown::HashTable;

use crate::hash::hash;
use crate::stem::stem;

/// Beyond so many surfaces the memory of rare words costs more than it spares.
const SURFACES_MAX: usize = 1 << 15;

#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    texts: Vec<u8>,
    surfaces: Vec<Surface>,
    surface_ids: HashTable<u32>,
    terms: Vec<Span>,
    term_ids: HashTable<u32>,
    /// The key in the making.
    scratch: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Surface {
    hash: u64,
    text: Span,
    term: u32,
}

/// Where a text lies.
#[derive(Debug, Clone, Copy)]
struct Span {
    first: u32,
    bytes: u32,
}

impl Vocabulary {
    /// The number of a surface, given its hash.
    pub(crate) fn surface(&mut self, text: &str, hash: u64) -> u32 {
        let is_it = |id: &u32| {
            let surface = &self.surfaces[*id as usize];
            surface.hash == hash && self.texts[surface.text.range()] == *text.as_bytes()
        };
        match self.surface_ids.find(hash, is_it) {
            Some(id) => *id,
            None => self.add(text.as_bytes(), hash, None),
        }
    }

    /// The number of a surface under a key that is not its stem.
    pub(crate) fn surface_under(&mut self, key: &[u8], text: &str) -> u32 {
        let other_hash = hash(text.as_bytes()) ^ hash(key).rotate_left(1);
        let is_it = |id: &u32| {
            let surface = &self.surfaces[*id as usize];
            surface.hash == other_hash
                && self.texts[surface.text.range()] == *text.as_bytes()
                && self.key(surface.term) == key
        };
        match self.surface_ids.find(other_hash, is_it) {
            Some(id) => *id,
            None => self.add(text.as_bytes(), other_hash, Some(key)),
        }
    }

    /// Under its stem, if no other key is given.
    fn add(&mut self, text: &[u8], hash: u64, key: Option<&[u8]>) -> u32 {
        let span = Span { first: self.texts.len() as u32, bytes: text.len() as u32 };
        self.texts.extend_from_slice(text);
        self.scratch.clear();
        self.scratch.extend_from_slice(key.unwrap_or(text));
        if key.is_none() {
            stem(&mut self.scratch);
        }
        let term = self.term_of(span);
        let id = self.surfaces.len() as u32;
        self.surfaces.push(Surface { hash, text: span, term });
        self.surface_ids.insert_unique(hash, id, |id| self.surfaces[*id as usize].hash);
        id
    }

    /// The term whose key is at hand, a surface being the first that has it.
    fn term_of(&mut self, surface: Span) -> u32 {
        let key_hash = hash(&self.scratch);
        let key_of = |id: &u32| &self.texts[self.terms[*id as usize].range()];
        if let Some(id) = self.term_ids.find(key_hash, |id| key_of(id) == self.scratch) {
            return *id;
        }
        let key = self.keep_key(surface);
        let id = self.terms.len() as u32;
        self.terms.push(key);
        let rehash = |id: &u32| hash(&self.texts[self.terms[*id as usize].range()]);
        self.term_ids.insert_unique(key_hash, id, rehash);
        id
    }

    /// Most stems are how their words begin: they need no memory of their own.
    fn keep_key(&mut self, surface: Span) -> Span {
        let bytes = self.scratch.len() as u32;
        if self.texts[surface.range()].starts_with(&self.scratch) {
            return Span { bytes, ..surface };
        }
        let first = self.texts.len() as u32;
        self.texts.extend_from_slice(&self.scratch);
        Span { first, bytes }
    }

    pub(crate) fn surface_text(&self, id: u32) -> &[u8] {
        &self.texts[self.surfaces[id as usize].text.range()]
    }

    pub(crate) fn term(&self, surface: u32) -> u32 {
        self.surfaces[surface as usize].term
    }

    pub(crate) fn key(&self, term: u32) -> &[u8] {
        &self.texts[self.terms[term as usize].range()]
    }

    pub(crate) fn surface_count(&self) -> usize {
        self.surfaces.len()
    }

    pub(crate) fn term_count(&self) -> usize {
        self.terms.len()
    }

    pub(crate) fn is_large(&self) -> bool {
        self.surfaces.len() > SURFACES_MAX
    }
}

impl Span {
    fn range(self) -> core::ops::Range<usize> {
        self.first as usize..(self.first + self.bytes) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn words_of_one_stem_share_a_term() {
        let mut vocabulary = Vocabulary::default();
        let mut surface = |text: &str| vocabulary.surface(text, hash(text.as_bytes()));
        let ids = ["queries", "query", "queries", "skies"].map(&mut surface);
        assert_eq!(ids, [0, 1, 0, 2]);
        assert_eq!(vocabulary.term(0), vocabulary.term(1));
        assert_eq!(vocabulary.key(vocabulary.term(0)), b"queri");
        assert_eq!(vocabulary.key(vocabulary.term(2)), b"sky");
        assert_eq!(vocabulary.surface_text(1), b"query");
    }

    #[test]
    fn a_surface_stands_under_other_keys_too() {
        let mut vocabulary = Vocabulary::default();
        let own = vocabulary.surface("pods", hash(b"pods"));
        let ids = [&b"cell\0"[..], b"unit\0", b"cell\0"];
        let ids = ids.map(|key| vocabulary.surface_under(key, "pods"));
        assert_eq!((own, ids), (0, [1, 2, 1]));
        assert_eq!(vocabulary.key(vocabulary.term(1)), b"cell\0");
        assert_eq!(vocabulary.surface_text(2), b"pods");
        assert_eq!(vocabulary.surface("pods", hash(b"pods")), own);
    }

    #[test]
    fn growing_loses_nothing() {
        let mut vocabulary = Vocabulary::default();
        let words = (0..5_000).map(|number| format!("word{number}"));
        for (id, word) in (0..).zip(words.clone()) {
            assert_eq!(vocabulary.surface(&word, hash(word.as_bytes())), id);
        }
        for (id, word) in (0..).zip(words) {
            assert_eq!(vocabulary.surface(&word, hash(word.as_bytes())), id);
            assert_eq!(vocabulary.key(vocabulary.term(id)), word.as_bytes());
        }
    }
}
