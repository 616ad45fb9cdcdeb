//! Where does a passage answer? In: its Markdown, the query's terms and their idf. Out: its best lines, with marks.
//! Plain text in pieces, never cut inside a character. Knows no HTML.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use crate::answer::Piece;
use crate::plain::{HEADING_END, HEADING_SIGN, plain_with_heading_ends};
use crate::plan::Term;
use crate::row::Row;
use crate::stem::stem;
use crate::stop::is_stop_word;
use crate::text::{Kind, tokens, trimmed};

/// How many words a snippet has.
const WORDS: usize = 30;
/// A longer heading is text, and not shown above other lines.
const HEADING_BYTES_MAX: usize = 100;
/// How many glyphs of a script without blanks are worth a word.
const GLYPHS_PER_WORD: usize = 2;
/// How many words before the first mark a snippet may begin, to begin with a sentence.
const LEAD_WORDS: usize = 9;
/// A snippet longer than this is one endless word, and is cut.
const BYTES_MAX: usize = 900;

/// A phrase is worth more than any words apart.
const PHRASE_WORTH: u32 = 1 << 12;

/// So long words are with the blank behind them, or longer.
const BYTES_PER_WORD: usize = 6;

/// So often a phrase is marked in one text.
const PHRASE_SPANS_MAX: usize = 64;

/// A term to mark, and how much a mark is worth.
pub(crate) struct Mark<'a> {
    pub(crate) term: &'a Term,
    pub(crate) idf: u32,
    /// All words that count for it, and phrases, folded.
    pub(crate) surfaces: Vec<&'a Vec<u8>>,
}

impl Mark<'_> {
    /// Whether one of the words that count stands there.
    fn has(&self, text: &str) -> bool {
        let has = |surface: &&Vec<u8>| {
            surface.split(|byte| *byte == b' ').any(|word| word == text.as_bytes())
        };
        self.surfaces.iter().any(has) && !is_stop_word(text)
    }
}

/// How what is marked may begin: a stem begins as its word does, but for a second letter `y` that may become `i`. Most words of
/// a text need no closer look.
pub(crate) struct Beginnings([u32; 256]);

