//! What the fixture's tools, resources and prompts say, as the suite wants it.
//!
//! In: names. Out: JSON of the protocol. Knows no connection.

use serde_json::{Value, json};

/// A picture of one pixel.
const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
/// A sound of no length.
const SOUND: &str = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=";

/// Tools without arguments.
const TOOLS: [&str; 21] = [
    "test_simple_text",
    "test_image_content",
    "test_audio_content",
    "test_embedded_resource",
    "test_multiple_content_types",
    "test_tool_with_logging",
    "test_tool_with_progress",
    "test_error_handling",
    "test_elicitation_sep1034_defaults",
    "test_elicitation_sep1330_enums",
    "test_missing_capability",
    "test_streaming_elicitation",
    "test_logging_tool",
    "test_input_required_result_elicitation",
    "test_input_required_result_sampling",
    "test_input_required_result_list_roots",
    "test_input_required_result_request_state",
    "test_input_required_result_multiple_inputs",
    "test_input_required_result_multi_round",
    "test_input_required_result_tampered_state",
    "test_input_required_result_capabilities",
];

pub(crate) fn tools() -> Value {
    let bare = json!({ "type": "object", "properties": {} });
    let plain = TOOLS.iter().map(|name| tool(name, &bare));
    let asking =
        [("test_sampling", "prompt"), ("test_elicitation", "message")].map(|(name, argument)| {
            let schema = json!({
                "type": "object",
                "properties": { argument: { "type": "string" } },
                "required": [argument]
            });
            tool(name, &schema)
        });
    let own_schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": { "address": { "type": "object", "properties": { "city": { "type": "string" } } } },
        "properties": { "name": { "type": "string" }, "address": { "$ref": "#/$defs/address" } },
        "additionalProperties": false
    });
    let schema = [tool("json_schema_2020_12_tool", &own_schema)];
    Value::Array(plain.chain(asking).chain(schema).collect())
}

fn tool(name: &str, schema: &Value) -> Value {
    json!({ "name": name, "description": format!("Does what the suite expects of {name}"), "inputSchema": schema })
}

/// The answers of tools that only say something.
pub(crate) fn said(tool: &str) -> Option<Value> {
    let text = |text: &str| json!({ "type": "text", "text": text });
    let picture = json!({ "type": "image", "data": PICTURE, "mimeType": "image/png" });
    let resource = |uri: &str, text: &str| json!({ "type": "resource", "resource": { "uri": uri, "mimeType": "text/plain", "text": text } });
    let content = match tool {
        "test_simple_text" => json!([text("This is a simple text response for testing.")]),
        "test_image_content" => json!([picture]),
        "test_audio_content" => {
            json!([{ "type": "audio", "data": SOUND, "mimeType": "audio/wav" }])
        }
        "test_embedded_resource" => {
            json!([resource("test://embedded-resource", "This is an embedded resource content.")])
        }
        "test_multiple_content_types" => json!([
            text("Multiple content types test:"),
            picture,
            resource("test://mixed-content-resource", "{\"test\":\"data\",\"value\":123}")
        ]),
        "json_schema_2020_12_tool" | "test_logging_tool" => json!([text("done")]),
        "test_error_handling" => {
            let content = json!([text("This tool intentionally returns an error for testing")]);
            return Some(json!({ "resultType": "complete", "content": content, "isError": true }));
        }
        _ => return None,
    };
    Some(json!({ "resultType": "complete", "content": content }))
}

pub(crate) fn resources() -> Value {
    let resource = |name: &str, kind: &str| json!({ "uri": format!("test://{name}"), "name": name, "description": "For the suite", "mimeType": kind });
    json!([
        resource("static-text", "text/plain"),
        resource("static-binary", "image/png"),
        resource("watched-resource", "text/plain")
    ])
}

pub(crate) fn templates() -> Value {
    json!([{ "uriTemplate": "test://template/{id}/data", "name": "template", "mimeType": "application/json" }])
}

