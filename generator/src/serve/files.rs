//! The files of a site's folder over HTTP, and nothing else.
//!
//! In: a path. Out: responses with type, ETag, date and compression, or a part of the file where one is asked for; the 404 page
//! for what is not there. A path is taken apart and put together again below the folder, so nothing
//! outside it can be named. Knows no index and no template.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::Response,
};

use super::range::{self, Part};
use crate::{
    media::{is_packed, media_type},
    output,
};

/// Hashed names never change what they hold.
pub(crate) const CACHE_FOREVER: &str = "public, max-age=31536000, immutable";
/// Everything else is asked for again, and answered with 304 while it is the same.
pub(crate) const CACHE_ASK: &str = "no-cache";
/// What only a header can say; all else of the policy stands in every page.
pub(crate) const SECURITY: [(&str, &str); 4] = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Content-Security-Policy", "frame-ancestors 'self'"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
];
/// Drawings of the library are sent with a further policy: what is opened by itself shows and does nothing else. Documents
/// of other kinds would not open under it.
pub(crate) const DRAWING_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'; sandbox";

/// Dates count seconds: a file may change again within the one that it was written in.
const SETTLED: Duration = Duration::from_secs(2);

/// The folder that is served, and what its pages are given on their way.
pub(super) struct Files {
    pub(super) folder: PathBuf,
    /// Put into the head of every page.
    pub(super) tag: &'static str,
}

