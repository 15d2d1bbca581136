//! How good is it? Pure functions over labelled rows and what a model said of them: figures with
//! intervals, a report as text, JSON and one HTML page, a gate for pipelines, and a lint of the data.
//!
//! Start with [`Report::build`]; [`metrics`] holds the statistics, each with its source.

mod fail_if;
mod glance;
mod html;
mod layout;
mod lint;
pub mod metrics;
mod predict;
mod predictions;
mod report;
mod summaries;
mod text;

pub use fail_if::{Comparison, FailIf, FailIfError, Operator};
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
pub use summaries::{
    Dialogue, DialogueTurn, DialoguesError, KeyFact, Missed, SummaryFigures, SummaryReport,
    SummarySlice, customer_lead, first_words, holds, lead, longest_turn, read_dialogues, rouge_1,
    rouge_l, summary_text, text_rank, tokens, word_count,
};
pub use text::{TextOptions, text};
