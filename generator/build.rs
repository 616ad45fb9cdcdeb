//! Stops with the command to run when the packed search engine or catalogue is missing.

use std::path::Path;

fn main() {
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wasm-search/packed");
    for name in ["engine.js", "engine.wasm", "catalogue.js", "catalogue.wasm"] {
        let file = packed.join(name);
        println!("cargo::rerun-if-changed={}", file.display());
        if !file.is_file() {
            println!(
                "cargo::error=The search engine and the catalogue for the browser are not packed yet ({name} is missing). Run: cargo run -p pack"
            );
        }
    }
    for folder in ["../templates", "../static"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