/// The file that is asked for.
pub(super) async fn answer(
    State(files): State<Arc<Files>>,
    method: Method,
    uri: Uri,
    mut headers: HeaderMap,
) -> Response {
    if method == Method::HEAD {
        headers.remove(header::RANGE);
    }
    if method != Method::GET && method != Method::HEAD {
        let mut response = respond(StatusCode::METHOD_NOT_ALLOWED, "text/plain", Vec::new());
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let folder = &files.folder;
    let Some(path) = site_path(uri.path()) else {
        return missing(folder).await;
    };
    match read(folder.join(&path)).await {
        Ok((bytes, written)) => {
            let bytes = unscripted(&path, tagged(&path, bytes, files.tag), uri.query());
            // The date of a file is none of what is put into it.
            let is_whole = files.tag.is_empty() || !is_page(&path);
            let date = written.filter(|_| is_whole).and_then(|time| date(time, SystemTime::now()));
            found(&path, bytes, date, &headers)
        }
        Err(_) if is_folder(folder, &path, uri.path()).await => redirect(uri.path()),
        Err(_) => missing(folder).await,
    }
}

/// The file that a URL's path names, as a path of plain parts; a folder stands for its index.
fn site_path(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.trim_start_matches('/').split('/') {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        match part {
            "" => {}
            output::WELL_KNOWN if parts.is_empty() => parts.push(part),
            part if part.starts_with('.') || !part.bytes().all(plain) => return None,
            part => parts.push(part),
        }
    }
    if path.ends_with('/') {
        parts.push("index.html");
    }
    Some(parts.join("/"))
}

/// A file, and when it was written: of one and the same file, whatever takes its place meanwhile.
async fn read(path: PathBuf) -> io::Result<(Vec<u8>, Option<SystemTime>)> {
    let read = move || {
        let mut file = File::open(path)?;
        let written = file.metadata()?.modified().ok();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok((bytes, written))
    };
    tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
}

/// When a file was written, as headers say it, if it cannot have been written again since.
fn date(written: SystemTime, now: SystemTime) -> Option<String> {
    let is_settled = now.duration_since(written).is_ok_and(|age| age >= SETTLED);
    is_settled.then(|| httpdate::fmt_http_date(written))
}

fn is_page(path: &str) -> bool {
    path.ends_with(".html")
}

fn tagged(path: &str, page: Vec<u8>, tag: &str) -> Vec<u8> {
    if tag.is_empty() || !is_page(path) {
        return page;
    }
    let page = String::from_utf8_lossy(&page);
    page.replacen("</head>", &format!("{tag}\n</head>"), 1).into_bytes()
}

/// Whoever searches without JavaScript is led to the results that the server makes, and not told that there are none, as in a
/// plain copy of the site.
fn unscripted(path: &str, page: Vec<u8>, query: Option<&str>) -> Vec<u8> {
    let Some(query) = query.filter(|query| path == "search.html" && query.contains("q=")) else {
        return page;
    };
    let page = String::from_utf8_lossy(&page);
    let Some((before, rest)) = page.split_once("<noscript>") else {
        return page.into_owned().into_bytes();
    };
    let after = rest.split_once("</noscript>").map_or(rest, |(_, after)| after);
    let href =
        format!("search?{query}").replace('&', "&amp;").replace('"', "%22").replace('<', "%3C");
    let told = format!(
        "<p>Without JavaScript, the server does the search: <a href=\"{href}\">show the results</a>.</p>"
    );
    format!("{before}<noscript>{told}</noscript>{after}").into_bytes()
}

async fn is_folder(folder: &Path, path: &str, asked: &str) -> bool {
    let index = folder.join(path).join("index.html");
    !asked.ends_with('/') && tokio::fs::metadata(index).await.is_ok()
}

fn redirect(path: &str) -> Response {
    let mut response = respond(StatusCode::PERMANENT_REDIRECT, "text/plain", Vec::new());
    if let Ok(location) = HeaderValue::from_str(&format!("{path}/")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn found(path: &str, bytes: Vec<u8>, date: Option<String>, headers: &HeaderMap) -> Response {
    // What may be sent compressed has parts for nobody, and a weak tag: the bytes of an answer are others than those of the next.
    let is_fixed = is_packed(path) || !takes_compressed(headers);
    let weak = if is_fixed { "" } else { "W/" };
    let tag = format!("{weak}\"{:016x}\"", xxhash_rust::xxh3::xxh3_64(&bytes));
    let mut response = match is_known(headers, &tag, date.as_deref()) {
        true => respond(StatusCode::NOT_MODIFIED, media_type(path), Vec::new()),
        false if is_fixed => part(path, bytes, headers, &tag, date.as_deref()),
        false => respond(StatusCode::OK, media_type(path), bytes),
    };
    let cache = if is_hashed(path) { CACHE_FOREVER } else { CACHE_ASK };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if is_drawing(path) {
        let policy = HeaderValue::from_static(DRAWING_POLICY);
        headers.append(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [(header::ETAG, Some(tag)), (header::LAST_MODIFIED, date)] {
        if let Some(Ok(value)) = value.map(HeaderValue::try_from) {
            headers.insert(name, value);
        }
    }
    response
}

/// Whether who asks takes what the server may do to a file: gzip or brotli.
fn takes_compressed(headers: &HeaderMap) -> bool {
    let asked = headers.get_all(header::ACCEPT_ENCODING).iter().map(HeaderValue::as_bytes);
    let asked = asked.map(|value| String::from_utf8_lossy(value).to_ascii_lowercase());
    asked.into_iter().any(|value| value.contains("gzip") || value.contains("br"))
}

/// Whether who asks has the file already.
fn is_known(headers: &HeaderMap, tag: &str, date: Option<&str>) -> bool {
    let asked = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match asked(header::IF_NONE_MATCH) {
        Some(known) => known.split(',').any(|one| same_tag(one, tag)),
        // No earlier date will do: what is unpacked from an archive may be older than what it replaces.
        None => date.is_some() && asked(header::IF_MODIFIED_SINCE) == date,
    }
}

/// A file, or the part of it that is asked for.
fn part(
    path: &str,
    bytes: Vec<u8>,
    headers: &HeaderMap,
    tag: &str,
    date: Option<&str>,
) -> Response {
    let all = bytes.len();
    let (status, told, sent) = match range::asked(headers, all, tag, date) {
        Part::Whole => (StatusCode::OK, None, bytes),
        Part::Only(part) => {
            let told = format!("bytes {}-{}/{all}", part.start, part.end - 1);
            (StatusCode::PARTIAL_CONTENT, Some(told), bytes[part].to_vec())
        }
        Part::Beyond => {
            (StatusCode::RANGE_NOT_SATISFIABLE, Some(format!("bytes */{all}")), Vec::new())
        }
    };
    let mut response = respond(status, media_type(path), sent);
    let headers = response.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Some(Ok(told)) = told.map(HeaderValue::try_from) {
        headers.insert(header::CONTENT_RANGE, told);
    }
    response
}

/// Whether an answer may be compressed on its way: not if its tag promises these very bytes.
pub(super) fn may_be_compressed(headers: &HeaderMap) -> bool {
    let tag = headers.get(header::ETAG).map(HeaderValue::as_bytes);
    tag.is_none_or(|tag| tag.starts_with(b"W/"))
}

/// Weak comparison: strong or weak, the same bytes are meant; a star means any.
fn same_tag(known: &str, tag: &str) -> bool {
    let known = known.trim();
    known == "*" || known.trim_start_matches("W/") == tag.trim_start_matches("W/")
}

async fn missing(folder: &Path) -> Response {
    let page = tokio::fs::read(folder.join("404.html")).await.unwrap_or_default();
    respond(StatusCode::NOT_FOUND, "text/html; charset=utf-8", page)
}

pub(super) fn respond(status: StatusCode, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    for (name, value) in SECURITY {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Shards, bundles, assets and attachments are named by their content; what tells of them is not.
pub(crate) fn is_hashed(path: &str) -> bool {
    let is_shard = path.strip_prefix("search/").is_some_and(|name| name.contains('/'));
    let is_bundle = path.starts_with("offline/") && path.ends_with(".pack");
    is_shard || is_bundle || path.starts_with("assets/") || path.starts_with("files/")
}

/// A picture of the library's that is a document too.
pub(crate) fn is_drawing(path: &str) -> bool {
    path.starts_with("files/") && path.ends_with(".svg")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_has_the_headers_that_hosts_are_told_of() {
        let response = respond(StatusCode::OK, "text/plain", Vec::new());
        for (name, value) in SECURITY {
            assert_eq!(response.headers()[name], value);
        }
    }

    #[test]
    fn drawings_are_sent_with_a_policy_of_their_own() {
        let policies = |path: &str| -> Vec<String> {
            let response = found(path, Vec::new(), None, &HeaderMap::new());
            let values = response.headers().get_all(header::CONTENT_SECURITY_POLICY).iter();
            values.map(|value| value.to_str().unwrap().to_string()).collect()
        };
        assert_eq!(policies("files/1.svg"), ["frame-ancestors 'self'", DRAWING_POLICY]);
        for path in ["files/1.pdf", "files/1.png", "assets/icon.1.svg", "index.html"] {
            assert_eq!(policies(path), ["frame-ancestors 'self'"], "{path}");
        }
    }

    #[test]
    fn who_has_a_file_by_its_date_is_not_sent_it_again() {
        let site = tempfile::tempdir().unwrap();
        let written = SystemTime::UNIX_EPOCH + Duration::from_millis(784_111_777_500);
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        for name in ["a.html", "a.js"] {
            std::fs::write(site.path().join(name), "text").unwrap();
            let file = File::options().write(true).open(site.path().join(name)).unwrap();
            file.set_modified(written).unwrap();
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let ask = |path: &'static str, tag: &'static str, asked: &[(header::HeaderName, &str)]| {
            let files = Arc::new(Files { folder: site.path().to_path_buf(), tag });
            let value = |value: &str| HeaderValue::from_str(value).unwrap();
            let headers = asked.iter().map(|(name, text)| (name.clone(), value(text))).collect();
            let uri = Uri::from_static(path);
            let response = runtime.block_on(answer(State(files), Method::GET, uri, headers));
            let date = response.headers().get(header::LAST_MODIFIED).cloned();
            (response.status().as_u16(), date.map(|date| date.to_str().unwrap().to_string()))
        };
        let dated = |code| (code, Some(date.to_string()));
        let since = |date| (header::IF_MODIFIED_SINCE, date);
        assert_eq!(ask("/a.html", "", &[]), dated(200));
        assert_eq!(ask("/a.html", "", &[since(date)]), dated(304));
        for other in ["Sun, 06 Nov 1994 08:49:36 GMT", "Fri, 27 Nov 2026 00:00:00 GMT", "yesterday"]
        {
            assert_eq!(ask("/a.html", "", &[since(other)]), dated(200), "{other}");
        }
        let tag = (header::IF_NONE_MATCH, "W/\"another\"");
        assert_eq!(ask("/a.html", "", &[since(date), tag]), dated(200), "a tag tells more");
        assert_eq!(ask("/a.html", "", &[(header::IF_NONE_MATCH, "*")]), dated(304));
        // What is put into pages while a library is watched has no date.
        assert_eq!(ask("/a.html", "<script src=x>", &[since(date)]), (200, None));
        assert_eq!(ask("/a.js", "<script src=x>", &[since(date)]), dated(304));
    }

    #[test]
    fn a_part_is_sent_of_what_is_never_compressed() {
        let check = |path: &str,
                     asked: &[(header::HeaderName, &'static str)],
                     expected: (u16, &str)| {
            let value = |text| HeaderValue::from_static(text);
            let asked = asked.iter().map(|(name, text)| (name.clone(), value(text))).collect();
            let response = found(path, b"0123456789".to_vec(), None, &asked);
            let told = response.headers().get(header::CONTENT_RANGE).cloned();
            let told = told.map_or(String::new(), |told| told.to_str().unwrap().to_string());
            assert_eq!((response.status().as_u16(), told.as_str()), expected, "{path} {asked:?}");
            let is_whole = expected.0 == 200;
            assert_eq!(
                !is_whole || response.headers().contains_key(header::ACCEPT_RANGES),
                !may_be_compressed(response.headers())
            );
        };
        let range = (header::RANGE, "bytes=2-4");
        let encoded = (header::ACCEPT_ENCODING, "gzip");
        check("files/1.pdf", &[range.clone(), encoded.clone()], (206, "bytes 2-4/10"));
        check("files/1.pdf", &[(header::RANGE, "bytes=10-")], (416, "bytes */10"));
        check("files/1.pdf", &[range.clone(), (header::IF_RANGE, "\"other\"")], (200, ""));
        check("files/1.pdf", &[range.clone(), (header::IF_NONE_MATCH, "*")], (304, ""));
        check("index.html", std::slice::from_ref(&range), (206, "bytes 2-4/10"));
        check("index.html", &[range.clone(), encoded], (200, ""));
        // As browsers ask for parts of films.
        let plain = (header::ACCEPT_ENCODING, "identity;q=1, *;q=0");
        check("index.html", &[range, plain], (206, "bytes 2-4/10"));
    }

    #[test]
    fn what_may_change_again_in_the_same_second_has_no_date() {
        let written = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let check = |now: SystemTime, expected: bool| {
            assert_eq!(date(written, now).is_some(), expected);
        };
        check(written + Duration::from_millis(1_999), false);
        check(written + SETTLED, true);
        check(written - SETTLED, false);
    }

    #[test]
    fn only_plain_paths_name_files() {
        assert_eq!(site_path("/").as_deref(), Some("index.html"));
        assert_eq!(site_path("/a/b.html").as_deref(), Some("a/b.html"));
        assert_eq!(site_path("//a//").as_deref(), Some("a/index.html"));
        assert_eq!(site_path("/.well-known/a").as_deref(), Some(".well-known/a"));
        for path in [
            "/../etc/passwd",
            "/a/%2e%2e/b",
            "/.mcdewey",
            "/.htaccess",
            "/a\\b",
            "/a/./b",
            "/a/.well-known/b",
            "/.well-known/.b",
            "/a%00",
        ] {
            assert_eq!(site_path(path), None, "{path}");
        }
    }
}
