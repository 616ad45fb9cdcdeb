//! Which vendor, product or version does a query name? Such words are about where a passage stands, not what it says.
//!
//! ```text
//! context = groups(varint) { level(byte) forms(varint) { form(counted) } guides(varint: gap, count) slots(varint: gap, count)
//!                            lists(u32) }
//! ```
//!
//! In: the table of guides (the writer), the words of a query (the reader). Out: groups of guides, each one vendor, product or
//! version, and those that a query names. Knows no postings and no texts. All that belongs to a vendor, a product or a version
//! stands together, so each is one range of guides and one of slots; groups come in the order of their guides, outer ones first.

use alloc::string::String;
use alloc::vec::Vec;

use crate::bytes::{Cursor, put_counted, put_varint};
use crate::error::{Error, Part};
use crate::near::words_of;
use crate::text::{Kind, tokens};

/// What a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    Vendor,
    Product,
    Version,
}

/// A vendor, a product of it, or a version of that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) rank: Rank,
    /// Its key, name and aliases.
    pub(crate) forms: Vec<String>,
    /// The first guide, and one past the last.
    pub(crate) guides: (u32, u32),
    /// The first slot of these guides, and one past the last.
    pub(crate) slots: (u32, u32),
    /// The shard that says what a version shows besides, or 0.
    pub(crate) lists: u32,
}

/// All that a query may name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Context(pub(crate) Vec<Named>);

/// What a query names.
#[derive(Debug, Default)]
pub(crate) struct Meant {
    /// Folded words, and the slots of the vendor or product that they name.
    pub(crate) words: Vec<(String, (u32, u32))>,
    /// Versions: their places in the context.
    pub(crate) versions: Vec<usize>,
    /// The words that name versions.
    pub(crate) version_words: Vec<String>,
}

impl Meant {
    /// Whether this word of the query names something.
    pub(crate) fn names(&self, text: &str) -> bool {
        self.words.iter().any(|(word, _)| word == text)
            || self.version_words.iter().any(|word| word == text)
    }
}

impl Context {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_varint(&mut out, self.0.len() as u32);
        let (mut guide, mut slot) = (0, 0);
        for named in &self.0 {
            out.push(named.rank as u8);
            put_varint(&mut out, named.forms.len() as u32);
            named.forms.iter().for_each(|form| put_counted(&mut out, form.as_bytes()));
            put_varint(&mut out, named.guides.0 - guide);
            put_varint(&mut out, named.guides.1 - named.guides.0);
            put_varint(&mut out, named.slots.0 - slot);
            put_varint(&mut out, named.slots.1 - named.slots.0);
            out.extend_from_slice(&named.lists.to_le_bytes());
            (guide, slot) = (named.guides.0, named.slots.0);
        }
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Context, Error> {
        let mut cursor = Cursor::new(bytes);
        Context::read(&mut cursor)
            .filter(|_| cursor.is_at_end())
            .ok_or(Error::Corrupt(Part::Context))
    }

    fn read(cursor: &mut Cursor<'_>) -> Option<Context> {
        let mut context = Context::default();
        let (mut guide, mut slot) = (0u32, 0u32);
        for _ in 0..cursor.varint()? {
            let rank = match cursor.byte()? {
                0 => Rank::Vendor,
                1 => Rank::Product,
                2 => Rank::Version,
                _ => return None,
            };
            let mut forms = Vec::new();
            for _ in 0..cursor.varint()? {
                forms.push(cursor.text()?);
            }
            guide = guide.checked_add(cursor.varint()?)?;
            let guides = (guide, guide.checked_add(cursor.varint()?)?);
            slot = slot.checked_add(cursor.varint()?)?;
            let slots = (slot, slot.checked_add(cursor.varint()?)?);
            context.0.push(Named { rank, forms, guides, slots, lists: cursor.u32()? });
        }
        Some(context)
    }

    pub(crate) fn names_lists(&self, hash: u32) -> bool {
        hash != 0 && self.0.iter().any(|named| named.lists == hash)
    }

