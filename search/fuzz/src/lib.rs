//! What is fuzzed: every reader of bytes, by the engine's public face, over a small index of the example library.
//!
//! In: any bytes. Out: nothing, or a panic. The checksum is put on here, or nothing would get past it. Knows no fuzzer: the
//! tests replay the committed corpora with the same functions (`search/tests/fuzz.rs`), and `tests/fuzz` runs them at length.

pub mod index;

use search::{Engine, Facets, IndexWriter, Query, Reading, Reply, Wanted, plain as stripped};

use index::{HOT, Index, LARGE, SMALL, sealed, settings};

/// A reader of bytes, under a name that is also that of its corpus.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: &[Target] = &[
    ("root", root),
    ("feed", feed),
    ("words", words),
    ("texts", texts),
    ("guides", guides),
    ("directory", directory),
    ("tiers", tiers),
    ("filters", filters),
    ("segment", segment),
    ("meaning", meaning),
    ("query", query),
    ("language", language),
    ("plain", plain),
];

/// More trips than the engine may ever ask for.
const TRIPS_MAX: usize = 12;

/// What a damaged index is asked; the first byte of the input says which.
const QUESTIONS: &[(&str, Option<&str>)] = &[
    ("gridctl job submit", None),
    ("how do I drain a node", None),
    ("Dialog api", Some("northwind-voice")),
    ("交换机", None),
    ("UPDATE_CALL_DATA 12.5", Some("harbor-grid")),
    ("c", None),
    ("w250 word", None),
    ("hot cold7 ", None),
    ("northwind-voice 12.5 dailog subimt", None),
];

/// A root of any bytes, and whole shards behind it.
pub fn root(bytes: &[u8]) {
    let (question, body) = with_question(bytes);
    if let Ok(mut engine) = Engine::open(&sealed("root", body)) {
        walk(&mut engine, &question, &|id| SMALL.shard(id).to_vec());
    }
}

/// Any id with any bytes: what stands before the first line break is the id. Without their checksum they harm nothing.
pub fn feed(bytes: &[u8]) {
    let cut = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (id, body) = (String::from_utf8_lossy(&bytes[..cut]), &bytes[cut..]);
    let question = with_question(body).0;
    let mut engine = SMALL.engine();
    let _ = engine.feed(&id, body);
    answer_of(&mut engine, &SMALL, &question);
    let mut engine = SMALL.engine();
    let _ = engine.feed(&id, &sealed(&id, body));
    walk(&mut engine, &question, &|id| SMALL.shard(id).to_vec());
}

/// Shards of words of any bytes in a whole index.
pub fn words(bytes: &[u8]) {
    damaged(&SMALL, "w/", bytes);
}

/// Texts of any bytes in a whole index.
pub fn texts(bytes: &[u8]) {
    damaged(&SMALL, "t/", bytes);
}

/// A table of guides of any bytes in a whole index.
pub fn guides(bytes: &[u8]) {
    damaged(&SMALL, "g/", bytes);
}

/// Pages of the directory of any bytes in an index that is large enough for them.
pub fn directory(bytes: &[u8]) {
    damaged(&LARGE, "d/", bytes);
}

/// Tiers of any bytes in an index that has some.
pub fn tiers(bytes: &[u8]) {
    damaged(&HOT, "p/", bytes);
}

/// Lists of what guides share of any bytes in a whole index.
pub fn filters(bytes: &[u8]) {
    damaged(&SMALL, "f/", bytes);
}

/// A damaged map of meaning, rows and vectors in it.
pub fn meaning(bytes: &[u8]) {
    damaged(&SMALL, "m/", bytes);
}

/// A segment of any bytes, merged and asked. The first byte says for how many passages there are records.
pub fn segment(bytes: &[u8]) {
    let Some((passages, segment)) = bytes.split_first() else { return };
    let records = index::records(usize::from(*passages));
    let mut writer = IndexWriter::new(settings(64));
    writer.start_guide(&index::guide("acme", "1.0"));
    let is_taken = writer.add_source(0, segment, &mut records.iter().map(Vec::as_slice)).is_ok();
    if is_taken && let Ok(written) = index::finished(writer, &[records]) {
        let index = Index::of(written.shards);
        answer_of(&mut index.engine(), &index, &with_question(bytes).0);
    }
}

