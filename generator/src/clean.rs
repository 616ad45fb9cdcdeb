//! What no reader sees must not reach a model either: signs without width can carry hidden words.
//!
//! In: a text. Out: the text without invisible signs. (HTML comments are taken out when a source is parsed.) Knows no Markdown.

use std::borrow::Cow;

/// The text without invisible signs.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_invisible(c) || is_joiner(c)) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        // Persian, Indic scripts and emoji need joiners, between two signs of theirs.
        let joins = is_joiner(c) && clean.chars().last().is_some_and(needs_joiners);
        let joins = joins && rest.peek().copied().is_some_and(needs_joiners);
        if joins || !(is_invisible(c) || is_joiner(c)) {
            clean.push(c);
        }
    }
    Cow::Owned(clean)
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

fn needs_joiners(c: char) -> bool {
    !c.is_ascii() && !c.is_whitespace() && !is_joiner(c) && !is_invisible(c)
}

/// Spaces without width, marks of direction, tags, selectors of variants beyond those of emoji, controls.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00ad}'
            | '\u{034f}'
            | '\u{061c}'
            | '\u{115f}' | '\u{1160}'
            | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'
            | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0e}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    ) || (c.is_control() && !matches!(c, '\n' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(visible(text), expected);
    }

    #[test]
    fn hidden_signs_go() {
        check("plain\n\ttext", "plain\n\ttext");
        check("ig\u{200b}no\u{2060}re\u{feff}", "ignore");
        check("a\u{e0041}\u{e0042}b", "ab");
        check("pay\u{202e}load\u{0}", "payload");
        check("a\u{200d}b\u{200c}c", "abc");
    }

    #[test]
    fn joiners_stay_where_scripts_need_them() {
        check("می\u{200c}خواهم", "می\u{200c}خواهم");
        check("👩\u{200d}💻", "👩\u{200d}💻");
        check("❤\u{fe0f}", "❤\u{fe0f}");
        check("می\u{200c}\u{200c}خ", "می\u{200c}خ");
    }
}
