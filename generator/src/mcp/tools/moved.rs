//! Lines of a passage that the other version has as well, but in another passage: the same text, cut elsewhere.
//!
//! In: a passage's text, that of its counterpart, and the texts around the counterpart. Out: the text without such lines. Knows no tool.

use std::collections::HashSet;

/// Lines with fewer words say too little to be known again by themselves; headings do not.
const WORDS_MIN: usize = 3;

/// The lines of some texts, whatever their white space.
pub(super) struct Lines(HashSet<String>);

impl Lines {
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Lines {
        Lines(texts.flat_map(str::lines).map(plain).collect())
    }

    fn has(&self, line: &str) -> bool {
        self.0.contains(&plain(line))
    }
}

/// The text without the lines that stand around its counterpart and not in it, and how many words these have. A line that
/// stands in both, or says too little, goes where the line before it went.
pub(super) fn without_moved(text: &str, counterpart: &str, around: &Lines) -> (String, usize) {
    let counterpart = Lines::of(std::iter::once(counterpart));
    let (mut kept, mut moved_words, mut is_moving) = (String::new(), 0, false);
    for line in text.split_inclusive('\n') {
        if is_telling(line) {
            match (counterpart.has(line), around.has(line)) {
                (true, false) => is_moving = false,
                (false, true) => is_moving = true,
                (true, true) => {}
                (false, false) => {
                    kept += line;
                    continue;
                }
            }
        }
        match is_moving {
            true => moved_words += line.split_whitespace().count(),
            false => kept += line,
        }
    }
    (kept, moved_words)
}

fn is_telling(line: &str) -> bool {
    line.starts_with('#') || line.split_whitespace().count() >= WORDS_MIN
}

fn plain(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, counterpart: &str, around: &str, expected: &str) {
        let around = Lines::of(std::iter::once(around));
        assert_eq!(without_moved(text, counterpart, &around).0, expected);
    }

    #[test]
    fn lines_that_stand_around_the_counterpart_go() {
        check("one two three\n", "four five six\n", "other\n one  two three\n", "");
        check("one two three\n", "one two three\n", "one two three\n", "one two three\n");
        check("one two three\n", "four five six\n", "", "one two three\n");
    }

    #[test]
    fn lines_that_say_little_go_with_those_before() {
        let block = "## The first example\n\n```sh\nrun it now\n```\n\n";
        let own = "## The second example\n\n```sh\nrun it again\n```\n";
        check(&format!("{block}{own}"), own, block, own);
        check(&format!("{own}{block}"), own, block, own);
    }

    #[test]
    fn what_is_nowhere_stays_and_is_told() {
        let text = "## The first example\nthis line is gone\nrun it now\n";
        let around = "## The first example\nrun it now\n";
        check(text, "## The second example\n", around, "this line is gone\n");
        let (_, words) = without_moved(text, "", &Lines::of(std::iter::once(around)));
        assert_eq!(words, 7);
    }
}
