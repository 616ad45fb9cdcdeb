//! The tokens of raw HTML.
//!
//! In: HTML as it stands in a source. Out: tags, comments and the text between them, and the attributes of a tag. What does
//! not parse as a tag is text. Linear in the length, whatever never closes.

#[derive(Debug, PartialEq)]
pub(super) enum Token<'a> {
    Text(&'a str),
    Open { name: &'a str, attributes: &'a str, raw: &'a str },
    Close { name: &'a str, raw: &'a str },
    Comment,
}

/// The tokens of raw HTML; what does not parse as a tag is text.
pub(super) fn tokens(html: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = html;
    // Once there is no `-->` or `>` ahead there never will be, and looking again would be quadratic.
    let mut ends = Ends { comment: true, tag: true };
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((token, length)) = markup(rest, &mut ends) {
            rest = &rest[length..];
            return Some(token);
        }
        let skip = usize::from(rest.starts_with('<'));
        let length = rest[skip..].find('<').map_or(rest.len(), |at| at + skip);
        let (text, after) = rest.split_at(length);
        rest = after;
        Some(Token::Text(text))
    })
}

struct Ends {
    comment: bool,
    tag: bool,
}

fn markup<'a>(html: &'a str, ends: &mut Ends) -> Option<(Token<'a>, usize)> {
    if !html.starts_with('<') || !ends.tag {
        return None;
    }
    if html.starts_with("<!--") && ends.comment {
        let end = html[4..].find("-->");
        ends.comment = end.is_some();
        return Some((Token::Comment, end? + 7));
    }
    let is_close = html.as_bytes().get(1) == Some(&b'/');
    let from = if is_close { 2 } else { 1 };
    let is_name =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.');
    let length = html.as_bytes()[from..].iter().take_while(|byte| is_name(byte)).count();
    let name = &html[from..from + length];
    if !name.starts_with(|symbol: char| symbol.is_ascii_alphabetic()) {
        return None;
    }
    let end = tag_end(html, from + length, ends)?;
    let raw = &html[..=end];
    let token = match is_close {
        true => Token::Close { name, raw },
        false => Token::Open { name, attributes: &html[from + length..end], raw },
    };
    Some((token, raw.len()))
}

/// The `>` that ends a tag, outside of quotes. A tag of many kilobytes is none.
fn tag_end(html: &str, from: usize, ends: &mut Ends) -> Option<usize> {
    const MOST_BYTES: usize = 1 << 20;
    let mut quote = None;
    let mut after_equals = false;
    let bytes = html.as_bytes();
    for (at, byte) in bytes.iter().enumerate().skip(from).take(MOST_BYTES) {
        match quote {
            Some(open) if open == *byte => quote = None,
            Some(_) => {}
            None if *byte == b'>' => return Some(at),
            None if matches!(byte, b'"' | b'\'') && after_equals => quote = Some(*byte),
            None if *byte == b'<' => return None,
            None => {}
        }
        after_equals = *byte == b'=' || (after_equals && byte.is_ascii_whitespace());
    }
    ends.tag = html[from..].contains('>');
    None
}

pub(super) fn each_attribute(attributes: &str, mut take: impl FnMut(&str, &str)) {
    let mut seen: Vec<String> = Vec::new();
    let mut rest = attributes.trim_start_matches(is_gap);
    while !rest.is_empty() {
        let key_end =
            rest.find(|symbol: char| is_gap(symbol) || symbol == '=').unwrap_or(rest.len()).max(1);
        let key_end = rest.ceil_char_boundary(key_end);
        let key = rest[..key_end].to_ascii_lowercase();
        rest = rest[key_end..].trim_start();
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let (text, behind) = attribute_value(after.trim_start());
            value = unescape(text);
            rest = behind;
        }
        if !seen.contains(&key) {
            take(&key, &value);
            seen.push(key);
        }
        rest = rest.trim_start_matches(is_gap);
    }
}

fn is_gap(symbol: char) -> bool {
    symbol.is_ascii_whitespace() || symbol == '/'
}

fn attribute_value(rest: &str) -> (&str, &str) {
    if let Some(quote) = rest.chars().next().filter(|symbol| matches!(symbol, '"' | '\'')) {
        return rest[1..].split_once(quote).unwrap_or((&rest[1..], ""));
    }
    rest.split_at(rest.find(|symbol: char| symbol.is_ascii_whitespace()).unwrap_or(rest.len()))
}

/// Character references in an attribute, read by the Markdown parser that knows them all.
fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_string();
    }
    let mut guarded = String::from("x");
    for symbol in text.chars() {
        match symbol {
            '&' => guarded.push('&'),
            _ if symbol.is_whitespace() => guarded.push(' '),
            _ => guarded.push_str(&guard(symbol)),
        }
    }
    let texts = pulldown_cmark::Parser::new(&guarded).filter_map(|event| match event {
        pulldown_cmark::Event::Text(text) => Some(text.to_string()),
        _ => None,
    });
    texts.collect::<String>()[1..].to_string()
}

/// Nothing but references may have a meaning in there.
fn guard(symbol: char) -> String {
    if symbol.is_ascii_punctuation() && !matches!(symbol, '#' | ';') {
        format!("\\{symbol}")
    } else {
        symbol.to_string()
    }
}
