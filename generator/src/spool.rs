//! The file in which sources wait for the merge, and which the next build reads again.
//!
//! In: blobs, from any thread. Out: each blob by its slot. Keeps what sources yield out of memory until the merge reads it in
//! the library's order. Blobs are only ever appended, so a build that is killed leaves those that were there; a blob that is
//! not what was put there is [`Damaged`]. Knows nothing of what blobs hold.

use std::{
    fmt,
    fs::File,
    os::unix::fs::FileExt,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use anyhow::{Context, Result};
use search::Kept;
use serde::{Deserialize, Serialize};

pub(crate) struct Spool {
    file: File,
    end_bytes: AtomicU64,
}

/// Where a blob lies, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Slot {
    offset_bytes: u64,
    length_bytes: usize,
    /// Of the blob's bytes: two slots of one hash hold the same.
    pub(crate) hash: u64,
}

/// The file does not hold what was put there.
#[derive(Debug)]
pub(crate) struct Damaged;

impl fmt::Display for Damaged {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("the cache is damaged")
    }
}

impl std::error::Error for Damaged {}

impl Spool {
    /// An empty file.
    pub(crate) fn create(path: &Path) -> Result<Spool> {
        let file = File::options().create(true).truncate(true).read(true).write(true).open(path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Spool { file, end_bytes: AtomicU64::new(0) })
    }

    /// A file of which a former build knew so many bytes; what stands behind them is written over.
    pub(crate) fn open(path: &Path, end_bytes: u64) -> Result<Spool> {
        let file = File::options().read(true).write(true).open(path)?;
        match file.metadata()?.len() >= end_bytes {
            true => Ok(Spool { file, end_bytes: AtomicU64::new(end_bytes) }),
            false => Err(Damaged.into()),
        }
    }

    pub(crate) fn put(&self, blob: &[u8]) -> Result<Slot> {
        let offset_bytes = self.end_bytes.fetch_add(blob.len() as u64, Ordering::Relaxed);
        self.file.write_all_at(blob, offset_bytes).context("cannot write the cache")?;
        let hash = xxhash_rust::xxh3::xxh3_64(blob);
        Ok(Slot { offset_bytes, length_bytes: blob.len(), hash })
    }

    pub(crate) fn get(&self, slot: Slot) -> Result<Vec<u8>> {
        let is_inside = |end: u64| end <= self.end_bytes();
        let end = slot.offset_bytes.checked_add(slot.length_bytes as u64);
        end.filter(|end| is_inside(*end)).ok_or(Damaged)?;
        let mut blob = vec![0; slot.length_bytes];
        self.file.read_exact_at(&mut blob, slot.offset_bytes).map_err(|_| Damaged)?;
        match xxhash_rust::xxh3::xxh3_64(&blob) == slot.hash {
            true => Ok(blob),
            false => Err(Damaged.into()),
        }
    }

    pub(crate) fn end_bytes(&self) -> u64 {
        self.end_bytes.load(Ordering::Relaxed)
    }
}

impl Slot {
    /// No two blobs that hold anything lie at one place.
    pub(crate) fn offset_bytes(self) -> u64 {
        self.offset_bytes
    }

    pub(crate) fn length_bytes(self) -> u64 {
        self.length_bytes as u64
    }
}

/// The index names what is kept for it in its own words.
impl From<Slot> for Kept {
    fn from(slot: Slot) -> Kept {
        let Slot { offset_bytes, length_bytes, hash } = slot;
        Kept { first_byte: offset_bytes, bytes: length_bytes as u64, hash }
    }
}

impl From<Kept> for Slot {
    fn from(kept: Kept) -> Slot {
        let Kept { first_byte, bytes, hash } = kept;
        Slot { offset_bytes: first_byte, length_bytes: bytes as usize, hash }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spool");
        let spool = Spool::create(&path).unwrap();
        let slots: Vec<Slot> =
            [b"one".as_slice(), b"", b"three"].map(|b| spool.put(b).unwrap()).into();
        let again = Spool::open(&path, spool.end_bytes()).unwrap();
        let four = again.put(b"four").unwrap();
        for (slot, text) in [(slots[2], "three"), (slots[0], "one"), (slots[1], ""), (four, "four")]
        {
            assert_eq!(again.get(slot).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn what_was_not_put_there_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spool");
        let slot = Spool::create(&path).unwrap().put(b"one").unwrap();
        std::fs::write(&path, "two").unwrap();
        assert!(Spool::open(&path, 3).unwrap().get(slot).unwrap_err().is::<Damaged>());
        assert!(Spool::open(&path, 4).err().unwrap().is::<Damaged>());
        let far = Slot { offset_bytes: u64::MAX, ..slot };
        assert!(Spool::open(&path, 3).unwrap().get(far).unwrap_err().is::<Damaged>());
    }
}
