//! The checksum behind what scripts open by themselves: the modules and the catalogue's data.
//!
//! In: bytes. Out: the same with FNV-1a-32 behind them, as `module.js` computes it.

/// The bytes with their checksum behind them.
pub(super) fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = fnv1a_32(&bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    bytes
}

fn fnv1a_32(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
