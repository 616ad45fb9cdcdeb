//! Reads every file of a site back and names what a host, a minifier or a broken copy did to it.
//!
//! In: a site's folder, or a copy of it that came over the network. Out: findings: what is missing, damaged, or none of the site's.
//! Shards are opened as the browser opens them and offered to the engine; files named by their content are compared with their
//! name; pages are compared with what the bundles for offline reading hold of them, and their links are followed; what tells servers,
//! browsers and search engines of the site has its digest in the list of these bundles. A site without bundles has a list of its pages with
//! their hashes instead.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    path::Path,
};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use search::Engine;

use crate::{
    address, carrier, files,
    manifest::{self, Manifest},
    offline, open, output,
    site::sitemap,
    update,
};

/// What an engine is fed before it is let go.
const SHARDS_FED: usize = 64;
/// What a site may hold though nothing links it.
const OWN: [&str; 4] = ["404.html", "sw.js", "robots.txt", sitemap::URL];
/// What links ask with a query: the search page, and the results that a server makes for readers without scripts.
const ASKED: [&str; 2] = ["search", "search.html"];

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Finding {
    /// Something names it, and it is not there.
    Missing,
    /// It is not what was built.
    Damaged,
    /// Nothing of the site names it.
    Foreign,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(match self {
            Finding::Missing => "missing",
            Finding::Damaged => "damaged",
            Finding::Foreign => "foreign",
        })
    }
}

/// What was read, and what is wrong, by path.
pub(crate) struct Report {
    pub(crate) files: usize,
    pub(crate) findings: BTreeMap<String, Finding>,
}

/// Checks the site in `site`.
pub(crate) fn check(site: &Path) -> Result<Report> {
    if !site.join("search").is_dir() || !site.join("index.html").is_file() {
        bail!("{} is not a site built by McDewey, nor a copy of one", site.display());
    }
    let files = update::files(site)?.into_iter();
    // No page names these.
    let is_hidden = |path: &str| [output::MARK, output::HTACCESS].contains(&path);
    let paths: BTreeSet<String> =
        files.filter(|path| !is_hidden(path) && !is_asked(path)).collect();
    let mut findings = BTreeMap::new();
    for (path, finding) in shards(site, &paths)?.into_iter().chain(pages(site, &paths)?) {
        findings.entry(path).or_insert(finding);
    }
    Ok(Report { files: paths.len(), findings })
}

/// Whether a file is what a mirror saved of a search that a link asks for, by `wget` on some systems with `@` for `?`.
fn is_asked(path: &str) -> bool {
    path.split_once(['?', '@']).is_some_and(|(page, _)| ASKED.contains(&page))
}

/// Every shard, as the engine takes it; a root that is no root damages nothing but itself.
fn shards(site: &Path, paths: &BTreeSet<String>) -> Result<Vec<(String, Finding)>> {
    let folder = site.join("search");
    let root = open::read_shard(&folder, "root").ok().map(|(raw, _)| raw);
    let Some(root) = root.filter(|root| Engine::open(root).is_ok()) else {
        return Ok(vec![(update::ROOT.to_string(), Finding::Damaged)]);
    };
    let ids: Vec<&str> = paths.iter().filter_map(|path| shard_id(path)).collect();
    // What names the others comes first.
    let names_others = |id: &str| ["c/", "d/", "g/"].iter().any(|kind| id.starts_with(kind));
    let mut pages: Vec<&str> = ids.iter().copied().filter(|id| names_others(id)).collect();
    pages.extend(map_of_meaning(&root, &folder, &ids));
    let fed = |some: &[&str]| -> Vec<(String, Finding)> {
        let Ok(mut engine) = Engine::open(&root) else { return Vec::new() };
        for id in &pages {
            let _ = open::read_shard(&folder, id).map(|(raw, _)| engine.feed(id, &raw));
        }
        some.iter().filter_map(|id| fault(&mut engine, &folder, id)).collect()
    };
    Ok(ids.par_chunks(SHARDS_FED).flat_map_iter(fed).collect())
}

/// The one shard of its kind that an engine takes before it knows any other.
fn map_of_meaning<'a>(root: &[u8], folder: &Path, ids: &[&'a str]) -> Option<&'a str> {
    let mut engine = Engine::open(root).ok()?;
    let mut of_meaning = ids.iter().copied().filter(|id| id.starts_with("m/"));
    of_meaning
        .find(|id| open::read_shard(folder, id).is_ok_and(|(raw, _)| engine.feed(id, &raw).is_ok()))
}

