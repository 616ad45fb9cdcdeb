//! The engine over libraries made up on the spot: against the oracle, and against damage.

use std::collections::BTreeMap;

use search::oracle::Oracle;
use search::{
    Answer, DocumentId, Engine, Error, Facets, Fetched, Fields, GuideEntry, Hit, IndexWriter,
    Level, Name, Part, Placement, Query, Record, Reply, SegmentBuilder, Settings, Summary, Wanted,
};

/// A made-up library, its index and its oracle.
struct Library {
    shards: BTreeMap<String, Vec<u8>>,
    oracle: Oracle,
    summary: Summary,
}

/// One passage: title, headings, body.
type Passage = (String, Vec<String>, String);

fn name(key: &str) -> Name {
    Name { key: key.to_lowercase(), name: key.into(), aliases: vec![format!("{key} alias")] }
}

/// `vendor/product/version/guide`; a level that is `-` is not there. Versions that end in `old` are not the newest.
fn guide(path: &str) -> GuideEntry {
    let levels: Vec<Option<Name>> =
        path.split('/').map(|level| (level != "-").then(|| name(level))).collect();
    let [vendor, product, version, guide] = levels.try_into().unwrap();
    let is_newest = !version.as_ref().is_some_and(|version| version.key.ends_with("old"));
    GuideEntry { vendor, product, version, guide: guide.unwrap_or_default(), is_newest }
}

/// Each guide has sources, each source has passages.
fn build(guides: &[(&str, Vec<Vec<Passage>>)], shard_bytes: usize) -> Library {
    build_within(guides, shard_bytes, usize::MAX).0
}

/// With so much memory for what can be spilled. Says how often it was.
fn build_within(
    guides: &[(&str, Vec<Vec<Passage>>)],
    shard_bytes: usize,
    memory_bytes: usize,
) -> (Library, usize) {
    let (mut scratch, mut spills) = (vec![], 0);
    let mut writer = IndexWriter::new(Settings {
        compressed_bytes: &|bytes| bytes.len() / 2,
        shard_bytes: (shard_bytes, shard_bytes),
    });
    let mut oracle = Oracle::new();
    let mut sources = vec![];
    for (path, guide_sources) in guides {
        let entry = guide(path);
        writer.start_guide(&entry);
        oracle.start_guide(&entry);
        for (source, passages) in guide_sources.iter().enumerate() {
            let mut segment = SegmentBuilder::new();
            let mut records = vec![];
            for (idx, (title, headings, body)) in passages.iter().enumerate() {
                let fields = Fields { title, headings, body_markdown: body };
                segment.add(&fields);
                oracle.add(&fields);
                let place = Placement {
                    id: format!("{path}::{source}::{idx}"),
                    source: format!("{path}/{source}.md"),
                    url: format!("{path}/{source}/{idx}.html"),
                    version: entry.version.as_ref().map(|version| version.name.clone()),
                    lines: (idx as u32, idx as u32),
                    ..Placement::default()
                };
                let (title, text) = (title.clone(), body.clone());
                records.push(Record { place, title, text, ..Record::default() }.encode());
            }
            let mut encoded = records.iter().map(Vec::as_slice);
            writer.add_source(&segment.encode(), &mut encoded).unwrap();
            sources.push(records);
            if writer.memory_bytes() > memory_bytes {
                spills += 1;
                let mut spill = |bytes: &[u8]| -> Result<(), Error> {
                    scratch.extend_from_slice(bytes);
                    Ok(())
                };
                writer.spill(&mut spill).unwrap();
            }
        }
    }
    let mut shards = BTreeMap::new();
    let mut emit = |id: String, raw: Vec<u8>| -> Result<(), Error> {
        assert!(shards.insert(id, raw).is_none(), "a shard came twice");
        Ok(())
    };
    let mut recall = |source, chunk| -> Result<Vec<u8>, Error> {
        Ok(sources[source as usize][chunk as usize].clone())
    };
    let mut unspill = |first: u64, out: &mut [u8]| -> Result<(), Error> {
        out.copy_from_slice(&scratch[first as usize..][..out.len()]);
        Ok(())
    };
    let summary = writer.finish(&mut recall, &mut unspill, &mut emit).unwrap();
    (Library { shards, oracle, summary }, spills)
}

