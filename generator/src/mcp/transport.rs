//! The protocol over HTTP: one address that takes POST and nothing else.
//!
//! In: anything that answers the protocol. Out: an axum service for `/mcp`. Every request stands alone, in the current revision
//! and in the one before it; answers are plain JSON. Who may ask is decided before, by `serve::guard`. Knows no library.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{Method, StatusCode, header::CONTENT_TYPE},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use rmcp::{
    ServerHandler,
    model::{ClientJsonRpcMessage, ErrorCode},
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
    },
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

/// A longer request is refused with 413.
pub(crate) const BODY_MAX_BYTES: usize = 256 * 1024;
/// How the type of a message begins.
const JSON: &[u8] = b"application/json";
const NO_MESSAGE: &str =
    "no message of the protocol: expected one object with \"jsonrpc\": \"2.0\" and a method";

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
    Router::new().route_service("/mcp", service).layer(middleware::from_fn(well_formed))
}

/// Answers what is no message of the protocol as the protocol says; rmcp would say it in plain text.
async fn well_formed(request: Request, next: Next) -> Response {
    let content = request.headers().get(CONTENT_TYPE).map(|kind| kind.as_bytes());
    if request.method() != Method::POST || !content.is_some_and(|kind| kind.starts_with(JSON)) {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, BODY_MAX_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    if serde_json::from_slice::<ClientJsonRpcMessage>(&bytes).is_ok() {
        return next.run(Request::from_parts(head, Body::from(bytes))).await;
    }
    let (id, code, told) = match serde_json::from_slice::<Value>(&bytes) {
        Err(error) => (Value::Null, ErrorCode::PARSE_ERROR, format!("no JSON: {error}")),
        Ok(message) => {
            // By its id the sender knows which of its messages it was.
            let id = message.get("id").filter(|id| id.is_string() || id.is_number()).cloned();
            (id.unwrap_or_default(), ErrorCode::INVALID_REQUEST, NO_MESSAGE.to_string())
        }
    };
    let answer =
        json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code.0, "message": told } });
    (StatusCode::BAD_REQUEST, [(CONTENT_TYPE, "application/json")], answer.to_string())
        .into_response()
}

/// Host and Origin are checked once for all routes, not here again with other lists.
pub(crate) fn settings(stop: CancellationToken) -> StreamableHttpServerConfig {
    StreamableHttpServerConfig::default()
        .with_max_request_body_bytes(BODY_MAX_BYTES)
        .with_cancellation_token(stop)
        .disable_allowed_hosts()
        .disable_allowed_origins()
}
