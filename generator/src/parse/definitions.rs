//! Link and footnote definitions of a whole source.
//!
//! In: its texts. Out: a look-up, because a chunk is parsed by itself and the definitions it uses may stand at the end of
//! the file or on another page. Knows one-line link definitions; others hold within their own chunk only.

use std::collections::{HashMap, HashSet};

use super::fence::Tracker;
use super::text::Text;

/// A definition is repeated wherever it is used: a long one would make pages of megabytes out of a few kilobytes.
const MOST_BYTES: usize = 4096;

#[derive(Debug, Default)]
pub(super) struct Definitions {
    links: HashMap<String, (String, String)>,
    /// The Markdown of each footnote, marker included.
    footnotes: HashMap<String, String>,
}

impl Definitions {
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a Text>) -> Definitions {
        let mut definitions = Definitions::default();
        for text in texts.filter(|text| text.string.contains("]:")) {
            definitions.collect(&text.string);
        }
        definitions
    }

    /// Target and title.
    pub(super) fn link(&self, label: &str) -> Option<&(String, String)> {
        if self.links.is_empty() { None } else { self.links.get(&normalise(label)) }
    }

    /// The footnotes that the text refers to without defining them, as Markdown to put behind it.
    pub(super) fn missing_footnotes(&self, text: &str) -> String {
        if self.footnotes.is_empty() {
            return String::new();
        }
        let defined = text.lines().filter_map(read_note).map(|(label, _)| normalise(label));
        let mut seen: HashSet<String> = defined.collect();
        let labels = footnote_labels(text).map(normalise);
        let notes = labels
            .filter(|label| seen.insert(label.clone()))
            .filter_map(|label| self.footnotes.get(&label));
        notes.fold(String::new(), |missing, note| missing + "\n" + note)
    }

    fn collect(&mut self, text: &str) {
        let mut tracker = Tracker::default();
        let mut open_note: Option<String> = None;
        for line in text.lines() {
            if open_note.is_some() && (line.trim().is_empty() || line.starts_with(' ')) {
                self.continue_note(open_note.as_deref(), line);
            } else if !tracker.is_code(line) {
                open_note = self.collect_line(line);
            }
        }
    }

    fn collect_line(&mut self, line: &str) -> Option<String> {
        if let Some((label, note)) = read_note(line).filter(|_| line.len() <= MOST_BYTES) {
            let label = normalise(label);
            if self.footnotes.contains_key(&label) {
                return None;
            }
            self.footnotes.insert(label.clone(), format!("{note}\n"));
            return Some(label);
        }
        if let Some((label, target, title)) = read_link(line).filter(|_| line.len() <= MOST_BYTES) {
            let definition = (target.to_string(), title.to_string());
            self.links.entry(normalise(label)).or_insert(definition);
        }
        None
    }

    fn continue_note(&mut self, label: Option<&str>, line: &str) {
        let note = label.and_then(|label| self.footnotes.get_mut(label));
        if let Some(note) = note.filter(|note| note.len() + line.len() <= MOST_BYTES) {
            note.push_str(line);
            note.push('\n');
        }
    }
}

/// Labels are alike but for case and blanks.
fn normalise(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn footnote_labels(text: &str) -> impl Iterator<Item = &str> {
    text.split("[^").skip(1).filter_map(|rest| rest.split_once(']')).map(|(label, _)| label)
}

fn read_note(line: &str) -> Option<(&str, &str)> {
    let label = line.strip_prefix("[^")?;
    let (label, _) = label.split_once("]:")?;
    (!label.is_empty() && !label.contains(['[', ']'])).then_some((label, line))
}

/// `[label]: target "title"`
fn read_link(line: &str) -> Option<(&str, &str, &str)> {
    let body = line.trim_start_matches(' ');
    if line.len() - body.len() > 3 {
        return None;
    }
    let (label, rest) = body.strip_prefix('[')?.split_once("]:")?;
    if label.trim().is_empty() || label.contains(['[', ']']) {
        return None;
    }
    let rest = rest.trim();
    let (target, title) = match rest.strip_prefix('<') {
        Some(rest) => {
            let (target, title) = rest.split_once('>')?;
            let is_apart = title.is_empty() || title.starts_with([' ', '\t']);
            (is_apart && !target.contains('<')).then_some((target, title))?
        }
        None => rest.split_once([' ', '\t']).unwrap_or((rest, "")),
    };
    let title = title.trim();
    let is_title = title.is_empty()
        || (title.len() >= 2
            && title.starts_with(['"', '\'', '('])
            && title.ends_with(['"', '\'', ')']));
    let inner = title.get(1..title.len().max(1) - 1).unwrap_or_default();
    (is_title && !target.is_empty()).then_some((label, target, inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Definitions {
        Definitions::of(std::iter::once(&Text::of(text)))
    }

    #[test]
    fn links_are_found_by_label() {
        let check = |text: &str, label: &str, expected: Option<(&str, &str)>| {
            let found = of(text);
            let found = found.link(label).map(|(target, title)| (target.as_str(), title.as_str()));
            assert_eq!(found, expected, "{text}");
        };
        check("[a  B]: x.md \"T\"", "A b", Some(("x.md", "T")));
        check("  [a]: <x y> ", "a", Some(("x y", "")));
        check("[a]: x\n[a]: y", "a", Some(("x", "")));
        check("    [a]: x", "a", None);
        check("```\n[a]: x\n```", "a", None);
        check("[a]: x y", "a", None);
        check("[a]: x \"", "a", None);
    }

    #[test]
    fn footnotes_follow_their_references() {
        let definitions = of("[^1]: one\n    more\n\nx\n[^b]: two");
        let check =
            |text: &str, expected: &str| assert_eq!(definitions.missing_footnotes(text), expected);
        check("a[^1]", "\n[^1]: one\n    more\n\n");
        check("a[^B] b[^b] c[^c]", "\n[^b]: two\n");
        check("a[^b]\n\n[^b]: two\n", "");
    }
}
