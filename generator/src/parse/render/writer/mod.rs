//! The events of one chunk, written as HTML.
//!
//! In: events of pulldown-cmark with their place in the text. Out: HTML and headings. Everything is escaped here, links go
//! through `links`, raw HTML through `tags`. Containers past a depth of 100 are left out, their text stays.

mod blocks;
mod raw;
mod spans;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use pulldown_cmark::{Alignment, Event, Tag, TagEnd};

use super::autolinks;
use super::escape::escape;
use super::math::{self, Display};
use super::tags::TagWriter;
use super::{Rendered, RenderedHeading, Scene};
use crate::parse::blocks::level_number;
use crate::parse::highlight;
use crate::parse::report::Report;

pub(super) struct Writer<'a, 'b, 'c> {
    string: &'a str,
    numbers: &'a [u32],
    own: &'a str,
    scene: &'a mut Scene<'b>,
    report: &'a mut Report<'c>,
    out: String,
    headings: Vec<RenderedHeading>,
    begins_with_heading: bool,
    heading: Option<OpenHeading>,
    table: Table,
    /// What closes each open link.
    links: Vec<&'static str>,
    in_code: bool,
    /// The language of the open fence, where its code is to be coloured.
    language: Option<String>,
    /// Behind the open block of code.
    after_code: &'static str,
    image: Option<OpenImage>,
    html: Option<String>,
    raw: TagWriter<'b>,
    /// Names that no tag closes from here to the end of the chunk.
    unclosed: HashSet<String>,
    footnotes: HashMap<String, usize>,
    /// For each open container whether it was written.
    containers: Vec<bool>,
    is_too_deep: bool,
    /// Where in the text the current event stands.
    at: usize,
    /// Line index and offset reached in counting lines.
    reached: (usize, usize),
}

pub(super) struct Finished {
    pub(super) rendered: Rendered,
    pub(super) needs_cleaning: bool,
}

struct OpenHeading {
    level: u8,
    /// The id that the author gave.
    id: Option<String>,
    /// Where its opening tag is put once the text is known.
    start: usize,
    text: String,
}

struct OpenImage {
    target: String,
    title: String,
    alt: String,
    depth: usize,
}

#[derive(Default)]
struct Table {
    alignments: Vec<Alignment>,
    cell: usize,
    in_head: bool,
    /// Where the current cell starts.
    start: usize,
    /// Empty cells that are not written yet.
    empty: usize,
}

const MOST_DEEP: usize = 100;

impl<'a, 'b, 'c> Writer<'a, 'b, 'c> {
    pub(super) fn new(
        string: &'a str,
        numbers: &'a [u32],
        own: &'a str,
        scene: &'a mut Scene<'b>,
        report: &'a mut Report<'c>,
    ) -> Self {
        let raw = TagWriter::new(scene.links);
        Writer {
            string,
            numbers,
            own,
            scene,
            report,
            out: String::with_capacity(string.len() * 3 / 2),
            headings: Vec::new(),
            begins_with_heading: false,
            heading: None,
            table: Table::default(),
            links: Vec::new(),
            in_code: false,
            language: None,
            after_code: "",
            image: None,
            html: None,
            raw,
            unclosed: HashSet::new(),
            footnotes: HashMap::new(),
            containers: Vec::new(),
            is_too_deep: false,
            at: 0,
            reached: (0, 0),
        }
    }

    pub(super) fn event(&mut self, event: Event, range: Range<usize>) {
        self.at = range.start;
        if self.image.is_some() {
            return self.event_in_image(event);
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.prose(&text),
            Event::Code(code) => self.code(&code),
            Event::Html(html) => self.html_line(&html),
            Event::InlineHtml(html) => self.inline_html(&html),
            Event::FootnoteReference(label) => self.footnote_reference(&label),
            Event::SoftBreak => self.blank("\n"),
            Event::HardBreak => self.blank("<br>\n"),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::TaskListMarker(is_done) => self.task_marker(is_done),
            Event::InlineMath(math) => self.math(&math, Display::Inline, range),
            Event::DisplayMath(math) => self.math(&math, Display::Block, range),
        }
    }

    pub(super) fn finish(mut self) -> Finished {
        self.report_outcome();
        if self.is_too_deep || self.raw.is_too_deep {
            let line = self.numbers.first().copied().unwrap_or(0);
            self.report.warn(
                line,
                "nested too deeply",
                format!("past {MOST_DEEP} levels the text is kept flat"),
            );
        }
        let rendered = Rendered {
            html: self.out,
            headings: self.headings,
            begins_with_heading: self.begins_with_heading,
        };
        Finished { rendered, needs_cleaning: self.raw.outcome.has_markup }
    }

