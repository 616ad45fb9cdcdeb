//! The merge: guides and segments in order, shards out.
//!
//! In: the library's guides, each source's segment and records; at the end each record once more. Out: shards, the root last.
//! Equal passages of a product become one, near ones a group. Knows no files and no compression: sizes are asked of the caller.
//! Memory follows the postings, not the texts; what grows with them can be spilled at any time, and the bytes are the same.

use alloc::vec::Vec;

use crate::address::{chunk_key, source_key};
use crate::answer::DocumentId;
use crate::bytes::Cursor;
use crate::error::{Error, Part};
use crate::guides::{GUIDE_SLOTS, GuideEntry, GuideTableWriter, Placing};
use crate::hash::Table;
use crate::ids::{ROOT, ShardId};
use crate::lexicon::Lexicon;
use crate::likeness::Groups;
use crate::lists;
use crate::merge::{Scales, Terms};
use crate::pile::{Pile, Rising, for_each_value, number_key};
use crate::record::{Placement, Record};
use crate::root::{CONTEXT_BYTES_IN_ROOT, Names, Root};
use crate::runs::{Merge, Merged, Spill, Unspill};
use crate::segment::SegmentReader;
use crate::shelves::{Emit, Shelves, WordShards};
use crate::texts::{BlockSize, GROUP_SLOTS, Group, TextsWriter};
use crate::weights::{IdfSteps, LengthTotals, Lengths};
use crate::words::{Posting, WordEntry};

/// What the writer is told about the world outside.
pub struct Settings<'a> {
    /// How many bytes these bytes are when compressed as the shard files are; the sizes of shards go by it.
    pub compressed_bytes: &'a dyn Fn(&[u8]) -> usize,
    /// How large a shard of words should be when compressed: at least, and at most. The larger the index, the larger they are, so
    /// that the root can list them.
    pub shard_bytes: (usize, usize),
}

/// So many shards of words can be listed in the root, with room to spare.
const SHARDS_IN_ROOT: usize = 1_100;

/// A shard of addresses is so many times as large as one of words: it is read for one passage by name, and never in a browser.
const ADDRESS_SHARDS: usize = 4;

/// Brings a record once more: the number of its source, in the order in which sources were added, and its place there.
pub type Recall<'r, E> = &'r mut dyn FnMut(u32, u32) -> Result<Vec<u8>, E>;

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Chunks added.
    pub chunks: u32,
    /// Distinct passages indexed.
    pub documents: u32,
    /// Passages that another stands for.
    pub near: u32,
    /// Distinct terms.
    pub terms: u32,
    /// Postings: pairs of a term and a passage.
    pub postings: u64,
    /// Shards of words.
    pub word_shards: u32,
    /// Shards of further postings.
    pub tier_shards: u32,
    /// Shards of texts.
    pub text_shards: u32,
}

/// Merges segments into shards. Same guides, segments and records in the same order: same bytes.
pub struct IndexWriter<'a> {
    settings: Settings<'a>,
    guides: GuideTableWriter,
    /// The guide at hand.
    guide: GuideEntry,
    placing: Placing,
    /// The first slot of the guide at hand; what lies before it is slack.
    guide_first: usize,
    /// The number of the version of the product at hand.
    edition: u32,
    /// Where the version's guides begin.
    edition_first_guide: u32,
    sources: u32,
    /// The slots of the passages of the product at hand.
    known: Table<[u64; 2], u32>,
    near: Groups,
    slots: Vec<Slot>,
    /// By slot: the other places of a passage, encoded.
    others: Pile,
    /// By guide: passages that it shows though another was first, each with the version's first guide.
    shared: Vec<SharedList>,
    /// By the keys of ids, addresses and sources: slots.
    addresses: Pile,
    terms: Terms,
    /// How much was spilled.
    scratch_bytes: u64,
    totals: LengthTotals,
    summary: Summary,
}

/// A passage, or slack.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    lengths: Lengths,
    is_newest: bool,
    guide: u32,
    /// The passage that stands for this one.
    group: u32,
    /// Where its record is: source and place there. Slack has none.
    origin: Option<(u32, u32)>,
}

/// The passages that a guide shows though another guide was first.
struct SharedList {
    edition_first_guide: u32,
    guide: u32,
    slots: Vec<u32>,
}

