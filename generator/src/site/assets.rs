//! What the program carries: templates, style sheets, scripts, the search engine for the browser.
//!
//! In: the files compiled into the program, and those of the library's own `.theme` folder, which
//! stand in for ours file by file. Out: a template engine, and `assets/*` named by content, so that
//! pages change only when the program or the theme does.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use include_dir::{Dir, include_dir};
use tera::Tera;

use crate::{carrier, output};

static TEMPLATES: Dir = include_dir!("$CARGO_MANIFEST_DIR/../templates");
static STATIC: Dir = include_dir!("$CARGO_MANIFEST_DIR/../static");
/// The engine's glue and module, as `cargo run -p pack` makes them.
const GLUE: &str = include_str!("../../../wasm-search/packed/engine.js");
const MODULE: &[u8] = include_bytes!("../../../wasm-search/packed/engine.wasm");

/// Where a library keeps its own templates and static files.
const THEME: &str = ".theme";
/// Style sheets in the order in which they build on each other.
const STYLES: [&str; 8] = [
    "css/variables.css",
    "css/page.css",
    "css/prose.css",
    "css/code.css",
    "css/cards.css",
    "css/search.css",
    "css/read.css",
    "css/print.css",
];
/// Scripts in the order in which they build on each other; one bundle.
const SCRIPTS: [&str; 12] = [
    "js/base.js",
    "js/messages.js",
    "js/carrier.js",
    "js/engine.js",
    "js/hits.js",
    "js/marks.js",
    "js/filters.js",
    "js/results.js",
    "js/box.js",
    "js/outline.js",
    "js/page.js",
    "js/start.js",
];

/// The addresses of the assets.
#[derive(Debug, Clone)]
pub(crate) struct AssetNames {
    pub(crate) css: String,
    pub(crate) theme: String,
    pub(crate) app: String,
    pub(crate) engine: String,
    pub(crate) icon: String,
}

impl AssetNames {
    /// Assets that no page links: scripts ask for them.
    pub(crate) fn unlinked(&self) -> [String; 1] {
        [self.engine.clone()]
    }
}

/// The templates, the library's own in place of ours.
pub(super) fn templates(library: &Path) -> Result<Tera> {
    let folder = library.join(THEME).join("templates");
    let mut files = Vec::new();
    for (name, bytes) in carried(&TEMPLATES) {
        let text = read_or(&folder.join(&name), bytes)?;
        files.push((name, String::from_utf8_lossy(&text).into_owned()));
    }
    let mut tera = Tera::default();
    tera.add_raw_templates(files).context("cannot use the templates")?;
    Ok(tera)
}

/// Writes the assets below `site`.
pub(super) fn write(library: &Path, site: &Path) -> Result<AssetNames> {
    let theme = Theme { folder: library.join(THEME).join("static") };
    let writer = |name: &str, extension: &str, bytes: &[u8]| -> Result<String> {
        let hash = xxhash_rust::xxh3::xxh3_64(bytes) >> 32;
        let url = format!("assets/{name}.{hash:08x}.{extension}");
        fs::create_dir_all(site.join("assets"))
            .with_context(|| format!("cannot make the folder {}", site.join("assets").display()))?;
        output::write(&site.join(&url), bytes)?;
        Ok(url)
    };
    let raw = engine(&theme.text("worker.js")?);
    Ok(AssetNames {
        css: writer("site", "css", lean_css(&theme.joined(&STYLES)?).as_bytes())?,
        theme: writer("theme", "js", lean_js(&theme.text("js/theme.js")?).as_bytes())?,
        app: writer("app", "js", lean_js(&theme.joined(&SCRIPTS)?).as_bytes())?,
        engine: writer("engine", "js", &carrier::pack("engine", &raw))?,
        icon: writer("icon", "svg", theme.text("icon.svg")?.as_bytes())?,
    })
}

/// The static files, the library's own in place of ours.
struct Theme {
    folder: PathBuf,
}

impl Theme {
    fn text(&self, name: &str) -> Result<String> {
        let ours = STATIC.get_file(name).map_or(&b""[..], include_dir::File::contents);
        let bytes = read_or(&self.folder.join(name), ours)?;
        String::from_utf8(bytes).with_context(|| format!("{THEME}/static/{name} is not UTF-8"))
    }

    fn joined(&self, names: &[&str]) -> Result<String> {
        names.iter().map(|name| self.text(name).map(|text| text + "\n")).collect()
    }
}

/// The worker's script and the module in one: the length of the script, the script, the module, a
/// checksum.
fn engine(worker: &str) -> Vec<u8> {
    let script = format!("{GLUE}\n{}", lean_js(worker));
    let mut raw = (script.len() as u32).to_le_bytes().to_vec();
    raw.extend_from_slice(script.as_bytes());
    raw.extend_from_slice(MODULE);
    raw.extend_from_slice(&fnv1a_32(&raw).to_le_bytes());
    raw
}

/// The checksum behind the engine, as `engine.js` computes it.
fn fnv1a_32(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// All files of a carried folder by their paths in it.
fn carried(folder: &Dir<'static>) -> Vec<(String, &'static [u8])> {
    let mut files = Vec::new();
    for file in folder.files() {
        files.push((file.path().to_string_lossy().into_owned(), file.contents()));
    }
    for below in folder.dirs() {
        files.extend(carried_below(below));
    }
    files
}

fn carried_below(folder: &'static Dir<'static>) -> Vec<(String, &'static [u8])> {
    carried(folder)
}

fn read_or(file: &Path, ours: &[u8]) -> Result<Vec<u8>> {
    match fs::read(file) {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(ours.to_vec()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

/// Without the lines that are comments and without indentation: what is left reads the same to a browser.
/// Our scripts hold no string of several lines.
fn lean_js(script: &str) -> String {
    trimmed(&without_comments(script, "/**"), "//")
}

fn lean_css(style: &str) -> String {
    trimmed(&without_comments(style, "/*"), "/*")
}

/// Without indentation, empty lines and lines that begin with `comment`.
fn trimmed(text: &str, comment: &str) -> String {
    let lines = text.lines().map(str::trim);
    let kept = lines.filter(|line| !line.is_empty() && !line.starts_with(comment));
    kept.fold(String::new(), |text, line| text + line + "\n")
}

/// Without what stands between `open` and `*/`.
fn without_comments(text: &str, open: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once(open) {
        kept.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indentation_go() {
        assert_eq!(lean_css("/* x */\na {\n  color: red; /* y */\n}\n"), "a {\ncolor: red;\n}\n");
        assert_eq!(lean_js("// x\n  /** doc */\n  let a = 'http://b';\n"), "let a = 'http://b';\n");
    }

    #[test]
    fn every_listed_file_is_carried() {
        for name in STYLES.iter().chain(&SCRIPTS).chain(&["js/theme.js", "worker.js", "icon.svg"]) {
            assert!(STATIC.get_file(name).is_some(), "{name}");
        }
    }
}
