//! The last that is written: the table of guides, what passages mean, the pages of the directory, and the root that names all of it.
//!
//! In: the ledger, in which all other shards stand. Out: shards, the root last. Knows no passages. Writer only.

use crate::guides::GuideTableWriter;
use crate::ids::{ROOT, ShardId};
use crate::ledger::Ledger;
use crate::root::{CONTEXT_BYTES_IN_ROOT, Names, Root};
use crate::semantic::write::{Meaning, MeaningNote};
use crate::shelves::{Emit, Shelves, directory};
use crate::texts::BlockSize;
use crate::weights::IdfSteps;

/// Writes the table of guides, the pages of the directory and, last, the root, and their names into the ledger.
pub(crate) fn put_root<E>(
    (documents, slots): (u32, u32),
    (guides, meaning): (&GuideTableWriter, Option<&Meaning>),
    ledger: &mut Ledger,
    shelves: &mut Shelves,
    emit: Emit<'_, E>,
) -> Result<(), E> {
    ledger.table = shelves.put(ShardId::Guides, guides.encode(), emit)?.name;
    let mut root = Root {
        documents,
        slots,
        newest: guides.newest(),
        idf: IdfSteps::for_documents(documents),
        guides: ledger.table,
        block_size: BlockSize::of(ledger.block_slots).unwrap_or_default(),
        directory: directory(ledger.word_shards()),
        ..Root::default()
    };
    ledger.meaning = match meaning {
        Some(meaning) => meaning.put(&root.newest, &ledger.words, shelves, emit)?,
        None => MeaningNote::default(),
    };
    root.meaning = ledger.meaning.id;
    root.late = ledger.late.map_or(0, |late| late.name);
    let context = guides.context();
    let bytes = context.encode();
    ledger.context = None;
    root.context = match bytes.len() <= CONTEXT_BYTES_IN_ROOT {
        true => Names::Here(context),
        false => {
            let name = shelves.put(ShardId::Context, bytes, emit)?.name;
            ledger.context = Some(name);
            Names::Apart(name)
        }
    };
    let groups = ledger.groups.iter().map(|group| group.hash).collect();
    shelves.put_groups(&mut root, groups, emit)?;
    shelves.put_directory(&mut root, emit)?;
    let groups = root.groups.iter().filter(|_| root.groups_are_paged).copied();
    let pages = (0..root.directory.len()).filter(|_| root.directory_is_paged);
    ledger.pages = groups.chain(pages.filter_map(|page| root.directory.hash(page))).collect();
    emit(ROOT.into(), root.encode())
}
