//! What is shown of a passage. In: a record. Out: its bytes, and back. Knows no blocks (see `texts`) and no ranking.
//!
//! Ids and addresses mostly follow from the source's path and the chunk's own part, and a passage's other placements are like
//! its first: what is as expected costs a byte, what is not is written as the difference.

use alloc::string::String;
use alloc::vec::Vec;

use crate::answer::DocumentId;
use crate::bytes::{Cursor, put_counted, put_varint, shared_prefix_bytes};
use crate::error::{Error, Part};

/// All that a hit shows, a citation needs and a reader may want of one passage, where it stands best.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The chunk's title: "Page 107" or its heading.
    pub title: String,
    /// The heading path, outermost first, without the title.
    pub headings: Vec<String>,
    /// The vendor's name, if there is a vendor.
    pub vendor: Option<String>,
    /// The product's name, if there is a product.
    pub product: Option<String>,
    /// Where it stands.
    pub place: Placement,
    /// Where else in the same product the very same stands, newest first.
    pub others: Vec<Placement>,
    /// The passage that stands for this one and for those that say nearly the same; itself, mostly.
    pub group: DocumentId,
    /// The passages that this one stands for, itself left out.
    pub near: Vec<DocumentId>,
    /// Cleaned Markdown.
    pub text: String,
}

/// One chunk that shows a passage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placement {
    /// The chunk_id.
    pub id: String,
    /// The path of the source in the library.
    pub source: String,
    /// The chunk's page, from the root of the site.
    pub url: String,
    /// The chunk's place in the reading view, from the root of the site.
    pub context_url: String,
    /// The version's name, if there is a version.
    pub version: Option<String>,
    /// The guide's name, if there is a guide.
    pub guide: Option<String>,
    /// The number of the guide in the table of guides; the writer gives it.
    pub guide_number: u32,
    /// The page's number in the file.
    pub page: Option<u32>,
    /// The page's printed label, where it differs from the number.
    pub label: Option<String>,
    /// First and last line in the source, 1-based.
    pub lines: (u32, u32),
}

/// Which optional fields follow, a bit for each.
const VENDOR: u8 = 1;
const PRODUCT: u8 = 2;
const VERSION: u8 = 1;
const GUIDE: u8 = 2;
const LABEL: u8 = 4;
const PAGE: u8 = 8;

impl Record {
    /// The record's bytes, as `IndexWriter` takes them.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.text.len() + 256);
        put_given(&mut out, &[(VENDOR, &self.vendor), (PRODUCT, &self.product)], 0);
        put_counted(&mut out, self.title.as_bytes());
        put_varint(&mut out, self.headings.len() as u32);
        self.headings.iter().for_each(|heading| put_counted(&mut out, heading.as_bytes()));
        self.place.write(&mut out, &Placement::default());
        put_varint(&mut out, self.others.len() as u32);
        self.others.iter().for_each(|other| other.write(&mut out, &self.place));
        put_varint(&mut out, self.group.0);
        put_varint(&mut out, self.near.len() as u32);
        let mut last = self.group.0;
        for near in &self.near {
            put_varint(&mut out, near.0.wrapping_sub(last));
            last = near.0;
        }
        put_counted(&mut out, self.text.as_bytes());
        out
    }

    /// Reads back what [`Record::encode`] wrote.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if the bytes are anything else.
    pub fn decode(bytes: &[u8]) -> Result<Record, Error> {
        let mut cursor = Cursor::new(bytes);
        let record = Record::read(&mut cursor).filter(|_| cursor.is_at_end());
        record.ok_or(Error::Corrupt(Part::Record))
    }

    /// The title alone, in a record's bytes.
    pub(crate) fn title_in(bytes: &[u8]) -> Result<&str, Error> {
        let mut cursor = Cursor::new(bytes);
        let given = cursor.byte().map_or(0, u8::count_ones);
        let title = (0..given).try_for_each(|_| cursor.counted().map(drop));
        title.and_then(|()| cursor.text_here()).ok_or(Error::Corrupt(Part::Record))
    }

    fn read(cursor: &mut Cursor<'_>) -> Option<Record> {
        let given = cursor.byte().filter(|given| *given < 2 * PRODUCT)?;
        let mut record = Record {
            vendor: read_given(cursor, given, VENDOR)?,
            product: read_given(cursor, given, PRODUCT)?,
            title: cursor.text()?,
            ..Record::default()
        };
        for _ in 0..cursor.varint()? {
            record.headings.push(cursor.text()?);
        }
        record.place = Placement::read(cursor, &Placement::default())?;
        for _ in 0..cursor.varint()? {
            record.others.push(Placement::read(cursor, &record.place)?);
        }
        let mut last = cursor.varint()?;
        record.group = DocumentId(last);
        for _ in 0..cursor.varint()? {
            last = last.wrapping_add(cursor.varint()?);
            record.near.push(DocumentId(last));
        }
        record.text = cursor.text()?;
        Some(record)
    }

    /// All places where the passage stands, the shown one first.
    pub fn places(&self) -> impl Iterator<Item = &Placement> {
        core::iter::once(&self.place).chain(&self.others)
    }

    /// Shows the first place that is wanted, if there is one; the others stay in their order.
    pub(crate) fn show(&mut self, is_wanted: impl Fn(&Placement) -> bool) {
        if !is_wanted(&self.place)
            && let Some(at) = self.others.iter().position(is_wanted)
        {
            let wanted = self.others.remove(at);
            self.others.insert(0, core::mem::replace(&mut self.place, wanted));
        }
    }
}

