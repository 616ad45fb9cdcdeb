//! Under which key is a chunk found by its id or address, and a source by its path? Keys that no word has.
//!
//! In: an id, an address or a path. Out: a key for the shards of words, where such keys stand before all words.

use alloc::vec::Vec;

const CHUNK: u8 = 1;
const SOURCE: u8 = 2;

/// The key of a chunk by its id or by the address of its page: mostly they are the same but for the signs between their parts.
pub(crate) fn chunk_key(address: &str) -> Vec<u8> {
    let address = address.strip_suffix(".html").unwrap_or(address);
    let mut key = Vec::from([CHUNK]);
    let mut is_second_colon = false;
    for byte in address.bytes() {
        if is_second_colon && byte == b':' {
            key.pop();
            key.push(b'/');
            is_second_colon = false;
        } else {
            key.push(byte.to_ascii_lowercase());
            is_second_colon = byte == b':';
        }
    }
    key
}

/// The key of a source by its path.
pub(crate) fn source_key(path: &str) -> Vec<u8> {
    let mut key = Vec::from([SOURCE]);
    key.extend_from_slice(path.as_bytes());
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_addresses_meet() {
        assert_eq!(chunk_key("Finesse::v12.5::Guide::91"), b"\x01finesse/v12.5/guide/91");
        assert_eq!(chunk_key("finesse/v12.5/guide/91.html"), b"\x01finesse/v12.5/guide/91");
        assert_eq!(source_key("a/B.md"), b"\x02a/B.md");
    }
}
