//! A damaged index, natively: every missing, cut, changed, swapped or stale file is found and told; there
//! is never a panic and never an answer that is not the undamaged one.

use std::fs;

use mcdewey_tests::{Ran, Site, SiteTest, tree};

const QUESTION: [&str; 3] = ["--json", "snapshot", "restore"];

/// A site, its undamaged answer, and the files of its index.
struct Index {
    site: Site,
    answer: String,
    files: Vec<String>,
}

impl Index {
    fn new() -> Index {
        let site = SiteTest::example().build();
        let answer = site.try_search(&QUESTION).out;
        assert!(answer.lines().count() > 3, "the question has answers:\n{answer}");
        let files = tree::files(&site.folder.join("search"));
        assert!(files.contains(&"root.js".to_string()) && files.len() > 3, "{files:?}");
        Index { site, answer, files }
    }

    /// Puts other bytes (or none) in the place of a file, asks, and puts the file back.
    fn ask_with(&self, file: &str, bytes: Option<&[u8]>) -> Ran {
        let path = self.site.folder.join("search").join(file);
        let whole = fs::read(&path).unwrap();
        match bytes {
            Some(bytes) => fs::write(&path, bytes).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        let ran = self.site.try_search(&QUESTION);
        fs::write(&path, whole).unwrap();
        ran
    }

    fn bytes(&self, file: &str) -> Vec<u8> {
        fs::read(self.site.folder.join("search").join(file)).unwrap()
    }

    /// The files without which the question has no answer.
    fn needed(&self) -> Vec<String> {
        let missing = |file: &&String| self.ask_with(file, None).out != self.answer;
        self.files.iter().filter(missing).cloned().collect()
    }

    /// The answer is the undamaged one, or there is an error that names the file or the index.
    fn check(&self, ran: &Ran, what: &str) -> bool {
        assert!(!ran.err.contains("panicked"), "{what}: {}", ran.err);
        if ran.code == 0 && ran.out == self.answer {
            return false;
        }
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (1, ""),
            "{what} gave another answer: {}",
            ran.err
        );
        assert!(ran.err.contains("mcdewey: ") && ran.err.contains("search"), "{what}: {}", ran.err);
        true
    }
}

#[test]
fn missing_files_are_named() {
    let index = Index::new();
    let needed = index.needed();
    for kind in ["root", "w/", "t/"] {
        assert!(needed.iter().any(|file| file.starts_with(kind)), "no {kind} among {needed:?}");
    }
    for file in needed {
        let ran = index.ask_with(&file, None);
        assert!(index.check(&ran, &file));
        assert!(ran.err.contains(&file), "{file} is not named: {}", ran.err);
    }
}

#[test]
fn files_cut_short_are_found() {
    let index = Index::new();
    for file in index.needed() {
        let whole = index.bytes(&file);
        for length in [0, 1, 10, whole.len() / 2, whole.len() - 3, whole.len() - 1] {
            let ran = index.ask_with(&file, Some(&whole[..length]));
            assert!(
                index.check(&ran, &format!("{file} cut at {length}")),
                "{file} cut at {length} passed for whole"
            );
        }
    }
}

#[test]
fn changed_bytes_never_change_an_answer() {
    let index = Index::new();
    for file in index.needed() {
        let whole = index.bytes(&file);
        let found = (0..40).filter(|turn| {
            let at = whole.len() * turn / 40 + turn % 7;
            let mut changed = whole.clone();
            changed[at.min(whole.len() - 1)] ^= 1 << (turn % 8);
            let ran = index.ask_with(&file, Some(&changed));
            index.check(&ran, &format!("{file} changed at {at}"))
        });
        let found = found.count();
        assert!(found >= 38, "{file}: only {found} of 40 changes were found");
    }
}

#[test]
fn swapped_files_are_found() {
    let index = Index::new();
    for file in index.needed() {
        for other in index.files.iter().filter(|other| **other != file).take(6) {
            let ran = index.ask_with(&file, Some(&index.bytes(other)));
            assert!(index.check(&ran, &format!("{other} in the place of {file}")));
        }
    }
}

#[test]
fn a_root_of_another_build_is_found() {
    let index = Index::new();
    let other = SiteTest::example()
        .file("acme/anvil/v1/a.md", "# Anvil\n\nA snapshot of an anvil, to restore it.\n");
    let root = fs::read(other.build().folder.join("search/root.js")).unwrap();
    assert!(index.check(&index.ask_with("root.js", Some(&root)), "a stale root"));
}

#[test]
fn a_page_of_a_host_is_no_index() {
    let index = Index::new();
    let page = b"<!doctype html><title>Not found</title>";
    for file in index.needed() {
        assert!(index.check(&index.ask_with(&file, Some(page)), &file));
    }
}
