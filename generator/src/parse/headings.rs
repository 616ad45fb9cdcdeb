//! Headings found line by line, before anything is parsed.
//!
//! In: text. Out: level and text of what looks like a heading outside code. Good enough for the level that the
//! highest heading of a source has, and for the title of a source that is not read yet; anchors and paths come from `render`.

use super::fence::Tracker;
use super::text::split_lines;

pub(super) fn scan(text: &str) -> impl Iterator<Item = (u8, &str)> {
    let mut tracker = Tracker::default();
    let mut above = "";
    split_lines(text).filter_map(move |line| {
        if tracker.is_code(line) {
            above = "";
            return None;
        }
        let found = atx(line).or_else(|| setext(above, line));
        above = if found.is_some() { "" } else { line };
        found
    })
}

/// The level that is written as `h2`: the highest, but a lone title above all others does not count.
pub(super) fn top_level<'a>(texts: impl Iterator<Item = &'a str>) -> u8 {
    let mut levels = texts.flat_map(|text| scan(text).map(|(level, _)| level));
    let Some(first) = levels.next() else { return 2 };
    let mut counts = [0usize; 7];
    levels.for_each(|level| counts[level as usize] += 1);
    let highest = (1..=6u8).find(|level| counts[*level as usize] > 0);
    match highest {
        Some(highest) if first == 1 => highest,
        Some(highest) => highest.min(first),
        None => first,
    }
}

/// `## Text ##`
fn atx(line: &str) -> Option<(u8, &str)> {
    let body = line.trim_start_matches(' ');
    let text = body.trim_start_matches('#');
    let level = body.len() - text.len();
    let is_heading = (1..=6).contains(&level)
        && (text.is_empty() || text.starts_with([' ', '\t']))
        && line.len() - body.len() < 4;
    is_heading
        .then(|| (level as u8, without_attributes(text.trim().trim_end_matches('#').trim_end())))
}

/// `Text` over `====` or `----`.
fn setext<'a>(above: &'a str, line: &str) -> Option<(u8, &'a str)> {
    let bar = line.trim_ascii();
    let is_bar = |symbol: u8| bar.len() >= 3 && bar.bytes().all(|byte| byte == symbol);
    let level = if is_bar(b'=') { 1 } else { 2 };
    let is_text =
        !above.trim().is_empty() && !above.trim_start().starts_with(['|', '>', '-', '*', '+', '<']);
    (is_text && (level == 1 || is_bar(b'-'))).then(|| (level, above.trim()))
}

/// `Text {#id .class}`
fn without_attributes(text: &str) -> &str {
    match text.rfind('{') {
        Some(at)
            if text.ends_with('}')
                && text[at..].starts_with(['{'])
                && text[at + 1..].starts_with(['#', '.']) =>
        {
            text[..at].trim_end()
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_found() {
        let check = |text: &str, expected: &[(u8, &str)]| {
            assert_eq!(scan(text).collect::<Vec<_>>(), expected, "{text}");
        };
        check("# A #\n\n```\n# b\n```\n### C {#c}\n", &[(1, "A"), (3, "C")]);
        check("Title\n=====\n\nb\n---\n", &[(1, "Title"), (2, "b")]);
        check("#hash\n####### seven\n    # code", &[]);
    }

    #[test]
    fn a_lone_title_does_not_count() {
        let check = |text: &str, expected: u8| {
            assert_eq!(top_level(std::iter::once(text)), expected, "{text}");
        };
        check("# T\n## A\n### B", 2);
        check("# T\n# A\n### B", 1);
        check("### A\n## B", 2);
        check("## A\n### B", 2);
        check("# T\n### B", 3);
        check("# T\n### A\n## B", 2);
        check("## T", 2);
        check("", 2);
    }
}
