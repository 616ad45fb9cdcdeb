//! `mcdewey index-stats`: every byte of the index is told, once.

use mcdewey_tests::{Site, SiteTest, run};
use serde_json::Value;

fn sum(rows: &Value, field: &str) -> u64 {
    rows.as_array().unwrap().iter().map(|row| row[field].as_u64().unwrap()).sum()
}

/// The figures of a site, which must tell of all files of its index.
fn stats(site: &Site) -> Value {
    let folder = site.folder.display().to_string();
    let ran = run(&["index-stats", &folder, "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let stats: Value = serde_json::from_str(&ran.out).expect("one object");
    let mut files = site.files();
    files.retain(|file| file.starts_with("search/"));
    let bytes = |file: &String| std::fs::metadata(site.folder.join(file)).unwrap().len();
    assert_eq!(sum(&stats["parts"], "files"), files.len() as u64, "{stats:#}");
    assert_eq!(sum(&stats["parts"], "stored_bytes"), files.iter().map(bytes).sum::<u64>());
    stats
}

#[test]
fn names_with_a_shard_of_their_own_are_told() {
    let test = SiteTest::new();
    for number in 0..64 {
        test.write(
            &format!("acme/a-product-of-number-{number}/v1/guide.md"),
            "# Anvil\n\nHeavy.\n",
        );
    }
    let site = test.build();
    assert!(site.files().iter().any(|file| file.starts_with("search/c/")));
    stats(&site);
}

#[test]
fn parts_add_up_to_the_files() {
    let test = SiteTest::example();
    let stats = stats(&test.build());
    let words = stats["parts"].as_array().unwrap().iter().find(|part| part["name"] == "words");
    let streams = sum(&stats["streams"], "raw_bytes");
    let raw = words.unwrap()["raw_bytes"].as_u64().unwrap();
    assert!(streams < raw && raw < streams + streams / 20, "{stats:#}");
    assert_eq!(stats["chunks"], test.try_build(&[]).count("chunks"));
}

#[test]
fn people_get_columns() {
    let test = SiteTest::example();
    let folder = test.build().folder.display().to_string();
    let ran = run(&["index-stats", &folder]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in
        ["chunks, ", "stored bytes", "texts", "root", "payloads", "addresses", "largest terms"]
    {
        assert!(ran.out.contains(part), "{part} is missing:\n{}", ran.out);
    }
    run(&["index-stats", &test.library().display().to_string()]).assert_fails(1, &["not a site"]);
}
