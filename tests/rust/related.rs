//! Related passages: what a chunk's page offers to read next, without a script, and which pages an edit leaves as they are.

use std::{collections::BTreeMap, fs};

use mcdewey_tests::{
    Site, SiteTest,
    html::{Tag, tags},
    pages::resolve,
    tree::{contents, differences},
};

const TOPICS: [(&str, &str); 6] = [
    ("Snapshots", "snapshot restore backup copy volume retention schedule archive"),
    ("Networks", "network router gateway subnet packet firewall bridge latency"),
    ("Users", "user role password login permission group directory session"),
    ("Licences", "licence purchase invoice contract seat renewal billing quota"),
    ("Printing", "printer paper toner tray queue margin duplex driver"),
    ("Alarms", "alarm siren threshold sensor notify pager escalation silence"),
];

/// A page of a topic as a vendor tells it: words of the topic, and some that only this page has.
fn page(vendor: &str, topic: usize, number: usize, edit: &str) -> String {
    let (title, words) = TOPICS[topic];
    let words: Vec<&str> = words.split(' ').collect();
    let sentence = |at: usize| {
        let word = |step: usize| words[(number * 5 + at * step) % words.len()];
        format!("The {} and the {} of {vendor} keep the {}. ", word(3), word(5), word(7))
    };
    let text: String = (0..12).map(sentence).collect();
    format!("# {title}{edit}, part {number} of {vendor}\n\n{text} Only{vendor}{topic}{number}.\n")
}

fn path(vendor: &str, topic: usize, number: usize) -> String {
    let guide = TOPICS[topic].0.to_lowercase();
    format!("{vendor}/{vendor}-suite/v2/{guide}/{number}.md")
}

/// Two vendors that speak of the same.
fn library() -> SiteTest {
    let test = SiteTest::new();
    for vendor in ["acme", "zeta"] {
        for topic in 0..TOPICS.len() {
            for number in 0..4 {
                test.write(&path(vendor, topic, number), page(vendor, topic, number, ""));
            }
        }
    }
    test
}

/// Where the related passages of a page lead, as addresses from the root.
fn related(site: &Site, url: &str) -> Vec<String> {
    let page = site.read(url);
    let Some((main, behind)) = page.split_once("</main>") else { return Vec::new() };
    assert!(!main.contains("class=\"related\""), "{url}: what is searched for holds the links");
    let Some((_, list)) = behind.split_once("<nav class=\"related\" aria-label=") else {
        return Vec::new();
    };
    assert!(list.contains("<h2>Related passages</h2>"), "{list}");
    let list = list.split_once("</nav>").expect("a list ends").0;
    let href = |tag: &Tag| resolve(url, tag.get("href")?);
    tags(list).iter().filter_map(href).collect()
}

fn all_related(site: &Site) -> BTreeMap<String, Vec<String>> {
    let is_chunk = |url: &String| site.read(url).contains("<body class=\"chunk\">");
    let pages = site.pages().into_iter().filter(is_chunk);
    pages
        .map(|url| (url.clone(), related(site, &url)))
        .filter(|(_, links)| !links.is_empty())
        .collect()
}

#[test]
fn another_vendors_page_of_the_same_is_offered() {
    let site = library().build();
    let all = all_related(&site);
    assert!(all.len() > 40, "{} pages offer anything", all.len());
    let files = site.files();
    for (url, links) in &all {
        let topic = url.split('/').nth(3).unwrap();
        for link in links {
            assert!(files.contains(link), "{url}: {link} is no file");
            assert!(link.contains(topic), "{url}: {link} is of another topic");
            assert_ne!(url, link);
        }
        let mut once = links.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), links.len(), "{url}: {links:?}");
        let vendor = url.split('/').next().unwrap();
        assert!(links.iter().any(|link| !link.starts_with(vendor)), "{url}: {links:?}");
    }
    let text = mcdewey_tests::html::text(&site.read("acme/acme-suite/v2/snapshots/1/1.html"));
    assert!(text.contains("zeta zeta-suite v2"), "it is said whose a passage is:\n{text}");
}

#[test]
fn where_nothing_is_known_of_meaning_nothing_is_offered() {
    let test = library().file("mcdewey.toml", "semantic = false\n");
    assert_eq!(all_related(&test.build()), BTreeMap::new());
    let small =
        SiteTest::new().file("acme/a.md", "# A\n\nOne.\n").file("acme/b.md", "# B\n\nOne.\n");
    assert_eq!(all_related(&small.build()), BTreeMap::new());
}

/// The chunk pages that differ after another build, which must be what a build from nothing makes of the same records.
fn changed(test: &SiteTest) -> Vec<String> {
    let before = contents(&test.site().folder);
    let after = contents(&test.build().folder);
    let fresh = SiteTest::of(&test.library());
    fresh.record_like(test);
    assert_eq!(differences(&after, &contents(&fresh.build().folder)), Vec::<String>::new());
    fresh.assert_recorded_like(test);
    let mut changed = differences(&before, &after);
    changed.retain(|path| path.ends_with("/1.html") && !path.starts_with("read/"));
    changed
}

