//! Warnings: collected while building, grouped for the screen, all of them for the file.
//!
//! In: warnings in any order. Out: lines sorted by source and line. Knows nothing of what they are about.

use std::{collections::BTreeMap, fmt::Write};

use crate::model::Warning;

/// Of a kind, this many are shown on screen.
const SHOWN_OF_A_KIND: usize = 20;

/// The warnings of one kind.
pub(crate) struct Group<'a> {
    pub(crate) kind: &'a str,
    pub(crate) count: usize,
    /// The first few, as lines.
    pub(crate) shown: Vec<String>,
}

/// Groups sorted warnings by kind, the most frequent kind first.
pub(crate) fn groups(warnings: &[Warning]) -> Vec<Group<'_>> {
    let mut kinds: BTreeMap<&str, Group> = BTreeMap::new();
    for warning in warnings {
        let empty = || Group { kind: warning.kind, count: 0, shown: Vec::new() };
        let group = kinds.entry(warning.kind).or_insert_with(empty);
        group.count += 1;
        if group.shown.len() < SHOWN_OF_A_KIND {
            group.shown.push(line(warning));
        }
    }
    let mut groups: Vec<Group> = kinds.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}

/// Every warning, one a line.
pub(crate) fn lines(warnings: &[Warning]) -> String {
    let mut text = String::new();
    for warning in warnings {
        let _ = writeln!(text, "{}: {}", warning.kind, line(warning));
    }
    text
}

/// `source:line: detail`, the form that editors open.
fn line(warning: &Warning) -> String {
    let Warning { source, line, detail, .. } = warning;
    let detail = detail.replace(['\n', '\r'], " ");
    match line {
        0 => format!("{source}: {detail}"),
        line => format!("{source}:{line}: {detail}"),
    }
}
