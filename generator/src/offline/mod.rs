//! What readers save for reading without a network: the pages of every guide in few small files, and a list of all there is.
//!
//! In: the finished site's folder, where its guides' pages lie, and after an update which files changed. Out: `offline/*` in the same
//! folder. The bundles are made of the pages themselves, so what is read offline is, byte for byte, what is read online, and a
//! copy of the site can be compared with them. Knows neither library nor index.

mod bundle;
mod check;
mod list;
mod pack;

use std::{fs, path::Path};

use anyhow::Result;

pub(crate) use check::Record;
pub(crate) use list::URL as LIST_URL;
pub(crate) use pack::Scope;

use crate::update::{self, Changes};
use list::List;

/// The page that links the bundles, for mirrors.
pub(crate) const FILES_URL: &str = "offline/files.html";

/// The list of a site that is about to change. It is taken away first, so that a build that is killed from here on leaves none: the
/// next then makes all of it anew.
#[derive(Default)]
pub(crate) struct Former {
    list: Option<List>,
    bytes: Vec<u8>,
}

impl Former {
    pub(crate) fn take(site: &Path) -> Result<Former> {
        let bytes = fs::read(site.join(list::URL)).unwrap_or_default();
        let list = List::read(site);
        update::gone(&site.join(list::URL))?;
        Ok(Former { list, bytes })
    }
}

/// Writes what can be saved of the site in `folder`; `changes` are those since the former list, and take up what comes of it. Gives
/// the bytes written.
pub(crate) fn write(
    folder: &Path,
    scopes: &[Scope],
    former: &Former,
    changes: &mut Changes,
) -> Result<u64> {
    fs::create_dir_all(folder.join(list::FOLDER))?;
    pack::write(folder, scopes, former, changes)
}
