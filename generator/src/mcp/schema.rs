//! JSON Schemas of arguments and answers, as models and strict clients like them: one flat document without references,
//! without number formats that no validator knows, without "or null" where a field may simply be absent.
//!
//! In: a type. Out: its schema of draft 2020-12. Knows no tool.

use std::sync::Arc;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value};

/// What a tool takes.
pub(crate) fn of_arguments<T: JsonSchema>() -> Arc<Map<String, Value>> {
    made::<T>(SchemaSettings::draft2020_12())
}

/// What a tool answers.
pub(crate) fn of_answer<T: JsonSchema>() -> Arc<Map<String, Value>> {
    made::<T>(SchemaSettings::draft2020_12().for_serialize())
}

fn made<T: JsonSchema>(settings: SchemaSettings) -> Arc<Map<String, Value>> {
    let settings = settings.with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    simplify(&mut schema);
    let mut schema = schema.as_object().cloned().unwrap_or_default();
    schema.remove("title");
    schema.remove("description");
    Arc::new(schema)
}

fn simplify(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("format").is_some_and(Value::is_string) {
                fields.remove("format");
            }
            if fields.get("default").is_some_and(Value::is_null) {
                fields.remove("default");
            }
            if let Some(kind) = fields.get("type").and_then(only_type) {
                fields.insert("type".to_string(), kind);
            }
            fields.values_mut().for_each(simplify);
        }
        Value::Array(items) => items.iter_mut().for_each(simplify),
        _ => {}
    }
}

/// `["string", "null"]` as `"string"`.
fn only_type(kind: &Value) -> Option<Value> {
    match kind.as_array()?.as_slice() {
        [kind, null] if null == "null" => Some(kind.clone()),
        _ => None,
    }
}
