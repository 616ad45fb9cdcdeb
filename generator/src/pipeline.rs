//! A build from end to end, on one screen: open, work on every source, merge, publish.
//!
//! In: a library's folder and the options. Out: a site in the output folder, or an error and the old
//! site untouched.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use rayon::prelude::*;

use crate::{
    files::Files,
    index,
    library::Library,
    links::Targets,
    model::Warning,
    output::Output,
    progress::Progress,
    site::{Counts, FileGroup, Site, SourceSummary},
    spool::{Slot, Spool},
    work::{Done, Workshop},
};

/// What a build is asked to do.
pub(crate) struct Options {
    pub(crate) library: PathBuf,
    pub(crate) site: PathBuf,
    pub(crate) base_url: Option<String>,
    /// Code stays without colours, whatever the library says.
    pub(crate) no_highlight: bool,
    /// How much memory the index may take before it is spilled to disk.
    pub(crate) memory_bytes: usize,
}

/// Enough for a library of some 500,000 passages without a scratch file.
pub(crate) const MEMORY_BYTES: usize = 512 << 20;

/// What a build did.
pub(crate) struct Report {
    pub(crate) counts: Counts,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) page_bytes: u64,
    pub(crate) index_bytes: u64,
    pub(crate) time: Duration,
}

/// Builds the site and puts it in place.
pub(crate) fn build(options: &Options) -> Result<Report> {
    let begin = Instant::now();
    let mut warnings = Vec::new();
    let mut library = Library::open(&options.library, &mut warnings)?;
    library.reading.highlight &= !options.no_highlight;
    let output = Output::prepare(&options.site, || {
        eprintln!("Another build of {} is running; waiting for it.", options.site.display());
    })?;
    let folder = output.folder();
    let site = Site::new(&library, folder, options.base_url.as_deref())?;
    let files = Files::new(&library.root, folder)?;
    let spool = Spool::new(folder)?;
    let targets = Targets::new(&library);
    let workshop = Workshop { site: &site, targets: &targets, files: &files, spool: &spool };
    let (summaries, slots) = work_on_all(&workshop, &mut warnings)?;
    let counts = Counts::of(&library.guides, &summaries);
    site.write_shared(&summaries, &counts)?;
    let merging = Progress::phase("Indexing", library.sources.len());
    let index = index::merge(&library, &slots, &spool, folder, options.memory_bytes, &merging)?;
    merging.end();
    let (catalogue_url, catalogue_bytes) = site.write_catalogue()?;
    let index_bytes = index.bytes + catalogue_bytes;
    site.write_files(&[
        FileGroup::new("Search index", index.urls.into_iter().chain([catalogue_url])),
        FileGroup::new("Assets", site.assets().unlinked()),
        FileGroup::new("Pictures and attachments", files.addresses()),
    ])?;
    let page_bytes = folder_bytes(folder)? - index_bytes;
    drop(spool);
    output.publish()?;
    warnings.sort();
    Ok(Report { counts, warnings, page_bytes, index_bytes, time: begin.elapsed() })
}

/// Reads, parses and writes every source, on all cores.
fn work_on_all(
    workshop: &Workshop,
    warnings: &mut Vec<Warning>,
) -> Result<(Vec<SourceSummary>, Vec<Slot>)> {
    let sources = workshop.site.library.sources.len();
    let reading = Progress::phase("Reading", sources);
    let work = |at: usize| {
        let done = workshop.work(at);
        reading.step();
        done
    };
    let done: Vec<Done> = (0..sources).into_par_iter().map(work).collect::<Result<_>>()?;
    reading.end();
    let split = done.into_iter().map(|done| {
        warnings.extend(done.warnings);
        (done.summary, done.slot)
    });
    Ok(split.unzip())
}

/// The bytes of all files below a folder.
fn folder_bytes(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() { folder_bytes(&entry.path())? } else { metadata.len() };
    }
    Ok(bytes)
}
