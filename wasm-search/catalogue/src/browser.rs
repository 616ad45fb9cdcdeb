//! The catalogue's face in the browser: text in, lines of text out.

use wasm_bindgen::prelude::wasm_bindgen;

const DAMAGED: &str = "the catalogue is damaged";

/// An open catalogue.
#[wasm_bindgen]
pub struct Catalogue(crate::Catalogue);

#[wasm_bindgen]
impl Catalogue {
    /// Opens a catalogue by its text.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str) -> Result<Catalogue, String> {
        crate::Catalogue::open(text).map(Catalogue).ok_or_else(|| String::from(DAMAGED))
    }

    /// The entries meant, a line each: kind, title, place and address, each with a tab behind it. No name holds a tab or a
    /// line's end.
    pub fn find(&self, text: &str, limit: usize) -> String {
        let mut lines = String::new();
        for entry in self.0.find(text, limit) {
            for part in [entry.kind.name(), &entry.title, &entry.place, &entry.url] {
                lines.push_str(part);
                lines.push('\t');
            }
            lines.push('\n');
        }
        lines
    }
}
