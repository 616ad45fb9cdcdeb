//! Reads one source: bytes in, a [`Document`] of chunks out.
//!
//! In: the bytes of a Markdown file, how large chunks should be, and where links lead. Out: chunks with their
//! HTML, headings, pages and warnings. Pure: knows no file system, no template and no index.
//!
//! The way of a text: `decode` (bytes) -> `front` (front matter) -> `pages` (page marks) -> `folios` (running lines) ->
//! `comments` and `dialect` -> `binder` (`chunks`, `blocks`, `cut`, `names`) -> `render`.

mod binder;
mod blocks;
mod chunks;
mod comments;
mod cut;
mod decode;
mod definitions;
mod dialect;
mod fence;
mod folios;
mod front;
mod guard;
mod headings;
mod highlight;
mod names;
mod pages;
mod render;
mod report;
mod side;
mod text;

use std::borrow::Cow;

use crate::model::{Document, FrontMatter, Heading, Links, Page, Reading, Warning};
pub(crate) use binder::readable;
use binder::{Binder, Leaf};
use definitions::Definitions;
use front::Body;
pub(crate) use front::is_open as is_front_open;
use names::Register;
use pages::Sheet;
pub(crate) use render::{Anchors, plain_title};
use render::{Lead, Scene};
use report::Report;
pub(crate) use side::is_page_chunks;
use text::{Line, Text};

/// What a source is read from.
pub(crate) struct Input<'a> {
    pub(crate) bytes: &'a [u8],
    /// The converter's file of page numbers that lies beside it.
    pub(crate) side: Option<&'a [u8]>,
}

/// Reads a source. `source` is its path in the library, for warnings and for a title where there is no other.
pub(crate) fn document(
    source: &str,
    input: &Input,
    settings: &Reading,
    links: &dyn Links,
    warnings: &mut Vec<Warning>,
) -> Document {
    let mut report = Report::new(source, warnings);
    let decoded = decode::decode(input.bytes, &mut report);
    let chunks = if is_json(source) { read_chunks(&decoded, &mut report) } else { None };
    let (front, body) = match &chunks {
        Some((text, _)) => (FrontMatter::default(), Body::whole(text)),
        None => front::split(&decoded, &mut report),
    };
    let lines = pages::lines(body.text, body.first_line);
    let starts = match &chunks {
        Some((_, starts)) => starts.clone(),
        None => beside(input.side, &lines, &mut report),
    };
    let rule = settings.page_rule(source);
    let mut sheets = match starts.is_empty() {
        true => pages::split(lines, rule, &mut report),
        false => pages::split_at(&lines, &starts),
    };
    if let Some((sheet, front)) = sheets.first_mut().zip(body.kept) {
        sheet.lines.splice(..0, as_code(front));
    }
    let offset = rule.and_then(|rule| rule.offset);
    let mut leaves = leaves(sheets, offset, settings, &mut report);
    if let Some(summary) = body
        .summary
        .or(front.title.clone())
        .filter(|_| leaves.iter().all(|leaf| leaf.text.is_blank()))
    {
        leaves = vec![Leaf::of_line(&summary)];
    }
    let definitions = Definitions::of(leaves.iter().map(|leaf| &leaf.text));
    let top_level = headings::top_level(leaves.iter().map(|leaf| leaf.text.string.as_str()));
    let paged = leaves.iter().any(|leaf| leaf.page.is_some());
    let scene = Scene {
        settings,
        links,
        definitions: &definitions,
        anchors: &mut Anchors::default(),
        shift: 2 - top_level as i8,
        lead: if paged { Lead::Plain } else { Lead::Marked },
    };
    let binder = Binder {
        document: Document { front, paged, ..Document::default() },
        source,
        settings,
        scene,
        report,
        path: Vec::new(),
        register: Register::default(),
        starts_section: Vec::new(),
        top_level,
    };
    binder.bind(leaves)
}

fn is_json(source: &str) -> bool {
    source.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("json"))
}