impl Library {
    fn engine(&self) -> Engine {
        Engine::open(&self.shards["root"]).unwrap()
    }

    fn ask(&self, query: &Query) -> Answer {
        let mut engine = self.engine();
        for _ in 0..8 {
            match engine.ask(query).unwrap() {
                Reply::Need(ids) => {
                    ids.iter().for_each(|id| engine.feed(id, &self.shards[id]).unwrap());
                }
                Reply::Answer(answer) => return answer,
            }
        }
        panic!("more than seven trips");
    }

    fn fetch(&self, wanted: &Wanted<'_>) -> Vec<Record> {
        let mut engine = self.engine();
        for _ in 0..4 {
            match engine.fetch(wanted).unwrap() {
                Fetched::Need(ids) => {
                    ids.iter().for_each(|id| engine.feed(id, &self.shards[id]).unwrap());
                }
                Fetched::Records(records) => return records,
            }
        }
        panic!("more than three trips");
    }

    fn find(&self, text: &str) -> Vec<String> {
        self.ask(&query(text)).hits.into_iter().map(|hit| hit.record.place.id).collect()
    }
}

fn query(text: &str) -> Query {
    Query { text: text.into(), limit: 10, ..Query::default() }
}

/// Numbers that look random and never change.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    /// Low numbers far more often than high ones, as words are.
    fn word(&mut self) -> &'static str {
        const WORDS: &str = "the of and compile compiler compiled compiling agent agents dialog call_data UPDATE_CALL_DATA \
            std::vector queue queues queued call caller calls send sends DTMF string strings 12.5(1) 12.5 v2 C4996 error \
            errors /finesse/api/Dialog api node nodes 配置 文件 配置文件 configure configuration configured third-party \
            operator<< doSomething something größe happy happily happiness network networks x86-64 C++ routing router \
            routed route zebra zoning zone alpha beta gamma delta omega";
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        let bound = self.roll(words.len()) + 1;
        words[self.roll(bound)]
    }

    fn text(&mut self, words_max: usize) -> String {
        (0..self.roll(words_max + 1)).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    fn passages(&mut self, max: usize) -> Vec<Passage> {
        (0..=self.roll(max))
            .map(|_| (self.text(4), vec![self.text(3), self.text(3)], self.text(120)))
            .collect()
    }

    /// The sources of another version: most passages as they were, some with a word more, some with another title.
    fn again(&mut self, sources: &[Vec<Passage>]) -> Vec<Vec<Passage>> {
        let mut sources = sources.to_vec();
        for (title, _, body) in sources.iter_mut().flatten() {
            match self.roll(6) {
                0 => body.push_str(" again"),
                1 => title.push_str(" again"),
                _ => {}
            }
        }
        sources
    }

    fn library(&mut self, shard_bytes: usize) -> Library {
        build(&self.guides(), shard_bytes)
    }

    fn guides(&mut self) -> Vec<(&'static str, Vec<Vec<Passage>>)> {
        let paths = [
            "A/one/v3/guide",
            "A/one/v3/more",
            "A/one/v2 old/guide",
            "A/one/v1 old/guide",
            "A/two/-/other",
            "-/three/v1/third",
            "-/three/-/fourth",
            "-/three/v0 old/fourth",
        ];
        let mut guides: Vec<(&str, Vec<Vec<Passage>>)> = vec![];
        for path in paths {
            let mut sources: Vec<Vec<Passage>> =
                (0..=self.roll(3)).map(|_| self.passages(30)).collect();
            if self.roll(3) > 0
                && let Some((_, before)) = guides.last()
            {
                sources.extend(self.again(before));
            }
            guides.push((path, sources));
        }
        guides
    }

    fn query(&mut self) -> Query {
        let values = [
            "A",
            "one",
            "two",
            "three",
            "v3",
            "v1 old",
            "V2 old alias",
            "guide",
            "fourth",
            "nothing",
        ];
        let mut filter = |is_rare| {
            (self.roll(is_rare) == 0).then(|| values[self.roll(values.len())].to_string())
        };
        let (vendor, product, version, guide) = (filter(8), filter(5), filter(5), filter(8));
        Query {
            vendor,
            product,
            version,
            guide,
            every_version: self.roll(2) == 0,
            limit: 1000,
            facets: [Facets::Count, Facets::Skip][self.roll(2)],
            ..Query::default()
        }
    }
}

