//! A model's folder, checked before any work.
//!
//! In: `config.json`, `tokenizer.json`, `model.safetensors`, and where they are there `1_Pooling/config.json` and
//! `sentence_bert_config.json`. Out: a model, or an error that names the file and what was expected.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    Layers, Model,
    bert::{Bert, Pooling, Sizes},
    table::Table,
    tensors::Tensors,
    tokens::Tokenizer,
};
use crate::output;

const CONFIG: &str = "config.json";
const TOKENIZER: &str = "tokenizer.json";
const WEIGHTS: &str = "model.safetensors";
const POOLING: &str = "1_Pooling/config.json";
const SENTENCES: &str = "sentence_bert_config.json";

/// Tokens of a text that count where the folder does not say.
const TOKENS_MAX: usize = 256;
/// The names under which static tables keep their rows.
const TABLES: [&str; 2] = ["embeddings", "embedding.weight"];

pub(super) fn read(folder: &Path) -> Result<Model> {
    if !folder.is_dir() {
        bail!(
            "the model {} is no folder with {CONFIG}, {TOKENIZER} and {WEIGHTS}",
            folder.display()
        );
    }
    let bytes = bytes_of(&folder.join(TOKENIZER))?;
    let tokenizer = Tokenizer::read(&folder.join(TOKENIZER), &bytes)?;
    let file = folder.join(WEIGHTS);
    let weights = bytes_of(&file)?;
    let tensors = Tensors::read(&file, &weights)?;
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    hash.update(&bytes);
    hash.update(&weights);
    let (layers, tokens_max) = match TABLES.into_iter().find(|name| tensors.has(name)) {
        Some(name) => (Layers::Table(table(&tensors, name, &tokenizer, &file)?), usize::MAX),
        None => bert(folder, &tensors, &tokenizer, &mut hash)?,
    };
    hash.update(&tokens_max.to_le_bytes());
    Ok(Model { tokenizer, layers, tokens_max, fingerprint: hash.digest128() })
}

fn bytes_of(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {} of the model", file.display()))
}

fn json_of<T: DeserializeOwned>(file: &Path, bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).with_context(|| format!("cannot use {}", file.display()))
}

fn table(tensors: &Tensors<'_>, name: &str, tokenizer: &Tokenizer, file: &Path) -> Result<Table> {
    let (numbers, columns) = tensors.table(name)?;
    let rows = numbers.len() / columns;
    if tokenizer.ids() > rows {
        bail!(
            "{}: the table {name} has {rows} rows, {TOKENIZER} names {} tokens",
            file.display(),
            tokenizer.ids()
        );
    }
    Ok(Table::new(numbers, columns, Some(tokenizer.unknown())))
}

/// What a config says of an encoder.
#[derive(Deserialize)]
struct Config {
    model_type: String,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    max_position_embeddings: usize,
    #[serde(default = "two")]
    type_vocab_size: usize,
    vocab_size: usize,
    hidden_act: String,
    #[serde(default = "epsilon")]
    layer_norm_eps: f32,
    position_embedding_type: Option<String>,
}

fn two() -> usize {
    2
}

fn epsilon() -> f32 {
    1e-12
}

fn bert(
    folder: &Path,
    tensors: &Tensors<'_>,
    tokenizer: &Tokenizer,
    hash: &mut xxhash_rust::xxh3::Xxh3,
) -> Result<(Layers, usize)> {
    let file = folder.join(CONFIG);
    let bytes = bytes_of(&file)?;
    hash.update(&bytes);
    // Its kind first: what another kind of model lacks would be named instead.
    #[derive(Deserialize)]
    struct Kind {
        model_type: Option<String>,
    }
    let kind: Kind = json_of(&file, &bytes)?;
    let kind = kind.model_type.as_deref().unwrap_or("none");
    expect(&file, "model_type", kind, "bert")?;
    let config: Config = json_of(&file, &bytes)?;
    expect(&file, "hidden_act", &config.hidden_act, "gelu")?;
    let positions = config.position_embedding_type.as_deref().unwrap_or("absolute");
    expect(&file, "position_embedding_type", positions, "absolute")?;
    let sizes = config.sizes(&file)?;
    if !tokenizer.has_ends() {
        bail!(
            "{} has no tokens [CLS] and [SEP], which a model of type {} needs",
            folder.join(TOKENIZER).display(),
            config.model_type
        );
    }
    if tokenizer.ids() > sizes.tokens {
        bail!(
            "{} names {} tokens, {} has {}",
            folder.join(TOKENIZER).display(),
            tokenizer.ids(),
            file.display(),
            sizes.tokens
        );
    }
    let pooling = pooling(folder, sizes.width)?;
    hash.update(&[pooling as u8]);
    let tokens_max = tokens_max(folder, tokenizer)?.clamp(3, sizes.positions.max(3));
    Ok((Layers::Bert(Bert::read(tensors, &sizes, pooling)?), tokens_max))
}

impl Config {
    fn sizes(&self, file: &Path) -> Result<Sizes> {
        let sizes = Sizes {
            tokens: self.vocab_size,
            positions: self.max_position_embeddings,
            kinds: self.type_vocab_size,
            width: self.hidden_size,
            heads: self.num_attention_heads,
            inner: self.intermediate_size,
            layers: self.num_hidden_layers,
            epsilon: self.layer_norm_eps,
        };
        let counts =
            [sizes.tokens, sizes.width, sizes.heads, sizes.inner, sizes.layers, sizes.kinds];
        if counts.contains(&0) || sizes.positions < 3 {
            bail!("{}: a size is nought", file.display());
        }
        if !sizes.width.is_multiple_of(sizes.heads) {
            bail!(
                "{}: hidden_size {} is no multiple of num_attention_heads {}",
                file.display(),
                sizes.width,
                sizes.heads
            );
        }
        Ok(sizes)
    }
}

fn expect(file: &Path, name: &str, found: &str, expected: &str) -> Result<()> {
    if found != expected {
        bail!("{}: {name} is {found:?}; {expected:?} can be read", file.display());
    }
    Ok(())
}

/// How the vectors of tokens become one.
fn pooling(folder: &Path, width: usize) -> Result<Pooling> {
    #[derive(Deserialize)]
    struct Given {
        word_embedding_dimension: Option<usize>,
        #[serde(default)]
        pooling_mode_cls_token: bool,
        #[serde(default)]
        pooling_mode_mean_tokens: bool,
    }
    let file = folder.join(POOLING);
    let Some(bytes) = output::read_if_there(&file)? else { return Ok(Pooling::Mean) };
    let given: Given = json_of(&file, &bytes)?;
    if given.word_embedding_dimension.is_some_and(|given| given != width) {
        bail!(
            "{}: word_embedding_dimension is not the hidden_size {width} of {CONFIG}",
            file.display()
        );
    }
    match (given.pooling_mode_mean_tokens, given.pooling_mode_cls_token) {
        (true, false) => Ok(Pooling::Mean),
        (false, true) => Ok(Pooling::First),
        _ => bail!("{}: the mean of all tokens or the first one can be used", file.display()),
    }
}

fn tokens_max(folder: &Path, tokenizer: &Tokenizer) -> Result<usize> {
    #[derive(Deserialize)]
    struct Given {
        max_seq_length: Option<usize>,
    }
    let file = folder.join(SENTENCES);
    let given = match output::read_if_there(&file)? {
        Some(bytes) => json_of::<Given>(&file, &bytes)?.max_seq_length,
        None => None,
    };
    Ok(given.or(tokenizer.tokens_max()).unwrap_or(TOKENS_MAX))
}
