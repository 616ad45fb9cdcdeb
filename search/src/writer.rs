//! The merge: guides and segments in order, shards out.
//!
//! In: the library's guides, each source's segment and records; at the end each record once more. Out: shards, the root last.
//! Equal passages of a product become one, near ones a group. Knows no files and no compression: sizes are asked of the caller.
//! Memory follows the postings, not the texts; what grows with them can be spilled at any time, and the bytes are the same.

use alloc::vec::Vec;
use core::hash::Hasher;

use crate::addresses::{ADDRESS_SHARDS, address_keys, put_addresses};
use crate::answer::DocumentId;
use crate::bytes::Cursor;
use crate::error::{Error, Part};
use crate::faces::put_faces;
use crate::former::{self, FormerGuide, FormerSlot, FormerWriter, Numbers};
use crate::gathered::Gathered;
use crate::guides::{GuideEntry, GuideTableWriter};
use crate::hash::{Fnv, Table};
use crate::ids::ShardId;
use crate::late::{self, Base, LateTerms};
use crate::ledger::{
    GroupNote, GuideNote, Keep, Kept, Ledger, ListNote, Product, ProductNote, Shown, Shows,
    SlotNote,
};
use crate::lexicon::{Lexicon, typed};
use crate::lists;
use crate::merge::{MergedTerm, Scales, Terms};
use crate::numbering::{GUIDE_SLOTS, Numbering};
use crate::pile::{Pile, Rising, for_each_value, number_key};
use crate::record::{Placement, Record};
use crate::rootwriter::put_root;
use crate::runs::{Merge, Spill, Unspill};
use crate::segment::SegmentReader;
use crate::semantic::write::{Meaning, Numbered};
use crate::shelves::{Emit, Out, Shelves, WordShards};
use crate::texts::{BlockSize, GROUP_SLOTS, Group, TextsWriter};
use crate::weights::{LengthTotals, Lengths, rounded};
use crate::words::WordEntry;

/// What the writer is told about the world outside.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How large a shard of words should be when compressed: at least, and at most. The larger the index, the larger they are, so
    /// that the root can list them.
    pub shard_bytes: (usize, usize),
}

/// So many shards of words can be listed in the root, with room to spare.
const SHARDS_IN_ROOT: usize = 1_100;

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
    /// Passages whose postings lie in a shard of their own, because they came late.
    pub late: u32,
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

/// An index that is written, and what the next build may use.
#[derive(Debug, Clone)]
pub struct Finished {
    /// What was written.
    pub summary: Summary,
    /// By which [`revise`](crate::revise) changes the index after an edit: none where that cannot be.
    pub ledger: Option<Vec<u8>>,
    /// How passages are numbered: an input of the next build, if they are to keep their numbers. See [`Numbers::read`].
    pub numbers: Vec<u8>,
}

/// Merges segments into shards. Same guides, segments and records in the same order: same bytes.
pub struct IndexWriter {
    settings: Settings,
    guides: GuideTableWriter,
    /// The guide at hand.
    guide: GuideEntry,
    numbering: Numbering,
    base: Base,
    slots: Vec<Slot>,
    /// What was numbered, for the next merge.
    products: Vec<ProductNote>,
    notes: Vec<GuideNote>,
    /// By guide: where its version's guides begin.
    editions: Vec<u32>,
    sources: Vec<Shown>,
    /// By guide: what its passages are recognised by.
    faces: Vec<Vec<u8>>,
    /// By guide: how they are numbered.
    numbered: Vec<FormerGuide>,
    /// By slot: the other places of a passage, encoded.
    others: Pile,
    /// By the keys of ids, addresses, sources and pages: slots.
    addresses: Pile,
    terms: Terms,
    /// Of late passages.
    late: Terms,
    meaning: Option<Meaning>,
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

impl IndexWriter {
    /// A writer that has seen nothing yet.
    #[must_use]
    pub fn new(settings: Settings) -> IndexWriter {
        IndexWriter {
            settings,
            guides: GuideTableWriter::default(),
            guide: GuideEntry::default(),
            numbering: Numbering::default(),
            base: Base::default(),
            slots: Vec::new(),
            products: Vec::new(),
            notes: Vec::new(),
            editions: Vec::new(),
            sources: Vec::new(),
            faces: Vec::new(),
            numbered: Vec::new(),
            others: Pile::default(),
            addresses: Pile::default(),
            terms: Terms::default(),
            late: Terms::default(),
            meaning: None,
            scratch_bytes: 0,
            totals: LengthTotals::default(),
            summary: Summary::default(),
        }
    }

