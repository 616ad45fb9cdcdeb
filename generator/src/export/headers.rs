//! What a host must be told so that a site is fetched once, never stale, never touched: headers of cache, security and type.
//!
//! In: the kind of host and the path below which the site stands. Out: a piece of its configuration, ready to include. The same as
//! `mcdewey serve` sends. Knows no site: every site of ours is laid out alike.

use clap::ValueEnum;

use crate::{
    media,
    serve::files::{CACHE_ASK, CACHE_FOREVER, DRAWING_POLICY, SECURITY},
};

/// Hosts whose configuration is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Host {
    /// A snippet to include in a `server` block.
    Nginx,
    /// A .htaccess, or the inside of a <Directory>; needs mod_headers.
    Apache,
    /// A snippet to import into a site block.
    Caddy,
    /// A file _headers at the site's root: Netlify, Cloudflare Pages.
    Netlify,
}

/// Folders in which every file is named by its content, as hosts with patterns of their own are told.
const HASHED: [&str; 4] = ["assets/*", "files/*", "search/*/*", "offline/*.pack"];
/// The same as a regular expression behind the site's path.
const HASHED_PATTERN: &str = "(assets/|files/|search/[^/]+/|offline/[^/]+\\.pack$)";

/// Drawings of the library, behind the site's path; and as hosts with patterns of their own are told.
const DRAWING_PATTERN: &str = "files/[^/]+\\.svg$";
const DRAWINGS: &str = "files/*.svg";
/// What carries deflated bytes, behind the site's path: to compress it again is work for nothing. Modules are left to the host.
const SHARD_PATTERN: &str = "search/.*\\.js$";
/// What else is worth compressing, besides pages.
const COMPRESSED: &str =
    "text/css text/javascript application/json image/svg+xml application/manifest+json";

/// The configuration of a host for sites below `at`, which begins and ends with a slash.
pub(crate) fn settings(host: Host, at: &str) -> String {
    match host {
        Host::Nginx => nginx(at),
        Host::Apache => apache(at),
        Host::Caddy => caddy(at),
        Host::Netlify => netlify(at),
    }
}

/// nginx inherits no `add_header` into a block that has one: a map says it all at one level.
fn nginx(at: &str) -> String {
    let lines: String = SECURITY
        .iter()
        .map(|(name, value)| format!("    add_header {name} \"{value}\" always;\n"))
        .collect();
    let at_pattern = pattern(at);
    format!(
        "# In http {{ }}: which files may be kept for ever.\n\
         map $uri $mcdewey_cache {{\n    default \"{CACHE_ASK}\";\n    \"~^{at_pattern}{HASHED_PATTERN}\" \"{CACHE_FOREVER}\";\n}}\n\
         # And what drawings may do, beside what all files may: nothing.\n\
         map $uri $mcdewey_drawing {{\n    default \"\";\n    \"~^{at_pattern}{DRAWING_PATTERN}\" \"{DRAWING_POLICY}\";\n}}\n\n\
         # In server {{ }}, beside root:\n\
         location {at} {{\n    index index.html;\n    error_page 404 {at}404.html;\n    gzip on;\n    \
         gzip_vary on;\n    gzip_comp_level 6;\n    \
         gzip_types {COMPRESSED};\n    \
         # Shards carry bytes that are deflated already and that no character set may touch.\n    \
         location ~ ^{at_pattern}{SHARD_PATTERN} {{ gzip off; }}\n    \
         charset utf-8;\n    charset_types text/css text/plain;\n    types {{\n{}    }}\n\
         {lines}    add_header Content-Security-Policy $mcdewey_drawing always;\n    \
         add_header Cache-Control $mcdewey_cache;\n}}\n",
        nginx_types()
    )
}

/// All types: nginx knows none beside those that a block names.
fn nginx_types() -> String {
    let lines = types().map(|(name, endings)| format!("        {name} {};\n", endings.join(" ")));
    lines.collect()
}

