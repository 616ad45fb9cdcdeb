//! What a source asked of the library while it was worked on.
//!
//! In: a source's links, one by one. Out: the same answers, and a record of them, by which a later build tells whether the
//! library would still answer so. Knows no text and no page.

use std::{cell::RefCell, collections::BTreeMap};

use xxhash_rust::xxh3::Xxh3;

use crate::model::{Link, Links};

/// Passes questions on and remembers the answers.
pub(crate) struct Asked<'a> {
    links: &'a dyn Links,
    answers: RefCell<BTreeMap<String, Link>>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(links: &'a dyn Links) -> Asked<'a> {
        Asked { links, answers: RefCell::default() }
    }

    pub(crate) fn answers(self) -> Answers {
        Answers(self.answers.into_inner())
    }
}

impl Links for Asked<'_> {
    fn resolve(&self, target: &str) -> Link {
        if let Some(known) = self.answers.borrow().get(target) {
            return known.clone();
        }
        let answer = self.links.resolve(target);
        self.answers.borrow_mut().insert(target.to_string(), answer.clone());
        answer
    }
}

/// Questions with the answers they got.
#[derive(Default)]
pub(crate) struct Answers(BTreeMap<String, Link>);

impl Answers {
    /// Asks again.
    pub(super) fn to(questions: Vec<String>, links: &dyn Links) -> Answers {
        let ask = |question: String| {
            let answer = links.resolve(&question);
            (question, answer)
        };
        Answers(questions.into_iter().map(ask).collect())
    }

    pub(super) fn questions(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    pub(super) fn hash(&self) -> u64 {
        let mut hash = Xxh3::new();
        for answer in self.0.values() {
            let (kind, url) = match answer {
                Link::Site(url) => (1, url.as_str()),
                Link::Outside => (2, ""),
                Link::Missing => (3, ""),
            };
            hash.update(&[kind]);
            hash.update(&(url.len() as u32).to_le_bytes());
            hash.update(url.as_bytes());
        }
        hash.digest()
    }

    /// The addresses that begin with `folder`, once `up` has led to the site's root.
    pub(super) fn below(&self, up: &str, folder: &str) -> Vec<String> {
        let address = |answer: &Link| {
            match answer {
                Link::Site(url) => url.strip_prefix(up).filter(|url| url.starts_with(folder)),
                Link::Outside | Link::Missing => None,
            }
            .map(str::to_string)
        };
        let mut addresses: Vec<String> = self.0.values().filter_map(address).collect();
        addresses.sort();
        addresses.dedup();
        addresses
    }
}
