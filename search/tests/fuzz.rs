//! The committed corpora of the fuzzer, replayed: what once led anywhere new, or nowhere good, is read without a panic.
//!
//! `FUZZ_SEEDS=FOLDER cargo test -p mcdewey-search --test fuzz` writes the inputs that fuzzing starts from, a folder for each target.

use std::fs;
use std::path::{Path, PathBuf};

#[path = "../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "a crate of its own to the fuzzer")]
mod fuzz;

/// A folder's files, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|_| panic!("no {}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn the_corpora_are_read_without_a_panic() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (name, target) in fuzz::TARGETS {
        let inputs = files(&corpora.join(name));
        assert!(!inputs.is_empty(), "the corpus of {name} is empty");
        for input in inputs {
            println!("{}", input.display());
            target(&fs::read(&input).unwrap());
        }
    }
}

#[test]
fn the_first_inputs_are_read_without_a_panic() {
    let folder = std::env::var_os("FUZZ_SEEDS").map(PathBuf::from);
    let seeds = fuzz::index::seeds();
    for (name, _) in fuzz::TARGETS {
        assert!(seeds.iter().any(|(target, _)| target == name), "nothing to begin {name} with");
    }
    for (at, (name, bytes)) in seeds.into_iter().enumerate() {
        let (_, target) = fuzz::TARGETS.iter().find(|(known, _)| *known == name).unwrap();
        target(&bytes);
        if let Some(folder) = folder.as_ref().map(|folder| folder.join(name)) {
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(format!("seed-{at:03}")), bytes).unwrap();
        }
    }
}