/// The text that page chunks hold, with the lines at which pages begin; what cannot be read is shown as it stands.
fn read_chunks(json: &str, report: &mut Report) -> Option<(String, Vec<(usize, u32)>)> {
    match side::read(json) {
        Ok(pages) => Some(side::text(&pages)),
        Err(detail) => {
            report.warn(0, "page chunks cannot be read", detail);
            None
        }
    }
}

/// Where pages begin by the file beside the source; nothing where it does not belong to it.
fn beside(side: Option<&[u8]>, lines: &[Line], report: &mut Report) -> Vec<(usize, u32)> {
    let Some(side) = side else { return Vec::new() };
    let pages = side::read(&String::from_utf8_lossy(side));
    pages.and_then(|pages| side::starts(&pages, lines)).unwrap_or_else(|detail| {
        report.warn(0, "page numbers beside the file do not fit", detail);
        Vec::new()
    })
}

/// Front matter that could not be read is shown as it stands; the fence of it becomes one of code.
fn as_code(front: &str) -> Vec<Line<'_>> {
    let fence = |number: u32, text: &'static str| Line { number, text };
    let lines = (2..).zip(front.lines()).map(|(number, text)| Line { number, text });
    std::iter::once(fence(1, "~~~~~~yaml")).chain(lines).chain([fence(1, "~~~~~~")]).collect()
}

/// The pages of a source with their labels, running lines and comments taken out; a source without pages is one leaf.
fn leaves(
    mut sheets: Vec<Sheet>,
    offset: Option<i32>,
    settings: &Reading,
    report: &mut Report,
) -> Vec<Leaf> {
    let numbers: Vec<u32> = sheets.iter().filter_map(|sheet| sheet.page).collect();
    if numbers.is_empty() {
        let text =
            |sheet: &Sheet| Leaf { text: clean(&sheet.lines, settings, report), ..Leaf::default() };
        return sheets.iter().map(text).collect();
    }
    let mut labels = names::complete(&numbers, &folios::take_out(&mut sheets));
    for (number, label) in numbers.iter().zip(&mut labels) {
        let shifted = offset.map(|offset| i64::from(*number) + i64::from(offset));
        *label = shifted
            .filter(|shifted| *shifted > 0)
            .map(|shifted| shifted.to_string())
            .or(label.take());
    }
    let owns = names::own_of_pages(&numbers, &labels);
    let leaf = |((sheet, number), (label, own)): ((&Sheet, u32), (Option<String>, String))| Leaf {
        text: clean(&sheet.lines, settings, report),
        page: Some(Page { number, label: label.filter(|label| *label != number.to_string()) }),
        own: Some(own),
    };
    sheets.iter().zip(numbers).zip(labels.into_iter().zip(owns)).map(leaf).collect()
}

/// Comments out, dialects to Markdown, and nothing that would take for ever to parse.
fn clean(lines: &[Line], settings: &Reading, report: &mut Report) -> Text {
    guard::tame(dialect::translate(comments::strip(lines), &settings.params, report), report)
}

/// What the navigation needs of a source before it is read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Survey {
    /// From the front matter, else the first heading, else the file's name.
    pub(crate) title: String,
    pub(crate) front: FrontMatter,
}

/// Looks at the first few kilobytes of a source.
pub(crate) fn survey(source: &str, head: &[u8]) -> Survey {
    let mut ignored = Vec::new();
    if is_json(source) {
        return Survey { title: binder::readable_name(source), ..Survey::default() };
    }
    let mut report = Report::new(source, &mut ignored);
    let decoded = decode::decode(head, &mut report);
    let (front, body) = front::split(&decoded, &mut report);
    let mut text = Cow::Borrowed(body.text);
    if dialect::headings::has_any(&text) {
        let mut lines = Text::default();
        text.lines().for_each(|line| lines.push(line, 0));
        text = Cow::Owned(dialect::headings::to_markdown(lines).string);
    }
    let first = headings::scan(&text).map(|(_, text)| text).find(|text| !text.is_empty());
    let title = front.title.clone().or_else(|| first.map(render::plain));
    Survey { title: title.unwrap_or_else(|| binder::readable_name(source)), front }
}