    fn text(&mut self, text: &str) {
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
        }
        escape(text, &mut self.out);
    }

    /// Addresses in the text become links, but not in code or in a link.
    fn prose(&mut self, text: &str) {
        if let Some(language) = &self.language
            && highlight::highlight(language, text, &mut self.out)
        {
            return;
        }
        let mut rest = text;
        if self.is_prose() {
            while let Some(range) = autolinks::find(rest) {
                self.text(&rest[..range.start]);
                let url = &rest[range.clone()];
                let close = self.anchor(url, "", " rel=\"noreferrer\"");
                self.text(url);
                self.out.push_str(close);
                rest = &rest[range.end..];
            }
        }
        self.text(rest);
    }

    fn is_prose(&self) -> bool {
        self.links.is_empty() && self.heading.is_none() && !self.in_code
    }

    fn code(&mut self, code: &str) {
        self.out.push_str("<code>");
        self.text(code);
        self.out.push_str("</code>");
    }

    /// A formula that cannot be read stays as code; what only looks like one is text.
    fn math(&mut self, latex: &str, display: Display, range: Range<usize>) {
        let is_formula = match display {
            Display::Inline => {
                math::is_formula(latex) && !math::follows_name(self.string, range.end)
            }
            Display::Block => math::is_formula(latex.trim()),
        };
        if !is_formula {
            return self.text(&self.string[range]);
        }
        match math::render(latex, display) {
            Some(html) if self.heading.is_none() => self.out.push_str(&html),
            _ => self.code(latex),
        }
    }

    fn blank(&mut self, html: &str) {
        if let Some(heading) = &mut self.heading {
            heading.text.push(' ');
        }
        self.out.push_str(html);
    }

    fn task_marker(&mut self, is_done: bool) {
        let checked = if is_done { " checked=\"\"" } else { "" };
        self.out.push_str("<input type=\"checkbox\" disabled=\"\"");
        self.out.push_str(checked);
        self.out.push_str("> ");
    }

    fn start(&mut self, tag: Tag) {
        if is_container(&tag) && !self.opens_container() {
            return;
        }
        match tag {
            Tag::Paragraph => self.out.push_str("<p>"),
            Tag::Heading { level, id, .. } => self.start_heading(level_number(level), id),
            Tag::BlockQuote(kind) => self.start_quote(kind),
            Tag::CodeBlock(kind) => self.start_code(&kind),
            Tag::HtmlBlock => self.html = Some(String::new()),
            Tag::List(first) => self.start_list(first),
            Tag::Item => self.out.push_str("<li>"),
            Tag::FootnoteDefinition(label) => self.start_footnote(&label),
            Tag::DefinitionList => self.out.push_str("<dl>\n"),
            Tag::DefinitionListTitle => self.out.push_str("<dt>"),
            Tag::DefinitionListDefinition => self.out.push_str("<dd>"),
            Tag::Table(alignments) => self.start_table(alignments),
            Tag::TableHead => self.start_table_head(),
            Tag::TableRow => self.start_row(),
            Tag::TableCell => self.start_cell(),
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<del>"),
            Tag::Superscript => self.out.push_str("<sup>"),
            Tag::Subscript => self.out.push_str("<sub>"),
            Tag::Link { dest_url, title, .. } => self.start_link(&dest_url, &title),
            Tag::Image { dest_url, title, .. } => self.start_image(&dest_url, &title),
            Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        if is_container_end(&tag) && self.containers.pop() == Some(false) {
            self.out.push('\n');
            return;
        }
        match tag {
            TagEnd::Paragraph => self.out.push_str("</p>\n"),
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::BlockQuote(Some(_)) => self.out.push_str("</div>\n"),
            TagEnd::BlockQuote(None) => self.out.push_str("</blockquote>\n"),
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock => self.end_html(),
            TagEnd::List(true) => self.out.push_str("</ol>\n"),
            TagEnd::List(false) => self.out.push_str("</ul>\n"),
            TagEnd::Item => self.out.push_str("</li>\n"),
            TagEnd::FootnoteDefinition => self.out.push_str("</div>\n"),
            TagEnd::DefinitionList => self.out.push_str("</dl>\n"),
            TagEnd::DefinitionListTitle => self.out.push_str("</dt>\n"),
            TagEnd::DefinitionListDefinition => self.out.push_str("</dd>\n"),
            TagEnd::Table => self.out.push_str("</tbody></table></div>\n"),
            TagEnd::TableHead => self.end_table_head(),
            TagEnd::TableRow => self.end_row(),
            TagEnd::TableCell => self.end_cell(),
            TagEnd::Emphasis => self.out.push_str("</em>"),
            TagEnd::Strong => self.out.push_str("</strong>"),
            TagEnd::Strikethrough => self.out.push_str("</del>"),
            TagEnd::Superscript => self.out.push_str("</sup>"),
            TagEnd::Subscript => self.out.push_str("</sub>"),
            TagEnd::Link => self.out.push_str(self.links.pop().unwrap_or_default()),
            TagEnd::Image | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn opens_container(&mut self) -> bool {
        let opens = self.containers.len() < MOST_DEEP;
        self.containers.push(opens);
        self.is_too_deep |= !opens;
        opens
    }

    fn warn(&mut self, kind: &'static str, detail: &str) {
        let line = self.line();
        self.report.warn(line, kind, detail);
    }

    /// The line of the file where the current event stands; events come in order, so lines are counted once.
    fn line(&mut self) -> u32 {
        let (line, offset) = self.reached;
        let at = self.at.clamp(offset, self.string.len());
        let passed =
            self.string.as_bytes()[offset..at].iter().filter(|byte| **byte == b'\n').count();
        self.reached = (line + passed, at);
        self.numbers.get(line + passed).or(self.numbers.last()).copied().unwrap_or(0)
    }
}

fn is_container(tag: &Tag) -> bool {
    matches!(
        tag,
        Tag::BlockQuote(_)
            | Tag::List(_)
            | Tag::Item
            | Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
    )
}

fn is_container_end(tag: &TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
    )
}
