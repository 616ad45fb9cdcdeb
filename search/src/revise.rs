//! An index changed after an edit: only the shards that the edit shows in are made again.
//!
//! In: the ledger of the merge before, the library's guides with the hashes of their sources, and what sources yielded, on demand.
//! Out: the shards that are not there yet, and the next ledger; or nothing, where a whole merge is due, because something changed
//! that shows in every shard, or too much. The index is the same, byte for byte, as a whole merge would make it. Writer only.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use crate::addresses::{ADDRESS_SHARDS, address_slots, put_address};
use crate::bytes::Cursor;
use crate::edits::{Change, Edits, Entry, Moved, put_chain};
use crate::error::{Error, Part};
use crate::faces::{read_faces, renewed_faces};
use crate::former::{self, Former, FormerGuide, FormerSlot, FormerWriter, Present};
use crate::gathered::Gathered;
use crate::guides::{GuideEntry, GuideTableWriter};
use crate::hash::Table;
use crate::late::{self, Base, LateTerms};
use crate::ledger::{Bring, Keep, Ledger, ListNote, Product, Shown, Shows, SlotNote};
use crate::lexicon::Lexicon;
use crate::lists;
use crate::merge::MergedTerm;
use crate::numbering::Numbering;
use crate::retext;
use crate::rootwriter::put_root;
use crate::semantic::write::{Meaning, Numbered};
use crate::shelves::{Emit, Out, Shelves, WordShards};
use crate::slots::Slots;
use crate::texts::BlockSize;
use crate::weights::Lengths;
use crate::writer::{Settings, digest, put_lexicon};

const CORRUPT: Error = Error::Corrupt(Part::Scratch);

/// Where more than one chunk of so many is numbered anew, a whole merge is hardly dearer.
const CHANGED_SHARE_MAX: usize = 8;
/// So many chunks are never too many.
const CHANGED_MIN: usize = 2_000;

/// What a source yielded: a record for each of its chunks, and its segment.
#[derive(Debug, Clone, Default)]
pub struct Yield {
    /// Encoded.
    pub records: Vec<Vec<u8>>,
    /// Encoded.
    pub segment: Vec<u8>,
}

/// Says what passages mean.
pub type Mean<'m, E> = &'m mut dyn FnMut(&[Numbered]) -> Result<Option<Meaning>, E>;

/// What a revision needs.
pub struct Revision<'a, E> {
    /// Those of the merge before.
    pub settings: Settings,
    /// What that merge wrote down.
    pub ledger: &'a [u8],
    /// How it numbered passages.
    pub numbers: &'a [u8],
    /// All guides in order, each with the hashes of its sources.
    pub guides: &'a [(GuideEntry, Vec<u64>)],
    /// Brings what a source yielded: those of now, and those of the merge before.
    pub fetch: &'a mut dyn FnMut(u64) -> Result<Yield, E>,
    /// Says what all passages mean, the same as for a whole merge.
    pub meaning: Mean<'a, E>,
    /// Brings what was kept.
    pub bring: Bring<'a, E>,
    /// Keeps for the next revision.
    pub keep: Keep<'a, E>,
    /// Receives the shards that are not there yet. They count only if the revision comes to its end.
    pub emit: Emit<'a, E>,
}

/// What was revised.
#[derive(Debug, Clone)]
pub struct Revised {
    /// The ledger for the next revision.
    pub ledger: Vec<u8>,
    /// How passages are numbered now.
    pub numbers: Vec<u8>,
    /// The ids of all shards but the root, whether they are new or were there.
    pub ids: Vec<String>,
}

