//! The links to related passages, behind the text of a chunk's page.
//!
//! In: the address of a page that is written already, and the links. Out: the same page with them. A page is written before anybody knows
//! what is related to it: only then are all passages known. And back: a page of the site, and where its links lead.

use std::{
    cell::{Cell, RefCell},
    fs::File,
    os::unix::fs::FileExt,
    path::Path,
    sync::atomic::Ordering,
};

use anyhow::{Context as _, Result};
use html5ever::{
    LocalName,
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
    },
};
use search::Record;
use serde::Serialize;
use tera::{Context, Value};

use super::Site;
use crate::address;

/// What ends the text of a page; the links stand behind it.
const END: &[u8] = b"</main>";
/// The class of the element that holds the links, in every theme.
const CLASS: &str = "related";
/// Most pages end within so many bytes behind it.
const TAIL_BYTES: u64 = 512;

/// What links show of the passage that they lead to, ready for the template: made once, however many pages link it.
pub(crate) struct Card(Value);

#[derive(Serialize)]
struct Shown {
    /// With the heading above it: "Remarks" alone says nothing.
    title: String,
    url: String,
    /// Whose it is, and where it stands there.
    place: String,
}

impl Card {
    pub(crate) fn of(record: Record) -> Card {
        Card(Value::from_serializable(&Shown::of(record)))
    }
}

impl Shown {
    fn of(record: Record) -> Shown {
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
        Shown { title, url: place.url, place: steps.join(" › ") }
    }
}

/// Puts the links into the page at `url`; a page without a main part stays as it is.
pub(crate) fn add_related(site: &Site, url: &str, related: &[&Card]) -> Result<()> {
    let related: Vec<Value> = related.iter().map(|card| card.0.clone()).collect();
    let mut context = Context::new();
    context.insert("up", &address::up(url));
    context.insert_value("related", related.into());
    let section = site.rendered("partials/related.html", &context, url)?;
    let path = site.folder.join(url);
    if insert(&path, section.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))?
    {
        site.bytes.fetch_add(section.len() as u64 + 1, Ordering::Relaxed);
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

/// Where the links in the page at `url` lead, as addresses from the site's root: those behind its main part, in an element of their class.
pub(crate) fn related_on(page: &[u8], url: &str) -> Vec<String> {
    let Some(at) = memchr::memmem::rfind(page, END) else { return Vec::new() };
    let behind = String::from_utf8_lossy(&page[at + END.len()..]);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(&behind));
    let tokenizer = Tokenizer::new(Links::default(), TokenizerOpts::default());
    // Nothing here stops it before the end.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let links = tokenizer.sink.links.into_inner();
    links.iter().filter_map(|link| address::resolved(url, link)).collect()
}

/// Collects the links of an element while its tags go by.
#[derive(Default)]
struct Links {
    /// The name of the element, once it has begun.
    element: RefCell<Option<LocalName>>,
    /// How many elements of this name are open.
    open: Cell<usize>,
    links: RefCell<Vec<StrTendril>>,
}

impl TokenSink for Links {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token {
            self.pass(&tag);
        }
        TokenSinkResult::Continue
    }
}

impl Links {
    fn pass(&self, tag: &Tag) {
        let is_start = tag.kind == TagKind::StartTag;
        let is_inside = self.open.get() > 0;
        if !is_inside && is_start && classes(tag).any(|class| class == CLASS) {
            *self.element.borrow_mut() = Some(tag.name.clone());
            self.open.set(1);
        } else if is_inside && self.element.borrow().as_ref() == Some(&tag.name) {
            self.open.set(if is_start { self.open.get() + 1 } else { self.open.get() - 1 });
        } else if is_inside && is_start && &*tag.name == "a" {
            self.links.borrow_mut().extend(attribute(tag, "href").cloned());
        }
    }
}

fn classes(tag: &Tag) -> impl Iterator<Item = &str> {
    attribute(tag, "class").into_iter().flat_map(|classes| classes.split_ascii_whitespace())
}

fn attribute<'t>(tag: &'t Tag, name: &str) -> Option<&'t StrTendril> {
    tag.attrs.iter().find(|own| &*own.name.local == name).map(|own| &own.value)
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
            let Shown { title, place, .. } = Shown::of(record(title, headings));
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

    fn check_links(page: &str, expected: &[&str]) {
        assert_eq!(related_on(page.as_bytes(), "a/b/1.html"), expected, "{page}");
    }

    #[test]
    fn links_come_back_from_the_page() {
        let list = "<nav class=\"related\"><ul><li><a href=\"../../c/2.html\">2</a> <small>x</small></li>\n\
                    <li><a href=\"3.html\">3</a></li></ul></nav>";
        let foot = "<footer><a href=\"../../files.html\">All</a></footer>";
        check_links(&format!("<main>x</main>\n{list}\n{foot}"), &["c/2.html", "a/b/3.html"]);
        check_links(&format!("<main>x</main>\n{foot}"), &[]);
        check_links(&format!("<main>{list}</main>{foot}"), &[]);
        check_links(list, &[]);
        check_links("", &[]);
    }

    #[test]
    fn another_theme_may_write_them_otherwise() {
        check_links(
            "</main><DIV CLASS='wide  related'><div>x</div><a class=x href=3.html>3</a></DIV><div><a href=4.html>4</a></div>",
            &["a/b/3.html"],
        );
        check_links(
            "</main><a href=2.html>2</a><p class=related><a href='x&amp;y.html?z#t'>",
            &["a/b/x&y.html"],
        );
        check_links(
            "</main><ul class=related><a href=//host/x.html><a href='../../../x.html'><a>",
            &[],
        );
        check_links("</main><ul class=related><a href=\"2.ht", &[]);
    }
}