impl Placement {
    /// The placement's bytes, on their own.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out, &Placement::default());
        out
    }

    /// Reads back what [`Placement::encode`] wrote.
    pub(crate) fn decode(cursor: &mut Cursor<'_>) -> Option<Placement> {
        Placement::read(cursor, &Placement::default())
    }

    fn write(&self, out: &mut Vec<u8>, like: &Placement) {
        let page = if self.page.is_some() { PAGE } else { 0 };
        let names = [(VERSION, &self.version), (GUIDE, &self.guide), (LABEL, &self.label)];
        put_given(out, &names, page);
        put_varint(out, self.guide_number);
        if let Some(page) = self.page {
            put_varint(out, page);
        }
        put_varint(out, self.lines.0);
        put_varint(out, self.lines.1.wrapping_sub(self.lines.0));
        put_like(out, &like.source, &self.source);
        let own = own_part(&self.id);
        put_like(out, own_part(&like.id), own);
        put_like(out, &expected_id(&self.source, own), &self.id);
        put_like(out, &expected_url(&self.source, own), &self.url);
        put_like(out, &expected_context_url(&self.url, own), &self.context_url);
    }

    fn read(cursor: &mut Cursor<'_>, like: &Placement) -> Option<Placement> {
        let given = cursor.byte().filter(|given| *given < 2 * PAGE)?;
        let mut place = Placement {
            version: read_given(cursor, given, VERSION)?,
            guide: read_given(cursor, given, GUIDE)?,
            label: read_given(cursor, given, LABEL)?,
            guide_number: cursor.varint()?,
            ..Placement::default()
        };
        if given & PAGE != 0 {
            place.page = Some(cursor.varint()?);
        }
        let first = cursor.varint()?;
        place.lines = (first, first.wrapping_add(cursor.varint()?));
        place.source = read_like(cursor, &like.source)?;
        let own = read_like(cursor, own_part(&like.id))?;
        place.id = read_like(cursor, &expected_id(&place.source, &own))?;
        place.url = read_like(cursor, &expected_url(&place.source, &own))?;
        place.context_url = read_like(cursor, &expected_context_url(&place.url, &own))?;
        Some(place)
    }
}

/// What an id adds to its source's.
fn own_part(id: &str) -> &str {
    let own = id.as_bytes().windows(2).rposition(|pair| pair == b"::").map_or(0, |at| at + 2);
    &id[own..]
}

fn expected_id(source: &str, own: &str) -> String {
    let mut id = String::new();
    for part in stem(source).split('/') {
        id.push_str(part);
        id.push_str("::");
    }
    id + own
}

fn expected_url(source: &str, own: &str) -> String {
    joined(&[stem(source), "/", own, ".html"])
}

fn expected_context_url(url: &str, own: &str) -> String {
    let folder = &url[..url.rfind('/').unwrap_or(0)];
    joined(&["read/", folder, ".html#c-", own])
}

/// Formatting would weigh more than all of this file.
fn joined(parts: &[&str]) -> String {
    let mut text = String::new();
    parts.iter().for_each(|part| text.push_str(part));
    text
}

/// A path without its extension.
fn stem(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |slash| slash + 1);
    path[name..].rfind('.').filter(|dot| *dot > 0).map_or(path, |dot| &path[..name + dot])
}

fn put_given(out: &mut Vec<u8>, texts: &[(u8, &Option<String>)], more: u8) {
    let given = texts.iter().filter(|(_, text)| text.is_some());
    out.push(given.fold(more, |bits, (bit, _)| bits | bit));
    texts
        .iter()
        .filter_map(|(_, text)| text.as_ref())
        .for_each(|text| put_counted(out, text.as_bytes()));
}

