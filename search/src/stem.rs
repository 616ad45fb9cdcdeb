//! The English stemmer Porter2, so that `configured` finds `configuration`. In: a folded word of `a` to `z`. Out: its stem.
//!
//! Own code, because the crates that offer it bring every language and the standard library into the browser's module; it is
//! tested against one of them. <https://snowballstem.org/algorithms/english/stemmer.html> gives the rules and their names.

use alloc::vec::Vec;

/// Replaces a word by its stem, which may be the word. Words of other letters than `a` to `z` are left alone.
pub(crate) fn stem(word: &mut Vec<u8>) {
    if word.len() <= 2 || !word.iter().all(u8::is_ascii_lowercase) || replace_exception(word) {
        return;
    }
    mark_consonant_y(word);
    let regions = Regions::of(word);
    remove_plural(word);
    if !INVARIANT_AFTER_PLURAL.contains(&word.as_slice()) {
        remove_past_and_gerund(word, regions);
        replace_final_y(word);
        shorten_double_suffix(word, regions);
        shorten_suffix(word, regions);
        remove_suffix(word, regions);
        remove_final_letter(word, regions);
    }
    word.make_ascii_lowercase();
}

/// The stem of a word.
pub(crate) fn stemmed(word: &str) -> Vec<u8> {
    let mut key = Vec::from(word);
    stem(&mut key);
    key
}

const EXCEPTIONS: [(&[u8], &[u8]); 18] = [
    (b"skis", b"ski"),
    (b"skies", b"sky"),
    (b"dying", b"die"),
    (b"lying", b"lie"),
    (b"tying", b"tie"),
    (b"idly", b"idl"),
    (b"gently", b"gentl"),
    (b"ugly", b"ugli"),
    (b"early", b"earli"),
    (b"only", b"onli"),
    (b"singly", b"singl"),
    (b"sky", b"sky"),
    (b"news", b"news"),
    (b"howe", b"howe"),
    (b"atlas", b"atlas"),
    (b"cosmos", b"cosmos"),
    (b"bias", b"bias"),
    (b"andes", b"andes"),
];

const INVARIANT_AFTER_PLURAL: [&[u8]; 8] =
    [b"inning", b"outing", b"canning", b"herring", b"earring", b"proceed", b"exceed", b"succeed"];

fn replace_exception(word: &mut Vec<u8>) -> bool {
    let exception = EXCEPTIONS.iter().find(|(from, _)| *from == word.as_slice());
    if let Some((_, to)) = exception {
        word.clear();
        word.extend_from_slice(to);
    }
    exception.is_some()
}