fn ranked(answer: &Answer) -> Vec<(DocumentId, u32)> {
    answer.hits.iter().map(|hit| (hit.document, hit.score)).collect()
}

#[test]
fn the_engine_and_the_oracle_agree() {
    let mut dice = Dice(7);
    for _ in 0..12 {
        let library = dice.library(1 << 20);
        for _ in 0..60 {
            let mut text = dice.text(4);
            let cut = text.floor_char_boundary(text.len() - dice.roll(text.len() + 1) / 4);
            text.truncate(cut);
            let query = Query { text, ..dice.query() };
            let answer = library.ask(&query);
            assert_eq!(ranked(&answer), library.oracle.ask(&query), "{query:?}");
            assert_eq!(answer.total as usize, library.oracle.ask_all(&query).len());
            assert!(!answer.is_cut);
        }
    }
}

/// Small shards cut the words that begin with the last one short, so these queries end in a blank.
#[test]
fn shards_change_nothing() {
    let mut dice = Dice(11);
    let library = dice.library(300);
    assert!(library.summary.word_shards > 10, "{:?}", library.summary);
    for _ in 0..200 {
        let query = Query { text: dice.text(4) + " ", ..dice.query() };
        assert_eq!(ranked(&library.ask(&query)), library.oracle.ask(&query), "{query:?}");
    }
}

#[test]
fn every_hit_is_on_one_page() {
    let library = Dice(3).library(1 << 20);
    let query = |text: &str| Query { every_version: true, ..query(text) };
    let mut all = library.ask(&Query { limit: 1000, ..query("agent") });
    assert!(all.hits.len() > 50 && all.hits.len() < all.total as usize, "some are near others");
    let mut joined = vec![];
    for offset in (0..all.total + 10).step_by(10) {
        joined.extend(library.ask(&Query { offset, ..query("agent") }).hits);
    }
    let groups =
        |hits: &[Hit]| -> Vec<DocumentId> { hits.iter().map(|hit| hit.record.group).collect() };
    assert_eq!(groups(&joined)[..5], groups(&all.hits)[..5]);
    joined.sort_by_key(|hit| hit.record.group);
    all.hits.sort_by_key(|hit| hit.record.group);
    assert_eq!(groups(&joined), groups(&all.hits));
    let none = library.ask(&Query { limit: 0, ..query("agent") });
    assert_eq!((none.total, none.hits.len()), (all.total, 0));
}

#[test]
fn the_same_library_gives_the_same_bytes() {
    assert_eq!(Dice(5).library(500).shards, Dice(5).library(500).shards);
}

#[test]
fn what_was_spilled_changes_no_byte() {
    for seed in 0..6 {
        let guides = Dice(seed).guides();
        let (whole, spills) = build_within(&guides, 500, usize::MAX);
        assert_eq!(spills, 0);
        for (memory_bytes, spills_min) in [(100_000, 1), (0, guides.len())] {
            let (spilled, spills) = build_within(&guides, 500, memory_bytes);
            assert!(spills >= spills_min, "{spills} within {memory_bytes} bytes");
            assert_eq!(spilled.summary, whole.summary);
            assert!(spilled.shards == whole.shards, "{memory_bytes} bytes, seed {seed}");
        }
    }
}

fn small() -> Library {
    let passage = |title: &str, body: &str| (title.to_string(), vec![], body.to_string());
    let finesse = vec![vec![
        passage(
            "Send DTMF String",
            "This API sends a **DTMF** string. `https://<FQDN>/finesse/api/Dialog/<dialogId>`",
        ),
        passage(
            "Page 107",
            "The client does not receive an UPDATE_CALL_DATA event in Release 12.5(1).",
        ),
        passage("Configuring", "How agents configure the configuration."),
    ]];
    let cpp = vec![vec![
        passage("Compiler Warning C4996", "The function was declared deprecated; see C4995."),
        passage(
            "The for statement",
            "Loops. unique_ptr<int> and operator<< for std::ostream in C++, with --no-verify.",
        ),
    ]];
    build(&[("Cisco/Finesse/v12.5/Guide", finesse), ("Microsoft/Cpp/-/Reference", cpp)], 1 << 20)
}

