//! The one translator between documents and the engine: fields and records in, shard files out.
//!
//! In: documents (while sources are worked on), then the spooled segments in the library's order (the
//! merge). Out: `search/*.js`. Knows the engine's face, no HTML and no template.

use std::{cell::RefCell, collections::HashMap, fs, path::Path};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use search::{
    Fields, GuideEntry, IndexWriter, Kept, Meaning, Name, Numbered, Numbers, Placement, Record,
    Revision, SegmentBuilder, Settings, Yield,
};

use crate::{
    carrier,
    language::stemmer,
    library::{Guide, Library},
    model::Chunk,
    output::{self, Output},
    progress::Progress,
    related::{Face, Faces},
    scratch::Scratch,
    semantic::{self, Taught, Teacher},
    spool::{Damaged, Slot, Spool},
    work::Reading,
};

/// How large a shard of words should be once compressed, at least and at most.
const SETTINGS: Settings = Settings { shard_bytes: (2_600, 2_600) };
/// Shards wait for the disk in batches, so that all cores compress and memory stays flat.
const BATCH_SHARDS: usize = 64;

/// What the merge wrote.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) bytes: u64,
    /// Addresses of all shards, sorted.
    pub(crate) urls: Vec<String>,
    /// By which [`revise`] changes the index after an edit.
    pub(crate) ledger: Option<Slot>,
}

/// The terms and records of a source's chunks as one blob for the spool, and the faces of the chunks.
pub(crate) fn segment(library: &Library, reading: &Reading) -> Result<(Vec<u8>, Faces)> {
    BUILDER.with_borrow_mut(|builder| segment_by(builder, library, reading))
}

thread_local! {
    // It knows the words of the sources before: most of those of the next.
    static BUILDER: RefCell<SegmentBuilder> = RefCell::default();
}

fn segment_by(
    segment: &mut SegmentBuilder,
    library: &Library,
    reading: &Reading,
) -> Result<(Vec<u8>, Faces)> {
    let source = reading.source(library);
    let own = source.front.language.as_deref();
    segment.set_stemmer(stemmer(own.unwrap_or_else(|| library.config.language(&source.path))));
    segment.set_synonyms(&library.synonyms);
    let records = (0..reading.document.chunks.len()).map(|at| {
        let shown = Shown::of(library, reading, at);
        let chunk = &reading.document.chunks[at];
        segment.add(&Fields {
            title: &shown.title,
            headings: &shown.headings,
            body_markdown: &chunk.text,
        });
        record(library, reading, at, shown)
    });
    let records: Vec<Record> = records.collect();
    let terms = segment.encode();
    let faces = match library.config.semantic.is_on() {
        true => faces(&reading.guide(library).place.product_path(), &terms, &records)?,
        false => Faces::default(),
    };
    Ok((blob(&records, &terms), faces))
}

/// What is known of each chunk to those who relate them to others.
fn faces(product: &str, terms: &[u8], records: &[Record]) -> Result<Faces> {
    let pairs = search::identities_of(terms)?.into_iter().zip(records);
    Ok(pairs.map(|(identity, record)| Face::of(product, identity, record)).collect())
}

fn blob(records: &[Record], terms: &[u8]) -> Vec<u8> {
    let records: Vec<Vec<u8>> = records.iter().map(Record::encode).collect();
    let mut blob = Vec::new();
    blob.extend_from_slice(&(records.len() as u32).to_le_bytes());
    for record in &records {
        blob.extend_from_slice(&(record.len() as u32).to_le_bytes());
    }
    records.iter().for_each(|record| blob.extend_from_slice(record));
    blob.extend_from_slice(terms);
    blob
}

/// What a source's [`segment`] holds beside terms, of these chunks.
pub(crate) fn records(spool: &Spool, slot: Slot, chunks: &[u32]) -> Result<Vec<Record>> {
    let blob = Blob::read(spool, slot)?;
    let record = |chunk: &u32| Ok(Record::decode(blob.record(*chunk)?)?);
    chunks.iter().map(record).collect()
}

/// What a source's [`segment`] holds of terms.
pub(crate) fn terms(spool: &Spool, slot: Slot) -> Result<Vec<u8>> {
    Ok(Blob::read(spool, slot)?.segment().to_vec())
}

/// A chunk's title and heading path as results show them: a page goes by its nearest heading.
struct Shown {
    title: String,
    headings: Vec<String>,
}