#[test]
fn an_edit_changes_the_links_of_no_other_page() {
    let test = library();
    let before = all_related(&test.build());
    let (file, url) = (path("acme", 0, 1), "acme/acme-suite/v2/snapshots/1/1.html");
    let text = page("acme", 0, 1, "");
    test.write(&file, text.replace("Onlyacme01", "Quite another word"));
    assert_eq!(changed(&test), [url]);
    // In a guide of its own, from which every page of the topic would take one if it were asked anew.
    test.write("zeta/zeta-suite/v2/backups/9.md", page("zeta", 0, 9, ""));
    let new = "zeta/zeta-suite/v2/backups/9/1.html";
    assert_eq!(changed(&test), [new], "a new page is no reason to change others");
    assert!(!related(&test.site(), new).is_empty(), "but it offers some itself");
    let after = all_related(&test.site());
    assert!(before.iter().all(|(url, links)| url.contains("snapshots/1/") || after[url] == *links));
}

#[test]
fn a_page_shows_the_titles_that_its_links_have_now() {
    let test = library();
    let before = all_related(&test.build());
    let url = "acme/acme-suite/v2/snapshots/1/1.html";
    let mut showing: Vec<String> = before
        .iter()
        .filter(|(_, links)| links.iter().any(|link| link == url))
        .map(|(page, _)| page.clone())
        .collect();
    assert!(!showing.is_empty(), "nothing leads to {url}");
    test.write(&path("acme", 0, 1), page("acme", 0, 1, " and more"));
    let changed = changed(&test);
    // Pages before and behind it in the guide show its title too.
    let elsewhere = |pages: &[String]| -> Vec<String> {
        pages
            .iter()
            .filter(|page| !page.starts_with("acme/acme-suite/v2/snapshots/"))
            .cloned()
            .collect()
    };
    showing.sort();
    assert_eq!(elsewhere(&changed), elsewhere(&showing));
    for page in showing {
        assert!(test.site().read(&page).contains("Snapshots and more, part 1 of acme"), "{page}");
    }
}

#[test]
fn links_to_what_is_gone_go() {
    let test = library();
    let _ = test.build();
    fs::remove_file(test.library().join(path("acme", 0, 1))).unwrap();
    let _ = changed(&test);
    let all = all_related(&test.site());
    let gone = "acme/acme-suite/v2/snapshots/1/1.html".to_string();
    assert!(all.values().all(|links| !links.contains(&gone)));
    assert!(all.len() > 40, "{} pages offer anything", all.len());
}

#[test]
fn links_lead_to_the_newest_version() {
    let test = library();
    for topic in 0..TOPICS.len() {
        for number in 0..4 {
            let old = path("acme", topic, number).replace("/v2/", "/v1/");
            test.write(&old, page("acme", topic, number, "").replace("keep", "kept"));
        }
    }
    let all = all_related(&test.build());
    assert!(all.keys().any(|url| url.contains("/v1/")), "old pages offer some too");
    assert!(all.values().flatten().all(|link| link.contains("/v2/")));
    for number in 0..4 {
        let new = path("zeta", 0, number).replace("/v2/", "/v3/");
        test.write(&new, page("zeta", 0, number, ""));
    }
    let _ = changed(&test);
    let all = all_related(&test.site());
    assert!(all.values().flatten().all(|link| !link.starts_with("zeta/zeta-suite/v2/")));
}

#[test]
fn all_is_found_anew_when_it_is_asked_for() {
    let test = library();
    let _ = test.build();
    for number in 10..13 {
        test.write(&path("zeta", 0, number), page("zeta", 0, number, ""));
    }
    let _ = test.build();
    assert_eq!(test.try_build(&["--refit"]).code, 0);
    let refitted = contents(&test.site().folder);
    let fresh = SiteTest::of(&test.library());
    let fresh = contents(&fresh.build().folder);
    assert_eq!(
        differences(&refitted, &fresh),
        Vec::<String>::new(),
        "as if there had been no record"
    );
}

#[test]
fn links_outlive_the_loss_of_what_they_were_judged_by() {
    let test = library();
    let before = all_related(&test.build());
    assert!(!before.is_empty());
    let basis = test.folder().join(".site.mcdewey-basis");
    let bytes = fs::read(&basis).unwrap();
    for damaged in [None, Some(&bytes[..bytes.len() - 1])] {
        match damaged {
            Some(bytes) => fs::write(&basis, bytes).unwrap(),
            None => fs::remove_file(&basis).unwrap(),
        }
        assert_eq!(all_related(&test.build()), before);
        assert_eq!(all_related(&test.build()), before, "a second time");
    }
}
