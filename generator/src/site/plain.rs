//! Pages with little of their own: search, the MCP endpoint's page, 404, the list of files.
//!
//! In: the counts, the names of files. Out: one page each.

use anyhow::Result;
use serde::Serialize;

use super::{
    Crumb, Frame, Site,
    assets::APP_URL,
    examples::{Example, examples},
    home::{Counts, ShownCounts},
    sitemap,
};
use crate::output;

/// The list of files.
pub(crate) const FILES_URL: &str = "files.html";

#[derive(Serialize)]
struct PlainPage<'a> {
    frame: Frame<'a>,
    crumbs: Vec<Crumb>,
    counts: ShownCounts,
    /// Whether there are versions that are not the newest of their product.
    has_older: bool,
    /// What the search page teaches with.
    examples: Vec<Example>,
}

#[derive(Serialize)]
struct FilesPage<'a> {
    frame: Frame<'a>,
    crumbs: Vec<Crumb>,
    groups: Vec<&'a FileGroup>,
}

/// Files of one kind.
#[derive(Serialize)]
pub(crate) struct FileGroup {
    title: &'static str,
    items: Vec<FileItem>,
}

#[derive(Serialize)]
struct FileItem {
    name: String,
    url: String,
}

impl FileGroup {
    pub(crate) fn new(title: &'static str, urls: impl IntoIterator<Item = String>) -> FileGroup {
        let item = |url: String| FileItem { name: url.clone(), url };
        FileGroup { title, items: urls.into_iter().map(item).collect() }
    }
}

/// Writes the pages that stand once.
pub(super) fn write(site: &Site, counts: &Counts) -> Result<()> {
    let pages = [
        ("search.html", "Search", "search"),
        ("mcp.html", "MCP endpoint", "mcp"),
        ("404.html", "Page not found", "404"),
    ];
    let has_older = site.library.guides.iter().any(|guide| !guide.newest);
    for (url, title, kind) in pages {
        let mut frame = site.frame(url, title, format!("{title} of the library"), kind);
        if kind == "404" {
            frame.up = site.root_path();
            frame.canonical = None;
        }
        let examples = if kind == "search" { examples(site, counts.pages > 0) } else { Vec::new() };
        let (crumbs, counts) = (Vec::new(), counts.shown());
        let page = PlainPage { frame, crumbs, counts, has_older, examples };
        site.write_page(url, url, &page)?;
    }
    let config = &site.library.config;
    let app = site.assets.app(&config.title, &config.tagline);
    site.bytes.fetch_add(app.len() as u64, std::sync::atomic::Ordering::Relaxed);
    output::write(&site.folder.join(APP_URL), app.as_bytes())?;
    sitemap::write(site)
}

/// Writes the page that links every file that no other page links, for mirrors.
pub(super) fn write_files(site: &Site, groups: &[FileGroup]) -> Result<()> {
    let groups = groups.iter().filter(|group| !group.items.is_empty()).collect();
    let frame = site.frame(FILES_URL, "All files", "Files for mirrors".into(), "files");
    site.write_page(FILES_URL, "files.html", &FilesPage { frame, crumbs: Vec::new(), groups })
}

impl Site<'_> {
    /// The path of the site on its host: a missing page is answered at any depth, so that page alone
    /// cannot use relative links.
    fn root_path(&self) -> String {
        let base = self.base_url.as_deref().unwrap_or("/");
        let after_scheme = base.split_once("://").map_or(base, |(_, rest)| rest);
        after_scheme.find('/').map_or("/", |at| &after_scheme[at..]).to_string()
    }
}
