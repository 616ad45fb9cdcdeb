//! Writes hostile texts for figures: `hostile-library FOLDER BYTES [KIND]`; without a kind the whole library, and
//! `hostile-library kinds` lists them.

use std::{env, fs, path::PathBuf};

use mcdewey_tests::hostile;

fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["kinds"] => {
            hostile::sizes::KINDS.iter().for_each(|(name, _)| println!("{name}"));
        }
        [folder, bytes] => hostile::write(&PathBuf::from(folder), number(bytes)),
        [folder, bytes, kind] => one(&PathBuf::from(folder), number(bytes), kind),
        _ => panic!("usage: hostile-library FOLDER BYTES [KIND]"),
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number of bytes")
}

fn one(folder: &std::path::Path, bytes: usize, kind: &str) {
    let (name, make) =
        hostile::sizes::KINDS.iter().find(|(name, _)| *name == kind).expect("a kind");
    let folder = folder.join("acme/anvil/v1/sizes");
    fs::create_dir_all(&folder).expect("folders can be made");
    fs::write(folder.join(format!("{name}.md")), make(bytes)).expect("a file can be written");
}
