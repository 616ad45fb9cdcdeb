//! A chunk by its id or address, a source's chunks in order, passages by number: what is not searched but known.
//!
//! In: an open index and what is wanted. Out: records, or the shards that are needed first. Changes nothing.

use alloc::vec::Vec;

use crate::address::{chunk_key, source_key};
use crate::answer::{Fetched, Wanted};
use crate::engine::{Engine, Needs};
use crate::error::Error;
use crate::ids::ShardId;
use crate::lookup::find;
use crate::record::{Placement, Record};

impl Engine {
    /// Brings records, or says which shards are needed first. Changes nothing.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if a shard's checksum held but its inside makes no sense.
    pub fn fetch(&self, wanted: &Wanted<'_>) -> Result<Fetched, Error> {
        let mut needs = Needs::default();
        let documents = match wanted {
            Wanted::Chunk(address) => {
                self.documents_under(&chunk_key(address.as_bytes()), &mut needs)?
            }
            Wanted::Source(path) => {
                self.documents_under(&source_key(path.as_bytes()), &mut needs)?
            }
            Wanted::Group(group) => self.group(group.0, &mut needs)?,
        };
        let mut records = Vec::new();
        for document in documents {
            records.extend(self.record(document, &mut needs)?);
        }
        if !needs.is_empty() {
            return Ok(Fetched::Need(needs.into_ids()));
        }
        Ok(Fetched::Records(match wanted {
            Wanted::Chunk(address) => shown_at(records, address),
            Wanted::Source(path) => shown_in(records, path),
            Wanted::Group(_) => records,
        }))
    }

    fn group(&self, first: u32, needs: &mut Needs) -> Result<Vec<u32>, Error> {
        let mut documents = Vec::from([first]);
        if first >= self.root.slots {
            documents.clear();
        } else if let Some(record) = self.record(first, needs)? {
            let near = record.near.iter().map(|near| near.0);
            documents.extend(near.filter(|near| *near < self.root.slots));
        }
        Ok(documents)
    }

    pub(crate) fn documents_under(&self, key: &[u8], needs: &mut Needs) -> Result<Vec<u32>, Error> {
        let shard = self.directory_for(key, needs).and_then(|directory| {
            let hash = directory.hash(directory.find(key))?;
            self.shard(ShardId::Words(hash), needs)
        });
        let mut documents = Vec::new();
        if let Some(term) = shard.map(|shard| find(key, shard)).transpose()?.flatten() {
            term.postings(self.root.slots, &mut |posting| documents.push(posting.document))?;
        }
        Ok(documents)
    }
}

/// The record that stands under this id or address, and shows it.
fn shown_at(mut records: Vec<Record>, address: &str) -> Vec<Record> {
    let is_wanted = |place: &Placement| place.id == address || place.url == address;
    records.retain(|record| record.places().any(is_wanted));
    records.truncate(1);
    records.iter_mut().for_each(|record| record.show(is_wanted));
    records
}

/// A record for each place in the source, in order of lines.
fn shown_in(records: Vec<Record>, path: &str) -> Vec<Record> {
    let mut shown: Vec<Record> = Vec::new();
    for record in records {
        for place in record.places().filter(|place| place.source == path) {
            let at = shown.iter().rposition(|other| other.place.lines <= place.lines);
            let mut copy = record.clone();
            copy.show(|other| other == place);
            shown.insert(at.map_or(0, |before| before + 1), copy);
        }
    }
    shown
}
