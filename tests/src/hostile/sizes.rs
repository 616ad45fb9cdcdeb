//! Texts of any size that a careless reader takes square time for, or falls over.
//!
//! In: about how many bytes. Out: Markdown. Each kind repeats one thing, so that what is slow has a name.

pub type Kind = (&'static str, fn(usize) -> String);

pub const KINDS: [Kind; 62] = [
    ("prose", |size| {
        filled(size, |at| format!("Paragraph {at} tells how to drop it from above, and why.\n\n"))
    }),
    ("headings", |size| filled(size, |at| format!("## Step {at}\n\nDrop it.\n\n"))),
    ("headings-alike", |size| repeated(size, "# A\n\n")),
    ("line-of-words", |size| repeated(size, "lorem ipsum dolor ")),
    ("line-of-letters", |size| repeated(size, "x")),
    ("line-of-ideographs", |size| repeated(size, "铁")),
    ("lines-empty", |size| repeated(size, "\n")),
    ("blanks", |size| format!("a{}b", repeated(size, " "))),
    ("words-distinct", |size| filled(size, |at| format!("w{:x} ", at.wrapping_mul(0x9e37_79b1)))),
    ("quotes-deep", |size| format!("{} x\n", repeated(size, ">"))),
    ("quotes-of-thousands", |size| repeated(size, &format!("{} x\n\ny\n\n", "> ".repeat(5_000)))),
    ("lists-deep", |size| format!("{}x\n", repeated(size, "- "))),
    ("lists-of-thousands", |size| repeated(size, &stairs(1_000))),
    ("list-flat", |size| filled(size, |at| format!("{at}. drop it\n"))),
    ("list-loose", |size| filled(size, |at| format!("- drop {at}\n\n"))),
    ("quotes-and-lists", |size| format!("{}x\n", repeated(size, "> - "))),
    ("emphasis-open", |size| repeated(size, "*a **b _c ")),
    ("emphasis-odd", |size| format!("{}{}", repeated(size / 2, "a**b"), repeated(size / 2, "c* "))),
    ("emphasis-deep", |size| format!("{}x{}", "*".repeat(size / 2), "*".repeat(size / 2))),
    ("emphasis-mixed", |size| repeated(size, "*_")),
    ("strikes", |size| repeated(size, "~a ~~b ")),
    ("brackets-open", |size| repeated(size, "[")),
    ("brackets-shut", |size| format!("{}{}", "[".repeat(size / 2), "]".repeat(size / 2))),
    ("links-open", |size| repeated(size, "[a](")),
    ("links-open-angle", |size| repeated(size, "[a](<b")),
    ("links-deep", |size| format!("{}{}", "[".repeat(size / 5), "](x)".repeat(size / 5))),
    ("pictures-deep", |size| format!("{}{}", "![".repeat(size / 6), "](x)".repeat(size / 6))),
    ("links", |size| filled(size, |at| format!("[step {at}](prose.md#step-{at}) "))),
    ("links-nowhere", |size| filled(size, |at| format!("[step {at}](gone-{at}.md) "))),
    ("definitions", |size| filled(size, |at| format!("[r{at}]\n\n[r{at}]: prose.md\n\n"))),
    ("definitions-alike", |size| {
        format!("{}\n{}", repeated(size / 2, "[r]: /x\n"), repeated(size / 2, "[r] "))
    }),
    ("references-undefined", |size| filled(size, |at| format!("[a{at}][b{at}] "))),
    ("footnotes", |size| filled(size, |at| format!("a[^{at}]\n\n[^{at}]: note\n\n"))),
    ("footnotes-alike", |size| format!("{}\n\n[^x]: note\n", repeated(size, "a[^x] "))),
    ("footnotes-nested", |size| filled(size, |at| format!("[^{at}]: see [^{}]\n\n", at + 1))),
    ("backticks-growing", |size| growing(size, '`')),
    ("backticks-open", |size| repeated(size, "`a ")),
    ("fences-open", |size| repeated(size, "```x\n\n~~~~\n\n")),
    ("fence-of-code", |size| {
        format!("```c\n{}```\n", repeated(size, "int main(void) { return 0; } // \"x\"\n"))
    }),
    ("code-indented", |size| repeated(size, "    x\n\n")),
    ("tags-open", |size| repeated(size, "<b>")),
    ("tags-blocks", |size| repeated(size, "<div>")),
    ("tags-blocks-lines", |size| repeated(size, "<div>\n\n")),
    ("tags-shut", |size| repeated(size, "</div></b>")),
    ("tags-unknown", |size| repeated(size, "<dialogId> ")),
    ("tags-unfinished", |size| repeated(size, "<a href=\"x ")),
    ("tags-misnested", |size| repeated(size, "<b><i></b></i><table><p>")),
    ("attributes", |size| format!("<p {}>x</p>\n", filled(size, |at| format!("a{at}=\"x\" ")))),
    ("comments-open", |size| repeated(size, "<!-- a ")),
    ("instructions-open", |size| repeated(size, "<? a <![CDATA[ <!X ")),
    ("angles", |size| repeated(size, "<")),
    ("addresses-angle", |size| repeated(size, "<http://a")),
    ("addresses", |size| repeated(size, "http://a.b/((c) ")),
    ("address-long", |size| format!("http://{}", repeated(size, "a."))),
    ("entities", |size| repeated(size, "&amp;&#x41;&a")),
    ("escapes", |size| repeated(size, "\\*\\")),
    ("table-of-rows", |size| {
        format!("|a|b|\n|-|-|\n{}", filled(size, |at| format!("|{at}|drop it from above|\n")))
    }),
    ("table-wide", |size| {
        format!(
            "{}|\n{}|\n{}|\n",
            "|a".repeat(size / 8),
            "|-".repeat(size / 8),
            "|x\n".repeat(size / 8)
        )
    }),
    ("page-marks", |size| filled(size, |at| format!("<!-- page {} -->\n\nDrop it.\n\n", at + 1))),
    ("dialects-open", |size| {
        repeated(size, ":::note\n{{< tabs >}}\n{% raw %}\n> [!NOTE]\n<Tabs>\n!!! note\n")
    }),
    ("math-open", |size| repeated(size, "$a $$b \\( ")),
    ("term-lists", |size| repeated(size, "term\n: what it is\n\n")),
];

fn repeated(size: usize, piece: &str) -> String {
    piece.repeat(size.div_ceil(piece.len()))
}

fn filled(size: usize, piece: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(size + 100);
    let mut at = 0;
    while text.len() < size {
        text.push_str(&piece(at));
        at += 1;
    }
    text
}

/// A list nested as deep as there are lines.
fn stairs(depth: usize) -> String {
    let line = |level: usize| format!("{}- x\n", " ".repeat(level * 2));
    (0..depth).map(line).collect::<String>() + "\ny\n\n"
}

/// Runs of one more each time, none of which closes another.
fn growing(size: usize, symbol: char) -> String {
    let mut text = String::with_capacity(size + 100);
    let mut length = 1;
    while text.len() < size {
        text.extend(std::iter::repeat_n(symbol, length));
        text.push('a');
        length += 1;
    }
    text
}