fn read_given(cursor: &mut Cursor<'_>, given: u8, bit: u8) -> Option<Option<String>> {
    if given & bit == 0 { Some(None) } else { cursor.text().map(Some) }
}

/// A text as its difference from the expected one: 0 if it is that, else one more than the bytes that they share at their
/// beginning, the bytes that they share at their end, and what lies between.
fn put_like(out: &mut Vec<u8>, expected: &str, text: &str) {
    if expected == text {
        return out.push(0);
    }
    let (left, right) = (expected.as_bytes(), text.as_bytes());
    let begin = shared_prefix_bytes(left, right);
    let pairs = left[begin..].iter().rev().zip(right[begin..].iter().rev());
    let end = pairs.take_while(|(left, right)| left == right).count();
    put_varint(out, begin as u32 + 1);
    put_varint(out, end as u32);
    put_counted(out, &right[begin..right.len() - end]);
}

fn read_like(cursor: &mut Cursor<'_>, expected: &str) -> Option<String> {
    let Some(begin) = cursor.varint()?.checked_sub(1) else { return Some(expected.into()) };
    let expected = expected.as_bytes();
    let end = expected.len().checked_sub(cursor.varint()? as usize)?;
    let mut text = Vec::from(expected.get(..begin as usize)?);
    text.extend_from_slice(cursor.counted()?);
    text.extend_from_slice(expected.get(end.max(begin as usize)..)?);
    String::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn text(text: &str) -> String {
        String::from(text)
    }

    fn full() -> Record {
        let place = Placement {
            id: text("finesse::v12.5::guide::91"),
            source: text("finesse/v12.5/guide.md"),
            url: text("finesse/v12.5/guide/91.html"),
            context_url: text("read/finesse/v12.5/guide.html#c-91"),
            version: Some(text("v12.5")),
            guide: Some(text("Guide")),
            guide_number: 7,
            page: Some(107),
            label: Some(text("91")),
            lines: (3000, 3050),
        };
        let other = Placement {
            id: text("given as it is"),
            source: text("finesse/v12.0/guide.md"),
            url: text("finesse/v12.0/guide-c0ffee/90.html"),
            context_url: text("read/finesse/v12.0/guide-c0ffee.2.html#c-90"),
            version: None,
            lines: (1, 0),
            ..place.clone()
        };
        Record {
            title: text("Page 107"),
            headings: vec![text("Dialogs"), text("Send DTMF")],
            vendor: None,
            product: Some(text("Finesse")),
            others: vec![other.clone(), Placement { page: None, label: None, ..other }],
            place,
            group: DocumentId(70_000),
            near: vec![DocumentId(70_001), DocumentId(80_000)],
            text: text("A **text** — with signs."),
        }
    }

    #[test]
    fn round_trips() {
        for record in [full(), Record::default()] {
            let bytes = record.encode();
            assert_eq!(Record::title_in(&bytes), Ok(&*record.title));
            assert_eq!(Record::decode(&bytes), Ok(record));
        }
    }

    #[test]
    fn what_is_expected_costs_little() {
        let one = Record { others: vec![], ..full() };
        let place = Placement {
            id: text("finesse::v12.0::guide::91"),
            source: text("finesse/v12.0/guide.md"),
            url: text("finesse/v12.0/guide/91.html"),
            context_url: text("read/finesse/v12.0/guide.html#c-91"),
            version: Some(text("v12.0")),
            ..one.place.clone()
        };
        let two = Record { others: vec![place], ..one.clone() };
        assert_eq!(two.encode().len() - one.encode().len(), 29);
    }

    #[test]
    fn another_place_is_shown() {
        let mut record = full();
        let (first, second) = (record.place.clone(), record.others[0].clone());
        record.show(|place| place.version.is_none());
        assert_eq!((&record.place, &record.others[0]), (&second, &first));
        record.show(|place| place.version.as_deref() == Some("v1"));
        assert_eq!(record.place, second);
    }

    #[test]
    fn cut_or_lengthened_bytes_are_corrupt() {
        let mut bytes = full().encode();
        for cut in 0..bytes.len() {
            assert_eq!(Record::decode(&bytes[..cut]), Err(Error::Corrupt(Part::Record)), "{cut}");
        }
        bytes.push(0);
        assert_eq!(Record::decode(&bytes), Err(Error::Corrupt(Part::Record)));
    }

    #[test]
    fn flipped_bytes_never_panic() {
        let bytes = full().encode();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << bit;
                let _ = (Record::decode(&flipped), Record::title_in(&flipped));
            }
        }
    }
}
