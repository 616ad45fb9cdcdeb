//! The output folder, replaced as a whole, or changed in place where a former build is known.
//!
//! In: the site's path. Out: a staging folder beside it that takes the site's place once it is whole, or whose files do.
//! A build that fails or is killed leaves the old site as it was; the next build clears what such a
//! build left. A folder that McDewey did not write is refused. Knows nothing of what is in the site.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use rustix::fs::{FlockOperation, RenameFlags};
use serde::{Deserialize, Serialize};

use crate::{
    manifest,
    notice::say,
    removal::remove,
    update::{self, Changes, Place},
};

/// The file that marks a folder as a site of ours.
pub(crate) const MARK: &str = ".mcdewey";
pub(crate) const MARK_TEXT: &[u8] = b"This folder is written by McDewey and replaced as a whole.\n";
/// By these a copy is known that lacks the mark.
const OF_EVERY_SITE: [&str; 3] = ["index.html", update::ROOT, manifest::URL];
/// The one hidden folder that hosts are to have: who runs the site is told there (RFC 8615).
pub(crate) const WELL_KNOWN: &str = ".well-known";
/// The one other hidden file for hosts: Apache takes its settings from it and shows it to nobody.
pub(crate) const HTACCESS: &str = ".htaccess";

/// The owner's rights to a folder, without which nothing is built in it.
const OWNER_WRITES: u32 = 0o700;

/// A site being built beside the one that stands.
pub(crate) struct Output {
    place: Place,
    cache: PathBuf,
    /// Held until the build ends, so that two builds of one site take turns.
    _lock: File,
}

impl Output {
    /// Prepares the staging folder of `site`, waiting for another build of the same site.
    pub(crate) fn prepare(site: &Path, library: &Path, on_wait: impl FnOnce()) -> Result<Output> {
        let site = std::path::absolute(site).context("cannot tell the current folder")?;
        refuse_library_inside(&site, library)?;
        refuse_mount(&site)?;
        let Some(parent) = site.parent() else { bail!("{} cannot be a site", site.display()) };
        make_folder(parent)?;
        let lock = lock(&sibling(&site, "lock"), on_wait)?;
        recover(&site)?;
        refuse_foreign(&site)?;
        let cache = sibling(&site, "cache");
        make_folder(&cache)?;
        let place = Place {
            staging: sibling(&site, "new"),
            journal: sibling(&site, "journal"),
            record: cache.join("manifest"),
            next_record: cache.join("manifest-new"),
            site,
        };
        update::finish(&place).or_else(|_| forget(&place))?;
        let output = Output { place, cache, _lock: lock };
        output.clear()?;
        Ok(output)
    }

    /// Empties the staging folder.
    pub(crate) fn clear(&self) -> Result<()> {
        let Place { site, staging, .. } = &self.place;
        remove(staging)?;
        fs::create_dir(staging)
            .with_context(|| format!("cannot make the folder {}", staging.display()))?;
        match fs::metadata(site) {
            Ok(standing) => share_alike(staging, &standing),
            Err(_) => Ok(()),
        }
    }

    /// Where builds keep what the next may use.
    pub(crate) fn cache(&self) -> &Path {
        &self.cache
    }

    /// Where what was fitted to the library is recorded.
    pub(crate) fn basis(&self) -> PathBuf {
        sibling(self.site(), "basis")
    }

    /// Where it is recorded how passages are numbered.
    pub(crate) fn numbers(&self) -> PathBuf {
        sibling(self.site(), "numbers")
    }

    /// Where it is recorded which passages are related.
    pub(crate) fn related(&self) -> PathBuf {
        sibling(self.site(), "related")
    }

    /// Where it is noted what changed since the last list of changes.
    pub(crate) fn changes(&self) -> PathBuf {
        sibling(self.site(), "changes")
    }

    /// Where it is noted which files those lists have told.
    pub(crate) fn told(&self) -> PathBuf {
        sibling(self.site(), "told")
    }