/// Any question to a whole index: flags and numbers in the first three bytes, then the text and the filters, a line each.
/// It has an answer, within the trips that the engine promises.
pub fn query(bytes: &[u8]) {
    let Some(([flags, offset, limit], rest)) = bytes.split_first_chunk() else { return };
    let rest = String::from_utf8_lossy(rest);
    let mut lines = rest.split('\n');
    let text = lines.next().unwrap_or_default().into();
    let mut filter = |bit: u8| lines.next().filter(|_| flags & bit != 0).map(String::from);
    let question = Query {
        text,
        vendor: filter(1),
        product: filter(2),
        version: filter(4),
        guide: filter(8),
        offset: u32::from(*offset),
        limit: u32::from(*limit),
        facets: if flags & 16 == 0 { Facets::Skip } else { Facets::Count },
        every_version: flags & 64 != 0,
        every_duplicate: flags & 128 != 0,
        ..Query::default()
    };
    let index = if flags & 32 == 0 { &SMALL } else { &LARGE };
    let mut engine = index.engine();
    answer_of(&mut engine, index, &question);
    let _ = engine.fetch(&Wanted::Chunk(&question.text));
    let _ = engine.fetch(&Wanted::Source(&question.text));
}

/// Any text as a query: it has an answer, and every part of it that was more than words is a part of the text.
pub fn language(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let question = Query { text: text.clone().into(), limit: 10, ..Query::default() };
    let mut engine = SMALL.engine();
    answer_of(&mut engine, &SMALL, &question);
    let Ok(Reply::Answer(answer)) = engine.ask(&question) else { return };
    for clause in &answer.clauses {
        assert!(text.contains(&clause.text), "{clause:?} is no part of {text:?}");
    }
    let words = Query { reading: Reading::Words, ..question };
    answer_of(&mut engine, &SMALL, &words);
}

/// Any Markdown into plain text, which is no longer than the Markdown but for a line's end.
pub fn plain(bytes: &[u8]) {
    let markdown = String::from_utf8_lossy(bytes);
    assert!(stripped(&markdown).len() <= markdown.len() + 1, "signs were added");
}

fn with_question(bytes: &[u8]) -> (Query, &[u8]) {
    let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let (text, vendor) = QUESTIONS[usize::from(*first) % QUESTIONS.len()];
    let facets = if first & 128 == 0 { Facets::Count } else { Facets::Skip };
    let vendor = vendor.map(String::from);
    let version = (first & 64 != 0).then(|| String::from("v2.3"));
    (Query { text: text.into(), vendor, version, limit: 10, facets, ..Query::default() }, rest)
}

/// Asks an index whose shards of one kind hold these bytes.
fn damaged(index: &Index, kind: &str, bytes: &[u8]) {
    let (question, body) = with_question(bytes);
    walk(&mut index.engine(), &question, &|id| match id.starts_with(kind) {
        true => sealed(id, body),
        false => index.shard(id).to_vec(),
    });
}

/// Asks a whole index, which must answer.
fn answer_of(engine: &mut Engine, index: &Index, question: &Query) {
    assert!(walk(engine, question, &|id| index.shard(id).to_vec()), "no answer to {question:?}");
}

/// Asks and feeds until there is an answer, an error, or nothing more that is taken. Says whether there is an answer.
fn walk(engine: &mut Engine, question: &Query, bring: &dyn Fn(&str) -> Vec<u8>) -> bool {
    for _ in 0..TRIPS_MAX {
        let Ok(reply) = engine.ask(question) else { return false };
        let ids = match reply {
            Reply::Need(ids) => ids,
            Reply::Answer(answer) => {
                assert!(answer.hits.len() <= question.limit as usize, "more hits than asked for");
                return true;
            }
        };
        if ids.iter().filter(|id| engine.feed(id, &bring(id)).is_ok()).count() == 0 {
            return false;
        }
    }
    false
}
