//! Blocks to chunks.
//!
//! In: the text of a source or of one page, and how large chunks should be. Out: the texts of its chunks, in order,
//! that together hold every line. A chunk starts at a heading or a block; what is too large for one is cut by `cut`.
//! Knows no pages and no ids.

use super::blocks::{self, Block, Kind};
use super::cut;
use super::text::{Text, weight};

/// How large chunks should be, in words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) low: usize,
    pub(super) high: usize,
    /// How many lists and quotes inside each other may still be opened to be cut.
    pub(super) depth: u8,
}

impl Limits {
    /// Below this a section is too short to stand alone.
    fn tiny(&self) -> usize {
        self.low / 4
    }

    /// The limits for what lies inside a list item or a quote.
    pub(super) fn inside(self) -> Option<Limits> {
        Some(Limits { depth: self.depth.checked_sub(1)?, ..self })
    }

    /// Above this even code and raw HTML are cut.
    pub(super) fn giant(&self) -> usize {
        self.high * 3
    }
}

/// Cuts a text into chunks.
pub(super) fn split(text: &Text, limits: Limits) -> Vec<Text> {
    let starts = text.starts();
    let mut blocks = blocks::split(text, &starts);
    if blocks.is_empty() {
        blocks = blocks::whole(text);
    }
    let atoms = atoms(text, &starts, &blocks, limits);
    gather(&atoms, limits)
}

/// What is never cut any further.
struct Atom {
    text: Text,
    weight: usize,
    heading: Option<u8>,
    /// Stays with what follows: headings, and what ends in a colon.
    is_lead: bool,
}

fn atoms(text: &Text, starts: &[usize], blocks: &[Block], limits: Limits) -> Vec<Atom> {
    let mut atoms = Vec::new();
    let mut rest = blocks;
    while let Some(block) = rest.first() {
        let group = html_group(text, starts, rest, limits);
        let end = rest[group - 1].lines.end;
        let slice = text.slice(starts, block.lines.start..end);
        let weight = rest[..group].iter().map(|block| block.weight).sum();
        let whole = Block { kind: block.kind, lines: 0..0, weight };
        atoms.extend(cut_block(slice, &whole, limits));
        rest = &rest[group..];
    }
    atoms
}

fn cut_block(text: Text, block: &Block, limits: Limits) -> Vec<Atom> {
    let largest = match block.kind {
        Kind::Fence | Kind::Html | Kind::Heading(_) => limits.giant(),
        _ => limits.high,
    };
    if block.weight <= largest {
        let heading = if let Kind::Heading(level) = block.kind { Some(level) } else { None };
        let is_lead = heading.is_some()
            || (block.kind == Kind::Prose && text.string.trim_end().ends_with(':'));
        return vec![Atom { weight: block.weight, heading, is_lead, text }];
    }
    let piece =
        |text: Text| Atom { weight: weight(&text.string), text, heading: None, is_lead: false };
    cut::cut(&text, block, limits).into_iter().map(piece).collect()
}

/// Raw HTML that opens a table or a fold in one block and closes it in a later one stays together.
fn html_group(text: &Text, starts: &[usize], blocks: &[Block], limits: Limits) -> usize {
    let (mut depth, mut weight) = (0, 0);
    for (index, block) in blocks.iter().enumerate() {
        weight += block.weight;
        if block.kind == Kind::Html {
            depth += balance(&text.string[starts[block.lines.start]..starts[block.lines.end]]);
        }
        if depth <= 0 {
            return index + 1;
        }
        if weight > limits.giant() {
            return 1;
        }
    }
    1
}

/// Openings less closings of the HTML elements that hold blocks together.
fn balance(html: &str) -> isize {
    const TAGS: [&str; 5] = ["table", "details", "ul", "ol", "dl"];
    let mut balance = 0;
    for rest in html.split('<').skip(1) {
        let (rest, step) = rest.strip_prefix('/').map_or((rest, 1), |rest| (rest, -1));
        let end = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        if TAGS.iter().any(|tag| rest[..end].eq_ignore_ascii_case(tag)) {
            balance += step;
        }
    }
    balance
}

/// Puts atoms together until a chunk is large enough.
fn gather(atoms: &[Atom], limits: Limits) -> Vec<Text> {
    let groups = group_weights(atoms, limits);
    let mut gatherer = Gatherer { limits, chunks: Vec::new(), current: Chunk::default(), level: 0 };
    for (atom, group) in atoms.iter().zip(groups) {
        gatherer.add(atom, group);
    }
    gatherer.finish()
}

