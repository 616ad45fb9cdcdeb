//! Headings that are written as HTML, as generators of reference pages do: `<h3 id="x">Title</h3>`.
//!
//! In: text. Out: the same with such headings as Markdown has them, so that chunks begin there and contents list them. What stands in a
//! table, a list or a quote stays. Knows nothing of links.

use memchr::memmem;

use crate::parse::fence::Tracker;
use crate::parse::text::{Line, Text, indent};

/// A heading ends within so many lines.
const LINES_MAX: usize = 6;
/// What no heading leaves.
const CONTAINERS: [&str; 6] = ["table", "ul", "ol", "dl", "blockquote", "details"];

/// Turns headings of HTML into those of Markdown.
pub(in crate::parse) fn to_markdown(text: Text) -> Text {
    if !has_any(&text.string) {
        return text;
    }
    let lines: Vec<Line> = text.lines().collect();
    let (mut out, mut tracker, mut depth) = (Text::default(), Tracker::default(), 0);
    let mut rest = lines.as_slice();
    while let Some((line, after)) = rest.split_first() {
        rest = after;
        let found = if tracker.is_code(line.text) {
            None
        } else {
            depth = depth_after(depth, line.text);
            Some(&lines[lines.len() - after.len() - 1..]).filter(|_| depth == 0).and_then(read)
        };
        match found {
            Some((heading, count)) => {
                if !out.string.is_empty() && !out.string.ends_with("\n\n") {
                    out.push("", line.number);
                }
                out.push(&heading, line.number);
                out.push("", line.number);
                rest = &after[count - 1..];
            }
            None => out.push(line.text, line.number),
        }
    }
    out
}

/// Whether there may be one: a look that costs next to nothing.
pub(in crate::parse) fn has_any(text: &str) -> bool {
    let is_heading = |at: usize| matches!(text.as_bytes().get(at + 2), Some(b'1'..=b'6'));
    memmem::find_iter(text.as_bytes(), "<h").any(is_heading)
}

/// How many containers are open behind a line.
fn depth_after(depth: usize, line: &str) -> usize {
    if !line.contains('<') {
        return depth;
    }
    CONTAINERS.iter().fold(depth, |depth, name| {
        let opened = line.match_indices(&format!("<{name}")).count();
        let closed = line.match_indices(&format!("</{name}>")).count();
        (depth + opened).saturating_sub(closed)
    })
}

/// The heading that begins with the first of these lines, and on how many it stands.
fn read(lines: &[Line]) -> Option<(String, usize)> {
    let first = lines.first()?.text;
    let tag = first.trim_start().strip_prefix("<h")?;
    let level = tag.bytes().next().filter(|level| (b'1'..=b'6').contains(level))? - b'0';
    if indent(first) > 3 || !tag[1..].starts_with([' ', '>']) {
        return None;
    }
    let close = format!("</h{level}>");
    let mut whole = String::new();
    let part = lines.iter().take(LINES_MAX).take_while(|line| !line.is_blank());
    let count = part.map(|line| {
        whole.push_str(line.text.trim());
        whole.push(' ');
        whole.contains(&close)
    });
    let count = count.take_while(|is_closed| !is_closed).count() + 1;
    let (inner, after) = whole.split_once(&close)?;
    let (attributes, inner) = inner.split_once('>')?;
    let (markdown, plain) = escaped(&without_permalink(inner));
    if !after.trim().is_empty() || plain.is_empty() {
        return None;
    }
    let blanks = &first[..first.len() - first.trim_start().len()];
    let id = attribute(attributes, "id").filter(|id| !id.contains([' ', '}', '{']));
    let id = id.map_or(String::new(), |id| format!(" {{#{id}}}"));
    Some((format!("{blanks}{} {}{id}", "#".repeat(level.into()), markdown), count))
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = attributes.split_once(&format!(" {name}=\""))?;
    value.split('"').next().filter(|value| !value.is_empty())
}

/// Without the sign behind a heading that links to itself.
fn without_permalink(inner: &str) -> String {
    let link = inner.find("<a class=\"headerlink\"").and_then(|start| {
        let end = start + inner[start..].find("</a>")? + "</a>".len();
        Some([&inner[..start], &inner[end..]].concat())
    });
    link.unwrap_or_else(|| inner.to_string())
}

/// The content of a heading as Markdown, in which its text stands as it is; and that text alone, without tags.
fn escaped(inner: &str) -> (String, String) {
    let (mut out, mut text, mut is_tag) = (String::new(), String::new(), false);
    for char in inner.trim().chars() {
        is_tag |= char == '<';
        if !is_tag {
            if "\\`*_[]$~#{}".contains(char) {
                out.push('\\');
            }
            text.push(char);
        }
        out.push(char);
        is_tag &= char != '>';
    }
    (out, text.trim().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &str) {
        let text = Text::of(html);
        let found = to_markdown(text);
        assert_eq!(found.string, expected, "{html}");
        assert_eq!(found.numbers.len(), found.string.lines().count());
    }

    #[test]
    fn headings_become_those_of_markdown() {
        check("<h1 align=\"center\">Anvil</h1>\ntext", "# Anvil\n\ntext\n");
        check(
            "a\n<h3 id=\"x.y\">B *c*\n</h3>\n<p>d</p>",
            "a\n\n### B \\*c\\* {#x.y}\n\n<p>d</p>\n",
        );
        check(
            "<h2 id=\"a\">A <code>b</code>\n<a class=\"headerlink\" href=\"#a\">¶</a>\n</h2>",
            "## A <code>b</code> {#a}\n\n",
        );
        check("- a\n\n  <h4>b</h4>\n", "- a\n\n  #### b\n\n");
    }

    #[test]
    fn what_is_no_heading_of_its_own_stays() {
        for same in [
            "<table>\n<tr><td>\n<h3>a</h3>\n</td></tr>\n</table>\n",
            "<h1><img src=\"a.png\"></h1>\n",
            "<h2>a\n\nb</h2>\n",
            "<h2>a</h2> b\n",
            "```\n<h2>a</h2>\n```\n",
            "a <h2>b</h2>\n",
            "<h2>a\n",
            "<hr>\n<h7>a</h7>\n",
        ] {
            check(same, same);
        }
    }
}
