//! The carrier of binary data that every browser loads from every place: a classic script.
//!
//! In: an id and raw bytes. Out: `__s("id",length,"...")`, where the string is a mask and the deflated bytes, each by
//! exclusive or with the mask, one character a byte, with only the backslash, the quote and the two line ends escaped; and back.
//! A script tag loads it from disk; over HTTP it is fetched as bytes. Knows nothing of what it carries.

use std::{cell::RefCell, iter};

use anyhow::{Result, bail};
use libdeflater::{CompressionLvl, Compressor, Decompressor};

/// High enough that more effort, at twice the time and more, gains less than one per cent.
const LEVEL: i32 = 6;
/// For what has its long repeats taken out already, so that less is left for effort to find: an eighth less time.
const SOON_LEVEL: i32 = 5;
/// For telling how large something will be.
const QUICK_LEVEL: i32 = 1;
/// What is left of quick effort's bytes by full effort, escapes included; measured on shards of words.
const QUICK_TO_FULL: (usize, usize) = (11, 12);
/// No file of ours inflates to more; a longer one is corrupt.
const RAW_MAX_BYTES: usize = 256 << 20;

/// Packs `raw` as a script that hands it to `__s` under `id`.
pub(crate) fn pack(id: &str, raw: &[u8]) -> Vec<u8> {
    let deflated = FULL.with_borrow_mut(|compressor| deflate(compressor, raw));
    script(id, raw, &deflated, mask(&deflated))
}

/// `raw` without its repeats, at less effort than a script's.
pub(crate) fn deflated_soon(raw: &[u8]) -> Vec<u8> {
    SOON.with_borrow_mut(|compressor| deflate(compressor, raw))
}

/// Packs `raw` likewise, but leaves it to the host to compress it, which does it better: of code, brotli leaves an eighth less than
/// deflate, but nothing of what is deflated already. Where a host does not compress, this is twice as much.
pub(crate) fn pack_for_host(id: &str, raw: &[u8]) -> Vec<u8> {
    script(id, raw, &stored(raw), MODULE_MASK)
}

/// Of the bytes that must be escaped some are among the commonest of a module's, and escapes are in the way of a host's compression. By
/// this mask they are rare ones; of all 256 it leaves the fewest bytes after brotli, 1.6 KB less than none.
const MODULE_MASK: u8 = 0xdf;

/// What a script's string must escape, and a host that takes scripts for text must not change.
const ESCAPED: [u8; 4] = [b'\\', b'"', b'\n', b'\r'];

fn script(id: &str, raw: &[u8], deflated: &[u8], mask: u8) -> Vec<u8> {
    let mut script = Vec::with_capacity(deflated.len() + deflated.len() / 32 + 64);
    script.extend_from_slice(format!("__s(\"{id}\",{},\"", raw.len()).as_bytes());
    for byte in iter::once(mask).chain(deflated.iter().map(|byte| byte ^ mask)) {
        match byte {
            b'\n' => script.extend_from_slice(b"\\n"),
            b'\r' => script.extend_from_slice(b"\\r"),
            byte if ESCAPED.contains(&byte) => script.extend_from_slice(&[b'\\', byte]),
            byte => script.push(byte),
        }
    }
    script.extend_from_slice(b"\")");
    script
}

/// The mask that leaves the fewest bytes to escape: of deflated bytes two thirds of what none does.
fn mask(bytes: &[u8]) -> u8 {
    let mut counts = [0usize; 256];
    bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let escapes = |mask| ESCAPED.iter().map(|byte| counts[usize::from(byte ^ mask)]).sum::<usize>();
    (0..=u8::MAX).min_by_key(|mask| escapes(*mask)).unwrap_or_default()
}

/// The raw bytes that a script carries under `id`.
pub(crate) fn unpack(id: &str, script: &[u8]) -> Result<Vec<u8>> {
    let Some((length_bytes, escaped)) = split(id, script) else {
        bail!("not a file of this search index (expected it to start with __s(\"{id}\", ...)");
    };
    let masked = unescape(escaped);
    let (mask, masked) = masked.split_first().unwrap_or((&0, &[]));
    let deflated: Vec<u8> = masked.iter().map(|byte| byte ^ mask).collect();
    let mut raw = vec![0; length_bytes];
    match Decompressor::new().deflate_decompress(&deflated, &mut raw) {
        Ok(written) if written == raw.len() => Ok(raw),
        _ => bail!(
            "the file is cut short or damaged, or another version wrote it: build the site again"
        ),
    }
}