    /// Where the vectors of a model are kept: they may be deleted at any time, but it takes long to make them.
    pub(crate) fn vectors(&self) -> PathBuf {
        self.cache.join("vectors")
    }

    /// Where what follows from that is kept.
    pub(crate) fn folds(&self) -> PathBuf {
        self.cache.join("folds")
    }

    /// What was recorded of words, numbers and related passages counts no more.
    pub(crate) fn forget_records(&self) -> Result<()> {
        update::gone(&self.related())?;
        update::gone(&self.numbers())?;
        update::gone(&self.basis())
    }

    /// Where the file lies that says what is known of the site.
    pub(crate) fn record(&self) -> &Path {
        &self.place.record
    }

    /// Where that file is written for the site to come.
    pub(crate) fn next_record(&self) -> &Path {
        &self.place.next_record
    }

    pub(crate) fn site(&self) -> &Path {
        &self.place.site
    }

    /// Where the new site is written.
    pub(crate) fn folder(&self) -> &Path {
        &self.place.staging
    }

    /// Puts files into the site while the record still tells of it as it was: nothing that a reader can reach goes.
    pub(crate) fn put(&self, changes: &Changes) -> Result<()> {
        changes.put(&self.place)
    }

    /// Changes the site in place; the next record is written already.
    pub(crate) fn update(&self, changes: &Changes) -> Result<()> {
        changes.carry_out(&self.place)?;
        remove(&self.place.staging)
    }

    /// From now on the next record counts.
    pub(crate) fn keep_record(&self) -> Result<()> {
        let Place { record, next_record, .. } = &self.place;
        fs::rename(next_record, record)
            .with_context(|| format!("cannot write {}", record.display()))
    }

    /// Puts the new site in the place of the old one.
    pub(crate) fn publish(&self) -> Result<()> {
        let Place { site, staging, .. } = &self.place;
        write(&staging.join(MARK), MARK_TEXT)?;
        let old = sibling(site, "old");
        remove(&old)?;
        exchange(staging, site, &old)
            .with_context(|| format!("cannot put the new site at {}", site.display()))?;
        // The site stands; what it replaced is no reason to say that it does not.
        for replaced in [staging, &old] {
            if let Err(error) = remove(replaced) {
                say(format_args!("The new site stands; {error:#}"));
            }
        }
        Ok(())
    }
}

/// A build that fails leaves nothing half. What a journal tells of is finished by the next build.
impl Drop for Output {
    fn drop(&mut self) {
        if !self.place.journal.exists() {
            // What cannot be removed now is removed by the next build, which says so if it fails again.
            let _ = remove(&self.place.staging);
        }
    }
}

/// Tells a site from any other that has stood or will stand at its place, even from a copy of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity([u64; 5]);

impl Identity {
    pub(crate) fn of(site: &Path) -> Result<Identity> {
        let look = |path: &Path| {
            fs::metadata(path).with_context(|| format!("cannot look at {}", path.display()))
        };
        let (folder, mark) = (look(site)?, look(&site.join(MARK))?);
        let time = [mark.ctime() as u64, mark.ctime_nsec() as u64];
        Ok(Identity([folder.dev(), folder.ino(), mark.ino(), time[0], time[1]]))
    }
}

/// What could not be finished is done anew: without a record the whole site is built.
fn forget(place: &Place) -> Result<()> {
    update::gone(&place.record)?;
    update::gone(&place.journal)
}

/// Whether a folder is a site that McDewey wrote: only such a one may be written over.
fn is_ours(folder: &Path) -> bool {
    folder.join(MARK).is_file()
}

/// Whether a folder can be read as a site. A mirror has what pages link, and nothing that is hidden.
pub(crate) fn is_site(folder: &Path) -> bool {
    is_ours(folder) || OF_EVERY_SITE.iter().all(|file| folder.join(file).is_file())
}

/// Refuses a folder that cannot be read as a site.
pub(crate) fn require_site(folder: &Path) -> Result<()> {
    if !is_site(folder) {
        bail!(
            "{} is not a site built by McDewey; build one with: mcdewey build LIBRARY -o SITE",
            folder.display()
        );
    }
    Ok(())
}

