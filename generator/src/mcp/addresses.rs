//! What a caller means by what it gives: ids, addresses of pages and resources, paths, titles, lines of citations.
//!
//! In: a text. Out: a passage, or the sources to read; else an error that names the tool that takes it. Knows no tool's answer.

use search::Record;

use super::desk::{Refusal, Room, shortened};
use crate::{
    clean::visible,
    library::without_extension,
    manifest::{Guide, Name, Source},
    percent::{decoded, encoded},
};

/// What every address of a passage's resource begins with.
pub(crate) const CHUNK_URI: &str = "mcdewey://chunk/";
/// What every address of a guide's resource begins with.
pub(crate) const GUIDE_URI: &str = "mcdewey://guide/";
/// Stands for a vendor or a version that a guide does not have.
const NONE: &str = "-";

/// What is to be read.
pub(crate) struct Reading<'a> {
    /// The path of the source, or of the folder that holds all of them.
    pub(crate) path: String,
    pub(crate) title: String,
    pub(crate) sources: Vec<&'a Source>,
}

impl<'a> Room<'a> {
    /// The passage that is meant by its id, the address of its page, of its place in the reading view or of its resource, a
    /// citation, or the path of a source that has no other.
    pub(crate) fn record(&self, given: &str) -> Result<Record, Refusal> {
        match self.known_record(given)? {
            Some(record) => Ok(record),
            None => Err(self.no_record(given)),
        }
    }

    fn known_record(&self, given: &str) -> Result<Option<Record>, Refusal> {
        let name = self.plain_name(given);
        if let Some(record) = self.edition.record(page_of(&name))? {
            return Ok(Some(record));
        }
        if let Some(source) = self.source_at(&name) {
            let mut records = self.edition.records_of(&source.path)?;
            let is_meant = |record: &Record| record.place.context_url == name;
            let at = records.iter().position(is_meant).or((records.len() == 1).then_some(0));
            return Ok(at.map(|at| records.swap_remove(at)));
        }
        match cited_id(&name) {
            Some(id) => Ok(self.edition.record(id)?),
            None => self.record_shown_as(page_of(&name)),
        }
    }

    /// The passage whose id is this one but for the invisible signs of its source's path: answers leave them out.
    fn record_shown_as(&self, id: &str) -> Result<Option<Record>, Refusal> {
        for path in self.edition.catalogue.hidden_paths() {
            let stem = without_extension(path).replace('/', "::");
            if !id.starts_with(visible(&stem).as_ref()) {
                continue;
            }
            let mut records = self.edition.records_of(path)?.into_iter();
            if let Some(record) = records.find(|record| visible(&record.place.id) == id) {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    fn no_record(&self, given: &str) -> Refusal {
        let shown = shortened(given);
        if let Ok(Reading { path, .. }) = self.named_sources(given) {
            let error =
                format!("'{shown}' is no passage but has several; read_guide reads it: {path}");
            return Refusal { code: "no_passage", error, did_you_mean: vec![path] };
        }
        let stem = given.trim().rsplit_once("::").map(|(stem, _)| stem);
        if let Some(source) = stem.and_then(|stem| self.source_of_ids(stem)) {
            let Source { path, passages, .. } = source;
            let error = format!(
                "no passage has the id '{shown}'; '{path}' has {passages}, and read_guide reads them"
            );
            return Refusal { code: "unknown_id", error, did_you_mean: vec![path.clone()] };
        }
        Refusal::new(
            "unknown_id",
            format!(
                "no passage has the id '{shown}'; take an id from the results of search, or the address of a passage's page"
            ),
        )
    }

    /// What is to be read where a path, an address, a guide's title or one of its passages is given.
    pub(crate) fn reading(&self, given: &str) -> Result<Reading<'a>, Refusal> {
        let refusal = match self.named_sources(given) {
            Err(refusal) if refusal.code == "unknown_source" => refusal,
            known => return known,
        };
        let record = self.known_record(given)?;
        let source = record.and_then(|record| self.source_at(&record.place.source));
        source.map(Reading::of_source).ok_or(refusal)
    }

    fn named_sources(&self, given: &str) -> Result<Reading<'a>, Refusal> {
        let name = self.plain_name(given);
        let path = name.trim_matches('/');
        if let Some(source) = self.source_at(path) {
            return Ok(Reading::of_source(source));
        }
        let by_address = self.guide_at(given.trim());
        if let Some(guide) = by_address.or_else(|| self.guide_on(page_of(path))) {
            return Ok(Reading::of_guide(guide));
        }
        let named = self.folder(path)?.or(self.titled(path)?);
        named.or(self.called(path)?).ok_or_else(|| self.unknown_source(path))
    }

    /// The guide of a resource's address.
    pub(crate) fn guide_at(&self, uri: &str) -> Option<&'a Guide> {
        let levels: Vec<String> = uri
            .strip_prefix(GUIDE_URI)?
            .split('/')
            .map(|level| decoded(level).into_owned())
            .collect();
        let mut guides = self.edition.catalogue.manifest.guides.iter();
        guides.find(|guide| keys(guide).as_slice() == levels.as_slice())
    }

