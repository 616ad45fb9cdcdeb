//! Long texts in parts that a model can read.
//!
//! In: the tokens of a text. Out: parts of nearly the same length, each under the text's first line. An encoder drops what is behind its
//! limit, and of much that it reads at once it sees less.

/// Parts have about so many tokens.
const PART_TOKENS: usize = 128;
/// What a part is shown of the first line.
const HEAD_TOKENS_MAX: usize = 24;
/// More of a text is not read: what a chunk holds beyond is a table or a log.
pub(super) const TEXT_TOKENS_MAX: usize = 4_096;

/// The parts of a text's tokens, the first `head` of which are its first line, where a model reads `room` at once.
pub(super) fn parts(tokens: &[u32], head: usize, room: usize) -> Vec<Vec<u32>> {
    if tokens.is_empty() {
        return vec![Vec::new()];
    }
    let head_max = HEAD_TOKENS_MAX.min(room / 4);
    let most = (room - head_max).max(1);
    let parts = (tokens.len() + PART_TOKENS / 2) / PART_TOKENS;
    let parts = match tokens.len() <= room && parts <= 1 {
        true => 1,
        false => parts.max(tokens.len().div_ceil(most)),
    };
    let length = tokens.len().div_ceil(parts);
    let head = &tokens[..head.min(head_max)];
    let mut parts: Vec<Vec<u32>> = tokens.chunks(length).map(<[u32]>::to_vec).collect();
    for part in parts.iter_mut().skip(1) {
        part.splice(..0, head.iter().copied());
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(count: u32, head: usize, room: usize, expected: &[usize]) {
        let tokens: Vec<u32> = (0..count).collect();
        let parts = parts(&tokens, head, room);
        let lengths: Vec<usize> = parts.iter().map(Vec::len).collect();
        assert_eq!(lengths, expected, "{count} {head} {room}");
        let mut seen: Vec<u32> = parts.into_iter().flatten().collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, tokens, "no token is lost");
    }

    #[test]
    fn long_texts_are_cut_evenly_under_their_first_line() {
        check(0, 0, 254, &[0]);
        check(1, 1, 254, &[1]);
        check(191, 5, 254, &[191]);
        check(192, 5, 254, &[96, 101]);
        check(400, 99, 254, &[134, 158, 156]);
        check(191, 5, 126, &[96, 100]);
        check(14, 2, 14, &[14]);
        check(20, 9, 14, &[10, 13]);
        check(5, 1, 2, &[2, 2, 1]);
        check(2, 1, 1, &[1, 1]);
    }
}
