//! What a merge writes down for the next: how passages were numbered and what every shard was made of, so that an edit costs what it
//! changes.
//!
//! In: what a merge decided. Out: bytes, and back. The bulk of it, terms and likenesses, is kept by the caller in pieces of its own
//! and only named here; the caller answers for their being what was kept. Sources are known by the hashes of what they yielded. Knows neither how numbers are given nor how shards are cut.
//! Writer only: no reader of an index ever sees any of this.
//!
//! ```text
//! ledger   = version(varint) shard bytes(varint) terms(varint) postings(varint) kept bytes(u64) numbers(u64)
//!            guides(varint) { entry(u64) sources(u64) first(varint) slots(varint) likenesses(kept) }
//!            products(varint) { guides(varint) state(kept) lists(varint) { guide(varint) guides(varint) sum(u64) } }
//!            3 * { shards(varint) { first key(counted) last key(counted) weight(varint) sum(u64) tiers(varint) { sum(u64) } terms(kept) typed(kept) } }
//!            late(varint) { sum(u64) terms(kept) }                                                                 none or one
//!            block slots(byte) groups(varint) { hash(u32) blocks(u64) } guides(u32) contexts(varint) { hash(u32) } pages(varint) { hash(u32) }
//!            map(u32) stamp(u32) sums(varint) { sum(u64) }                                         of meaning
//!            checksum(u64)                                                                        sums name shards; blocks: a bit for each
//! kept     = first byte(u64) bytes(u64) hash(u64)
//! product  = sources(varint) { hash(u64) guide(varint) chunks(varint) { slot << 1 | is first (varint) } }
//!            slots(varint) { group(u32) title(u16) headings(u16) body(u16) }                      group: u32::MAX for slack
//! faces    = { source(u64) chunks(varint) { likeness, lengths } }                                 of a guide
//! typed    = { word(counted) passages(varint) }                                                  of a shard of terms
//! terms    = { shared(varint) suffix(counted) term(counted) }                                     see `gathered`; of an address, its slots
//! ```

use alloc::string::String;
use alloc::vec::Vec;

use crate::bytes::{Cursor, put_counted, put_varint, shared_prefix_bytes};
use crate::checksum::{name_of, sealed, unsealed};
use crate::ids::ShardId;
use crate::semantic::write::{MeaningId, MeaningNote};
use crate::texts::BlockSize;
use crate::weights::Lengths;

/// What its checksum is of, beside its bytes.
const ID: &str = "ledger";
/// What any other version wrote is not used.
const VERSION: u32 = 4;

/// Where the caller keeps some bytes, and what they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// Where they begin.
    pub first_byte: u64,
    /// How many there are.
    pub bytes: u64,
    /// Tells them from all others.
    pub hash: u64,
}

/// Keeps bytes for the next merge.
pub type Keep<'k, E> = &'k mut dyn FnMut(&[u8]) -> Result<Kept, E>;

/// Brings back what was kept.
pub type Bring<'b, E> = &'b mut dyn FnMut(Kept) -> Result<Vec<u8>, E>;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    /// How large shards of words are.
    pub(crate) shard_bytes: u32,
    pub(crate) terms: u32,
    pub(crate) postings: u32,
    /// Of the record of numbers, its checksum.
    pub(crate) numbers: u64,
    pub(crate) guides: Vec<GuideNote>,
    pub(crate) products: Vec<ProductNote>,
    pub(crate) addresses: Vec<ShardNote>,
    pub(crate) words: Vec<ShardNote>,
    /// Shards of the words themselves; what they are made of is kept with the terms.
    pub(crate) lexicon: Vec<ShardNote>,
    pub(crate) late: Option<LateNote>,
    /// How many slots a block of texts has.
    pub(crate) block_slots: u8,
    pub(crate) groups: Vec<GroupNote>,
    /// The name of the table of guides.
    pub(crate) table: u32,
    /// The name of the shard of names, if they do not lie in the root.
    pub(crate) context: Option<u32>,
    /// The names of pages of the directory and of groups.
    pub(crate) pages: Vec<u32>,
    pub(crate) meaning: MeaningNote,
}

