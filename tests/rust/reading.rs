//! What pages of texts show beside the text: titles, contents, other versions, the language.

use mcdewey_tests::{SiteTest, string};

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

#[test]
fn tabs_tell_versions_and_products_apart() {
    let names = "[names]\n\"acme/anvil\" = \"Anvil 3000\"\n\"acme/anvil/v1\" = \"1 (old)\"\n";
    let guide = "# Fall\n\nIt falls.\n\n## Limits\n\n".to_string() + &"It is heavy. ".repeat(150);
    let site = SiteTest::new()
        .file("mcdewey.toml", names)
        .file("acme/anvil/v1/guide.md", &guide)
        .file("acme/anvil/v2/guide.md", &guide)
        .file("loose/loose.md", "It lies.\n")
        .build();
    let check = |page: &str, title: &str| {
        assert!(site.read(page).contains(&format!("<title>{title}</title>")), "{page}: {title}");
    };
    check("acme/anvil/v1/guide/2.html", "Limits · Fall · acme Anvil 3000 1 (old)");
    check("acme/anvil/v2/guide/2.html", "Limits · Fall · acme Anvil 3000 v2");
    check("read/acme/anvil/v2/guide.html", "Fall · acme Anvil 3000 v2");
    check("browse/acme/anvil/v2.html", "Anvil 3000 v2 · McDewey");
    check("read/loose/loose.html", "Loose · loose");
}

