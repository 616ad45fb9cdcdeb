//! A scratch file for what is needed again in another order.
//!
//! In: blobs, from any thread. Out: each blob by its slot. Keeps what sources yield out of memory
//! until the merge reads it in the library's order. The file has no name and goes with the process.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use anyhow::{Context, Result};

pub(crate) struct Spool {
    file: File,
    end_bytes: AtomicU64,
}

/// Where a blob lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    offset_bytes: u64,
    length_bytes: usize,
}

impl Spool {
    /// A spool on the file system of `folder`, which has room for the site itself.
    pub(crate) fn new(folder: &Path) -> Result<Spool> {
        let file = tempfile::tempfile_in(folder)
            .with_context(|| format!("cannot make a scratch file in {}", folder.display()))?;
        Ok(Spool { file, end_bytes: AtomicU64::new(0) })
    }

    pub(crate) fn put(&self, blob: &[u8]) -> Result<Slot> {
        let offset_bytes = self.end_bytes.fetch_add(blob.len() as u64, Ordering::Relaxed);
        self.file.write_all_at(blob, offset_bytes).context("cannot write the scratch file")?;
        Ok(Slot { offset_bytes, length_bytes: blob.len() })
    }

    pub(crate) fn get(&self, slot: Slot) -> Result<Vec<u8>> {
        let mut blob = vec![0; slot.length_bytes];
        self.read(slot.offset_bytes, &mut blob)?;
        Ok(blob)
    }

    /// Fills `out` with what lies from an offset on, whatever blobs it was put in.
    pub(crate) fn read(&self, offset_bytes: u64, out: &mut [u8]) -> Result<()> {
        self.file.read_exact_at(out, offset_bytes).context("cannot read the scratch file")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_come_back() {
        let spool = Spool::new(&std::env::temp_dir()).unwrap();
        let slots: Vec<Slot> =
            [b"one".as_slice(), b"", b"three"].map(|b| spool.put(b).unwrap()).into();
        assert_eq!(spool.get(slots[2]).unwrap(), b"three");
        assert_eq!(spool.get(slots[0]).unwrap(), b"one");
        assert_eq!(spool.get(slots[1]).unwrap(), b"");
    }
}
