//! One character of text as the index sees it: what class it is of, and which letters stand for it.
//!
//! In: a character. Out: its class, and one or two folded characters: lower case, without diacritics, full width made
//! narrow. Knows no words. Small tables and arithmetic only: Unicode's own tables would double the browser's module.

/// What a character does to a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Ends a word.
    Gap,
    /// Is passed over: a combining accent, a soft hyphen.
    Mark,
    /// Makes words in scripts that write blanks between them.
    Letter,
    Digit,
    /// Makes pairs in scripts that write no blanks: han, kana, hangul, Thai.
    Glyph,
}

/// A character after folding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Folded {
    pub(crate) class: Class,
    pub(crate) first: char,
    /// The second letter of a ligature: `ß` is `ss`.
    pub(crate) second: Option<char>,
}

/// Folds one character.
pub(crate) fn fold(character: char) -> Folded {
    match character {
        '0'..='9' => Folded { class: Class::Digit, first: character, second: None },
        'a'..='z' => letter(character),
        'A'..='Z' => letter(character.to_ascii_lowercase()),
        '\0'..='\u{7f}' => plain(Class::Gap, character),
        '\u{ff01}'..='\u{ff5e}' => fold(shifted(character, -0xfee0)),
        '\u{c0}'..='\u{24f}' => fold_latin(character, LATIN, 0xc0),
        '\u{1e00}'..='\u{1eff}' => fold_latin(character, LATIN_ADDITIONAL, 0x1e00),
        '\u{370}'..='\u{58f}' => fold_greek_to_armenian(character),
        _ => plain(class_of(character), character),
    }
}

fn plain(class: Class, first: char) -> Folded {
    Folded { class, first, second: None }
}

fn letter(first: char) -> Folded {
    plain(Class::Letter, first)
}

fn shifted(character: char, by: i32) -> char {
    char::from_u32((character as u32).wrapping_add_signed(by)).unwrap_or(character)
}

fn fold_latin(character: char, table: &[u8], first: u32) -> Folded {
    let pair = |first, second| Folded { class: Class::Letter, first, second: Some(second) };
    match table.get((character as u32 - first) as usize).copied().unwrap_or(b'?') {
        b' ' => plain(Class::Gap, character),
        b'?' => letter(character),
        b'1' => pair('a', 'e'),
        b'2' => pair('s', 's'),
        b'3' => pair('t', 'h'),
        b'4' => pair('i', 'j'),
        b'5' => pair('o', 'e'),
        b'6' => pair('d', 'z'),
        b'7' => pair('l', 'j'),
        b'8' => pair('n', 'j'),
        base => letter(char::from(base)),
    }
}

fn fold_greek_to_armenian(character: char) -> Folded {
    let first = match character {
        '\u{375}' | '\u{37e}' | '\u{387}' | '\u{55a}'..='\u{55f}' | '\u{589}'..='\u{58f}' => {
            return plain(Class::Gap, character);
        }
        '\u{483}'..='\u{489}' => return plain(Class::Mark, character),
        'Ά' | 'ά' => 'α',
        'Έ' | 'έ' => 'ε',
        'Ή' | 'ή' => 'η',
        'Ί' | 'ί' | 'ϊ' | 'ΐ' | 'Ϊ' => 'ι',
        'Ό' | 'ό' => 'ο',
        'Ύ' | 'ύ' | 'ϋ' | 'ΰ' | 'Ϋ' => 'υ',
        'Ώ' | 'ώ' => 'ω',
        'ς' => 'σ',
        'Α'..='Ρ' | 'Σ'..='Ω' | 'А'..='Я' => shifted(fold_short_i(character), 0x20),
        'ё' | 'Ё' => 'е',
        'Ѐ'..='Џ' => shifted(character, 0x50),
        '\u{460}'..='\u{481}' | '\u{48a}'..='\u{4bf}' | '\u{4d0}'..='\u{52f}' => {
            with_low_bit(character)
        }
        '\u{531}'..='\u{556}' => shifted(character, 0x30),
        other => fold_short_i(other),
    };
    letter(first)
}

/// Decomposed text writes `й` as `и` and a mark, which is passed over; so both are `и`.
fn fold_short_i(character: char) -> char {
    match character {
        'Й' => 'И',
        'й' => 'и',
        other => other,
    }
}

