//! Raw HTML, token by token.
//!
//! In: the HTML that stands in a source. Out: the same with known tags written anew from allowed attributes, and all
//! else escaped: a tag outside the list is shown as text, never dropped, for in a guide `<dialogId>` is a name. Balances
//! nothing: see `clean`.

use super::escape::{attribute, escape};
use super::links::{self, Target};
use super::tokens::{Token, each_attribute, tokens};
use crate::model::Links;

/// Tags that converters and authors write, and those that the renderer writes itself.
pub(super) const TAGS: [&str; 67] = [
    "a",
    "abbr",
    "aside",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "input",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "u",
    "ul",
    "var",
    "wbr",
    "center",
    "tt",
];

/// Attributes that stand in rendered HTML; which tag may have which in a source is decided by [`write_attribute`].
pub(super) const ATTRIBUTES: [&str; 25] = [
    "align", "alt", "checked", "class", "colspan", "datetime", "dir", "disabled", "height", "href",
    "id", "lang", "loading", "open", "rel", "reversed", "rowspan", "scope", "span", "src", "start",
    "title", "type", "value", "width",
];

/// Old tags under their present names; a page has one `h1`, and it is not in the text.
const RENAMED: [(&str, &str); 11] = [
    ("h1", "h2"),
    ("font", "span"),
    ("big", "span"),
    ("nobr", "span"),
    ("center", "div"),
    ("tt", "code"),
    ("strike", "s"),
    ("acronym", "abbr"),
    ("article", "section"),
    ("picture", "span"),
    ("label", "span"),
];

/// Tags of running text, which mean nothing without their end: an `<a>` or `<U>` alone is a name.
const PAIRED: [&str; 29] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark",
    "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "rt", "rp",
    "ruby", "pre",
];

const MOST_DEEP: usize = 100;

struct Tag<'a> {
    /// The name to write.
    known: &'static str,
    /// The name in the source.
    name: &'a str,
    attributes: &'a str,
}

/// What came out of a stretch of raw HTML.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Outcome {
    /// A known tag was written that needs balancing.
    pub(super) has_markup: bool,
    pub(super) unknown: Vec<String>,
    pub(super) refused: Vec<String>,
    pub(super) missing: Vec<String>,
}

/// What a stretch of raw HTML asks of the chunk that it stands in.
pub(super) trait Surroundings {
    /// Whether the chunk closes a tag of this name later on.
    fn has_end(&mut self, name: &str) -> bool;
    /// The id to write for an id of the source, if any.
    fn take_id(&mut self, id: &str) -> Option<String>;
}

/// Writes raw HTML of one chunk; keeps count of open tags from stretch to stretch.
pub(super) struct TagWriter<'a> {
    links: &'a dyn Links,
    depth: usize,
    /// Open links that carried nothing but the id of their heading.
    hidden_links: usize,
    pub(super) is_too_deep: bool,
    pub(super) outcome: Outcome,
}

