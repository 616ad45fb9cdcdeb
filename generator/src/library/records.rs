//! JSON Lines: chunks that another program has cut, and documents that another program has exported.
//!
//! In: `.jsonl` files with one object a line. A **chunk record** has `chunk_id, source, page, text` and perhaps `title`,
//! `section`, `label`, `vendor`, `product`, `version`, `guide`; its id is kept as it is. A **document record** has
//! `_id, title, text`; it is read like a file. Out: one source for each `source` that chunk records name, with the lines
//! that belong to it, and one for each document record; later the records themselves. An id given twice is an error
//! that names both lines.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::Path,
    sync::Arc,
};

use anyhow::{Context, Error, Result, bail};
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

use super::{Origin, Source, walk, without_extension};
use crate::{
    config::Config,
    model::{FrontMatter, Warning},
    parse::{plain_title, readable},
};

/// A record of either kind, as it stands in its line.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Record {
    /// Only chunk records have one.
    #[serde(default)]
    pub(crate) chunk_id: String,
    /// Only document records have one.
    #[serde(default, rename = "_id")]
    id: String,
    #[serde(default)]
    pub(crate) source: String,
    #[serde(default)]
    pub(crate) page: Option<u32>,
    #[serde(default)]
    pub(crate) label: Option<String>,
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) title: Option<String>,
    #[serde(default)]
    pub(crate) section: Option<String>,
    #[serde(default)]
    vendor: Option<String>,
    #[serde(default)]
    product: Option<String>,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    guide: Option<String>,
}

/// Where a record's line stands in its file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) number: u32,
    offset_bytes: u64,
    length_bytes: usize,
    /// Of its bytes.
    pub(crate) hash: u64,
}

/// The sources that the records of `files` make.
pub(super) fn sources(
    files: &[walk::Found],
    config: &Config,
    warnings: &mut Vec<Warning>,
) -> Result<(Vec<Source>, Seen)> {
    let mut seen = HashMap::new();
    let mut sources = Vec::new();
    for file in files {
        if is_query_list(file) {
            let (source, kind) = (file.path.clone(), "left out of the site");
            let detail = "holds the queries of the relevance test beside it".to_string();
            warnings.push(Warning { source, line: 0, kind, detail });
            continue;
        }
        sources.extend(file_sources(file, config, &mut seen, warnings)?);
    }
    Ok((sources, seen))
}

/// A relevance test in the usual layout (`corpus.jsonl`, `queries.jsonl`, `qrels/`) is a library but for its queries.
fn is_query_list(file: &walk::Found) -> bool {
    let beside = |name: &str| file.disk.with_file_name(name).exists();
    file.disk.file_name().is_some_and(|name| name == "queries.jsonl") && beside("qrels")
}

/// The ids of records, with the file and line of each.
pub(crate) type Seen = HashMap<String, (String, u32)>;

