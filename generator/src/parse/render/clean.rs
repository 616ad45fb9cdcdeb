//! The second lock on raw HTML: ammonia over the rendered chunk.
//!
//! In: HTML in which `tags` has let only known tags and attributes through. Out: the same as a well-formed tree, so that no
//! stray `</div>` closes the frame of the page. Strips nothing that `tags` has let through.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::math;
use super::tags::{ATTRIBUTES, TAGS};

pub(super) fn clean(html: &str) -> String {
    CLEANER.clean(html).to_string()
}

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .tags(TAGS.into_iter().chain(math::TAGS).chain([math::TAG_UNDER_OVER]).collect())
        .clean_content_tags(HashSet::new())
        .tag_attributes(std::collections::HashMap::new())
        .generic_attributes(ATTRIBUTES.into_iter().chain(math::ATTRIBUTES).collect())
        .url_schemes(["http", "https", "mailto", "ftp", "tel", "data"].into_iter().collect())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .strip_comments(true);
    builder
});
