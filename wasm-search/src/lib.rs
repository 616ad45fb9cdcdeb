//! The search engine's face in the browser: bytes in, answers out as JSON.
//!
//! In: the root, shards and questions, as JavaScript has them. Out: JSON, or an error thrown as a sentence.
//! No logic of its own: what is asked and answered is `search`'s.
//! In the browser it does without the standard library, whose panic messages would be a third of the module.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod json;

use alloc::string::String;

use search::{DocumentId, Facets, Fetched, Query, Reply, Semantic, Wanted};
use wasm_bindgen::prelude::wasm_bindgen;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// A panic is a mistake of ours; it ends the worker, and the page says that the search has failed.
#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// An open index.
#[wasm_bindgen]
pub struct Engine(search::Engine);

#[wasm_bindgen]
impl Engine {
    /// Opens an index by the inflated payload of `search/root.js`.
    #[wasm_bindgen(constructor)]
    pub fn new(root: &[u8]) -> Result<Engine, String> {
        search::Engine::open(root).map(Engine).map_err(sentence)
    }

    /// Takes the inflated payload of `search/<id>.js`.
    pub fn feed(&mut self, id: &str, raw: &[u8]) -> Result<(), String> {
        self.0.feed(id, raw).map_err(sentence)
    }

    /// Asks; an empty filter filters nothing. `options` is the sum of 1 to count matches by level, 2 to search every version and 4 to heed words
    /// alone.
    /// Gives `{"need":[ids]}` or `{"answer":{…}}`.
    #[expect(
        clippy::too_many_arguments,
        reason = "an object would cost more glue than the eight of them"
    )]
    pub fn ask(
        &self,
        text: String,
        vendor: String,
        product: String,
        version: String,
        guide: String,
        offset: u32,
        limit: u32,
        options: u32,
    ) -> Result<String, String> {
        let filter = |value: String| (!value.is_empty()).then_some(value);
        let query = Query {
            text,
            vendor: filter(vendor),
            product: filter(product),
            version: filter(version),
            guide: filter(guide),
            every_version: options & 2 != 0,
            offset,
            limit,
            facets: if options & 1 != 0 { Facets::Count } else { Facets::Skip },
            semantic: if options & 4 != 0 { Semantic::Off } else { Semantic::Auto },
            ..Query::default()
        };
        Ok(match self.0.ask(&query).map_err(sentence)? {
            Reply::Need(ids) => json::need(&ids),
            Reply::Answer(answer) => json::answer(&answer),
        })
    }

    /// Where a group of passages stands. Gives `{"need":[ids]}` or `{"places":[…]}`.
    pub fn places(&self, group: u32) -> Result<String, String> {
        let wanted = Wanted::Group(DocumentId(group));
        Ok(match self.0.fetch(&wanted).map_err(sentence)? {
            Fetched::Need(ids) => json::need(&ids),
            Fetched::Records(records) => json::places(&records),
        })
    }
}

fn sentence(error: search::Error) -> String {
    String::from(error.sentence())
}
