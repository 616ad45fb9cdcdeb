//! What the engine takes at three sizes: making an index, opening it, a question to one that has all its shards.
//!
//! `cargo bench -p mcdewey-search`. The passages are made up: words as frequent as in a language, every fourth source
//! nearly the one before it, as versions of a guide are. No file is touched and nothing is compressed.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use divan::{Bencher, black_box};
use search::{
    Answer, Engine, Error, Fields, GuideEntry, IndexWriter, Name, Placement, Query, Record, Reply,
    SegmentBuilder, Settings,
};

const PASSAGES: [usize; 3] = [1_000, 10_000, 100_000];
const PASSAGES_IN_SOURCE: usize = 50;
const SOURCES_IN_GUIDE: usize = 10;
const WORDS_IN_PASSAGE: usize = 60;
const WORDS: usize = 40_000;
const SHARD_BYTES: usize = 20 * 1024;

/// A frequent word and a rare one, frequent ones alone, a stop word, the beginning of a word, a word that stands nowhere.
const QUESTIONS: [&str; 5] = ["baba dobeli", "beba bodu lu", "the kelimo", "gu", "didu nowhere"];

fn main() {
    divan::main();
}

#[divan::bench(args = PASSAGES, sample_count = 3, sample_size = 1)]
fn build(bencher: Bencher<'_, '_>, passages: usize) {
    let sources = sources(passages);
    bencher.bench_local(|| built(&sources));
}

#[divan::bench(args = PASSAGES)]
fn open(bencher: Bencher<'_, '_>, passages: usize) {
    let root = &index(passages)["root"];
    bencher.bench_local(|| Engine::open(black_box(root)).expect("the root is whole"));
}

/// All questions one after the other.
#[divan::bench(args = PASSAGES, sample_count = 50)]
fn ask_warm(bencher: Bencher<'_, '_>, passages: usize) {
    let shards = index(passages);
    let mut engine = Engine::open(&shards["root"]).expect("the root is whole");
    let questions =
        QUESTIONS.map(|text| Query { text: text.into(), limit: 10, ..Query::default() });
    for question in &questions {
        answer(&mut engine, question, shards);
    }
    bencher.bench_local(|| {
        for question in &questions {
            black_box(engine.ask(question)).expect("it was asked before");
        }
    });
}

fn answer(engine: &mut Engine, question: &Query, shards: &Shards) -> Answer {
    loop {
        match engine.ask(question).expect("the index is whole") {
            Reply::Answer(answer) => return answer,
            Reply::Need(ids) => ids.iter().for_each(|id| {
                engine.feed(id, &shards[id]).expect("a shard of this index");
            }),
        }
    }
}

type Shards = BTreeMap<String, Vec<u8>>;
type Source = Vec<String>;

/// Each index is made once, however many benches ask it.
fn index(passages: usize) -> &'static Shards {
    static INDEXES: [LazyLock<Shards>; PASSAGES.len()] = [
        LazyLock::new(|| built(&sources(PASSAGES[0]))),
        LazyLock::new(|| built(&sources(PASSAGES[1]))),
        LazyLock::new(|| built(&sources(PASSAGES[2]))),
    ];
    let at = PASSAGES.iter().position(|one| *one == passages).expect("a size of the table");
    &INDEXES[at]
}

fn built(sources: &[Source]) -> Shards {
    let mut shards = Shards::new();
    let mut emit = |id: String, raw: Vec<u8>| -> Result<(), Error> {
        shards.insert(id, raw);
        Ok(())
    };
    let mut writer = IndexWriter::new(Settings { shard_bytes: (SHARD_BYTES, SHARD_BYTES) });
    let mut all: Vec<Vec<Vec<u8>>> = Vec::new();
    for (guide, sources) in sources.chunks(SOURCES_IN_GUIDE).enumerate() {
        writer.start_guide(&guide_entry(guide));
        for source in sources {
            let (segment, records) = analysed(source);
            let mut encoded = records.iter().map(Vec::as_slice);
            writer.add_source(0, &segment, &mut encoded).expect("it is taken");
            all.push(records);
        }
    }
    let mut recall = |source: u32, chunk: u32| -> Result<Vec<u8>, Error> {
        Ok(all[source as usize][chunk as usize].clone())
    };
    writer
        .finish(&mut recall, &mut |_, _| unreachable!("nothing was spilled"), &mut emit)
        .expect("it is finished");
    shards
}

fn guide_entry(at: usize) -> GuideEntry {
    let name = |text: String| Name { key: text.clone(), name: text, aliases: Vec::new() };
    GuideEntry {
        vendor: Some(name(format!("vendor-{}", at / 16))),
        product: Some(name(format!("product-{}", at / 4))),
        version: None,
        guide: name(format!("guide-{at}")),
        is_newest: true,
    }
}

fn analysed(source: &Source) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut segment = SegmentBuilder::new();
    let record = |(at, text): (usize, &String)| {
        let title: String = text.split(' ').take(4).collect::<Vec<_>>().join(" ");
        segment.add(&Fields { title: &title, headings: &[], body_markdown: text });
        let place = Placement { id: format!("guide::{at}"), ..Placement::default() };
        Record { place, title, text: text.clone(), ..Record::default() }.encode()
    };
    let records = source.iter().enumerate().map(record).collect();
    (segment.encode(), records)
}

fn sources(passages: usize) -> Vec<Source> {
    let mut dice = Dice(passages as u64);
    let mut sources: Vec<Source> = Vec::new();
    while sources.len() * PASSAGES_IN_SOURCE < passages {
        let next = match sources.last() {
            Some(before) if sources.len() % 4 == 3 => dice.another_version(before),
            _ => (0..PASSAGES_IN_SOURCE).map(|_| dice.passage()).collect(),
        };
        sources.push(next);
    }
    sources
}

/// Numbers that look random and never change.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// The n-th most frequent word stands about one n-th as often as the first.
    fn word(&mut self) -> String {
        match (WORDS as f64).powf(self.roll()) as usize {
            0 | 1 => "the".into(),
            rank => syllables(rank),
        }
    }

    fn passage(&mut self) -> String {
        (0..WORDS_IN_PASSAGE).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    fn another_version(&mut self, before: &Source) -> Source {
        before.iter().map(|text| format!("{text} {}", self.word())).collect()
    }
}

/// A number as a word of letters: frequent words are short.
fn syllables(mut number: usize) -> String {
    const CONSONANTS: &[u8] = b"bdfgklmnprstvz";
    const VOWELS: &[u8] = b"aeiou";
    let mut word = String::new();
    while number > 0 {
        word.push(char::from(CONSONANTS[number % CONSONANTS.len()]));
        number /= CONSONANTS.len();
        word.push(char::from(VOWELS[number % VOWELS.len()]));
        number /= VOWELS.len();
    }
    word
}
