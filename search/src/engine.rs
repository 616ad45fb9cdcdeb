//! Plan, feed, ask: the reader's face.
//!
//! In: a root, then shards in any order, then questions. Out: what is still needed, or answers. Never fetches anything,
//! never waits, never panics on bytes: damage is an error that says which part.

use alloc::vec::Vec;

use crate::answer::{Answer, DocumentId, Facet, Hit, Reply, Word};
use crate::checksum::unsealed;
use crate::directory::Directory;
use crate::error::{Error, Part};
use crate::guides::GuideTable;
use crate::ids::{ROOT, ShardId};
use crate::lookup::{Lookups, look_up};
use crate::page::Page;
use crate::plan::{Plan, Term};
use crate::query::{Facets, Query};
use crate::rank::{Ranked, Scores, Weighed};
use crate::root::{GROUPS_PER_PAGE, Root};
use crate::snippet::{Mark, snippet};
use crate::text::Kind;
use crate::texts::{BLOCK_SLOTS, GROUP_SLOTS, record_in};

/// How many shards the words that begin with the last one may cost on top.
const EXTRA_SHARDS_MAX: usize = 2;

/// An open index and the shards of it that were fed so far. It never fetches anything itself.
pub struct Engine {
    root: Root,
    shards: Vec<(ShardId, Vec<u8>)>,
    /// The pages of the directory that were fed.
    pages: Vec<(u32, Directory)>,
    guides: Option<GuideTable>,
}

impl Engine {
    /// Opens an index by its root, the inflated payload of `search/root.js` with its checksum.
    ///
    /// # Errors
    /// [`Error::Version`] for an index of another version, [`Error::Corrupt`] for bytes that are no root.
    pub fn open(root: &[u8]) -> Result<Engine, Error> {
        let root = Root::decode(root)?;
        Ok(Engine { root, shards: Vec::new(), pages: Vec::new(), guides: None })
    }

    /// How many passages the index has.
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
        let body = unsealed(id, raw).ok_or(corrupt)?;
        match shard {
            ShardId::Guides(hash) if hash == self.root.guides => {
                self.guides = Some(GuideTable::decode(body)?);
            }
            ShardId::Directory(hash)
                if self.root.directory_is_paged && self.root.directory.contains(hash) =>
            {
                let page = Directory::read(&mut crate::bytes::Cursor::new(body)).ok_or(corrupt)?;
                self.pages.push((hash, page));
            }
            ShardId::Directory(hash)
                if self.root.groups_are_paged && self.root.groups.contains(&hash) =>
            {
                self.keep(shard, body);
            }
            ShardId::Words(hash) if self.names_words(hash) => self.keep(shard, body),
            ShardId::Texts(..) if self.names_texts(shard) => self.keep(shard, body),
            _ => return Err(Error::Foreign),
        }
        Ok(())
    }

    fn keep(&mut self, id: ShardId, body: &[u8]) {
        if self.shard(id).is_none() {
            self.shards.push((id, body.into()));
        }
    }

    fn shard(&self, id: ShardId) -> Option<&[u8]> {
        self.shards.iter().find(|(known, _)| *known == id).map(|(_, bytes)| bytes.as_slice())
    }

    fn names_words(&self, hash: u32) -> bool {
        match self.root.directory_is_paged {
            true => self.pages.iter().any(|(_, page)| page.contains(hash)),
            false => self.root.directory.contains(hash),
        }
    }

    fn names_texts(&self, shard: ShardId) -> bool {
        let ShardId::Texts(_, block) = shard else { return false };
        block
            .checked_mul(BLOCK_SLOTS)
            .is_some_and(|slot| self.texts_of(slot, &mut Needs::default()) == Some(shard))
    }

    /// Answers, or says which shards are needed first. Changes nothing.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if a shard's checksum held but its inside makes no sense.
    pub fn ask(&self, query: &Query) -> Result<Reply, Error> {
        let plan = Plan::of(&query.text);
        let mut needs = Needs::default();
        let ranges = self.ranges(query, &mut needs);
        let shards: Vec<Vec<&[u8]>> =
            plan.terms.iter().map(|term| self.words_of(term, &mut needs)).collect();
        let Some(ranges) = ranges.filter(|_| needs.0.is_empty()) else {
            return Ok(needs.into_reply());
        };
        let found = self.look_up_all(&plan, &shards)?;
        let scores = Scores::of(&found.weighed, self.root.slots)?;
        let page = Page::new(query.offset, query.limit, distinct(&shards));
        let wanted = page.ranked_wanted().min(self.root.documents as usize);
        let page = page.of(scores.best_in(&ranges, wanted));
        let texts: Vec<Option<&[u8]>> =
            page.iter().map(|ranked| self.text_of(ranked.document, &mut needs)).collect();
        if !needs.0.is_empty() {
            return Ok(needs.into_reply());
        }
        let marks = found.marks(&plan);
        let hits = page.iter().zip(texts).map(|(ranked, block)| hit(*ranked, block, &marks));
        Ok(Reply::Answer(Answer {
            total: ranges.iter().map(|(first, end)| scores.count_in(*first, *end)).sum(),
            hits: hits.collect::<Result<Vec<Hit>, Error>>()?,
            words: found.words(&plan),
            facets: self.facets(query, &scores),
        }))
    }

    fn facets(&self, query: &Query, scores: &Scores) -> Vec<Facet> {
        match (query.facets, &self.guides) {
            (Facets::Count, Some(guides)) => {
                guides.facets(query, |first, end| scores.count_in(first, end))
            }
            _ => Vec::new(),
        }
    }

    /// The passages that the filters let through, once the guide table is there if it is needed.
    fn ranges(&self, query: &Query, needs: &mut Needs) -> Option<Vec<(u32, u32)>> {
        let has_filter = [&query.vendor, &query.product, &query.version, &query.guide]
            .into_iter()
            .any(Option::is_some);
        if (has_filter || query.facets == Facets::Count) && self.guides.is_none() {
            return needs.add(ShardId::Guides(self.root.guides));
        }
        let guides = self.guides.as_ref().filter(|_| has_filter);
        Some(
            guides.map_or_else(|| Vec::from([(0, self.root.slots)]), |guides| guides.ranges(query)),
        )
    }

    /// The shards where a term, and words that begin with it, may stand.
    fn words_of(&self, term: &Term, needs: &mut Needs) -> Vec<&[u8]> {
        let mut hashes = Vec::new();
        let Some(directory) = self.directory_for(&term.key, needs) else { return Vec::new() };
        let exact = directory.find(&term.key);
        hashes.extend(directory.hash(exact));
        if term.is_prefix && term.key == term.text.as_bytes() {
            let first = directory.find(&term.key);
            let last = directory.find_last(&term.key).min(first + EXTRA_SHARDS_MAX);
            hashes.extend((first + 1..=last).filter_map(|idx| directory.hash(idx)));
        }
        let shards = hashes.into_iter().map(ShardId::Words);
        shards.filter_map(|id| self.shard(id).or_else(|| needs.add(id))).collect()
    }

    fn directory_for(&self, key: &[u8], needs: &mut Needs) -> Option<&Directory> {
        if !self.root.directory_is_paged {
            return Some(&self.root.directory);
        }
        let wanted = self.root.directory.hash(self.root.directory.find(key))?;
        let page = self.pages.iter().find(|(hash, _)| *hash == wanted).map(|(_, page)| page);
        page.or_else(|| needs.add(ShardId::Directory(wanted)))
    }

    /// What each term finds in its shards.
    fn look_up_all<'a>(
        &'a self,
        plan: &Plan,
        shards: &[Vec<&'a [u8]>],
    ) -> Result<Found<'a>, Error> {
        let mut found = Found { weighed: Vec::new() };
        for (term, shards) in plan.terms.iter().zip(shards) {
            let Lookups { mass, lookups } = look_up(term, shards, &self.root.idf)?;
            found.weighed.push(Weighed { mass, lookups });
        }
        Ok(found)
    }

    /// The block with the text of a passage.
    fn text_of(&self, document: u32, needs: &mut Needs) -> Option<&[u8]> {
        let id = self.texts_of(document, needs)?;
        self.shard(id).or_else(|| needs.add(id))
    }

    fn texts_of(&self, document: u32, needs: &mut Needs) -> Option<ShardId> {
        let group = (document / GROUP_SLOTS) as usize;
        let hash = if self.root.groups_are_paged {
            let page = ShardId::Directory(*self.root.groups.get(group / GROUPS_PER_PAGE)?);
            let page = self.shard(page).or_else(|| needs.add(page))?;
            let at = group % GROUPS_PER_PAGE * size_of::<u32>();
            u32::from_le_bytes(page.get(at..at + size_of::<u32>())?.try_into().ok()?)
        } else {
            *self.root.groups.get(group)?
        };
        Some(ShardId::Texts(hash, document / BLOCK_SLOTS))
    }
}

