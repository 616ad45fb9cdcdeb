//! The page of search results that a server makes.
//!
//! In: the site's manifest, hits. Out: a page of the same templates and assets as all others. Knows no engine.

use std::path::Path;

use anyhow::{Context, Result};
use search::Hit;
use serde::Serialize;
use tera::Tera;

use super::{Frame, assets, counted};
use crate::manifest::Manifest;

const TEMPLATE: &str = "results.html";

/// The templates, for pages that are made after the build.
pub(crate) struct Shell {
    tera: Tera,
}

/// What the page tells.
pub(crate) struct ResultsPage {
    pub(crate) query: String,
    pub(crate) filters: Vec<(&'static str, String)>,
    /// The same question without filters.
    pub(crate) everything: String,
    /// Nothing where there are no older versions, or one is named.
    pub(crate) searched: Option<Searched>,
    pub(crate) total: u32,
    /// How many more are near in meaning.
    pub(crate) related: u32,
    /// Whether more may match.
    pub(crate) is_least: bool,
    pub(crate) notices: Vec<String>,
    pub(crate) lines: Vec<ResultLine>,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
}

/// Which versions were searched.
#[derive(Debug, Serialize)]
pub(crate) struct Searched {
    pub(crate) is_all: bool,
    /// Those that the question names, besides the newest.
    pub(crate) named: Vec<String>,
    /// The same question to all versions, or to the newest alone.
    pub(crate) other: String,
}

/// A hit as it is shown.
#[derive(Debug, Serialize)]
pub(crate) struct ResultLine {
    title: String,
    url: String,
    context_url: String,
    /// The names around it, from its vendor down.
    place: String,
    /// The nearest of them, which stands beside the title instead; empty where there is only one.
    near: String,
    label: String,
    is_related: bool,
    snippet: Vec<SnippetPiece>,
}

#[derive(Debug, Serialize)]
struct SnippetPiece {
    text: String,
    marked: bool,
}

#[derive(Serialize)]
struct Shown<'a> {
    frame: Frame<'a>,
    query: &'a str,
    filters: Vec<Hidden<'a>>,
    everything: &'a str,
    searched: Option<&'a Searched>,
    status: String,
    notices: &'a [String],
    results: &'a [ResultLine],
    previous: Option<&'a str>,
    next: Option<&'a str>,
}

#[derive(Serialize)]
struct Hidden<'a> {
    name: &'a str,
    value: &'a str,
}

impl Shell {
    /// Our templates, with those of the library's own theme in their place where there is a library.
    pub(crate) fn new(library: Option<&Path>) -> Result<Shell> {
        Ok(Shell { tera: assets::templates(library)? })
    }

    /// The page as HTML.
    pub(crate) fn render(&self, manifest: &Manifest, page: &ResultsPage) -> Result<String> {
        let context = Shown {
            frame: frame(manifest, &page.query),
            query: &page.query,
            filters: page.filters.iter().map(|(name, value)| Hidden { name, value }).collect(),
            everything: &page.everything,
            searched: page.searched.as_ref(),
            status: status(page),
            notices: &page.notices,
            results: &page.lines,
            previous: page.previous.as_deref(),
            next: page.next.as_deref(),
        };
        let context = tera::Context::from_serialize(&context)?;
        self.tera.render(TEMPLATE, &context).context("cannot fill the template results.html")
    }
}

impl ResultLine {
    pub(crate) fn of(hit: &Hit) -> ResultLine {
        let record = &hit.record;
        let mut around = around(hit);
        let near = if around.len() > 1 { around.pop() } else { None };
        let label = match (record.place.page, &record.place.label) {
            (Some(page), Some(label)) => format!("Page {page} · p. {label}"),
            (Some(page), None) => format!("Page {page}"),
            (None, _) => String::new(),
        };
        let piece =
            |piece: &search::Piece| SnippetPiece { text: piece.text.clone(), marked: piece.marked };
        ResultLine {
            title: hit.title().to_string(),
            url: record.place.url.clone(),
            context_url: record.place.context_url.clone(),
            place: around.join(" › "),
            near: near.unwrap_or_default(),
            label,
            is_related: hit.is_related,
            snippet: hit.snippet.iter().map(piece).collect(),
        }
    }
}

/// The names around a hit, from its vendor to the nearest heading above it, each once and without its own; the list that scripts make
/// shows the same.
fn around(hit: &Hit) -> Vec<String> {
    let record = &hit.record;
    let product = [&record.product, &record.place.version].into_iter().flatten();
    let product = product.map(String::as_str).collect::<Vec<_>>().join(" ");
    let place = record.vendor.iter().map(String::as_str).chain([product.as_str()]);
    let place = place.filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" › ");
    let mut names: Vec<String> = Vec::new();
    for name in
        [place.as_str()].into_iter().chain(record.place.guide.as_deref()).chain(hit.headings())
    {
        if !name.is_empty() && name != hit.title() && !names.iter().any(|known| known == name) {
            names.push(name.to_string());
        }
    }
    names
}

fn frame<'a>(manifest: &'a Manifest, query: &str) -> Frame<'a> {
    let title = if query.is_empty() { "Search".to_string() } else { format!("{query} · Search") };
    Frame {
        title: &manifest.title,
        tagline: &manifest.tagline,
        page_title: format!("{title} · {}", manifest.title),
        description: String::new(),
        lang: &manifest.language,
        up: String::new(),
        css: &manifest.assets.css,
        texts_css: None,
        theme: &manifest.assets.theme,
        app: &manifest.assets.app,
        engine: &manifest.assets.engine,
        icon: &manifest.assets.icon,
        agent: manifest.assets.agent.as_deref(),
        canonical: None,
        kind: "results",
    }
}

fn status(page: &ResultsPage) -> String {
    match (page.query.is_empty(), page.total) {
        (true, _) => String::new(),
        (false, 0) if page.related > 0 => {
            "No word matches; passages related by meaning".to_string()
        }
        (false, 0) if page.is_least => "Nothing found so far".to_string(),
        (false, 0) => "No results".to_string(),
        (false, total) => {
            let results = counted(total as usize, "result");
            if page.is_least { format!("At least {results}") } else { results }
        }
    }
}
