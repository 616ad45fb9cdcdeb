//! What the bytes of a site's index are spent on: by part, inside the shards of words, by the largest terms.
//!
//! In: a built site. Out: figures, as columns or as JSON. Reads every shard; changes nothing.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use search::{TextSizes, inspect_texts, inspect_words};
use serde::Serialize;

use crate::{carrier, output};

/// How many of the largest terms are told.
const LARGEST_TERMS: usize = 20;

/// The parts of an index: the folder in `search/`, and what is in it.
const PARTS: [(&str, &str); 11] = [
    ("t", "texts"),
    ("w", "words"),
    ("p", "tiers"),
    ("d", "directory"),
    ("f", "filters"),
    ("g", "guides"),
    ("m", "meaning"),
    ("v", "stems"),
    ("root.js", "root"),
    ("catalogue.js", "catalogue"),
    ("library.json", "manifest"),
];

/// All figures of an index.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Stats {
    pub(crate) chunks: usize,
    pub(crate) passages: usize,
    /// The largest first.
    pub(crate) parts: Vec<PartSize>,
    pub(crate) texts: Vec<StreamSize>,
    /// Inside the shards of words; the largest first.
    pub(crate) streams: Vec<StreamSize>,
    pub(crate) words: TermTotals,
    pub(crate) addresses: TermTotals,
    /// By the bytes of all their postings.
    pub(crate) largest_terms: Vec<LargeTerm>,
}

#[derive(Debug, Default, Clone, Serialize)]
pub(crate) struct PartSize {
    pub(crate) name: &'static str,
    pub(crate) files: usize,
    pub(crate) stored_bytes: usize,
    pub(crate) raw_bytes: usize,
}

#[derive(Debug, Default, Clone, Serialize)]
pub(crate) struct StreamSize {
    pub(crate) name: &'static str,
    pub(crate) raw_bytes: usize,
    /// Deflated by itself, shard by shard: what it would take alone.
    pub(crate) alone_bytes: usize,
}

