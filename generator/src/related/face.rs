//! What must be known of every chunk to relate it to others, without a look at what its source yielded.
//!
//! In: the identity and the record of a chunk. Out: a few numbers, small enough to keep for every chunk of a library. Knows no vector.

use std::fmt;

use search::Record;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// A chunk in a few numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Face {
    /// Of what it says and of its product: chunks of one passage have the same.
    pub(crate) passage: u64,
    /// Of its address.
    pub(crate) url: u64,
    /// Of all that a link to it shows.
    pub(crate) card: u64,
    /// Of its title.
    pub(crate) title: u32,
    /// Of the words of its title and of the headings above it, nearest first; 0 where there are no more.
    pub(crate) words: Words,
}

/// A word is one of 65,535.
pub(crate) type Words = [u16; WORDS_MAX];

const WORDS_MAX: usize = 6;
/// Shorter words tell nothing.
const WORD_CHARS_MIN: usize = 3;
const FACE_BYTES: usize = 28 + 2 * WORDS_MAX;

/// The faces of a source's chunks, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Faces(Vec<u8>);

// As bytes, not one by one: a library has millions of them.
impl Serialize for Faces {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Faces {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Faces, D::Error> {
        deserializer.deserialize_bytes(Bytes)
    }
}

struct Bytes;

impl de::Visitor<'_> for Bytes {
    type Value = Faces;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("the bytes of faces")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Faces, E> {
        Ok(Faces(bytes.to_vec()))
    }
}

impl Face {
    /// Of a chunk with this identity in this product.
    pub(crate) fn of(product: &str, identity: [u64; 2], record: &Record) -> Face {
        let mut passage = Xxh3::new();
        identity.iter().for_each(|half| passage.update(&half.to_le_bytes()));
        passage.update(product.as_bytes());
        let (title, place) = (&record.title, &record.place);
        let mut card = Xxh3::new();
        for text in [Some(title), Some(&place.url), record.vendor.as_ref(), record.product.as_ref()]
            .into_iter()
            .chain([place.version.as_ref(), place.guide.as_ref()])
            .chain(record.headings.iter().map(Some))
        {
            add(&mut card, text.map_or("", String::as_str));
        }
        Face {
            passage: passage.digest(),
            url: xxh3_64(place.url.as_bytes()),
            card: card.digest(),
            title: xxh3_64(title.to_lowercase().as_bytes()) as u32,
            words: words(record),
        }
    }

    fn bytes(self) -> [u8; FACE_BYTES] {
        let mut bytes = [0; FACE_BYTES];
        for (at, number) in [self.passage, self.url, self.card].into_iter().enumerate() {
            bytes[8 * at..8 * at + 8].copy_from_slice(&number.to_le_bytes());
        }
        bytes[24..28].copy_from_slice(&self.title.to_le_bytes());
        for (at, word) in self.words.into_iter().enumerate() {
            bytes[28 + 2 * at..30 + 2 * at].copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    fn from_bytes(bytes: &[u8; FACE_BYTES]) -> Face {
        let (numbers, rest) = bytes.split_at(24);
        let (title, words) = rest.split_at(4);
        let words = words.as_chunks::<2>().0;
        let words =
            std::array::from_fn(|at| words.get(at).map_or(0, |word| u16::from_le_bytes(*word)));
        let mut numbers =
            numbers.as_chunks::<8>().0.iter().map(|number| u64::from_le_bytes(*number));
        let mut number = || numbers.next().unwrap_or_default();
        let (passage, url, card) = (number(), number(), number());
        let title = title.try_into().map_or(0, u32::from_le_bytes);
        Face { passage, url, card, title, words }
    }
}

/// The words of a title and of the headings above it, a plural and its singular as one.
fn words(record: &Record) -> Words {
    let mut words = Words::default();
    let mut count = 0;
    for text in std::iter::once(&record.title).chain(record.headings.iter().rev()) {
        let lower = text.to_lowercase();
        for word in lower.split(|char: char| !char.is_alphanumeric()) {
            let stem = word.strip_suffix('s').unwrap_or(word);
            let hash = xxh3_64(stem.as_bytes()) as u16;
            let is_new =
                word.chars().count() >= WORD_CHARS_MIN && hash != 0 && !words.contains(&hash);
            if is_new && count < WORDS_MAX {
                words[count] = hash;
                count += 1;
            }
        }
    }
    words
}

/// With its length, so that no two lists of texts run into the same bytes.
fn add(hash: &mut Xxh3, text: &str) {
    hash.update(&(text.len() as u32).to_le_bytes());
    hash.update(text.as_bytes());
}

impl FromIterator<Face> for Faces {
    fn from_iter<I: IntoIterator<Item = Face>>(faces: I) -> Faces {
        Faces(faces.into_iter().flat_map(Face::bytes).collect())
    }
}

impl Faces {
    pub(crate) fn iter(&self) -> impl Iterator<Item = Face> {
        self.0.as_chunks().0.iter().map(Face::from_bytes)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len() / FACE_BYTES
    }

    pub(crate) fn get(&self, at: usize) -> Option<Face> {
        self.0.as_chunks().0.get(at).map(Face::from_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_come_back() {
        let face = Face {
            passage: 1,
            url: u64::MAX,
            card: 3 << 40,
            title: 7,
            words: [1, 2, 3, 4, 5, u16::MAX],
        };
        let faces: Faces = [face, Face { url: 9, ..face }].into_iter().collect();
        assert_eq!(faces.iter().map(|face| face.url).collect::<Vec<_>>(), [u64::MAX, 9]);
        assert_eq!((faces.get(0), faces.get(2)), (Some(face), None));
    }

    #[test]
    fn faces_are_kept() {
        let face = Face { passage: 1, url: 2, card: 3, title: 4, words: [5; WORDS_MAX] };
        let faces: Faces = [face; 3].into_iter().collect();
        let kept = postcard::to_stdvec(&faces).unwrap();
        assert_eq!(postcard::from_bytes::<Faces>(&kept).unwrap(), faces);
    }

    #[test]
    fn words_are_those_of_titles_and_headings() {
        let record = |title: &str, headings: &[&str]| Record {
            title: title.to_string(),
            headings: headings.iter().map(ToString::to_string).collect(),
            ..Record::default()
        };
        let snapshot = words(&record("Snapshot", &[]));
        assert_eq!(snapshot, words(&record("An of: SNAPSHOTS", &["Snapshots"])));
        assert_eq!(
            words(&record("Snapshots", &["Disks", "Volumes"]))[..2],
            words(&record("snapshot volume", &[]))[..2]
        );
    }

    #[test]
    fn a_link_shows_what_its_face_is_made_of() {
        let record = |title: &str| Record { title: title.to_string(), ..Record::default() };
        let face = |product: &str, title: &str| Face::of(product, [1, 2], &record(title));
        assert_eq!(face("anvil", "A"), face("anvil", "A"));
        assert_ne!(face("anvil", "A").passage, face("rope", "A").passage);
        assert_ne!(face("anvil", "A").card, face("anvil", "B").card);
    }
}
