//! A site compared with what its bundles hold of its pages, or its list says of them.
//!
//! In: a site's folder, or a copy of it. Out: which files it should have, and which are missing or not what was built. Knows no host.

use std::{collections::BTreeSet, fs, path::Path};

use rayon::prelude::*;

use super::{
    FILES_URL, bundle,
    list::{self, Bundle, List},
    pages,
};

/// What a site's list and bundles say of it.
#[derive(Default)]
pub(crate) struct Record {
    /// Everything that a build writes and no page need link.
    pub(crate) files: BTreeSet<String>,
    pub(crate) damaged: BTreeSet<String>,
}

impl Record {
    /// Nothing where the list is lost.
    pub(crate) fn read(site: &Path) -> Record {
        let mut record = Record::default();
        let Ok(bytes) = fs::read(site.join(list::URL)) else { return record };
        let Some(list) = List::read(site).filter(|list| list.is_whole(&bytes)) else {
            record.damaged.insert(list::URL.to_string());
            return record;
        };
        record.files.insert(list::URL.to_string());
        // A site without bundles has no page that links them.
        record.files.extend((!list.shell.is_empty()).then(|| FILES_URL.to_string()));
        record.files.extend(list.shards().cloned());
        record
            .files
            .extend(list.guides.iter().flat_map(|guide| &guide.files).map(|file| file.0.clone()));
        record.files.extend(list.files.iter().map(|file| file.url.clone()));
        // A mirror may lack what no page links.
        for file in list.files.iter().chain(&list.unsaved) {
            let bytes = fs::read(site.join(&file.url));
            let is_other =
                |digest: &String| bytes.is_ok_and(|bytes| list::digest(&bytes) != *digest);
            if file.digest.as_ref().is_some_and(is_other) {
                record.damaged.insert(file.url.clone());
            }
        }
        let is_other = |(url, hash): &&(String, String)| {
            fs::read(site.join(url)).is_ok_and(|bytes| pages::hash(&bytes) != *hash)
        };
        let others = list.pages.par_iter().filter(is_other).map(|(url, _)| url.clone());
        record.damaged.par_extend(others);
        record.files.extend(list.pages.iter().map(|(url, _)| url.clone()));
        let bundles: Vec<&Bundle> = list.bundles().collect();
        let parts: Vec<Record> =
            bundles.par_iter().map(|bundle| Record::of(site, bundle)).collect();
        for part in parts {
            record.files.extend(part.files);
            record.damaged.extend(part.damaged);
        }
        record
    }

    /// The pages of a bundle beside those in the folder.
    fn of(site: &Path, bundle: &Bundle) -> Record {
        let mut record = Record::default();
        record.files.insert(bundle.url.clone());
        let Ok(file) = fs::read(site.join(&bundle.url)) else { return record };
        let pages = bundle::unpack(&file).ok().filter(|_| list::digest(&file) == bundle.digest);
        let Some(pages) = pages else {
            record.damaged.insert(bundle.url.clone());
            return record;
        };
        for (url, built) in pages {
            if fs::read(site.join(&url)).is_ok_and(|bytes| bytes != built) {
                record.damaged.insert(url.clone());
            }
            record.files.insert(url);
        }
        record
    }
}