pub(crate) fn resource(uri: &str) -> Option<Value> {
    let id = uri.strip_prefix("test://template/").and_then(|rest| rest.strip_suffix("/data"));
    let content = match (uri, id) {
        ("test://static-text", _) => {
            json!({ "mimeType": "text/plain", "text": "This is the content of the static text resource." })
        }
        ("test://static-binary", _) => json!({ "mimeType": "image/png", "blob": PICTURE }),
        ("test://watched-resource", _) => json!({ "mimeType": "text/plain", "text": "Watched" }),
        (_, Some(id)) => {
            let text =
                json!({ "id": id, "templateTest": true, "data": format!("Data for ID: {id}") });
            json!({ "mimeType": "application/json", "text": text.to_string() })
        }
        _ => return None,
    };
    let mut content = content;
    content["uri"] = json!(uri);
    Some(json!({ "resultType": "complete", "contents": [content] }))
}

pub(crate) fn prompts() -> Value {
    let argument =
        |name: &str| json!({ "name": name, "description": "For the suite", "required": true });
    json!([
        { "name": "test_simple_prompt", "description": "Says something" },
        {
            "name": "test_prompt_with_arguments", "description": "Says what it is given",
            "arguments": [argument("arg1"), argument("arg2")]
        },
        {
            "name": "test_prompt_with_embedded_resource", "description": "Holds a resource",
            "arguments": [argument("resourceUri")]
        },
        { "name": "test_prompt_with_image", "description": "Holds a picture" },
        { "name": "test_input_required_result_prompt", "description": "Asks back" }
    ])
}

pub(crate) fn prompt(name: &str, arguments: &Value) -> Option<Value> {
    let said = |content: Value| json!({ "role": "user", "content": content });
    let text = |text: String| said(json!({ "type": "text", "text": text }));
    let messages = match name {
        "test_simple_prompt" => json!([text("This is a simple prompt for testing.".to_string())]),
        "test_prompt_with_arguments" => {
            let given = |name: &str| arguments[name].as_str().unwrap_or_default().to_string();
            let words = format!(
                "Prompt with arguments: arg1='{}', arg2='{}'",
                given("arg1"),
                given("arg2")
            );
            json!([text(words)])
        }
        "test_prompt_with_embedded_resource" => json!([
            said(json!({ "type": "resource", "resource": {
                "uri": arguments["resourceUri"], "mimeType": "text/plain",
                "text": "Embedded resource content for testing."
            } })),
            text("Please process the embedded resource above.".to_string())
        ]),
        "test_prompt_with_image" => json!([
            said(json!({ "type": "image", "data": PICTURE, "mimeType": "image/png" })),
            text("Please analyze the image above.".to_string())
        ]),
        "test_input_required_result_prompt" => json!([text("With context".to_string())]),
        _ => return None,
    };
    Some(json!({ "resultType": "complete", "messages": messages }))
}

/// What the fixture asks its client in a form.
pub(crate) fn form(tool: &str) -> Value {
    match tool {
        "test_elicitation_sep1034_defaults" => json!({
            "type": "object",
            "properties": {
                "name": { "type": "string", "default": "John Doe" },
                "age": { "type": "integer", "default": 30 },
                "score": { "type": "number", "default": 95.5 },
                "status": { "type": "string", "enum": ["active", "inactive", "pending"], "default": "active" },
                "verified": { "type": "boolean", "default": true }
            },
            "required": []
        }),
        "test_elicitation_sep1330_enums" => enums(),
        _ => json!({
            "type": "object",
            "properties": { "response": { "type": "string", "description": "User's response" } },
            "required": ["response"]
        }),
    }
}

fn enums() -> Value {
    let titled = |word: &str| {
        let option =
            |value: &str, nth: &str| json!({ "const": value, "title": format!("{nth} {word}") });
        json!([option("value1", "First"), option("value2", "Second"), option("value3", "Third")])
    };
    json!({
        "type": "object",
        "properties": {
            "untitledSingle": { "type": "string", "enum": ["option1", "option2", "option3"] },
            "titledSingle": { "type": "string", "oneOf": titled("Option") },
            "legacyEnum": {
                "type": "string", "enum": ["opt1", "opt2", "opt3"],
                "enumNames": ["Option One", "Option Two", "Option Three"]
            },
            "untitledMulti": {
                "type": "array", "minItems": 1, "maxItems": 3,
                "items": { "type": "string", "enum": ["option1", "option2", "option3"] }
            },
            "titledMulti": { "type": "array", "minItems": 1, "maxItems": 3, "items": { "anyOf": titled("Choice") } }
        },
        "required": []
    })
}
