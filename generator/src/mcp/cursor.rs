//! Cursors: how a caller goes on where an answer stopped. Opaque to the caller; only the question that gave one takes it.
//!
//! In: what was asked, a place. Out: a string, and back. Knows no tool.

use std::fmt::Write;

/// A place in an answer: an item, and a byte in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) item: usize,
    pub(crate) byte: usize,
}

impl Place {
    pub(crate) fn item(item: usize) -> Place {
        Place { item, byte: 0 }
    }

    /// The cursor that leads here for whoever asks `question` again.
    pub(crate) fn cursor(self, question: &str) -> String {
        let mut cursor = format!("{:016x}", key(question));
        let _ = write!(cursor, "{:08x}{:08x}", self.item, self.byte);
        cursor
    }

    /// Where a cursor leads, if `question` gave it; the beginning without one.
    pub(crate) fn of(cursor: Option<&str>, question: &str) -> Option<Place> {
        let Some(cursor) = cursor else { return Some(Place::default()) };
        let digits = cursor.len() == 32 && cursor.bytes().all(|byte| byte.is_ascii_hexdigit());
        let place = digits.then(|| cursor.strip_prefix(&format!("{:016x}", key(question))))??;
        let number = |digits| usize::from_str_radix(digits, 16).ok();
        Some(Place { item: number(&place[..8])?, byte: number(&place[8..])? })
    }
}

fn key(question: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(question.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_for_its_question_alone() {
        let place = Place { item: 40, byte: 77 };
        let cursor = place.cursor("a question");
        assert_eq!(Place::of(Some(&cursor), "a question"), Some(place));
        assert_eq!(Place::of(Some(&cursor), "another"), None);
        assert_eq!(Place::of(None, "another"), Some(Place::default()));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for cursor in ["", "0", "é", "zz", &"0".repeat(32), &"é".repeat(16), &"+".repeat(32)] {
            assert_eq!(Place::of(Some(cursor), "q"), None, "{cursor}");
        }
    }
}