/// About the size that `raw` takes on disk. To know it to the byte would be to compress everything twice at full effort.
pub(crate) fn packed_bytes(raw: &[u8]) -> usize {
    let deflated = QUICK.with_borrow_mut(|compressor| deflate(compressor, raw));
    deflated.len() * QUICK_TO_FULL.0 / QUICK_TO_FULL.1
}

thread_local! {
    // Their tables are large: to make them anew for every block of texts would cost as much as to fill them.
    static FULL: RefCell<Compressor> = compressor(LEVEL);
    static SOON: RefCell<Compressor> = compressor(SOON_LEVEL);
    static QUICK: RefCell<Compressor> = compressor(QUICK_LEVEL);
}

fn compressor(level: i32) -> RefCell<Compressor> {
    let level = CompressionLvl::new(level).expect("the level is one that the library has");
    RefCell::new(Compressor::new(level))
}

fn deflate(compressor: &mut Compressor, raw: &[u8]) -> Vec<u8> {
    let mut deflated = vec![0; compressor.deflate_compress_bound(raw.len())];
    let length_bytes =
        compressor.deflate_compress(raw, &mut deflated).expect("the bound leaves room");
    deflated.truncate(length_bytes);
    deflated
}

/// A deflate stream that says every byte as it is: blocks of a head and as many bytes as a head can count.
fn stored(raw: &[u8]) -> Vec<u8> {
    let blocks: Vec<&[u8]> = raw.chunks(usize::from(u16::MAX)).collect();
    let mut out = Vec::with_capacity(raw.len() + 5 * blocks.len());
    for (idx, block) in blocks.iter().enumerate() {
        let length_bytes = block.len() as u16;
        out.push(u8::from(idx + 1 == blocks.len()));
        out.extend_from_slice(&length_bytes.to_le_bytes());
        out.extend_from_slice(&(!length_bytes).to_le_bytes());
        out.extend_from_slice(block);
    }
    out
}

fn split<'a>(id: &str, script: &'a [u8]) -> Option<(usize, &'a [u8])> {
    let rest = script.strip_prefix(format!("__s(\"{id}\",").as_bytes())?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let length: usize = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
    let escaped = rest[digits..].strip_prefix(b",\"")?.strip_suffix(b"\")")?;
    (length <= RAW_MAX_BYTES).then_some((length, escaped))
}

fn unescape(escaped: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(escaped.len());
    let mut rest = escaped.iter();
    while let Some(&byte) = rest.next() {
        let byte = match byte {
            b'\\' => match rest.next() {
                Some(b'n') => b'\n',
                Some(b'r') => b'\r',
                Some(&other) => other,
                None => break,
            },
            byte => byte,
        };
        bytes.push(byte);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back() {
        let raw: Vec<u8> = (0..=255).chain([13, 10, 0, 92, 34]).collect();
        let script = pack("t/9f/3", &raw);
        assert!(!script.contains(&b'\n') && !script.contains(&b'\r'));
        assert_eq!(unpack("t/9f/3", &script).unwrap(), raw);
        assert_eq!(unpack("x", &pack("x", b"")).unwrap(), b"");
    }

    #[test]
    fn few_bytes_are_escaped() {
        let mut state = 7u32;
        let raw: Vec<u8> = iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(4096)
        .collect();
        let unescaped = stored(&raw).len() + r#"__s("x",4096,"?")"#.len();
        let escapes = pack("x", &raw).len() - unescaped;
        assert!(escapes < 4096 / 80, "without a mask it is one of 64: {escapes}");
    }

    #[test]
    fn what_the_host_compresses_comes_back_and_lies_there_as_it_is() {
        let raw: Vec<u8> = (0..200_000u32).map(|number| (number * 31 % 251) as u8).collect();
        let script = pack_for_host("engine", &raw);
        assert_eq!(unpack("engine", &script).unwrap(), raw);
        assert!(script.len() > raw.len());
    }

    #[test]
    fn a_damaged_script_is_an_error_at_every_length() {
        let script = pack("w/1", &[7; 1000]);
        for length in 0..script.len() {
            assert!(unpack("w/1", &script[..length]).is_err());
        }
        assert!(unpack("w/2", &script).is_err());
        assert!(unpack("w/1", b"<!doctype html><title>404</title>").is_err());
    }
}
