//! Files that a library has put at its site's root as they are: a host's `CNAME`, `robots.txt`, `.well-known/security.txt`.
//!
//! In: the theme's `root` folder. Out: the same files in the site, where nothing of the site's own stands, or a warning. Knows no
//! pages.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use super::{FILES_URL, Site, THEME};
use crate::{address, model::Warning, output, update};

const FOLDER: &str = "root";
const NOT_PLAIN: &str = "names here are of letters, digits, dots, hyphens and underscores, and nothing is hidden but .well-known and .htaccess";
const KEPT: &str = "the site keeps this file or folder for what it writes itself";
const NOT_FREE: &str = "the site has a file or a folder of its own there";

/// Copies the files, unless the site or what `standing` holds of it has others of these names; gives the addresses of those that pages may link.
pub(super) fn write(
    site: &Site,
    standing: Option<&Path>,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<String>> {
    let folder = site.library.root.join(THEME).join(FOLDER);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut linked = Vec::new();
    for path in update::files(&folder)? {
        match taken_or_why(site, standing, &folder, &path)? {
            None if path == output::HTACCESS => {}
            None => linked.push(path),
            Some(why) => warnings.push(Warning {
                source: format!("{THEME}/{FOLDER}/{path}"),
                line: 0,
                kind: "file for the site's root not taken",
                detail: why.to_string(),
            }),
        }
    }
    Ok(linked)
}

/// Copies a file, or says why not.
fn taken_or_why(
    site: &Site,
    standing: Option<&Path>,
    folder: &Path,
    path: &str,
) -> Result<Option<&'static str>> {
    if !is_plain(path) {
        return Ok(Some(NOT_PLAIN));
    }
    if is_kept(path) {
        return Ok(Some(KEPT));
    }
    let file = folder.join(path);
    let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let has_other = |site: &Path| {
        let there = site.join(path);
        there.exists() && fs::read(there).ok().as_ref() != Some(&bytes)
    };
    if has_other(site.folder) || standing.is_some_and(has_other) {
        return Ok(Some(NOT_FREE));
    }
    site.put(path, &bytes)?;
    Ok(None)
}

/// Whether a path lies where the site writes later than this, or will in another build. Some hosts take large letters for small ones.
fn is_kept(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or(path).to_ascii_lowercase();
    first == FILES_URL || address::RESERVED.contains(&first.as_str())
}

/// Whether every host takes a path as it is.
fn is_plain(path: &str) -> bool {
    let is_of_names = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    let seen = path.strip_prefix(output::WELL_KNOWN).unwrap_or(path);
    let is_seen = !seen.starts_with('.') && !seen.contains("/.");
    path == output::HTACCESS || (path.bytes().all(is_of_names) && is_seen)
}
