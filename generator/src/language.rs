//! Stems of the languages that guides are written in, for the index: `Häuser` is found by `Haus`.
//!
//! In: the code of a language. Out: what gives its words their stems, if it is known here. Reading an index needs none of it.

use rust_stemmers::{Algorithm, Stemmer as Snowball};
use search::Stemmer;

/// The stemmer of a language, by its code: `de`, `pt-BR`. English is the index's own.
pub(crate) fn stemmer(code: &str) -> Option<Stemmer> {
    let language = code.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    Some(match language.as_str() {
        "ar" => |word| stem(Algorithm::Arabic, word),
        "da" => |word| stem(Algorithm::Danish, word),
        "de" => |word| stem(Algorithm::German, word),
        "el" => |word| stem(Algorithm::Greek, word),
        "es" => |word| stem(Algorithm::Spanish, word),
        "fi" => |word| stem(Algorithm::Finnish, word),
        "fr" => |word| stem(Algorithm::French, word),
        "hu" => |word| stem(Algorithm::Hungarian, word),
        "it" => |word| stem(Algorithm::Italian, word),
        "nl" => |word| stem(Algorithm::Dutch, word),
        "no" | "nb" | "nn" => |word| stem(Algorithm::Norwegian, word),
        "pt" => |word| stem(Algorithm::Portuguese, word),
        "ro" => |word| stem(Algorithm::Romanian, word),
        "ru" => |word| stem(Algorithm::Russian, word),
        "sv" => |word| stem(Algorithm::Swedish, word),
        "ta" => |word| stem(Algorithm::Tamil, word),
        "tr" => |word| stem(Algorithm::Turkish, word),
        _ => return None,
    })
}

fn stem(algorithm: Algorithm, word: &str) -> String {
    Snowball::create(algorithm).stem(word).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for (code, forms) in [
            ("de", ["häuser", "hauses"]),
            ("de-AT", ["installationen", "installation"]),
            ("fr", ["configurations", "configuration"]),
            ("es", ["servidores", "servidor"]),
            ("pt_BR", ["servidores", "servidor"]),
            ("ru", ["серверы", "сервера"]),
        ] {
            let stemmer = stemmer(code).unwrap();
            assert_eq!(stemmer(forms[0]), stemmer(forms[1]), "{code}");
        }
        assert!(
            ["en", "en-US", "zh", "", "German"].into_iter().all(|code| stemmer(code).is_none())
        );
    }
}
