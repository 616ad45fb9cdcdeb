//! The events of one chunk, written as HTML.
//!
//! In: events of pulldown-cmark with their place in the text. Out: HTML and headings. Everything is escaped here, links go
//! through `links`, raw HTML through `tags`. Containers past a depth of 100 are left out, their text stays.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, CowStr, Event, Tag, TagEnd};

use super::escape::{attribute, escape};
use super::links::{self, Target};
use super::tags::{self, TagWriter};
use super::{LEAD_CLASS, Lead, Rendered, RenderedHeading, Scene};
use crate::parse::blocks::{level_number, options};
use crate::parse::fence::Tracker;
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
            Event::Text(text) => self.text(&text),
            Event::Code(code) => self.code(&code),
            Event::Html(html) => self.html_line(&html),
            Event::InlineHtml(html) => self.inline_html(&html),
            Event::FootnoteReference(label) => self.footnote_reference(&label),
            Event::SoftBreak => self.blank("\n"),
            Event::HardBreak => self.blank("<br>\n"),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::TaskListMarker(is_done) => self.task_marker(is_done),
            Event::InlineMath(math) | Event::DisplayMath(math) => self.code(&math),
        }
    }

    pub(super) fn finish(mut self) -> Finished {
        self.report_outcome();
        if self.is_too_deep || self.raw.is_too_deep {
            let line = self.numbers.first().copied().unwrap_or(0);
            self.report.warn(line, "nested too deeply", format!("past {MOST_DEEP} levels the text is kept flat"));
        }
        let rendered =
            Rendered { html: self.out, headings: self.headings, begins_with_heading: self.begins_with_heading };
        Finished { rendered, needs_cleaning: self.raw.outcome.has_markup }
    }

    fn text(&mut self, text: &str) {
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
        }
        escape(text, &mut self.out);
    }

    fn code(&mut self, code: &str) {
        self.out.push_str("<code>");
        self.text(code);
        self.out.push_str("</code>");
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
            TagEnd::CodeBlock => self.out.push_str("</code></pre>\n"),
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

    fn start_heading(&mut self, level: u8, id: Option<CowStr>) {
        let id = id.map(|id| id.to_string());
        self.heading = Some(OpenHeading { level, id, start: self.out.len(), text: String::new() });
    }

    /// The opening tag is written last: its id is made of the text.
    fn end_heading(&mut self) {
        let Some(heading) = self.heading.take() else { return };
        let text = heading.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let anchor = self.scene.anchors.name(heading.id.as_deref().unwrap_or(&text));
        let level = (heading.level as i8 + self.scene.shift).clamp(2, 6);
        let mut open = format!("<h{level}");
        if heading.start == 0 {
            self.begins_with_heading = true;
            open.push_str(if self.scene.lead == Lead::Marked { LEAD_CLASS } else { "" });
        }
        attribute("id", &anchor, &mut open);
        open.push('>');
        self.out.insert_str(heading.start, &open);
        self.out.push_str(&format!("</h{level}>\n"));
        self.headings.push(RenderedHeading { level: heading.level, text, anchor });
    }

    fn start_quote(&mut self, kind: Option<BlockQuoteKind>) {
        let (class, title) = match kind {
            None => return self.out.push_str("<blockquote>\n"),
            Some(BlockQuoteKind::Note) => ("note", "Note"),
            Some(BlockQuoteKind::Tip) => ("tip", "Tip"),
            Some(BlockQuoteKind::Important) => ("important", "Important"),
            Some(BlockQuoteKind::Warning) => ("warning", "Warning"),
            Some(BlockQuoteKind::Caution) => ("caution", "Caution"),
        };
        self.out.push_str(&format!("<div class=\"alert {class}\"><p class=\"alert-title\">{title}</p>\n"));
    }

    fn start_code(&mut self, kind: &CodeBlockKind) {
        self.out.push_str("<pre><code");
        if let CodeBlockKind::Fenced(info) = kind {
            let language = info.split([' ', ',', '{', '\t']).next().unwrap_or_default();
            if !language.is_empty() {
                attribute("class", &format!("language-{language}"), &mut self.out);
            }
        }
        self.out.push('>');
    }

    fn start_list(&mut self, first: Option<u64>) {
        match first {
            None => self.out.push_str("<ul>\n"),
            Some(1) => self.out.push_str("<ol>\n"),
            Some(first) => self.out.push_str(&format!("<ol start=\"{first}\">\n")),
        }
    }

    fn start_table(&mut self, alignments: Vec<Alignment>) {
        self.table = Table { alignments, ..Table::default() };
        self.out.push_str("<div class=\"table\"><table>");
    }

    fn start_table_head(&mut self) {
        self.table.in_head = true;
        self.table.cell = 0;
        self.out.push_str("<thead><tr>");
    }

    fn end_table_head(&mut self) {
        self.table.in_head = false;
        self.out.push_str("</tr></thead>\n<tbody>\n");
    }

    fn start_row(&mut self) {
        self.table.cell = 0;
        self.out.push_str("<tr>");
    }

    fn end_row(&mut self) {
        self.table.empty = 0;
        self.out.push_str("</tr>\n");
    }

    fn start_cell(&mut self) {
        self.table.start = self.out.len();
        let class = match self.table.alignments.get(self.table.cell) {
            Some(Alignment::Left) => " class=\"al\"",
            Some(Alignment::Center) => " class=\"ac\"",
            Some(Alignment::Right) => " class=\"ar\"",
            _ => "",
        };
        self.out.push_str(if self.table.in_head { "<th" } else { "<td" });
        self.out.push_str(class);
        self.out.push('>');
    }

    /// Cells that a row lacks are empty; in very wide tables they are only written where a filled one follows.
    fn end_cell(&mut self) {
        const MOST_COLUMNS: usize = 50;
        self.table.cell += 1;
        let is_empty = self.out.ends_with('>') && self.out.len() - self.table.start < 20;
        if is_empty && !self.table.in_head && self.table.alignments.len() > MOST_COLUMNS {
            self.out.truncate(self.table.start);
            self.table.empty += 1;
            return;
        }
        if self.table.empty > 0 {
            let empty = "<td></td>".repeat(std::mem::take(&mut self.table.empty));
            self.out.insert_str(self.table.start, &empty);
        }
        self.out.push_str(if self.table.in_head { "</th>" } else { "</td>" });
    }

    fn start_link(&mut self, target: &str, title: &str) {
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

    fn anchor(&mut self, url: &str, title: &str, more: &str) -> &'static str {
        self.out.push_str("<a");
        attribute("href", url, &mut self.out);
        if !title.is_empty() {
            attribute("title", title, &mut self.out);
        }
        self.out.push_str(more);
        self.out.push('>');
        "</a>"
    }

    fn start_image(&mut self, target: &str, title: &str) {
        let (target, title) = (target.to_string(), title.to_string());
        self.image = Some(OpenImage { target, title, alt: String::new(), depth: 0 });
    }

    /// The alternative text is text only.
    fn event_in_image(&mut self, event: Event) {
        let Some(image) = &mut self.image else { return };
        match event {
            Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => image.alt.push_str(&text),
            Event::SoftBreak | Event::HardBreak => image.alt.push(' '),
            Event::Start(_) => image.depth += 1,
            Event::End(_) if image.depth > 0 => image.depth -= 1,
            Event::End(_) => self.end_image(),
            _ => {}
        }
    }

    fn end_image(&mut self) {
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

    fn start_footnote(&mut self, label: &str) {
        let number = self.footnote_number(label);
        self.out.push_str(&format!("<div class=\"footnote\" id=\"fn-{}-{number}\"><sup>{number}</sup> ", self.own));
    }

    fn footnote_reference(&mut self, label: &str) {
        let number = self.footnote_number(label);
        self.out.push_str(&format!("<sup class=\"footnote-ref\"><a href=\"#fn-{}-{number}\">{number}</a></sup>", self.own));
    }

    fn footnote_number(&mut self, label: &str) -> usize {
        let next = self.footnotes.len() + 1;
        *self.footnotes.entry(label.to_string()).or_insert(next)
    }

    fn html_line(&mut self, html: &str) {
        match &mut self.html {
            Some(block) => block.push_str(html),
            None => self.write_html(html),
        }
    }

    /// A block of HTML that holds no tag of HTML is Markdown that begins with a name in angles.
    fn end_html(&mut self) {
        let Some(html) = self.html.take() else { return };
        let is_known = |token: &tags::Token| match token {
            tags::Token::Open { name, .. } | tags::Token::Close { name, .. } => tags::known(name).is_some(),
            _ => false,
        };
        if tags::tokens(&html).any(|token| is_known(&token)) {
            self.write_html(&html);
        } else {
            self.write_as_markdown(&html);
        }
    }

    fn write_as_markdown(&mut self, html: &str) {
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

    fn inline_html(&mut self, html: &str) {
        self.write_html(html);
    }

    fn write_html(&mut self, html: &str) {
        let rest = self.string.get(self.at..).unwrap_or_default();
        let unclosed = &mut self.unclosed;
        let has_end = |name: &str| {
            let name = name.to_ascii_lowercase();
            let is_closed = !unclosed.contains(&name) && closes_later(rest, &name);
            if !is_closed {
                unclosed.insert(name);
            }
            is_closed
        };
        self.raw.write(html, has_end, &mut self.out);
        if !self.raw.outcome.unknown.is_empty() || !self.raw.outcome.missing.is_empty() {
            self.report_outcome();
        }
    }

    fn report_outcome(&mut self) {
        for tag in std::mem::take(&mut self.raw.outcome.unknown) {
            self.warn("unknown HTML tag shown as text", &tag);
        }
        for target in std::mem::take(&mut self.raw.outcome.missing) {
            self.warn("link leads nowhere", &target);
        }
        for target in std::mem::take(&mut self.raw.outcome.refused) {
            self.warn("link refused", &target);
        }
    }

    fn warn(&mut self, kind: &'static str, detail: &str) {
        let line = self.line();
        self.report.warn(line, kind, detail);
    }

    /// The line of the file where the current event stands; events come in order, so lines are counted once.
    fn line(&mut self) -> u32 {
        let (line, offset) = self.reached;
        let at = self.at.clamp(offset, self.string.len());
        let passed = self.string.as_bytes()[offset..at].iter().filter(|byte| **byte == b'\n').count();
        self.reached = (line + passed, at);
        self.numbers.get(line + passed).or(self.numbers.last()).copied().unwrap_or(0)
    }
}

fn is_container(tag: &Tag) -> bool {
    matches!(
        tag,
        Tag::BlockQuote(_) | Tag::List(_) | Tag::Item | Tag::Emphasis | Tag::Strong | Tag::Strikethrough
    )
}

fn is_container_end(tag: &TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item | TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough
    )
}

/// Whether `</name` stands anywhere in the text.
fn closes_later(text: &str, name: &str) -> bool {
    let is_close = |rest: &str| {
        let end = name.len() + 1;
        rest.starts_with('/') && rest.get(1..end).is_some_and(|start| start.eq_ignore_ascii_case(name))
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
