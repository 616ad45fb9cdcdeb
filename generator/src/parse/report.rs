//! Collects what could not be taken as it stood in one source.
//!
//! In: a line, a kind and a detail. Out: [`Warning`]s, each kind and detail once per source, so that
//! a guide with ten thousand `<name>` tags gives one line. Knows nothing of what is parsed.

use std::collections::HashSet;

use crate::model::Warning;

pub(super) struct Report<'a> {
    source: &'a str,
    warnings: &'a mut Vec<Warning>,
    seen: HashSet<(&'static str, String)>,
}

impl<'a> Report<'a> {
    pub(super) fn new(source: &'a str, warnings: &'a mut Vec<Warning>) -> Report<'a> {
        Report { source, warnings, seen: HashSet::new() }
    }

    /// `line` is 1-based in the file, 0 for the whole file.
    pub(super) fn warn(&mut self, line: u32, kind: &'static str, detail: impl Into<String>) {
        let detail = shorten(detail.into());
        if self.seen.insert((kind, detail.clone())) {
            self.warnings.push(Warning { source: self.source.to_string(), line, kind, detail });
        }
    }
}

/// A detail is read by people: a link of five megabytes helps nobody.
fn shorten(detail: String) -> String {
    const MOST_BYTES: usize = 200;
    if detail.len() <= MOST_BYTES {
        return detail;
    }
    let end = detail.floor_char_boundary(MOST_BYTES);
    format!("{}…", &detail[..end])
}
