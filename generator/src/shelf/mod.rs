//! What a server has at hand of a built site: its library, always in the newest edition.
//!
//! In: a site's folder. Out: an [`Edition`] to ask. When the site was built anew, the next question opens the new edition;
//! questions under way keep the old one. Knows no protocol and no page.

mod catalogue;
mod edition;
mod shards;
mod unknown;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::SystemTime,
};

use anyhow::{Context, Result};

pub(crate) use catalogue::{Filter, Product, Version};
pub(crate) use edition::{Edition, Found, Hit, OFFSET_MAX, QUERY_MAX_CHARS};
pub(crate) use unknown::Unknown;

use crate::{output, update};

/// The newest edition of a site, and the way to the next one.
pub(crate) struct Shelf {
    site: PathBuf,
    current: RwLock<Arc<Edition>>,
    /// Held while an edition is opened, so that one is opened once.
    opening: Mutex<()>,
}

impl Shelf {
    /// Opens the site at `site`.
    pub(crate) fn open(site: &Path) -> Result<Shelf> {
        output::require_site(site)?;
        let edition = Edition::open(site, Stamp::of(site)?)?;
        Ok(Shelf {
            site: site.to_path_buf(),
            current: RwLock::new(Arc::new(edition)),
            opening: Mutex::new(()),
        })
    }

    /// The newest edition. A site that cannot be opened just now, because it is being exchanged, leaves the old one.
    pub(crate) fn edition(&self) -> Arc<Edition> {
        let held = self.held();
        match Stamp::of(&self.site) {
            Ok(stamp) if stamp != held.stamp => self.renew(stamp),
            _ => held,
        }
    }

    /// Answers from the newest edition; once more if a build took the old one's files away meanwhile.
    pub(crate) fn ask<T, E>(&self, question: impl Fn(&Edition) -> Result<T, E>) -> Result<T, E> {
        let edition = self.edition();
        question(&edition).or_else(|error| {
            let newer = self.edition();
            match newer.stamp == edition.stamp {
                true => Err(error),
                false => question(&newer),
            }
        })
    }

    fn renew(&self, stamp: Stamp) -> Arc<Edition> {
        let _alone = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let held = self.held();
        if held.stamp == stamp {
            return held;
        }
        match Edition::open(&self.site, stamp) {
            Ok(edition) => {
                tracing::info!(site = %self.site.display(), "opened a new build of the site");
                let edition = Arc::new(edition);
                let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
                *current = Arc::clone(&edition);
                edition
            }
            Err(error) => {
                tracing::warn!("cannot open the new build, answering from the old: {error:#}");
                held
            }
        }
    }

    fn held(&self) -> Arc<Edition> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Tells one build of a site from the next: every build writes its root anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    inode: u64,
    length_bytes: u64,
    modified: SystemTime,
}

impl Stamp {
    fn of(site: &Path) -> Result<Stamp> {
        use std::os::unix::fs::MetadataExt;
        let file = site.join(update::ROOT);
        let metadata =
            fs::metadata(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let modified = metadata.modified().context("the file system knows no times")?;
        Ok(Stamp { inode: metadata.ino(), length_bytes: metadata.len(), modified })
    }
}
