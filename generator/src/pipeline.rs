//! A build from end to end, on one screen: open, work on what has changed, put its pages ahead, merge, publish.
//!
//! In: a library's folder and the options. Out: a site in the output folder, or an error and the old
//! site untouched.

use std::{
    borrow::Cow,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{
    cache::{self, Cache, Entries, Index, Key, Outcome, Review, Settings, SourceEntry},
    config::{self, Config},
    encoder::Model,
    files::Files,
    index::{self, Place, Standing, Written},
    library::Library,
    links::Targets,
    model::Warning,
    notice::say,
    offline::{self, Saving},
    output::{Identity, Output},
    progress::Progress,
    related::{self, Chunks, Staged},
    semantic::{Records, Teacher},
    site::{Counts, FileGroup, Site, SourceSummary},
    spool::{Damaged, Slot, Spool},
    untold::Untold,
    update::{self, Changes},
    work::Workshop,
};

/// What a build is asked to do.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) library: PathBuf,
    pub(crate) site: PathBuf,
    pub(crate) base_url: Option<String>,
    /// Code stays without colours, whatever the library says.
    pub(crate) no_highlight: bool,
    /// What is left of a former build is not used.
    pub(crate) fresh: bool,
    /// What was fitted to the library before is not used.
    pub(crate) refit: bool,
    /// Where the changes are listed, if they are wanted even where finding them means to compare two whole sites.
    pub(crate) list: Option<PathBuf>,
    /// How much memory the index may take before it is spilled to disk.
    pub(crate) memory_bytes: usize,
    /// The folder of the model that says what passages mean, whatever the library's settings name.
    pub(crate) model: Option<PathBuf>,
    /// How many passages it looks at, if not at all of them.
    pub(crate) semantic_sample: Option<usize>,
}

/// Enough for a library of some 500,000 passages without a scratch file.
pub(crate) const MEMORY_BYTES: usize = 512 << 20;

/// What a build did.
pub(crate) struct Report {
    pub(crate) counts: Counts,
    pub(crate) warnings: Vec<Warning>,
    /// How many sources were read.
    pub(crate) work: usize,
    /// None where the site was built anew and not compared with what stood there.
    pub(crate) changes: Option<Changes>,
    pub(crate) page_bytes: u64,
    pub(crate) index_bytes: u64,
    pub(crate) time: Duration,
}

/// Builds the site and puts it in place. Calls `on_pages` if pages are put there ahead of the index.
pub(crate) fn build(options: &Options, on_pages: &dyn Fn()) -> Result<Report> {
    let begin = Instant::now();
    let teacher = teacher(options)?;
    let output = Output::prepare(&options.site, &options.library, || {
        say(format_args!(
            "Another build of {} is running, or it is taken elsewhere; waiting for that.",
            options.site.display()
        ));
    })?;
    let key = Key::of(&Settings {
        library: &options.library,
        base_url: options.base_url.as_deref(),
        no_highlight: options.no_highlight,
        model: teacher.as_ref().map(Teacher::key),
    })?;
    let mut cache = Cache::open(&output, key);
    if options.fresh {
        cache.forget();
        update::gone(&output.folds())?;
    }
    if options.refit {
        output.forget_records()?;
    }
    let place = || Place {
        output: &output,
        records: records(&output),
        memory_bytes: options.memory_bytes,
        teacher: teacher.as_ref(),
    };
    let untold = Untold::of(&output, options.list.as_deref());
    let report = match build_with(options, &place(), &cache, &untold, on_pages) {
        Err(error) if error.is::<Damaged>() && cache.identity().is_some() => {
            cache.forget();
            output.clear()?;
            build_with(options, &place(), &cache, &untold, on_pages)
        }
        result => result,
    }?;
    // While the site is locked, so that no other build comes between it and its list.
    if let Some(list) = &options.list {
        untold.deliver(list)?;
    }
    Ok(Report { time: begin.elapsed(), ..report })
}

fn records(output: &Output) -> Records {
    Records::at(output.basis(), output.folds())
}

/// The model, if one is wanted. It is read before any work, so that what is wrong with it is said at once.
fn teacher(options: &Options) -> Result<Option<Teacher>> {
    let config = Config::read(&options.library)?.semantic;
    let folder = match (&options.model, config.model()) {
        (Some(_), _) if !config.is_on() => {
            bail!("there is no use for a model: {} says semantic = false", config::FILE_NAME)
        }
        (Some(folder), _) => folder.clone(),
        (None, Some(folder)) => options.library.join(folder),
        (None, None) => return Ok(None),
    };
    let sample = options.semantic_sample.or(config.sample());
    Ok(Some(Teacher { model: Model::open(&folder)?, sample }))
}

