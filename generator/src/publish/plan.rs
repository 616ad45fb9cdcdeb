//! What is uploaded, and in what order.
//!
//! In: the files of a site and of a bucket. Out: phases; each names only what those before it have brought. Knows no network.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    io::ErrorKind,
    path::Path,
};

use anyhow::{Context, Result, bail};
use md5::{Digest, Md5};

use super::Report;
use crate::{serve::files::is_hashed, update::ROOT};

const PHASES: usize = 4;

/// A file of the site.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Local {
    pub(super) path: String,
    bytes: u64,
    /// As a bucket gives the ETag of what was put there in one piece.
    tag: String,
}

/// What a bucket holds: ETags by path.
pub(super) type Remote = BTreeMap<String, String>;

/// Files to upload, phase by phase, and what only the bucket has.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) phases: [Vec<Local>; PHASES],
    pub(super) superfluous: Vec<String>,
    same: usize,
}

impl Local {
    pub(super) fn read(site: &Path, path: &str) -> Result<Local> {
        let bytes = fs::read(site.join(path)).with_context(|| format!("cannot read {path}"))?;
        Ok(Local { path: path.to_string(), bytes: bytes.len() as u64, tag: tag(&bytes) })
    }

    /// The file's bytes, as long as they are those that were planned.
    pub(super) fn reread(&self, site: &Path) -> Result<Vec<u8>> {
        let bytes = fs::read(site.join(&self.path));
        match bytes {
            Ok(bytes) if tag(&bytes) == self.tag => Ok(bytes),
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot read {}", self.path))
            }
            _ => bail!(
                "{} has changed since the upload began; publish the site again once nothing writes it any more",
                self.path
            ),
        }
    }
}

fn tag(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Plan {
    pub(super) fn new(local: Vec<Local>, remote: &Remote) -> Plan {
        let paths: BTreeSet<&str> = local.iter().map(|file| file.path.as_str()).collect();
        let is_superfluous = |path: &&String| !paths.contains(path.as_str());
        let superfluous = remote.keys().filter(is_superfluous).cloned().collect();
        let mut plan = Plan { phases: Default::default(), superfluous, same: 0 };
        for file in local {
            match remote.get(&file.path).is_some_and(|there| *there == file.tag) {
                true => plan.same += 1,
                false => plan.phases[phase(&file.path)].push(file),
            }
        }
        plan
    }

    pub(super) fn uploads(&self) -> usize {
        self.phases.iter().map(Vec::len).sum()
    }

    pub(super) fn report(self) -> Report {
        let files: Vec<Local> = self.phases.into_iter().flatten().collect();
        Report {
            bytes: files.iter().map(|file| file.bytes).sum(),
            uploaded: files.into_iter().map(|file| file.path).collect(),
            same: self.same,
            superfluous: self.superfluous,
        }
    }
}

/// What nothing names before it is there; pages; what tells of the build; the root of the index.
fn phase(path: &str) -> usize {
    match path {
        ROOT => 3,
        path if is_hashed(path) => 0,
        path if path.ends_with(".html") => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(path: &str, text: &str) -> Local {
        Local { path: path.to_string(), bytes: text.len() as u64, tag: tag(text.as_bytes()) }
    }

    #[test]
    fn what_is_named_comes_before_what_names_it() {
        let paths = [
            "assets/a.1.js",
            "index.html",
            "offline/1.pack",
            "offline/list.json",
            "search/root.js",
            "search/w/1.js",
            "sw.js",
        ];
        let plan = Plan::new(paths.map(|path| local(path, "new")).into(), &Remote::new());
        let order = [
            "assets/a.1.js",
            "offline/1.pack",
            "search/w/1.js",
            "index.html",
            "offline/list.json",
            "sw.js",
            "search/root.js",
        ];
        assert_eq!(plan.report().uploaded, order);
    }

    #[test]
    fn only_what_differs_is_uploaded() {
        let remote = [("same.html", "text"), ("other.html", "old"), ("gone.html", "text")];
        let remote = remote.map(|(path, text)| (path.to_string(), tag(text.as_bytes()))).into();
        let plan = Plan::new(vec![local("other.html", "new"), local("same.html", "text")], &remote);
        let report = plan.report();
        assert_eq!(
            (report.uploaded, report.bytes, report.same),
            (vec!["other.html".to_string()], 3, 1)
        );
        assert_eq!(report.superfluous, ["gone.html"]);
    }
}
