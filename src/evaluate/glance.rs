//! Which figures does a reader want first, and in which words?

use super::fail_if::Operator;
use super::layout::percent;
use super::metrics::Estimate;
use super::report::{Report, Target};

/// How a figure is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A share, in percent.
    Share,
    /// A number between 0 and 1 that is no share.
    Score,
    /// A number of rows.
    Count,
    /// Milliseconds.
    Time,
}

impl Unit {
    /// The figure with its unit.
    pub(super) fn write(self, value: f64) -> String {
        match self {
            Self::Share => format!("{} %", percent(value)),
            Self::Score => format!("{value:.3}"),
            Self::Count => format!("{value:.0}"),
            Self::Time => format!("{value:.1} ms"),
        }
    }

    /// The figure without its unit, for the ends of an interval.
    pub(super) fn write_bare(self, value: f64) -> String {
        match self {
            Self::Share => percent(value),
            Self::Score | Self::Count | Self::Time => self.write(value),
        }
    }
}

/// One figure with its words.
pub(super) struct Line {
    /// Name, as in [`Report::figures`].
    pub name: String,
    /// The same for people.
    pub title: String,
    pub unit: Unit,
    pub value: f64,
    /// Interval and rows, where there are any.
    pub estimate: Option<Estimate>,
    pub target: Option<Target>,
}

/// Figures that belong together.
pub(super) struct Group {
    pub title: &'static str,
    pub lines: Vec<Line>,
}

/// Groups of (figure, words, unit).
type Plan = [(&'static str, &'static [(&'static str, &'static str, Unit)]); 4];

const PLAN: Plan = [
    (
        "Reading",
        &[
            ("intent_accuracy", "Intent right, in scope", Unit::Share),
            ("intent_accuracy.de", "  German", Unit::Share),
            ("intent_accuracy.en", "  English", Unit::Share),
            ("intent_accuracy_rejecting", "  rejected ones counted as wrong", Unit::Share),
            ("intent_accuracy_overall", "  all rows, out of scope as a label", Unit::Share),
            ("intent_macro_f1", "Intent macro-F1, in scope", Unit::Score),
            ("out_of_scope_recall", "Out of scope rejected", Unit::Share),
            ("in_scope_rejected", "In scope rejected", Unit::Share),
            ("out_of_scope_auroc", "Out-of-scope AUROC", Unit::Score),
            (
                "out_of_scope_recall_at_5_percent_rejected",
                "  recall at ≤ 5 % in scope rejected",
                Unit::Share,
            ),
            (
                "out_of_scope_recall_at_2_points_lost",
                "  recall at ≤ 2 points of accuracy lost",
                Unit::Share,
            ),
            ("tier_accuracy", "Tier right", Unit::Share),
            ("tier3_recall", "  tier 3 noticed", Unit::Share),
            ("sentiment_accuracy", "Sentiment right", Unit::Share),
            ("sentiment_macro_f1", "Sentiment macro-F1", Unit::Score),
        ],
    ),
    (
        "Deciding",
        &[
            ("answerable_answered", "Answerable messages answered", Unit::Share),
            ("answerable_answered_right", "  and rightly", Unit::Share),
            ("answers_right", "Answers right", Unit::Share),
            ("answers_wrong", "  wrong answers", Unit::Count),
            ("answers_wrong_at_most", "  true share wrong, at most", Unit::Share),
            ("certified_coverage", "Messages answered under the guarantee", Unit::Share),
            ("tier3_answered", "Tier-3 messages answered", Unit::Count),
            ("tier3_answered_at_most", "  true share, at most", Unit::Share),
            ("clarified", "Asked back", Unit::Share),
            ("answerable_clarified", "  of the answerable messages", Unit::Share),
            ("queue_accuracy", "Right queue", Unit::Share),
        ],
    ),
    (
        "Confidence (ECE: expected calibration error)",
        &[
            ("ece_intent", "ECE of the intent", Unit::Score),
            ("ece_in_scope", "ECE of being in scope", Unit::Score),
            ("ece_tier", "ECE of the tier", Unit::Score),
            ("ece_sentiment", "ECE of the sentiment", Unit::Score),
            ("ece_answer", "ECE of the answer", Unit::Score),
            ("brier_intent", "Brier score of the intent", Unit::Score),
            ("brier_in_scope", "Brier score of being in scope", Unit::Score),
            ("brier_tier", "Brier score of the tier", Unit::Score),
            ("brier_sentiment", "Brier score of the sentiment", Unit::Score),
            ("brier_answer", "Brier score of the answer", Unit::Score),
        ],
    ),
    (
        "Time a message",
        &[
            ("latency_median_ms", "Median", Unit::Time),
            ("latency_p95_ms", "95 of 100 within", Unit::Time),
            ("latency_p99_ms", "99 of 100 within", Unit::Time),
        ],
    ),
];