fn build_with(
    options: &Options,
    place: &Place<'_>,
    cache: &Cache,
    untold: &Untold,
    on_pages: &dyn Fn(),
) -> Result<Report> {
    let output = place.output;
    let mut warnings = Vec::new();
    let mut library = Library::open(&options.library, &cache.before(), &mut warnings)?;
    library.reading.highlight &= !options.no_highlight;
    let folder = output.folder();
    let site = Site::new(&library, folder, options.base_url.as_deref(), cache.assets())?;
    let files = Files::new(&library.attachments, cache.addresses(), folder);
    let spool = cache.spool()?;
    let targets = Targets::new(&library);
    let workshop = Workshop { site: &site, targets: &targets, files: &files, spool: &spool };
    let review = cache.review(&workshop)?;
    let (link_names, work) = (review.link_names, review.work());
    let mut sources = work_on_all(&workshop, review)?;
    files.check()?;
    let summaries: Vec<SourceSummary> =
        sources.iter().map(|source| source.summary.clone()).collect();
    let counts = Counts::of(&library.guides, &summaries);
    let browse = Cache::browse(&library, &sources)?;
    site.write_shared(&summaries, &counts, &|page| cache.is_stale(page, &browse))?;
    let mut saving = Saving::of(library.config.offline.then(|| site.scopes()));
    let mut relating = Relating { output, workshop: &workshop, basis: None };
    relating.ahead(&mut sources, cache, &place.records)?;
    // What passages mean is found out with the index: without it their links would be gone.
    let is_due = options.refit || related::has_lost_basis(output);
    let (index, ahead) = match cache.index_of(&library, &sources).filter(|_| !is_due) {
        Some(same) => (same.clone(), Changes::default()),
        None => {
            let ahead = put_ahead(output, cache, &sources, untold, &mut saving)?;
            if !ahead.is_empty() {
                on_pages();
            }
            (remake(&library, &sources, &spool, place, cache)?, ahead)
        }
    };
    relating.finish(&mut sources, cache)?;
    let standing = cache.identity().is_some().then(|| output.site());
    let own = site.write_root(standing, &mut warnings)?;
    let listed_bytes = write_listed(&site, &summaries, &sources, &index, own)?;
    warnings.extend(site.strays()?);
    let addresses = files.addresses(&cache::linked(&sources));
    let is_linked = |path: &str| addresses.get(path).is_some_and(|(_, address)| address.is_some());
    warnings.extend(library.unread(is_linked));
    warnings.extend(sources.iter().flat_map(|source| source.warnings()));
    warnings.sort();
    let index_bytes = index.bytes + listed_bytes;
    let outcome = Outcome {
        library: &library,
        link_names,
        assets: site.assets().clone(),
        browse,
        addresses,
        sources,
        index,
        site_bytes: site.bytes() + files.bytes() + index_bytes,
    };
    let (changes, site_bytes) = publish(untold, output, cache, outcome, &spool, saving, ahead)?;
    let page_bytes = site_bytes - index_bytes;
    let time = Duration::default();
    Ok(Report { counts, warnings, work, changes, page_bytes, index_bytes, time })
}

/// Puts the pages that changed into a site that is known, so that they can be read while the index is merged.
fn put_ahead(
    output: &Output,
    cache: &Cache,
    sources: &Entries,
    untold: &Untold,
    saving: &mut Saving,
) -> Result<Changes> {
    if cache.identity().is_none() {
        return Ok(Changes::default());
    }
    let changes = Changes::between(output.folder(), output.site())?;
    if !changes.is_empty() {
        untold.add(&changes)?;
        saving.suspend(output.site(), &changes)?;
        cache.put_ahead(sources, &changes)?;
    }
    Ok(changes)
}

/// Writes what is told of the whole library beside its pages, and the list of files. Gives the bytes of what belongs to the index.
fn write_listed(
    site: &Site,
    summaries: &[SourceSummary],
    sources: &Entries,
    index: &Index,
    own: Vec<String>,
) -> Result<u64> {
    let (catalogue_url, catalogue_bytes) = site.write_catalogue()?;
    let (manifest_url, manifest_bytes) = site.write_manifest(summaries)?;
    let index_urls = index.urls.iter().cloned().chain([catalogue_url, manifest_url]);
    site.write_files(&[
        FileGroup::new("Search index", index_urls),
        FileGroup::new("Assets", site.assets().unlinked()),
        FileGroup::new("Offline", [offline::linked_url(site.library.config.offline)]),
        FileGroup::new("Pictures and attachments", cache::linked(sources)),
        FileGroup::new("Of this library's own", own),
    ])?;
    Ok(catalogue_bytes + manifest_bytes)
}

/// Reads, parses and writes every source that needs it, on all cores.
fn work_on_all<'a>(workshop: &Workshop, review: Review<'a>) -> Result<Vec<Cow<'a, SourceEntry>>> {
    let reading = Progress::phase("Reading", review.work());
    let sources = review.complete(workshop, |at| {
        let done = workshop.work(at);
        reading.step();
        done
    })?;
    reading.end();
    Ok(sources)
}