/// Types without their character set, which hosts are told apart, and what names end in that have them.
fn types() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    let bare = |media_type: &'static str| media_type.split(';').next().unwrap_or(media_type);
    media::KINDS.iter().map(move |kind| (bare(kind.media_type), kind.endings))
}

fn apache(at: &str) -> String {
    let lines: String = SECURITY
        .iter()
        .map(|(name, value)| format!("Header always set {name} \"{value}\"\n"))
        .collect();
    let at_pattern = pattern(at);
    let dotted = |endings: &[&str]| format!(".{}", endings.join(" ."));
    let texts = dotted(media::texts());
    let types: String =
        types().map(|(name, endings)| format!("AddType {name} {}\n", dotted(endings))).collect();
    format!(
        "ErrorDocument 404 {at}404.html\nDirectoryIndex index.html\nAddDefaultCharset off\n\
         {types}AddCharset utf-8 .html .css {texts}\n\
         # Shards carry bytes that are deflated already and that no character set may touch.\nRemoveCharset .js\n\
         SetEnvIf Request_URI \"^{at_pattern}{SHARD_PATTERN}\" no-gzip no-brotli\n\
         <IfModule mod_brotli.c>\n    AddOutputFilterByType BROTLI_COMPRESS text/html {COMPRESSED}\n</IfModule>\n\
         <IfModule mod_deflate.c>\n    AddOutputFilterByType DEFLATE text/html {COMPRESSED}\n</IfModule>\n{lines}\
         Header set Cache-Control \"{CACHE_ASK}\"\n\
         <If \"%{{REQUEST_URI}} =~ m#^{at_pattern}{HASHED_PATTERN}#\">\n    Header set Cache-Control \"{CACHE_FOREVER}\"\n</If>\n\
         <If \"%{{REQUEST_URI}} =~ m#^{at_pattern}{DRAWING_PATTERN}#\">\n    Header always add Content-Security-Policy \"{DRAWING_POLICY}\"\n</If>\n"
    )
}

fn caddy(at: &str) -> String {
    let lines: String =
        SECURITY.iter().map(|(name, value)| format!("    {name} \"{value}\"\n")).collect();
    let at_pattern = pattern(at);
    format!(
        "@mcdewey_hashed path_regexp ^{at_pattern}{HASHED_PATTERN}\n\
         @mcdewey_drawing path_regexp ^{at_pattern}{DRAWING_PATTERN}\n\
         @mcdewey_script path_regexp ^{at_pattern}.*\\.js$\n\
         header {at}* {{\n{lines}    Cache-Control \"{CACHE_ASK}\"\n}}\n\
         header @mcdewey_hashed Cache-Control \"{CACHE_FOREVER}\"\n\
         header @mcdewey_drawing +Content-Security-Policy \"{DRAWING_POLICY}\"\n\
         # Shards carry bytes that are deflated already and that no character set may touch.\n\
         header @mcdewey_script {{\n    Content-Type text/javascript\n    defer\n}}\n\
         @mcdewey_plain not path_regexp ^{at_pattern}{SHARD_PATTERN}\n\
         encode @mcdewey_plain zstd gzip\n\
         handle_errors {{\n    @mcdewey_missing expression {{err.status_code}} == 404\n    \
         rewrite @mcdewey_missing {at}404.html\n    file_server\n}}\n"
    )
}

/// There, what several rules set is joined: so each kind of file is named by rules that do not meet. Policies joined are all kept to.
fn netlify(at: &str) -> String {
    let mut text = format!("{at}*\n");
    for (name, value) in SECURITY {
        text.push_str(&format!("  {name}: {value}\n"));
    }
    text.push_str(&format!("{at}{DRAWINGS}\n  Content-Security-Policy: {DRAWING_POLICY}\n"));
    for folder in HASHED {
        text.push_str(&format!("{at}{folder}\n  Cache-Control: {CACHE_FOREVER}\n"));
    }
    for fixed in FIXED {
        text.push_str(&format!("{at}{fixed}\n  Cache-Control: {CACHE_ASK}\n"));
    }
    text
}

