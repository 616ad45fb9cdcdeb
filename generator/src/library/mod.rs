//! The input folder: which sources it holds, where each belongs, in what order they are read.
//!
//! In: the library's folder and its configuration. Out: a [`Library`] of sources grouped into guides,
//! sorted so that the order depends on names alone. Reads only the head of each file, and not even that where a former build
//! did; `parse` reads the rest later.

mod order;
mod place;
mod records;
mod stamp;
mod unmatched;
mod version;
mod walk;

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Result, bail};
use search::Synonyms;
use serde::{Deserialize, Serialize};

pub(crate) use place::Place;
pub(crate) use records::{Line, Record, read_records};
pub(crate) use stamp::{Settled, Stamp};
pub(crate) use version::{compare as compare_versions, is_version};
pub(crate) use walk::is_of_programs;

use crate::{
    address::{Address, Registry},
    config::Config,
    model::{FrontMatter, Reading, Warning},
};

/// Everything that a build reads, in reading order.
pub(crate) struct Library {
    pub(crate) root: PathBuf,
    pub(crate) config: Config,
    /// How sources are read, whatever their version.
    pub(crate) reading: Reading,
    /// Words by which passages are found that do not say them.
    pub(crate) synonyms: Arc<Synonyms>,
    /// Sorted by vendor, product, version (newest first), guide and place in the guide.
    pub(crate) sources: Vec<Source>,
    /// In the order of the sources; each owns a range of them.
    pub(crate) guides: Vec<Guide>,
    /// The ids that records give, which no file's chunk may have.
    pub(crate) record_ids: records::Seen,
    /// Files that texts may link to, by their paths.
    pub(crate) attachments: Attachments,
    /// Texts that are no sources, in the order of the walk.
    pub(crate) unread: Vec<String>,
}

/// What is known of the library before it is walked.
pub(crate) struct Before<'a> {
    /// The heads that a former build read, by path.
    pub(crate) heads: HashMap<&'a str, (Stamp, &'a Head)>,
    pub(crate) settled: Settled,
}

/// What the head of a file says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) title: String,
    pub(crate) front: FrontMatter,
}

/// Pictures and other files that are no sources.
pub(crate) type Attachments = BTreeMap<String, Attachment>;

pub(crate) struct Attachment {
    pub(crate) disk: PathBuf,
    pub(crate) stamp: Stamp,
}

/// One file of the library, or one document inside a JSON Lines file.
pub(crate) struct Source {
    /// Path inside the library, parts joined by `/`: its name everywhere.
    pub(crate) path: String,
    pub(crate) origin: Origin,
    pub(crate) place: Place,
    pub(crate) address: Address,
    pub(crate) front: FrontMatter,
    /// Title for navigation: front matter, first heading, or the file's name made readable.
    pub(crate) title: String,
    /// Of its file and of those that are read with it.
    pub(crate) stamp: Stamp,
    /// Of its file alone.
    pub(crate) head_stamp: Stamp,
}

/// Where a source's text is.
pub(crate) enum Origin {
    /// A file of its own. `is_near_json` says whether a file beside it may tell its pages.
    File { disk: PathBuf, is_near_json: bool },
    /// Chunk records of a JSON Lines file.
    Records { file: Arc<Path>, name: String, lines: Vec<Line> },
    /// A document record of a JSON Lines file; its chunks' ids begin with its own.
    Document { file: Arc<Path>, id: String, line: Line },
}

/// The sources that belong together under one vendor, product and version.
pub(crate) struct Guide {
    pub(crate) place: Place,
    pub(crate) sources: Range<usize>,
    pub(crate) title: String,
    /// Whether it belongs to the newest version of its product.
    pub(crate) newest: bool,
}

impl Library {
    /// Finds and sorts the sources below `root`.
    pub(crate) fn open(
        root: &Path,
        before: &Before,
        warnings: &mut Vec<Warning>,
    ) -> Result<Library> {
        let config = Config::read(root)?;
        let walk::Sources { mut sources, record_ids, attachments, unread } =
            walk::sources(root, &config, before, warnings)?;
        if sources.is_empty() {
            bail!(
                "{} holds no documents (looked for .md, .markdown, .mdx, .txt and .jsonl files)",
                root.display()
            );
        }
        warnings.extend(unmatched::warnings(&sources, &config));
        order::sort(&mut sources, &config);
        give_addresses(&mut sources);
        let guides = order::guides(&sources, &config);
        let (root, reading) = (root.to_path_buf(), config.reading());
        let synonyms = Arc::new(config.synonyms());
        Ok(Library {
            root,
            config,
            reading,
            synonyms,
            sources,
            guides,
            record_ids,
            attachments,
            unread,
        })
    }

    /// The display name of a level: configured, else as in the path.
    pub(crate) fn name<'a>(&'a self, path: &str, key: &'a str) -> &'a str {
        self.config.name(path).unwrap_or(key)
    }

    /// How a source is read.
    pub(crate) fn reading_of(&self, source: &Source) -> Cow<'_, Reading> {
        let place = &source.place;
        let version = place.version.as_deref();
        self.reading.for_version(version.map(|key| self.name(&place.version_path(), key)))
    }
}

impl Library {
    /// Warns of the texts that are no sources, but for those that sources link.
    pub(crate) fn unread(&self, is_linked: impl Fn(&str) -> bool) -> impl Iterator<Item = Warning> {
        let unread = self.unread.iter().filter(move |path| !is_linked(path));
        unread.map(|path| Warning {
            source: path.clone(),
            line: 0,
            kind: "no text that can be read",
            detail: "only Markdown, plain text and JSON Lines become pages; convert it, or link it as an attachment".into(),
        })
    }
}

/// Addresses follow from paths alone, in whatever order the sources are read.
fn give_addresses(sources: &mut [Source]) {
    let stems = sources.iter().map(|source| without_extension(&source.path).len());
    let stems: Vec<usize> = stems.collect();
    let mut by_path: Vec<(usize, &mut Source)> = stems.into_iter().zip(sources).collect();
    by_path.sort_by(|(left_end, left), (right_end, right)| {
        let (left, right) = (&left.path, &right.path);
        (&left[..*left_end], left).cmp(&(&right[..*right_end], right))
    });
    let mut registry = Registry::default();
    for (_, source) in by_path {
        source.address = registry.add(&source.path);
        if let Origin::Document { id, .. } = &source.origin {
            source.address.id.clone_from(id);
        }
    }
}

/// A path with the folder of a version blanked out: the same for a source in each version that has it.
pub(crate) fn without_version(path: &str, version: &str) -> String {
    let parts = path.split('/').map(|part| if part == version { "*" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// A file's name or path without its last extension; a leading dot is part of the name.
pub(crate) fn without_extension(path: &str) -> &str {
    let start = path.rfind('/').map_or(0, |at| at + 1);
    match path[start..].rfind('.') {
        Some(dot) if dot > 0 => &path[..start + dot],
        _ => path,
    }
}
