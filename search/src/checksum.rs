//! FNV-1a-64: finds files that were cut, changed or swapped, and names shards by their content.
//!
//! In: an id and bytes. Out: the same bytes with their checksum, or without it once it was checked. No defence against
//! forgery: whoever can write the shards can write the pages too.

use alloc::vec::Vec;

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;
const CHECKSUM_BYTES: usize = 8;

/// The checksum of the id and the bytes together.
pub(crate) fn checksum(id: &str, bytes: &[u8]) -> u64 {
    continued(continued(OFFSET, id.as_bytes()), bytes)
}

/// Appends the checksum.
pub(crate) fn sealed(id: &str, mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = checksum(id, &bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    bytes
}

/// The bytes without their checksum, if it is theirs and this id's.
pub(crate) fn unsealed<'a>(id: &str, bytes: &'a [u8]) -> Option<&'a [u8]> {
    let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(CHECKSUM_BYTES)?)?;
    (checksum(id, body).to_le_bytes() == sum).then_some(body)
}

/// Four bytes that name these bytes.
pub(crate) fn name(bytes: &[u8]) -> u32 {
    name_of(checksum("", bytes))
}

/// Four bytes that name bytes of this checksum, mixed from all eight.
pub(crate) fn name_of(sum: u64) -> u32 {
    (sum ^ (sum >> 32)) as u32
}

fn continued(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        assert_eq!(checksum("", b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(checksum("", b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(checksum("foo", b"bar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn what_is_cut_changed_or_swapped_is_found() {
        let whole = sealed("w/1", b"payload".to_vec());
        assert_eq!(unsealed("w/1", &whole), Some(&b"payload"[..]));
        assert_eq!(unsealed("w/2", &whole), None);
        for cut in 0..whole.len() {
            assert_eq!(unsealed("w/1", &whole[..cut]), None);
            let mut changed = whole.clone();
            changed[cut] ^= 1;
            assert_eq!(unsealed("w/1", &changed), None);
        }
    }
}
