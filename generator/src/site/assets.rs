//! What the program carries: templates, style sheets, scripts, the search engine and the catalogue for the browser.
//!
//! In: the files compiled into the program, and those of the library's own `.theme` folder, which
//! stand in for ours file by file. Out: a template engine, and `assets/*` named by content, so that
//! pages change only when the program or the theme does.

use std::{
    cell::Cell,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use include_dir::{Dir, include_dir};
use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_minifier::{Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;
use serde::{Deserialize, Serialize};
use tera::Tera;

use super::checksum;
use crate::{carrier, manifest, output, update};

static TEMPLATES: Dir = include_dir!("$CARGO_MANIFEST_DIR/../templates");
static STATIC: Dir = include_dir!("$CARGO_MANIFEST_DIR/../static");
/// Glue and module, as `cargo run -p pack` makes them.
struct Packed {
    glue: &'static str,
    module: &'static [u8],
}
const ENGINE: Packed = Packed {
    glue: include_str!("../../../wasm-search/packed/engine.js"),
    module: include_bytes!("../../../wasm-search/packed/engine.wasm"),
};
const CATALOGUE: Packed = Packed {
    glue: include_str!("../../../wasm-search/packed/catalogue.js"),
    module: include_bytes!("../../../wasm-search/packed/catalogue.wasm"),
};

/// Where a library keeps its own templates and static files.
pub(crate) const THEME: &str = ".theme";
pub(super) const THEME_TEMPLATES: &str = "templates";
pub(super) const THEME_STATIC: &str = "static";
/// Style sheets of every page, in the order in which they build on each other.
const STYLES: [&str; 4] = ["css/variables.css", "css/page.css", "css/search.css", "css/print.css"];
/// Those that the search page does without, and that build on the others.
const TEXTS_STYLES: [&str; 7] = [
    "css/ways.css",
    "css/prose.css",
    "css/code.css",
    "css/cards.css",
    "css/read.css",
    "css/offline.css",
    "css/paper.css",
];
/// Scripts in the order in which they build on each other; one bundle.
const SCRIPTS: [&str; 13] = [
    "js/base.js",
    "js/messages.js",
    "js/carrier.js",
    "js/module.js",
    "js/engine.js",
    "js/catalogue.js",
    "js/hits.js",
    "js/elsewhere.js",
    "js/filters.js",
    "js/clauses.js",
    "js/results.js",
    "js/page.js",
    "js/start.js",
];
/// Scripts that the search page does without: a bundle of its own, so that no first search waits for them.
const TEXTS: [&str; 5] =
    ["js/copies.js", "js/marks.js", "js/box.js", "js/outline.js", "js/texts.js"];
/// What the others call it.
const TEXTS_NAME: &str = "assets/texts.js";

/// What the styles call the icon, which lies beside them.
const ICON_NAME: &str = "icon.svg";
/// What the scripts call the catalogue's module until its hash is known.
const CATALOGUE_NAME: &str = "assets/catalogue.js";
/// What they call the scripts of [`OFFLINE`].
const OFFLINE_NAME: &str = "assets/offline.js";
/// Scripts for reading without a network; few readers need them, none at once.
const OFFLINE: [&str; 2] = ["js/saved.js", "js/offline.js"];
/// The icons of the app, by their size in points.
const ICON_POINTS: [u32; 3] = [48, 192, 512];
/// Tells browsers of the site as an app.
pub(crate) const APP_URL: &str = "app.webmanifest";
/// The service worker lies at the root, where it has the whole site in scope; its name never changes.
pub(crate) const WORKER_URL: &str = "sw.js";
const WORKER_SWITCH: &str = "const ON = true;";

/// The addresses of the assets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AssetNames {
    pub(crate) css: String,
    /// Of all pages but the search page.
    pub(crate) texts_css: String,
    pub(crate) theme: String,
    pub(crate) app: String,
    pub(crate) engine: String,
    pub(crate) catalogue: String,
    pub(crate) icon: String,
    pub(crate) offline: String,
    /// Scripts of all pages but the search page.
    pub(crate) texts: String,
    /// By size, as [`ICON_POINTS`] has them.
    pub(crate) icons: Vec<String>,
    /// Offers the search to an agent in the browser, where that is wished.
    pub(crate) agent: Option<String>,
}

/// What only some libraries want.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Wished {
    /// Pages offer the search to an agent in the browser.
    pub(super) agent: bool,
    /// Readers can save guides; without it, the service worker undoes what a former one kept.
    pub(super) offline: bool,
}

