//! Colours for fenced code: a scanner driven by a table of languages.
//!
//! In: a language's name and code. Out: the code as HTML with spans of a few classes. A scanner cannot lose a
//! byte: it only says where a span begins and ends, and all text goes out through one painter. Knows no grammar: it tells words,
//! strings, comments and numbers apart, which is what a reader's eye needs, in one pass and at the speed of escaping: to
//! keep finished blocks for the next time would cost more than to make them again.

mod keyed;
mod languages;
mod markup;
mod paint;
mod rules;
mod scanner;

use paint::Painter;
use rules::Shape;

/// Writes code with its spans; nothing is written and false is returned where the language is unknown or the
/// block is so large that it is data rather than an example.
pub(super) fn highlight(language: &str, code: &str, out: &mut String) -> bool {
    const MOST_BYTES: usize = 64 * 1024;
    const MOST_LINE_BYTES: usize = 2 * 1024;
    let is_data = code.len() > MOST_BYTES || code.lines().any(|line| line.len() > MOST_LINE_BYTES);
    let Some(rules) = rules::of(language).filter(|_| !is_data) else {
        return false;
    };
    let mut painter = Painter::new(code, out);
    match rules.shape {
        Shape::Code => scanner::scan(rules, &mut painter),
        Shape::Markup => markup::scan(&mut painter),
        Shape::Changes => markup::scan_changes(&mut painter),
    }
    painter.finish();
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spans as `[class text]`.
    fn check(language: &str, code: &str, expected: &str) {
        let mut html = String::new();
        assert!(highlight(language, code, &mut html), "{language}");
        let shown = html.replace("<span class=\"hl-", "[").replace("</span>", "]");
        assert_eq!(shown.replace("\">", " "), expected, "{code}");
    }

    /// The text of HTML, which must be the code again.
    fn text(html: &str) -> String {
        let mut text = String::new();
        for (at, piece) in html.split('<').enumerate() {
            let shown = if at == 0 { piece } else { piece.split_once('>').unwrap().1 };
            text.push_str(shown);
        }
        let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
        entities.iter().fold(text, |text, (entity, symbol)| text.replace(entity, symbol))
    }

    fn keeps_text(language: &str, code: &str) {
        let mut html = String::new();
        if highlight(language, code, &mut html) {
            assert_eq!(text(&html), code, "{language}");
        }
    }

    #[test]
    fn code_is_told_apart() {
        check(
            "cpp",
            "#include <a>\nint f(x); // c\n",
            "[m #include] [s &lt;a&gt;]\n[k int] [f f](x); [c // c]\n",
        );
        check("C++", "R\"(a\"b)\" 0x1F 1'000", "[s R&quot;(a&quot;b)&quot;] [n 0x1F] [n 1'000]");
        check("rust", "fn a<'b>() { 'c' }", "[k fn] a&lt;'b&gt;() { [s 'c'] }");
        check("python", "@a\ndef b(): '''x\ny'''", "[m @a]\n[k def] [f b](): [s '''x\ny''']");
        check("SQL", "select 1 -- x", "[k select] [n 1] [c -- x]");
        check("go", "a.type /* x", "a.type [c /* x]");
    }

    #[test]
    fn shells_have_commands() {
        check(
            "sh",
            "# c\n$ ls -l \"$A\" | wc\nA=b don't\n",
            "[c # c]\n[m $] [f ls] [m -l] [s &quot;$A&quot;] | [f wc]\n[m A]=b don't\n",
        );
        check("console", "curl -d '{\n}' a#b", "[f curl] [m -d] [s '{\n}'] a#b");
        check("powershell", "Get-Item $a # x", "[f Get-Item] [m $a] [c # x]");
    }

    #[test]
    fn keys_are_told_from_values() {
        check(
            "yaml",
            "- a: true # x\n  b-c: \"d\"\n",
            "- [f a]: [k true] [c # x]\n  [f b-c]: [s &quot;d&quot;]\n",
        );
        check("toml", "[a.b]\nc = 1\n", "[m [a.b]]\n[f c] = [n 1]\n");
        check("json", "{\"a\": \"b\"}", "{[f &quot;a&quot;]: [s &quot;b&quot;]}");
    }

    #[test]
    fn markup_and_changes() {
        check(
            "xml",
            "<a b=\"c\">&lt;</a><!-- d -->",
            "[k &lt;a] [f b]=[s &quot;c&quot;][k &gt;][n &amp;lt;][k &lt;/a&gt;][c &lt;!-- d --&gt;]",
        );
        check("diff", "@@ 1\n+a\n-b\n c", "[m @@ 1]\n[i +a]\n[d -b]\n c");
    }

    #[test]
    fn what_is_unknown_or_huge_stays_plain() {
        let plain = |language: &str, code: &str| !highlight(language, code, &mut String::new());
        assert!(plain("output", "a") && plain("", "a"));
        assert!(plain("c", &"a ".repeat(1025)) && plain("c", &"a\n".repeat(40_000)));
    }

    /// Mash-ups of all that the scanner looks for, in every language.
    #[test]
    fn no_text_is_lost() {
        const PIECES: [&str; 40] = [
            "\"",
            "'",
            "`",
            "'''",
            "\"\"\"",
            "R\"x(",
            ")x\"",
            "\\",
            "\n",
            "\r\n",
            " ",
            "\t",
            "#",
            "#include <",
            "//",
            "/*",
            "*/",
            "--",
            "<!--",
            "-->",
            "<a b=",
            "</",
            ">",
            "&amp;",
            "$",
            "${",
            "}",
            "$(",
            "@",
            "@@",
            "+",
            "1.5e",
            "0x",
            "if",
            "größe",
            "数据",
            ": ",
            "= ",
            "[",
            "é",
        ];
        let mut state = 7u32;
        let mut next = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize % below
        };
        for name in rules::names() {
            for _ in 0..40 {
                let code: String = (0..next(60)).map(|_| PIECES[next(PIECES.len())]).collect();
                keeps_text(name, &code);
            }
        }
    }

    /// The same over a library, where one is named: every fence in it, and every file as one block of every language.
    #[test]
    fn no_text_of_a_library_is_lost() {
        let library = std::env::var("MCDEWEY_TEST_LIBRARY")
            .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../examples").to_string());
        let mut folders = vec![std::path::PathBuf::from(library)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "md") {
                    let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
                    blocks(&text).for_each(|(language, code)| keeps_text(language, code));
                    ["cpp", "sh", "yaml", "xml"].iter().for_each(|name| keeps_text(name, &text));
                }
            }
        }
    }

    fn blocks(text: &str) -> impl Iterator<Item = (&str, &str)> {
        text.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'))
    }
}
