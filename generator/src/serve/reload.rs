//! Pages that renew themselves while somebody writes: a script of their own and a stream of events.
//!
//! In: the number of the last build. Out: `/.mcdewey/reload.js`, `/.mcdewey/events`, and the one tag that `serve` puts into pages
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

use super::watch::Builds;

/// What a page has in its head while the library is watched.
pub(super) const TAG: &str = "<script src=\"/.mcdewey/reload.js\" defer></script>";

/// The first number that a page hears is its own; any other means that there is a newer one. A connection that breaks comes
/// again by itself.
const SCRIPT: &str = "{
  let own;
  new EventSource('/.mcdewey/events').onmessage = ({ data }) => {
    own ??= data;
    if (data !== own) location.reload();
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

/// A server that was started anew counts from the beginning, so its own number stands before that of the build.
async fn events(
    State(builds): State<Arc<Builds>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let server = std::process::id();
    let told = WatchStream::new(builds.subscribe())
        .take_while(Option::is_some)
        .map(move |build| Ok(Event::default().data(format!("{server}.{}", build.unwrap_or(0)))));
    Sse::new(told).keep_alive(KeepAlive::default())
}
