//! Links between sources: what a relative link in a text means in the site.
//!
//! In: the paths of all sources, and a link as it is written. Out: the address to write. Built once
//! from paths alone; fragments lead to the headings' anchors. Knows no HTML.

use std::{borrow::Cow, collections::HashMap};

use crate::{
    files::Files,
    library::{Library, without_extension},
    model::{Link, Links},
    parse,
    percent::decoded,
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
        found(plain).or_else(|| found(plain.strip_suffix(".html")?)).or_else(|| {
            let lower = lower_case(plain);
            found(&lower).or_else(|| found(without_extension(&lower)))
        })
    }
}

/// The names under which a source is linked: with and without extension, its folder if it is the index.
fn names(path: &str) -> Vec<String> {
    let stem = without_extension(path);
    let mut names = vec![path.to_string(), stem.to_string()];
    if path.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) {
        names.extend([path.to_lowercase(), stem.to_lowercase()]);
    }
    let (folder, file) = stem.rsplit_once('/').unwrap_or(("", stem));
    if ["_index", "index", "readme"].contains(&file.to_lowercase().as_str()) {
        names.push(folder.to_string());
        names.push(folder.to_lowercase());
    }
    names
}

/// Most paths are in lower case already.
fn lower_case(path: &str) -> Cow<'_, str> {
    let is_lower = path.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(path) } else { Cow::Owned(path.to_lowercase()) }
}

/// The links of one source.
pub(crate) struct SourceLinks<'a> {
    pub(crate) library: &'a Library,
    pub(crate) targets: &'a Targets,
    pub(crate) files: &'a Files<'a>,
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
            fragment => format!("#{}", parse::heading_anchor(&decoded(fragment))),
        };
        let own = &self.library.sources[self.source];
        if path.is_empty() {
            return Link::Site(format!("{}{}{anchor}", own.address.up(), own.address.part_url(0)));
        }
        let path = decoded(path);
        let source = self.candidates(&path).find_map(|name| self.targets.find(&name));
        let url = match source {
            Some(at) => Some(self.library.sources[at].address.part_url(0) + &anchor),
            None => self.candidates(&path).find_map(|name| self.files.address(&name)),
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
    /// folder of the library; the site's first folder may be no folder of the library (`/docs/v2.3/faq`). Most links
    /// mean the first: the others are made only when they are asked for.
    fn candidates<'b>(&'b self, path: &'b str) -> impl Iterator<Item = String> + 'b {
        let own = &self.library.sources[self.source].path;
        let folder = own.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = path.strip_suffix("/index.html").unwrap_or(path);
        let rooted = path.strip_prefix('/');
        let near = [folder, without_extension(own)].into_iter().filter(move |_| rooted.is_none());
        let rooted = rooted.unwrap_or(path);
        let below_first = rooted.split_once('/').map(|(_, below)| below);
        let below_first = below_first.filter(|below| below.contains('/'));
        let tails = std::iter::once(rooted).chain(below_first).filter(|_| !path.starts_with('.'));
        let far = tails.flat_map(move |tail| {
            let roots = ancestors(folder).into_iter().rev();
            std::iter::once("").chain(roots).map(move |root| joined(root, tail))
        });
        near.map(move |root| joined(root, path)).chain(far)
    }
}

/// A folder and the folders above it, the nearest last.
fn ancestors(folder: &str) -> Vec<&str> {
    let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
    ends.map(|end| &folder[..end]).collect()
}

/// Two paths behind each other, without `.`, `..` and empty parts; `..` never leads out of the library.
fn joined(root: &str, path: &str) -> String {
    let mut clean = String::with_capacity(root.len() + path.len() + 1);
    for part in root.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => clean.truncate(clean.rfind('/').unwrap_or(0)),
            part => {
                if !clean.is_empty() {
                    clean.push('/');
                }
                clean.push_str(part);
            }
        }
    }
    clean
}

fn clean(path: &str) -> String {
    joined("", path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_library() {
        assert_eq!(clean("a/b/../c/./d.md"), "a/c/d.md");
        assert_eq!(clean("../../../etc/passwd"), "etc/passwd");
        assert_eq!(ancestors("a/b/c"), ["a", "a/b", "a/b/c"]);
    }
}