fn check(text: &str, first: &str) {
    assert_eq!(small().find(text).first().map(String::as_str), Some(first), "{text}");
}

#[test]
fn the_right_passage_comes_first() {
    let [dtmf, event, configuring] = [
        "Cisco/Finesse/v12.5/Guide::0::0",
        "Cisco/Finesse/v12.5/Guide::0::1",
        "Cisco/Finesse/v12.5/Guide::0::2",
    ];
    let [warning, statement] =
        ["Microsoft/Cpp/-/Reference::0::0", "Microsoft/Cpp/-/Reference::0::1"];
    for (text, first) in [
        ("send DTMF string", dtmf),
        ("sending strings", dtmf),
        ("/finesse/api/Dialog", dtmf),
        ("<dialogId>", dtmf),
        ("update_call_data", event),
        ("UPDATE_CALL_DA", event),
        ("12.5(1)", event),
        ("12.5", event),
        ("configurat", configuring),
        ("c4996", warning),
        ("C49", warning),
        ("unique_ptr", statement),
        ("operator<<", statement),
        ("std::ostream", statement),
        ("no-verify", statement),
        ("c++", statement),
        ("for", statement),
        ("what the", statement),
    ] {
        check(text, first);
    }
}

#[test]
fn words_in_no_passage_are_reported() {
    let answer = small().ask(&query("send zebras"));
    let words: Vec<_> = answer.words.iter().map(|word| (word.text.as_str(), word.found)).collect();
    assert_eq!(words, [("send", true), ("zebras", false)]);
    assert_eq!(answer.hits.len(), 1);
    let nothing = small().ask(&query("?!"));
    assert_eq!(nothing, Answer::default());
}

#[test]
fn facets_count_all_matches() {
    let query = Query {
        limit: 1,
        facets: Facets::Count,
        product: Some("finesse alias".into()),
        ..query("api declared agents")
    };
    let answer = small().ask(&query);
    assert_eq!(answer.total, 2);
    let products: Vec<_> =
        answer.facets.iter().filter(|facet| facet.level == Level::Product).collect();
    let counts: Vec<_> = products
        .iter()
        .map(|facet| (facet.key.as_str(), facet.name.as_str(), facet.count))
        .collect();
    assert_eq!(counts, [("finesse", "Finesse", 2), ("cpp", "Cpp", 1)]);
    let vendors: Vec<_> = answer
        .facets
        .iter()
        .filter(|facet| facet.level == Level::Vendor)
        .map(|facet| facet.key.as_str())
        .collect();
    assert_eq!(vendors, ["cisco"]);
}

#[test]
fn an_empty_library_answers() {
    let library = build(&[], 1000);
    assert_eq!(library.find("anything"), [""; 0]);
    let answer =
        library.ask(&Query { facets: Facets::Count, vendor: Some("x".into()), ..query("x") });
    assert_eq!((answer.total, answer.words[0].found), (0, false));
}

#[test]
fn damaged_and_swapped_shards_are_refused() {
    let library = Dice(9).library(800);
    let mut engine = library.engine();
    let query = Query { facets: Facets::Count, ..query("agent dialog") };
    while let Reply::Need(ids) = engine.ask(&query).unwrap() {
        ids.iter().for_each(|id| feed_damaged(&mut engine, &library, id));
        assert_eq!(
            engine.ask(&query).unwrap(),
            Reply::Need(ids.clone()),
            "nothing damaged is taken"
        );
        ids.iter().for_each(|id| engine.feed(id, &library.shards[id]).unwrap());
    }
}

fn feed_damaged(engine: &mut Engine, library: &Library, id: &str) {
    let raw = &library.shards[id];
    let corrupt = Err(Error::Corrupt(match &id[..2] {
        "w/" => Part::Words,
        "p/" => Part::Tiers,
        "t/" => Part::Texts,
        _ => Part::Guides,
    }));
    for bytes in [&raw[..raw.len() - 1], &[], b"<!doctype html>404"] {
        assert_eq!(engine.feed(id, bytes), corrupt);
    }
    for at in [0, raw.len() / 2, raw.len() - 1] {
        let mut flipped = raw.clone();
        flipped[at] ^= 4;
        assert_eq!(engine.feed(id, &flipped), corrupt);
    }
    let other = library.shards.keys().find(|other| *other != id).unwrap();
    assert_eq!(engine.feed(id, &library.shards[other]), corrupt);
}

