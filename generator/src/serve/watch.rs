//! `serve LIBRARY`: builds anew when the library changes, and tells the pages that are open.
//!
//! In: changes of files. Out: new builds of the site, and the number of the last one to whoever listens. A build that fails is
//! told in the log; the old site stays. Knows no route and no page.

use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use notify::{Event, EventKind, RecursiveMode, Watcher};
use tokio::sync::watch;

use crate::{library::is_of_programs, pipeline};

/// Editors write a file in several steps: a change counts once it has been quiet for so long.
const QUIET: Duration = Duration::from_millis(50);

/// Where changes are looked for, and the site that comes of them, which may lie in there; both without links on the way.
struct Watched {
    library: PathBuf,
    site: PathBuf,
}

/// What was put into the site so far, or nothing once the server stops.
pub(super) type Builds = watch::Sender<Option<Told>>;

/// How often the site changed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Told {
    /// Its pages: they come first.
    pub(super) pages: u64,
    /// Its index: what finds them.
    pub(super) index: u64,
}

/// Watches a library and builds its site whenever it changes. It ends with the process.
pub(super) fn start(options: pipeline::Options) -> Result<Arc<Builds>> {
    let (sender, events) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(sender).context("cannot watch files")?;
    let watched = Watched { library: real(&options.library), site: real(&options.site) };
    watcher
        .watch(&watched.library, RecursiveMode::Recursive)
        .with_context(|| format!("cannot watch {}", options.library.display()))?;
    let builds = Arc::new(watch::Sender::new(Some(Told::default())));
    let told = Arc::clone(&builds);
    std::thread::spawn(move || {
        // Held here, so that it watches as long as somebody listens.
        let _watcher = watcher;
        while wait_for_change(&events, &watched) {
            rebuild(&options, &told);
        }
    });
    Ok(builds)
}

/// A folder's path without links on the way, as events tell it. A site may not be there yet.
fn real(folder: &Path) -> PathBuf {
    let there = fs::canonicalize(folder).ok();
    let beside = || Some(fs::canonicalize(folder.parent()?).ok()?.join(folder.file_name()?));
    there.or_else(beside).unwrap_or_else(|| folder.to_path_buf())
}

fn rebuild(options: &pipeline::Options, builds: &Builds) {
    let begin = Instant::now();
    let tell = |change: fn(&mut Told)| builds.send_modify(|told| told.iter_mut().for_each(change));
    let pages_ahead = Cell::new(false);
    let on_pages = || {
        pages_ahead.set(true);
        tell(|told| told.pages += 1);
        tracing::info!(
            time_ms = begin.elapsed().as_millis(),
            "the library changed; its pages are new"
        );
    };
    match pipeline::build(options, &on_pages) {
        Ok(report) => {
            let (time_ms, warnings) = (report.time.as_millis(), report.warnings.len());
            tracing::info!(time_ms, warnings, "the library changed; the site is built anew");
            tell(match pages_ahead.get() {
                true => |told| told.index += 1,
                false => |told| *told = Told { pages: told.pages + 1, index: told.index + 1 },
            });
        }
        Err(error) => tracing::error!("the site could not be built, the old one stays: {error:#}"),
    }
}

/// Waits until something changed and then nothing for a moment; false when there is nothing to wait for any more.
fn wait_for_change(events: &Receiver<notify::Result<Event>>, watched: &Watched) -> bool {
    loop {
        match events.recv() {
            Ok(event) if counts(&event, watched) => break,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
    loop {
        match events.recv_timeout(QUIET) {
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// Whether an event may change the site: not what is only read, nor what a build writes, nor what editors put beside.
fn counts(event: &notify::Result<Event>, watched: &Watched) -> bool {
    let Ok(event) = event else { return true };
    let is_change = !matches!(event.kind, EventKind::Access(_));
    is_change
        && (event.paths.is_empty() || event.paths.iter().any(|path| watched.is_of_library(path)))
}

impl Watched {
    fn is_of_library(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_beside = name.ends_with('~') || name.ends_with(".swp") || name.ends_with(".tmp");
        let below = path.strip_prefix(&self.library).unwrap_or(path);
        let is_of_programs = below.ancestors().any(is_of_programs);
        !(path.starts_with(&self.site) || self.is_staged(below) || is_beside || is_of_programs)
    }

    /// Whether a build puts it beside the site: pages on their way, what is known of the library, records.
    fn is_staged(&self, path: &Path) -> bool {
        let site_name = self.site.file_name().unwrap_or_default().to_string_lossy();
        let begin = format!(".{site_name}.mcdewey-");
        path.iter().any(|part| part.to_string_lossy().starts_with(&begin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_library_counts() {
        let watched = Watched { library: "/.cache/lib".into(), site: "/.cache/lib/site".into() };
        let is_of_library = |path: &str| watched.is_of_library(&Path::new("/.cache").join(path));
        for path in ["lib/a/b.md", "lib/.theme/static/css/page.css", "lib/mcdewey.toml", "lib/new"]
        {
            assert!(is_of_library(path), "{path}");
        }
        for path in [
            "lib/site/index.html",
            "lib/.site.mcdewey-new/x.html",
            "lib/.site.mcdewey-lock",
            "lib/.site.mcdewey-cache/manifest-new",
            "lib/.obsidian/workspace.json",
            "lib/.git/index",
            "lib/a/b.md~",
            "lib/a/.b.md.swp",
        ] {
            assert!(!is_of_library(path), "{path}");
        }
    }

    #[test]
    fn a_site_behind_a_link_is_known_by_where_it_lies() {
        let folder = tempfile::tempdir().unwrap();
        let library = fs::canonicalize(folder.path()).unwrap().join("lib");
        fs::create_dir(&library).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&library, &link).unwrap();
        assert_eq!(real(&link.join("site")), library.join("site"));
        assert_eq!(real(Path::new("/no/such/site")), Path::new("/no/such/site"));
    }
}
