//! Links between sources: what a relative link in a text means in the site.
//!
//! In: the paths of all sources, and a link as it is written. Out: the address to write. Built once
//! from paths alone; fragments lead to the headings' anchors. Knows no HTML.

use std::collections::HashMap;

use crate::{
    files::Files,
    library::{Library, without_extension},
    model::{Link, Links},
    parse,
};

/// The addresses of all sources by the names that links give them.
pub(crate) struct Targets {
    by_name: HashMap<String, usize>,
}

impl Targets {
    pub(crate) fn new(library: &Library) -> Targets {
        let mut by_name = HashMap::new();
        for (at, source) in library.sources.iter().enumerate() {
            for name in names(&source.path) {
                by_name.entry(name).or_insert(at);
            }
            for alias in &source.front.aliases {
                by_name.entry(clean(alias)).or_insert(at);
            }
        }
        Targets { by_name }
    }

    fn find(&self, path: &str) -> Option<usize> {
        let plain = path.trim_end_matches('/');
        let found = |name: &str| self.by_name.get(name).copied();
        found(plain)
            .or_else(|| found(plain.strip_suffix(".html")?))
            .or_else(|| found(&plain.to_lowercase()))
            .or_else(|| found(without_extension(&plain.to_lowercase())))
    }
}

/// The names under which a source is linked: with and without extension, its folder if it is the index.
fn names(path: &str) -> Vec<String> {
    let stem = without_extension(path);
    let mut names =
        vec![path.to_string(), stem.to_string(), path.to_lowercase(), stem.to_lowercase()];
    let (folder, file) = stem.rsplit_once('/').unwrap_or(("", stem));
    if ["_index", "index", "readme"].contains(&file.to_lowercase().as_str()) {
        names.push(folder.to_string());
        names.push(folder.to_lowercase());
    }
    names
}

/// The links of one source.
pub(crate) struct SourceLinks<'a> {
    pub(crate) library: &'a Library,
    pub(crate) targets: &'a Targets,
    pub(crate) files: &'a Files,
    /// Index of the source that holds the links.
    pub(crate) source: usize,
}

impl Links for SourceLinks<'_> {
    fn resolve(&self, target: &str) -> Link {
        if target.starts_with("//") {
            return Link::Outside;
        }
        let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
        let path = path.split('?').next().unwrap_or_default();
        let anchor = match fragment {
            "" => String::new(),
            fragment => format!("#{}", parse::heading_anchor(&percent_decoded(fragment))),
        };
        let own = &self.library.sources[self.source];
        if path.is_empty() {
            return Link::Site(format!("{}{}{anchor}", own.address.up(), own.address.part_url(0)));
        }
        let candidates = self.candidates(&percent_decoded(path));
        let source = candidates.iter().find_map(|name| self.targets.find(name));
        let url = match source {
            Some(at) => Some(self.library.sources[at].address.part_url(0) + &anchor),
            None => candidates.iter().find_map(|name| self.files.address(name)),
        };
        match url {
            Some(url) => Link::Site(own.address.up() + &url),
            None => Link::Missing,
        }
    }
}

impl SourceLinks<'_> {
    /// The paths that a link may mean, the likeliest first: beside the source, one folder up (the way Hugo serves a page
    /// as a folder), then from the folders above the source and the library's root, the way sites are served from a
    /// folder of the library; the site's first folder may be no folder of the library (`/docs/v2.3/faq`).
    fn candidates(&self, path: &str) -> Vec<String> {
        let own = &self.library.sources[self.source].path;
        let folder = own.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = path.strip_suffix("/index.html").unwrap_or(path);
        let mut candidates = Vec::new();
        let rooted = path.strip_prefix('/');
        if rooted.is_none() {
            let stem = without_extension(own);
            candidates.push(clean(&format!("{folder}/{path}")));
            candidates.push(clean(&format!("{stem}/{path}")));
        }
        if path.starts_with('.') {
            return candidates;
        }
        let rooted = rooted.unwrap_or(path);
        let below_first = rooted.split_once('/').map(|(_, below)| below);
        let below_first = below_first.filter(|below| below.contains('/'));
        for tail in std::iter::once(rooted).chain(below_first) {
            candidates.push(clean(tail));
            let roots = ancestors(folder).into_iter().rev();
            candidates.extend(roots.map(|root| clean(&format!("{root}/{tail}"))));
        }
        candidates
    }
}

/// A folder and the folders above it, the nearest last.
fn ancestors(folder: &str) -> Vec<&str> {
    let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
    ends.map(|end| &folder[..end]).collect()
}

/// A path without `.`, `..` and empty parts; `..` never leads out of the library.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// `%20` and the like as the bytes that they stand for.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = match (first, tail) {
            (b'%', [high, low, ..]) => hex_value(*high).zip(hex_value(*low)),
            _ => None,
        };
        bytes.push(hex.map_or(*first, |(high, low)| high << 4 | low));
        rest = if hex.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex_value(digit: u8) -> Option<u8> {
    (digit as char).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_library() {
        assert_eq!(clean("a/b/../c/./d.md"), "a/c/d.md");
        assert_eq!(clean("../../../etc/passwd"), "etc/passwd");
        assert_eq!(percent_decoded("a%20b%2"), "a b%2");
        assert_eq!(ancestors("a/b/c"), ["a", "a/b", "a/b/c"]);
    }
}
