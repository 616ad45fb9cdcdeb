//! Many pages in one file: what a reader who saves a guide fetches in place of its pages.
//!
//! In: pages by address. Out: one deflated file, and back to the very same pages. Pages repeat each other: the frame stands in all, and a
//! passage stands in its own page and in the reading view. Deflate sees no further than 32 KB, so what was written before in
//! whole lines is copied from there first, with what is the same just before and behind them. `static/sw.js` opens what is written here. Knows no page's meaning.
//!
//! ```text
//! bundle = deflated: head length(u32) head literals
//! head   = JSON: {"pages":[[url, bytes], ...], "copies":[literals before, from, bytes, ...]}
//! ```
//! The pages stand one after the other; each copy is of `bytes` bytes that stand `from` bytes after the beginning of the first page.

use std::collections::hash_map::Entry;

use anyhow::{Context, Result, bail};
use libdeflater::Decompressor;
use serde::{Deserialize, Serialize};

use crate::{carrier::deflated_soon, hashes::ByHash};

/// To name a copy costs some bytes: a shorter one is left to deflate.
const COPY_BYTES_MIN: usize = 40;
/// No bundle of ours holds more; a longer one is damaged.
const RAW_MAX_BYTES: usize = 1 << 30;

#[derive(Default, Serialize, Deserialize)]
struct Head {
    pages: Vec<(String, usize)>,
    copies: Vec<usize>,
}

/// Packs pages.
pub(super) fn pack(pages: &[(String, Vec<u8>)]) -> Result<Vec<u8>> {
    let text: Vec<u8> = pages.iter().map(|(_, bytes)| &bytes[..]).collect::<Vec<_>>().concat();
    let (copies, literals) = without_repeats(&text);
    let pages = pages.iter().map(|(url, bytes)| (url.clone(), bytes.len())).collect();
    let head = serde_json::to_vec(&Head { pages, copies })?;
    let mut raw = (head.len() as u32).to_le_bytes().to_vec();
    raw.extend_from_slice(&head);
    raw.extend_from_slice(&literals);
    Ok(deflated_soon(&raw))
}

/// The pages of a bundle.
pub(super) fn unpack(file: &[u8]) -> Result<Vec<(String, Vec<u8>)>> {
    let raw = inflated(file)?;
    let (length, rest) = raw.split_first_chunk::<4>().context("the bundle is cut short")?;
    let (head, literals) = rest
        .split_at_checked(u32::from_le_bytes(*length) as usize)
        .context("the bundle is cut short")?;
    let head: Head = serde_json::from_slice(head).context("the bundle is damaged")?;
    let text = with_repeats(&head.copies, literals).context("the bundle is damaged")?;
    let mut rest = &text[..];
    let mut pages = Vec::with_capacity(head.pages.len());
    for (url, bytes) in head.pages {
        let (page, behind) = rest.split_at_checked(bytes).context("the bundle is damaged")?;
        pages.push((url, page.to_vec()));
        rest = behind;
    }
    Ok(pages)
}

/// Runs of lines that stood before become copies, with what is the same before and behind them; the rest are literals.
fn without_repeats(text: &[u8]) -> (Vec<usize>, Vec<u8>) {
    let starts = line_starts(text);
    let mut known = ByHash::<usize>::default();
    let (mut copies, mut literals) = (Vec::new(), Vec::new());
    let (mut at, mut copied_to) = (0, 0usize);
    while at + 1 < starts.len() {
        let line = &text[starts[at]..starts[at + 1]];
        let place = known.entry(xxhash_rust::xxh3::xxh3_64(line));
        let before = if let Entry::Occupied(place) = &place { *place.get() } else { at };
        // No copy reaches into itself.
        let (first, second) = text[starts[before]..].split_at(starts[at] - starts[before]);
        let same_bytes = common(first, second);
        let run = starts[at + 1..].partition_point(|start| *start <= starts[at] + same_bytes);
        if starts[at + run] - starts[at] < COPY_BYTES_MIN {
            // The nearest of several equal lines has most in common with what follows.
            place.insert_entry(at);
            at += 1;
            continue;
        }
        // The copy before may end within the line.
        let done_bytes = copied_to.saturating_sub(starts[at]);
        let (begin, from) = (starts[at] + done_bytes, starts[before] + done_bytes);
        let room_bytes = starts[at] - starts[before] - same_bytes;
        let back_bytes = common_at_end(&text[copied_to..begin], &text[..from]);
        let back_bytes = back_bytes.min(done_bytes + room_bytes);
        let begin = begin - back_bytes;
        literals.extend_from_slice(&text[copied_to..begin]);
        let end = starts[at] + same_bytes;
        copies.extend([begin - copied_to, from - back_bytes, end - begin]);
        copied_to = end;
        at += run;
    }
    literals.extend_from_slice(&text[copied_to..]);
    (copies, literals)
}

