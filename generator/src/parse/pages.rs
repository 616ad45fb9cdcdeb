//! Page marks: where one printed page ends and the next begins.
//!
//! In: the lines of a source. Out: one [`Sheet`] per page, without the marks. The style of a converter is found by
//! itself, from at least two rising marks outside code; once it is known, marks inside an open fence count too, and the
//! fence is closed at the end of the page and opened again on the next. Knows no Markdown but fences.

use super::fence::{self, Tracker};
use super::report::Report;
use super::text::{Line, split_lines};
use crate::model::{PagePosition as Position, PageRule, PageSign, PageStyle as Style};

/// What stands on one page, or all of a source that has none.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Sheet<'a> {
    /// 1-based number in the file; none where the source has no page marks.
    pub(super) page: Option<u32>,
    pub(super) lines: Vec<Line<'a>>,
}

/// Cuts a source at its page marks; a rule of the publisher's goes before what is found.
pub(super) fn split<'a>(
    lines: Vec<Line<'a>>,
    rule: Option<&PageRule>,
    report: &mut Report,
) -> Vec<Sheet<'a>> {
    let sign = rule.and_then(|rule| rule.sign.as_ref());
    let found = match sign {
        Some(PageSign::Absent) => Vec::new(),
        Some(PageSign::Pattern(pattern)) => find_marks(&lines, |line| read_own(line, pattern)),
        _ => find_marks(&lines, read_mark),
    };
    let style = match sign {
        None => choose(&found),
        Some(PageSign::Style(style)) => Some(*style),
        Some(_) => Some(Style::Own),
    };
    let marks: Vec<Mark> = found.into_iter().filter(|mark| Some(mark.style) == style).collect();
    let marks = rising(&marks);
    let Some(style) = style.filter(|_| !marks.is_empty()) else {
        if matches!(sign, Some(PageSign::Pattern(_) | PageSign::Style(_))) {
            report.warn(0, "no page marks found", "none is as mcdewey.toml says");
        }
        let lines = lines.into_iter().filter(|line| line.text != FORM_FEED).collect();
        return vec![Sheet { page: None, lines }];
    };
    let position = rule.and_then(|rule| rule.position);
    let position = position.unwrap_or_else(|| told_position(style, &marks, &lines));
    let base = rule.and_then(|rule| rule.base);
    sheets(&lines, &number(style, &marks, base), position)
}

/// Cuts a text where a side file has found that its pages begin.
pub(super) fn split_at<'a>(lines: &[Line<'a>], starts: &[(usize, u32)]) -> Vec<Sheet<'a>> {
    let mut binder = Binder::default();
    for (index, (start, page)) in starts.iter().copied().enumerate() {
        // What stands before the first page belongs to it.
        let start = if index == 0 { 0 } else { start };
        let end = starts.get(index + 1).map_or(lines.len(), |next| next.0);
        binder.add(page, &lines[start..end], &lines[end..]);
    }
    binder.sheets
}

const FORM_FEED: &str = "\u{c}";

/// Numbered lines; a form feed becomes a line of its own.
pub(super) fn lines(text: &str, first_line: u32) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let has_form_feed = text.contains(FORM_FEED);
    for (index, text) in split_lines(text).enumerate() {
        let number = first_line + index as u32;
        if !has_form_feed || !text.contains(FORM_FEED) {
            lines.push(Line { number, text });
            continue;
        }
        for (index, text) in text.split(FORM_FEED).enumerate() {
            if index > 0 {
                lines.push(Line { number, text: FORM_FEED });
            }
            lines.push(Line { number, text });
        }
    }
    lines
}

const STYLES: [Style; 8] = [
    Style::Comment,
    Style::Marker,
    Style::EndOfPageNumber,
    Style::EndOfPage,
    Style::Dashes,
    Style::FormFeed,
    Style::Placeholder,
    Style::Heading,
];

#[derive(Debug, Clone, Copy)]
struct Mark {
    /// Index of its line.
    line: usize,
    style: Style,
    /// As it stands in the mark; marks without a number are counted.
    number: u32,
    in_code: bool,
}

type Read = Option<(Style, Option<u32>)>;

