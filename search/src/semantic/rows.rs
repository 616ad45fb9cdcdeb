//! The rows of stems: what each word of a query adds to the direction in which it looks.
//!
//! In: keys and rows, in order of keys. Out: a shard of them beside each shard of words; the row of a key.
//!
//! ```text
//! rows = rows(varint) heads(counted) vectors(the rest)
//! heads = { shared(varint) suffix(counted) scale(u16) }        shared: bytes in common with the key before
//! ```
//!
//! A shard of rows is named by the shard of words beside it, so that whoever knows the one knows the other. Words that stand nowhere in the
//! library, but that a model knows, have theirs in [`ELSEWHERE_SHARDS`] more, by a hash of the key.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::bytes::{Cursor, put_counted, put_varint, shared_prefix_bytes};
use crate::checksum::name;
use crate::error::{Error, Part};

/// How many shards hold the rows of words that stand nowhere in the library: the 16,000 of a usual model are 9 KB a shard.
pub(crate) const ELSEWHERE_SHARDS: u32 = 128;

/// Which of these shards holds a key.
pub(crate) fn elsewhere(key: &[u8]) -> u32 {
    name(key) % ELSEWHERE_SHARDS
}

/// Stands between a stem and a form of it, in the key of the form's row; in no stem.
const FORM: u8 = 1;

/// The key of the row of a form: it stands behind its stem's.
#[must_use]
pub fn form_key(stem: &[u8], word: &str) -> Vec<u8> {
    [stem, &[FORM], word.as_bytes()].concat()
}

/// The stem that a key begins with.
pub(crate) fn stem_in(key: &[u8]) -> &[u8] {
    key.split(|byte| *byte == FORM).next().unwrap_or(key)
}

/// What a stem adds to a query, or one of its forms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// What the numbers are multiplied by, the rarer the stem the more.
    pub scale: u16,
    /// Two numbers to a byte, each -7 to 7 with 8 added.
    pub packed: Box<[u8]>,
}

/// Rows of a shard in the making.
#[derive(Default)]
pub(crate) struct RowsWriter {
    rows: u32,
    last_key: Vec<u8>,
    heads: Vec<u8>,
    vectors: Vec<u8>,
}

impl RowsWriter {
    pub(crate) fn add(&mut self, key: &[u8], row: &Row) {
        let shared = shared_prefix_bytes(&self.last_key, key);
        put_varint(&mut self.heads, shared as u32);
        put_counted(&mut self.heads, &key[shared..]);
        self.heads.extend_from_slice(&row.scale.to_le_bytes());
        self.vectors.extend_from_slice(&row.packed);
        self.last_key.clear();
        self.last_key.extend_from_slice(key);
        self.rows += 1;
    }

    /// The shard's bytes; the writer is empty afterwards.
    pub(crate) fn finish(&mut self) -> Vec<u8> {
        let full = core::mem::take(self);
        let mut out = Vec::new();
        put_varint(&mut out, full.rows);
        put_counted(&mut out, &full.heads);
        out.extend_from_slice(&full.vectors);
        out
    }
}

/// The scale and the numbers of the row of a stem's word, or of the stem itself, each row of so many bytes; none if neither has one.
pub(crate) fn row_of<'a>(
    rows: &'a [u8],
    row_bytes: usize,
    stem: &[u8],
    word: &str,
) -> Result<Option<(u16, &'a [u8])>, Error> {
    find(rows, row_bytes, stem, word).ok_or(Error::Corrupt(Part::Meaning))
}

fn find<'a>(
    rows: &'a [u8],
    row_bytes: usize,
    stem: &[u8],
    word: &str,
) -> Option<Option<(u16, &'a [u8])>> {
    let mut found = None;
    let mut cursor = Cursor::new(rows);
    let count = cursor.varint()?;
    let mut heads = Cursor::new(cursor.counted()?);
    let mut key = Vec::new();
    for _ in 0..count {
        let shared = heads.varint()? as usize;
        key.get(shared..)?;
        key.truncate(shared);
        key.extend_from_slice(heads.counted()?);
        let scale = heads.u16()?;
        let packed = cursor.take(row_bytes)?;
        let is_it = key.starts_with(stem) && {
            let rest = &key[stem.len()..];
            rest.is_empty() || (rest[0] == FORM && rest[1..] == *word.as_bytes())
        };
        if is_it {
            found = Some((scale, packed));
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn sample() -> Vec<u8> {
        let mut writer = RowsWriter::default();
        let [call, calling, dial] = ["call", "calling", "dial"].map(Vec::from);
        for (at, key) in (1..).zip([call, form_key(b"call", "calls"), calling, dial]) {
            writer.add(&key, &Row { scale: at * 300, packed: [at as u8; 4].into() });
        }
        writer.finish()
    }

    #[test]
    fn rows_come_back() {
        let rows = sample();
        let row = |at: u8| Some((u16::from(at) * 300, vec![at; 4]));
        let of = |stem: &[u8], word: &str| {
            row_of(&rows, 4, stem, word).unwrap().map(|(scale, row)| (scale, row.to_vec()))
        };
        assert_eq!([of(b"calling", "calling"), of(b"dial", "dials")], [row(3), row(4)]);
        assert_eq!([of(b"call", "call"), of(b"call", "calling")], [row(1), row(1)]);
        assert_eq!(of(b"call", "calls"), row(2), "a form with a row of its own");
        assert_eq!([of(b"dia", "dia"), of(b"cal", "calls")], [None, None]);
        assert_eq!(row_of(&RowsWriter::default().finish(), 4, b"dia", ""), Ok(None));
        assert_eq!(stem_in(&form_key(b"call", "calls")), b"call");
        assert_eq!(stem_in(b"call"), b"call");
    }

    #[test]
    fn cut_and_flipped_rows_never_panic() {
        let rows = sample();
        for cut in 0..rows.len() {
            assert!(row_of(&rows[..cut], 4, b"none", "").is_err());
            let mut flipped = rows.clone();
            flipped[cut] ^= 0x81;
            let _ = row_of(&flipped, 4, b"dial", "dials");
        }
    }
}
