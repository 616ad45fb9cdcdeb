//! Libraries made up on the spot, their index and their oracle. In: passages, or dice. Out: a [`Library`] to ask.

use std::collections::BTreeMap;
use std::sync::Arc;

use search::oracle::Oracle;
use search::*;

/// A made-up library, its index and its oracle.
pub(crate) struct Library {
    pub(crate) shards: BTreeMap<String, Vec<u8>>,
    pub(crate) oracle: Oracle,
    pub(crate) summary: Summary,
}

/// One passage: title, headings, body.
pub(crate) type Passage = (String, Vec<String>, String);

pub(crate) fn name(key: &str) -> Name {
    Name { key: key.to_lowercase(), name: key.into(), aliases: vec![format!("{key} alias")] }
}

/// `vendor/product/version/guide`; a level that is `-` is not there. Versions that end in `old` are not the newest.
pub(crate) fn guide(path: &str) -> GuideEntry {
    let levels: Vec<Option<Name>> =
        path.split('/').map(|level| (level != "-").then(|| name(level))).collect();
    let [vendor, product, version, guide] = levels.try_into().unwrap();
    let is_newest = !version.as_ref().is_some_and(|version| version.key.ends_with("old"));
    GuideEntry { vendor, product, version, guide: guide.unwrap_or_default(), is_newest }
}

/// Words and phrases that mean the same in all made-up libraries: rare words and frequent ones, and an identifier.
pub(crate) fn synonyms() -> Synonyms {
    let mut synonyms = Synonyms::default();
    for (typed, said) in [
        ("alpha", "zoning"),
        ("zone", "alpha"),
        ("omega", "the compiler"),
        ("omega", "of"),
        ("networks", "call agents"),
        ("gamma", "C++"),
        ("C++", "gamma"),
        ("routing", "配置"),
    ] {
        synonyms.add(&Said::of(typed), &Said::of(said));
    }
    synonyms
}

/// Each guide has sources, each source has passages.
pub(crate) fn build(guides: &[(&str, Vec<Vec<Passage>>)], shard_bytes: usize) -> Library {
    build_within(guides, shard_bytes, usize::MAX).0
}

/// With a meaning made of its passages.
pub(crate) fn build_with(
    guides: &[(&str, Vec<Vec<Passage>>)],
    meaning: impl Fn(&[Numbered]) -> Meaning,
) -> (Library, Meaning) {
    let made = std::cell::RefCell::new(Meaning::default());
    let set = |writer: &mut IndexWriter| {
        let passages: Vec<Numbered> = writer.passages().collect();
        *made.borrow_mut() = meaning(&passages);
        writer.set_meaning(made.borrow().clone());
    };
    let library = build_and(guides, (1 << 12, usize::MAX), &|_| None, &set).0;
    (library, made.into_inner())
}

/// With so much memory for what can be spilled. Says how often it was.
pub(crate) fn build_within(
    guides: &[(&str, Vec<Vec<Passage>>)],
    shard_bytes: usize,
    memory_bytes: usize,
) -> (Library, usize) {
    build_and(guides, (shard_bytes, memory_bytes), &|_| None, &|_| ())
}

/// With guides in other languages than English, by their numbers.
pub(crate) fn build_in(
    guides: &[(&str, Vec<Vec<Passage>>)],
    shard_bytes: usize,
    stemmer: &dyn Fn(usize) -> Option<Stemmer>,
) -> Library {
    build_and(guides, (shard_bytes, usize::MAX), stemmer, &|_| ()).0
}