impl<'a> TagWriter<'a> {
    pub(super) fn new(links: &'a dyn Links) -> TagWriter<'a> {
        TagWriter {
            links,
            depth: 0,
            hidden_links: 0,
            is_too_deep: false,
            outcome: Outcome::default(),
        }
    }

    pub(super) fn write(&mut self, html: &str, around: &mut dyn Surroundings, out: &mut String) {
        for token in tokens(html) {
            match token {
                Token::Text(text) => escape_angles(text, out),
                Token::Comment => {}
                Token::Open { name, attributes, .. } if is_lone_anchor(name, attributes) => {
                    self.anchor(attributes, around, out);
                }
                Token::Open { name, attributes, raw } => match known(name) {
                    Some(known) if !is_paired(name) || around.has_end(name) => {
                        self.open(&Tag { known, name, attributes }, around, out);
                    }
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

    fn open(&mut self, tag: &Tag, around: &mut dyn Surroundings, out: &mut String) {
        let Tag { known, name, attributes } = *tag;
        let is_void = matches!(known, "br" | "hr" | "wbr" | "img" | "col" | "input");
        if !is_void {
            self.depth += 1;
            if self.depth > MOST_DEEP {
                self.is_too_deep = true;
                return;
            }
        }
        match known {
            "img" => self.image(attributes, around, out),
            "a" => self.link(attributes, around, out),
            _ => {
                out.push('<');
                out.push_str(known);
                if name.eq_ignore_ascii_case("center") {
                    out.push_str(" class=\"center\"");
                }
                each_attribute(attributes, |key, value| {
                    write_attribute((known, key), value, around, out);
                });
                out.push('>');
                self.outcome.has_markup |= !matches!(known, "br" | "wbr");
            }
        }
    }

    /// `<a name="x"/>`: complete, and harmless anywhere.
    fn anchor(&mut self, attributes: &str, around: &mut dyn Surroundings, out: &mut String) {
        let mut id = None;
        each_attribute(attributes, |key, value| match key {
            "name" | "id" if id.is_none() => id = around.take_id(value),
            _ => {}
        });
        if let Some(id) = id {
            out.push_str("<a");
            attribute("id", &id, out);
            out.push_str("></a>");
        }
    }

    fn close(&mut self, known: &str, out: &mut String) {
        let is_hidden = known == "a" && self.hidden_links > 0;
        let is_skipped = self.depth > MOST_DEEP || is_hidden;
        self.depth = self.depth.saturating_sub(1);
        self.hidden_links -= usize::from(is_hidden);
        if !is_skipped {
            self.outcome.has_markup = true;
            out.push_str("</");
            out.push_str(known);
            out.push('>');
        }
    }

    fn link(&mut self, attributes: &str, around: &mut dyn Surroundings, out: &mut String) {
        let mut written = String::new();
        each_attribute(attributes, |key, value| match key {
            "href" => self.href(value, &mut written),
            "name" => write_attribute(("a", "id"), value, around, &mut written),
            _ => write_attribute(("a", key), value, around, &mut written),
        });
        if written.is_empty() {
            self.hidden_links += 1;
            return;
        }
        self.outcome.has_markup = true;
        out.push_str("<a");
        out.push_str(&written);
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

    fn image(&mut self, attributes: &str, around: &mut dyn Surroundings, out: &mut String) {
        self.outcome.has_markup = true;
        let (mut source, mut alt, mut rest) = (String::new(), String::new(), String::new());
        each_attribute(attributes, |key, value| match key {
            "src" => source = value.to_string(),
            "alt" => alt = value.to_string(),
            _ => write_attribute(("img", key), value, around, &mut rest),
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

fn is_lone_anchor(name: &str, attributes: &str) -> bool {
    name.eq_ignore_ascii_case("a")
        && attributes.trim_end().ends_with('/')
        && !attributes.contains("href")
}

fn is_paired(name: &str) -> bool {
    PAIRED.iter().any(|tag| tag.eq_ignore_ascii_case(name))
}

fn write_attribute(
    (tag, key): (&str, &str),
    value: &str,
    around: &mut dyn Surroundings,
    out: &mut String,
) {
    let is_number =
        !value.is_empty() && value.len() < 6 && value.bytes().all(|byte| byte.is_ascii_digit());
    match (tag, key) {
        (_, "id") => {
            if let Some(id) = around.take_id(value) {
                attribute("id", &id, out);
            }
        }
        (_, "title" | "lang") => attribute(key, value, out),
        (_, "dir") if matches!(value, "ltr" | "rtl" | "auto") => attribute(key, value, out),
        ("td" | "th", "colspan" | "rowspan") if is_number => attribute(key, value, out),
        ("td" | "th" | "tr" | "p" | "div", "align") => write_alignment(value, out),
        ("col" | "colgroup", "span") if is_number => attribute(key, value, out),
        ("img", "width" | "height") if is_number => attribute(key, value, out),
        ("ol", "start") | ("li", "value") if is_number => attribute(key, value, out),
        ("ol", "type") if matches!(value, "1" | "a" | "A" | "i" | "I") => {
            attribute(key, value, out);
        }
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

    struct Whole<'a>(&'a str);

    impl Surroundings for Whole<'_> {
        fn has_end(&mut self, name: &str) -> bool {
            self.0.to_ascii_lowercase().contains(&format!("</{}", name.to_ascii_lowercase()))
        }

        fn take_id(&mut self, id: &str) -> Option<String> {
            Some(format!("h-{}", id.to_ascii_lowercase().replace(' ', "-")))
        }
    }

    fn check(html: &str, expected: &str) {
        let mut out = String::new();
        TagWriter::new(&Here).write(html, &mut Whole(html), &mut out);
        assert_eq!(out, expected, "{html}");
    }

    #[test]
    fn unknown_tags_are_text() {
        check("https://<FQDN>/Dialog/<dialogId>", "https://&lt;FQDN&gt;/Dialog/&lt;dialogId&gt;");
        check(
            "vector<int>, pair<A, B>, set<U>",
            "vector&lt;int&gt;, pair&lt;A, B&gt;, set&lt;U&gt;",
        );
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
        check("<a href=\"java&#115;cript:x\">x</a>", "x");
        check(
            "<a href=\"https://x?a=1&amp;b\">x</a>",
            "<a href=\"https://x?a=1&amp;b\" rel=\"noreferrer\">x</a>",
        );
        check("<img src=a.png onerror=x>", "<img src=\"a.png\" alt=\"\" loading=\"lazy\">");
        check("a<a name=\"b\"/>c", "a<a id=\"h-b\"></a>c");
        check("<a name=\"A b\"></a>", "<a id=\"h-a-b\"></a>");
    }
}
