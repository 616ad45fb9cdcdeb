//! Arguments as clients send them: a version as a number or as "latest", a number as text. What is meant is plain, so it is taken.
//!
//! In: JSON. Out: types of arguments, whose schemas are those of what clients should send. Knows no tool.

use std::{borrow::Cow, ops::Deref};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::Value;

/// A text, or a number that is meant as one: `12.5`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(given: D) -> Result<Text, D::Error> {
        text(Value::deserialize(given)?).map(Text).map_err(D::Error::custom)
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Text {
    /// What is given, if it says anything: models like to fill in every argument, and an empty name is none.
    pub(super) fn said(text: Option<&Text>) -> Option<String> {
        text.filter(|text| !text.trim().is_empty()).map(|text| text.0.clone())
    }
}

/// A version as text or as a number.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Version {
    text: String,
    /// Programs make the number 12 of 12.0, so it may be that as well.
    is_whole_number: bool,
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(given: D) -> Result<Version, D::Error> {
        let value = Value::deserialize(given)?;
        let is_whole_number = value.is_u64();
        Ok(Version { text: text(value).map_err(D::Error::custom)?, is_whole_number })
    }
}

impl JsonSchema for Version {
    fn schema_name() -> Cow<'static, str> {
        Text::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Text::json_schema(generator)
    }
}

impl Version {
    pub(super) fn text(&self) -> Option<&str> {
        Some(self.text.as_str()).filter(|text| !text.trim().is_empty())
    }

    /// What is meant, where some versions are known: one may be called "current".
    pub(super) fn meant(&self, is_known: impl Fn(&str) -> bool) -> Option<Meant> {
        let whole = self.is_whole_number.then(|| format!("{}.0", self.text));
        let whole = whole.filter(|whole| is_known(whole));
        let name = whole.or_else(|| self.text().map(str::to_string))?;
        let wish = match name.trim().to_ascii_lowercase().as_str() {
            "latest" | "newest" | "current" => Meant::Newest,
            "all" | "any" | "*" => Meant::Every,
            _ => return Some(Meant::Named(name)),
        };
        Some(if is_known(&name) { Meant::Named(name) } else { wish })
    }
}

/// Which version is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meant {
    Newest,
    Every,
    Named(String),
}

impl Meant {
    /// The name, where there is one.
    pub(super) fn name(self) -> Option<String> {
        match self {
            Meant::Named(name) => Some(name),
            Meant::Newest | Meant::Every => None,
        }
    }
}

/// A whole number, or the text of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct Number(u32);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(given: D) -> Result<Number, D::Error> {
        let value = Value::deserialize(given)?;
        let number = match &value {
            Value::String(text) => text.trim().parse().ok(),
            Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
            _ => None,
        };
        or_wrong(number.map(Number), &value, "no whole number")
    }
}

impl From<Number> for u32 {
    fn from(Number(number): Number) -> u32 {
        number
    }
}

/// Whether something is wanted; absent, it is not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct Truth(bool);

impl<'de> Deserialize<'de> for Truth {
    fn deserialize<D: Deserializer<'de>>(given: D) -> Result<Truth, D::Error> {
        let value = Value::deserialize(given)?;
        let truth = match &value {
            Value::Null => Some(false),
            Value::Bool(truth) => Some(*truth),
            Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
            _ => None,
        };
        or_wrong(truth.map(Truth), &value, "neither true nor false")
    }
}

impl From<Truth> for bool {
    fn from(Truth(truth): Truth) -> bool {
        truth
    }
}

fn or_wrong<T, E: Error>(meant: Option<T>, value: &Value, not: &str) -> Result<T, E> {
    meant.ok_or_else(|| E::custom(format!("{} is {not}", shown(value))))
}

fn text(value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(format!("{} is no text", kind(&other))),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
        _ => "this",
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("\"{}\"", super::super::desk::shortened(text)),
        other => kind(other).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn taken<T: serde::de::DeserializeOwned>(given: Value) -> Result<T, String> {
        serde_json::from_value(given).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_meant_is_taken() {
        let text = |given| taken::<Option<Text>>(given).map(|text| text.map(|text| text.0));
        assert_eq!(text(json!("12.5")), Ok(Some("12.5".to_string())));
        assert_eq!(text(json!(12.5)), Ok(Some("12.5".to_string())));
        assert_eq!(text(json!(null)), Ok(None));
        assert_eq!(text(json!([])), Err("a list is no text".to_string()));
        let meant = |given| taken::<Version>(given).unwrap().meant(|text| text == "12.0").unwrap();
        let named = |name: &str| Meant::Named(name.to_string());
        assert_eq!(meant(json!(12)), named("12.0"));
        assert_eq!(meant(json!("12")), named("12"));
        assert_eq!(meant(json!(13)), named("13"));
        assert_eq!(meant(json!("Latest")), Meant::Newest);
        assert_eq!(meant(json!("all")), Meant::Every);
        let current = taken::<Version>(json!("current")).unwrap();
        assert_eq!(current.meant(|text| text == "current"), Some(named("current")));
        assert_eq!(current.meant(|_| false), Some(Meant::Newest));
        assert_eq!(taken::<Version>(json!(" ")).unwrap().meant(|_| false), None);
        assert_eq!(taken(json!("7")), Ok(Some(Number(7))));
        assert_eq!(taken(json!(7)), Ok(Some(Number(7))));
        assert_eq!(taken::<Option<Number>>(json!(null)), Ok(None));
        let truth = |given| taken::<Truth>(given).map(bool::from);
        assert_eq!(
            [json!(true), json!("True"), json!(null)].map(truth),
            [Ok(true), Ok(true), Ok(false)]
        );
        assert_eq!(truth(json!("yes")), Err("\"yes\" is neither true nor false".to_string()));
        for wrong in [json!(-1), json!(1.5), json!("x"), json!([]), json!(1u64 << 40)] {
            let error = taken::<Option<Number>>(wrong).unwrap_err();
            assert!(error.ends_with("is no whole number"), "{error}");
        }
    }

    #[test]
    fn an_empty_name_is_none() {
        let said = |given| Text::said(taken::<Option<Text>>(given).unwrap().as_ref());
        assert_eq!([json!(" "), json!(""), json!(null)].map(said), [None, None, None]);
        assert_eq!(said(json!("finesse")), Some("finesse".to_string()));
    }
}