/// Where each line begins, and where the last ends.
fn line_starts(text: &[u8]) -> Vec<usize> {
    let ends = memchr::memchr_iter(b'\n', text).map(|at| at + 1);
    let mut starts: Vec<usize> = std::iter::once(0).chain(ends).collect();
    if starts.last() != Some(&text.len()) {
        starts.push(text.len());
    }
    starts
}

/// With how many equal bytes both begin.
fn common(left: &[u8], right: &[u8]) -> usize {
    const BLOCK: usize = 32;
    let blocks = left.as_chunks::<BLOCK>().0.iter().zip(right.as_chunks::<BLOCK>().0);
    let whole = blocks.take_while(|(left, right)| left == right).count() * BLOCK;
    let rest = left[whole..].iter().zip(&right[whole..]);
    whole + rest.take_while(|(left, right)| left == right).count()
}

/// With how many equal bytes both end.
fn common_at_end(left: &[u8], right: &[u8]) -> usize {
    left.iter().rev().zip(right.iter().rev()).take_while(|(left, right)| left == right).count()
}

fn with_repeats(copies: &[usize], mut literals: &[u8]) -> Option<Vec<u8>> {
    let mut text: Vec<u8> = Vec::with_capacity(literals.len());
    for copy in copies.chunks(3) {
        let [plain, from, bytes] = copy.try_into().ok()?;
        let (now, rest) = literals.split_at_checked(plain)?;
        text.extend_from_slice(now);
        literals = rest;
        let end = from.checked_add(bytes).filter(|end| *end <= text.len())?;
        if text.len() + bytes > RAW_MAX_BYTES {
            return None;
        }
        text.extend_from_within(from..end);
    }
    text.extend_from_slice(literals);
    Some(text)
}

/// Deflate does not tell how long its text is: the room is doubled until it fits.
fn inflated(file: &[u8]) -> Result<Vec<u8>> {
    let mut room = file.len().saturating_mul(8).max(1 << 16);
    while room <= RAW_MAX_BYTES {
        let mut raw = vec![0; room];
        match Decompressor::new().deflate_decompress(file, &mut raw) {
            Ok(bytes) => {
                raw.truncate(bytes);
                return Ok(raw);
            }
            Err(libdeflater::DecompressionError::InsufficientSpace) => room *= 2,
            Err(_) => bail!("the bundle is damaged"),
        }
    }
    bail!("the bundle is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(texts: &[&str]) -> Vec<(String, Vec<u8>)> {
        let page = |(at, text): (usize, &&str)| (format!("{at}.html"), text.as_bytes().to_vec());
        texts.iter().enumerate().map(page).collect()
    }

    #[test]
    fn pages_come_back_to_the_byte() {
        let frame = "<!doctype html>\n<html>\n<head>a long head that stands in every page</head>\n";
        let (one, two) = (format!("{frame}one\n</html>\n"), format!("{frame}two\n</html>"));
        let both = format!("{frame}one\ntwo\n</html>\n");
        let repeated = "the very same line, again and again and again\n".repeat(50);
        let (left, right) = (format!("{repeated}left"), format!("{repeated}right\n{repeated}"));
        for texts in [
            &[][..],
            &[""],
            &["\n"],
            &["no end"],
            &[&one, &two, &both],
            &[&repeated, &repeated],
            &[&left, &right, &left],
        ] {
            let pages = pages(texts);
            assert_eq!(unpack(&pack(&pages).unwrap()).unwrap(), pages);
        }
    }

    #[test]
    fn what_stood_far_before_costs_next_to_nothing() {
        let line = |at: u32| format!("{:016x}\n", xxhash_rust::xxh3::xxh3_64(&at.to_le_bytes()));
        let text: String = (0..20_000).map(line).collect();
        let once = pack(&pages(&[&text])).unwrap().len();
        let twice = pack(&pages(&[&text, &text])).unwrap().len();
        assert!(twice < once + 100, "{once} bytes once, {twice} twice");
    }

    #[test]
    fn a_damaged_bundle_is_an_error() {
        let file = pack(&pages(&["one line and another\n", "one line and another\n"])).unwrap();
        for bytes in 0..file.len() {
            assert!(unpack(&file[..bytes]).is_err());
        }
        let raw = |head: &str| {
            deflated_soon(
                &[&(head.len() as u32).to_le_bytes()[..], head.as_bytes(), b"ab"].concat(),
            )
        };
        for head in [
            "{}",
            r#"{"pages":[["a",9]],"copies":[]}"#,
            r#"{"pages":[],"copies":[0,1,9]}"#,
            r#"{"pages":[],"copies":[9]}"#,
        ] {
            assert!(unpack(&raw(head)).is_err(), "{head}");
        }
    }
}
