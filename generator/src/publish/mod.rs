//! A site on its way into a bucket: only what differs, in an order in which the bucket always holds a site that works.
//!
//! In: a site's folder, a bucket, who may write there (from the environment). Out: the bucket with the site in it, a summary. What is
//! there is told apart by the bucket's own ETags, so nothing is kept between runs, and a run that was interrupted is taken up by
//! the next. Knows no page and no index, only the order that `plan` gives.

mod plan;
mod store;

use std::path::Path;

use anyhow::Result;
use futures::{StreamExt, TryStreamExt, stream};
use rayon::prelude::*;

use crate::{export, progress::Progress};
use plan::{Local, Plan};
use store::Bucket;

/// What a run is asked to do.
pub(crate) struct Options<'a> {
    pub(crate) site: &'a Path,
    pub(crate) target: &'a str,
    pub(crate) removal: Removal,
    pub(crate) jobs: usize,
}

/// What becomes of files that the site does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removal {
    Keep,
    Delete,
}

/// What a run did, or would do.
pub(crate) struct Report {
    pub(crate) uploaded: Vec<String>,
    pub(crate) bytes: u64,
    pub(crate) same: usize,
    /// What the site does not have; removed if that was asked for.
    pub(crate) superfluous: Vec<String>,
}

/// Says what would be done.
pub(crate) async fn preview(options: &Options<'_>) -> Result<Report> {
    let bucket = Bucket::open(options.target)?;
    Ok(planned(options, &bucket).await?.report())
}

/// Uploads what differs.
pub(crate) async fn publish(options: &Options<'_>) -> Result<Report> {
    let bucket = Bucket::open(options.target)?;
    let plan = planned(options, &bucket).await?;
    let progress = Progress::phase("Uploading", plan.uploads());
    for phase in &plan.phases {
        // The next phase names what this one brings: all of it must be there.
        let uploads =
            stream::iter(phase).map(|file| upload(options.site, &bucket, file, &progress));
        uploads.buffer_unordered(options.jobs).try_collect::<Vec<()>>().await?;
    }
    progress.end();
    if options.removal == Removal::Delete {
        let removals = stream::iter(&plan.superfluous).map(|path| bucket.remove(path));
        removals.buffer_unordered(options.jobs).try_collect::<Vec<()>>().await?;
    }
    Ok(plan.report())
}

async fn planned(options: &Options<'_>, bucket: &Bucket) -> Result<Plan> {
    let paths = export::files(options.site)?;
    let local: Vec<Local> =
        paths.par_iter().map(|path| Local::read(options.site, path)).collect::<Result<_>>()?;
    Ok(Plan::new(local, &bucket.list().await?))
}

async fn upload(site: &Path, bucket: &Bucket, file: &Local, progress: &Progress) -> Result<()> {
    bucket.put(&file.path, file.reread(site)?).await?;
    progress.step();
    Ok(())
}
