//! `serve LIBRARY`: builds anew when the library changes, and tells the pages that are open.
//!
//! In: changes of files. Out: new builds of the site, and the number of the last one to whoever listens. A build that fails is
//! told in the log; the old site stays. Knows no route and no page.

use std::{
    cell::Cell,
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

use crate::pipeline;

/// Editors write a file in several steps: a change counts once it has been quiet for so long.
const QUIET: Duration = Duration::from_millis(50);

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
    watcher
        .watch(&options.library, RecursiveMode::Recursive)
        .with_context(|| format!("cannot watch {}", options.library.display()))?;
    let builds = Arc::new(watch::Sender::new(Some(Told::default())));
    let told = Arc::clone(&builds);
    std::thread::spawn(move || {
        // Held here, so that it watches as long as somebody listens.
        let _watcher = watcher;
        while wait_for_change(&events, &options.site) {
            rebuild(&options, &told);
        }
    });
    Ok(builds)
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
fn wait_for_change(events: &Receiver<notify::Result<Event>>, site: &Path) -> bool {
    loop {
        match events.recv() {
            Ok(event) if counts(&event, site) => break,
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
fn counts(event: &notify::Result<Event>, site: &Path) -> bool {
    let Ok(event) = event else { return true };
    let is_change = !matches!(event.kind, EventKind::Access(_));
    is_change
        && (event.paths.is_empty() || event.paths.iter().any(|path| is_of_library(path, site)))
}

fn is_of_library(path: &Path, site: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let site_name = site.file_name().unwrap_or_default().to_string_lossy();
    let is_ours = path.starts_with(site) || name.starts_with(&format!(".{site_name}.mcdewey-"));
    let ours: Vec<PathBuf> = ["new", "old"]
        .map(|role| site.with_file_name(format!(".{site_name}.mcdewey-{role}")))
        .into();
    let is_staged = ours.iter().any(|folder| path.starts_with(folder));
    let is_beside = name.ends_with('~') || name.ends_with(".swp") || name.ends_with(".tmp");
    let is_git = path.components().any(|part| part.as_os_str() == ".git");
    !(is_ours || is_staged || is_beside || is_git)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_library_counts() {
        let site = Path::new("/lib/site");
        for path in
            ["/lib/a/b.md", "/lib/.theme/static/css/page.css", "/lib/mcdewey.toml", "/lib/new"]
        {
            assert!(is_of_library(Path::new(path), site), "{path}");
        }
        for path in [
            "/lib/site/index.html",
            "/lib/.site.mcdewey-new/x.html",
            "/lib/.site.mcdewey-lock",
            "/lib/.git/index",
            "/lib/a/b.md~",
            "/lib/a/.b.md.swp",
        ] {
            assert!(!is_of_library(Path::new(path), site), "{path}");
        }
    }
}
