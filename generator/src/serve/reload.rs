//! Pages that renew themselves while somebody writes: a script of their own and a stream of events.
//!
//! In: how often pages and index changed. Out: `/.mcdewey/reload.js`, `/.mcdewey/events`, and the one tag that `serve` puts into pages
//! while it watches. No file of a site has such an address, and no site carries any of this. Knows no library.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use tokio_stream::{Stream, StreamExt, wrappers::WatchStream};

use super::watch::{Builds, Told};

/// What a page has in its head while the library is watched.
pub(super) const TAG: &str = "<script src=\"/.mcdewey/reload.js\" defer></script>";

/// What a page hears first is its own; anything else means that there is something newer. The index comes after the pages: it
/// matters to a page that has read its root. A connection that breaks comes again by itself.
const SCRIPT: &str = "{
  let own;
  const hasSearched = () => performance.getEntriesByType('resource').some((file) => new URL(file.name).pathname.endsWith('/search/root.js'));
  new EventSource('/.mcdewey/events').onmessage = ({ data }) => {
    const [pages, index] = data.split(' ');
    own ??= { pages, index };
    if (pages !== own.pages || (index !== own.index && hasSearched())) location.reload();
    own.index = index;
  };
}
";

/// The routes of the script and of the events.
pub(super) fn router(builds: Arc<Builds>) -> Router {
    Router::new()
        .route("/.mcdewey/reload.js", get(script))
        .route("/.mcdewey/events", get(events))
        .with_state(builds)
}

async fn script() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/javascript"), (header::CACHE_CONTROL, "no-cache")];
    (StatusCode::OK, headers, SCRIPT).into_response()
}

/// A server that was started anew counts from the beginning, so its own number stands before that of the pages.
async fn events(
    State(builds): State<Arc<Builds>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let server = std::process::id();
    let told = WatchStream::new(builds.subscribe()).take_while(Option::is_some).map(move |told| {
        let Told { pages, index } = told.unwrap_or_default();
        Ok(Event::default().data(format!("{server}.{pages} {index}")))
    });
    Sse::new(told).keep_alive(KeepAlive::default())
}