    /// Numbers passages as they were numbered before, as far as may be; before any guide.
    pub fn set_numbers(&mut self, numbers: Numbers) {
        let mut former = numbers.finish();
        self.base = core::mem::take(&mut former.base);
        self.numbering = Numbering::after(former);
    }

    /// Whether numbers that were kept leave so many free that all should be given anew, by another writer.
    #[must_use]
    pub fn is_worn(&self) -> bool {
        former::is_worn(self.summary.documents, self.slots.len() as u32)
    }

    /// Whether more passages than are worth a shard came since the shards of words were last made as a whole: then they should be made
    /// by another writer, after [`Numbers::settled`].
    #[must_use]
    pub fn has_too_many_late(&self) -> bool {
        late::are_too_many(self.summary.late, self.late.postings() as usize)
    }

    /// The sources that follow belong to this guide. Guides may not be returned to; those of one version of a product follow
    /// each other, and so do those of one product, the newest first.
    pub fn start_guide(&mut self, entry: &GuideEntry) {
        let number = self.guides.len();
        if number == 0 || !self.guide.is_of_product(entry) {
            self.numbering.start_product();
            self.products.push(ProductNote::default());
        }
        let is_of_edition = number > 0 && self.guide.is_of_edition(entry);
        let edition = self.editions.last().filter(|_| is_of_edition).copied().unwrap_or(number);
        if !is_of_edition {
            self.numbering.start_edition();
        }
        self.editions.push(edition);
        self.guide = entry.clone();
        let first = self.numbering.start_guide(entry);
        self.guides.start(entry, first);
        self.products.iter_mut().next_back().into_iter().for_each(|product| product.guides += 1);
        self.notes.push(GuideNote { entry: entry.digest(), first, ..GuideNote::default() });
        self.faces.push(Vec::new());
        self.numbered.push(FormerGuide { first, slots: Vec::new() });
    }

    /// Adds a source: the hash by which it is known again, its segment, and one encoded record for each of its chunks, in order.
    ///
    /// # Errors
    /// If the segment or a record is not one, if their numbers differ, or if there are too many passages.
    pub fn add_source(
        &mut self,
        hash: u64,
        bytes: &[u8],
        records: &mut dyn Iterator<Item = &[u8]>,
    ) -> Result<(), Error> {
        let mut segment = SegmentReader::open(bytes)?;
        let (source, guide) = (self.sources.len() as u32, self.guides.len() - 1);
        if let Some(faces) = self.faces.last_mut() {
            put_faces(faces, hash, &segment);
        }
        let mut shown = Shown { hash, guide, chunks: Vec::with_capacity(segment.lengths.len()) };
        for chunk in 0..segment.lengths.len() {
            let record = Record::decode(records.next().ok_or(Error::Corrupt(Part::Segment))?)?;
            self.summary.chunks += 1;
            let numbered = self.numbering.number(&segment.likenesses[chunk]);
            if numbered.slot >= u32::MAX / 2 {
                return Err(Error::TooLarge);
            }
            let (slot, is_first) = (numbered.slot, numbered.group.is_some());
            self.add_addresses(slot, &record.place);
            match numbered.group {
                Some(group) => {
                    let lengths = self.base.weighed(slot, segment.lengths[chunk]);
                    self.add_passage(slot, group, lengths, (source, chunk as u32));
                    let identity = segment.likenesses[chunk].identity[0];
                    let stood = FormerSlot { slot, identity, body: lengths.body };
                    self.numbered[guide as usize].slots.push(stood);
                }
                None => self.add_place(slot, record.place),
            }
            shown.chunks.push(Shows { slot, is_first });
        }
        if records.next().is_some() {
            return Err(Error::Corrupt(Part::Segment));
        }
        let (slots, late) = self.base.first_slots(&shown.chunks);
        self.summary.late += late.iter().flatten().count() as u32;
        self.terms.add(&mut segment, &slots)?;
        if late.iter().any(Option::is_some) {
            self.late.add(&mut SegmentReader::open(bytes)?, &late)?;
        }
        self.sources.push(shown);
        Ok(())
    }

    /// One more place of a passage that is known.
    fn add_place(&mut self, slot: u32, mut place: Placement) {
        place.guide_number = self.guides.len() - 1;
        self.others.push(&number_key(slot), &place.encode());
    }