/// A `y` at the beginning or after a vowel is a consonant, written `Y` until the end.
fn mark_consonant_y(word: &mut [u8]) {
    for idx in 0..word.len() {
        if word[idx] == b'y' && (idx == 0 || is_vowel(word[idx - 1])) {
            word[idx] = b'Y';
        }
    }
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// Where the regions R1 and R2 of a word begin; suffixes are taken only from inside them.
#[derive(Clone, Copy)]
struct Regions {
    first: usize,
    second: usize,
}

impl Regions {
    fn of(word: &[u8]) -> Regions {
        let exception = [&b"gener"[..], b"commun", b"arsen"]
            .into_iter()
            .find(|prefix| word.starts_with(prefix));
        let first = exception.map_or_else(|| Regions::after(word, 0), <[u8]>::len);
        Regions { first, second: Regions::after(word, first) }
    }

    /// After the first consonant that follows a vowel.
    fn after(word: &[u8], from: usize) -> usize {
        let found =
            (from + 1..word.len()).find(|idx| is_vowel(word[idx - 1]) && !is_vowel(word[*idx]));
        found.map_or(word.len(), |idx| idx + 1)
    }
}

/// Step 1a.
fn remove_plural(word: &mut Vec<u8>) {
    if word.ends_with(b"sses") {
        word.truncate(word.len() - 2);
    } else if word.ends_with(b"ied") || word.ends_with(b"ies") {
        let dropped = if word.len() > 4 { 2 } else { 1 };
        word.truncate(word.len() - dropped);
    } else if word.ends_with(b"s") && !word.ends_with(b"us") && !word.ends_with(b"ss") {
        let has_vowel = word[..word.len() - 2].iter().any(|letter| is_vowel(*letter));
        if has_vowel {
            word.pop();
        }
    }
}

/// Step 1b.
fn remove_past_and_gerund(word: &mut Vec<u8>, regions: Regions) {
    let Some(suffix) = longest(word, &[b"eedly", b"ingly", b"edly", b"eed", b"ing", b"ed"]) else {
        return;
    };
    let stem_len = word.len() - suffix.len();
    if suffix.starts_with(b"eed") {
        if stem_len >= regions.first {
            word.truncate(stem_len + 2);
        }
        return;
    }
    if !word[..stem_len].iter().any(|letter| is_vowel(*letter)) {
        return;
    }
    word.truncate(stem_len);
    if longest(word, &[b"at", b"bl", b"iz"]).is_some() {
        word.push(b'e');
    } else if ends_in_double(word) {
        word.pop();
    } else if word.len() <= regions.first && ends_in_short_syllable(word) {
        word.push(b'e');
    }
}

fn ends_in_double(word: &[u8]) -> bool {
    let [.., before, last] = word else { return false };
    before == last && b"bdfgmnprt".contains(last)
}

fn ends_in_short_syllable(word: &[u8]) -> bool {
    match word {
        [vowel, last] => is_vowel(*vowel) && !is_vowel(*last),
        [.., before, vowel, last] => {
            !is_vowel(*before) && is_vowel(*vowel) && !is_vowel(*last) && !b"wxY".contains(last)
        }
        _ => false,
    }
}

/// Step 1c.
fn replace_final_y(word: &mut [u8]) {
    if let [_, .., before, last @ (b'y' | b'Y')] = word
        && !is_vowel(*before)
    {
        *last = b'i';
    }
}

/// Step 2. Where one suffix ends another, the longer stands first.
fn shorten_double_suffix(word: &mut Vec<u8>, regions: Regions) {
    const SUFFIXES: [(&[u8], &[u8]); 23] = [
        (b"ization", b"ize"),
        (b"ational", b"ate"),
        (b"fulness", b"ful"),
        (b"ousness", b"ous"),
        (b"iveness", b"ive"),
        (b"tional", b"tion"),
        (b"biliti", b"ble"),
        (b"lessli", b"less"),
        (b"entli", b"ent"),
        (b"ation", b"ate"),
        (b"alism", b"al"),
        (b"aliti", b"al"),
        (b"ousli", b"ous"),
        (b"iviti", b"ive"),
        (b"fulli", b"ful"),
        (b"enci", b"ence"),
        (b"anci", b"ance"),
        (b"abli", b"able"),
        (b"izer", b"ize"),
        (b"ator", b"ate"),
        (b"alli", b"al"),
        (b"bli", b"ble"),
        (b"ogi", b"og"),
    ];
    let listed = SUFFIXES.iter().find(|(suffix, _)| word.ends_with(suffix));
    if let Some((suffix, replacement)) = listed {
        if *suffix != b"ogi" || word.ends_with(b"logi") {
            replace_in(word, regions.first, suffix, replacement);
        }
    } else if let [.., before, b'l', b'i'] = word.as_slice()
        && b"cdeghkmnrt".contains(before)
    {
        replace_in(word, regions.first, b"li", b"");
    }
}

/// Step 3.
fn shorten_suffix(word: &mut Vec<u8>, regions: Regions) {
    const SUFFIXES: [(&[u8], &[u8]); 8] = [
        (b"ational", b"ate"),
        (b"tional", b"tion"),
        (b"alize", b"al"),
        (b"icate", b"ic"),
        (b"iciti", b"ic"),
        (b"ical", b"ic"),
        (b"ness", b""),
        (b"ful", b""),
    ];
    if word.ends_with(b"ative") {
        replace_in(word, regions.second, b"ative", b"");
    } else if let Some((suffix, replacement)) =
        SUFFIXES.iter().find(|(suffix, _)| word.ends_with(suffix))
    {
        replace_in(word, regions.first, suffix, replacement);
    }
}

/// Step 4. Where one suffix ends another, the longer stands first.
fn remove_suffix(word: &mut Vec<u8>, regions: Regions) {
    const SUFFIXES: [&[u8]; 17] = [
        b"ement", b"ance", b"ence", b"able", b"ible", b"ment", b"ant", b"ent", b"ism", b"ate",
        b"iti", b"ous", b"ive", b"ize", b"al", b"er", b"ic",
    ];
    if let Some(suffix) = longest(word, &SUFFIXES) {
        replace_in(word, regions.second, suffix, b"");
    } else if word.ends_with(b"sion") || word.ends_with(b"tion") {
        replace_in(word, regions.second, b"ion", b"");
    }
}

/// Step 5.
fn remove_final_letter(word: &mut Vec<u8>, regions: Regions) {
    let Some((last, stem)) = word.split_last() else { return };
    let is_second = stem.len() >= regions.second;
    let is_removed = match last {
        b'e' => is_second || (stem.len() >= regions.first && !ends_in_short_syllable(stem)),
        b'l' => is_second && stem.ends_with(b"l"),
        _ => false,
    };
    if is_removed {
        word.pop();
    }
}

/// The first of the suffixes that the word ends in; the caller lists longer ones first.
fn longest(word: &[u8], suffixes: &[&'static [u8]]) -> Option<&'static [u8]> {
    suffixes.iter().find(|suffix| suffix.last() == word.last() && word.ends_with(suffix)).copied()
}

fn replace_in(word: &mut Vec<u8>, region: usize, suffix: &[u8], replacement: &[u8]) {
    let stem_len = word.len() - suffix.len();
    if stem_len >= region {
        word.truncate(stem_len);
        word.extend_from_slice(replacement);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;
    use rust_stemmers::{Algorithm, Stemmer};

    fn stemmed(word: &str) -> String {
        let mut bytes = Vec::from(word);
        stem(&mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    fn check(word: &str, expected: &str) {
        assert_eq!(stemmed(word), expected, "{word}");
    }

    #[test]
    fn known_words() {
        check("configuration", "configur");
        check("configured", "configur");
        check("queues", "queue");
        check("happily", "happili");
        check("ops", "op");
        check("c4996", "c4996");
        check("größe", "größe");
    }

    /// Every root with every ending: 30,000 words, most of them no English, which is the harder test.
    #[test]
    fn the_same_as_the_reference() {
        let roots = "a be cat comm cry dep di do er fi flow gener gr hop i in jy kni log lov min mod nation oper per pl pro \
            qu rel run sky st sub succ tan tr univers us ver vi wr x ya yell z arsen commun bl at iz sens provi early \
            syzyg sing bett rabb agre eyl boy sa hous herr out inn can";
        let endings = "s es ed ing ly y ies ied er ers or ors eed eedly edly ingly ation ations ational ization izations ize \
            izer alism aliti ality alli ally ful fulness fulli fully ousness ousli ously ive iveness iviti ivity bility \
            ibility able ably ible ibly logi logy ogi enci ency anci ancy ance ence ant ent ement ment ments entli ently \
            lessli less ness ical icate iciti ic al ative ate ous ism iti ion sion tion l ll e ee us ss sses i ying ted \
            ting bled bling ated ating ized izing pped pping yed w x wed xed";
        let reference = Stemmer::create(Algorithm::English);
        let mut compared = 0;
        for root in roots.split_whitespace() {
            for first in endings.split_whitespace().chain([""]) {
                for second in ["", "s", "ed", "ing", "ly", "ness"] {
                    let word = format!("{root}{first}{second}");
                    let stem = stemmed(&word);
                    assert_eq!(stem, reference.stem(&word), "{word}");
                    assert_eq!(stem.as_bytes()[0], word.as_bytes()[0], "{word}");
                    let second = |word: &str| word.as_bytes().get(1).copied();
                    let pair = (second(&word), second(&stem));
                    let is_kept = pair.0 == pair.1 || pair.1.is_none();
                    assert!(is_kept || pair == (Some(b'y'), Some(b'i')), "{word}");
                    compared += 1;
                }
            }
        }
        assert!(compared > 25_000, "{compared}");
    }
}
