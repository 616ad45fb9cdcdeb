//! `mcdewey search`: the engine natively, over the example library.

use std::sync::OnceLock;

use mcdewey_tests::{Site, SiteTest, string};

/// The example's site, built once for all tests of this file.
fn site() -> &'static Site {
    static BUILT: OnceLock<Site> = OnceLock::new();
    BUILT.get_or_init(|| SiteTest::example().build())
}

/// Asserts that the best hit's id begins so.
fn check_first(arguments: &[&str], id: &str) {
    let ids = site().ids(arguments);
    let first = ids.first().unwrap_or_else(|| panic!("{arguments:?} finds nothing"));
    assert!(first.starts_with(id), "{arguments:?} should find {id} first: {ids:#?}");
}

/// Asserts that there are hits and that all ids begin so.
fn check_all(arguments: &[&str], id: &str) {
    let ids = site().ids(arguments);
    assert!(!ids.is_empty(), "{arguments:?} finds nothing");
    assert!(
        ids.iter().all(|other| other.starts_with(id)),
        "{arguments:?} should stay in {id}: {ids:#?}"
    );
}

#[test]
fn words_need_no_quotation_marks() {
    let found = |words: &[&str]| site().try_search(&[words, &["--json"]].concat()).out;
    let some = found(&["transfer", "-phones", "--limit", "10"]);
    assert!(!some.is_empty() && some != found(&["transfer"]));
    assert_eq!(some, found(&["transfer -phones"]));
    assert!(matches!(site().try_search(&["-foo"]).code, 0 | 1), "no option, but a query");
    site().try_search(&["DTMF", "--limti", "3"]).assert_fails(2, &["--limit"]);
}

#[test]
fn a_hit_tells_what_a_citation_needs() {
    let hits = site().search(&["DTMF queue"]);
    assert_eq!(hits.len(), 10, "ten hits unless told");
    let mut before = u64::MAX;
    for hit in &hits {
        let score = hit["score"].as_u64().expect("a score is a number");
        assert!(score > 0 && score <= before, "scores fall: {hit}");
        before = score;
        assert!(!string(hit, "title").is_empty() && !string(hit, "snippet").is_empty(), "{hit}");
        let page = site().read(&string(hit, "url"));
        assert!(page.contains(&string(hit, "chunk_id")) && page.contains(&string(hit, "source")));
        assert!(hit.get("page").is_some() && hit.get("label").is_some(), "{hit}");
    }
}

#[test]
fn a_hit_tells_where_it_stands() {
    let test = SiteTest::new()
        .file("mcdewey.toml", "[names]\n\"acme/anvil\" = \"The Anvil\"\n")
        .file("acme/anvil/2.0/guide/a.md", "# Install\n\nIt falls.\n")
        .file(
            "acme/anvil/2.0/guide/b.md",
            format!("# Use\n\n{0}\n\n## Drop\n\nIt dropped. {0}", "It stands. ".repeat(150)),
        )
        .file("acme/anvil/2.0/tongs.md", "# Tongs\n\nThey hold.\n");
    let site = test.build();
    let check = |word: &str, path: &[&str]| {
        assert_eq!(site.search(&[word])[0]["path"], serde_json::json!(path));
        let line = format!("\n    {}\n", path.join(" › "));
        assert!(site.try_search(&[word]).out.contains(&line), "{line}");
    };
    check("falls", &["acme", "The Anvil", "2.0", "Guide"]);
    check("dropped", &["acme", "The Anvil", "2.0", "Guide", "Use"]);
    check("hold", &["acme", "The Anvil", "2.0"]);
}

#[test]
fn pages_are_cited_with_number_and_printed_label() {
    let hits =
        site().search(&["--guide", "admin-guide", "--version", "12.5", "conventions", "monospace"]);
    let hit = &hits[0];
    assert_eq!(hit["page"], 2, "{hit}");
    assert_eq!(hit["label"], "ii", "{hit}");
    assert_eq!(
        string(hit, "chunk_id"),
        "northwind-voice::callbridge::12.5::admin-guide::admin-guide::ii"
    );
}

#[test]
fn identifiers_are_found_whole_and_in_parts() {
    check_first(&["UPDATE_CALL_VARS"], "northwind-voice::callbridge::12");
    check_first(&["CB-4030"], "northwind-voice::callbridge::12");
    check_first(&["dtmf.max_outstanding"], "northwind-voice::callbridge::12");
    check_first(&["/callbridge/api/Dialog"], "northwind-voice::callbridge::12");
    check_first(&["L-310"], "lumen-switch::");
    check_first(&["GRIDD_INDEX"], "harbor-grid::gridd::");
}