impl Beginnings {
    /// Of a query, whatever the texts.
    pub(crate) fn of(marks: &[Mark<'_>]) -> Beginnings {
        let mut seconds = [0; 256];
        for mark in marks {
            let mut add = |word: &[u8]| match word {
                [first, second, ..] => seconds[usize::from(*first)] |= second_bit(*second),
                [first] => seconds[usize::from(*first)] = u32::MAX,
                [] => {}
            };
            add(&mark.term.key);
            add(mark.term.text.as_bytes());
            for surface in &mark.surfaces {
                surface.split(|byte| *byte == b' ').for_each(&mut add);
            }
        }
        Beginnings(seconds)
    }

    fn may_be_of(&self, word: &str) -> bool {
        match word.as_bytes() {
            [first, second, ..] => self.0[usize::from(*first)] & second_bit(*second) != 0,
            [first] => self.0[usize::from(*first)] != 0,
            [] => false,
        }
    }
}

/// Bytes share bits: what is let through is looked at anyway.
fn second_bit(second: u8) -> u32 {
    1 << (if second == b'y' { b'i' } else { second } & 31)
}

/// A text in which the words of a query are found.
pub(crate) struct Marked {
    text: String,
    positions: Vec<Position>,
    /// In the text's order.
    pub(crate) spots: Vec<Spot>,
    glyphs: usize,
    /// Of the headings in the text.
    levels: Vec<u8>,
}

/// A heading that stands in a text: its bytes there, and its level.
pub(crate) struct Heading {
    pub(crate) bytes: Range<usize>,
    pub(crate) level: u8,
}

impl Marked {
    /// Finds the marks in the plain text of Markdown.
    pub(crate) fn markdown(markdown: &str, marks: &[Mark<'_>], beginnings: &Beginnings) -> Marked {
        let (text, levels) = plain_with_heading_ends(markdown);
        Marked { levels, ..Marked::of(text, marks, beginnings) }
    }

    /// The headings of the text, in its order, but for those that are text.
    pub(crate) fn headings(&self) -> Vec<Heading> {
        let mut levels = self.levels.iter();
        let mut headings = Vec::new();
        let mut start = 0;
        for line in self.text.as_bytes().split(|byte| *byte == b'\n') {
            let end = start + line.len();
            if line.ends_with(HEADING_SIGN.as_bytes())
                && let Some(&level) = levels.next()
                && line.len() <= HEADING_BYTES_MAX
            {
                headings.push(Heading { bytes: start..end - HEADING_SIGN.len(), level });
            }
            start = end + 1;
        }
        headings
    }

    /// What stands in these bytes.
    pub(crate) fn slice(&self, bytes: &Range<usize>) -> &str {
        self.text.get(bytes.clone()).unwrap_or("")
    }

    /// How many words stand in these bytes.
    pub(crate) fn words_in(&self, bytes: &Range<usize>) -> usize {
        self.positions.iter().filter(|position| bytes.contains(&position.start)).count()
    }

    /// How many words the text has.
    pub(crate) fn words(&self) -> usize {
        self.positions.len()
    }

    /// The best lines of the text, under the heading that stands above them, unless the title says it.
    pub(crate) fn snippet(
        mut self,
        title: &str,
        marks: &[Mark<'_>],
        phrases: &[&Row],
    ) -> Vec<Piece> {
        if self.positions.is_empty() {
            return Vec::new();
        }
        if !phrases.is_empty() {
            self.add_phrases(marks, phrases);
        }
        let mut worths: Vec<u32> = marks.iter().map(|mark| mark.idf).collect();
        worths.resize(marks.len() + phrases.len(), PHRASE_WORTH);
        let text = &self.text;
        let (first, last) = self.window(&worths);
        let title_words = self.title_words(trimmed(title));
        let skipped = title_words.saturating_sub(first);
        let (first, last) = (first + skipped, (last + skipped).min(self.words() - 1));
        let (heading, start) = self.under(trimmed(title), self.positions[first].start);
        let end = whole_end(text, self.positions[last].end);
        let end = text.floor_char_boundary(end.min(start + BYTES_MAX));
        let mut pieces = Pieces::default();
        self.cut(heading, &mut pieces);
        if first > title_words {
            pieces.push("… ", false);
        }
        self.cut((start, end), &mut pieces);
        if last + 1 < self.words() || end < self.positions[last].end {
            pieces.push(" …", false);
        }
        pieces.list
    }
}

/// The end of what hangs on a word: its full stop, its bracket.
fn whole_end(text: &str, end: usize) -> usize {
    let rest = text[end..].char_indices().take(4);
    end + rest
        .take_while(|(_, character)| !character.is_whitespace())
        .map(|(at, character)| at + character.len_utf8())
        .last()
        .unwrap_or(0)
}

/// Where the last line of a text begins.
fn line_start(text: &[u8]) -> usize {
    text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
}

#[derive(Clone, Copy)]
struct Position {
    start: usize,
    end: usize,
}

/// Where a mark stands.
#[derive(Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) mark: usize,
    /// How many words stand before it.
    pub(crate) position: usize,
    pub(crate) start: usize,
    end: usize,
}

impl Marked {
    /// Finds the marks in a plain text.
    pub(crate) fn of(text: String, marks: &[Mark<'_>], beginnings: &Beginnings) -> Marked {
        let mut positions = Vec::with_capacity(text.len() / BYTES_PER_WORD);
        let (mut spots, mut glyphs, mut key) = (Vec::new(), 0, Vec::new());
        tokens(&text, &mut |token| {
            let (start, end, position) = (token.start, token.end, token.position as usize);
            glyphs += usize::from(token.kind == Kind::Glyphs);
            while positions.len() <= position {
                positions.push(Position { start, end });
            }
            if !beginnings.may_be_of(token.text) {
                return;
            }
            key.clear();
            key.extend_from_slice(token.text.as_bytes());
            stem(&mut key);
            let mark =
                marks.iter().position(|mark| mark.term.marks(token, &key) || mark.has(token.text));
            spots.extend(mark.map(|mark| Spot { mark, position, start, end }));
        });
        Marked { text, positions, spots, glyphs, levels: Vec::new() }
    }

    /// Marks words that stand in a row, the row as one, and no quoted word by itself. The list stays in the order of the text.
    fn add_phrases(&mut self, marks: &[Mark<'_>], phrases: &[&Row]) {
        self.spots.retain(|spot| !marks[spot.mark].term.is_quoted);
        let row = Row::of(&self.text);
        for (mark, phrase) in (marks.len()..).zip(phrases) {
            for (start, end) in row.spans(phrase).into_iter().take(PHRASE_SPANS_MAX) {
                let after = self.positions.iter().position(|position| position.start > start);
                let position = after.unwrap_or(self.positions.len()).saturating_sub(1);
                let at = self.spots.iter().position(|spot| spot.start > start);
                let at = at.unwrap_or(self.spots.len());
                self.spots.insert(at, Spot { mark, position, start, end });
            }
        }
    }

    /// The first and last position of the lines to show.
    fn window(&self, worths: &[u32]) -> (usize, usize) {
        let glyphs_prevail = self.glyphs * 2 > self.positions.len();
        let words = if glyphs_prevail { WORDS * GLYPHS_PER_WORD } else { WORDS };
        let last = self.positions.len() - 1;
        let Some((first_mark, last_mark)) = self.densest(words - LEAD_WORDS, worths) else {
            return (0, last.min(words - 1));
        };
        let lead = (words - 1 - (last_mark - first_mark)).min(LEAD_WORDS);
        let first = self.sentence_start(first_mark, lead).min((last + 1).saturating_sub(words));
        (first, last.min(first + words - 1))
    }

    /// The positions of the first and last mark of the stretch whose marks are worth most together: every term counts once
    /// in full, and again a little. Of equals the first.
    fn densest(&self, words: usize, worths: &[u32]) -> Option<(usize, usize)> {
        let mut counts = vec![0u32; worths.len()];
        let mut value = 0;
        let mut best: Option<(u32, (usize, usize))> = None;
        let mut from = 0;
        for spot in &self.spots {
            value += worth(worths[spot.mark], counts[spot.mark]);
            counts[spot.mark] += 1;
            while self.spots[from].position + words <= spot.position {
                let mark = self.spots[from].mark;
                counts[mark] -= 1;
                value -= worth(worths[mark], counts[mark]);
                from += 1;
            }
            if best.is_none_or(|(most, _)| value > most) {
                best = Some((
                    value,
                    (self.spots[from].position, spot.position.max(self.spots[from].position)),
                ));
            }
        }
        best.map(|(_, window)| window)
    }

    /// The beginning of the sentence or line that a mark stands in, or else a few words before it.
    fn sentence_start(&self, mark: usize, lead: usize) -> usize {
        let from = mark.saturating_sub(lead);
        let begins = |position: &usize| {
            let Some(before) = position.checked_sub(1) else { return true };
            let gap = self
                .text
                .get(self.positions[before].end..self.positions[*position].start)
                .unwrap_or("");
            gap.contains(['\n', '。', '！', '？'])
                || gap
                    .bytes()
                    .zip(gap.bytes().skip(1))
                    .any(|pair| b".!?:".contains(&pair.0) && pair.1 == b' ')
        };
        (from..=mark).find(begins).unwrap_or(mark.saturating_sub(lead / 2))
    }

    /// Where lines that begin at a place are to begin, and the heading above them. A heading begins with its own beginning, and has none above it;
    /// nor have lines whose heading says what the title does.
    fn under(&self, title: &str, place: usize) -> ((usize, usize), usize) {
        let (above, below) = self.text.as_bytes().split_at(place);
        let end = HEADING_END.as_bytes();
        let line_end = below.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let from = line_start(above);
        if below[..line_end].ends_with(end) {
            return ((0, 0), if place - from <= HEADING_BYTES_MAX { from } else { place });
        }
        let Some(to) = above.windows(end.len()).rposition(|bytes| bytes == end) else {
            return ((0, 0), place);
        };
        let from = line_start(&above[..to]);
        let says_more = to - from <= HEADING_BYTES_MAX && &above[from..to] != title.as_bytes();
        (if says_more { (from, to + end.len()) } else { (0, 0) }, place)
    }

    /// How many words at the beginning say the title once more; none if there are no others.
    fn title_words(&self, title: &str) -> usize {
        let text = self.text.trim_ascii_start();
        let is_title = text.strip_prefix(title).is_some_and(|rest| rest.starts_with(HEADING_END));
        let end = self.text.len() - text.len() + title.len();
        let words = self.positions.iter().take_while(|position| position.start < end).count();
        if is_title && words < self.words() { words } else { 0 }
    }

    /// Cuts the stretch of text where marks begin and end.
    fn cut(&self, (start, end): (usize, usize), pieces: &mut Pieces) {
        let text = &self.text;
        let mut marked: Vec<(usize, usize)> = Vec::new();
        for spot in self.spots.iter().filter(|spot| spot.start >= start && spot.end <= end) {
            let mut span = (spot.start, spot.end);
            while let Some(last) = marked.pop_if(|last| last.1 > span.0) {
                span = (span.0.min(last.0), span.1.max(last.1));
            }
            marked.push(span);
        }
        let mut at = start;
        for (from, to) in marked {
            pieces.push(&text[at..from], false);
            pieces.push(&text[from..to], true);
            at = to;
        }
        pieces.push(&text[at..end], false);
    }
}

/// What one more mark of a term is worth when there are `count` in the stretch already.
fn worth(idf: u32, count: u32) -> u32 {
    if count == 0 { idf * 8 } else { u32::from(count < 3) }
}

/// Pieces in the making: runs of white space are one blank.
#[derive(Default)]
struct Pieces {
    list: Vec<Piece>,
    ends_blank: bool,
}

impl Pieces {
    fn push(&mut self, text: &str, marked: bool) {
        let mut clean = String::with_capacity(text.len());
        let is_blank = |character: char| character.is_whitespace() || character.is_control();
        for (at, word) in text.split(is_blank).enumerate() {
            if at > 0 && !self.ends_blank {
                clean.push(' ');
            }
            clean.push_str(word);
            self.ends_blank = word.is_empty() && (at > 0 || self.ends_blank);
        }
        if !clean.is_empty() {
            self.list.push(Piece { text: clean, marked });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;
    use crate::query::Reading;

    fn shown(markdown: &str, query: &str) -> String {
        shown_of("Title", markdown, query)
    }

    fn shown_of(title: &str, markdown: &str, query: &str) -> String {
        let plan = Plan::of(query, Reading::Language);
        let marks: Vec<Mark<'_>> =
            plan.terms.iter().map(|term| Mark { term, idf: 10, surfaces: Vec::new() }).collect();
        let pieces =
            Marked::markdown(markdown, &marks, &Beginnings::of(&marks)).snippet(title, &marks, &[]);
        pieces
            .into_iter()
            .map(
                |piece| {
                    if piece.marked { String::from("[") + &piece.text + "]" } else { piece.text }
                },
            )
            .collect()
    }

    fn check(markdown: &str, query: &str, expected: &str) {
        assert_eq!(shown(markdown, query), expected, "{query}");
    }

    #[test]
    fn marks() {
        check("**Compiling** the\ncompiler.", "compile", "[Compiling] the [compiler].");
        check("The UPDATE_CALL_DATA event", "update_call_data", "The [UPDATE_CALL_DATA] event");
        check("configuration of agents", "conf agen", "configuration of [agents]");
        check("修改配置文件后", "配置文件", "修改[配置文件]后");
        check("A dying disk dies", "die", "A [dying] disk [dies]");
        check("the dye", "die", "the dye");
        check("x of xy", "x", "[x] of xy");
        check("nothing here", "else", "nothing here");
        check("", "else", "");
    }

    #[test]
    fn the_densest_lines_are_shown() {
        let filler = "filler text goes on and on without an end ".repeat(20);
        let markdown = String::from("A needle here. ")
            + &filler
            + "And so. Here a needle lies in the hay stack. "
            + &filler;
        let snippet = shown(&markdown, "needle hay");
        assert!(
            snippet.starts_with("… Here a [needle] lies in the [hay] stack. filler"),
            "{snippet}"
        );
        assert!(snippet.ends_with(" …"), "{snippet}");
    }

    #[test]
    fn lines_are_shown_under_the_heading_above_them() {
        let filler = "filler text goes on and on without an end ".repeat(20);
        let markdown = String::from("# Title\n\nIt begins. ")
            + &filler
            + "\n\n## `Too` hot\n\nThe fans run. "
            + &filler
            + "Then the needle\nis bent.\n\n## A range of things that follow now for tests of long headings about needles of pine trees\n\nText of pine. "
            + &filler
            + "\n\n## Another\n\n```\n# no heading\nIn code "
            + &filler
            + "a thimble.\n```\n";
        let above = |query| shown_of("Title", &markdown, query).split('…').next().map(String::from);
        assert_eq!(above("needle").as_deref(), Some("Too hot › "));
        assert_eq!(above("bent needle hot").as_deref(), Some("Too [hot] › "));
        assert_eq!(above("thimble").as_deref(), Some("Another › "));
        let shown = shown_of("Too hot", &markdown, "needle");
        assert!(shown.starts_with("… "), "the title says it: {shown}");
        let shown = shown_of("Title", &markdown, "fans");
        assert!(shown.starts_with("… Too hot › The [fans]"), "it is in sight: {shown}");
        let shown = shown_of("Title", &markdown, "pine trees");
        assert!(shown.starts_with("… A range of things that"), "headings are shown whole: {shown}");
        let shown = shown_of("Title", &markdown, "begins title");
        assert!(shown.starts_with("It [begins]."), "the title is not said twice: {shown}");
        assert_eq!(shown_of("Title", "# Title", "title"), "[Title]", "there is nothing else");
    }

    #[test]
    fn endless_words_are_cut() {
        for unit in ["é", "漢", "a", "\u{301}", "😀 x"] {
            let snippet = shown(&unit.repeat(100_000), "x");
            assert!(snippet.len() <= BYTES_MAX + 600, "{} {}", unit, snippet.len());
        }
    }
}
