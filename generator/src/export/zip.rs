//! A site as one ZIP file that is the same, byte for byte, whenever the site is.
//!
//! In: a site and a file to write. Out: the archive: names sorted, dates made of what the files hold. A few files at a time are
//! compressed on all cores and written, so memory holds no more; the old archive stands until the new one is whole. Knows no file's
//! meaning.

use std::{fs, io::BufWriter, os::unix::fs::PermissionsExt, path::Path};

use anyhow::{Context, Result};
use rayon::prelude::*;
use tempfile::NamedTempFile;
use zip::{CompressionMethod, DateTime, PreparedZipFile, ZipWriter, write::SimpleFileOptions};

use crate::{output, progress::Progress};

/// So many files are in memory at once.
const BATCH_FILES: usize = 256;
/// What does not become smaller: shards and bundles are deflated, pictures are compressed.
const COMPRESSED: [&str; 10] =
    ["pack", "png", "jpg", "jpeg", "gif", "webp", "avif", "gz", "zip", "tgz"];

/// Writes the site at `site` as the archive `file`; gives the number of files in it.
pub(crate) fn zip(site: &Path, file: &Path) -> Result<usize> {
    let paths = super::files(site)?;
    let temporary = temporary_beside(file)?;
    let progress = Progress::phase("Packing", paths.len());
    let mut archive = ZipWriter::new(BufWriter::new(temporary.reopen()?));
    // What comes out of the archive is a site of ours, which a build may write over.
    archive.add_prepared_file(packed(output::MARK, output::MARK_TEXT)?)?;
    for batch in paths.chunks(BATCH_FILES) {
        let packed: Vec<PreparedZipFile> =
            batch.par_iter().map(|path| packed_file(site, path)).collect::<Result<_>>()?;
        for one in packed {
            archive.add_prepared_file(one).context("cannot write the archive")?;
            progress.step();
        }
    }
    let out = archive.finish().context("cannot write the archive")?;
    out.into_inner().context("cannot write the archive")?.sync_all()?;
    progress.end();
    temporary
        .persist(file)
        .map_err(|error| error.error)
        .with_context(|| format!("cannot write {}", file.display()))?;
    Ok(1 + paths.len())
}

/// A file on the file system of `file`, so that a rename is all it takes; who may read it is left to the umask.
fn temporary_beside(file: &Path) -> Result<NamedTempFile> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(0o666))
        .tempfile_in(folder.unwrap_or(Path::new(".")))
        .with_context(|| format!("cannot write beside {}", file.display()))
}

fn packed_file(site: &Path, path: &str) -> Result<PreparedZipFile> {
    let file = site.join(path);
    let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    packed(path, &bytes)
}

fn packed(path: &str, bytes: &[u8]) -> Result<PreparedZipFile> {
    let options = SimpleFileOptions::DEFAULT
        .compression_method(method(path))
        .last_modified_time(dated(bytes))
        .unix_permissions(0o644);
    PreparedZipFile::from_data(path, options, bytes).with_context(|| format!("cannot pack {path}"))
}

/// A past date that follows from what a file holds: many programs take files of one size and one date for the same.
fn dated(bytes: &[u8]) -> DateTime {
    let mut rest = xxhash_rust::xxh3::xxh3_64(bytes);
    let mut below = |count: u64| {
        let number = rest % count;
        rest /= count;
        number as u8
    };
    let (year, month, day) = (1990 + u16::from(below(30)), 1 + below(12), 1 + below(28));
    let (hour, minute, second) = (below(24), below(60), 2 * below(30));
    DateTime::from_date_and_time(year, month, day, hour, minute, second).unwrap_or_default()
}

fn method(path: &str) -> CompressionMethod {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_shard = path.starts_with("search/") && extension == "js";
    match is_shard || COMPRESSED.contains(&extension) {
        true => CompressionMethod::Stored,
        false => CompressionMethod::Deflated,
    }
}
