//! Words of other languages than English: under which stem they stand, and what leads there.
//!
//! In: a word as it is written, and a stemmer of its language. Out: the surfaces that it counts for. Writer only: a reader takes
//! every word for English, and finds a link beside the key that it looks for.

use alloc::boxed::Box;
use alloc::string::String;

use crate::beside::{LINKS, key_beside};
use crate::fold::{Class, fold};
use crate::hash::Table;
use crate::stem::stemmed;
use crate::vocabulary::Vocabulary;

/// Gives a word of small letters its stem.
pub type Stemmer = fn(&str) -> String;

/// The words of one source.
#[derive(Debug, Default)]
pub(crate) struct ForeignWords {
    stemmer: Option<Stemmer>,
    /// As they are written, how they count.
    known: Table<Box<str>, Option<Foreign>>,
}

/// Under which surfaces a word counts: that of its stem, and that of the link to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Foreign {
    pub(crate) own: u32,
    pub(crate) link: u32,
}

impl ForeignWords {
    pub(crate) fn of(stemmer: Option<Stemmer>) -> ForeignWords {
        ForeignWords { stemmer, known: Table::default() }
    }

    pub(crate) fn is_english(&self) -> bool {
        self.stemmer.is_none()
    }

    /// Forgets the words, whose surfaces may soon be others.
    pub(crate) fn forget(&mut self) {
        self.known.clear();
    }

    /// How a word counts, if its language gives it another stem than English does.
    pub(crate) fn word(
        &mut self,
        written: &str,
        folded: &str,
        vocabulary: &mut Vocabulary,
    ) -> Option<Foreign> {
        let stemmer = self.stemmer.filter(|_| written.chars().all(char::is_alphabetic))?;
        if let Some(known) = self.known.get(written) {
            return *known;
        }
        let key = folded_word(&stemmer(&written.to_lowercase()));
        let english = stemmed(folded);
        let is_other = !key.is_empty() && key.as_bytes() != english;
        let foreign = is_other.then(|| Foreign {
            own: vocabulary.surface_under(key.as_bytes(), folded),
            link: vocabulary.surface_under(&key_beside(&english, LINKS), &key),
        });
        self.known.insert(written.into(), foreign);
        foreign
    }
}

/// Without case and accents, as tokens are.
fn folded_word(word: &str) -> String {
    let letters = word.chars().map(fold).filter(|folded| folded.class != Class::Mark);
    letters.flat_map(|folded| [Some(folded.first), folded.second]).flatten().collect()
}