/// How many shards these are, each counted once.
fn distinct(shards: &[Vec<&[u8]>]) -> usize {
    let mut seen: Vec<*const u8> = Vec::new();
    for shard in shards.iter().flatten().map(|shard| shard.as_ptr()) {
        if !seen.contains(&shard) {
            seen.push(shard);
        }
    }
    seen.len()
}

fn hit(ranked: Ranked, block: Option<&[u8]>, marks: &[Mark<'_>]) -> Result<Hit, Error> {
    let block = block.ok_or(Error::Corrupt(Part::Texts))?;
    let record = record_in(block, ranked.document % BLOCK_SLOTS)?;
    let snippet = snippet(&record.text, marks);
    Ok(Hit { document: DocumentId(ranked.document), score: ranked.score, record, snippet })
}

/// Shards to be fetched, each once.
#[derive(Default)]
struct Needs(Vec<ShardId>);

impl Needs {
    /// Notes a shard; the `None` is for whoever would have had it.
    fn add<T>(&mut self, id: ShardId) -> Option<T> {
        if !self.0.contains(&id) {
            self.0.push(id);
        }
        None
    }

    fn into_reply(self) -> Reply {
        Reply::Need(self.0.into_iter().map(ShardId::text).collect())
    }
}

/// What the terms of a plan found, in the plan's order.
struct Found<'a> {
    weighed: Vec<Weighed<'a>>,
}

impl Found<'_> {
    fn is_found(&self, idx: usize) -> bool {
        !self.weighed[idx].lookups.is_empty()
    }

    /// A word is found if it is as a whole, or else if all its parts are.
    fn words(&self, plan: &Plan) -> Vec<Word> {
        let of_word = |word| (0..).zip(&plan.terms).filter(move |(_, term)| term.word == word);
        let is_word_found = |word| {
            let has_whole =
                of_word(word).any(|(idx, term)| term.kind == Kind::Whole && self.is_found(idx));
            let is_plain = |term: &Term| matches!(term.kind, Kind::Word | Kind::Glyphs);
            has_whole || of_word(word).all(|(idx, term)| self.is_found(idx) || !is_plain(term))
        };
        let words = plan.words.iter().enumerate();
        words.map(|(word, text)| Word { text: text.clone(), found: is_word_found(word) }).collect()
    }

    fn marks<'p>(&self, plan: &'p Plan) -> Vec<Mark<'p>> {
        plan.terms
            .iter()
            .zip(&self.weighed)
            .map(|(term, weighed)| Mark { term, idf: weighed.mass.max(1) })
            .collect()
    }
}
