//! An index that is changed edit by edit is, byte for byte, the one that a merge makes; and most edits need no merge.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use search::*;

use crate::library::{Dice, Library, Passage, guide, ranked, synonyms};
use crate::meaning::meaning;

/// So many edits are made one after another.
const EDITS: usize = 120;
const SETTINGS: Settings = Settings { shard_bytes: (600, 600) };

type Guides = Vec<(&'static str, Vec<Vec<Passage>>)>;
type Shards = BTreeMap<String, Vec<u8>>;

/// An index, and what the next edit needs of it.
#[derive(Clone)]
struct Index {
    shards: Shards,
    ledger: Vec<u8>,
    numbers: Vec<u8>,
}

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

    /// The writer that has numbered everything, as it was numbered before or anew, and the order of sources.
    fn numbered(&mut self, guides: &Guides, record: Option<&[u8]>) -> (IndexWriter, Vec<u64>) {
        let (writer, order) = {
            let numbers = self.numbers(guides, record);
            self.numbered_after(guides, numbers)
        };
        match (record.is_some() && writer.is_worn(), writer.has_too_many_late()) {
            (true, _) => self.numbered_after(guides, None),
            (false, true) => {
                let numbers = self.numbers(guides, record).map(Numbers::settled);
                self.numbered_after(guides, numbers)
            }
            _ => (writer, order),
        }
    }

    /// How passages were numbered.
    fn numbers(&mut self, guides: &Guides, record: Option<&[u8]>) -> Option<Numbers> {
        let mut numbers = record.and_then(Numbers::read)?;
        for (entry, hashes) in self.sources(guides) {
            numbers.start_guide(&entry);
            let segment = |hash| &self.yields[hash].segment;
            hashes.iter().for_each(|hash| numbers.add_source(segment(hash)).unwrap());
        }
        Some(numbers)
    }

    fn numbered_after(
        &mut self,
        guides: &Guides,
        numbers: Option<Numbers>,
    ) -> (IndexWriter, Vec<u64>) {
        let mut writer = IndexWriter::new(SETTINGS);
        let mut order = vec![];
        let sources = self.sources(guides);
        if let Some(numbers) = numbers {
            writer.set_numbers(numbers);
        }
        for (entry, hashes) in sources {
            writer.start_guide(&entry);
            for hash in hashes {
                let Yield { records, segment } = &self.yields[&hash];
                let mut encoded = records.iter().map(Vec::as_slice);
                writer.add_source(hash, segment, &mut encoded).unwrap();
                order.push(hash);
            }
        }
        (writer, order)
    }

    fn merge(&mut self, guides: &Guides, record: Option<&[u8]>) -> Index {
        let numbered = self.numbered(guides, record);
        self.finished(numbered).0
    }

    fn finished(&mut self, (mut writer, order): (IndexWriter, Vec<u64>)) -> (Index, Summary) {
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
        let Finished { ledger, numbers, summary } =
            writer.finish_keeping(&mut recall, &mut unspill, &mut emit, &mut keep).unwrap();
        (Index { shards, ledger: ledger.expect("no name is taken"), numbers }, summary)
    }

    /// The shards after an edit, unless a merge is due.
    fn revise(&mut self, guides: &Guides, index: &Index) -> Option<Index> {
        let guides = self.sources(guides);
        let mut new = Shards::new();
        // What was kept a moment ago can be brought back like anything else.
        let store = RefCell::new(std::mem::take(&mut self.kept));
        let revised = revise::<Error>(Revision {
            meaning: &mut |passages| Ok(Some(meant(passages))),
            settings: SETTINGS,
            ledger: &index.ledger,
            numbers: &index.numbers,
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
            new.entry(id.clone()).or_insert_with(|| index.shards[&id].clone());
        }
        Some(Index { shards: new, ledger: revised.ledger, numbers: revised.numbers })
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
    let mut index = store.merge(&guides, None);
    let mut revised = 0;
    for step in 0..EDITS {
        edit(&mut dice, &mut guides, step);
        let fresh = store.merge(&guides, Some(&index.numbers));
        let again = store.merge(&guides, Some(&fresh.numbers));
        assert_same(&fresh, &again, &format!("step {step}, from its own record"));
        index = match store.revise(&guides, &index) {
            Some(new) => {
                revised += 1;
                assert_same(&fresh, &new, &format!("step {step}"));
                new
            }
            None => fresh,
        };
    }
    assert!(revised > EDITS / 2, "{revised} of {EDITS} edits needed no merge");
}

fn assert_same(one: &Index, other: &Index, what: &str) {
    let differs = |id: &&String| one.shards.get(*id) != other.shards.get(*id);
    let all = one.shards.keys().chain(other.shards.keys());
    assert_eq!(all.filter(differs).collect::<Vec<_>>(), Vec::<&String>::new(), "{what}");
    assert!(one.numbers == other.numbers, "{what}: other numbers");
}

#[test]
fn what_was_shared_and_is_not_any_more_moves_nothing_else() {
    let mut dice = Dice(31);
    let mut guides = library(&mut dice);
    guides[2].1 = guides[0].1.clone();
    let mut store = Store::default();
    let before = store.merge(&guides, None);
    let numbered = |store: &mut Store, guides: &Guides, record: Option<&[u8]>| {
        let (writer, _) = store.numbered(guides, record);
        let of = |passage: Numbered| ((passage.source, passage.chunk), passage.slot);
        writer.passages().map(of).collect::<BTreeMap<_, _>>()
    };
    let old = numbered(&mut store, &guides, None);
    // The newer version no longer shows it, so the older is the first to show it.
    guides[0].1[0][0].2.push_str(" something new");
    let new = numbered(&mut store, &guides, Some(&before.numbers));
    let moved: Vec<_> = new.iter().filter(|(at, slot)| old.get(*at) != Some(slot)).collect();
    assert!(new.len() == old.len() + 1, "the older version has a passage more");
    assert!(matches!(moved[..], [((28, 0), _)]), "it alone has a new number: {moved:?}");
    let anew = numbered(&mut store, &guides, None);
    assert!(anew.values().ne(new.values()), "numbered anew, others would move");
    let after = store.revise(&guides, &before).expect("no merge is due");
    assert_same(&store.merge(&guides, Some(&before.numbers)), &after, "revised");
}

#[test]
fn late_passages_are_found_as_if_they_lay_with_the_others() {
    let mut dice = Dice(41);
    let mut store = Store::default();
    let (mut late, mut asked_of_late) = (0, 0);
    for _ in 0..12 {
        let mut guides = library(&mut dice);
        let before = store.merge(&guides, None);
        for step in 0..dice.roll(12) {
            edit(&mut dice, &mut guides, step);
        }
        let mut finished = |is_settled: bool| {
            let numbers = store.numbers(&guides, Some(&before.numbers)).unwrap();
            let numbers = if is_settled { numbers.settled() } else { numbers };
            let numbered = store.numbered_after(&guides, Some(numbers));
            let (Index { shards, .. }, summary) = store.finished(numbered);
            Library { shards, summary, oracle: oracle::Oracle::new() }
        };
        let (apart, together) = (finished(false), finished(true));
        assert_eq!(together.summary.late, 0);
        late += apart.summary.late;
        let first_late = |id: &String| apart.shards.contains_key(id);
        assert!(apart.summary.late == 0 || !together.shards.keys().all(first_late));
        for _ in 0..100 {
            // Words of edits stand in late passages only, or nearly.
            let step = format!("step{}", dice.roll(12));
            let text = [dice.text(4), dice.signs(), step + " " + &dice.text(2), "ste".into()];
            let text = text[dice.roll(4)].clone() + [" ", ""][dice.roll(2)];
            let query = Query { text, every_version: true, limit: 1_000, ..dice.query() };
            let (one, other) = (apart.ask(&query), together.ask(&query));
            assert_eq!(ranked(&one), ranked(&other), "{query:?}");
            assert_eq!((one.total, one.is_cut), (other.total, other.is_cut), "{query:?}");
            assert_eq!(one.facets, other.facets, "{query:?}");
            asked_of_late += usize::from(one.total > 0 && apart.summary.late > 0);
        }
    }
    assert!(late > 20 && asked_of_late > 200, "{late} late passages, {asked_of_late} questions");
}

/// How many shards of words an edit gives another name, and how many there were.
fn renamed(guides: &mut Guides, edit: impl Fn(&mut Guides)) -> (usize, usize) {
    let mut store = Store::default();
    let before = store.merge(guides, None);
    edit(guides);
    let after = store.revise(guides, &before).expect("no merge is due");
    let is_words = |id: &&String| id.starts_with("w/");
    let come = after.shards.keys().filter(is_words).filter(|id| !before.shards.contains_key(*id));
    (come.count(), before.shards.keys().filter(is_words).count())
}

/// What makes one passage of two: the new one has a posting for each of its words.
#[test]
fn a_passage_that_comes_changes_few_shards() {
    let mut guides = library(&mut Dice(43));
    guides[2].1 = guides[0].1.clone();
    let (come, all) = renamed(&mut guides, |guides| guides[0].1[0][0].2 += " something new");
    assert!(all > 15 && come <= 5, "{come} of {all} shards of words are new");
}

/// One word more makes a passage longer, but none of its other words weighs less.
#[test]
fn a_word_more_changes_few_shards() {
    let mut guides = library(&mut Dice(47));
    let words: Vec<String> = (0..900).map(|at| format!("word{at}")).collect();
    guides[4].1[0] = vec![("Long".into(), vec![], words.join(" "))];
    let (come, all) = renamed(&mut guides, |guides| guides[4].1[0][0].2 += &" new".repeat(90));
    assert!(all > 15 && come <= 5, "{come} of {all} shards of words are new");
}

#[test]
fn a_damaged_ledger_is_not_believed() {
    let mut dice = Dice(5);
    let mut guides = library(&mut dice);
    let mut store = Store::default();
    let Index { ledger, numbers, .. } = store.merge(&guides, None);
    edit(&mut dice, &mut guides, 1);
    let sources = store.sources(&guides);
    for at in (0..ledger.len()).step_by(7) {
        let mut flipped = ledger.clone();
        flipped[at] ^= 1 << (at % 8);
        let revised = revise::<Error>(Revision {
            meaning: &mut |passages| Ok(Some(meant(passages))),
            settings: SETTINGS,
            ledger: &flipped,
            numbers: &numbers,
            guides: &sources,
            fetch: &mut |_| unreachable!("nothing is believed"),
            bring: &mut |_| unreachable!("nothing is believed"),
            keep: &mut |_| unreachable!("nothing is believed"),
            emit: &mut |_, _| unreachable!("nothing is believed"),
        });
        assert!(revised.is_err(), "at {at}");
    }
}
