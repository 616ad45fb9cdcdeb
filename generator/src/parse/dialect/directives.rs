//! Directives that take a line of their own (docfx, Docusaurus, MkDocs, MDX, Liquid, kramdown), and docfx's brackets.
//!
//! In: a line outside of code. Out: what it means, or nothing where it is Markdown. Knows names, no files.

use std::borrow::Cow;

use super::shortcodes::read_arguments;
use super::{Meaning, box_kind};
use crate::parse::text::split_lines;

pub(super) fn read(line: &str) -> Option<Meaning> {
    let text = line.trim();
    match text.as_bytes().first()? {
        b':' => read_colons(text),
        b'!' => read_bangs(text),
        b'{' => read_braces(text),
        b'<' => read_component(text),
        b'>' => read_quote(text),
        b'i' | b'e' => is_module_line(line).then_some(Meaning::Nothing),
        _ => None,
    }
}

/// `> [!div class="x"]` of docfx, and `> ### Note:`, the boxes of SAP
fn read_quote(text: &str) -> Option<Meaning> {
    let inner = text.strip_prefix('>')?.trim_start();
    if inner.starts_with("[!div") {
        return Some(Meaning::Nothing);
    }
    let name = inner.strip_prefix("### ")?.trim().strip_suffix(':')?;
    let kind = match name {
        "Restriction" | "Remember" => "IMPORTANT",
        "Recommendation" => "TIP",
        "Note" | "Tip" | "Caution" | "Warning" | "Important" => box_kind(name)?,
        _ => return None,
    };
    Some(Meaning::Inline(format!("> [!{kind}]")))
}

/// `:::image source="x":::`, `::: moniker range=">=1"`, `:::note Title`
fn read_colons(text: &str) -> Option<Meaning> {
    let inner = text.strip_prefix(":::")?.trim_matches(':').trim();
    let (name, rest) = inner.split_once([' ', '\t', '[', '{']).unwrap_or((inner, ""));
    let arguments = read_arguments(rest);
    let get = |key: &str| arguments.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
    Some(match name {
        "" => Meaning::Close,
        "image" => Meaning::Block(format!(
            "![{}]({})",
            get("alt-text").unwrap_or_default(),
            get("source")?
        )),
        "code" => Meaning::Block(format!("[{0}]({0})", get("source")?)),
        "moniker" | "zone" => {
            Meaning::Block(format!("*Applies to* `{}`", get("range").or(get("pivot"))?))
        }
        "row" | "row-end" | "column" | "column-end" | "image-end" | "moniker-end" | "zone-end" => {
            Meaning::Nothing
        }
        name => Meaning::Open {
            kind: box_kind(name)?,
            title: rest.trim_matches([']', '}', ' ']).to_string(),
        },
    })
}

/// `!!! note "Title"`
fn read_bangs(text: &str) -> Option<Meaning> {
    let inner = text.strip_prefix("!!!")?.trim();
    let (name, title) = inner.split_once(' ').unwrap_or((inner, ""));
    Some(Meaning::Open {
        kind: box_kind(name)?,
        title: title.trim_matches(['"', '\'', ' ']).to_string(),
    })
}

/// `{: .note}` of kramdown, `{% raw %}` of Liquid
fn read_braces(text: &str) -> Option<Meaning> {
    if text.starts_with("{:") && text.ends_with('}') {
        return Some(Meaning::Nothing);
    }
    const SILENT: [&str; 16] = [
        "raw",
        "endraw",
        "if",
        "elsif",
        "else",
        "endif",
        "unless",
        "endunless",
        "for",
        "endfor",
        "assign",
        "capture",
        "endcapture",
        "comment",
        "endcomment",
        "case",
    ];
    let inner =
        text.strip_prefix("{%")?.strip_suffix("%}").filter(|inner| !inner.contains("%}"))?;
    let name = inner.trim_matches(['-', ' ']).split(' ').next()?;
    SILENT.contains(&name).then_some(Meaning::Nothing)
}

