//! Web addresses that stand in running text.
//!
//! In: text. Out: where the first address is. Converted PDFs are full of them, and CommonMark links only those in
//! angles; the rules for where one ends are GFM's. Knows `http` and `https` only.

use std::ops::Range;

pub(super) fn find(text: &str) -> Option<Range<usize>> {
    let mut from = 0;
    while let Some(colon) = text[from..].find("://").map(|at| from + at) {
        from = colon + 3;
        if let Some(scheme) =
            ["https", "http"].into_iter().find(|scheme| text[..colon].ends_with(scheme))
        {
            let start = colon - scheme.len();
            let end = from + length(&text[from..]);
            if starts_word(&text[..start])
                && text[from..end]
                    .starts_with(|symbol: char| symbol.is_alphanumeric() || symbol == '[')
            {
                return Some(start..end);
            }
        }
    }
    None
}

fn starts_word(before: &str) -> bool {
    before.chars().next_back().is_none_or(|symbol| !symbol.is_ascii_alphanumeric())
}

/// Punctuation at the end belongs to the sentence, a closing bracket too unless it was opened in the address.
fn length(text: &str) -> usize {
    let is_end = |symbol: char| {
        symbol.is_whitespace()
            || matches!(symbol, '<' | '>' | '"' | '`' | '\u{2018}'..='\u{201f}' | '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
    };
    let mut address = &text[..text.find(is_end).unwrap_or(text.len())];
    let opened = address.matches('(').count();
    let mut closed = address.matches(')').count();
    while let Some(last) = address.chars().next_back() {
        if (last == ')' && opened >= closed)
            || !matches!(
                last,
                '?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | ')' | ']' | '}'
            )
        {
            break;
        }
        closed -= usize::from(last == ')');
        address = &address[..address.len() - last.len_utf8()];
    }
    address.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_before_the_sentence_does() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(find(text).map(|range| &text[range]), expected, "{text}");
        };
        check("see https://x.org/a_b?c=d#e.", Some("https://x.org/a_b?c=d#e"));
        check("(http://x.org/a(b))", Some("http://x.org/a(b)"));
        check("见 https://x.org/a。好", Some("https://x.org/a"));
        check("https:// and xhttp://y", None);
        check("ftp://x", None);
    }
}
