//! The site's pages: typed contexts for the templates, and the files that come of them.
//!
//! In: the library, documents, counts. Out: pages and assets in the output folder. A page names no
//! build: it changes only when what it shows changes. Knows no index.

mod assets;
mod browse;
mod catalogue;
mod checksum;
mod chunk;
mod examples;
mod home;
mod manifest;
mod plain;
mod read;
mod related;
mod results;
mod root;
pub(crate) mod sitemap;
mod strays;
mod versions;

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use anyhow::{Context as _, Result};
use serde::Serialize;
use tera::{Context, Tera};

pub(crate) use assets::{AssetNames, THEME};
pub(crate) use browse::{FEW_SOURCES, SourceSummary, addresses as browse_addresses};
pub(crate) use chunk::{Shared, write_chunks};
pub(crate) use home::Counts;
pub(crate) use plain::{FILES_URL, FileGroup};
pub(crate) use read::{SIBLINGS_AROUND, write_reading_view};
pub(crate) use related::{Card, add_related, related_on};
pub(crate) use results::{ResultLine, ResultsPage, Searched, Shell};

use assets::Wished;

use crate::{
    address,
    library::{Guide, Library, Place},
    model::Warning,
    offline::Scope,
    output,
};

/// What every page needs: the library, the templates, the assets' names, the folder to write to.
pub(crate) struct Site<'a> {
    pub(crate) library: &'a Library,
    folder: &'a Path,
    tera: Tera,
    assets: AssetNames,
    base_url: Option<String>,
    versions: versions::Versions,
    /// Of all that was written so far.
    bytes: AtomicU64,
}

/// The frame of a page, as `base.html` shows it.
#[derive(Serialize)]
struct Frame<'a> {
    title: &'a str,
    tagline: &'a str,
    page_title: String,
    description: String,
    lang: &'a str,
    /// Leads from the page to the site's root: `../../`, or nothing.
    up: String,
    css: &'a str,
    /// What the search page does without.
    texts_css: Option<&'a str>,
    theme: &'a str,
    app: &'a str,
    engine: &'a str,
    icon: &'a str,
    agent: Option<&'a str>,
    canonical: Option<String>,
    kind: &'static str,
}

/// A named address, relative to the site's root.
#[derive(Serialize, Clone, Debug)]
struct LinkTo {
    title: String,
    url: String,
}

/// A step on the way from home to a page.
#[derive(Serialize, Clone, Debug)]
struct Crumb {
    name: String,
    url: String,
}