/// One word in very many passages: most of its postings lie in tiers.
#[test]
fn hot_words_agree_with_the_oracle_too() {
    let mut dice = Dice(21);
    let mut passages = |count: usize, more: &str| -> Vec<Vec<Passage>> {
        let passage = |dice: &mut Dice, idx: usize| {
            let often = "agent ".repeat(dice.roll(5) + 1);
            let title = if dice.roll(40) == 0 { "queue" } else { "" };
            let rare = if idx.is_multiple_of(37) { "rare" } else { "" };
            let queue = "queue ".repeat(dice.roll(3));
            (
                title.into(),
                vec![],
                format!("{often}{queue}{rare} {more} p{} {}", idx % 80, dice.text(30)),
            )
        };
        vec![(0..count).map(|idx| passage(&mut dice, idx)).collect()]
    };
    let guides = [
        ("A/one/v2/guide", passages(2500, "new")),
        ("A/one/v1 old/guide", passages(2000, "old")),
        ("A/two/v1/guide", passages(500, "two")),
    ];
    let library = build(&guides, 4000);
    assert!(library.summary.tier_shards >= 4, "{:?}", library.summary);
    for text in [
        "agent ",
        "queue ",
        "agent queue ",
        "rare agent ",
        "queue rare p37 ",
        "agent old ",
        "agent qu",
    ] {
        for every_version in [false, true] {
            for product in [None, Some("two".to_string())] {
                let query = Query { every_version, product, limit: 10, ..query(text) };
                let expected = library.oracle.ask(&query);
                let answer = library.ask(&query);
                assert_eq!(
                    answer.total as usize,
                    library.oracle.ask_all(&query).len(),
                    "{query:?}"
                );
                assert_eq!(ranked(&answer)[..6], expected[..6], "{query:?}");
                let all = library.ask(&Query { limit: 5000, ..query.clone() });
                assert_eq!(ranked(&all), expected, "{query:?}");
            }
        }
    }
    let mut engine = library.engine();
    let mut fed = vec![];
    while let Reply::Need(ids) = engine.ask(&query("agent ")).unwrap() {
        ids.iter().for_each(|id| engine.feed(id, &library.shards[id]).unwrap());
        fed.extend(ids);
    }
    assert!(
        fed.iter().all(|id| !id.starts_with("p/")),
        "one word's first postings are enough: {fed:?}"
    );
}

#[test]
fn chunks_and_sources_are_fetched() {
    let mut dice = Dice(17);
    let sources: Vec<Vec<Passage>> = (0..3).map(|_| dice.passages(40)).collect();
    let mut old = sources.clone();
    old[1].reverse();
    let guides = [("A/one/v2/Guide", sources), ("A/one/v1 old/Guide", old)];
    let library = build(&guides, 500);
    assert_eq!(library.summary.documents * 2, library.summary.chunks);
    for (path, guide) in &guides {
        for (source, passages) in guide.iter().enumerate() {
            let records = library.fetch(&Wanted::Source(&format!("{path}/{source}.md")));
            let texts: Vec<_> = records.iter().map(|record| record.text.clone()).collect();
            assert_eq!(texts, passages.iter().map(|passage| passage.2.clone()).collect::<Vec<_>>());
            let id = format!("{path}::{source}::0");
            for address in [&id, &format!("{path}/{source}/0.html")] {
                let record = library.fetch(&Wanted::Chunk(address)).remove(0);
                assert_eq!((&record.place.id, &record.text), (&id, &passages[0].2));
                assert_eq!(record.others.len(), 1);
            }
        }
    }
    assert_eq!(library.fetch(&Wanted::Chunk("../../etc/passwd")), []);
    assert_eq!(library.fetch(&Wanted::Source("nothing.md")), []);
    assert_eq!(library.fetch(&Wanted::Passages(&[DocumentId(0), DocumentId(1 << 30)])).len(), 1);
}