impl AssetNames {
    /// What pages link, for whoever makes a page later.
    pub(super) fn for_manifest(&self) -> manifest::Assets {
        manifest::Assets {
            css: self.css.clone(),
            theme: self.theme.clone(),
            app: self.app.clone(),
            engine: self.engine.clone(),
            icon: self.icon.clone(),
            agent: self.agent.clone(),
        }
    }

    /// Assets that no page links: scripts ask for them.
    pub(crate) fn unlinked(&self) -> Vec<String> {
        let scripts = [&self.engine, &self.catalogue, &self.offline, &self.texts].into_iter();
        let fixed = [WORKER_URL.to_string(), APP_URL.to_string()];
        scripts.chain(&self.icons).cloned().chain(fixed).collect()
    }

    /// What a browser must know to install the site as an app.
    pub(super) fn app(&self, title: &str, tagline: &str) -> String {
        let icons: Vec<_> = ICON_POINTS
            .iter()
            .zip(&self.icons)
            .map(|(points, url)| {
                serde_json::json!({ "src": url, "sizes": format!("{points}x{points}"), "type": "image/png" })
            })
            .collect();
        let app = serde_json::json!({
            "name": title, "short_name": title, "description": tagline, "start_url": "index.html", "scope": "./",
            "display": "minimal-ui", "background_color": "#f5f6f3", "theme_color": "#1b7a63", "icons": icons,
        });
        app.to_string()
    }
}

/// The templates, the library's own in place of ours and those that they include.
pub(super) fn templates(library: Option<&Path>) -> Result<Tera> {
    let mut tera = Tera::default();
    tera.add_raw_templates(template_texts(library)?).context("cannot use the templates")?;
    Ok(tera)
}

/// Names and texts of the templates.
pub(super) fn template_texts(library: Option<&Path>) -> Result<Vec<(String, String)>> {
    let folder = library.map(|library| library.join(THEME).join(THEME_TEMPLATES));
    let mut names = carried(&TEMPLATES);
    if let Some(folder) = folder.as_deref().filter(|folder| folder.is_dir()) {
        let is_template = |name: &str| name.ends_with(".html") || name.ends_with(".xml");
        let is_another = |name: &String| is_template(name) && !stands_in(THEME_TEMPLATES, name);
        names.extend(update::files(folder)?.into_iter().filter(is_another));
    }
    let text = |name: String| {
        let ours = TEMPLATES.get_file(&name).map_or(&b""[..], include_dir::File::contents);
        let bytes = match &folder {
            Some(folder) => read_or(&folder.join(&name), ours)?,
            None => ours.to_vec(),
        };
        Ok((name, String::from_utf8_lossy(&bytes).into_owned()))
    };
    names.into_iter().map(text).collect()
}

/// Whether a file of a theme's `templates` or `static` folder stands in for one of ours.
pub(super) fn stands_in(folder: &str, path: &str) -> bool {
    let ours = if folder == THEME_TEMPLATES { &TEMPLATES } else { &STATIC };
    ours.get_file(path).is_some()
}

