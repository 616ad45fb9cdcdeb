//! Walks the library's folder and looks at the head of each document.
//!
//! In: a folder. Out: unsorted sources with their places and titles; a warning for each file that is
//! left out and why. Follows symbolic links only inside the library. Knows no chunk and no page.

use std::{
    collections::HashSet,
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::{Origin, Place, Source, records, without_extension};
use crate::{
    address::Address,
    config::Config,
    model::{FrontMatter, Warning},
    parse,
};

/// Enough of a file to hold its front matter and first heading.
const HEAD_BYTES: u64 = 8 * 1024;
/// Folders nested deeper than this are a loop or a mistake.
const DEPTH_MAX: usize = 64;
const MARKDOWN: [&str; 4] = ["md", "markdown", "mdx", "txt"];
/// Page chunks of a PDF converter, told from other JSON by their head.
const PAGE_CHUNKS: [&str; 1] = ["json"];
const RECORDS: [&str; 2] = ["jsonl", "ndjson"];

/// All sources below `root`, in no particular order, and the ids that records give.
pub(super) fn sources(
    root: &Path,
    config: &Config,
    warnings: &mut Vec<Warning>,
) -> Result<(Vec<Source>, records::Seen)> {
    let real_root = fs::canonicalize(root)
        .with_context(|| format!("cannot open the library {}", root.display()))?;
    let mut found = Vec::new();
    let mut walk = Walk { real_root, found: &mut found, warnings };
    walk.folder(root, "", 0)?;
    let (records, texts): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|file| has_extension(&file.path, &RECORDS));
    let markdown = without_side_files(texts);
    let mut sources: Vec<Source> =
        markdown.into_par_iter().map(|file| survey(file, config)).collect::<Result<_>>()?;
    let (from_records, ids) = records::sources(&records, config, warnings)?;
    sources.extend(from_records);
    Ok((sources, ids))
}

/// Page chunks beside a text of the same name only tell its pages.
fn without_side_files(texts: Vec<Found>) -> Vec<Found> {
    let is_chunks = |file: &Found| has_extension(&file.path, &PAGE_CHUNKS);
    let (chunks, mut texts): (Vec<_>, Vec<_>) = texts.into_iter().partition(is_chunks);
    let stems: HashSet<&str> = texts.iter().map(|file| without_extension(&file.path)).collect();
    let is_alone = |file: &Found| !stems.contains(without_extension(&file.path));
    let alone: Vec<Found> = chunks.into_iter().filter(is_alone).collect();
    texts.extend(alone);
    texts
}

/// A document found: its path inside the library and where it lies.
pub(super) struct Found {
    pub(super) path: String,
    pub(super) disk: PathBuf,
    /// Whether there is JSON in its folder, or in one above.
    pub(super) is_near_json: bool,
}

struct Walk<'a> {
    real_root: PathBuf,
    found: &'a mut Vec<Found>,
    warnings: &'a mut Vec<Warning>,
}

