//! What can be saved for reading offline: `offline/list.json`.
//!
//! In: the bundles of every guide, the files of the index. Out: the list as a file, and back. The page that saves and the service worker
//! read it (`static/js/saved.js`, `static/sw.js`). Whatever is not named by its content is listed with a digest, so that no reader
//! mixes two builds. Knows no page.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::{output, update};

/// The folder of the list and the bundles.
pub(super) const FOLDER: &str = "offline";
/// Where the list lies; it names the build and is never kept by a cache.
pub(crate) const URL: &str = "offline/list.json";
/// Any other format is rebuilt, and no browser saves by it.
const FORMAT: u32 = 2;
/// What stands there while the site is changed.
pub(super) const EMPTY: &[u8] = b"{\"format\":0}";

/// Everything that can be saved.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct List {
    pub(super) format: u32,
    /// Differs whenever anything below does.
    pub(super) build: String,
    /// Home, search and the browse pages above the guides.
    pub(super) shell: Vec<Bundle>,
    /// Assets, and what tells of the build.
    pub(super) files: Vec<File>,
    /// The search index but for its root and its texts.
    pub(super) index: Vec<(String, u64)>,
    pub(super) texts: Vec<Block>,
    pub(super) guides: Vec<Guide>,
    /// Of a site without bundles all pages, each with its hash, for whoever checks a copy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) pages: Vec<(String, String)>,
    /// What no reader saves and no name tells of, for whoever checks a copy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) unsaved: Vec<File>,
}

/// A block of the index's texts: its address, its bytes, and what its bytes are behind the name of its group. That name changes with any
/// block of the group; a reader who has a block of the same bytes renames it.
pub(super) type Block = (String, u64, String);

/// A guide as readers save it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Guide {
    /// Its browse page, and those above it.
    pub(super) url: String,
    pub(super) up: Vec<String>,
    pub(super) bundles: Vec<Bundle>,
    /// The pictures and attachments that its pages show.
    pub(super) files: Vec<(String, u64)>,
}

/// A file of many pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Bundle {
    pub(super) url: String,
    pub(super) bytes: u64,
    /// As the `integrity` of a fetch has it.
    pub(super) digest: String,
    /// The sources whose pages it holds: `a/b` for `a/b/*.html` and `read/a/b.html`; none for the shell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) stems: Vec<String>,
}

/// A file, and its digest if its name does not tell its content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct File {
    pub(super) url: String,
    pub(super) bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) digest: Option<String>,
}

impl List {
    /// The list of a site, if it has one of this format.
    pub(super) fn read(site: &Path) -> Option<List> {
        let bytes = fs::read(site.join(URL)).ok()?;
        serde_json::from_slice(&bytes).ok().filter(|list: &List| list.format == FORMAT)
    }

    /// The bytes of the file, with the build named.
    pub(super) fn sealed(mut self) -> Result<Vec<u8>> {
        self.format = FORMAT;
        self.build = String::new();
        let hash = xxhash_rust::xxh3::xxh3_64(&serde_json::to_vec(&self)?);
        self.build = format!("{hash:016x}");
        serde_json::to_vec(&self).context("cannot write the list for offline reading")
    }

    /// Whether these are the bytes that were written.
    pub(super) fn is_whole(&self, bytes: &[u8]) -> bool {
        let copy = serde_json::from_slice::<List>(bytes).ok();
        copy.and_then(|copy| copy.sealed().ok()).is_some_and(|sealed| sealed == bytes)
    }

    /// The addresses of all files of the index.
    pub(super) fn shards(&self) -> impl Iterator<Item = &String> {
        let texts = self.texts.iter().map(|(url, ..)| url);
        self.index.iter().map(|(url, _)| url).chain(texts)
    }

    pub(super) fn bundles(&self) -> impl Iterator<Item = &Bundle> {
        self.shell.iter().chain(self.guides.iter().flat_map(|guide| &guide.bundles))
    }
}

/// As browsers check what they fetch.
pub(super) fn digest(bytes: &[u8]) -> String {
    format!("sha256-{}", base64(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref()))
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let number = (0..3).fold(0, |sum, at| sum << 8 | u32::from(*group.get(at).unwrap_or(&0)));
        let sign = |at: usize| char::from(SIGNS[(number >> (18 - 6 * at)) as usize & 63]);
        text.extend((0..4).map(|at| if at <= group.len() { sign(at) } else { '=' }));
    }
    text
}

/// What a file that is being written ends with.
const HALF: &str = "half";

/// Removes what a killed build left half-written in the folder of lists and bundles.
pub(super) fn clear(site: &Path) -> Result<()> {
    for path in update::files(&site.join(FOLDER))? {
        let file = site.join(FOLDER).join(path);
        if file.extension().is_some_and(|extension| extension == HALF) {
            fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
    }
    Ok(())
}

/// Writes a file whole or not at all: a reader may ask for it at any moment.
pub(super) fn replace(file: &Path, bytes: &[u8]) -> Result<()> {
    let half = file.with_extension(HALF);
    output::write(&half, bytes)?;
    fs::rename(&half, file).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_what_browsers_expect() {
        assert_eq!(digest(b""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!([base64(b"M"), base64(b"Ma"), base64(b"Man")], ["TQ==", "TWE=", "TWFu"]);
    }

    #[test]
    fn the_build_changes_with_anything_in_it() {
        let build = |index: &[(String, u64)]| {
            let bytes = List { index: index.to_vec(), ..List::default() }.sealed().unwrap();
            serde_json::from_slice::<List>(&bytes).unwrap().build
        };
        assert_ne!(build(&[]), build(&[("search/w/1.js".to_string(), 1)]));
        assert_eq!(build(&[]), build(&[]));
    }
}
