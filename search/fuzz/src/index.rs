//! The index that is damaged: some of the example library, cut into small passages, so that inputs stay small.
//!
//! In: Markdown of the example library. Out: shards, and the first inputs of each target. Knows no target's inside.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use search::{
    Engine, Error, Fields, GuideEntry, IndexWriter, Kept, Meaning, Name, Numbers, Placement,
    Record, Row, SegmentBuilder, Settings, stems_of,
};

/// Markdown by vendor and version, the newest first.
const SOURCES: &[(&str, &str, &str)] = &[
    (
        "harbor-grid",
        "v3.0",
        include_str!("../../../examples/library/harbor-grid/gridd/v3.0/cli-reference/gridctl.md"),
    ),
    (
        "harbor-grid",
        "v2.3",
        include_str!("../../../examples/library/harbor-grid/gridd/v2.3/cli-reference/gridctl.md"),
    ),
    (
        "northwind-voice",
        "12.5",
        include_str!(
            "../../../examples/library/northwind-voice/callbridge/12.5/developer-guide/dialog-api.md"
        ),
    ),
    (
        "lumen-switch",
        "1.0",
        include_str!("../../../examples/library/lumen-switch/edge-os/handbook/quick-start-zh.md"),
    ),
];
const PASSAGE_CHARS: usize = 160;
const PASSAGES_MAX: usize = 6;
/// So many words that their shards do not all stand in the root.
const MANY_WORDS: usize = 6000;
const HOT_PASSAGES: usize = 3_400;

/// One shard of most kinds. The last passage of each source came late.
pub static SMALL: LazyLock<Index> = LazyLock::new(|| {
    let sources =
        SOURCES.iter().map(|(vendor, version, text)| (guide(vendor, version), passages(text)));
    let before = sources.clone().map(|(guide, mut passages)| {
        passages.pop();
        (guide, passages)
    });
    let before = added(before, 1 << 20, None);
    let numbers = finished(before.0, &before.1).expect("an index is finished").numbers;
    let index = Index::of(written(sources, 1 << 20, Some(&numbers)));
    assert_eq!(index.0.keys().filter(|id| id.starts_with("w/")).count(), WORD_SHARDS);
    index
});
/// Addresses, words, the lexicon, and the words of late passages.
const WORD_SHARDS: usize = 4;

/// A shard for nearly every word, hence a directory of several pages.
pub static LARGE: LazyLock<Index> = LazyLock::new(|| {
    let word = |at: usize| format!("w{}{}", at * 7919 % 100_003, "x".repeat(at % 5));
    let text = (0..MANY_WORDS).map(word).collect::<Vec<_>>().join(" ");
    let passages = text.as_bytes().chunks(2000).map(|part| String::from_utf8_lossy(part).into());
    Index::of(written([(guide("acme", "1"), passages.collect())].into_iter(), 1, None))
});

/// One word in so many passages that most of its postings lie in tiers.
pub static HOT: LazyLock<Index> = LazyLock::new(|| {
    let passage = |at: usize| format!("hot{} cold{at}", " hot".repeat(at % 9));
    let passages = (0..HOT_PASSAGES).map(passage).collect();
    Index::of(written([(guide("acme", "1"), passages)].into_iter(), 1 << 20, None))
});

/// Shards by id.
pub struct Index(BTreeMap<String, Vec<u8>>);

impl Index {
    pub fn of(shards: Vec<(String, Vec<u8>)>) -> Index {
        Index(shards.into_iter().collect())
    }

    pub fn engine(&self) -> Engine {
        Engine::open(self.shard("root")).expect("the root is whole")
    }

    /// A shard's bytes with their checksum; none for an id that this index does not have.
    pub fn shard(&self, id: &str) -> &[u8] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }

    /// What stands before the checksum of the shards whose id begins so.
    fn bodies(&self, kind: &str) -> impl Iterator<Item = &[u8]> {
        let own = self.0.iter().filter(move |(id, _)| id.starts_with(kind));
        own.map(|(_, bytes)| &bytes[..bytes.len() - size_of::<u64>()])
    }
}

