//! The library for programs: the Model Context Protocol over a built site.
//!
//! In: requests of the protocol, decoded by rmcp. Out: answers from the shelf: tools, resources, completions, prompts. The same
//! endpoint stands behind HTTP (`transport`) and behind standard input and output. Knows no site's pages.

mod addresses;
mod budget;
mod cite;
mod completion;
mod cursor;
mod desk;
mod passages;
mod prompts;
mod resources;
mod schema;
mod tools;
pub(crate) mod transport;

use std::{sync::Arc, time::Duration};

use rmcp::{
    ErrorData, RoleServer, ServerHandler, ServiceExt,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams,
        CompleteResult, ContentBlock, CustomRequest, CustomResult, ErrorCode,
        GetPromptRequestParams, GetPromptResponse, Implementation, ListPromptsResult,
        ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
        ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities, ServerConfig, Tool,
    },
    service::{RequestContext, ServerInitializeError},
};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

pub(crate) use desk::{Settings, TOKENS_MAX};

use crate::shelf::Shelf;
use desk::{Desk, Refusal};
use tools::Tools;

/// A call that takes longer is given up.
const CALL_SECONDS: u64 = 20;
/// So many calls at once for each core; others wait their turn.
const CALLS_PER_CORE: usize = 2;
/// How long a client may keep what a list or a resource said.
const TTL_MS: u64 = 60_000;

/// The library as the protocol sees it. Cheap to copy: every request has its own.
#[derive(Clone)]
pub(crate) struct Endpoint {
    desk: Desk,
    tools: Arc<Tools>,
    turns: Arc<Semaphore>,
}

impl Endpoint {
    pub(crate) fn new(shelf: Arc<Shelf>, settings: Settings) -> Endpoint {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Endpoint {
            tools: Arc::new(Tools::new(&settings.prefix)),
            desk: Desk { shelf, settings: Arc::new(settings) },
            turns: Arc::new(Semaphore::new(CALLS_PER_CORE * cores)),
        }
    }

    /// The turns in which work is done, for whoever works beside it.
    pub(crate) fn turns(&self) -> Arc<Semaphore> {
        Arc::clone(&self.turns)
    }

    /// Speaks over standard input and output until the input ends.
    pub(crate) async fn speak(self) -> anyhow::Result<()> {
        match self.serve(rmcp::transport::io::stdio_pipes()).await {
            Ok(service) => service.waiting().await.map(drop)?,
            // Nobody had a question.
            Err(ServerInitializeError::ConnectionClosed(_)) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Does work that reads files on a thread of its own, when it is its turn, within the time that there is.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Desk) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let late = || {
            Refusal::new(
                "too_slow",
                "the library did not answer in time; ask for less, or again later",
            )
        };
        let endpoint = self.clone();
        let answered = async move {
            let turn = Arc::clone(&endpoint.turns).acquire_owned().await.map_err(|_| late())?;
            let worker = tokio::task::spawn_blocking(move || {
                let answer = work(&endpoint.desk);
                drop(turn);
                answer
            });
            worker.await.map_err(|error| Refusal::from(anyhow::Error::from(error)))?
        };
        let limit = Duration::from_secs(CALL_SECONDS);
        tokio::time::timeout(limit, answered).await.map_err(|_| late())?
    }

