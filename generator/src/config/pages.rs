//! The part of `mcdewey.toml` that says what page marks look like: `[pages]`, or `[[pages]]` several times.
//!
//! In: a table or a list of tables. Out: checked rules. Knows no text of a source.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{
        Error, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};

use crate::model::{PagePosition, PageRule, PageSign, PageStyle};

#[derive(Debug, Clone, Default)]
pub(super) struct Rules(pub(super) Vec<PageRule>);

/// A rule as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    path: String,
    style: Option<Style>,
    regex: Option<String>,
    base: Option<u32>,
    position: Option<Position>,
    offset: Option<i32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Style {
    Comment,
    Marker,
    Pymupdf4llm,
    Pymupdf4llmLegacy,
    Dashes,
    FormFeed,
    Placeholder,
    Heading,
    None,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Position {
    Before,
    After,
    Between,
}

impl Written {
    fn check(self) -> Result<PageRule, String> {
        let sign = match (self.style, self.regex) {
            (Some(_), Some(_)) => return Err("pages: give either style or regex".into()),
            (Some(style), None) => Some(sign(&style)),
            (None, Some(regex)) => Some(pattern(&regex)?),
            (None, None) => None,
        };
        if self.base.is_some_and(|base| base > 1) {
            return Err("pages: base must be 0 or 1, the number in the first page's mark".into());
        }
        let position = self.position.map(|position| match position {
            Position::Before => PagePosition::Before,
            Position::After => PagePosition::After,
            Position::Between => PagePosition::Between,
        });
        Ok(PageRule { path: self.path, sign, base: self.base, position, offset: self.offset })
    }
}

fn sign(style: &Style) -> PageSign {
    PageSign::Style(match style {
        Style::Comment => PageStyle::Comment,
        Style::Marker => PageStyle::Marker,
        Style::Pymupdf4llm => PageStyle::EndOfPageNumber,
        Style::Pymupdf4llmLegacy => PageStyle::EndOfPage,
        Style::Dashes => PageStyle::Dashes,
        Style::FormFeed => PageStyle::FormFeed,
        Style::Placeholder => PageStyle::Placeholder,
        Style::Heading => PageStyle::Heading,
        Style::None => return PageSign::Absent,
    })
}

fn pattern(regex: &str) -> Result<PageSign, String> {
    let pattern = regex::Regex::new(regex)
        .map_err(|error| format!("pages: `{regex}` is no regular expression: {error}"))?;
    let has_group = pattern.capture_names().flatten().any(|name| name == "page");
    match has_group {
        true => Ok(PageSign::Pattern(pattern)),
        false => Err(format!("pages: the regex `{regex}` needs a group (?P<page>...)")),
    }
}

impl<'de> Deserialize<'de> for Rules {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Rules, D::Error> {
        from.deserialize_any(OneOrMany)
    }
}

/// By hand, so that an error names the key: an untagged enum would only say that nothing fits.
struct OneOrMany;

impl<'de> Visitor<'de> for OneOrMany {
    type Value = Rules;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a table [pages] or several [[pages]]")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Rules, A::Error> {
        let written = Written::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Rules(vec![written.check().map_err(A::Error::custom)?]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Rules, A::Error> {
        let written: Vec<Written> = Deserialize::deserialize(SeqAccessDeserializer::new(list))?;
        let rules: Result<Vec<PageRule>, String> =
            written.into_iter().map(Written::check).collect();
        rules.map(Rules).map_err(A::Error::custom)
    }
}
