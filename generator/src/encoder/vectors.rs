//! The vectors of texts that were encoded, kept in a file, so that no text is encoded twice.
//!
//! In: a model, texts by the hash of what they say. Out: vectors, from the file or from the model. The file is only ever appended to, a batch at a time, and
//! each record has a checksum: after a kill, what is whole is used and what is not is cut off. A file of another model is begun anew.
//!
//! ```text
//! file   = mark fingerprint:16 record*
//! record = hash of the text:16 { component * 32767 : i16 } checksum:8
//! ```

use std::{
    collections::HashMap,
    fs::File,
    io::{BufReader, Read},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::Model;

const MARK: &[u8; 8] = b"MDWYVEC2";
const HEADER_BYTES: u64 = 24;
const KEY_BYTES: usize = 16;
const CHECKSUM_BYTES: usize = 8;
const WHOLE: f32 = 32_767.0;

/// What a text is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TextKey(u128);

impl TextKey {
    pub(crate) fn of(text: &str) -> TextKey {
        TextKey(xxh3_128(text.as_bytes()))
    }
}

/// The vectors of one model.
pub(crate) struct Vectors<'m> {
    model: &'m Model,
    path: PathBuf,
    file: File,
    /// Where the record of a text begins.
    places: HashMap<TextKey, u64>,
    end: u64,
}

impl<'m> Vectors<'m> {
    /// Opens the file, or begins it.
    pub(crate) fn open(path: &Path, model: &'m Model) -> Result<Vectors<'m>> {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path);
        let file = file.with_context(|| format!("cannot open {}", path.display()))?;
        let mut vectors = Vectors {
            model,
            path: path.to_owned(),
            file,
            places: HashMap::new(),
            end: HEADER_BYTES,
        };
        vectors.find().with_context(|| format!("cannot read {}", path.display()))?;
        Ok(vectors)
    }

    fn record_bytes(&self) -> usize {
        KEY_BYTES + 2 * self.model.dimensions() + CHECKSUM_BYTES
    }

    /// Finds all whole records, and cuts off what is behind them.
    fn find(&mut self) -> std::io::Result<()> {
        let header = [MARK.as_slice(), &self.model.fingerprint().to_le_bytes()].concat();
        let mut reader = BufReader::with_capacity(1 << 20, &self.file);
        let mut found = vec![0; header.len()];
        let is_ours = reader.read_exact(&mut found).is_ok() && found == header;
        let mut record = vec![0; self.record_bytes()];
        while is_ours && reader.read_exact(&mut record).is_ok() {
            let Some((body, sum)) = record.split_last_chunk::<CHECKSUM_BYTES>() else { break };
            if xxh3_64(body).to_le_bytes() != *sum {
                break;
            }
            let key = body.first_chunk::<KEY_BYTES>().map_or(0, |key| u128::from_le_bytes(*key));
            self.places.insert(TextKey(key), self.end);
            self.end += record.len() as u64;
        }
        if !is_ours {
            self.file.set_len(0)?;
            self.file.write_all_at(&header, 0)?;
        }
        self.file.set_len(self.end)
    }

    pub(crate) fn has(&self, key: TextKey) -> bool {
        self.places.contains_key(&key)
    }

    /// The vector of a text, if it was ever encoded.
    pub(crate) fn get(&self, key: TextKey) -> Result<Option<Vec<f32>>> {
        let Some(place) = self.places.get(&key) else { return Ok(None) };
        let mut record = vec![0; self.record_bytes()];
        self.file
            .read_exact_at(&mut record, *place)
            .with_context(|| format!("cannot read {}", self.path.display()))?;
        let numbers = &record[KEY_BYTES..record.len() - CHECKSUM_BYTES];
        let numbers = numbers.as_chunks::<2>().0.iter();
        Ok(Some(numbers.map(|bytes| f32::from(i16::from_le_bytes(*bytes)) / WHOLE).collect()))
    }

    /// Encodes texts of which there is no vector yet, and writes their vectors down.
    pub(crate) fn encode(&mut self, texts: &[&str]) -> Result<()> {
        let mut bytes = Vec::with_capacity(texts.len() * self.record_bytes());
        let mut places = Vec::new();
        for (text, vector) in texts.iter().zip(self.model.encode_whole(texts)) {
            let key = TextKey::of(text);
            places.push((key, self.end + bytes.len() as u64));
            let first = bytes.len();
            bytes.extend_from_slice(&key.0.to_le_bytes());
            for number in vector {
                bytes.extend_from_slice(&((number * WHOLE).round() as i16).to_le_bytes());
            }
            let sum = xxh3_64(&bytes[first..]);
            bytes.extend_from_slice(&sum.to_le_bytes());
        }
        self.file
            .write_all_at(&bytes, self.end)
            .with_context(|| format!("cannot write {}", self.path.display()))?;
        self.end += bytes.len() as u64;
        self.places.extend(places);
        Ok(())
    }
}
