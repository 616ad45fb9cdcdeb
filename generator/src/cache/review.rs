//! Which sources need no work: those of whose output nothing can have changed.
//!
//! In: what a former build left, and the library as it is now. Out: for each source what is known of it, or nothing; and what must
//! be remembered of the others once they are worked on.

use std::{borrow::Cow, collections::HashMap};

use anyhow::Result;
use rayon::prelude::*;

use super::{
    Answers,
    ahead::Ahead,
    content,
    facts::{self, Facts},
    manifest::{Details, Manifest, SourceEntry, file_of_records},
};
use crate::{
    library::Source,
    links::SourceLinks,
    work::{Done, Workshop},
};

/// A library seen beside a former build.
pub(crate) struct Review<'a> {
    /// For each source.
    kept: Vec<Option<Cow<'a, SourceEntry>>>,
    facts: Vec<u128>,
    pub(crate) link_names: Option<u64>,
}

impl<'a> Review<'a> {
    pub(super) fn new(
        former: Option<&'a Manifest<'static>>,
        ahead: &Ahead,
        workshop: &Workshop,
    ) -> Result<Review<'a>> {
        let library = workshop.site.library;
        let facts = Facts::new(workshop.site).all();
        let link_names = facts::link_names(library);
        let kept = match former {
            None => library.sources.iter().map(|_| None).collect(),
            Some(former) => {
                let holds = link_names.is_some() && link_names == former.link_names;
                let links = if holds { Links::Same } else { Links::Perhaps };
                let memory = Memory { known: by_name(former), ahead, links, workshop };
                let look = |at: usize| memory.unchanged(at, facts[at]);
                (0..facts.len()).into_par_iter().map(look).collect::<Result<_>>()?
            }
        };
        Ok(Review { kept, facts, link_names })
    }

    /// How many sources need work.
    pub(crate) fn work(&self) -> usize {
        self.kept.iter().filter(|kept| kept.is_none()).count()
    }

    /// All sources, in order: those that are kept, and the others once `work` has been done on them.
    pub(crate) fn complete(
        mut self,
        workshop: &Workshop,
        work: impl Fn(usize) -> Result<Done> + Sync,
    ) -> Result<Vec<Cow<'a, SourceEntry>>> {
        let (facts, kept) = (self.facts, std::mem::take(&mut self.kept));
        let entry = |(at, kept): (usize, Option<Cow<'a, SourceEntry>>)| match kept {
            Some(kept) => Ok(kept),
            None => {
                let source = &workshop.site.library.sources[at];
                let entry = SourceEntry::new(source, facts[at], work(at)?, workshop.spool)?;
                Ok(Cow::Owned(entry))
            }
        };
        kept.into_par_iter().enumerate().map(entry).collect()
    }
}

/// Whether links can lead elsewhere than before.
enum Links {
    Same,
    Perhaps,
}

/// Where a source stands: its path, and the file of records that holds it.
type Name<'a> = (&'a str, &'a str);

/// A former build, beside which sources are held one by one.
struct Memory<'a, 'b> {
    known: HashMap<Name<'a>, Option<&'a SourceEntry>>,
    ahead: &'b Ahead,
    links: Links,
    workshop: &'b Workshop<'b>,
}

/// Sources by name; none where two have the same.
fn by_name<'a>(former: &'a Manifest<'static>) -> HashMap<Name<'a>, Option<&'a SourceEntry>> {
    let mut known: HashMap<Name, Option<&SourceEntry>> = HashMap::new();
    for entry in &former.sources {
        let entry: &SourceEntry = entry;
        let name = (entry.path.as_str(), entry.file.as_str());
        known.entry(name).and_modify(|twice| *twice = None).or_insert(Some(entry));
    }
    known
}

impl<'a> Memory<'a, '_> {
    fn unchanged(&self, at: usize, facts: u128) -> Result<Option<Cow<'a, SourceEntry>>> {
        let source = &self.workshop.site.library.sources[at];
        let name = (source.path.as_str(), file_of_records(source));
        let known = self.known.get(&name).copied().flatten();
        let Some(known) = known.filter(|known| known.facts == facts) else { return Ok(None) };
        if self.ahead.holds_source(known) {
            return Ok(None);
        }
        let is_settled = known.stamp.proves(source.stamp);
        if !is_settled && content::of(source)? != known.content {
            return Ok(None);
        }
        if matches!(self.links, Links::Perhaps) && !self.are_answers_the_same(at, known)? {
            return Ok(None);
        }
        Ok(Some(match is_settled {
            true => Cow::Borrowed(known),
            false => Cow::Owned(renewed(known, source)),
        }))
    }

    fn are_answers_the_same(&self, at: usize, known: &SourceEntry) -> Result<bool> {
        let Workshop { site, targets, files, spool } = self.workshop;
        let links = SourceLinks { library: site.library, targets, files, source: at };
        let questions = Details::read(spool, known.details)?.questions;
        Ok(Answers::to(questions, &links).hash() == known.answers)
    }
}

/// The same text, perhaps in another file: the next build need not read it again.
fn renewed(known: &SourceEntry, source: &Source) -> SourceEntry {
    SourceEntry { stamp: source.stamp, head_stamp: source.head_stamp, ..known.clone() }
}
