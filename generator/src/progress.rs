//! Progress of long work: a bar on a terminal, plain lines elsewhere.
//!
//! In: phases and steps. Out: stderr; stdout stays free for results.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A phase of work with a known number of steps.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Announces a phase.
    pub(crate) fn phase(name: &'static str, steps: usize) -> Progress {
        let bar = ProgressBar::with_draw_target(
            Some(steps as u64),
            ProgressDrawTarget::stderr_with_hz(8),
        );
        if !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
            eprintln!("{name}: {steps}");
        }
        let style = ProgressStyle::with_template("{msg:>10} {wide_bar} {pos}/{len} {eta}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(name);
        Progress { bar }
    }

    pub(crate) fn step(&self) {
        self.bar.inc(1);
    }

    pub(crate) fn end(self) {
        self.bar.finish_and_clear();
    }
}
