//! Files that are read back whole or not at all: what was fitted, and what follows from it.
//!
//! In: a value and the mark of its kind. Out: a file with a checksum behind it, and the value again. A file that is cut, changed or of another kind is
//! none. Knows no value.

use std::{fs, path::Path};

use anyhow::Result;
use serde::{Serialize, de::DeserializeOwned};
use xxhash_rust::xxh3::xxh3_64;

use crate::output;

/// What a file begins with; its number changes with what is in it.
pub(super) type Mark = [u8; 8];
const CHECKSUM_BYTES: usize = 8;

/// The value in a file, if there is a whole one, and its checksum.
pub(super) fn read<T: DeserializeOwned>(file: &Path, mark: &Mark) -> Option<(T, u64)> {
    let bytes = fs::read(file).ok()?;
    let (body, sum) = bytes.split_last_chunk::<CHECKSUM_BYTES>()?;
    let (body, sum) = (body.strip_prefix(mark)?, u64::from_le_bytes(*sum));
    (xxh3_64(body) == sum).then(|| postcard::from_bytes(body).ok())?.map(|value| (value, sum))
}

/// Writes the file that [`read`] reads; gives its checksum.
pub(super) fn write(file: &Path, mark: &Mark, value: &impl Serialize) -> Result<u64> {
    let body = postcard::to_stdvec(value)?;
    let sum = xxh3_64(&body);
    output::write(file, &[mark.as_slice(), &body, &sum.to_le_bytes()].concat())?;
    Ok(sum)
}
