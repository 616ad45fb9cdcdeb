//! Names that last: the URL and the id of every source and chunk.
//!
//! In: paths inside the library and a chunk's own part. Out: URLs of `[a-z0-9._-]` relative to the
//! site's root, and chunk ids. The same path always gives the same name. Knows no file system.

use std::collections::HashSet;

/// A part of a URL is cut to this many bytes.
const PART_MAX_BYTES: usize = 80;
/// Hex digits that tell apart what the cleaning of a part made alike.
const HASH_DIGITS: usize = 6;
/// First parts that the site keeps for itself.
pub(crate) const RESERVED: [&str; 6] = ["assets", "browse", "files", "offline", "read", "search"];
/// Names that Windows keeps for devices, whatever stands behind a dot,
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
/// and what begins such a name where one digit follows.
const PORTS: [&str; 2] = ["com", "lpt"];

/// A part of a path as a part of a URL: kept where it is plain, else cleaned and told apart by a hash.
pub(crate) fn slug(part: &str) -> String {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
    let dots = part.starts_with('.') || part.ends_with('.');
    // A folder of such a name would stand where a page stands.
    let page = part.ends_with(".html");
    if part.bytes().all(plain)
        && !part.is_empty()
        && part.len() <= PART_MAX_BYTES
        && !dots
        && !is_device(part)
        && !page
    {
        return part.to_string();
    }
    hashed(part, part)
}

/// Whether Windows takes a plain name for a device.
fn is_device(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or_default();
    let is_port = |port: &str| {
        let number = first.strip_prefix(port).unwrap_or_default();
        number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    DEVICES.contains(&first) || PORTS.into_iter().any(is_port)
}

/// The cleaned part with a hash of `whole` behind it.
fn hashed(part: &str, whole: &str) -> String {
    let mut clean = String::with_capacity(part.len().min(PART_MAX_BYTES) + HASH_DIGITS + 1);
    for c in part.chars() {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9' | '.' | '_') => clean.push(c),
            _ if clean.ends_with('-') => {}
            _ => clean.push('-'),
        }
    }
    let mut clean = clean.trim_matches(['-', '.']).to_string();
    if is_device(&clean) {
        // The hash comes behind the last dot, and what counts stands before the first.
        clean = clean.replace('.', "-");
    }
    clean.truncate(PART_MAX_BYTES - HASH_DIGITS - 1);
    let hash = xxhash_rust::xxh3::xxh3_64(whole.as_bytes()) & 0xff_ffff;
    match clean.is_empty() {
        true => format!("{hash:06x}"),
        false => format!("{clean}-{hash:06x}"),
    }
}

/// A source's path without extension as the stem of its URLs.
fn source_stem(path: &str) -> String {
    let mut parts: Vec<String> =
        crate::library::without_extension(path).split('/').map(slug).collect();
    if RESERVED.contains(&parts[0].as_str()) {
        parts[0] = hashed(&parts[0], path.split('/').next().unwrap_or_default());
    }
    parts.join("/")
}

/// Hands out the URL stems and id stems of sources so that no two are alike.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    stems: HashSet<String>,
    ids: HashSet<String>,
}

/// What a source's URLs and ids begin with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Address {
    /// What the addresses of all its pages are made of: `finesse/v12.5/developer-guide/developer-guide`
    pub(crate) stem: String,
    /// `finesse::v12.5::developer-guide::developer-guide`
    pub(crate) id: String,
}

impl Registry {
    /// The address of a source. Sources must come in a fixed order, `b.md` before `b.2.md`: where two clash,
    /// the later one keeps its extension.
    pub(crate) fn add(&mut self, path: &str) -> Address {
        let short = crate::library::without_extension(path);
        // Names that are no UTF-8 may read alike to the last letter.
        let numbered = || (2..).map(|number| format!("{path}~{number}"));
        let mut ids = [short.to_string(), path.to_string()].into_iter().chain(numbered());
        let is_free = |id: &String| !self.ids.contains(id);
        let id = ids.by_ref().map(|name| joined(&name)).find(is_free).unwrap_or_default();
        let stem = source_stem(path);
        let (folder, file) =
            stem.rfind('/').map_or(("", stem.as_str()), |at| stem.split_at(at + 1));
        let told_apart = std::iter::once(path.to_string()).chain(numbered());
        let mut stems = std::iter::once(stem.clone())
            .chain(told_apart.map(|whole| format!("{folder}{}", hashed(file, &whole))));
        let stem = stems.find(|stem| self.is_free(stem)).unwrap_or_default();
        self.ids.insert(id.clone());
        self.stems.insert(stem.clone());
        Address { stem, id }
    }

    /// `guide.2` is the second part of `guide`'s reading view.
    fn is_free(&self, stem: &str) -> bool {
        let is_part = |end: &str| end.parse::<usize>().is_ok_and(|number| number > 1);
        let whole = stem.rsplit_once('.').filter(|(_, end)| is_part(end)).map(|(whole, _)| whole);
        !self.stems.contains(stem) && !whole.is_some_and(|whole| self.stems.contains(whole))
    }
}

fn joined(path: &str) -> String {
    path.replace('/', "::")
}

impl Address {
    /// The id of the chunk with this own part.
    pub(crate) fn chunk_id(&self, own: &str) -> String {
        format!("{}::{own}", self.id)
    }

    /// The page of the chunk with this own part.
    pub(crate) fn chunk_url(&self, own: &str) -> String {
        format!("{}/{}.html", self.stem, slug(own))
    }