impl<'a> Site<'a> {
    /// Loads the templates and writes the assets that all pages share, unless they are there.
    pub(crate) fn new(
        library: &'a Library,
        folder: &'a Path,
        base_url: Option<&str>,
        assets: Option<&AssetNames>,
    ) -> Result<Site<'a>> {
        let tera = assets::templates(Some(&library.root))?;
        let wished = Wished { agent: library.config.webmcp, offline: library.config.offline };
        let (assets, bytes) = match assets {
            Some(known) => (known.clone(), 0),
            None => assets::write(&library.root, folder, wished)?,
        };
        let base_url = base_url.or(library.config.base_url.as_deref());
        let base_url = base_url.map(str::to_string);
        let versions = versions::Versions::new(library);
        let bytes = AtomicU64::new(bytes);
        Ok(Site { library, folder, tera, assets, base_url, versions, bytes })
    }

    /// The pages that stand once: home, search, browse pages, the endpoint's page, 404.
    /// Of the browse pages, only those that are stale.
    pub(crate) fn write_shared(
        &self,
        sources: &[SourceSummary],
        counts: &Counts,
        is_stale: &dyn Fn(&str) -> bool,
    ) -> Result<()> {
        home::write(self, counts)?;
        browse::write(self, sources, is_stale)?;
        plain::write(self, counts)
    }

    /// What "Jump to" offers; gives the address and the bytes of its file.
    pub(crate) fn write_catalogue(&self) -> Result<(String, u64)> {
        catalogue::write(self)
    }

    /// What a server must know of the site; gives the address and the bytes of its file.
    pub(crate) fn write_manifest(&self, sources: &[SourceSummary]) -> Result<(String, u64)> {
        manifest::write(self, sources)
    }

    /// What readers can save, guide by guide.
    pub(crate) fn scopes(&self) -> Vec<Scope> {
        let scope = |guide: &Guide| {
            let url = guide_url(&guide.place);
            let up = browse_addresses(guide).filter(|address| *address != url).collect();
            let sources = &self.library.sources[guide.sources.clone()];
            let stems = sources.iter().map(|source| source.address.stem.clone()).collect();
            Scope { url, up, stems }
        };
        self.library.guides.iter().map(scope).collect()
    }

    /// What the theme has put at the site's root, beside what `standing` holds of the site; gives the addresses.
    pub(crate) fn write_root(
        &self,
        standing: Option<&Path>,
        warnings: &mut Vec<Warning>,
    ) -> Result<Vec<String>> {
        root::write(self, standing, warnings)
    }

    /// Tells of files of the theme that change nothing.
    pub(crate) fn strays(&self) -> Result<Vec<Warning>> {
        strays::warnings(&self.library.root)
    }

    /// `files.html`, which links every file that no page links.
    pub(crate) fn write_files(&self, groups: &[FileGroup]) -> Result<()> {
        plain::write_files(self, groups)
    }

    /// The bytes of the pages and assets written so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The assets' addresses.
    pub(crate) fn assets(&self) -> &AssetNames {
        &self.assets
    }

    /// What a source's pages tell of its other versions, in one number.
    pub(crate) fn versions_digest(&self, at: usize) -> u64 {
        self.versions.digest(self.library, at)
    }

    fn frame(&self, url: &str, title: &str, description: String, kind: &'static str) -> Frame<'_> {
        let config = &self.library.config;
        let page_title = match kind {
            "home" => config.title.clone(),
            // They say product and version, and there is no room for more.
            "chunk" | "read" => title.to_string(),
            _ => format!("{title} · {}", config.title),
        };
        Frame {
            title: &config.title,
            tagline: &config.tagline,
            page_title,
            description,
            lang: &config.language,
            up: address::up(url),
            css: &self.assets.css,
            texts_css: (kind != "search").then_some(&self.assets.texts_css),
            theme: &self.assets.theme,
            app: &self.assets.app,
            engine: &self.assets.engine,
            icon: &self.assets.icon,
            agent: self.assets.agent.as_deref(),
            canonical: self.base_url.as_ref().map(|base| format!("{base}{url}")),
            kind,
        }
    }

    /// Renders a template and writes it at `url`; its folder is there already or made here.
    fn write_page(&self, url: &str, template: &str, context: &impl Serialize) -> Result<()> {
        self.write_filled(url, template, &Context::from_serialize(context)?)
    }

    fn write_filled(&self, url: &str, template: &str, context: &Context) -> Result<()> {
        self.put(url, self.rendered(template, context, url)?.as_bytes())
    }

    fn put(&self, url: &str, bytes: &[u8]) -> Result<()> {
        self.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        let file = self.folder.join(url);
        match fs::write(&file, bytes) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                self.make_folder(&file)?;
                output::write(&file, bytes)
            }
            result => result.with_context(|| format!("cannot write {}", file.display())),
        }
    }

    fn rendered(&self, template: &str, context: &Context, url: &str) -> Result<String> {
        self.tera
            .render(template, context)
            .with_context(|| format!("cannot fill the template {template} for {url}"))
    }

    /// Whether a page lies in the folder.
    pub(crate) fn has(&self, url: &str) -> bool {
        self.folder.join(url).is_file()
    }

    fn make_folder(&self, file: &Path) -> Result<()> {
        output::make_folder(file.parent().unwrap_or(self.folder))
    }

    /// Home, vendor, product, version, guide.
    fn crumbs(&self, place: &Place, guide_title: &str) -> Vec<Crumb> {
        let mut crumbs = self.version_crumbs(place);
        crumbs.push(Crumb { name: guide_title.to_string(), url: guide_url(place) });
        crumbs
    }

    /// What people call the vendor, product and version of a place.
    fn level_names<'p>(&'p self, place: &'p Place) -> Vec<&'p str> {
        let library = self.library;
        let vendor = place.vendor.iter().map(|vendor| library.name(vendor, vendor));
        let product = library.name(&place.product_path(), &place.product);
        let version = place.version.iter().map(|key| library.name(&place.version_path(), key));
        vendor.chain([product]).chain(version).collect()
    }

    /// Vendor, product and version in one line, for titles.
    fn edition(&self, place: &Place) -> String {
        self.level_names(place).join(" ")
    }

    fn version_crumbs(&self, place: &Place) -> Vec<Crumb> {
        let mut crumbs = Vec::with_capacity(4);
        let mut crumb = |path: &str, key: &str, url: String| {
            let name = self.library.name(path, key).to_string();
            crumbs.push(Crumb { name, url });
        };
        if let Some(vendor) = &place.vendor {
            crumb(vendor, vendor, vendor_url(vendor));
        }
        crumb(&place.product_path(), &place.product, product_url(place));
        if let Some(version) = &place.version {
            crumb(&place.version_path(), version, version_url(place));
        }
        crumbs
    }
}

fn vendor_url(vendor: &str) -> String {
    address::browse_url([vendor])
}

fn product_url(place: &Place) -> String {
    address::browse_url(place.vendor.as_deref().into_iter().chain([place.product.as_str()]))
}

fn version_url(place: &Place) -> String {
    let levels = [place.vendor.as_deref(), Some(&place.product), place.version.as_deref()];
    address::browse_url(levels.into_iter().flatten())
}

/// A guide's page lies below its version's; without a version, below its product's.
fn guide_url(place: &Place) -> String {
    let version = version_url(place);
    let folder = version.strip_suffix(".html").unwrap_or(&version);
    // A version may have the name of a guide of another release: the prefix keeps them apart.
    format!("{folder}/guide-{}.html", address::slug(&place.guide))
}

/// `21855` as "21,855".
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// "1 guide", "2 guides".
fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(21_855), "21,855");
        assert_eq!(counted(1, "guide"), "1 guide");
        assert_eq!(counted(1_000, "page"), "1,000 pages");
    }
}