/// The bytes of a file, if it is there.
pub(crate) fn read_if_there(file: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

/// Makes sure that a folder is there, naming it if that fails.
pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// Writes a whole file, naming it if that fails.
pub(crate) fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display()))
}

/// Whether what is to be written to is no file.
pub(crate) fn is_standard_output(file: &Path) -> bool {
    file == Path::new("-")
}

/// Writes a file that counts as a whole or not at all.
pub(crate) fn record(file: &Path, bytes: &[u8]) -> Result<()> {
    let mut name = file.as_os_str().to_owned();
    name.push("-new");
    let new = PathBuf::from(name);
    write(&new, bytes)?;
    fs::rename(&new, file).with_context(|| format!("cannot write {}", file.display()))
}

/// `.site.mcdewey-new` beside `site`: on the same file system, so that a rename is all it takes.
fn sibling(site: &Path, role: &str) -> PathBuf {
    let name = site.file_name().unwrap_or_default().to_string_lossy();
    site.with_file_name(format!(".{name}.mcdewey-{role}"))
}

/// Keeps a site as it is for as long as the answer lives: waits for a build of it, and lets none begin. A copy has no lock, for
/// nobody builds it.
pub(crate) fn hold(site: &Path) -> Result<Option<File>> {
    let site =
        std::path::absolute(behind_links(site)?).context("cannot tell the current folder")?;
    let Ok(file) = File::open(sibling(&site, "lock")) else { return Ok(None) };
    let shared = [FlockOperation::NonBlockingLockShared, FlockOperation::LockShared];
    let on_wait = || say(format_args!("A build of {} is running; waiting for it.", site.display()));
    take(&file, shared, on_wait).with_context(|| format!("cannot lock {}", site.display()))?;
    Ok(Some(file))
}

/// Takes a lock at once or, once that was said, when it is free.
fn take(
    file: &File,
    [at_once, later]: [FlockOperation; 2],
    on_wait: impl FnOnce(),
) -> rustix::io::Result<()> {
    rustix::fs::flock(file, at_once).or_else(|_| {
        on_wait();
        rustix::fs::flock(file, later)
    })
}

fn lock(path: &Path, on_wait: impl FnOnce()) -> Result<File> {
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .with_context(|| format!("cannot write the lock {}", path.display()))?;
    let alone = [FlockOperation::NonBlockingLockExclusive, FlockOperation::LockExclusive];
    take(&file, alone, on_wait).with_context(|| format!("cannot lock {}", path.display()))?;
    file.set_len(0)?;
    write!(file, "{}", std::process::id())?;
    Ok(file)
}

/// The folder that a path leads to: a site is put in the place of a folder, not of a link to it.
pub(crate) fn behind_links(site: &Path) -> Result<PathBuf> {
    let is_link = fs::symlink_metadata(site).is_ok_and(|entry| entry.is_symlink());
    if !is_link {
        return Ok(site.to_path_buf());
    }
    fs::canonicalize(site)
        .with_context(|| format!("{} is a link that leads nowhere", site.display()))
}

/// Makes sure that a file can be written, without changing what it holds.
pub(crate) fn check_writable(file: &Path) -> Result<()> {
    let written = match File::create_new(file) {
        // A build that fails leaves no empty one.
        Ok(_) => fs::remove_file(file),
        Err(_) => File::options().append(true).open(file).map(drop),
    };
    written.with_context(|| format!("cannot write {}", file.display()))
}

/// A new build of a site takes the folder's place: what lies in it besides would be lost.
fn refuse_library_inside(site: &Path, library: &Path) -> Result<()> {
    let (Ok(site), Ok(library)) = (fs::canonicalize(site), fs::canonicalize(library)) else {
        return Ok(());
    };
    if library.starts_with(&site) {
        bail!(
            "the library {} lies in the site {}, which each build may write anew; choose another folder with -o",
            library.display(),
            site.display()
        );
    }
    Ok(())
}

