//! One build of a site, open for questions.
//!
//! In: questions, chunk ids, paths of sources. Out: hits, records, what a passage's page leads to, the catalogue. Any number of threads may ask at once; what
//! is kept in memory is bounded. Knows no protocol.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result};
use search::{Engine, Query, Record, Wanted};

use super::{Stamp, catalogue::Catalogue, shards::Shards};
use crate::{
    manifest::Manifest,
    open::{Step, asked},
    related, site,
    told::Told,
};

/// More words than this make no better question.
pub(crate) const QUERY_MAX_CHARS: usize = 2_000;
/// So far down a list nobody reads.
pub(crate) const OFFSET_MAX: u32 = 1_000;
/// An engine keeps what it was fed; one that was fed more than this is let go.
const FED_MAX_BYTES: usize = 8 << 20;
/// Engines that wait for the next question.
const ENGINES_MAX: usize = 4;

/// One build of a site.
pub(crate) struct Edition {
    pub(super) stamp: Stamp,
    folder: PathBuf,
    pub(crate) catalogue: Catalogue,
    root: Arc<[u8]>,
    shards: Shards,
    idle: Mutex<Vec<Fed>>,
}

/// What was found.
#[derive(Default)]
pub(crate) struct Found {
    /// How many passages the words match.
    pub(crate) total: u32,
    /// How many more are near in meaning and have none of the words.
    pub(crate) related: u32,
    pub(crate) hits: Vec<Hit>,
    pub(crate) told: Told,
}

impl Found {
    /// Whether there may be hits behind the first `end`: what was not read for phrases and titles may be some.
    pub(crate) fn goes_on_behind(&self, end: u32) -> bool {
        !self.hits.is_empty() && end < self.total + self.related + self.told.unchecked
    }
}

/// A passage that answers.
pub(crate) struct Hit {
    pub(crate) found: search::Hit,
    /// The other versions whose guide has the same source, newest first.
    pub(crate) other_versions: Vec<String>,
}

/// An engine and how much it was fed.
struct Fed {
    engine: Engine,
    bytes: usize,
}

impl Edition {
    pub(super) fn open(site: &Path, stamp: Stamp) -> Result<Edition> {
        let shards = Shards::new(site);
        let root: Arc<[u8]> = shards.read_once("root")?.into();
        Engine::open(&root).context("cannot open the search index; rebuild the site")?;
        let catalogue = Catalogue::new(Manifest::read(site)?);
        Ok(Edition {
            stamp,
            folder: site.to_path_buf(),
            catalogue,
            root,
            shards,
            idle: Mutex::default(),
        })
    }

    /// Answers a question with the engine that the browser uses.
    pub(crate) fn search(&self, query: &Query) -> Result<Found> {
        let answer = self.asked(|engine| engine.ask(query).map(Step::from))?;
        Ok(Found {
            total: answer.total,
            related: answer.related,
            told: Told::of(&answer),
            hits: answer.hits.into_iter().map(|hit| self.hit(hit)).collect(),
        })
    }

    /// The record of a chunk id or of a page's address from the site's root.
    pub(crate) fn record(&self, name: &str) -> Result<Option<Record>> {
        Ok(self.fetch(&Wanted::Chunk(name))?.pop())
    }

    /// The records of all passages of a source, in reading order.
    pub(crate) fn records_of(&self, path: &str) -> Result<Vec<Record>> {
        self.fetch(&Wanted::Source(path))
    }

    /// The records of the passages that a passage's page offers to read next. The page may be newer than the index: what that does not know is left out, and
    /// so is what cannot be read, as the passage itself was.
    pub(crate) fn related(&self, record: &Record) -> Vec<Record> {
        let url = &record.place.url;
        let Ok(page) = fs::read(self.folder.join(url)) else { return Vec::new() };
        let urls = site::related_on(&page, url).into_iter().take(related::LINKS_MAX);
        let known = |url: String| {
            let found = self.record(&url);
            found.inspect_err(|error| tracing::warn!("cannot read what {url} says: {error:#}")).ok()
        };
        urls.filter_map(|url| known(url).flatten()).collect()
    }

    fn fetch(&self, wanted: &Wanted<'_>) -> Result<Vec<Record>> {
        self.asked(|engine| engine.fetch(wanted).map(Step::from))
    }

    fn hit(&self, found: search::Hit) -> Hit {
        let other_versions = self.catalogue.other_versions(&found.record.place.source);
        Hit { found, other_versions }
    }

    /// Asks an idle engine, and keeps it for the next question.
    fn asked<T>(&self, ask: impl Fn(&Engine) -> Result<Step<T>, search::Error>) -> Result<T> {
        let Fed { mut engine, mut bytes } = self.idle_engine()?;
        let answer = asked(&mut engine, ask, |id| {
            let raw = self.shards.read(id)?;
            bytes += raw.len();
            Ok(raw)
        })?;
        self.put_back(Fed { engine, bytes });
        Ok(answer)
    }

    fn idle_engine(&self) -> Result<Fed> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| Ok(Fed { engine: Engine::open(&self.root)?, bytes: 0 }), Ok)
    }

    fn put_back(&self, fed: Fed) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if fed.bytes < FED_MAX_BYTES && idle.len() < ENGINES_MAX {
            idle.push(fed);
        }
    }
}