/// The links between related passages, found as soon as what passages mean is known.
struct Relating<'a> {
    output: &'a Output,
    workshop: &'a Workshop<'a>,
    /// By which they were found.
    basis: Option<u64>,
}

impl Relating<'_> {
    /// Where lists are recorded, pages can show them before the index is made.
    fn ahead(
        &mut self,
        sources: &mut [Cow<'_, SourceEntry>],
        cache: &Cache,
        records: &Records,
    ) -> Result<()> {
        match cache.identity().is_some() && related::is_recorded(self.output) {
            true => self.relate(sources, Staged::Worked, records),
            false => Ok(()),
        }
    }

    /// The rest: where it was not known what passages mean, or they mean something else by now.
    fn finish(&mut self, sources: &mut [Cow<'_, SourceEntry>], cache: &Cache) -> Result<()> {
        if self.basis.is_some() && self.basis == related::basis(self.output) {
            return Ok(());
        }
        let is_known = cache.identity().is_some();
        let staged = if is_known { Staged::Nothing } else { Staged::Worked };
        self.relate(sources, staged, &records(self.output))
    }

    fn relate(
        &mut self,
        sources: &mut [Cow<'_, SourceEntry>],
        staged: Staged,
        records: &Records,
    ) -> Result<()> {
        self.basis = related::basis(self.output);
        let Workshop { site, spool, .. } = self.workshop;
        let chunks = Chunks {
            library: site.library,
            faces: sources.iter().map(|source| &source.faces).collect(),
            hashes: &|at| sources[at as usize].slot.hash,
            segments: &|at| index::terms(spool, sources[at as usize].slot),
        };
        let related = related::relate(&chunks, self.output, records)?;
        related::show(&related, sources, self.workshop, staged)
    }
}

/// Makes the index of all sources: changes the one that stands, or merges their segments.
fn remake(
    library: &Library,
    sources: &Entries,
    spool: &Spool,
    place: &Place<'_>,
    cache: &Cache,
) -> Result<Index> {
    let slots: Vec<Slot> = sources.iter().map(|source| source.slot).collect();
    let revised = match standing(place.output, cache) {
        Some(standing) => index::revise(library, &slots, spool, place, &standing)?,
        None => None,
    };
    let written = match revised {
        Some(written) => written,
        None => {
            let merging = Progress::phase("Indexing", sources.len());
            let written = index::merge(library, &slots, spool, place, &merging)?;
            merging.end();
            written
        }
    };
    let Written { urls, bytes, ledger } = written;
    Ok(Index { urls, bytes, ledger, ..Index::default() })
}

/// The index that stands, if it can be changed.
fn standing<'a>(output: &'a Output, cache: &'a Cache) -> Option<Standing<'a>> {
    let (Index { urls, bytes, ledger, .. }, sources) = cache.former_index()?;
    let sources = sources.collect();
    Some(Standing { site: output.site(), urls, bytes: *bytes, ledger: (*ledger)?, sources })
}

/// Puts the files in place: where it is known what stands there, those that differ, else all; some are there already. Gives
/// the site's bytes too.
fn publish(
    untold: &Untold,
    output: &Output,
    cache: &Cache,
    mut outcome: Outcome,
    spool: &Spool,
    mut saving: Saving,
    ahead: Changes,
) -> Result<(Option<Changes>, u64)> {
    let (folder, site) = (output.folder(), output.site());
    let Some(identity) = cache.identity() else {
        saving.write(folder, &mut Changes::default(), &|_| Ok(()))?;
        let bytes = outcome.site_bytes;
        let changes = untold.is_kept().then(|| untold.between(folder)).transpose()?;
        changes.iter().try_for_each(|changes| untold.add(changes))?;
        output.publish()?;
        if let Err(error) = remember(output, cache, outcome, spool) {
            say(format_args!("The next build will start from nothing: {error:#}"));
        }
        return Ok((changes, bytes));
    };
    let mut changes = Changes::between(folder, site)?;
    changes.remove(cache.superfluous(&outcome, spool)?, site);
    outcome.site_bytes = cache.site_bytes().saturating_add_signed(changes.growth_bytes);
    let bytes = outcome.site_bytes;
    let spool_name = cache.write(outcome, identity, spool)?;
    untold.add(&changes)?;
    saving.suspend(site, &changes)?;
    output.update(&changes)?;
    let mut changes = ahead.and(changes);
    saving.renew(site, &mut changes, &|changes| untold.add(changes))?;
    cache.tidy(&spool_name)?;
    Ok((Some(changes), bytes))
}

/// Writes down what is known of a site that was built as a whole.
fn remember(output: &Output, cache: &Cache, outcome: Outcome, spool: &Spool) -> Result<()> {
    let spool_name = cache.write(outcome, Identity::of(output.site())?, spool)?;
    output.keep_record()?;
    cache.tidy(&spool_name)
}