    fn add_passage(&mut self, slot: u32, group: u32, lengths: Lengths, origin: (u32, u32)) {
        let guide = self.guides.len() - 1;
        if self.slots.len() <= slot as usize {
            self.slots.resize(slot as usize + 1, Slot::default());
        }
        let is_newest = self.guide.is_newest;
        self.slots[slot as usize] = Slot { lengths, is_newest, guide, group, origin: Some(origin) };
        self.totals.add(lengths);
        self.guides.reach(slot + 1 - self.guides.extent(guide).0);
        self.summary.documents += 1;
        self.summary.near += u32::from(group != slot);
    }

    fn add_addresses(&mut self, slot: u32, place: &Placement) {
        let slot = number_key(slot);
        address_keys(place).iter().for_each(|key| self.addresses.push(key, &slot));
    }

    /// The passages so far, in order of their numbers.
    pub fn passages(&self) -> impl Iterator<Item = Numbered> {
        (0..).zip(&self.slots).filter_map(|(slot, at)| {
            let (source, chunk) = at.origin?;
            let (is_newest, is_own) = (at.is_newest, at.group == slot);
            Some(Numbered { slot, source, chunk, is_newest, is_own })
        })
    }

    /// Takes what all passages mean, once all of them were added.
    pub fn set_meaning(&mut self, meaning: Meaning) {
        self.meaning = Some(meaning);
    }

    /// What the terms, addresses and further places in memory take: all that grows with the library and can be spilled.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let terms = self.terms.memory_bytes() + self.late.memory_bytes();
        terms + self.addresses.memory_bytes() + self.others.memory_bytes()
    }

    /// Frees that memory: hands it out in order, to be appended to a scratch file that [`IndexWriter::finish`] reads again.
    ///
    /// # Errors
    /// What `spill` says.
    pub fn spill<E>(&mut self, spill: Spill<'_, E>) -> Result<(), E> {
        self.terms.spill(&mut self.scratch_bytes, spill)?;
        self.late.spill(&mut self.scratch_bytes, spill)?;
        self.addresses.spill(&mut self.scratch_bytes, spill)?;
        self.others.spill(&mut self.scratch_bytes, spill)
    }

    /// Writes all shards and, last, the root (id `root`). Records are asked for once more, in order of their passages;
    /// what was spilled is read again.
    ///
    /// # Errors
    /// What `emit`, `recall` and `unspill` say, and [`Error`] as `E` for a record that is none or a scratch file that is damaged.
    pub fn finish<E: From<Error>>(
        self,
        recall: Recall<'_, E>,
        unspill: Unspill<'_, E>,
        emit: Emit<'_, E>,
    ) -> Result<Summary, E> {
        let nowhere = &mut |_: &[u8]| Ok(Kept::default());
        self.finish_keeping(recall, unspill, emit, nowhere).map(|finished| finished.summary)
    }

    /// The same, and what the next build may use.
    ///
    /// # Errors
    /// The same, and what `keep` says.
    pub fn finish_keeping<E: From<Error>>(
        mut self,
        recall: Recall<'_, E>,
        unspill: Unspill<'_, E>,
        emit: Emit<'_, E>,
        keep: Keep<'_, E>,
    ) -> Result<Finished, E> {
        let mut shelves = Shelves::default();
        let numbers = self.numbers();
        let mut ledger = Ledger { numbers: former::sum(&numbers), ..Ledger::default() };
        self.note_products(&mut ledger, &mut shelves, emit, keep)?;
        self.put_words(&mut ledger, &mut shelves, unspill, &mut Out { emit, keep })?;
        let slots = self.slots.len() as u32;
        let size = self.block_size();
        ledger.block_slots = size.slots() as u8;
        ledger.groups = self.put_texts(size, &mut shelves, recall, unspill, emit)?;
        let documents = self.summary.documents;
        let sizes = (documents, slots);
        let meaning = self.meaning.as_ref();
        put_root(sizes, (&self.guides, meaning), &mut ledger, &mut shelves, emit)?;
        let ledger = (!shelves.has_taken_name).then(|| ledger.encode());
        Ok(Finished { summary: self.summary, ledger, numbers })
    }

    /// The record of all numbers.
    fn numbers(&mut self) -> Vec<u8> {
        let mut record = FormerWriter::default();
        for (note, mut guide) in self.notes.iter().zip(core::mem::take(&mut self.numbered)) {
            guide.slots.sort_unstable();
            record.add(note.entry, &guide, &self.base);
        }
        record.finish()
    }