/// The figures of a report that a reader wants first, then any others that have a target.
pub(super) fn glance(report: &Report) -> Vec<Group> {
    let (figures, estimates) = (report.figures(), report.estimates());
    let line = |name: &str, title: &str, unit: Unit| {
        Some(Line {
            name: name.to_owned(),
            title: title.to_owned(),
            unit,
            value: *figures.get(name)?,
            estimate: estimates.get(name).copied(),
            target: report.targets.iter().find(|target| target.figure == name).cloned(),
        })
    };
    let mut groups: Vec<Group> = PLAN
        .iter()
        .map(|(title, plan)| Group {
            title,
            lines: plan.iter().filter_map(|(name, title, unit)| line(name, title, *unit)).collect(),
        })
        .collect();
    let planned = |name: &str| {
        PLAN.iter().any(|(_, plan)| plan.iter().any(|(planned, _, _)| *planned == name))
    };
    let others = report.targets.iter().map(|target| target.figure.as_str());
    let others = others
        .filter(|name| !planned(name))
        .filter_map(|name| line(name, name, unit_of(name)))
        .collect();
    groups.push(Group { title: "Other targets", lines: others });
    groups.retain(|group| !group.lines.is_empty());
    groups
}

/// Counts that are not among the figures that come first.
const COUNTS: [&str; 7] = [
    "suspected_labels",
    "leaked_rows",
    "leaked_rows_exact",
    "leaked_rows_near",
    "worse",
    "better",
    "undecided",
];

/// The unit of a figure, that of a part of the rows being that of the whole, and that of a
/// difference being that of the figure itself.
pub(super) fn unit_of(name: &str) -> Unit {
    let whole = name.split('.').next().unwrap_or(name);
    let whole = whole.strip_prefix("baseline_").unwrap_or(whole);
    let whole = whole.strip_suffix("_difference").unwrap_or(whole);
    if whole.starts_with("behaviour_") {
        return if whole.ends_with("_failed") { Unit::Share } else { Unit::Count };
    }
    if COUNTS.contains(&whole) {
        return Unit::Count;
    }
    PLAN.iter()
        .flat_map(|(_, plan)| plan.iter())
        .find(|(planned, _, _)| *planned == whole)
        .map_or(Unit::Score, |(_, _, unit)| *unit)
}

/// A target in words: `≥ 90.0 %`.
pub(super) fn wanted(target: &Target) -> String {
    let sign = match target.operator {
        Operator::AtLeast => "≥",
        Operator::AtMost => "≤",
        Operator::Unequal => "≠",
        Operator::Equal => "=",
        Operator::Above | Operator::Below => target.operator.symbol(),
    };
    format!("{sign} {}", unit_of(&target.figure).write(target.value))
}

/// A figure in words, without the indent that it has below another.
pub(super) fn title_of(name: &str) -> String {
    let planned =
        PLAN.iter().flat_map(|(_, plan)| plan.iter()).find(|(known, _, _)| *known == name);
    let title = match name {
        "intent_accuracy_overall" => "Intent right, all rows",
        "intent_macro_f1_overall" => "Intent macro-F1, all rows",
        "tier_macro_f1" => "Tier macro-F1",
        "answerable_answered_right" => "Answerable answered rightly",
        _ => planned.map_or(name, |(_, title, _)| title.trim()),
    };
    title.to_owned()
}

/// A difference with its sign, shares in percentage points.
pub(super) fn signed(unit: Unit, value: f64) -> String {
    let written = match unit {
        Unit::Share => format!("{:+.1}", value * 100.0),
        Unit::Score | Unit::Time => format!("{value:+.3}"),
        Unit::Count => format!("{value:+.0}"),
    };
    if written.chars().any(|character| ('1'..='9').contains(&character)) {
        written.replace('-', "−")
    } else {
        // A zero has no sign.
        written.trim_start_matches(['+', '-']).to_owned()
    }
}