#[test]
fn a_version_shows_its_own_place() {
    let passage = (String::from("Send"), vec![], String::from("Send DTMF in every release."));
    let changed = |text: &str| (String::from("Other"), vec![], format!("DTMF {text}"));
    let guides = [
        ("C/f/v2/g", vec![vec![passage.clone(), changed("new")]]),
        ("C/f/v1 old/g", vec![vec![changed("old"), passage]]),
    ];
    let library = build(&guides, 1000);
    let ids = |query: Query| -> Vec<String> {
        library.ask(&query).hits.into_iter().map(|hit| hit.record.place.id).collect()
    };
    assert_eq!(ids(query("dtmf send")), ["C/f/v2/g::0::0", "C/f/v2/g::0::1"]);
    let old = Query { version: Some("v1 old".into()), ..query("dtmf send") };
    assert_eq!(ids(old), ["C/f/v1 old/g::0::1", "C/f/v1 old/g::0::0"]);
    let every = Query { every_version: true, ..query("dtmf") };
    assert_eq!(ids(every.clone()).len(), 3);
    let first =
        library.ask(&every).hits.into_iter().find(|hit| hit.record.title == "Send").unwrap();
    let versions: Vec<_> =
        first.record.places().map(|place| place.version.as_deref().unwrap()).collect();
    assert_eq!(versions, ["v2", "v1 old"]);
}

/// So many shards and guides that the root lists pages of them; three trips instead of two.
#[test]
fn the_root_stays_small() {
    let mut dice = Dice(13);
    let paths: Vec<String> = (0..8300).map(|idx| format!("A/b/v1/g{idx}")).collect();
    let mut passage = |idx| {
        (format!("t{idx}"), vec![], (0..8).map(|_| format!("w{:x} ", dice.roll(1 << 30))).collect())
    };
    let guides: Vec<(&str, Vec<Vec<Passage>>)> = paths
        .iter()
        .enumerate()
        .map(|(idx, path)| (path.as_str(), vec![vec![passage(idx)]]))
        .collect();
    let library = build(&guides, 60);
    assert!(library.shards["root"].len() < 20_000, "{}", library.shards["root"].len());
    assert!(library.shards.keys().filter(|id| id.starts_with("d/")).count() > 2);
    assert!(library.summary.word_shards > 2000, "{:?}", library.summary);
    for idx in [0, 4100, 8299] {
        assert_eq!(library.find(&format!("t{idx} ")), [format!("A/b/v1/g{idx}::0::0")]);
    }
    assert_eq!(library.find("absent "), [""; 0]);
}

#[test]
fn shards_of_another_build_are_refused() {
    let (mine, other) = (Dice(1).library(800), Dice(2).library(800));
    let mut engine = mine.engine();
    // Tiers are asked for by the name of their bytes: another build's may lie there and are never used.
    let foreign = other.shards.iter().filter(|(id, _)| !mine.shards.contains_key(*id));
    for (id, raw) in foreign.filter(|(id, _)| !id.starts_with("p/")) {
        assert_eq!(engine.feed(id, raw), Err(Error::Foreign), "{id}");
    }
    assert_eq!(engine.feed("root", &other.shards["root"]), Err(Error::Foreign));
    assert_eq!(engine.feed("x/../y", &[]), Err(Error::Foreign));
}

#[test]
fn another_version_is_told() {
    let mut root = small().shards["root"].clone();
    root[4] = 99;
    assert_eq!(
        Engine::open(&root).err(),
        Some(Error::Version { found: 99, expected: search::FORMAT_VERSION })
    );
}

/// Bytes that are wrong though their checksum is right, as a writer with a mistake would leave them.
#[test]
fn wrong_bytes_with_a_right_checksum_never_panic() {
    let library = Dice(4).library(2000);
    let mut dice = Dice(5);
    let query = Query { facets: Facets::Count, ..query("compiler age") };
    for _ in 0..1000 {
        let mut engine = library.engine();
        for _ in 0..4 {
            let Ok(Reply::Need(ids)) = engine.ask(&query) else { break };
            for id in ids {
                let mut raw = library.shards[&id].clone();
                let body = raw.len() - 8;
                raw[dice.roll(body)] ^= 1 << dice.roll(8);
                let sum = id
                    .bytes()
                    .chain(raw[..body].iter().copied())
                    .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
                    });
                raw[body..].copy_from_slice(&sum.to_le_bytes());
                let _ = engine.feed(&id, &raw);
            }
        }
    }
}
