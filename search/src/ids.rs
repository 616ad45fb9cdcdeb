//! The names of shards. In: numbers. Out: ids such as `w/00c0ffee`, and back. Knows no contents.

use alloc::string::String;

use crate::error::Part;

/// The id of the root, whose name is fixed.
pub(crate) const ROOT: &str = "root";

/// How many bytes of a block's id the name of its group takes.
const GROUP_BYTES: usize = "t/01234567".len();

/// What a shard's checksum is of, beside its bytes: its id. A block of texts has another name whenever any of its group changes: its own
/// bytes stay, and who has them need only rename them.
pub(crate) fn sealed_as(id: &str) -> &str {
    if id.starts_with("t/") { id.get(GROUP_BYTES..).unwrap_or(id) } else { id }
}

/// Which shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ShardId {
    /// A page of the directory, by its hash.
    Directory(u32),
    /// Terms and postings, by their hash.
    Words(u32),
    /// Further postings of a hot term, by their hash.
    Tier(u32),
    /// The passages that an older version shares with newer ones, by their hash.
    Filter(u32),
    /// A block of texts, by the hash of its group and its number in the whole index.
    Texts(u32, u32),
    /// The table of guides, by its hash.
    Guides(u32),
    /// The map of meaning, or vectors of passages, by their hash.
    Meaning(u32),
    /// The rows of the terms in a shard of words.
    Rows(u32),
    /// The names that a query may say, by their hash.
    Context(u32),
}

impl ShardId {
    pub(crate) fn text(self) -> String {
        let mut out = String::with_capacity(20);
        let (folder, hash) = match self {
            ShardId::Directory(hash) => ("d/", hash),
            ShardId::Words(hash) => ("w/", hash),
            ShardId::Tier(hash) => ("p/", hash),
            ShardId::Filter(hash) => ("f/", hash),
            ShardId::Texts(hash, _) => ("t/", hash),
            ShardId::Guides(hash) => ("g/", hash),
            ShardId::Meaning(hash) => ("m/", hash),
            ShardId::Rows(hash) => ("v/", hash),
            ShardId::Context(hash) => ("c/", hash),
        };
        out.push_str(folder);
        push_hex(&mut out, hash);
        if let ShardId::Texts(_, block) = self {
            out.push('/');
            push_decimal(&mut out, block);
        }
        out
    }

    pub(crate) fn parse(id: &str) -> Option<ShardId> {
        let (folder, rest) = id.split_at_checked(2)?;
        let (hash, block) = rest.split_at_checked(8)?;
        let hash = u32::from_str_radix(hash, 16).ok()?;
        let shard = match (folder, block.strip_prefix('/')) {
            ("d/", None) => ShardId::Directory(hash),
            ("w/", None) => ShardId::Words(hash),
            ("p/", None) => ShardId::Tier(hash),
            ("f/", None) => ShardId::Filter(hash),
            ("g/", None) => ShardId::Guides(hash),
            ("m/", None) => ShardId::Meaning(hash),
            ("v/", None) => ShardId::Rows(hash),
            ("c/", None) => ShardId::Context(hash),
            ("t/", Some(block)) => ShardId::Texts(hash, block.parse().ok()?),
            _ => return None,
        };
        (shard.text() == id).then_some(shard)
    }

    pub(crate) fn part(self) -> Part {
        match self {
            ShardId::Directory(_) => Part::Directory,
            ShardId::Words(_) => Part::Words,
            ShardId::Tier(_) => Part::Tiers,
            ShardId::Filter(_) => Part::Filters,
            ShardId::Texts(..) => Part::Texts,
            ShardId::Guides(_) => Part::Guides,
            ShardId::Meaning(_) | ShardId::Rows(_) => Part::Meaning,
            ShardId::Context(_) => Part::Context,
        }
    }
}

fn push_hex(out: &mut String, number: u32) {
    for shift in (0..8).rev() {
        let digit = (number >> (4 * shift)) as u8 & 15;
        out.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
    }
}

fn push_decimal(out: &mut String, number: u32) {
    if number > 9 {
        push_decimal(out, number / 10);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: ShardId, expected: &str) {
        assert_eq!(id.text(), expected);
        assert_eq!(ShardId::parse(expected), Some(id));
    }

    #[test]
    fn ids_round_trip() {
        check(ShardId::Words(0xc0_ffee), "w/00c0ffee");
        check(ShardId::Tier(0xc0_ffee), "p/00c0ffee");
        check(ShardId::Filter(1), "f/00000001");
        check(ShardId::Texts(0xffff_ffff, 1203), "t/ffffffff/1203");
        check(ShardId::Texts(1, 0), "t/00000001/0");
        check(ShardId::Guides(0), "g/00000000");
        check(ShardId::Directory(16), "d/00000010");
        check(ShardId::Meaning(1), "m/00000001");
        check(ShardId::Rows(1), "v/00000001");
    }

    #[test]
    fn anything_else_is_none() {
        for id in [
            "",
            "root",
            "w/",
            "w/c0ffee",
            "w/00C0FFEE",
            "w/00c0ffee/1",
            "t/00c0ffee",
            "t/00c0ffee/01",
            "x/00c0ffee",
            "w/+0c0ffee",
            "wé/00c0ff",
        ] {
            assert_eq!(ShardId::parse(id), None, "{id}");
        }
    }
}
