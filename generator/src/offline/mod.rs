//! What readers save for reading without a network: the pages of every guide in few small files, and a list of all there is.
//!
//! In: the finished site's folder, where its guides' pages lie, and after an update which files changed. Out: `offline/*` in the same
//! folder. The bundles are made of the pages themselves, so what is read offline is, byte for byte, what is read online, and a
//! copy of the site can be compared with them. Where nothing is saved, the list says what the pages are. Knows neither library nor index.

mod bundle;
mod check;
mod list;
mod pack;
mod pages;

use std::{fs, path::Path};

use anyhow::Result;

pub(crate) use check::Record;
pub(crate) use pack::Scope;

use crate::{output, update::Changes};
use list::List;

/// What links the rest, for mirrors: a page that links the bundles, or where there are none, the list itself.
pub(crate) fn linked_url(has_bundles: bool) -> String {
    if has_bundles { FILES_URL.to_string() } else { list::URL.to_string() }
}

/// The page that links the bundles, for mirrors.
pub(crate) const FILES_URL: &str = "offline/files.html";

/// The making of what can be saved, while a site is built or changed.
///
/// The list is emptied before the first change, so that a build that is killed from there on leaves none: the next then makes all of it
/// anew. The file itself stays, because pages link it.
pub(crate) struct Saving {
    /// The site's guides; nothing where the library does without bundles.
    scopes: Option<Vec<Scope>>,
    former: Option<Former>,
}

/// What is done with changes before they are made.
pub(crate) type Note<'a> = dyn Fn(&Changes) -> Result<()> + 'a;

/// What there was before.
#[derive(Default)]
struct Former {
    list: Option<List>,
    bytes: Vec<u8>,
}

impl Saving {
    pub(crate) fn of(scopes: Option<Vec<Scope>>) -> Saving {
        Saving { scopes, former: None }
    }

    /// Empties the list of `site` if these changes make it wrong, or if there is none. What a killed build left half-written goes
    /// whether anything changes or not: the edit that it was about may have been taken back.
    pub(crate) fn suspend(&mut self, site: &Path, changes: &Changes) -> Result<()> {
        let file = site.join(list::URL);
        if self.former.is_some() {
            return Ok(());
        }
        output::make_folder(&site.join(list::FOLDER))?;
        list::clear(site)?;
        let bytes = fs::read(&file).unwrap_or_default();
        if changes.is_empty() && !bytes.is_empty() && bytes != list::EMPTY {
            return Ok(());
        }
        self.former = Some(Former { list: List::read(site), bytes });
        list::replace(&file, list::EMPTY)
    }

    /// Writes everything for the site in `folder` as far as the former list does not have it; `changes` are those since then, and
    /// take up what comes of it and are noted before any file goes or is replaced.
    pub(crate) fn write(&self, folder: &Path, changes: &mut Changes, note: &Note) -> Result<()> {
        output::make_folder(&folder.join(list::FOLDER))?;
        let former = Former::default();
        let former = self.former.as_ref().unwrap_or(&former);
        match &self.scopes {
            Some(scopes) => pack::write(folder, scopes, former, changes, note),
            None => pages::write(folder, former, changes, note),
        }
    }

    /// The same for a site that was changed, if its list was emptied.
    pub(crate) fn renew(&self, site: &Path, changes: &mut Changes, note: &Note) -> Result<()> {
        if self.former.is_none() {
            return Ok(());
        }
        self.write(site, changes, note)
    }
}
