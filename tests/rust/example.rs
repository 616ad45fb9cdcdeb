//! The example library as a site: whole, linked, strict, and readable without scripts.

use std::collections::BTreeSet;

use mcdewey_tests::{
    Site, SiteTest,
    html::{self, Tag},
    pages::{Pages, links, resolve},
};

/// The policy of every page. Nothing inline may run, nothing may be fetched from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; \
    frame-src 'none'; manifest-src 'self'; base-uri 'none'; form-action 'self'";

#[test]
fn the_summary_counts_what_is_there() {
    let test = SiteTest::example();
    let ran = test.try_build(&[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.count("vendors"), 4);
    assert_eq!(ran.count("products"), 5);
    assert_eq!(ran.count("versions"), 7);
    let kinds: Vec<&str> = ran.err.lines().filter(|line| line.starts_with("warning: ")).collect();
    let harmless = |kind: &&&str| !kind.contains("shown as text");
    assert_eq!(kinds.iter().find(harmless), None, "the example is clean:\n{}", ran.err);
    let site = test.site();
    let chunk_pages = site.pages().iter().filter(|url| is_chunk(&site, url)).count();
    assert_eq!(ran.count("chunks"), chunk_pages as u64);
    let home = html::text(&site.read("index.html"));
    let words: Vec<&str> = home.split_whitespace().collect();
    let told = ["Passages", &chunk_pages.to_string()];
    assert!(words.windows(2).any(|pair| pair == told), "the home page counts them too:\n{home}");
    let index: u64 =
        of_index(&site).map(|file| site.folder.join(file).metadata().unwrap().len()).sum();
    assert_eq!(ran.count("index bytes"), index);
}

fn is_chunk(site: &Site, url: &str) -> bool {
    site.read(url).contains("<body class=\"chunk\">")
}

fn of_index(site: &Site) -> impl Iterator<Item = String> {
    site.files().into_iter().filter(|file| file.starts_with("search/"))
}

#[test]
fn every_link_leads_to_a_file_and_every_anchor_to_an_element() {
    let site = SiteTest::example().build();
    let pages = Pages::of(&site);
    let broken = pages.broken();
    for engine in pages.tags.values().flatten().filter_map(|tag| tag.get("data-engine")) {
        assert!(pages.files.contains(engine), "the scripts look for {engine} from the site's root");
    }
    assert!(broken.is_empty(), "{} broken links:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn every_page_keeps_the_strict_policy() {
    let site = SiteTest::example().build();
    for (url, tags) in Pages::of(&site).tags {
        let page = site.read(&url);
        let policies: Vec<_> = tags.iter().filter(|tag| tag.get("http-equiv").is_some()).collect();
        assert_eq!(policies.len(), 1, "{url}");
        assert_eq!(policies[0].get("content"), Some(POLICY), "{url}");
        for tag in &tags {
            assert_no_code(&url, &page, tag);
        }
    }
}

fn assert_no_code(url: &str, page: &str, tag: &Tag) {
    assert_ne!(tag.name, "style", "{url} has an inline style sheet");
    let empty = page[tag.end_bytes..].starts_with("</script>");
    assert!(
        tag.name != "script" || (tag.get("src").is_some() && empty),
        "{url} has an inline script"
    );
    for (name, value) in &tag.attributes {
        assert!(
            name != "style" && !name.starts_with("on"),
            "{url}: {} has {name}=\"{value}\"",
            tag.name
        );
        assert!(
            !value.trim_start().to_ascii_lowercase().starts_with("javascript:"),
            "{url}: {value}"
        );
    }
}

#[test]
fn every_page_has_one_title_one_heading_and_ids_of_its_own() {
    let site = SiteTest::example().build();
    for (url, tags) in Pages::of(&site).tags {
        let named = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
        assert_eq!((named("title"), named("main")), (1, 1), "{url}");
        assert!(named("h1") >= 1, "{url} has no heading");
        assert!(
            tags[0].get("lang").is_some_and(|lang| !lang.is_empty()),
            "{url} tells no language"
        );
        let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        let twice: Vec<_> = distinct
            .iter()
            .filter(|id| ids.iter().filter(|other| other == id).count() > 1)
            .collect();
        assert!(twice.is_empty(), "{url} gives ids twice: {twice:?}");
    }
}

#[test]
fn every_file_of_the_site_is_linked_by_a_page() {
    let site = SiteTest::example().build();
    let pages = Pages::of(&site);
    let mut linked =
        BTreeSet::from([".mcdewey".to_string(), "404.html".to_string(), "index.html".to_string()]);
    for (url, tags) in &pages.tags {
        let paths = tags
            .iter()
            .flat_map(links)
            .filter_map(|link| resolve(url, link.split(['#', '?']).next()?));
        linked.extend(paths);
    }
    let alone: Vec<_> = pages.files.difference(&linked).collect();
    assert!(alone.is_empty(), "a mirror would miss: {alone:?}");
    let listed = site.read("files.html");
    for file in of_index(&site) {
        assert!(listed.contains(&format!("href=\"{file}\"")), "files.html does not list {file}");
    }
}

#[test]
fn all_chunk_pages_are_reached_from_home_by_links() {
    let site = SiteTest::example().build();
    let pages = Pages::of(&site);
    let mut reached = BTreeSet::from(["index.html".to_string()]);
    let mut waiting = vec!["index.html".to_string()];
    while let Some(url) = waiting.pop() {
        let Some(tags) = pages.tags.get(&url) else { continue };
        let anchors = tags.iter().filter(|tag| tag.name == "a").filter_map(|tag| tag.get("href"));
        for target in anchors.filter_map(|link| resolve(&url, link.split(['#', '?']).next()?)) {
            if reached.insert(target.clone()) {
                waiting.push(target);
            }
        }
    }
    let lost: Vec<_> =
        pages.tags.keys().filter(|url| !reached.contains(*url) && *url != "404.html").collect();
    assert!(lost.is_empty(), "no way leads to {lost:?}");
}

#[test]
fn a_site_names_no_folder_of_the_machine_that_built_it() {
    let test = SiteTest::example();
    let site = test.build();
    let folder = test.folder().to_str().unwrap();
    for url in site.pages() {
        assert!(!site.read(&url).contains(folder), "{url}");
    }
}
