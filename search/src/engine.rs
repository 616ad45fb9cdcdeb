//! An open index and the shards of it that were fed so far.
//!
//! In: a root, then shards in any order. Out: the bytes of shards, and the names of those that are still needed (`ask` and
//! `fetch` ask for them). Never fetches anything, never waits, never panics on bytes: damage is an error that says which part.

use alloc::vec::Vec;

use crate::answer::Reply;
use crate::bytes::Cursor;
use crate::checksum::unsealed;
use crate::context::Context;
use crate::directory::Directory;
use crate::error::{Error, Part};
use crate::guides::GuideTable;
use crate::ids::{ROOT, ShardId, sealed_as};
use crate::record::Record;
use crate::root::{GROUPS_PER_PAGE, Names, Root};
use crate::semantic::map::Map;
use crate::semantic::rows::ELSEWHERE_SHARDS;
use crate::texts::{GROUP_SLOTS, record_in};

/// An open index and the shards of it that were fed so far. It never fetches anything itself.
pub struct Engine {
    pub(crate) root: Root,
    /// In order of their ids.
    shards: Vec<(ShardId, Vec<u8>)>,
    /// The pages of the directory that were fed.
    pages: Vec<(u32, Directory)>,
    pub(crate) guides: Option<GuideTable>,
    pub(crate) map: Option<Map>,
    context: Option<Context>,
}

impl Engine {
    /// Opens an index by its root, the inflated payload of `search/root.js` with its checksum.
    ///
    /// # Errors
    /// [`Error::Version`] for an index of another version, [`Error::Corrupt`] for bytes that are no root.
    pub fn open(root: &[u8]) -> Result<Engine, Error> {
        let mut root = Root::decode(root)?;
        let context = match &mut root.context {
            Names::Here(context) => Some(core::mem::take(context)),
            Names::Apart(_) => None,
        };
        let (shards, pages) = (Vec::new(), Vec::new());
        Ok(Engine { root, shards, pages, guides: None, map: None, context })
    }

    /// How many distinct passages the index has.
    #[must_use]
    pub fn documents(&self) -> u32 {
        self.root.documents
    }

    /// Takes the inflated payload of the file `search/<id>.js`, with its checksum.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for cut, changed or swapped bytes, [`Error::Foreign`] for a shard that this root does not name.
    /// The shard is then not taken, and still needed.
    pub fn feed(&mut self, id: &str, raw: &[u8]) -> Result<(), Error> {
        if id == ROOT {
            return Err(Error::Foreign);
        }
        let shard = ShardId::parse(id).ok_or(Error::Foreign)?;
        let corrupt = Error::Corrupt(shard.part());
        let body = unsealed(sealed_as(id), raw).ok_or(corrupt)?;
        match shard {
            ShardId::Guides(hash) if hash == self.root.guides => {
                self.guides = Some(GuideTable::decode(body)?);
            }
            ShardId::Context(hash) if self.root.context == Names::Apart(hash) => {
                self.context = Some(Context::decode(body)?);
            }
            ShardId::Directory(hash)
                if self.root.directory_is_paged && self.root.directory.contains(hash) =>
            {
                let page = Directory::read(&mut Cursor::new(body)).ok_or(corrupt)?;
                self.pages.push((hash, page));
            }
            ShardId::Directory(hash)
                if self.root.groups_are_paged && self.root.groups.contains(&hash) =>
            {
                self.keep(shard, body);
            }
            ShardId::Words(hash) if hash == self.root.late || self.names_words(hash) => {
                self.keep(shard, body);
            }
            ShardId::Texts(..) if self.names_texts(shard) => self.keep(shard, body),
            // Named by the words that they belong to, and by their own bytes: one of another build is never asked for.
            ShardId::Tier(_) => self.keep(shard, body),
            ShardId::Meaning(hash) if hash == self.root.meaning.map => {
                let Root { slots, newest, .. } = &self.root;
                self.map = Some(Map::decode(body, *slots, newest).ok_or(corrupt)?);
            }
            ShardId::Meaning(hash) if self.names_vectors(hash) => self.keep(shard, body),
            ShardId::Rows(hash) if self.names_rows(hash) => self.keep(shard, body),
            ShardId::Filter(hash) if self.names_lists(hash) => self.keep(shard, body),
            _ => return Err(Error::Foreign),
        }
        Ok(())
    }

    fn keep(&mut self, id: ShardId, body: &[u8]) {
        if let Err(at) = self.position(id) {
            self.shards.insert(at, (id, body.into()));
        }
    }

    fn position(&self, id: ShardId) -> Result<usize, usize> {
        self.shards.binary_search_by(|(known, _)| known.cmp(&id))
    }

