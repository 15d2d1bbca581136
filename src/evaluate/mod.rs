//! How good is it? Pure functions over labelled rows and what a model said of them: figures with
//! intervals, a report as text, JSON and one HTML page, a gate for pipelines, and a lint of the data.
//!
//! Start with [`Report::build`]; [`metrics`] holds the statistics, each with its source.

mod fail_if;
mod folds;
mod glance;
mod html;
mod layout;
mod lint;
pub mod metrics;
mod predict;
mod predictions;
mod report;
mod risk;
mod text;

pub use fail_if::{Comparison, FailIf, FailIfError, Operator};
pub use folds::{
    CrossValidation, HeadSpread, LearningStep, Outlook, SHARES as LEARNING_SHARES, Spread, Verdict,
};
pub use html::page;
pub use lint::{
    FileCounts, Finding, FindingKind, LabelledFile, LintOptions, LintReport, Place, lint,
};
pub use predict::{Decider, predict};
pub use predictions::Prediction;
pub use report::{
    About, AnswerReport, Calibration, DataFile, FORMAT, HeadReport, IntentReport, Latency, Mistake,
    MistakeKind, Report, ReportError, ReportOptions, ScopeReport, Slice, Target,
};
pub use risk::{
    CostPoint, CostReport, Costs, CostsError, Guarantee, OpenAnswer, Promise, PromiseError,
    Refusal, RiskOptions, RiskReport, certify, open_answers, series,
};
pub use text::{TextOptions, text};
