//! Where tools work: the library at hand, the settings, and what a tool says when it cannot answer.
//!
//! In: a shelf and settings. Out: a [`Desk`] that hands every call the newest edition. Knows no protocol.

use std::sync::Arc;

use serde::Serialize;

use super::cursor::Place;
use crate::{
    clean::visible,
    shelf::{Edition, Shelf, Unknown},
};

/// How many tokens an answer may hold, unless told.
pub(crate) const TOKENS_MAX: usize = 20_000;

/// What stays the same for all calls.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// What the tools' names begin with.
    pub(crate) prefix: String,
    /// How many tokens an answer may hold.
    pub(crate) tokens_max: usize,
    /// Where the site stands if its own configuration does not say; ends in a slash.
    pub(crate) base_url: Option<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { prefix: String::new(), tokens_max: TOKENS_MAX, base_url: None }
    }
}

/// The library and the settings.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) settings: Arc<Settings>,
}

/// What one call sees.
pub(crate) struct Room<'a> {
    pub(crate) edition: &'a Edition,
    pub(crate) settings: &'a Settings,
}

/// Why there is no answer, said so that the next call can be right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) error: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) did_you_mean: Vec<String>,
}

impl Desk {
    /// Does `work` in a room with the newest edition.
    pub(crate) fn with<T>(&self, work: impl Fn(&Room) -> Result<T, Refusal>) -> Result<T, Refusal> {
        self.shelf.ask(|edition| work(&Room { edition, settings: &self.settings }))
    }
}

impl Room<'_> {
    /// The address of a page as it can be opened: absolute where it is known where the site stands.
    pub(crate) fn url(&self, url: &str) -> String {
        format!("{}{url}", self.base_url().unwrap_or_default())
    }

    pub(super) fn base_url(&self) -> Option<&str> {
        let own = self.edition.catalogue.manifest.base_url.as_deref();
        own.or(self.settings.base_url.as_deref())
    }

    /// Where a cursor leads, or an error that says what to do without it.
    pub(crate) fn place(&self, cursor: Option<&str>, question: &str) -> Result<Place, Refusal> {
        Place::of(cursor, question).ok_or_else(|| Refusal {
            code: "wrong_cursor",
            error: "this cursor does not belong to these arguments; repeat the call that gave it with the same arguments, or leave the cursor out to begin anew".to_string(),
            did_you_mean: Vec::new(),
        })
    }
}

impl Refusal {
    pub(crate) fn new(code: &'static str, error: impl Into<String>) -> Refusal {
        Refusal { code, error: error.into(), did_you_mean: Vec::new() }
    }

    /// The same without invisible signs.
    pub(crate) fn cleaned(self) -> Refusal {
        let offered = self.did_you_mean.iter().map(|name| visible(name).into_owned()).collect();
        let error = visible(&self.error).into_owned();
        Refusal { error, did_you_mean: offered, ..self }
    }
}

impl From<Unknown> for Refusal {
    fn from(unknown: Unknown) -> Refusal {
        let is_cut = unknown.more > 0;
        let error = format!("{unknown}{}", if is_cut { ": list_library names them" } else { "" });
        let did_you_mean = match (unknown.makers.is_empty(), unknown.is_alike) {
            (false, _) => unknown.makers,
            (true, true) => unknown.offered,
            (true, false) => Vec::new(),
        };
        Refusal { code: "unknown_name", error, did_you_mean }
    }
}

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Refusal {
        // Paths of the machine are nobody's business but the log's.
        tracing::error!("cannot answer: {error:#}");
        Refusal::new("damaged", "the library cannot be read just now; the server's log says why")
    }
}

/// Enough of what was given to know it again.
pub(crate) fn shortened(text: &str) -> String {
    const SHOWN_CHARS: usize = 80;
    let shown: String = text.chars().filter(|c| !c.is_control()).take(SHOWN_CHARS).collect();
    let is_whole = text.chars().nth(SHOWN_CHARS).is_none();
    if is_whole { shown } else { format!("{shown}…") }
}