    /// A shard's bytes, or a note that it is needed.
    pub(crate) fn shard(&self, id: ShardId, needs: &mut Needs) -> Option<&[u8]> {
        match self.position(id) {
            Ok(at) => Some(&self.shards[at].1),
            Err(_) => needs.add(id),
        }
    }

    fn names_words(&self, hash: u32) -> bool {
        match self.root.directory_is_paged {
            true => self.pages.iter().any(|(_, page)| page.contains(hash)),
            false => self.root.directory.contains(hash),
        }
    }

    fn names_rows(&self, hash: u32) -> bool {
        let id = self.root.meaning;
        id.all_rows() == Some(ShardId::Rows(hash))
            || self.names_words(hash ^ id.stamp)
            || (id.is_taught() && hash ^ id.stamp < ELSEWHERE_SHARDS)
    }

    fn names_texts(&self, shard: ShardId) -> bool {
        let ShardId::Texts(_, block) = shard else { return false };
        let group = self.root.block_size.group(block);
        self.texts(group, block, &mut Needs::default()) == Some(shard)
    }

    fn names_vectors(&self, hash: u32) -> bool {
        self.map.as_ref().is_some_and(|map| map.names(hash))
    }

    fn names_lists(&self, hash: u32) -> bool {
        self.guides.as_ref().is_some_and(|guides| guides.names_lists(hash))
            || self.context.as_ref().is_some_and(|context| context.names_lists(hash))
    }

    /// The names that a query may say.
    pub(crate) fn context(&self, needs: &mut Needs) -> Option<&Context> {
        match &self.root.context {
            Names::Apart(hash) if self.context.is_none() => needs.add(ShardId::Context(*hash)),
            _ => self.context.as_ref(),
        }
    }

    /// The part of the directory where a key stands if it stands anywhere.
    pub(crate) fn directory_for(&self, key: &[u8], needs: &mut Needs) -> Option<&Directory> {
        if !self.root.directory_is_paged {
            return Some(&self.root.directory);
        }
        let wanted = self.root.directory.hash(self.root.directory.find(key))?;
        let page = self.pages.iter().find(|(hash, _)| *hash == wanted).map(|(_, page)| page);
        page.or_else(|| needs.add(ShardId::Directory(wanted)))
    }

    /// The record of a passage; `None` if its shard is still needed.
    pub(crate) fn record(&self, document: u32, needs: &mut Needs) -> Result<Option<Record>, Error> {
        self.record_bytes(document, needs)?.map(Record::decode).transpose()
    }

    /// The title of a passage; `None` if its shard is still needed.
    pub(crate) fn title(&self, document: u32, needs: &mut Needs) -> Result<Option<&str>, Error> {
        self.record_bytes(document, needs)?.map(Record::title_in).transpose()
    }

    fn record_bytes(&self, document: u32, needs: &mut Needs) -> Result<Option<&[u8]>, Error> {
        let block = self.texts_of(document, needs).and_then(|id| self.shard(id, needs));
        match block {
            Some(block) => record_in(block, self.root.block_size.place(document)).map(Some),
            None if needs.is_empty() => Err(Error::Corrupt(Part::Texts)),
            None => Ok(None),
        }
    }

    fn texts_of(&self, document: u32, needs: &mut Needs) -> Option<ShardId> {
        self.texts(document / GROUP_SLOTS, self.root.block_size.block(document), needs)
    }

    fn texts(&self, group: u32, block: u32, needs: &mut Needs) -> Option<ShardId> {
        let group = group as usize;
        let hash = if self.root.groups_are_paged {
            let page = ShardId::Directory(*self.root.groups.get(group / GROUPS_PER_PAGE)?);
            let page = self.shard(page, needs)?;
            let at = group % GROUPS_PER_PAGE * size_of::<u32>();
            u32::from_le_bytes(page.get(at..at + size_of::<u32>())?.try_into().ok()?)
        } else {
            *self.root.groups.get(group)?
        };
        Some(ShardId::Texts(hash, block))
    }
}

/// Shards to be fetched, each once.
#[derive(Default)]
pub(crate) struct Needs(Vec<ShardId>);

impl Needs {
    /// Notes a shard; the `None` is for whoever would have had it.
    pub(crate) fn add<T>(&mut self, id: ShardId) -> Option<T> {
        if !self.0.contains(&id) {
            self.0.push(id);
        }
        None
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_ids(self) -> Vec<alloc::string::String> {
        self.0.into_iter().map(ShardId::text).collect()
    }

    pub(crate) fn into_reply(self) -> Reply {
        Reply::Need(self.into_ids())
    }
}
