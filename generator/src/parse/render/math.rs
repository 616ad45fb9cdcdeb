//! Formulas in LaTeX to MathML.
//!
//! In: what stands between dollar signs. Out: MathML where it is a formula and can be read. A dollar sign is also a price, a
//! variable, a prompt: what does not look like a formula is text.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::{Parser, Storage, push_mathml};

/// What the renderer writes; sources may not write these tags themselves, for there they are names.
pub(super) const TAGS: [&str; 25] = [
    "math",
    "merror",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
];
pub(super) const TAG_UNDER_OVER: &str = "munderover";
pub(super) const ATTRIBUTES: [&str; 18] = [
    "accent",
    "columnalign",
    "columnspan",
    "display",
    "displaystyle",
    "fence",
    "form",
    "linethickness",
    "lspace",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "rspace",
    "scriptlevel",
    "separator",
    "stretchy",
    "symmetric",
];

/// Whether a text holds a formula, so that it is worth to look for more: in any other, a dollar sign stays what it is.
pub(super) fn is_in(text: &str) -> bool {
    const LONGEST: usize = 2000;
    let dollars: Vec<usize> = text.match_indices('$').map(|(at, _)| at).collect();
    let is_alone = |at: usize| text[..at].bytes().next_back() != Some(b'\\');
    let formula = |pair: &[usize]| {
        let inside = &text[pair[0] + 1..pair[1]];
        inside.len() <= LONGEST
            && is_alone(pair[0])
            && !follows_name(text, pair[1] + 1)
            && !inside.contains("\n\n")
            && (is_formula(inside) || (inside.starts_with('\n') && is_formula(inside.trim())))
    };
    dollars.windows(2).any(formula)
}

/// `$A:$B` are two variables, `$5-$10` two prices.
pub(super) fn follows_name(text: &str, at: usize) -> bool {
    text.as_bytes()
        .get(at)
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'{' | b'('))
}

/// A command, a power, or letters that stand alone.
pub(super) fn is_formula(inside: &str) -> bool {
    if inside.is_empty() || inside.trim().len() < inside.len() {
        return false;
    }
    let has_command = inside
        .split('\\')
        .skip(1)
        .any(|rest| rest.starts_with(|first: char| first.is_ascii_alphabetic()));
    let mut runs = inside
        .split(|symbol: char| !symbol.is_alphabetic())
        .filter(|run| !run.is_empty())
        .peekable();
    let has_letters = runs.peek().is_some();
    has_command || inside.contains('^') || (has_letters && runs.all(|run| run.chars().count() == 1))
}

/// None where the formula cannot be read.
pub(super) fn render(latex: &str, display: Display) -> Option<String> {
    let storage = Storage::new();
    let events: Vec<_> = Parser::new(latex, &storage).collect();
    if events.iter().any(Result::is_err) {
        return None;
    }
    let display_mode = match display {
        Display::Inline => DisplayMode::Inline,
        Display::Block => DisplayMode::Block,
    };
    let mut html = String::new();
    push_mathml(
        &mut html,
        events.into_iter(),
        RenderConfig { display_mode, ..RenderConfig::default() },
    )
    .ok()?;
    Some(CLEANER.clean(&html).to_string())
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Display {
    Inline,
    Block,
}

/// The renderer writes styles, which the site's policy forbids.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .tags(TAGS.into_iter().chain([TAG_UNDER_OVER]).collect())
        .clean_content_tags(HashSet::new())
        .tag_attributes(HashMap::new())
        .generic_attributes(ATTRIBUTES.into_iter().collect())
        .link_rel(None);
    builder
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_told_from_prices_and_variables() {
        let check = |text: &str, expected: bool| assert_eq!(is_in(text), expected, "{text}");
        check("so $O(n)$ holds", true);
        check("$$\n\\frac{a}{b}\n$$", true);
        check("$x_i = 2^k$.", true);
        check("costs $5 or $10 a month", false);
        check("$HOME/bin:$PATH and $A$B", false);
        check("`$a` or $1$ or $body$", false);
        check("$5-$10, ${a}:${b}, \\$x$", false);
    }

    #[test]
    fn what_can_be_read_is_mathml() {
        let html = render("\\frac{a}{b}", Display::Inline).unwrap();
        assert!(html.starts_with("<math") && html.contains("<mfrac>"), "{html}");
        assert!(render("x^2", Display::Block).unwrap().contains("display=\"block\""));
        assert_eq!(render("\\nothing{", Display::Inline), None);
        let html = render("\\text{<script>x</script>} \\color{red} a \\quad b", Display::Inline)
            .unwrap_or_default();
        assert!(!html.contains("<script") && !html.contains("style="), "{html}");
    }
}
