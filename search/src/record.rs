//! What is shown of a passage. In: a record. Out: its bytes, and back. Knows no blocks (see `texts`) and no ranking.

use alloc::string::String;
use alloc::vec::Vec;

use crate::bytes::{Cursor, put_counted, put_varint};
use crate::error::{Error, Part};

/// All that a hit shows, a citation needs and a reader may want of one passage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The chunk_id.
    pub id: String,
    /// The chunk's title: "Page 107" or its heading.
    pub title: String,
    /// The heading path, outermost first, without the title.
    pub headings: Vec<String>,
    /// The vendor's name, if there is a vendor.
    pub vendor: Option<String>,
    /// The product's name, if there is a product.
    pub product: Option<String>,
    /// The version's name, if there is a version.
    pub version: Option<String>,
    /// The guide's name, if there is a guide.
    pub guide: Option<String>,
    /// The path of the source in the library.
    pub source: String,
    /// The chunk's page, from the root of the site.
    pub url: String,
    /// The chunk's place in the reading view, from the root of the site.
    pub context_url: String,
    /// The page's number in the file.
    pub page: Option<u32>,
    /// The page's printed label, where it differs from the number.
    pub label: Option<String>,
    /// First and last line in the source, 1-based.
    pub lines: (u32, u32),
    /// Cleaned Markdown.
    pub text: String,
}

/// Which optional fields follow, a bit for each.
const VENDOR: u8 = 1;
const PRODUCT: u8 = 2;
const VERSION: u8 = 4;
const GUIDE: u8 = 8;
const LABEL: u8 = 16;
const PAGE: u8 = 32;

impl Record {
    /// The record's bytes, as `IndexWriter::add_source` takes them.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.text.len() + 256);
        let optional = self.optional();
        let given =
            optional.iter().filter(|(_, text)| text.is_some()).fold(0, |bits, (bit, _)| bits | bit);
        out.push(given | if self.page.is_some() { PAGE } else { 0 });
        for text in [&self.id, &self.source, &self.url, &self.context_url, &self.title] {
            put_counted(&mut out, text.as_bytes());
        }
        put_varint(&mut out, self.headings.len() as u32);
        self.headings.iter().for_each(|heading| put_counted(&mut out, heading.as_bytes()));
        optional
            .iter()
            .filter_map(|(_, text)| text.as_ref())
            .for_each(|text| put_counted(&mut out, text.as_bytes()));
        if let Some(page) = self.page {
            put_varint(&mut out, page);
        }
        put_varint(&mut out, self.lines.0);
        put_varint(&mut out, self.lines.1.wrapping_sub(self.lines.0));
        put_counted(&mut out, self.text.as_bytes());
        out
    }

    fn optional(&self) -> [(u8, &Option<String>); 5] {
        [
            (VENDOR, &self.vendor),
            (PRODUCT, &self.product),
            (VERSION, &self.version),
            (GUIDE, &self.guide),
            (LABEL, &self.label),
        ]
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

    fn read(cursor: &mut Cursor<'_>) -> Option<Record> {
        let given = cursor.byte().filter(|given| *given < 2 * PAGE)?;
        let mut record = Record {
            id: cursor.text()?,
            source: cursor.text()?,
            url: cursor.text()?,
            context_url: cursor.text()?,
            title: cursor.text()?,
            ..Record::default()
        };
        for _ in 0..cursor.varint()? {
            record.headings.push(cursor.text()?);
        }
        let Record { vendor, product, version, guide, label, .. } = &mut record;
        for (bit, field) in [
            (VENDOR, vendor),
            (PRODUCT, product),
            (VERSION, version),
            (GUIDE, guide),
            (LABEL, label),
        ] {
            if given & bit != 0 {
                *field = Some(cursor.text()?);
            }
        }
        if given & PAGE != 0 {
            record.page = Some(cursor.varint()?);
        }
        let first = cursor.varint()?;
        record.lines = (first, first.wrapping_add(cursor.varint()?));
        record.text = cursor.text()?;
        Some(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn full() -> Record {
        let text = |text: &str| String::from(text);
        Record {
            id: text("finesse::v12.5::guide::91"),
            title: text("Page 107"),
            headings: vec![text("Dialogs"), text("Send DTMF")],
            vendor: None,
            product: Some(text("Finesse")),
            version: Some(text("v12.5")),
            guide: Some(text("Guide")),
            source: text("finesse/v12.5/guide.md"),
            url: text("finesse/v12.5/guide/91.html"),
            context_url: text("read/finesse/v12.5/guide.html#c-91"),
            page: Some(107),
            label: Some(text("91")),
            lines: (3000, 3050),
            text: text("A **text** — with signs."),
        }
    }

    #[test]
    fn round_trips() {
        for record in [full(), Record::default()] {
            assert_eq!(Record::decode(&record.encode()), Ok(record));
        }
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
                let _ = Record::decode(&flipped);
            }
        }
    }
}
