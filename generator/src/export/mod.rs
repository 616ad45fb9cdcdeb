//! A built site on its way out: hosts' settings, proof that nothing was damaged, the whole site in one file.
//!
//! In: a site's folder. Out: text for a host, findings, an archive. Knows how a site's files are named and carried; not what they mean.

mod check;
mod headers;
mod whole;
mod zim;
mod zip;

use std::path::Path;

use anyhow::Result;

pub(crate) use check::check;
pub(crate) use headers::{Host, settings};
pub(crate) use whole::{destination, missing};
pub(crate) use zim::zim;
pub(crate) use zip::zip;

use crate::{output, update};

/// The files of a site that a host is to have, sorted. What is hidden is not for others, but for [`output::WELL_KNOWN`] and
/// [`output::HTACCESS`].
pub(crate) fn files(site: &Path) -> Result<Vec<String>> {
    output::require_site(site)?;
    let mut files = update::files(site)?;
    let is_for_hosts =
        |path: &str| path == output::HTACCESS || Path::new(path).starts_with(output::WELL_KNOWN);
    files.retain(|path| !path.starts_with('.') || is_for_hosts(path));
    Ok(files)
}
