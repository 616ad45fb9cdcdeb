//! A site as one file for Kiwix: a ZIM, made by `zimwriterfs`.
//!
//! In: a site, a file to write. Out: the ZIM, checked as far as its writer checks. Knows the command line of `zimwriterfs`, and nothing
//! of what is inside a ZIM. What reads the site there is told in the user guide.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::manifest::Manifest;

const WRITER: &str = "zimwriterfs";
const INSTALL: &str = "it comes with the zim-tools: apt install zim-tools, brew install zim-tools, \
    or https://download.openzim.org/release/zim-tools/";
/// What a ZIM shows where it says more than the title; the standard asks for at most 80 signs.
const DESCRIPTION_CHARS: usize = 80;
const TITLE_CHARS: usize = 30;

/// Writes the site at `site` as the ZIM `file`.
pub(crate) fn zim(site: &Path, file: &Path) -> Result<()> {
    super::files(site)?;
    let manifest = Manifest::read(site)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    // The writer refuses a file that is there, and takes the title from no folder that is not whole.
    let work = tempfile::tempdir_in(folder.unwrap_or(Path::new(".")))
        .with_context(|| format!("cannot write beside {}", file.display()))?;
    let written = work.path().join("site.zim");
    let site = std::path::absolute(site).context("cannot tell the current folder")?;
    let mut command = Command::new(WRITER);
    command
        .args([
            "--welcome=index.html",
            "--publisher=McDewey",
            "--creator=McDewey",
            "--withoutFTIndex",
        ])
        .arg(format!("--illustration={}", illustration(&site)?))
        .arg(format!("--language={}", language(&manifest.language)))
        .arg(format!("--title={}", cut(&manifest.title, TITLE_CHARS)))
        .arg(format!("--description={}", cut(&manifest.tagline, DESCRIPTION_CHARS)))
        .arg(format!("--name={}", name(&manifest.title)))
        .arg(&site)
        .arg(&written);
    run(&mut command)?;
    std::fs::rename(&written, file).with_context(|| format!("cannot write {}", file.display()))
}

fn run(command: &mut Command) -> Result<()> {
    let output = match command.output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("{WRITER} is missing; {INSTALL}")
        }
        other => other.with_context(|| format!("cannot start {WRITER}"))?,
    };
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!("{WRITER} failed ({}):\n{}", output.status, String::from_utf8_lossy(&said).trim());
    }
    Ok(())
}

/// The picture of 48 by 48 points that every ZIM must have, from the site's folder.
fn illustration(site: &Path) -> Result<String> {
    let is_it = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("icon-48.") && name.ends_with(".png")
    };
    let assets = std::fs::read_dir(site.join("assets")).context("cannot list the assets")?;
    let mut paths = assets.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let icon = paths.find(is_it).context("the site has no icon; build it anew")?;
    Ok(format!("assets/{}", icon.file_name().unwrap_or_default().to_string_lossy()))
}

/// The code of three letters that ZIM asks for; for others than these few, what stands there.
fn language(tag: &str) -> &str {
    let codes = [
        ("en", "eng"),
        ("de", "deu"),
        ("fr", "fra"),
        ("es", "spa"),
        ("it", "ita"),
        ("pt", "por"),
        ("nl", "nld"),
        ("pl", "pol"),
        ("ru", "rus"),
        ("zh", "zho"),
        ("ja", "jpn"),
        ("ko", "kor"),
    ];
    let short = tag.split('-').next().unwrap_or(tag);
    let known = codes.iter().find(|(two, _)| *two == short);
    known.map_or("mul", |(_, three)| three)
}

fn cut(text: &str, chars: usize) -> String {
    let text: String = text.chars().take(chars).collect();
    if text.trim().is_empty() { "McDewey".to_string() } else { text.trim().to_string() }
}

/// A lasting name of letters, digits and underscores.
fn name(title: &str) -> String {
    let plain =
        |sign: char| if sign.is_ascii_alphanumeric() { sign.to_ascii_lowercase() } else { '_' };
    title.chars().map(plain).collect()
}