/// `<SimpleTab>`, `</TabItem>`, `<div label="Linux">`; a name in plain words such as `<Region>` is none.
fn read_component(text: &str) -> Option<Meaning> {
    let inner = text.strip_prefix('<')?.strip_suffix('>').filter(|inner| !inner.contains('>'))?;
    let inner = inner.trim_end_matches('/');
    let (is_close, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    let end = inner.find(|symbol: char| !symbol.is_ascii_alphanumeric()).unwrap_or(inner.len());
    let name = &inner[..end];
    let arguments = read_arguments(&inner[end..]);
    let label = arguments
        .iter()
        .find(|(key, _)| matches!(*key, "label" | "title" | "name" | "header"))
        .map(|(_, value)| *value);
    if matches!(name, "link" | "meta") && !arguments.is_empty() && inner[end..].starts_with(' ') {
        // The head of an HTML page.
        return Some(Meaning::Nothing);
    }
    if name == "div" {
        return label.map(|label| Meaning::Block(format!("<div>\n\n**{label}**")));
    }
    if !is_component(name) {
        return None;
    }
    Some(match label.filter(|_| !is_close) {
        Some(label) => Meaning::Block(format!("**{label}**")),
        None => Meaning::Nothing,
    })
}

/// Two capitals with small letters between them, or a name that component libraries share.
fn is_component(name: &str) -> bool {
    const SHARED: [&str; 6] = ["Tabs", "Tab", "Card", "Steps", "Step", "Admonition"];
    let capitals = name.bytes().filter(u8::is_ascii_uppercase).count();
    let smalls = name.bytes().filter(u8::is_ascii_lowercase).count();
    let starts_high = name.starts_with(|symbol: char| symbol.is_ascii_uppercase());
    SHARED.contains(&name) || (starts_high && capitals >= 2 && smalls > capitals)
}

pub(super) fn has_component(text: &str) -> bool {
    split_lines(text)
        .any(|line| line.trim_start().starts_with('<') && read_component(line.trim()).is_some())
}

/// `import X from 'y'` and `export const ...` of MDX.
fn is_module_line(line: &str) -> bool {
    let quoted = line.trim_end().trim_end_matches(';').ends_with(['\'', '"']);
    (line.starts_with("import ")
        && quoted
        && (line.contains(" from ") || line.contains("import '") || line.contains("import \"")))
        || line.starts_with("export const ") && line.contains('=')
}

/// `[!INCLUDE[title](path)]` and `[!code-cpp[title](path)]` become the links in them.
pub(super) fn unwrap_brackets(line: &str) -> Cow<'_, str> {
    let mut rest = line;
    let mut out = String::new();
    while let Some(at) = rest.find("[!") {
        let Some((link, end)) = bracketed_link(&rest[at..]) else {
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        };
        out.push_str(&rest[..at]);
        out.push_str(link);
        rest = &rest[at + end..];
    }
    if out.is_empty() {
        return Cow::Borrowed(line);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The link inside, and where the outer bracket ends.
fn bracketed_link(text: &str) -> Option<(&str, usize)> {
    const MOST_BYTES: usize = 2000;
    let text = &text[..text.floor_char_boundary(MOST_BYTES)];
    let name_end =
        2 + text[2..].find(|symbol: char| !(symbol.is_ascii_alphanumeric() || symbol == '-'))?;
    let is_known = text[2..name_end].eq_ignore_ascii_case("include")
        || text[2..name_end].to_ascii_lowercase().starts_with("code");
    let start = name_end + (text[name_end..].len() - text[name_end..].trim_start().len());
    if !is_known || !text[start..].starts_with('[') {
        return None;
    }
    let middle = start + text[start..].find("](")?;
    let end = middle + text[middle..].find(')')? + 1;
    text[end..].starts_with(']').then_some((&text[start..end], end + 1))
}
