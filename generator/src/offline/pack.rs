//! Makes the bundles of a site: again only those of guides whose pages changed.
//!
//! In: the site's folder, its guides, the former list and what changed since. Out: bundles, the list, the page that links them. A bundle
//! holds whole sources, some of them together, so that an edit changes one bundle.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::Path,
};

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::{
    FILES_URL, Former, Note, bundle,
    list::{self, Block, Bundle, File, Guide, List},
};
use crate::{
    manifest,
    site::sitemap,
    update::{self, Changes},
};

/// A bundle is closed once its pages are this large: small enough to fetch again after an edit, large enough that requests are few.
const BUNDLE_BYTES: usize = 1 << 20;
/// What names the build and its shards is no shard, and only servers read the manifest.
const NO_SHARDS: [&str; 3] = ["search/root.js", "search/catalogue.js", manifest::URL];
/// The service worker.
const WORKER_URL: &str = "sw.js";

/// Where the blocks of texts lie,
const TEXTS: &str = "search/t/";
/// and how each begins up to the name of its group, which has so many letters.
const BLOCK_HEAD: &str = "__s(\"t/";
const GROUP_LETTERS: usize = 8;

/// Where the pages of a guide lie.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    /// Its browse page.
    pub(crate) url: String,
    /// The browse pages above it.
    pub(crate) up: Vec<String>,
    /// Its sources' addresses: `a/b` for `a/b/*.html` and `read/a/b.html`.
    pub(crate) stems: Vec<String>,
}

pub(super) fn write(
    folder: &Path,
    scopes: &[Scope],
    former: &Former,
    changes: &mut Changes,
    note: &Note,
) -> Result<()> {
    let known = Known::new(former.list.as_ref(), changes);
    let guides: Vec<Guide> =
        scopes.par_iter().map(|scope| known.guide(folder, scope)).collect::<Result<_>>()?;
    let own: BTreeSet<&str> = scopes.iter().map(|scope| scope.url.as_str()).collect();
    let shell = shell(folder, &own)?;
    let (texts, shards) =
        index_urls(folder)?.into_iter().partition(|url: &String| url.starts_with(TEXTS));
    let list = List {
        shell: vec![shell],
        files: files(folder)?,
        index: sizes(folder, shards)?,
        texts: blocks(folder, texts, former.list.as_ref())?,
        guides,
        unsaved: digests(folder, unsaved(folder)),
        ..List::default()
    };
    let kept: BTreeSet<String> = list.bundles().map(|bundle| bundle.url.clone()).collect();
    let links = page_of_links(&kept);
    if fs::read(folder.join(FILES_URL)).is_ok_and(|old| old != links.as_bytes()) {
        changes.changed.push(FILES_URL.to_string());
    }
    let sealed = list.sealed()?;
    if sealed != former.bytes {
        changes.changed.push(list::URL.to_string());
    }
    let superfluous = superfluous(folder, &kept)?;
    changes.added.extend(kept.difference(&known.bundles).cloned());
    changes.removed.extend(superfluous.iter().cloned());
    changes.added.sort();
    changes.changed.sort();
    changes.removed.sort();
    note(changes)?;
    list::replace(&folder.join(FILES_URL), links.as_bytes())?;
    superfluous.iter().try_for_each(|url| update::gone(&folder.join(url)))?;
    list::replace(&folder.join(list::URL), &sealed)
}

/// The guides of the former list that are as they were.
#[derive(Default)]
struct Known<'a> {
    guides: BTreeMap<&'a str, &'a Guide>,
    /// The bundles that there were.
    bundles: BTreeSet<String>,
}

