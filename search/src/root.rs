//! The root: the one file with a fixed name, which names all others. Small at any size of the library.
//!
//! ```text
//! root   = "MDWY" version(u16) flags(byte) documents(varint) slots(varint) slots of a block(byte) guides(u32)
//!          map(u32) stamp(u32)                             of meaning
//!          late(u32)                                       the shard of late passages, or 0
//!          context(counted), or hash(u32) if flag 4       the names that a query may say
//!          newest(varint) { gap(varint) slots(varint) }    of the newest versions, gaps from the end of the range before
//!          steps(varint) { drop(varint) }          idf: the first from 2^32 - 1 down, each from the one before
//!          groups(varint) { hash(u32) }            of groups of texts, or of pages of them (flag 1)
//!          directory                               of shards of words, or of pages of them (flag 2)
//!          checksum(u64)
//! ```

use alloc::vec::Vec;

use crate::FORMAT_VERSION;
use crate::bytes::{Cursor, put_counted, put_varint};
use crate::checksum::{sealed, unsealed};
use crate::context::Context;
use crate::directory::Directory;
use crate::error::{Error, Part};
use crate::ids::ROOT;
use crate::semantic::write::MeaningId;
use crate::texts::{BlockSize, GROUP_SLOTS};
use crate::weights::IdfSteps;

const MAGIC: &[u8; 4] = b"MDWY";
const GROUPS_ARE_PAGED: u8 = 1;
const DIRECTORY_IS_PAGED: u8 = 2;
const CONTEXT_IS_APART: u8 = 4;

/// More groups than this, 400,000 slots, are listed in pages, which cost one more trip.
pub(crate) const GROUPS_IN_ROOT: usize = 2048;
/// How many bytes of names are in the root; more are a shard.
pub(crate) const CONTEXT_BYTES_IN_ROOT: usize = 1_024;
/// How many groups one page lists.
pub(crate) const GROUPS_PER_PAGE: usize = 1024;
/// What the groups and the directory may take together; a larger directory is kept in pages, which cost one more trip.
pub(crate) const LISTS_BYTES_IN_ROOT: usize = 10_000;
/// About how large a page of the directory is.
pub(crate) const DIRECTORY_PAGE_BYTES: usize = 1_000;

/// The names that a query may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Names {
    Here(Context),
    Apart(u32),
}

impl Default for Names {
    fn default() -> Names {
        Names::Here(Context::default())
    }
}

/// What the root says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Root {
    pub(crate) documents: u32,
    /// One more than the highest document number, slack included.
    pub(crate) slots: u32,
    pub(crate) block_size: BlockSize,
    pub(crate) guides: u32,
    pub(crate) meaning: MeaningId,
    /// The shard of the words of late passages; 0 if there are none.
    pub(crate) late: u32,
    pub(crate) context: Names,
    /// The slots of the newest versions, as rising ranges.
    pub(crate) newest: Vec<(u32, u32)>,
    pub(crate) idf: IdfSteps,
    pub(crate) groups_are_paged: bool,
    pub(crate) groups: Vec<u32>,
    pub(crate) directory_is_paged: bool,
    pub(crate) directory: Directory,
}

impl Root {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::from(MAGIC);
        out.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        let flag = |is_set, flag| if is_set { flag } else { 0 };
        out.push(
            flag(self.groups_are_paged, GROUPS_ARE_PAGED)
                | flag(self.directory_is_paged, DIRECTORY_IS_PAGED)
                | flag(matches!(self.context, Names::Apart(_)), CONTEXT_IS_APART),
        );
        put_varint(&mut out, self.documents);
        put_varint(&mut out, self.slots);
        out.push(self.block_size.slots() as u8);
        for name in [self.guides, self.meaning.map, self.meaning.stamp, self.late] {
            out.extend_from_slice(&name.to_le_bytes());
        }
        match &self.context {
            Names::Here(context) => put_counted(&mut out, &context.encode()),
            Names::Apart(hash) => out.extend_from_slice(&hash.to_le_bytes()),
        }
        put_varint(&mut out, self.newest.len() as u32);
        let mut last = 0;
        for (first, end) in &self.newest {
            put_varint(&mut out, first - last);
            put_varint(&mut out, end - first);
            last = *end;
        }
        put_varint(&mut out, self.idf.0.len() as u32);
        self.idf.0.iter().fold(u32::MAX, |last, step| {
            put_varint(&mut out, last - step);
            *step
        });
        put_varint(&mut out, self.groups.len() as u32);
        self.groups.iter().for_each(|hash| out.extend_from_slice(&hash.to_le_bytes()));
        self.directory.write(&mut out);
        sealed(ROOT, out)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Root, Error> {
        const CORRUPT: Error = Error::Corrupt(Part::Root);
        let mut cursor = Cursor::new(bytes);
        if cursor.take(MAGIC.len()) != Some(MAGIC) {
            return Err(CORRUPT);
        }
        let found = cursor.u16().ok_or(CORRUPT)?;
        if found != FORMAT_VERSION {
            return Err(Error::Version { found, expected: FORMAT_VERSION });
        }
        let body = unsealed(ROOT, bytes).ok_or(CORRUPT)?;
        let mut cursor = Cursor::new(&body[MAGIC.len() + size_of_val(&found)..]);
        Root::read(&mut cursor).filter(|_| cursor.is_at_end()).ok_or(CORRUPT)
    }

