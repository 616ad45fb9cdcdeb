//! The numbers that ranking is tuned by, all in one place.
//!
//! In: nothing. Out: constants; with the feature `tuning`, which no product is built with, numbers that a tuner may set by name.
//! They were tuned together on eleven judged collections (`tests/figures/tune.mjs`); each is on a broad hill, so no second digit
//! is worth having.

macro_rules! parameters {
    ($($(#[$doc:meta])* $name:ident: $value:expr;)*) => {
        #[cfg(not(feature = "tuning"))]
        mod values {
            $($(#[$doc])* #[inline] pub(crate) const fn $name() -> u32 { $value })*
        }
        #[cfg(feature = "tuning")]
        mod values {
            use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
            $($(#[$doc])* pub(crate) fn $name() -> u32 { cells::$name.load(Relaxed) })*
            #[allow(non_upper_case_globals)]
            mod cells {
                use super::AtomicU32;
                $(pub(super) static $name: AtomicU32 = AtomicU32::new($value);)*
            }
            /// Sets a parameter; whether there is one of that name.
            pub fn set(name: &str, value: u32) -> bool {
                match name {
                    $(stringify!($name) => cells::$name.store(value, Relaxed),)*
                    _ => return false,
                }
                true
            }
        }
    };
}

parameters! {
    /// What a word counts in a title, in hundredths of what it counts in a body.
    title_weight: 400;
    /// What it counts in the heading path.
    headings_weight: 200;
    /// What a word counts besides for its share in a title of several words, in hundredths, by the square of the share.
    title_share: 1200;
    /// How much the length of a title tells, in hundredths.
    title_length: 50;
    /// How much the length of the heading path tells.
    headings_length: 50;
    /// How much the length of a body tells.
    body_length: 75;
    /// How soon more of the same word counts no more, in hundredths.
    saturation: 200;
    /// The word stands there among other forms of it, in sixteenths of the form that was typed.
    several: 16;
    /// It stands there in another form: `configured` for `configuration`.
    stem: 14;
    /// A synonym of it stands there.
    synonym: 13;
    /// A word that begins with what was typed.
    prefix: 10;
    /// What a passage with all words gains over its sum, in sixteenths.
    coverage: 8;
    /// What a word weighs, as an impact, in a passage whose vendor or product it names.
    context: 20;
    /// What passages of a version gain that was named, in sixteenths: it stands above all others.
    version: 48;
    /// What the words gain where two neighbours of the query stand together, in sixteenths of what they add.
    near: 4;
    /// What a passage gains that has the whole query, of three words or more, in a row.
    row: 8;
    /// What a title gains that is made of the query's words, in sixteenths.
    title: 4;
    /// What a title gains that is the query, word for word.
    exact_title: 32;
}

#[cfg(feature = "tuning")]
pub use values::set;
pub(crate) use values::*;
