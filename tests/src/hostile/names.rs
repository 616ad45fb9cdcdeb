//! Names that mean something to a file system, a URL, a shell or the site itself.
//!
//! In: nothing. Out: paths as bytes. A file system that refuses one of them has one file fewer.

/// At the library's root these would stand where the site keeps its own pages.
pub(super) const AT_THE_ROOT: [&str; 22] = [
    "read.md",
    "1.md",
    "read/read.md",
    "browse/acme.md",
    "browse.md",
    "acme.md",
    "search/root.js.md",
    "search/w/x.md",
    "search.md",
    "assets/app.md",
    "assets.md",
    "files.md",
    "files/x.md",
    "index.md",
    "_index.md",
    "README.md",
    "404.md",
    "mcp.md",
    "index.html.md",
    "404.html.md",
    "search.html/1.md",
    ".mcdewey/x.md",
];

pub(super) fn names() -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> = PLAIN.iter().map(|name| name.as_bytes().to_vec()).collect();
    names.extend(BYTES.iter().map(|name| name.to_vec()));
    let long = |letter: &str, length: usize| letter.repeat(length / letter.len()) + ".md";
    names.push(long("x", 240).into_bytes());
    names.push((long("x", 239).replace(".md", "y") + ".md").into_bytes());
    names.push(long("长", 240).into_bytes());
    names.push(["deep"; 40].join("/").into_bytes().into_iter().chain(*b"/end.md").collect());
    names.push(["deep"; 70].join("/").into_bytes().into_iter().chain(*b"/end.md").collect());
    names
}

const PLAIN: [&str; 62] = [
    "guide.md",
    "Guide.md",
    "GUIDE.MD",
    "guide.markdown",
    "guide.txt",
    "guide.mdx",
    "a b.md",
    "a  b.md",
    "a-b.md",
    "a%20b.md",
    "a%b.md",
    "a%2fb.md",
    "%2e%2e.md",
    "a#b.md",
    "a?b.md",
    "a&b=c.md",
    "a+b.md",
    "a;b.md",
    "a:b.md",
    "a*b.md",
    "a|b.md",
    "a\\b.md",
    "..\\..\\b.md",
    "a\"b.md",
    "a'b.md",
    "a`b.md",
    "$(touch x).md",
    "a<b>.md",
    "<script>alert(1)<script>.md",
    "a\nb.md",
    "a\tb.md",
    "a\rb.md",
    "a\u{1b}[31m.md",
    "a\u{202e}dm.b.md",
    "a\u{0}b.md",
    " .md",
    ".md",
    "..md",
    "...md",
    ".. /b.md",
    ".../b.md",
    ". . /b.md",
    ".hidden.md",
    "-rf.md",
    "--help.md",
    "~.md",
    "con.md",
    "nul.txt.md",
    "trailing. /x.md",
    "guide/1.md",
    "guide/1.html.md",
    "guide/1.html/x.md",
    "guide.2.md",
    "é.md",
    "e\u{301}.md",
    "ß.md",
    "SS.md",
    "İ.md",
    "日本語.md",
    "日本语.md",
    "🛠.md",
    "index.md",
];

/// Names that are no UTF-8.
const BYTES: [&[u8]; 5] =
    [b"a\xff.md", b"a\xfe.md", b"a\xfd.md", b"gr\xf6\xdfe.md", b"\xff\xff/x\x80.md"];

/// A text that links all of them, the way people write it and the way programs do.
pub(super) fn links() -> String {
    let encoded =
        |name: &str| -> String { name.bytes().map(|byte| format!("%{byte:02x}")).collect() };
    let line = |name: &&str| {
        format!("- [plain]({name}) [angles](<{name}>) [encoded]({})\n", encoded(name))
    };
    let outward = "- [out](../../../../../../etc/passwd) [root](/etc/passwd) [odd](..%2f..%2f..) [query](?x#y) [none]()\n";
    format!("# Links\n\n{outward}{}", PLAIN.iter().map(line).collect::<String>())
}
