//! Anchors on a line of their own (`<a name="x"/>`) above the heading that they belong to.
//!
//! In: text. Out: the same with such anchors inside their headings, so that a chunk that starts at the heading holds its
//! anchor too. Knows nothing of links.

use crate::parse::fence::Tracker;
use crate::parse::text::{Line, Text};

pub(super) fn join(text: Text) -> Text {
    if !["<a name=", "<a id="].iter().any(|sign| text.string.contains(sign)) {
        return text;
    }
    let mut joiner = Joiner { out: Text::default(), held: None };
    let mut tracker = Tracker::default();
    for line in text.lines() {
        match anchor(line.text) {
            _ if tracker.is_code(line.text) => joiner.push(&line),
            Some(anchor) => joiner.hold(anchor, line.number),
            None => joiner.push(&line),
        }
    }
    joiner.release();
    joiner.out
}

struct Joiner {
    out: Text,
    /// The anchor that waits for its heading, and its line.
    held: Option<(String, u32)>,
}

impl Joiner {
    fn hold(&mut self, anchor: String, number: u32) {
        self.release();
        self.held = Some((anchor, number));
    }

    fn push(&mut self, line: &Line) {
        if self.held.is_none() {
            return self.out.push(line.text, line.number);
        }
        if line.is_blank() {
            return;
        }
        let title = line.text.trim_start_matches('#');
        let level = line.text.len() - title.len();
        if (1..=6).contains(&level) && title.starts_with(' ') && !title.contains("<a ") {
            let anchor = self.held.take().map(|(anchor, _)| anchor).unwrap_or_default();
            return self
                .out
                .push(&format!("{} {anchor}{}", &line.text[..level], title.trim()), line.number);
        }
        self.release();
        self.out.push(line.text, line.number);
    }

    fn release(&mut self) {
        if let Some((anchor, number)) = self.held.take() {
            self.out.push(&anchor, number);
            self.out.push("", number);
        }
    }
}

/// The anchor of a line that is nothing else, with its end tag.
fn anchor(line: &str) -> Option<String> {
    let inner = line.trim().strip_prefix("<a ")?;
    let inner = inner.strip_suffix("/>").or_else(|| inner.strip_suffix("></a>"))?.trim();
    let is_plain = !inner.contains(['<', '>']) && !inner.contains("href");
    (is_plain && (inner.starts_with("name=") || inner.starts_with("id=")))
        .then(|| format!("<a {inner}></a>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markdown: &str, expected: &str) {
        let text = Text::of(markdown);
        assert_eq!(join(text).string.trim_end(), expected, "{markdown}");
    }

    #[test]
    fn anchors_go_into_their_heading() {
        check("<a name=\"x\"/>\n\n## A\nb", "## <a name=\"x\"></a>A\nb");
        check("<a id=\"x\"></a>\n\nb", "<a id=\"x\"></a>\n\nb");
        check(
            "<a name=\"x\"/>\n<a name=\"y\"/>\n# A",
            "<a name=\"x\"></a>\n\n# <a name=\"y\"></a>A",
        );
        check("<a name=\"x\" href=\"y\"></a>\n# A", "<a name=\"x\" href=\"y\"></a>\n# A");
        check("```\n<a name=\"x\"/>\n```", "```\n<a name=\"x\"/>\n```");
    }
}
