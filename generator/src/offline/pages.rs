//! The list of a site that has nothing to save: what its pages are, for whoever checks a copy.
//!
//! In: the site's folder, the former list and what changed since. Out: the list, which takes up the pages in place of the bundles that would
//! hold them. Knows no guide.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::Path,
};

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::{
    Former, Note,
    list::{self, List},
    pack,
};
use crate::update::{self, Changes};

pub(super) fn write(
    folder: &Path,
    former: &Former,
    changes: &mut Changes,
    note: &Note,
) -> Result<()> {
    let list = List {
        files: pack::files(folder)?,
        pages: pages(folder, former, changes)?,
        unsaved: pack::digests(folder, pack::unsaved(folder)),
        ..List::default()
    };
    let sealed = list.sealed()?;
    if sealed != former.bytes {
        changes.changed.push(list::URL.to_string());
        changes.changed.sort();
    }
    note(changes)?;
    list::replace(&folder.join(list::URL), &sealed)
}

/// All pages, each with the hash of its bytes; those that did not change are not read again.
fn pages(folder: &Path, former: &Former, changes: &Changes) -> Result<Vec<(String, String)>> {
    let touched: BTreeSet<&String> = changes.added.iter().chain(&changes.changed).collect();
    let known = former.list.iter().flat_map(|list| &list.pages);
    let known: HashMap<&String, &String> =
        known.map(|(url, hash)| (url, hash)).filter(|(url, _)| !touched.contains(url)).collect();
    let page = |url: String| -> Result<(String, String)> {
        if let Some(hash) = known.get(&url) {
            return Ok((url, (*hash).clone()));
        }
        let bytes = fs::read(folder.join(&url)).with_context(|| format!("cannot read {url}"))?;
        Ok((url, hash(&bytes)))
    };
    let urls = update::files(folder)?;
    urls.into_par_iter().filter(|url| url.ends_with(".html")).map(page).collect()
}

pub(super) fn hash(bytes: &[u8]) -> String {
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(bytes))
}
