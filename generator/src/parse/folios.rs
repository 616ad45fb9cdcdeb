//! Running heads and feet, and the printed labels (folios) in them.
//!
//! In: the sheets of a paged source. Out: the same sheets without the lines that repeat from page to page, and the
//! label that each page carried. A line is taken out only for what it repeats: the very same line on a third of the
//! pages, or the same line with a number that rises in step with the pages. Knows no page marks.

use std::collections::{BTreeMap, BTreeSet};

use super::fence;
use super::pages::Sheet;
use super::text::Line;

/// Takes running lines out; the result holds the printed label of each sheet.
pub(super) fn take_out(sheets: &mut [Sheet]) -> Vec<Option<String>> {
    let edges = collect(sheets);
    let mut labels = vec![None; sheets.len()];
    let mut doomed: Vec<(usize, usize)> = Vec::new();
    for (key, group) in edges.by_key.iter().rev() {
        let Some(series) = find_series(group) else { continue };
        // A lone number that is out of step is a number of the text.
        let is_worded = key.chars().any(char::is_alphanumeric);
        for (edge, _) in
            group.iter().zip(series.in_step).filter(|(_, in_step)| *in_step || is_worded)
        {
            labels[edge.sheet].get_or_insert_with(|| edge.folios[series.token].text.clone());
            doomed.push((edge.sheet, edge.line));
        }
    }
    let enough = FEWEST_REPEATS.max(sheets.len() / 3);
    for group in edges.by_text.values().filter(|group| group.len() >= enough) {
        doomed.extend(group);
    }
    if !leaves_text(sheets, &doomed) {
        return vec![None; sheets.len()];
    }
    remove(sheets, doomed);
    labels
}

const FEWEST_REPEATS: usize = 3;

/// A line near the top or the bottom of a page.
struct Edge {
    sheet: usize,
    line: usize,
    folios: Vec<Folio>,
}

#[derive(Default)]
struct Edges<'a> {
    /// Lines alike but for their numbers.
    by_key: BTreeMap<String, Vec<Edge>>,
    /// The same line again: sheet and line.
    by_text: BTreeMap<&'a str, Vec<(usize, usize)>>,
}

fn collect<'a>(sheets: &[Sheet<'a>]) -> Edges<'a> {
    let mut edges = Edges::default();
    for (sheet, lines) in sheets.iter().map(|sheet| &sheet.lines).enumerate() {
        for line in edge_lines(lines) {
            let text = lines[line].text.trim();
            edges.by_text.entry(text).or_default().push((sheet, line));
            let (key, folios) = generalise(text);
            if !folios.is_empty() {
                edges.by_key.entry(key).or_default().push(Edge { sheet, line, folios });
            }
        }
    }
    edges
}

/// The first and last lines of a page that can be running lines.
fn edge_lines(lines: &[Line]) -> Vec<usize> {
    const LINES_PER_EDGE: usize = 3;
    let filled =
        |line: &usize| !lines[*line].is_blank() && fence::opening(lines[*line].text).is_none();
    let mut edge: Vec<usize> = (0..lines.len()).filter(filled).take(LINES_PER_EDGE).collect();
    let bottom = (0..lines.len()).rev().filter(filled).take(LINES_PER_EDGE);
    edge.extend(
        bottom.filter(|line| edge.last().is_none_or(|last| last < line)).collect::<Vec<_>>(),
    );
    edge.retain(|line| may_run(lines[*line].text));
    edge
}

/// Rows of tables repeat at the top of pages too, and belong to the text.
fn may_run(line: &str) -> bool {
    const MOST_BYTES: usize = 200;
    let text = line.trim();
    text.len() <= MOST_BYTES && !text.starts_with('|') && text.chars().any(char::is_alphanumeric)
}

/// A printed page number: `91`, `xiv`, `A-3`.
#[derive(Debug, Clone, PartialEq)]
struct Folio {
    text: String,
    /// What stands before the counting part: the `A-` of `A-3`; `roman` for numerals.
    series: String,
    value: u32,
}

/// The line with `#` in the place of its numbers, and the numbers.
fn generalise(line: &str) -> (String, Vec<Folio>) {
    let (mut key, mut folios) = (String::new(), Vec::new());
    for token in line.split_whitespace() {
        let bare = token.trim_matches(|symbol: char| !symbol.is_alphanumeric());
        let folio = read_folio(bare);
        match &folio {
            Some(_) => key.push_str(&token.replacen(bare, "#", 1)),
            None => key.push_str(token),
        }
        key.push(' ');
        folios.extend(folio);
    }
    (key, folios)
}

pub(super) fn counts_up(label: &str) -> Option<(String, u32)> {
    read_folio(label).map(|folio| (folio.series, folio.value))
}

fn read_folio(token: &str) -> Option<Folio> {
    let text = token.to_string();
    if let Some(value) = from_roman(token) {
        return Some(Folio { text, series: "roman".to_string(), value });
    }
    let digits = token.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (series, digits) = token.split_at(token.len() - digits);
    let is_series = series.is_empty() || (series.len() <= 5 && series.ends_with(['-', '.', '–']));
    if digits.is_empty() || digits.len() > 5 || !is_series {
        return None;
    }
    Some(Folio { text, series: series.to_string(), value: digits.parse().ok()? })
}

/// Only numerals in their regular form: `mild` and `iiii` are none.
fn from_roman(token: &str) -> Option<u32> {
    const MOST_SYMBOLS: usize = 9;
    if token.is_empty() || token.len() > MOST_SYMBOLS {
        return None;
    }
    let lower = token.to_ascii_lowercase();
    if token != lower && token != token.to_ascii_uppercase() {
        return None;
    }
    let mut rest = lower.as_str();
    let mut value = 0;
    while let Some((numeral, worth)) =
        NUMERALS.iter().find(|(numeral, _)| rest.starts_with(numeral))
    {
        rest = &rest[numeral.len()..];
        value += worth;
    }
    (rest.is_empty() && to_roman(value) == lower).then_some(value)
}

