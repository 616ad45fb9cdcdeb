//! Walks through code once and tells words, strings, comments and numbers apart.
//!
//! In: rules and code. Out: painted stretches. Every step moves on by at least one character, and a string without
//! end is searched for once, so that the time is linear.

use super::keyed;
use super::paint::{Class, Painter};
use super::rules::{Quote, Reach, Rules, traits};

pub(super) fn scan(rules: &Rules, painter: &mut Painter) {
    let code = painter.code;
    let mut scanner = Scanner {
        rules,
        code,
        bytes: code.as_bytes(),
        at: 0,
        starts_line: true,
        wants_command: true,
        endless: 0,
        painter,
    };
    while scanner.at < code.len() {
        scanner.step();
    }
}

pub(super) struct Scanner<'a, 'b, 'c> {
    pub(super) rules: &'a Rules,
    code: &'b str,
    pub(super) bytes: &'b [u8],
    pub(super) at: usize,
    /// Nothing but blanks stands before this on its line.
    starts_line: bool,
    wants_command: bool,
    /// A bit for each kind of string that is known to have no end from here on.
    endless: u32,
    painter: &'a mut Painter<'b, 'c>,
}

impl<'b> Scanner<'_, 'b, '_> {
    fn step(&mut self) {
        let byte = self.bytes[self.at];
        match byte {
            b'\n' => {
                self.starts_line = true;
                self.wants_command = true;
                self.at += 1;
                return;
            }
            b' ' | b'\t' | b'\r' => {
                self.at += 1;
                return;
            }
            _ => {}
        }
        let starts_line = std::mem::take(&mut self.starts_line);
        if self.rules.starts[byte as usize] && (self.comment() || self.quoted()) {
            return;
        }
        if starts_line && self.line_start(byte) {
            return;
        }
        match byte {
            b'0'..=b'9' => self.number(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(),
            _ => self.sign(byte),
        }
    }

    pub(super) fn rest(&self) -> &'b str {
        &self.code[self.at..]
    }

    /// Paints the next bytes and moves behind them.
    pub(super) fn take(&mut self, length: usize, class: Class) {
        self.painter.paint(self.at, self.at + length, class);
        self.at += length;
    }

    fn byte_before(&self) -> u8 {
        self.at.checked_sub(1).map_or(b'\n', |at| self.bytes[at])
    }

    fn follows_blank(&self) -> bool {
        self.byte_before().is_ascii_whitespace()
    }

    fn line_length(&self) -> usize {
        let rest = &self.bytes[self.at..];
        rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
    }

    fn comment(&mut self) -> bool {
        let rest = self.rest();
        let language = self.rules.language;
        if let Some((open, close)) = language.block_comment
            && let Some(inside) = rest.strip_prefix(open)
        {
            let end = inside.find(close).map_or(rest.len(), |at| open.len() + at + close.len());
            self.take(end, Class::Comment);
            return true;
        }
        let begins = |mark: &&&str| {
            let head = rest.as_bytes().get(..mark.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(mark.as_bytes()))
        };
        let Some(mark) = language.line_comments.iter().find(begins) else {
            return false;
        };
        // `a#b`, `$#` and a word that begins with "rem" are none.
        let is_word = mark.as_bytes()[0].is_ascii_alphabetic();
        let goes_on = rest.as_bytes().get(mark.len()).is_some_and(u8::is_ascii_alphanumeric);
        if (is_word && goes_on) || ((is_word || *mark == "#") && !self.follows_blank()) {
            return false;
        }
        let length = self.line_length();
        self.take(length, Class::Comment);
        true
    }

    fn quoted(&mut self) -> bool {
        for (kind, quote) in self.rules.language.quotes.iter().enumerate() {
            if self.endless & (1 << kind) != 0 || !self.rest().starts_with(quote.mark) {
                continue;
            }
            if self.is_apostrophe(quote) {
                continue;
            }
            match self.string_length(quote) {
                Some(length) => {
                    let class = self.class_of_string(length);
                    self.take(length, class);
                    self.wants_command = false;
                    return true;
                }
                None if quote.reach == Reach::Lines => self.endless |= 1 << kind,
                None => {}
            }
        }
        false
    }

    /// "don't" in a shell's output or in a plain value is no string.
    fn is_apostrophe(&self, quote: &Quote) -> bool {
        let has_plain_text = self.rules.has(traits::COMMANDS) || self.rules.has(traits::KEYS);
        quote.mark == "'" && has_plain_text && self.byte_before().is_ascii_alphanumeric()
    }

    fn string_length(&self, quote: &Quote) -> Option<usize> {
        let mark = quote.mark.as_bytes();
        let rest = &self.bytes[self.at..];
        if quote.reach == Reach::Character {
            return character_length(self.rest());
        }
        let mut at = mark.len();
        while at < rest.len() {
            match rest[at] {
                b'\n' if quote.reach == Reach::Line => return None,
                byte if Some(byte) == quote.escape => at += 2,
                _ if rest[at..].starts_with(mark) => return Some(at + mark.len()),
                _ => at += 1,
            }
        }
        None
    }

    fn class_of_string(&self, length: usize) -> Class {
        let after = self.code[self.at + length..].trim_start_matches([' ', '\t']);
        let is_key = self.rules.has(traits::TEXT_KEYS) && after.starts_with(':');
        if is_key { Class::Name } else { Class::Text }
    }

    fn line_start(&mut self, byte: u8) -> bool {
        if byte == b'#' && self.rules.has(traits::DIRECTIVES) {
            self.directive();
            return true;
        }
        self.rules.has(traits::KEYS) && keyed::key(self)
    }

