//! A site changed in place: only the files that differ are touched, and a build that is killed in the middle is finished by the
//! next.
//!
//! In: a staging folder with files that are to stand in the site, and the paths of those that are to go. Out: the site with the
//! changes in it. All changes are whole and written down in a journal before the first is made; each is one rename. They come in
//! an order in which no page that a reader can reach names a file that is not there: what nothing names yet first, then the pages
//! that name it, then the root of the index, and only then is anything removed. What is known of the site is forgotten before the
//! first change and known again after the last. Knows nothing of what files mean beyond that.

use std::{
    collections::BTreeSet,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::output;

/// The first line of a journal; what any other version wrote is not carried out.
const HEADER: &str = "mcdewey-journal 1";
/// What names all other files of the index changes last.
pub(crate) const ROOT: &str = "search/root.js";

/// What changes in a site, as addresses, sorted.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) added: Vec<String>,
    pub(crate) changed: Vec<String>,
    pub(crate) removed: Vec<String>,
    /// How much larger the site becomes.
    pub(crate) growth_bytes: i64,
}

/// Where an update takes place.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) site: PathBuf,
    pub(crate) staging: PathBuf,
    pub(crate) journal: PathBuf,
    /// The file that says what is known of the site, and the one that will say it.
    pub(crate) record: PathBuf,
    pub(crate) next_record: PathBuf,
}

impl Changes {
    /// How the files of `staging` differ from those of `site`.
    pub(crate) fn between(staging: &Path, site: &Path) -> Result<Changes> {
        let mut changes = Changes::default();
        for path in files(staging)? {
            changes.look_at(path, staging, site)?;
        }
        Ok(changes)
    }

    /// The same where all of `site` is to go that is not in `staging`.
    pub(crate) fn between_all(staging: &Path, site: &Path) -> Result<Changes> {
        let mut changes = Changes::between(staging, site)?;
        let staged: BTreeSet<String> = files(staging)?.into_iter().collect();
        let standing = if site.exists() { files(site)? } else { Vec::new() };
        let is_gone = |path: &String| !staged.contains(path) && path != output::MARK;
        changes.remove(standing.into_iter().filter(is_gone), site);
        Ok(changes)
    }

    fn look_at(&mut self, path: String, staging: &Path, site: &Path) -> Result<()> {
        let new = output::read_if_there(&staging.join(&path))?.unwrap_or_default();
        match output::read_if_there(&site.join(&path))? {
            Some(old) if old == new => return Ok(()),
            Some(old) => {
                self.growth_bytes += new.len() as i64 - old.len() as i64;
                self.changed.push(path);
            }
            None => {
                self.growth_bytes += new.len() as i64;
                self.added.push(path);
            }
        }
        Ok(())
    }

