//! Where every record lies: which text block, which slot of it.
//!
//! In: the text blocks of a site, read once. Out: the place of an id, of a page's address, of all passages of a source.
//! Knows no engine.

use std::{collections::HashMap, fs, path::Path};

use anyhow::{Context, Result};
use rayon::prelude::*;
use search::Record;

use super::shards::Shards;

/// Passages in a block.
const BLOCK_SLOTS: u32 = 8;
/// What stands behind the payload of every shard.
const CHECKSUM_BYTES: usize = 8;

/// The places of all records.
#[derive(Default)]
pub(crate) struct Places {
    /// The ids of the blocks by number.
    blocks: HashMap<u32, String>,
    by_id: HashMap<String, u32>,
    by_url: HashMap<String, u32>,
    /// Slots of a source, in reading order.
    by_source: HashMap<String, Vec<u32>>,
}

impl Places {
    /// Reads all text blocks of `site`.
    pub(crate) fn read(site: &Path, shards: &Shards) -> Result<Places> {
        let mut blocks = block_ids(&site.join("search/t"))?;
        blocks.sort_unstable();
        let records: Vec<Vec<(u32, Record)>> = blocks
            .par_iter()
            .map(|(number, id)| records_of(*number, &shards.read_once(id)?))
            .collect::<Result<_>>()?;
        let mut places = Places::default();
        for (slot, record) in records.into_iter().flatten() {
            places.by_source.entry(record.source).or_default().push(slot);
            places.by_url.insert(record.url, slot);
            places.by_id.insert(record.id, slot);
        }
        places.blocks = blocks.into_iter().collect();
        Ok(places)
    }

    /// The slot of a chunk id or of a page's address.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        self.by_id.get(name).or_else(|| self.by_url.get(name)).copied()
    }

    pub(crate) fn of_source(&self, path: &str) -> &[u32] {
        self.by_source.get(path).map_or(&[], Vec::as_slice)
    }

    /// The record in a slot.
    pub(crate) fn record(&self, slot: u32, shards: &Shards) -> Result<Record> {
        let number = slot / BLOCK_SLOTS;
        let id = self.blocks.get(&number).context("the search index is damaged")?;
        let found = records_of(number, &shards.read(id)?)?.into_iter().find(|(at, _)| *at == slot);
        Ok(found.context("the search index is damaged; rebuild the site")?.1)
    }
}

/// Numbers and ids of the blocks: `t/<hash>/<number>`.
fn block_ids(folder: &Path) -> Result<Vec<(u32, String)>> {
    let mut ids = Vec::new();
    for group in list(folder)? {
        for file in list(&folder.join(&group))? {
            let number = file.strip_suffix(".js").and_then(|number| number.parse().ok());
            let number = number.with_context(|| format!("{file} is no block of texts"))?;
            ids.push((number, format!("t/{group}/{}", file.trim_end_matches(".js"))));
        }
    }
    Ok(ids)
}

fn list(folder: &Path) -> Result<Vec<String>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// The records of a block with their slots: a byte with a bit for each slot, then counted records.
fn records_of(number: u32, raw: &[u8]) -> Result<Vec<(u32, Record)>> {
    let damaged = || format!("block {number} of the texts is damaged; rebuild the site");
    let payload = raw.len().checked_sub(CHECKSUM_BYTES).with_context(damaged)?;
    let (present, mut rest) = raw[..payload].split_first().with_context(damaged)?;
    let mut records = Vec::new();
    for slot in (0..BLOCK_SLOTS).filter(|slot| present >> slot & 1 == 1) {
        let (length_bytes, behind) = varint(rest).with_context(damaged)?;
        let (record, behind) = behind.split_at_checked(length_bytes).with_context(damaged)?;
        let record = Record::decode(record).with_context(damaged)?;
        records.push((number * BLOCK_SLOTS + slot, record));
        rest = behind;
    }
    Ok(records)
}

fn varint(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut number = 0usize;
    for (at, byte) in bytes.iter().take(5).enumerate() {
        number |= usize::from(byte & 127) << (7 * at);
        if byte & 128 == 0 {
            return Some((number, &bytes[at + 1..]));
        }
    }
    None
}
