//! A file for what memory has no room for while an index is merged. It has no name and goes with the process.
//!
//! In: bytes, one after the other. Out: bytes from any offset. Knows nothing of what they mean.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use anyhow::{Context, Result};

pub(crate) struct Scratch {
    file: File,
    end_bytes: AtomicU64,
}

impl Scratch {
    /// A file on the file system of `folder`, which has room for the site itself.
    pub(crate) fn new(folder: &Path) -> Result<Scratch> {
        let file = tempfile::tempfile_in(folder)
            .with_context(|| format!("cannot make a scratch file in {}", folder.display()))?;
        Ok(Scratch { file, end_bytes: AtomicU64::new(0) })
    }

    /// Appends bytes.
    pub(crate) fn put(&self, bytes: &[u8]) -> Result<()> {
        let offset_bytes = self.end_bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.file.write_all_at(bytes, offset_bytes).context("cannot write the scratch file")
    }

    /// Fills `out` with what lies from an offset on.
    pub(crate) fn read(&self, offset_bytes: u64, out: &mut [u8]) -> Result<()> {
        self.file.read_exact_at(out, offset_bytes).context("cannot read the scratch file")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_from_any_offset() {
        let scratch = Scratch::new(&std::env::temp_dir()).unwrap();
        scratch.put(b"one").unwrap();
        scratch.put(b"three").unwrap();
        let mut out = [0; 4];
        scratch.read(2, &mut out).unwrap();
        assert_eq!(&out, b"ethr");
        assert!(scratch.read(5, &mut out).is_err());
    }
}
