//! How a passage is named in every answer, so that whoever reads it can say where it stands.
//!
//! In: a record. Out: its citation. Knows no tool.

use schemars::JsonSchema;
use search::Record;
use serde::Serialize;

use super::desk::Room;
use crate::citation::Cited;

/// A passage by its names, and how to cite it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Citation {
    /// The chunk_id: names the passage in every call and in every citation.
    pub(crate) id: String,
    /// What the passage is called: its heading.
    pub(crate) title: String,
    /// The page that shows the passage; absolute where it is known where the site stands.
    pub(crate) url: String,
    #[serde(flatten)]
    pub(crate) reference: Reference,
}

/// Where a passage stands, and how to cite it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Reference {
    /// The number of the page in the source, for sources that have pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) page: Option<u32>,
    /// The label printed on the page, where it is another than its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vendor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) product: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) guide: Option<String>,
    /// The citation as one line of text.
    pub(crate) citation: String,
}

impl Citation {
    pub(crate) fn of(room: &Room, record: &Record) -> Citation {
        Citation {
            id: record.place.id.clone(),
            title: record.title.clone(),
            url: room.url(&record.place.url),
            reference: Reference::of(room, record),
        }
    }
}

impl Reference {
    pub(crate) fn of(room: &Room, record: &Record) -> Reference {
        Reference {
            page: record.place.page,
            label: record.place.label.clone(),
            vendor: record.vendor.clone(),
            product: record.product.clone(),
            version: record.place.version.clone(),
            guide: record.place.guide.clone(),
            citation: line(room, record),
        }
    }
}

/// The same line that stands on the passage's page.
fn line(room: &Room, record: &Record) -> String {
    let place = &record.place;
    let source = room.edition.catalogue.source(&place.source).map(|(_, source)| &source.title);
    let document = source.or(record.headings.first()).unwrap_or(&record.title);
    let levels = [&record.vendor, &record.product, &place.version].into_iter().flatten();
    let cited = Cited {
        id: &place.id,
        title: &record.title,
        above: record.headings.last().map(String::as_str),
        document,
        guide: place.guide.as_deref().unwrap_or(&place.source),
        levels: levels.map(String::as_str).collect(),
        page: place.page,
        label: place.label.as_deref(),
    };
    cited.line()
}
