//! The languages that guides are written in: their stems, for the index (`Häuser` is found by `Haus`), and those that letters tell.
//!
//! In: the code of a language, or a text. Out: what gives its words their stems, if it is known here; a code. Reading an index needs none
//! of it.

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

/// Whether a text is the code of a language: `de`, `pt-BR`.
pub(crate) fn is_code(text: &str) -> bool {
    let is_plain = |part: &str| {
        (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let language = text.split('-').next().unwrap_or_default();
    let is_name = language.len() <= 3 && language.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_name && text.split('-').all(is_plain)
}

/// Whether two codes name one language, wherever it is spoken.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    let primary = |code: &str| code.split('-').next().unwrap_or_default().to_ascii_lowercase();
    primary(one) == primary(other)
}

/// The language that the letters of a text tell, if its script is that of one language.
pub(crate) fn by_script(letters: impl Iterator<Item = char>) -> Option<&'static str> {
    /// Commands and names are Latin in every language: a fifth is enough.
    const SHARE: usize = 5;
    let (mut all, mut han, mut kana, mut hangul, mut thai) = (0, 0, 0, 0, 0);
    for letter in letters.filter(|letter| letter.is_alphabetic()) {
        all += 1;
        match letter {
            '\u{4e00}'..='\u{9fff}' => han += 1,
            '\u{3041}'..='\u{30ff}' => kana += 1,
            '\u{ac00}'..='\u{d7a3}' => hangul += 1,
            '\u{e01}'..='\u{e5b}' => thai += 1,
            _ => {}
        }
    }
    let is_much = |count: usize| count > 0 && count * SHARE >= all;
    match () {
        () if is_much(hangul) => Some("ko"),
        () if is_much(thai) => Some("th"),
        () if is_much(han + kana) && kana * SHARE >= han => Some("ja"),
        () if is_much(han) => Some("zh"),
        () => None,
    }
}

fn stem(algorithm: Algorithm, word: &str) -> String {
    Snowball::create(algorithm).stem(word).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_short() {
        for code in ["de", "tlh", "pt-BR", "zh-Hant-TW", "es-419"] {
            assert!(is_code(code), "{code}");
        }
        for other in ["", "d", "klingon", "12", "pt_BR", "de-", "de-a", "d\u{e9}"] {
            assert!(!is_code(other), "{other}");
        }
    }

    #[test]
    fn letters_tell_a_language() {
        let check = |text: &str, code: Option<&str>| {
            assert_eq!(by_script(text.chars()), code, "{text}");
        };
        check("系统变量 tidb_enable", Some("zh"));
        check("システム変数の設定", Some("ja"));
        check("시스템 변수", Some("ko"));
        check("System variables, 变量", None);
        check("12", None);
        assert!(is_same("zh-CN", "zh") && !is_same("de", "en"));
    }

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
