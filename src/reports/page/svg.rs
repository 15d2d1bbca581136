//! How are counts over time drawn?
//!
//! A drawing is as wide as its place: what lies side by side is given in percent of the width, what
//! lies above each other in pixels, so that texts keep their size on a phone. Nothing needs a script
//! or a style attribute.

use std::fmt::Write as _;

use super::format::{Format, escape};

/// Height of the drawn area.
const HEIGHT: f64 = 168.0;
/// Room above it, for half a line of text.
const ABOVE: f64 = 8.0;
/// Room below it, for the labels of time.
const BELOW: f64 = 24.0;
/// Width of the scale beside it.
const SCALE: f64 = 44.0;
/// Labels of time at most.
const LABELS: usize = 8;
/// Steps of the scale at most.
const STEPS: f64 = 4.0;

/// Counts of one kind.
pub(crate) struct Series<'a> {
    /// Class that gives its colour.
    pub(crate) class: &'static str,
    /// What is counted.
    pub(crate) name: &'a str,
    /// One number for each step of time.
    pub(crate) values: Vec<usize>,
}

/// What is drawn.
pub(crate) struct Chart<'a> {
    /// Unique in the page.
    pub(crate) id: &'a str,
    /// What it shows, for those who cannot see it.
    pub(crate) title: &'a str,
    /// Labels of the steps of time: short and long.
    pub(crate) steps: &'a [(String, String)],
    /// Series, the lowest first where they are stacked.
    pub(crate) series: Vec<Series<'a>>,
    /// How numbers are written.
    pub(crate) format: Format,
}

/// The values of the scale: from 0, and the last one is the top.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) ticks: Vec<f64>,
}

impl Scale {
    /// A scale of round numbers that reaches `most`.
    pub(super) fn reaching(most: usize) -> Self {
        let most = most.max(1) as f64;
        let magnitude = 10_f64.powf((most / STEPS).log10().floor());
        let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|factor| factor * magnitude);
        // Counts have no fractions.
        let step = steps
            .into_iter()
            .find(|step| most / step <= STEPS && (step.fract() == 0.0))
            .unwrap_or(1.0);
        let count = (most / step).ceil().max(1.0) as usize;
        Self { ticks: (0..=count).map(|index| index as f64 * step).collect() }
    }

    fn top(&self) -> f64 {
        self.ticks.last().copied().unwrap_or(1.0)
    }

    fn y(&self, value: f64) -> f64 {
        ABOVE + HEIGHT - value / self.top() * HEIGHT
    }
}

