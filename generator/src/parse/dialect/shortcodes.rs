//! Shortcodes of Hugo: `{{< name argument key="value" >}}` and `{{% ... %}}`.
//!
//! In: a line. Out: where a shortcode stands in it and what it means. Knows those that guides use; what a theme adds is
//! unknown. Reads no files.

use std::{borrow::Cow, collections::HashMap};

use super::{Meaning, Params, box_kind};

#[derive(Debug, PartialEq)]
pub(super) struct Shortcode<'a> {
    pub(super) raw: &'a str,
    pub(super) start: usize,
    pub(super) end: usize,
    name: &'a str,
    is_close: bool,
    arguments: Vec<(&'a str, &'a str)>,
}

/// The first shortcode of a text, unless it stands in a code span.
pub(super) fn find(text: &str) -> Option<Shortcode<'_>> {
    let (mut from, mut ticks) = (0, 0);
    loop {
        let code = find_anywhere(text, from)?;
        ticks += text[from..code.start].bytes().filter(|byte| *byte == b'`').count();
        if ticks % 2 == 0 {
            return Some(code);
        }
        from = code.start + 2;
    }
}

/// The first shortcode at or behind `from`, in code or not.
fn find_anywhere(text: &str, mut from: usize) -> Option<Shortcode<'_>> {
    const MOST_BYTES: usize = 2000;
    loop {
        let start = from + text[from..].find("{{")?;
        let close = match text.as_bytes().get(start + 2) {
            Some(b'<') => ">}}",
            Some(b'%') => "%}}",
            _ => "",
        };
        let near = text.floor_char_boundary((start + MOST_BYTES).min(text.len()));
        let length = match close.is_empty() {
            true => None,
            false => text[start + 3..near.max(start + 3)].find(close),
        };
        if let Some(length) = length {
            return Some(read(text, start, start + 3 + length));
        }
        from = start + 2;
    }
}

fn read(text: &str, start: usize, end: usize) -> Shortcode<'_> {
    let inner = text[start + 3..end].trim();
    let (is_close, inner) =
        inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner.trim_start()));
    let inner = if is_close { inner } else { inner.trim_end_matches('/') };
    let name_end = inner.find(char::is_whitespace).unwrap_or(inner.len());
    let arguments = read_arguments(inner[name_end..].trim_start());
    Shortcode {
        raw: &text[start..end + 3],
        start,
        end: end + 3,
        name: &inner[..name_end],
        is_close,
        arguments,
    }
}

/// Keys with values; a value without key has the empty key.
pub(super) fn read_arguments(text: &str) -> Vec<(&str, &str)> {
    let mut arguments = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let key_end = rest
            .find(|symbol: char| !(symbol.is_alphanumeric() || matches!(symbol, '-' | '_')))
            .unwrap_or(rest.len());
        let key = match rest[key_end..].strip_prefix('=') {
            Some(value) if key_end > 0 => {
                let key = &rest[..key_end];
                rest = value;
                key
            }
            _ => "",
        };
        let (value, after) = read_value(rest);
        arguments.push((key, value));
        rest = after.trim_start();
    }
    arguments
}

fn read_value(text: &str) -> (&str, &str) {
    let quote = text.chars().next().filter(|symbol| matches!(symbol, '"' | '\'' | '`'));
    if let Some((value, after)) = quote.and_then(|quote| text[1..].split_once(quote)) {
        return (value, after);
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (&text[..end], &text[end..])
}

impl Shortcode<'_> {
    /// The value of the first of these keys.
    fn get(&self, keys: &[&str]) -> &str {
        let find = |key: &&str| {
            self.arguments.iter().find(|(name, _)| name == key).map(|(_, value)| *value)
        };
        keys.iter().find_map(find).unwrap_or_default()
    }
}

/// The text with what the publisher has given for `{{< param name >}}` and `{{< name >}}`: in code too, where commands need it.
pub(super) fn fill<'t>(text: &'t str, params: &Params) -> Cow<'t, str> {
    if params.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut filled, mut written, mut from) = (String::new(), 0, 0);
    while let Some(code) = find_anywhere(text, from) {
        from = code.start + 2;
        if let Some(value) = param(&code, params) {
            filled.push_str(&text[written..code.start]);
            filled.push_str(value);
            (written, from) = (code.end, code.end);
        }
    }
    match written {
        0 => Cow::Borrowed(text),
        _ => Cow::Owned(filled + &text[written..]),
    }
}

/// What the publisher has given for a shortcode. A name that means something by itself goes on meaning that.
fn param<'p>(code: &Shortcode, params: &'p Params) -> Option<&'p String> {
    if code.name == "param" {
        return params.get(code.get(&["", "name"]));
    }
    let is_bare = !code.is_close && code.arguments.is_empty();
    params.get(code.name).filter(|_| is_bare && meaning(code, |_| false).is_none())
}

