//! Follows code fences from line to line.
//!
//! In: lines. Out: whether a line is code. A scanner, not a parser: it is used where text is looked at before it is
//! parsed (page marks, comments, shortcodes), so it errs towards closing a fence whose container has ended.

use super::text::indent;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fence<'a> {
    symbol: u8,
    length: usize,
    /// Columns before the opening fence.
    indent: usize,
    /// The opening line, to open it again on a next page.
    pub(super) line: &'a str,
    /// The run of backticks or tildes, to close it with.
    pub(super) run: &'a str,
}

/// Tells code lines from others; starts outside of any fence.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tracker<'a> {
    pub(super) open: Option<Fence<'a>>,
}

impl<'a> Tracker<'a> {
    /// Takes the next line; true when it is a fence or lies inside one.
    pub(super) fn is_code(&mut self, line: &'a str) -> bool {
        match self.open {
            None => {
                self.open = opening(line);
                self.open.is_some()
            }
            Some(fence) if closes(line, &fence) => {
                self.open = None;
                true
            }
            Some(fence) if leaves_container(line, &fence) => {
                self.open = opening(line);
                self.open.is_some()
            }
            Some(_) => true,
        }
    }
}

/// The fence that this line opens, behind quote marks and list markers too.
pub(super) fn opening(line: &str) -> Option<Fence<'_>> {
    let body = strip_containers(line);
    let symbol = *body.as_bytes().first().filter(|symbol| matches!(symbol, b'`' | b'~'))?;
    let length = body.bytes().take_while(|byte| *byte == symbol).count();
    let info = &body[length..];
    if length < 3 || (symbol == b'`' && info.contains('`')) {
        return None;
    }
    Some(Fence { symbol, length, indent: indent(line), line, run: &body[..length] })
}

/// Whether the line is a fence without an info string.
pub(super) fn is_bare(line: &str) -> bool {
    opening(line).is_some_and(|fence| strip_containers(line)[fence.length..].trim().is_empty())
}

fn closes(line: &str, fence: &Fence) -> bool {
    let body = line.trim_start_matches([' ', '\t', '>']);
    let length = body.bytes().take_while(|byte| *byte == fence.symbol).count();
    length >= fence.length && body[length..].trim().is_empty()
}

/// A fence inside a list item or a quote ends with its container.
fn leaves_container(line: &str, fence: &Fence) -> bool {
    let quoted = |line: &str| line.trim_start().starts_with('>');
    if quoted(fence.line) {
        return !quoted(line);
    }
    fence.indent >= 4 && indent(line) == 0 && !line.trim().is_empty()
}

fn strip_containers(line: &str) -> &str {
    let body = line.trim_start_matches([' ', '\t', '>']);
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let marker = match body.as_bytes().get(digits) {
        Some(b'-' | b'*' | b'+') if digits == 0 => 1,
        Some(b'.' | b')') if digits > 0 => digits + 1,
        _ => return body,
    };
    match body[marker..].starts_with([' ', '\t']) {
        true => body[marker..].trim_start_matches([' ', '\t']),
        false => body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let mut tracker = Tracker::default();
        let found: String =
            text.lines().map(|line| if tracker.is_code(line) { 'c' } else { '.' }).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn fences_open_and_close() {
        check("a\n```\nb\n```\nc", ".ccc.");
        check("~~~\n```\n~~~~\nc", "ccc.");
        check("```` md\n```\n````\nc", "ccc.");
        check("``` `x`\nc", "..");
    }

    #[test]
    fn fences_end_with_their_container() {
        check("- ```\n  x\n  ```\nc", "ccc.");
        check("> ```\n> x\nc", "cc.");
        check("    ```\n    x\nc", "cc.");
    }
}
