//! Who may ask: the names under which the server answers, and the sites whose scripts may ask it.
//!
//! In: the Host and Origin of a request. Out: the request, or 403 with what to do about it. A page of another site that leads its
//! own name to this machine (DNS rebinding) has a foreign Host; a script of another site has a foreign Origin. Knows no route.

use std::{
    collections::HashSet,
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::Response,
};

/// Headers that a script of an allowed site may send to `/mcp`.
const HEADERS: &str = "content-type, accept, authorization, mcp-protocol-version, mcp-method, mcp-name, mcp-session-id, last-event-id";
const METHODS: &str = "POST";
/// The one route that scripts of other sites have a use for.
const SHARED_ROUTE: &str = "/mcp";

/// The names and the origins that are let in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guard {
    /// Names of hosts, lower-cased, without ports.
    hosts: HashSet<String>,
    /// Origins, lower-cased: `https://docs.example.com`.
    origins: HashSet<String>,
    /// Whether the server is meant for other machines too. They may call it by its address, which no other site can claim.
    is_open: bool,
}

impl Guard {
    /// Lets in whoever calls the machine itself; if it listens on `address` for others, whoever uses its address or its own name.
    pub(crate) fn new(address: IpAddr) -> Guard {
        let hosts = ["localhost", "127.0.0.1", "[::1]"].map(str::to_string);
        let mut guard =
            Guard { hosts: hosts.into(), is_open: !address.is_loopback(), ..Guard::default() };
        if guard.is_open {
            let name = rustix::system::uname().nodename().to_string_lossy().to_ascii_lowercase();
            guard.hosts.insert(name);
        }
        guard
    }

    /// Lets in a host by name, whatever the port.
    pub(crate) fn allow_host(&mut self, name: &str) {
        self.hosts.insert(name_of(name).to_ascii_lowercase());
    }

    /// Lets in scripts of a site.
    pub(crate) fn allow_origin(&mut self, origin: &str) {
        let origin = origin.trim_end_matches('/').to_ascii_lowercase();
        self.origins.insert(bare(&origin).to_string());
    }

    /// Lets in the site of an address, as host and as origin.
    pub(crate) fn allow_site(&mut self, url: &str) {
        let Ok(uri) = url.parse::<Uri>() else { return };
        if let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) {
            self.allow_host(authority.as_str());
            self.allow_origin(&format!("{scheme}://{authority}"));
        }
    }

    fn check(&self, headers: &HeaderMap, uri: &Uri) -> Result<(), String> {
        let named = headers.get(header::HOST).map(|host| host.to_str().unwrap_or_default());
        let host =
            named.or(uri.authority().map(axum::http::uri::Authority::as_str)).unwrap_or_default();
        if !self.knows_host(host) {
            return Err(format!(
                "This server does not answer under the name \"{}\". If it should, start it with --allow-host {0}",
                shown(name_of(host))
            ));
        }
        let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
        let origin = origin.to_str().unwrap_or_default();
        match self.knows_origin(origin, host) {
            true => Ok(()),
            false => Err(format!(
                "Scripts of \"{}\" may not ask this server. If they should, start it with --allow-origin {0}",
                shown(origin)
            )),
        }
    }

    fn knows_host(&self, host: &str) -> bool {
        let name = name_of(host).to_ascii_lowercase();
        let is_address = || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        self.hosts.contains(&name) || (self.is_open && is_address())
    }

    /// The server's own pages, programs on this machine if the server is for this machine alone, and who was let in.
    fn knows_origin(&self, origin: &str, host: &str) -> bool {
        let origin = origin.to_ascii_lowercase();
        let Some(("http" | "https", authority)) = origin.split_once("://") else {
            return self.origins.contains(&origin);
        };
        let is_own = authority == host.to_ascii_lowercase();
        let is_local = ["localhost", "127.0.0.1", "[::1]"].contains(&name_of(authority));
        is_own || (is_local && !self.is_open) || self.origins.contains(bare(&origin))
    }
}

/// An origin without the port that its scheme has anyway.
fn bare(origin: &str) -> &str {
    let usual = [("https://", ":443"), ("http://", ":80")];
    let port = usual.iter().find(|(scheme, _)| origin.starts_with(scheme)).map(|(_, port)| port);
    port.and_then(|port| origin.strip_suffix(port)).unwrap_or(origin)
}

/// A host as a request may name it, with or without a port.
///
/// # Errors
/// What is no name of a host.
pub(crate) fn host(text: &str) -> Result<String, String> {
    let name = name_of(text);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let inner = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_host = match inner {
        Some(inner) => inner.parse::<Ipv6Addr>().is_ok(),
        None => !name.is_empty() && name.bytes().all(is_plain),
    };
    match is_host {
        true => Ok(text.to_string()),
        false => Err("a host's name is needed, without https:// and path, and whole, e.g. docs.example.com or [fd00::7]".to_string()),
    }
}