pub fn settings(shard_bytes: usize) -> Settings {
    Settings { shard_bytes: (shard_bytes, shard_bytes) }
}

pub fn guide(vendor: &str, version: &str) -> GuideEntry {
    let name = |key: &str| Name {
        key: key.into(),
        name: key.to_uppercase(),
        aliases: vec![format!("{key} inc")],
    };
    GuideEntry {
        vendor: Some(name(vendor)),
        product: Some(name("product")),
        version: Some(name(version)),
        guide: name("guide"),
        is_newest: version != "v2.3",
    }
}

/// Records of passages that say nothing.
pub fn records(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|at| encoded("a", at, "A passage.")).collect()
}

/// The bytes as a shard of this id: FORMAT.md tells the checksum, which leaves the group of a block of texts out.
pub fn sealed(id: &str, body: &[u8]) -> Vec<u8> {
    let id = if id.starts_with("t/") { id.get(10..).unwrap_or(id) } else { id };
    let fnv = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let sum = id.as_bytes().iter().chain(body).fold(0xcbf2_9ce4_8422_2325, fnv);
    [body, &sum.to_le_bytes()].concat()
}

/// The first inputs of each target: whole shards, and questions that people ask.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let damaged = [
        ("root", "root", &SMALL),
        ("words", "w/", &SMALL),
        ("texts", "t/", &SMALL),
        ("guides", "g/", &SMALL),
        ("directory", "d/", &LARGE),
        ("tiers", "p/", &HOT),
        ("filters", "f/", &SMALL),
        ("meaning", "m/", &SMALL),
    ];
    let mut seeds = Vec::new();
    for (target, kind, index) in damaged {
        seeds.extend(
            index
                .bodies(kind)
                .take(4)
                .zip([7, 66, 3, 6])
                .map(|(body, question)| (target, [&[question], body].concat())),
        );
    }
    for (_, _, text) in SOURCES {
        let passages = passages(text);
        seeds.push(("segment", [&[passages.len() as u8], &*segment(&passages)].concat()));
        seeds
            .extend(passages.iter().take(4).map(|passage| ("plain", passage.clone().into_bytes())));
    }
    let questions = [
        "\0\0\nUPDATE_CALL_DATA 12.5",
        "\x1f\x02\x0agridctl job\nharbor-grid\nproduct\nv3.0\nguide",
        "\x11\0\x05交换机 端口\nlumen-switch",
        "\x20\0\x0aw7919 \"exact phrase\" -word product:x",
    ];
    seeds.extend(questions.map(|question| ("query", question.as_bytes().to_vec())));
    let sentences = [
        "\"drain a node\" -preview product:gridd",
        "title:\"job submit\" page:12 vendor:nobody --no-verify",
        "-\"exact phrase\" foo:bar \"open",
    ];
    seeds.extend(sentences.map(|sentence| ("language", sentence.as_bytes().to_vec())));
    seeds.extend(SMALL.0.keys().map(|id| ("feed", format!("{id}\n\0").into_bytes())));
    seeds
}

fn passages(text: &str) -> Vec<String> {
    let cut = |part: &str| part.chars().take(PASSAGE_CHARS).collect();
    text.split("\n#").map(cut).take(PASSAGES_MAX).collect()
}

fn written(
    sources: impl Iterator<Item = (GuideEntry, Vec<String>)> + Clone,
    shard_bytes: usize,
    record: Option<&[u8]>,
) -> Vec<(String, Vec<u8>)> {
    let (writer, records) = added(sources, shard_bytes, record);
    finished(writer, &records).expect("an index is finished").shards
}

