//! Settings that fit nothing in the library: a misspelt path would be lost in silence.
//!
//! In: the configuration, and the sources with their places. Out: warnings. Changes nothing.

use std::collections::BTreeSet;

use super::{Place, Source, order};
use crate::{
    config::{Config, FILE_NAME, is_above},
    model::Warning,
};

/// Paths less alike than this are not offered.
const ALIKE_MIN: f64 = 0.75;
/// How many paths are offered for one that fits nothing.
const OFFERED_MAX: usize = 3;

/// What is wrong with the paths and the aliases in the settings.
pub(super) fn warnings(sources: &[Source], config: &Config) -> Vec<Warning> {
    let places: BTreeSet<Levels> = distinct_places(sources).map(Levels::of).collect();
    let mut warnings = unknown_names(config, &places);
    warnings.extend(unknown_versions(sources, config));
    warnings.extend(doubtful_aliases(config, &places));
    let languages = config.language_paths();
    warnings.extend(empty_paths("[languages]", languages, sources, is_above));
    let is_beginning = |path: &str, source: &str| source.starts_with(path);
    warnings.extend(empty_paths("[pages]", config.page_paths(), sources, is_beginning));
    warnings
}

/// Paths of a table that hold for no source.
fn empty_paths<'a>(
    table: &str,
    paths: impl Iterator<Item = &'a str>,
    sources: &[Source],
    holds: impl Fn(&str, &str) -> bool,
) -> Vec<Warning> {
    let is_empty = |path: &&str| !sources.iter().any(|source| holds(path, &source.path));
    let told = paths.filter(is_empty).map(|path| {
        let near = offer(path.trim_end_matches('/'), &folders(sources));
        warning(
            "setting that fits nothing",
            format!("{table} \"{path}\": no source is there{near}"),
        )
    });
    told.collect()
}

/// Neighbours mostly share their place, and paths are dear to make.
fn distinct_places(sources: &[Source]) -> impl Iterator<Item = &Place> {
    let mut last = None;
    let places = sources.iter().map(|source| &source.place);
    places.filter(move |place| last.replace(*place) != Some(*place))
}

/// The paths of a place's levels, as names are given to them.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Levels {
    paths: [String; 4],
    /// The product's own folder.
    product: String,
}

impl Levels {
    fn of(place: &Place) -> Levels {
        let vendor = place.vendor.clone().unwrap_or_default();
        let paths = [vendor, place.product_path(), place.version_path(), place.guide_path()];
        Levels { paths, product: place.product.clone() }
    }

    fn product_path(&self) -> &str {
        &self.paths[1]
    }
}

fn unknown_names(config: &Config, places: &BTreeSet<Levels>) -> Vec<Warning> {
    let paths = places.iter().flat_map(|levels| &levels.paths).map(String::as_str);
    let known: BTreeSet<&str> = paths.filter(|path| !path.is_empty()).collect();
    let unknown = config.names.keys().filter(|path| !known.contains(path.as_str()));
    let told = unknown.map(|path| {
        let near = offer(path, &known);
        let detail =
            format!("[names] \"{path}\": no vendor, product, version or guide is there{near}");
        warning("setting that fits nothing", detail)
    });
    told.collect()
}

/// Versions said to be the newest of products that do not have them, or are not there.
fn unknown_versions(sources: &[Source], config: &Config) -> Vec<Warning> {
    let places = || distinct_places(sources);
    let told = order::missing_newest(sources, config).into_iter().map(|(product, version)| {
        let own = places().filter(|place| place.product_path() == *product);
        let versions: BTreeSet<&str> = own.filter_map(|place| place.version.as_deref()).collect();
        if !versions.is_empty() {
            let near = offer(version, &versions);
            let detail =
                format!("[newest] names {version} of {product}, which does not have it{near}");
            return warning("no such version", detail);
        }
        let products: BTreeSet<String> =
            places().filter(|place| place.version.is_some()).map(Place::product_path).collect();
        let near = offer(product, &products.iter().map(String::as_str).collect());
        let detail = format!("[newest] \"{product}\": no product with versions is there{near}");
        warning("setting that fits nothing", detail)
    });
    told.collect()
}

/// Who asks by such an alias may mean the other product.
fn doubtful_aliases(config: &Config, places: &BTreeSet<Levels>) -> BTreeSet<Warning> {
    let mut found = BTreeSet::new();
    for (path, name) in &config.names {
        for alias in &name.aliases {
            let is_other = |levels: &&Levels| {
                let other = levels.product_path();
                let is_called_so =
                    [other, &levels.product].iter().any(|key| key.eq_ignore_ascii_case(alias));
                is_called_so && !is_above(other, path)
            };
            let others = places.iter().filter(is_other).map(Levels::product_path);
            found.extend(others.map(|other| {
                let detail = format!(
                    "[names] \"{path}\": the alias \"{alias}\" is the name of {other} as well"
                );
                warning("alias that another product has", detail)
            }));
        }
    }
    found
}

/// All folders that sources lie in.
fn folders(sources: &[Source]) -> BTreeSet<&str> {
    let above =
        |path| -> Vec<&str> { str::match_indices(path, '/').map(|(at, _)| &path[..at]).collect() };
    sources.iter().flat_map(|source| above(&source.path)).collect()
}

/// The known paths that are most like one that is none.
fn offer(asked: &str, known: &BTreeSet<&str>) -> String {
    let degree = |path: &&str| (strsim::jaro_winkler(path, asked), path.to_string());
    let mut near: Vec<(f64, String)> =
        known.iter().map(degree).filter(|(alike, _)| *alike >= ALIKE_MIN).collect();
    near.sort_by(|one, other| other.0.total_cmp(&one.0));
    let near = near.iter().take(OFFERED_MAX).map(|(_, path)| format!("\"{path}\""));
    match near.collect::<Vec<_>>().join(" or ") {
        none if none.is_empty() => String::new(),
        near => format!("; did you mean {near}?"),
    }
}

fn warning(kind: &'static str, detail: String) -> Warning {
    Warning { source: FILE_NAME.to_string(), line: 0, kind, detail }
}
