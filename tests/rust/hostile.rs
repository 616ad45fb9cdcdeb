//! A hostile library: everything that a disk may hold under a guide's name. Nothing panics, nothing is lost
//! without a word, no two texts share an address, no link of the pages is broken.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use mcdewey_tests::{Ran, Site, SiteTest, hostile, html, pages::Pages, project, tree};

/// Small enough for every run; `tests/measure` takes the full size.
const SIZE_BYTES: usize = 40_000;
const DOCUMENTS: [&str; 4] = [".md", ".markdown", ".mdx", ".txt"];

struct Built {
    test: SiteTest,
    ran: Ran,
    warnings: String,
}

fn built() -> Built {
    let test = SiteTest::new();
    hostile::write(&test.library(), SIZE_BYTES);
    let file = test.folder().join("warnings");
    let ran = test.try_build(&["--warnings", file.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    let warnings = fs::read_to_string(file).unwrap();
    Built { test, ran, warnings }
}

/// The committed inputs of the fuzzer (`tests/fuzz`): the first byte says by which name a source is read.
#[test]
fn what_fuzzing_led_to_becomes_a_site() {
    let test = SiteTest::new();
    test.write("mcdewey.toml", "[chunks]\nwords_low = 3\nwords_high = 8\nwords_page = 10\n");
    let corpus = project().join("generator/fuzz/corpus/markdown");
    let inputs = fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().path());
    let mut count = 0;
    for (at, input) in inputs.enumerate() {
        let bytes = fs::read(input).unwrap();
        let extension = ["md", "txt", "json"][usize::from(bytes[0]) % 3];
        test.write(&format!("acme/anvil/v1/fuzz/{at}.{extension}"), &bytes[1..]);
        count += 1;
    }
    assert!(count > 10, "{} is empty", corpus.display());
    let ran = test.try_build(&[]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
}

#[test]
fn a_hostile_library_becomes_a_whole_site() {
    let Built { test, ran, warnings } = built();
    let site = test.site();
    every_address_is_plain(&site);
    let shown = sources(&site);
    no_page_took_anothers_place(&ran, &site, &shown);
    no_document_is_lost(&test.library(), &shown, &warnings);
    let mut broken = Pages::of(&site).broken();
    // An author may name a heading that is not there; the page is.
    broken.retain(|why| !(why.contains("#h-") && why.ends_with("no such anchor")));
    assert!(
        broken.is_empty(),
        "{} broken links:\n{}",
        broken.len(),
        broken[..broken.len().min(50)].join("\n")
    );
}

#[test]
fn it_is_the_same_site_with_any_number_of_threads() {
    let test = SiteTest::new();
    hostile::write(&test.library(), SIZE_BYTES / 10);
    let build = |jobs| {
        assert_eq!(test.try_build(&["--jobs", jobs]).code, 0);
        tree::contents(&test.site().folder)
    };
    assert_eq!(tree::differences(&build("1"), &build("3")), Vec::<String>::new());
}

fn every_address_is_plain(site: &Site) {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'/');
    let odd: Vec<String> = site
        .files()
        .into_iter()
        .filter(|url| url != ".mcdewey")
        .filter(|url| !url.bytes().all(allowed) || url.split('/').any(|part| part.starts_with('.')))
        .collect();
    assert!(odd.is_empty(), "{odd:?}");
}

/// For each source the reading views that its chunk pages lead to.
fn sources(site: &Site) -> BTreeMap<String, BTreeSet<String>> {
    let mut sources: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for url in site.pages() {
        let page = site.read(&url);
        if page.contains("<body class=\"chunk\">") {
            let source = html::text(html::held(&page, "source", "</td>"));
            let folder = url.rsplit_once('/').expect("a chunk lies in a folder").0;
            sources.entry(source).or_default().insert(folder.to_string());
        }
    }
    sources
}

fn no_page_took_anothers_place(ran: &Ran, site: &Site, shown: &BTreeMap<String, BTreeSet<String>>) {
    let is_chunk = |url: &String| site.read(url).contains("<body class=\"chunk\">");
    let chunks = site.pages().iter().filter(|url| is_chunk(url)).count();
    assert_eq!(ran.count("chunks"), chunks as u64, "a chunk's page was written over");
    let stems: BTreeSet<&String> = shown.values().flatten().collect();
    assert_eq!(ran.count("sources"), stems.len() as u64, "two sources share their addresses");
    let unread: Vec<_> = stems
        .iter()
        .filter(|stem| !site.folder.join(format!("read/{stem}.html")).is_file())
        .collect();
    assert!(unread.is_empty(), "no reading view: {unread:?}");
}

/// Names that are no UTF-8 are shown with the replacement character, so several files may be shown under one.
fn no_document_is_lost(library: &Path, shown: &BTreeMap<String, BTreeSet<String>>, warnings: &str) {
    let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
    for path in documents(library) {
        *wanted.entry(path).or_default() += 1;
    }
    assert!(wanted.len() > 150, "the library holds {} documents only", wanted.len());
    let is_named =
        |path: &str| warnings.contains(&path.replace(['\n', '\r'], " ")) || warnings.contains(path);
    let lost: Vec<_> = wanted
        .iter()
        .filter(|(path, count)| {
            shown.get(*path).map_or(0, BTreeSet::len) < **count
                && !is_left_out(path, warnings, is_named)
        })
        .collect();
    assert!(lost.is_empty(), "{} lost without a word: {lost:?}\n{warnings}", lost.len());
}

fn is_left_out(path: &str, warnings: &str, is_named: impl Fn(&str) -> bool) -> bool {
    // A folder that is left out takes what lies in it along.
    let mut folders = path.match_indices('/').map(|(at, _)| &path[..at]);
    is_named(path) && warnings.contains("left out")
        || folders.any(|folder| warnings.contains(&format!("left out of the site: {folder}:")))
}

/// The documents of a library by their own account: no symbolic link is followed.
fn documents(library: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![(library.to_path_buf(), String::new())];
    while let Some((folder, before)) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = format!("{before}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type().unwrap();
            let is_document = || DOCUMENTS.iter().any(|end| path.to_lowercase().ends_with(end));
            if kind.is_dir() {
                waiting.push((entry.path(), format!("{path}/")));
            } else if kind.is_file() && is_document() {
                found.push(path);
            }
        }
    }
    found
}
