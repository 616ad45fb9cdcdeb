//! A page as the tests see it: its tags with their attributes, its text.
//!
//! In: the HTML of a page that McDewey wrote. Out: tags in order, visible text. It is a scanner of our
//! own and no parser of the browser's kind: what it cannot read is a page that the tests should refuse.

/// An opening tag.
#[derive(Debug, PartialEq, Eq)]
pub struct Tag {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    /// Where the tag ends in the page, as an offset in bytes.
    pub end_bytes: usize,
}

impl Tag {
    /// The value of an attribute, entities decoded.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The opening tags of a page.
#[must_use]
pub fn tags(page: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(found) = page[at..].find('<') {
        let start = at + found;
        let rest = &page[start + 1..];
        at = match rest.chars().next() {
            Some('!') => start + comment_length(rest),
            Some(first) if first.is_ascii_alphabetic() => {
                let tag = tag(page, start + 1);
                let end_bytes = tag.end_bytes;
                tags.push(tag);
                end_bytes
            }
            _ => start + 1,
        };
    }
    tags
}

/// The length of `<!-- ... -->` or `<!doctype ...>`, from its bracket on.
fn comment_length(rest: &str) -> usize {
    let close = if rest.starts_with("!--") { "-->" } else { ">" };
    1 + rest.find(close).expect("a comment ends") + close.len()
}

/// The tag whose name begins at `start`.
fn tag(page: &str, start: usize) -> Tag {
    let bytes = page.as_bytes();
    let until = |from: usize, stop: fn(u8) -> bool| -> usize {
        from + bytes[from..].iter().position(|&byte| stop(byte)).expect("a tag ends")
    };
    let name_end = until(start, |byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'));
    let mut attributes = Vec::new();
    let mut at = until(name_end, |byte| !byte.is_ascii_whitespace() && byte != b'/');
    while bytes[at] != b'>' {
        let key_end =
            until(at, |byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/' | b'='));
        let key = page[at..key_end].to_ascii_lowercase();
        let (value, end) = value(page, key_end);
        attributes.push((key, value));
        at = until(end, |byte| !byte.is_ascii_whitespace() && byte != b'/');
    }
    Tag { name: page[start..name_end].to_ascii_lowercase(), attributes, end_bytes: at + 1 }
}

/// The value that stands behind an attribute's name, and where it ends.
fn value(page: &str, at: usize) -> (String, usize) {
    let Some(rest) = page[at..].strip_prefix('=') else { return (String::new(), at) };
    let quote = rest.chars().next().expect("a tag ends");
    assert!(
        matches!(quote, '"' | '\''),
        "an attribute without quotes: {:?}",
        rest.chars().take(40)
    );
    let length = rest[1..].find(quote).expect("a quote ends");
    (decode(&rest[1..=length]), at + 1 + 1 + length + 1)
}

/// The visible text of a piece of HTML, entities decoded. Every tag parts words as a space does.
#[must_use]
pub fn text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    decode(&text)
}

/// What an element with this id holds, up to the next `close`.
#[must_use]
pub fn held<'a>(page: &'a str, id: &str, close: &str) -> &'a str {
    let tag = tags(page).into_iter().find(|tag| tag.get("id") == Some(id));
    let start = tag.unwrap_or_else(|| panic!("no element has the id {id}")).end_bytes;
    page[start..].split(close).next().expect("splitting gives at least one part")
}

/// Named and numbered entities as the characters they stand for.
fn decode(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        let entity = after.split_once(';').and_then(|(name, after)| Some((entity(name)?, after)));
        let (character, after) = entity.unwrap_or(('&', after));
        decoded.push(character);
        rest = after;
    }
    decoded + rest
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => numbered(name.strip_prefix('#')?),
    }
}

fn numbered(digits: &str) -> Option<char> {
    let hexadecimal = digits.strip_prefix(['x', 'X']);
    let number = match hexadecimal {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_with_their_attributes() {
        let page = "<!doctype html><!-- <b id=\"no\"> --><a href=\"x?a&amp;b\" hidden class='k'>1 < 2</a><br/>";
        let found = tags(page);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].get("href"), Some("x?a&b"));
        assert_eq!(found[0].get("hidden"), Some(""));
        assert_eq!(found[0].get("class"), Some("k"));
        assert_eq!(found[1].name, "br");
    }

    #[test]
    fn text_is_what_a_reader_sees() {
        assert_eq!(text("<p>&lt;FQDN&gt;&#x2f;a &amp; b</p>").trim(), "<FQDN>/a & b");
        assert_eq!(held("<td id=\"page\">107</td>", "page", "</td>"), "107");
    }
}
