//! The top-level blocks of a text.
//!
//! In: a text. Out: for each block its lines, kind and weight; blank lines and link definitions go with the block before
//! them, so that the blocks cover every line. Knows Markdown by pulldown-cmark; renders nothing.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};

use super::text::{Text, is_blank, split_lines, weight};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// With its level.
    Heading(u8),
    Fence,
    Table,
    List,
    Quote,
    Html,
    /// Paragraphs and all that is cut like them.
    Prose,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    pub(super) kind: Kind,
    /// Line indexes in the text.
    pub(super) lines: Range<usize>,
    pub(super) weight: usize,
}

/// The dialect of all of McDewey.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_HEADING_ATTRIBUTES
}

pub(super) fn split(text: &Text, starts: &[usize]) -> Vec<Block> {
    let mut blocks = cover(find(&text.string, 0), starts);
    for block in &mut blocks {
        block.weight =
            weight(&text.string[starts[block.lines.start]..starts[block.lines.end]]).max(1);
    }
    blocks
}

/// The line ranges of the items of a text that is one list.
pub(super) fn items(text: &Text, starts: &[usize]) -> Vec<Block> {
    let mut items = cover(find(&text.string, 1), starts);
    for item in &mut items {
        item.weight = weight(&text.string[starts[item.lines.start]..starts[item.lines.end]]);
    }
    items
}

/// Kind and first byte of everything that starts at this depth.
fn find(string: &str, at_depth: usize) -> Vec<(Kind, usize)> {
    let mut found = Vec::new();
    let mut depth = 0;
    let string = without_insides(string);
    for (event, range) in Parser::new_ext(&string, options()).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                if depth == at_depth {
                    found.push((kind(&tag), range.start));
                }
                depth += 1;
            }
            Event::End(_) => depth -= 1,
            Event::Rule if depth == at_depth => found.push((Kind::Prose, range.start)),
            _ => {}
        }
    }
    found
}

/// The text with letters in place of what lies deep in very long lines, where no block of its depth can start. The parser
/// would make a tree of millions of lists or stars of them, of a hundred times their bytes, only for it to be thrown away.
/// Lines of HTML, tables and fences stay: there it is the end that says what they are.
fn without_insides(string: &str) -> Cow<'_, str> {
    const LONG_BYTES: usize = 64 << 10;
    const KEPT_BYTES: usize = 4 << 10;
    let is_long = |line: &str| {
        line.len() > LONG_BYTES && !line.trim_start().starts_with(['<', '|', '`', '~'])
    };
    if string.len() <= LONG_BYTES || !split_lines(string).any(is_long) {
        return Cow::Borrowed(string);
    }
    let mut out = String::with_capacity(string.len());
    for line in string.split_inclusive('\n') {
        let body = line.trim_end_matches('\n');
        let kept = if is_long(body) { body.floor_char_boundary(KEPT_BYTES) } else { body.len() };
        out.push_str(&body[..kept]);
        out.extend(std::iter::repeat_n('x', body.len() - kept));
        out.push_str(&line[body.len()..]);
    }
    Cow::Owned(out)
}

fn kind(tag: &Tag) -> Kind {
    match tag {
        Tag::Heading { level, .. } => Kind::Heading(level_number(*level)),
        Tag::CodeBlock(CodeBlockKind::Fenced(_)) => Kind::Fence,
        Tag::Table(_) => Kind::Table,
        Tag::List(_) => Kind::List,
        Tag::BlockQuote(_) => Kind::Quote,
        Tag::HtmlBlock => Kind::Html,
        _ => Kind::Prose,
    }
}

pub(super) fn level_number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// Bytes to lines; each block reaches to the next, the first from the very start.
fn cover(found: Vec<(Kind, usize)>, starts: &[usize]) -> Vec<Block> {
    let line_of = |at: usize| starts.partition_point(|start| *start <= at) - 1;
    let n_lines = starts.len() - 1;
    let mut blocks: Vec<Block> = Vec::with_capacity(found.len());
    for (kind, at) in found {
        let line = line_of(at).min(n_lines.saturating_sub(1));
        match blocks.last_mut() {
            // Two things on one line cannot be told apart by lines.
            Some(last) if last.lines.start == line => continue,
            Some(last) => last.lines.end = line,
            None => {}
        }
        let start = if blocks.is_empty() { 0 } else { line };
        blocks.push(Block { kind, lines: start..n_lines, weight: 0 });
    }
    blocks
}

/// Markdown that shows nothing by itself (definitions) is a block too.
pub(super) fn whole(text: &Text) -> Vec<Block> {
    let block =
        Block { kind: Kind::Prose, lines: 0..text.numbers.len(), weight: weight(&text.string) };
    if is_blank(&text.string) { Vec::new() } else { vec![block] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markdown: &str, expected: &[(Kind, Range<usize>)]) {
        let text = Text::of(markdown);
        let found: Vec<_> = split(&text, &text.starts())
            .into_iter()
            .map(|block| (block.kind, block.lines))
            .collect();
        assert_eq!(found, expected, "{markdown}");
    }

    #[test]
    fn blocks_cover_every_line() {
        use Kind::{Fence, Heading, List, Prose, Table};
        check("\n# a\n\nb\nc\n", &[(Heading(1), 0..3), (Prose, 3..5)]);
        check("a\n\n[x]: y\n\n- b\n\n  c\n", &[(Prose, 0..4), (List, 4..7)]);
        check("```\na\n```\n---\n", &[(Fence, 0..3), (Prose, 3..4)]);
        check("a\n===\n|x|\n|-|\n|y|\n", &[(Heading(1), 0..2), (Table, 2..5)]);
        check("[x]: y\n", &[]);
    }

    #[test]
    fn long_lines_are_blocks_like_any_other() {
        use Kind::{Fence, Heading, Html, List, Prose, Quote, Table};
        for (piece, kind) in [("- ", List), ("> ", Quote), ("*", Prose), ("ä [", Prose)] {
            let long = piece.repeat(100_000);
            let text = format!("a\n\n{long}x\n\n# b\n\n{long}x\n");
            check(&text, &[(Prose, 0..2), (kind, 2..4), (Heading(1), 4..6), (kind, 6..7)]);
        }
        let long = "y ".repeat(100_000);
        check(&format!("<?{long}?>\n# b\n"), &[(Html, 0..1), (Heading(1), 1..2)]);
        check(&format!("|a|\n|-|\n|{long}|\n"), &[(Table, 0..3)]);
        check(&format!("```{long}\n# b\n```\n"), &[(Fence, 0..3)]);
    }
}
