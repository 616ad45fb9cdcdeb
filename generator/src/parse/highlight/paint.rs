//! Text with spans as HTML.
//!
//! In: code, and stretches of it with a class, from left to right. Out: HTML whose text is the code, byte for byte: what
//! no stretch covers is written between them.

use crate::parse::render::escape;

/// What a stretch of code is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Class {
    Keyword,
    Text,
    Comment,
    Number,
    /// Functions, commands, keys, attributes: what is named.
    Name,
    /// Directives, variables, options.
    Meta,
    Inserted,
    Deleted,
}

impl Class {
    fn letter(self) -> &'static str {
        match self {
            Class::Keyword => "k",
            Class::Text => "s",
            Class::Comment => "c",
            Class::Number => "n",
            Class::Name => "f",
            Class::Meta => "m",
            Class::Inserted => "i",
            Class::Deleted => "d",
        }
    }
}

pub(super) struct Painter<'a, 'b> {
    pub(super) code: &'a str,
    out: &'b mut String,
    /// All before this is written.
    done: usize,
}

impl<'a, 'b> Painter<'a, 'b> {
    pub(super) fn new(code: &'a str, out: &'b mut String) -> Painter<'a, 'b> {
        Painter { code, out, done: 0 }
    }

    /// A stretch that begins before the end of the last one begins there.
    pub(super) fn paint(&mut self, start: usize, end: usize, class: Class) {
        let start = start.max(self.done);
        if start >= end {
            return;
        }
        escape(&self.code[self.done..start], self.out);
        self.out.push_str("<span class=\"hl-");
        self.out.push_str(class.letter());
        self.out.push_str("\">");
        escape(&self.code[start..end], self.out);
        self.out.push_str("</span>");
        self.done = end;
    }

    pub(super) fn finish(self) {
        escape(&self.code[self.done..], self.out);
    }
}
