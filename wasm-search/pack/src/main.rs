//! Packs the engine and the catalogue for the browser: `cargo run -p pack`. Needs Node and what `npm ci --prefix wasm-search/pack` fetches.
//!
//! In: the crates `wasm-search` and `catalogue`. Out: `wasm-search/packed/engine.wasm`, the module, and `engine.js`, its
//! glue: a classic script that defines `wasm_bindgen`, to be called as `wasm_bindgen({module: bytes})`; and
//! `catalogue.{wasm,js}` likewise. The generator carries them.
//! Knows no site. A file that would not change is not touched, so nothing that depends on it is built again.

mod order;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";
const MODULES: [Module; 2] = [
    Module { package: "wasm-search", profile: "wasm", name: "engine" },
    Module { package: "catalogue", profile: "wasm-small", name: "catalogue" },
];

/// A third as much is inlined as optimising for size allows: a call is shorter more often than it is slower.
const INLINING: &str =
    r#"target.wasm32-unknown-unknown.rustflags = ["-Cllvm-args=-inline-threshold=15"]"#;

/// What leaves the fewest bytes as hosts compress them, and costs a query no time: blocks anew from the flow of control, and no function inlined
/// because it is called once. The stack comes first in memory and grows downwards, so nothing has an address below 1,024.
const PASSES: [&str; 7] = [
    "-O3",
    "-ocimfs=0",
    "--low-memory-unused",
    "--strip-target-features",
    "--flatten",
    "--rereloop",
    "-O3",
];

/// A crate that is compiled for the browser.
struct Module {
    package: &'static str,
    profile: &'static str,
    /// What its files go by.
    name: &'static str,
}

fn main() -> Result<()> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .context("pack lies outside its workspace")?;
    check_target(workspace)?;
    for module in &MODULES {
        pack(workspace, module)?;
    }
    Ok(())
}

/// Compiles a crate and writes its module and glue.
fn pack(workspace: &Path, module: &Module) -> Result<()> {
    let compiled = compile(workspace, module)?;
    let mut bindings = Bindgen::new()
        .input_path(&compiled)
        .out_name(module.name)
        .no_modules(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()
        .with_context(|| format!("binding {}", compiled.display()))?;
    let packed = workspace.join("wasm-search/packed");
    fs::create_dir_all(&packed).with_context(|| format!("creating {}", packed.display()))?;
    let glue = without_loaders(bindings.js())?;
    write(&packed.join(module.name).with_extension("js"), glue.as_bytes())?;
    let small = optimised(workspace, &compiled, &bindings.wasm_mut().emit_wasm())?;
    write(&packed.join(module.name).with_extension("wasm"), &small)
}

/// A module as Binaryen makes it for size: it knows WebAssembly, the compiler knows its own code.
fn optimised(workspace: &Path, compiled: &Path, module: &[u8]) -> Result<Vec<u8>> {
    let folder = workspace.join("wasm-search/pack");
    let program = folder.join("node_modules/binaryen/bin/wasm-opt");
    ensure!(
        program.is_file(),
        "what makes modules smaller is missing; run: npm ci --prefix {}",
        folder.display()
    );
    let [bound, small] = ["bound.wasm", "small.wasm"].map(|name| compiled.with_extension(name));
    fs::write(&bound, module).with_context(|| format!("writing {}", bound.display()))?;
    let status = Command::new("node")
        .args([&program, &bound])
        .args(PASSES)
        .arg("--output")
        .arg(&small)
        .status()
        .context("running node, which the packer needs")?;
    ensure!(status.success(), "{} could not be made smaller (see above)", bound.display());
    let small = fs::read(&small).with_context(|| format!("reading {}", small.display()))?;
    order::reordered(&small)
}

/// Of the ways to load a module the glue keeps one, from bytes and at once: it is all that a worker needs. The others, which fetch and
/// stream, would be a third of it; nothing refers to them then, and they fall away when the glue is shortened.
fn without_loaders(glue: &str) -> Result<String> {
    const ALL: &str = "return Object.assign(__wbg_init, { initSync }, exports);";
    ensure!(glue.contains(ALL), "the glue of this wasm-bindgen ends in another way: adapt {ALL:?}");
    Ok(glue.replace(ALL, "return Object.assign(initSync, exports);"))
}

/// Without the target's standard library cargo's own message hides the remedy.
fn check_target(workspace: &Path) -> Result<()> {
    let asked = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(workspace)
        .output();
    let libraries = String::from_utf8(asked.context("running rustc")?.stdout)?;
    let is_installed = Path::new(libraries.trim()).is_dir();
    ensure!(
        is_installed,
        "the standard library for {TARGET} is missing; run: rustup target add {TARGET}"
    );
    Ok(())
}

/// Compiles a crate and says where its module is.
fn compile(workspace: &Path, module: &Module) -> Result<PathBuf> {
    let Module { package, profile, .. } = module;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target_dir = target_dir()?;
    let status = Command::new(cargo)
        .args(["build", "--package", package, "--target", TARGET, "--profile", profile])
        .args(["--config", INLINING])
        .arg("--target-dir")
        .arg(&target_dir)
        .current_dir(workspace)
        .status()
        .with_context(|| format!("running cargo build for {package}"))?;
    ensure!(status.success(), "{package} does not compile (see above)");
    Ok(target_dir.join(TARGET).join(profile).join(package.replace('-', "_")).with_extension("wasm"))
}

/// The folder that this very program was built in, however it was configured.
fn target_dir() -> Result<PathBuf> {
    let program = env::current_exe().context("finding the running program")?;
    let folder = program.ancestors().nth(2).context("the program lies in no target folder")?;
    Ok(folder.to_path_buf())
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let is_same = fs::read(path).is_ok_and(|known| known == bytes);
    if !is_same {
        fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))?;
    }
    let note = if is_same { " (unchanged)" } else { "" };
    println!("{:>9} bytes  {}{note}", bytes.len(), path.display());
    Ok(())
}
