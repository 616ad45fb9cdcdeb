//! Raw HTML, token by token.
//!
//! In: the HTML that stands in a source. Out: the same with known tags written anew from allowed attributes, and all
//! else escaped: a tag outside the list is shown as text, never dropped, for in a guide `<dialogId>` is a name. Balances
//! nothing: see `clean`.

use super::anchors::Anchors;
use super::escape::{attribute, escape};
use super::links::{self, Target};
use crate::model::Links;

/// Tags that converters and authors write, and those that the renderer writes itself.
pub(super) const TAGS: [&str; 67] = [
    "a", "abbr", "aside", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del",
    "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "input", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span",
    "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var", "wbr",
    "center", "tt",
];

/// Attributes that stand in rendered HTML; which tag may have which in a source is decided by [`write_attribute`].
pub(super) const ATTRIBUTES: [&str; 25] = [
    "align", "alt", "checked", "class", "colspan", "datetime", "dir", "disabled", "height", "href", "id", "lang", "loading",
    "open", "rel", "reversed", "rowspan", "scope", "span", "src", "start", "title", "type", "value", "width",
];

/// Old tags under their present names; a page has one `h1`, and it is not in the text.
const RENAMED: [(&str, &str); 11] = [
    ("h1", "h2"), ("font", "span"), ("big", "span"), ("nobr", "span"), ("center", "div"), ("tt", "code"), ("strike", "s"),
    ("acronym", "abbr"), ("article", "section"), ("picture", "span"), ("label", "span"),
];

/// Tags of running text, which mean nothing without their end: an `<a>` or `<U>` alone is a name.
const PAIRED: [&str; 29] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small",
    "span", "strong", "sub", "sup", "time", "u", "var", "rt", "rp", "ruby", "pre",
];

const MOST_DEEP: usize = 100;

#[derive(Debug, PartialEq)]
pub(super) enum Token<'a> {
    Text(&'a str),
    Open { name: &'a str, attributes: &'a str, raw: &'a str },
    Close { name: &'a str, raw: &'a str },
    Comment,
}

/// What came out of a stretch of raw HTML.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Outcome {
    /// A known tag was written that needs balancing.
    pub(super) has_markup: bool,
    pub(super) unknown: Vec<String>,
    pub(super) refused: Vec<String>,
    pub(super) missing: Vec<String>,
    /// The last id that a tag carried inside a heading: it becomes the id of the heading.
    pub(super) heading_id: Option<String>,
}

/// Where a stretch of raw HTML stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    Text,
    Heading,
}

/// Writes raw HTML of one chunk; keeps count of open tags from stretch to stretch.
pub(super) struct TagWriter<'a> {
    links: &'a dyn Links,
    depth: usize,
    pub(super) is_too_deep: bool,
    pub(super) outcome: Outcome,
}