/// Changes an index; `None` if it has to be made anew.
///
/// # Errors
/// What the callbacks say, and [`Error`] as `E` for a ledger or a kept piece that is damaged.
pub fn revise<E: From<Error>>(revision: Revision<'_, E>) -> Result<Option<Revised>, E> {
    let Revision { settings, ledger, numbers, guides, fetch, meaning, bring, keep, emit } =
        revision;
    let old = Ledger::decode(ledger).ok_or(CORRUPT)?;
    let entries = old.guides.iter().map(|guide| guide.entry);
    if !entries.eq(guides.iter().map(|(entry, _)| entry.digest()))
        || former::sum(numbers) != old.numbers
    {
        return Ok(None);
    }
    let former = Former::decode(numbers).ok_or(CORRUPT)?;
    let mut shelves = Shelves::holding(old.sums());
    let mut state = State { guides, new: old.clone(), products: Vec::new(), former };
    if !state.number(&old, fetch, bring, keep)? || !state.is_close() {
        return Ok(None);
    }
    let slots = Slots::of(&state);
    if former::is_worn(slots.totals[1].documents(), slots.guides.len() as u32) {
        return Ok(None);
    }
    let numbers = state.numbers();
    let base = core::mem::take(&mut state.former.base);
    state.new.numbers = former::sum(&numbers);
    if slots.totals[0].averages() != slots.totals[1].averages() {
        return Ok(None);
    }
    let size = BlockSize::of(old.block_slots).ok_or(CORRUPT)?;
    let is_taken = |slot: u32| slots.guides[slot as usize].is_some();
    if BlockSize::for_index(state.chunks(), is_taken, slots.guides.len() as u32) != size {
        return Ok(None);
    }
    let edits = Edits::of(&state, &slots, &base, fetch)?;
    let mut late = LateTerms::brought(old.late.as_ref(), bring)?;
    late.change(edits.late)?;
    if late::are_too_many(slots.late(&base), late.postings()) {
        return Ok(None);
    }
    let mut out = Out { emit, keep };
    let shard_bytes = old.shard_bytes as usize;
    let mut words = WordShards::new(shard_bytes * ADDRESS_SHARDS, &mut shelves);
    state.put_addresses(&old, edits.addresses, &mut words, bring, &mut out)?;
    words.set_shard_bytes(shard_bytes);
    state.put_terms(&old, edits.terms, &slots, &mut words, bring, &mut out)?;
    state.put_lexicon(&mut words, bring, &mut out)?;
    if settings.shard_bytes(state.new.terms, state.new.postings) != old.shard_bytes {
        return Ok(None);
    }
    state.put_late(&late, &slots, &mut shelves, &mut out)?;
    let Out { emit, keep } = out;
    let table = state.put_lists(&slots, &mut shelves, emit)?;
    let texts = retext::put(&state, &slots, (&old.groups, size), &mut shelves, fetch, emit)?;
    state.new.groups = texts;
    state.keep_products(keep)?;
    let sizes = (slots.totals[1].documents(), slots.guides.len() as u32);
    let meaning = meaning(&state.passages())?;
    put_root(sizes, (&table, meaning.as_ref()), &mut state.new, &mut shelves, emit)?;
    let (ledger, ids) = (state.new.encode(), state.new.ids());
    Ok((!shelves.has_taken_name).then_some(Revised { ledger, numbers, ids }))
}

/// The library as it was and as it is.
pub(crate) struct State<'a> {
    pub(crate) guides: &'a [(GuideEntry, Vec<u64>)],
    /// The ledger in the making.
    new: Ledger,
    pub(crate) products: Vec<Numbers>,
    /// How passages were numbered; of the products that changed, how they are.
    former: Former,
}

/// How a product was numbered and how it is.
pub(crate) struct Numbers {
    guides: Range<u32>,
    /// Its first slot.
    pub(crate) first: u32,
    pub(crate) old: Product,
    /// None if nothing of it changed.
    pub(crate) new: Option<Product>,
}

impl Numbers {
    pub(crate) fn now(&self) -> &Product {
        self.new.as_ref().unwrap_or(&self.old)
    }
}