#[test]
fn titles_with_code_are_shown_as_text() {
    let site = SiteTest::new()
        .file("acme/anvil/a.md", "---\ntitle: \"1. Mind `read-only` & `I/O`\"\n---\nIt falls.\n")
        .file("acme/anvil/b.md", "---\ntitle: \"char* and <T>_\"\n---\nIt falls far.\n")
        .file("acme/anvil/c.jsonl", r#"{"_id": "c", "title": "The `anvil`", "text": "It fell."}"#)
        .build();
    let titled = |id: &str| {
        let hits = site.search(&["falls", "far", "fell"]);
        let hit = hits.iter().find(|hit| string(hit, "chunk_id").starts_with(id));
        string(hit.unwrap_or_else(|| panic!("no {id} in {hits:?}")), "title")
    };
    assert_eq!(titled("acme::anvil::a"), "1. Mind read-only & I/O");
    assert_eq!(titled("acme::anvil::b"), "char* and <T>_");
    assert_eq!(titled("c"), "The anvil");
    let page = site.read("read/acme/anvil/a.html");
    assert!(page.contains("<h1>1. Mind read-only &amp; I/O</h1>") && !page.contains('`'));
}

#[test]
fn commands_name_the_version_of_their_guide() {
    let guide = "# Install\n\n```sh\nget v{{< current-version >}}/anvil.yaml {{< mark >}}\n```\n\nSet `{{< current-version >}}`.\n";
    let config =
        "[params]\ncurrent-version = \"{version}\"\n[names]\n\"acme/anvil/v2.1\" = \"2.1\"\n";
    let test = SiteTest::new()
        .file("mcdewey.toml", config)
        .file("acme/anvil/1.0/guide.md", guide)
        .file("acme/anvil/v2.1/guide.md", guide)
        .file("acme/tongs/guide.md", guide);
    let site = test.build();
    let check = |address: &str, version: &str| {
        let page = site.read(&format!("{address}/guide/1.html"));
        let text: String =
            page.split('<').filter_map(|piece| Some(piece.split_once('>')?.1)).collect();
        let command = format!("get v{version}/anvil.yaml {{{{&lt; mark &gt;}}}}");
        assert!(text.contains(&command) && text.contains(&format!("Set {version}.")), "{text}");
    };
    check("acme/anvil/1.0", "1.0");
    check("acme/anvil/v2.1", "2.1");
    check("acme/tongs", "{{&lt; current-version &gt;}}");
}

/// Sections with what is below each of them.
fn sections(sections: usize, below: usize, words: usize) -> String {
    let text = "word ".repeat(words);
    let section = |at| {
        let parts = format!("### Part\n\n{text}\n\n").repeat(below);
        format!("## Section {at}\n\nText.\n\n{parts}as {at}\n\n")
    };
    (0..sections).map(section).collect()
}

fn levels(page: &str) -> [usize; 3] {
    ["l1", "l2", "l3"].map(|level| page.matches(&format!("<li class=\"{level}\">")).count())
}

#[test]
fn contents_show_the_levels_that_fit() {
    let test = SiteTest::new()
        .file("acme/anvil/few.md", format!("# Few\n\n{}", sections(60, 2, 1)))
        .file("acme/anvil/many.md", format!("# Many\n\n{}", sections(150, 2, 1)))
        .file("acme/anvil/one.md", format!("# One\n\n{}", sections(1, 450, 1)));
    let site = test.build();
    let levels = |name: &str| levels(&site.read(&format!("read/acme/anvil/{name}.html")));
    assert_eq!(levels("few"), [1, 60, 120]);
    assert_eq!(levels("many"), [1, 150, 0], "the sections fit, what is below them does not");
    assert_eq!(levels("one"), [1, 1, 450], "there would be nothing to choose from");
}

#[test]
fn each_part_lists_its_own_headings() {
    let test =
        SiteTest::new().file("acme/anvil/long.md", format!("# Long\n\n{}", sections(300, 1, 150)));
    let site = test.build();
    let mut listed = 0;
    for part in ["long", "long.2", "long.3"] {
        let page = site.read(&format!("read/acme/anvil/{part}.html"));
        let [top, own, below] = levels(&page);
        assert_eq!(top, 1, "{part}");
        assert!(own > 20 && below > 20, "{part}: {own}, {below}");
        assert!(page.matches(">Part</a></li>").count() == below && own < 200, "{part}: {own}");
        listed += own;
    }
    assert_eq!(listed, 300);
}

/// One guide in so many versions.
fn versions(count: usize) -> SiteTest {
    let text = "# Anvil\n\nIt falls.\n\n## Limits\n\n".to_string() + &"It is heavy. ".repeat(150);
    (1..=count).fold(SiteTest::new(), |test, version| {
        test.file(&format!("acme/anvil/{version}.0/guide.md"), &text)
    })
}

#[test]
fn a_passage_tells_its_place_in_other_versions() {
    let site = versions(3).build();
    let line = |own: usize| {
        let page = site.read(&format!("acme/anvil/2.0/guide/{own}.html"));
        page.split("<td id=\"versions\"").nth(1).unwrap().split("</td>").next().unwrap().to_string()
    };
    let link = "read/acme/anvil/3.0/guide.html\">3.0</a>";
    assert!(
        line(2).starts_with(" data-place=\"h-limits\">") && line(2).contains(link),
        "{}",
        line(2)
    );
    assert!(line(1).starts_with('>') && line(1).contains(link), "{}", line(1));
}

#[test]
fn versions_that_are_not_listed_are_told() {
    let listed = |count: usize, version: usize| {
        let site = versions(count).build();
        let page = site.read(&format!("read/acme/anvil/{version}.0/guide.html"));
        let line =
            page.split("<p class=\"versions\">").nth(1).unwrap().split("</p>").next().unwrap();
        let text = line.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text);
        let more = line.contains("browse/acme/anvil.html");
        (text.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "), more)
    };
    let all = "12.0 11.0 10.0 9.0 8.0 7.0 6.0 5.0 4.0 3.0 2.0 1.0".to_string();
    assert_eq!(listed(12, 5), (all, false));
    assert_eq!(listed(20, 5), ("20.0 8.0 7.0 6.0 5.0 4.0 3.0 … 13 more".to_string(), true));
    assert_eq!(listed(20, 20), ("20.0 19.0 18.0 17.0 16.0 15.0 … 14 more".to_string(), true));
}

#[test]
fn texts_in_another_language_than_the_site_say_so() {
    let test = SiteTest::new()
        .file("mcdewey.toml", "[languages]\n\"acme/anvil/de\" = \"de\"\n")
        .file("acme/anvil/en/guide.md", "# Anvil\n\nIt falls.\n")
        .file("acme/anvil/de/guide.md", "# Amboss\n\nEr fällt.\n")
        .file("acme/anvil/fr/guide.md", "---\nlanguage: fr_CA\n---\n# Enclume\n\nElle tombe.\n")
        .file("acme/anvil/zh/guide.md", "# 铁砧\n\n使用 `anvil --drop` 命令让铁砧落下。\n");
    let site = test.build();
    let check = |guide: &str, article: &str| {
        for page in [
            format!("acme/anvil/{guide}/guide/1.html"),
            format!("read/acme/anvil/{guide}/guide.html"),
        ] {
            let text = site.read(&page);
            assert!(text.contains("<html lang=\"en\">") && text.contains(article), "{page}");
        }
    };
    check("en", "<article>");
    check("de", "<article lang=\"de\">");
    check("fr", "<article lang=\"fr-CA\">");
    check("zh", "<article lang=\"zh\">");
}
