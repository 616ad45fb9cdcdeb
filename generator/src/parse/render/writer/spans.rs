//! Spans: links, pictures, footnotes.
//!
//! In: targets as written. Out: tags whose targets were asked of `links`; what leads nowhere stays readable.

use pulldown_cmark::Event;

use super::super::escape::attribute;
use super::super::links::{self, Target};
use super::super::tags;
use super::{OpenImage, Writer};

impl Writer<'_, '_, '_> {
    pub(super) fn start_link(&mut self, target: &str, title: &str) {
        let close = match links::resolve(target, self.scene.links) {
            Target::Site(url) => self.anchor(&url, title, ""),
            Target::Outside(url) => self.anchor(&url, title, " rel=\"noreferrer\""),
            Target::Missing => {
                self.warn("link leads nowhere", target);
                self.out.push_str("<span class=\"missing\"");
                attribute("title", target, &mut self.out);
                self.out.push('>');
                "</span>"
            }
            Target::Refused => {
                self.warn("link refused", target);
                ""
            }
        };
        self.links.push(close);
    }

    pub(super) fn anchor(&mut self, url: &str, title: &str, more: &str) -> &'static str {
        self.out.push_str("<a");
        attribute("href", url, &mut self.out);
        if !title.is_empty() {
            attribute("title", title, &mut self.out);
        }
        self.out.push_str(more);
        self.out.push('>');
        "</a>"
    }

    pub(super) fn start_image(&mut self, target: &str, title: &str) {
        let (target, title) = (target.to_string(), title.to_string());
        self.image = Some(OpenImage { target, title, alt: String::new(), depth: 0 });
    }

    /// The alternative text is text only.
    pub(super) fn event_in_image(&mut self, event: Event) {
        let Some(image) = &mut self.image else { return };
        match event {
            Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => {
                image.alt.push_str(&text);
            }
            Event::InlineMath(math) | Event::DisplayMath(math) => image.alt.push_str(&math),
            Event::SoftBreak | Event::HardBreak => image.alt.push(' '),
            Event::Start(_) => image.depth += 1,
            Event::End(_) if image.depth > 0 => image.depth -= 1,
            Event::End(_) => self.end_image(),
            _ => {}
        }
    }

    pub(super) fn end_image(&mut self) {
        let Some(image) = self.image.take() else { return };
        let target = links::resolve_image(&image.target, self.scene.links);
        match &target {
            Target::Missing => self.warn("picture not found", &image.target),
            Target::Refused => self.warn("link refused", &image.target),
            // A link inside a link would end the outer one.
            Target::Outside(_) if !self.links.is_empty() => return self.text(&image.alt),
            _ => {}
        }
        let mut attributes = String::new();
        if !image.title.is_empty() {
            attribute("title", &image.title, &mut attributes);
        }
        tags::write_image(&target, &image.alt, &attributes, &mut self.out);
    }

    pub(super) fn start_footnote(&mut self, label: &str) {
        let is_referred = self.footnotes.contains_key(label);
        let number = self.footnote_number(label);
        let id = format!("fn-{}-{number}", self.own);
        let mark = if is_referred {
            format!("<a href=\"#{id}-ref\">{number}</a>")
        } else {
            number.to_string()
        };
        self.out.push_str(&format!("<div class=\"footnote\" id=\"{id}\"><sup>{mark}</sup> "));
    }

    pub(super) fn footnote_reference(&mut self, label: &str) {
        let is_first = !self.footnotes.contains_key(label);
        let number = self.footnote_number(label);
        let id = format!("fn-{}-{number}", self.own);
        let own_id = if is_first { format!(" id=\"{id}-ref\"") } else { String::new() };
        self.out.push_str(&format!(
            "<sup class=\"footnote-ref\"{own_id}><a href=\"#{id}\">{number}</a></sup>"
        ));
    }

    pub(super) fn footnote_number(&mut self, label: &str) -> usize {
        let next = self.footnotes.len() + 1;
        *self.footnotes.entry(label.to_string()).or_insert(next)
    }
}
