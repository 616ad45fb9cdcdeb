//! The merge: guides and segments in order, shards out as soon as they are complete.
//!
//! In: the library's guides, and each source's segment and records. Out: shards, the root last. Knows no files and no
//! compression: sizes are asked of the caller. Memory follows the postings, not the texts.

use alloc::string::String;
use alloc::vec::Vec;

use crate::answer::DocumentId;
use crate::checksum::{name, sealed};
use crate::directory::{Directory, separator};
use crate::error::{Error, Part};
use crate::guides::{GUIDE_SLOTS, GuideEntry, GuideTableWriter};
use crate::hash::Table;
use crate::ids::{ROOT, ShardId};
use crate::merge::{MergedTerm, Terms};
use crate::root::{
    DIRECTORY_PAGE_BYTES, GROUPS_IN_ROOT, GROUPS_PER_PAGE, LISTS_BYTES_IN_ROOT, Root,
};
use crate::segment::SegmentReader;
use crate::texts::{GROUP_SLOTS, Group, TextsWriter};
use crate::weights::{IdfSteps, LengthTotals, Lengths};
use crate::words::WordsWriter;

/// What the writer is told about the world outside.
pub struct Settings<'a> {
    /// How many bytes these bytes are when compressed as the shard files are; the sizes of shards go by it.
    pub compressed_bytes: &'a dyn Fn(&[u8]) -> usize,
    /// How large a shard of words should be when compressed.
    pub shard_bytes: usize,
}

/// Receives a shard: its id and its raw bytes, which the caller compresses and writes to `search/<id>.js`.
/// Shards may be compressed on other threads; their order means nothing.
pub type Emit<'e, E> = &'e mut dyn FnMut(String, Vec<u8>) -> Result<(), E>;

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Passages indexed.
    pub documents: u32,
    /// Distinct terms.
    pub terms: u32,
    /// Postings: pairs of a term and a passage.
    pub postings: u64,
    /// Shards of words.
    pub word_shards: u32,
    /// Shards of texts.
    pub text_shards: u32,
}

/// Merges segments into shards. Same guides, segments and records in the same order: same bytes.
pub struct IndexWriter<'a> {
    settings: Settings<'a>,
    guides: GuideTableWriter,
    /// The first slot of the guide at hand; what lies before it is slack.
    guide_first: usize,
    terms: Terms,
    texts: TextsWriter,
    /// The hashes of the groups of texts that are out already.
    groups: Vec<u32>,
    /// By slot; slack has none.
    lengths: Vec<Lengths>,
    totals: LengthTotals,
    summary: Summary,
}

impl<'a> IndexWriter<'a> {
    /// A writer that has seen nothing yet.
    #[must_use]
    pub fn new(settings: Settings<'a>) -> IndexWriter<'a> {
        IndexWriter {
            settings,
            guides: GuideTableWriter::default(),
            guide_first: 0,
            terms: Terms::default(),
            texts: TextsWriter::default(),
            groups: Vec::new(),
            lengths: Vec::new(),
            totals: LengthTotals::default(),
            summary: Summary::default(),
        }
    }

    /// The sources that follow belong to this guide. Guides may not be returned to.
    pub fn start_guide(&mut self, entry: &GuideEntry) {
        self.guide_first = self.lengths.len().next_multiple_of(GUIDE_SLOTS as usize);
        self.guides.start(entry, self.guide_first as u32);
    }

    /// Adds a source: its segment, and one encoded record for each of its passages, in order.
    /// Says the number of its first passage; the others follow without gaps.
    ///
    /// # Errors
    /// What `emit` says, and [`Error`] as `E` if the segment is not one or has another number of passages than records.
    pub fn add_source<E: From<Error>>(
        &mut self,
        segment: &[u8],
        records: &mut dyn Iterator<Item = Vec<u8>>,
        emit: Emit<'_, E>,
    ) -> Result<DocumentId, E> {
        let mut segment = SegmentReader::open(segment)?;
        while self.lengths.len() < self.guide_first {
            self.push_slot(Lengths::default(), None, emit)?;
        }
        let first = self.lengths.len() as u32;
        if self.lengths.len() + segment.lengths.len() > u32::MAX as usize / 2 {
            return Err(Error::TooLarge.into());
        }
        for lengths in core::mem::take(&mut segment.lengths) {
            let record = records.next().ok_or(Error::Corrupt(Part::Segment))?;
            self.totals.add(lengths);
            self.guides.add_document();
            self.summary.documents += 1;
            self.push_slot(lengths, Some(record), emit)?;
        }
        if records.next().is_some() {
            return Err(Error::Corrupt(Part::Segment).into());
        }
        self.terms.add(&mut segment, first)?;
        Ok(DocumentId(first))
    }

    fn push_slot<E>(
        &mut self,
        lengths: Lengths,
        record: Option<Vec<u8>>,
        emit: Emit<'_, E>,
    ) -> Result<(), E> {
        self.lengths.push(lengths);
        match self.texts.push(record) {
            Some(group) => self.emit_group(group, emit),
            None => Ok(()),
        }
    }

    fn emit_group<E>(&mut self, group: Group, emit: Emit<'_, E>) -> Result<(), E> {
        let first_block = self.groups.len() as u32 * 64;
        self.groups.push(group.hash);
        for (block, bytes) in group.blocks {
            self.summary.text_shards += 1;
            emit_shard(ShardId::Texts(group.hash, first_block + block), bytes, emit)?;
        }
        Ok(())
    }

    /// Writes what is left: texts, words, guides, directory and, last, the root (id `root`).
    ///
    /// # Errors
    /// What `emit` says.
    pub fn finish<E: From<Error>>(mut self, emit: Emit<'_, E>) -> Result<Summary, E> {
        if !self.texts.is_empty() {
            let group = self.texts.finish();
            self.emit_group(group, emit)?;
        }
        let mut root = Root {
            documents: self.summary.documents,
            slots: self.lengths.len() as u32,
            idf: IdfSteps::for_documents(self.summary.documents),
            ..Root::default()
        };
        let mut names = Names::default();
        let guides = self.guides.encode();
        root.guides = names.unique(&guides);
        emit_shard(ShardId::Guides(root.guides), guides, emit)?;
        let mut words = WordShards::new(&self.settings, &mut names);
        self.terms.merge(&self.lengths, self.totals.averages(), |term| words.add(term, emit))?;
        words.close(emit)?;
        self.summary.terms = words.terms;
        self.summary.postings = words.postings;
        self.summary.word_shards = words.directory.len() as u32;
        let directory = words.directory;
        (root.groups_are_paged, root.groups) = emit_groups(self.groups, &mut names, emit)?;
        let room_bytes = LISTS_BYTES_IN_ROOT.saturating_sub(root.groups.len() * size_of::<u32>());
        (root.directory_is_paged, root.directory) =
            emit_directory(directory, room_bytes, &mut names, emit)?;
        emit(ROOT.into(), root.encode())?;
        Ok(self.summary)
    }
}

/// Shards of words, cut where they have reached their size.
struct WordShards<'a> {
    settings: &'a Settings<'a>,
    names: &'a mut Names,
    shard: WordsWriter,
    directory: Directory,
    /// The separator of the shard at hand.
    separator: Vec<u8>,
    /// How many raw bytes make a full shard, as far as the last one tells.
    full_raw_bytes: usize,
    terms: u32,
    postings: u64,
}

