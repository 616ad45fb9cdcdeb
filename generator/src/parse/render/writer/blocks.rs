//! Blocks: headings, quotes, code, lists, tables.
//!
//! In: the start or the end of a block. Out: its tags. Levels of headings are shifted, alignment is a class, for a strict
//! content security policy allows no style.

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, CowStr};

use super::super::escape::attribute;
use super::super::{LEAD_CLASS, Lead, RenderedHeading};
use super::{OpenHeading, Table, Writer};

impl Writer<'_, '_, '_> {
    pub(super) fn start_heading(&mut self, level: u8, id: Option<CowStr>) {
        let id = id.map(|id| id.to_string());
        self.heading = Some(OpenHeading { level, id, start: self.out.len(), text: String::new() });
    }

    /// The opening tag is written last: its id is made of the text.
    pub(super) fn end_heading(&mut self) {
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
        // A heading in a quote or a list heads no section.
        if self.containers.is_empty() {
            self.headings.push(RenderedHeading { level: heading.level, text, anchor });
        }
    }

    pub(super) fn start_quote(&mut self, kind: Option<BlockQuoteKind>) {
        let (class, title) = match kind {
            None => return self.out.push_str("<blockquote>\n"),
            Some(BlockQuoteKind::Note) => ("note", "Note"),
            Some(BlockQuoteKind::Tip) => ("tip", "Tip"),
            Some(BlockQuoteKind::Important) => ("important", "Important"),
            Some(BlockQuoteKind::Warning) => ("warning", "Warning"),
            Some(BlockQuoteKind::Caution) => ("caution", "Caution"),
        };
        self.out.push_str(&format!(
            "<div class=\"alert {class}\"><p class=\"alert-title\">{title}</p>\n"
        ));
    }

    pub(super) fn start_code(&mut self, kind: &CodeBlockKind) {
        self.in_code = true;
        let info = if let CodeBlockKind::Fenced(info) = kind { info.as_ref() } else { "" };
        let language = info.split([' ', ',', '{', '\t']).next().unwrap_or_default();
        // No library that draws comes with the site: the source of a diagram is its text.
        if language.eq_ignore_ascii_case("mermaid") {
            self.out.push_str(
                "<figure class=\"diagram\"><figcaption>Mermaid diagram (source)</figcaption>",
            );
            self.after_code = "</figure>\n";
        }
        self.out.push_str("<pre><code");
        if !language.is_empty() {
            attribute("class", &format!("language-{language}"), &mut self.out);
            self.language = self.scene.settings.highlight.then(|| language.to_string());
        }
        self.out.push('>');
    }

    pub(super) fn end_code(&mut self) {
        self.in_code = false;
        self.language = None;
        self.out.push_str("</code></pre>");
        self.out.push_str(match std::mem::take(&mut self.after_code) {
            "" => "\n",
            after => after,
        });
    }

    pub(super) fn start_list(&mut self, first: Option<u64>) {
        match first {
            None => self.out.push_str("<ul>\n"),
            Some(1) => self.out.push_str("<ol>\n"),
            Some(first) => self.out.push_str(&format!("<ol start=\"{first}\">\n")),
        }
    }

    pub(super) fn start_table(&mut self, alignments: Vec<Alignment>) {
        self.table = Table { alignments, ..Table::default() };
        self.out.push_str("<div class=\"table\"><table>");
    }

    pub(super) fn start_table_head(&mut self) {
        self.table.in_head = true;
        self.table.cell = 0;
        self.out.push_str("<thead><tr>");
    }

    pub(super) fn end_table_head(&mut self) {
        self.table.in_head = false;
        self.out.push_str("</tr></thead>\n<tbody>\n");
    }

    pub(super) fn start_row(&mut self) {
        self.table.cell = 0;
        self.out.push_str("<tr>");
    }

    pub(super) fn end_row(&mut self) {
        self.table.empty = 0;
        self.out.push_str("</tr>\n");
    }

    pub(super) fn start_cell(&mut self) {
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
    pub(super) fn end_cell(&mut self) {
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
}
