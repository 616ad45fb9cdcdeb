//! The catalogue's face in the browser: bytes in, lines of text out.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::Entry;

/// An open catalogue.
#[wasm_bindgen]
pub struct Catalogue(crate::Catalogue);

#[wasm_bindgen]
impl Catalogue {
    /// Opens a catalogue by its bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8]) -> Result<Catalogue, String> {
        crate::Catalogue::open(bytes).map(Catalogue).map_err(|error| error.to_string())
    }

    /// The entries meant, a line each: kind, title, place and address between tabs. No name holds a tab or a line's end.
    pub fn find(&self, text: &str, limit: usize) -> String {
        self.0.find(text, limit).iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

fn line(entry: &Entry) -> String {
    [entry.kind.name(), &entry.title, &entry.place, &entry.url].join("\t")
}
