//! Serves a built site over HTTP: its files, its search without scripts, and the library for programs at `/mcp`.
//!
//! In: a site's folder and an address. Out: responses, until the process is told to stop; answers under way are finished. Knows
//! neither index nor templates.

pub(crate) mod files;
pub(crate) mod guard;
mod range;
mod reload;
mod results;
mod watch;

use std::{
    io::{Write, stdout},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result};
use axum::{
    Router,
    extract::Request,
    http::{Extensions, HeaderMap, StatusCode, Version},
    middleware::{self, Next},
    response::Response,
    routing::get,
};
use axum_server::Handle;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower_http::compression::{CompressionLayer, DefaultPredicate, Predicate};

use crate::{
    mcp::{self, Endpoint, Settings},
    pipeline,
    shelf::Shelf,
    site::Shell,
};
use guard::Guard;

/// A request that takes longer is given up.
const REQUEST_SECONDS: u64 = 30;
/// A request whose head takes longer to come is dropped, and so is a connection that asks nothing for so long.
const HEAD_SECONDS: u64 = 30;
/// How long the server goes on reading requests once it is told to stop.
const DRAIN_MS: u64 = 250;
/// How long answers under way may take once the server is told to stop.
const STOP_SECONDS: u64 = 10;

/// What the server is started with.
pub(crate) struct Options {
    pub(crate) site: PathBuf,
    /// How the site is built, if its library is at hand: it is watched, and its own templates are used.
    pub(crate) build: Option<pipeline::Options>,
    pub(crate) listener: TcpListener,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) settings: Settings,
}

/// What the routes share.
struct Served {
    shelf: Arc<Shelf>,
    shell: Shell,
    /// Searches of readers and calls of programs take turns.
    turns: Arc<Semaphore>,
}

/// Takes the address; who asks before the site is there waits.
pub(crate) fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).with_context(|| {
        format!("cannot listen on {address}; is the port taken? Choose another with --addr")
    })
}

/// Serves until the process is told to stop.
pub(crate) fn run(options: Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(options))
}

async fn serve(options: Options) -> Result<()> {
    let address = options.listener.local_addr()?;
    let builds = options.build.clone().and_then(watched);
    let stop = CancellationToken::new();
    let router = router(&options, address, builds.clone(), stop.clone())?;
    let site = options.site.display();
    // Whoever started it may have stopped reading.
    let _ = writeln!(stdout(), "Serving {site} on http://{address}/ (Ctrl+C stops)");
    if !address.ip().is_loopback() {
        tracing::info!(
            "whoever reaches this machine can read the library, without a name or a password"
        );
    }
    let handle = Handle::new();
    tokio::spawn(stopped(handle.clone(), stop, builds));
    let head = Duration::from_secs(HEAD_SECONDS);
    let mut server =
        axum_server::from_tcp(options.listener)?.http1_only().first_request_timeout(head);
    server.http_builder().http1().header_read_timeout(head);
    Ok(server.handle(handle).serve(router.into_make_service()).await?)
}

/// Ends the server once the process is told to stop: answers under way are finished, as long as that does not take too long.
async fn stopped(
    handle: Handle<SocketAddr>,
    stop: CancellationToken,
    builds: Option<Arc<watch::Builds>>,
) {
    stop_signal().await;
    tracing::info!("told to stop; finishing the answers under way");
    // Requests that were sent before the signal may not have been read yet.
    tokio::time::sleep(Duration::from_millis(DRAIN_MS)).await;
    stop.cancel();
    builds.inspect(|builds| builds.send_modify(|build| *build = None));
    handle.graceful_shutdown(Some(Duration::from_secs(STOP_SECONDS)));
}

/// A library that cannot be watched, because it has more folders than the system takes, is served all the same.
fn watched(build: pipeline::Options) -> Option<Arc<watch::Builds>> {
    let told = |error: &anyhow::Error| tracing::warn!("changes will not be seen: {error:#}");
    watch::start(build).inspect_err(told).ok()
}

fn router(
    options: &Options,
    address: SocketAddr,
    builds: Option<Arc<watch::Builds>>,
    stop: CancellationToken,
) -> Result<Router> {
    let shelf = Arc::new(Shelf::open(&options.site)?);
    let guard = Arc::new(guard(options, &shelf, address));
    let mut settings = options.settings.clone();
    if address.ip().is_loopback() && settings.base_url.is_none() {
        settings.base_url = Some(format!("http://{address}/"));
    }
    let endpoint = Endpoint::new(Arc::clone(&shelf), settings);
    let library = options.build.as_ref().map(|build| build.library.as_path());
    let served = Arc::new(Served { shelf, shell: Shell::new(library)?, turns: endpoint.turns() });
    let (tag, events) =
        builds.map_or(("", Router::new()), |builds| (reload::TAG, reload::router(builds)));
    let compressed = DefaultPredicate::new().and(
        |_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
            files::may_be_compressed(headers)
        },
    );
    let pages = Router::new()
        .route("/search", get(results::answer))
        .with_state(served)
        .fallback_service(files(&options.site, tag))
        .layer(CompressionLayer::new().compress_when(compressed));
    let guarded = pages
        .merge(events)
        .merge(mcp::transport::router(endpoint, stop))
        .layer(middleware::from_fn(in_time))
        .layer(middleware::from_fn_with_state(guard, guard::watch));
    Ok(Router::new().route("/healthz", get(|| async { "ok\n" })).merge(guarded))
}

fn files(site: &Path, tag: &'static str) -> Router {
    let files = files::Files { folder: site.to_path_buf(), tag };
    Router::new().fallback(files::answer).with_state(Arc::new(files))
}

fn guard(options: &Options, shelf: &Shelf, address: SocketAddr) -> Guard {
    let mut guard = Guard::new(address.ip());
    if let Some(base_url) = &shelf.edition().catalogue.manifest.base_url {
        guard.allow_site(base_url);
    }
    options.allowed_hosts.iter().for_each(|host| guard.allow_host(host));
    options.allowed_origins.iter().for_each(|origin| guard.allow_origin(origin));
    guard
}

async fn in_time(request: Request, next: Next) -> Response {
    let limit = Duration::from_secs(REQUEST_SECONDS);
    tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(|_| {
        files::respond(StatusCode::REQUEST_TIMEOUT, "text/plain", b"This took too long.\n".to_vec())
    })
}

/// Waits for Ctrl+C or SIGTERM.
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
