//! How a passage is named in every answer, so that whoever reads it can say where it stands.
//!
//! In: a record. Out: its citation. Knows no tool.

use schemars::JsonSchema;
use search::Record;
use serde::Serialize;

use super::desk::Room;
use crate::clean::visible;

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
            reference: Reference::of(record),
        }
    }
}

impl Reference {
    pub(crate) fn of(record: &Record) -> Reference {
        Reference {
            page: record.place.page,
            label: record.place.label.clone(),
            vendor: record.vendor.clone(),
            product: record.product.clone(),
            version: record.place.version.clone(),
            guide: record.place.guide.clone(),
            citation: citation(record),
        }
    }
}

/// The same line that stands on the passage's page.
fn citation(record: &Record) -> String {
    let title = match record.place.page {
        Some(_) => String::new(),
        None => format!("“{}”, ", record.title),
    };
    let guide = record.place.guide.as_deref().unwrap_or(&record.place.source);
    let levels = [&record.vendor, &record.product, &record.place.version].into_iter().flatten();
    let levels: Vec<&str> = levels.map(String::as_str).collect();
    let levels = if levels.is_empty() { String::new() } else { format!(", {}", levels.join(" ")) };
    let page = match (record.place.page, &record.place.label) {
        (Some(page), Some(label)) => format!(", p. {label} (page {page})"),
        (Some(page), None) => format!(", p. {page}"),
        (None, _) => String::new(),
    };
    visible(&format!("{title}{guide}{levels}{page}. {}", record.place.id)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citation_is_the_line_of_the_page() {
        let some = |text: &str| Some(text.to_string());
        let mut record = Record {
            place: search::Placement {
                id: "finesse::v12.5::guide::91".to_string(),
                version: some("v12.5"),
                guide: some("Developer Guide"),
                page: Some(107),
                label: some("91"),
                ..search::Placement::default()
            },
            title: "Send DTMF".to_string(),
            vendor: some("Cisco"),
            product: some("Finesse"),
            ..Record::default()
        };
        assert_eq!(
            citation(&record),
            "Developer Guide, Cisco Finesse v12.5, p. 91 (page 107). finesse::v12.5::guide::91"
        );
        record.place.page = None;
        assert_eq!(
            citation(&record),
            "“Send DTMF”, Developer Guide, Cisco Finesse v12.5. finesse::v12.5::guide::91"
        );
    }
}
