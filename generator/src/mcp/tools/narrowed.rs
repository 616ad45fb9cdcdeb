//! What a call is narrowed down to: vendor, product, version, guide, as tools take them.
//!
//! In: arguments as they were given. Out: a filter, and which version is meant. Knows no tool.

use super::{
    super::desk::Room,
    lenient::{Meant, Text, Version},
};
use crate::shelf::Filter;

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
