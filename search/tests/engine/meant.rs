//! What a query means beside what it says: mistyped words, and the names of products and versions.

use search::*;

use crate::library::*;

fn guides() -> Vec<(&'static str, Vec<Vec<Passage>>)> {
    let passage = |title: &str, body: &str| (title.to_string(), vec![], body.to_string());
    let of = |version: &str| {
        vec![vec![
            passage(
                "Snapshots",
                &format!("Restore a snapshot of the database, as {version} does."),
            ),
            passage("Restore", "The restore of a snapshot takes a while."),
        ]]
    };
    vec![
        ("C/etcd/v3.5/g", of("this one")),
        ("C/etcd/v3.4/g", of("that one")),
        ("C/longhorn/v1.2/g", of("another product")),
    ]
}

fn words(answer: &Answer) -> Vec<(&str, bool, Vec<&str>)> {
    answer
        .words
        .iter()
        .map(|word| (&*word.text, word.found, word.meant.iter().map(String::as_str).collect()))
        .collect()
}

fn check(text: &str, expected: &[(&str, bool, &[&str])]) {
    let library = build(&guides(), 1000);
    let answer = library.ask(&query(text));
    let expected: Vec<_> =
        expected.iter().map(|(text, found, meant)| (*text, *found, meant.to_vec())).collect();
    assert_eq!(words(&answer), expected, "{text}");
    assert!(!answer.hits.is_empty(), "{text}");
}

#[test]
fn mistyped_words_are_taken_for_the_nearest_and_said() {
    check("restore snapshot ", &[("restore", true, &[]), ("snapshot", true, &[])]);
    check("restore snpashot ", &[("restore", true, &[]), ("snpashot", false, &["snapshot"])]);
    check(
        "xestore snapsot ",
        &[("xestore", false, &["restore"]), ("snapsot", false, &["snapshot"])],
    );
    check("restroe zebras ", &[("restroe", false, &["restore"]), ("zebras", false, &[])]);
}

#[test]
fn a_word_is_two_words_or_mistyped_as_more_passages_have_it() {
    let said = |words: &str, times: usize| {
        let passage = |at| (format!("Page {words} {at}"), vec![], format!("{words} number{at}"));
        (0..times).map(passage).collect::<Vec<Passage>>()
    };
    let passages = [said("snap a shoot", 4), said("recycle a bin", 4), said("snapshot", 6)];
    let library = build(&[("acme/tools/v1/g", vec![passages.concat()])], 1000);
    for (text, meant) in [("snapshoot ", "snapshot"), ("recyclebin ", "recycle bin")] {
        let answer = library.ask(&query(text));
        assert_eq!(words(&answer), [(text.trim(), false, vec![meant])]);
    }
}

#[test]
fn one_word_typed_as_two_is_found_as_one() {
    let passage =
        |(title, body): (&str, &str)| (title.to_string(), vec![], format!("{body} {title}."));
    let passages = [
        ("Tuning", "The heartbeat interval"),
        ("Leader", "It sends a heartbeat."),
        ("Followers", "They wait for a heartbeat."),
        ("Bread", "It is hard to heat."),
        ("Disks", "Hardware that fails."),
        ("Racks", "Where hardware stands."),
        ("Fans", "Hardware that turns."),
        ("Headers", "What is precompiled is fast."),
        ("Before", "What was compiled pre and post, compiled twice, pre and post."),
    ];
    let library = build(&[("acme/tools/v1/g", vec![passages.map(passage).to_vec()])], 1000);
    let check = |text: &str, expected: &[(&str, bool, &[&str])], first: &str| {
        let answer = library.ask(&query(text));
        let expected: Vec<_> =
            expected.iter().map(|(text, found, meant)| (*text, *found, meant.to_vec())).collect();
        assert_eq!(words(&answer), expected, "{text}");
        assert_eq!(answer.hits[0].record.title, first, "{text}");
    };
    let beat: &[&str] = &["heartbeat"];
    check(
        "heart beat interval ",
        &[("heart", false, beat), ("beat", false, beat), ("interval", true, &[])],
        "Tuning",
    );
    check("heart-beat interval ", &[("heart-beat", true, &[]), ("interval", true, &[])], "Tuning");
    check(
        "hard ware racks ",
        &[("hard", true, &[]), ("ware", false, &["hardware"]), ("racks", true, &[])],
        "Racks",
    );
    let answer = library.ask(&query("pre-compiled "));
    assert!(answer.hits.iter().any(|hit| hit.record.title == "Headers"));
}

#[test]
fn a_mistyped_word_is_marked_as_it_was_meant() {
    let answer = build(&guides(), 1000).ask(&query("snpashot "));
    let marked: Vec<&str> = answer.hits[0]
        .snippet
        .iter()
        .filter(|piece| piece.marked)
        .map(|piece| piece.text.as_str())
        .collect();
    assert_eq!(marked, ["snapshot"]);
}

/// The first hit and how many there are.
fn first(text: &str) -> (String, usize) {
    let answer = build(&guides(), 1000).ask(&query(text));
    (answer.hits[0].record.place.id.clone(), answer.hits.len())
}

#[test]
fn products_and_versions_that_are_named_come_first() {
    assert!(first("restore snapshot ").0.starts_with("C/etcd/v3.5/"));
    assert!(first("longhorn snapshot database ").0.starts_with("C/longhorn/v1.2/"));
    assert!(first("etcd 3.4 snapshot database ").0.starts_with("C/etcd/v3.4/"));
    assert!(first("v3.4 snapshot database ").0.starts_with("C/etcd/v3.4/"));
    assert!(first("longhorn 3.4 snapshot database ").0.starts_with("C/longhorn/"));
    assert!(
        first("etcd 3.4 restore takes while ").0.starts_with("C/etcd/v3.4/"),
        "shared passages too"
    );
}