    async fn answer(
        &self,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<CallToolResult, ErrorData> {
        if self.tools.find(name).is_none() {
            return Err(self.unknown_tool(name));
        }
        let begin = std::time::Instant::now();
        let (tools, called) = (Arc::clone(&self.tools), name.to_string());
        let answer = self.work(move |desk| match tools.find(&called) {
            Some(entry) => entry.call(desk, arguments),
            None => Err(Refusal::default()),
        });
        let answer = answer.await;
        let code = answer.as_ref().err().map_or("ok", |refusal| refusal.code);
        tracing::debug!(
            tool = name,
            outcome = code,
            time_ms = begin.elapsed().as_millis(),
            "called"
        );
        Ok(answer.map_or_else(refused, CallToolResult::structured))
    }

    fn unknown_tool(&self, name: &str) -> ErrorData {
        let names: Vec<&str> =
            self.tools.entries.iter().map(|entry| entry.tool.name.as_ref()).collect();
        let message =
            format!("no tool '{}'; there are {}", desk::shortened(name), names.join(", "));
        ErrorData::invalid_params(message, None)
    }
}

/// What a model reads where a call was wrong. It has no structured content: that is promised to have the answer's shape.
fn refused(refusal: Refusal) -> CallToolResult {
    let text = serde_json::to_string(&refusal).unwrap_or(refusal.error);
    CallToolResult::error(vec![ContentBlock::text(text)])
}

/// A wrong argument of anything but a tool.
fn invalid(refusal: Refusal) -> ErrorData {
    let offered = refusal.did_you_mean;
    let data = (!offered.is_empty()).then(|| serde_json::json!({ "didYouMean": offered }));
    match refusal.code {
        "damaged" | "too_slow" => ErrorData::internal_error(refusal.error, data),
        _ => ErrorData::invalid_params(refusal.error, data),
    }
}

/// What the methods take that cannot do without: who gives something else is told.
const PARAMETERS: [(&str, &str); 5] = [
    ("initialize", "`protocolVersion`, `capabilities` and `clientInfo`"),
    ("tools/call", "`name`, a text, and `arguments`, an object"),
    ("resources/read", "`uri`, a text"),
    ("prompts/get", "`name`, a text, and `arguments`, an object"),
    ("completion/complete", "`ref`, an object, and `argument`, an object"),
];

impl ServerHandler for Endpoint {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_resources()
            .enable_prompts()
            .enable_completions()
            .build();
        let own = Implementation::new("mcdewey", env!("CARGO_PKG_VERSION"))
            .with_title("McDewey")
            .with_description("A library of vendor guides: search it, read it, cite it");
        ServerConfig::new(capabilities)
            .with_server_info(own)
            .with_instructions(prompts::instructions(&self.desk.settings.prefix))
    }

    /// A request that is none of the protocol's, or one whose parameters cannot be read.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let wanted = PARAMETERS.iter().find(|(method, _)| *method == request.method);
        Err(match wanted {
            Some((method, parameters)) => {
                ErrorData::invalid_params(format!("{method} takes {parameters}"), None)
            }
            None => ErrorData::new(ErrorCode::METHOD_NOT_FOUND, request.method, None),
        })
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        one_page(request)?;
        let tools = self.tools.entries.iter().map(|entry| entry.tool.clone());
        Ok(ListToolsResult::with_all_items(tools.collect()).with_ttl_ms(TTL_MS))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.tools.find(name).map(|entry| entry.tool.clone())
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let result = self.answer(&request.name, request.arguments.unwrap_or_default()).await?;
        Ok(result.into())
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let cursor = request.and_then(|request| request.cursor);
        let listed =
            self.work(move |desk| desk.with(|room| resources::list(room, cursor.as_deref())));
        listed.await.map(|list| list.with_ttl_ms(TTL_MS)).map_err(invalid)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        one_page(request)?;
        Ok(ListResourceTemplatesResult::with_all_items(resources::templates()).with_ttl_ms(TTL_MS))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let uri = request.uri.clone();
        let read =
            self.work(move |desk| desk.with(|room| resources::read(room, &request.uri))).await;
        read.map(|result| result.with_ttl_ms(TTL_MS).into()).map_err(|refusal| ErrorData {
            data: Some(serde_json::json!({ "uri": uri })),
            ..invalid(refusal)
        })
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        one_page(request)?;
        Ok(ListPromptsResult::with_all_items(prompts::list()).with_ttl_ms(TTL_MS))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let prefix = &self.desk.settings.prefix;
        prompts::get(&request.name, &arguments, prefix).map(Into::into).map_err(invalid)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let done = self.work(move |desk| desk.with(|room| completion::complete(room, &request)));
        done.await.map_err(invalid)
    }
}

/// Lists that fit one page have no second one.
fn one_page(request: Option<PaginatedRequestParams>) -> Result<(), ErrorData> {
    match request.and_then(|request| request.cursor) {
        None => Ok(()),
        Some(_) => Err(ErrorData::invalid_params("no such cursor; this list has one page", None)),
    }
}