#[test]
fn stems_and_prefixes_meet() {
    check_first(&["sending", "tones"], "northwind-voice::callbridge::12");
    let whole = site().ids(&["--limit", "50", "checkpoint"]);
    let begun = site().ids(&["--limit", "50", "checkpoi"]);
    assert!(
        !whole.is_empty() && whole.iter().all(|id| begun.contains(id)),
        "{whole:?} in {begun:?}"
    );
}

#[test]
fn chinese_and_german_are_found() {
    check_first(&["交换机"], "lumen-switch::edge-os");
    check_first(&["Wartung"], "lumen-switch::edge-os");
}

#[test]
fn filters_take_path_names_display_names_and_aliases_in_any_case() {
    for vendor in ["northwind-voice", "Northwind Voice", "NORTHWIND-VOICE"] {
        check_all(&["--vendor", vendor, "guide"], "northwind-voice::");
    }
    for product in ["callbridge", "Callbridge", "cb", "CB"] {
        check_all(&["--product", product, "release"], "northwind-voice::callbridge::");
    }
    for version in ["v2.3", "2.3"] {
        check_all(&["--version", version, "queue"], "harbor-grid::gridd::v2.3::");
    }
    check_all(
        &["--product", "gridctl", "--version", "v3.0", "queue"],
        "harbor-grid::gridd::v3.0::",
    );
    check_all(&["--guide", "developer-guide", "events"], "northwind-voice::callbridge::12");
}

#[test]
fn a_version_that_the_query_names_is_looked_into_whatever_else_is_filtered() {
    check_first(&["dialog 12.0"], "northwind-voice::callbridge::12.0::");
    check_first(&["--product", "callbridge", "dialog 12.0"], "northwind-voice::callbridge::12.0::");
    check_first(
        &["--guide", "developer-guide", "dialog 12.0"],
        "northwind-voice::callbridge::12.0::developer-guide",
    );
    check_all(&["--product", "gridd", "callbridge 12.0"], "harbor-grid::gridd::");
}

#[test]
fn words_that_were_typed_as_one_are_looked_for_apart() {
    let ran = site().try_search(&["cardrestarts"]);
    assert!(ran.out.contains("card restarts"), "{}{}", ran.out, ran.err);
}

#[test]
fn an_unknown_filter_value_is_an_error_that_offers_what_there_is() {
    for level in ["vendor", "product", "version", "guide"] {
        let ran = site().try_search(&[&format!("--{level}"), "no-such-thing", "queue"]);
        let expected = format!("there is no {level} 'no-such-thing'; there is '");
        assert!(ran.code == 1 && ran.err.contains(&expected), "{}{}", ran.out, ran.err);
        assert_eq!(ran.out, "");
    }
    let ran = site().try_search(&["--product", "calbridge", "queue"]);
    assert!(ran.err.contains("did you mean 'callbridge'?"), "{}", ran.err);
}

#[test]
fn words_that_stand_nowhere_are_named() {
    let ran = site().try_search(&["xyzzyplugh"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("xyzzyplugh"), "{}", ran.out);
    let ran = site().try_search(&["--json", "xyzzyplugh"]);
    assert!(ran.out.is_empty() && ran.err.contains("xyzzyplugh"), "{}{}", ran.out, ran.err);
}

#[test]
fn odd_questions_get_an_answer() {
    let long = "word ".repeat(2_000);
    for question in [
        "",
        " ",
        "\"",
        "a",
        "the of and",
        "%",
        "<script>",
        "::",
        "\u{0}",
        "😀",
        "0",
        &long,
        "((((",
        "-v",
    ] {
        if question.contains('\0') {
            continue;
        }
        let ran = site().try_search(&["--", question]);
        assert!(matches!(ran.code, 0 | 1) && ran.err.is_empty(), "{question:?}: {}", ran.err);
    }
}

#[test]
fn the_limit_is_kept_and_prefixes_of_the_list_agree() {
    let ten = site().ids(&["--limit", "10", "release"]);
    let three = site().ids(&["--limit", "3", "release"]);
    assert_eq!(three.len(), 3);
    assert_eq!(three, ten[..3]);
}

#[test]
fn a_site_searches_without_its_library_and_elsewhere() {
    let test = SiteTest::example();
    let site = test.build();
    let ids = site.ids(&["snapshot"]);
    std::fs::remove_dir_all(test.library()).unwrap();
    let moved = test.folder().join("moved");
    std::fs::rename(&site.folder, &moved).unwrap();
    assert_eq!(Site::at(moved).ids(&["snapshot"]), ids);
    assert!(!ids.is_empty());
}
