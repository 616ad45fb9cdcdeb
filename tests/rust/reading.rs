//! What pages of texts show beside the text: titles, contents, other versions, the language.

use mcdewey_tests::SiteTest;

const HEAD_BYTES: usize = 8 * 1024;

#[test]
fn a_title_holds_however_long_the_front_matter_is() {
    let front = |bytes: usize| {
        format!(
            "---\ntitle: \"CAnvil Class\"\nkeys: [{}]\n---\n",
            "\"AFX/CAnvil\", ".repeat(bytes / 14)
        )
    };
    let test = SiteTest::new()
        .file("acme/anvil/short.md", format!("{}# Anvil\n\nIt falls.\n", front(100)))
        .file("acme/anvil/long.md", format!("{}# Anvil\n\nIt falls far.\n", front(HEAD_BYTES * 6)))
        .file(
            "acme/anvil/rule.md",
            format!("---\n\n# A rule\n\n{}", "It falls on.\n".repeat(HEAD_BYTES)),
        );
    let site = test.build();
    let check = |name: &str, title: &str| {
        let page = site.read(&format!("read/acme/anvil/{name}.html"));
        assert!(page.contains(&format!("<h1>{title}</h1>")), "{name}");
    };
    check("short", "CAnvil Class");
    check("long", "CAnvil Class");
    check("rule", "A rule");
}
