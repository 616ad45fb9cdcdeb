//! One chunk's Markdown to HTML.
//!
//! In: a chunk's text, the definitions of its source, the links. Out: HTML that is safe by construction where the text
//! holds no raw HTML, and cleaned by ammonia where it does; and the headings in it. Knows no files and no template: the page's
//! `h1` is not written here, the first level of the text is `h2`.

mod anchors;
mod autolinks;
mod clean;
mod escape;
mod links;
mod math;
mod tags;
mod tokens;
mod writer;

pub(crate) use anchors::{Anchors, slug};
pub(super) use escape::escape;

use pulldown_cmark::{BrokenLink, CowStr, Event, Options, Parser, TextMergeWithOffset};

use super::blocks::options;
use super::definitions::Definitions;
use super::report::Report;
use super::text::Text;
use crate::model::{Links, Reading};

/// What all chunks of a source share.
pub(super) struct Scene<'a> {
    pub(super) settings: &'a Reading,
    pub(super) links: &'a dyn Links,
    pub(super) definitions: &'a Definitions,
    pub(super) anchors: &'a mut Anchors,
    /// What is added to the levels of headings, so that the highest of the source is 2.
    pub(super) shift: i8,
    pub(super) lead: Lead,
}

/// Whether the heading that a chunk begins with is marked, because it is the chunk's title too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Lead {
    Marked,
    Plain,
}

pub(super) const LEAD_CLASS: &str = " class=\"lead\"";

#[derive(Debug, Default)]
pub(super) struct Rendered {
    pub(super) html: String,
    pub(super) headings: Vec<RenderedHeading>,
    /// Whether the text begins with the first of its headings.
    pub(super) begins_with_heading: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct RenderedHeading {
    /// As in the source.
    pub(super) level: u8,
    pub(super) text: String,
    pub(super) anchor: String,
}

/// `own` is the chunk's own part of its id; it makes the ids of footnotes unique in the reading view.
pub(super) fn chunk(text: &Text, own: &str, scene: &mut Scene, report: &mut Report) -> Rendered {
    let notes = scene.definitions.missing_footnotes(&text.string);
    let with_notes;
    let string = if notes.is_empty() {
        text.string.as_str()
    } else {
        with_notes = format!("{}\n{notes}", text.string);
        with_notes.as_str()
    };
    let definitions = scene.definitions;
    let find = |link: BrokenLink<'_>| {
        let (target, title) = definitions.link(&link.reference)?;
        Some((CowStr::from(target.as_str()), CowStr::from(title.as_str())))
    };
    let formulas = if math::is_in(string) { Options::ENABLE_MATH } else { Options::empty() };
    let options = options() | formulas;
    let parser = Parser::new_with_broken_link_callback(string, options, Some(find));
    let mut writer = writer::Writer::new(string, &text.numbers, own, scene, report);
    for (event, range) in TextMergeWithOffset::new(parser.into_offset_iter()) {
        writer.event(event, range);
    }
    let mut rendered = writer.finish();
    if rendered.needs_cleaning {
        rendered.rendered.html = clean::clean(&rendered.rendered.html);
    }
    rendered.rendered
}

/// The title that a source gives itself, as text. Most are text, where `*` and `<T>` are no marks; code in it shows that Markdown is meant.
pub(crate) fn plain_title(title: &str) -> String {
    if title.contains('`') { plain(title) } else { title.to_string() }
}