/// One chunk's text rendered by itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Fragment {
    /// Cleaned Markdown.
    pub(crate) text: String,
    pub(crate) html: String,
    /// `chunk` is 0 throughout.
    pub(crate) outline: Vec<Heading>,
    pub(crate) words: u32,
}

/// Renders the text of a chunk record. `own` is the own part of its id, made safe; `anchors` is shared by all fragments
/// that stand on one page, so that the ids of their headings differ.
pub(crate) fn fragment(
    source: &str,
    markdown: &str,
    own: &str,
    settings: &Reading,
    links: &dyn Links,
    anchors: &mut Anchors,
    warnings: &mut Vec<Warning>,
) -> Fragment {
    let mut report = Report::new(source, warnings);
    let decoded = decode::decode(markdown.as_bytes(), &mut report);
    let lines: Vec<Line> =
        (1..).zip(decoded.lines()).map(|(number, text)| Line { number, text }).collect();
    let text = clean(&lines, settings, &mut report);
    let definitions = Definitions::default();
    let shift = 2 - headings::top_level(std::iter::once(text.string.as_str())) as i8;
    let definitions = &definitions;
    let mut scene = Scene { settings, links, definitions, anchors, shift, lead: Lead::Plain };
    let rendered = render::chunk(&text, own, &mut scene, &mut report);
    let heading = |heading: render::RenderedHeading| Heading {
        level: heading.level,
        text: heading.text,
        anchor: heading.anchor,
        chunk: 0,
    };
    Fragment {
        words: text::words(&text.string) as u32,
        text: text.string.trim().to_string(),
        html: rendered.html,
        outline: rendered.headings.into_iter().map(heading).collect(),
    }
}

/// The anchor that a link's fragment means: headings carry their slug behind `h-`.
pub(crate) fn heading_anchor(fragment: &str) -> String {
    format!("h-{}", render::slug(fragment))
}

/// The parts of a reading view made of ready chunks: any of them may begin a part.
pub(crate) fn record_parts(
    chunks: &[crate::model::Chunk],
    settings: &Reading,
) -> Vec<std::ops::Range<usize>> {
    binder::parts(chunks, &vec![true; chunks.len()], settings.words_part)
}

