//! Libraries of any size, made up: words as often as in real texts, products in several versions that repeat each other.
//!
//! In: how many chunks, a seed. Out: sources with their chunks, in the order in which a library has them; queries that find
//! something in each of them. Same numbers, same texts. Knows no files and no engine.

/// Chunks of one version of a product; a product has four versions.
const VERSION_CHUNKS: usize = 2_400;
const VERSIONS: [&str; 4] = ["v4", "v3", "v2", "v1"];
/// A version is so many whole sources.
const SOURCE_CHUNKS: usize = 40;
const GUIDE_SOURCES: usize = 10;
const VENDOR_PRODUCTS: usize = 10;

/// How many words there are; most of them stand nowhere.
const WORDS: f64 = 3e6;
/// Words of queries are among the most frequent, so that small libraries have them too.
const QUERY_WORDS: f64 = 2e4;

/// A source with its chunks.
pub struct Source {
    pub vendor: String,
    pub product: String,
    pub version: &'static str,
    pub guide: String,
    /// Whether the version is the newest of its product.
    pub is_newest: bool,
    pub path: String,
    pub chunks: Vec<Chunk>,
}

pub struct Chunk {
    pub title: String,
    pub text: String,
}

/// The sources of a library, the newest version of each product first.
pub fn sources(chunks: usize, seed: u64) -> impl Iterator<Item = Source> {
    (0..chunks).step_by(SOURCE_CHUNKS).map(move |first| {
        let product = first / (VERSION_CHUNKS * VERSIONS.len());
        let version = first / VERSION_CHUNKS % VERSIONS.len();
        let within = first % VERSION_CHUNKS;
        let number = within / SOURCE_CHUNKS;
        let vendor = format!("vendor-{}", product / VENDOR_PRODUCTS);
        let guide = format!("guide-{:02}", number / GUIDE_SOURCES);
        let last = (within + SOURCE_CHUNKS).min(VERSION_CHUNKS).min(within + chunks - first);
        let product_name = format!("product-{product:04}");
        Source {
            path: format!("{vendor}/{product_name}/{}/{guide}/part-{number:03}", VERSIONS[version]),
            vendor,
            product: product_name,
            version: VERSIONS[version],
            guide,
            is_newest: version == 0,
            chunks: (within..last).map(|at| chunk(seed, product, version, at)).collect(),
        }
    })
}

/// Of ten chunks of an older version six are as in the newest, one has a word more, three are its own.
fn chunk(seed: u64, product: usize, version: usize, at: usize) -> Chunk {
    let own = Dice::of(&[seed, product as u64, version as u64, at as u64]).roll(10);
    let origin = if version > 0 && own < 7 { 0 } else { version };
    let mut dice = Dice::of(&[seed, product as u64, origin as u64, at as u64, 1]);
    let title = dice.text(3);
    let words = 30 + dice.roll(31);
    let mut text = dice.text(words);
    if version > 0 && own == 6 {
        text.push_str(" again");
    }
    Chunk { title, text }
}

/// Queries of two and three words.
pub fn queries(count: usize, seed: u64) -> impl Iterator<Item = String> {
    let mut dice = Dice::of(&[seed, 2]);
    (0..count).map(move |at| {
        let words = (0..2 + at % 2).map(|_| word(dice.rank(QUERY_WORDS)));
        words.collect::<Vec<_>>().join(" ")
    })
}

/// Numbers that look random and never change.
struct Dice(u64);

impl Dice {
    fn of(numbers: &[u64]) -> Dice {
        Dice(numbers.iter().fold(0x9e37_79b9_7f4a_7c15, |state, number| mixed(state ^ number)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    fn roll(&mut self, sides: usize) -> usize {
        (self.next() % sides as u64) as usize
    }

    /// The rank of a word: the n-th most frequent stands n times less often than the first.
    fn rank(&mut self, words: f64) -> usize {
        let share = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        words.powf(share) as usize - 1
    }

    fn text(&mut self, words: usize) -> String {
        (0..words).map(|_| word(self.rank(WORDS))).collect::<Vec<_>>().join(" ")
    }
}

fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// A word that can be said, and stands for this rank alone.
fn word(rank: usize) -> String {
    const CONSONANTS: [&str; 16] =
        ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "z", "ch"];
    const VOWELS: [&str; 5] = ["a", "e", "i", "o", "u"];
    let mut left = rank;
    let mut text = String::new();
    loop {
        text.push_str(CONSONANTS[left % CONSONANTS.len()]);
        left /= CONSONANTS.len();
        text.push_str(VOWELS[left % VOWELS.len()]);
        left /= VOWELS.len();
        if left == 0 {
            text.push('k');
            return text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_chunks_as_asked_for_and_versions_repeat_each_other() {
        let sources: Vec<Source> = sources(10_010, 1).collect();
        let chunks: Vec<&Chunk> = sources.iter().flat_map(|source| &source.chunks).collect();
        assert_eq!(chunks.len(), 10_010);
        let mut texts: Vec<&str> = chunks.iter().map(|chunk| chunk.text.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert!((5_000..7_000).contains(&texts.len()), "{}", texts.len());
        let mut paths: Vec<&str> = sources.iter().map(|source| source.path.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), sources.len());
    }

    #[test]
    fn words_differ() {
        let mut words: Vec<String> = (0..5_000).map(word).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 5_000);
        assert!(queries(20, 1).eq(queries(20, 1)));
    }
}