impl<'a> Known<'a> {
    fn new(former: Option<&'a List>, changes: &Changes) -> Known<'a> {
        let Some(former) = former else { return Known::default() };
        let bundles = former.bundles().map(|bundle| bundle.url.clone()).collect();
        let touched: BTreeSet<&str> = [&changes.added, &changes.changed, &changes.removed]
            .into_iter()
            .flatten()
            .flat_map(|path| std::iter::once(path.as_str()).chain(stems(path)))
            .collect();
        let is_same = |guide: &&Guide| {
            let stems = guide.bundles.iter().flat_map(|bundle| &bundle.stems);
            !stems.chain([&guide.url]).any(|one| touched.contains(one.as_str()))
        };
        let guides = former.guides.iter().filter(is_same);
        Known { guides: guides.map(|guide| (guide.url.as_str(), guide)).collect(), bundles }
    }

    fn guide(&self, folder: &Path, scope: &Scope) -> Result<Guide> {
        let known = self.guides.get(scope.url.as_str()).filter(|known| {
            let stems = known.bundles.iter().flat_map(|bundle| &bundle.stems);
            known.up == scope.up && stems.eq(&scope.stems)
        });
        match known {
            Some(known) => Ok((*known).clone()),
            None => guide(folder, scope),
        }
    }
}

/// The sources whose page may lie at an address: `read/a.2.html` is of `a.2`, or the second part of `a`.
fn stems(path: &str) -> impl Iterator<Item = &str> {
    let plain = path.strip_suffix(".html");
    let whole = match path.starts_with("read/") {
        true => plain.map(|plain| &plain["read/".len()..]),
        false => plain.and_then(|plain| plain.rsplit_once('/')).map(|(folder, _)| folder),
    };
    let part = whole.and_then(|whole| whole.rsplit_once('.')).map(|(stem, _)| stem);
    whole.into_iter().chain(part)
}

/// Reads the pages of a guide and packs them.
fn guide(folder: &Path, scope: &Scope) -> Result<Guide> {
    let mut bundles = Vec::new();
    let mut pictures = BTreeSet::new();
    let mut pages = vec![read_page(folder, scope.url.clone())?];
    let mut stems = Vec::new();
    for stem in &scope.stems {
        for url in pages_of(folder, stem)? {
            pages.push(read_page(folder, url)?);
        }
        stems.push(stem.clone());
        if pages.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() >= BUNDLE_BYTES {
            pictures.extend(pictures_of(&pages));
            bundles.push(write_bundle(
                folder,
                &std::mem::take(&mut pages),
                std::mem::take(&mut stems),
            )?);
        }
    }
    if !pages.is_empty() {
        pictures.extend(pictures_of(&pages));
        bundles.push(write_bundle(folder, &pages, stems)?);
    }
    let files = sizes(folder, pictures.into_iter().collect())?;
    Ok(Guide { url: scope.url.clone(), up: scope.up.clone(), bundles, files })
}

/// The addresses of a source's pages: its chunks, then its reading view.
fn pages_of(folder: &Path, stem: &str) -> Result<Vec<String>> {
    let mut urls = Vec::new();
    if let Ok(entries) = fs::read_dir(folder.join(stem)) {
        for entry in entries {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.ends_with(".html") {
                urls.push(format!("{stem}/{name}"));
            }
        }
    }
    urls.sort();
    let part = |at: usize| match at {
        1 => format!("read/{stem}.html"),
        _ => format!("read/{stem}.{at}.html"),
    };
    urls.extend((1..).map(part).take_while(|url| folder.join(url).is_file()));
    Ok(urls)
}

fn read_page(folder: &Path, url: String) -> Result<(String, Vec<u8>)> {
    let bytes = fs::read(folder.join(&url)).with_context(|| format!("cannot read {url}"))?;
    Ok((url, bytes))
}

/// The files that pages show, as addresses from the site's root.
fn pictures_of(pages: &[(String, Vec<u8>)]) -> BTreeSet<String> {
    let mut urls = BTreeSet::new();
    let finder = memchr::memmem::Finder::new("../files/");
    for (_, page) in pages {
        for at in finder.find_iter(page) {
            let rest = &page[at + "../".len()..];
            let end = memchr::memchr(b'"', rest).unwrap_or(0);
            urls.insert(String::from_utf8_lossy(&rest[..end]).into_owned());
        }
    }
    urls.remove("");
    urls
}

/// Everything that is read on the way to a guide.
fn shell(folder: &Path, guides: &BTreeSet<&str>) -> Result<Bundle> {
    let mut pages = Vec::new();
    for url in update::files(&folder.join("browse")).unwrap_or_default() {
        pages.push(format!("browse/{url}"));
    }
    pages.retain(|url| !guides.contains(url.as_str()));
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".html") {
            pages.push(name);
        }
    }
    pages.sort();
    let pages: Vec<_> =
        pages.into_iter().map(|url| read_page(folder, url)).collect::<Result<_>>()?;
    write_bundle(folder, &pages, Vec::new())
}

fn write_bundle(folder: &Path, pages: &[(String, Vec<u8>)], stems: Vec<String>) -> Result<Bundle> {
    let file = bundle::pack(pages)?;
    let hash = xxhash_rust::xxh3::xxh3_64(&file);
    let url = format!("{}/{hash:016x}.pack", list::FOLDER);
    if !folder.join(&url).exists() {
        list::replace(&folder.join(&url), &file)?;
    }
    Ok(Bundle { url, bytes: file.len() as u64, digest: list::digest(&file), stems })
}

