//! Cuts what is too large for one chunk.
//!
//! In: the text of one block. Out: texts of about one chunk each that are Markdown by themselves: a table keeps its head
//! row, code keeps its fence, a list its numbers. Linear in the size of the text, whatever it holds.

use super::blocks::{self, Block, Kind};
use super::chunks::{self, Limits};
use super::fence;
use super::text::{Line, Text, indent, weight};

pub(super) fn cut(text: &Text, block: &Block, limits: Limits) -> Vec<Text> {
    let pieces = match block.kind {
        Kind::Table => cut_table(text, limits),
        Kind::Fence => cut_fence(text, limits),
        Kind::List => cut_list(text, limits),
        Kind::Quote => cut_quote(text, limits),
        Kind::Html => cut_html(text, limits),
        Kind::Heading(_) | Kind::Prose => cut_prose(text, limits),
    };
    pieces.into_iter().flat_map(|piece| cut_if_huge(piece, limits)).collect()
}

/// A row, an item or a line that is a book by itself is cut wherever it can be.
fn cut_if_huge(text: Text, limits: Limits) -> Vec<Text> {
    if weight(&text.string) > limits.giant() * 2 { cut_prose(&text, limits) } else { vec![text] }
}

/// Even pieces, so that the last is not a scrap.
fn target(total: usize, limits: Limits) -> usize {
    let pieces = total.div_ceil(limits.high.max(1)).max(1);
    total.div_ceil(pieces).max(1)
}

/// Gathers lines into pieces of about the target weight; a piece ends where `may_end` allows it.
fn by_lines<'a>(
    lines: impl Iterator<Item = Line<'a>>,
    total: usize,
    limits: Limits,
    may_end: impl Fn(&str) -> bool,
) -> Vec<Text> {
    let target = target(total, limits);
    let (mut pieces, mut piece, mut gathered) = (Vec::new(), Text::default(), 0);
    for line in lines {
        piece.push(line.text, line.number);
        gathered += weight(line.text);
        if gathered >= target && may_end(line.text) {
            pieces.push(std::mem::take(&mut piece));
            gathered = 0;
        }
    }
    if !piece.numbers.is_empty() {
        pieces.push(piece);
    }
    pieces
}

fn cut_table(text: &Text, limits: Limits) -> Vec<Text> {
    let head: Vec<Line> = text.lines().skip_while(Line::is_blank).take(2).collect();
    let skipped = text.lines().take_while(Line::is_blank).count() + head.len();
    let rows = text.lines().skip(skipped);
    let pieces = by_lines(rows, weight(&text.string), limits, |_| true);
    pieces.into_iter().map(|rows| wrap(&head, &rows, &[])).collect()
}

fn wrap(head: &[Line], body: &Text, tail: &[Line]) -> Text {
    let mut text = Text::default();
    head.iter().for_each(|line| text.push(line.text, line.number));
    text.append(body);
    tail.iter().for_each(|line| text.push(line.text, line.number));
    text
}

fn cut_fence(text: &Text, limits: Limits) -> Vec<Text> {
    let lines: Vec<Line> = text.lines().collect();
    let first = lines.iter().position(|line| !line.is_blank()).unwrap_or(0);
    let Some(open) = lines.get(first).and_then(|line| fence::opening(line.text)) else {
        return cut_prose(text, limits);
    };
    let last = lines.iter().rposition(|line| !line.is_blank()).unwrap_or(first);
    let is_closed = last > first
        && fence::opening(lines[last].text).is_some_and(|close| close.run.starts_with(open.run));
    let body = &lines[first + 1..if is_closed { last } else { lines.len() }];
    let pieces = by_lines(break_long(body), weight(&text.string), limits, |_| true);
    let close = |body: &Text| [Line { number: body.span().1, text: open.run }];
    pieces.iter().map(|body| wrap(&lines[first..=first], body, &close(body))).collect()
}

/// A line of megabytes is cut into lines.
fn break_long<'a>(lines: &'a [Line<'a>]) -> impl Iterator<Item = Line<'a>> {
    lines.iter().flat_map(|line| {
        let number = line.number;
        spans(line.text, LONGEST_LINE_BYTES).map(move |text| Line { number, text })
    })
}

const LONGEST_LINE_BYTES: usize = 16 * 1024;

/// Pieces of at most so many bytes, cut at a blank where there is one near the end.
fn spans(text: &str, most_bytes: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        if text.len() <= most_bytes {
            rest = None;
            return Some(text);
        }
        let end = text.floor_char_boundary(most_bytes);
        let near = text.floor_char_boundary(end - end / 4);
        let cut = text[near..end].rfind(' ').map_or(end, |blank| near + blank + 1);
        rest = Some(&text[cut..]);
        Some(&text[..cut])
    })
}