    /// No more slots than the groups can hold, so that a wrong number never asks for all memory.
    fn is_consistent(&self) -> bool {
        let per_hash = if self.groups_are_paged { GROUPS_PER_PAGE as u64 } else { 1 };
        let slots_max = self.groups.len() as u64 * per_hash * u64::from(GROUP_SLOTS);
        self.documents <= self.slots && u64::from(self.slots) <= slots_max
    }

    fn read(cursor: &mut Cursor<'_>) -> Option<Root> {
        let flags = cursor.byte()?;
        let mut root = Root {
            groups_are_paged: flags & GROUPS_ARE_PAGED != 0,
            directory_is_paged: flags & DIRECTORY_IS_PAGED != 0,
            documents: cursor.varint()?,
            slots: cursor.varint()?,
            block_size: BlockSize::of(cursor.byte()?)?,
            guides: cursor.u32()?,
            meaning: MeaningId { map: cursor.u32()?, stamp: cursor.u32()? },
            late: cursor.u32()?,
            context: match flags & CONTEXT_IS_APART {
                0 => Names::Here(Context::decode(cursor.counted()?).ok()?),
                _ => Names::Apart(cursor.u32()?),
            },
            ..Root::default()
        };
        let mut end = 0u32;
        for _ in 0..cursor.varint()? {
            let first = end.checked_add(cursor.varint()?)?;
            end = first.checked_add(cursor.varint()?).filter(|end| *end <= root.slots)?;
            root.newest.push((first, end));
        }
        let mut last = u32::MAX;
        for _ in 0..cursor.varint()? {
            last = last.checked_sub(cursor.varint()?)?;
            root.idf.0.push(last);
        }
        for _ in 0..cursor.varint()? {
            root.groups.push(cursor.u32()?);
        }
        root.directory = Directory::read(cursor)?;
        root.is_consistent().then_some(root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn sample() -> Root {
        let mut directory = Directory::default();
        directory.push(b"", 1);
        directory.push(b"m", 2);
        Root {
            documents: 380,
            slots: 440,
            block_size: BlockSize::default(),
            guides: 0xdead_beef,
            meaning: MeaningId { map: 7, stamp: 9 },
            late: 11,
            context: Names::Apart(7),
            newest: vec![(0, 100), (144, 440)],
            idf: IdfSteps::for_documents(1000),
            groups_are_paged: false,
            groups: vec![3, 4, 5, 6],
            directory_is_paged: true,
            directory,
        }
    }

    #[test]
    fn round_trips() {
        assert_eq!(Root::decode(&sample().encode()), Ok(sample()));
        assert_eq!(Root::decode(&Root::default().encode()), Ok(Root::default()));
    }

    #[test]
    fn another_version_is_told_from_damage() {
        let mut bytes = sample().encode();
        bytes[4] += 1;
        assert_eq!(
            Root::decode(&bytes),
            Err(Error::Version { found: FORMAT_VERSION + 1, expected: FORMAT_VERSION })
        );
        bytes[0] = b'm';
        assert_eq!(Root::decode(&bytes), Err(Error::Corrupt(Part::Root)));
    }

    #[test]
    fn cut_and_flipped_roots_are_refused() {
        let bytes = sample().encode();
        for cut in 0..bytes.len() {
            assert_eq!(Root::decode(&bytes[..cut]), Err(Error::Corrupt(Part::Root)));
            let mut flipped = bytes.clone();
            flipped[cut] ^= 1;
            assert!(Root::decode(&flipped).is_err());
        }
    }
}
