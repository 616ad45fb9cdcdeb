//! Sorted runs: what outgrows memory goes out in order of keys, and comes back merged with what stayed.
//!
//! In: entries, a key and a value each, in byte order of keys. Out: bytes for a scratch file that the caller keeps; at the end
//! every key once, with its values in the order in which they came. Knows no terms, no addresses and no files. Writer only.
//!
//! ```text
//! run = { bytes(u32) key(counted) value(the rest) }     bytes: of all that follows
//! ```

use alloc::vec::Vec;

use crate::bytes::{Cursor, put_counted};
use crate::error::{Error, Part};

/// Appends bytes to the scratch file.
pub type Spill<'s, E> = &'s mut dyn FnMut(&[u8]) -> Result<(), E>;

/// Reads from the scratch file: from this offset on, as many bytes as there is room for.
pub type Unspill<'u, E> = &'u mut dyn FnMut(u64, &mut [u8]) -> Result<(), E>;

/// Runs are written and read in pieces of at least this size, so that each costs no more memory.
pub(crate) const BLOCK_BYTES: usize = 64 << 10;

const CORRUPT: Error = Error::Corrupt(Part::Scratch);

/// What belongs to a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: Vec<u8>,
    pub(crate) value: Vec<u8>,
}

/// Where a run lies in the scratch file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    first_byte: u64,
    end_byte: u64,
}

impl Run {
    /// Appends entries to a scratch file of so many bytes; their keys rise.
    pub(crate) fn write<E>(
        entries: impl Iterator<Item = Entry>,
        scratch_bytes: &mut u64,
        spill: Spill<'_, E>,
    ) -> Result<Run, E> {
        let first_byte = *scratch_bytes;
        let mut block = Vec::with_capacity(BLOCK_BYTES);
        for entry in entries {
            put_entry(&mut block, &entry);
            if block.len() >= BLOCK_BYTES {
                spill(&block)?;
                *scratch_bytes += block.len() as u64;
                block.clear();
            }
        }
        spill(&block)?;
        *scratch_bytes += block.len() as u64;
        Ok(Run { first_byte, end_byte: *scratch_bytes })
    }
}

fn put_entry(block: &mut Vec<u8>, entry: &Entry) {
    let head = block.len();
    block.extend_from_slice(&[0; size_of::<u32>()]);
    put_counted(block, &entry.key);
    block.extend_from_slice(&entry.value);
    let bytes = (block.len() - head - size_of::<u32>()) as u32;
    block[head..head + size_of::<u32>()].copy_from_slice(&bytes.to_le_bytes());
}

/// Walks a run, a block at a time.
struct RunReader {
    next_byte: u64,
    end_byte: u64,
    block: Vec<u8>,
    /// How much of the block is used up.
    used_bytes: usize,
}

impl RunReader {
    fn new(run: Run) -> RunReader {
        let Run { first_byte, end_byte } = run;
        RunReader { next_byte: first_byte, end_byte, block: Vec::new(), used_bytes: 0 }
    }

    fn next<E: From<Error>>(&mut self, unspill: Unspill<'_, E>) -> Result<Option<Entry>, E> {
        if self.used_bytes == self.block.len() && self.next_byte == self.end_byte {
            return Ok(None);
        }
        let bytes = self.take(size_of::<u32>(), unspill)?;
        let bytes = Cursor::new(bytes).u32().ok_or(CORRUPT)?;
        let mut cursor = Cursor::new(self.take(bytes as usize, unspill)?);
        let key = cursor.counted().ok_or(CORRUPT)?;
        Ok(Some(Entry { key: key.into(), value: cursor.rest().into() }))
    }

    /// The next bytes, read if they are not at hand.
    fn take<E: From<Error>>(&mut self, bytes: usize, unspill: Unspill<'_, E>) -> Result<&[u8], E> {
        if self.block.len() - self.used_bytes < bytes {
            self.fill(bytes, unspill)?;
        }
        let first = self.used_bytes;
        self.used_bytes += bytes;
        Ok(&self.block[first..self.used_bytes])
    }

    fn fill<E: From<Error>>(&mut self, bytes: usize, unspill: Unspill<'_, E>) -> Result<(), E> {
        self.block.drain(..self.used_bytes);
        self.used_bytes = 0;
        let kept = self.block.len();
        let left = self.end_byte - self.next_byte;
        let wanted = left.min(BLOCK_BYTES.max(bytes - kept) as u64) as usize;
        if kept + wanted < bytes {
            return Err(CORRUPT.into());
        }
        self.block.resize(kept + wanted, 0);
        unspill(self.next_byte, &mut self.block[kept..])?;
        self.next_byte += wanted as u64;
        Ok(())
    }
}

