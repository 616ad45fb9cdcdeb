//! What is told beside the result: progress, warnings, errors.
//!
//! In: lines. Out: standard error, if anybody reads it. Nobody has to: no work ends because of it.

use std::{
    fmt::Display,
    io::{self, Write},
};

/// Says a line.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}