fn cut_list(text: &Text, limits: Limits) -> Vec<Text> {
    let starts = text.starts();
    let items = blocks::items(text, &starts);
    let target = target(items.iter().map(|item| item.weight).sum(), limits);
    let (mut pieces, mut piece, mut gathered) = (Vec::new(), Text::default(), 0);
    for item in items {
        if gathered > 0 && gathered + item.weight > limits.high {
            pieces.push(std::mem::take(&mut piece));
            gathered = 0;
        }
        let slice = text.slice(&starts, item.lines.clone());
        if item.weight > limits.high {
            pieces.extend(cut_item(&slice, limits));
            continue;
        }
        piece.append(&slice);
        gathered += item.weight;
        if gathered >= target {
            pieces.push(std::mem::take(&mut piece));
            gathered = 0;
        }
    }
    if !piece.numbers.is_empty() {
        pieces.push(piece);
    }
    pieces
}

/// One item of many blocks: the first piece keeps the marker, the others go on without it.
fn cut_item(text: &Text, limits: Limits) -> Vec<Text> {
    let Some((width, inside)) = marker_width(&text.string).zip(limits.inside()) else {
        return cut_prose(text, limits);
    };
    let marker = &text.string[..width];
    let mut inner = Text::default();
    for (index, line) in text.lines().enumerate() {
        let from = if index == 0 { width } else { indent_bytes(line.text, width) };
        inner.push(&line.text[from..], line.number);
    }
    let mut pieces = chunks::split(&inner, inside);
    if let Some(first) = pieces.first_mut() {
        *first = hang(first, marker);
    }
    pieces
}

/// Bytes of a list marker with the blanks around it.
fn marker_width(text: &str) -> Option<usize> {
    let line = text.lines().next()?;
    let body = line.trim_start();
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let after = body.get(digits..)?.strip_prefix(['-', '*', '+', '.', ')'])?;
    let content = after.trim_start();
    let width = line.len() - content.len();
    (!content.is_empty() && after.len() - content.len() <= 4).then_some(width)
}

fn indent_bytes(line: &str, most: usize) -> usize {
    line.bytes().take(most).take_while(|byte| *byte == b' ').count()
}

/// The marker before the first line, as many blanks before the others.
fn hang(text: &Text, marker: &str) -> Text {
    let blanks = " ".repeat(indent(marker).max(marker.len()));
    let mut hung = Text::default();
    for (index, line) in text.lines().enumerate() {
        let before = if index == 0 { marker } else { blanks.as_str() };
        let before = if line.is_blank() { "" } else { before };
        hung.push(&format!("{before}{}", line.text), line.number);
    }
    hung
}

fn cut_quote(text: &Text, limits: Limits) -> Vec<Text> {
    let Some(inside) = limits.inside() else {
        return cut_prose(text, limits);
    };
    let mut inner = Text::default();
    for line in text.lines() {
        let body = line.text.trim_start();
        let body =
            body.strip_prefix('>').map_or(body, |body| body.strip_prefix(' ').unwrap_or(body));
        inner.push(body, line.number);
    }
    let quote = |text: &Text| {
        let mut quoted = Text::default();
        text.lines().for_each(|line| quoted.push(&format!("> {}", line.text), line.number));
        quoted
    };
    chunks::split(&inner, inside).iter().map(quote).collect()
}

/// A table in HTML is cut behind rows and opened again; other HTML between lines.
fn cut_html(text: &Text, limits: Limits) -> Vec<Text> {
    let ends_row = |line: &str| line.trim_end().ends_with("</tr>");
    let total = weight(&text.string);
    let is_table = text.string.trim_start().starts_with("<table")
        && text.lines().any(|line| ends_row(line.text));
    if !is_table {
        return by_lines(text.lines(), total, limits, |_| true);
    }
    let mut pieces = by_lines(text.lines(), total, limits, ends_row);
    let scrap = pieces.pop_if(|piece| !piece.string.contains("<tr"));
    if let Some((last, scrap)) = pieces.last_mut().zip(scrap) {
        last.append(&scrap);
    }
    let last = pieces.len().saturating_sub(1);
    for (index, piece) in pieces.iter_mut().enumerate() {
        let (first, end) = piece.span();
        let head = [Line { number: first, text: "<table>" }];
        let tail = [Line { number: end, text: "</table>" }];
        *piece = wrap(&head[..usize::from(index > 0)], piece, &tail[..usize::from(index < last)]);
    }
    pieces
}

