//! `/search?q=`: the results as a page, for readers without JavaScript.
//!
//! In: a question in the address. Out: a page from the same templates and the same engine. Knows no protocol.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, Uri, header},
    response::Response,
};
use search::{Clause, ClauseKind, Level, Query};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Served, files};
use crate::{
    clean::visible,
    percent::{decoded, encoded},
    shelf::{Edition, Filter, Found, OFFSET_MAX, QUERY_MAX_CHARS},
    site::{ResultLine, ResultsPage, Searched},
};

/// Results of a page.
const SHOWN: u32 = 20;
/// A reader waits so long for a turn.
const WAIT: Duration = Duration::from_secs(10);
/// And is asked to come back after so long.
const RETRY_SECONDS: &str = "5";
/// The filters, as they stand in addresses.
const LEVELS: [&str; 4] = ["vendor", "product", "version", "guide"];

/// Answers a question with a page.
pub(super) async fn answer(State(served): State<Arc<Served>>, uri: Uri) -> Response {
    let asked = Asked::from_query(uri.query().unwrap_or_default());
    let Some(turn) = turn(&served.turns, WAIT).await else { return busy() };
    let work = tokio::task::spawn_blocking(move || {
        let page = served.shelf.ask(|edition| page(&served, edition, &asked));
        drop(turn);
        page
    });
    match work.await.map_err(anyhow::Error::from).and_then(|page| page) {
        Ok(page) => files::respond(StatusCode::OK, "text/html; charset=utf-8", page.into_bytes()),
        Err(error) => {
            tracing::error!("cannot answer a search: {error:#}");
            let words = b"The search cannot answer just now.\n".to_vec();
            files::respond(StatusCode::INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", words)
        }
    }
}

/// A turn to work, if one is free in time.
async fn turn(turns: &Arc<Semaphore>, wait: Duration) -> Option<OwnedSemaphorePermit> {
    let free = Arc::clone(turns).acquire_owned();
    tokio::time::timeout(wait, free).await.ok()?.ok()
}

fn busy() -> Response {
    let words = b"Too many are searching just now. Please try again in a few seconds.\n".to_vec();
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let mut response = files::respond(status, "text/plain; charset=utf-8", words);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS));
    response
}

/// What stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Asked {
    text: String,
    /// Name and value, in the order of the levels.
    filters: Vec<(&'static str, String)>,
    /// Whether older versions are searched as well.
    all: bool,
    offset: u32,
}

impl Asked {
    fn from_query(query: &str) -> Asked {
        let pairs: Vec<(&str, String)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name, decoded(&value.replace('+', " ")).into_owned()))
            .collect();
        let value = |name: &str| {
            pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| value.trim())
        };
        let filter =
            |level| Some((level, value(level).filter(|value| !value.is_empty())?.to_string()));
        Asked {
            text: value("q").unwrap_or_default().chars().take(QUERY_MAX_CHARS).collect(),
            filters: LEVELS.into_iter().filter_map(filter).collect(),
            all: value("all").is_some_and(|all| !all.is_empty()),
            offset: value("from").and_then(|from| from.parse().ok()).unwrap_or(0).min(OFFSET_MAX),
        }
    }

    fn url(&self, offset: u32) -> String {
        let mut url = format!("search?q={}", encoded(&self.text));
        for (level, value) in &self.filters {
            url += &format!("&{level}={}", encoded(value));
        }
        if self.all {
            url += "&all=1";
        }
        if offset > 0 {
            url += &format!("&from={offset}");
        }
        url
    }

    fn value(&self, level: &str) -> Option<String> {
        self.filters.iter().find(|(name, _)| *name == level).map(|(_, value)| value.clone())
    }

    fn filter(&self) -> Filter {
        let [vendor, product, version, guide] = LEVELS.map(|level| self.value(level));
        Filter { vendor, product, version, guide }
    }

    fn query(&self) -> Query {
        let query = self.filter().query(self.text.clone());
        Query { every_version: self.all, offset: self.offset, limit: SHOWN, ..query }
    }
}

fn page(served: &Served, edition: &Edition, asked: &Asked) -> Result<String> {
    let found = match asked.text.is_empty() {
        true => Found::default(),
        false => edition.search(&asked.query())?,
    };
    let end = asked.offset + found.hits.len() as u32;
    let notices = notices(edition, asked, &found);
    let page = ResultsPage {
        query: asked.text.clone(),
        filters: asked.filters.clone(),
        everything: Asked { filters: Vec::new(), ..asked.clone() }.url(0),
        searched: searched(edition, asked, &found),
        total: found.total,
        related: found.related,
        is_least: found.told.is_least(),
        notices,
        lines: found.hits.iter().map(|hit| ResultLine::of(&hit.found)).collect(),
        previous: (asked.offset > 0).then(|| asked.url(asked.offset.saturating_sub(SHOWN))),
        next: (found.goes_on_behind(end) && end <= OFFSET_MAX).then(|| asked.url(end)),
    };
    served.shell.render(&edition.catalogue.manifest, &page)
}

/// A version that is named says it all.
fn searched(edition: &Edition, asked: &Asked, found: &Found) -> Option<Searched> {
    let has_older = edition.catalogue.manifest.guides.iter().any(|guide| !guide.newest);
    let names_version =
        |clause: &Clause| clause.found && clause.kind == ClauseKind::Only(Level::Version);
    let is_named = asked.value("version").is_some() || found.told.clauses.iter().any(names_version);
    let other = || Asked { all: !asked.all, ..asked.clone() }.url(0);
    (has_older && !is_named && !asked.text.is_empty()).then(|| Searched {
        is_all: asked.all,
        named: found.told.versions.clone(),
        other: other(),
    })
}

fn notices(edition: &Edition, asked: &Asked, found: &Found) -> Vec<String> {
    let told = found.told.sentences();
    let mut notices: Vec<String> =
        told.iter().map(|sentence| visible(sentence).into_owned()).collect();
    let unknown = edition.catalogue.narrow(&asked.filter()).err();
    notices.extend(unknown.map(|unknown| format!("There is {unknown}.")));
    notices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn searches_take_turns_and_are_told_when_none_is_free() {
        let (turns, moment) = (Arc::new(Semaphore::new(1)), Duration::from_millis(1));
        let first = turn(&turns, moment).await;
        assert!(first.is_some() && turn(&turns, moment).await.is_none());
        drop(first);
        assert!(turn(&turns, moment).await.is_some());
        let response = busy();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::RETRY_AFTER], RETRY_SECONDS);
    }

    #[test]
    fn addresses_are_read_and_made() {
        let asked = Asked::from_query("q=reset+p%C3%A4sswort&version=12.5&product=&from=40&x=y");
        assert_eq!(asked.text, "reset pässwort");
        assert_eq!(asked.filters, [("version", "12.5".to_string())]);
        assert_eq!(asked.url(60), "search?q=reset%20p%C3%A4sswort&version=12.5&from=60");
        assert_eq!(Asked::from_query(""), Asked::default());
        assert_eq!(Asked::from_query("q&&=&from=x&from").offset, 0);
    }
}
