//! The part of `mcdewey.toml` that says which words mean the same: `[[synonyms]]`.
//!
//! In: one such table. Out: who types what finds what, checked. Knows no text of a source.
//!
//! ```toml
//! [[synonyms]]
//! words = ["pod", "container group"]       # each finds the others
//!
//! [[synonyms]]
//! query = ["phone"]                        # finds passages that say these, but not the other way round
//! finds = ["handset", "desk phone"]
//! ```

use search::{SYNONYM_WORDS_MAX, Said, Synonyms};
use serde::Deserialize;

/// Words that find passages which say others.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub(super) struct Group {
    typed: Vec<Said>,
    said: Vec<Said>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    words: Option<Vec<String>>,
    query: Option<Vec<String>>,
    finds: Option<Vec<String>>,
}

impl TryFrom<Written> for Group {
    type Error = String;

    fn try_from(written: Written) -> Result<Group, String> {
        let Written { words, query, finds } = written;
        match (words, query, finds) {
            (Some(words), None, None) => {
                if words.len() < 2 {
                    return Err("synonyms: words needs two words at least".into());
                }
                let words = read(&words)?;
                Ok(Group { typed: words.clone(), said: words })
            }
            (None, Some(query), Some(finds)) if !query.is_empty() && !finds.is_empty() => {
                let all: Vec<String> = query.iter().chain(&finds).cloned().collect();
                let mut typed = read(&all)?;
                let said = typed.split_off(query.len());
                match typed.iter().position(|typed| !typed.is_one_term()) {
                    Some(at) => {
                        Err(format!("synonyms: `{}` in query is no single word", query[at]))
                    }
                    None => Ok(Group { typed, said }),
                }
            }
            _ => Err("synonyms: give either words, or query and finds".into()),
        }
    }
}

/// Compares them with one another: forms of one word are found by one another anyway.
fn read(words: &[String]) -> Result<Vec<Said>, String> {
    let mut known: Vec<Said> = Vec::new();
    for word in words {
        let said = Said::of(word);
        if said.words() == 0 {
            return Err(format!("synonyms: `{word}` has no letter and no digit"));
        }
        if said.words() > SYNONYM_WORDS_MAX {
            return Err(format!("synonyms: `{word}` has more than {SYNONYM_WORDS_MAX} words"));
        }
        if let Some(at) = known.iter().position(|other| *other == said) {
            return Err(match words[at] == *word {
                true => format!("synonyms: `{word}` stands there twice"),
                false => format!(
                    "synonyms: `{word}` is a form of `{}`, which finds it anyway",
                    words[at]
                ),
            });
        }
        known.push(said);
    }
    Ok(known)
}

impl Group {
    pub(super) fn add_to(&self, synonyms: &mut Synonyms) {
        for typed in &self.typed {
            self.said.iter().for_each(|said| synonyms.add(typed, said));
        }
    }
}

/// Who types another name of a vendor or product finds passages that say its name, whosever guide they are in. Not the other way
/// round: another name may be a command or a word of prose.
pub(super) fn add_aliases(name: &str, aliases: &[String], synonyms: &mut Synonyms) {
    let name = Said::of(name);
    if (1..=SYNONYM_WORDS_MAX).contains(&name.words()) {
        aliases.iter().for_each(|alias| synonyms.add(&Said::of(alias), &name));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    fn check(text: &str, expected: &str) {
        let found = match toml::from_str::<Config>(text) {
            Ok(config) => format!("{:?}", config.synonyms()),
            Err(error) => error.to_string(),
        };
        assert!(found.contains(expected), "{text}: {found}");
    }

    #[test]
    fn groups_are_checked() {
        let group = |line: &str| format!("title = 'x'\n[[synonyms]]\n{line}\n");
        let bad = |line: &str, expected: &str| {
            check(&group(line), expected);
            check(&group(line), "line 2");
        };
        bad("words = ['pod']", "needs two words at least");
        bad("words = []", "needs two words at least");
        bad("words = ['pod', ' ']", "` ` has no letter and no digit");
        bad("words = ['pod', 'cell', 'pod']", "`pod` stands there twice");
        bad("words = ['pod', 'Pods']", "`Pods` is a form of `pod`");
        bad("words = ['pod', 'a b c d e f g h i']", "more than 8 words");
        bad("query = ['pod']", "give either words, or query and finds");
        bad("query = ['pod']\nfinds = []", "give either words, or query and finds");
        bad("words = ['pod', 'cell']\nfinds = ['x']", "give either words, or query and finds");
        bad("query = ['two words']\nfinds = ['x']", "`two words` in query is no single word");
        check(&group("word = ['pod']"), "unknown field `word`");
    }

    #[test]
    fn aliases_find_names() {
        let config = |text: &str| toml::from_str::<Config>(text).unwrap().synonyms();
        let name = "name = 'Unified CM', aliases = ['cucm', 'call-manager', 'unified manager']";
        let groups = "[[synonyms]]\nquery = ['cucm', 'call-manager']\nfinds = ['unified cm']";
        assert_eq!(config(&format!("[names]\n'c/cucm' = {{ {name} }}")), config(groups));
        assert!(config(&format!("[names]\n'cucm/v1.2' = {{ {name} }}")).is_empty());
        assert!(config("[names]\n'c/cucm' = 'Unified CM'").is_empty());
    }
}
