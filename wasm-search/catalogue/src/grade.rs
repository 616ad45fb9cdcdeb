//! How well an entry is meant by what the reader types.
//!
//! In: an entry's names, the text typed. Out: a grade, or nothing where a word is not met: tinysearch
//! takes an entry for found once any word is, and sees no digits.

use crate::Entry;

/// The lower the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Grade {
    meaning: Meaning,
    /// How many of the words typed are only the beginning of one.
    unfinished: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    /// The title is what was typed.
    Whole,
    /// The title begins with what was typed.
    Beginning,
    /// Each word typed begins a word of the title.
    Words,
    /// Some of them begin a word of another name or of the place.
    Beside,
}

/// The names of an entry, taken apart once: a reader types many keys.
pub(crate) struct Names {
    /// The title in lower case.
    title: String,
    /// The words of the title, then those of the aliases, then those of the place.
    pub(crate) words: Vec<String>,
    title_words: usize,
    own_words: usize,
}

impl Names {
    pub(crate) fn of(entry: &Entry) -> Names {
        let mut all = words(&entry.title);
        let title_words = all.len();
        entry.aliases.iter().for_each(|alias| all.append(&mut words(alias)));
        let own_words = all.len();
        all.append(&mut words(&entry.place));
        Names { title: entry.title.to_lowercase(), words: all, title_words, own_words }
    }

    /// The grade, given the text in lower case and its words.
    pub(crate) fn grade(&self, text: &str, typed: &[String]) -> Option<Grade> {
        let place = |word: &String| self.words.iter().position(|name| name.starts_with(&**word));
        let (mut is_own, mut is_titled, mut unfinished) = (false, true, 0);
        for word in typed {
            let at = place(word)?;
            is_own |= at < self.own_words;
            is_titled &= at < self.title_words;
            unfinished += usize::from(!self.words.contains(word));
        }
        // The place alone does not name an entry: a product's name must not bring all its guides.
        let meaning = match self.title.strip_prefix(text) {
            _ if !is_own => return None,
            Some("") => Meaning::Whole,
            Some(_) => Meaning::Beginning,
            None if is_titled => Meaning::Words,
            None => Meaning::Beside,
        };
        Some(Grade { meaning, unfinished })
    }
}

/// The words of a name, digits and all, in lower case.
pub(crate) fn words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !(c.is_alphabetic() || c.is_ascii_digit()));
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}