    /// Writes a shard of lists for each version that shows passages of another, and down how all products were numbered.
    fn note_products<E>(
        &mut self,
        ledger: &mut Ledger,
        shelves: &mut Shelves,
        emit: Emit<'_, E>,
        keep: Keep<'_, E>,
    ) -> Result<(), E> {
        ledger.guides = core::mem::take(&mut self.notes);
        self.guides.find_holes(|slot| self.slots[slot as usize].origin.is_some());
        let mut sources = core::mem::take(&mut self.sources).into_iter().peekable();
        let mut first_guide = 0;
        for mut product in core::mem::take(&mut self.products) {
            let guides = first_guide..first_guide + product.guides;
            let mut state = Product::default();
            while let Some(shown) = sources.next_if(|shown| shown.guide < guides.end) {
                state.sources.push(shown);
            }
            let guide_of = |slot: u32| self.slots[slot as usize].guide;
            let edition_of = |guide: u32| self.editions[guide as usize];
            for list in lists::shards(&state.sources, guide_of, edition_of) {
                let lists::ListShard { first_guide, guides, bytes } = list;
                let named = shelves.put(ShardId::Filter, bytes, emit)?;
                self.guides.add_lists(first_guide, guides, named.name);
                product.lists.push(ListNote { first_guide, guides, sum: named.sum });
            }
            let own = |slot: &&Slot| slot.origin.is_none() || guides.contains(&slot.guide);
            let first = ledger.guides[guides.start as usize].first as usize;
            let slots = self.slots.get(first..).unwrap_or_default().iter().take_while(own);
            state.slots.extend(slots.map(Slot::note));
            while state.slots.last().is_some_and(|slot| slot.group.is_none()) {
                state.slots.pop();
            }
            product.state = keep(&state.encode())?;
            let mut shown = state.sources.iter().peekable();
            for guide in guides.clone() {
                let own = core::iter::from_fn(|| shown.next_if(|shown| shown.guide == guide));
                let note = &mut ledger.guides[guide as usize];
                note.sources = digest(own.map(|shown| shown.hash));
                note.slots = self.guides.extent(guide).1;
                note.faces = keep(&core::mem::take(&mut self.faces[guide as usize]))?;
            }
            first_guide = guides.end;
            ledger.products.push(product);
        }
        Ok(())
    }

    fn put_words<E: From<Error>>(
        &mut self,
        ledger: &mut Ledger,
        shelves: &mut Shelves,
        unspill: Unspill<'_, E>,
        out: &mut Out<'_, E>,
    ) -> Result<(), E> {
        ledger.postings = self.terms.postings() as u32;
        ledger.terms = self.terms.count(unspill)? as u32;
        ledger.shard_bytes = self.settings.shard_bytes(ledger.terms, ledger.postings);
        let shard_bytes = ledger.shard_bytes as usize;
        let mut words = WordShards::new(shard_bytes * ADDRESS_SHARDS, shelves);
        put_addresses(core::mem::take(&mut self.addresses), &mut words, unspill, out)?;
        ledger.addresses = core::mem::take(&mut words.notes);
        words.set_shard_bytes(shard_bytes);
        let lengths: Vec<Lengths> = self.slots.iter().map(|slot| slot.lengths).collect();
        let scales = Scales { lengths: &lengths, averages: self.totals.averages() };
        let is_newest = |slot: u32| self.slots[slot as usize].is_newest;
        let summary = &mut self.summary;
        let mut lexicon = Lexicon::default();
        let terms = core::mem::take(&mut self.terms);
        terms.merge(unspill, |key, kept| {
            let term = Gathered::read(kept).ok_or(CORRUPT)?;
            let term = MergedTerm::of(key, &term, &scales, &is_newest).ok_or(CORRUPT)?;
            summary.terms += 1;
            summary.postings += term.postings.len() as u64;
            lexicon.add(&typed(&term)).ok_or(CORRUPT)?;
            words.add_term(term, kept, &is_newest, out)
        })?;
        words.close(out)?;
        ledger.words = core::mem::take(&mut words.notes);
        put_lexicon(lexicon, &mut words, out)?;
        ledger.lexicon = core::mem::take(&mut words.notes);
        let late = LateTerms::merged(core::mem::take(&mut self.late), unspill)?;
        ledger.late = late.put(&scales, &is_newest, shelves, out)?;
        summary.tier_shards = ledger.words.iter().map(|shard| shard.tiers.len() as u32).sum();
        let shards = ledger.addresses.len() + ledger.words.len() + ledger.lexicon.len();
        summary.word_shards = shards as u32;
        Ok(())
    }

