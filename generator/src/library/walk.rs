//! Walks the library's folder and looks at the head of each document.
//!
//! In: a folder, and the heads that a former build read. Out: unsorted sources with their places and titles, the files beside
//! them; a warning for each file that is left out and why. Follows symbolic links only inside the library. Knows no chunk and no page.

use std::{
    collections::HashSet,
    ffi::OsStr,
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::{
    Attachment, Attachments, Before, Head, Origin, Place, Settled, Source, Stamp, records,
    without_extension,
};
use crate::{
    address::Address,
    config::{self, Config},
    files,
    model::{FrontMatter, Warning},
    output, parse, site,
};

/// Enough of a file to hold its front matter and first heading.
const HEAD_BYTES: u64 = 8 * 1024;
/// Front matter that goes on behind that is read up to here: a reference may list each name of a class in it.
const FRONT_MAX_BYTES: u64 = 256 * 1024;
/// Folders nested deeper than this are a loop or a mistake.
const DEPTH_MAX: usize = 64;
const MARKDOWN: [&str; 4] = ["md", "markdown", "mdx", "txt"];
/// Folders in which systems, editors and other programs keep files of their own, notes and copies in Markdown among them: nobody
/// means to publish them. Other hidden folders may be what a library is about.
const OF_PROGRAMS: [&str; 22] = [
    ".Spotlight-V100",
    ".Trash",
    ".Trashes",
    ".bzr",
    ".cache",
    ".fseventsd",
    ".git",
    ".hg",
    ".idea",
    ".ipynb_checkpoints",
    ".jj",
    ".obsidian",
    ".pytest_cache",
    ".stfolder",
    ".stversions",
    ".svn",
    ".tox",
    ".trash",
    ".venv",
    ".vs",
    ".vscode",
    ".zed",
];
const SETTINGS_MISNAMED: &str =
    "its settings are not applied: the file must be called mcdewey.toml";
/// Page chunks of a PDF converter, told from other JSON by their head.
const PAGE_CHUNKS: [&str; 1] = ["json"];
const RECORDS: [&str; 2] = ["jsonl", "ndjson"];
/// Texts that are no sources, though people may take them for some.
const UNREAD: [&str; 8] = ["html", "htm", "rst", "adoc", "asciidoc", "docx", "tex", "ipynb"];

/// What lies below the library's root.
pub(super) struct Sources {
    /// In no particular order.
    pub(super) sources: Vec<Source>,
    /// The ids that records give.
    pub(super) record_ids: records::Seen,
    pub(super) attachments: Attachments,
    pub(super) unread: Vec<String>,
}

pub(super) fn sources(
    root: &Path,
    config: &Config,
    before: &Before,
    warnings: &mut Vec<Warning>,
) -> Result<Sources> {
    let real_root = fs::canonicalize(root)
        .with_context(|| format!("cannot open the library {}", root.display()))?;
    let (mut found, mut attachments, mut unread) = (Vec::new(), Attachments::new(), Vec::new());
    let mut walk = Walk {
        real_root,
        settled: before.settled,
        found: &mut found,
        attachments: &mut attachments,
        unread: &mut unread,
        warnings,
    };
    walk.folder(root, "", 0)?;
    let (records, texts): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|file| has_extension(&file.path, &RECORDS));
    let markdown = without_side_files(texts);
    let survey = |file: Found| survey(file, config, before, &attachments);
    let mut sources: Vec<Source> = markdown.into_par_iter().map(survey).collect::<Result<_>>()?;
    let (from_records, record_ids) = records::sources(&records, config, warnings)?;
    sources.extend(from_records);
    Ok(Sources { sources, record_ids, attachments, unread })
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
    stamp: Stamp,
}

struct Walk<'a> {
    real_root: PathBuf,
    settled: Settled,
    found: &'a mut Vec<Found>,
    attachments: &'a mut Attachments,
    unread: &'a mut Vec<String>,
    warnings: &'a mut Vec<Warning>,
}

