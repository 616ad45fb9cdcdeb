//! Keeps a text from taking time out of all proportion to its size.
//!
//! In: text. Out: the same, where a head row of ten thousand columns over ten thousand rows of one cell is no table: the
//! parser would make a hundred million cells of a hundred kilobytes. Knows tables only; depth is capped in `render`.

use super::report::Report;
use super::text::{Text, is_blank, split_lines};

/// Escapes the delimiter rows of tables that would grow too large.
pub(super) fn tame(text: Text, report: &mut Report) -> Text {
    let rows = wide_rows(&text);
    if rows.is_empty() {
        return text;
    }
    let mut tamed = Text::default();
    let mut next = rows.iter().peekable();
    for (index, line) in text.lines().enumerate() {
        if next.next_if(|row| **row == index).is_some() {
            report.warn(line.number, "table too wide", "shown as text");
            tamed.push(&line.text.replacen('-', "\\-", 1), line.number);
        } else {
            tamed.push(line.text, line.number);
        }
    }
    tamed
}

/// Indexes of delimiter rows whose cells would outnumber the bytes of their table by far.
fn wide_rows(text: &Text) -> Vec<usize> {
    const FEWEST_BYTES: usize = 100;
    const CELLS_PER_BYTE: usize = 8;
    let lines: Vec<&str> = split_lines(&text.string).collect();
    let mut wide = Vec::new();
    // The row after the current table, and its size, which are found once per table.
    let (mut end, mut bytes) = (0, 0);
    for (index, line) in lines.iter().enumerate() {
        if line.len() < FEWEST_BYTES || !is_delimiter(line) {
            continue;
        }
        if index >= end {
            end = index + lines[index..].iter().take_while(|line| !is_blank(line)).count();
            bytes = lines[index..end].iter().map(|line| line.len()).sum::<usize>();
        }
        let columns = line.bytes().filter(|byte| *byte == b'|').count();
        if columns * (end - index) > bytes * CELLS_PER_BYTE {
            wide.push(index);
        }
    }
    wide
}

fn is_delimiter(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t' | b'>'))
        && line.contains('|')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(columns: usize, rows: usize, expected: usize) {
        let mut text = Text::default();
        text.push(&"|a".repeat(columns), 1);
        text.push(&"|-".repeat(columns), 2);
        (0..rows).for_each(|row| text.push("|x|", row as u32 + 3));
        assert_eq!(wide_rows(&text).len(), expected, "{columns} x {rows}");
        let tamed = tame(text, &mut Report::new("a.md", &mut Vec::new()));
        assert_eq!(tamed.string.matches("\\-").count(), expected);
    }

    #[test]
    fn tables_out_of_proportion_are_text() {
        check(10, 10_000, 0);
        check(60, 20, 0);
        check(300, 10_000, 1);
    }
}