/// The HTML of a chunk without the heading that it begins with, for pages that show that heading as their own title.
pub(crate) fn without_lead(html: &str) -> &str {
    let is_lead = html.starts_with("<h")
        && html.get(3..).is_some_and(|rest| rest.starts_with(render::LEAD_CLASS));
    let end =
        html.find("</h").filter(|_| is_lead).and_then(|at| Some(at + html[at..].find('>')? + 1));
    end.map_or(html, |end| html[end..].trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Link;

    struct Here;

    impl Links for Here {
        fn resolve(&self, target: &str) -> Link {
            Link::Site(target.to_string())
        }
    }

    fn read(text: &str) -> Document {
        document(
            "vendor/guide/a-b.md",
            &Input { bytes: text.as_bytes(), side: None },
            &Reading::default(),
            &Here,
            &mut Vec::new(),
        )
    }

    /// Each chunk as `own|title|headings|first line`.
    fn check(text: &str, expected: &[&str]) {
        let show = |chunk: &crate::model::Chunk| {
            format!("{}|{}|{}|{}", chunk.own, chunk.title, chunk.headings.join(">"), chunk.lines.0)
        };
        let found: Vec<String> = read(text).chunks.iter().map(show).collect();
        assert_eq!(found, expected, "{text}");
    }

    fn words(count: usize) -> String {
        "word ".repeat(count) + "end.\n\n"
    }

    #[test]
    fn chunks_carry_title_path_and_lines() {
        let text = format!("---\ntitle: T\n---\n# A\n\n{0}## B\n\n{0}### C\n\n{0}", words(250));
        check(&text, &["1|A||4", "2|B|A|8", "3|C|A>B|12"]);
        check(&words(3), &["1|A b||1"]);
        check("---\ntitle: T\n---\n", &["1|T||1"]);
        check("", &[]);
    }

    #[test]
    fn pages_are_chunks() {
        let page = |number: u32, label: &str| {
            format!(
                "<!-- page {number} -->\nText {}\n\nGuide 1.2 {label}\n",
                "q".repeat(number as usize)
            )
        };
        let text: String = [(1, "i"), (2, "ii"), (3, "1"), (4, "2"), (5, "3")]
            .map(|(number, label)| page(number, label))
            .concat();
        check(
            &text,
            &["i|Page 1||2", "ii|Page 2||6", "1|Page 3||10", "2|Page 4||14", "3|Page 5||18"],
        );
        let labels: Vec<_> =
            read(&text).chunks.into_iter().filter_map(|chunk| chunk.page?.label).collect();
        assert_eq!(labels, ["i", "ii", "1", "2", "3"]);
        assert!(read(&text).chunks.iter().all(|chunk| !chunk.text.contains("Guide")));
    }

    #[test]
    fn pages_come_from_beside() {
        let show = |source: &str, text: &str, side: Option<&str>| -> Vec<String> {
            let input = Input { bytes: text.as_bytes(), side: side.map(str::as_bytes) };
            let document = document(source, &input, &Reading::default(), &Here, &mut Vec::new());
            let page = |chunk: &crate::model::Chunk| {
                format!("{} {} {}", chunk.own, chunk.text, chunk.lines.0)
            };
            document.chunks.iter().map(page).collect()
        };
        let side = r#"[{"text":"a","page_idx":0},{"text":"b","page_idx":1}]"#;
        assert_eq!(show("x.md", "---\ntitle: T\n---\na\n\nb\n", Some(side)), ["1 a 4", "2 b 6"]);
        assert_eq!(show("x.md", "c", Some(side)), ["1 c 1"]);
        let chunks = r#"[{"metadata":{"page":1},"text":"a"},{"metadata":{"page":2},"text":"b"}]"#;
        assert_eq!(show("x.json", chunks, None), ["1 a 1", "2 b 3"]);
        assert_eq!(show("x.json", "[1]", None), ["1 [1] 1"]);
    }

    #[test]
    fn long_pages_have_further_chunks() {
        let text = format!("<!-- page 1 -->\n{}<!-- page 2 -->\nx", words(100).repeat(8));
        check(&text, &["1|Page 1||2", "1.2|Page 1||8", "1.3|Page 1||14", "2|Page 2||19"]);
    }

    #[test]
    fn a_chunk_without_its_title() {
        let html = &read("# A\n\nb").chunks[0].html;
        assert_eq!(without_lead(html), "<p>b</p>\n");
        assert_eq!(without_lead("<p>b</p>"), "<p>b</p>");
    }

    #[test]
    fn a_survey_needs_the_head_only() {
        let check = |head: &str, expected: &str| {
            assert_eq!(survey("a/x-y.md", head.as_bytes()).title, expected);
        };
        check("---\ntitle: T\n---\n# A", "T");
        check("text\n\n## `A` b {#c}\n", "A b");
        check("---\ntitle: \"`A` * <b>\"\n---\n", "A * <b>");
        check("# 1. A\n", "1. A");
        check("text", "X y");
    }

    #[test]
    fn a_fragment_keeps_every_word() {
        let text = "https://<FQDN>/finesse/api/Dialog/<dialogId> URI: 1. a 2. b <!-- c -->";
        let (settings, mut anchors) = (Reading::default(), Anchors::default());
        let fragment =
            fragment("a.md", text, "91", &settings, &Here, &mut anchors, &mut Vec::new());
        assert_eq!(
            fragment.html,
            "<p>https://&lt;FQDN&gt;/finesse/api/Dialog/&lt;dialogId&gt; URI: 1. a 2. b</p>\n"
        );
    }

    #[test]
    fn definitions_hold_in_all_of_a_source() {
        let text = format!("# A\n\n[x] {0}# B\n\n{0}[x]: y.md\n", words(250));
        assert!(read(&text).chunks[0].html.contains("<a href=\"y.md\">x</a>"));
    }
}