    /// The guide of a browse page.
    fn guide_on(&self, url: &str) -> Option<&'a Guide> {
        self.edition.catalogue.manifest.guides.iter().find(|guide| guide.url == url)
    }

    /// The source of this path, of a page of its reading view, or of what its ids begin with.
    fn source_at(&self, name: &str) -> Option<&'a Source> {
        if let Some((_, source)) = self.edition.catalogue.source(name) {
            return Some(source);
        }
        let Some(page) = page_of(name).strip_suffix(".html") else {
            return self.source_of_ids(name);
        };
        let number = page.rsplit_once('.').filter(|(_, number)| number.parse::<u32>().is_ok());
        let first = number.map(|(first, _)| format!("{first}.html"));
        let whole = self.sources().find(|source| source.url == page_of(name));
        whole.or_else(|| self.sources().find(|source| Some(&source.url) == first.as_ref()))
    }

    /// The source whose passages' ids begin so.
    fn source_of_ids(&self, stem: &str) -> Option<&'a Source> {
        let path = stem.contains("::").then(|| stem.replace("::", "/"))?;
        self.sources().find(|source| without_extension(&source.path) == path)
    }

    fn sources(&self) -> impl Iterator<Item = &'a Source> {
        self.edition.catalogue.manifest.guides.iter().flat_map(|guide| &guide.sources)
    }

    /// The guide whose sources a folder holds.
    fn folder(&self, path: &str) -> Result<Option<Reading<'a>>, Refusal> {
        let folder = format!("{path}/");
        let guides = self.edition.catalogue.manifest.guides.iter().filter(|_| !path.is_empty());
        let mut inside = guides.filter_map(|guide| {
            let sources =
                guide.sources.iter().filter(|source| visible(&source.path).starts_with(&folder));
            let sources: Vec<&Source> = sources.collect();
            (!sources.is_empty()).then(|| (guide.guide.name.clone(), sources))
        });
        match (inside.next(), inside.next()) {
            (_, Some(_)) => Err(several(path)),
            (only, None) => {
                Ok(only.map(|(title, sources)| Reading { path: path.to_string(), title, sources }))
            }
        }
    }

    /// The guide of this title: of the newest version, or else of the newest that has one.
    fn titled(&self, title: &str) -> Result<Option<Reading<'a>>, Refusal> {
        let guides = self.edition.catalogue.manifest.guides.iter();
        let all: Vec<&Guide> = guides.filter(|guide| guide.guide.is(title)).collect();
        let newest: Vec<&Guide> = all.iter().copied().filter(|guide| guide.newest).collect();
        let meant = if newest.is_empty() { all } else { newest };
        let products = self.edition.catalogue.products(&meant);
        match (meant.as_slice(), products.as_slice()) {
            ([], _) => Ok(None),
            ([only], _) => Ok(Some(Reading::of_guide(only))),
            ([first, ..], [_]) if !first.newest => Ok(Some(Reading::of_guide(first))),
            _ => Err(several_titled(title, &meant)),
        }
    }

    /// The source of this title, or whose path ends so, among the newest versions.
    fn called(&self, name: &str) -> Result<Option<Reading<'a>>, Refusal> {
        let asked = name.to_lowercase();
        let ending = format!("/{asked}");
        let is_called = |source: &&Source| {
            let path = source.path.to_lowercase();
            let mut ends = [path.as_str(), without_extension(&path)].into_iter();
            source.title.to_lowercase() == asked || ends.any(|path| path.ends_with(&ending))
        };
        let guides = self.edition.catalogue.manifest.guides.iter().filter(|guide| guide.newest);
        let sources = guides.flat_map(|guide| &guide.sources);
        let meant: Vec<&Source> = sources.filter(|_| !asked.is_empty()).filter(is_called).collect();
        match meant.as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(Reading::of_source(only))),
            several => Err(several_called(name, several)),
        }
    }

    fn unknown_source(&self, path: &str) -> Refusal {
        let did_you_mean = self.edition.catalogue.similar_sources(path);
        let offered = did_you_mean.iter().map(|path| format!("'{path}'")).collect::<Vec<_>>();
        let hint = match offered.is_empty() {
            true => "; list_library names the sources of a product".to_string(),
            false => format!("; did you mean {}?", offered.join(" or ")),
        };
        let error = format!("no source '{}'{hint}", shortened(path));
        Refusal { code: "unknown_source", error, did_you_mean }
    }

    /// A name without what an address begins with.
    fn plain_name(&self, given: &str) -> String {
        let given = given.trim();
        if let Some(encoded) = given.strip_prefix(CHUNK_URI) {
            return decoded(encoded).into_owned();
        }
        self.base_url().and_then(|base| given.strip_prefix(base)).unwrap_or(given).to_string()
    }
}