/// No folder can take the place of one at which another file system begins.
fn refuse_mount(site: &Path) -> Result<()> {
    let device = |path: &Path| fs::metadata(path).map(|found| found.dev()).ok();
    let (own, around) = (device(site), site.parent().and_then(device));
    if own.is_some() && around.is_some() && own != around {
        bail!(
            "{0} is a mount point, and a new build could not take its place; choose a folder in it, e.g. -o {1}",
            site.display(),
            site.join("site").display()
        );
    }
    Ok(())
}

/// Gives a folder the mode of the one whose place it will take, and its group where that is permitted. Builds go on writing there.
fn share_alike(folder: &Path, standing: &fs::Metadata) -> Result<()> {
    // Before the mode, which tells whether files take the group over.
    let _ = std::os::unix::fs::chown(folder, None, Some(standing.gid()));
    let mode = fs::Permissions::from_mode(standing.mode() | OWNER_WRITES);
    fs::set_permissions(folder, mode)
        .with_context(|| format!("cannot set the mode of {}", folder.display()))
}

/// Finishes what a killed build began: without an atomic exchange the old site may stand aside.
fn recover(site: &Path) -> Result<()> {
    let old = sibling(site, "old");
    if !site.exists() && is_ours(&old) {
        fs::rename(&old, site).with_context(|| format!("cannot restore {}", site.display()))?;
    }
    Ok(())
}

fn refuse_foreign(site: &Path) -> Result<()> {
    let mut entries = match fs::read_dir(site) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("cannot use {}", site.display())),
    };
    if entries.next().is_some() && !is_ours(site) {
        bail!(
            "{} holds files that McDewey did not write; choose another folder with -o or empty it",
            site.display()
        );
    }
    Ok(())
}

fn exchange(staging: &Path, site: &Path, old: &Path) -> std::io::Result<()> {
    if !site.exists() {
        return fs::rename(staging, site);
    }
    let cwd = rustix::fs::CWD;
    match rustix::fs::renameat_with(cwd, staging, cwd, site, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        Err(_) => {
            fs::rename(site, old)?;
            fs::rename(staging, site)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publish(site: &Path, text: &str) -> Result<()> {
        let output = Output::prepare(site, Path::new("nowhere"), || {})?;
        write(&output.folder().join("index.html"), text.as_bytes())?;
        output.publish()
    }

    #[test]
    fn the_old_site_stands_until_the_new_one_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("site");
        publish(&site, "one").unwrap();
        let output = Output::prepare(&site, Path::new("nowhere"), || {}).unwrap();
        write(&output.folder().join("index.html"), b"half").unwrap();
        let staging = output.folder().to_path_buf();
        drop(output);
        assert!(!staging.exists(), "a build that ends otherwise leaves nothing half");
        assert_eq!(fs::read(site.join("index.html")).unwrap(), b"one");
        publish(&site, "two").unwrap();
        assert_eq!(fs::read(site.join("index.html")).unwrap(), b"two");
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 3, "the site, its lock and its cache: {left:?}");
    }

    #[test]
    fn a_site_put_aside_by_a_killed_build_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("site");
        publish(&site, "one").unwrap();
        fs::rename(&site, sibling(&site, "old")).unwrap();
        drop(Output::prepare(&site, Path::new("nowhere"), || {}).unwrap());
        assert_eq!(fs::read(site.join("index.html")).unwrap(), b"one");
    }

    #[test]
    fn a_mount_point_is_refused() {
        // Where there is this folder, it is one.
        if Path::new("/proc/self").exists() {
            let error = refuse_mount(Path::new("/proc")).unwrap_err().to_string();
            assert!(error.contains("-o /proc/site"), "{error}");
        }
        let folder = tempfile::tempdir().unwrap();
        refuse_mount(folder.path()).unwrap();
        refuse_mount(&folder.path().join("site")).unwrap();
    }

    #[test]
    fn a_foreign_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.doc"), "x").unwrap();
        let error = publish(folder.path(), "one").unwrap_err().to_string();
        assert!(error.contains("did not write"), "{error}");
    }
}
