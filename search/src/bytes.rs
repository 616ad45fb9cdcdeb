//! Small pieces of every record: varints, fixed integers, counted strings, and a cursor that never reads past the end.
//!
//! In: bytes. Out: numbers and slices, or `None` at the first byte that is missing. Knows no record.

use alloc::string::String;
use alloc::vec::Vec;

/// Appends seven bits a byte, lowest first; the high bit says that more follow.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a length and that many bytes.
pub(crate) fn put_counted(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u32);
    out.extend_from_slice(bytes);
}

/// How many bytes two strings share at their beginning.
pub(crate) fn shared_prefix_bytes(left: &[u8], right: &[u8]) -> usize {
    left.iter().zip(right).take_while(|(left, right)| left == right).count()
}

/// Reads forward through bytes. After the first `None` nothing that it says means anything.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { rest: bytes }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// All that was not read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    pub(crate) fn varint(&mut self) -> Option<u32> {
        let mut value = 0u32;
        for shift in (0..35).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            let bits = u32::from(byte & 0x7f);
            if shift == 28 && bits > 0xf {
                return None;
            }
            value |= bits << shift;
            if *byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    pub(crate) fn counted(&mut self) -> Option<&'a [u8]> {
        let count = self.varint()? as usize;
        self.take(count)
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        self.text_here().map(String::from)
    }

    /// A text where it stands.
    pub(crate) fn text_here(&mut self) -> Option<&'a str> {
        core::str::from_utf8(self.counted()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn check(value: u32, expected: &[u8]) {
        let mut out = Vec::new();
        put_varint(&mut out, value);
        assert_eq!(out, expected);
        let mut cursor = Cursor::new(&out);
        assert_eq!(cursor.varint(), Some(value));
        assert!(cursor.is_at_end());
        for cut in 0..out.len() {
            assert_eq!(Cursor::new(&out[..cut]).varint(), None);
        }
    }

    #[test]
    fn varints() {
        check(0, &[0]);
        check(127, &[127]);
        check(128, &[0x80, 1]);
        check(u32::MAX, &[0xff, 0xff, 0xff, 0xff, 0x0f]);
    }

    #[test]
    fn a_varint_that_is_too_long_is_none() {
        assert_eq!(Cursor::new(&[0xff, 0xff, 0xff, 0xff, 0x1f]).varint(), None);
        assert_eq!(Cursor::new(&[0x80; 9]).varint(), None);
    }

    #[test]
    fn a_count_past_the_end_is_none() {
        let mut out = vec![];
        put_counted(&mut out, b"abc");
        assert_eq!(Cursor::new(&out).counted(), Some(&b"abc"[..]));
        assert_eq!(Cursor::new(&out[..3]).counted(), None);
    }
}
