//! How good would a model be that is trained on these rows, how much does that hang on chance, and
//! would more rows help? Figures of cross-validation and of a learning curve.

use std::collections::BTreeMap;

use serde::Serialize;

use super::layout::{Side, Table, folded};
use super::metrics::{Confusions, Judged, calibration_error, rounded};
use crate::train::{FoldReadings, HeldOutReading};

/// Shares of the training rows at which the learning curve is measured.
pub const SHARES: [f64; 5] = [0.1, 0.2, 0.4, 0.7, 1.0];

/// Points at the end of the learning curve that its slope is taken from: the beginning is steeper.
const LAST_POINTS: usize = 3;

/// Gain of accuracy below which twice the rows are not worth their labels.
const WORTH: f64 = 0.01;

/// A figure over the parts of a cross-validation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// Mean over the parts.
    #[serde(serialize_with = "rounded")]
    pub mean: f64,
    /// Standard deviation over the parts; 0 for a single one.
    #[serde(serialize_with = "rounded")]
    pub deviation: f64,
}

impl Spread {
    /// Mean and standard deviation (with n - 1); none without values.
    fn of(values: &[f64]) -> Option<Self> {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let deviation = if values.len() < 2 { 0.0 } else { (squares / (count - 1.0)).sqrt() };
        (!values.is_empty()).then_some(Self { mean, deviation })
    }
}

/// Figures of one head over the parts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeadSpread {
    /// Rows that carry its label, over all parts.
    pub rows: usize,
    /// Share of right ones.
    pub accuracy: Spread,
    /// Mean F1 over labels.
    pub macro_f1: Spread,
    /// Expected calibration error over 15 bins of equal width.
    pub calibration_error: Spread,
}

/// One step of the learning curve.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LearningStep {
    /// Share of the rows of the other parts that the heads are trained on.
    #[serde(serialize_with = "rounded")]
    pub share: f64,
    /// Those rows, on average.
    pub training_rows: usize,
    /// Figures by head.
    pub heads: BTreeMap<String, HeadSpread>,
}

/// Whether more rows would help a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Twice the rows would raise the accuracy noticeably.
    Helps,
    /// They would hardly.
    Hardly,
    /// The parts differ too much to tell.
    Unclear,
}

/// What twice the rows would do for a head.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outlook {
    /// Expected gain of accuracy, from the slope of the last steps over the logarithm of the rows.
    #[serde(serialize_with = "rounded")]
    pub gain: f64,
    /// Standard error of the gain over the parts.
    #[serde(serialize_with = "rounded")]
    pub error: f64,
    /// In a word.
    pub verdict: Verdict,
}

/// Figures of a cross-validation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CrossValidation {
    /// Rows that were cut into parts.
    pub rows: usize,
    /// Number of parts.
    pub folds: usize,
    /// Figures by head, of heads trained on all rows of the other parts.
    pub heads: BTreeMap<String, HeadSpread>,
    /// From few rows to all.
    pub learning_curve: Vec<LearningStep>,
    /// What more rows would do, by head.
    pub outlook: BTreeMap<String, Outlook>,
}

impl CrossValidation {
    /// Judges the readings of all parts and shares.
    pub fn build(rows: usize, readings: &[FoldReadings]) -> Self {
        let mut shares: Vec<f64> = readings.iter().map(|reading| reading.share).collect();
        shares.sort_by(f64::total_cmp);
        shares.dedup();
        let learning_curve: Vec<LearningStep> =
            shares.iter().map(|share| learning_step(*share, readings)).collect();
        let heads = learning_curve.last().map(|step| step.heads.clone()).unwrap_or_default();
        let outlook = heads
            .keys()
            .filter_map(|head| Some((head.clone(), outlook(head, readings)?)))
            .collect();
        let folds = readings.iter().map(|reading| reading.fold + 1).max().unwrap_or(0);
        Self { rows, folds, heads, learning_curve, outlook }
    }

    /// Figures by name, as `--fail-if` uses them: `intent_accuracy`, `intent_macro_f1`,
    /// `ece_intent`; the same for the other heads.
    pub fn figures(&self) -> BTreeMap<String, f64> {
        let figures = self.heads.iter().flat_map(|(name, head)| {
            [
                (format!("{name}_accuracy"), head.accuracy.mean),
                (format!("{name}_macro_f1"), head.macro_f1.mean),
                (format!("ece_{name}"), head.calibration_error.mean),
            ]
        });
        figures.collect()
    }

    /// The figures as JSON, indented, with a line feed at the end.
    pub fn to_json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// The figures as text for a terminal.
    pub fn text(&self) -> String {
        let blocks = [
            format!(
                "{} rows in {} parts; each is read by heads trained on the others\n",
                self.rows, self.folds
            ),
            self.head_table(),
            self.curve_table(),
            self.sentences(),
        ];
        blocks.join("\n")
    }

    fn head_table(&self) -> String {
        let mut table = Table::new(&[
            ("Mean over the parts ± standard deviation", Side::Left),
            ("rows", Side::Right),
            ("accuracy %", Side::Right),
            ("macro-F1", Side::Right),
            ("calibration error", Side::Right),
        ]);
        for (name, head) in in_order(&self.heads) {
            table.add([
                title(name).to_owned(),
                head.rows.to_string(),
                percent(&head.accuracy),
                score(&head.macro_f1),
                score(&head.calibration_error),
            ]);
        }
        table.print()
    }