impl Chart<'_> {
    /// Bars, the series on top of each other.
    pub(crate) fn stacked(&self) -> String {
        let scale = Scale::reaching(self.sums().into_iter().max().unwrap_or(0));
        let mut drawn = String::new();
        for step in 0..self.steps.len() {
            let mut sum = 0;
            for series in &self.series {
                let value = series.values[step];
                if value > 0 {
                    let (bottom, top) = (scale.y(sum as f64), scale.y((sum + value) as f64));
                    drawn.push_str(&self.bar(series.class, step, (0, 1), top, bottom));
                }
                sum += value;
            }
        }
        self.framed(&scale, |value| self.format.count(value as usize), &drawn)
    }

    /// Bars, the series on top of each other, each step filling the whole height.
    pub(crate) fn shares(&self) -> String {
        let scale = Scale { ticks: vec![0.0, 0.25, 0.5, 0.75, 1.0] };
        let sums = self.sums();
        let mut drawn = String::new();
        for (step, all) in sums.into_iter().enumerate().filter(|(_, all)| *all > 0) {
            let mut sum = 0;
            for series in &self.series {
                let value = series.values[step];
                let y = |count: usize| scale.y(count as f64 / all as f64);
                if value > 0 {
                    drawn.push_str(&self.bar(series.class, step, (0, 1), y(sum + value), y(sum)));
                }
                sum += value;
            }
        }
        self.framed(&scale, |value| self.format.percent(value), &drawn)
    }

    /// Bars, the series side by side.
    pub(crate) fn grouped(&self) -> String {
        let scale = Scale::reaching(self.highest());
        let mut drawn = String::new();
        for step in 0..self.steps.len() {
            for (place, series) in self.series.iter().enumerate() {
                let value = series.values[step];
                if value > 0 {
                    let (top, bottom) = (scale.y(value as f64), scale.y(0.0));
                    let place = (place, self.series.len());
                    drawn.push_str(&self.bar(series.class, step, place, top, bottom));
                }
            }
        }
        self.framed(&scale, |value| self.format.count(value as usize), &drawn)
    }

    /// A line over a filled area; one series.
    pub(crate) fn area(&self) -> String {
        let scale = Scale::reaching(self.highest());
        let mut drawn = String::new();
        for series in &self.series {
            let mut points = String::new();
            for (step, value) in series.values.iter().enumerate() {
                let x = (step as f64 + 0.5) / self.steps.len() as f64 * 1000.0;
                // Writing into a string cannot fail.
                let _ = write!(points, "{x:.1},{:.1} ", scale.y(*value as f64));
            }
            let half = 500.0 / self.steps.len() as f64;
            let (base, class) = (scale.y(0.0), series.class);
            let (first, last) = (half, 1000.0 - half);
            let height = ABOVE + HEIGHT;
            let _ = write!(
                drawn,
                "<svg x=\"0\" y=\"0\" width=\"100%\" height=\"{height}\" \
                 viewBox=\"0 0 1000 {height}\" preserveAspectRatio=\"none\">\
                 <polygon class=\"area {class}\" points=\"{first:.1},{base:.1} {points}{last:.1},{base:.1}\"/>\
                 <polyline class=\"line {class}\" vector-effect=\"non-scaling-stroke\" \
                 points=\"{}\"/></svg>",
                points.trim_end()
            );
            // A line of one point would not be seen, and the latest value is the one that counts.
            if let Some(value) = series.values.last() {
                let x = last / 10.0;
                let y = scale.y(*value as f64);
                let _ = write!(
                    drawn,
                    "<circle class=\"dot {class}\" cx=\"{x:.2}%\" cy=\"{y:.1}\" r=\"3.5\"/>"
                );
            }
        }
        self.framed(&scale, |value| self.format.count(value as usize), &drawn)
    }

    fn sums(&self) -> Vec<usize> {
        let sum = |step| self.series.iter().map(|series| series.values[step]).sum();
        (0..self.steps.len()).map(sum).collect()
    }

    fn highest(&self) -> usize {
        self.series.iter().flat_map(|series| &series.values).copied().max().unwrap_or(0)
    }

    /// A bar within a step; `place` is its position among those side by side.
    fn bar(
        &self,
        class: &str,
        step: usize,
        (place, places): (usize, usize),
        top: f64,
        bottom: f64,
    ) -> String {
        let room = 100.0 / self.steps.len() as f64;
        let width = room * 0.76 / places as f64;
        let x = step as f64 * room + room * 0.12 + place as f64 * width;
        let height = bottom - top;
        format!(
            "<rect class=\"{class}\" x=\"{x:.3}%\" y=\"{top:.1}\" width=\"{width:.3}%\" \
             height=\"{height:.1}\"/>"
        )
    }

    /// The drawing between its scale and its labels, with words for each step that show when it is
    /// pointed at.
    fn framed(&self, scale: &Scale, write_tick: impl Fn(f64) -> String, drawn: &str) -> String {
        let (mut grid, mut ticks) = (String::new(), String::new());
        for value in &scale.ticks {
            let y = scale.y(*value);
            let class = if *value == 0.0 { "base" } else { "grid" };
            let _ = write!(
                grid,
                "<line class=\"{class}\" x1=\"0\" y1=\"{y:.1}\" x2=\"100%\" y2=\"{y:.1}\"/>"
            );
            let _ = write!(
                ticks,
                "<text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                SCALE - 8.0,
                y + 4.0,
                write_tick(*value)
            );
        }
        let (id, title, height) = (self.id, escape(self.title), ABOVE + HEIGHT + BELOW);
        format!(
            "<div class=\"plot\"><svg class=\"scale\" width=\"{SCALE}\" height=\"{height}\" \
             aria-hidden=\"true\">{ticks}</svg>\
             <svg class=\"drawing\" width=\"100%\" height=\"{height}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-words\"><title id=\"{id}-title\">{title}</title>\
             <desc id=\"{id}-words\">{}</desc>{grid}{drawn}{}{}</svg></div>",
            self.words(),
            self.labels(),
            self.pointed(),
        )
    }

    /// The drawing in words: sum and highest value of each series.
    fn words(&self) -> String {
        let series = self.series.iter().map(|series| {
            let sum: usize = series.values.iter().sum();
            let highest = (0..series.values.len()).rev().max_by_key(|step| series.values[*step]);
            let at = highest.map_or_else(String::new, |step| {
                format!(
                    " (max. {}: {})",
                    self.format.count(series.values[step]),
                    self.steps[step].1
                )
            });
            escape(&format!("{}: {}{at}", series.name, self.format.count(sum)))
        });
        series.collect::<Vec<_>>().join("; ")
    }

    fn labels(&self) -> String {
        let count = self.steps.len();
        let every = count.div_ceil(LABELS).max(1);
        let mut labels = String::new();
        for (index, (short, _)) in self.steps.iter().enumerate().step_by(every) {
            let x = (index as f64 + 0.5) / count as f64 * 100.0;
            // Where there is little room, every other label is left out.
            let class = if index / every % 2 == 1 { " class=\"minor\"" } else { "" };
            let _ = write!(
                labels,
                "<text{class} x=\"{x:.2}%\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                ABOVE + HEIGHT + 17.0,
                escape(short)
            );
        }
        labels
    }

    fn pointed(&self) -> String {
        let room = 100.0 / self.steps.len().max(1) as f64;
        let mut areas = String::new();
        for (step, (_, long)) in self.steps.iter().enumerate() {
            let mut words = escape(long);
            for series in &self.series {
                let value = self.format.count(series.values[step]);
                let _ = write!(words, "\n{}: {value}", escape(series.name));
            }
            let _ = write!(
                areas,
                "<rect class=\"pointed\" x=\"{:.3}%\" y=\"{ABOVE}\" width=\"{room:.3}%\" \
                 height=\"{HEIGHT}\"><title>{words}</title></rect>",
                step as f64 * room
            );
        }
        areas
    }
}

