//! Pictures and attachments that the library's texts link to.
//!
//! In: a path inside the library. Out: its address in the site, `files/<hash>.<extension>`, copied
//! once by content. Only kinds of files that cannot run in the reader's browser are copied, and of those what the walk through
//! the library found. A file whose address a former build knows lies in the site already and is not read again. A copy that fails is no
//! address; whoever asked for some asks [`Files::check`] in the end.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard},
};

use anyhow::{Context, Error, Result};

use crate::{
    drawing,
    library::{Attachments, Stamp},
    output,
};

/// Kinds that are copied: shown or downloaded, never run.
pub(crate) const KINDS: [&str; 39] = [
    "7z", "avif", "bmp", "bz2", "conf", "csv", "doc", "docx", "epub", "gif", "gz", "ico", "jpeg",
    "jpg", "json", "log", "mp3", "mp4", "odp", "ods", "odt", "pdf", "png", "ppt", "pptx", "rtf",
    "svg", "tar", "tgz", "toml", "txt", "webm", "webp", "xls", "xlsx", "xz", "yaml", "yml", "zip",
];
/// Addresses by path, with what they were told from; none for a file that may not be copied.
pub(crate) type Addresses = BTreeMap<String, (Stamp, Option<String>)>;

/// Where the addresses of attachments begin.
pub(crate) const FOLDER: &str = "files/";

/// The files copied so far.
pub(crate) struct Files<'a> {
    attachments: &'a Attachments,
    former: Option<&'a Addresses>,
    site: PathBuf,
    known: Mutex<HashMap<String, Option<String>>>,
    /// The bytes that were copied, by address.
    copies: Mutex<BTreeMap<String, u64>>,
    /// The first copy that failed, and why: a link has no room for it.
    failure: Mutex<Option<Error>>,
}

/// Whether a file's kind is one that may be copied.
pub(crate) fn may_be_copied(path: &str) -> bool {
    extension(path).is_some_and(|extension| KINDS.contains(&extension.as_str()))
}

fn extension(path: &str) -> Option<String> {
    path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase())
}

impl<'a> Files<'a> {
    /// `former` are the addresses of files that the site holds already.
    pub(crate) fn new(
        attachments: &'a Attachments,
        former: Option<&'a Addresses>,
        site: &Path,
    ) -> Files<'a> {
        Files {
            attachments,
            former,
            site: site.to_path_buf(),
            known: Mutex::default(),
            copies: Mutex::default(),
            failure: Mutex::default(),
        }
    }

    /// The address of the file at `path` in the library, if it is one that may be copied.
    pub(crate) fn address(&self, path: &str) -> Option<String> {
        if !may_be_copied(path) {
            return None;
        }
        if let Some(known) = self.known().get(path) {
            return known.clone();
        }
        let address = self.former(path).unwrap_or_else(|| {
            let copied = self.copy(path);
            copied.unwrap_or_else(|error| {
                self.failure().get_or_insert(error);
                None
            })
        });
        self.known().insert(path.to_string(), address.clone());
        address
    }

    /// An error if any copy failed: its links would be taken for links to nothing, by later builds as well.
    pub(crate) fn check(&self) -> Result<()> {
        self.failure().take().map_or(Ok(()), Err)
    }

    /// What the next build may know: of the files that sources link, and of those that may not be copied.
    pub(crate) fn addresses(&self, linked: &BTreeSet<String>) -> Addresses {
        let known = self.known();
        let former = self.former.into_iter().flatten();
        let paths = known.keys().chain(former.map(|(path, _)| path));
        let entry = |path: &String| {
            let stamp = self.attachments.get(path)?.stamp;
            let address = known.get(path).cloned().or_else(|| self.former(path))?;
            let is_kept = address.as_deref().is_none_or(|address| linked.contains(address));
            is_kept.then(|| (path.clone(), (stamp, address)))
        };
        paths.filter_map(entry).collect()
    }

    /// The bytes of the copies that this build made.
    pub(crate) fn bytes(&self) -> u64 {
        self.copies().values().sum()
    }

    fn copies(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        held(&self.copies)
    }

    fn failure(&self) -> MutexGuard<'_, Option<Error>> {
        held(&self.failure)
    }

    fn former(&self, path: &str) -> Option<Option<String>> {
        let (stamp, address) = self.former?.get(path)?;
        let now = self.attachments.get(path)?.stamp;
        stamp.proves(now).then(|| address.clone())
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Option<String>>> {
        held(&self.known)
    }

    /// Copies a file, if there is one of this path that may be copied.
    fn copy(&self, path: &str) -> Result<Option<String>> {
        let Some((extension, file)) = extension(path).zip(self.attachments.get(path)) else {
            return Ok(None);
        };
        let disk = &file.disk;
        let bytes = fs::read(disk).with_context(|| format!("cannot read {}", disk.display()))?;
        if extension == "svg" && drawing::runs(&bytes) {
            return Ok(None);
        }
        let address = format!("{FOLDER}{:016x}.{extension}", xxhash_rust::xxh3::xxh3_64(&bytes));
        output::make_folder(&self.site.join(FOLDER))?;
        output::write(&self.site.join(&address), &bytes)
            .with_context(|| format!("cannot copy {path}"))?;
        self.copies().insert(address.clone(), bytes.len() as u64);
        Ok(Some(address))
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().expect("no holder of this lock panics")
}