/// The text of one line of Markdown without its marks. It is read as a heading, where `1.` begins no list.
pub(super) fn plain(markdown: &str) -> String {
    let line = format!("# {markdown}");
    let texts = Parser::new(&line).filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => Some(text),
        _ => None,
    });
    let text: String = texts.map(|text| text.to_string()).collect();
    if text.trim().is_empty() { markdown.to_string() } else { text.trim().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Link;

    struct Here;

    impl Links for Here {
        fn resolve(&self, target: &str) -> Link {
            if target.starts_with("gone") { Link::Missing } else { Link::Site(target.to_string()) }
        }
    }

    fn render(markdown: &str) -> (Rendered, usize) {
        let text = Text::of(markdown);
        let mut warnings = Vec::new();
        let definitions = Definitions::of(std::iter::once(&text));
        let anchors = &mut Anchors::default();
        let mut scene = Scene {
            settings: &Reading::default(),
            links: &Here,
            definitions: &definitions,
            anchors,
            shift: 1,
            lead: Lead::Marked,
        };
        let rendered = chunk(&text, "7", &mut scene, &mut Report::new("a.md", &mut warnings));
        (rendered, warnings.len())
    }

    fn check(markdown: &str, expected: &str) {
        assert_eq!(render(markdown).0.html.trim_end(), expected, "{markdown}");
    }

    #[test]
    fn markdown_becomes_html() {
        check("a *b* `c<d>`", "<p>a <em>b</em> <code>c&lt;d&gt;</code></p>");
        check(
            "x\n\n# A\n\n### B `c`",
            "<p>x</p>\n<h2 id=\"h-a\">A</h2>\n<h4 id=\"h-b-c\">B <code>c</code></h4>",
        );
        check("# A {#own}", "<h2 class=\"lead\" id=\"h-own\">A</h2>");
        check("```sh {.x}\n<\n```", "<pre><code class=\"language-sh\">&lt;\n</code></pre>");
        check("3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>");
        check(
            "> [!TIP]\n> a",
            "<div class=\"alert tip\"><p class=\"alert-title\">Tip</p>\n<p>a</p>\n</div>",
        );
        check(
            "- [x] a",
            "<ul>\n<li><input type=\"checkbox\" disabled=\"\" checked=\"\"> a</li>\n</ul>",
        );
    }

    #[test]
    fn tables_are_aligned_by_class() {
        let html = "<div class=\"table\"><table><thead><tr><th class=\"ar\">a</th><th>b</th></tr></thead>\n<tbody>\n\
                    <tr><td class=\"ar\">c</td><td></td></tr>\n</tbody></table></div>";
        check("|a|b|\n|-:|-|\n|c|", html);
    }

    #[test]
    fn links_are_checked() {
        check("[a](b.md \"t\")", "<p><a href=\"b.md\" title=\"t\">a</a></p>");
        check("[a](https://x)", "<p><a href=\"https://x\" rel=\"noreferrer\">a</a></p>");
        check(
            "see http://x.org.",
            "<p>see <a href=\"http://x.org\" rel=\"noreferrer\">http://x.org</a>.</p>",
        );
        check("[a](gone.md)", "<p><span class=\"missing\" title=\"gone.md\">a</span></p>");
        check("[a](javascript:x)", "<p>a</p>");
        check("![a *b*](c.png)", "<p><img src=\"c.png\" alt=\"a b\" loading=\"lazy\"></p>");
        check(
            "![](https://x/y.png)",
            "<p><a class=\"picture\" href=\"https://x/y.png\" rel=\"noreferrer\">https://x/y.png</a></p>",
        );
        check("[![a](https://x/y.png)](b)", "<p><a href=\"b\">a</a></p>");
    }

    #[test]
    fn names_in_angles_stay() {
        check("vector<int> <FQDN>", "<p>vector&lt;int&gt; &lt;FQDN&gt;</p>");
        check("<your-name>\n*b*", "<p>&lt;your-name&gt;\n<em>b</em></p>");
        check("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>");
        check("a <b>c</b> <b> <i", "<p>a <b>c</b> &lt;b&gt; &lt;i</p>");
    }

    #[test]
    fn raw_html_is_balanced() {
        check("a </div></section>b", "<p>a b</p>");
        check("<div>\n\n*a*\n", "<div>\n<p><em>a</em></p>\n</div>");
        check("<p style=x onclick=y>a</p>", "<p>a</p>");
        check("## <a name=\"N\"></a> a", "<h3 class=\"lead\" id=\"h-n\"> a</h3>");
    }

    #[test]
    fn formulas_are_mathml() {
        check(
            "a $x^2$ b <b>c</b>",
            "<p>a <math display=\"inline\"><msup><mi>x</mi><mn>2</mn></msup></math> b <b>c</b></p>",
        );
        check(
            "# $x^2$\n$\\nope$ or $HOME:$A",
            "<h2 class=\"lead\" id=\"h-x2\"><code>x^2</code></h2>\n<p><code>\\nope</code> or $HOME:$A</p>",
        );
        check("![a $x^2$](c.png)", "<p><img src=\"c.png\" alt=\"a x^2\" loading=\"lazy\"></p>");
        check("costs $5 or *$10*", "<p>costs $5 or <em>$10</em></p>");
    }

    #[test]
    fn diagrams_are_figures() {
        check(
            "```mermaid\na-->b\n```",
            "<figure class=\"diagram\"><figcaption>Mermaid diagram (source)</figcaption>\
             <pre><code class=\"language-mermaid\">a--&gt;b\n</code></pre></figure>",
        );
    }

    #[test]
    fn footnotes_carry_the_chunk() {
        let html = "<p>a<sup class=\"footnote-ref\" id=\"fn-7-1-ref\"><a href=\"#fn-7-1\">1</a></sup></p>\n\
                    <div class=\"footnote\" id=\"fn-7-1\"><sup><a href=\"#fn-7-1-ref\">1</a></sup> <p>b</p>\n</div>";
        check("a[^x]\n\n[^x]: b", html);
    }

    #[test]
    fn depth_is_capped() {
        let deep = |markdown: &str| render(markdown);
        let (rendered, warnings) = deep(&format!("{} x", ">".repeat(5000)));
        assert_eq!((rendered.html.matches("<blockquote>").count(), warnings), (100, 1));
        let (rendered, warnings) = deep(&format!("{}x", "<div>".repeat(5000)));
        assert_eq!((rendered.html.matches("<div>").count(), warnings), (100, 1));
    }
}
