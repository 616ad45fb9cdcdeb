//! Page numbers that a converter has put beside the text: MinerU's content list, pymupdf4llm's page chunks.
//!
//! In: JSON and the lines of the text. Out: where in the text each page begins, or why that cannot be told. Page chunks may
//! stand for the text too. Knows no files.

use serde::Deserialize;

use super::text::Line;

/// What one page holds, in reading order.
#[derive(Debug, Default, PartialEq)]
pub(super) struct SidePage {
    /// 1-based.
    pub(super) number: u32,
    pub(super) texts: Vec<String>,
}

/// An item of either kind; what else stands in it is not needed.
#[derive(Deserialize)]
struct Item {
    /// 0-based, by MinerU.
    page_idx: Option<u32>,
    metadata: Option<Metadata>,
    #[serde(default)]
    text: String,
}

/// By pymupdf4llm; both numbers count from 1.
#[derive(Deserialize)]
struct Metadata {
    page_number: Option<u32>,
    page: Option<u32>,
}

/// Whether the head of a JSON file is that of page chunks: no other JSON of a library is a text.
pub(crate) fn is_page_chunks(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head);
    let begins = |text: &str, sign: char| text.trim_start().strip_prefix(sign).map(str::len);
    let is_list = begins(head.trim_start_matches('\u{feff}'), '[')
        .and_then(|left| begins(&head[head.len() - left..], '{'))
        .is_some();
    is_list
        && head.contains("\"metadata\"")
        && ["\"page\"", "\"page_number\""].iter().any(|key| head.contains(key))
}

/// The pages of a side file.
pub(super) fn read(json: &str) -> Result<Vec<SidePage>, String> {
    let items: Vec<Item> = serde_json::from_str(json)
        .map_err(|error| format!("expected a list of objects with page numbers: {error}"))?;
    let mut pages: Vec<SidePage> = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        let chunk = item.metadata.and_then(|metadata| metadata.page_number.or(metadata.page));
        let Some(number) = item.page_idx.map(|page| page.saturating_add(1)).or(chunk) else {
            return Err(format!(
                "item {} has neither page_idx nor metadata.page_number",
                index + 1
            ));
        };
        match pages.last_mut() {
            Some(last) if last.number == number => last.texts.push(item.text),
            Some(last) if last.number > number => {
                return Err(format!("page {number} stands behind page {}", last.number));
            }
            _ => pages.push(SidePage { number, texts: vec![item.text] }),
        }
    }
    Ok(pages)
}

/// The text that page chunks hold, and the line index at which each page begins.
pub(super) fn text(pages: &[SidePage]) -> (String, Vec<(usize, u32)>) {
    let (mut text, mut starts, mut lines) = (String::new(), Vec::new(), 0);
    for page in pages {
        starts.push((lines, page.number));
        for part in &page.texts {
            let start = text.len();
            text.push_str(part.trim_end());
            text.push_str("\n\n");
            lines += text[start..].matches('\n').count();
        }
    }
    (text, starts)
}

/// The line index at which each page begins in a text that was written apart. The lines of the pages are looked for
/// in order; some may have changed, but where most are not found the file belongs to another text.
pub(super) fn starts(pages: &[SidePage], lines: &[Line]) -> Result<Vec<(usize, u32)>, String> {
    let keys: Vec<String> = lines.iter().map(|line| key(line.text)).collect();
    let (mut starts, mut from) = (Vec::<(usize, u32)>::new(), 0);
    let (mut found, mut wanted) = (0usize, 0usize);
    for page in pages {
        let parts = page.texts.iter().flat_map(|text| text.lines()).map(key);
        for part in parts.filter(|part| !part.is_empty()) {
            wanted += 1;
            let Some(at) = find(&keys, from, &part) else { continue };
            found += 1;
            if starts.last().is_none_or(|(_, number)| *number < page.number) {
                starts.push((at, page.number));
            }
            from = at + 1;
        }
    }
    if found * 2 < wanted || starts.is_empty() {
        return Err(format!("only {found} of its {wanted} lines stand in the text"));
    }
    Ok(starts)
}

/// Looks a short way ahead only: a line that is gone must not be found many pages later.
fn find(keys: &[String], from: usize, part: &str) -> Option<usize> {
    const MOST_LINES: usize = 200;
    let near = keys.get(from..)?.iter().take(MOST_LINES);
    let fits =
        |key: &String| !key.is_empty() && (key.starts_with(part) || part.starts_with(key.as_str()));
    let is_same = |key: &String| key == part;
    let ahead = near.clone().position(is_same).or_else(|| near.clone().position(fits));
    ahead.map(|ahead| from + ahead)
}

/// Letters and digits alone: converters differ in marks and blanks.
fn key(line: &str) -> String {
    const MOST_LETTERS: usize = 60;
    line.chars().filter(|symbol| symbol.is_alphanumeric()).take(MOST_LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, text: &str, expected: Result<&[(usize, u32)], &str>) {
        let lines: Vec<Line> =
            (1..).zip(text.lines()).map(|(number, text)| Line { number, text }).collect();
        let found = read(json).and_then(|pages| starts(&pages, &lines));
        match (&found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{json}"),
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
            _ => panic!("{json}: {found:?}"),
        }
    }

    #[test]
    fn a_content_list_is_matched() {
        let json = r#"[{"type":"text","text":"Title","page_idx":0},{"type":"image","page_idx":0},
            {"text":"gone","page_idx":1},{"text":"On two.","page_idx":1},{"text":"Last line","page_idx":3}]"#;
        check(
            json,
            "# Title\n\n![](a.png)\n\nnew\nOn *two*.\nx\nLast line",
            Ok(&[(0, 1), (5, 2), (7, 4)]),
        );
        check(json, "another\ntext", Err("only 0 of its 4 lines"));
        check("{}", "a", Err("expected a list"));
        check("[{\"text\":\"a\"}]", "a", Err("item 1 has neither"));
        check("[{\"page_idx\":3},{\"page_idx\":1}]", "a", Err("page 2 stands behind page 4"));
    }

    #[test]
    fn page_chunks_are_a_text() {
        let json = r#"[{"metadata":{"page_number":1,"page_count":2},"text":"a\n\nb\n"},{"metadata":{"page":2},"text":"c"}]"#;
        assert!(is_page_chunks(json.as_bytes()));
        assert!(!is_page_chunks(b"{\"metadata\":{\"page\":1}}") && !is_page_chunks(b"[1]"));
        let (found, starts) = text(&read(json).unwrap());
        assert_eq!((found.as_str(), starts), ("a\n\nb\n\nc\n\n", vec![(0, 1), (4, 2)]));
        check(json, "a\n\nb\nc", Ok(&[(0, 1), (3, 2)]));
    }
}
