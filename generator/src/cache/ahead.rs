//! Which pages stand in a site ahead of its index, while the index is merged.
//!
//! In: the sources that were worked on and the files that will be put, written down before the first of them is moved. Out: where
//! the build did not come to its end, what the next must not believe of the former manifest: those sources are worked on again, and
//! what came with them goes unless it is wanted. Counts beside one manifest only. Knows no page and no index.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::{Entries, manifest::SourceEntry};
use crate::{
    output,
    spool::Damaged,
    update::{self, Changes},
};

/// The note's name in the cache's folder.
pub(super) const NAME: &str = "ahead";

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ahead {
    /// The checksum of the manifest beside which pages were put.
    manifest: u128,
    /// Sources whose pages may be newer than the manifest, by path and file of records.
    sources: BTreeSet<(String, String)>,
    /// Files that may have been put, each with the bytes that it had before; none for one that was not there.
    files: BTreeMap<String, Option<u64>>,
}

impl Ahead {
    /// The note beside this manifest, if it counts; [`Damaged`] where there is one that cannot be read.
    pub(super) fn read(file: &Path, manifest: u128) -> Result<Ahead> {
        let Some(bytes) = output::read_if_there(file)? else { return Ok(Ahead::default()) };
        let (body, checksum) = bytes.split_last_chunk::<16>().ok_or(Damaged)?;
        let is_whole = xxhash_rust::xxh3::xxh3_128(body).to_le_bytes() == *checksum;
        let note: Ahead = postcard::from_bytes(body).ok().filter(|_| is_whole).ok_or(Damaged)?;
        Ok(if note.manifest == manifest { note } else { Ahead::default() })
    }

    /// This note, and these sources and changes besides.
    pub(super) fn with(
        &self,
        manifest: u128,
        sources: &Entries,
        changes: &Changes,
        site: &Path,
    ) -> Ahead {
        let worked = sources.iter().filter(|entry| matches!(entry, std::borrow::Cow::Owned(_)));
        let names = worked.map(|entry| (entry.path.clone(), entry.file.clone()));
        let bytes = |path: &String| fs::metadata(site.join(path)).ok().map(|file| file.len());
        let put = changes.added.iter().chain(&changes.changed);
        let mut files: BTreeMap<_, _> = put.map(|path| (path.clone(), bytes(path))).collect();
        files.extend(self.files.clone());
        Ahead { manifest, sources: self.sources.iter().cloned().chain(names).collect(), files }
    }

    /// Writes the note; it counts from now on.
    pub(super) fn write(&self, file: &Path) -> Result<()> {
        let mut bytes = postcard::to_stdvec(self)?;
        let checksum = xxhash_rust::xxh3::xxh3_128(&bytes);
        bytes.extend_from_slice(&checksum.to_le_bytes());
        output::record(file, &bytes)
    }

    /// From now on no page stands ahead.
    pub(super) fn end(file: &Path) -> Result<()> {
        update::gone(file)
    }

    pub(super) fn holds_source(&self, entry: &SourceEntry) -> bool {
        !self.sources.is_empty() && self.sources.contains(&(entry.path.clone(), entry.file.clone()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The files that the manifest knows nothing of.
    pub(super) fn added(&self) -> impl Iterator<Item = &String> {
        self.files.iter().filter(|(_, before)| before.is_none()).map(|(path, _)| path)
    }

    /// How much larger the site is than the manifest says.
    pub(super) fn growth_bytes(&self, site: &Path) -> i64 {
        let growth = |(path, before): (&String, &Option<u64>)| {
            let now = fs::metadata(site.join(path)).map_or(0, |file| file.len());
            now as i64 - before.unwrap_or(0) as i64
        };
        self.files.iter().map(growth).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_counts_beside_its_manifest_only() {
        let folder = tempfile::tempdir().unwrap();
        let (file, site) = (folder.path().join(NAME), folder.path());
        fs::write(site.join("old.html"), "12345").unwrap();
        let changes = Changes {
            added: vec!["new.html".to_string()],
            changed: vec!["old.html".to_string()],
            ..Changes::default()
        };
        let note = Ahead::default().with(7, &[], &changes, site);
        note.write(&file).unwrap();
        assert_eq!(Ahead::read(&file, 7).unwrap(), note);
        assert_eq!(Ahead::read(&file, 8).unwrap(), Ahead::default());
        fs::write(site.join("new.html"), "123").unwrap();
        fs::write(site.join("old.html"), "1234").unwrap();
        assert_eq!(note.growth_bytes(site), 2);
        assert_eq!(note.with(7, &[], &changes, site), note, "what was there before is kept");
        assert_eq!(note.added().collect::<Vec<_>>(), ["new.html"]);
        let bytes = fs::read(&file).unwrap();
        fs::write(&file, &bytes[1..]).unwrap();
        assert!(Ahead::read(&file, 7).unwrap_err().is::<Damaged>());
        Ahead::end(&file).unwrap();
        assert_eq!(Ahead::read(&file, 7).unwrap(), Ahead::default());
    }
}
