//! How far is the run? A bar on a terminal, otherwise a line every some seconds; always on standard
//! error.

use std::io::IsTerminal;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

use super::input::Extent;
use super::resume::Counts;

/// Time between two lines.
const EVERY: Duration = Duration::from_secs(10);

/// Tells how far a run is.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    extent: Extent,
    /// Rows that an earlier run has done.
    before: u64,
    started: Instant,
    told: Instant,
    is_quiet: bool,
}

impl Progress {
    pub(super) fn new(extent: Extent, before: u64, is_quiet: bool) -> Self {
        let now = Instant::now();
        let bar = (!is_quiet && std::io::stderr().is_terminal()).then(|| bar(&extent));
        Self { bar, extent, before, started: now, told: now, is_quiet }
    }

    /// The rows of an earlier run have been skipped: time counts from here.
    pub(super) fn skipped(&mut self) {
        self.started = Instant::now();
        if let Some(bar) = &self.bar {
            bar.set_position(self.position(self.before));
            bar.reset_eta();
        }
    }

    /// So much is done.
    pub(super) fn done(&mut self, counts: &Counts) {
        if let Some(bar) = &self.bar {
            bar.set_position(self.position(counts.rows));
            bar.set_message(self.words(counts));
        } else if !self.is_quiet && self.told.elapsed() >= EVERY {
            self.told = Instant::now();
            eprintln!("lotse: {}{}", self.words(counts), self.left(counts));
        }
    }

    /// The run has ended.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn position(&self, rows: u64) -> u64 {
        match &self.extent {
            Extent::Rows(_) => rows,
            Extent::Bytes { read, .. } => read.load(Ordering::Relaxed),
        }
    }

    fn total(&self) -> Option<u64> {
        match &self.extent {
            Extent::Rows(rows) => Some(*rows),
            Extent::Bytes { total, .. } => *total,
        }
    }

    fn words(&self, counts: &Counts) -> String {
        let rate = (counts.rows - self.before) as f64 / self.started.elapsed().as_secs_f64();
        let read = (counts.rows - counts.rejected).max(1) as f64;
        let percent = |count: u64| 100.0 * count as f64 / read;
        format!(
            "{} rows, {rate:.0} a second; {:.1} % answered, {:.1} % out of scope, {} rejected",
            counts.rows,
            percent(counts.answered),
            percent(counts.out_of_scope),
            counts.rejected
        )
    }

    /// The share that is done and the time left, where that is known.
    fn left(&self, counts: &Counts) -> String {
        let Some(total) = self.total().filter(|total| *total > 0) else { return String::new() };
        let share = (self.position(counts.rows) as f64 / total as f64).clamp(1e-6, 1.0);
        // What an earlier run did took none of this one's time.
        let before = share * self.before as f64 / counts.rows.max(1) as f64;
        let done = (share - before).max(1e-6);
        let left = self.started.elapsed().as_secs_f64() * (1.0 - share) / done;
        let left = Duration::try_from_secs_f64(left).unwrap_or(Duration::MAX);
        format!("; {:.0} % done, {} left", share * 100.0, HumanDuration(left))
    }
}

fn bar(extent: &Extent) -> ProgressBar {
    let (total, template) = match extent {
        Extent::Rows(rows) => (Some(*rows), "{bar:24} {percent} %, {eta} left; {msg}"),
        Extent::Bytes { total: Some(total), .. } => {
            (Some(*total), "{bar:24} {percent} %, {eta} left; {msg}")
        }
        Extent::Bytes { total: None, .. } => (None, "{spinner} {elapsed}; {msg}"),
    };
    let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    // A template that does not parse would be a mistake in this file; the usual bar does as well.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
