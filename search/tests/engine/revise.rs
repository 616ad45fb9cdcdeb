//! An index that is changed edit by edit is, byte for byte, the one that a merge makes; and most edits need no merge.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use search::*;

use crate::library::{Dice, Passage, guide, synonyms};
use crate::meaning::meaning;

/// So many edits are made one after another.
const EDITS: usize = 120;
const SETTINGS: Settings = Settings { shard_bytes: (600, 600) };

type Guides = Vec<(&'static str, Vec<Vec<Passage>>)>;
type Shards = BTreeMap<String, Vec<u8>>;

/// What sources yielded and what was kept, as a caller has it.
#[derive(Default)]
struct Store {
    yields: BTreeMap<u64, Yield>,
    kept: Vec<Vec<u8>>,
}

impl Store {
    fn yielded(&mut self, path: &str, source: usize, passages: &[Passage]) -> u64 {
        let mut hasher = DefaultHasher::new();
        (path, source, passages).hash(&mut hasher);
        let hash = hasher.finish();
        self.yields.entry(hash).or_insert_with(|| {
            let mut segment = SegmentBuilder::new();
            segment.set_synonyms(&Arc::new(synonyms()));
            segment
                .set_stemmer(path.contains("two").then_some(|word| word[..word.len() / 2].into()));
            let mut records = vec![];
            for (idx, (title, headings, body)) in passages.iter().enumerate() {
                segment.add(&Fields { title, headings, body_markdown: body });
                let place = Placement {
                    id: format!("{path}::{source}::{idx}"),
                    source: format!("{path}/{source}.md"),
                    url: format!("{path}/{source}/{idx}.html"),
                    ..Placement::default()
                };
                let (title, text) = (title.clone(), body.clone());
                records.push(Record { place, title, text, ..Record::default() }.encode());
            }
            Yield { records, segment: segment.encode() }
        });
        hash
    }

    fn sources(&mut self, guides: &Guides) -> Vec<(GuideEntry, Vec<u64>)> {
        let mut all = vec![];
        for (path, sources) in guides {
            let numbered = sources.iter().enumerate();
            let hashes = numbered.map(|(at, passages)| self.yielded(path, at, passages)).collect();
            all.push((guide(path), hashes));
        }
        all
    }

    fn keep(kept: &mut Vec<Vec<u8>>, bytes: &[u8]) -> Kept {
        kept.push(bytes.to_vec());
        Kept { first_byte: kept.len() as u64 - 1, bytes: bytes.len() as u64, hash: 0 }
    }

    fn merge(&mut self, guides: &Guides) -> (Shards, Vec<u8>) {
        let mut writer = IndexWriter::new(SETTINGS);
        let mut order = vec![];
        for (entry, hashes) in self.sources(guides) {
            writer.start_guide(&entry);
            for hash in hashes {
                let Yield { records, segment } = &self.yields[&hash];
                let mut encoded = records.iter().map(Vec::as_slice);
                writer.add_source(hash, segment, &mut encoded).unwrap();
                order.push(hash);
            }
        }
        let mut shards = Shards::new();
        let mut emit = |id: String, raw: Vec<u8>| -> Result<(), Error> {
            assert!(shards.insert(id, raw).is_none(), "a shard came twice");
            Ok(())
        };
        let mut recall = |source: u32, chunk: u32| -> Result<Vec<u8>, Error> {
            Ok(self.yields[&order[source as usize]].records[chunk as usize].clone())
        };
        let kept = &mut self.kept;
        let mut keep = |bytes: &[u8]| Ok(Store::keep(kept, bytes));
        let mut unspill = |_: u64, _: &mut [u8]| unreachable!("nothing was spilled");
        let passages: Vec<Numbered> = writer.passages().collect();
        writer.set_meaning(meant(&passages));
        let (_, ledger) =
            writer.finish_keeping(&mut recall, &mut unspill, &mut emit, &mut keep).unwrap();
        (shards, ledger.expect("no name is taken"))
    }

    /// The shards after an edit, unless a merge is due.
    fn revise(
        &mut self,
        guides: &Guides,
        shards: &Shards,
        ledger: &[u8],
    ) -> Option<(Shards, Vec<u8>)> {
        let guides = self.sources(guides);
        let mut new = Shards::new();
        // What was kept a moment ago can be brought back like anything else.
        let store = RefCell::new(std::mem::take(&mut self.kept));
        let revised = revise::<Error>(Revision {
            meaning: &mut |passages| Ok(Some(meant(passages))),
            settings: SETTINGS,
            ledger,
            guides: &guides,
            fetch: &mut |hash| Ok(self.yields[&hash].clone()),
            bring: &mut |kept| Ok(store.borrow()[kept.first_byte as usize].clone()),
            keep: &mut |bytes| Ok(Store::keep(&mut store.borrow_mut(), bytes)),
            emit: &mut |id, raw| {
                assert!(new.insert(id, raw).is_none(), "a shard came twice");
                Ok(())
            },
        });
        self.kept = store.into_inner();
        let revised = revised.unwrap()?;
        for id in revised.ids {
            new.entry(id.clone()).or_insert_with(|| shards[&id].clone());
        }
        Some((new, revised.ledger))
    }
}

/// A meaning with so many rows that they lie beside the words.
fn meant(passages: &[Numbered]) -> Meaning {
    let words: Vec<String> =
        (0..7_000).map(|at| format!("{}{at}", ["a", "m", "w"][at % 3])).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    meaning(passages, &words)
}

fn library(dice: &mut Dice) -> Guides {
    let mut guides = Guides::new();
    for path in ["v/p/2/a", "v/p/2/b", "v/p/1-old/a", "v/p/1-old/c", "v/q/-/d", "-/r/3/e"] {
        let sources = (0..14).map(|_| dice.passages(5)).collect();
        guides.push((path, sources));
    }
    // An older version is mostly like the newer one.
    guides[2].1 = dice.again(&guides[0].1);
    guides
}

/// Changes anything anywhere.
fn edit(dice: &mut Dice, guides: &mut Guides, step: usize) {
    let at = dice.roll(guides.len());
    let (other, sources) = (dice.roll(guides.len()), guides.len());
    let copied = guides[other % sources].1.clone();
    let sources = &mut guides[at].1;
    let source = dice.roll(sources.len().max(1));
    match dice.roll(8) {
        0 => sources.insert(source, dice.passages(4)),
        1 if sources.len() > 1 => drop(sources.remove(source)),
        2 if !copied.is_empty() => sources[source] = copied[dice.roll(copied.len())].clone(),
        3 => sources[source].push((dice.text(3), vec![], dice.text(80))),
        4 => drop(sources[source].pop()),
        5 => sources[source].reverse(),
        _ => {
            let passages = sources[source].len();
            if passages > 0 {
                let body = &mut sources[source][dice.roll(passages)].2;
                body.push_str(&format!(" step{step} {}", dice.text(3)));
            }
        }
    }
}

#[test]
fn edit_by_edit_is_the_same_as_at_once() {
    let mut dice = Dice(23);
    let mut guides = library(&mut dice);
    let mut store = Store::default();
    let (mut shards, mut ledger) = store.merge(&guides);
    let mut revised = 0;
    for step in 0..EDITS {
        edit(&mut dice, &mut guides, step);
        let (fresh, fresh_ledger) = store.merge(&guides);
        (shards, ledger) = match store.revise(&guides, &shards, &ledger) {
            Some((new, ledger)) => {
                revised += 1;
                let differs = |id: &&String| new.get(*id) != fresh.get(*id);
                let ids: Vec<&String> = new.keys().chain(fresh.keys()).filter(differs).collect();
                assert_eq!(ids, Vec::<&String>::new(), "step {step}");
                (new, ledger)
            }
            None => (fresh, fresh_ledger),
        };
    }
    assert!(revised > EDITS / 2, "{revised} of {EDITS} edits needed no merge");
}

#[test]
fn a_damaged_ledger_is_not_believed() {
    let mut dice = Dice(5);
    let mut guides = library(&mut dice);
    let mut store = Store::default();
    let (_, ledger) = store.merge(&guides);
    edit(&mut dice, &mut guides, 1);
    let sources = store.sources(&guides);
    for at in (0..ledger.len()).step_by(7) {
        let mut flipped = ledger.clone();
        flipped[at] ^= 1 << (at % 8);
        let revised = revise::<Error>(Revision {
            meaning: &mut |passages| Ok(Some(meant(passages))),
            settings: SETTINGS,
            ledger: &flipped,
            guides: &sources,
            fetch: &mut |_| unreachable!("nothing is believed"),
            bring: &mut |_| unreachable!("nothing is believed"),
            keep: &mut |_| unreachable!("nothing is believed"),
            emit: &mut |_, _| unreachable!("nothing is believed"),
        });
        assert!(revised.is_err(), "at {at}");
    }
}
