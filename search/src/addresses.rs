//! The shards by which chunks, sources and pages are found: gathered by key, written, and kept for the next merge.
//!
//! In: places and their slots. Out: entries in the shards that stand before those of words. Knows no words. Writer only.

use alloc::vec::Vec;

use crate::address::{chunk_key, decimal, page_key, source_key};
use crate::bytes::{Cursor, put_varint};
use crate::error::{Error, Part};
use crate::pile::{Pile, for_each_value};
use crate::record::Placement;
use crate::runs::{Merge, Merged, Unspill};
use crate::shelves::{Out, WordShards};
use crate::words::{Posting, WordEntry};

const CORRUPT: Error = Error::Corrupt(Part::Scratch);

/// A shard of addresses is so many times as large as one of words: it is read for a passage that is named, which few queries do.
pub(crate) const ADDRESS_SHARDS: usize = 4;

/// Under which keys a chunk is found by its id, its address, its source and its page.
pub(crate) fn address_keys(place: &Placement) -> Vec<Vec<u8>> {
    let (id, url) = (chunk_key(place.id.as_bytes()), chunk_key(place.url.as_bytes()));
    let url = (id != url).then_some(url);
    let labels = [place.page.map(decimal), place.label.clone()].into_iter().flatten();
    let pages = labels.map(|label| page_key(&label));
    url.into_iter().chain([id, source_key(place.source.as_bytes())]).chain(pages).collect()
}

/// Writes the shards of ids, addresses, sources and pages.
pub(crate) fn put_addresses<E: From<Error>>(
    addresses: Pile,
    words: &mut WordShards<'_>,
    unspill: Unspill<'_, E>,
    out: &mut Out<'_, E>,
) -> Result<(), E> {
    let runs = addresses.runs();
    let mut rest = addresses.drain();
    let mut merge = Merge::new(&runs, &mut rest, unspill)?;
    while let Some(Merged { key, values }) = merge.next(unspill)? {
        let mut slots = Vec::new();
        let read = for_each_value(&values, |slot| {
            slots.push(u32::from_be_bytes(slot.try_into().ok()?));
            Some(())
        });
        read.ok_or(CORRUPT)?;
        slots.sort_unstable();
        put_address(&key, &slots, words, out)?;
    }
    words.close(out)
}

/// Adds an address with its slots, which rise; each is kept as often as it was found.
pub(crate) fn put_address<E>(
    key: &[u8],
    slots: &[u32],
    words: &mut WordShards<'_>,
    out: &mut Out<'_, E>,
) -> Result<(), E> {
    let mut kept = Vec::new();
    let mut inline: Vec<Posting> = Vec::with_capacity(slots.len());
    let mut last = 0;
    for slot in slots {
        put_varint(&mut kept, slot - last);
        if inline.last().is_none_or(|posting| posting.document != *slot) {
            inline.push(Posting { document: *slot, impact: 1, form: 0 });
        }
        last = *slot;
    }
    words.add(&WordEntry { key, surfaces: &[key], inline: &inline, hot: None }, &kept, out)
}

/// The slots of an address as they are kept.
pub(crate) fn address_slots(kept: &[u8]) -> Option<Vec<u32>> {
    let mut cursor = Cursor::new(kept);
    let (mut slots, mut last) = (Vec::new(), 0u32);
    while !cursor.is_at_end() {
        last = last.checked_add(cursor.varint()?)?;
        slots.push(last);
    }
    Some(slots)
}
