//! What a query looks for. In: what was typed. Out: the words to report and the terms to look up. Knows no index.

use alloc::string::String;
use alloc::vec::Vec;

use crate::stem::stem;
use crate::stop::is_stop_word;
use crate::text::{Kind, Token, tokens};

/// More terms than this are not looked up; a pasted page is searched by its beginning.
pub(crate) const TERMS_MAX: usize = 64;

/// A word that stands in a query more often than this counts no more.
const COUNT_MAX: u32 = 8;

/// A longer query is cut here.
const QUERY_BYTES_MAX: usize = 4096;

/// How many bytes the beginning of a word must have before words that begin so are looked for.
const PREFIX_BYTES_MIN: usize = 2;

/// A query, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The words to report, as typed.
    pub(crate) words: Vec<String>,
    pub(crate) terms: Vec<Term>,
}

/// One term to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    /// Folded.
    pub(crate) text: String,
    /// Under which it is indexed.
    pub(crate) key: Vec<u8>,
    pub(crate) kind: Kind,
    /// Whether words that begin so count as well: it stands at the very end of the query.
    pub(crate) is_prefix: bool,
    /// Which of the plan's words it belongs to.
    pub(crate) word: usize,
    /// How often it stands in the query, up to [`COUNT_MAX`]: who says a word twice means it.
    pub(crate) count: u32,
}

impl Term {
    /// The same term with another word.
    pub(crate) fn instead(&self, word: &str) -> Term {
        let mut key = Vec::from(word);
        stem(&mut key);
        Term { text: word.into(), key, is_prefix: false, ..self.clone() }
    }

    /// Whether this term marks a token of a text. A word does not mark the chain that it begins.
    pub(crate) fn marks(&self, token: &Token<'_>, key: &[u8]) -> bool {
        let may_begin = self.is_prefix && (token.kind != Kind::Pair || self.kind == Kind::Pair);
        key == self.key || (may_begin && token.text.starts_with(self.text.as_str()))
    }
}

struct Found {
    text: String,
    kind: Kind,
    start: usize,
    end: usize,
}

impl Plan {
    /// Takes a query apart. Stop words are dropped unless there is nothing else.
    pub(crate) fn of(query: &str) -> Plan {
        let query = &query[..query.floor_char_boundary(QUERY_BYTES_MAX)];
        let mut found: Vec<Found> = Vec::new();
        tokens(query, &mut |token| {
            found.push(Found {
                text: token.text.into(),
                kind: token.kind,
                start: token.start,
                end: token.end,
            });
        });
        if found.iter().any(|token| !is_stop_word(&token.text)) {
            found.retain(|token| !is_stop_word(&token.text));
        }
        let spans = joined_spans(&found);
        let mut plan = Plan::default();
        for token in found {
            let word = spans
                .iter()
                .position(|(start, end)| *start <= token.start && token.end <= *end)
                .unwrap_or(0);
            plan.add(token, word, query.len());
        }
        plan.words = spans.into_iter().map(|(start, end)| query[start..end].into()).collect();
        plan
    }

    fn add(&mut self, token: Found, word: usize, query_bytes: usize) {
        let is_prefix = token.end == query_bytes && token.text.len() >= PREFIX_BYTES_MIN;
        let mut key = Vec::from(token.text.as_str());
        stem(&mut key);
        if let Some(term) = self.terms.iter_mut().find(|term| term.key == key) {
            term.is_prefix |= is_prefix;
            term.count = (term.count + 1).min(COUNT_MAX);
        } else if self.terms.len() < TERMS_MAX {
            let Found { text, kind, .. } = token;
            self.terms.push(Term { text, key, kind, is_prefix, word, count: 1 });
        }
    }
}

/// Where the typed words stand: tokens that overlap, such as a path's pairs, are one word. A whole comes after the first
/// word of what follows it, hence the insertion.
fn joined_spans(found: &[Found]) -> Vec<(usize, usize)> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for token in found {
        let (mut start, mut end) = (token.start, token.end);
        let at = spans.iter().rposition(|span| span.1 <= start).map_or(0, |before| before + 1);
        while let Some(span) = spans.get(at).copied().filter(|span| span.0 < end) {
            (start, end) = (start.min(span.0), end.max(span.1));
            spans.remove(at);
        }
        spans.insert(at, (start, end));
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, words: &str, terms: &str) {
        let plan = Plan::of(query);
        assert_eq!(plan.words.join("|"), words, "{query}");
        let shown: Vec<String> = plan
            .terms
            .iter()
            .map(|term| {
                String::from_utf8(term.key.clone()).unwrap() + if term.is_prefix { "*" } else { "" }
            })
            .collect();
        assert_eq!(shown.join(" "), terms, "{query}");
    }

    #[test]
    fn queries_become_terms() {
        check("", "", "");
        check("send DTMF strings", "send|DTMF|strings", "send dtmf string*");
        check("send DTMF ", "send|DTMF", "send dtmf");
        check("how to configure the agent", "configure|agent", "configur agent*");
        check("what is this", "what|is|this", "what is this*");
        check("compile the Compiler", "compile|Compiler", "compil*");
        check("c", "c", "c");
    }

    #[test]
    fn identifiers_are_one_word_of_many_terms() {
        check("UPDATE_CALL_DATA x", "UPDATE_CALL_DATA|x", "updat call data x update_call_data");
        check(
            "/finesse/api/Dialog",
            "finesse/api/Dialog",
            "finess api dialog* finesse/api api/dialog*",
        );
        check("third-party", "third-party", "third parti* third-party*");
        check("配置文件", "配置文件", "配置 置文 文件*");
    }

    #[test]
    fn a_pasted_page_is_cut() {
        let page: String = (0..100u8)
            .map(|idx| {
                [char::from(b'a' + idx / 26), char::from(b'a' + idx % 26), ' ']
                    .iter()
                    .collect::<String>()
            })
            .collect();
        assert_eq!(Plan::of(&page).terms.len(), TERMS_MAX);
    }
}