impl Walk<'_> {
    fn folder(&mut self, disk: &Path, path: &str, depth: usize) -> Result<()> {
        let entries = fs::read_dir(disk)
            .with_context(|| format!("cannot list the folder {}", disk.display()))?;
        let mut entries: Vec<fs::DirEntry> = entries.collect::<std::io::Result<_>>()?;
        entries.sort_by_cached_key(fs::DirEntry::file_name);
        for entry in entries {
            self.entry(&entry, path, depth)?;
        }
        Ok(())
    }

    fn entry(&mut self, entry: &fs::DirEntry, parent: &str, depth: usize) -> Result<()> {
        let name = entry.file_name();
        let readable = name.to_string_lossy();
        let path =
            if parent.is_empty() { readable.to_string() } else { format!("{parent}/{readable}") };
        let disk = entry.path();
        let is_link = entry.file_type()?.is_symlink();
        if is_link && !self.stays_inside(&disk, &path) {
            return Ok(());
        }
        // Without a link, the folder that is open answers sooner than the whole path.
        let metadata = if is_link { fs::metadata(&disk) } else { entry.metadata() };
        let Ok(metadata) = metadata else {
            self.leave_out(&path, "cannot be read");
            return Ok(());
        };
        if metadata.is_dir() {
            return self.subfolder(&disk, &path, depth);
        }
        if parent.is_empty() && is_meant_for_settings(&disk) {
            self.leave_out(&path, SETTINGS_MISNAMED);
            return Ok(());
        }
        if metadata.is_file() && !has_extension(&path, &MARKDOWN) && files::may_be_copied(&path) {
            let stamp = Stamp::of(&metadata, self.settled);
            self.attachments.insert(path.clone(), Attachment { disk: disk.clone(), stamp });
        }
        let is_hidden = path.split('/').any(|name| name.starts_with('.'));
        if metadata.is_file() && has_extension(&path, &UNREAD) && !is_hidden {
            self.unread.push(path.clone());
        }
        let is_text = has_extension(&path, &MARKDOWN) || has_extension(&path, &RECORDS);
        if is_text || (metadata.is_file() && is_page_chunks(&path, &disk)) {
            self.document(path, disk, &metadata, name.to_str().is_some());
        }
        Ok(())
    }

    fn subfolder(&mut self, disk: &Path, path: &str, depth: usize) -> Result<()> {
        let is_theme = path == site::THEME;
        if is_theme || is_of_programs(disk) || disk.join(output::MARK).is_file() {
            return Ok(());
        }
        if depth >= DEPTH_MAX {
            self.leave_out(path, "folders are nested too deeply");
            return Ok(());
        }
        self.folder(disk, path, depth + 1)
    }

    fn document(&mut self, path: String, disk: PathBuf, metadata: &fs::Metadata, utf8: bool) {
        if !metadata.is_file() {
            return self.leave_out(&path, "is not a regular file");
        }
        if !utf8 {
            self.warn(&path, "name is not UTF-8", "shown with replacement characters");
        }
        let stamp = Stamp::of(metadata, self.settled);
        self.found.push(Found { path, disk, stamp });
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

/// Whether a file at the root was meant to be the settings, and is not read as such.
fn is_meant_for_settings(disk: &Path) -> bool {
    let name = disk.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let is_near = name.strip_suffix(".txt").unwrap_or(&name) == config::FILE_NAME;
    // Where large letters and small are one, the settings are there by this name too.
    is_near && !disk.with_file_name(config::FILE_NAME).exists()
}

/// Whether a folder is one that programs keep for themselves.
pub(crate) fn is_of_programs(folder: &Path) -> bool {
    let name = folder.file_name().and_then(OsStr::to_str);
    name.is_some_and(|name| OF_PROGRAMS.contains(&name))
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
    let mut file = fs::File::open(disk)?.take(HEAD_BYTES);
    file.read_to_end(&mut head)?;
    if file.limit() == 0 && parse::is_front_open(&head) {
        file.set_limit(FRONT_MAX_BYTES - HEAD_BYTES);
        file.read_to_end(&mut head)?;
    }
    Ok(head)
}

/// A file as a source: its head tells its title and where it says that it belongs.
fn survey(
    file: Found,
    config: &Config,
    before: &Before,
    attachments: &Attachments,
) -> Result<Source> {
    let known = before.heads.get(file.path.as_str());
    let head = match known.filter(|(stamp, _)| stamp.proves(file.stamp)) {
        Some((_, head)) => (*head).clone(),
        None => look_at(&file)?,
    };
    let beside = side_paths(&file.path).into_iter().flatten();
    let beside: Vec<Stamp> =
        beside.filter_map(|path| Some(attachments.get(&path)?.stamp)).collect();
    let origin = Origin::File { disk: file.disk, is_near_json: !beside.is_empty() };
    let stamp = file.stamp.with(beside);
    let source = source(file.path, origin, head.title, head.front, config);
    Ok(Source { stamp, head_stamp: file.stamp, ..source })
}

fn look_at(file: &Found) -> Result<Head> {
    let head =
        read_head(&file.disk).with_context(|| format!("cannot read {}", file.disk.display()))?;
    let survey = parse::survey(&file.path, &head);
    Ok(Head { title: survey.title, front: survey.front })
}

/// Where the page numbers of a text may lie, as `work` looks for them.
fn side_paths(path: &str) -> Option<[String; 2]> {
    let stem = without_extension(path);
    (!has_extension(path, &PAGE_CHUNKS))
        .then(|| ["_content_list.json", ".json"].map(|ending| format!("{stem}{ending}")))
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
    let (address, stamp) = (Address::default(), Stamp::default());
    Source { path, origin, place, address, front, title, stamp, head_stamp: stamp }
}