/// The id of a shard whose name is made of its content.
fn shard_id(path: &str) -> Option<&str> {
    let id = path.strip_prefix("search/")?.strip_suffix(".js")?;
    id.contains('/').then_some(id)
}

fn fault(engine: &mut Engine, folder: &Path, id: &str) -> Option<(String, Finding)> {
    let finding = match open::read_shard(folder, id) {
        Err(_) => Finding::Damaged,
        Ok((raw, _)) => match engine.feed(id, &raw) {
            Ok(()) => return None,
            Err(search::Error::Foreign) => Finding::Foreign,
            Err(_) => Finding::Damaged,
        },
    };
    Some((format!("search/{id}.js"), finding))
}

/// What one file says of itself and of others.
#[derive(Default)]
struct Seen {
    is_damaged: bool,
    named: Vec<String>,
}

/// All other files, and what they name.
fn pages(site: &Path, paths: &BTreeSet<String>) -> Result<Vec<(String, Finding)>> {
    let look = |path: &String| -> Result<(String, Seen)> {
        let bytes = fs::read(site.join(path)).with_context(|| format!("cannot read {path}"))?;
        Ok((path.clone(), seen(path, &bytes)))
    };
    let all: Vec<(String, Seen)> = paths.par_iter().map(look).collect::<Result<_>>()?;
    let record = offline::Record::read(site);
    let mut damaged = record.damaged;
    let is_own = |path: &String| OWN.contains(&path.as_str());
    // A mirror has what pages link, and no more.
    let mut named = record.files;
    named.retain(|path| !is_own(path));
    for (path, seen) in all {
        named.extend(seen.named);
        if seen.is_damaged {
            damaged.insert(path);
        }
    }
    let missing = named.difference(paths);
    let foreign = paths.difference(&named).filter(|path| !is_own(path));
    let found = |finding| move |path: &String| (path.clone(), finding);
    Ok(damaged
        .iter()
        .map(found(Finding::Damaged))
        .chain(missing.map(found(Finding::Missing)))
        .chain(foreign.map(found(Finding::Foreign)))
        .collect())
}

fn seen(path: &str, bytes: &[u8]) -> Seen {
    if path == sitemap::URL {
        let text = String::from_utf8_lossy(bytes);
        let is_damaged = roxmltree::Document::parse(&text).is_err();
        return Seen { is_damaged, named: sitemap::parts(&text) };
    }
    if !path.ends_with(".html") {
        return Seen { is_damaged: is_damaged(path, bytes), named: Vec::new() };
    }
    let text = String::from_utf8_lossy(bytes);
    let is_whole = text.starts_with("<!doctype html>") && text.trim_end().ends_with("</html>");
    // The 404 page is answered at any depth: its links begin at the host's root.
    let named = if path == "404.html" { Vec::new() } else { links(path, &text) };
    Seen { is_damaged: !is_whole, named }
}

/// Whether a file is not what its name says.
fn is_damaged(path: &str, bytes: &[u8]) -> bool {
    let hash = xxhash_rust::xxh3::xxh3_64(bytes);
    let name = path.rsplit('/').next().unwrap_or(path);
    if path.starts_with(files::FOLDER) {
        return name.split('.').next() != Some(&format!("{hash:016x}"));
    }
    if path.starts_with("assets/") {
        return name.rsplit('.').nth(1) != Some(&format!("{:08x}", hash >> 32));
    }
    match path {
        "search/catalogue.js" => carrier::unpack("catalogue-data", bytes).is_err(),
        manifest::URL => Manifest::parse(bytes).is_err(),
        _ => false,
    }
}

/// The files that a page links, as paths from the site's root. Of what leads out of the site nothing is known.
fn links(path: &str, text: &str) -> Vec<String> {
    let marks = ["href=\"", "src=\""];
    let values = marks
        .iter()
        .flat_map(|mark| text.match_indices(mark).map(|(at, _)| &text[at + mark.len()..]));
    values.filter_map(|rest| address::resolved(path, &rest[..rest.find('"')?])).collect()
}