    /// Removes these too, where they are there.
    pub(crate) fn remove(&mut self, paths: impl IntoIterator<Item = String>, site: &Path) {
        for path in paths.into_iter().collect::<BTreeSet<String>>() {
            if let Ok(metadata) = fs::metadata(site.join(&path)) {
                self.growth_bytes -= metadata.len() as i64;
                self.removed.push(path);
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }

    /// One a line, with `+`, `*` or `-` before it.
    pub(crate) fn list(&self) -> String {
        let kinds = [('+', &self.added), ('*', &self.changed), ('-', &self.removed)];
        let lines = kinds
            .into_iter()
            .flat_map(|(kind, paths)| paths.iter().map(move |path| format!("{kind} {path}\n")));
        lines.collect()
    }

    /// Puts the added and the changed files into the site, and that is all: the record, and what is to go, stay.
    pub(crate) fn put(&self, place: &Place) -> Result<()> {
        self.in_order().into_iter().try_for_each(|path| put(place, path))
    }

    /// These changes and later ones as one.
    pub(crate) fn and(mut self, later: Changes) -> Changes {
        let pairs = [
            (&mut self.added, later.added),
            (&mut self.changed, later.changed),
            (&mut self.removed, later.removed),
        ];
        for (paths, more) in pairs {
            paths.extend(more);
            paths.sort();
            paths.dedup();
        }
        Changes { growth_bytes: self.growth_bytes + later.growth_bytes, ..self }
    }

    /// Puts the files of the staging folder into the site.
    pub(crate) fn carry_out(&self, place: &Place) -> Result<()> {
        self.note(place)?;
        finish(place)
    }

    /// From here on the site will be the new one, whoever finishes it.
    fn note(&self, place: &Place) -> Result<()> {
        let mut text = format!("{HEADER}\n");
        for path in self.in_order() {
            text.push_str(&format!("put {path}\n"));
        }
        for path in &self.removed {
            text.push_str(&format!("remove {path}\n"));
        }
        text.push_str(&format!("end {:016x}\n", xxhash_rust::xxh3::xxh3_64(text.as_bytes())));
        output::record(&place.journal, text.as_bytes())
    }

    /// What nothing names yet, pages last; then the changed pages, the other changed files, the root.
    fn in_order(&self) -> Vec<&String> {
        let added = self.added.iter().map(|path| (usize::from(is_page(path)), path));
        let changed = self.changed.iter().map(|path| (if is_page(path) { 2 } else { 3 }, path));
        let ranked = |(rank, path): (usize, _)| (if path == ROOT { 4 } else { rank }, path);
        let mut paths: Vec<(usize, &String)> = added.chain(changed).map(ranked).collect();
        paths.sort();
        paths.into_iter().map(|(_, path)| path).collect()
    }
}

/// Finishes what a journal says, if there is one. What is done already is passed over; of what cannot be read nothing is done, and
/// nothing is known of the site any more.
pub(crate) fn finish(place: &Place) -> Result<()> {
    let Some(text) = output::read_if_there(&place.journal)? else {
        return gone(&place.next_record);
    };
    // Once the new record is in place, all else is done.
    if place.next_record.exists() {
        gone(&place.record)?;
        match steps(&String::from_utf8_lossy(&text)) {
            Some(steps) => follow(&steps, place)?,
            None => gone(&place.next_record)?,
        }
    }
    gone(&place.journal)
}

fn follow(steps: &[Step], place: &Place) -> Result<()> {
    steps.iter().try_for_each(|step| take(step, place))?;
    fs::rename(&place.next_record, &place.record)
        .with_context(|| format!("cannot write {}", place.record.display()))
}

/// Makes sure that a file is not there.
pub(crate) fn gone(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", file.display()))
        }
        _ => Ok(()),
    }
}

enum Step<'a> {
    Put(&'a str),
    Remove(&'a str),
}

/// The steps of a whole journal.
fn steps(text: &str) -> Option<Vec<Step<'_>>> {
    let (body, end) = text.strip_suffix('\n')?.rsplit_once('\n')?;
    let body = &text[..body.len() + 1];
    let hash = format!("end {:016x}", xxhash_rust::xxh3::xxh3_64(body.as_bytes()));
    let steps = body.strip_prefix(HEADER).filter(|_| end == hash)?;
    steps.lines().skip(1).map(parse).collect()
}

fn parse(line: &str) -> Option<Step<'_>> {
    match line.split_once(' ')? {
        ("put", path) => Some(Step::Put(path)),
        ("remove", path) => Some(Step::Remove(path)),
        _ => None,
    }
}

fn take(step: &Step, place: &Place) -> Result<()> {
    match step {
        Step::Put(path) => put(place, path),
        Step::Remove(path) => remove(&place.site, path),
    }
}

