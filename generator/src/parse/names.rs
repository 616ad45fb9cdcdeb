//! The own part of chunk ids: `91`, `107`, `12`, and `.2`, `.3` for further chunks of a page.
//!
//! In: pages with the labels that were found in print. Out: complete labels, and names that are unique in the source and
//! safe in ids and file names. Knows no text.

use std::collections::HashSet;

use super::folios::{counts_up, to_roman};

/// Fills in the labels of pages that carry none in print (chapter openings, covers) from their neighbours.
pub(super) fn complete(pages: &[u32], labels: &[Option<String>]) -> Vec<Option<String>> {
    let known: Vec<Known> = pages
        .iter()
        .zip(labels)
        .filter_map(|(page, label)| known(*page, label.as_deref()?))
        .collect();
    let fill = |page: u32| {
        let next = known.partition_point(|known| known.page <= page);
        between(page, next.checked_sub(1).map(|last| &known[last]), known.get(next))
    };
    pages.iter().zip(labels).map(|(page, label)| label.clone().or_else(|| fill(*page))).collect()
}

struct Known {
    page: u32,
    series: String,
    value: u32,
    is_upper: bool,
}

fn known(page: u32, label: &str) -> Option<Known> {
    let (series, value) = counts_up(label)?;
    Some(Known {
        page,
        series,
        value,
        is_upper: label.starts_with(|symbol: char| symbol.is_ascii_uppercase()),
    })
}

fn between(page: u32, last: Option<&Known>, next: Option<&Known>) -> Option<String> {
    let forth = last.map(|last| (last, last.value + (page - last.page)));
    let back = next.and_then(|next| Some((next, next.value.checked_sub(next.page - page)?)));
    let back = back.filter(|(_, value)| *value > 0);
    let (known, value) = match (forth, back) {
        // Pages are missing in between: any label would be a guess.
        (Some((last, forth)), Some((next, back)))
            if last.series == next.series && forth != back =>
        {
            return None;
        }
        (_, Some(back)) => back,
        (forth, None) => forth?,
    };
    Some(write(known, value))
}

fn write(known: &Known, value: u32) -> String {
    match known.series.as_str() {
        "roman" if known.is_upper => to_roman(value).to_uppercase(),
        "roman" => to_roman(value),
        series => format!("{series}{value}"),
    }
}

/// The own part of each page: its label where labels are the rule and unique, else its number.
pub(super) fn own_of_pages(pages: &[u32], labels: &[Option<String>]) -> Vec<String> {
    let safe: Vec<Option<String>> =
        labels.iter().map(|label| label.as_deref().and_then(make_safe)).collect();
    let given: Vec<String> =
        safe.iter().flatten().map(|label| label.to_ascii_lowercase()).collect();
    let unique: HashSet<&String> = given.iter().collect();
    if unique.len() < given.len() || given.len() * 2 < pages.len() {
        return pages.iter().map(u32::to_string).collect();
    }
    let own = |(page, label): (&u32, Option<String>)| label.unwrap_or_else(|| page.to_string());
    pages.iter().zip(safe).map(own).collect()
}

fn make_safe(label: &str) -> Option<String> {
    let safe: String = label
        .chars()
        .map(|symbol| if symbol.is_ascii_alphanumeric() { symbol } else { '-' })
        .collect();
    let safe = safe.trim_matches('-');
    (!safe.is_empty()).then(|| safe.to_string())
}

/// Gives names, each once; names that differ by case only would be one file on some disks.
#[derive(Default)]
pub(super) struct Register {
    used: HashSet<String>,
}

impl Register {
    /// `piece` is 1 for the first chunk of a page.
    pub(super) fn name(&mut self, own: &str, piece: usize) -> String {
        let name = if piece == 1 { own.to_string() } else { format!("{own}.{piece}") };
        if self.used.insert(name.to_ascii_lowercase()) {
            return name;
        }
        let free = (2..).map(|count| format!("{name}-{count}"));
        let name = free
            .into_iter()
            .find(|name| !self.used.contains(&name.to_ascii_lowercase()))
            .unwrap_or_default();
        self.used.insert(name.to_ascii_lowercase());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(labels: &str, expected_labels: &str, expected_own: &str) {
        let labels: Vec<Option<String>> =
            labels.split(' ').map(|label| (label != ".").then(|| label.to_string())).collect();
        let pages: Vec<u32> = (1..=labels.len() as u32).collect();
        let labels = complete(&pages, &labels);
        let shown: Vec<&str> = labels.iter().map(|label| label.as_deref().unwrap_or(".")).collect();
        assert_eq!(shown.join(" "), expected_labels);
        assert_eq!(own_of_pages(&pages, &labels).join(" "), expected_own);
    }

    #[test]
    fn gaps_are_filled_from_both_sides() {
        check("i . iii . 2 .", "i ii iii 1 2 3", "i ii iii 1 2 3");
        check(". . iii . . 1", "i ii iii iv v 1", "i ii iii iv v 1");
        check(". . . . A-1 A-2 A-3 A-4", ". . . . A-1 A-2 A-3 A-4", "1 2 3 4 A-1 A-2 A-3 A-4");
        check("1 . 9", "1 . 9", "1 2 9");
    }

    #[test]
    fn labels_that_repeat_are_no_names() {
        check("1 2 1 2", "1 2 1 2", "1 2 3 4");
        check(". . .", ". . .", "1 2 3");
    }

    #[test]
    fn names_are_given_once() {
        let mut register = Register::default();
        let names = [
            register.name("9", 1),
            register.name("9", 2),
            register.name("9.2", 1),
            register.name("9", 1),
        ];
        assert_eq!(names, ["9", "9.2", "9.2-2", "9-2"]);
    }
}