impl<'a> Reading<'a> {
    fn of_source(source: &'a Source) -> Reading<'a> {
        Reading { path: source.path.clone(), title: source.title.clone(), sources: vec![source] }
    }

    fn of_guide(guide: &'a Guide) -> Reading<'a> {
        match guide.sources.as_slice() {
            [only] => Reading::of_source(only),
            all => Reading {
                path: common_folder(all).to_string(),
                title: guide.guide.name.clone(),
                sources: all.iter().collect(),
            },
        }
    }
}

/// The address of a guide's resource.
pub(crate) fn uri_of(guide: &Guide) -> String {
    let levels = keys(guide).map(|key| if key == NONE { key } else { encoded(&key) });
    format!("{GUIDE_URI}{}", levels.join("/"))
}

fn keys(guide: &Guide) -> [String; 4] {
    let key = |name: Option<&Name>| name.map_or(NONE, |name| &name.key).to_string();
    [
        key(guide.vendor.as_ref()),
        key(Some(&guide.product)),
        key(guide.version.as_ref()),
        key(Some(&guide.guide)),
    ]
}

/// An address without its fragment.
fn page_of(name: &str) -> &str {
    let end = if name.contains(".html") { name.find('#') } else { None };
    &name[..end.unwrap_or(name.len())]
}

/// The id in the line of a citation, which may have an address behind it.
fn cited_id(line: &str) -> Option<&str> {
    line.split_whitespace().rfind(|word| word.contains("::") && *word != line)
}

fn common_folder(sources: &[Source]) -> &str {
    let first = sources.first().map_or("", |source| source.path.as_str());
    let ends = first.match_indices('/').map(|(at, _)| at).rev();
    let mut folders = ends.map(|end| &first[..=end]);
    let holds = |folder: &&str| sources.iter().all(|source| source.path.starts_with(*folder));
    folders.find(holds).map_or("", |folder| folder.trim_end_matches('/'))
}

fn several(path: &str) -> Refusal {
    let error = format!(
        "'{}' holds several guides; list_library with the product names their sources",
        shortened(path)
    );
    Refusal::new("ambiguous", error)
}

fn several_titled(title: &str, guides: &[&Guide]) -> Refusal {
    let addresses = guides.iter().map(|guide| uri_of(guide));
    one_of(&format!("guides are called '{}'; give the address of one", shortened(title)), addresses)
}

fn several_called(name: &str, sources: &[&Source]) -> Refusal {
    let paths = sources.iter().map(|source| source.path.clone());
    one_of(&format!("sources are called '{}'; give the path of one", shortened(name)), paths)
}

/// What to say of several that are meant by one name.
fn one_of(told: &str, names: impl ExactSizeIterator<Item = String>) -> Refusal {
    const OFFERED_MAX: usize = 5;
    let count = names.len();
    let did_you_mean: Vec<String> = names.take(OFFERED_MAX).collect();
    let more = match count.saturating_sub(OFFERED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let error = format!("{count} {told}: {}{more}", did_you_mean.join(", "));
    Refusal { code: "ambiguous", error, did_you_mean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citation_ends_in_its_id() {
        let id = "acme::box::v1::guide::text::1";
        assert_eq!(cited_id(&format!("“Ports”, Guide, acme box v1. {id}")), Some(id));
        assert_eq!(cited_id(&format!("Guide, p. 3. {id} https://host/a/1.html")), Some(id));
        assert_eq!(cited_id(id), None);
        assert_eq!(cited_id("nothing of the kind"), None);
    }

    #[test]
    fn the_folder_of_a_guide_holds_all_its_sources() {
        let source = |path: &str| Source {
            path: path.to_string(),
            title: String::new(),
            url: String::new(),
            pages: 0,
            passages: 1,
        };
        let folder = |paths: &[&str]| {
            let sources: Vec<Source> = paths.iter().map(|path| source(path)).collect();
            common_folder(&sources).to_string()
        };
        assert_eq!(folder(&["a/b/c/one.md", "a/b/c/two.md"]), "a/b/c");
        assert_eq!(folder(&["a/b/c/one.md", "a/b/cd/two.md"]), "a/b");
        assert_eq!(folder(&["one.md", "two.md"]), "");
    }
}