/// A guide, and what its passages are recognised by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct GuideNote {
    /// Its names, in one number.
    pub(crate) entry: u64,
    /// Its sources, in one number.
    pub(crate) sources: u64,
    pub(crate) first: u32,
    /// How far its passages reach.
    pub(crate) slots: u32,
    pub(crate) faces: Kept,
}

/// A product: guides that are numbered together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ProductNote {
    pub(crate) guides: u32,
    pub(crate) state: Kept,
    pub(crate) lists: Vec<ListNote>,
}

/// A shard of lists of a version: its guides, and its checksum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ListNote {
    pub(crate) first_guide: u32,
    pub(crate) guides: u32,
    pub(crate) sum: u64,
}

/// A shard of words or addresses, and what it was made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ShardNote {
    pub(crate) first_key: Vec<u8>,
    pub(crate) last_key: Vec<u8>,
    /// What its first entry adds to a shard.
    pub(crate) first_weight: u32,
    pub(crate) sum: u64,
    /// What its checksum makes of it.
    pub(crate) name: u32,
    /// The checksums of its terms' tiers.
    pub(crate) tiers: Vec<u64>,
    pub(crate) terms: Kept,
    /// The words of its terms as the lexicon has them.
    pub(crate) typed: Kept,
}

/// The shard of late passages, and what it was made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LateNote {
    pub(crate) name: u32,
    pub(crate) sum: u64,
    pub(crate) terms: Kept,
}

/// A group of texts: its hash, and a bit for each block that it has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct GroupNote {
    pub(crate) hash: u32,
    pub(crate) blocks: u64,
}

impl Ledger {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for number in [VERSION, self.shard_bytes, self.terms, self.postings] {
            put_varint(&mut out, number);
        }
        put_u64(&mut out, self.kept().map(|kept| kept.bytes).sum());
        put_u64(&mut out, self.numbers);
        put_all(&mut out, &self.guides, GuideNote::write);
        put_all(&mut out, &self.products, ProductNote::write);
        put_all(&mut out, &self.addresses, ShardNote::write);
        put_all(&mut out, &self.words, ShardNote::write);
        put_all(&mut out, &self.lexicon, ShardNote::write);
        put_all(&mut out, self.late.as_slice(), |late, out| {
            put_u64(out, late.sum);
            late.terms.write(out);
        });
        out.push(self.block_slots);
        put_all(&mut out, &self.groups, |group, out| {
            out.extend(group.hash.to_le_bytes());
            put_u64(out, group.blocks);
        });
        out.extend(self.table.to_le_bytes());
        put_all(&mut out, self.context.as_slice(), |name, out| out.extend(name.to_le_bytes()));
        put_all(&mut out, &self.pages, |page, out| out.extend(page.to_le_bytes()));
        let MeaningNote { id, sums } = &self.meaning;
        [id.map, id.stamp].iter().for_each(|name| out.extend(name.to_le_bytes()));
        put_all(&mut out, sums, |sum, out| put_u64(out, *sum));
        sealed(ID, out)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Ledger> {
        let mut cursor = Cursor::new(unsealed(ID, bytes)?);
        let cursor = &mut cursor;
        if cursor.varint()? != VERSION {
            return None;
        }
        let (shard_bytes, terms, postings) = (cursor.varint()?, cursor.varint()?, cursor.varint()?);
        read_u64(cursor)?;
        let numbers = read_u64(cursor)?;
        let ledger = Ledger {
            shard_bytes,
            terms,
            postings,
            numbers,
            guides: read_all(cursor, GuideNote::read)?,
            products: read_all(cursor, ProductNote::read)?,
            addresses: read_all(cursor, ShardNote::read)?,
            words: read_all(cursor, ShardNote::read)?,
            lexicon: read_all(cursor, ShardNote::read)?,
            late: read_all(cursor, LateNote::read)?.pop(),
            block_slots: cursor.byte()?,
            groups: read_all(cursor, |cursor| {
                Some(GroupNote { hash: cursor.u32()?, blocks: read_u64(cursor)? })
            })?,
            table: cursor.u32()?,
            context: read_all(cursor, |cursor| cursor.u32())?.pop(),
            pages: read_all(cursor, |cursor| cursor.u32())?,
            meaning: MeaningNote {
                id: MeaningId { map: cursor.u32()?, stamp: cursor.u32()? },
                sums: read_all(cursor, read_u64)?,
            },
        };
        cursor.is_at_end().then_some(ledger)
    }

