//! The page that McDewey descends from: a chunk record "Page 107" keeps its page, source, chunk_id and
//! every word, is the first hit for what it is about, and stands in its reading view.
//!
//! The records in `cases/seed` are of our own. Where the original lies beside the project (`../shared`),
//! it is built too, together with a library of paged guides.

use std::{fs, path::PathBuf, process::Command};

use mcdewey_tests::{Site, SiteTest, html, project, string};
use serde_json::{Value, json};

const ID: &str = "finesse::v12.5::developer-guide::developer-guide::91";
const SOURCE: &str = "finesse/v12.5/developer-guide/developer-guide.md";
const URL: &str = "finesse/v12.5/developer-guide/developer-guide/91.html";
const READING_URL: &str = "read/finesse/v12.5/developer-guide/developer-guide.html";

#[test]
fn our_own_page_107() {
    let records = fs::read_to_string(project().join("tests/cases/seed/records.jsonl")).unwrap();
    let record = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    let seed = records.lines().map(record).find(|record| record["chunk_id"] == ID).unwrap();
    let site = SiteTest::example().file("finesse.jsonl", &records).build();
    assert_seed(&site, seed["text"].as_str().unwrap());
    let reading = site.read(READING_URL);
    let place = |anchor: &str| reading.find(&format!("id=\"{anchor}\"")).unwrap();
    assert!(
        place("c-90") < place("c-91") && place("c-91") < place("c-92"),
        "sections stand in the file's order"
    );
}

#[test]
fn the_original_page_107_among_paged_guides() {
    let shared = project().join("../shared");
    let (page, data) = (shared.join("seed/page-107.txt"), shared.join("data/paged.tar.xz"));
    if !page.is_file() || !data.is_file() {
        println!("the original does not lie beside the project; only our own page is tested");
        return;
    }
    let text = seed_text(&fs::read_to_string(page).unwrap());
    let test = SiteTest::of(&unpacked(&data).1);
    let record = json!({"chunk_id": ID, "source": SOURCE, "page": 107, "text": text});
    test.write("finesse.jsonl", record.to_string());
    let site = test.build();
    assert_seed(&site, &text);
}

/// What follows the table of the page.
fn seed_text(page: &str) -> String {
    let (_, text) = page.split_once(ID).expect("the page tells its chunk_id");
    text.trim().to_string()
}

/// The folder `paged` of a tarball, and what keeps it alive.
fn unpacked(tarball: &PathBuf) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let status = Command::new("tar").arg("-xJf").arg(tarball).arg("-C").arg(folder.path()).status();
    assert!(status.is_ok_and(|status| status.success()), "tar cannot unpack {}", tarball.display());
    let paged = folder.path().join("paged");
    (folder, paged)
}

fn assert_seed(site: &Site, text: &str) {
    assert!(
        text.contains("https://<FQDN>/finesse/api/Dialog/<dialogId>"),
        "the case lost its point"
    );
    let page = site.read(URL);
    assert_eq!(html::held(&page, "page", "</td>"), "107");
    assert_eq!(html::held(&page, "source", "</td>"), SOURCE);
    assert_eq!(html::held(&page, "chunk-id", "</td>"), ID);
    assert!(html::text(&page).contains(" Page 107 "), "the page is headed by its number");
    assert_holds(html::held(&page, "text", "</article>"), text);
    assert_holds(html::held(&site.read(READING_URL), "c-91", "</section>"), text);
    assert!(page.contains("developer-guide.html#c-91\">↗ View in doc context</a>"));
    assert!(site.read(READING_URL).contains("id=\"page-107\""));
    assert_first(site);
}

/// Every word of the text, in its order: tags may part it, but nothing may be missing.
fn assert_holds(html: &str, text: &str) {
    let letters = |text: &str| text.split_whitespace().collect::<String>();
    let (shown, meant) = (letters(&html::text(html)), letters(text));
    assert!(shown.contains(&meant), "shown:\n{shown}\nmeant:\n{meant}");
}

fn assert_first(site: &Site) {
    let hits = site.search(&["send", "DTMF", "string"]);
    let first = &hits[0];
    assert_eq!(string(first, "chunk_id"), ID, "{hits:#?}");
    assert_eq!(first["page"], 107);
    assert_eq!(string(first, "source"), SOURCE);
    assert_eq!(string(first, "url"), URL);
    assert!(string(first, "snippet").contains("DTMF"), "{first}");
}
