//! Reads shards of the index, and keeps those that were wanted lately.
//!
//! In: an id. Out: the raw bytes. What is kept is bounded: two generations of half the room each; what is wanted again moves
//! to the younger, and when that is full the older is forgotten. Knows nothing of what a shard holds.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;

use crate::open::read_shard;

/// Room for raw shards. More would spare little: the system keeps the files at hand, and a shard is small.
const KEPT_MAX_BYTES: usize = 12 << 20;

/// The shards of a site.
pub(crate) struct Shards {
    folder: PathBuf,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    young: HashMap<String, Arc<[u8]>>,
    old: HashMap<String, Arc<[u8]>>,
    young_bytes: usize,
}

impl Shards {
    pub(crate) fn new(site: &Path) -> Shards {
        Shards { folder: site.join("search"), kept: Mutex::default() }
    }

    /// The raw bytes of a shard.
    pub(crate) fn read(&self, id: &str) -> Result<Arc<[u8]>> {
        if let Some(raw) = self.kept().find(id) {
            return Ok(raw);
        }
        let raw: Arc<[u8]> = self.read_once(id)?.into();
        self.kept().put(id.to_string(), &raw);
        Ok(raw)
    }

    /// The raw bytes of a shard that is not worth keeping.
    pub(crate) fn read_once(&self, id: &str) -> Result<Vec<u8>> {
        Ok(read_shard(&self.folder, id)?.0)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn find(&mut self, id: &str) -> Option<Arc<[u8]>> {
        if let Some(raw) = self.young.get(id) {
            return Some(Arc::clone(raw));
        }
        let (id, raw) = self.old.remove_entry(id)?;
        self.put(id, &raw);
        Some(raw)
    }

    fn put(&mut self, id: String, raw: &Arc<[u8]>) {
        if self.young_bytes + raw.len() > KEPT_MAX_BYTES / 2 {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.young_bytes += raw.len();
        self.young.insert(id, Arc::clone(raw));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_stays_and_what_is_kept_is_bounded() {
        let mut kept = Kept::default();
        let raw: Arc<[u8]> = vec![0; 1 << 18].into();
        kept.put("wanted".to_string(), &raw);
        for at in 0..200 {
            kept.put(at.to_string(), &raw);
            assert!(kept.find("wanted").is_some(), "{at}");
            let bytes: usize =
                kept.young.values().chain(kept.old.values()).map(|raw| raw.len()).sum();
            assert!(bytes <= KEPT_MAX_BYTES, "{at}: {bytes}");
        }
        assert!(kept.find("0").is_none());
    }
}