/// Writes the assets below `site`, those of `wished` too; gives their addresses and how many bytes they are.
pub(super) fn write(library: &Path, site: &Path, wished: Wished) -> Result<(AssetNames, u64)> {
    let theme = Theme { folder: library.join(THEME).join(THEME_STATIC) };
    let written_bytes = Cell::new(0);
    let writer = |name: &str, extension: &str, bytes: &[u8]| -> Result<String> {
        let hash = xxhash_rust::xxh3::xxh3_64(bytes) >> 32;
        let url = format!("assets/{name}.{hash:08x}.{extension}");
        output::make_folder(&site.join("assets"))?;
        output::write(&site.join(&url), bytes)?;
        written_bytes.update(|written| written + bytes.len() as u64);
        Ok(url)
    };
    let engine = room(&ENGINE, &theme.joined(&["worker.js", "turns.js"])?);
    let catalogue = room(&CATALOGUE, &theme.joined(&["catalogue.js", "turns.js"])?);
    let catalogue = writer("catalogue", "js", &carrier::pack_for_host("catalogue", &catalogue))?;
    let offline = writer("offline", "js", lean_js(&theme.joined(&OFFLINE)?).as_bytes())?;
    let texts = writer("texts", "js", lean_js(&theme.joined(&TEXTS)?).as_bytes())?;
    let icons = ICON_POINTS.iter().map(|points| {
        let bytes = theme.bytes(&format!("icon-{points}.png"))?;
        writer(&format!("icon-{points}"), "png", &bytes)
    });
    let icons = icons.collect::<Result<_>>()?;
    let worker = worker(&theme.text("sw.js")?, wished);
    output::write(&site.join(WORKER_URL), worker.as_bytes())?;
    written_bytes.update(|written| written + worker.len() as u64);
    // Few readers need them on few pages: the bundle names them, so that no page has to.
    let app = theme.joined(&SCRIPTS)?.replace(CATALOGUE_NAME, &catalogue);
    let app = app.replace(TEXTS_NAME, &texts);
    // Before they are shortened: what is told from a name would be settled by the name that stands in for it.
    let app = lean_js(&app.replace(OFFLINE_NAME, if wished.offline { &offline } else { "" }));
    let icon = writer("icon", "svg", theme.text("icon.svg")?.as_bytes())?;
    let beside = icon.rsplit('/').next().unwrap_or(&icon);
    let css = lean_css(&theme.joined(&STYLES)?).replace(ICON_NAME, beside);
    let names = AssetNames {
        css: writer("site", "css", css.as_bytes())?,
        texts_css: writer("texts", "css", lean_css(&theme.joined(&TEXTS_STYLES)?).as_bytes())?,
        theme: writer("theme", "js", lean_js(&theme.text("js/theme.js")?).as_bytes())?,
        app: writer("app", "js", app.as_bytes())?,
        engine: writer("engine", "js", &carrier::pack_for_host("engine", &engine))?,
        catalogue,
        icon,
        offline,
        texts,
        icons,
        agent: match wished.agent {
            true => Some(writer("agent", "js", lean_js(&theme.text("js/agent.js")?).as_bytes())?),
            false => None,
        },
    };
    Ok((names, written_bytes.get()))
}

/// The static files, the library's own in place of ours.
struct Theme {
    folder: PathBuf,
}

impl Theme {
    fn text(&self, name: &str) -> Result<String> {
        String::from_utf8(self.bytes(name)?)
            .with_context(|| format!("{THEME}/{THEME_STATIC}/{name} is not UTF-8"))
    }

    fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        let ours = STATIC.get_file(name).map_or(&b""[..], include_dir::File::contents);
        read_or(&self.folder.join(name), ours)
    }

    fn joined(&self, names: &[&str]) -> Result<String> {
        names.iter().map(|name| self.text(name).map(|text| text + "\n")).collect()
    }
}

/// The service worker, or where it is not wished for, one that clears up after a former one and goes.
fn worker(script: &str, wished: Wished) -> String {
    match wished.offline {
        true => lean_js(script),
        false => lean_js(&script.replace(WORKER_SWITCH, "const ON = false;")),
    }
}

