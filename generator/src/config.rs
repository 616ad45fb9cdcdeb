//! The library's own settings: `mcdewey.toml` at its root, every key optional.
//!
//! In: the file's text. Out: a [`Config`], or an error that names the line. Knows no other file.

mod chunks;
mod names;
mod pages;
mod synonyms;

use std::{
    collections::BTreeMap,
    fmt,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use axum::http::Uri;
use search::Synonyms;
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::{language, library::is_version, model::Reading};
use chunks::Chunks;
use names::Name;

/// The name of the settings file.
pub(crate) const FILE_NAME: &str = "mcdewey.toml";
/// More would leave words no say.
const WEIGHT_MAX: f32 = 4.0;

/// What `mcdewey.toml` says, with the defaults filled in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    #[serde(deserialize_with = "names::filled")]
    pub(crate) title: String,
    pub(crate) tagline: String,
    /// Where the site will stand, ending in a slash, for absolute addresses; relative links need none.
    #[serde(deserialize_with = "base_url")]
    pub(crate) base_url: Option<String>,
    /// Language of the pages, as in `<html lang>`, and of all sources that are not said to be in another.
    #[serde(deserialize_with = "language_code")]
    pub(crate) language: String,
    /// Languages of what lies below a path.
    languages: BTreeMap<String, Code>,
    /// What the folders mean, outermost first; by default told from the path.
    #[serde(deserialize_with = "levels")]
    pub(crate) levels: Option<Vec<Level>>,
    /// Display names and aliases by path: `cisco`, `cisco/finesse`, `cisco/finesse/v12.5`.
    pub(crate) names: BTreeMap<String, Name>,
    /// The newest version of a product, by the product's path.
    pub(crate) newest: BTreeMap<String, String>,
    pub(crate) chunks: Chunks,
    /// Whether fenced code is coloured.
    pub(crate) highlight: bool,
    /// Whether passages near in meaning are found, and how much that counts.
    pub(crate) semantic: Semantic,
    /// Whether pages offer the search to an agent in the browser.
    pub(crate) webmcp: bool,
    /// Whether readers can save guides for reading without a network.
    pub(crate) offline: bool,
    /// What page marks look like, for all sources or for those below a path.
    pages: pages::Rules,
    /// What `{{< param name >}}` stands for.
    params: BTreeMap<String, Value>,
    /// Words that mean the same in this library.
    synonyms: Vec<synonyms::Group>,
}

/// A value that stands in a text as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "a param must be a text, a number, true or false")]
enum Value {
    Text(String),
    Number(i64),
    Real(f64),
    Truth(bool),
}

/// The meaning of a folder level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    Vendor,
    Product,
    Version,
    Guide,
    /// A folder that stands for nothing.
    Skip,
}

/// A source has one vendor, one product, one version.
fn levels<'de, D: Deserializer<'de>>(given: D) -> Result<Option<Vec<Level>>, D::Error> {
    let levels = Vec::<Level>::deserialize(given)?;
    for (at, level) in levels.iter().enumerate() {
        if *level != Level::Skip && levels[..at].contains(level) {
            let name = format!("{level:?}").to_lowercase();
            let error = format!(
                "levels: `{name}` stands there twice; `skip` is for folders that mean nothing"
            );
            return Err(D::Error::custom(error));
        }
    }
    Ok(Some(levels))
}

/// The code of a language.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
struct Code(String);

impl TryFrom<String> for Code {
    type Error = String;

    fn try_from(text: String) -> Result<Code, String> {
        match language::is_code(&text) {
            true => Ok(Code(text)),
            false => Err(format!("`{text}` is no code of a language, such as `de` or `pt-BR`")),
        }
    }
}

fn language_code<'de, D: Deserializer<'de>>(given: D) -> Result<String, D::Error> {
    Code::deserialize(given).map(|Code(code)| code)
}

/// `semantic = false`, or a table.
#[derive(Debug, Clone)]
pub(crate) enum Semantic {
    Switch(bool),
    Table(SemanticTable),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SemanticTable {
    /// What meaning weighs beside words, which weigh 1: up to 4; by default it depends on the model, or on how long passages are.
    #[serde(default, deserialize_with = "weight")]
    weight: Option<f32>,
    /// The folder of a model that says what passages mean, from the library's folder on.
    model: Option<PathBuf>,
    /// How many passages the model looks at, if not at all of them.
    sample: Option<NonZeroUsize>,
}

/// Not `untagged`: an error would name the table and not the key.
impl<'de> Deserialize<'de> for Semantic {
    fn deserialize<D: Deserializer<'de>>(given: D) -> Result<Semantic, D::Error> {
        given.deserialize_any(SwitchOrTable)
    }
}

struct SwitchOrTable;