impl Shown {
    fn of(library: &Library, reading: &Reading, at: usize) -> Shown {
        let chunk = &reading.document.chunks[at];
        let document = reading.source(library).title.clone();
        let mut headings = chunk.headings.clone();
        if headings.first() != Some(&document) && chunk.title != document {
            headings.insert(0, document);
        }
        match is_page(chunk) {
            true => {
                Shown { title: headings.pop().unwrap_or_else(|| chunk.title.clone()), headings }
            }
            false => Shown { title: chunk.title.clone(), headings },
        }
    }
}

/// Whether the title says no more than the page's number.
fn is_page(chunk: &Chunk) -> bool {
    let number = chunk.page.as_ref().map(|page| page.number.to_string());
    number.is_some_and(|number| chunk.title.strip_prefix("Page ") == Some(&number))
}

fn record(library: &Library, reading: &Reading, at: usize, shown: Shown) -> Record {
    let chunk = &reading.document.chunks[at];
    let names = &reading.names[at];
    let guide = reading.guide(library);
    let place = &guide.place;
    let name = |path: &str, key: &str| library.name(path, key).to_string();
    Record {
        title: shown.title,
        headings: shown.headings,
        vendor: place.vendor.as_ref().map(|key| name(key, key)),
        product: Some(name(&place.product_path(), &place.product)),
        place: Placement {
            id: names.id.clone(),
            source: reading.source(library).path.clone(),
            url: names.url.clone(),
            context_url: names.context_url.clone(),
            version: place.version.as_ref().map(|key| name(&place.version_path(), key)),
            guide: Some(guide.title.clone()),
            guide_number: 0,
            page: chunk.page.as_ref().map(|page| page.number),
            label: chunk.page.as_ref().and_then(|page| page.label.clone()),
            lines: chunk.lines,
        },
        text: chunk.text.clone(),
        ..Record::default()
    }
}

/// Where an index is written, and with what.
pub(crate) struct Place<'a> {
    pub(crate) output: &'a Output,
    /// What was found out of meaning before.
    pub(crate) records: semantic::Records,
    /// How much memory the index may take before it is spilled to disk.
    pub(crate) memory_bytes: usize,
    /// Who says what passages mean, if not the library alone.
    pub(crate) teacher: Option<&'a Teacher>,
}

/// Merges the segments of all sources into shards below `site`.
pub(crate) fn merge(
    library: &Library,
    slots: &[Slot],
    spool: &Spool,
    place: &Place<'_>,
    progress: &Progress,
) -> Result<Written> {
    let site = place.output.folder();
    let mut shards = Shards::new(site);
    // What a writer spills lies where it says: each has a scratch file of its own.
    let add = |numbers: Option<Numbers>, step: &dyn Fn()| -> Result<(IndexWriter, Scratch)> {
        let scratch = Scratch::new(site)?;
        let mut writer = IndexWriter::new(SETTINGS);
        if let Some(numbers) = numbers {
            writer.set_numbers(numbers);
        }
        for guide in &library.guides {
            writer.start_guide(&guide_entry(library, guide));
            for slot in &slots[guide.sources.clone()] {
                let blob = Blob::read(spool, *slot)?;
                writer.add_source(slot.hash, blob.segment(), &mut blob.records())?;
                if writer.memory_bytes() > place.memory_bytes {
                    writer.spill(&mut |bytes| scratch.put(bytes))?;
                }
                step();
            }
        }
        Ok((writer, scratch))
    };
    let numbers = numbers(library, slots, spool, place)?;
    let (mut writer, mut scratch) = add(numbers.clone(), &|| progress.step())?;
    let is_worn = writer.is_worn();
    if is_worn || writer.has_too_many_late() {
        drop((writer, scratch));
        let settled = numbers.filter(|_| !is_worn).map(Numbers::settled);
        (writer, scratch) = add(settled, &|| ())?;
    }
    let passages: Vec<Numbered> = writer.passages().collect();
    if let Some(meaning) = meaning(library, slots, spool, place, &passages)? {
        writer.set_meaning(meaning);
    }
    let mut last: Option<(u32, Blob)> = None;
    let mut recall = |source: u32, chunk: u32| -> Result<Vec<u8>> {
        if last.as_ref().is_none_or(|(at, _)| *at != source) {
            last = Some((source, Blob::read(spool, slots[source as usize])?));
        }
        let blob = last.as_ref().map(|(_, blob)| blob);
        Ok(blob.context("the scratch file is damaged")?.record(chunk)?.to_vec())
    };
    let mut unspill = |first: u64, out: &mut [u8]| scratch.read(first, out);
    let mut emit = |id, raw| shards.add(id, raw);
    let mut keep = |bytes: &[u8]| -> Result<Kept> { Ok(spool.put(bytes)?.into()) };
    let finished = writer.finish_keeping(&mut recall, &mut unspill, &mut emit, &mut keep)?;
    let ledger = finished.ledger.map(|ledger| spool.put(&ledger)).transpose()?;
    output::record(&place.output.numbers(), &finished.numbers)?;
    Ok(Written { ledger, ..shards.finish()? })
}