/// A bar within a row of a table.
pub(crate) fn row_bar(class: &str, share: f64) -> String {
    let width = (share * 100.0).clamp(0.0, 100.0);
    format!(
        "<svg class=\"row-bar\" width=\"100%\" height=\"6\" aria-hidden=\"true\">\
         <rect class=\"well\" width=\"100%\" height=\"6\" rx=\"3\"/>\
         <rect class=\"{class}\" width=\"{width:.1}%\" height=\"6\" rx=\"3\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn scales_are_round_and_reach_the_highest_value() {
        for (most, ticks) in [
            (0, vec![0.0, 1.0]),
            (1, vec![0.0, 1.0]),
            (3, vec![0.0, 1.0, 2.0, 3.0]),
            (5, vec![0.0, 2.0, 4.0, 6.0]),
            (9, vec![0.0, 5.0, 10.0]),
            (17, vec![0.0, 5.0, 10.0, 15.0, 20.0]),
            (97, vec![0.0, 25.0, 50.0, 75.0, 100.0]),
            (1000, vec![0.0, 250.0, 500.0, 750.0, 1000.0]),
        ] {
            assert_eq!(Scale::reaching(most).ticks, ticks, "{most}");
        }
        for most in 1..20_000_usize {
            let scale = Scale::reaching(most);
            assert!(scale.top() >= most as f64 && scale.ticks.len() <= 5, "{most}: {scale:?}");
            assert!(scale.top() < 2.0 * most as f64 + 1.0, "{most}: {scale:?}");
        }
    }
}