fn find_marks(lines: &[Line], read: impl Fn(&str) -> Read) -> Vec<Mark> {
    let mut tracker = Tracker::default();
    let mut marks = Vec::new();
    for (line, text) in lines.iter().map(|line| line.text).enumerate() {
        let in_code = tracker.is_code(text);
        if let Some((style, number)) = read(text) {
            let number = number.unwrap_or(marks.len() as u32);
            marks.push(Mark { line, style, number, in_code });
        }
    }
    marks
}

fn read_own(line: &str, pattern: &regex::Regex) -> Read {
    let found = pattern.captures(line.trim_ascii_end())?;
    Some((Style::Own, Some(digits(found.name("page")?.as_str())?)))
}

fn read_mark(line: &str) -> Read {
    let text = line.trim_ascii();
    if line == FORM_FEED {
        return Some((Style::FormFeed, None));
    }
    match text.as_bytes().first()? {
        b'<' => read_comment(text),
        b'{' => read_marker(text),
        b'-' => read_dashes(text),
        b'#' => read_heading(text),
        _ => None,
    }
}

fn read_comment(text: &str) -> Read {
    let inner = text.strip_prefix("<!--")?.strip_suffix("-->")?.trim().to_ascii_lowercase();
    if matches!(inner.as_str(), "page break" | "page-break" | "pagebreak" | "page_break") {
        return Some((Style::Placeholder, None));
    }
    let rest = ["page number", "pagenumber", "slide number", "page"]
        .into_iter()
        .find_map(|word| inner.strip_prefix(word))?;
    let number = rest.trim_matches([' ', ':', '=', '"', '\'']);
    Some((Style::Comment, Some(digits(number)?)))
}

fn read_marker(text: &str) -> Read {
    const FEWEST_HYPHENS: usize = 16;
    let (number, hyphens) = text.strip_prefix('{')?.split_once('}')?;
    let is_rule = hyphens.len() >= FEWEST_HYPHENS && hyphens.bytes().all(|byte| byte == b'-');
    is_rule.then_some((Style::Marker, Some(digits(number)?)))
}

fn read_dashes(text: &str) -> Read {
    let inner = text.trim_matches('-');
    if text.len() < inner.len() + 4 || !text.ends_with('-') {
        return None;
    }
    let inner = inner.trim().to_ascii_lowercase();
    let styles = [
        ("end of page.page_number=", Style::EndOfPageNumber),
        ("end of page=", Style::EndOfPage),
        ("page ", Style::Dashes),
    ];
    let (rest, style) =
        styles.into_iter().find_map(|(start, style)| Some((inner.strip_prefix(start)?, style)))?;
    Some((style, Some(digits(rest)?)))
}

fn read_heading(text: &str) -> Read {
    let inner = text.trim_matches('#');
    if text.len() - inner.len() > 12 || !inner.starts_with(' ') {
        return None;
    }
    let (word, number) = inner.trim().split_once(' ')?;
    word.eq_ignore_ascii_case("page").then_some((Style::Heading, Some(digits(number.trim())?)))
}

