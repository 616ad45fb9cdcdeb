//! Pairs of a key and a value in any order, on their way to sorted runs: addresses, and the further places of passages.
//!
//! In: pairs. Out: every key once, in byte order, with its values in the order in which they came. Knows what neither means.
//! Writer only. The pairs lie one after the other in blocks: a million small allocations would cost more than they hold.

use alloc::vec::Vec;

use crate::bytes::{Cursor, put_counted};
use crate::error::Error;
use crate::runs::{BLOCK_BYTES, Entry, Merge, Merged, Run, Spill, Unspill};

/// Pairs so far: in memory, and in runs.
#[derive(Default)]
pub(crate) struct Pile {
    blocks: Vec<Vec<u8>>,
    block_bytes: usize,
    pairs: Vec<Pair>,
    runs: Vec<Run>,
}

/// Where a pair lies: the key, and behind it the value.
#[derive(Clone, Copy)]
struct Pair {
    block: u32,
    first: u32,
    key_bytes: u32,
    value_bytes: u32,
}

impl Pile {
    pub(crate) fn push(&mut self, key: &[u8], value: &[u8]) {
        let bytes = key.len() + value.len();
        let has_room = |block: &&mut Vec<u8>| block.capacity() - block.len() >= bytes;
        if self.blocks.last_mut().filter(has_room).is_none() {
            let room = BLOCK_BYTES.max(bytes);
            self.block_bytes += room;
            self.blocks.push(Vec::with_capacity(room));
        }
        let block = self.blocks.len() - 1;
        let first = self.blocks[block].len() as u32;
        self.blocks[block].extend_from_slice(key);
        self.blocks[block].extend_from_slice(value);
        let (key_bytes, value_bytes) = (key.len() as u32, value.len() as u32);
        self.pairs.push(Pair { block: block as u32, first, key_bytes, value_bytes });
    }

    /// What the pairs in memory take.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.block_bytes + self.pairs.capacity() * size_of::<Pair>()
    }

    /// Writes what is in memory as a run.
    pub(crate) fn spill<E>(
        &mut self,
        scratch_bytes: &mut u64,
        spill: Spill<'_, E>,
    ) -> Result<(), E> {
        let rest = core::mem::take(self);
        self.runs = rest.runs.clone();
        if !rest.pairs.is_empty() {
            self.runs.push(Run::write(rest.drain(), scratch_bytes, spill)?);
        }
        Ok(())
    }

    /// The entries in memory, a value being all that belong to its key, counted.
    pub(crate) fn drain(mut self) -> impl Iterator<Item = Entry> {
        let mut pairs = core::mem::take(&mut self.pairs);
        pairs.sort_unstable_by(|left, right| {
            let places = (left.block, left.first).cmp(&(right.block, right.first));
            self.key(left).cmp(self.key(right)).then(places)
        });
        let mut next = 0;
        core::iter::from_fn(move || {
            let first = pairs.get(next)?;
            let mut entry = Entry { key: self.key(first).into(), value: Vec::new() };
            while let Some(pair) = pairs.get(next).filter(|pair| self.key(pair) == entry.key) {
                put_counted(&mut entry.value, self.value(pair));
                next += 1;
            }
            Some(entry)
        })
    }

    fn key(&self, pair: &Pair) -> &[u8] {
        &self.blocks[pair.block as usize][pair.first as usize..][..pair.key_bytes as usize]
    }

    fn value(&self, pair: &Pair) -> &[u8] {
        let first = pair.first as usize + pair.key_bytes as usize;
        &self.blocks[pair.block as usize][first..][..pair.value_bytes as usize]
    }

    /// Where the runs are; the rest is what [`Pile::drain`] gives.
    pub(crate) fn runs(&self) -> Vec<Run> {
        self.runs.clone()
    }
}

/// Calls `each` for every value of a key.
pub(crate) fn for_each_value(
    values: &[Vec<u8>],
    mut each: impl FnMut(&[u8]) -> Option<()>,
) -> Option<()> {
    for values in values {
        let mut cursor = Cursor::new(values);
        while !cursor.is_at_end() {
            each(cursor.counted()?)?;
        }
    }
    Some(())
}

/// The values of numbers that are asked for in rising order.
pub(crate) struct Rising<'a> {
    merge: Merge<'a>,
    head: Option<Merged>,
}

/// A number as a key: its byte order is the order of numbers.
pub(crate) fn number_key(number: u32) -> [u8; size_of::<u32>()] {
    number.to_be_bytes()
}

impl<'a> Rising<'a> {
    pub(crate) fn new<E: From<Error>>(
        mut merge: Merge<'a>,
        unspill: Unspill<'_, E>,
    ) -> Result<Rising<'a>, E> {
        let head = merge.next(unspill)?;
        Ok(Rising { merge, head })
    }

    /// The values of the next number, which is above all that were asked for before.
    pub(crate) fn of<E: From<Error>>(
        &mut self,
        number: u32,
        unspill: Unspill<'_, E>,
    ) -> Result<Vec<Vec<u8>>, E> {
        let Some(found) = self.head.take_if(|head| *head.key == number_key(number)) else {
            return Ok(Vec::new());
        };
        self.head = self.merge.next(unspill)?;
        Ok(found.values)
    }
}
