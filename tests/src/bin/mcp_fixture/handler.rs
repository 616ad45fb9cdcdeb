//! The fixture as the SDK sees it.
//!
//! In: requests. Out: what `answers` and `rounds` say; in the former revision, questions to the client on the way. Keeps no state.

#![expect(
    deprecated,
    reason = "the former revision has levels of logging and subscriptions by request"
)]

use std::{collections::BTreeMap, future::Future};

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities,
        CompleteRequestParams, CompleteResult, CompletionInfo, CustomNotification,
        GetPromptRequestParams, GetPromptResponse, GetPromptResult, InputRequiredResult,
        ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult,
        PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse,
        ReadResourceResult, ServerCapabilities, ServerConfig, ServerNotification, ServerRequest,
        SetLevelRequestParams, SubscribeRequestParams, SubscriptionFilter, Tool,
        UnsubscribeRequestParams,
    },
    service::RequestContext,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{answers, rounds};

/// The handler: all that it says is written down elsewhere.
#[derive(Clone)]
pub(crate) struct Fixture;

type Context = RequestContext<RoleServer>;

/// JSON that is written here in the shape that the SDK wants.
fn shaped<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("the fixture writes what the protocol allows")
}

fn unsupported(name: &str) -> ErrorData {
    ErrorData::invalid_params(format!("nothing here is called {name}"), None)
}

impl Fixture {
    async fn call(
        &self,
        name: &str,
        arguments: &Value,
        context: &Context,
    ) -> Result<Value, ErrorData> {
        if let Some(said) = answers::said(name) {
            return Ok(said);
        }
        let text = match name {
            "test_tool_with_logging" => log(context).await,
            "test_tool_with_progress" => progress(context).await,
            "test_sampling" => sampled(context, &arguments["prompt"]).await?,
            "test_elicitation"
            | "test_elicitation_sep1034_defaults"
            | "test_elicitation_sep1330_enums" => {
                elicited(context, name, &arguments["message"]).await?
            }
            "test_missing_capability" => needs_sampling(context)?,
            _ if name.starts_with("test_input_required")
                || name == "test_streaming_elicitation" =>
            {
                "state-ok".to_string()
            }
            _ => return Err(unsupported(name)),
        };
        Ok(json!({ "resultType": "complete", "content": [{ "type": "text", "text": text }] }))
    }
}

async fn log(context: &Context) -> String {
    for text in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
        let params = json!({ "level": "info", "data": text });
        let notice = CustomNotification::new("notifications/message", Some(params));
        let _ =
            context.peer.send_notification(ServerNotification::CustomNotification(notice)).await;
    }
    "Tool with logging executed successfully".to_string()
}

async fn progress(context: &Context) -> String {
    let token = serde_json::to_value(context.meta.get_progress_token()).unwrap_or_default();
    for step in [0, 50, 100] {
        let params = json!({ "progressToken": token, "progress": step, "total": 100 });
        let _ = context.peer.notify_progress(shaped(params)).await;
    }
    token.to_string()
}

async fn sampled(context: &Context, prompt: &Value) -> Result<String, ErrorData> {
    let message = json!({ "role": "user", "content": { "type": "text", "text": prompt } });
    let params = json!({ "messages": [message], "maxTokens": 100 });
    let answer =
        asked(context, json!({ "method": "sampling/createMessage", "params": params })).await?;
    Ok(format!("LLM response: {}", answer["content"]["text"].as_str().unwrap_or_default()))
}

async fn elicited(context: &Context, tool: &str, message: &Value) -> Result<String, ErrorData> {
    let message = message.as_str().unwrap_or("Please fill in the form");
    let params =
        json!({ "mode": "form", "message": message, "requestedSchema": answers::form(tool) });
    let answer =
        asked(context, json!({ "method": "elicitation/create", "params": params })).await?;
    Ok(format!("User response: action={}, content={}", answer["action"], answer["content"]))
}

/// Asks the client in the middle of a call, as the former revision does.
async fn asked(context: &Context, request: Value) -> Result<Value, ErrorData> {
    let answer = context.peer.send_request(shaped::<ServerRequest>(request)).await;
    let answer = answer.map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
    serde_json::to_value(answer).map_err(|error| ErrorData::internal_error(error.to_string(), None))
}

fn needs_sampling(context: &Context) -> Result<String, ErrorData> {
    match declared(context).get("sampling").is_some() {
        true => Ok("The client can sample".to_string()),
        false => {
            let needed: ClientCapabilities = shaped(json!({ "sampling": {} }));
            Err(ErrorData::missing_required_client_capability(needed))
        }
    }
}

/// What the client declares that it can do.
fn declared(context: &Context) -> Value {
    serde_json::to_value(context.client_capabilities()).unwrap_or_default()
}

/// The next question of the current revision, if there is one.
fn round(
    name: &str,
    responses: Option<BTreeMap<String, Value>>,
    state: Option<&str>,
    context: &Context,
) -> Result<Option<InputRequiredResult>, ErrorData> {
    let responses = responses.unwrap_or_default();
    let next = rounds::next(name, &responses, state, &declared(context))?;
    Ok(next.map(shaped))
}

impl ServerHandler for Fixture {
    fn get_info(&self) -> ServerConfig {
        let capabilities: ServerCapabilities = shaped(json!({
            "tools": {}, "resources": { "subscribe": true }, "prompts": {}, "logging": {}, "completions": {}
        }));
        ServerConfig::new(capabilities)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(shaped(answers::tools())))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let tools: Vec<Tool> = shaped(answers::tools());
        tools.into_iter().find(|tool| tool.name == name)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: Context,
    ) -> Result<CallToolResponse, ErrorData> {
        let state = request.request_state.as_deref();
        if let Some(question) = round(&request.name, request.input_responses, state, &context)? {
            return Ok(question.into());
        }
        let arguments = Value::Object(request.arguments.unwrap_or_default());
        let answer = self.call(&request.name, &arguments, &context).await?;
        Ok(shaped::<CallToolResult>(answer).into())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(shaped(answers::resources())))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(shaped(answers::templates())))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: Context,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let found = answers::resource(&request.uri).map(shaped::<ReadResourceResult>);
        let missing = || {
            ErrorData::resource_not_found("no such resource", Some(json!({ "uri": request.uri })))
        };
        found.map(Into::into).ok_or_else(missing)
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(shaped(answers::prompts())))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: Context,
    ) -> Result<GetPromptResponse, ErrorData> {
        let state = request.request_state.as_deref();
        if let Some(question) = round(&request.name, request.input_responses, state, &context)? {
            return Ok(question.into());
        }
        let arguments = json!(request.arguments.unwrap_or_default());
        let found = answers::prompt(&request.name, &arguments).map(shaped::<GetPromptResult>);
        found.map(Into::into).ok_or_else(|| unsupported(&request.name))
    }

    async fn complete(
        &self,
        _: CompleteRequestParams,
        _: Context,
    ) -> Result<CompleteResult, ErrorData> {
        let nothing = CompletionInfo::with_all_values(Vec::new()).unwrap_or_default();
        Ok(CompleteResult::new(nothing))
    }

    async fn set_level(&self, _: SetLevelRequestParams, _: Context) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn subscribe(&self, _: SubscribeRequestParams, _: Context) -> Result<(), ErrorData> {
        Ok(())
    }

    fn unsubscribe(
        &self,
        _: UnsubscribeRequestParams,
        _: Context,
    ) -> impl Future<Output = Result<(), ErrorData>> + Send + '_ {
        std::future::ready(Ok(()))
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(requested.clone())
    }
}
