//! Bytes to text.
//!
//! In: the bytes of a file in whatever encoding. Out: a string with `\n` line ends and no control characters but tab
//! and form feed (a page mark, see `pages`). Knows no Markdown.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::report::Report;

pub(super) fn decode<'a>(bytes: &'a [u8], report: &mut Report) -> Cow<'a, str> {
    clean(to_unicode(bytes, report), report)
}

fn to_unicode<'a>(bytes: &'a [u8], report: &mut Report) -> Cow<'a, str> {
    if let Some((encoding, bom_length)) = Encoding::for_bom(bytes) {
        return read_as(encoding, &bytes[bom_length..], report);
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return read_as(encoding, bytes, report);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) if is_mostly_utf8(bytes) => read_as(encoding_rs::UTF_8, bytes, report),
        Err(_) => read_as(guess(bytes, report), bytes, report),
    }
}

fn read_as<'a>(encoding: &'static Encoding, bytes: &'a [u8], report: &mut Report) -> Cow<'a, str> {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    if broken {
        let line = text.split('\u{fffd}').next().map_or(1, line_after);
        let detail = format!("bytes that are not {} replaced", encoding.name());
        report.warn(line, "broken encoding", detail);
    }
    text
}

/// Latin text in UTF-16 has a zero in every second byte.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(1024) & !1];
    let zeros =
        |first: usize| head.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = head.len() / 4;
    match () {
        () if head.len() < 4 => None,
        () if odd > many && even * 8 < odd => Some(UTF_16LE),
        () if even > many && odd * 8 < even => Some(UTF_16BE),
        () => None,
    }
}

/// Other encodings make a valid UTF-8 sequence by accident only; a damaged UTF-8 file holds many.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|byte| *byte >= 0xc0).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad || (good == 0 && bad == 0)
}

fn guess(bytes: &[u8], report: &mut Report) -> &'static Encoding {
    const SAMPLE_BYTES: usize = 256 * 1024;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(SAMPLE_BYTES)], true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    report.warn(0, "not UTF-8", format!("read as {}", encoding.name()));
    encoding
}

/// One kind of line end, and no characters that HTML forbids.
fn clean<'a>(text: Cow<'a, str>, report: &mut Report) -> Cow<'a, str> {
    if text.as_bytes().chunks(512).all(is_clean) {
        return text;
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let Some(first) = text.bytes().position(is_control) else {
        return Cow::Owned(text);
    };
    let name = if text.as_bytes()[first] == 0 { "NUL" } else { "control character" };
    report.warn(line_after(&text[..first]), "control characters", format!("{name} replaced"));
    let is_control = |symbol: char| symbol.is_ascii() && is_control(symbol as u8);
    Cow::Owned(text.replace(is_control, "\u{fffd}"))
}

/// Looks at every byte, whatever the first ones are: so the processor looks at many at a time.
fn is_clean(bytes: &[u8]) -> bool {
    !bytes.iter().fold(false, |found, byte| found | (*byte == b'\r') | is_control(*byte))
}

fn is_control(byte: u8) -> bool {
    let is_known = (byte == b'\t') | (byte == b'\n') | (byte == b'\r') | (byte == 0x0c);
    ((byte < 0x20) & !is_known) | (byte == 0x7f)
}

fn line_after(text: &str) -> u32 {
    1 + text.bytes().filter(|byte| *byte == b'\n').count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: &str, lines: &[u32]) {
        let mut warnings = Vec::new();
        let text = decode(bytes, &mut Report::new("a.md", &mut warnings)).into_owned();
        assert_eq!(text, expected);
        assert_eq!(warnings.iter().map(|warning| warning.line).collect::<Vec<_>>(), lines);
    }

    #[test]
    fn line_ends_become_one_kind() {
        check(b"a\r\nb\rc\n", "a\nb\nc\n", &[]);
        check(b"\xef\xbb\xbfa", "a", &[]);
    }

    #[test]
    fn utf16_is_read_with_and_without_mark() {
        let units: Vec<u8> =
            "# Größe und Maß\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&[&[0xff, 0xfe], units.as_slice()].concat(), "# Größe und Maß\n", &[]);
        check(&units, "# Größe und Maß\n", &[]);
    }

    #[test]
    fn legacy_encodings_are_guessed() {
        check(
            "Größe „Maß“ für Übungen".to_string().replace(['„', '“'], "").as_bytes(),
            "Größe Maß für Übungen",
            &[],
        );
        let encode = |encoding: &'static Encoding, text: &str| encoding.encode(text).0.into_owned();
        let text = "Die Größe des Feldes für Übungen – geprüft";
        check(&encode(encoding_rs::WINDOWS_1252, text), text, &[0]);
        let text = "これは日本語の文章です。データベースの設定を確認してください。";
        check(&encode(encoding_rs::SHIFT_JIS, text), text, &[0]);
        let text = "这是一个中文文档，请检查数据库的配置。";
        check(&encode(encoding_rs::GB18030, text), text, &[0]);
    }

    #[test]
    fn broken_text_is_mended_and_named() {
        check("ä\nö\n".as_bytes(), "ä\nö\n", &[]);
        check(b"\xc3\xa4\n\xc3\xb6 \xff\n", "ä\nö \u{fffd}\n", &[2]);
        check(b"a\nb\0c\n", "a\nb\u{fffd}c\n", &[2]);
        check(b"", "", &[]);
    }
}
