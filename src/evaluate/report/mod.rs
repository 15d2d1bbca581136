//! What do the figures say of this model on these rows?

mod added;
mod answers;
mod baseline;
mod build;
mod cases;
mod figures;
mod mistakes;
mod risk;
mod scope;
mod slices;
mod suspects;

use std::collections::BTreeMap;

pub use baseline::{Baseline, BaselineReport, BaselineVerdict, Change, Compared};
pub use suspects::Suspect;

use serde::Serialize;

use super::behaviour::BehaviourReport;
use super::fail_if::{Comparison, Operator};
use super::foreign::MatchSummary;
use super::lint::LeakReport;
use super::metrics::{
    AtLoss, Bin, Bootstrap, Confusion, CurvePoint, Estimate, LabelScore, rounded, rounded_if_any,
};
use super::risk::{RiskOptions, RiskReport};
use crate::domain::Language;

/// Version of the report's JSON. It goes up when a field changes its meaning or goes away.
pub const FORMAT: u32 = 1;

/// How to judge predictions.
#[derive(Clone, Debug)]
pub struct ReportOptions {
    /// Intent label of rows that are out of scope.
    pub out_of_scope: String,
    /// Intents that get a fixed courteous phrase and never reach a queue.
    pub smalltalk: Vec<String>,
    /// What is to be reached, shown beside the figures.
    pub targets: Vec<Comparison>,
    /// Resampling for the intervals of figures that are not plain shares.
    pub bootstrap: Bootstrap,
    /// Time each message took, in milliseconds, if it was measured.
    pub latencies: Vec<f64>,
    /// What to find out about thresholds of the answer confidence.
    pub risk: RiskOptions,
    /// Heads (`intent`, `sentiment`, `tier`) whose confidence the system does not state: figures of
    /// it are left out.
    pub without_confidence: Vec<String>,
    /// What was evaluated.
    pub about: About,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self {
            out_of_scope: "out_of_scope".to_owned(),
            smalltalk: ["greeting", "goodbye", "praise"].map(str::to_owned).to_vec(),
            targets: Vec::new(),
            bootstrap: Bootstrap::default(),
            latencies: Vec::new(),
            risk: RiskOptions::default(),
            without_confidence: Vec::new(),
            about: About::default(),
        }
    }
}

/// What was evaluated, so that a report can be repeated.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct About {
    /// Name of the model pack or of the other system.
    pub model: String,
    /// SHA-256 of the pack's `lotse.json`, which holds thresholds and calibration and vouches for
    /// every other file, or of the file of predictions; empty where there is none.
    pub model_sha256: String,
    /// The files of labelled rows.
    pub data: Vec<DataFile>,
    /// Version of the program.
    pub program: String,
    /// When, RFC 3339; empty where it does not matter.
    pub created: String,
}

/// A file of labelled rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DataFile {
    /// Its name.
    pub name: String,
    /// Rows in it.
    pub rows: usize,
    /// SHA-256 of its content.
    pub sha256: String,
}

/// Why no report can be made.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ReportError {
    /// Nothing to judge.
    #[error("there is no row to evaluate; give at least one labelled row")]
    Empty,
    /// Rows and predictions do not belong together.
    #[error("{rows} rows but {predictions} predictions; give one prediction a row, in order")]
    Lengths {
        /// Labelled rows.
        rows: usize,
        /// Predictions.
        predictions: usize,
    },
    /// A probability is none.
    #[error("row {row}: the {what} confidence is {value}; it must lie between 0 and 1")]
    Confidence {
        /// Counted from 1.
        row: usize,
        /// Which confidence.
        what: &'static str,
        /// Its value.
        value: f32,
    },
}

