//! Text inside addresses: every byte but the plainest as `%` and two digits.
//!
//! In: text. Out: text that may stand in an address, and back. Knows no address.

use std::{borrow::Cow, fmt::Write};

pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// What was meant by an encoded text; what is no encoding stands for itself.
pub(crate) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = match (first, tail) {
            (b'%', [high, low, ..]) => hex_value(*high).zip(hex_value(*low)),
            _ => None,
        };
        bytes.push(digits.map_or(*first, |(high, low)| high << 4 | low));
        rest = if digits.is_some() { &tail[2..] } else { tail };
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn hex_value(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back() {
        for text in ["", "a::b::91", "15.0(1) SU2", "交换机/x", "%", "100%zz"] {
            assert_eq!(decoded(&encoded(text)), text);
        }
        assert_eq!(encoded("a::b c"), "a%3A%3Ab%20c");
        assert_eq!(decoded("%2e%2E%2f%00%"), "../\0%");
        assert_eq!(decoded("a%20b%2"), "a b%2");
        assert_eq!(decoded("%+5%-1"), "%+5%-1", "a sign is no digit");
    }
}
