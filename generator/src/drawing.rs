//! Whether a drawing (SVG) is a program: opened by itself, it is a document, and may do in the reader's browser what a page may.
//!
//! In: a file's bytes. Out: yes or no. It is read as a browser reads it, element by element; what browsers might read in another
//! way is taken for a program. Knows no library.

use roxmltree::{Attribute, Document, Node, ParsingOptions};

/// Elements that run, or that hold a document of another kind, in whatever namespace.
const RUNNING: [&str; 8] =
    ["script", "foreignobject", "handler", "listener", "iframe", "frame", "embed", "object"];
/// Elements of it are as alive in a drawing as in a page.
const XHTML: &str = "http://www.w3.org/1999/xhtml";
/// Encodings in which ASCII, and so all of XML's own signs, is what it is in UTF-8.
const ENCODINGS: [&str; 4] = ["utf-8", "utf8", "us-ascii", "iso-8859-1"];
/// Text that these put in, or attributes that they add, would not be seen here.
const DECLARATIONS: [&str; 2] = ["<!ENTITY", "<!ATTLIST"];
/// Schemes of addresses that run.
const RUNNING_SCHEMES: [&str; 2] = ["javascript:", "vbscript:"];
/// Elements that show an address as a picture, in which nothing runs.
const PICTURES: [&str; 2] = ["image", "feimage"];

/// Whether a drawing could run in the reader's browser. What is no XML in UTF-8 could: browsers guess what it is.
pub(crate) fn runs(svg: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(svg) else { return true };
    if DECLARATIONS.iter().any(|declaration| text.contains(declaration)) {
        return true;
    }
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let Ok(document) = Document::parse_with_options(text, options) else { return true };
    !is_read_as_utf8(text) || document.descendants().any(node_runs)
}

fn is_read_as_utf8(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let declaration = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
    let encoding = declaration.and_then(|(inside, _)| inside.split_once("encoding"));
    let name = encoding.and_then(|(_, rest)| rest.split(['"', '\'']).nth(1));
    name.is_none_or(|name| ENCODINGS.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

fn node_runs(node: Node) -> bool {
    // A style sheet may be a program that makes another document of this one.
    if node.pi().is_some_and(|instruction| instruction.target == "xml-stylesheet") {
        return true;
    }
    let tag = node.tag_name();
    let name = tag.name().to_ascii_lowercase();
    let is_running = RUNNING.contains(&name.as_str()) || tag.namespace() == Some(XHTML);
    is_running || node.attributes().any(|attribute| attribute_runs(&name, &attribute))
}

fn attribute_runs(element: &str, attribute: &Attribute) -> bool {
    let name = attribute.name().to_ascii_lowercase();
    let value = plain(attribute.value());
    let is_data = || value.starts_with("data:") && matches!(name.as_str(), "href" | "src");
    let is_picture = || PICTURES.contains(&element) && value.starts_with("data:image/");
    name.starts_with("on")
        || (name == "attributename" && is_animated_to_run(&value))
        || RUNNING_SCHEMES.iter().any(|scheme| value.starts_with(scheme))
        || (is_data() && !is_picture())
}

/// An animation may set an address or a handler that stands nowhere before.
fn is_animated_to_run(attribute: &str) -> bool {
    let local = attribute.rsplit(':').next().unwrap_or(attribute);
    local == "href" || local.starts_with("on")
}

/// As browsers read an address: without blanks and control characters, wherever they stand.
fn plain(value: &str) -> String {
    let kept = value.chars().filter(|c| !c.is_whitespace() && !c.is_control());
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(inside: &str, expected: bool) {
        let svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'>{inside}</svg>"
        );
        assert_eq!(runs(svg.as_bytes()), expected, "{inside}");
    }

    #[test]
    fn drawings_that_run_are_told_apart() {
        for inside in [
            "<script>x()</script>",
            "<s:script xmlns:s='http://www.w3.org/2000/svg'/>",
            "<h:a xmlns:h='http://www.w3.org/1999/xhtml'/>",
            "<foreignObject/>",
            "<g onclick='x()'/>",
            "<g id='>'\nonclick = \"x()\"/>",
            "<a href='javascript:x()'/>",
            "<a xlink:href='java&#115;cript:x()'/>",
            "<a xlink:href=' JAVA&#10;script:x()'/>",
            "<a href='data:text/html,x'/>",
            "<use href='data:image/svg+xml,x#y'/>",
            "<a><set attributeName='xlink:href' to='x'/></a>",
            "<animate attributeName='onclick' values='x()'/>",
            "<?xml-stylesheet type='text/xsl' href='#x'?>",
        ] {
            check(inside, true);
        }
    }

    #[test]
    fn drawings_that_only_show_are_let_through() {
        for inside in [
            "<text>on = off, one=1, &lt;script&gt; javascript:</text><path d='M0 0'/>",
            "<style>a { fill: red; }</style><!-- <script> -->",
            "<a href='https://example.com/#on'><title>x</title></a><use xlink:href='#x'/>",
            "<image href='data:image/png;base64,AA'/><image xlink:href='data:image/svg+xml,x'/>",
            "<animate attributeName='opacity' values='0;1'/>",
        ] {
            check(inside, false);
        }
    }

    #[test]
    fn what_browsers_may_read_in_another_way_is_refused() {
        let svg = "<svg xmlns='http://www.w3.org/2000/svg'/>";
        let kind = "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'>";
        let check = |head: &str, expected| {
            assert_eq!(runs(format!("{head}{svg}").as_bytes()), expected, "{head}");
        };
        check("\u{feff}<?xml version='1.0' encoding='UTF-8'?>\n<!-- [x] -->", false);
        check(&format!("<?xml version=\"1.0\" standalone=\"no\"?>{kind}"), false);
        check("<?xml version='1.0' encoding='UTF-16'?>", true);
        check("<?xml version='1.0' encoding='ISO-2022-JP'?>", true);
        check("<!DOCTYPE svg [<!ENTITY x 'y'>]>", true);
        check("<!DOCTYPE svg [<!ATTLIST svg onload CDATA 'x()'>]>", true);
        assert!(runs(b"<svg onload=alert(1)>") && runs(b"") && runs(b"<svg>\xff</svg>"));
        let wide = "\u{feff}<svg/>".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        assert!(runs(&wide));
    }
}