impl State<'_> {
    /// Numbers the products in which sources changed; false if that moves any other product.
    fn number<E: From<Error>>(
        &mut self,
        old: &Ledger,
        fetch: &mut dyn FnMut(u64) -> Result<Yield, E>,
        bring: Bring<'_, E>,
        keep: Keep<'_, E>,
    ) -> Result<bool, E> {
        let mut first_guide = 0;
        for note in &old.products {
            let range = first_guide..first_guide + note.guides;
            first_guide = range.end;
            let first = old.guides.get(range.start as usize).ok_or(CORRUPT)?.first;
            let state = Product::decode(&bring(note.state)?).ok_or(CORRUPT)?;
            let is_changed = |guide: u32| {
                let hashes = self.guides[guide as usize].1.iter().copied();
                digest(hashes) != old.guides[guide as usize].sources
            };
            let mut numbers = Numbers { guides: range.clone(), first, old: state, new: None };
            if range.clone().any(is_changed) {
                let changed: Vec<bool> = range.clone().map(is_changed).collect();
                let end = self.renumber(&mut numbers, &changed, fetch, bring, keep)?;
                let next = old.guides.get(range.end as usize);
                if next.is_some_and(|next| next.first < end) {
                    return Ok(false);
                }
            }
            self.products.push(numbers);
        }
        Ok(true)
    }

    /// Numbers a product anew; says one past its last slot.
    fn renumber<E: From<Error>>(
        &mut self,
        numbers: &mut Numbers,
        changed: &[bool],
        fetch: &mut dyn FnMut(u64) -> Result<Yield, E>,
        bring: Bring<'_, E>,
        keep: Keep<'_, E>,
    ) -> Result<u32, E> {
        let range = numbers.guides.clone();
        let mut faces = Vec::with_capacity(changed.len());
        for (guide, is_changed) in range.clone().zip(changed) {
            let sources = &self.guides[guide as usize].1;
            let note = &mut self.new.guides[guide as usize];
            let mut own = bring(note.faces)?;
            if *is_changed {
                own = renewed_faces(&own, sources, fetch)?;
                note.faces = keep(&own)?;
                note.sources = digest(sources.iter().copied());
            }
            faces.push(own);
        }
        let mut numbering = self.numbering(range.clone(), numbers.first, &faces)?;
        let mut product = Product::default();
        for (guide, faces) in range.clone().zip(&faces) {
            let entry = &self.guides[guide as usize].0;
            if guide == range.start || !entry.is_of_edition(&self.guides[guide as usize - 1].0) {
                numbering.start_edition();
            }
            let first = numbering.start_guide(entry);
            let mut own = FormerGuide { first, slots: Vec::new() };
            let mut cursor = Cursor::new(faces);
            while !cursor.is_at_end() {
                let notes = (&mut product.slots, &mut own.slots);
                let by = (&mut numbering, &self.former.base);
                let shown = number_source(&mut cursor, guide, by, notes, numbers.first);
                product.sources.push(shown.ok_or(CORRUPT)?);
            }
            own.slots.sort_unstable();
            let note = &mut self.new.guides[guide as usize];
            note.first = first;
            note.slots = own.slots.last().map_or(0, |last| last.slot + 1 - first);
            self.former.guides.insert(entry.digest(), own);
        }
        numbers.new = Some(product);
        Ok(numbering.end())
    }

    /// Ready to number a product of these guides, with these faces, whose numbers begin at `first`.
    fn numbering(
        &self,
        range: Range<u32>,
        first: u32,
        faces: &[Vec<u8>],
    ) -> Result<Numbering, Error> {
        let mut former = Former::default();
        let mut present = Present::default();
        for (guide, faces) in range.clone().zip(faces) {
            present.entry = self.guides[guide as usize].0.digest();
            let slots = self.former.guides.get(&present.entry);
            former.guides.insert(present.entry, slots.cloned().unwrap_or_default());
            let mut cursor = Cursor::new(faces);
            while !cursor.is_at_end() {
                let read = read_faces(&mut cursor, |likeness, _| present.add(&likeness));
                read.ok_or(CORRUPT)?;
            }
            present.close_guide(&mut former);
        }
        let mut numbering = Numbering::after(former);
        let before = &self.new.guides[..range.start as usize];
        numbering.skip(before.iter().map(|guide| guide.first), first);
        let entry = |guide: u32| &self.guides[guide as usize].0;
        if range.clone().all(|guide| entry(guide).is_of_edition(entry(range.start))) {
            numbering.find_none_near();
        }
        Ok(numbering)
    }

    /// The record of all numbers.
    fn numbers(&self) -> Vec<u8> {
        let mut record = FormerWriter::default();
        let none = FormerGuide::default();
        for note in &self.new.guides {
            let guide = self.former.guides.get(&note.entry).unwrap_or(&none);
            record.add(note.entry, guide, &self.former.base);
        }
        record.finish()
    }

    /// All passages, in order of their numbers.
    fn passages(&self) -> Vec<Numbered> {
        let mut passages = Vec::new();
        let mut source = 0;
        for numbers in &self.products {
            let now = numbers.now();
            for shown in &now.sources {
                let is_newest = self.guides[shown.guide as usize].0.is_newest;
                for (chunk, shows) in (0..).zip(&shown.chunks).filter(|(_, at)| at.is_first) {
                    let slot = shows.slot;
                    let is_own = now.slots[(slot - numbers.first) as usize].group == Some(slot);
                    passages.push(Numbered { slot, source, chunk, is_newest, is_own });
                }
                source += 1;
            }
        }
        passages.sort_unstable_by_key(|passage| passage.slot);
        passages
    }

    /// How many there are.
    fn chunks(&self) -> u32 {
        let sources = self.products.iter().flat_map(|numbers| &numbers.now().sources);
        sources.map(|shown| shown.chunks.len() as u32).sum()
    }

    /// Whether few enough chunks are numbered anew.
    fn is_close(&self) -> bool {
        let chunks = |sources: Vec<&Shown>| -> usize {
            sources.iter().map(|shown| shown.chunks.len()).sum()
        };
        let changed: usize = self
            .products
            .iter()
            .map(|numbers| {
                let (gone, come) = numbers.differences();
                chunks(gone).max(chunks(come))
            })
            .sum();
        let all = self.products.iter().flat_map(|numbers| &numbers.old.sources);
        let all: usize = all.map(|shown| shown.chunks.len()).sum();
        changed <= CHANGED_MIN.max(all / CHANGED_SHARE_MAX)
    }

    fn put_addresses<E: From<Error>>(
        &mut self,
        old: &Ledger,
        edits: BTreeMap<Vec<u8>, Moved>,
        words: &mut WordShards<'_>,
        bring: Bring<'_, E>,
        out: &mut Out<'_, E>,
    ) -> Result<(), E> {
        let add = |words: &mut WordShards<'_>, entry: Entry<'_, Moved>, out: &mut Out<'_, E>| {
            let kept = entry.kept.unwrap_or_default();
            let mut slots = address_slots(kept).ok_or(CORRUPT)?;
            if let Some(moved) = &entry.edit {
                let mut gone = moved.gone.iter().peekable();
                slots.retain(|slot| gone.next_if_eq(&slot).is_none());
                if gone.next().is_some() {
                    return Err(CORRUPT.into());
                }
                slots.extend(&moved.come);
                slots.sort_unstable();
            }
            if slots.is_empty() { Ok(()) } else { put_address(entry.key, &slots, words, out) }
        };
        put_chain(&old.addresses, edits, words, bring, out, add)?;
        self.new.addresses = core::mem::take(&mut words.notes);
        Ok(())
    }

    fn put_terms<E: From<Error>>(
        &mut self,
        old: &Ledger,
        edits: BTreeMap<Vec<u8>, Change>,
        slots: &Slots,
        words: &mut WordShards<'_>,
        bring: Bring<'_, E>,
        out: &mut Out<'_, E>,
    ) -> Result<(), E> {
        let (scales, is_newest) = (slots.scales(), slots.is_newest(self.guides));
        let (mut terms, mut postings) = (i64::from(old.terms), i64::from(old.postings));
        let mut renewed = Vec::new();
        let add = |words: &mut WordShards<'_>, entry: Entry<'_, Change>, out: &mut Out<'_, E>| {
            let mut term = match entry.kept {
                Some(kept) => Gathered::read(kept).ok_or(CORRUPT)?,
                None => Gathered::default(),
            };
            let mut kept = entry.kept.unwrap_or_default();
            if let Some(change) = &entry.edit {
                terms -= i64::from(!term.is_empty());
                postings -= term.postings.len() as i64;
                term.take_away(&change.gone).ok_or(CORRUPT)?;
                term.add(&change.come);
                terms += i64::from(!term.is_empty());
                postings += term.postings.len() as i64;
                renewed.clear();
                term.write(&mut renewed);
                kept = &renewed;
            }
            if term.is_empty() {
                return Ok(());
            }
            let shown = MergedTerm::of(entry.key, &term, &scales, &is_newest).ok_or(CORRUPT)?;
            words.add_term(shown, kept, &is_newest, out)
        };
        put_chain(&old.words, edits, words, bring, out, add)?;
        self.new.words = core::mem::take(&mut words.notes);
        (self.new.terms, self.new.postings) = (terms as u32, postings as u32);
        Ok(())
    }

    fn put_late<E: From<Error>>(
        &mut self,
        late: &LateTerms,
        slots: &Slots,
        shelves: &mut Shelves,
        out: &mut Out<'_, E>,
    ) -> Result<(), E> {
        self.new.late = late.put(&slots.scales(), &slots.is_newest(self.guides), shelves, out)?;
        Ok(())
    }

    /// Makes the lexicon anew: any word may be among the most frequent of its beginning.
    fn put_lexicon<E: From<Error>>(
        &mut self,
        words: &mut WordShards<'_>,
        bring: Bring<'_, E>,
        out: &mut Out<'_, E>,
    ) -> Result<(), E> {
        let mut lexicon = Lexicon::default();
        for shard in &self.new.words {
            lexicon.add(&bring(shard.typed)?).ok_or(CORRUPT)?;
        }
        put_lexicon(lexicon, words, out)?;
        self.new.lexicon = core::mem::take(&mut words.notes);
        Ok(())
    }

    /// The lists of the products that changed, and the table of all guides.
    fn put_lists<E>(
        &mut self,
        slots: &Slots,
        shelves: &mut Shelves,
        emit: Emit<'_, E>,
    ) -> Result<GuideTableWriter, E> {
        let mut table = GuideTableWriter::default();
        let mut editions: Vec<u32> = Vec::with_capacity(self.guides.len());
        for (guide, note) in (0u32..).zip(&self.new.guides) {
            let entry = &self.guides[guide as usize].0;
            let is_next = |last: u32| self.guides[last as usize].0.is_of_edition(entry);
            let of_last = guide.checked_sub(1).filter(|last| is_next(*last));
            editions.push(of_last.map_or(guide, |last| editions[last as usize]));
            table.start(entry, note.first);
            table.reach(note.slots);
        }
        for (numbers, note) in self.products.iter().zip(&mut self.new.products) {
            let Some(product) = &numbers.new else { continue };
            let guide_of = |slot: u32| slots.guides[slot as usize].unwrap_or(u32::MAX);
            let lists = lists::shards(&product.sources, guide_of, |guide| editions[guide as usize]);
            note.lists.clear();
            for lists::ListShard { first_guide, guides, bytes } in lists {
                let sum = shelves.put(crate::ids::ShardId::Filter, bytes, emit)?.sum;
                note.lists.push(ListNote { first_guide, guides, sum });
            }
        }
        table.find_holes(|slot| slots.guides[slot as usize].is_some());
        for list in self.new.products.iter().flat_map(|product| &product.lists) {
            table.add_lists(list.first_guide, list.guides, crate::checksum::name_of(list.sum));
        }
        Ok(table)
    }

    fn keep_products<E>(&mut self, keep: Keep<'_, E>) -> Result<(), E> {
        for (numbers, note) in self.products.iter().zip(&mut self.new.products) {
            if let Some(product) = &numbers.new {
                note.state = keep(&product.encode())?;
            }
        }
        Ok(())
    }
}