fn digits(text: &str) -> Option<u32> {
    let plain =
        !text.is_empty() && text.len() <= 7 && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

/// The style with the most rising marks outside code; a few that do not rise are text that looks like a mark.
fn choose(found: &[Mark]) -> Option<Style> {
    let rising_of = |style: Style| {
        let of_style = found.iter().filter(|mark| mark.style == style && !mark.in_code);
        let marks: Vec<Mark> = of_style.copied().collect();
        let rising = rising(&marks).len();
        if rising >= 2 && rising * 3 >= marks.len() * 2 { rising } else { 0 }
    };
    // The last of equals wins in `max_by_key`, so the order is turned round.
    let (count, style) = STYLES
        .into_iter()
        .rev()
        .map(|style| (rising_of(style), style))
        .max_by_key(|(count, _)| *count)?;
    (count > 0).then_some(style)
}

/// The longest run of marks whose numbers rise (patience sorting).
fn rising(marks: &[Mark]) -> Vec<Mark> {
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(marks.len());
    for (index, mark) in marks.iter().enumerate() {
        let place = tails.partition_point(|tail| marks[*tail].number < mark.number);
        before.push(place.checked_sub(1).map(|place| tails[place]));
        match tails.get_mut(place) {
            // Of equal numbers the first is the mark.
            Some(tail) if marks[*tail].number > mark.number => *tail = index,
            Some(_) => {}
            None => tails.push(index),
        }
    }
    let mut run: Vec<Mark> = std::iter::successors(tails.last().copied(), |index| before[*index])
        .map(|index| marks[index])
        .collect();
    run.reverse();
    run
}

fn told_position(style: Style, marks: &[Mark], lines: &[Line]) -> Position {
    let is_blank = |lines: &[Line]| lines.iter().all(|line| line.is_blank());
    match style {
        Style::FormFeed | Style::Placeholder => Position::Between,
        Style::EndOfPage | Style::EndOfPageNumber => Position::After,
        Style::Marker => Position::Before,
        Style::Comment | Style::Dashes | Style::Heading | Style::Own => {
            let (first, last) = (marks[0], marks[marks.len() - 1]);
            let closes = !is_blank(&lines[..first.line])
                && is_blank(&lines[last.line + 1..])
                && first.number <= 1;
            if closes { Position::After } else { Position::Before }
        }
    }
}

/// Line and 1-based page of every mark; a mark between two pages has the number of the first.
fn number(style: Style, marks: &[Mark], base: Option<u32>) -> Vec<(usize, u32)> {
    let told = match style {
        Style::FormFeed | Style::Placeholder => {
            return marks.iter().zip(1..).map(|(mark, page)| (mark.line, page)).collect();
        }
        Style::Marker | Style::EndOfPage => 0,
        Style::EndOfPageNumber => 1,
        Style::Comment | Style::Dashes | Style::Heading | Style::Own => marks[0].number.min(1),
    };
    let base = base.unwrap_or(told);
    marks.iter().map(|mark| (mark.line, mark.number + 1 - base)).collect()
}

fn sheets<'a>(lines: &[Line<'a>], marks: &[(usize, u32)], position: Position) -> Vec<Sheet<'a>> {
    let mut binder = Binder::default();
    let mut start = 0;
    let mut page = marks[0].1;
    for (line, number) in marks.iter().copied() {
        if position == Position::Before {
            // What stands before the first mark belongs to the first page.
            let is_preface = start == 0;
            if !is_preface {
                binder.add(page, &lines[start..line], &lines[line..]);
            } else if !lines[..line].iter().all(|line| line.is_blank()) {
                binder.preface = lines[..line].to_vec();
            }
            page = number;
        } else {
            binder.add(number, &lines[start..line], &lines[line..]);
            page = number + 1;
        }
        start = line + 1;
    }
    let rest = &lines[start..];
    let is_blank = rest.iter().all(|line| line.is_blank());
    if position == Position::Before || !is_blank {
        binder.add(page, rest, &[]);
    }
    binder.sheets
}

/// Puts pages together and carries an open fence from one to the next.
#[derive(Default)]
struct Binder<'a> {
    sheets: Vec<Sheet<'a>>,
    tracker: Tracker<'a>,
    preface: Vec<Line<'a>>,
}

impl<'a> Binder<'a> {
    /// `after` is what follows the page in the source: it tells whether an open fence is ever closed.
    fn add(&mut self, page: u32, lines: &[Line<'a>], after: &[Line<'a>]) {
        let mut sheet = Sheet { page: Some(page), lines: std::mem::take(&mut self.preface) };
        if let Some((fence, first)) = self.tracker.open.zip(lines.first()) {
            sheet.lines.push(Line { number: first.number, text: fence.line });
        }
        sheet.lines.extend(lines.iter().filter(|line| line.text != FORM_FEED));
        for line in lines {
            self.tracker.is_code(line.text);
        }
        self.close(&mut sheet, after);
        self.sheets.push(sheet);
    }

    fn close(&mut self, sheet: &mut Sheet<'a>, after: &[Line<'a>]) {
        let Some((fence, last)) = self.tracker.open.zip(sheet.lines.last()) else {
            return;
        };
        sheet.lines.push(Line { number: last.number, text: fence.run });
        if !is_closed_in(after) {
            self.tracker.open = None;
        }
    }
}