/// What is not named by its content, as far as it is not asked for anew by default.
const FIXED: [&str; 6] = [
    "search/root.js",
    "search/catalogue.js",
    "search/library.json",
    "offline/list.json",
    "sw.js",
    "app.webmanifest",
];

/// A path as a regular expression: dots are the only signs of an address that mean something there.
fn pattern(at: &str) -> String {
    at.replace('.', "\\.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_host_is_told_of_cache_type_and_security() {
        for host in Host::value_variants() {
            let text = settings(*host, "/docs/");
            let said = SECURITY.iter().flat_map(|(name, value)| [*name, *value]);
            for part in said.chain([CACHE_FOREVER, CACHE_ASK, DRAWING_POLICY, "/docs/files/"]) {
                assert!(text.contains(part), "{host:?} lacks {part}:\n{text}");
            }
            // One compresses all by itself; the others are told to, and to leave shards alone.
            let compresses = text.contains(&format!("^/docs/{SHARD_PATTERN}"));
            assert_eq!(compresses, *host != Host::Netlify, "{host:?}:\n{text}");
        }
    }

    #[test]
    fn texts_are_utf8_as_the_server_says() {
        for ending in media::texts() {
            let charset = format!(" .{ending}");
            let apache = settings(Host::Apache, "/");
            let line = apache.lines().find(|line| line.starts_with("AddCharset utf-8")).unwrap();
            assert!(line.contains(&charset), "{line}");
        }
        assert!(settings(Host::Nginx, "/").contains("charset_types text/css text/plain;"));
    }

    #[test]
    fn hosts_that_are_told_types_are_told_all_of_them() {
        let (nginx, apache) = (settings(Host::Nginx, "/"), settings(Host::Apache, "/"));
        for ending in crate::files::KINDS {
            let media_type = media::media_type(&format!("files/1.{ending}"));
            let name = media_type.split(';').next().unwrap();
            let has = |text: &str, ending: &str| {
                let mut lines = text.lines().filter(|line| line.contains(&format!("{name} ")));
                lines.any(|line| line.trim_end_matches(';').split(' ').any(|word| word == ending))
            };
            assert!(has(&nginx, ending), "{ending}:\n{nginx}");
            assert!(has(&apache, &format!(".{ending}")), "{ending}:\n{apache}");
        }
    }

    #[test]
    fn the_pattern_and_the_server_agree_on_what_is_a_drawing() {
        let pattern = regex::Regex::new(&format!("^/{DRAWING_PATTERN}")).unwrap();
        for (path, expected) in [
            ("files/1.svg", true),
            ("files/1.pdf", false),
            ("files/1.svg.zip", false),
            ("assets/icon.1.svg", false),
            ("a/files/1.svg", false),
        ] {
            assert_eq!(pattern.is_match(&format!("/{path}")), expected, "{path}");
            assert_eq!(crate::serve::files::is_drawing(path), expected, "{path}");
        }
    }

    #[test]
    fn the_pattern_and_the_server_agree_on_what_is_hashed() {
        let pattern = regex::Regex::new(&format!("^/{HASHED_PATTERN}")).unwrap();
        let hashed =
            ["assets/a.1.js", "files/1.png", "search/w/1.js", "search/t/1/2.js", "offline/1.pack"];
        let fixed = FIXED.into_iter().chain(["index.html", "a/search/w/b.html", "offline.html"]);
        let paths = hashed.map(|path| (path, true)).into_iter();
        for (path, is_hashed) in paths.chain(fixed.map(|path| (path, false))) {
            assert_eq!(pattern.is_match(&format!("/{path}")), is_hashed, "{path}");
            assert_eq!(crate::serve::files::is_hashed(path), is_hashed, "{path}");
        }
    }
}
