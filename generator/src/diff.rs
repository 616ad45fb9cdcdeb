//! What changed between two texts, word by word.
//!
//! In: an old text and a new one. Out: runs of words that stayed, went or came, in the order of reading. Differences of
//! white space are none. Knows no page and no protocol.

use serde::Serialize;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Texts are compared up to so many words: the work grows with their product where all is different.
const WORDS_MAX: usize = 5_000;

/// What became of a run of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Fate {
    Same,
    Removed,
    Added,
}

/// A run of words and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub(crate) struct Run {
    pub(crate) fate: Fate,
    pub(crate) text: String,
}

/// The way from one text to another.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) runs: Vec<Run>,
    /// Whether a text was longer than what is compared.
    pub(crate) is_cut: bool,
}

impl Changes {
    /// Compares `old` with `new`.
    pub(crate) fn between(old: &str, new: &str) -> Changes {
        let (old, new) = (words(old), words(new));
        let is_cut = old.len().max(new.len()) > WORDS_MAX;
        let old = &old[..old.len().min(WORDS_MAX)];
        let new = &new[..new.len().min(WORDS_MAX)];
        let mut changes = Changes { runs: Vec::new(), is_cut };
        for step in capture_diff_slices(Algorithm::Myers, old, new) {
            match step {
                DiffOp::Equal { new_index, len, .. } => {
                    changes.add(Fate::Same, &new[new_index..new_index + len]);
                }
                DiffOp::Delete { old_index, old_len, .. } => {
                    changes.add(Fate::Removed, &old[old_index..old_index + old_len]);
                }
                DiffOp::Insert { new_index, new_len, .. } => {
                    changes.add(Fate::Added, &new[new_index..new_index + new_len]);
                }
                DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                    changes.add(Fate::Removed, &old[old_index..old_index + old_len]);
                    changes.add(Fate::Added, &new[new_index..new_index + new_len]);
                }
            }
        }
        changes.settle();
        changes
    }

    /// Joins changes that only a word or two keep apart: "the" alone was not kept, it came again.
    fn settle(&mut self) {
        let runs = std::mem::take(&mut self.runs);
        let (mut removed, mut added) = (String::new(), String::new());
        for (at, run) in runs.iter().enumerate() {
            let is_between = at > 0 && at + 1 < runs.len();
            match run.fate {
                Fate::Removed => removed += &run.text,
                Fate::Added => added += &run.text,
                Fate::Same if is_between && is_slight(&run.text) => {
                    removed += &run.text;
                    added += &run.text;
                }
                Fate::Same => {
                    self.put(&mut removed, &mut added);
                    self.runs.push(run.clone());
                }
            }
        }
        self.put(&mut removed, &mut added);
    }

    fn put(&mut self, removed: &mut String, added: &mut String) {
        for (fate, text) in [(Fate::Removed, removed), (Fate::Added, added)] {
            if !text.is_empty() {
                self.runs.push(Run { fate, text: std::mem::take(text) });
            }
        }
    }

    /// How many words had this fate.
    pub(crate) fn count(&self, fate: Fate) -> usize {
        let runs = self.runs.iter().filter(|run| run.fate == fate);
        runs.map(|run| words(&run.text).len()).sum()
    }

    fn add(&mut self, fate: Fate, words: &[Word]) {
        let text: String = words.iter().map(|word| word.whole).collect();
        self.runs.push(Run { fate, text });
    }
}

/// Whether a run is too short to be worth an interruption.
fn is_slight(text: &str) -> bool {
    const WORDS: usize = 2;
    const CHARS: usize = 12;
    words(text).len() <= WORDS && text.chars().count() <= CHARS && !text.contains('\n')
}

/// A word with the white space behind it; only the word is compared.
#[derive(Debug, Clone, Copy)]
struct Word<'a> {
    whole: &'a str,
    bare: &'a str,
}

impl PartialEq for Word<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.bare == other.bare
    }
}

impl Eq for Word<'_> {}

impl std::hash::Hash for Word<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.bare.hash(state);
    }
}

impl PartialOrd for Word<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Word<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.bare.cmp(other.bare)
    }
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match is_glyph(first) {
            true => first.len_utf8(),
            false => rest.find(|c: char| c.is_whitespace() || is_glyph(c)).unwrap_or(rest.len()),
        };
        let behind = rest[end..].trim_start();
        words.push(Word { whole: &rest[..rest.len() - behind.len()], bare: &rest[..end] });
        rest = behind;
    }
    words
}

/// Scripts that put no spaces between words are compared sign by sign.
fn is_glyph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, expected: &str) {
        let mut shown = String::new();
        for run in Changes::between(old, new).runs {
            let text = run.text.trim();
            shown += &match run.fate {
                Fate::Same => format!("{text} "),
                Fate::Removed => format!("[-{text}] "),
                Fate::Added => format!("[+{text}] "),
            };
        }
        assert_eq!(shown.trim_end(), expected);
    }

    #[test]
    fn words_stay_go_and_come() {
        check("a b c", "a b c", "a b c");
        check("wait ten seconds", "wait 20 seconds", "wait [-ten] [+20] seconds");
        check("one two", "one two three", "one two [+three]");
        check("one two three", "two three", "[-one] two three");
        check(
            "ask the agent now or later today",
            "tell the team now or later today",
            "[-ask the agent] [+tell the team] now or later today",
        );
        check("", "new", "[+new]");
        check("", "", "");
    }

    #[test]
    fn white_space_is_no_difference() {
        check("a  b\n\nc", "a b c", "a b c");
    }

    #[test]
    fn signs_are_compared_one_by_one() {
        check("重启交换机", "重启路由机", "重启 [-交换] [+路由] 机");
    }

    #[test]
    fn long_texts_are_cut() {
        let long = "word ".repeat(WORDS_MAX + 1);
        assert!(Changes::between(&long, "word").is_cut);
        assert!(!Changes::between("a", "b").is_cut);
    }
}