/// All figures of one model on one set of rows. A part that rows or predictions do not speak of is
/// `null` in JSON. Shares run from 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Version of this form, [`FORMAT`].
    pub format: u32,
    /// What was evaluated.
    pub about: About,
    /// Rows judged.
    pub rows: usize,
    /// Targets with what was reached.
    pub targets: Vec<Target>,
    /// Intents, and what rejection does to them.
    pub intent: Option<IntentReport>,
    /// Telling what is out of scope.
    pub scope: Option<ScopeReport>,
    /// Complexity tiers.
    pub tier: Option<HeadReport>,
    /// Recall of tier 3, the tier that a customer must not be left alone with.
    pub tier3_recall: Option<Estimate>,
    /// Moods.
    pub sentiment: Option<HeadReport>,
    /// Automatic answers and the other actions.
    pub answers: Option<AnswerReport>,
    /// How far it may answer by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<RiskReport>,
    /// Share of rows that would go to the right queue, if a person had to take them; small talk
    /// aside.
    pub queue: Option<Estimate>,
    /// How far each confidence can be taken at its word: `intent in_scope sentiment tier answer`.
    pub calibration: BTreeMap<String, Calibration>,
    /// The main figures on parts of the rows.
    pub slices: Vec<Slice>,
    /// Time a message takes.
    pub latency: Option<Latency>,
    /// Everything that went wrong, by kind, the surest mistake first.
    pub mistakes: Vec<Mistake>,
    /// Rows whose label is probably wrong, the most doubtful first.
    pub suspects: Vec<Suspect>,
    /// How a file of another system's predictions fits the rows; none where a pack was judged.
    pub predictions: Option<MatchSummary>,
    /// Comparison with another system on the same rows.
    pub baseline: Option<BaselineReport>,
    /// What changes in a message change in the reading.
    pub behaviour: Option<BehaviourReport>,
    /// Rows that stand in the training files as well.
    pub leaks: Option<LeakReport>,
}

/// A target and whether it was reached.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Target {
    /// Name of the figure, as in [`Report::figures`].
    pub figure: String,
    /// How it is to compare.
    pub operator: Operator,
    /// With what.
    #[serde(serialize_with = "rounded")]
    pub value: f64,
    /// Whether it does; none where the report has no such figure.
    pub reached: Option<bool>,
}

/// Figures of one head: tier or sentiment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeadReport {
    /// Share of right ones.
    pub accuracy: Estimate,
    /// Mean F1 over labels.
    pub macro_f1: Estimate,
    /// Every label, the worst first.
    pub labels: Vec<LabelScore>,
    /// What was taken for what, the most frequent first.
    pub confusions: Vec<Confusion>,
}

/// Figures of the intents.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IntentReport {
    /// Share of right ones among in-scope rows, nothing rejected.
    pub accuracy: Option<Estimate>,
    /// The same with rejection: a rejected row is wrong.
    pub accuracy_rejecting: Option<Estimate>,
    /// Share of right ones among all rows, out of scope being one more label.
    pub accuracy_overall: Estimate,
    /// Mean F1 over the intents of in-scope rows, nothing rejected.
    pub macro_f1: Option<Estimate>,
    /// Mean F1 over all labels and rows, out of scope being one more label.
    pub macro_f1_overall: Estimate,
    /// Every label as delivered (rejected rows count as out of scope), the worst first.
    pub labels: Vec<LabelScore>,
    /// What was taken for what, as delivered, the most frequent first.
    pub confusions: Vec<Confusion>,
    /// Risk of a wrong intent against the share of in-scope rows that is kept.
    pub curve: Vec<CurvePoint>,
}

/// Figures of telling what is out of scope.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScopeReport {
    /// Rows that are in scope.
    pub in_scope: usize,
    /// Rows that are not.
    pub out_of_scope: usize,
    /// Share of the out-of-scope rows that are rejected.
    pub recall: Option<Estimate>,
    /// Share of the in-scope rows that are rejected.
    pub rejected: Option<Estimate>,
    /// What ranks the rows: `in_scope`, or `confidence` of the best intent where a system states no
    /// probability of being in scope.
    pub score: String,
    /// Area under the curve of that score.
    pub auroc: Option<Estimate>,
    /// The best that a threshold could do while it rejects at most 5 % of the in-scope rows.
    pub at_5_percent_rejected: Option<AtLoss>,
    /// The best that a threshold could do while in-scope accuracy falls by at most 2 points.
    pub at_2_points_lost: Option<AtLoss>,
    /// Recall against the share of in-scope rows rejected, over all thresholds.
    pub curve: Vec<AtLoss>,
}