/// How passages were numbered before, if that is recorded, and which of them are still there.
fn numbers(
    library: &Library,
    slots: &[Slot],
    spool: &Spool,
    place: &Place<'_>,
) -> Result<Option<Numbers>> {
    let Some(mut numbers) =
        fs::read(place.output.numbers()).ok().and_then(|record| Numbers::read(&record))
    else {
        return Ok(None);
    };
    for guide in &library.guides {
        numbers.start_guide(&guide_entry(library, guide));
        for slot in &slots[guide.sources.clone()] {
            numbers.add_source(Blob::read(spool, *slot)?.segment())?;
        }
    }
    Ok(Some(numbers))
}

/// What the passages of all sources mean.
fn meaning(
    library: &Library,
    slots: &[Slot],
    spool: &Spool,
    place: &Place<'_>,
    passages: &[Numbered],
) -> Result<Option<Meaning>> {
    let segments = |source: u32| -> Result<Vec<u8>> { terms(spool, slots[source as usize]) };
    let hashes = |source: u32| slots[source as usize].hash;
    let sources = semantic::Sources { segments: &segments, hashes: &hashes };
    let texts = |source: u32| Blob::read(spool, slots[source as usize])?.texts();
    let kept = &place.output.vectors();
    let taught = place.teacher.map(|teacher| Taught { teacher, kept, texts: &texts });
    semantic::meaning(passages, sources, taught.as_ref(), &place.records, &library.config.semantic)
}

/// An index that stands in a site.
pub(crate) struct Standing<'a> {
    pub(crate) site: &'a Path,
    /// Sorted.
    pub(crate) urls: &'a [String],
    pub(crate) bytes: u64,
    pub(crate) ledger: Slot,
    /// What its sources yielded.
    pub(crate) sources: Vec<Slot>,
}

/// Writes the shards that an index of these sources has and the standing one has not; nothing where a merge is due.
pub(crate) fn revise(
    library: &Library,
    slots: &[Slot],
    spool: &Spool,
    place: &Place<'_>,
    standing: &Standing,
) -> Result<Option<Written>> {
    let guide = |guide: &Guide| {
        let hashes = slots[guide.sources.clone()].iter().map(|slot| slot.hash);
        (guide_entry(library, guide), hashes.collect())
    };
    let guides: Vec<(GuideEntry, Vec<u64>)> = library.guides.iter().map(guide).collect();
    let known: HashMap<u64, Slot> =
        standing.sources.iter().chain(slots).map(|slot| (slot.hash, *slot)).collect();
    let mut fetch = |hash: u64| -> Result<Yield> {
        let blob = Blob::read(spool, *known.get(&hash).ok_or(Damaged)?)?;
        let records = blob.records().map(<[u8]>::to_vec).collect();
        Ok(Yield { records, segment: blob.segment().to_vec() })
    };
    let mut shards: Vec<(String, Vec<u8>)> = Vec::new();
    let revised = search::revise(Revision {
        settings: SETTINGS,
        ledger: &spool.get(standing.ledger)?,
        numbers: &fs::read(place.output.numbers()).unwrap_or_default(),
        guides: &guides,
        fetch: &mut fetch,
        meaning: &mut |passages| meaning(library, slots, spool, place, passages),
        bring: &mut |kept| spool.get(kept.into()),
        keep: &mut |bytes| Ok(spool.put(bytes)?.into()),
        emit: &mut |id, raw| {
            shards.push((id, raw));
            Ok(())
        },
    });
    let revised = match revised {
        // What cannot be changed is made anew.
        Err(error) if error.is::<search::Error>() => None,
        revised => revised?,
    };
    let Some(revised) = revised else { return Ok(None) };
    output::record(&place.output.numbers(), &revised.numbers)?;
    let mut new = Shards::new(place.output.folder());
    shards.into_iter().try_for_each(|(id, raw)| new.add(id, raw))?;
    let new = new.finish()?;
    let mut urls: Vec<String> = revised.ids.iter().map(|id| url_of(id)).collect();
    urls.push(url_of("root"));
    urls.sort();
    let is_gone =
        |url: &&String| urls.binary_search(url).is_err() || new.urls.binary_search(url).is_ok();
    let gone = standing.urls.iter().filter(is_gone);
    let bytes = |url: &String| fs::metadata(standing.site.join(url)).map_or(0, |file| file.len());
    let gone_bytes: u64 = gone.map(bytes).sum();
    let bytes = (standing.bytes + new.bytes).saturating_sub(gone_bytes);
    Ok(Some(Written { bytes, urls, ledger: Some(spool.put(&revised.ledger)?) }))
}

