//! Progress of long work: a bar on a terminal, plain lines elsewhere.
//!
//! In: phases and steps. Out: stderr; stdout stays free for results.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::notice::say;

/// How often long work says on what is no terminal how far it is.
const REPORT_EVERY: Duration = Duration::from_secs(30);

/// A phase of work with a known number of steps.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// When it was last said how far the work is, if that is to be said at all.
    reported: Option<Instant>,
}

impl Progress {
    /// Announces a phase.
    pub(crate) fn phase(name: &'static str, steps: usize) -> Progress {
        Progress::of(name, steps, "{msg:>10} {wide_bar} {pos}/{len} {eta}")
    }

    /// Announces a phase that may take hours: it says how fast it goes, too.
    pub(crate) fn long(name: &'static str, steps: usize) -> Progress {
        let style = "{msg:>10} {wide_bar} {pos}/{len} {per_sec:.1} {eta}";
        let mut progress = Progress::of(name, steps, style);
        progress.reported = progress.bar.is_hidden().then(Instant::now);
        progress
    }

    fn of(name: &'static str, steps: usize, style: &str) -> Progress {
        let bar = ProgressBar::with_draw_target(
            Some(steps as u64),
            ProgressDrawTarget::stderr_with_hz(8),
        );
        if !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
            say(format_args!("{name}: {steps}"));
        }
        let style = ProgressStyle::with_template(style);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(name);
        Progress { bar, reported: None }
    }

    pub(crate) fn step(&self) {
        self.bar.inc(1);
    }

    /// So many steps at once.
    pub(crate) fn steps(&mut self, count: usize) {
        self.bar.inc(count as u64);
        if self.reported.is_some_and(|reported| reported.elapsed() >= REPORT_EVERY) {
            self.reported = Some(Instant::now());
            let (done, all) = (self.bar.position(), self.bar.length().unwrap_or_default());
            let rate = done as f64 / self.bar.elapsed().as_secs_f64();
            let left = ((all - done.min(all)) as f64 / rate).ceil();
            say(format_args!(
                "{}: {done} of {all}, {rate:.1} a second, {left} s left",
                self.bar.message()
            ));
        }
    }

    pub(crate) fn end(self) {
        self.bar.finish_and_clear();
    }
}
