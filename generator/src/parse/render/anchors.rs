//! The ids of headings.
//!
//! In: the text of a heading. Out: `h-` and its slug, unique in the source. Slugs are made the way GitHub makes them, so
//! that `#links-to-headings` in a source find their heading.

use std::collections::{HashMap, HashSet};

#[derive(Debug, Default)]
pub(crate) struct Anchors {
    used: HashSet<String>,
    /// How often a slug came before, so that ten thousand equal headings take no time.
    counts: HashMap<String, u32>,
}

impl Anchors {
    pub(crate) fn name(&mut self, text: &str) -> String {
        let slug = format!("h-{}", slug(text));
        let count = self.counts.entry(slug.clone()).or_default();
        loop {
            let name = if *count == 0 { slug.clone() } else { format!("{slug}-{count}") };
            *count += 1;
            if self.used.insert(name.clone()) {
                return name;
            }
        }
    }

    /// The id for an id that the source gives itself; none where it is taken.
    pub(crate) fn claim(&mut self, id: &str) -> Option<String> {
        let name = format!("h-{}", slug(id));
        self.used.insert(name.clone()).then_some(name)
    }
}

/// Lower case, letters and digits kept, blanks to hyphens, all else dropped.
pub(crate) fn slug(text: &str) -> String {
    const MOST_BYTES: usize = 120;
    let mut slug = String::new();
    for symbol in text.trim().chars() {
        match symbol {
            ' ' | '\t' | '\n' => slug.push('-'),
            '-' | '_' => slug.push(symbol),
            _ if symbol.is_alphanumeric() => slug.extend(symbol.to_lowercase()),
            _ => {}
        }
        if slug.len() > MOST_BYTES {
            break;
        }
    }
    if slug.is_empty() { "section".to_string() } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_githubs() {
        let check = |text: &str, expected: &str| assert_eq!(slug(text), expected, "{text}");
        check("Send a DTMF String!", "send-a-dtmf-string");
        check("operator<<", "operator");
        check("安装 TiDB", "安装-tidb");
        check("***", "section");
    }

    #[test]
    fn names_are_unique() {
        let mut anchors = Anchors::default();
        let names = ["A", "a", "A-1", "a"].map(|text| anchors.name(text));
        assert_eq!(names, ["h-a", "h-a-1", "h-a-1-1", "h-a-2"]);
    }
}
