//! The links to related passages, behind the text of a chunk's page.
//!
//! In: the address of a page that is written already, and the links. Out: the same page with them. A page is written before anybody knows
//! what is related to it: only then are all passages known.

use std::{fs::File, os::unix::fs::FileExt, path::Path, sync::atomic::Ordering};

use anyhow::{Context as _, Result};
use search::Record;
use serde::Serialize;

use super::Site;
use crate::address;

/// What ends the text of a page; the links stand behind it.
const END: &[u8] = b"</main>";
/// Most pages end within so many bytes behind it.
const TAIL_BYTES: u64 = 512;

/// What a link shows of the passage that it leads to.
#[derive(Serialize)]
pub(crate) struct Card {
    /// With the heading above it: "Remarks" alone says nothing.
    title: String,
    url: String,
    /// Whose it is, and where it stands there.
    place: String,
}

#[derive(Serialize)]
struct Section<'a> {
    up: String,
    related: &'a [&'a Card],
}

impl Card {
    pub(crate) fn of(record: Record) -> Card {
        let Record { title, mut headings, vendor, product, place, .. } = record;
        headings.retain(|heading| *heading != title);
        let above = headings.pop();
        let names: Vec<String> = [vendor, product, place.version].into_iter().flatten().collect();
        let mut steps = vec![names.join(" ")];
        for step in place.guide.into_iter().chain(headings) {
            if step != title && above.as_ref() != Some(&step) && !steps.contains(&step) {
                steps.push(step);
            }
        }
        let title = match above {
            Some(above) => format!("{title} · {above}"),
            None => title,
        };
        Card { title, url: place.url, place: steps.join(" › ") }
    }
}

/// Puts the links into the page at `url`; a page without a main part stays as it is.
pub(crate) fn add_related(site: &Site, url: &str, related: &[&Card]) -> Result<()> {
    let section = Section { up: address::up(url), related };
    let section = site.filled("partials/related.html", &section, url)?;
    let path = site.folder.join(url);
    if insert(&path, section.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))?
    {
        site.bytes.fetch_add(section.len() as u64, Ordering::Relaxed);
    }
    Ok(())
}

/// Writes the section behind the main part of a page, if it has one.
fn insert(path: &Path, section: &[u8]) -> std::io::Result<bool> {
    let file = File::options().read(true).write(true).open(path)?;
    let length = file.metadata()?.len();
    for first in [length.saturating_sub(TAIL_BYTES), 0] {
        let mut tail = vec![0; (length - first) as usize];
        file.read_exact_at(&mut tail, first)?;
        if let Some(at) = memchr::memmem::rfind(&tail, END) {
            let at = at + END.len();
            file.write_all_at(&[b"\n", section, &tail[at..]].concat(), first + at as u64)?;
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn check(page: &str, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.html");
        fs::write(&path, page).unwrap();
        assert_eq!(insert(&path, b"links").unwrap(), page != expected);
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    }

    #[test]
    fn a_link_tells_what_its_heading_is_about() {
        let record = |title: &str, headings: &[&str]| Record {
            title: title.to_string(),
            headings: headings.iter().map(ToString::to_string).collect(),
            vendor: Some("Acme".to_string()),
            product: Some("Anvil".to_string()),
            ..Record::default()
        };
        let shown = |title: &str, headings: &[&str]| {
            let Card { title, place, .. } = Card::of(record(title, headings));
            [title, place]
        };
        assert_eq!(
            shown("Remarks", &["Build", "/w (Warning level)"]),
            ["Remarks · /w (Warning level)", "Acme Anvil › Build"]
        );
        assert_eq!(shown("Anvils", &["Anvils"]), ["Anvils", "Acme Anvil"]);
    }

    #[test]
    fn links_come_behind_the_main_part() {
        check("<main>text</main>\n<footer>", "<main>text</main>\nlinks\n<footer>");
        check("a page of another kind", "a page of another kind");
        let footer = "x".repeat(2_000);
        check(&format!("<main></main>{footer}"), &format!("<main></main>\nlinks{footer}"));
    }
}