/// A fence that a converter never closed must not swallow all later pages: it goes on only where the next fence is a
/// closing one.
fn is_closed_in(after: &[Line]) -> bool {
    const MOST_LINES: usize = 1000;
    let next = after.iter().take(MOST_LINES).find(|line| fence::opening(line.text).is_some());
    next.is_some_and(|line| fence::is_bare(line.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages as `number:lines joined by /`, one per line.
    fn check(text: &str, expected: &str) {
        check_rule(text, None, expected);
    }

    fn check_rule(text: &str, rule: Option<&PageRule>, expected: &str) {
        let show = |sheet: &Sheet| {
            let lines: Vec<&str> =
                sheet.lines.iter().map(|line| line.text).filter(|line| !line.is_empty()).collect();
            format!("{}:{}", sheet.page.unwrap_or(0), lines.join("/"))
        };
        let mut warnings = Vec::new();
        let mut report = Report::new("a.md", &mut warnings);
        let found: Vec<String> =
            split(lines(text, 1), rule, &mut report).iter().map(show).collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }

    #[test]
    fn a_rule_goes_before_what_is_found() {
        let rule = |sign| PageRule { sign, ..PageRule::default() };
        let style = |style| rule(Some(PageSign::Style(style)));
        let both = "## Page 1\na\n<!-- page 1 -->\nb\n<!-- page 2 -->\n";
        check_rule(both, Some(&style(Style::Heading)), "1:a/<!-- page 1 -->/b/<!-- page 2 -->");
        check_rule(
            both,
            Some(&rule(Some(PageSign::Absent))),
            "0:## Page 1/a/<!-- page 1 -->/b/<!-- page 2 -->",
        );
        let pattern = PageSign::Pattern(regex::Regex::new("^Seite (?P<page>[0-9]+)$").unwrap());
        let own = |base, position| PageRule {
            sign: Some(pattern.clone()),
            base,
            position,
            ..PageRule::default()
        };
        let text = "a\nSeite 1\nb\nSeite 2\n";
        check_rule(text, Some(&own(None, None)), "1:a 2:b");
        check_rule(text, Some(&own(Some(0), Some(Position::Before))), "2:a/b 3:");
        check_rule(text, Some(&own(None, Some(Position::Between))), "1:a 2:b");
        check_rule("a", Some(&style(Style::Marker)), "0:a");
    }

    #[test]
    fn every_style_is_found() {
        let hyphens = "-".repeat(48);
        check("<!-- page 1 -->\na\n<!-- Page 2 -->\nb", "1:a 2:b");
        check("# x\n\n## Page 1\na\n## Page 2\nb", "1:# x/a 2:b");
        check("--- Page 1 ---\na\n--- Page 2 ---\nb", "1:a 2:b");
        check("a\n--- Page 1 ---\nb\n--- Page 2 ---\n", "1:a 2:b");
        check(&format!("\n\n{{0}}{hyphens}\n\na\n\n{{1}}{hyphens}\n\nb"), "1:a 2:b");
        check(
            "a\n--- end of page.page_number=1 ---\n\nb\n--- end of page.page_number=2 ---\n",
            "1:a 2:b",
        );
        check("a\n--- end of page=0 ---\n\nb\n--- end of page=1 ---\nc", "1:a 2:b 3:c");
        check("a\n\u{c}b\n\u{c}c\u{c}", "1:a 2:b 3:c");
        check("a\n<!-- page break -->\nb\n<!-- page-break -->\nc", "1:a 2:b 3:c");
    }

    #[test]
    fn one_mark_is_none() {
        check("a\n<!-- page 1 -->\nb", "0:a/<!-- page 1 -->/b");
        check(
            "a\n```\n<!-- page 1 -->\n<!-- page 2 -->\n```",
            "0:a/```/<!-- page 1 -->/<!-- page 2 -->/```",
        );
        check("<!-- image -->\na\n<!-- image -->\nb", "0:<!-- image -->/a/<!-- image -->/b");
        check("a\u{c}b", "0:a/b");
    }

    #[test]
    fn a_mark_out_of_order_is_text() {
        check("## Page 1\na\n## Page 1\nb\n## Page 2\nc\n## Page 3", "1:a/## Page 1/b 2:c 3:");
    }

    #[test]
    fn an_open_fence_goes_on_over_the_page() {
        check(
            "<!-- page 1 -->\n```sh\na\n<!-- page 2 -->\nb\n```\n<!-- page 3 -->\nc\n<!-- page 4 -->\nd",
            "1:```sh/a/``` 2:```sh/b/``` 3:c 4:d",
        );
        check(
            "<!-- page 1 -->\n<!-- page 2 -->\n```\na\n<!-- page 3 -->\nb\n```sh\nc\n```",
            "1: 2:```/a/``` 3:b/```sh/c/```",
        );
    }
}
