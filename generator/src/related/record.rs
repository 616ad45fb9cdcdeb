//! Which passages were related before: recorded beside the site, an input of the next build like the library itself.
//!
//! In: the file of a former build, for the very same basis. Out: the lists by passage; the file for the next build. A file that is cut,
//! changed or of another basis is none. Knows neither what a passage says nor whether what a list names is still there.

use std::{fs, io::Read, path::Path};

use anyhow::Result;
use xxhash_rust::xxh3::xxh3_64;

use crate::output;

/// So many links a page shows at most.
pub(crate) const LINKS_MAX: usize = 5;
/// What the file begins with; the number changes with what is in it.
const MARK: &[u8; 8] = b"MDWYREL1";
/// A passage and its list, each a number of eight bytes.
const ENTRY_BYTES: usize = 8 * (1 + LINKS_MAX);

/// The addresses of chunks, nearest first; 0 where there are no more.
pub(crate) type List = [u64; LINKS_MAX];

/// The basis that a file's lists belong to, if it is one.
pub(super) fn basis_of(file: &Path) -> Option<u64> {
    let mut head = [0; 16];
    fs::File::open(file).ok()?.read_exact(&mut head).ok()?;
    head.strip_prefix(MARK)?.try_into().ok().map(u64::from_le_bytes)
}

/// The lists of a file for this basis, by passage; none where there are none.
pub(super) fn read(file: &Path, basis: u64) -> Option<Vec<(u64, List)>> {
    let bytes = fs::read(file).ok()?;
    let (body, sum) = bytes.split_last_chunk::<8>()?;
    if xxh3_64(body).to_le_bytes() != *sum {
        return None;
    }
    let entries = body.strip_prefix(MARK)?.strip_prefix(&basis.to_le_bytes())?;
    let (entries, rest) = entries.as_chunks::<ENTRY_BYTES>();
    rest.is_empty().then(|| entries.iter().map(entry).collect())
}

fn entry(bytes: &[u8; ENTRY_BYTES]) -> (u64, List) {
    let mut numbers = bytes.as_chunks::<8>().0.iter().map(|number| u64::from_le_bytes(*number));
    let mut number = || numbers.next().unwrap_or_default();
    (number(), std::array::from_fn(|_| number()))
}

/// Writes the file that [`read`] reads; the lists come in order of passages.
pub(super) fn write(file: &Path, basis: u64, lists: &[(u64, List)]) -> Result<()> {
    let mut bytes = Vec::with_capacity(24 + lists.len() * ENTRY_BYTES);
    bytes.extend_from_slice(MARK);
    bytes.extend(basis.to_le_bytes());
    for (passage, list) in lists {
        bytes.extend(passage.to_le_bytes());
        list.iter().for_each(|url| bytes.extend(url.to_le_bytes()));
    }
    let sum = xxh3_64(&bytes);
    bytes.extend(sum.to_le_bytes());
    output::record(file, &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_back_for_their_basis_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("related");
        let lists = [(1, [1, 2, 3, 4, 5]), (u64::MAX, [7, 0, 0, 0, 0])];
        write(&file, 9, &lists).unwrap();
        assert_eq!(read(&file, 9).unwrap(), lists);
        assert_eq!((read(&file, 8), basis_of(&file)), (None, Some(9)));
        let bytes = fs::read(&file).unwrap();
        for cut in 0..bytes.len() {
            fs::write(&file, &bytes[..cut]).unwrap();
            assert_eq!(read(&file, 9), None, "{cut}");
        }
    }
}