    fn directive(&mut self) {
        let rest = &self.rest()[1..];
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let word = rest[blanks..].bytes().take_while(u8::is_ascii_alphanumeric).count();
        let is_include = matches!(&rest[blanks..blanks + word], "include" | "import");
        self.take(1 + blanks + word, Class::Meta);
        let rest = self.rest();
        let target = rest.trim_start_matches([' ', '\t']);
        let line = &target[..target.find('\n').unwrap_or(target.len())];
        if let Some(end) = line.find('>').filter(|_| is_include && target.starts_with('<')) {
            self.at += rest.len() - target.len();
            self.take(end + 1, Class::Text);
        }
    }

    fn number(&mut self) {
        let rest = &self.bytes[self.at..];
        let is_part = |at: usize| match rest[at] {
            byte if byte.is_ascii_alphanumeric() || byte == b'_' => true,
            b'.' | b'\'' => rest.get(at + 1).is_some_and(u8::is_ascii_digit),
            _ => false,
        };
        let length = (1..rest.len()).take_while(|at| is_part(*at)).count() + 1;
        self.wants_command = false;
        self.take(length, Class::Number);
    }

    fn word(&mut self) {
        let rest = self.rest();
        let length = word_length(rest, self.rules.has(traits::HYPHENS));
        let word = &rest[..length];
        if self.rules.has(traits::RAW_STRINGS)
            && let Some(length) = raw_string_length(rest, word)
        {
            return self.take(length, Class::Text);
        }
        let next = rest.as_bytes().get(length).copied().unwrap_or(b' ');
        let wants_command = self.rules.has(traits::COMMANDS) && self.wants_command;
        let class = if self.byte_before() != b'.' && self.rules.is_keyword(word) {
            Some(Class::Keyword)
        } else if wants_command && next == b'=' {
            Some(Class::Meta)
        } else if wants_command && !matches!(next, b'.' | b'/' | b':') {
            self.wants_command = false;
            Some(Class::Name)
        } else {
            let is_call = self.rules.has(traits::CALLS) && next == b'(';
            is_call.then_some(Class::Name)
        };
        match class {
            Some(class) => self.take(length, class),
            None => self.at += length,
        }
    }

    fn sign(&mut self, byte: u8) {
        let rest = &self.rest()[1..];
        match byte {
            b'$' if self.rules.has(traits::VARIABLES) => return self.variable(rest),
            b'@' if self.rules.has(traits::DECORATORS) => {
                let length = word_length(rest, self.rules.has(traits::HYPHENS));
                return if length > 0 { self.take(1 + length, Class::Meta) } else { self.at += 1 };
            }
            b'-' if self.rules.has(traits::COMMANDS) && self.follows_blank() => {
                let dashes = rest.bytes().take_while(|byte| *byte == b'-').count();
                let length = dashes + word_length(&rest[dashes..], true);
                return if length > 0 { self.take(1 + length, Class::Meta) } else { self.at += 1 };
            }
            // A line that goes on is no new command.
            b'\\' => {
                self.at += 1 + rest.chars().next().map_or(0, char::len_utf8);
                return;
            }
            b'|' | b';' | b'&' | b'(' | b'`' => self.wants_command = true,
            b'{' | b'}' | b'!' => {}
            _ => self.wants_command = false,
        }
        self.at += 1;
    }

    fn variable(&mut self, rest: &str) {
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let length = match rest.bytes().next() {
            Some(b'{') => line.find('}').map_or(0, |end| end + 1),
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => word_length(rest, false),
            Some(b'0'..=b'9' | b'@' | b'?' | b'*' | b'#') => 1,
            // The prompt before a command.
            Some(b' ') if self.wants_command => return self.take(1, Class::Meta),
            Some(b'(') => {
                self.at += 1;
                return;
            }
            _ => 0,
        };
        self.wants_command = false;
        if length > 0 { self.take(1 + length, Class::Meta) } else { self.at += 1 }
    }
}

/// Letters, digits, `_` and all that is not ASCII; hyphens inside where the language has them.
pub(super) fn word_length(text: &str, has_hyphens: bool) -> usize {
    let bytes = text.as_bytes();
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    let mut at = 0;
    while at < bytes.len() {
        let is_hyphen = has_hyphens && at > 0 && bytes[at] == b'-';
        let joins = is_hyphen && bytes.get(at + 1).is_some_and(|next| is_part(*next));
        if !(is_part(bytes[at]) || joins) {
            break;
        }
        at += 1;
    }
    at
}

/// `'x'` or `'\x..'`.
fn character_length(text: &str) -> Option<usize> {
    const LONGEST_ESCAPE: usize = 12;
    let inside = text.get(1..)?;
    let first = inside.chars().next()?;
    if first == '\\' {
        let bytes = inside.as_bytes();
        let end = (2..bytes.len().min(LONGEST_ESCAPE)).find(|at| bytes[*at] == b'\'')?;
        return Some(end + 2);
    }
    let end = 1 + first.len_utf8();
    (!matches!(first, '\'' | '\n') && text.as_bytes().get(end) == Some(&b'\'')).then_some(end + 1)
}

/// From the prefix to the end of a raw string.
fn raw_string_length(text: &str, prefix: &str) -> Option<usize> {
    const LONGEST_MARK: usize = 16;
    if !matches!(prefix, "R" | "LR" | "uR" | "UR" | "u8R") {
        return None;
    }
    let inside = text[prefix.len()..].strip_prefix('"')?;
    let mark = inside.bytes().take(LONGEST_MARK + 1).position(|byte| byte == b'(')?;
    let close = format!("){}\"", inside.get(..mark)?);
    Some(prefix.len() + 1 + inside.find(&close)? + close.len())
}