impl Numbers {
    /// The sources whose chunks are no more where they were, and those whose chunks were not where they are.
    pub(crate) fn differences(&self) -> (Vec<&Shown>, Vec<&Shown>) {
        let Some(new) = &self.new else { return (Vec::new(), Vec::new()) };
        let mut standing: Table<u64, Vec<&Shown>> = Table::default();
        for shown in &self.old.sources {
            standing.entry(shown.hash).or_default().push(shown);
        }
        let mut come = Vec::new();
        for shown in &new.sources {
            let same = standing.get_mut(&shown.hash);
            match same.and_then(|same| Some((same.iter().position(|old| *old == shown)?, same))) {
                Some((at, same)) => drop(same.swap_remove(at)),
                None => come.push(shown),
            }
        }
        let is_left = |shown: &&Shown| {
            standing
                .get(&shown.hash)
                .is_some_and(|left| left.iter().any(|old| core::ptr::eq(*old, *shown)))
        };
        (self.old.sources.iter().filter(is_left).collect(), come)
    }
}

/// Numbers the chunks of the next source: notes of all slots, and the numbers of the guide. `first` is the product's first slot.
fn number_source(
    cursor: &mut Cursor<'_>,
    guide: u32,
    (numbering, base): (&mut Numbering, &Base),
    (slots, numbers): (&mut Vec<SlotNote>, &mut Vec<FormerSlot>),
    first: u32,
) -> Option<Shown> {
    let mut shown = Shown { hash: 0, guide, chunks: Vec::new() };
    shown.hash = read_faces(cursor, |likeness, lengths| {
        let numbered = numbering.number(&likeness);
        shown.chunks.push(Shows { slot: numbered.slot, is_first: numbered.group.is_some() });
        if numbered.group.is_some() {
            let slack = SlotNote { group: None, lengths: Lengths::default() };
            let at = (numbered.slot - first) as usize;
            slots.resize(slots.len().max(at + 1), slack);
            let lengths = base.weighed(numbered.slot, lengths);
            slots[at] = SlotNote { group: numbered.group, lengths };
            let (slot, identity) = (numbered.slot, likeness.identity[0]);
            numbers.push(FormerSlot { slot, identity, body: lengths.body });
        }
    })?;
    Some(shown)
}
