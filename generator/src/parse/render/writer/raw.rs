//! Raw HTML inside of Markdown.
//!
//! In: the HTML that the parser passes through. Out: what `tags` lets through, or Markdown where what looked like HTML is
//! a name in angles. Warns of what is shown as text or leads nowhere.

use std::collections::HashSet;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::super::Anchors;
use super::super::tags::{self, Surroundings};
use super::super::tokens;
use super::{OpenHeading, Writer};
use crate::parse::blocks::options;
use crate::parse::fence::Tracker;

impl Writer<'_, '_, '_> {
    pub(super) fn html_line(&mut self, html: &str) {
        match &mut self.html {
            Some(block) => block.push_str(html),
            None => self.write_html(html),
        }
    }

    /// A block of HTML that holds no tag of HTML is Markdown that begins with a name in angles.
    pub(super) fn end_html(&mut self) {
        let Some(html) = self.html.take() else { return };
        let is_known = |token: &tokens::Token| match token {
            tokens::Token::Open { name, .. } | tokens::Token::Close { name, .. } => {
                tags::known(name).is_some()
            }
            _ => false,
        };
        if tokens::tokens(&html).any(|token| is_known(&token)) {
            self.write_html(&html);
        } else {
            self.write_as_markdown(&html);
        }
    }

    pub(super) fn write_as_markdown(&mut self, html: &str) {
        let at = self.at;
        let guarded = guard_line_starts(html);
        for (event, _) in pulldown_cmark::Parser::new_ext(&guarded, options()).into_offset_iter() {
            // Raw HTML once more can only be what is no tag at all.
            match event {
                Event::Html(html) => self.text(&html),
                Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
                event => self.event(event, at..at),
            }
        }
    }

    pub(super) fn inline_html(&mut self, html: &str) {
        self.write_html(html);
    }

    pub(super) fn write_html(&mut self, html: &str) {
        let mut around = Around {
            rest: self.string.get(self.at..).unwrap_or_default(),
            unclosed: &mut self.unclosed,
            anchors: self.scene.anchors,
            heading: self.heading.as_mut(),
        };
        self.raw.write(html, &mut around, &mut self.out);
        if !self.raw.outcome.unknown.is_empty() || !self.raw.outcome.missing.is_empty() {
            self.report_outcome();
        }
    }

    pub(super) fn report_outcome(&mut self) {
        for tag in std::mem::take(&mut self.raw.outcome.unknown) {
            if !is_placeholder(&tag) {
                self.warn("HTML tag shown as text", &tag);
            }
        }
        for target in std::mem::take(&mut self.raw.outcome.missing) {
            self.warn("link leads nowhere", &target);
        }
        for target in std::mem::take(&mut self.raw.outcome.refused) {
            self.warn("link refused", &target);
        }
    }
}

/// `<HOST>`, `<dialogId>`: a name between brackets is meant to be read. Attributes, or the name of an element that does
/// something, make it HTML that its writer will miss.
fn is_placeholder(tag: &str) -> bool {
    const ACTIVE: [&str; 18] = [
        "audio", "base", "button", "canvas", "embed", "form", "frame", "iframe", "input", "link",
        "math", "meta", "object", "script", "select", "style", "svg", "video",
    ];
    let name = tag.trim_matches(['<', '>', '/']).to_ascii_lowercase();
    !name.contains(char::is_whitespace) && !ACTIVE.contains(&name.as_str())
}

struct Around<'a> {
    /// The text from the current event on.
    rest: &'a str,
    unclosed: &'a mut HashSet<String>,
    anchors: &'a mut Anchors,
    heading: Option<&'a mut OpenHeading>,
}

impl Surroundings for Around<'_> {
    fn has_end(&mut self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let is_closed = !self.unclosed.contains(&name) && closes_later(self.rest, &name);
        if !is_closed {
            self.unclosed.insert(name);
        }
        is_closed
    }

    /// An id inside a heading is the heading's.
    fn take_id(&mut self, id: &str) -> Option<String> {
        match &mut self.heading {
            Some(heading) if heading.id.is_none() => {
                heading.id = Some(id.to_string());
                None
            }
            _ => self.anchors.claim(id),
        }
    }
}

/// Whether `</name` stands anywhere in the text.
fn closes_later(text: &str, name: &str) -> bool {
    let is_close = |rest: &str| {
        let end = name.len() + 1;
        rest.starts_with('/')
            && rest.get(1..end).is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    text.split('<').skip(1).any(is_close)
}

/// A backslash before what would start a block of HTML, outside of code.
fn guard_line_starts(html: &str) -> String {
    let mut tracker = Tracker::default();
    let mut guarded = String::new();
    for line in html.split_inclusive('\n') {
        let start = line.len() - line.trim_start().len();
        let is_tag = !tracker.is_code(line) && line[start..].starts_with('<');
        guarded.push_str(&line[..start]);
        guarded.push_str(if is_tag { "\\" } else { "" });
        guarded.push_str(&line[start..]);
    }
    guarded
}