impl<'a> IndexWriter<'a> {
    /// A writer that has seen nothing yet.
    #[must_use]
    pub fn new(settings: Settings<'a>) -> IndexWriter<'a> {
        IndexWriter {
            settings,
            guides: GuideTableWriter::default(),
            guide: GuideEntry::default(),
            placing: Placing::default(),
            guide_first: 0,
            edition: 0,
            edition_first_guide: 0,
            sources: 0,
            known: Table::default(),
            near: Groups::default(),
            slots: Vec::new(),
            others: Pile::default(),
            shared: Vec::new(),
            addresses: Pile::default(),
            terms: Terms::default(),
            scratch_bytes: 0,
            totals: LengthTotals::default(),
            summary: Summary::default(),
        }
    }

    /// The sources that follow belong to this guide. Guides may not be returned to; those of one version of a product follow
    /// each other, and so do those of one product, the newest first.
    pub fn start_guide(&mut self, entry: &GuideEntry) {
        if !self.guide.is_of_product(entry) {
            self.known.clear();
            self.near = Groups::default();
        }
        if !self.guide.is_of_edition(entry) {
            self.edition += 1;
            self.edition_first_guide = self.guides.len();
        }
        self.guide = entry.clone();
        self.guide_first = self.placing.next(self.slots.len() as u32) as usize;
        self.guides.start(entry, self.guide_first as u32);
    }

    /// Adds a source: its segment, and one encoded record for each of its chunks, in order.
    ///
    /// # Errors
    /// If the segment or a record is not one, if their numbers differ, or if there are too many passages.
    pub fn add_source(
        &mut self,
        segment: &[u8],
        records: &mut dyn Iterator<Item = &[u8]>,
    ) -> Result<(), Error> {
        let mut segment = SegmentReader::open(segment)?;
        let source = self.sources;
        self.sources += 1;
        let mut slots = Vec::with_capacity(segment.lengths.len());
        for chunk in 0..segment.lengths.len() {
            let record = Record::decode(records.next().ok_or(Error::Corrupt(Part::Segment))?)?;
            self.summary.chunks += 1;
            let identity = segment.likenesses[chunk].identity;
            let known = self.known.get(&identity).copied();
            let slot = match known {
                Some(slot) => self.add_place(slot, record.place),
                None => self.add_passage(&segment, (source, chunk as u32), &record.place)?,
            };
            slots.push(known.is_none().then_some(slot));
        }
        if records.next().is_some() {
            return Err(Error::Corrupt(Part::Segment));
        }
        self.terms.add(&mut segment, &slots)
    }

    /// One more place of a passage that is known.
    fn add_place(&mut self, slot: u32, mut place: Placement) -> u32 {
        let guide = self.guides.len() - 1;
        self.add_address(slot, &place);
        place.guide_number = guide;
        self.others.push(&number_key(slot), &place.encode());
        if self.slots[slot as usize].guide != guide {
            if self.shared.last().is_none_or(|list| list.guide != guide) {
                let edition_first_guide = self.edition_first_guide;
                self.shared.push(SharedList { edition_first_guide, guide, slots: Vec::new() });
            }
            if let Some(list) = self.shared.last_mut() {
                list.slots.push(slot);
            }
        }
        slot
    }

    fn add_passage(
        &mut self,
        segment: &SegmentReader<'_>,
        origin: (u32, u32),
        place: &Placement,
    ) -> Result<u32, Error> {
        let first = self.guide_first.max(self.slots.len());
        if first >= u32::MAX as usize / 2 {
            return Err(Error::TooLarge);
        }
        self.slots.resize(first, Slot::default());
        let slot = first as u32;
        let (lengths, likeness) =
            (segment.lengths[origin.1 as usize], &segment.likenesses[origin.1 as usize]);
        self.known.insert(likeness.identity, slot);
        let group = self.near.stands_for(slot, likeness, self.edition);
        self.slots.push(Slot {
            lengths,
            is_newest: self.guide.is_newest,
            guide: self.guides.len() - 1,
            group,
            origin: Some(origin),
        });
        self.totals.add(lengths);
        self.guides.add_document();
        self.summary.documents += 1;
        self.summary.near += u32::from(group != slot);
        self.add_address(slot, place);
        Ok(slot)
    }

    fn add_address(&mut self, slot: u32, place: &Placement) {
        let (id, url) = (chunk_key(&place.id), chunk_key(&place.url));
        let slot = number_key(slot);
        if id != url {
            self.addresses.push(&url, &slot);
        }
        self.addresses.push(&id, &slot);
        self.addresses.push(&source_key(&place.source), &slot);
    }

    /// What the terms, addresses and further places in memory take: all that grows with the library and can be spilled.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.terms.memory_bytes() + self.addresses.memory_bytes() + self.others.memory_bytes()
    }