/// None where the shortcode is unknown. `has_end` tells whether a box of this name is closed later on.
pub(super) fn meaning(code: &Shortcode, has_end: impl Fn(&str) -> bool) -> Option<Meaning> {
    if code.raw[3..].trim_start().starts_with("/*") {
        return Some(Meaning::Inline(code.raw.replacen("/*", "", 1).replacen("*/", "", 1)));
    }
    if box_kind(code.name).is_some() {
        return Some(if code.is_close { Meaning::Close } else { open(code, has_end) });
    }
    let text = match code.name {
        "figure" | "img" | "image" | "imgproc" => return Some(Meaning::Block(picture(code))),
        "ref" | "relref" => code.get(&["", "path"]).to_string(),
        "link" | "url" => format!("<{}>", code.get(&["", "href", "url"])),
        "include" | "readfile" | "includecode" | "code-include" => return Some(include(code)),
        "tab" | "card" | "details" | "expand" | "collapse" | "step" | "accordion"
            if !code.is_close =>
        {
            return Some(titled(code));
        }
        "highlight" | "code" if code.is_close => return Some(Meaning::Block("```".to_string())),
        "highlight" => return Some(Meaning::Block(format!("```{}", code.get(&["", "lang"])))),
        "youtube" => format!("<https://www.youtube.com/watch?v={}>", code.get(&["", "id"])),
        "nb" | "tabs" | "tabpane" | "tab" | "card" | "cardpane" | "card-section" | "cards"
        | "details" | "expand" | "collapse" | "table" | "copyable" | "icon" | "icon-feature"
        | "icon-bug" | "icon-resolved" | "step" | "steps" | "accordion" | "blocks/section"
        | "br" | "toc" | "raw-html" | "columns" | "column" => return Some(Meaning::Nothing),
        _ => return None,
    };
    Some(Meaning::Inline(text))
}

fn open(code: &Shortcode, has_end: impl Fn(&str) -> bool) -> Meaning {
    let named = ["class", "type", "color", "level", "kind", ""]
        .into_iter()
        .find_map(|key| box_kind(code.get(&[key])));
    let kind = named.or(box_kind(code.name)).unwrap_or("NOTE");
    let title = code.get(&["title", "heading"]);
    if !has_end(code.name) {
        let name = format!("{}{}", &kind[..1], kind[1..].to_ascii_lowercase());
        return Meaning::Block(format!("**{}**", if title.is_empty() { &name } else { title }));
    }
    // "Note" over a note says nothing.
    let title = if box_kind(title).is_some() { "" } else { title };
    Meaning::Open { kind, title: title.to_string() }
}

fn picture(code: &Shortcode) -> String {
    let source = code.get(&["src", "link", "file", ""]);
    let alt = code.get(&["alt", "caption", "title"]).replace(['[', ']'], "");
    let caption = code.get(&["caption", "title"]);
    let caption =
        if caption.is_empty() || caption == alt { String::new() } else { format!(" *{caption}*") };
    format!("![{alt}]({}){caption}", target(source))
}

fn include(code: &Shortcode) -> Meaning {
    let file = code.get(&["file", "path", ""]);
    let name =
        file.rsplit('/').next().unwrap_or(file).trim_end_matches(".md").replace(['-', '_'], " ");
    // Where Hugo sites keep the texts that they include.
    let path = match file.trim_start_matches('/') {
        file if file.starts_with('.') || file.starts_with("includes/") => format!("/{file}"),
        file => format!("/includes/{file}"),
    };
    Meaning::Block(format!("[{name}]({})", target(&path)))
}

fn target(path: &str) -> String {
    if path.contains(' ') { format!("<{path}>") } else { path.to_string() }
}

fn titled(code: &Shortcode) -> Meaning {
    let title = code.get(&["name", "title", "header", "summary", "tabName", ""]);
    let link = code.get(&["titleUrl", "link", "href"]);
    match (title.is_empty(), link.is_empty()) {
        (true, _) => Meaning::Nothing,
        (false, true) => Meaning::Block(format!("**{title}**")),
        (false, false) => Meaning::Block(format!("**[{title}]({})**", target(link))),
    }
}

/// The last line in which each box is closed: a box without end would hold the rest of the text.
pub(super) struct BoxEnds {
    last: HashMap<String, usize>,
}

impl BoxEnds {
    pub(super) fn of(text: &str) -> BoxEnds {
        let mut last = HashMap::new();
        for (index, line) in text.lines().enumerate() {
            let mut rest = line;
            while let Some(code) = find(rest) {
                if code.is_close {
                    last.insert(code.name.to_string(), index);
                }
                rest = &rest[code.end..];
            }
        }
        BoxEnds { last }
    }

    pub(super) fn has_end_after(&self, name: &str, index: usize) -> bool {
        self.last.get(name).is_some_and(|last| *last >= index)
    }
}