    /// What a query names. A version counts if its product is named beside it, or if it looks like nothing else: `12.5`, `v3`.
    pub(crate) fn meant(&self, query: &str) -> Meant {
        let words = words_of(query);
        let mut meant = Meant::default();
        let mut products: Vec<(u32, u32)> = Vec::new();
        for named in self.0.iter().filter(|named| named.rank != Rank::Version) {
            let Some(form) = named.called_in(&words) else { continue };
            meant.words.extend(form.into_iter().map(|word| (word, named.slots)));
            if named.rank == Rank::Product {
                products.push(named.guides);
            }
        }
        let mut nearest = 1;
        tokens(query, &mut |token| {
            if !matches!(token.kind, Kind::Word | Kind::Whole) || !has_digit(token.text) {
                return;
            }
            for (at, named) in self.0.iter().enumerate().filter(|(_, it)| it.rank == Rank::Version)
            {
                let is_of_product = |product: &(u32, u32)| {
                    product.0 <= named.guides.0 && named.guides.1 <= product.1
                };
                let is_named = products.iter().any(is_of_product);
                let is_release = token.text.contains('.') || token.text.starts_with('v');
                let nearness = named.forms.iter().map(|form| nearness(form, token.text)).max();
                let nearness = nearness.unwrap_or(0);
                if nearness < nearest || !(is_named || (products.is_empty() && is_release)) {
                    continue;
                }
                if nearness > nearest {
                    meant.versions.clear();
                    meant.version_words.clear();
                    nearest = nearness;
                }
                if !meant.versions.contains(&at) {
                    meant.versions.push(at);
                }
                meant.version_words.push(token.text.into());
            }
        });
        meant.version_words.dedup();
        meant
    }
}

impl Named {
    /// The words by which a query names it, if it does.
    fn called_in(&self, query: &[String]) -> Option<Vec<String>> {
        let mut forms = self.forms.iter().map(|form| words_of(form));
        forms.find(|form| !form.is_empty() && query.windows(form.len()).any(|words| words == form))
    }
}

/// 2 if a word is this version, 1 if it is one of that release, 0 if it is not.
fn nearness(version: &str, word: &str) -> u32 {
    let bare = |text: &str| -> String {
        let lower = text.to_ascii_lowercase();
        lower.strip_prefix('v').unwrap_or(&lower).into()
    };
    let (version, word) = (bare(version), bare(word));
    match version.strip_prefix(word.as_str()) {
        Some("") => 2,
        Some(rest) if rest.starts_with(['.', '(', '-']) => 1,
        _ => 0,
    }
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::vec;

    fn sample() -> Context {
        let named = |rank, forms: &[&str], guides, slots, lists| Named {
            rank,
            forms: forms.iter().map(|form| String::from(*form)).collect(),
            guides,
            slots,
            lists,
        };
        Context(vec![
            named(Rank::Vendor, &["cisco"], (0, 5), (0, 500), 0),
            named(Rank::Product, &["cucm", "Unified Communications Manager"], (0, 1), (0, 100), 0),
            named(Rank::Product, &["finesse"], (1, 5), (112, 500), 0),
            named(Rank::Version, &["15.0(1)SU2"], (1, 2), (112, 200), 0),
            named(Rank::Version, &["12.5"], (2, 4), (224, 300), 0xbeef),
            named(Rank::Version, &["v11"], (4, 5), (336, 500), 0xcafe),
        ])
    }

    fn check(query: &str, versions: &[usize], words: &str) {
        let meant = sample().meant(query);
        assert_eq!(meant.versions, versions, "{query}");
        let found: Vec<String> =
            meant.words.iter().map(|(word, (first, _))| format!("{word} {first}")).collect();
        let found: Vec<String> = found.into_iter().chain(meant.version_words).collect();
        assert_eq!(found.join(", "), words, "{query}");
    }

    #[test]
    fn queries_name_products_and_versions() {
        check("send dtmf", &[], "");
        check("Cisco dtmf", &[], "cisco 0");
        check("CUCM trunk", &[], "cucm 0");
        check(
            "unified communications manager trunk",
            &[],
            "unified 0, communications 0, manager 0",
        );
        check("finesse 12.5 dtmf", &[4], "finesse 112, 12.5");
        check("finesse v12.5 dtmf", &[4], "finesse 112, 12.5, v12.5");
        check("12.5 dtmf", &[4], "12.5");
        check("finesse 15.0 dtmf", &[3], "finesse 112, 15.0");
        check("finesse 15.0(1)SU2", &[3], "finesse 112, 15.0(1)su2");
        check("finesse 11", &[5], "finesse 112, 11");
        check("11 agents", &[], "");
        check("cucm 12.5", &[], "cucm 0");
    }

    #[test]
    fn round_trips_and_refuses_cuts() {
        let bytes = sample().encode();
        assert_eq!(Context::decode(&bytes), Ok(sample()));
        for cut in 0..bytes.len() {
            assert_eq!(Context::decode(&bytes[..cut]), Err(Error::Corrupt(Part::Context)));
            let mut flipped = bytes.clone();
            flipped[cut] ^= 0x81;
            let _ = Context::decode(&flipped).map(|context| context.meant("finesse 12.5"));
        }
    }
}