/// In most of the Cyrillic extensions the capital is even and its small letter the next.
fn with_low_bit(character: char) -> char {
    char::from_u32(character as u32 | 1).unwrap_or(character)
}

fn class_of(character: char) -> Class {
    match character as u32 {
        0xaa | 0xb5 | 0xba => Class::Letter,
        0xad | 0x300..=0x36f | 0x591..=0x5c7 | 0x610..=0x61a | 0x640 | 0x64b..=0x65f | 0x670 => {
            Class::Mark
        }
        0x200b..=0x200d | 0x2060..=0x2064 | 0xfe00..=0xfe0f | 0xfeff | 0xe_0000..=0xe_ffff => {
            Class::Mark
        }
        0x80..=0xbf
        | 0x2b0..=0x2ff
        | 0x60c
        | 0x61b
        | 0x61f
        | 0x66a..=0x66d
        | 0x6d4
        | 0x964
        | 0x965 => Class::Gap,
        0xe3f | 0xe4f | 0xe5a | 0xe5b => Class::Gap,
        0xe00..=0xeff | 0x1000..=0x109f | 0x1100..=0x11ff | 0x1780..=0x17ff => Class::Glyph,
        0x2000..=0x2bff
        | 0x2e00..=0x2e7f
        | 0x3000..=0x3004
        | 0x3008..=0x3020
        | 0x3030
        | 0x303d..=0x303f
        | 0x30fb => Class::Gap,
        0x2e80..=0x2fdf | 0x3005..=0x33ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xa960..=0xa97f => {
            Class::Glyph
        }
        0xac00..=0xd7ff | 0xf900..=0xfaff | 0xff66..=0xffdc | 0x2_0000..=0x3_ffff => Class::Glyph,
        0xe000..=0xf8ff
        | 0xfe10..=0xfe6f
        | 0xff00..=0xff65
        | 0xffe0..=0xffff
        | 0x1_f000..=0x1_faff => Class::Gap,
        0xf_0000.. => Class::Gap,
        _ => Class::Letter,
    }
}

// The base letter of each character from the table's first on. A blank ends a word, `?` stays as it is,
// and a digit is a ligature of `fold_latin`. Made from Unicode's decompositions.
#[rustfmt::skip]
const LATIN: &[u8; 400] = b"\
    aaaaaa1ceeeeiiiidnooooo ouuuuy32aaaaaa1ceeeeiiiidnooooo ouuuuy3y\
    aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii44jjkkklllllll\
    lllnnnnnnnnnoooooo55rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs\
    bb????occdddd????ffg???ikkl??nnooo??pp?????ttttuu?vyyzz?????????\
    ????666777888aaiioouuuuuuuuuu?aaaa11ggggkkoooo??j666gg??nnaa11oo\
    aaaaeeeeiiiioooorrrruuuusstt??hhnd??zzaaeeooooooooyylntj?????l??\
    ???buveejjqqrryy";
#[rustfmt::skip]
const LATIN_ADDITIONAL: &[u8; 256] = b"\
    aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm\
    mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv\
    wwwwwwwwwwxxxxyyzzzzzzhtwy?s??2?aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee\
    eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy??????";

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn check(text: &str, expected: &str) {
        let mut out = String::new();
        for folded in text.chars().map(fold).filter(|folded| folded.class != Class::Mark) {
            out.push(folded.first);
            out.extend(folded.second);
        }
        assert_eq!(out, expected);
    }

    #[test]
    fn letters_lose_case_and_accents() {
        check("ÀÉÎõÜß Łódź Việt", "aeiouss lodz viet");
        check("ΑΘΉΝΑ Μάϊος", "αθηνα μαιοσ");
        check("МОСКВА Ёлка Ґ Їжак Йод", "москва елка ґ їжак иод");
        check("ＡＢＣ１２３", "abc123");
        check("e\u{301}a\u{ad}b", "eab");
    }

    #[test]
    fn classes() {
        for (text, class) in [
            ("漢かカ한ไ々", Class::Glyph),
            ("aЖλאبहա", Class::Letter),
            ("09８", Class::Digit),
            (" .-–—「」、。・•→×÷…“”😀", Class::Gap),
        ] {
            for character in text.chars() {
                assert_eq!(fold(character).class, class, "{character}");
            }
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for character in '\0'..=char::MAX {
            let folded = fold(character);
            assert_eq!(fold(folded.first).first, folded.first, "{character:?}");
        }
    }
}
