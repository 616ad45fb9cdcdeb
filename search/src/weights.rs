//! What a word is worth in a passage: BM25F over title, heading path and body, made of small integers.
//!
//! In: counts and lengths. Out: an impact of five bits, written into the postings; the steps of idf, written into the root,
//! so that a passage more changes no shard; factors for the form of a word. Knows no bytes.
//! Floats stay on the writer's side; the reader, and the oracle after it, add, multiply and compare integers.

use alloc::vec::Vec;

use crate::parameters;

/// Impacts are 1 to this.
pub(crate) const IMPACT_MAX: u8 = 31;

/// Steps of idf for each time that a word is 2.7 times rarer.
const IDF_STEPS: f64 = 8.0;

/// How often a word stands in the fields of one passage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) title: u32,
    pub(crate) headings: u32,
    pub(crate) body: u32,
}

impl Counts {
    /// One byte: more than three times in a title or fifteen in a body makes no difference that a reader would see.
    pub(crate) fn packed(self) -> u8 {
        (self.title.min(3) << 6 | self.headings.min(3) << 4 | self.body.min(15)) as u8
    }

    pub(crate) fn unpacked(byte: u8) -> Counts {
        Counts {
            title: u32::from(byte >> 6),
            headings: u32::from(byte >> 4 & 3),
            body: u32::from(byte & 15),
        }
    }
}

/// How many words the fields of one passage have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Lengths {
    pub(crate) title: u16,
    pub(crate) headings: u16,
    pub(crate) body: u16,
}

/// The average lengths of all passages, rounded, so that an edit hardly ever changes them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Averages {
    title: f64,
    headings: f64,
    body: f64,
}

/// Sums of lengths, on the way to their averages.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LengthTotals {
    documents: u64,
    title: u64,
    headings: u64,
    body: u64,
}

impl LengthTotals {
    pub(crate) fn add(&mut self, lengths: Lengths) {
        self.documents += 1;
        self.title += u64::from(lengths.title);
        self.headings += u64::from(lengths.headings);
        self.body += u64::from(lengths.body);
    }

    /// Of how many passages.
    pub(crate) fn documents(&self) -> u32 {
        self.documents as u32
    }

    pub(crate) fn averages(&self) -> Averages {
        let average = |total: u64| rounded(total * 4 / self.documents.max(1)).max(4) as f64 / 4.0;
        Averages {
            title: average(self.title),
            headings: average(self.headings),
            body: average(self.body),
        }
    }
}

/// The number with only its four highest bits left, rounded.
pub(crate) fn rounded(number: u64) -> u64 {
    let dropped = (u64::BITS - number.leading_zeros()).saturating_sub(4);
    let half = (1u64 << dropped) >> 1;
    (number + half) >> dropped << dropped
}

/// What the counts are worth in a passage of these lengths, whatever the word: 1 to [`IMPACT_MAX`].
pub(crate) fn impact(counts: Counts, lengths: Lengths, averages: Averages) -> u8 {
    let normed = |count: u32, telling: u32, length: u16, average: f64| {
        let telling = hundredths(telling);
        f64::from(count) / (1.0 - telling + telling * f64::from(length) / average)
    };
    let title = normed(counts.title, parameters::title_length(), lengths.title, averages.title);
    let headings =
        normed(counts.headings, parameters::headings_length(), lengths.headings, averages.headings);
    let body = normed(counts.body, parameters::body_length(), lengths.body, averages.body);
    let share = f64::from(counts.title) / f64::from(lengths.title.max(1));
    // A title of one word says no more than the word does.
    let share = if lengths.title > 1 { share.min(1.0) } else { 0.0 };
    let weight = hundredths(parameters::title_weight()) * title
        + hundredths(parameters::headings_weight()) * headings
        + body
        + hundredths(parameters::title_share()) * share * share;
    let saturated = weight / (hundredths(parameters::saturation()) + weight);
    ((saturated * f64::from(IMPACT_MAX) + 0.5) as u8).clamp(1, IMPACT_MAX)
}

fn hundredths(number: u32) -> f64 {
    f64::from(number) / 100.0
}

/// Steps of idf: a word has as many as there are entries not smaller than the number of its passages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct IdfSteps(pub(crate) Vec<u32>);

impl IdfSteps {
    /// The steps for a library of about this many passages.
    pub(crate) fn for_documents(documents: u32) -> IdfSteps {
        let documents = rounded(u64::from(documents)) as f64;
        let greatest =
            |step: u32| (documents + 1.0) / libm::exp((f64::from(step) - 0.5) / IDF_STEPS) - 0.5;
        IdfSteps(
            (1..=255)
                .map(greatest)
                .take_while(|frequency| *frequency >= 1.0)
                .map(|frequency| frequency as u32)
                .collect(),
        )
    }

