//! The part of `mcdewey.toml` that says how long chunks are: `[chunks]`.
//!
//! In: a table of numbers of words. Out: lengths that fit each other, the defaults filled in. Knows no text.

use serde::Deserialize;

use crate::model::Reading;

/// How long chunks are, in words.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub(crate) struct Chunks {
    pub(super) words_low: usize,
    pub(super) words_high: usize,
    pub(super) words_page: usize,
    pub(super) words_part: usize,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    words_low: Option<usize>,
    words_high: Option<usize>,
    words_page: Option<usize>,
    words_part: Option<usize>,
}

impl TryFrom<Written> for Chunks {
    type Error = String;

    fn try_from(written: Written) -> Result<Chunks, String> {
        let Written { words_low, words_high, words_page, words_part } = written;
        let default = Chunks::default();
        // Of the two, what is given moves what is not.
        let (low, high) = match (words_low, words_high) {
            (_, Some(0)) => return Err("chunks: words_high is 0; it must be at least 1".into()),
            (Some(low), Some(high)) if low > high => {
                return Err(format!(
                    "chunks: words_low is {low} and words_high {high}; the low one must not be above the high one"
                ));
            }
            (Some(low), Some(high)) => (low, high),
            (Some(low), None) => (low, default.words_high.max(low)),
            (None, Some(high)) => (default.words_low.min(high), high),
            (None, None) => (default.words_low, default.words_high),
        };
        Ok(Chunks {
            words_low: low,
            words_high: high,
            words_page: words_page.unwrap_or(default.words_page),
            words_part: words_part.unwrap_or(default.words_part),
        })
    }
}

impl Default for Chunks {
    fn default() -> Self {
        let Reading { words_low, words_high, words_page, words_part, .. } = Reading::default();
        Chunks { words_low, words_high, words_page, words_part }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    #[test]
    fn lengths_fit_each_other() {
        let check = |text: &str, expected: &str| {
            let text = format!("[chunks]\n{text}");
            let found = match toml::from_str::<Config>(&text) {
                Ok(config) => format!("{} {}", config.chunks.words_low, config.chunks.words_high),
                Err(error) => error.to_string(),
            };
            assert!(found.contains(expected), "{text}: {found}");
        };
        check("", "200 400");
        check("words_low = 500", "500 500");
        check("words_high = 100", "100 100");
        check("words_low = 0", "0 400");
        check("words_low = 9\nwords_high = 8", "words_low is 9 and words_high 8");
        check("words_low = 0\nwords_high = 0\nwords_page = 0", "it must be at least 1");
        check("words_low = -1", "expected usize");
    }
}