impl<'a> TagWriter<'a> {
    pub(super) fn new(links: &'a dyn Links) -> TagWriter<'a> {
        TagWriter { links, depth: 0, is_too_deep: false, outcome: Outcome::default() }
    }

    /// `has_end` tells whether the chunk closes a tag of this name later on.
    pub(super) fn write(&mut self, html: &str, mut has_end: impl FnMut(&str) -> bool, out: &mut String) {
        for token in tokens(html) {
            match token {
                Token::Text(text) => escape_angles(text, out),
                Token::Comment => {}
                Token::Open { name, attributes, raw } => match known(name) {
                    Some(known) if !is_paired(name) || has_end(name) => self.open(known, name, attributes, out),
                    _ => self.show(raw, out),
                },
                Token::Close { name, raw } => match known(name) {
                    Some(known) => self.close(known, out),
                    None => self.show(raw, out),
                },
            }
        }
    }

    fn show(&mut self, raw: &str, out: &mut String) {
        self.outcome.unknown.push(raw.to_string());
        escape(raw, out);
    }

    fn open(&mut self, known: &str, name: &str, attributes: &str, out: &mut String) {
        let is_void = matches!(known, "br" | "hr" | "wbr" | "img" | "col" | "input");
        if !is_void {
            self.depth += 1;
            if self.depth > MOST_DEEP {
                self.is_too_deep = true;
                return;
            }
        }
        self.outcome.has_markup |= !matches!(known, "br" | "wbr");
        match known {
            "img" => self.image(attributes, out),
            "a" => self.link(attributes, out),
            _ => {
                out.push('<');
                out.push_str(known);
                if name.eq_ignore_ascii_case("center") {
                    out.push_str(" class=\"center\"");
                }
                each_attribute(attributes, |key, value| write_attribute(known, key, value, out));
                out.push('>');
            }
        }
    }

    fn close(&mut self, known: &str, out: &mut String) {
        let is_skipped = self.depth > MOST_DEEP;
        self.depth = self.depth.saturating_sub(1);
        if !is_skipped {
            self.outcome.has_markup = true;
            out.push_str("</");
            out.push_str(known);
            out.push('>');
        }
    }

    fn link(&mut self, attributes: &str, out: &mut String) {
        out.push_str("<a");
        each_attribute(attributes, |key, value| match key {
            "href" => self.href(value, out),
            "name" => attribute("id", &foreign_id(value), out),
            _ => write_attribute("a", key, value, out),
        });
        out.push('>');
    }

    fn href(&mut self, value: &str, out: &mut String) {
        match links::resolve(value, self.links) {
            Target::Site(url) => attribute("href", &url, out),
            Target::Outside(url) => {
                attribute("href", &url, out);
                attribute("rel", "noreferrer", out);
            }
            Target::Missing => {
                attribute("class", "missing", out);
                self.outcome.missing.push(value.to_string());
            }
            Target::Refused => self.outcome.refused.push(value.to_string()),
        }
    }

    fn image(&mut self, attributes: &str, out: &mut String) {
        let (mut source, mut alt, mut rest) = (String::new(), String::new(), String::new());
        each_attribute(attributes, |key, value| match key {
            "src" => source = value.to_string(),
            "alt" => alt = value.to_string(),
            _ => write_attribute("img", key, value, &mut rest),
        });
        let target = links::resolve_image(&source, self.links);
        match &target {
            Target::Missing => self.outcome.missing.push(source),
            Target::Refused => self.outcome.refused.push(source),
            _ => {}
        }
        write_image(&target, &alt, &rest, out);
    }
}

/// A picture of the site is shown, one from outside is a link to it: the page must not load from elsewhere.
pub(super) fn write_image(target: &Target, alt: &str, attributes: &str, out: &mut String) {
    match target {
        Target::Site(url) => {
            out.push_str("<img");
            attribute("src", url, out);
            attribute("alt", alt, out);
            attribute("loading", "lazy", out);
            out.push_str(attributes);
            out.push('>');
        }
        Target::Outside(url) => {
            out.push_str("<a class=\"picture\"");
            attribute("href", url, out);
            attribute("rel", "noreferrer", out);
            out.push('>');
            escape(if alt.trim().is_empty() { url } else { alt }, out);
            out.push_str("</a>");
        }
        Target::Missing | Target::Refused => {
            out.push_str("<span class=\"missing\">");
            escape(alt, out);
            out.push_str("</span>");
        }
    }
}

/// The name that a tag is written under, if it is known.
pub(super) fn known(name: &str) -> Option<&'static str> {
    let find = |name: &str| TAGS.iter().find(|tag| tag.eq_ignore_ascii_case(name)).copied();
    if let Some((_, new)) = RENAMED.iter().find(|(old, _)| old.eq_ignore_ascii_case(name)) {
        return Some(new);
    }
    // Check boxes are written by the renderer alone.
    find(name).filter(|tag| *tag != "input")
}

fn is_paired(name: &str) -> bool {
    PAIRED.iter().any(|tag| tag.eq_ignore_ascii_case(name))
}

/// Ids of a source may not meet those of the page.
fn foreign_id(id: &str) -> String {
    format!("h-{}", super::anchors::slug(id))
}

