//! Takes HTML comments out of the text.
//!
//! In: the lines of a sheet. Out: the text without comments, with at most one blank line in a row outside code. A comment that
//! never closes is shown as it stands. Code keeps its comments. Knows no Markdown but code.

use super::fence::Tracker;
use super::text::{Line, Text, indent};

pub(super) fn strip(lines: &[Line]) -> Text {
    let mut strip = Strip::new(lines);
    for (index, line) in lines.iter().enumerate() {
        strip.line(index, line);
    }
    strip.out
}

struct Strip<'a> {
    out: Text,
    tracker: Tracker<'a>,
    in_comment: bool,
    /// Whether any line opens a comment: most texts have none.
    has_open: bool,
    /// Index of the last line that holds `-->`: a comment that starts later never closes.
    last_close: Option<usize>,
    /// Whether an indented line may continue a list item, and so is no code.
    in_list: bool,
    after_blank: bool,
}

const OPEN: &str = "<!--";
const CLOSE: &str = "-->";

impl<'a> Strip<'a> {
    fn new(lines: &[Line<'a>]) -> Strip<'a> {
        let has_open = lines.iter().any(|line| line.text.contains(OPEN));
        let last_close =
            if has_open { lines.iter().rposition(|line| line.text.contains(CLOSE)) } else { None };
        let tracker = Tracker::default();
        Strip {
            out: Text::default(),
            tracker,
            in_comment: false,
            has_open,
            last_close,
            in_list: false,
            after_blank: true,
        }
    }

    fn line(&mut self, index: usize, line: &Line<'a>) {
        if !self.in_comment && self.tracker.is_code(line.text) {
            self.after_blank = false;
            self.out.push(line.text, line.number);
            return;
        }
        let is_plain = !self.has_open || (!self.in_comment && !line.text.contains(OPEN));
        if is_plain || (!self.in_comment && self.is_indented_code(line.text)) {
            self.keep(line.text, line.number);
        } else {
            let text = self.without_comments(index, line.text);
            self.keep(text.trim_end(), line.number);
        }
    }

    fn keep(&mut self, text: &str, number: u32) {
        let text = if self.in_list { without_excess(text) } else { text };
        let is_blank = text.trim().is_empty();
        if !(is_blank && self.after_blank) {
            self.out.push(text, number);
        }
        if !is_blank && (indent(text) < 2 || is_item(text)) {
            self.in_list = is_item(text);
        }
        self.after_blank = is_blank;
    }

    fn is_indented_code(&self, text: &str) -> bool {
        indent(text) >= 4 && !self.in_list && self.after_blank
    }

    fn without_comments(&mut self, index: usize, text: &str) -> String {
        let last_close = text.rfind(CLOSE);
        let closes_later = self.last_close.is_some_and(|last| last > index);
        let mut kept = String::new();
        let mut rest = text;
        loop {
            if self.in_comment {
                let Some(end) = rest.find(CLOSE) else { return kept };
                rest = &rest[end + CLOSE.len()..];
                self.in_comment = false;
            }
            let Some(start) = find_outside_code(rest) else {
                kept.push_str(rest);
                return kept;
            };
            kept.push_str(&rest[..start]);
            rest = &rest[start + OPEN.len()..];
            let closes_here = last_close.is_some_and(|last| last >= text.len() - rest.len());
            self.open(&mut rest, &mut kept, closes_here || closes_later);
        }
    }

    /// Behind `<!--`. HTML closes `<!-->` and `<!--->` at once.
    fn open(&mut self, rest: &mut &str, kept: &mut String, closes: bool) {
        if let Some(after) = rest.strip_prefix('>').or_else(|| rest.strip_prefix("->")) {
            *rest = after;
        } else if closes {
            self.in_comment = true;
        } else {
            kept.push('\\');
            kept.push_str(OPEN);
        }
    }
}

/// Lists a hundred levels deep grow with the square of their lines: what is deeper stands at one level.
fn without_excess(text: &str) -> &str {
    const MOST_BLANKS: usize = 240;
    let blanks = text.bytes().take_while(|byte| *byte == b' ').count();
    &text[blanks.saturating_sub(MOST_BLANKS)..]
}

fn is_item(text: &str) -> bool {
    let body = text.trim_start();
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let marker =
        body[digits..].starts_with(if digits > 0 { &['.', ')'][..] } else { &['-', '*', '+'][..] });
    marker && body[digits + 1..].starts_with([' ', '\t'])
}

/// The first `<!--` that is not inside a code span of this line.
fn find_outside_code(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let open = at + text[at..].find(OPEN)?;
        let Some(tick) = text[at..open].find('`').map(|tick| at + tick) else {
            return Some(open);
        };
        let run = text[tick..].bytes().take_while(|byte| *byte == b'`').count();
        at = code_end(text, tick + run, run).unwrap_or(tick + run);
    }
}

/// Behind the run of backticks that closes a code span, if one does.
fn code_end(text: &str, from: usize, run: usize) -> Option<usize> {
    let mut at = from;
    while let Some(tick) = text[at..].find('`').map(|tick| at + tick) {
        let length = text[tick..].bytes().take_while(|byte| *byte == b'`').count();
        at = tick + length;
        if length == run {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let lines: Vec<Line> =
            (1..).zip(text.lines()).map(|(number, text)| Line { number, text }).collect();
        assert_eq!(strip(&lines).string, format!("{expected}\n"), "{text}");
    }

    #[test]
    fn comments_vanish() {
        check("a <!-- x --> b<!-- y -->", "a  b");
        check("a\n<!-- x\ny\n-->\nb", "a\n\nb");
        check("a <!-- x\ny --> b", "a\n b");
        check("a<!--> b <!---> c", "a b  c");
    }

    #[test]
    fn code_keeps_its_comments() {
        check("`<!-- x -->` <!-- y -->.", "`<!-- x -->` .");
        check("```\n<!-- x -->\n\n\n```", "```\n<!-- x -->\n\n\n```");
        check("a\n\n    <!-- x -->", "a\n\n    <!-- x -->");
        check("- a\n\n    b <!-- x -->", "- a\n\n    b");
        check("` a <!-- x --> b", "` a  b");
    }

    #[test]
    fn an_open_comment_is_text() {
        check("a <!-- b\nc", "a \\<!-- b\nc");
        check("--> a <!-- b", "--> a \\<!-- b");
    }
}