/// The records and the segment of a source, as [`segment`] put them into one blob.
struct Blob {
    bytes: Vec<u8>,
    /// Where each record ends; the first begins after the table of lengths, the segment after the last.
    ends: Vec<usize>,
}

impl Blob {
    fn read(spool: &Spool, slot: Slot) -> Result<Blob> {
        let bytes = spool.get(slot)?;
        let number = |at: usize| -> Result<usize> {
            let number = bytes.get(4 * at..4 * at + 4).context("the scratch file is damaged")?;
            Ok(u32::from_le_bytes(number.try_into()?) as usize)
        };
        let count = number(0)?;
        let mut end = 4 + 4 * count;
        let mut ends = vec![end];
        for at in 0..count {
            end += number(1 + at)?;
            ends.push(end);
        }
        if end > bytes.len() {
            bail!("the scratch file is damaged");
        }
        Ok(Blob { bytes, ends })
    }

    fn records(&self) -> impl Iterator<Item = &[u8]> {
        self.ends.windows(2).map(|ends| &self.bytes[ends[0]..ends[1]])
    }

    fn record(&self, chunk: u32) -> Result<&[u8]> {
        self.records().nth(chunk as usize).context("the scratch file is damaged")
    }

    /// What a model is to read of each chunk.
    fn texts(&self) -> Result<Vec<String>> {
        let text = |bytes: &[u8]| -> Result<String> {
            let Record { title, headings, text, .. } = Record::decode(bytes)?;
            let path = headings.join(" / ");
            Ok([title, path, search::plain(&text)].join("\n"))
        };
        self.records().map(text).collect()
    }

    fn segment(&self) -> &[u8] {
        &self.bytes[self.ends[self.ends.len() - 1]..]
    }
}

fn guide_entry(library: &Library, guide: &Guide) -> GuideEntry {
    let place = &guide.place;
    let name = |path: &str, key: &str| Name {
        key: key.to_lowercase(),
        name: library.name(path, key).to_string(),
        aliases: library.config.aliases(path).to_vec(),
    };
    let mut own = name(&place.guide_path(), &place.guide);
    own.name.clone_from(&guide.title);
    GuideEntry {
        vendor: place.vendor.as_ref().map(|key| name(key, key)),
        product: Some(name(&place.product_path(), &place.product)),
        version: place.version.as_ref().map(|key| name(&place.version_path(), key)),
        guide: own,
        is_newest: guide.newest,
    }
}

/// Shards on their way to the disk.
struct Shards<'a> {
    site: &'a Path,
    waiting: Vec<(String, Vec<u8>)>,
    written: Written,
}

impl<'a> Shards<'a> {
    fn new(site: &'a Path) -> Shards<'a> {
        Shards { site, waiting: Vec::new(), written: Written::default() }
    }

    fn add(&mut self, id: String, raw: Vec<u8>) -> Result<()> {
        self.waiting.push((id, raw));
        if self.waiting.len() >= BATCH_SHARDS {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        let site = self.site;
        let write = |(id, raw): (String, Vec<u8>)| {
            let url = url_of(&id);
            let script = carrier::pack(&id, &raw);
            write_below(site, &url, &script)?;
            Ok((url, script.len() as u64))
        };
        let batch = std::mem::take(&mut self.waiting);
        let written: Vec<(String, u64)> =
            batch.into_par_iter().map(write).collect::<Result<_>>()?;
        for (url, bytes) in written {
            self.written.bytes += bytes;
            self.written.urls.push(url);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Written> {
        self.flush()?;
        self.written.urls.sort();
        Ok(self.written)
    }
}

fn url_of(id: &str) -> String {
    format!("search/{id}.js")
}

fn write_below(site: &Path, url: &str, bytes: &[u8]) -> Result<()> {
    let file = site.join(url);
    let folder = file.parent().unwrap_or(site);
    output::make_folder(folder)?;
    output::write(&file, bytes)
}
