//! Texts into the tokens of a model.
//!
//! In: `tokenizer.json`, texts. Out: numbers of tokens. Knows WordPiece with the normalisation of BERT, own code: the crate that reads every
//! kind of tokenizer takes two minutes of a processor to compile.

use std::{collections::HashMap, path::Path};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::UnicodeNormalization;

/// Shorter pieces are no words.
const WORD_CHARS_MIN: usize = 3;

#[derive(Deserialize)]
struct File {
    truncation: Option<Truncation>,
    normalizer: Option<Normalizer>,
    pre_tokenizer: Option<Kind>,
    model: Kind,
}

#[derive(Deserialize)]
struct Truncation {
    max_length: usize,
}

#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Normalizer {
    #[serde(rename = "type")]
    name: String,
    #[serde(default)]
    clean_text: bool,
    #[serde(default)]
    handle_chinese_chars: bool,
    strip_accents: Option<bool>,
    #[serde(default)]
    lowercase: bool,
}

#[derive(Deserialize)]
struct WordPieceFile {
    model: WordPiece,
}

#[derive(Deserialize)]
struct WordPiece {
    unk_token: String,
    continuing_subword_prefix: String,
    max_input_chars_per_word: usize,
    vocab: HashMap<String, u32>,
}

pub(super) struct Tokenizer {
    normalizer: Normalizer,
    /// Pieces at the beginning of a word, and those behind one.
    heads: HashMap<Box<str>, u32>,
    tails: HashMap<Box<str>, u32>,
    /// The longest piece.
    piece_bytes_max: usize,
    word_chars_max: usize,
    unknown: u32,
    /// What stands before and after a text.
    ends: Option<[u32; 2]>,
    /// One more than the greatest number of a token.
    ids: usize,
    tokens_max: Option<usize>,
}

impl Tokenizer {
    pub(super) fn read(file: &Path, bytes: &[u8]) -> Result<Tokenizer> {
        let wrong = || format!("{} is no tokenizer", file.display());
        let given: File = serde_json::from_slice(bytes).with_context(wrong)?;
        let kind = given.model.name.as_deref().unwrap_or("not named");
        let splitter = given.pre_tokenizer.and_then(|kind| kind.name);
        let splitter = splitter.as_deref().unwrap_or("not named");
        let normalizer = given.normalizer.filter(|given| given.name == "BertNormalizer");
        let (Some(normalizer), "WordPiece", "BertPreTokenizer") = (normalizer, kind, splitter)
        else {
            bail!(
                "{}: the model is {kind}, the pre_tokenizer {splitter}; WordPiece with BertNormalizer and BertPreTokenizer can be read",
                file.display()
            );
        };
        let model: WordPieceFile = serde_json::from_slice(bytes).with_context(wrong)?;
        let mut tokenizer = Tokenizer::of(normalizer, model.model).with_context(wrong)?;
        tokenizer.tokens_max = given.truncation.map(|given| given.max_length);
        Ok(tokenizer)
    }

    fn of(normalizer: Normalizer, model: WordPiece) -> Result<Tokenizer> {
        let id = |token: &str| model.vocab.get(token).copied();
        let unknown = id(&model.unk_token)
            .with_context(|| format!("there is no token {}", model.unk_token))?;
        let ends = id("[CLS]").zip(id("[SEP]")).map(<[u32; 2]>::from);
        let ids = model.vocab.values().max().map_or(0, |most| *most as usize + 1);
        let piece_bytes_max = model.vocab.keys().map(String::len).max().unwrap_or(0);
        let (mut heads, mut tails) = (HashMap::new(), HashMap::new());
        let prefix = model.continuing_subword_prefix;
        let pieces: Vec<(String, u32)> = model.vocab.into_iter().collect();
        for (piece, id) in pieces {
            match piece.strip_prefix(&prefix).filter(|piece| !piece.is_empty()) {
                Some(tail) => tails.insert(tail.into(), id),
                None => heads.insert(piece.into(), id),
            };
        }
        Ok(Tokenizer {
            normalizer,
            heads,
            tails,
            piece_bytes_max,
            word_chars_max: model.max_input_chars_per_word,
            unknown,
            ends,
            ids,
            tokens_max: None,
        })
    }

    pub(super) fn ids(&self) -> usize {
        self.ids
    }

    pub(super) fn has_ends(&self) -> bool {
        self.ends.is_some()
    }

    pub(super) fn unknown(&self) -> u32 {
        self.unknown
    }

    pub(super) fn tokens_max(&self) -> Option<usize> {
        self.tokens_max
    }

    /// The pieces that are words in themselves, in order of their numbers. Single signs and pairs are seldom words, and Chinese is indexed by pairs.
    pub(super) fn words(&self) -> Vec<&str> {
        let is_word = |piece: &str| {
            piece.chars().count() >= WORD_CHARS_MIN
                && piece.chars().all(|char| char.is_alphabetic() && !is_chinese(char))
        };
        let heads = self.heads.iter().filter(|(piece, _)| is_word(piece));
        let mut words: Vec<(u32, &str)> = heads.map(|(piece, id)| (*id, &**piece)).collect();
        words.sort_unstable();
        words.into_iter().map(|(_, word)| word).collect()
    }

    /// The tokens of a text, at most so many, with those of its ends.
    pub(super) fn tokens(&self, text: &str, most: usize) -> Vec<u32> {
        let mut tokens = self.pieces(text, most.saturating_sub(2));
        self.enclose(&mut tokens);
        tokens
    }

    /// Puts the tokens of its ends around a text.
    pub(super) fn enclose(&self, tokens: &mut Vec<u32>) {
        if let Some([begin, end]) = self.ends {
            tokens.insert(0, begin);
            tokens.push(end);
        }
    }

