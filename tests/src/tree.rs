//! Folders as values: which files they hold, whether two are alike.
//!
//! In: folders. Out: sorted paths, copies, differences. Knows nothing of what the files mean.

use std::{fs, path::Path};

/// The paths of all files below a folder, parts joined by `/`, sorted.
#[must_use]
pub fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    collect(folder, "", &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, before: &str, found: &mut Vec<String>) {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries.map(|entry| entry.expect("a folder can be read to its end")) {
        let path = format!("{before}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => collect(&entry.path(), &format!("{path}/"), found),
            false => found.push(path),
        }
    }
}

/// Copies all files of a folder.
pub fn copy(from: &Path, to: &Path) {
    for path in files(from) {
        let file = to.join(&path);
        fs::create_dir_all(file.parent().expect("a file lies in a folder"))
            .expect("folders can be made");
        fs::copy(from.join(&path), file).expect("a file can be copied");
    }
}

/// All files of a folder with their bytes.
pub type Contents = Vec<(String, Vec<u8>)>;

#[must_use]
pub fn contents(folder: &Path) -> Contents {
    let read = |path: String| {
        let bytes = fs::read(folder.join(&path)).expect("a listed file can be read");
        (path, bytes)
    };
    files(folder).into_iter().map(read).collect()
}

/// The paths that stand in one of two folders only or with other bytes.
#[must_use]
pub fn differences(one: &Contents, other: &Contents) -> Vec<String> {
    let missing = |left: &Contents, right: &Contents| -> Vec<String> {
        let lacks = |file: &&(String, Vec<u8>)| right.binary_search(file).is_err();
        left.iter().filter(lacks).map(|(path, _)| path.clone()).collect()
    };
    let mut paths = [missing(one, other), missing(other, one)].concat();
    paths.sort();
    paths.dedup();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_found_on_both_sides() {
        let folder = |files: &[(&str, &str)]| -> Contents {
            files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect()
        };
        let one = folder(&[("a", "1"), ("b", "2"), ("c", "3")]);
        let other = folder(&[("a", "1"), ("b", "9"), ("d", "4")]);
        assert_eq!(differences(&one, &other), ["b", "c", "d"]);
        assert!(differences(&one, &one).is_empty());
    }
}
