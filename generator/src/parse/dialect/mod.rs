//! What generators of documentation add to Markdown, turned into Markdown.
//!
//! In: cleaned text. Out: the same with the shortcodes of Hugo, the directives of docfx, Docusaurus and MkDocs, and the
//! components of MDX rendered or unwrapped, so that their text stays and can be searched. What is unknown stays as it is
//! written, with a warning. Code is left alone, but for what the publisher has given. Resolves nothing: includes become links.

mod anchors;
mod directives;
pub(super) mod headings;
mod shortcodes;

use std::collections::BTreeMap;

use memchr::memmem;

use super::fence::Tracker;
use super::report::Report;
use super::text::{Line, Text};

/// What the publisher has given for `{{< param name >}}` and `{{< name >}}`.
pub(super) type Params = BTreeMap<String, String>;

/// What a construct of a dialect stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    /// Markdown in its place.
    Inline(String),
    /// Markdown in a paragraph of its own.
    Block(String),
    /// A box begins: its kind in capitals, and a title where it has one of its own.
    Open { kind: &'static str, title: String },
    /// The innermost box ends.
    Close,
    /// Names without text of their own.
    Nothing,
}

/// Translates a text; one without any such construct comes back as it is.
pub(super) fn translate(text: Text, params: &Params, report: &mut Report) -> Text {
    let text = anchors::join(headings::to_markdown(text));
    const SIGNS: [&str; 11] =
        ["{{<", "{{%", ":::", "[!", "{%", "!!! ", "\nimport ", "{:", "<link ", "<meta ", "> ### "];
    let string = &text.string;
    let has_component = string.contains("</") && directives::has_component(string);
    if !has_component
        && !string.starts_with("import ")
        && !SIGNS.iter().any(|sign| memmem::find(string.as_bytes(), sign.as_bytes()).is_some())
    {
        return text;
    }
    let mut writer = Writer { out: Text::default(), boxes: Vec::new(), report };
    let boxes_left = shortcodes::BoxEnds::of(string);
    let mut tracker = Tracker::default();
    for (index, line) in text.lines().enumerate() {
        let is_code = tracker.is_code(line.text);
        let filled = shortcodes::fill(line.text, params);
        match is_code {
            true => writer.code_line(&filled, line.number),
            false => writer.translate(&Line { text: &filled, ..line }, |name| {
                boxes_left.has_end_after(name, index)
            }),
        }
    }
    writer.out
}

struct Writer<'a, 'b> {
    out: Text,
    boxes: Vec<OpenBox>,
    report: &'a mut Report<'b>,
}

struct OpenBox {
    /// What stands before each line.
    prefix: String,
    /// Blanks that a line of it loses.
    indent: usize,
    ends: BoxEnd,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum BoxEnd {
    /// With a closing shortcode or directive.
    Marked,
    /// With the first line that is not indented this far.
    Indent(usize),
}

impl Writer<'_, '_> {
    fn translate(&mut self, line: &Line, has_end: impl Fn(&str) -> bool) {
        self.close_indented(line.text);
        if let Some(meaning) = directives::read(line.text) {
            let ends = match line.text.trim_start().starts_with("!!!") {
                true => BoxEnd::Indent(super::text::indent(line.text) + 4),
                false => BoxEnd::Marked,
            };
            return self.meaning(meaning, line, ends);
        }
        let text = directives::unwrap_brackets(line.text);
        if !text.contains("{{") {
            return self.line(&text, line.number);
        }
        self.shortcodes(&text, line, has_end);
    }

