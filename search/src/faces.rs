//! What the passages of a guide are recognised by, kept from one merge to the next: an edit needs only the sources that it changed.
//!
//! In: segments, or what was kept of them. Out: likenesses and lengths, source by source, as `ledger` tells their bytes. Writer only.

use alloc::vec::Vec;

use crate::bytes::{Cursor, put_varint};
use crate::error::{Error, Part};
use crate::hash::Table;
use crate::ledger::{put_lengths, put_u64, read_lengths, read_u64};
use crate::likeness::Likeness;
use crate::revise::Yield;
use crate::segment::SegmentReader;
use crate::weights::Lengths;

const CORRUPT: Error = Error::Corrupt(Part::Scratch);

/// Appends what a source's passages are recognised by.
pub(crate) fn put_faces(faces: &mut Vec<u8>, hash: u64, segment: &SegmentReader<'_>) {
    put_u64(faces, hash);
    put_varint(faces, segment.lengths.len() as u32);
    for (likeness, lengths) in segment.likenesses.iter().zip(&segment.lengths) {
        likeness.write(faces);
        put_lengths(faces, *lengths);
    }
}

/// The faces of these sources: those that were kept, and those of sources that were not there.
pub(crate) fn renewed_faces<E: From<Error>>(
    kept: &[u8],
    sources: &[u64],
    fetch: &mut dyn FnMut(u64) -> Result<Yield, E>,
) -> Result<Vec<u8>, E> {
    let mut known: Table<u64, &[u8]> = Table::default();
    let mut cursor = Cursor::new(kept);
    while !cursor.is_at_end() {
        let before = cursor.rest();
        let hash = read_faces(&mut cursor, |_, _| ()).ok_or(CORRUPT)?;
        known.insert(hash, &before[..before.len() - cursor.rest().len()]);
    }
    let mut faces = Vec::with_capacity(kept.len() + 1024);
    for hash in sources {
        match known.get(hash) {
            Some(known) => faces.extend_from_slice(known),
            None => put_faces(&mut faces, *hash, &SegmentReader::open(&fetch(*hash)?.segment)?),
        }
    }
    Ok(faces)
}

/// Reads the faces of the next source; gives its hash.
pub(crate) fn read_faces(
    cursor: &mut Cursor<'_>,
    mut each: impl FnMut(Likeness, Lengths),
) -> Option<u64> {
    let hash = read_u64(cursor)?;
    for _ in 0..cursor.varint()? {
        each(Likeness::read(cursor)?, read_lengths(cursor)?);
    }
    Some(hash)
}
