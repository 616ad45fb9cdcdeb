//! The part of `mcdewey.toml` that says how folders are called: `[names]`.
//!
//! In: a name, or a table with a name and aliases. Out: both as one. Knows no folder.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

/// A display name, and other names that people use.
#[derive(Debug, Clone, Default)]
pub(crate) struct Name {
    pub(crate) name: Option<String>,
    pub(crate) aliases: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
}

/// Not `untagged`: an error would not name the key.
impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(given: D) -> Result<Name, D::Error> {
        given.deserialize_any(PlainOrTable)
    }
}

struct PlainOrTable;

impl<'de> Visitor<'de> for PlainOrTable {
    type Value = Name;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a name, or a table with name and aliases")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Name, E> {
        Ok(Name { name: Some(not_blank(name.to_string())?), aliases: Vec::new() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Name, A::Error> {
        let Written { name, aliases } = Written::deserialize(MapAccessDeserializer::new(map))?;
        for name in name.iter().chain(&aliases) {
            not_blank(name.clone())?;
        }
        Ok(Name { name, aliases })
    }
}

/// A name that is shown.
pub(super) fn filled<'de, D: Deserializer<'de>>(given: D) -> Result<String, D::Error> {
    not_blank(String::deserialize(given)?)
}

/// What has no name cannot be chosen.
fn not_blank<E: Error>(name: String) -> Result<String, E> {
    match name.trim().is_empty() {
        true => Err(E::custom("a name is empty; leave it out for the default")),
        false => Ok(name),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    #[test]
    fn names_are_plain_or_tables() {
        let config: Config = toml::from_str(
            "[names]\ncisco = 'Cisco'\n'cisco/cucm' = { name = 'Unified CM', aliases = ['callmanager'] }",
        )
        .unwrap();
        assert_eq!(config.name("cisco"), Some("Cisco"));
        assert_eq!(config.name("cisco/cucm"), Some("Unified CM"));
        assert_eq!(config.aliases("cisco/cucm"), ["callmanager"]);
        assert_eq!(config.name("other"), None);
    }

    #[test]
    fn what_is_wrong_with_a_name_is_said_with_its_line() {
        let check = |line: &str, expected: &str| {
            let text = format!("[names]\n{line}\n");
            let error = toml::from_str::<Config>(&text).unwrap_err().to_string();
            assert!(error.contains("line 2") && error.contains(expected), "{error}");
        };
        check("a = { nmae = 'z' }", "unknown field `nmae`");
        check("a = { aliases = 'z' }", "expected a sequence");
        check("a = 3", "a name, or a table with name and aliases");
        check("a = ''", "a name is empty");
        check("a = { name = ' ' }", "a name is empty");
        check("a = { name = 'A', aliases = [''] }", "a name is empty");
    }
}