/// Figures of automatic answers. An answer is right if its article is among the row's articles, and
/// wrong if the row says that no article answers it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnswerReport {
    /// Rows by action taken.
    pub actions: BTreeMap<String, usize>,
    /// Rows answered.
    pub answered: usize,
    /// Answers to rows that do not say which articles are right; not judged.
    pub unjudged: usize,
    /// Rows that an article answers.
    pub answerable: usize,
    /// Share of the answerable rows that are answered.
    pub answerable_answered: Option<Estimate>,
    /// Share of the answerable rows that are answered rightly.
    pub answerable_answered_right: Option<Estimate>,
    /// Share of right ones among judged answers.
    pub right: Option<Estimate>,
    /// Wrong answers.
    pub wrong: usize,
    /// With 95 % confidence the true share of wrong answers is not above this (exact bound).
    #[serde(serialize_with = "rounded_if_any")]
    pub wrong_at_most: Option<f64>,
    /// Rows of tier 3.
    pub tier3: usize,
    /// Rows of tier 3 that were answered; there should be none.
    pub tier3_answered: usize,
    /// With 95 % confidence the true share of answered tier-3 messages is not above this.
    #[serde(serialize_with = "rounded_if_any")]
    pub tier3_answered_at_most: Option<f64>,
    /// Share of rows that were asked back.
    pub clarified: Option<Estimate>,
    /// Share of the answerable rows that were asked back.
    pub answerable_clarified: Option<Estimate>,
    /// Risk of a wrong answer against the share of the answerable rows that is answered, if the
    /// confidence alone decided.
    pub curve: Vec<CurvePoint>,
}

/// How far a confidence can be taken at its word.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// Expected calibration error over 15 bins of equal width.
    pub error: Estimate,
    /// Brier score of the stated label (for `in_scope`, of being in scope).
    pub brier: Estimate,
    /// The reliability diagram.
    pub bins: Vec<Bin>,
    /// Right rows by confidence, in 20 steps of 0.05.
    pub right: Vec<usize>,
    /// Wrong rows by confidence, likewise.
    pub wrong: Vec<usize>,
}

/// The main figures on part of the rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Slice {
    /// What rows are told apart by: `language`, `channel` or `length`.
    pub by: String,
    /// The part, for people: `German`, `chat`, `5-19 words`.
    pub name: String,
    /// The part, in names of figures: `de`, `chat`, `words_5_19`.
    pub key: String,
    /// Rows in it.
    pub rows: usize,
    /// Figures by name, as in [`Report::figures`], as far as the rows give them.
    pub figures: BTreeMap<String, Estimate>,
}

/// Time a message takes, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Latency {
    /// Half of the messages take no longer.
    #[serde(serialize_with = "rounded")]
    pub median: f64,
    /// 95 of 100 take no longer.
    #[serde(serialize_with = "rounded")]
    pub p95: f64,
    /// 99 of 100 take no longer.
    #[serde(serialize_with = "rounded")]
    pub p99: f64,
}

/// What a mistake is about, in the order in which they are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MistakeKind {
    /// An automatic answer that is not right.
    Answer,
    /// The most probable intent of an in-scope row is not its intent.
    Intent,
    /// Rejected though in scope, or kept though out of scope.
    Scope,
    /// Wrong tier.
    Tier,
    /// Wrong mood.
    Sentiment,
    /// Wrong queue.
    Queue,
}

impl MistakeKind {
    /// All kinds, in the order in which they are listed.
    pub const ALL: [Self; 6] =
        [Self::Answer, Self::Intent, Self::Scope, Self::Tier, Self::Sentiment, Self::Queue];

    /// A heading for a list of them.
    pub fn title(self) -> &'static str {
        match self {
            Self::Answer => "Wrong answers",
            Self::Intent => "Wrong intents",
            Self::Scope => "In or out of scope",
            Self::Tier => "Wrong tiers",
            Self::Sentiment => "Wrong sentiments",
            Self::Queue => "Wrong queues",
        }
    }
}

/// One thing that went wrong on one row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mistake {
    /// What it is about.
    pub kind: MistakeKind,
    /// Number of the row, counted from 1 over all files.
    pub row: usize,
    /// The row's own identifier, if it has one.
    pub id: Option<String>,
    /// The message.
    pub text: String,
    /// Its language.
    pub language: Language,
    /// What the row says.
    pub gold: String,
    /// What was predicted.
    pub predicted: String,
    /// How sure the model was of it. A queue has no confidence of its own: that of the intent
    /// stands for it.
    #[serde(serialize_with = "rounded")]
    pub confidence: f64,
}