    fn block_size(&self) -> BlockSize {
        let is_taken = |slot: u32| self.slots[slot as usize].origin.is_some();
        BlockSize::for_index(self.summary.chunks, is_taken, self.slots.len() as u32)
    }

    /// Writes all texts; what their groups are.
    fn put_texts<E: From<Error>>(
        &mut self,
        size: BlockSize,
        shelves: &mut Shelves,
        recall: Recall<'_, E>,
        unspill: Unspill<'_, E>,
        emit: Emit<'_, E>,
    ) -> Result<Vec<GroupNote>, E> {
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
        let mut groups = Vec::new();
        for (slot, at) in (0..).zip(core::mem::take(&mut self.slots)) {
            let record = match at.origin {
                Some((source, chunk)) => {
                    let near = near.remove(&slot).unwrap_or_default();
                    let others = placements(&others.of(slot, unspill)?).ok_or(CORRUPT)?;
                    Some(stored((at.guide, at.group), near, others, &recall(source, chunk)?)?)
                }
                None => None,
            };
            if let Some(group) = texts.push(record) {
                groups.push(put_group(group, (size, groups.len() as u32), shelves, emit)?);
            }
        }
        if !texts.is_empty() {
            groups.push(put_group(texts.finish(), (size, groups.len() as u32), shelves, emit)?);
        }
        self.summary.text_shards = groups.iter().map(|group| group.blocks.count_ones()).sum();
        Ok(groups)
    }
}

impl Settings {
    /// How large shards are that hold so many terms and postings; an edit hardly ever changes it.
    pub(crate) fn shard_bytes(&self, terms: u32, postings: u32) -> u32 {
        let packed_bytes = rounded(u64::from(postings) * 5 / 4 + u64::from(terms) * 8) as usize;
        let (least, most) = self.shard_bytes;
        (packed_bytes / SHARDS_IN_ROOT).clamp(least, most) as u32
    }
}

impl Slot {
    fn note(&self) -> SlotNote {
        SlotNote { group: self.origin.map(|_| self.group), lengths: self.lengths }
    }
}

/// Many sources in one number.
pub(crate) fn digest(hashes: impl Iterator<Item = u64>) -> u64 {
    let mut hasher = Fnv::default();
    hashes.for_each(|hash| hasher.write_u64(hash));
    hasher.finish()
}

/// Writes a group of texts.
pub(crate) fn put_group<E>(
    group: Group,
    (size, number): (BlockSize, u32),
    shelves: &mut Shelves,
    emit: Emit<'_, E>,
) -> Result<GroupNote, E> {
    let mut note = GroupNote { hash: group.hash, blocks: 0 };
    for (block, bytes) in group.blocks {
        note.blocks |= 1 << block;
        let id = ShardId::Texts(group.hash, size.first_block(number) + block);
        shelves.put_named(id, bytes, emit)?;
    }
    Ok(note)
}

/// Writes the shards of the words themselves, behind all terms.
pub(crate) fn put_lexicon<E>(
    lexicon: Lexicon,
    words: &mut WordShards<'_>,
    out: &mut Out<'_, E>,
) -> Result<(), E> {
    lexicon.finish(|key, surfaces| {
        words.add(&WordEntry { key, surfaces, inline: &[], hot: None }, &[], out)
    })?;
    words.close(out)
}

fn placements(values: &[Vec<u8>]) -> Option<Vec<Placement>> {
    let mut places = Vec::new();
    for_each_value(values, |place| {
        places.push(Placement::decode(&mut Cursor::new(place))?);
        Some(())
    })?;
    Some(places)
}

/// A record as it is stored, with all that only the merge knows: its guide, what stands for it, what it stands for, where else it stands.
pub(crate) fn stored(
    (guide, group): (u32, u32),
    near: Vec<DocumentId>,
    others: Vec<Placement>,
    record: &[u8],
) -> Result<Vec<u8>, Error> {
    let mut record = Record::decode(record)?;
    record.place.guide_number = guide;
    record.group = DocumentId(group);
    record.near = near;
    record.others = others;
    Ok(record.encode())
}

const CORRUPT: Error = Error::Corrupt(Part::Scratch);

const _: () =
    assert!(GROUP_SLOTS.is_multiple_of(GUIDE_SLOTS), "a guide's slack must not straddle groups");
