//! What a text's HTML is by pulldown-cmark and ammonia alone, and what of two pieces of HTML must be alike.
//!
//! In: Markdown, or HTML of a page. Out: HTML without what McDewey says that it does otherwise: levels and ids of headings,
//! classes, the frame of a table, links (checked, so some are text), pictures that are not there, tags outside its list.

use std::collections::{HashMap, HashSet};

use ammonia::Builder;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, TextMergeStream};

/// Tags that a reader sees the effect of, and that both sides keep.
const TAGS: [&str; 42] = [
    "b",
    "blockquote",
    "br",
    "caption",
    "code",
    "dd",
    "del",
    "details",
    "dl",
    "dt",
    "em",
    "h",
    "hr",
    "i",
    "input",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "small",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];

/// The HTML that the parser's own writer gives, with raw tags that are not HTML's as text.
#[must_use]
pub fn reference(markdown: &str) -> String {
    let lower = markdown.to_lowercase();
    let mut in_picture = 0;
    let events = TextMergeStream::new(Parser::new_ext(markdown, options())).filter_map(|event| {
        match &event {
            Event::Start(Tag::Image { .. }) => in_picture += 1,
            Event::End(TagEnd::Image) => in_picture -= 1,
            _ => {}
        }
        match event {
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
            Event::Start(_) | Event::End(_) if in_picture > 0 => None,
            Event::Code(text) if in_picture > 0 => Some(Event::Text(text)),
            Event::InlineHtml(text) if in_picture > 0 || !is_html(&text, &lower) => {
                Some(Event::Text(text))
            }
            event => Some(event),
        }
    });
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    html
}

/// Whether a text holds a block of raw HTML: what a browser makes of half a tag is the sanitiser's to say.
#[must_use]
pub fn holds_raw_blocks(markdown: &str) -> bool {
    Parser::new_ext(markdown, options()).any(|event| matches!(event, Event::Html(_)))
}

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST
}

/// Whether a raw tag is one of HTML's that a page keeps; alone, `<b>` is a name.
fn is_html(raw: &CowStr, text: &str) -> bool {
    let name: String = raw
        .trim_start_matches(['<', '/'])
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .flat_map(char::to_lowercase)
        .collect();
    let is_void = ["br", "hr", "img", "wbr", "input"].contains(&name.as_str());
    let is_known =
        is_void || ["a", "span", "div"].contains(&name.as_str()) || TAGS.contains(&name.as_str());
    raw.starts_with("<!--") || (is_known && (is_void || text.contains(&format!("</{name}"))))
}

/// A piece of HTML as far as it must be alike.
#[must_use]
pub fn essence(html: &str) -> String {
    let html = html.replace("\r\n", "\n");
    let html = (1..=6).fold(html, |html, level| {
        html.replace(&format!("<h{level}>"), "<h>")
            .replace(&format!("<h{level} "), "<h ")
            .replace(&format!("</h{level}>"), "</h>")
    });
    let attributes =
        HashMap::from([("ol", HashSet::from(["start"])), ("input", HashSet::from(["checked"]))]);
    let mut builder = Builder::default();
    builder
        .tags(TAGS.into_iter().collect())
        .tag_attributes(attributes)
        .generic_attributes(HashSet::new())
        .clean_content_tags(HashSet::new())
        .link_rel(None);
    tight(&builder.clean(&html).to_string())
}

/// The words alone.
#[must_use]
pub fn words(html: &str) -> String {
    let text = crate::html::text(html);
    text.chars().filter(|symbol| symbol.is_alphanumeric()).collect()
}

/// White space in one form; beside a tag it says nothing.
fn tight(html: &str) -> String {
    let html = html.split_whitespace().collect::<Vec<_>>().join(" ");
    html.replace("> ", ">")
        .replace(" <", "<")
        .replace("<tbody></tbody>", "")
        .replace("\u{fffd}", "")
}
