//! The search engine's face in the browser: bytes in, answers out as JSON.
//!
//! In: the root, shards and questions, as JavaScript has them. Out: JSON.
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
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// A panic is a mistake of ours; it ends the worker, and the page says that the search has failed.
#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// An index, once it is opened. Says what is wrong as `{"fault":"damaged","subject":"…"}`: whatever is thrown costs glue.
#[wasm_bindgen]
#[derive(Default)]
pub struct Engine(Option<search::Engine>);

#[wasm_bindgen]
impl Engine {
    /// An index without a root.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Engine {
        Engine::default()
    }

    /// Opens an index by the inflated payload of `search/root.js`. Gives `{}`.
    pub fn open(&mut self, root: &[u8]) -> String {
        let opened = search::Engine::open(root).map(|engine| self.0 = Some(engine));
        told(opened.map(|()| json::nothing()))
    }

    /// Takes the inflated payload of `search/<id>.js`. Gives `{}`.
    pub fn feed(&mut self, id: &str, raw: &[u8]) -> String {
        let fed =
            self.0.as_mut().ok_or(search::Error::Foreign).and_then(|engine| engine.feed(id, raw));
        told(fed.map(|()| json::nothing()))
    }

    /// Asks. `said` is vendor, product, version, guide and text with a NUL between each; an empty filter filters nothing. `options` is the sum of
    /// 1 to count matches by level, 2 to search every version and 4 to heed words alone.
    /// Gives `{"need":[ids]}` or `{"answer":{…}}`.
    pub fn ask(&self, said: &str, offset: u32, limit: u32, options: u32) -> String {
        let mut said = said.splitn(5, '\0');
        let mut next = || said.next().filter(|value| !value.is_empty()).map(String::from);
        let query = Query {
            vendor: next(),
            product: next(),
            version: next(),
            guide: next(),
            text: next().unwrap_or_default(),
            every_version: options & 2 != 0,
            offset,
            limit,
            facets: if options & 1 != 0 { Facets::Count } else { Facets::Skip },
            semantic: if options & 4 != 0 { Semantic::Off } else { Semantic::Auto },
            ..Query::default()
        };
        told(self.engine().and_then(|engine| engine.ask(&query)).map(|reply| match reply {
            Reply::Need(ids) => json::need(&ids),
            Reply::Answer(answer) => json::answer(&answer),
        }))
    }

    /// Where a group of passages stands. Gives `{"need":[ids]}` or `{"places":[…]}`.
    #[must_use]
    pub fn places(&self, group: u32) -> String {
        let wanted = Wanted::Group(DocumentId(group));
        told(self.engine().and_then(|engine| engine.fetch(&wanted)).map(|fetched| match fetched {
            Fetched::Need(ids) => json::need(&ids),
            Fetched::Records(records) => json::places(&records),
        }))
    }
}

impl Engine {
    fn engine(&self) -> Result<&search::Engine, search::Error> {
        self.0.as_ref().ok_or(search::Error::Foreign)
    }
}

fn told(said: Result<String, search::Error>) -> String {
    said.unwrap_or_else(|error| json::fault(error.sentence()))
}