/// Assets by name, and with their digest the files that tell of the build.
pub(super) fn files(folder: &Path) -> Result<Vec<File>> {
    let assets = update::files(&folder.join("assets"))?;
    let assets = sizes(folder, assets.into_iter().map(|name| format!("assets/{name}")).collect())?;
    let mut files: Vec<File> =
        assets.into_iter().map(|(url, bytes)| File { url, bytes, digest: None }).collect();
    let telling = ["app.webmanifest", "search/catalogue.js", "search/root.js"];
    files.extend(digests(folder, telling.map(String::from)));
    Ok(files)
}

/// What servers, browsers and search engines read by themselves.
pub(super) fn unsaved(folder: &Path) -> impl Iterator<Item = String> {
    let sitemap = fs::read_to_string(folder.join(sitemap::URL)).unwrap_or_default();
    let own = [manifest::URL, WORKER_URL, sitemap::URL].map(String::from);
    own.into_iter().chain(sitemap::parts(&sitemap))
}

/// These files with their digests, as far as they are there.
pub(super) fn digests(folder: &Path, urls: impl IntoIterator<Item = String>) -> Vec<File> {
    let file = |url: String| {
        let bytes = fs::read(folder.join(&url)).ok()?;
        Some(File { url, bytes: bytes.len() as u64, digest: Some(list::digest(&bytes)) })
    };
    urls.into_iter().filter_map(file).collect()
}

fn index_urls(folder: &Path) -> Result<Vec<String>> {
    let names = update::files(&folder.join("search"))?;
    let urls = names.into_iter().map(|name| format!("search/{name}"));
    Ok(urls.filter(|url| !NO_SHARDS.contains(&url.as_str())).collect())
}

/// What the blocks of texts are. A block of the former list need not be read: its name tells its content.
fn blocks(folder: &Path, urls: Vec<String>, former: Option<&List>) -> Result<Vec<Block>> {
    let former = former.iter().flat_map(|list| &list.texts);
    let known: HashMap<&str, &Block> = former.map(|block| (block.0.as_str(), block)).collect();
    let block = |url: String| -> Result<Block> {
        if let Some(block) = known.get(url.as_str()) {
            return Ok((*block).clone());
        }
        let file = fs::read(folder.join(&url)).with_context(|| format!("cannot read {url}"))?;
        let rest = file.get(BLOCK_HEAD.len() + GROUP_LETTERS..).unwrap_or_default();
        let hash = xxhash_rust::xxh3::xxh3_64(rest) as u32;
        Ok((url, file.len() as u64, format!("{hash:08x}")))
    };
    urls.into_par_iter().map(block).collect()
}

fn sizes(folder: &Path, urls: Vec<String>) -> Result<Vec<(String, u64)>> {
    let size = |url: String| -> Result<(String, u64)> {
        let metadata = fs::metadata(folder.join(&url));
        let bytes = metadata.with_context(|| format!("cannot look at {url}"))?.len();
        Ok((url, bytes))
    };
    urls.into_iter().map(size).collect()
}

/// As `base.html` has it: one policy for all pages.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; worker-src 'self' blob:; frame-src 'none'; manifest-src 'self'; base-uri 'none'; \
    form-action 'self'";

/// A page for mirrors that follow links; nobody reads it.
fn page_of_links(bundles: &BTreeSet<String>) -> String {
    let names = bundles.iter().map(String::as_str).chain([list::URL]);
    let names = names.map(|url| url.rsplit('/').next().unwrap_or(url));
    let links: String =
        names.map(|name| format!("<li><a href=\"{name}\">{name}</a></li>\n")).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <title>Files for offline reading</title>\n</head>\n<body>\n<main>\n\
         <h1>Files for offline reading</h1>\n<ul>\n{links}</ul>\n</main>\n</body>\n</html>\n"
    )
}

/// The bundles that the list does not name.
fn superfluous(folder: &Path, kept: &BTreeSet<String>) -> Result<Vec<String>> {
    let names = update::files(&folder.join(list::FOLDER))?.into_iter();
    let urls = names.map(|name| format!("{}/{name}", list::FOLDER));
    Ok(urls.filter(|url| url.ends_with(".pack") && !kept.contains(url)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_belong_to_their_source() {
        let check = |path: &str, expected: &[&str]| {
            assert_eq!(stems(path).collect::<Vec<_>>(), expected, "{path}");
        };
        check("a/b/c/91.html", &["a/b/c"]);
        check("read/a/b/c.html", &["a/b/c"]);
        check("read/a/b/c.12.html", &["a/b/c.12", "a/b/c"]);
        check("index.html", &[]);
        check("search/w/1.js", &[]);
    }
}