fn build_and(
    guides: &[(&str, Vec<Vec<Passage>>)],
    (shard_bytes, memory_bytes): (usize, usize),
    stemmer: &dyn Fn(usize) -> Option<Stemmer>,
    before_finish: &dyn Fn(&mut IndexWriter),
) -> (Library, usize) {
    let (mut scratch, mut spills) = (vec![], 0);
    let mut writer = IndexWriter::new(Settings { shard_bytes: (shard_bytes, shard_bytes) });
    let mut oracle = Oracle::new();
    let synonyms = Arc::new(synonyms());
    oracle.set_synonyms(&synonyms);
    let mut sources = vec![];
    for (number, (path, guide_sources)) in guides.iter().enumerate() {
        let entry = guide(path);
        writer.start_guide(&entry);
        oracle.start_guide(&entry);
        for (source, passages) in guide_sources.iter().enumerate() {
            let mut segment = SegmentBuilder::new();
            segment.set_synonyms(&synonyms);
            segment.set_stemmer(stemmer(number));
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
                let (title, headings, text) = (title.clone(), headings.clone(), body.clone());
                records.push(Record { place, title, headings, text, ..Record::default() }.encode());
            }
            let mut encoded = records.iter().map(Vec::as_slice);
            writer.add_source(0, &segment.encode(), &mut encoded).unwrap();
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
    before_finish(&mut writer);
    let summary = writer.finish(&mut recall, &mut unspill, &mut emit).unwrap();
    (Library { shards, oracle, summary }, spills)
}

impl Library {
    pub(crate) fn engine(&self) -> Engine {
        Engine::open(&self.shards["root"]).unwrap()
    }

    pub(crate) fn ask(&self, query: &Query) -> Answer {
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

    pub(crate) fn fetch(&self, wanted: &Wanted<'_>) -> Vec<Record> {
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

    pub(crate) fn find(&self, text: &str) -> Vec<String> {
        self.ask(&query(text)).hits.into_iter().map(|hit| hit.record.place.id).collect()
    }
}

pub(crate) fn query(text: &str) -> Query {
    Query { text: text.into(), limit: 10, ..Query::default() }
}

/// Numbers that look random and never change.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    /// Low numbers far more often than high ones, as words are.
    pub(crate) fn word(&mut self) -> &'static str {
        const WORDS: &str = "the of and compile compiler compiled compiling agent agents dialog call_data UPDATE_CALL_DATA \
            std::vector queue queues queued call caller calls send sends DTMF string strings 12.5(1) 12.5 v2 C4996 error \
            errors /finesse/api/Dialog api node nodes 配置 文件 配置文件 configure configuration configured third-party \
            operator<< doSomething something größe happy happily happiness network networks x86-64 C++ routing router \
            routed route zebra zoning zone alpha beta gamma delta omega";
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        let bound = self.roll(words.len()) + 1;
        words[self.roll(bound)]
    }

    pub(crate) fn text(&mut self, words_max: usize) -> String {
        (0..self.roll(words_max + 1)).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn passages(&mut self, max: usize) -> Vec<Passage> {
        (0..=self.roll(max))
            .map(|_| (self.text(4), vec![self.text(3), self.text(3)], self.text(120)))
            .collect()
    }

    /// The sources of another version: most passages as they were, some with a word more, some with another title.
    pub(crate) fn again(&mut self, sources: &[Vec<Passage>]) -> Vec<Vec<Passage>> {
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

    pub(crate) fn library(&mut self, shard_bytes: usize) -> Library {
        build(&self.guides(), shard_bytes)
    }

    pub(crate) fn guides(&mut self) -> Vec<(&'static str, Vec<Vec<Passage>>)> {
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

    /// Words with signs of the query language among them.
    pub(crate) fn signs(&mut self) -> String {
        let part = |dice: &mut Dice| {
            let row = (0..=dice.roll(3)).map(|_| dice.word()).collect::<Vec<_>>().join(" ");
            let word = dice.word();
            match dice.roll(9) {
                0 | 1 => format!("\"{row}\""),
                2 => format!(
                    "-{}",
                    ["agents", "the", "queue", "zebra", "nothing", "配置"][dice.roll(6)]
                ),
                3 => format!("-\"{row}\""),
                4 => format!("title:{word}"),
                5 => format!("title:\"{row}\""),
                6 => ["product:thr", "version:v1", "guide:fo", "vendor:a", "version:v2"]
                    [dice.roll(5)]
                .into(),
                _ => row,
            }
        };
        let parts: Vec<String> = (0..=self.roll(3)).map(|_| part(self)).collect();
        // Signs of names are words to the engine; the oracle leaves them to the tests of rows.
        parts.join(" ").replace("C++", "omega").replace("operator<<", "gamma")
    }

    pub(crate) fn query(&mut self) -> Query {
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

/// The hits by what their words are worth, however these stand together.
pub(crate) fn ranked(answer: &Answer) -> Vec<(DocumentId, u32)> {
    let mut ranked: Vec<_> =
        answer.hits.iter().map(|hit| (hit.document, hit.score - hit.gain)).collect();
    ranked.sort_by_key(|(document, score)| (std::cmp::Reverse(*score), *document));
    ranked
}

pub(crate) fn small() -> Library {
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
