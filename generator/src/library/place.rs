//! Where a source belongs: vendor, product, version and guide, told from its path.
//!
//! In: a source's path, the configured levels, its front matter. Out: a [`Place`]. Knows no file system.

use super::version::is_version;
use crate::{config::Level, model::FrontMatter};

/// The product of a file that lies at the library's root.
const ROOT_PRODUCT: &str = "library";

/// The levels of the library that a source stands under, as they are named in its path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) vendor: Option<String>,
    pub(crate) product: String,
    pub(crate) version: Option<String>,
    pub(crate) guide: String,
}

impl Place {
    /// The place of `path`; front matter overrides the path.
    pub(crate) fn of(path: &str, levels: Option<&[Level]>, front: &FrontMatter) -> Place {
        let (folders, stem) = split(path);
        let mut place = match levels {
            Some(levels) => by_levels(&folders, &stem, levels),
            None => by_shape(&folders, &stem),
        };
        override_with(&mut place.vendor, &front.vendor);
        override_with(&mut place.version, &front.version);
        if let Some(product) = &front.product {
            place.product.clone_from(product);
        }
        if let Some(guide) = &front.guide {
            place.guide.clone_from(guide);
        }
        place
    }

    /// `vendor/product`, the path under which names and the newest version are configured.
    pub(crate) fn product_path(&self) -> String {
        join([self.vendor.as_deref(), Some(&self.product)])
    }

    pub(crate) fn version_path(&self) -> String {
        join([self.vendor.as_deref(), Some(&self.product), self.version.as_deref()])
    }

    pub(crate) fn guide_path(&self) -> String {
        join([
            self.vendor.as_deref(),
            Some(&self.product),
            self.version.as_deref(),
            Some(&self.guide),
        ])
    }
}

fn join<'a>(levels: impl IntoIterator<Item = Option<&'a str>>) -> String {
    levels.into_iter().flatten().collect::<Vec<_>>().join("/")
}

fn override_with(level: &mut Option<String>, value: &Option<String>) {
    if value.is_some() {
        level.clone_from(value);
    }
}

/// Folders and the file's name without its extension.
fn split(path: &str) -> (Vec<&str>, String) {
    let mut parts: Vec<&str> = path.split('/').collect();
    let file = parts.pop().unwrap_or_default();
    (parts, super::without_extension(file).to_string())
}

fn by_levels(folders: &[&str], stem: &str, levels: &[Level]) -> Place {
    let mut place = Place { product: ROOT_PRODUCT.into(), ..Place::default() };
    let mut guide = None;
    for (folder, level) in folders.iter().zip(levels) {
        let name = (*folder).to_string();
        match level {
            Level::Vendor => place.vendor = Some(name),
            Level::Product => place.product = name,
            Level::Version => place.version = Some(name),
            Level::Guide => guide = Some(name),
            Level::Skip => {}
        }
    }
    let below = folders.get(levels.len()).map(|name| (*name).to_string());
    place.guide = guide.or(below).unwrap_or_else(|| stem.to_string());
    place
}

fn by_shape(folders: &[&str], stem: &str) -> Place {
    let (vendor, product, below) = match folders {
        [] => (None, ROOT_PRODUCT, folders),
        [product] => (None, *product, &folders[1..]),
        [product, version, ..] if is_version(version) => (None, *product, &folders[1..]),
        [vendor, product, ..] => (Some((*vendor).to_string()), *product, &folders[2..]),
    };
    let version_at = below.iter().position(|folder| is_version(folder));
    let below_version = version_at.map_or(below, |at| &below[at + 1..]);
    Place {
        vendor,
        product: product.to_string(),
        version: version_at.map(|at| below[at].to_string()),
        guide: below_version.first().map_or(stem, |guide| guide).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: [&str; 4]) {
        let place = Place::of(path, None, &FrontMatter::default());
        let found = [
            place.vendor.as_deref().unwrap_or(""),
            &place.product,
            place.version.as_deref().unwrap_or(""),
            &place.guide,
        ];
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn levels_are_told_from_the_path() {
        check(
            "finesse/v12.5/developer-guide/developer-guide.md",
            ["", "finesse", "v12.5", "developer-guide"],
        );
        check("cncf/etcd/v3.5/op-guide/security.md", ["cncf", "etcd", "v3.5", "op-guide"]);
        check("cncf/etcd/v3.5/faq.md", ["cncf", "etcd", "v3.5", "faq"]);
        check("suse/longhorn/docs/content/1.2.3/a/b.md", ["suse", "longhorn", "1.2.3", "a"]);
        check("suse/longhorn/kb/x.md", ["suse", "longhorn", "", "kb"]);
        check("acme/intro.md", ["", "acme", "", "intro"]);
        check("intro.md", ["", "library", "", "intro"]);
    }

    #[test]
    fn configured_levels_and_front_matter_win() {
        let levels = [Level::Skip, Level::Product, Level::Guide];
        let place = Place::of("x/etcd/ops/a.md", Some(&levels), &FrontMatter::default());
        assert_eq!((place.product.as_str(), place.guide.as_str()), ("etcd", "ops"));
        let front = FrontMatter { version: Some("v9".into()), ..FrontMatter::default() };
        let place = Place::of("cncf/etcd/v3.5/faq.md", None, &front);
        assert_eq!(place.version.as_deref(), Some("v9"));
    }
}
