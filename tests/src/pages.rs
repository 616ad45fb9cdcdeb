//! The pages of a site taken apart once: their tags, their ids, and whether a link leads anywhere.
//!
//! In: a built site. Out: answers about its links. Knows no browser.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Site,
    html::{self, Tag},
};

pub struct Pages {
    pub files: BTreeSet<String>,
    pub tags: BTreeMap<String, Vec<Tag>>,
    ids: BTreeMap<String, BTreeSet<String>>,
}

impl Pages {
    #[must_use]
    pub fn of(site: &Site) -> Pages {
        let tags: BTreeMap<String, Vec<Tag>> = site
            .pages()
            .into_iter()
            .map(|url| {
                let tags = html::tags(&site.read(&url));
                (url, tags)
            })
            .collect();
        let ids = |tags: &[Tag]| -> BTreeSet<String> {
            tags.iter().filter_map(|tag| tag.get("id")).map(str::to_string).collect()
        };
        let ids = tags.iter().map(|(url, tags)| (url.clone(), ids(tags))).collect();
        Pages { files: site.files().into_iter().collect(), tags, ids }
    }

    /// All links that lead nowhere, each with its page and why.
    #[must_use]
    pub fn broken(&self) -> Vec<String> {
        let mut broken = Vec::new();
        for (url, tags) in &self.tags {
            for link in tags.iter().flat_map(links) {
                if let Err(why) = self.follow(url, link) {
                    broken.push(format!("{url}: {link}: {why}"));
                }
            }
        }
        broken
    }

    fn follow(&self, from: &str, link: &str) -> Result<(), &'static str> {
        let outside = ["https:", "http:", "mailto:", "tel:", "data:", "ftp:"];
        let starts = |scheme: &&str| {
            link.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        };
        if outside.iter().any(starts) || link.starts_with("//") {
            return Ok(());
        }
        let (address, anchor) = link.split_once('#').unwrap_or((link, ""));
        let path = address.split('?').next().unwrap_or_default();
        let target = resolve(from, path).ok_or("leads out of the site")?;
        if !self.files.contains(&target) {
            return Err("no such file");
        }
        match anchor.is_empty() || self.ids.get(&target).is_some_and(|ids| ids.contains(anchor)) {
            true => Ok(()),
            false => Err("no such anchor"),
        }
    }
}

/// What a tag links.
pub fn links(tag: &Tag) -> impl Iterator<Item = &str> {
    ["href", "src", "action"].into_iter().filter_map(|name| tag.get(name))
}

/// A relative link as a path from the site's root. Only the page for missing pages may start at the root.
#[must_use]
pub fn resolve(from: &str, path: &str) -> Option<String> {
    if path.is_empty() {
        return Some(from.to_string());
    }
    if let Some(path) = path.strip_prefix('/') {
        return (from == "404.html").then(|| path.to_string());
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