fn file_sources(
    file: &walk::Found,
    config: &Config,
    seen: &mut Seen,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Source>> {
    let disk: Arc<Path> = file.disk.as_path().into();
    let mut groups: BTreeMap<String, (FrontMatter, Vec<Line>)> = BTreeMap::new();
    let mut sources = Vec::new();
    for_each_line(&file.disk, |line, bytes| {
        let record = match parse_line(bytes) {
            Ok(record) => record,
            Err(detail) => {
                let (source, kind) = (file.path.clone(), "record left out");
                warnings.push(Warning { source, line: line.number, kind, detail });
                return Ok(());
            }
        };
        refuse_duplicate(&record, file, line.number, seen)?;
        if record.is_document() {
            sources.push(document(file, &disk, line, record, config));
        } else {
            let group = groups.entry(record.source.clone());
            group.or_insert_with(|| (levels(record), Vec::new())).1.push(line);
        }
        Ok(())
    })?;
    let chunks = |(path, (front, lines))| chunks(file, &disk, path, front, lines, config);
    sources.extend(groups.into_iter().map(chunks));
    Ok(sources)
}

/// Calls `each` with every line of a file that is not blank.
fn for_each_line(disk: &Path, mut each: impl FnMut(Line, &[u8]) -> Result<()>) -> Result<()> {
    let open = File::open(disk).with_context(|| format!("cannot read {}", disk.display()))?;
    let mut reader = BufReader::new(open);
    let (mut bytes, mut offset_bytes, mut number) = (Vec::new(), 0, 0);
    loop {
        bytes.clear();
        let length_bytes = reader
            .read_until(b'\n', &mut bytes)
            .with_context(|| format!("cannot read {}", disk.display()))?;
        if length_bytes == 0 {
            return Ok(());
        }
        number += 1;
        if !bytes.trim_ascii().is_empty() {
            let hash = xxh3_64(&bytes);
            each(Line { number, offset_bytes, length_bytes, hash }, &bytes)?;
        }
        offset_bytes += length_bytes as u64;
    }
}

/// The levels that a record gives itself.
fn levels(record: Record) -> FrontMatter {
    let Record { vendor, product, version, guide, .. } = record;
    FrontMatter { vendor, product, version, guide, ..FrontMatter::default() }
}

/// The source that chunk records name.
fn chunks(
    file: &walk::Found,
    disk: &Arc<Path>,
    path: String,
    front: FrontMatter,
    lines: Vec<Line>,
    config: &Config,
) -> Source {
    let origin = Origin::Records { file: disk.clone(), name: file.path.clone(), lines };
    let title = readable(without_extension(path.rsplit('/').next().unwrap_or(&path)));
    walk::source(path, origin, title, front, config)
}

/// A document record as a source. An id that is a path stands where the path says; the documents of any other file are
/// one guide, named by the file.
fn document(
    file: &walk::Found,
    disk: &Arc<Path>,
    line: Line,
    record: Record,
    config: &Config,
) -> Source {
    let title = record.title.as_deref().filter(|title| !title.trim().is_empty()).map(plain_title);
    let id = record.id.clone();
    let mut front = levels(record);
    let is_path = id.contains('/') && clean(&id) == id;
    let path = match is_path {
        true => id.clone(),
        false => format!("{}/{}", without_extension(&file.path), id.replace('/', "_")),
    };
    if !is_path && front.guide.is_none() {
        let stem = without_extension(&file.path);
        front.guide = Some(stem.rsplit('/').next().unwrap_or(stem).to_string());
    }
    let title =
        title.unwrap_or_else(|| readable(without_extension(id.rsplit('/').next().unwrap_or(&id))));
    let origin = Origin::Document { file: disk.clone(), id, line };
    walk::source(path, origin, title, front, config)
}

fn refuse_duplicate(
    record: &Record,
    file: &walk::Found,
    number: u32,
    seen: &mut Seen,
) -> Result<()> {
    let (key, id) = match record.is_document() {
        true => ("_id", &record.id),
        false => ("chunk_id", &record.chunk_id),
    };
    let place = (file.path.clone(), number);
    if let Some((other, line)) = seen.insert(id.clone(), place) {
        bail!(
            "{}:{number}: {key} \"{id}\" was already given at {other}:{line}; every id must stand once",
            file.path
        );
    }
    Ok(())
}

/// A record whose source is a clean path inside the library.
fn parse_line(bytes: &[u8]) -> std::result::Result<Record, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let expected =
        "expected an object with chunk_id, source, page and text, or with _id, title and text";
    let mut record: Record =
        serde_json::from_slice(bytes).map_err(|error| format!("{error}; {expected}"))?;
    record.source = clean(&record.source);
    match () {
        () if record.is_document() => Ok(record),
        () if record.chunk_id.trim().is_empty() => Err(format!("the record has no id; {expected}")),
        () if record.source.is_empty() => Err("the record's source is empty".into()),
        () => Ok(record),
    }
}

/// A path whose parts all name something.
fn clean(path: &str) -> String {
    let path = path.replace('\\', "/");
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
    parts.collect::<Vec<_>>().join("/")
}

/// Reads the records of a source again, in the order of the file.
pub(crate) fn read_records(file: &Path, lines: &[Line]) -> Result<Vec<(Line, Record)>> {
    let mut open = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut read = |line: &Line| -> Result<(Line, Record)> {
        let mut bytes = vec![0; line.length_bytes];
        open.seek(SeekFrom::Start(line.offset_bytes))?;
        open.read_exact(&mut bytes)?;
        if xxh3_64(&bytes) != line.hash {
            bail!("another line stands there");
        }
        Ok((*line, parse_line(&bytes).map_err(Error::msg)?))
    };
    let place = |line: &Line| {
        format!("{}:{}: changed while it was read; build again", file.display(), line.number)
    };
    lines.iter().map(|line| read(line).with_context(|| place(line))).collect()
}

impl Record {
    fn is_document(&self) -> bool {
        self.chunk_id.is_empty() && !self.id.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_records_are_clean_paths() {
        let line = br#"{"chunk_id":"a::1","source":"../x/./a.md","text":"t"}"#;
        assert_eq!(parse_line(line).unwrap().source, "x/a.md");
        let error = parse_line(br#"{"chunk_id":"a::1"}"#).unwrap_err();
        assert!(error.contains("missing field"), "{error}");
        assert!(parse_line(br#"{"source":"a","text":"t"}"#).unwrap_err().contains("no id"));
    }

    #[test]
    fn a_file_that_changed_since_it_was_read_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.jsonl");
        let record = |text: &str| {
            format!("{{\"chunk_id\":\"a::{text}\",\"source\":\"a\",\"text\":\"{text}\"}}\n")
        };
        let both = [record("one"), record("two")].concat();
        std::fs::write(&file, &both).unwrap();
        let mut lines = Vec::new();
        for_each_line(&file, |line, _| {
            lines.push(line);
            Ok(())
        })
        .unwrap();
        assert_eq!(read_records(&file, &lines).unwrap().len(), 2);
        for changed in [&record("one"), &both.replace("two", "ten"), &both.replace("two", "\"\"\"")]
        {
            std::fs::write(&file, changed).unwrap();
            let error = format!("{:#}", read_records(&file, &lines).unwrap_err());
            assert!(error.contains("a.jsonl:2: changed while it was read"), "{error}");
        }
    }

    #[test]
    fn document_records_are_told_from_chunk_records() {
        assert!(parse_line(br#"{"_id":"7","title":"T","text":""}"#).unwrap().is_document());
        assert!(
            !parse_line(br#"{"_id":"7","chunk_id":"a::1","source":"a","text":""}"#)
                .unwrap()
                .is_document()
        );
    }
}