    /// The idf of a word that stands in so many passages, 1 to 255.
    pub(crate) fn idf(&self, document_frequency: u32) -> u32 {
        (self.0.partition_point(|greatest| *greatest >= document_frequency) as u32).max(1)
    }
}

/// How a posting's form weighs, in sixteenths. Indexed by the form code of the posting.
pub(crate) type FormFactors = [u8; FORM_CODES];

/// Form codes are 0 to 7: [`FORM_SEVERAL`], the rank of a surface from 1, [`FORM_RARE`].
pub(crate) const FORM_CODES: usize = 8;
/// No surface stands in the passage more often than all others together.
pub(crate) const FORM_SEVERAL: u8 = 0;
/// The surface is none of the term's most frequent six.
pub(crate) const FORM_RARE: u8 = 7;

/// The word stands there as it was typed.
const EXACT: u8 = 16;

/// Factors for a word typed in full. `rank` counts from 0 among the term's surfaces, if it is one of them.
pub(crate) fn exact_factors(rank: Option<usize>) -> FormFactors {
    let mut factors = [parameters::stem() as u8; FORM_CODES];
    factors[usize::from(FORM_SEVERAL)] = parameters::several() as u8;
    if let Some(rank) = rank {
        factors[usize::from(form_code(rank))] = EXACT;
    }
    factors
}

/// Factors for a word of which the beginning was typed: only the surfaces that begin so count.
pub(crate) fn prefix_factors(ranks: impl Iterator<Item = usize>) -> FormFactors {
    let mut factors = [0; FORM_CODES];
    for rank in ranks {
        factors[usize::from(form_code(rank))] = parameters::prefix() as u8;
        factors[usize::from(FORM_SEVERAL)] = parameters::prefix() as u8;
    }
    factors
}

/// The form code of the surface with this rank, counted from 0.
pub(crate) fn form_code(rank: usize) -> u8 {
    (rank + 1).min(usize::from(FORM_RARE)) as u8
}

/// What one word adds to the score of a passage.
pub(crate) fn contribution(idf: u32, impact: u8, factor: u8) -> u32 {
    idf * u32::from(impact) * u32::from(factor)
}

/// The score of a passage: what its words add, and up to half as much again for the share of the query that stands in it.
/// `mass` and `total_mass` are sums of idf, of the words found in the passage and of all words found anywhere.
pub(crate) fn score(sum: u32, mass: u32, total_mass: u32) -> u32 {
    let share = u64::from(16 * total_mass + parameters::coverage() * mass);
    (u64::from(sum) * share / u64::from(16 * total_mass.max(1)) / 16) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_fit_a_byte() {
        for byte in 0..=255 {
            assert_eq!(Counts::unpacked(byte).packed(), byte);
        }
        assert_eq!(Counts { title: 9, headings: 0, body: 99 }.packed(), 0b1100_1111);
    }

    #[test]
    fn rounding_keeps_four_bits() {
        for (number, expected) in [
            (0, 0),
            (7, 7),
            (15, 15),
            (183, 176),
            (255, 256),
            (84_000, 81_920),
            (1_000_000, 983_040),
        ] {
            assert_eq!(rounded(number), expected);
        }
    }

    #[test]
    fn more_and_higher_up_is_worth_more() {
        let averages = Averages { title: 4.0, headings: 8.0, body: 200.0 };
        let lengths = Lengths { title: 4, headings: 8, body: 200 };
        let of =
            |title, headings, body| impact(Counts { title, headings, body }, lengths, averages);
        assert!(
            of(0, 0, 1) < of(0, 0, 2) && of(0, 0, 2) < of(0, 1, 2) && of(0, 1, 1) < of(1, 0, 1)
        );
        let long = Lengths { body: 2000, ..lengths };
        assert!(impact(Counts { body: 1, ..Counts::default() }, long, averages) < of(0, 0, 1));
        assert!(of(3, 3, 15) <= IMPACT_MAX);
    }

    #[test]
    fn rare_words_have_more_steps() {
        let steps = IdfSteps::for_documents(84_000);
        assert_eq!(steps.idf(84_000), 1);
        assert!(steps.idf(1) > steps.idf(10) && steps.idf(10) > steps.idf(10_000));
        assert!(steps.0.len() < 100, "{}", steps.0.len());
        assert_eq!(IdfSteps::for_documents(0).idf(1), 1);
    }
}
