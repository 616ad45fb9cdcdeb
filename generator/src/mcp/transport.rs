//! The protocol over HTTP: one address that takes POST and nothing else.
//!
//! In: anything that answers the protocol. Out: an axum service for `/mcp`. Every request stands alone, in the current revision
//! and in the one before it; answers are plain JSON. Who may ask is decided before, by `serve::guard`. Knows no library.

use std::sync::Arc;

use axum::Router;
use rmcp::{
    ServerHandler,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService,
        session::{local::LocalSessionManager, never::NeverSessionManager},
    },
};
use tokio_util::sync::CancellationToken;

/// A longer request is refused with 413.
pub(crate) const BODY_MAX_BYTES: usize = 256 * 1024;

/// The routes of the protocol, below `/mcp`.
pub(crate) fn router<H>(handler: H, stop: CancellationToken) -> Router
where
    H: ServerHandler + Clone,
{
    let service = StreamableHttpService::new(
        move || Ok(handler.clone()),
        Arc::new(NeverSessionManager::default()),
        settings(stop).with_legacy_session_mode(false).with_json_response(true),
    );
    Router::new().route_service("/mcp", service)
}

/// The same routes for a handler that asks its client back in the former revision, which needs sessions. The product does not.
#[allow(dead_code, reason = "the fixture for the conformance suite uses it")]
pub(crate) fn router_with_sessions<H>(handler: H, stop: CancellationToken) -> Router
where
    H: ServerHandler + Clone,
{
    let service = StreamableHttpService::new(
        move || Ok(handler.clone()),
        Arc::new(LocalSessionManager::default()),
        settings(stop),
    );
    Router::new().route_service("/mcp", service)
}

/// Host and Origin are checked once for all routes, not here again with other lists.
fn settings(stop: CancellationToken) -> StreamableHttpServerConfig {
    StreamableHttpServerConfig::default()
        .with_max_request_body_bytes(BODY_MAX_BYTES)
        .with_cancellation_token(stop)
        .disable_allowed_hosts()
        .disable_allowed_origins()
}
