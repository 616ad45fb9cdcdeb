//! Changes of a site that no list has told yet: a build that is killed, or whose list is lost, hides none of them from the next list.
//!
//! In: changes, before they are made. Out: all of them since the last list that was delivered, as the site has them by now. The note
//! lies beside the site from the first list that was asked for; a superfluous line in it costs an upload, a missing one a stale page. Beside it
//! lies which files lists have told: they stand for a site that is lost, for hosts have them still. Knows neither pages nor index.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    output::{self, Output},
    update::{self, Changes},
};

/// The note of one site.
pub(crate) struct Untold {
    note: PathBuf,
    /// The paths of all files that lists have told, one a line.
    told: PathBuf,
    site: PathBuf,
    is_kept: bool,
}

/// Whether a file was there when the last list was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    There,
    Missing,
}

impl Untold {
    /// Once a list was asked for, builds that write none note for the next what they change.
    pub(crate) fn of(output: &Output, list: Option<&Path>) -> Untold {
        let note = output.changes();
        let is_kept = list.is_some() || note.exists();
        Untold { note, told: output.told(), site: output.site().to_path_buf(), is_kept }
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// What the files of `staging` change that are to take the site's place. A file that a list has told is one that was there,
    /// whether the site still has it or not.
    pub(crate) fn between(&self, staging: &Path) -> Result<Changes> {
        let mut changes = Changes::between_all(staging, &self.site)?;
        let told = self.told()?.unwrap_or_default();
        let (known, added) = changes.added.into_iter().partition(|path| told.contains(path));
        let known: Vec<String> = known;
        let is_gone = |path: &String| !staging.join(path).exists();
        changes.added = added;
        changes.changed.extend(known);
        changes.removed.extend(told.into_iter().filter(is_gone));
        for paths in [&mut changes.changed, &mut changes.removed] {
            paths.sort();
            paths.dedup();
        }
        Ok(changes)
    }

    /// Notes changes that will be made.
    pub(crate) fn add(&self, changes: &Changes) -> Result<()> {
        if !self.is_kept || changes.is_empty() {
            return Ok(());
        }
        let mut files = self.read()?;
        let standing = changes.changed.iter().chain(&changes.removed);
        let standing = standing.map(|path| (path, Before::There));
        for (path, before) in
            changes.added.iter().map(|path| (path, Before::Missing)).chain(standing)
        {
            files.entry(path.clone()).or_insert(before);
        }
        let line = |(path, before): (&String, &Before)| format!("{} {path}\n", before.sign());
        output::record(&self.note, files.iter().map(line).collect::<String>().as_bytes())
    }

    /// Writes the list of all that is noted; from then on it is told.
    pub(crate) fn deliver(&self, list: &Path) -> Result<()> {
        let changes = self.changes()?;
        let text = changes.list();
        let written = match output::is_standard_output(list) {
            true => print(&text).context("cannot write the list of changes to standard output"),
            false => output::write(list, text.as_bytes()),
        };
        written?;
        self.remember(&changes)?;
        output::record(&self.note, b"")
    }

    /// Writes down which files lists have told by now.
    fn remember(&self, changes: &Changes) -> Result<()> {
        let mut told = match self.told()? {
            Some(_) if changes.added.is_empty() && changes.removed.is_empty() => return Ok(()),
            Some(told) => told,
            None => update::files(&self.site)?.into_iter().collect(),
        };
        told.extend(changes.added.iter().cloned());
        told.remove(output::MARK);
        for path in &changes.removed {
            told.remove(path);
        }
        let line = |path: &String| format!("{path}\n");
        output::record(&self.told, told.iter().map(line).collect::<String>().as_bytes())
    }

    fn told(&self) -> Result<Option<BTreeSet<String>>> {
        let lines =
            |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).lines().map(String::from).collect();
        Ok(output::read_if_there(&self.told)?.map(lines))
    }

    fn changes(&self) -> Result<Changes> {
        let mut changes = Changes::default();
        for (path, before) in self.read()? {
            match (before, self.site.join(&path).exists()) {
                (Before::Missing, true) => changes.added.push(path),
                (Before::There, true) => changes.changed.push(path),
                (Before::There, false) => changes.removed.push(path),
                (Before::Missing, false) => {}
            }
        }
        Ok(changes)
    }

    fn read(&self) -> Result<BTreeMap<String, Before>> {
        let bytes = output::read_if_there(&self.note)?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&bytes).lines().filter_map(parse).collect())
    }
}

/// A list that nobody read to its end is not told.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

impl Before {
    fn sign(self) -> char {
        match self {
            Before::There => '*',
            Before::Missing => '+',
        }
    }
}

fn parse(line: &str) -> Option<(String, Before)> {
    let (sign, path) = line.split_once(' ')?;
    let before = [Before::There, Before::Missing]
        .into_iter()
        .find(|before| sign.chars().eq([before.sign()]))?;
    Some((path.to_string(), before))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn changes(added: &[&str], changed: &[&str], removed: &[&str]) -> Changes {
        let [added, changed, removed] =
            [added, changed, removed].map(|paths| paths.iter().map(ToString::to_string).collect());
        Changes { added, changed, removed, growth_bytes: 0 }
    }

    #[test]
    fn what_was_not_told_is_told_as_the_site_has_it_by_now() {
        let folder = tempfile::tempdir().unwrap();
        let [note, told, site, list] =
            ["note", "told", "site", "list"].map(|name| folder.path().join(name));
        fs::create_dir(&site).unwrap();
        for path in ["came", "edited", "back"] {
            fs::write(site.join(path), "").unwrap();
        }
        let untold = Untold { note, told, site, is_kept: true };
        untold.add(&changes(&["came", "came and gone"], &["edited"], &["back"])).unwrap();
        untold.add(&changes(&["back"], &["came"], &["came and gone", "gone"])).unwrap();
        assert!(untold.deliver(Path::new("/dev/full")).is_err(), "what is lost stays untold");
        untold.deliver(&list).unwrap();
        assert_eq!(fs::read_to_string(&list).unwrap(), "+ came\n* back\n* edited\n- gone\n");
        untold.deliver(&list).unwrap();
        assert_eq!(fs::read_to_string(&list).unwrap(), "");
    }
}