impl<'de> Visitor<'de> for SwitchOrTable {
    type Value = Semantic;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("true, false, or a table with weight, model and sample")
    }

    fn visit_bool<E>(self, is_on: bool) -> Result<Semantic, E> {
        Ok(Semantic::Switch(is_on))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Semantic, A::Error> {
        SemanticTable::deserialize(MapAccessDeserializer::new(map)).map(Semantic::Table)
    }
}

fn weight<'de, D: Deserializer<'de>>(given: D) -> Result<Option<f32>, D::Error> {
    let weight = f32::deserialize(given)?;
    match (0.0..=WEIGHT_MAX).contains(&weight) {
        true => Ok(Some(weight)),
        false => {
            Err(D::Error::custom(format!("weight is {weight}; it must be from 0 to {WEIGHT_MAX}")))
        }
    }
}

/// The address of a site, as absolute links begin: it ends in a slash.
///
/// # Errors
/// What is no such address.
pub(crate) fn site_address(text: &str) -> Result<String, String> {
    let is_site = |uri: Uri| {
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        is_web && uri.host().is_some_and(|host| !host.is_empty()) && uri.query().is_none()
    };
    match text.parse().is_ok_and(is_site) && !text.contains('#') {
        true => Ok(format!("{}/", text.trim_end_matches('/'))),
        false => {
            Err(format!("`{text}` is no address of a site, such as https://docs.example.com/"))
        }
    }
}

fn base_url<'de, D: Deserializer<'de>>(given: D) -> Result<Option<String>, D::Error> {
    site_address(&String::deserialize(given)?).map(Some).map_err(D::Error::custom)
}

impl Semantic {
    pub(crate) fn is_on(&self) -> bool {
        !matches!(self, Semantic::Switch(false))
    }

    pub(crate) fn weight(&self) -> Option<f32> {
        match self {
            Semantic::Table(table) => table.weight,
            Semantic::Switch(_) => None,
        }
    }

    /// The folder of the model, from the library's folder on.
    pub(crate) fn model(&self) -> Option<&Path> {
        match self {
            Semantic::Table(table) => table.model.as_deref(),
            Semantic::Switch(_) => None,
        }
    }

    pub(crate) fn sample(&self) -> Option<usize> {
        match self {
            Semantic::Table(table) => table.sample.map(NonZeroUsize::get),
            Semantic::Switch(_) => None,
        }
    }
}

impl Default for Semantic {
    fn default() -> Semantic {
        Semantic::Switch(true)
    }
}

impl Config {
    /// Reads the library's settings; a library without the file has the defaults.
    pub(crate) fn read(library: &Path) -> Result<Config> {
        let file = library.join(FILE_NAME);
        match std::fs::read_to_string(&file) {
            Ok(text) => {
                toml::from_str(&text).with_context(|| format!("cannot use {}", file.display()))
            }
            // Asked before a build makes anything: where there is no library, nothing is to be left of it.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                std::fs::metadata(library).with_context(|| {
                    let name = library.display();
                    format!("cannot open the library {name}; give the folder that holds the guides")
                })?;
                Ok(Config::default())
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
                let name = library.display();
                Err(error).with_context(|| {
                    format!("{name} is a file; give the folder that holds the guides")
                })
            }
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                Err(error).with_context(|| format!("save {} as UTF-8", file.display()))
            }
            Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
        }
    }

    pub(crate) fn reading(&self) -> Reading {
        Reading {
            words_low: self.chunks.words_low,
            words_high: self.chunks.words_high,
            words_page: self.chunks.words_page,
            words_part: self.chunks.words_part,
            highlight: self.highlight,
            pages: self.pages.0.clone(),
            params: self
                .params
                .iter()
                .map(|(name, value)| (name.clone(), value.to_string()))
                .collect(),
        }
    }

    /// Which words find passages that say others: what is listed, and the aliases of vendors and products.
    pub(crate) fn synonyms(&self) -> Synonyms {
        let mut synonyms = Synonyms::default();
        self.synonyms.iter().for_each(|group| group.add_to(&mut synonyms));
        for (path, name) in &self.names {
            let parts: Vec<&str> = path.split('/').collect();
            if let Name { name: Some(name), aliases } = name
                && parts.len() <= 2
                && !parts.iter().any(|part| is_version(part))
            {
                synonyms::add_aliases(name, aliases, &mut synonyms);
            }
        }
        synonyms
    }

    /// The display name configured for a path.
    pub(crate) fn name(&self, path: &str) -> Option<&str> {
        self.names.get(path)?.name.as_deref()
    }

    /// The language configured for a source: that of the deepest folder that has one.
    pub(crate) fn language(&self, path: &str) -> &str {
        let above = self.languages.iter().filter(|(folder, _)| is_above(folder, path));
        above.max_by_key(|(folder, _)| folder.len()).map_or(&self.language, |(_, Code(code))| code)
    }

    /// The paths that have a language of their own.
    pub(crate) fn language_paths(&self) -> impl Iterator<Item = &str> {
        self.languages.keys().map(String::as_str)
    }

    /// What the paths of sources begin with that have page marks of their own.
    pub(crate) fn page_paths(&self) -> impl Iterator<Item = &str> {
        self.pages.0.iter().map(|rule| rule.path.as_str())
    }

    /// The other names configured for a path.
    pub(crate) fn aliases(&self, path: &str) -> &[String] {
        self.names.get(path).map_or(&[], |name| &name.aliases)
    }
}