    /// The tokens of a text without those of its ends.
    pub(super) fn pieces(&self, text: &str, most: usize) -> Vec<u32> {
        let mut tokens = Vec::new();
        for part in text.split(char::is_whitespace) {
            let part = self.normalised(part);
            let mut rest = part.as_str();
            while let Some(word) = next_word(&mut rest) {
                self.add_word(word, &mut tokens);
            }
            if tokens.len() >= most {
                tokens.truncate(most);
                break;
            }
        }
        tokens
    }

    fn normalised(&self, part: &str) -> String {
        let Normalizer { clean_text, handle_chinese_chars, strip_accents, lowercase, .. } =
            self.normalizer;
        if part.is_ascii() && !part.bytes().any(|byte| byte.is_ascii_control()) {
            return if lowercase { part.to_ascii_lowercase() } else { part.to_owned() };
        }
        let mut out = String::with_capacity(part.len());
        for char in part.chars().filter(|char| !clean_text || !is_control(*char)) {
            match handle_chinese_chars && is_chinese(char) {
                true => out.extend([' ', char, ' ']),
                false => out.push(char),
            }
        }
        if strip_accents.unwrap_or(lowercase) {
            out = out
                .nfd()
                .filter(|char| get_general_category(*char) != GeneralCategory::NonspacingMark)
                .collect();
        }
        if lowercase { out.chars().flat_map(char::to_lowercase).collect() } else { out }
    }

    /// The longest pieces, from left to right.
    fn add_word(&self, word: &str, tokens: &mut Vec<u32>) {
        let before = tokens.len();
        let mut rest = word;
        let is_long =
            word.len() > self.word_chars_max && word.chars().count() > self.word_chars_max;
        while !rest.is_empty() {
            let pieces = if rest.len() == word.len() { &self.heads } else { &self.tails };
            let Some((bytes, id)) = self.longest(rest, pieces).filter(|_| !is_long) else {
                tokens.truncate(before);
                tokens.push(self.unknown);
                return;
            };
            tokens.push(id);
            rest = &rest[bytes..];
        }
    }

    fn longest(&self, text: &str, pieces: &HashMap<Box<str>, u32>) -> Option<(usize, u32)> {
        let most = text.len().min(self.piece_bytes_max);
        let ends = (1..=most).rev().filter(|end| text.is_char_boundary(*end));
        ends.into_iter().find_map(|end| Some((end, *pieces.get(&text[..end])?)))
    }
}

/// The next word, or sign of punctuation, of a normalised text.
fn next_word<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let text = rest.trim_start();
    let first = text.chars().next()?;
    let is_end = |char: char| char.is_whitespace() || is_punctuation(char);
    let end = match is_punctuation(first) {
        true => first.len_utf8(),
        false => text.find(is_end).unwrap_or(text.len()),
    };
    let (word, after) = text.split_at(end);
    *rest = after;
    Some(word)
}

fn is_control(char: char) -> bool {
    use GeneralCategory as Category;
    let category = || get_general_category(char);
    char == '\u{fffd}'
        || char.is_control()
        || (!char.is_ascii()
            && matches!(category(), Category::Format | Category::Unassigned | Category::PrivateUse))
}

fn is_punctuation(char: char) -> bool {
    use GeneralCategory as Category;
    if char.is_ascii() {
        return char.is_ascii_punctuation();
    }
    matches!(
        get_general_category(char),
        Category::ConnectorPunctuation
            | Category::DashPunctuation
            | Category::ClosePunctuation
            | Category::FinalPunctuation
            | Category::InitialPunctuation
            | Category::OtherPunctuation
            | Category::OpenPunctuation
    )
}

fn is_chinese(char: char) -> bool {
    matches!(
        u32::from(char),
        0x4e00..=0x9fff
            | 0x3400..=0x4dbf
            | 0x20000..=0x2a6df
            | 0x2a700..=0x2b73f
            | 0x2b740..=0x2b81f
            | 0x2b920..=0x2ceaf
            | 0xf900..=0xfaff
            | 0x2f800..=0x2fa1f
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOCAB: [&str; 12] =
        ["[UNK]", "un", "##able", "##s", "cafe", "ok", "!", "-", "电", "话", "12", "x"];

    fn tokenizer() -> Tokenizer {
        let json = serde_json::json!({
            "normalizer": { "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "lowercase": true },
            "pre_tokenizer": { "type": "BertPreTokenizer" },
            "model": { "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                "max_input_chars_per_word": 9,
                "vocab": VOCAB.iter().zip(0..).collect::<HashMap<_, u32>>() },
        });
        Tokenizer::read(Path::new("tokenizer.json"), json.to_string().as_bytes()).unwrap()
    }

    fn check(text: &str, expected: &[&str]) {
        let tokens = tokenizer().pieces(text, 99);
        let found: Vec<&str> = tokens.iter().map(|id| VOCAB[*id as usize]).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn words_are_pieces_that_begin_one() {
        assert_eq!(tokenizer().words(), ["cafe"]);
    }

    #[test]
    fn words_are_cut_into_the_longest_pieces() {
        check("unable  Uns\tx", &["un", "##able", "un", "##s", "x"]);
        check("untold ok", &["[UNK]", "ok"]);
        check("unablesss unablessss", &["un", "##able", "##s", "##s", "##s", "[UNK]"]);
    }

    #[test]
    fn texts_are_normalised_first() {
        check("CAFÉ caf\u{e9} o\u{200b}k", &["cafe", "cafe", "ok"]);
        check("电话12", &["电", "话", "12"]);
        check("ok!-x\u{3000}ok\u{0}", &["ok", "!", "-", "x", "ok"]);
        check("\u{2014} [SEP]", &["[UNK]", "[UNK]", "[UNK]", "[UNK]"]);
    }
}
