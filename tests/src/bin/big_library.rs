//! Big libraries for figures: `big-library library FOLDER CHUNKS` writes one as JSON Lines, `big-library index SITE CHUNKS [BYTES]`
//! has the engine make its index alone, for which no page need be written, within so many bytes of memory, and
//! `big-library queries COUNT` prints what to ask.

use std::{
    env,
    fs::{self, File},
    io::{BufWriter, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result, bail};
use mcdewey_tests::big::{Source, queries, sources};
use search::{Fields, GuideEntry, IndexWriter, Name, Placement, Record, SegmentBuilder, Settings};

#[path = "../../../generator/src/carrier.rs"]
#[allow(dead_code)]
mod carrier;

/// The program's own, so that memory compares.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SEED: u64 = 1;
const MEMORY_BYTES: usize = 512 << 20;
/// As the program has them.
const SHARD_BYTES: (usize, usize) = (3_300, 6_200);

fn main() -> Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["library", folder, chunks] => write_library(Path::new(folder), chunks.parse()?),
        ["index", site, chunks] => write_index(Path::new(site), chunks.parse()?, MEMORY_BYTES),
        ["index", site, chunks, bytes] => {
            write_index(Path::new(site), chunks.parse()?, bytes.parse()?)
        }
        ["queries", count] => {
            queries(count.parse()?, SEED).for_each(|query| println!("{query}"));
            Ok(())
        }
        _ => bail!(
            "usage: big-library library FOLDER CHUNKS | index SITE CHUNKS [BYTES] | queries COUNT"
        ),
    }
}

fn write_library(folder: &Path, chunks: usize) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut out = BufWriter::new(File::create(folder.join("big.jsonl"))?);
    for source in sources(chunks, SEED) {
        for (at, chunk) in source.chunks.iter().enumerate() {
            let record = serde_json::json!({
                "chunk_id": chunk_id(&source, at), "source": format!("{}.md", source.path), "page": at + 1,
                "title": chunk.title, "text": chunk.text,
            });
            writeln!(out, "{record}")?;
        }
    }
    Ok(out.flush()?)
}

fn chunk_id(source: &Source, at: usize) -> String {
    format!("{}::{}", source.path.replace('/', "::"), at + 1)
}

/// Segments and records of all sources, one after the other in a file, as the program's spool has them.
struct Spool {
    file: File,
    /// Where the records of each source lie, and where each of them ends there.
    sources: Vec<(u64, Vec<usize>)>,
    end_bytes: u64,
}

fn write_index(site: &Path, chunks: usize, memory_bytes: usize) -> Result<()> {
    fs::create_dir_all(site)?;
    fs::write(site.join(".mcdewey"), "")?;
    let mut spool = Spool { file: scratch(site)?, sources: Vec::new(), end_bytes: 0 };
    let runs = scratch(site)?;
    let (mut run_bytes, mut spills) = (0, 0);
    let begin = Instant::now();
    let mut writer = IndexWriter::new(Settings { shard_bytes: SHARD_BYTES });
    let mut guide = GuideEntry::default();
    for source in sources(chunks, SEED) {
        let entry = guide_entry(&source);
        if entry != guide {
            writer.start_guide(&entry);
            guide = entry;
        }
        let (segment, records) = segment(&source);
        spool.put(&records)?;
        writer.add_source(0, &segment, &mut records.iter().map(Vec::as_slice))?;
        if writer.memory_bytes() > memory_bytes {
            spills += 1;
            writer.spill(&mut |bytes| -> Result<()> {
                runs.write_all_at(bytes, run_bytes)?;
                run_bytes += bytes.len() as u64;
                Ok(())
            })?;
        }
    }
    let held_bytes = writer.memory_bytes();
    let gathered = begin.elapsed();
    let mut recall = |source, chunk| spool.get(source, chunk);
    let mut unspill = |first, out: &mut [u8]| Ok(runs.read_exact_at(out, first)?);
    let mut stored = Stored { site: site.into(), bytes: 0, files: 0 };
    let summary = writer.finish(&mut recall, &mut unspill, &mut |id, raw| stored.put(&id, &raw))?;
    println!(
        "{}",
        serde_json::json!({
            "chunks": summary.chunks, "passages": summary.documents, "near": summary.near, "terms": summary.terms,
            "postings": summary.postings, "spills": spills, "spilledBytes": run_bytes, "heldBytes": held_bytes,
            "gatheredSeconds": gathered.as_secs_f64(), "seconds": begin.elapsed().as_secs_f64(),
            "files": stored.files, "bytes": stored.bytes,
        })
    );
    Ok(())
}

fn scratch(folder: &Path) -> Result<File> {
    tempfile::tempfile_in(folder).context("cannot make a scratch file")
}

impl Spool {
    fn put(&mut self, records: &[Vec<u8>]) -> Result<()> {
        let mut ends = vec![0];
        records.iter().for_each(|record| ends.push(ends[ends.len() - 1] + record.len()));
        self.file.write_all_at(&records.concat(), self.end_bytes)?;
        let bytes = ends[records.len()] as u64;
        self.sources.push((self.end_bytes, ends));
        self.end_bytes += bytes;
        Ok(())
    }

    fn get(&self, source: u32, chunk: u32) -> Result<Vec<u8>> {
        let (first, ends) = &self.sources[source as usize];
        let range = ends[chunk as usize]..ends[chunk as usize + 1];
        let mut record = vec![0; range.len()];
        self.file.read_exact_at(&mut record, first + range.start as u64)?;
        Ok(record)
    }
}

/// Where shards go, and what they weigh there.
struct Stored {
    site: PathBuf,
    bytes: usize,
    files: usize,
}

impl Stored {
    fn put(&mut self, id: &str, raw: &[u8]) -> Result<()> {
        let script = carrier::pack(id, raw);
        let file = self.site.join(format!("search/{id}.js"));
        fs::create_dir_all(file.parent().context("a file lies in a folder")?)?;
        fs::write(&file, &script)?;
        self.files += 1;
        self.bytes += script.len();
        Ok(())
    }
}

fn guide_entry(source: &Source) -> GuideEntry {
    let name = |key: &str| Name { key: key.into(), name: key.into(), aliases: Vec::new() };
    GuideEntry {
        vendor: Some(name(&source.vendor)),
        product: Some(name(&source.product)),
        version: Some(name(source.version)),
        guide: name(&source.guide),
        is_newest: source.is_newest,
    }
}

/// A source's terms, and its records.
fn segment(source: &Source) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut segment = SegmentBuilder::new();
    let headings = vec![source.guide.clone()];
    let records = source.chunks.iter().enumerate().map(|(at, chunk)| {
        let fields =
            Fields { title: &chunk.title, headings: &headings, body_markdown: &chunk.text };
        segment.add(&fields);
        let place = Placement {
            id: chunk_id(source, at),
            source: format!("{}.md", source.path),
            url: format!("{}/{}.html", source.path, at + 1),
            context_url: format!("{}/index.html#p{}", source.path, at + 1),
            version: Some(source.version.into()),
            guide: Some(source.guide.clone()),
            page: Some(at as u32 + 1),
            lines: (at as u32 + 1, at as u32 + 1),
            ..Placement::default()
        };
        let (title, text) = (chunk.title.clone(), chunk.text.clone());
        let record = Record {
            title,
            headings: headings.clone(),
            vendor: Some(source.vendor.clone()),
            product: Some(source.product.clone()),
            place,
            text,
            ..Record::default()
        };
        record.encode()
    });
    let records = records.collect();
    (segment.encode(), records)
}
