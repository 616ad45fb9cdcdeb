//! What all of a site depends on: the program, the library's settings, the options and the theme.
//!
//! In: those. Out: one number; a site made under another is built anew. Knows no source.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::{config, site, update};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Key(u128);

/// Options of a build that pages show.
pub(crate) struct Settings<'a> {
    pub(crate) library: &'a Path,
    pub(crate) base_url: Option<&'a str>,
    pub(crate) no_highlight: bool,
    /// What says what passages mean: the model, and how many passages it looks at.
    pub(crate) model: Option<(u128, Option<usize>)>,
}

impl Key {
    pub(crate) fn of(settings: &Settings) -> Result<Key> {
        let mut hash = Xxh3::new();
        add_program(&mut hash)?;
        add(&mut hash, settings.base_url.unwrap_or_default().as_bytes());
        hash.update(&[u8::from(settings.base_url.is_some()), u8::from(settings.no_highlight)]);
        if let Some((model, sample)) = settings.model {
            hash.update(&model.to_le_bytes());
            hash.update(&sample.unwrap_or(usize::MAX).to_le_bytes());
        }
        let configuration = fs::read(settings.library.join(config::FILE_NAME));
        add(&mut hash, &configuration.unwrap_or_default());
        add_folder(&mut hash, &settings.library.join(site::THEME))?;
        Ok(Key(hash.digest128()))
    }
}

/// Its own bytes: they hold the templates, the scripts and the index's format too. They are many: a piece at a time.
fn add_program(hash: &mut Xxh3) -> Result<()> {
    const PIECE_BYTES: usize = 64 << 10;
    let file = std::env::current_exe().context("cannot tell where the program lies")?;
    let read = |hash: &mut Xxh3| -> io::Result<()> {
        let (mut program, mut piece) = (File::open(&file)?, vec![0; PIECE_BYTES]);
        loop {
            match program.read(&mut piece)? {
                0 => return Ok(()),
                bytes => hash.update(&piece[..bytes]),
            }
        }
    };
    read(hash).with_context(|| format!("cannot read {}", file.display()))
}

fn add_folder(hash: &mut Xxh3, folder: &Path) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for path in update::files(folder)? {
        add(hash, path.as_bytes());
        add(hash, &fs::read(folder.join(path)).unwrap_or_default());
    }
    Ok(())
}

fn add(hash: &mut Xxh3, bytes: &[u8]) {
    hash.update(&(bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}
