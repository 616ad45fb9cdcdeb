//! Pictures and attachments that the library's texts link to.
//!
//! In: a path inside the library. Out: its address in the site, `files/<hash>.<extension>`, copied
//! once by content. Only kinds of files that cannot run in the reader's browser are copied.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
};

use anyhow::{Context, Result};

use crate::output;

/// Kinds that are copied: shown or downloaded, never run.
const KINDS: [&str; 26] = [
    "avif", "bmp", "conf", "csv", "docx", "gif", "ico", "jpeg", "jpg", "json", "log", "odt", "pdf",
    "png", "pptx", "svg", "tar", "tgz", "toml", "txt", "webp", "xlsx", "yaml", "yml", "zip", "gz",
];
/// What makes a drawing a program.
const ACTIVE_SVG: [&[u8]; 5] =
    [b"<script", b"javascript:", b"<foreignobject", b"<!entity", b"<iframe"];

/// The files copied so far.
pub(crate) struct Files {
    library: PathBuf,
    site: PathBuf,
    known: Mutex<HashMap<String, Option<String>>>,
    /// The copies by their addresses, with their sizes.
    copies: Mutex<BTreeMap<String, u64>>,
}

impl Files {
    pub(crate) fn new(library: &Path, site: &Path) -> Result<Files> {
        let library = fs::canonicalize(library)
            .with_context(|| format!("cannot open the library {}", library.display()))?;
        Ok(Files {
            library,
            site: site.to_path_buf(),
            known: Mutex::default(),
            copies: Mutex::default(),
        })
    }

    /// The address of the file at `path` in the library, if it is one that may be copied.
    pub(crate) fn address(&self, path: &str) -> Option<String> {
        let extension = copied_extension(path)?;
        if let Some(known) = self.known().get(path) {
            return known.clone();
        }
        let address = self.copy(path, &extension);
        self.known().insert(path.to_string(), address.clone());
        address
    }

    /// The addresses of the copies, sorted.
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.copies().keys().cloned().collect()
    }

    /// The bytes of the copies.
    pub(crate) fn bytes(&self) -> u64 {
        self.copies().values().sum()
    }

    fn copies(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, u64>> {
        self.copies.lock().expect("no holder of this lock panics")
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<String, Option<String>>> {
        self.known.lock().expect("no holder of this lock panics")
    }

    fn copy(&self, path: &str, extension: &str) -> Option<String> {
        let disk = fs::canonicalize(self.library.join(path)).ok()?;
        if !disk.starts_with(&self.library) || !disk.is_file() {
            return None;
        }
        let bytes = fs::read(disk).ok()?;
        if extension == "svg" && is_active(&bytes) {
            return None;
        }
        let address = format!("files/{:016x}.{extension}", xxhash_rust::xxh3::xxh3_64(&bytes));
        fs::create_dir_all(self.site.join("files")).ok()?;
        output::write(&self.site.join(&address), &bytes).ok()?;
        self.copies().insert(address.clone(), bytes.len() as u64);
        Some(address)
    }
}

/// The extension of a file of a kind that is copied, in lower case.
fn copied_extension(path: &str) -> Option<String> {
    let (_, extension) = path.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    KINDS.contains(&extension.as_str()).then_some(extension)
}

fn is_active(svg: &[u8]) -> bool {
    let lower = svg.to_ascii_lowercase();
    let holds = |needle: &[u8]| lower.windows(needle.len()).any(|window| window == needle);
    ACTIVE_SVG.iter().any(|needle| holds(needle)) || has_handler(&lower)
}

/// An attribute such as `onload=` in any tag.
fn has_handler(lower: &[u8]) -> bool {
    let mut rest = lower;
    while let Some(open) = rest.iter().position(|byte| *byte == b'<') {
        let tag = tag(&rest[open..]);
        if tag_has_handler(tag) {
            return true;
        }
        rest = &rest[open + tag.len()..];
    }
    false
}

/// From `<` to the `>` that ends the tag, passing over quoted values.
fn tag(text: &[u8]) -> &[u8] {
    let mut quote = None;
    for (at, byte) in text.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return &text[..=at],
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    text
}

fn tag_has_handler(tag: &[u8]) -> bool {
    let before = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'/');
    let names =
        tag.windows(3).enumerate().filter(|(_, window)| before(window[0]) && &window[1..] == b"on");
    names.into_iter().any(|(at, _)| {
        let mut name = tag[at + 1..].iter().skip_while(|byte| byte.is_ascii_alphabetic());
        name.find(|byte| !byte.is_ascii_whitespace()) == Some(&b'=')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_that_run_are_told_apart() {
        assert!(is_active(b"<svg onload=alert(1)>"));
        assert!(is_active(b"<svg><a xlink:href='javascript:x'>"));
        assert!(is_active(b"<svg><SCRIPT>"));
        assert!(is_active(b"<svg a='>' onclick = \"x\">"));
        assert!(!is_active(b"<svg><text>on = off, one=1</text><path d='M0 0'/></svg>"));
    }
}
