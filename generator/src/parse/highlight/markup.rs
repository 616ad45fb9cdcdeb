//! Languages that are no code: tags, and lists of changes.
//!
//! In: code. Out: painted stretches. Knows no tag by name.

use super::paint::{Class, Painter};

pub(super) fn scan(painter: &mut Painter) {
    let code = painter.code;
    let mut at = 0;
    while let Some(found) = code[at..].find(['<', '&']) {
        at += found;
        let rest = &code[at..];
        at = match rest {
            _ if rest.starts_with("<!--") => until(painter, at, "-->", Class::Comment),
            _ if rest.starts_with("<!") || rest.starts_with("<?") => {
                until(painter, at, ">", Class::Meta)
            }
            _ if rest.starts_with('&') => entity(painter, at),
            _ => tag(painter, at),
        };
    }
}

fn until(painter: &mut Painter, at: usize, close: &str, class: Class) -> usize {
    let end =
        painter.code[at..].find(close).map_or(painter.code.len(), |end| at + end + close.len());
    painter.paint(at, end, class);
    end
}

fn entity(painter: &mut Painter, at: usize) -> usize {
    const LONGEST: usize = 12;
    let rest = &painter.code.as_bytes()[at + 1..];
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
    let length = rest.iter().take(LONGEST).take_while(|byte| inside(byte)).count();
    if length > 0 && rest.get(length) == Some(&b';') {
        painter.paint(at, at + length + 2, Class::Number);
        return at + length + 2;
    }
    at + 1
}

fn tag(painter: &mut Painter, at: usize) -> usize {
    let bytes = painter.code.as_bytes();
    let name = at + 1 + usize::from(bytes.get(at + 1) == Some(&b'/'));
    let mut end = name + name_length(&bytes[name..]);
    if end == name {
        return at + 1;
    }
    if bytes.get(end) == Some(&b'>') {
        painter.paint(at, end + 1, Class::Keyword);
        return end + 1;
    }
    painter.paint(at, end, Class::Keyword);
    while let Some(byte) = bytes.get(end).copied() {
        let start = end;
        match byte {
            b'>' => {
                painter.paint(end, end + 1, Class::Keyword);
                return end + 1;
            }
            b'<' => return end,
            b'"' | b'\'' => {
                let close = bytes[end + 1..].iter().position(|next| *next == byte);
                let Some(close) = close else { return end + 1 };
                end += close + 2;
                painter.paint(start, end, Class::Text);
            }
            _ => {
                end += name_length(&bytes[end..]);
                painter.paint(start, end, Class::Name);
                end = end.max(start + 1);
            }
        }
    }
    end
}

fn name_length(bytes: &[u8]) -> usize {
    let is_part =
        |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-:.".contains(byte) || **byte >= 0x80;
    bytes.iter().take_while(is_part).count()
}

/// The lines of a diff.
pub(super) fn scan_changes(painter: &mut Painter) {
    let mut at = 0;
    for line in painter.code.split_inclusive('\n') {
        let end = at + line.trim_end_matches(['\n', '\r']).len();
        let is_head =
            ["@@", "+++", "---", "diff ", "index "].iter().any(|head| line.starts_with(head));
        let class = match line.as_bytes()[0] {
            _ if is_head => Some(Class::Meta),
            b'+' => Some(Class::Inserted),
            b'-' => Some(Class::Deleted),
            _ => None,
        };
        if let Some(class) = class {
            painter.paint(at, end, class);
        }
        at += line.len();
    }
}