impl<'a> WordShards<'a> {
    fn new(settings: &'a Settings<'a>, names: &'a mut Names) -> WordShards<'a> {
        WordShards {
            settings,
            names,
            shard: WordsWriter::default(),
            directory: Directory::default(),
            separator: Vec::new(),
            full_raw_bytes: settings.shard_bytes * 3 / 2,
            terms: 0,
            postings: 0,
        }
    }

    fn add<E>(&mut self, term: &MergedTerm<'_>, emit: Emit<'_, E>) -> Result<(), E> {
        self.terms += 1;
        self.postings += term.postings.len() as u64;
        let term_raw_bytes = term.postings.len() * 2 + term.key.len();
        let would_be = self.shard.raw_bytes() + term_raw_bytes;
        if !self.shard.is_empty() && would_be > self.full_raw_bytes {
            let last_key = Vec::from(self.shard.last_key());
            self.close(emit)?;
            self.separator = separator(&last_key, term.key).into();
        }
        self.shard.add(term.key, &term.surfaces, &term.postings);
        Ok(())
    }

    fn close<E>(&mut self, emit: Emit<'_, E>) -> Result<(), E> {
        if self.shard.is_empty() {
            return Ok(());
        }
        let bytes = self.shard.finish();
        let compressed_bytes = (self.settings.compressed_bytes)(&bytes).max(1);
        let exact = self.settings.shard_bytes as u64 * bytes.len() as u64 / compressed_bytes as u64;
        self.full_raw_bytes = (self.full_raw_bytes + exact as usize) / 2;
        let hash = self.names.unique(&bytes);
        self.directory.push(&self.separator, hash);
        emit_shard(ShardId::Words(hash), bytes, emit)
    }
}

/// Names given so far. Two shards of one content-hash would overwrite each other: the later takes the next free number.
#[derive(Default)]
struct Names(Table<u32, ()>);

impl Names {
    fn unique(&mut self, bytes: &[u8]) -> u32 {
        let mut hash = name(bytes);
        while self.0.insert(hash, ()).is_some() {
            hash = hash.wrapping_add(1);
        }
        hash
    }
}

fn emit_shard<E>(id: ShardId, bytes: Vec<u8>, emit: Emit<'_, E>) -> Result<(), E> {
    let id = id.text();
    let sealed = sealed(&id, bytes);
    emit(id, sealed)
}

/// Keeps the directory if it fits the root, else writes pages of it and gives the directory of those.
fn emit_directory<E>(
    directory: Directory,
    room_bytes: usize,
    names: &mut Names,
    emit: Emit<'_, E>,
) -> Result<(bool, Directory), E> {
    let mut bytes = Vec::new();
    directory.write(&mut bytes);
    if bytes.len() <= room_bytes {
        return Ok((false, directory));
    }
    let mut pages = Directory::default();
    for page in directory.pages(DIRECTORY_PAGE_BYTES) {
        bytes.clear();
        page.write(&mut bytes);
        let hash = names.unique(&bytes);
        pages.push(page.separator(0), hash);
        emit_shard(ShardId::Directory(hash), bytes.clone(), emit)?;
    }
    Ok((true, pages))
}

/// Keeps the hashes of groups if they fit the root, else writes pages of them and gives their hashes.
fn emit_groups<E>(
    groups: Vec<u32>,
    names: &mut Names,
    emit: Emit<'_, E>,
) -> Result<(bool, Vec<u32>), E> {
    if groups.len() <= GROUPS_IN_ROOT {
        return Ok((false, groups));
    }
    let mut pages = Vec::new();
    for page in groups.chunks(GROUPS_PER_PAGE) {
        let bytes: Vec<u8> = page.iter().copied().flat_map(u32::to_le_bytes).collect();
        let hash = names.unique(&bytes);
        pages.push(hash);
        emit_shard(ShardId::Directory(hash), bytes, emit)?;
    }
    Ok((true, pages))
}

const _: () =
    assert!(GROUP_SLOTS.is_multiple_of(GUIDE_SLOTS), "a guide's slack must not straddle groups");
