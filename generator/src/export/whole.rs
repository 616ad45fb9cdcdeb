//! Whether a site can be taken elsewhere: it has all that its own lists name, and what it becomes is written somewhere else.
//!
//! In: a site's folder, the file to write. Out: what is missing, or why not. Opens no shard.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{address, offline, output, site::FILES_URL};

/// The files that the site's lists name and that are not there, sorted.
pub(crate) fn missing(site: &Path) -> Result<Vec<String>> {
    let there: BTreeSet<String> = super::files(site)?.into_iter().collect();
    let mut named = offline::Record::read(site).files;
    named.insert(FILES_URL.to_string());
    let page = fs::read_to_string(site.join(FILES_URL)).unwrap_or_default();
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    named.extend(links.filter_map(|link| address::resolved(FILES_URL, link)));
    Ok(named.into_iter().filter(|path| !there.contains(path)).collect())
}

/// Where an archive of the site is written if `file` is asked for: behind links, and over nothing but a file.
pub(crate) fn destination(site: &Path, file: &Path) -> Result<PathBuf> {
    if file == Path::new("-") {
        bail!("an archive is not written to standard output; name a file, e.g. site.zip");
    }
    let file = output::behind_links(file)?;
    if fs::metadata(&file).is_ok_and(|there| !there.is_file()) {
        bail!("{} is there and no regular file; name another", file.display());
    }
    refuse_inside(site, &file)?;
    Ok(file)
}

/// A site is written as a whole: an archive in it would hold the last one, and be gone with the next build.
fn refuse_inside(site: &Path, file: &Path) -> Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    let folder = fs::canonicalize(&folder)
        .with_context(|| format!("cannot write to the folder {}", folder.display()))?;
    let site = fs::canonicalize(site).with_context(|| format!("cannot open {}", site.display()))?;
    if folder.starts_with(&site) {
        bail!("{} would lie in the site itself; choose a place outside", file.display());
    }
    Ok(())
}