/// Whether a folder is this path or lies above it.
pub(crate) fn is_above(folder: &str, path: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Value::Text(text) => out.write_str(text),
            Value::Number(number) => number.fmt(out),
            Value::Real(real) => real.fmt(out),
            Value::Truth(truth) => truth.fmt(out),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Config {
            title: "McDewey".into(),
            tagline: "Multi-vendor documentation library · semantic search · MCP endpoint at /mcp"
                .into(),
            base_url: None,
            language: "en".into(),
            languages: BTreeMap::new(),
            levels: None,
            names: BTreeMap::new(),
            newest: BTreeMap::new(),
            chunks: Chunks::default(),
            highlight: true,
            semantic: Semantic::default(),
            webmcp: false,
            offline: true,
            pages: pages::Rules::default(),
            params: BTreeMap::new(),
            synonyms: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_those_of_the_deepest_folder() {
        let config = "language = 'fr'\n[languages]\na = 'de'\n'a/b' = 'es'";
        let config: Config = toml::from_str(config).unwrap();
        let languages =
            ["a/x.md", "a/b/x.md", "a/bc/x.md", "x.md"].map(|path| config.language(path));
        assert_eq!(languages, ["de", "es", "de", "fr"]);
        let error = toml::from_str::<Config>("[languages]\na = 'German'").unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("no code of a language"), "{error}");
        for wrong in ["klingon", "en_US", "12", ""] {
            let config = format!("title = 'x'\nlanguage = '{wrong}'");
            let error = toml::from_str::<Config>(&config).unwrap_err().to_string();
            assert!(error.contains("line 2") && error.contains("no code of a language"), "{error}");
        }
    }

    #[test]
    fn page_rules_are_one_or_many() {
        let check = |text: &str, expected: &str| {
            let found = match toml::from_str::<Config>(text) {
                Ok(config) => format!("{:?}", config.reading().pages),
                Err(error) => error.to_string(),
            };
            assert!(found.contains(expected), "{text}: {found}");
        };
        check("[pages]\nstyle = 'marker'\noffset = -16", "Marker");
        check("[[pages]]\npath = 'a/'\nregex = '^P(?P<page>[0-9]+)$'\nposition = 'after'", "After");
        check("[pages]\nregex = '('", "is no regular expression");
        check("[pages]\nregex = 'p'", "needs a group (?P<page>...)");
        check("[pages]\nstyle = 'x'", "unknown variant `x`");
        check("[pages]\nbase = 2", "base must be 0 or 1");
        check("[pages]\nstyle = 'marker'\nregex = 'p'", "either style or regex");
    }

    #[test]
    fn what_is_wrong_with_a_value_is_said_with_its_line() {
        let check = |text: &str, expected: &str| {
            let error = toml::from_str::<Config>(text).unwrap_err().to_string();
            assert!(error.contains("line 2") && error.contains(expected), "{text}: {error}");
        };
        check("title = 'x'\nsemantic = 3", "expected true, false, or a table");
        check("[semantic]\nweight = 'much'", "expected f32");
        check("[semantic]\nweight = nan", "it must be from 0 to 4");
        check("[semantic]\nweight = -1", "it must be from 0 to 4");
        check("[semantic]\nsample = 0", "nonzero");
        check("[semantic]\nmodle = 'x'", "unknown field `modle`");
        check("tagline = ''\ntitle = ' '", "a name is empty");
        check(
            "title = 'x'\nlevels = ['vendor', 'skip', 'skip', 'vendor']",
            "`vendor` stands there twice",
        );
        check("[params]\na = [1]", "a param must be a text, a number, true or false");
        for address in [
            "docs.example.com",
            "ftp://a/",
            "https://",
            "https://a/?x",
            "https://a/#x",
            "https://a b/",
        ] {
            check(&format!("title = 'x'\nbase_url = '{address}'"), "no address of a site");
        }
        let config: Config =
            toml::from_str("base_url = 'https://a.example/x'\nsemantic = { weight = 1 }").unwrap();
        assert_eq!(config.semantic.weight(), Some(1.0));
        assert_eq!(config.base_url.as_deref(), Some("https://a.example/x/"));
    }

    #[test]
    fn params_are_plain_values() {
        let config: Config = toml::from_str("[params]\na = 'b'\nc = 1.5\nd = true").unwrap();
        let shown: Vec<String> = config.reading().params.into_values().collect();
        assert_eq!(shown, ["b", "1.5", "true"]);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let error = toml::from_str::<Config>("title = 'x'\ntitel = 'y'").unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("titel"), "{error}");
    }
}
