//! What the bytes of a site's index are spent on: by part, inside the shards of words, by the largest terms.
//!
//! In: a built site. Out: figures, as columns or as JSON. Reads every shard; changes nothing.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use rayon::prelude::*;
use search::{TextSizes, inspect_texts, inspect_words};
use serde::Serialize;

use crate::{carrier, open, output, update};

/// How many of the largest terms are told.
const LARGEST_TERMS: usize = 20;

/// The parts of an index: what the paths of their files in `search/` begin with, and what is in them.
const PARTS: [(&str, &str); 12] = [
    ("t", "texts"),
    ("w", "words"),
    ("p", "tiers"),
    ("d", "directory"),
    ("c", "names"),
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

impl PartSize {
    /// One file of a part.
    fn of(name: &'static str, stored_bytes: usize, raw_bytes: usize) -> PartSize {
        PartSize { name, files: 1, stored_bytes, raw_bytes }
    }
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
    output::require_site(site)?;
    let folder = site.join("search");
    let files = update::files(&folder)?;
    let sized = files.par_iter().filter_map(|path| Some((path, part_of(path)?)));
    let sizes: Vec<FileSize> =
        sized.map(|(path, name)| FileSize::of(&folder, path, name)).collect::<Result<_>>()?;
    let mut sums = Sums::default();
    sizes.into_iter().for_each(|size| sums.add(size));
    Ok(sums.finish())
}

/// The part that a file belongs to.
fn part_of(path: &str) -> Option<&'static str> {
    let first = path.split('/').next();
    PARTS.iter().find(|(begin, _)| first == Some(begin)).map(|(_, name)| *name)
}

impl FileSize {
    fn of(folder: &Path, path: &str, name: &'static str) -> Result<FileSize> {
        let shard = path.strip_suffix(".js").filter(|_| name != "catalogue");
        let Some(id) = shard else {
            let file = folder.join(path);
            let look =
                fs::metadata(&file).with_context(|| format!("cannot look at {}", file.display()));
            let bytes = look?.len() as usize;
            return Ok(FileSize { part: PartSize::of(name, bytes, bytes), ..FileSize::default() });
        };
        let (raw, stored_bytes) = open::read_shard(folder, id)?;
        let part = PartSize::of(name, stored_bytes, raw.len());
        let mut size = FileSize { part, ..FileSize::default() };
        let inspected = match name {
            "words" => size.add_words(id, &raw),
            "texts" => inspect_texts(id, &raw).map(|texts| size.texts = texts),
            _ => Ok(()),
        };
        inspected.with_context(|| format!("search/{path} is damaged; rebuild the site"))?;
        Ok(size)
    }

    fn add_words(&mut self, id: &str, raw: &[u8]) -> Result<(), search::Error> {
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
