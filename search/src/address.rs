//! Under which key is a chunk found by its id or address, a source by its path, and what stands on a page by the page's number
//! or label? Keys that no word has.
//!
//! In: an id, an address, a path or a label. Out: a key for the shards of words, where such keys stand before all words.

use alloc::string::String;
use alloc::vec::Vec;

const CHUNK: u8 = 1;
const SOURCE: u8 = 2;
const PAGE: u8 = 3;

/// The key of a chunk by its id or by the address of its page: mostly they are the same but for the signs between their parts.
pub(crate) fn chunk_key(address: &[u8]) -> Vec<u8> {
    let address = address.strip_suffix(b".html").unwrap_or(address);
    let mut key = Vec::from([CHUNK]);
    let mut is_second_colon = false;
    for byte in address.iter().copied() {
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
pub(crate) fn source_key(path: &[u8]) -> Vec<u8> {
    let mut key = Vec::from([SOURCE]);
    key.extend_from_slice(path);
    key
}

/// The key of a page by its number or its printed label.
pub(crate) fn page_key(label: &str) -> Vec<u8> {
    let mut key = Vec::from([PAGE]);
    key.extend(label.trim().bytes().map(|byte| byte.to_ascii_lowercase()));
    key
}

/// A number as it is printed.
pub(crate) fn decimal(number: u32) -> String {
    let mut digits = if number > 9 { decimal(number / 10) } else { String::new() };
    digits.push(char::from(b'0' + (number % 10) as u8));
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_addresses_meet() {
        assert_eq!(chunk_key(b"Finesse::v12.5::Guide::91"), b"\x01finesse/v12.5/guide/91");
        assert_eq!(chunk_key(b"finesse/v12.5/guide/91.html"), b"\x01finesse/v12.5/guide/91");
        assert_eq!(source_key(b"a/B.md"), b"\x02a/B.md");
        assert_eq!(page_key("XIV "), b"\x03xiv");
        assert_eq!(page_key(&decimal(1070)), b"\x031070");
    }
}