/// A worker's script and its module in one: the length of the script, the script, the module, a checksum.
fn room(packed: &Packed, worker: &str) -> Vec<u8> {
    // Within one function all names are short, and what is never called falls away.
    let script = lean_js(&format!("(() => {{\n{}\n{worker}\n}})();", packed.glue));
    let mut raw = (script.len() as u32).to_le_bytes().to_vec();
    raw.extend_from_slice(script.as_bytes());
    raw.extend_from_slice(packed.module);
    checksum::sealed(raw)
}

/// The paths of all files in a carried folder.
fn carried(folder: &Dir<'static>) -> Vec<String> {
    let own = folder.files().map(|file| file.path().to_string_lossy().into_owned());
    own.chain(folder.dirs().flat_map(carried)).collect()
}

fn read_or(file: &Path, ours: &[u8]) -> Result<Vec<u8>> {
    Ok(output::read_if_there(file)?.unwrap_or_else(|| ours.to_vec()))
}

/// As short as it can be said to a browser. Names that scripts share stay; a script that is none stays as it is.
fn lean_js(script: &str) -> String {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, script, SourceType::script()).parse();
    if !parsed.diagnostics.is_empty() {
        return script.to_string();
    }
    let mut program = parsed.program;
    let minified = Minifier::new(MinifierOptions::default()).minify(&allocator, &mut program);
    let code = Codegen::new().with_options(CodegenOptions::minify()).with_scoping(minified.scoping);
    code.build(&program).code
}

fn lean_css(style: &str) -> String {
    trimmed(&without_comments(style))
}

/// Without indentation and empty lines.
fn trimmed(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let kept = lines.filter(|line| !line.is_empty());
    kept.fold(String::new(), |text, line| text + line + "\n")
}

/// Without what stands between `/*` and `*/`.
fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn comments_and_indentation_go() {
        assert_eq!(lean_css("/* x */\na {\n  color: red; /* y */\n}\n"), "a {\ncolor: red;\n}\n");
    }

    #[test]
    fn scripts_are_short_and_keep_the_names_that_they_share() {
        let script = "'use strict';\n// x\nconst M = {};\n{\n  /** doc */\n  const inner = (argument) => argument + 1;\n  M.of = inner;\n}\n";
        let lean = lean_js(script);
        assert!(lean.contains("const M={}") && lean.contains("M.of="), "{lean}");
        assert!(!lean.contains("doc") && !lean.contains("argument"), "{lean}");
        assert_eq!(lean_js("const const;"), "const const;", "what is no script stays as it is");
    }

    const OTHERS: [&str; 10] = [
        "js/agent.js",
        "js/theme.js",
        "worker.js",
        "catalogue.js",
        "turns.js",
        "icon.svg",
        "sw.js",
        "icon-48.png",
        "icon-192.png",
        "icon-512.png",
    ];

    #[test]
    fn a_worker_that_is_not_wished_for_clears_up() {
        let script = STATIC.get_file("sw.js").unwrap().contents_utf8().unwrap();
        let on = Wished { offline: true, ..Wished::default() };
        assert!(script.contains(WORKER_SWITCH));
        assert_ne!(worker(script, on), worker(script, Wished::default()));
    }

    #[test]
    fn every_listed_file_is_carried() {
        for name in STYLES.iter().chain(&SCRIPTS).chain(&TEXTS).chain(&OFFLINE).chain(&OTHERS) {
            assert!(STATIC.get_file(name).is_some(), "{name}");
        }
    }

    #[test]
    fn the_scripts_name_what_they_ask_for() {
        let site = tempfile::tempdir().unwrap();
        let (names, _) = write(Path::new("no library"), site.path(), Wished::default()).unwrap();
        let app = fs::read_to_string(site.path().join(&names.app)).unwrap();
        for asked in [&names.catalogue, &names.texts] {
            assert!(site.path().join(asked).is_file());
            assert!(app.contains(asked));
        }
    }
}