const NUMERALS: [(&str, u32); 13] = [
    ("m", 1000),
    ("cm", 900),
    ("d", 500),
    ("cd", 400),
    ("c", 100),
    ("xc", 90),
    ("l", 50),
    ("xl", 40),
    ("x", 10),
    ("ix", 9),
    ("v", 5),
    ("iv", 4),
    ("i", 1),
];

pub(super) fn to_roman(mut value: u32) -> String {
    let mut roman = String::new();
    for (numeral, worth) in NUMERALS {
        while value >= worth {
            roman.push_str(numeral);
            value -= worth;
        }
    }
    roman
}

/// Which number of a line counts the pages, and the lines in which it does.
struct Series {
    token: usize,
    /// For each line of the group.
    in_step: Vec<bool>,
}

/// The number that rises in step with the pages, if one does.
fn find_series(group: &[Edge]) -> Option<Series> {
    let tokens = group.iter().map(|edge| edge.folios.len()).min()?;
    let series = (0..tokens).map(|token| Series { token, in_step: in_step(group, token) });
    let count = |series: &Series| series.in_step.iter().filter(|in_step| **in_step).count();
    let best = series.rev().max_by_key(count)?;
    let sheets = 1 + group.windows(2).filter(|pair| pair[0].sheet < pair[1].sheet).count();
    (count(&best) >= FEWEST_REPEATS && count(&best) * 5 >= sheets * 3).then_some(best)
}

/// Two lines are in step when their numbers are as far apart as their pages.
fn in_step(group: &[Edge], token: usize) -> Vec<bool> {
    let offset = |edge: &Edge| {
        let folio = &edge.folios[token];
        (folio.series.clone(), i64::from(folio.value) - edge.sheet as i64)
    };
    let mut counts: BTreeMap<(String, i64), usize> = BTreeMap::new();
    for edge in group {
        *counts.entry(offset(edge)).or_default() += 1;
    }
    group.iter().map(|edge| counts[&offset(edge)] >= 2).collect()
}

/// Where little more than the repeating lines stands on the pages, they are the text.
fn leaves_text(sheets: &[Sheet], doomed: &[(usize, usize)]) -> bool {
    let filled = |sheet: &Sheet| sheet.lines.iter().filter(|line| !line.is_blank()).count();
    let mut left: Vec<usize> = sheets.iter().map(filled).collect();
    let had_text = left.iter().filter(|lines| **lines > 0).count();
    let unique: BTreeSet<_> = doomed.iter().collect();
    unique.iter().for_each(|(sheet, _)| left[*sheet] -= 1);
    left.iter().filter(|lines| **lines > 0).count() * 2 >= had_text
}

fn remove(sheets: &mut [Sheet], mut doomed: Vec<(usize, usize)>) {
    doomed.sort_unstable();
    doomed.dedup();
    for (sheet, line) in doomed.into_iter().rev() {
        sheets[sheet].lines.remove(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages are separated by `=`, lines by `/`; expected are label and what is left of each page.
    fn check(pages: &str, expected: &str) {
        let sheet = |(page, text): (u32, &'static str)| Sheet {
            page: Some(page),
            lines: text.split('/').map(|text| Line { number: 1, text }).collect(),
        };
        let pages: &'static str = pages.to_string().leak();
        let mut sheets: Vec<Sheet> = (1..).zip(pages.split('=')).map(sheet).collect();
        let labels = take_out(&mut sheets);
        let show = |(label, sheet): (&Option<String>, &Sheet)| {
            let lines: Vec<&str> = sheet.lines.iter().map(|line| line.text).collect();
            format!("{}:{}", label.as_deref().unwrap_or(""), lines.join("/"))
        };
        let found: Vec<String> = labels.iter().zip(&sheets).map(show).collect();
        assert_eq!(found.join("="), expected);
    }

    #[test]
    fn feet_are_taken_out_with_their_labels() {
        check(
            "a/Guide 12.5 i=b/Guide 12.5 ii=c/Guide 12.5 1=d/Guide 12.5 2=e/Guide 12.5 3",
            "i:a=ii:b=1:c=2:d=3:e",
        );
        check(
            "1 | Left/a=b/Right | 2=3 | Left/c=d/Right | 4=5 | Left/e=f/Right | 6",
            "1:a=2:b=3:c=4:d=5:e=6:f",
        );
        check("Page 1 of 9/a=Page 2 of 9/b=Page 3 of 9/c", "1:a=2:b=3:c");
        check("a/A-1=b/A-2=c/A-3", "A-1:a=A-2:b=A-3:c");
    }

    #[test]
    fn heads_without_number_are_taken_out() {
        check("Guide/a=Guide/b=Guide/c=d", ":a=:b=:c=:d");
    }

    #[test]
    fn what_does_not_repeat_stays() {
        check("a/Step 7=b/Step 2=c/Step 9", ":a/Step 7=:b/Step 2=:c/Step 9");
        check("a/x=b/x=c/y=d", ":a/x=:b/x=:c/y=:d");
        check("| k |/a=| k |/b=| k |/c", ":| k |/a=:| k |/b=:| k |/c");
    }

    #[test]
    fn numerals_are_regular() {
        let check =
            |token: &str, expected: Option<u32>| assert_eq!(from_roman(token), expected, "{token}");
        check("xiv", Some(14));
        check("XCIX", Some(99));
        check("iiii", None);
        check("Mix", None);
        check("did", None);
    }
}