fn write_attribute(tag: &str, key: &str, value: &str, out: &mut String) {
    let is_number = !value.is_empty() && value.len() < 6 && value.bytes().all(|byte| byte.is_ascii_digit());
    match (tag, key) {
        (_, "id") => attribute("id", &foreign_id(value), out),
        (_, "title" | "lang") => attribute(key, value, out),
        (_, "dir") if matches!(value, "ltr" | "rtl" | "auto") => attribute(key, value, out),
        ("td" | "th", "colspan" | "rowspan") if is_number => attribute(key, value, out),
        ("td" | "th" | "tr" | "p" | "div", "align") => write_alignment(value, out),
        ("col" | "colgroup", "span") if is_number => attribute(key, value, out),
        ("img", "width" | "height") if is_number => attribute(key, value, out),
        ("ol", "start") | ("li", "value") if is_number => attribute(key, value, out),
        ("ol", "type") if matches!(value, "1" | "a" | "A" | "i" | "I") => attribute(key, value, out),
        ("ol", "reversed") | ("details", "open") => attribute(key, "", out),
        ("time", "datetime") => attribute(key, value, out),
        _ => {}
    }
}

fn write_alignment(value: &str, out: &mut String) {
    let class = match value.to_ascii_lowercase().as_str() {
        "left" => "al",
        "center" => "ac",
        "right" => "ar",
        _ => return,
    };
    attribute("class", class, out);
}

/// Text between tags may hold entities, but no `<` that a browser could take for a tag.
fn escape_angles(text: &str, out: &mut String) {
    for (index, part) in text.split('<').enumerate() {
        if index > 0 {
            out.push_str("&lt;");
        }
        out.push_str(part);
    }
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
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.');
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

fn each_attribute(attributes: &str, mut take: impl FnMut(&str, &str)) {
    let mut seen: Vec<String> = Vec::new();
    let mut rest = attributes.trim_start_matches(is_gap);
    while !rest.is_empty() {
        let key_end = rest.find(|symbol: char| is_gap(symbol) || symbol == '=').unwrap_or(rest.len()).max(1);
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
    if symbol.is_ascii_punctuation() && !matches!(symbol, '#' | ';') { format!("\\{symbol}") } else { symbol.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Link;

    struct Here;

    impl Links for Here {
        fn resolve(&self, target: &str) -> Link {
            if target == "gone" { Link::Missing } else { Link::Site(target.to_string()) }
        }
    }

    fn check(html: &str, expected: &str) {
        let mut out = String::new();
        let closes = |name: &str| html.to_ascii_lowercase().contains(&format!("</{}", name.to_ascii_lowercase()));
        TagWriter::new(&Here).write(html, closes, &mut out);
        assert_eq!(out, expected, "{html}");
    }

    #[test]
    fn unknown_tags_are_text() {
        check("https://<FQDN>/Dialog/<dialogId>", "https://&lt;FQDN&gt;/Dialog/&lt;dialogId&gt;");
        check("vector<int>, pair<A, B>, set<U>", "vector&lt;int&gt;, pair&lt;A, B&gt;, set&lt;U&gt;");
        check("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
        check("<style>b{}</style>", "&lt;style&gt;b{}&lt;/style&gt;");
        check("<your-name attr=\"x\">", "&lt;your-name attr=&quot;x&quot;&gt;");
        check("a < b <", "a &lt; b &lt;");
        check("<!DOCTYPE html><?php ?>", "&lt;!DOCTYPE html>&lt;?php ?>");
    }

    #[test]
    fn known_tags_keep_harmless_attributes() {
        check("<td colspan=2 style='x' onclick=y align=right>", "<td colspan=\"2\" class=\"ar\">");
        check("<B>x</B>", "<b>x</b>");
        check("<h1 id=\"top\" class=x>", "<h2 id=\"h-top\">");
        check("a<!-- x -->b", "ab");
        check("<sup>1</sup>&nbsp;", "<sup>1</sup>&nbsp;");
    }

    #[test]
    fn links_are_resolved() {
        check("<a href='b.md'>x</a>", "<a href=\"b.md\">x</a>");
        check("<a href=\"gone\">x</a>", "<a class=\"missing\">x</a>");
        check("<a href=\"java&#115;cript:x\">x</a>", "<a>x</a>");
        check("<a href=\"https://x?a=1&amp;b\">x</a>", "<a href=\"https://x?a=1&amp;b\" rel=\"noreferrer\">x</a>");
        check("<img src=a.png onerror=x>", "<img src=\"a.png\" alt=\"\" loading=\"lazy\">");
        check("<a name=\"A b\"></a>", "<a id=\"h-a-b\"></a>");
    }
}
