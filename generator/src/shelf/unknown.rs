//! A name that the library does not know, and what was probably meant by it.
//!
//! In: a name and those that there are. Out: what to say. Knows no guides.

use std::fmt;

use super::catalogue::folded;
use crate::manifest::Name;

/// Where none is alike, so many names are told whole.
const LISTED_MAX: usize = 12;
/// Of more names, and of those that are alike, so many are told.
const LIKELY_MAX: usize = 5;
/// Names less alike than this are not taken for what was meant.
const ALIKE_MIN: f64 = 0.75;

/// A name that the library does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unknown {
    /// "vendor", "product", "version" or "guide".
    pub(crate) level: &'static str,
    pub(crate) asked: String,
    /// What was probably meant, or else what there is.
    pub(crate) offered: Vec<String>,
    /// How many more there are, where `offered` is merely what there is.
    pub(crate) more: usize,
    /// Whether `offered` are likely meant, and not merely what there is.
    pub(crate) is_alike: bool,
    /// The vendors that make a product of this name, where another was asked for.
    pub(crate) makers: Vec<String>,
}

impl Unknown {
    pub(super) fn new<'a>(
        level: &'static str,
        asked: &str,
        names: impl Iterator<Item = &'a Name>,
    ) -> Unknown {
        let mut keys: Vec<(&str, f64)> = Vec::new();
        for name in names {
            if !keys.iter().any(|(key, _)| *key == name.key) {
                keys.push((&name.key, alike(name, asked)));
            }
        }
        let is_alike = keys.iter().any(|(_, alike)| *alike >= ALIKE_MIN);
        let all = keys.len();
        if is_alike || all > LISTED_MAX {
            keys.sort_by(|one, other| other.1.total_cmp(&one.1));
            keys.retain(|(_, alike)| !is_alike || *alike >= ALIKE_MIN);
            keys.truncate(LIKELY_MAX);
        }
        Unknown {
            level,
            asked: asked.to_string(),
            more: if is_alike { 0 } else { all - keys.len() },
            offered: keys.into_iter().map(|(key, _)| key.to_string()).collect(),
            is_alike,
            makers: Vec::new(),
        }
    }

    /// The same, where other vendors make the product that was asked for.
    pub(super) fn made_by(self, makers: Vec<String>) -> Unknown {
        Unknown { makers, ..self }
    }
}

/// How alike a name and what was asked are, from 0 to 1.
fn alike(name: &Name, asked: &str) -> f64 {
    let asked = folded(asked);
    let known = [&name.key, &name.name].into_iter().chain(&name.aliases).map(|known| folded(known));
    let degree = |known: String| match known.contains(&asked) && asked.len() > 2 {
        true => 0.9,
        false => strsim::jaro_winkler(&known, &asked),
    };
    known.map(degree).fold(0.0, f64::max)
}

impl fmt::Display for Unknown {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let Unknown { level, asked, more, .. } = self;
        let quoted = |names: &[String]| names.iter().map(|name| format!("'{name}'")).collect();
        let (offered, makers): (Vec<String>, Vec<String>) =
            (quoted(&self.offered), quoted(&self.makers));
        write!(out, "no {level} '{asked}'")?;
        if !makers.is_empty() {
            return write!(out, " of this vendor; it is made by {}", makers.join(" and "));
        }
        match (self.is_alike, offered.is_empty()) {
            (_, true) => write!(out, "; there is none here, so leave it out"),
            (true, _) => write!(out, "; did you mean {}?", offered.join(" or ")),
            (false, _) => write!(out, "; there is {}", offered.join(", ")),
        }?;
        if *more > 0 { write!(out, " and {more} more") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(count: usize, asked: &str, expected: &str) {
        let name = |number| Name { key: format!("v{number}.0"), ..Name::default() };
        let names: Vec<Name> = (1..=count).map(name).collect();
        assert_eq!(Unknown::new("version", asked, names.iter()).to_string(), expected);
    }

    #[test]
    fn all_are_told_while_they_are_few() {
        check(0, "x", "no version 'x'; there is none here, so leave it out");
        check(2, "x", "no version 'x'; there is 'v1.0', 'v2.0'");
        let twelve = (1..=12).map(|number| format!("'v{number}.0'")).collect::<Vec<_>>().join(", ");
        check(12, "x", &format!("no version 'x'; there is {twelve}"));
        check(
            13,
            "x",
            "no version 'x'; there is 'v1.0', 'v2.0', 'v3.0', 'v4.0', 'v5.0' and 8 more",
        );
    }

    #[test]
    fn a_vendor_that_does_not_make_it_is_told_from_those_that_do() {
        let unknown = Unknown::new("product", "longhorn", std::iter::empty());
        let told = unknown.made_by(vec!["suse".to_string()]).to_string();
        assert_eq!(told, "no product 'longhorn' of this vendor; it is made by 'suse'");
    }
}