    /// All that the caller keeps.
    fn kept(&self) -> impl Iterator<Item = &Kept> {
        let faces = self.guides.iter().map(|guide| &guide.faces);
        let states = self.products.iter().map(|product| &product.state);
        let shards = self.word_shards().flat_map(|shard| [&shard.terms, &shard.typed]);
        let late = self.late.iter().map(|late| &late.terms);
        faces.chain(states).chain(shards).chain(late)
    }

    fn kept_mut(&mut self) -> impl Iterator<Item = &mut Kept> {
        let faces = self.guides.iter_mut().map(|guide| &mut guide.faces);
        let states = self.products.iter_mut().map(|product| &mut product.state);
        let shards = self.addresses.iter_mut().chain(&mut self.words).chain(&mut self.lexicon);
        let shards = shards.flat_map(|shard| [&mut shard.terms, &mut shard.typed]);
        let late = self.late.iter_mut().map(|late| &mut late.terms);
        faces.chain(states).chain(shards).chain(late)
    }

    /// The shards that the directory lists, in the order of their keys.
    pub(crate) fn word_shards(&self) -> impl Iterator<Item = &ShardNote> + Clone {
        self.addresses.iter().chain(&self.words).chain(&self.lexicon)
    }

    /// Every named shard with its checksum.
    pub(crate) fn sums(&self) -> impl Iterator<Item = (ShardId, u64)> {
        let shards = self.word_shards();
        let tiers = shards.clone().flat_map(|shard| &shard.tiers);
        let lists = self.products.iter().flat_map(|product| &product.lists);
        let words = shards.map(|shard| (ShardId::Words(shard.name), shard.sum));
        let words = words.chain(self.late.map(|late| (ShardId::Words(late.name), late.sum)));
        let tiers = tiers.map(|sum| (ShardId::Tier(name_of(*sum)), *sum));
        let meaning = self.meaning.sums.iter();
        let meaning = meaning.map(|sum| (ShardId::Meaning(name_of(*sum)), *sum));
        let id = self.meaning.id;
        let beside = self.words.iter().filter(move |_| id.stamp != 0);
        let rows = beside.map(move |shard| (id.rows_beside(shard.name), 0));
        let rows = rows.chain(id.all_elsewhere().map(|shard| (shard, 0)));
        let words = words.chain(meaning).chain(rows);
        words.chain(tiers).chain(lists.map(|list| (ShardId::Filter(name_of(list.sum)), list.sum)))
    }

    /// The ids of all shards but the root.
    pub(crate) fn ids(&self) -> Vec<String> {
        let size = BlockSize::of(self.block_slots).unwrap_or_default();
        let texts = (0..).zip(&self.groups).flat_map(|(group, note)| {
            let blocks = (0..u64::BITS).filter(|block| note.blocks >> block & 1 == 1);
            blocks.map(move |block| ShardId::Texts(note.hash, size.first_block(group) + block))
        });
        let pages = self.pages.iter().map(|page| ShardId::Directory(*page));
        let context = self.context.map(ShardId::Context);
        let named = self.sums().map(|(id, _)| id).chain([ShardId::Guides(self.table)]);
        let named = named.chain(context);
        let mut ids: Vec<ShardId> = named.chain(pages).chain(texts).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().map(ShardId::text).collect()
    }
}

