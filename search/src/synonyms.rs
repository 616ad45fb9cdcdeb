//! Words that mean the same in a library: who types one of them also finds passages that say another.
//!
//! In: what people type and what passages say, as the settings have it. Out: while a segment is made, the keys under which a word or
//! a phrase counts besides its own. Writer only, but for the key: a word's synonyms stand right behind it, as a term of their own, so
//! that a reader who looks for the word meets both, and one who must have the very word passes over them.

use alloc::string::String;
use alloc::vec::Vec;

use crate::beside::{SYNONYMS, key_beside};
use crate::hash::Table;
use crate::stem::stemmed;
use crate::text::{Kind, tokens};

/// A longer phrase is none.
pub const SYNONYM_WORDS_MAX: usize = 8;

/// Which words and phrases lead to which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synonyms {
    /// By the last word.
    sayings: Table<Vec<u8>, Vec<Saying>>,
}

/// What a passage may say, and who finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Saying {
    kind: SayingKind,
    /// The stems of the words before the last.
    before: Vec<Vec<u8>>,
    /// Keys of synonyms.
    leads_to: Vec<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SayingKind {
    Words,
    /// One identifier, such as `C++`.
    Identifier,
}

/// A word or phrase as it is compared: the stems of its words, or one identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    kind: SayingKind,
    stems: Vec<Vec<u8>>,
    /// What to look it up by, if it can be: a phrase is many terms of a query.
    key: Option<Vec<u8>>,
}

impl Said {
    /// How a text is compared.
    #[must_use]
    pub fn of(text: &str) -> Said {
        let (mut stems, mut whole) = (Vec::new(), None);
        let text = text.trim();
        tokens(text, &mut |token| match token.kind {
            Kind::Word | Kind::Glyphs => stems.push(stemmed(token.text)),
            Kind::Whole | Kind::Joined if (token.start, token.end) == (0, text.len()) => {
                whole = Some((token.kind, stemmed(token.text)));
            }
            _ => {}
        });
        match whole {
            Some((Kind::Whole, key)) => {
                let stems = Vec::from([key.clone()]);
                Said { kind: SayingKind::Identifier, stems, key: Some(key) }
            }
            Some((_, key)) => Said { kind: SayingKind::Words, stems, key: Some(key) },
            None => {
                let key = (stems.len() == 1).then(|| stems[0].clone());
                Said { kind: SayingKind::Words, stems, key }
            }
        }
    }

    /// How many words it has.
    #[must_use]
    pub fn words(&self) -> usize {
        self.stems.len()
    }

    /// Whether a query for it is one term, so that it can lead to others.
    #[must_use]
    pub fn is_one_term(&self) -> bool {
        self.key.is_some()
    }
}

impl Synonyms {
    /// Who types `typed` also finds passages that say `said`. A phrase that is typed leads nowhere.
    pub fn add(&mut self, typed: &Said, said: &Said) {
        let (Some(key), Some((last, before))) = (&typed.key, said.stems.split_last()) else {
            return;
        };
        if said.key.as_ref() == Some(key) {
            return;
        }
        let key = key_beside(key, SYNONYMS);
        let sayings = self.sayings.entry(last.clone()).or_default();
        let is_it = |known: &&mut Saying| known.kind == said.kind && known.before == before;
        let Some(known) = sayings.iter_mut().find(is_it) else {
            let (kind, before, leads_to) = (said.kind, before.into(), [key].into());
            sayings.push(Saying { kind, before, leads_to });
            return;
        };
        if !known.leads_to.contains(&key) {
            known.leads_to.push(key);
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sayings.is_empty()
    }

    /// Calls `each` for every saying that ends in the last of these words, with how many words it has and a key that it leads to.
    pub(crate) fn ending(&self, kind: Kind, words: &Recent, each: &mut dyn FnMut(usize, &[u8])) {
        let Some(last) = words.key(0) else { return };
        for saying in self.sayings.get(last).into_iter().flatten() {
            let is_of_kind = match saying.kind {
                SayingKind::Words => matches!(kind, Kind::Word | Kind::Glyphs),
                SayingKind::Identifier => kind == Kind::Whole,
            };
            let stands = |(back, word): (usize, &Vec<u8>)| words.key(back + 1) == Some(word);
            if is_of_kind && saying.before.iter().rev().enumerate().all(stands) {
                saying.leads_to.iter().for_each(|key| each(saying.before.len() + 1, key));
            }
        }
    }
}

/// The words that were read last, without a gap between them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recent {
    words: Vec<(u32, String, Vec<u8>)>,
}

impl Recent {
    /// The next word, with its place in the text.
    pub(crate) fn push(&mut self, position: u32, text: &str) {
        if self.words.last().is_some_and(|(last, ..)| last + 1 != position) {
            self.words.clear();
        }
        if self.words.len() == SYNONYM_WORDS_MAX {
            self.words.remove(0);
        }
        self.words.push((position, text.into(), stemmed(text)));
    }

    pub(crate) fn clear(&mut self) {
        self.words.clear();
    }

    /// The stem of a word, so many before the last.
    fn key(&self, back: usize) -> Option<&Vec<u8>> {
        self.words.iter().nth_back(back).map(|(.., key)| key)
    }

    /// The last words, as they stand there.
    pub(crate) fn text(&self, words: usize) -> String {
        let last = &self.words[self.words.len().saturating_sub(words)..];
        let texts: Vec<&str> = last.iter().map(|(_, text, _)| text.as_str()).collect();
        texts.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn sample() -> Synonyms {
        let mut synonyms = Synonyms::default();
        for (typed, said) in [
            ("pod", "container groups"),
            ("pods", "cells"),
            ("cell", "pod"),
            ("container group", "pod"),
            ("cpp", "C++"),
            ("k8s", "kubernetes"),
            ("kubernetes", "k8s"),
            ("cell", "cells"),
        ] {
            synonyms.add(&Said::of(typed), &Said::of(said));
        }
        synonyms
    }

    /// What a text leads to, besides its own words.
    fn check(text: &str, expected: &str) {
        let (synonyms, mut recent, mut found) = (sample(), Recent::default(), Vec::new());
        tokens(text, &mut |token| {
            let mut identifier = Recent::default();
            let words = match token.kind {
                Kind::Word => {
                    recent.push(token.position, token.text);
                    &recent
                }
                _ => {
                    identifier.push(0, token.text);
                    &identifier
                }
            };
            synonyms.ending(token.kind, words, &mut |count, key| {
                let key = core::str::from_utf8(&key[..key.len() - 1]).unwrap();
                found.push(format!("{} {key}", words.text(count)));
            });
        });
        assert_eq!(found.join(", "), expected, "{text}");
    }

    #[test]
    fn words_and_phrases_lead_to_keys() {
        check("nothing here", "");
        check("Pods run", "pods cell");
        check("a Container-Group and a container of group", "container group pod");
        check("C++ and C", "c++ cpp");
        check("K8s is Kubernetes", "k8s kubernet, kubernetes k8s");
        check("cells", "cells pod");
    }
}
