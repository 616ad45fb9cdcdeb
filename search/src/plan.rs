//! What a query looks for. In: what was typed. Out: the words to report and the terms to look up. Knows no index.

use alloc::string::String;
use alloc::vec::Vec;

use crate::address::page_key;
use crate::answer::Level;
use crate::plain::text_of;
use crate::query::Reading;
use crate::stem::stem;
use crate::stop::{is_stop_word, without_questions};
use crate::syntax::{Asked, Form, Sign, Syntax};
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
    /// The query with blanks for all that is not to be looked for.
    pub(crate) said: String,
    /// What the signs of the query ask.
    pub(crate) asked: Vec<Asked>,
    /// What is looked up for the places in `asked`: a passage that has what is asked has these, or is to be left out for them.
    pub(crate) tied: Vec<Tied>,
}

/// A term that something asked goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tied {
    /// Its place in `asked`.
    pub(crate) asked: usize,
    pub(crate) term: TiedTerm,
}

/// Where such a term is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TiedTerm {
    /// Among the plan's terms: it counts as well.
    Counted(usize),
    /// It only lets through or leaves out.
    Apart(Term),
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
    /// Whether it was typed between quotes and nowhere else: nothing but itself is meant.
    pub(crate) is_quoted: bool,
}

impl Term {
    /// A term that only lets through or leaves out.
    pub(crate) fn apart(text: &str, key: Vec<u8>, kind: Kind) -> Term {
        let (is_prefix, is_quoted) = (false, true);
        Term { text: text.into(), key, kind, is_prefix, word: 0, count: 1, is_quoted }
    }

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
    pub(crate) fn of(query: &str, reading: Reading) -> Plan {
        let query = &query[..query.floor_char_boundary(QUERY_BYTES_MAX)];
        let syntax = match reading {
            Reading::Language => Syntax::of(query),
            Reading::Loose => Syntax::of(query).loosened(),
            Reading::Words => Syntax { words: query.into(), asked: Vec::new() },
        };
        let mut plan = Plan { asked: syntax.asked, ..Plan::default() };
        let mut found = found_in(&without_questions(&syntax.words));
        if found.is_empty() || plan.asked.iter().any(|asked| asked.sign == Sign::Phrase) {
            found = found_in(&syntax.words);
        }
        if found.iter().any(|token| !is_stop_word(&token.text)) {
            found.retain(|token| !is_stop_word(&token.text));
        }
        let spans = joined_spans(&found);
        for token in found {
            let word = spans
                .iter()
                .position(|(start, end)| *start <= token.start && token.end <= *end)
                .unwrap_or(0);
            plan.add(token, word, query.len());
        }
        plan.words = spans.into_iter().map(|(start, end)| query[start..end].into()).collect();
        plan.tie_others(query);
        plan.said = syntax.words;
        plan
    }

    /// The terms that only let through or leave out, each with what it is tied to.
    pub(crate) fn apart(&self) -> impl Iterator<Item = (usize, &Term)> {
        self.tied.iter().filter_map(|tied| match &tied.term {
            TiedTerm::Apart(term) => Some((tied.asked, term)),
            TiedTerm::Counted(_) => None,
        })
    }

    /// The levels that the query narrows, and to what; in its order.
    pub(crate) fn fields<'q>(&self, query: &'q str) -> Vec<(Level, &'q str)> {
        let field = |asked: &Asked| match asked.sign {
            Sign::Only(level) => Some((level, &query[asked.value.0..asked.value.1])),
            _ => None,
        };
        self.asked.iter().filter_map(field).collect()
    }

    fn add(&mut self, token: Found, word: usize, query_bytes: usize) {
        let asked = self.asked.iter().position(|asked| {
            matches!(asked.sign, Sign::Phrase | Sign::Title)
                && asked.value.0 <= token.start
                && token.end <= asked.value.1
        });
        let is_quoted = asked.is_some_and(|asked| self.asked[asked].form == Form::Quoted);
        let is_prefix =
            token.end == query_bytes && token.text.len() >= PREFIX_BYTES_MIN && !is_quoted;
        let mut key = Vec::from(token.text.as_str());
        stem(&mut key);
        let is_sure = token.is_sure() && !is_prefix;
        let known = self.terms.iter().position(|term| term.key == key);
        let Some(term) = known.or_else(|| {
            let Found { text, kind, .. } = token;
            let term = Term { text, key, kind, is_prefix, word, count: 0, is_quoted };
            (self.terms.len() < TERMS_MAX).then(|| self.terms.push(term))?;
            Some(self.terms.len() - 1)
        }) else {
            return;
        };
        let at = &mut self.terms[term];
        at.is_prefix |= is_prefix;
        at.is_quoted &= is_quoted;
        at.count = (at.count + 1).min(COUNT_MAX);
        let tied = asked.filter(|_| is_sure);
        self.tied.extend(tied.map(|asked| Tied { asked, term: TiedTerm::Counted(term) }));
    }

    /// Ties what is looked up but does not count.
    fn tie_others(&mut self, query: &str) {
        for (at, asked) in self.asked.iter().enumerate() {
            let value = &query[asked.value.0..asked.value.1];
            let term = |term| Tied { asked: at, term: TiedTerm::Apart(term) };
            match asked.sign {
                Sign::Without => {
                    self.tied.extend(found_in(value).into_iter().filter_map(|token| {
                        let mut key = Vec::from(token.text.as_str());
                        stem(&mut key);
                        token.is_sure().then(|| term(Term::apart(&token.text, key, token.kind)))
                    }));
                }
                Sign::Page => {
                    self.tied.push(term(Term::apart(value, page_key(value), Kind::Whole)));
                }
                _ => {}
            }
        }
    }
}

impl Found {
    /// Whether whatever holds these words in a row has this term: numbers are not always words of their own.
    fn is_sure(&self) -> bool {
        let is_number = self.text.len() <= 3 && self.text.bytes().all(|byte| byte.is_ascii_digit());
        matches!(self.kind, Kind::Word | Kind::Glyphs) && !is_number && !is_stop_word(&self.text)
    }
}

/// Words that a hyphen joins are looked for as one word too: who types `pre-compiled` means what the library may call `precompiled`.
fn found_in(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    tokens(text, &mut |token| {
        let Token { kind, start, end, .. } = *token;
        let mut text = String::from(token.text);
        if kind == Kind::Joined {
            let without = |byte: u8| if byte == b'-' { 0 } else { byte };
            let joined = text_of(token.text.bytes().map(without).collect());
            found.push(Found { text: core::mem::replace(&mut text, joined), kind, start, end });
        }
        found.push(Found { text, kind, start, end });
    });
    found
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
        let plan = Plan::of(query, Reading::Language);
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
        check("third-party", "third-party", "third parti* third-party* thirdparti*");
        check("配置文件", "配置文件", "配置 置文 文件*");
    }

    #[test]
    fn what_only_asks_is_not_looked_for() {
        check("如何使用 TSO", "使用|TSO", "使用 tso*");
        check("TSO 是什么意思", "TSO", "tso");
        check("为什么", "为什么", "为什 什么*");
        check("\"为什么\" TSO", "为什么|TSO", "为什 什么 tso*");
        check("agent doesn't start", "agent|start", "agent start*");
    }

    #[test]
    fn what_is_quoted_begins_nothing() {
        check("agent \"desktop\"", "agent|desktop", "agent desktop");
        check("agent -desktop title:inst", "agent|inst", "agent inst*");
        check("product:finesse page:107", "", "");
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
        assert_eq!(Plan::of(&page, Reading::Language).terms.len(), TERMS_MAX);
    }
}
