//! The search engine's face in the browser: bytes in, answers out as JSON.
//!
//! In: the root, shards and questions, as JavaScript has them. Out: JSON.
//! No logic of its own: what is asked and answered is `search`'s.
//! In the browser it does without the standard library, whose panic messages would be a third of the module.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod json;

use alloc::string::String;

use search::{DocumentId, Engine, Error, Facets, Fetched, Query, Reply, Semantic, Wanted};
use spin::Mutex;
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

/// The index, once it is opened: one worker has one. Whatever is thrown costs glue, and so does a class, so functions it is, which say what is wrong as
/// `{"fault":"damaged","subject":"…"}`.
static ENGINE: Mutex<Option<Engine>> = Mutex::new(None);

/// Opens an index by the inflated payload of `search/root.js`. Gives `{}`.
#[wasm_bindgen]
#[must_use]
pub fn open(root: &[u8]) -> String {
    let opened = Engine::open(root).and_then(|opened| {
        held(|engine| {
            *engine = Some(opened);
            Ok(())
        })
    });
    told(opened.map(|()| json::nothing()))
}

/// Takes the inflated payload of `search/<id>.js`. Gives `{}`.
#[wasm_bindgen]
#[must_use]
pub fn feed(id: &[u8], raw: &[u8]) -> String {
    told(with(|engine| engine.feed(text(id), raw)).map(|()| json::nothing()))
}

/// Asks. `said` is vendor, product, version, guide and text with a NUL between each; an empty filter filters nothing. `options` is the sum of
/// 1 to count matches by level, 2 to search every version and 4 to heed words alone.
/// Gives `{"need":[ids]}` or `{"answer":{…}}`.
#[wasm_bindgen]
#[must_use]
pub fn ask(said: &[u8], offset: u32, limit: u32, options: u32) -> String {
    let mut said = text(said).splitn(5, '\0');
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
    told(with(|engine| engine.ask(&query)).map(|reply| match reply {
        Reply::Need(ids) => json::need(&ids),
        Reply::Answer(answer) => json::answer(&answer),
    }))
}

/// Where a group of passages stands. Gives `{"need":[ids]}` or `{"places":[…]}`.
#[wasm_bindgen]
#[must_use]
pub fn places(group: u32) -> String {
    let wanted = Wanted::Group(DocumentId(group));
    told(with(|engine| engine.fetch(&wanted)).map(|fetched| match fetched {
        Fetched::Need(ids) => json::need(&ids),
        Fetched::Records(records) => json::places(&records),
    }))
}

/// What a worker encodes is UTF-8. Glue that takes texts would bring an encoder of its own.
fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap_or_default()
}

fn with<T>(act: impl FnOnce(&mut Engine) -> Result<T, Error>) -> Result<T, Error> {
    held(|engine| engine.as_mut().ok_or(Error::Foreign).and_then(act))
}

/// Nobody waits for it: a turn that ended in a panic holds it for ever.
fn held<T>(act: impl FnOnce(&mut Option<Engine>) -> Result<T, Error>) -> Result<T, Error> {
    ENGINE.try_lock().ok_or(Error::Foreign).and_then(|mut engine| act(&mut engine))
}

fn told(said: Result<String, Error>) -> String {
    said.unwrap_or_else(|error| json::fault(error.sentence()))
}