/// The origin of a site's scripts, as browsers name it.
///
/// # Errors
/// What is no origin.
pub(crate) fn origin(text: &str) -> Result<String, String> {
    let parts = text.trim_end_matches('/').split_once("://");
    let is_origin = parts.is_some_and(|(scheme, site)| !scheme.is_empty() && host(site).is_ok());
    match is_origin || text == "null" {
        true => Ok(text.to_string()),
        false => Err(
            "scheme and host of a site are needed, without a path, e.g. https://app.example.com"
                .to_string(),
        ),
    }
}

/// `host:port` without the port.
fn name_of(host: &str) -> &str {
    let end = if host.starts_with('[') { host.find(']').map(|at| at + 1) } else { host.find(':') };
    let end = end.unwrap_or(host.len());
    // What stands behind the name must be a port, or else it is no name.
    let port = host[end..].strip_prefix(':');
    let is_port = port.is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    if end == host.len() || is_port { &host[..end] } else { host }
}

/// Only what is harmless on a terminal and in a log.
fn shown(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_graphic() && *c != '"').take(100).collect()
}

/// Lets a request in or answers 403; tells browsers which scripts may read the answer.
pub(crate) async fn watch(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    if let Err(reason) = guard.check(request.headers(), request.uri()) {
        tracing::warn!(path = request.uri().path(), "refused: {reason}");
        return plain(StatusCode::FORBIDDEN, format!("{reason}\n"));
    }
    let is_shared = request.uri().path() == SHARED_ROUTE;
    let origin = request.headers().get(header::ORIGIN).filter(|_| is_shared).cloned();
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let Some(origin) = origin else { return next.run(request).await };
    let mut response = match is_preflight {
        true => preflight(),
        false => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    response
}

fn preflight() -> Response {
    let mut response = plain(StatusCode::NO_CONTENT, String::new());
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(HEADERS));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}

fn plain(status: StatusCode, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(guard: &Guard, host: &str, origin: Option<&str>, expected: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        let found = guard.check(&headers, &Uri::from_static("/"));
        assert_eq!(found.is_ok(), expected, "{host} {origin:?}: {found:?}");
    }

    #[test]
    fn this_machine_is_let_in_and_nobody_else() {
        let guard = Guard::new([127, 0, 0, 1].into());
        for host in ["localhost", "localhost:8080", "127.0.0.1:80", "[::1]:8080", "LOCALHOST"] {
            check(&guard, host, None, true);
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "localhost:8080.evil.example",
            "192.168.0.7",
            "",
            "localhost@evil",
        ] {
            check(&guard, host, None, false);
        }
        check(&guard, "localhost:8080", Some("http://localhost:6274"), true);
        check(&guard, "localhost:8080", Some("http://evil.example"), false);
        check(&guard, "localhost:8080", Some("http://localhost.evil.example"), false);
        check(&guard, "localhost:8080", Some("null"), false);
    }

    #[test]
    fn an_open_server_is_called_by_its_address() {
        let guard = Guard::new([0, 0, 0, 0].into());
        check(&guard, "192.168.0.7:8080", None, true);
        check(&guard, "192.168.0.7:8080", Some("http://192.168.0.7:8080"), true);
        check(&guard, "192.168.0.7:8080", Some("http://localhost:3000"), false);
        check(&guard, "evil.example", None, false);
    }

    #[test]
    fn who_is_named_is_let_in() {
        let mut guard = Guard::new([127, 0, 0, 1].into());
        guard.allow_site("https://docs.example.com/guides/");
        guard.allow_host("docs");
        guard.allow_origin("https://app.example.com/");
        check(&guard, "docs.example.com", Some("https://docs.example.com"), true);
        check(&guard, "docs:8080", Some("https://app.example.com:443"), true);
        check(&guard, "docs:8080", Some("http://app.example.com"), false);
        guard.allow_origin("http://plain.example.com:80");
        check(&guard, "docs", Some("http://plain.example.com"), true);
        check(&guard, "docs", Some("http://plain.example.com:443"), false);
    }

    #[test]
    fn what_no_request_can_name_is_refused() {
        for (text, expected) in [
            ("docs.example.com", true),
            ("docs:8080", true),
            ("[fd00::7]:80", true),
            ("https://docs.example.com/", false),
            ("docs.example.com/guides", false),
            ("*", false),
            ("*.example.com", false),
            ("fd00::7", false),
            ("", false),
        ] {
            assert_eq!(host(text).is_ok(), expected, "{text}");
        }
        for (text, expected) in [
            ("https://app.example.com", true),
            ("https://app.example.com/", true),
            ("http://app:3000", true),
            ("null", true),
            ("app.example.com", false),
            ("https://app.example.com/tool", false),
            ("https://*.example.com", false),
            ("*", false),
            ("https://", false),
        ] {
            assert_eq!(origin(text).is_ok(), expected, "{text}");
        }
    }
}