#[derive(Debug, Default, Clone, Copy, Serialize)]
pub(crate) struct TermTotals {
    pub(crate) keys: usize,
    pub(crate) postings: u64,
    pub(crate) raw_bytes: usize,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct LargeTerm {
    pub(crate) term: String,
    pub(crate) postings: u32,
    pub(crate) raw_bytes: usize,
    pub(crate) tiers: usize,
    pub(crate) tiers_raw_bytes: usize,
}

/// What one file adds.
#[derive(Default)]
struct FileSize {
    part: PartSize,
    texts: TextSizes,
    streams: Vec<StreamSize>,
    words: TermTotals,
    addresses: TermTotals,
    large: Vec<LargeTerm>,
}

/// Weighs the index of the site at `site`.
pub(crate) fn weigh(site: &Path) -> Result<Stats> {
    if !output::is_site(site) {
        bail!("{} is not a site built by McDewey", site.display());
    }
    let folder = site.join("search");
    let mut sums = Sums::default();
    for (path, name) in PARTS {
        let files = files_of(&folder, path)?;
        let sizes: Vec<FileSize> =
            files.par_iter().map(|id| file_size(&folder, id, name)).collect::<Result<_>>()?;
        sizes.into_iter().for_each(|size| sums.add(size));
    }
    Ok(sums.finish())
}

/// The ids of a part's files, sorted.
fn files_of(folder: &Path, path: &str) -> Result<Vec<String>> {
    if let Some(id) = path.strip_suffix(".js") {
        let exists = folder.join(path).is_file();
        return Ok(exists.then(|| id.to_string()).into_iter().collect());
    }
    if folder.join(path).is_file() {
        return Ok(vec![path.to_string()]);
    }
    let mut ids = Vec::new();
    collect(folder, path, &mut ids)?;
    ids.sort();
    Ok(ids)
}

fn collect(folder: &Path, path: &str, ids: &mut Vec<String>) -> Result<()> {
    let below = folder.join(path);
    if !below.is_dir() {
        return Ok(());
    }
    let entries = fs::read_dir(&below).with_context(|| format!("cannot list {}", below.display()));
    for entry in entries? {
        let entry = entry?;
        let path = format!("{path}/{}", entry.file_name().to_string_lossy());
        match path.strip_suffix(".js") {
            Some(id) => ids.push(id.to_string()),
            None => collect(folder, &path, ids)?,
        }
    }
    Ok(())
}

fn file_size(folder: &Path, id: &str, name: &'static str) -> Result<FileSize> {
    let file = match name {
        "manifest" => folder.join(id),
        _ => folder.join(format!("{id}.js")),
    };
    let script = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut size = FileSize {
        part: PartSize { name, files: 1, stored_bytes: script.len(), raw_bytes: script.len() },
        ..FileSize::default()
    };
    if matches!(name, "catalogue" | "manifest") {
        return Ok(size);
    }
    let unpacked = carrier::unpack(id, &script);
    let raw = unpacked.with_context(|| format!("cannot use {}", file.display()))?;
    size.part.raw_bytes = raw.len();
    match name {
        "words" => size.add_words(id, &raw)?,
        "texts" => size.texts = inspect_texts(id, &raw)?,
        _ => {}
    }
    Ok(size)
}

impl FileSize {
    fn add_words(&mut self, id: &str, raw: &[u8]) -> Result<()> {
        let streams = inspect_words(id, raw, &mut |term| {
            let totals = if term.is_address { &mut self.addresses } else { &mut self.words };
            totals.keys += 1;
            totals.postings += u64::from(term.postings);
            totals.raw_bytes += term.raw_bytes + term.tiers_raw_bytes;
            if !term.is_address {
                self.large.push(LargeTerm {
                    term: String::from_utf8_lossy(term.key).into_owned(),
                    postings: term.postings,
                    raw_bytes: term.raw_bytes,
                    tiers: term.tiers,
                    tiers_raw_bytes: term.tiers_raw_bytes,
                });
            }
        })?;
        keep_largest(&mut self.large);
        let sizes = streams.map(|(name, bytes)| StreamSize {
            name,
            raw_bytes: bytes.len(),
            alone_bytes: carrier::packed_bytes(bytes),
        });
        self.streams = sizes.into();
        Ok(())
    }
}

fn keep_largest(terms: &mut Vec<LargeTerm>) {
    terms.sort_by(|left, right| {
        let bytes = |term: &LargeTerm| term.raw_bytes + term.tiers_raw_bytes;
        bytes(right).cmp(&bytes(left)).then_with(|| left.term.cmp(&right.term))
    });
    terms.truncate(LARGEST_TERMS);
}

/// Figures on their way to their sums.
#[derive(Default)]
struct Sums {
    stats: Stats,
    parts: BTreeMap<&'static str, PartSize>,
    streams: BTreeMap<&'static str, StreamSize>,
    texts: TextSizes,
}

impl Sums {
    fn add(&mut self, size: FileSize) {
        let part = self.parts.entry(size.part.name).or_default();
        part.name = size.part.name;
        part.files += 1;
        part.stored_bytes += size.part.stored_bytes;
        part.raw_bytes += size.part.raw_bytes;
        for stream in size.streams {
            let sum = self.streams.entry(stream.name).or_default();
            sum.name = stream.name;
            sum.raw_bytes += stream.raw_bytes;
            sum.alone_bytes += stream.alone_bytes;
        }
        self.texts.passages += size.texts.passages;
        self.texts.chunks += size.texts.chunks;
        self.texts.texts_raw_bytes += size.texts.texts_raw_bytes;
        self.texts.titles_raw_bytes += size.texts.titles_raw_bytes;
        self.texts.others_raw_bytes += size.texts.others_raw_bytes;
        self.stats.words.add(size.words);
        self.stats.addresses.add(size.addresses);
        self.stats.largest_terms.extend(size.large);
        keep_largest(&mut self.stats.largest_terms);
    }

