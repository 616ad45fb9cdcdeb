//! Stops with the command to run when the packed search engine is missing.

use std::path::Path;

fn main() {
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wasm-search/packed");
    for name in ["engine.js", "engine.wasm"] {
        let file = packed.join(name);
        println!("cargo::rerun-if-changed={}", file.display());
        if !file.is_file() {
            println!(
                "cargo::error=The search engine for the browser is not packed yet ({name} is missing). Run: cargo run -p pack"
            );
        }
    }
    for folder in ["../templates", "../static"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