impl Walk<'_> {
    fn folder(&mut self, disk: &Path, path: &str, depth: usize) -> Result<()> {
        let entries = fs::read_dir(disk)
            .with_context(|| format!("cannot list the folder {}", disk.display()))?;
        let mut entries: Vec<fs::DirEntry> = entries.collect::<std::io::Result<_>>()?;
        entries.sort_by_cached_key(fs::DirEntry::file_name);
        let is_json =
            |entry: &fs::DirEntry| entry.file_name().as_encoded_bytes().ends_with(b".json");
        let (has_json, first) = (entries.iter().any(is_json), self.found.len());
        for entry in entries {
            self.entry(&entry, path, depth)?;
        }
        self.found[first..].iter_mut().for_each(|file| file.is_near_json |= has_json);
        Ok(())
    }

    fn entry(&mut self, entry: &fs::DirEntry, parent: &str, depth: usize) -> Result<()> {
        let name = entry.file_name();
        let readable = name.to_string_lossy();
        let path =
            if parent.is_empty() { readable.to_string() } else { format!("{parent}/{readable}") };
        let disk = entry.path();
        let mut kind = entry.file_type()?;
        if kind.is_symlink() {
            if !self.stays_inside(&disk, &path) {
                return Ok(());
            }
            let Ok(metadata) = fs::metadata(&disk) else {
                self.leave_out(&path, "cannot be read");
                return Ok(());
            };
            kind = metadata.file_type();
        }
        if kind.is_dir() {
            return self.subfolder(&disk, &path, depth);
        }
        let is_text = has_extension(&path, &MARKDOWN) || has_extension(&path, &RECORDS);
        if is_text || (kind.is_file() && is_page_chunks(&path, &disk)) {
            self.document(path, disk, kind, name.to_str().is_some());
        }
        Ok(())
    }

    fn subfolder(&mut self, disk: &Path, path: &str, depth: usize) -> Result<()> {
        if path == ".git" || path.ends_with("/.git") || disk.join(crate::output::MARK).is_file() {
            return Ok(());
        }
        if depth >= DEPTH_MAX {
            self.leave_out(path, "folders are nested too deeply");
            return Ok(());
        }
        self.folder(disk, path, depth + 1)
    }

    fn document(&mut self, path: String, disk: PathBuf, kind: fs::FileType, utf8: bool) {
        if !kind.is_file() {
            return self.leave_out(&path, "is not a regular file");
        }
        if !utf8 {
            self.warn(&path, "name is not UTF-8", "shown with replacement characters");
        }
        self.found.push(Found { path, disk, is_near_json: false });
    }

    /// A link that leads out of the library or back into its own folder is not followed.
    fn stays_inside(&mut self, disk: &Path, path: &str) -> bool {
        match fs::canonicalize(disk) {
            Ok(target) if !target.starts_with(&self.real_root) => {
                self.leave_out(path, "is a symbolic link out of the library");
                false
            }
            Ok(target) if self.real_parent(disk).starts_with(&target) => {
                self.leave_out(path, "is a symbolic link to a folder that holds it");
                false
            }
            Ok(_) => true,
            Err(_) => {
                self.leave_out(path, "is a symbolic link to nothing");
                false
            }
        }
    }

    fn real_parent(&self, disk: &Path) -> PathBuf {
        let parent = disk.parent().and_then(|parent| fs::canonicalize(parent).ok());
        parent.unwrap_or_else(|| self.real_root.clone())
    }

    fn leave_out(&mut self, path: &str, why: &str) {
        self.warn(path, "left out of the site", why);
    }

    fn warn(&mut self, path: &str, kind: &'static str, detail: &str) {
        let detail = detail.to_string();
        self.warnings.push(Warning { source: path.to_string(), line: 0, kind, detail });
    }
}

fn has_extension(path: &str, extensions: &[&str]) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    extensions.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

fn is_page_chunks(path: &str, disk: &Path) -> bool {
    has_extension(path, &PAGE_CHUNKS)
        && read_head(disk).is_ok_and(|head| parse::is_page_chunks(&head))
}

fn read_head(disk: &Path) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    fs::File::open(disk)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(head)
}

/// Reads a file's head for its title and its own word on where it belongs.
fn survey(file: Found, config: &Config) -> Result<Source> {
    let head =
        read_head(&file.disk).with_context(|| format!("cannot read {}", file.disk.display()))?;
    let survey = parse::survey(&file.path, &head);
    let origin = Origin::File { disk: file.disk, is_near_json: file.is_near_json };
    Ok(source(file.path, origin, survey.title, survey.front, config))
}

/// A source with its place; its address is given once all sources are known.
pub(super) fn source(
    path: String,
    origin: Origin,
    title: String,
    front: FrontMatter,
    config: &Config,
) -> Source {
    let place = Place::of(&path, config.levels.as_deref(), &front);
    Source { path, origin, place, address: Address::default(), front, title }
}
