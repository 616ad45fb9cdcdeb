//! The vectors of passages as they were folded before, so that an edit folds what was edited and nothing else.
//!
//! In: what a former build kept, for the very same basis. Out: the vectors of a source by the hash of what it yielded; the file for the next
//! build. A file that is damaged or of another basis is as good as none. Knows no stem.

use std::{borrow::Cow, collections::BTreeMap, path::Path};

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::sealed;

/// What the file begins with; the number changes with what is in it.
const MARK: &sealed::Mark = b"MDWYFLD1";

/// The passages of one source in the space of a basis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Fold {
    /// Which of the source's chunks these are, rising.
    pub(super) chunks: Vec<u32>,
    /// Packed, one after the other.
    pub(super) vectors: Vec<u8>,
    pub(super) clusters: Vec<u16>,
    /// How many stems they have in all.
    pub(super) stems: f32,
}

/// The folds of a library, by the hash of what each source yielded.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Folds<'f> {
    /// Which basis they belong to.
    basis: u64,
    by_hash: BTreeMap<u64, Cow<'f, Fold>>,
}

impl<'f> Folds<'f> {
    pub(super) fn new(basis: u64, folds: impl Iterator<Item = (u64, Cow<'f, Fold>)>) -> Folds<'f> {
        Folds { basis, by_hash: folds.collect() }
    }

    /// What the file holds for this basis.
    pub(super) fn read(file: &Path, basis: u64) -> Folds<'static> {
        let folds = sealed::read(file, MARK).map(|(folds, _): (Folds<'static>, u64)| folds);
        folds.filter(|folds| folds.basis == basis).unwrap_or_default()
    }

    /// The vectors of these chunks, if the source was folded before.
    pub(super) fn find(&self, hash: u64, chunks: &[u32]) -> Option<&Fold> {
        self.of(hash).filter(|fold| fold.chunks == chunks)
    }

    /// What is known of a source, whichever of its chunks that is of.
    pub(super) fn of(&self, hash: u64) -> Option<&Fold> {
        self.by_hash.get(&hash).map(Cow::as_ref)
    }

    pub(super) fn write(&self, file: &Path) -> Result<()> {
        sealed::write(file, MARK, self).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn folds_are_found_again_for_their_basis_and_their_chunks_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("folds");
        let fold =
            Fold { chunks: vec![0, 2], vectors: vec![1, 2], clusters: vec![3, 4], stems: 5.0 };
        Folds::new(7, [(1, Cow::Borrowed(&fold))].into_iter()).write(&file).unwrap();
        let folds = Folds::read(&file, 7);
        assert_eq!(folds.find(1, &[0, 2]), Some(&fold));
        assert_eq!([folds.find(1, &[0]), folds.find(2, &[0, 2])], [None, None]);
        assert_eq!(Folds::read(&file, 8).find(1, &[0, 2]), None);
        let bytes = fs::read(&file).unwrap();
        for cut in 0..bytes.len() {
            fs::write(&file, &bytes[..cut]).unwrap();
            assert_eq!(Folds::read(&file, 7).find(1, &[0, 2]), None, "{cut}");
        }
    }
}
