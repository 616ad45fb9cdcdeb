//! The tools: what each is called, takes and answers.
//!
//! In: a name and arguments. Out: an answer as JSON, or what would have been right. Every tool only reads, answers the same
//! when asked the same, and knows nothing but the library. Knows no transport.

mod compare;
mod find;
mod lenient;
mod list;
mod moved;
mod narrowed;
mod nearest;
mod read;

use rmcp::model::{Tool, ToolAnnotations};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    desk::{Desk, Refusal, Room},
    schema,
};
use crate::clean::visible;

type Call = Box<dyn Fn(&Desk, Map<String, Value>) -> Result<Value, Refusal> + Send + Sync>;

/// A tool and what it does.
pub(crate) struct Entry {
    pub(crate) tool: Tool,
    call: Call,
}

/// All tools, in the order in which they are listed.
pub(crate) struct Tools {
    pub(crate) entries: Vec<Entry>,
}

impl Tools {
    /// The tools with names that begin with `prefix`.
    pub(crate) fn new(prefix: &str) -> Tools {
        let mut entries = vec![
            entry("search", "Search the library", find::SEARCH, find::search),
            entry("fetch", "Fetch a passage", find::FETCH, find::fetch),
            entry("list_library", "What the library holds", list::LIBRARY, list::library),
            entry("find_version", "Find a version", list::VERSION, list::version),
            entry("read_guide", "Read a guide", read::GUIDE, read::guide),
            entry("read_neighbors", "Read around a passage", read::NEIGHBORS, read::neighbors),
            entry("compare_versions", "Compare versions", compare::COMPARE, compare::compare),
        ];
        for entry in &mut entries {
            entry.tool.name = format!("{prefix}{}", entry.tool.name).into();
        }
        Tools { entries }
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tool.name == name)
    }
}

impl Entry {
    pub(crate) fn call(
        &self,
        desk: &Desk,
        arguments: Map<String, Value>,
    ) -> Result<Value, Refusal> {
        (self.call)(desk, arguments).map(cleaned).map_err(Refusal::cleaned)
    }
}

/// Of a number that answers leave out where it is 0.
fn is_nothing<N: Default + PartialEq>(number: &N) -> bool {
    *number == N::default()
}

/// Names, paths and ids are written by others as texts are: nothing in an answer holds invisible signs.
fn cleaned(answer: Value) -> Value {
    match answer {
        Value::String(text) => Value::String(visible(&text).into_owned()),
        Value::Array(items) => items.into_iter().map(cleaned).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, cleaned(value))).collect()
        }
        plain => plain,
    }
}

fn entry<A, B>(
    name: &'static str,
    title: &'static str,
    description: &'static str,
    answer: fn(&Room, &A) -> Result<B, Refusal>,
) -> Entry
where
    A: DeserializeOwned + JsonSchema + 'static,
    B: Serialize + JsonSchema + 'static,
{
    let hints = ToolAnnotations::with_title(title)
        .read_only(true)
        .destructive(false)
        .idempotent(true)
        .open_world(false);
    let tool = Tool::new(name, description, schema::of_arguments::<A>())
        .with_title(title)
        .with_raw_output_schema(schema::of_answer::<B>())
        .with_annotations(hints);
    let call = move |desk: &Desk, arguments: Map<String, Value>| {
        let arguments: A = serde_path_to_error::deserialize(Value::Object(arguments))
            .map_err(|error| Refusal::new("wrong_arguments", format!("{name}: {error}")))?;
        let answer = desk.with(|room| answer(room, &arguments))?;
        serde_json::to_value(answer).map_err(|error| anyhow::Error::from(error).into())
    };
    Entry { tool, call: Box::new(call) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_an_answer_holds_what_is_hidden() {
        let hidden = "Cis\u{200b}co\u{e0041}";
        let answer =
            serde_json::json!({ "results": [{ "vendor": hidden, "page": 7 }], "id": hidden });
        let expected =
            serde_json::json!({ "results": [{ "vendor": "Cisco", "page": 7 }], "id": "Cisco" });
        assert_eq!(cleaned(answer), expected);
    }

    #[test]
    fn every_tool_describes_itself() {
        for Entry { tool, .. } in Tools::new("docs_").entries {
            let name = tool.name.as_ref();
            assert!(name.starts_with("docs_") && name.len() <= 64, "{name}");
            assert!(tool.description.is_some_and(|text| text.len() > 40), "{name}");
            for schema in [Some(tool.input_schema), tool.output_schema].into_iter().flatten() {
                let text = serde_json::to_string(schema.as_ref()).unwrap();
                assert_eq!(schema["type"], "object", "{name}");
                assert!(schema["$schema"].as_str().unwrap().contains("2020-12"), "{name}");
                for unwanted in ["$ref", "\"format\"", "null"] {
                    assert!(!text.contains(unwanted), "{name}: {text}");
                }
            }
        }
    }
}