    fn shortcodes(&mut self, text: &str, line: &Line, has_end: impl Fn(&str) -> bool) {
        let mut rest = text;
        let mut before = String::new();
        while let Some(found) = shortcodes::find(rest) {
            before.push_str(&rest[..found.start]);
            rest = &rest[found.end..];
            match shortcodes::meaning(&found, &has_end) {
                Some(Meaning::Inline(text)) => before.push_str(&text),
                Some(Meaning::Nothing) => {}
                Some(meaning) => {
                    self.line_if_filled(&std::mem::take(&mut before), line.number);
                    self.meaning(meaning, line, BoxEnd::Marked);
                }
                None => {
                    self.report.warn(line.number, "unknown shortcode shown as text", found.raw);
                    before.push_str(found.raw);
                }
            }
        }
        before.push_str(rest);
        self.line_if_filled(&before, line.number);
    }

    fn meaning(&mut self, meaning: Meaning, line: &Line, ends: BoxEnd) {
        let indent = &line.text[..line.text.len() - line.text.trim_start().len()];
        match meaning {
            Meaning::Nothing => self.line("", line.number),
            Meaning::Inline(text) => self.line(&format!("{indent}{text}"), line.number),
            Meaning::Block(text) => {
                self.line("", line.number);
                text.split('\n')
                    .for_each(|text| self.line(&format!("{indent}{text}"), line.number));
                self.line("", line.number);
            }
            Meaning::Open { kind, title } => self.open(indent, kind, &title, ends, line.number),
            Meaning::Close => {
                self.boxes.pop();
                self.line("", line.number);
            }
        }
    }

    fn open(&mut self, indent: &str, kind: &str, title: &str, ends: BoxEnd, number: u32) {
        const MOST_DEEP: usize = 8;
        self.line("", number);
        if self.boxes.len() < MOST_DEEP {
            let outer = self.boxes.last().map_or(indent, |outer| outer.prefix.as_str());
            let indent = if let BoxEnd::Indent(least) = ends { least } else { indent.len() };
            self.boxes.push(OpenBox { prefix: format!("{outer}> "), indent, ends });
        }
        self.line(&format!("[!{kind}]"), number);
        if !title.is_empty() {
            self.line(&format!("**{title}**"), number);
            self.line("", number);
        }
    }

    fn close_indented(&mut self, line: &str) {
        let indent = super::text::indent(line);
        let is_left = |open: &OpenBox| matches!(open.ends, BoxEnd::Indent(least) if indent < least);
        while !line.trim().is_empty() && self.boxes.last().is_some_and(is_left) {
            self.boxes.pop();
            self.out.push("", 0);
        }
    }

    fn line_if_filled(&mut self, text: &str, number: u32) {
        if !text.trim().is_empty() {
            self.line(text, number);
        }
    }

    /// Constructs that vanish leave no more than one blank line.
    fn line(&mut self, text: &str, number: u32) {
        let is_second = self.boxes.is_empty()
            && (self.out.string.is_empty() || self.out.string.ends_with("\n\n"));
        if !(text.is_empty() && is_second) {
            self.code_line(text, number);
        }
    }

    fn code_line(&mut self, text: &str, number: u32) {
        match self.boxes.last() {
            None => self.out.push(text, number),
            Some(open) => {
                let blanks =
                    text.bytes().take(open.indent).take_while(|byte| *byte == b' ').count();
                self.out.push(format!("{}{}", open.prefix, &text[blanks..]).trim_end(), number);
            }
        }
    }
}

/// The five kinds of boxes that Markdown has, by the many names that dialects give them.
pub(super) fn box_kind(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "note" | "info" | "primary" | "secondary" | "abstract" | "summary" | "example"
        | "question" | "quote" | "callout" | "call-out" | "alert" | "admonition" | "notice"
        | "hint-info" => "NOTE",
        "tip" | "success" | "hint" | "check" => "TIP",
        "important" | "attention" => "IMPORTANT",
        "warning" | "warn" => "WARNING",
        "caution" | "danger" | "error" | "failure" | "bug" | "critical" => "CAUTION",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markdown: &str, expected: &str) {
        let text = Text::of(markdown);
        let mut warnings = Vec::new();
        let params = [("latest", "v3.6"), ("note", "x")];
        let params = params.map(|(name, value)| (name.to_string(), value.to_string())).into();
        let found = translate(text, &params, &mut Report::new("a.md", &mut warnings));
        assert_eq!(
            found.string.split('\n').filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"),
            expected,
            "{markdown}"
        );
        assert_eq!(found.numbers.len(), found.string.lines().count());
    }

