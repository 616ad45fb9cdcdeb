//! Does a passage say nothing but where else to look, as what stands under "See also" does?
//!
//! In: a passage's cleaned Markdown. Out: by how much its body counts as longer, so that its words count less: they are the names of
//! other passages, which are to stand before it. One pass, no tree; headings do not count.

/// So many links are a list.
const LINKS_MIN: u32 = 2;
/// A list of links has at most one byte beside them for so many in them.
const IN_LINKS_MIN: usize = 3;

/// By how many words the body of such a passage counts as longer; some four times an average one.
const LENGTH: u32 = 400;

/// By how many words a body counts as longer for being a list of links.
pub(crate) fn length_of_links(markdown: &str) -> u32 {
    if is_list_of_links(markdown) { LENGTH } else { 0 }
}

/// Whether most of a passage's text stands in links.
fn is_list_of_links(markdown: &str) -> bool {
    let (mut links, mut inside, mut beside) = (0u32, 0, 0);
    // Letters behind the last bracket that opened, if one did, or behind the last link.
    let (mut letters, mut is_open) = (0, false);
    let (mut is_heading, mut is_address) = (false, false);
    let mut before = b'\n';
    for (place, byte) in markdown.bytes().enumerate() {
        match byte {
            b'#' if before == b'\n' => is_heading = true,
            b'\n' => {
                beside += letters;
                (letters, is_open, is_heading, is_address) = (0, false, false, false);
                // A text without links is settled in its first quarter: were all that follows in links, it would not do.
                if IN_LINKS_MIN * beside > inside + (markdown.len() - place) {
                    return false;
                }
            }
            _ if is_heading => {}
            b'[' => {
                beside += letters;
                (letters, is_open) = (0, true);
            }
            b'(' if before == b']' && is_open => {
                links += 1;
                inside += letters;
                (letters, is_open, is_address) = (0, false, true);
            }
            b')' => is_address = false,
            _ if is_address => {}
            _ => letters += usize::from(byte.is_ascii_alphanumeric() || !byte.is_ascii()),
        }
        before = byte;
    }
    links >= LINKS_MIN && inside >= IN_LINKS_MIN * (beside + letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_links_are_told_from_texts_with_links() {
        let also = "## See also (more of it)\n\n[Overview](a.md)\\\n[Known *issues*](b.md#x)\n- [Runtime](c.md)\n";
        assert!(is_list_of_links(also));
        assert!(is_list_of_links("[交换机](a.md) | [路由器](b.md)"));
        assert!(is_list_of_links("Read on:\n\n- [Overview of it](a.md)\n- [Known issues](b.md)\n"));
        assert!(!is_list_of_links("[Overview](a.md)"), "one link is no list");
        assert!(!is_list_of_links("Call [open](a.md) first, then set the mode by [mode](b.md)."));
        assert!(!is_list_of_links("a](b ](c [d](e"));
        assert!(!is_list_of_links(""));
    }
}
