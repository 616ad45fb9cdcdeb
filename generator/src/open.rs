//! Opens the index of a built site and answers queries from it.
//!
//! In: a site's folder and a query. Out: the engine's answer. The native half of the loop that
//! `static/worker.js` runs in the browser: ask, read the files that are missing, feed, ask again.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use search::{Answer, Engine, Fetched, Query, Record, Reply};

use crate::{carrier, output};

/// A query needs fewer rounds than this; more mean an index that contradicts itself.
const ROUNDS_MAX: usize = 16;

/// A site's index, open for queries.
pub(crate) struct Index {
    folder: PathBuf,
    engine: Engine,
    /// What was read so far, the root too.
    pub(crate) read: Reads,
}

/// Files and their bytes as they are stored, by the letter of their part: `w` for shards of words.
#[derive(Debug, Default)]
pub(crate) struct Reads(pub(crate) BTreeMap<String, (usize, usize)>);

impl Reads {
    fn add(&mut self, id: &str, bytes: usize) {
        let part = id.split('/').next().unwrap_or(id);
        let (files, sum) = self.0.entry(part.to_string()).or_default();
        *files += 1;
        *sum += bytes;
    }
}

impl Index {
    /// Opens the index of the site at `site`.
    pub(crate) fn open(site: &Path) -> Result<Index> {
        output::require_site(site)?;
        let folder = site.join("search");
        let mut read = Reads::default();
        let (root, stored_bytes) = read_shard(&folder, "root")?;
        read.add("root", stored_bytes);
        let engine =
            Engine::open(&root).context("cannot open the search index; rebuild the site")?;
        Ok(Index { folder, engine, read })
    }

    /// Answers a query, reading what it needs.
    pub(crate) fn search(&mut self, query: &Query) -> Result<Answer> {
        let Index { folder, engine, read } = self;
        let ask = |engine: &Engine| engine.ask(query).map(Step::from);
        asked(engine, ask, |id| {
            let (raw, stored_bytes) = read_shard(folder, id)?;
            read.add(id, stored_bytes);
            Ok(raw)
        })
    }
}

/// What an engine says: bring these shards, or here it is.
pub(crate) enum Step<T> {
    Bring(Vec<String>),
    Done(T),
}

impl From<Reply> for Step<Answer> {
    fn from(reply: Reply) -> Step<Answer> {
        match reply {
            Reply::Need(ids) => Step::Bring(ids),
            Reply::Answer(answer) => Step::Done(answer),
        }
    }
}

impl From<Fetched> for Step<Vec<Record>> {
    fn from(fetched: Fetched) -> Step<Vec<Record>> {
        match fetched {
            Fetched::Need(ids) => Step::Bring(ids),
            Fetched::Records(records) => Step::Done(records),
        }
    }
}

/// Asks an engine until it answers, bringing it the shards that it names.
pub(crate) fn asked<T, B: AsRef<[u8]>>(
    engine: &mut Engine,
    ask: impl Fn(&Engine) -> Result<Step<T>, search::Error>,
    mut bring: impl FnMut(&str) -> Result<B>,
) -> Result<T> {
    for _ in 0..ROUNDS_MAX {
        let ids = match ask(engine).context("the search index is damaged; rebuild the site")? {
            Step::Done(answer) => return Ok(answer),
            Step::Bring(ids) => ids,
        };
        for id in &ids {
            engine
                .feed(id, bring(id)?.as_ref())
                .with_context(|| format!("search/{id}.js is damaged; rebuild the site"))?;
        }
    }
    bail!("the search index asks for the same files again and again; rebuild the site")
}

/// A shard's raw bytes, and how many bytes its file has.
pub(crate) fn read_shard(folder: &Path, id: &str) -> Result<(Vec<u8>, usize)> {
    let file = folder.join(format!("{id}.js"));
    let script = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let raw =
        carrier::unpack(id, &script).with_context(|| format!("cannot use {}", file.display()))?;
    Ok((raw, script.len()))
}