fn cut_prose(text: &Text, limits: Limits) -> Vec<Text> {
    let target = target(weight(&text.string), limits);
    let (mut pieces, mut piece, mut gathered) = (Vec::new(), Text::default(), 0);
    for line in text.lines() {
        let mut part = String::new();
        for sentence in sentences(line.text, target) {
            part.push_str(sentence);
            gathered += weight(sentence);
            if gathered >= target {
                piece.push(part.trim_end(), line.number);
                part.clear();
                pieces.push(std::mem::take(&mut piece));
                gathered = 0;
            }
        }
        if !part.is_empty() || line.text.is_empty() {
            piece.push(&part, line.number);
        }
    }
    if !piece.is_blank() {
        pieces.push(piece);
    }
    pieces
}

/// The sentences of a line; one that is too long for a chunk comes in spans.
fn sentences(line: &str, target: usize) -> impl Iterator<Item = &str> {
    const BYTES_PER_WORD: usize = 6;
    let most_bytes = (target * BYTES_PER_WORD).max(256);
    let mut rest = line;
    let sentences = std::iter::from_fn(move || {
        let end = sentence_end(rest)?;
        let (sentence, after) = rest.split_at(end);
        rest = after;
        Some(sentence)
    });
    sentences.flat_map(move |sentence| spans(sentence, most_bytes))
}

/// Behind the first full stop that is outside of code and brackets, or the end.
fn sentence_end(text: &str) -> Option<usize> {
    let (mut in_code, mut depth, mut stop) = (false, 0i32, false);
    for (at, symbol) in text.char_indices() {
        let is_free = !in_code && depth <= 0;
        if stop && is_free && symbol.is_whitespace() {
            return Some(at + symbol.len_utf8());
        }
        match symbol {
            '`' => in_code = !in_code,
            '[' | '(' if !in_code => depth += 1,
            ']' | ')' if !in_code => depth -= 1,
            '。' | '！' | '？' if is_free => return Some(at + symbol.len_utf8()),
            _ => {}
        }
        stop = matches!(symbol, '.' | '!' | '?' | '…')
            || (stop && matches!(symbol, '"' | '*' | '_' | ')'));
    }
    (!text.is_empty()).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pieces are separated by `=`; a chunk has at most 4 words.
    fn check(kind: Kind, markdown: &str, expected: &str) {
        let text = Text::of(markdown);
        let block = Block { kind, lines: 0..0, weight: 0 };
        let pieces = cut(&text, &block, Limits { low: 2, high: 4, depth: 3 });
        let shown: Vec<&str> = pieces.iter().map(|piece| piece.string.trim_end()).collect();
        assert_eq!(shown.join("="), expected, "{markdown}");
    }

    #[test]
    fn tables_keep_their_head() {
        check(
            Kind::Table,
            "|h|\n|-|\n|a b|\n|c d|\n|e f|",
            "|h|\n|-|\n|a b|\n|c d|=|h|\n|-|\n|e f|",
        );
    }

    #[test]
    fn code_keeps_its_fence() {
        check(Kind::Fence, "```sh\na b c\nd e f\n```", "```sh\na b c\nd e f\n```");
        check(
            Kind::Fence,
            "```sh\na b c d\nd e f g\n```",
            "```sh\na b c d\n```=```sh\nd e f g\n```",
        );
    }

    #[test]
    fn lists_are_cut_between_items() {
        check(Kind::List, "- a b\n- c d\n- e f\n", "- a b\n- c d=- e f");
        check(Kind::List, "- a b c\n\n  d e f\n- g", "- a b c=d e f=- g");
    }

    #[test]
    fn quotes_stay_quotes() {
        check(Kind::Quote, "> a b c\n>\n> d e f", "> a b c\n>=> d e f");
    }

    #[test]
    fn prose_is_cut_between_sentences() {
        check(
            Kind::Prose,
            "One two. Three four. Five `x. y` six.",
            "One two. Three four.=Five `x. y` six.",
        );
        check(Kind::Prose, "一二三四五六七。八九十一二三四。", "一二三四五六七。=八九十一二三四。");
    }

    #[test]
    fn html_tables_are_opened_again() {
        check(
            Kind::Html,
            "<table>\n<tr><td>a b c d e</td></tr>\n<tr><td>f g h i</td></tr>\n</table>",
            "<table>\n<tr><td>a b c d e</td></tr>\n</table>=<table>\n<tr><td>f g h i</td></tr>\n</table>",
        );
    }

    #[test]
    fn a_line_of_megabytes_is_cut() {
        let spans: Vec<usize> = spans(&"ä".repeat(10_000), 16).map(str::len).collect();
        assert_eq!(spans.len(), 1250);
    }
}