    fn finish(self) -> Stats {
        let mut stats = self.stats;
        stats.chunks = self.texts.chunks;
        stats.passages = self.texts.passages;
        stats.parts = self.parts.into_values().collect();
        stats.parts.sort_by_key(|part| std::cmp::Reverse(part.stored_bytes));
        stats.streams = self.streams.into_values().collect();
        stats.streams.sort_by_key(|stream| std::cmp::Reverse(stream.raw_bytes));
        let text = |name, raw_bytes| StreamSize { name, raw_bytes, alone_bytes: 0 };
        let TextSizes { texts_raw_bytes, titles_raw_bytes, others_raw_bytes, .. } = self.texts;
        stats.texts = vec![
            text("Markdown", texts_raw_bytes),
            text("titles and headings", titles_raw_bytes),
            text("further places", others_raw_bytes),
        ];
        stats
    }
}

impl TermTotals {
    fn add(&mut self, other: TermTotals) {
        self.keys += other.keys;
        self.postings += other.postings;
        self.raw_bytes += other.raw_bytes;
    }
}

impl Stats {
    /// The figures as tables, for people.
    pub(crate) fn table(&self) -> String {
        let mut text = format!("{} chunks, {} passages\n\n", self.chunks, self.passages);
        let heads = ["part", "files", "stored bytes", "raw bytes", "stored a chunk"];
        let mut total = PartSize { name: "all", ..PartSize::default() };
        for part in &self.parts {
            total.files += part.files;
            total.stored_bytes += part.stored_bytes;
            total.raw_bytes += part.raw_bytes;
        }
        let rows = self.parts.iter().chain([&total]).map(|part| {
            let per_chunk = part.stored_bytes as f64 / self.chunks.max(1) as f64;
            let numbers = [part.files, part.stored_bytes, part.raw_bytes];
            let cells = numbers.map(|number| number.to_string());
            [vec![part.name.to_string()], cells.into(), vec![format!("{per_chunk:.1}")]].concat()
        });
        push_table(&mut text, &heads, rows.collect());
        let parts =
            self.texts.iter().map(|part| vec![part.name.into(), part.raw_bytes.to_string()]);
        push_table(&mut text, &["inside texts", "raw bytes"], parts.collect());
        let streams = self.streams.iter().map(|stream| {
            vec![stream.name.into(), stream.raw_bytes.to_string(), stream.alone_bytes.to_string()]
        });
        push_table(&mut text, &["inside words", "raw bytes", "deflated alone"], streams.collect());
        let totals =
            [("words", self.words), ("addresses", self.addresses)].map(|(name, totals)| {
                let TermTotals { keys, postings, raw_bytes } = totals;
                vec![name.into(), keys.to_string(), postings.to_string(), raw_bytes.to_string()]
            });
        let heads = ["terms", "keys", "postings", "raw bytes, tiers too"];
        push_table(&mut text, &heads, totals.into());
        let terms = self.largest_terms.iter().map(|term| {
            let numbers =
                [term.postings as usize, term.raw_bytes, term.tiers, term.tiers_raw_bytes];
            let cells = numbers.map(|number| number.to_string());
            [vec![term.term.clone()], cells.into()].concat()
        });
        let heads = ["largest terms", "postings", "raw bytes", "tiers", "their raw bytes"];
        push_table(&mut text, &heads, terms.collect());
        text.truncate(text.trim_end().len());
        text
    }
}

/// Columns as wide as their widest cell, the first to the left, numbers to the right.
fn push_table(text: &mut String, heads: &[&str], rows: Vec<Vec<String>>) {
    let heads: Vec<String> = heads.iter().map(|head| head.to_string()).collect();
    let rows: Vec<Vec<String>> = [vec![heads], rows].concat();
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    for row in &rows {
        text.push_str(&format!("{:<1$}", row[0], widths[0]));
        for (cell, width) in row.iter().zip(&widths).skip(1) {
            text.push_str(&format!("  {cell:>width$}"));
        }
        text.push('\n');
    }
    text.push('\n');
}
