//! What a call is narrowed down to: vendor, product, version, guide, as tools take them.
//!
//! In: arguments as they were given. Out: a filter, which version is meant, and the guides that are let through. Knows no tool.

use super::{
    super::desk::{Refusal, Room},
    lenient::{Meant, Text, Version},
};
use crate::{manifest::Guide, shelf::Filter};

/// Names as they were given.
pub(super) struct Given<'a> {
    pub(super) vendor: &'a Option<Text>,
    pub(super) product: &'a Option<Text>,
    pub(super) version: &'a Option<Version>,
    pub(super) guide: &'a Option<Text>,
}

/// The filter, with a version where one is named.
pub(super) fn narrowed(room: &Room, given: &Given) -> (Filter, Option<Meant>) {
    let catalogue = &room.edition.catalogue;
    let filter = catalogue.parted(Filter {
        vendor: Text::said(given.vendor.as_ref()),
        product: Text::said(given.product.as_ref()),
        version: None,
        guide: Text::said(given.guide.as_ref()),
    });
    let is_known = |version: &str| {
        let filter = Filter { version: Some(version.to_string()), ..filter.clone() };
        catalogue.narrow(&filter).is_ok_and(|guides| filter.taken(&guides).is_empty())
    };
    let meant = given.version.as_ref().and_then(|version| version.meant(is_known));
    (Filter { version: meant.clone().and_then(Meant::name), ..filter }, meant)
}

/// The guides that a filter lets through. Who names a source where a guide is wanted is told its guide.
pub(super) fn guides<'a>(room: &Room<'a>, filter: &Filter) -> Result<Vec<&'a Guide>, Refusal> {
    let catalogue = &room.edition.catalogue;
    catalogue.narrow(filter).map_err(|unknown| {
        let named = (unknown.level == "guide").then(|| room.reading(&unknown.asked).ok()).flatten();
        let guide = named.and_then(|named| Some((catalogue.source(&named.path)?.0, named.path)));
        match guide {
            None => unknown.into(),
            Some((guide, path)) => Refusal {
                code: "unknown_name",
                error: format!(
                    "no guide '{}', but a source of the guide '{}': {path}; give that guide, or read the source with read_guide",
                    unknown.asked, guide.guide.key
                ),
                did_you_mean: vec![guide.guide.key.clone()],
            },
        }
    })
}
