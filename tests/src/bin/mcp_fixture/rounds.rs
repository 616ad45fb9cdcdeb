//! Tools and a prompt that need an answer of the client first: the current revision asks in the result, and is asked again.
//!
//! In: a name, the client's answers so far, the state it gives back. Out: another question, or the end. Keeps nothing between the
//! rounds. Knows no connection.

use std::collections::BTreeMap;

use rmcp::ErrorData;
use serde_json::{Value, json};

type Answers = BTreeMap<String, Value>;

/// What the state of the round so-and-so is; anything else was tampered with.
const STATES: [&str; 2] = ["round-1-sealed", "round-2-sealed"];

/// The next question, or none where all is answered. `Err` where the state is not ours.
pub(crate) fn next(
    name: &str,
    answers: &Answers,
    state: Option<&str>,
    declared: &Value,
) -> Result<Option<Value>, ErrorData> {
    if state.is_some_and(|state| !STATES.contains(&state)) {
        return Err(ErrorData::invalid_params("the state was changed on its way", None));
    }
    let questions = match name {
        "test_input_required_result_elicitation" | "test_streaming_elicitation" => {
            json!({ "user_name": elicit("What is your name?", "name", "string") })
        }
        "test_input_required_result_sampling" => {
            json!({ "capital_question": sample("What is the capital of France?") })
        }
        "test_input_required_result_list_roots" => json!({ "client_roots": roots() }),
        "test_input_required_result_request_state"
        | "test_input_required_result_tampered_state" => {
            return Ok(sealed(
                answers,
                &json!({ "confirm": elicit("Please confirm", "ok", "boolean") }),
            ));
        }
        "test_input_required_result_multiple_inputs" => {
            let questions = json!({
                "user_name": elicit("What is your name?", "name", "string"),
                "greeting": sample("Generate a greeting"),
                "client_roots": roots()
            });
            return Ok(sealed(answers, &questions));
        }
        "test_input_required_result_multi_round" => return Ok(second_round(answers, state)),
        "test_input_required_result_capabilities" => able(declared),
        "test_input_required_result_prompt" => {
            json!({ "user_context": elicit("What context should the prompt use?", "context", "string") })
        }
        _ => return Ok(None),
    };
    Ok(open(answers, &questions)
        .then(|| json!({ "resultType": "input_required", "inputRequests": questions })))
}

/// Whether a question has no proper answer yet.
fn open(answers: &Answers, questions: &Value) -> bool {
    let asked = questions.as_object().into_iter().flat_map(|questions| questions.keys());
    let mut asked = asked.map(|key| answers.get(key));
    asked.any(|answer| !answer.is_some_and(|answer| answer.is_object() && is_accepted(answer)))
}

/// A form must be accepted with content; what is no form has neither field.
fn is_accepted(answer: &Value) -> bool {
    let is_form = answer.get("action").is_some();
    !is_form
        || (answer["action"] == "accept" && answer["content"].is_object())
        || answer["action"] == "decline"
}

fn sealed(answers: &Answers, questions: &Value) -> Option<Value> {
    open(answers, questions).then(|| {
        json!({ "resultType": "input_required", "inputRequests": questions, "requestState": STATES[0] })
    })
}

fn second_round(answers: &Answers, state: Option<&str>) -> Option<Value> {
    let second =
        json!({ "step2": elicit("Step 2: What is your favorite color?", "color", "string") });
    match state {
        Some(state) if state == STATES[1] && !open(answers, &second) => None,
        Some(state) if state == STATES[0] && answers.contains_key("step1") => Some(
            json!({ "resultType": "input_required", "inputRequests": second, "requestState": STATES[1] }),
        ),
        _ => {
            let first = json!({ "step1": elicit("Step 1: What is your name?", "name", "string") });
            Some(
                json!({ "resultType": "input_required", "inputRequests": first, "requestState": STATES[0] }),
            )
        }
    }
}

/// Only what the client declares that it can do.
fn able(declared: &Value) -> Value {
    let mut questions = json!({});
    if declared.get("sampling").is_some() {
        questions["sample"] = sample("Say something");
    }
    if declared.get("elicitation").is_some() {
        questions["ask"] = elicit("Say something", "words", "string");
    }
    questions
}

fn elicit(message: &str, field: &str, kind: &str) -> Value {
    let schema =
        json!({ "type": "object", "properties": { field: { "type": kind } }, "required": [field] });
    json!({ "method": "elicitation/create", "params": { "mode": "form", "message": message, "requestedSchema": schema } })
}

fn sample(prompt: &str) -> Value {
    let message = json!({ "role": "user", "content": { "type": "text", "text": prompt } });
    json!({ "method": "sampling/createMessage", "params": { "messages": [message], "maxTokens": 100 } })
}

fn roots() -> Value {
    json!({ "method": "roots/list", "params": {} })
}
