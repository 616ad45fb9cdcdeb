//! Whether a file is still the one that was read: told from what the file system says of it, without opening it.
//!
//! In: metadata. Out: a stamp; two that are alike stand for the same bytes. A file that was changed so lately that a further
//! change might show the same time has a stamp that is like no other. Knows nothing of what is in the file.

use std::{
    fs::Metadata,
    os::unix::fs::MetadataExt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

/// The coarsest clock of a common file system.
const TICK: Duration = Duration::from_secs(2);

/// Device, number, size and times of a file in one number; 0 where they prove nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp(u64);

/// Files changed before this moment cannot change again and show the same time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settled {
    before_nanoseconds: i128,
}

impl Settled {
    /// For a build that reads files from now on.
    pub(crate) fn now() -> Settled {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Settled { before_nanoseconds: since_epoch.saturating_sub(TICK).as_nanos() as i128 }
    }

    fn holds(self, seconds: i64, nanoseconds: i64) -> bool {
        i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds) < self.before_nanoseconds
    }
}

impl Stamp {
    pub(crate) fn of(file: &Metadata, settled: Settled) -> Stamp {
        // The time of change tells what the time of modification can be made to hide.
        let is_settled = settled.holds(file.mtime(), file.mtime_nsec())
            && settled.holds(file.ctime(), file.ctime_nsec());
        if !is_settled {
            return Stamp::default();
        }
        let [modified, changed] =
            [(file.mtime(), file.mtime_nsec()), (file.ctime(), file.ctime_nsec())];
        Stamp(nonzero_hash(&[
            file.dev(),
            file.ino(),
            file.size(),
            modified.0 as u64,
            modified.1 as u64,
            changed.0 as u64,
            changed.1 as u64,
        ]))
    }

    /// Whether both stand for the same bytes.
    pub(crate) fn proves(self, other: Stamp) -> bool {
        self.0 != 0 && self == other
    }

    /// The stamp of a file and others that are read with it.
    pub(crate) fn with(self, others: impl IntoIterator<Item = Stamp>) -> Stamp {
        let join = |all: Stamp, one: Stamp| match all.0 == 0 || one.0 == 0 {
            true => Stamp::default(),
            false => Stamp(nonzero_hash(&[all.0, one.0])),
        };
        others.into_iter().fold(self, join)
    }

    /// As bytes, for a hash over many; none where it proves nothing.
    pub(crate) fn bytes(self) -> Option<[u8; 8]> {
        (self.0 != 0).then(|| self.0.to_le_bytes())
    }
}

fn nonzero_hash(numbers: &[u64]) -> u64 {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    xxhash_rust::xxh3::xxh3_64(&bytes).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(after_nanoseconds: i128, file: &Metadata) -> Settled {
        let changed = i128::from(file.ctime()) * 1_000_000_000 + i128::from(file.ctime_nsec());
        Settled { before_nanoseconds: changed + after_nanoseconds }
    }

    #[test]
    fn a_file_that_may_change_unseen_proves_nothing() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let metadata = file.as_file().metadata().unwrap();
        let stamp = |after| Stamp::of(&metadata, settled(after, &metadata));
        assert!(stamp(1).proves(stamp(9)));
        assert!(!stamp(0).proves(stamp(0)));
        assert!(!stamp(1).with([stamp(0)]).proves(stamp(1).with([stamp(0)])));
        assert!(!stamp(1).with([stamp(1)]).proves(stamp(1)));
        assert!(Stamp::of(&metadata, Settled::now()).bytes().is_none(), "it was made just now");
    }

    #[test]
    fn another_size_is_another_stamp() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let old = file.as_file().metadata().unwrap();
        std::fs::write(file.path(), "x").unwrap();
        let new = file.as_file().metadata().unwrap();
        let late = settled(1 << 60, &new);
        assert!(!Stamp::of(&old, late).proves(Stamp::of(&new, late)));
    }
}