/// How many bytes a ledger says are kept, itself left out.
#[must_use]
pub fn kept_bytes(ledger: &[u8]) -> u64 {
    let mut cursor = Cursor::new(ledger);
    let skipped = (0..4).try_for_each(|_| cursor.varint().map(|_| ()));
    skipped.and_then(|()| read_u64(&mut cursor)).unwrap_or(0)
}

/// The same ledger once all that is kept lies elsewhere; nothing if it is none.
///
/// # Errors
/// What `carry` says.
pub fn moved<E>(
    ledger: &[u8],
    carry: &mut dyn FnMut(Kept) -> Result<Kept, E>,
) -> Result<Option<Vec<u8>>, E> {
    let Some(mut ledger) = Ledger::decode(ledger) else { return Ok(None) };
    for kept in ledger.kept_mut() {
        *kept = carry(*kept)?;
    }
    Ok(Some(ledger.encode()))
}

impl GuideNote {
    fn write(&self, out: &mut Vec<u8>) {
        put_u64(out, self.entry);
        put_u64(out, self.sources);
        put_varint(out, self.first);
        put_varint(out, self.slots);
        self.faces.write(out);
    }

    fn read(cursor: &mut Cursor<'_>) -> Option<GuideNote> {
        Some(GuideNote {
            entry: read_u64(cursor)?,
            sources: read_u64(cursor)?,
            first: cursor.varint()?,
            slots: cursor.varint()?,
            faces: Kept::read(cursor)?,
        })
    }
}

impl ProductNote {
    fn write(&self, out: &mut Vec<u8>) {
        put_varint(out, self.guides);
        self.state.write(out);
        put_all(out, &self.lists, |list, out| {
            put_varint(out, list.first_guide);
            put_varint(out, list.guides);
            put_u64(out, list.sum);
        });
    }

    fn read(cursor: &mut Cursor<'_>) -> Option<ProductNote> {
        let guides = cursor.varint()?;
        let state = Kept::read(cursor)?;
        let lists = read_all(cursor, |cursor| {
            let (first_guide, guides) = (cursor.varint()?, cursor.varint()?);
            Some(ListNote { first_guide, guides, sum: read_u64(cursor)? })
        })?;
        Some(ProductNote { guides, state, lists })
    }
}

impl ShardNote {
    fn write(&self, out: &mut Vec<u8>) {
        put_counted(out, &self.first_key);
        put_counted(out, &self.last_key);
        put_varint(out, self.first_weight);
        put_u64(out, self.sum);
        put_all(out, &self.tiers, |sum, out| put_u64(out, *sum));
        self.terms.write(out);
        self.typed.write(out);
    }

    fn read(cursor: &mut Cursor<'_>) -> Option<ShardNote> {
        let (first_key, last_key) = (cursor.counted()?.into(), cursor.counted()?.into());
        let (first_weight, sum) = (cursor.varint()?, read_u64(cursor)?);
        Some(ShardNote {
            first_key,
            last_key,
            first_weight,
            sum,
            name: name_of(sum),
            tiers: read_all(cursor, read_u64)?,
            terms: Kept::read(cursor)?,
            typed: Kept::read(cursor)?,
        })
    }
}

impl LateNote {
    fn read(cursor: &mut Cursor<'_>) -> Option<LateNote> {
        let sum = read_u64(cursor)?;
        Some(LateNote { name: name_of(sum), sum, terms: Kept::read(cursor)? })
    }
}

impl Kept {
    fn write(&self, out: &mut Vec<u8>) {
        [self.first_byte, self.bytes, self.hash].iter().for_each(|number| put_u64(out, *number));
    }

    fn read(cursor: &mut Cursor<'_>) -> Option<Kept> {
        let (first_byte, bytes) = (read_u64(cursor)?, read_u64(cursor)?);
        Some(Kept { first_byte, bytes, hash: read_u64(cursor)? })
    }
}

/// How a product's chunks were numbered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Product {
    /// In the library's order.
    pub(crate) sources: Vec<Shown>,
    /// From its first slot on.
    pub(crate) slots: Vec<SlotNote>,
}