    #[test]
    fn boxes_become_alerts() {
        check(
            "{{< call-out class=\"note\" >}}\nx\n\ny\n{{< /call-out >}}\nz",
            "> [!NOTE]\n> x\n>\n> y\nz",
        );
        check("{{< call-out \"warning\" >}}x{{< /call-out >}} z", "> [!WARNING]\n> x\n z");
        check(
            "{{% alert title=\"Mind\" color=\"danger\" %}}\nx\n{{% /alert %}}",
            "> [!CAUTION]\n> **Mind**\n>\n> x",
        );
        check(":::note\nx\n:::\ny", "> [!NOTE]\n> x\ny");
        check("!!! tip \"T\"\n    x\n\ny", "> [!TIP]\n> **T**\n>\n> x\n>\ny");
        check("- a\n  {{< note >}}\n  x\n  {{< /note >}}", "- a\n  > [!NOTE]\n  > x");
    }

    #[test]
    fn a_box_without_end_is_none() {
        check("{{< call-out class=\"note\" >}}\nx", "**Note**\nx");
    }

    #[test]
    fn pictures_links_and_tabs_stay() {
        check("{{< figure src=\"a.png\" alt=\"A\" >}}", "![A](a.png)");
        check("[x]({{< ref \"y.md#z\" >}})", "[x](y.md#z)");
        check(
            "{{< tabs >}}\n{{% tab name=\"Helm\" %}}\nx\n{{% /tab %}}\n{{< /tabs >}}",
            "**Helm**\nx",
        );
        check("{{<nb>}}C++{{</nb>}} `{{< x >}}`", "C++ `{{< x >}}`");
        check("a {{< unknown >}} b", "a {{< unknown >}} b");
        check("{{</* x */>}}", "{{< x >}}");
        check("```\n{{< note >}}\n```", "```\n{{< note >}}\n```");
    }

    #[test]
    fn params_are_what_the_publisher_says() {
        check("a {{< param \"latest\" >}} {{% param latest %}}", "a v3.6 v3.6");
        check("{{< latest >}} `{{< latest >}}` {{< latest x >}}", "v3.6 `v3.6` {{< latest x >}}");
        check("```\nget {{<latest>}}/{{< note >}}\n```", "```\nget v3.6/{{< note >}}\n```");
        check("{{</* latest */>}} {{< note >}}", "{{< latest >}} \n**Note**");
        check("{{< param gone >}}", "{{< param gone >}}");
    }

    #[test]
    fn directives_are_unwrapped() {
        check(":::image type=\"content\" source=\"a.png\" alt-text=\"A\":::", "![A](a.png)");
        check("::: moniker range=\">=1\"\nx\n::: moniker-end", "*Applies to* `>=1`\nx");
        check("[!INCLUDE[a](b.md)] [!code-cpp[c#1](d.cpp)]", "[a](b.md) [c#1](d.cpp)");
        check("> [!NOTE]\n> x", "> [!NOTE]\n> x");
        check("> [!div class=\"next\"]\n> x", "> x");
        check(
            "import A from 'a'\n\n<SimpleTab>\n<div label=\"L\">\n\nx\n\n</div>\n</SimpleTab>",
            "<div>\n**L**\nx\n</div>",
        );
        check("<link rel=\"x\" href=\"y\"/>\n<link-name> <meta>", "<link-name> <meta>");
        check("- a\n\n  > ### Note:  \n  > x", "- a\n  > [!NOTE]\n  > x");
        check("{% raw %}\nx\n{% endraw %}\n{: .note}", "x");
    }
}