    /// Frees that memory: hands it out in order, to be appended to a scratch file that [`IndexWriter::finish`] reads again.
    ///
    /// # Errors
    /// What `spill` says.
    pub fn spill<E>(&mut self, spill: Spill<'_, E>) -> Result<(), E> {
        self.terms.spill(&mut self.scratch_bytes, spill)?;
        self.addresses.spill(&mut self.scratch_bytes, spill)?;
        self.others.spill(&mut self.scratch_bytes, spill)
    }

    /// Writes all shards and, last, the root (id `root`). Records are asked for once more, in order of their passages;
    /// what was spilled is read again.
    ///
    /// # Errors
    /// What `emit`, `recall` and `unspill` say, and [`Error`] as `E` for a record that is none or a scratch file that is damaged.
    pub fn finish<E: From<Error>>(
        mut self,
        recall: Recall<'_, E>,
        unspill: Unspill<'_, E>,
        emit: Emit<'_, E>,
    ) -> Result<Summary, E> {
        let mut shelves = Shelves::default();
        self.put_lists(&mut shelves, emit)?;
        let mut root = Root {
            documents: self.summary.documents,
            slots: self.slots.len() as u32,
            newest: self.guides.newest(),
            idf: IdfSteps::for_documents(self.summary.documents),
            guides: shelves.put(ShardId::Guides, self.guides.encode(), emit)?,
            ..Root::default()
        };
        let context = self.guides.context();
        let bytes = context.encode();
        root.context = match bytes.len() <= CONTEXT_BYTES_IN_ROOT {
            true => Names::Here(context),
            false => Names::Apart(shelves.put(ShardId::Context, bytes, emit)?),
        };
        self.put_words(&mut root, &mut shelves, unspill, emit)?;
        root.block_size = self.block_size();
        let groups = self.put_texts(root.block_size, &mut shelves, recall, unspill, emit)?;
        shelves.put_groups(&mut root, groups, emit)?;
        shelves.put_directory(&mut root, emit)?;
        emit(ROOT.into(), root.encode())?;
        Ok(self.summary)
    }

    /// A shard for each version that shows passages which are numbered with another guide.
    fn put_lists<E>(&mut self, shelves: &mut Shelves, emit: Emit<'_, E>) -> Result<(), E> {
        let shared = core::mem::take(&mut self.shared);
        for version in
            shared.chunk_by(|left, right| left.edition_first_guide == right.edition_first_guide)
        {
            let first = version[0].edition_first_guide;
            let ranges = version.iter().map(|list| {
                let mut slots = list.slots.clone();
                slots.sort_unstable();
                slots.dedup();
                (list.guide - first, lists::runs(slots))
            });
            let bytes = lists::encode(&ranges.collect::<Vec<_>>());
            let hash = shelves.put(ShardId::Filter, bytes, emit)?;
            let guides = version.last().map_or(0, |list| list.guide + 1 - first);
            self.guides.add_lists(first, guides, hash);
        }
        Ok(())
    }

    fn put_words<E: From<Error>>(
        &mut self,
        root: &mut Root,
        shelves: &mut Shelves,
        unspill: Unspill<'_, E>,
        emit: Emit<'_, E>,
    ) -> Result<(), E> {
        let (least, most) = self.settings.shard_bytes;
        let shard_bytes = (self.terms.packed_bytes(unspill)? / SHARDS_IN_ROOT).clamp(least, most);
        let mut words = WordShards::new(&self.settings, shard_bytes * ADDRESS_SHARDS, shelves);
        put_addresses(core::mem::take(&mut self.addresses), &mut words, unspill, emit)?;
        words.set_shard_bytes(shard_bytes);
        let lengths: Vec<Lengths> = self.slots.iter().map(|slot| slot.lengths).collect();
        let scales = Scales { lengths: &lengths, averages: self.totals.averages() };
        let is_newest = |slot: u32| self.slots[slot as usize].is_newest;
        let summary = &mut self.summary;
        let mut lexicon = Lexicon::default();
        let terms = core::mem::take(&mut self.terms);
        terms.merge(&scales, &is_newest, unspill, |term| {
            summary.terms += 1;
            summary.postings += term.postings.len() as u64;
            lexicon.add(&term);
            words.add_term(term, &is_newest, emit)
        })?;
        words.close(emit)?;
        lexicon.finish(|key, surfaces| {
            words.add(&WordEntry { key, surfaces, inline: &[], hot: None }, emit)
        })?;
        words.close(emit)?;
        summary.tier_shards = words.tiers;
        root.directory = words.directory;
        summary.word_shards = root.directory.len() as u32;
        Ok(())
    }

