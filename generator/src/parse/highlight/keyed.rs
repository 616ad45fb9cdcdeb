//! Lines of settings: a key before its value, a section in brackets.
//!
//! In: a scanner at the first sign of a line. Out: the key painted. Knows no values: they are scanned like code.

use super::paint::Class;
use super::scanner::Scanner;

/// Paints the key that begins here, if one does; list marks of YAML before it are passed.
pub(super) fn key(scanner: &mut Scanner) -> bool {
    const LONGEST: usize = 100;
    let rest = scanner.rest();
    let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
    if let Some(length) = section_length(line) {
        scanner.take(length, Class::Meta);
        return true;
    }
    let body = line.trim_start_matches(['-', ' ']);
    let marks = line.len() - body.len();
    if !line[..marks].is_empty() && !line[..marks].ends_with(' ') {
        return false;
    }
    let Some(length) = key_length(body).filter(|length| *length <= LONGEST) else {
        return false;
    };
    scanner.at += marks;
    scanner.take(length, Class::Name);
    true
}

/// `[a]` and `[[a]]`, alone on their line.
fn section_length(line: &str) -> Option<usize> {
    let line = line.trim_end();
    let is_section =
        line.starts_with('[') && line.ends_with(']') && !line.contains(['"', ',', '{']);
    is_section.then_some(line.len())
}

/// The bytes before `:` and a blank, or before `=`.
fn key_length(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let is_part =
        |byte: u8| byte.is_ascii_alphanumeric() || b"_-./*$ ".contains(&byte) || byte >= 0x80;
    let end = bytes.iter().position(|byte| !is_part(*byte))?;
    let is_end = match bytes[end] {
        b'=' => true,
        b':' => bytes.get(end + 1).is_none_or(u8::is_ascii_whitespace),
        _ => false,
    };
    let length = line[..end].trim_end().len();
    (is_end && length > 0).then_some(length)
}