/// For each atom its weight together with what it leads to.
fn group_weights(atoms: &[Atom], limits: Limits) -> Vec<usize> {
    let mut groups = vec![0; atoms.len()];
    let mut next = 0;
    for (group, atom) in groups.iter_mut().zip(atoms).rev() {
        // A long chain of leads would never be cut.
        let follows = if atom.is_lead && next <= limits.high { next } else { 0 };
        *group = atom.weight + follows;
        next = *group;
    }
    groups
}

#[derive(Default)]
struct Chunk {
    text: Text,
    weight: usize,
    /// The level of the first heading, or of the one in force where it starts.
    level: u8,
    ends_in_lead: bool,
}

struct Gatherer {
    limits: Limits,
    chunks: Vec<Chunk>,
    current: Chunk,
    /// Level of the heading in force.
    level: u8,
}

impl Gatherer {
    fn add(&mut self, atom: &Atom, group: usize) {
        if self.closes_before(atom, group) {
            self.chunks.push(std::mem::take(&mut self.current));
        }
        self.level = atom.heading.unwrap_or(self.level);
        if self.current.text.numbers.is_empty() {
            self.current.level = self.level;
        }
        self.current.text.append(&atom.text);
        self.current.weight += atom.weight;
        self.current.ends_in_lead = atom.is_lead;
    }

    fn closes_before(&self, atom: &Atom, group: usize) -> bool {
        let current = &self.current;
        // Headings without end and nothing between them must be cut somewhere.
        let keeps_lead = current.ends_in_lead && current.weight <= self.limits.high;
        if current.text.numbers.is_empty() || keeps_lead {
            return false;
        }
        let is_tiny = current.weight < self.limits.tiny();
        let overflows = current.weight + group > self.limits.high;
        let goes_up = atom.heading.is_some_and(|level| level < current.level || level == 1);
        let is_enough = atom.heading.is_some() && current.weight >= self.limits.low;
        is_enough || (!is_tiny && (overflows || goes_up))
    }

    fn finish(mut self) -> Vec<Text> {
        let last = self.current;
        let fits =
            |before: &Chunk| before.weight + last.weight <= self.limits.high + self.limits.tiny();
        match self.chunks.last_mut() {
            Some(before)
                if last.weight < self.limits.tiny()
                    && last.level >= before.level
                    && fits(before) =>
            {
                before.text.append(&last.text);
            }
            _ if last.text.numbers.is_empty() => {}
            _ => self.chunks.push(last),
        }
        self.chunks.into_iter().map(|chunk| chunk.text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chunks as the numbers of their first lines, with a low of 8 words and a high of 16.
    fn check(markdown: &str, expected: &[u32]) {
        let chunks = split(&Text::of(markdown), Limits { low: 8, high: 16, depth: 3 });
        let first: Vec<u32> = chunks.iter().map(|chunk| chunk.span().0).collect();
        assert_eq!(first, expected, "{markdown}");
        let all: String = chunks.iter().map(|chunk| chunk.string.as_str()).collect();
        assert_eq!(all.trim(), markdown.trim(), "every line is kept");
    }

    const EIGHT: &str = "one two three four five six seven eight\n\n";

    #[test]
    fn a_heading_starts_a_chunk_when_there_is_enough() {
        check(&format!("# a\n\n{EIGHT}## b\n\n{EIGHT}## c\n\n{EIGHT}"), &[1, 5, 9]);
        check("# a\n\nx\n\n## b\n\ny\n\n## c\n\nz\n", &[1]);
    }

    #[test]
    fn a_heading_stays_with_its_text() {
        check(&format!("{EIGHT}# a\n\n## b\n\n{EIGHT}{EIGHT}"), &[1, 3, 9]);
        check(&format!("{EIGHT}a b:\n\n{EIGHT}"), &[1, 3]);
    }

    #[test]
    fn html_that_belongs_together_stays_together() {
        check(
            &format!("{EIGHT}<table><tr><td>\n\n{EIGHT}{EIGHT}</td></tr></table>\n\nx"),
            &[1, 3, 11],
        );
    }

    #[test]
    fn blank_texts_have_no_chunks() {
        check("\n\n", &[]);
        check("[x]: y\n", &[1]);
    }
}
