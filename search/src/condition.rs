//! What a passage must have, or must not have, to be a hit: phrases, titles, pages, and what is left out.
//!
//! In: a plan, and the texts of a passage. Out: whether it holds. What postings cannot tell, such as the order of words, the text
//! does; whoever asks decides which texts are worth their bytes. Knows no shards.

use alloc::string::String;
use alloc::vec::Vec;

use crate::address::{decimal, page_key};
use crate::plain::plain;
use crate::plan::Plan;
use crate::record::{Placement, Record};
use crate::row::Row;
use crate::stem::stem;
use crate::syntax::{Form, Sign};

/// One condition of a query.
pub(crate) struct Condition {
    /// Its place in what the plan was asked.
    pub(crate) asked: usize,
    pub(crate) sign: Sign,
    pub(crate) form: Form,
    pub(crate) row: Row,
    /// Whether its last word may go on, as it stands at the very end of the query.
    is_last: bool,
    /// The label of a page.
    label: String,
}

/// The words of a passage.
struct Texts {
    title: Row,
    /// Heading path and body.
    rest: Vec<Row>,
}

/// The conditions of a plan; phrases without a word are none.
pub(crate) fn conditions(plan: &Plan, query: &str) -> Vec<Condition> {
    let condition = |(at, asked): (usize, &crate::syntax::Asked)| {
        let value = &query[asked.value.0..asked.value.1];
        let (sign, form, row) = (asked.sign, asked.form, Row::of(value));
        let has_text =
            matches!(sign, Sign::Phrase | Sign::Title | Sign::Without) && !row.is_empty();
        (has_text || sign == Sign::Page).then(|| Condition {
            asked: at,
            sign,
            form,
            row,
            is_last: asked.value.1 == query.len(),
            label: value.into(),
        })
    };
    plan.asked.iter().enumerate().filter_map(condition).collect()
}

impl Condition {
    /// Whether a place is on the page that is asked for, if one is.
    pub(crate) fn lets(&self, place: &Placement) -> bool {
        let is_it = |label: &str| page_key(label) == page_key(&self.label);
        self.sign != Sign::Page
            || place.page.is_some_and(|page| is_it(&decimal(page)))
            || place.label.as_deref().is_some_and(is_it)
    }

    /// Whether only the text tells if a passage that has its words is meant.
    pub(crate) fn needs_text(&self) -> bool {
        matches!(self.sign, Sign::Phrase | Sign::Title) || self.is_phrase()
    }

    fn is_phrase(&self) -> bool {
        self.form == Form::Quoted || self.row.words().nth(1).is_some()
    }

    fn holds(&self, texts: &Texts) -> bool {
        let mut all = core::iter::once(&texts.title).chain(&texts.rest);
        match self.sign {
            Sign::Title if self.form == Form::Bare => {
                let counts = if self.is_last { begins_or_is_form_of } else { is_form_of };
                has_each(&texts.title, &self.row, counts)
            }
            Sign::Title => texts.title.holds(&self.row),
            Sign::Without if self.is_phrase() => !all.any(|row| row.holds(&self.row)),
            Sign::Without => !all.any(|row| has_each(row, &self.row, is_form_of)),
            Sign::Phrase => all.any(|row| row.holds(&self.row)),
            _ => true,
        }
    }
}

/// Whether each word of `wanted` has one in a row that counts for it.
fn has_each(row: &Row, wanted: &Row, counts: fn(&str, &str) -> bool) -> bool {
    wanted.words().all(|wanted| row.words().any(|word| counts(word, wanted)))
}

fn is_form_of(word: &str, wanted: &str) -> bool {
    let stem_of = |word: &str| {
        let mut key = Vec::from(word);
        stem(&mut key);
        key
    };
    stem_of(word) == stem_of(wanted)
}

fn begins_or_is_form_of(word: &str, wanted: &str) -> bool {
    word.starts_with(wanted) || is_form_of(word, wanted)
}

/// Which conditions a passage fulfils, in their order.
pub(crate) fn fulfilled(conditions: &[Condition], record: &Record) -> Vec<bool> {
    let mut rest: Vec<Row> = record.headings.iter().map(|heading| Row::of(heading)).collect();
    rest.push(Row::of(&plain(&record.text)));
    let texts = Texts { title: Row::of(&record.title), rest };
    let is_on_page = |condition: &Condition| record.places().any(|place| condition.lets(place));
    conditions.iter().map(|condition| condition.holds(&texts) && is_on_page(condition)).collect()
}

/// The phrases to mark.
pub(crate) fn phrases(conditions: &[Condition]) -> Vec<&Row> {
    let is_phrase = |condition: &&Condition| condition.sign == Sign::Phrase;
    conditions.iter().filter(is_phrase).map(|condition| &condition.row).collect()
}