    fn curve_table(&self) -> String {
        let names: Vec<&str> = in_order(&self.heads).map(|(name, _)| name).collect();
        let mut columns = vec![("Learning curve: accuracy %", Side::Left), ("rows", Side::Right)];
        columns.extend(names.iter().map(|name| (title(name), Side::Right)));
        let mut table = Table::new(&columns);
        for step in &self.learning_curve {
            let mut cells = vec![
                format!("{:.0} % of the rows", step.share * 100.0),
                step.training_rows.to_string(),
            ];
            cells.extend(names.iter().map(|name| {
                step.heads.get(*name).map_or("–".to_owned(), |head| percent(&head.accuracy))
            }));
            table.add(cells);
        }
        table.print()
    }

    /// One sentence a head: would more rows help?
    fn sentences(&self) -> String {
        let sentences = in_order(&self.outlook).map(|(name, outlook)| {
            let points = outlook.gain * 100.0;
            let words = match outlook.verdict {
                Verdict::Helps => format!(
                    "more rows would help: twice as many would bring up to about {points:.1} points"
                ),
                Verdict::Hardly => format!(
                    "more rows of the same kind would hardly help ({points:+.1} points for twice as \
                     many)"
                ),
                Verdict::Unclear => format!(
                    "the parts differ too much to tell whether more rows would help ({points:+.1} \
                     ± {:.1} points for twice as many)",
                    outlook.error * 100.0
                ),
            };
            folded(&format!("{}: {words}.", title(name)))
        });
        sentences.collect::<Vec<_>>().concat()
    }
}

fn learning_step(share: f64, readings: &[FoldReadings]) -> LearningStep {
    let parts: Vec<&FoldReadings> =
        readings.iter().filter(|part| part.share.total_cmp(&share).is_eq()).collect();
    let mut by_head: BTreeMap<&String, Vec<&[HeldOutReading]>> = BTreeMap::new();
    for (head, rows) in parts.iter().flat_map(|part| &part.heads) {
        by_head.entry(head).or_default().push(rows);
    }
    let training_rows: usize = parts.iter().map(|part| part.training_rows).sum();
    LearningStep {
        share,
        training_rows: training_rows / parts.len().max(1),
        heads: by_head
            .into_iter()
            .filter_map(|(head, parts)| Some((head.clone(), head_spread(&parts)?)))
            .collect(),
    }
}

fn head_spread(parts: &[&[HeldOutReading]]) -> Option<HeadSpread> {
    let over_parts = |figure: &dyn Fn(&[HeldOutReading]) -> Option<f64>| {
        Spread::of(&parts.iter().filter_map(|rows| figure(rows)).collect::<Vec<_>>())
    };
    Some(HeadSpread {
        rows: parts.iter().map(|rows| rows.len()).sum(),
        accuracy: over_parts(&accuracy)?,
        macro_f1: over_parts(&|rows| {
            Confusions::new(rows.iter().map(|row| (row.gold.as_str(), row.predicted.as_str())))
                .macro_f1()
        })?,
        calibration_error: over_parts(&|rows| {
            let judged: Vec<Judged> = rows
                .iter()
                .map(|row| Judged { confidence: row.confidence, right: row.came_true })
                .collect();
            calibration_error(&judged)
        })?,
    })
}

fn accuracy(rows: &[HeldOutReading]) -> Option<f64> {
    let right = rows.iter().filter(|row| row.gold == row.predicted).count();
    (!rows.is_empty()).then(|| right as f64 / rows.len() as f64)
}

/// What twice the rows would bring: in each part the least-squares slope of the accuracy over the
/// logarithm of the training rows, at the last steps of the curve. None with fewer than two parts
/// or steps.
fn outlook(head: &str, readings: &[FoldReadings]) -> Option<Outlook> {
    let mut parts: BTreeMap<usize, Vec<(f64, f64)>> = BTreeMap::new();
    for part in readings {
        if let Some(accuracy) = part.heads.get(head).and_then(|rows| accuracy(rows)) {
            let rows = (part.training_rows as f64).ln();
            parts.entry(part.fold).or_default().push((rows, accuracy));
        }
    }
    let slopes: Vec<f64> = parts
        .into_values()
        .filter_map(|mut points| {
            points.sort_by(|left, right| left.0.total_cmp(&right.0));
            slope(&points[points.len().saturating_sub(LAST_POINTS)..])
        })
        .collect();
    if slopes.len() < 2 {
        return None;
    }
    let spread = Spread::of(&slopes)?;
    let gain = spread.mean * 2.0_f64.ln();
    let error = spread.deviation / (slopes.len() as f64).sqrt() * 2.0_f64.ln();
    // Two standard errors to either side hold the gain with about 95 %.
    let (least, most) = (gain - 2.0 * error, gain + 2.0 * error);
    let verdict = if least > 0.0 && gain >= WORTH {
        Verdict::Helps
    } else if least > 0.0 || most < WORTH {
        Verdict::Hardly
    } else {
        Verdict::Unclear
    };
    Some(Outlook { gain, error, verdict })
}

/// Slope of the line with the least squared distance; none where all stand at one place.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let count = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let across: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let along: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    (across > 0.0).then(|| along / across)
}

/// Heads in the order in which they are printed: the one that matters most first.
fn in_order<T>(heads: &BTreeMap<String, T>) -> impl Iterator<Item = (&str, &T)> {
    const ORDER: [&str; 5] = ["intent", "scope", "tier", "sentiment", "answerable"];
    ORDER.into_iter().filter_map(|name| Some((name, heads.get(name)?)))
}

fn title(head: &str) -> &str {
    match head {
        "intent" => "Intent",
        "scope" => "In scope",
        "sentiment" => "Sentiment",
        "tier" => "Tier",
        "answerable" => "Answerable",
        other => other,
    }
}

fn percent(spread: &Spread) -> String {
    format!("{:.1} ± {:.1}", spread.mean * 100.0, spread.deviation * 100.0)
}

fn score(spread: &Spread) -> String {
    format!("{:.3} ± {:.3}", spread.mean, spread.deviation)
}