    /// Part `index` (0-based) of the reading view.
    pub(crate) fn part_url(&self, index: usize) -> String {
        match index {
            0 => format!("read/{}.html", self.stem),
            _ => format!("read/{}.{}.html", self.stem, index + 1),
        }
    }

    /// The chunk's place in part `index` of the reading view.
    pub(crate) fn context_url(&self, own: &str, index: usize) -> String {
        format!("{}#{}", self.part_url(index), anchor(own))
    }

    /// What leads from this source's pages to the site's root; chunk pages and reading views are
    /// equally deep.
    pub(crate) fn up(&self) -> String {
        "../".repeat(self.stem.matches('/').count() + 1)
    }
}

/// The anchor of a chunk in its reading view.
pub(crate) fn anchor(own: &str) -> String {
    format!("c-{}", slug(own))
}

/// The browse page of a level, from the level names that lead to it.
pub(crate) fn browse_url<'a>(levels: impl IntoIterator<Item = &'a str>) -> String {
    let parts: Vec<String> = levels.into_iter().map(slug).collect();
    format!("browse/{}.html", parts.join("/"))
}

/// What leads from a page to the site's root.
pub(crate) fn up(url: &str) -> String {
    "../".repeat(url.matches('/').count())
}

/// Where a link on a page of the site leads, as an address from the site's root; nothing where it leads out of the site, or to a place on the page.
pub(crate) fn resolved(page: &str, link: &str) -> Option<String> {
    let link = link.split(['#', '?']).next().filter(|link| !link.is_empty())?;
    let is_local = !link.starts_with('/') && !link.split('/').next()?.contains(':');
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => parts.pop().map(|_| ())?,
            "." => {}
            part => parts.push(part),
        }
    }
    is_local.then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_parts_stay() {
        for part in ["developer-guide", "v12.5", "91", "91.2", "a_b"] {
            assert_eq!(slug(part), part);
        }
    }

    #[test]
    fn changed_parts_are_told_apart() {
        let odd = [
            "README",
            "readme!",
            "a b",
            "a%b",
            "..",
            ".git",
            "",
            "con",
            "über",
            "日本語",
            "x.",
            "a\nb",
        ];
        let slugs: std::collections::BTreeSet<String> = odd.iter().map(|part| slug(part)).collect();
        assert_eq!(slugs.len(), odd.len());
        for slug in slugs {
            let allowed = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
            assert!(slug.bytes().all(allowed) && !slug.starts_with('.'), "{slug}");
        }
        assert!(slug(&"x".repeat(300)).len() <= PART_MAX_BYTES);
    }

    #[test]
    fn no_name_is_one_of_windows_devices() {
        for name in ["con", "prn", "aux", "nul", "com0", "com1", "com9", "lpt0", "lpt1", "lpt9"] {
            for part in
                [name.to_string(), name.to_uppercase(), format!("{name}.2"), format!("{name}.X")]
            {
                let slug = slug(&part);
                let first = slug.split('.').next().unwrap();
                assert!(first.starts_with(&format!("{name}-")), "{part}: {slug}");
            }
        }
        for superscript in ["COM¹", "lpt².3", "com³"] {
            assert!(slug(superscript)[3..].starts_with('-'), "{superscript}");
        }
        for plain in ["console", "com10", "com", "lpt", "comx", "nul-1", "a.con"] {
            assert_eq!(slug(plain), plain);
        }
    }

    #[test]
    fn the_seed_page_has_its_names() {
        let address = Registry::default().add("finesse/v12.5/developer-guide/developer-guide.md");
        assert_eq!(address.chunk_id("91"), "finesse::v12.5::developer-guide::developer-guide::91");
        assert_eq!(
            address.chunk_url("91"),
            "finesse/v12.5/developer-guide/developer-guide/91.html"
        );
        assert_eq!(address.part_url(0), "read/finesse/v12.5/developer-guide/developer-guide.html");
        assert_eq!(address.up(), "../../../../");
        assert_eq!(up(&address.part_url(1)), address.up());
        assert_eq!(up(&address.chunk_url("91")), address.up());
    }

    #[test]
    fn clashing_sources_keep_apart() {
        let mut registry = Registry::default();
        let first = registry.add("a/b.md");
        let second = registry.add("a/b.txt");
        assert_eq!(first.id, "a::b");
        assert_eq!(second.id, "a::b.txt");
        assert_ne!(first.stem, second.stem);
        assert!(registry.add("search/x.md").stem.starts_with("search-"));
        assert!(registry.add("read.md").stem.starts_with("read-"));
        assert_ne!(registry.add("a/b.2.md").stem, "a/b.2", "the second part of a/b");
        assert_eq!(registry.add("a/c.2.md").stem, "a/c.2");
        assert_ne!(registry.add("a/b.html/c.md").stem, "a/b.html/c", "a page of a/b may be there");
        let alike = ["a/\u{fffd}.md"; 4].map(|path| registry.add(path));
        let stems: HashSet<&String> = alike.iter().map(|address| &address.stem).collect();
        let ids: HashSet<&String> = alike.iter().map(|address| &address.id).collect();
        assert_eq!((stems.len(), ids.len()), (4, 4));
    }

    #[test]
    fn links_are_followed_inside_the_site() {
        let check = |link: &str, expected: Option<&str>| {
            assert_eq!(resolved("a/b/c.html", link).as_deref(), expected, "{link}");
        };
        check("../../index.html#library", Some("index.html"));
        check("d.html?q=1", Some("a/b/d.html"));
        check("#here", None);
        check("https://example.com/x", None);
        check("mailto:a@example.com", None);
        check("/x.html", None);
        check("../../../x.html", None);
    }
}