/// A source and the slots of its chunks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Of what the source yielded.
    pub(crate) hash: u64,
    pub(crate) guide: u32,
    pub(crate) chunks: Vec<Shows>,
}

/// The slot of a chunk, and whether the chunk is the first to show that passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shows {
    pub(crate) slot: u32,
    pub(crate) is_first: bool,
}

/// A passage, or slack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SlotNote {
    /// The passage that stands for it; none for slack.
    pub(crate) group: Option<u32>,
    pub(crate) lengths: Lengths,
}

impl Product {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_all(&mut out, &self.sources, |source, out| {
            put_u64(out, source.hash);
            put_varint(out, source.guide);
            put_all(out, &source.chunks, |shows, out| {
                put_varint(out, shows.slot << 1 | u32::from(shows.is_first));
            });
        });
        put_all(&mut out, &self.slots, |slot, out| {
            out.extend(slot.group.unwrap_or(u32::MAX).to_le_bytes());
            put_lengths(out, slot.lengths);
        });
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Product> {
        let mut cursor = Cursor::new(bytes);
        let sources = read_all(&mut cursor, |cursor| {
            let (hash, guide) = (read_u64(cursor)?, cursor.varint()?);
            let chunks = read_all(cursor, |cursor| {
                let number = cursor.varint()?;
                Some(Shows { slot: number >> 1, is_first: number & 1 == 1 })
            })?;
            Some(Shown { hash, guide, chunks })
        })?;
        let slots = read_all(&mut cursor, |cursor| {
            let group = Some(cursor.u32()?).filter(|group| *group != u32::MAX);
            Some(SlotNote { group, lengths: read_lengths(cursor)? })
        })?;
        cursor.is_at_end().then_some(Product { sources, slots })
    }
}

pub(crate) fn put_lengths(out: &mut Vec<u8>, lengths: Lengths) {
    let fields = [lengths.title, lengths.headings, lengths.body];
    out.extend(fields.into_iter().flat_map(u16::to_le_bytes));
}

pub(crate) fn read_lengths(cursor: &mut Cursor<'_>) -> Option<Lengths> {
    Some(Lengths { title: cursor.u16()?, headings: cursor.u16()?, body: cursor.u16()? })
}

/// Appends an entry of a shard as it is kept; `last_key` is that of the entry before.
pub(crate) fn put_term(out: &mut Vec<u8>, last_key: &[u8], key: &[u8], term: &[u8]) {
    let shared = shared_prefix_bytes(last_key, key);
    put_varint(out, shared as u32);
    put_counted(out, &key[shared..]);
    put_counted(out, term);
}

/// The entries of a shard as they are kept.
pub(crate) fn read_terms(bytes: &[u8]) -> Option<Vec<(Vec<u8>, &[u8])>> {
    let mut cursor = Cursor::new(bytes);
    let mut terms: Vec<(Vec<u8>, &[u8])> = Vec::new();
    while !cursor.is_at_end() {
        let shared = cursor.varint()? as usize;
        let last: &[u8] = terms.last().map_or(&[], |(key, _)| key);
        let mut key = Vec::from(last.get(..shared)?);
        key.extend_from_slice(cursor.counted()?);
        terms.push((key, cursor.counted()?));
    }
    Some(terms)
}

pub(crate) fn put_u64(out: &mut Vec<u8>, number: u64) {
    out.extend(number.to_le_bytes());
}

pub(crate) fn read_u64(cursor: &mut Cursor<'_>) -> Option<u64> {
    Some(u64::from_le_bytes(cursor.take(8)?.try_into().ok()?))
}

fn put_all<T>(out: &mut Vec<u8>, items: &[T], put: impl Fn(&T, &mut Vec<u8>)) {
    put_varint(out, items.len() as u32);
    items.iter().for_each(|item| put(item, out));
}

fn read_all<T>(
    cursor: &mut Cursor<'_>,
    read: impl Fn(&mut Cursor<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let count = cursor.varint()?;
    (0..count).map(|_| read(cursor)).collect()
}
