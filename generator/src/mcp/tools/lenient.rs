//! Arguments as clients send them: a version as a number, a number as text. What is meant is plain, so it is taken.
//!
//! In: JSON. Out: text, numbers. Knows no tool.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::Value;

/// A text, or a number that is meant as one: `12.5`.
pub(super) fn text<'de, D: Deserializer<'de>>(given: D) -> Result<String, D::Error> {
    match Value::deserialize(given)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(D::Error::custom(format!("{} is no text", kind(&other)))),
    }
}

/// The same for a text that may be absent.
pub(super) fn maybe_text<'de, D: Deserializer<'de>>(given: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(given)? {
        Value::Null => Ok(None),
        value => text(value).map(Some).map_err(D::Error::custom),
    }
}

/// A version as it was given.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Version {
    text: String,
    /// Programs make the number 12 of 12.0, so it may be that as well.
    is_whole_number: bool,
}

impl Version {
    pub(super) fn text(&self) -> Option<&str> {
        Some(self.text.as_str()).filter(|text| !text.trim().is_empty())
    }

    /// What is meant, where some versions are known.
    pub(super) fn meant(&self, is_known: impl Fn(&str) -> bool) -> Option<String> {
        let whole = self.is_whole_number.then(|| format!("{}.0", self.text));
        whole.filter(|whole| is_known(whole)).or_else(|| self.text().map(str::to_string))
    }
}

/// A version as text or as a number.
pub(super) fn version<'de, D: Deserializer<'de>>(given: D) -> Result<Version, D::Error> {
    let value = Value::deserialize(given)?;
    let is_whole_number = value.is_u64();
    Ok(Version { text: text(value).map_err(D::Error::custom)?, is_whole_number })
}

/// The same for a version that may be absent.
pub(super) fn maybe_version<'de, D: Deserializer<'de>>(
    given: D,
) -> Result<Option<Version>, D::Error> {
    match Value::deserialize(given)? {
        Value::Null => Ok(None),
        value => version(value).map(Some).map_err(D::Error::custom),
    }
}

/// A whole number that may be absent, or the text of one.
pub(super) fn maybe_number<'de, D: Deserializer<'de>>(given: D) -> Result<Option<u32>, D::Error> {
    let value = Value::deserialize(given)?;
    let number = match &value {
        Value::Null => return Ok(None),
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        _ => None,
    };
    let number =
        number.ok_or_else(|| D::Error::custom(format!("{} is no whole number", shown(&value))));
    number.map(Some)
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

    #[test]
    fn what_is_meant_is_taken() {
        assert_eq!(text(json!("12.5")).unwrap(), "12.5");
        assert_eq!(text(json!(12.5)).unwrap(), "12.5");
        assert_eq!(maybe_text(json!(null)).unwrap(), None);
        let meant = |given| version(given).unwrap().meant(|text| text == "12.0").unwrap();
        assert_eq!(meant(json!(12)), "12.0");
        assert_eq!(meant(json!("12")), "12");
        assert_eq!(meant(json!(13)), "13");
        assert_eq!(maybe_number(json!("7")).unwrap(), Some(7));
        assert_eq!(maybe_number(json!(7)).unwrap(), Some(7));
        for wrong in [json!(-1), json!(1.5), json!("x"), json!([]), json!(1u64 << 40)] {
            let error = maybe_number(wrong).unwrap_err().to_string();
            assert!(error.ends_with("is no whole number"), "{error}");
        }
        assert_eq!(text(json!([])).unwrap_err().to_string(), "a list is no text");
    }
}
