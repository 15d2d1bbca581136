//! How good is it? Pure functions over labelled rows and what a model said of them: figures with
//! intervals, a report as text, JSON and one HTML page, a gate for pipelines, and a lint of the data.
//!
//! Start with [`Report::build`]; [`metrics`] holds the statistics, each with its source.

mod behaviour;
mod fail_if;
mod folds;
mod foreign;
mod glance;
mod html;
mod layout;
mod lint;
pub mod metrics;
mod predict;
mod predictions;
mod report;
mod risk;
mod summaries;
mod text;

pub use behaviour::{
    BehaviourExample, BehaviourOptions, BehaviourReport, BehaviourTest, Expectation, behave,
};
pub use fail_if::{Comparison, FailIf, FailIfError, Operator};
pub use folds::{
    CrossValidation, HeadSpread, LearningStep, Outlook, SHARES as LEARNING_SHARES, Spread, Verdict,
};
pub use foreign::{
    ForeignError, ForeignFile, MatchSummary, Matched, Record, RowsOf, UnknownIntent,
};
pub use html::page;
pub use lint::{
    FileCounts, Finding, FindingKind, LabelledFile, Leak, LeakReport, LintOptions, LintReport,
    Place, lint,
};
pub use predict::predict;
pub use predictions::Prediction;
pub use report::{
    About, AnswerReport, Baseline, BaselineReport, BaselineVerdict, Calibration, Change, Compared,
    DataFile, FORMAT, HeadReport, IntentReport, Latency, Mistake, MistakeKind, Report, ReportError,
    ReportOptions, ScopeReport, Slice, Suspect, Target,
};
pub use risk::{
    CostPoint, CostReport, Costs, CostsError, Guarantee, OpenAnswer, Promise, PromiseError,
    Refusal, RiskOptions, RiskReport, certify, open_answers, series,
};
pub use summaries::{
    Dialogue, DialogueTurn, DialoguesError, KeyFact, Missed, SummaryFigures, SummaryReport,
    SummarySlice, customer_lead, first_words, holds, lead, longest_turn, read_dialogues, rouge_1,
    rouge_l, summary_text, text_rank, tokens, word_count,
};
pub use text::{TextOptions, text};