fn put(place: &Place, path: &str) -> Result<()> {
    let (from, to) = (place.staging.join(path), place.site.join(path));
    let moved = match fs::rename(&from, &to) {
        Err(error) if error.kind() == ErrorKind::NotFound && from.exists() => {
            let made = fs::create_dir_all(to.parent().unwrap_or(&place.site));
            made.and_then(|()| fs::rename(&from, &to))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => result,
    };
    moved.with_context(|| format!("cannot write {}", to.display()))
}

/// Removes a file, and the folders that hold nothing any more.
fn remove(site: &Path, path: &str) -> Result<()> {
    let file = site.join(path);
    gone(&file)?;
    let folders = file.ancestors().skip(1).take_while(|folder| *folder != site);
    // A folder that still holds something stays, and so do those above it.
    folders.take_while(|folder| fs::remove_dir(folder).is_ok()).for_each(drop);
    Ok(())
}

fn is_page(path: &str) -> bool {
    path.ends_with(".html")
}

/// The paths of all files below a folder, sorted.
pub(crate) fn files(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    collect(folder, "", &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, before: &str, found: &mut Vec<String>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let path = format!("{before}{}", entry.file_name().to_string_lossy());
        match entry.file_type()?.is_dir() {
            true => collect(&entry.path(), &format!("{path}/"), found)?,
            false => found.push(path),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: [(&str, &str); 5] = [
        ("a.html", "page"),
        ("b/c.html", "goes"),
        ("search/root.js", "names w/1"),
        ("search/w/1.js", "shard"),
        ("same.html", "same"),
    ];
    const NEW: [(&str, &str); 6] = [
        ("a.html", "another"),
        ("d/e/f.html", "comes"),
        ("files/p.png", "picture"),
        ("same.html", "same"),
        ("search/root.js", "names w/2"),
        ("search/w/2.js", "shard"),
    ];

    fn write_all(folder: &Path, files: &[(&str, &str)]) {
        for (path, text) in files {
            fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
            fs::write(folder.join(path), text).unwrap();
        }
    }

    fn read_all(folder: &Path) -> Vec<(String, String)> {
        let read = |path: String| (path.clone(), fs::read_to_string(folder.join(path)).unwrap());
        files(folder).unwrap().into_iter().map(read).collect()
    }

    /// A site, what is staged for it, and a record of each.
    fn prepared(folder: &Path) -> (Place, Changes) {
        let at = |name: &str| folder.join(name);
        let place = Place {
            site: at("site"),
            staging: at("new"),
            journal: at("journal"),
            record: at("record"),
            next_record: at("record-new"),
        };
        write_all(&place.site, &OLD);
        write_all(&place.staging, &NEW);
        write_all(folder, &[("record", "old"), ("record-new", "new")]);
        let mut changes = Changes::between(&place.staging, &place.site).unwrap();
        changes.remove(["b/c.html", "search/w/1.js", "not/there"].map(String::from), &place.site);
        (place, changes)
    }

    #[test]
    fn changes_are_in_a_safe_order() {
        let folder = tempfile::tempdir().unwrap();
        let (place, changes) = prepared(folder.path());
        let list = "+ d/e/f.html\n+ files/p.png\n+ search/w/2.js\n* a.html\n* search/root.js\n- b/c.html\n- search/w/1.js\n";
        assert_eq!(changes.list(), list);
        let order = ["files/p.png", "search/w/2.js", "d/e/f.html", "a.html", "search/root.js"];
        assert_eq!(changes.in_order(), order.iter().collect::<Vec<_>>());
        let bytes =
            |files: &[(&str, &str)]| files.iter().map(|(_, text)| text.len()).sum::<usize>();
        assert_eq!(changes.growth_bytes, bytes(&NEW) as i64 - bytes(&OLD) as i64);
        changes.carry_out(&place).unwrap();
        assert!(!place.journal.exists() && !place.site.join("b").exists());
    }

    #[test]
    fn an_update_that_ends_anywhere_is_finished() {
        let new: Vec<_> = NEW.map(|(path, text)| (path.to_string(), text.to_string())).into();
        for done in 0..=7 {
            let folder = tempfile::tempdir().unwrap();
            let (place, changes) = prepared(folder.path());
            changes.note(&place).unwrap();
            let text = fs::read_to_string(&place.journal).unwrap();
            let steps = steps(&text).unwrap();
            assert_eq!(steps.len(), 7);
            steps[..done].iter().try_for_each(|step| take(step, &place)).unwrap();
            finish(&place).unwrap();
            assert_eq!(read_all(&place.site), new, "after {done} steps");
            assert_eq!(fs::read_to_string(&place.record).unwrap(), "new");
            finish(&place).unwrap();
            assert!(!place.journal.exists() && !place.next_record.exists());
        }
    }

    #[test]
    fn after_the_last_step_nothing_is_done_again() {
        let folder = tempfile::tempdir().unwrap();
        let (place, changes) = prepared(folder.path());
        changes.note(&place).unwrap();
        let journal = fs::read(&place.journal).unwrap();
        finish(&place).unwrap();
        fs::write(&place.journal, journal).unwrap();
        write_all(&place.site, &[("b/c.html", "came back")]);
        finish(&place).unwrap();
        assert!(place.site.join("b/c.html").exists() && !place.journal.exists());
        assert_eq!(fs::read_to_string(&place.record).unwrap(), "new");
    }

    #[test]
    fn a_journal_that_is_not_whole_changes_nothing_but_what_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let (place, changes) = prepared(folder.path());
        let before = read_all(&place.site);
        changes.note(&place).unwrap();
        let text = fs::read_to_string(&place.journal).unwrap();
        for length_bytes in 0..text.len() {
            assert!(steps(&text[..length_bytes]).is_none());
        }
        fs::write(&place.journal, &text[..text.len() / 2]).unwrap();
        finish(&place).unwrap();
        assert_eq!(read_all(&place.site), before);
        assert!(!place.record.exists() && !place.next_record.exists());
    }
}
