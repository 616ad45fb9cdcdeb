//! What a source's text is, in one number: the same number stands for the same text.
//!
//! In: bytes, or a source that is read for them. Out: a hash. Knows no parser.

use std::fs;

use anyhow::{Context, Result};
use xxhash_rust::xxh3::Xxh3;

use crate::{
    library::{Line, Origin, Source},
    work,
};

/// The text of a source as it stands in the library now.
pub(super) fn of(source: &Source) -> Result<u128> {
    match &source.origin {
        Origin::File { disk, .. } => {
            let bytes =
                fs::read(disk).with_context(|| format!("cannot read {}", disk.display()))?;
            Ok(of_file(&bytes, work::side_file(disk)?.as_deref()))
        }
        Origin::Document { line, .. } => Ok(of_lines("", &[*line])),
        Origin::Records { name, lines, .. } => Ok(of_lines(name, lines)),
    }
}

/// A file and what lies beside it.
pub(crate) fn of_file(bytes: &[u8], side: Option<&[u8]>) -> u128 {
    let mut hash = Xxh3::new();
    hash.update(&(bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
    if let Some(side) = side {
        hash.update(&[1]);
        hash.update(side);
    }
    hash.digest128()
}

/// Lines of a file of records: their numbers are shown, so they count.
pub(crate) fn of_lines(file: &str, lines: &[Line]) -> u128 {
    let mut hash = Xxh3::new();
    for line in lines {
        hash.update(&line.number.to_le_bytes());
        hash.update(&line.hash.to_le_bytes());
    }
    hash.update(file.as_bytes());
    hash.digest128()
}
