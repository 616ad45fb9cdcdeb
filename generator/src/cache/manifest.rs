//! What a build leaves for the next: everything about every source but its pages and its blob.
//!
//! In: a build's outcome, or the file of a former build. Out: the file, or the outcome. A file that is cut, changed or of another
//! program is no manifest at all: the checksum says so before anything in it is believed.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Mutex,
};

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::key::Key;
use crate::{
    files::{self, Addresses},
    library::{Head, Origin, Source, Stamp},
    model::Warning,
    output::{self, Identity},
    related::Faces,
    site::{AssetNames, SourceSummary},
    spool::{Damaged, Slot, Spool},
    work::Done,
};

#[derive(Serialize, Deserialize)]
pub(crate) struct Manifest<'a> {
    /// The program, the settings and the theme by which the site was made.
    pub(super) key: Key,
    /// The folder that was made; another one in its place is none of ours.
    pub(super) site: Identity,
    /// The spool's name and how much of it counts.
    pub(super) spool: String,
    pub(super) spool_bytes: u64,
    pub(super) site_bytes: u64,
    pub(super) link_names: Option<u64>,
    pub(super) addresses: Addresses,
    pub(super) assets: AssetNames,
    /// What each browse page shows, by address.
    pub(super) browse: BTreeMap<String, u64>,
    pub(super) index: Index,
    /// In the library's order.
    pub(super) sources: Vec<Cow<'a, SourceEntry>>,
    /// Of the file it was read from.
    #[serde(skip)]
    pub(super) checksum: u128,
}

/// What came of the merge of these guides; of which blobs, the sources tell.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Index {
    /// In one number.
    pub(crate) guides: u64,
    /// Of its files, sorted.
    pub(crate) urls: Vec<String>,
    pub(crate) bytes: u64,
    /// By which it is changed after an edit; none where it is made anew.
    pub(crate) ledger: Option<Slot>,
}

/// A source that was worked on.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SourceEntry {
    pub(super) path: String,
    /// The file of records that holds it; nothing for a file of its own.
    pub(super) file: String,
    pub(super) stamp: Stamp,
    pub(super) head_stamp: Stamp,
    pub(super) head: Head,
    pub(super) content: u128,
    pub(super) facts: u128,
    pub(super) answers: u64,
    pub(super) attachments: Vec<String>,
    pub(crate) slot: Slot,
    /// Of its chunks, in order; none where nothing is related.
    pub(crate) faces: Faces,
    /// What the related passages that its pages show say, in one number; 0 where they show none.
    pub(crate) related: u64,
    /// Where [`Details`] lie.
    pub(super) details: Slot,
    pub(crate) summary: SourceSummary,
    pub(super) warnings: Vec<KnownWarning>,
}

/// What is needed only of sources that change.
#[derive(Serialize, Deserialize)]
pub(super) struct Details {
    pub(super) pages: Vec<String>,
    pub(super) questions: Vec<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct KnownWarning {
    source: String,
    line: u32,
    kind: String,
    detail: String,
}

impl Manifest<'static> {
    /// The manifest in a file, if there is a whole one.
    pub(super) fn read(file: &Path) -> Option<Manifest<'static>> {
        let bytes = fs::read(file).ok()?;
        let (body, checksum) = bytes.split_last_chunk::<16>()?;
        let checksum = u128::from_le_bytes(*checksum);
        if xxhash_rust::xxh3::xxh3_128(body) != checksum {
            return None;
        }
        let manifest: Manifest = postcard::from_bytes(body).ok()?;
        Some(Manifest { checksum, ..manifest })
    }
}

impl Manifest<'_> {
    pub(super) fn write(&self, file: &Path) -> Result<()> {
        let mut bytes = postcard::to_extend(self, Vec::with_capacity(self.sources.len() * 512))?;
        let checksum = xxhash_rust::xxh3::xxh3_128(&bytes);
        bytes.extend_from_slice(&checksum.to_le_bytes());
        output::write(file, &bytes)
    }
}

impl SourceEntry {
    /// What is left of a source once it was worked on.
    pub(super) fn new(
        source: &Source,
        facts: u128,
        done: Done,
        spool: &Spool,
    ) -> Result<SourceEntry> {
        let details = Details { pages: done.pages, questions: done.answers.questions() };
        let known = |warning: Warning| KnownWarning {
            source: warning.source,
            line: warning.line,
            kind: warning.kind.to_string(),
            detail: warning.detail,
        };
        Ok(SourceEntry {
            path: source.path.clone(),
            file: file_of_records(source).to_string(),
            stamp: source.stamp,
            head_stamp: source.head_stamp,
            head: Head { title: source.title.clone(), front: source.front.clone() },
            content: done.content,
            facts,
            answers: done.answers.hash(),
            attachments: done.answers.below(&source.address.up(), files::FOLDER),
            slot: done.slot,
            faces: done.faces,
            related: 0,
            details: spool.put(&postcard::to_stdvec(&details)?)?,
            summary: done.summary,
            warnings: done.warnings.into_iter().map(known).collect(),
        })
    }

    /// What the library may know of its file without a look into it.
    pub(super) fn head(&self) -> (&str, (Stamp, &Head)) {
        (&self.path, (self.head_stamp, &self.head))
    }

    /// The addresses of its pages: those of its chunks, in order, come first.
    pub(crate) fn pages(&self, spool: &Spool) -> Result<Vec<String>> {
        Ok(Details::read(spool, self.details)?.pages)
    }

    /// What its blobs take of the spool.
    pub(super) fn bytes(&self) -> u64 {
        self.slot.length_bytes() + self.details.length_bytes()
    }

    pub(crate) fn warnings(&self) -> impl Iterator<Item = Warning> {
        self.warnings.iter().map(|warning| Warning {
            source: warning.source.clone(),
            line: warning.line,
            kind: lasting(&warning.kind),
            detail: warning.detail.clone(),
        })
    }
}

impl Details {
    pub(super) fn read(spool: &Spool, slot: Slot) -> Result<Details> {
        postcard::from_bytes(&spool.get(slot)?).map_err(|_| Damaged.into())
    }
}

/// The file of records that holds a source; nothing for a file of its own.
pub(super) fn file_of_records(source: &Source) -> &str {
    match &source.origin {
        Origin::File { .. } => "",
        Origin::Records { file, .. } | Origin::Document { file, .. } => {
            file.to_str().unwrap_or("?")
        }
    }
}

/// Kinds of warnings are few and live as long as the program.
fn lasting(kind: &str) -> &'static str {
    static KINDS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut kinds = KINDS.lock().expect("no holder of this lock panics");
    if let Some(known) = kinds.get(kind) {
        return known;
    }
    let kind: &'static str = Box::leak(kind.to_string().into_boxed_str());
    kinds.insert(kind);
    kind
}
