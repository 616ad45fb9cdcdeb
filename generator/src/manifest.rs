//! What a server must know of a site and its pages do not tell a program: `search/library.json`.
//!
//! In: the site's folder. Out: title, assets, guides and their sources, in reading order. `site` fills and writes it, the
//! shelf and the server read it, so that a site alone is enough to answer from. Knows no index and no text.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// Where it lies, from the site's root.
pub(crate) const URL: &str = "search/library.json";
/// Any other format is an error that says "rebuild".
pub(crate) const FORMAT: u32 = 1;

/// The site as a whole.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) format: u32,
    pub(crate) title: String,
    pub(crate) tagline: String,
    pub(crate) language: String,
    /// Where the site stands, ending in a slash; absolute addresses need it.
    pub(crate) base_url: Option<String>,
    pub(crate) assets: Assets,
    /// In reading order: by vendor, product, version (newest first).
    pub(crate) guides: Vec<Guide>,
}

/// The addresses of the files that every page links.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Assets {
    pub(crate) css: String,
    pub(crate) theme: String,
    pub(crate) app: String,
    pub(crate) engine: String,
    pub(crate) icon: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) agent: Option<String>,
}

/// A guide: where it belongs and what it is made of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Guide {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vendor: Option<Name>,
    pub(crate) product: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<Name>,
    pub(crate) guide: Name,
    /// Whether it belongs to the newest version of its product.
    pub(crate) newest: bool,
    /// Its browse page.
    pub(crate) url: String,
    pub(crate) sources: Vec<Source>,
}

/// A level of the library as the path has it, as people read it, and what else it is called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Name {
    pub(crate) key: String,
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) aliases: Vec<String>,
}

/// A source of a guide.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) title: String,
    /// Its reading view.
    pub(crate) url: String,
    pub(crate) pages: usize,
    pub(crate) passages: usize,
}

impl Manifest {
    /// Reads the manifest of the site in `folder`.
    pub(crate) fn read(folder: &Path) -> Result<Manifest> {
        let file = folder.join(URL);
        let bytes = fs::read(&file)
            .with_context(|| format!("cannot read {}; rebuild the site", file.display()))?;
        let manifest = Manifest::parse(&bytes)
            .with_context(|| format!("{} is damaged; rebuild the site", file.display()))?;
        if manifest.format != FORMAT {
            bail!("{} is of another version of McDewey; rebuild the site", file.display());
        }
        Ok(manifest)
    }

    /// The manifest that these bytes are, of whatever format.
    pub(crate) fn parse(bytes: &[u8]) -> serde_json::Result<Manifest> {
        serde_json::from_slice(bytes)
    }
}
