//! A server with everything that the conformance suite of the protocol asks for, on the product's own transport and guard.
//!
//! In: a port. Out: `/mcp` on this machine. The product has no pictures, sounds or questions to its client, so the suite cannot
//! try them there; what is tried here is how the product carries the protocol. Knows no library.

// The product's own files, so that what passes here is what is served there.
#[path = "../../../../generator/src/serve/guard.rs"]
#[allow(dead_code, unreachable_pub)]
mod guard;
#[path = "../../../../generator/src/mcp/transport.rs"]
#[allow(dead_code, unreachable_pub)]
mod transport;

mod answers;
mod handler;
mod rounds;

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, middleware};
use rmcp::transport::streamable_http_server::{
    StreamableHttpService, session::local::LocalSessionManager,
};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(0);
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let listener = tokio::net::TcpListener::bind(address).await.expect("the port is free");
    let address = listener.local_addr().expect("a listener has an address");
    let guard = Arc::new(guard::Guard::new(address.ip()));
    let router = router().layer(middleware::from_fn_with_state(guard, guard::watch));
    println!("Serving the fixture on http://{address}/");
    axum::serve(listener, router).await.expect("a server runs until it is stopped");
}

/// The product's routes but for sessions: the fixture asks its client back in the former revision, which needs them.
fn router() -> Router {
    let service = StreamableHttpService::new(
        || Ok(handler::Fixture),
        Arc::new(LocalSessionManager::default()),
        transport::settings(CancellationToken::new()),
    );
    Router::new().route_service("/mcp", service)
}