    fn block_size(&self) -> BlockSize {
        let is_taken = |slot: u32| self.slots[slot as usize].origin.is_some();
        BlockSize::for_index(self.summary.chunks, is_taken, self.slots.len() as u32)
    }

    /// Writes all texts; the hashes of their groups.
    fn put_texts<E: From<Error>>(
        &mut self,
        size: BlockSize,
        shelves: &mut Shelves,
        recall: Recall<'_, E>,
        unspill: Unspill<'_, E>,
        emit: Emit<'_, E>,
    ) -> Result<Vec<u32>, E> {
        let mut near: Table<u32, Vec<DocumentId>> = Table::default();
        for (slot, at) in
            (0..).zip(&self.slots).filter(|(slot, at)| at.origin.is_some() && at.group != *slot)
        {
            near.entry(at.group).or_default().push(DocumentId(slot));
        }
        let others = core::mem::take(&mut self.others);
        let runs = others.runs();
        let mut rest = others.drain();
        let mut others = Rising::new(Merge::new(&runs, &mut rest, unspill)?, unspill)?;
        let mut texts = TextsWriter::new(size);
        let mut hashes = Vec::new();
        for (slot, at) in (0..).zip(core::mem::take(&mut self.slots)) {
            let record = match at.origin {
                Some((source, chunk)) => {
                    let near = near.remove(&slot).unwrap_or_default();
                    let others = others.of(slot, unspill)?;
                    Some(stored(at, near, &others, &recall(source, chunk)?)?)
                }
                None => None,
            };
            if let Some(group) = texts.push(record) {
                self.put_group(group, size, &mut hashes, shelves, emit)?;
            }
        }
        if !texts.is_empty() {
            self.put_group(texts.finish(), size, &mut hashes, shelves, emit)?;
        }
        Ok(hashes)
    }

    fn put_group<E>(
        &mut self,
        group: Group,
        size: BlockSize,
        hashes: &mut Vec<u32>,
        shelves: &mut Shelves,
        emit: Emit<'_, E>,
    ) -> Result<(), E> {
        let first_block = size.first_block(hashes.len() as u32);
        hashes.push(group.hash);
        for (block, bytes) in group.blocks {
            self.summary.text_shards += 1;
            shelves.put_named(ShardId::Texts(group.hash, first_block + block), bytes, emit)?;
        }
        Ok(())
    }
}

/// Writes the shards of ids, addresses and sources.
fn put_addresses<E: From<Error>>(
    addresses: Pile,
    words: &mut WordShards<'_>,
    unspill: Unspill<'_, E>,
    emit: Emit<'_, E>,
) -> Result<(), E> {
    let runs = addresses.runs();
    let mut rest = addresses.drain();
    let mut merge = Merge::new(&runs, &mut rest, unspill)?;
    while let Some(Merged { key, values }) = merge.next(unspill)? {
        let mut slots = Vec::new();
        let read = for_each_value(&values, |slot| {
            slots.push(u32::from_be_bytes(slot.try_into().ok()?));
            Some(())
        });
        read.ok_or(Error::Corrupt(Part::Scratch))?;
        slots.sort_unstable();
        slots.dedup();
        let posting = |document| Posting { document, impact: 1, form: 0 };
        let inline: Vec<Posting> = slots.into_iter().map(posting).collect();
        words.add(&WordEntry { key: &key, surfaces: &[&key], inline: &inline, hot: None }, emit)?;
    }
    words.close(emit)
}

/// A record as it is stored, with all that only the merge knows.
fn stored(
    at: Slot,
    near: Vec<DocumentId>,
    others: &[Vec<u8>],
    record: &[u8],
) -> Result<Vec<u8>, Error> {
    let mut record = Record::decode(record)?;
    record.place.guide_number = at.guide;
    record.group = DocumentId(at.group);
    record.near = near;
    let read = for_each_value(others, |other| {
        record.others.push(Placement::decode(&mut Cursor::new(other))?);
        Some(())
    });
    read.ok_or(Error::Corrupt(Part::Scratch))?;
    Ok(record.encode())
}

const _: () =
    assert!(GROUP_SLOTS.is_multiple_of(GUIDE_SLOTS), "a guide's slack must not straddle groups");
