//! What is fuzzed of the generator: the way from a source's bytes to chunks and their HTML.
//!
//! In: any bytes. Out: nothing, or a panic. The generator is a program and no library, so its two modules that know nothing of the
//! others are compiled here once more. `tests/fuzz` runs this at length; the tests build a site of the committed corpus.

#[allow(dead_code, unused_imports)]
#[path = "../../src/model.rs"]
mod model;
#[allow(dead_code, unused_imports)]
#[path = "../../src/parse/mod.rs"]
mod parse;

use std::collections::BTreeSet;

use model::{Link, Links, Reading};

const NAMES: [&str; 3] = ["guide.md", "guide.txt", "guide.json"];

/// Some targets are there, some are not.
struct Somewhere;

impl Links for Somewhere {
    fn resolve(&self, target: &str) -> Link {
        if target.len() % 2 == 0 { Link::Missing } else { Link::Site("other.html".into()) }
    }
}

/// Any source: the first byte says by which name, and whether chunks are so small that little text makes many.
pub fn markdown(bytes: &[u8]) {
    let Some((flags, bytes)) = bytes.split_first() else { return };
    let small = Reading {
        words_low: 3,
        words_high: 8,
        words_page: 10,
        words_part: 30,
        ..Reading::default()
    };
    let settings = if flags & 64 == 0 { Reading::default() } else { small };
    let name = NAMES[usize::from(*flags) % NAMES.len()];
    let input = parse::Input { bytes, side: None };
    let document = parse::document(name, &input, &settings, &Somewhere, &mut Vec::new());
    let mut names = BTreeSet::new();
    for chunk in &document.chunks {
        assert!(names.insert(&chunk.own), "two chunks are called {}", chunk.own);
        assert!(!chunk.html.to_ascii_lowercase().contains("<script"), "a script came through");
    }
}