/// A key with all that belongs to it: what the runs have, in the order in which they were written, then what stayed.
pub(crate) struct Merged {
    pub(crate) key: Vec<u8>,
    pub(crate) values: Vec<Vec<u8>>,
}

/// Walks runs and what stayed in memory at once, in order of keys.
pub(crate) struct Merge<'a> {
    readers: Vec<RunReader>,
    /// The next entry of each run.
    heads: Vec<Option<Entry>>,
    rest: &'a mut dyn Iterator<Item = Entry>,
    rest_head: Option<Entry>,
}

impl<'a> Merge<'a> {
    pub(crate) fn new<E: From<Error>>(
        runs: &[Run],
        rest: &'a mut dyn Iterator<Item = Entry>,
        unspill: Unspill<'_, E>,
    ) -> Result<Merge<'a>, E> {
        let mut readers: Vec<RunReader> = runs.iter().copied().map(RunReader::new).collect();
        let heads = readers.iter_mut().map(|reader| reader.next(unspill)).collect::<Result<_, E>>();
        let rest_head = rest.next();
        Ok(Merge { readers, heads: heads?, rest, rest_head })
    }

    /// The next key, if there is one.
    pub(crate) fn next<E: From<Error>>(
        &mut self,
        unspill: Unspill<'_, E>,
    ) -> Result<Option<Merged>, E> {
        let heads = self.heads.iter().chain([&self.rest_head]).flatten();
        let Some(key) = heads.map(|entry| &entry.key).min().cloned() else { return Ok(None) };
        let mut values = Vec::new();
        for (head, reader) in self.heads.iter_mut().zip(&mut self.readers) {
            if let Some(entry) = head.take_if(|entry| entry.key == key) {
                values.push(entry.value);
                *head = reader.next(unspill)?;
            }
        }
        if let Some(entry) = self.rest_head.take_if(|entry| entry.key == key) {
            values.push(entry.value);
            self.rest_head = self.rest.next();
        }
        Ok(Some(Merged { key, values }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::vec;

    fn entries(keys: impl Iterator<Item = u32>, value: &[u8]) -> Vec<Entry> {
        keys.map(|key| Entry { key: format!("{key:06}").into(), value: value.into() }).collect()
    }

    fn merged(scratch: &[u8], runs: &[Run], rest: Vec<Entry>) -> Result<Vec<Entry>, Error> {
        let mut unspill = |first: u64, out: &mut [u8]| {
            let bytes = scratch.get(first as usize..).and_then(|rest| rest.get(..out.len()));
            out.copy_from_slice(bytes.ok_or(CORRUPT)?);
            Ok(())
        };
        let mut rest = rest.into_iter();
        let mut merge = Merge::new(runs, &mut rest, &mut unspill)?;
        let mut found = vec![];
        while let Some(Merged { key, values }) = merge.next(&mut unspill)? {
            found.push(Entry { key, value: values.concat() });
        }
        Ok(found)
    }

    fn written(runs: &[Vec<Entry>]) -> (Vec<u8>, Vec<Run>) {
        let (mut scratch, mut bytes) = (vec![], 0);
        let mut spill = |block: &[u8]| -> Result<(), Error> {
            scratch.extend_from_slice(block);
            Ok(())
        };
        let write = |run: &Vec<Entry>| Run::write(run.iter().cloned(), &mut bytes, &mut spill);
        let runs = runs.iter().map(write).collect::<Result<_, _>>().unwrap();
        (scratch, runs)
    }

    #[test]
    fn every_key_comes_once_with_its_values_in_order() {
        let long = vec![7; 3 * BLOCK_BYTES];
        let (scratch, runs) = written(&[
            entries((0..30_000).step_by(2), b"first "),
            entries((0..30_000).step_by(3), b"second "),
            vec![],
            entries(6..7, &long),
        ]);
        let found = merged(&scratch, &runs, entries(5..7, b"rest")).unwrap();
        assert!(found.is_sorted_by(|left, right| left.key < right.key));
        assert_eq!(found.len(), 20_001);
        assert_eq!(found[0].value, b"first second ");
        assert_eq!(found[4], entries(5..6, b"rest")[0]);
        assert_eq!(found[5].value, [&b"first second "[..], &long, b"rest"].concat());
    }

    #[test]
    fn damaged_runs_never_panic() {
        let (scratch, runs) = written(&[entries(0..9, b"value")]);
        assert_eq!(merged(&scratch, &runs, vec![]).map(|found| found.len()), Ok(9));
        for cut in 0..scratch.len() {
            let mut flipped = scratch.clone();
            flipped[cut] ^= 0x81;
            let _ = merged(&flipped, &runs, vec![]);
            let run = Run { end_byte: cut as u64, ..runs[0] };
            let _ = merged(&scratch, &[run], vec![]);
        }
    }
}
