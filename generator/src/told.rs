//! What is to be known of an answer beside its hits, in sentences: for the terminal, for agents, for pages without scripts.
//!
//! In: what the engine says of the query's signs. Out: sentences. Knows no hits and no HTML.

use search::{Answer, Clause, ClauseKind, Level};

/// As the search page says it (`static/js/messages.js`).
const CUT: &str =
    "Very common words were searched only where they weigh most; add a rarer word or a filter.";

/// The parts of an answer that are told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    /// Whether there was nothing in the query to look for.
    pub(crate) is_wordless: bool,
    /// Words that stand nowhere in the library, each with what was taken for it.
    pub(crate) missing: Vec<(String, Vec<String>)>,
    /// Words that name versions, which were searched besides the newest.
    pub(crate) versions: Vec<String>,
    /// What the signs of the query were taken for.
    pub(crate) clauses: Vec<Clause>,
    /// How many passages match.
    pub(crate) total: u32,
    /// How many passages more have the words, but were not read for phrases and titles.
    pub(crate) unchecked: u32,
    /// Whether postings of common words were left out.
    pub(crate) is_cut: bool,
}

impl Told {
    pub(crate) fn of(answer: &Answer) -> Told {
        let missing = answer.words.iter().filter(|word| !word.found);
        let versions = answer.words.iter().filter(|word| word.is_version);
        Told {
            is_wordless: answer.words.is_empty() && answer.clauses.is_empty(),
            missing: missing.map(|word| (word.text.clone(), word.meant.clone())).collect(),
            versions: versions.map(|word| word.text.clone()).collect(),
            clauses: answer.clauses.clone(),
            total: answer.total,
            unchecked: answer.unchecked,
            is_cut: answer.is_cut,
        }
    }

    /// Whether more passages may match than are counted.
    pub(crate) fn is_least(&self) -> bool {
        self.is_cut || self.unchecked > 0
    }

    /// One sentence for each thing to know.
    pub(crate) fn sentences(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        let (lost, corrected): (Vec<_>, Vec<_>) =
            self.missing.iter().partition(|(_, meant)| meant.is_empty());
        if !lost.is_empty() {
            let lost = quoted(lost.iter().map(|(word, _)| word));
            sentences.push(format!("Nothing in the library for {lost}."));
        }
        for (word, meant) in corrected {
            let meant = quoted(meant.iter());
            sentences.push(format!("Nothing in the library for \"{word}\"; showing {meant}."));
        }
        sentences.extend(self.clauses.iter().filter_map(|clause| self.sentence(clause)));
        if self.unchecked > 0 {
            sentences.push(format!(
                "{} more passages have the words but were not read; a greater limit reads further.",
                self.unchecked
            ));
        }
        if self.is_cut {
            sentences.push(CUT.to_string());
        }
        sentences
    }

    fn sentence(&self, clause: &Clause) -> Option<String> {
        let Clause { text, kind, found, .. } = clause;
        let among = if self.unchecked > 0 { " that was read" } else { "" };
        match (kind, found) {
            (ClauseKind::Phrase, false) => {
                let apart = if self.total > 0 { ": its words were searched apart" } else { "" };
                Some(format!("No passage{among} has {text} in a row{apart}."))
            }
            (ClauseKind::Title, false) => Some(format!("No title{among} has {}.", value(text))),
            (ClauseKind::Page, false) => Some(format!("Nothing is on a page {}.", value(text))),
            (ClauseKind::Without, _) => Some(format!("Without {}.", &text[1..])),
            (ClauseKind::Only(level), false) => Some(unknown(*level, clause)),
            (ClauseKind::Kept, _) if text.starts_with('-') => Some(format!(
                "\"{text}\" was searched as it stands; to leave out a word, write it in small letters behind the others."
            )),
            (ClauseKind::Kept, _) => {
                Some("The quote does not end; its words were searched one by one.".to_string())
            }
            (ClauseKind::Direct, _) => Some(format!("The first result is {text} itself.")),
            _ => None,
        }
    }
}

fn quoted<'a>(words: impl Iterator<Item = &'a String>) -> String {
    words.map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

fn value(text: &str) -> &str {
    text.split_once(':').map_or(text, |(_, value)| value)
}

fn unknown(level: Level, clause: &Clause) -> String {
    let named = |name: &search::Named| match name.name.is_empty() {
        true => name.key.clone(),
        false => name.name.clone(),
    };
    let names: Vec<String> = clause.names.iter().map(named).collect();
    let there_is =
        if names.is_empty() { String::new() } else { format!(" There is: {}.", names.join(", ")) };
    format!(
        "There is no {} {}, so that was not heeded.{there_is}",
        level.name(),
        value(&clause.text)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, kind: ClauseKind, found: bool, expected: &str) {
        let named = search::Named { key: "finesse".into(), name: "Finesse".into() };
        let clause = Clause { text: text.into(), kind, found, names: vec![named] };
        let told = Told { clauses: vec![clause], ..Told::default() };
        assert_eq!(told.sentences().join(" "), expected);
    }

    #[test]
    fn what_matters_is_told() {
        check("\"a b\"", ClauseKind::Phrase, true, "");
        check("\"a b\"", ClauseKind::Phrase, false, "No passage has \"a b\" in a row.");
        check("-desktop", ClauseKind::Without, true, "Without desktop.");
        check("product:finesse", ClauseKind::Only(Level::Product), true, "");
        check(
            "product:fines",
            ClauseKind::Only(Level::Product),
            false,
            "There is no product fines, so that was not heeded. There is: Finesse.",
        );
        check("page:999", ClauseKind::Page, false, "Nothing is on a page 999.");
    }

    #[test]
    fn what_a_budget_cuts_is_told() {
        let told = |is_cut| Told::of(&Answer { is_cut, ..Answer::default() });
        assert_eq!(told(true).sentences(), [CUT]);
        assert!(told(true).is_least() && !told(false).is_least());
        assert!(told(false).sentences().is_empty());
    }

    #[test]
    fn what_was_taken_for_a_word_is_told() {
        let missing = vec![
            ("zebra".to_string(), vec![]),
            ("dialgo".to_string(), vec!["dialog".to_string(), "dialogs".to_string()]),
        ];
        let told = Told { missing, ..Told::default() };
        let expected = [
            "Nothing in the library for \"zebra\".",
            "Nothing in the library for \"dialgo\"; showing \"dialog\", \"dialogs\".",
        ];
        assert_eq!(told.sentences(), expected);
    }
}
