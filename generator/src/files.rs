//! Pictures and attachments that the library's texts link to.
//!
//! In: a path inside the library. Out: its address in the site, `files/<hash>.<extension>`, copied
//! once by content. Only kinds of files that cannot run in the reader's browser are copied, and of those what the walk through
//! the library found. A file whose address a former build knows lies in the site already and is not read again.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
};

use crate::{
    drawing,
    library::{Attachments, Stamp},
    output,
};

/// Kinds that are copied: shown or downloaded, never run.
const KINDS: [&str; 26] = [
    "avif", "bmp", "conf", "csv", "docx", "gif", "ico", "jpeg", "jpg", "json", "log", "odt", "pdf",
    "png", "pptx", "svg", "tar", "tgz", "toml", "txt", "webp", "xlsx", "yaml", "yml", "zip", "gz",
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
        let address = self.former(path).or_else(|| Some(self.copy(path))).flatten();
        self.known().insert(path.to_string(), address.clone());
        address
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

    fn copies(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, u64>> {
        self.copies.lock().expect("no holder of this lock panics")
    }

    fn former(&self, path: &str) -> Option<Option<String>> {
        let (stamp, address) = self.former?.get(path)?;
        let now = self.attachments.get(path)?.stamp;
        stamp.proves(now).then(|| address.clone())
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<String, Option<String>>> {
        self.known.lock().expect("no holder of this lock panics")
    }

    fn copy(&self, path: &str) -> Option<String> {
        let extension = extension(path)?;
        let bytes = fs::read(&self.attachments.get(path)?.disk).ok()?;
        if extension == "svg" && drawing::runs(&bytes) {
            return None;
        }
        let address = format!("{FOLDER}{:016x}.{extension}", xxhash_rust::xxh3::xxh3_64(&bytes));
        fs::create_dir_all(self.site.join("files")).ok()?;
        output::write(&self.site.join(&address), &bytes).ok()?;
        self.copies().insert(address.clone(), bytes.len() as u64);
        Some(address)
    }
}
