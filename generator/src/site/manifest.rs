//! Writes what a server must know of the site: `search/library.json`.
//!
//! In: the library and a summary of each source. Out: the manifest in the site's folder. Knows no reader of it.

use anyhow::{Context, Result};

use super::{Site, SourceSummary, guide_url};
use crate::{
    library::{Guide, Library},
    manifest::{self, Manifest, Name},
    output,
};

/// Writes the manifest; gives its address and its bytes.
pub(super) fn write(site: &Site, summaries: &[SourceSummary]) -> Result<(String, u64)> {
    let config = &site.library.config;
    let manifest = Manifest {
        format: manifest::FORMAT,
        title: config.title.clone(),
        tagline: config.tagline.clone(),
        language: config.language.clone(),
        base_url: site.base_url.clone(),
        assets: site.assets.for_manifest(),
        guides: site.library.guides.iter().map(|own| guide(site.library, own, summaries)).collect(),
    };
    let file = site.folder.join(manifest::URL);
    site.make_folder(&file)?;
    let bytes = serde_json::to_vec(&manifest).context("cannot write the manifest")?;
    output::write(&file, &bytes)?;
    Ok((manifest::URL.to_string(), bytes.len() as u64))
}

fn guide(library: &Library, guide: &Guide, summaries: &[SourceSummary]) -> manifest::Guide {
    let place = &guide.place;
    let name = |path: &str, key: &str| Name {
        key: key.to_string(),
        name: library.name(path, key).to_string(),
        aliases: library.config.aliases(path).to_vec(),
    };
    let mut own = name(&place.guide_path(), &place.guide);
    own.name.clone_from(&guide.title);
    manifest::Guide {
        vendor: place.vendor.as_ref().map(|key| name(key, key)),
        product: name(&place.product_path(), &place.product),
        version: place.version.as_ref().map(|key| name(&place.version_path(), key)),
        guide: own,
        newest: guide.newest,
        url: guide_url(place),
        sources: guide.sources.clone().map(|at| source(library, at, &summaries[at])).collect(),
    }
}

fn source(library: &Library, at: usize, summary: &SourceSummary) -> manifest::Source {
    let source = &library.sources[at];
    manifest::Source {
        path: source.path.clone(),
        title: source.title.clone(),
        url: source.address.part_url(0),
        pages: summary.pages,
        passages: summary.chunks,
    }
}
