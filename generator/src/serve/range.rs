//! The part of a file that a request asks for.
//!
//! In: the request's headers, the file's length and what tells its state. Out: which bytes to send. Of several parts none is told: the
//! whole answers these. Knows no file.

use std::ops::Range;

use axum::http::{HeaderMap, header};

/// What is to be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    Only(Range<usize>),
    /// The file ends before it.
    Beyond,
}

/// What is asked for of a file of so many bytes. Who has a part of another state of it, by the tag or the date that it names, is sent
/// the whole.
pub(super) fn asked(headers: &HeaderMap, length: usize, tag: &str, date: Option<&str>) -> Part {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let is_same = |state: &str| (!tag.starts_with("W/") && state == tag) || Some(state) == date;
    match text(header::RANGE) {
        Some(range) if text(header::IF_RANGE).is_none_or(is_same) => part(range, length),
        _ => Part::Whole,
    }
}

/// What cannot be read is not heeded.
fn part(range: &str, length: usize) -> Part {
    let Some(bounds) = bounds(range) else { return Part::Whole };
    let (first, end) = match bounds {
        (Some(first), last) => {
            (first, last.map_or(length, |last| last.saturating_add(1).min(length)))
        }
        (None, last) => (length.saturating_sub(last.unwrap_or(0)), length),
    };
    if first < end { Part::Only(first..end) } else { Part::Beyond }
}

/// The first byte and the last one; without a first one, how many from the end.
fn bounds(range: &str) -> Option<(Option<usize>, Option<usize>)> {
    let (unit, spans) = range.split_once('=')?;
    let (first, last) = spans.trim().split_once('-')?;
    let bounds = (number(first)?, number(last)?);
    let is_right = match bounds {
        (Some(first), Some(last)) => first <= last,
        (None, None) => false,
        _ => true,
    };
    (unit.trim().eq_ignore_ascii_case("bytes") && is_right).then_some(bounds)
}

/// A number, none where there is no digit; no file is as long as the greatest.
fn number(digits: &str) -> Option<Option<usize>> {
    if digits.is_empty() {
        return Some(None);
    }
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Some(digits.parse().unwrap_or(usize::MAX)))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_part_is_what_lies_in_the_file() {
        for (range, expected) in [
            ("bytes=0-3", Part::Only(0..4)),
            ("bytes=7-", Part::Only(7..10)),
            ("Bytes = 9-9", Part::Only(9..10)),
            ("bytes=8-99999999999999999999999", Part::Only(8..10)),
            ("bytes=-3", Part::Only(7..10)),
            ("bytes=-11", Part::Only(0..10)),
            ("bytes=10-", Part::Beyond),
            ("bytes=99999999999999999999999-", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=3-2", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("bytes=1-2,4-5", Part::Whole),
            ("lines=1-2", Part::Whole),
            ("1-2", Part::Whole),
        ] {
            assert_eq!(part(range, 10), expected, "{range}");
        }
        assert_eq!(part("bytes=0-", 0), Part::Beyond);
    }

    #[test]
    fn only_who_has_the_same_file_is_sent_a_part() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        let check = |state: &'static str, tag: &str, expected: Part| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_static("bytes=1-2"));
            headers.insert(header::IF_RANGE, HeaderValue::from_static(state));
            assert_eq!(asked(&headers, 10, tag, Some(date)), expected, "{state} {tag}");
        };
        check("\"a\"", "\"a\"", Part::Only(1..3));
        check(date, "\"a\"", Part::Only(1..3));
        check("\"b\"", "\"a\"", Part::Whole);
        check("W/\"a\"", "W/\"a\"", Part::Whole);
        check("Sun, 06 Nov 1994 08:49:38 GMT", "\"a\"", Part::Whole);
        assert_eq!(asked(&HeaderMap::new(), 10, "\"a\"", None), Part::Whole);
    }
}
