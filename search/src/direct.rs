//! Does a query name one thing of the library: a chunk by its id, a source by its path, a page by its address?
//!
//! In: what was typed or pasted. Out: the keys under which it may stand. Only what looks like such a name costs a look:
//! `std::vector` and `/api/users` do not.

use alloc::vec::Vec;

use crate::address::{chunk_key, source_key};
use crate::record::Placement;

/// How many folders a site may lie deep on its host for its addresses to be known.
const SITE_DEPTH_MAX: usize = 3;
const SOURCE_ENDS: [&[u8]; 6] = [b".md", b".markdown", b".mdx", b".txt", b".jsonl", b".json"];
const PAGE_END: &[u8] = b".html";
const READING_VIEW: &[u8] = b"read/";
const CHUNK_PLACE: &[u8] = b"c-";
const JOINT: &[u8] = b"::";
const HOST: &[u8] = b"://";

/// The keys of what a query may name, the likeliest first.
pub(crate) fn keys(query: &str) -> Vec<Vec<u8>> {
    let query = query.as_bytes().trim_ascii();
    let has_blank = query.iter().any(u8::is_ascii_whitespace);
    let file = before(query, b'#');
    if file.ends_with(PAGE_END) && !has_blank {
        addresses(query)
    } else if SOURCE_ENDS.iter().any(|end| query.ends_with(end)) && query.contains(&b'/') {
        Vec::from([source_key(query)])
    } else if !has_blank && is_id(query) {
        Vec::from([chunk_key(query)])
    } else {
        Vec::new()
    }
}

/// Whether a place is what a key names.
pub(crate) fn is_named(place: &Placement, key: &[u8]) -> bool {
    let [id, url, source] = [&place.id, &place.url, &place.source].map(|name| name.as_bytes());
    [chunk_key(id), chunk_key(url), source_key(source)].iter().any(|known| known == key)
}

/// Two joints, or one before a number: `guide::107`.
fn is_id(query: &[u8]) -> bool {
    let joints = query.windows(JOINT.len()).filter(|pair| *pair == JOINT).count();
    let own = query.iter().rposition(|byte| *byte == b':').map_or(0, |colon| colon + 1);
    let is_number = query.get(own).is_some_and(u8::is_ascii_digit);
    let has_sign = query.iter().any(|byte| b"\"<>()".contains(byte));
    let has_ends = !query.starts_with(JOINT) && own < query.len();
    has_ends && !has_sign && (joints > 1 || (joints == 1 && is_number))
}

/// The addresses that may be meant: the host goes, and folders that a site may lie in.
fn addresses(url: &[u8]) -> Vec<Vec<u8>> {
    let host = url.windows(HOST.len()).position(|signs| signs == HOST);
    let mut path = match host {
        Some(at) => after(&url[at + HOST.len()..]),
        None => {
            let first = url.iter().position(|byte| !b"./".contains(byte));
            &url[first.unwrap_or(0)..]
        }
    };
    let mut keys = Vec::from([address_key(path)]);
    for _ in 0..if host.is_some() { SITE_DEPTH_MAX } else { 0 } {
        path = after(path);
        if path.is_empty() {
            break;
        }
        keys.push(address_key(path));
    }
    keys
}

/// The key of a page; a place in a reading view is that of its chunk.
fn address_key(path: &[u8]) -> Vec<u8> {
    let file = before(path, b'#');
    let place = path.get(file.len() + 1..).unwrap_or_default();
    let chunk = file.strip_prefix(READING_VIEW).zip(place.strip_prefix(CHUNK_PLACE));
    let Some((file, own)) = chunk else { return chunk_key(file) };
    let file = file.strip_suffix(PAGE_END).unwrap_or(file);
    // A long source has several reading views: the second is `guide.2.html`.
    let digits = file.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let stem = file.len() - digits;
    let is_part = digits > 0 && file[..stem].ends_with(b".");
    let file = if is_part { &file[..stem - 1] } else { file };
    chunk_key(&[file, b"/", own].concat())
}

fn before(text: &[u8], sign: u8) -> &[u8] {
    &text[..text.iter().position(|byte| *byte == sign).unwrap_or(text.len())]
}

/// What stands after the first folder.
fn after(path: &[u8]) -> &[u8] {
    path.get(before(path, b'/').len() + 1..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: &[&[u8]]) {
        assert_eq!(keys(query), expected, "{query}");
    }

    #[test]
    fn names_of_chunks_and_sources_are_known() {
        check(" finesse::v12.5::Guide::91 ", &[b"\x01finesse/v12.5/guide/91"]);
        check("guide::107", &[b"\x01guide/107"]);
        check("a/b/91.html", &[b"\x01a/b/91"]);
        check("../../a/91.html", &[b"\x01a/91"]);
        check("https://host/a/91.html#x", &[b"\x01a/91", b"\x0191"]);
        check("read/a/b.2.html#c-91", &[b"\x01a/b/91"]);
        check("Cisco/Finesse 12/Guide one.md", &[b"\x02Cisco/Finesse 12/Guide one.md"]);
    }

    #[test]
    fn words_and_identifiers_are_not() {
        for words in [
            "",
            "send dtmf",
            "std::vector",
            "/finesse/api/Dialog",
            "https://host/api",
            "README.md",
            "a::",
            "::1",
            "std::vector<int> a::b::c",
            "12:30",
            "index.html page",
        ] {
            check(words, &[]);
        }
    }
}