/// A writer that has all of it, as it was numbered before, and the records of each source.
fn added(
    sources: impl Iterator<Item = (GuideEntry, Vec<String>)> + Clone,
    shard_bytes: usize,
    record: Option<&[u8]>,
) -> (IndexWriter, Vec<Vec<Vec<u8>>>) {
    let mut writer = IndexWriter::new(settings(shard_bytes));
    if let Some(mut numbers) = record.and_then(Numbers::read) {
        for (guide, passages) in sources.clone() {
            numbers.start_guide(&guide);
            numbers.add_source(&segment(&passages)).expect("a segment is taken");
        }
        writer.set_numbers(numbers);
    }
    let mut all = Vec::new();
    let mut keys = BTreeSet::new();
    for (guide, passages) in sources {
        writer.start_guide(&guide);
        let place = format!("{}/{}", guide.vendor.expect("there is one").key, all.len());
        let numbered = passages.iter().enumerate();
        let records: Vec<Vec<u8>> = numbered.map(|(at, text)| encoded(&place, at, text)).collect();
        let mut all_encoded = records.iter().map(Vec::as_slice);
        let segment = segment(&passages);
        writer.add_source(0, &segment, &mut all_encoded).expect("a segment is taken");
        let mut note = |key: &[u8], _: &[(u32, u32)]| {
            keys.insert(key.to_vec());
        };
        stems_of(&segment, &mut note).expect("a segment has stems");
        all.push(records);
    }
    writer.set_meaning(meaning(&writer, keys));
    (writer, all)
}

/// How many bytes a vector takes, and how many clusters there are.
const ROW_BYTES: usize = 4;
const CLUSTERS: usize = 3;

/// A meaning made up of numbers that are the same in every run.
fn meaning(writer: &IndexWriter, keys: BTreeSet<Vec<u8>>) -> Meaning {
    let numbers =
        |from: usize, count: usize| (from..from + count).map(|at| ((at * 7919) >> 3) as u8);
    let slots = writer.passages().last().map_or(0, |last| last.slot as usize + 1);
    let mut clusters = vec![u16::MAX; slots];
    writer
        .passages()
        .for_each(|at| clusters[at.slot as usize] = (at.slot as usize % CLUSTERS) as u16);
    let row = |(at, key): (usize, Vec<u8>)| {
        let packed = numbers(at, ROW_BYTES).collect();
        (key.into(), Row { scale: at as u16, packed })
    };
    Meaning {
        stamp: 1,
        row_bytes: ROW_BYTES,
        weight: 77,
        elsewhere: Vec::new(),
        centroids: numbers(5, CLUSTERS * ROW_BYTES).collect(),
        cohesions: numbers(9, CLUSTERS).collect(),
        clusters,
        vectors: numbers(1, slots * ROW_BYTES).collect(),
        rows: keys.into_iter().enumerate().map(row).collect(),
    }
}

/// What a writer wrote.
pub struct Written {
    pub shards: Vec<(String, Vec<u8>)>,
    pub numbers: Vec<u8>,
}

/// All that was added, given the records of each source once more.
pub fn finished(writer: IndexWriter, records: &[Vec<Vec<u8>>]) -> Result<Written, Error> {
    let mut shards = Vec::new();
    let mut emit = |id: String, raw: Vec<u8>| -> Result<(), Error> {
        shards.push((id, raw));
        Ok(())
    };
    let mut recall = |source: u32, chunk: u32| -> Result<Vec<u8>, Error> {
        Ok(records[source as usize][chunk as usize].clone())
    };
    let unspill = &mut |_: u64, _: &mut [u8]| unreachable!("nothing was spilled");
    let keep = &mut |_: &[u8]| Ok(Kept::default());
    let numbers = writer.finish_keeping(&mut recall, unspill, &mut emit, keep)?.numbers;
    Ok(Written { shards, numbers })
}

fn segment(passages: &[String]) -> Vec<u8> {
    let mut segment = SegmentBuilder::new();
    for text in passages {
        let title = text.lines().next().unwrap_or_default();
        segment.add(&Fields { title, headings: &[], body_markdown: text });
    }
    segment.encode()
}

fn encoded(place: &str, at: usize, text: &str) -> Vec<u8> {
    let place = Placement {
        id: format!("{place}::{at}"),
        source: format!("{place}.md"),
        url: format!("{place}/{at}.html"),
        page: Some(at as u32),
        ..Placement::default()
    };
    Record { place, title: "Title".into(), text: text.into(), ..Record::default() }.encode()
}
