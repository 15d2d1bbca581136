//! Is this system better than another on the same rows?

use serde::Serialize;

use super::build::check;
use super::cases::Case;
use super::{Report, ReportError, ReportOptions};
use crate::domain::Language;
use crate::evaluate::Prediction;
use crate::evaluate::metrics::{
    Agreement, Bootstrap, Confusions, Difference, Estimate, Judged, auroc, brier,
    calibration_error, mcnemar_exact, rounded_if_any,
};
use crate::train::LabelledRow;

/// A difference is decided if chance alone would make one as large in fewer than 1 of 20 cases.
const LEVEL: f64 = 0.05;

/// Rows below which a bootstrap promises too much: its intervals are too narrow for few rows.
const ENOUGH_ROWS: usize = 30;

/// The system that is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Baseline<'a> {
    /// Its name: a pack or a file of predictions.
    pub name: &'a str,
    /// SHA-256 of the pack's `lotse.json` or of the file.
    pub sha256: &'a str,
    /// What it says of the same rows, in the same order.
    pub predictions: &'a [Prediction],
    /// Heads whose confidence it does not state.
    pub without_confidence: &'a [String],
}

/// This system against another on the same rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BaselineReport {
    /// Name of the other system.
    pub name: String,
    /// SHA-256 of the other pack's `lotse.json` or of its file.
    pub sha256: String,
    /// Every figure that both have.
    pub figures: Vec<Compared>,
    /// Rows where exactly one of the two is right, those first where this system is wrong.
    pub changes: Vec<Change>,
}

/// One figure of both systems.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// Name of the figure, as in [`Report::figures`].
    pub figure: String,
    /// `first` is this system, `second` the other.
    #[serde(flatten)]
    pub values: Difference,
    /// Whether a lower figure is better.
    pub less_is_better: bool,
    /// Who was right where, for shares of right rows.
    pub agreement: Option<Agreement>,
    /// Two-sided p of the exact test of McNemar, for shares of right rows.
    #[serde(serialize_with = "rounded_if_any")]
    pub p: Option<f64>,
    /// What follows.
    pub verdict: BaselineVerdict,
}

/// What a comparison of two systems shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BaselineVerdict {
    /// This system is worse than the baseline, and chance hardly explains it.
    Worse,
    /// This system is better, and chance hardly explains it.
    Better,
    /// Chance explains the difference well enough.
    Undecided,
}

impl BaselineVerdict {
    /// The word that is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Better => "better",
            Self::Undecided => "undecided",
        }
    }
}

/// A row that exactly one of the two systems judges rightly.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// `intent` (as delivered), `tier` or `sentiment`.
    pub head: &'static str,
    /// Whether this system is the one that is right.
    pub gained: bool,
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
    /// What this system says.
    pub first: String,
    /// What the other says.
    pub second: String,
}

/// One row as both systems see it.
type Pair<'a> = (Case<'a>, Case<'a>);

/// Whether a system is right on a row; none where it cannot be judged.
type Right = fn(&Case) -> Option<bool>;

/// What a system states with a confidence.
type Stated<'a> = fn(&Case<'a>) -> Option<Judged>;

/// Gold and given label.
type Labels<'a> = fn(&Case<'a>) -> Option<(String, String)>;

impl BaselineReport {
    /// Figures with this verdict.
    pub fn count(&self, verdict: BaselineVerdict) -> usize {
        self.figures.iter().filter(|figure| figure.verdict == verdict).count()
    }
}

impl Report {
    /// The report with a comparison: `rows`, `predictions` and `options` are those that it was
    /// built with.
    pub fn with_baseline(
        mut self,
        rows: &[LabelledRow],
        predictions: &[Prediction],
        options: &ReportOptions,
        baseline: &Baseline,
    ) -> Result<Self, ReportError> {
        check(rows, baseline.predictions)?;
        let other = ReportOptions {
            without_confidence: baseline.without_confidence.to_vec(),
            ..options.clone()
        };
        let pairs: Vec<Pair> = rows
            .iter()
            .zip(predictions)
            .zip(baseline.predictions)
            .enumerate()
            .map(|(index, ((row, first), second))| {
                let number = index + 1;
                (
                    Case { number, row, prediction: first, options },
                    Case { number, row, prediction: second, options: &other },
                )
            })
            .collect();
        self.baseline = Some(BaselineReport {
            name: baseline.name.to_owned(),
            sha256: baseline.sha256.to_owned(),
            figures: figures(&pairs, options.bootstrap),
            changes: changes(&pairs),
        });
        Ok(self.judged_again())
    }
}

fn figures<'a>(pairs: &[Pair<'a>], bootstrap: Bootstrap) -> Vec<Compared> {
    let shares: [(&str, bool, Right); 8] = [
        ("intent_accuracy", false, |case| Some(case.intent()?.right)),
        ("intent_accuracy_overall", false, |case| Some(same(case.delivered_pair()?))),
        ("in_scope_rejected", true, |case| case.in_scope()?.then(|| case.rejected()).flatten()),
        ("out_of_scope_recall", false, |case| (!case.in_scope()?).then(|| case.rejected())?),
        ("tier_accuracy", false, |case| Some(same(case.tier_pair()?))),
        ("sentiment_accuracy", false, |case| Some(same(case.sentiment_pair()?))),
        ("queue_accuracy", false, |case| Some(same(case.queue_pair()?))),
        ("answerable_answered_right", false, |case| {
            let answerable = case.row.answerable()? && case.prediction.action.is_some();
            answerable.then(|| case.answer_right() == Some(true))
        }),
    ];
    let labels: [(&str, Labels<'a>); 4] = [
        ("intent_macro_f1", |case| case.best_pair().map(owned)),
        ("intent_macro_f1_overall", |case| case.delivered_pair().map(owned)),
        ("tier_macro_f1", |case| case.tier_pair().map(owned)),
        ("sentiment_macro_f1", |case| {
            case.sentiment_pair().map(|(gold, given)| owned((gold.name(), given.name())))
        }),
    ];
    let stated: [(&str, Stated<'a>); 5] = [
        ("intent", Case::intent),
        ("in_scope", Case::scope),
        ("tier", Case::tier),
        ("sentiment", Case::sentiment),
        ("answer", Case::article),
    ];
    let shares = shares
        .into_iter()
        .filter_map(|(name, less, right)| share(name, less, &both(pairs, right), bootstrap));
    let labels = labels
        .into_iter()
        .filter_map(|(name, labels)| macro_f1(name, &both(pairs, labels), bootstrap));
    let stated = stated.into_iter().flat_map(|(head, judge)| {
        let judged = both(pairs, |case| case.states(head).then(|| judge(case)).flatten());
        [
            calibration("ece", head, &judged, bootstrap),
            calibration("brier", head, &judged, bootstrap),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
    });
    let scope = scope(pairs, bootstrap);
    shares.chain(labels).chain(scope).chain(stated).collect()
}

fn same<T: PartialEq>((gold, given): (T, T)) -> bool {
    gold == given
}

fn owned<T: ToString>((gold, given): (T, T)) -> (String, String) {
    (gold.to_string(), given.to_string())
}

/// What can be judged of both systems, row by row.
fn both<'a, T>(pairs: &[Pair<'a>], judge: impl Fn(&Case<'a>) -> Option<T>) -> Vec<(T, T)> {
    pairs.iter().filter_map(|(first, second)| Some((judge(first)?, judge(second)?))).collect()
}

/// A share of rows, decided by the exact test of McNemar.
fn share(
    name: &str,
    less_is_better: bool,
    pairs: &[(bool, bool)],
    bootstrap: Bootstrap,
) -> Option<Compared> {
    let part = |rows: &[usize], first: bool| {
        let hits = rows.iter().filter(|row| if first { pairs[**row].0 } else { pairs[**row].1 });
        (!rows.is_empty()).then(|| hits.count() as f64 / rows.len() as f64)
    };
    let values =
        bootstrap.difference(pairs.len(), |rows| Some((part(rows, true)?, part(rows, false)?)))?;
    let agreement = Agreement::count(pairs);
    let p = mcnemar_exact(agreement.only_first, agreement.only_second);
    let verdict = verdict(p < LEVEL, values.difference.value, less_is_better);
    Some(Compared {
        figure: name.to_owned(),
        values,
        less_is_better,
        agreement: Some(agreement),
        p: Some(p),
        verdict,
    })
}

/// A figure without a test of its own, decided by whether the interval leaves out 0; with few rows
/// it stays undecided.
fn by_interval(name: &str, less_is_better: bool, values: Difference) -> Compared {
    let Estimate { low, high, rows, .. } = values.difference;
    let decided = rows >= ENOUGH_ROWS && (low > 0.0 || high < 0.0);
    Compared {
        figure: name.to_owned(),
        values,
        less_is_better,
        agreement: None,
        p: None,
        verdict: verdict(decided, values.difference.value, less_is_better),
    }
}

fn verdict(decided: bool, difference: f64, less_is_better: bool) -> BaselineVerdict {
    if !decided {
        BaselineVerdict::Undecided
    } else if (difference > 0.0) == less_is_better {
        BaselineVerdict::Worse
    } else {
        BaselineVerdict::Better
    }
}

/// Gold and given label of both systems.
type LabelPair = ((String, String), (String, String));

fn macro_f1(name: &str, pairs: &[LabelPair], bootstrap: Bootstrap) -> Option<Compared> {
    fn named((gold, given): &(String, String)) -> (&str, &str) {
        (gold, given)
    }
    let first = Confusions::new(pairs.iter().map(|(first, _)| named(first)));
    let second = Confusions::new(pairs.iter().map(|(_, second)| named(second)));
    let values = bootstrap.difference(pairs.len(), |rows| {
        Some((first.macro_f1_of(rows)?, second.macro_f1_of(rows)?))
    })?;
    Some(by_interval(name, false, values))
}

fn calibration(
    error: &str,
    head: &str,
    pairs: &[(Judged, Judged)],
    bootstrap: Bootstrap,
) -> Option<Compared> {
    let measure = if error == "ece" { calibration_error } else { brier };
    let drawn = |rows: &[usize], first: bool| -> Vec<Judged> {
        rows.iter().map(|row| if first { pairs[*row].0 } else { pairs[*row].1 }).collect()
    };
    let values = bootstrap.difference(pairs.len(), |rows| {
        Some((measure(&drawn(rows, true))?, measure(&drawn(rows, false))?))
    })?;
    Some(by_interval(&format!("{error}_{head}"), true, values))
}

/// How well the scores of being in scope rank the rows.
fn scope(pairs: &[Pair], bootstrap: Bootstrap) -> Option<Compared> {
    let stated = |part: fn(&Pair) -> bool| pairs.iter().all(part);
    let (first, second) = (
        stated(|pair| pair.0.prediction.in_scope.is_some()),
        stated(|pair| pair.1.prediction.in_scope.is_some()),
    );
    let score = |case: &Case, stated: bool| {
        if stated {
            return case.prediction.in_scope;
        }
        case.states("intent").then(|| case.intent_score()).flatten()
    };
    let scores: Vec<((f32, bool), (f32, bool))> = pairs
        .iter()
        .filter_map(|(one, other)| {
            let inside = one.in_scope()?;
            Some(((score(one, first)?, inside), (score(other, second)?, inside)))
        })
        .collect();
    let drawn = |rows: &[usize], first: bool| -> Vec<(f32, bool)> {
        rows.iter().map(|row| if first { scores[*row].0 } else { scores[*row].1 }).collect()
    };
    let values = bootstrap.difference(scores.len(), |rows| {
        Some((auroc(&drawn(rows, true))?, auroc(&drawn(rows, false))?))
    })?;
    Some(by_interval("out_of_scope_auroc", false, values))
}

fn changes(pairs: &[Pair]) -> Vec<Change> {
    let heads: [(&'static str, Labels); 3] = [
        ("intent", |case| case.delivered_pair().map(owned)),
        ("tier", |case| case.tier_pair().map(owned)),
        ("sentiment", |case| {
            case.sentiment_pair().map(|(gold, given)| owned((gold.name(), given.name())))
        }),
    ];
    let mut changes: Vec<Change> = Vec::new();
    for (head, labels) in heads {
        for (first, second) in pairs {
            let (Some((gold, one)), Some((_, other))) = (labels(first), labels(second)) else {
                continue;
            };
            let gained = gold == one;
            if gained != (gold == other) {
                changes.push(Change {
                    head,
                    gained,
                    row: first.number,
                    id: first.row.id.clone(),
                    text: first.row.text.clone(),
                    language: first.language(),
                    gold,
                    first: one,
                    second: other,
                });
            }
        }
    }
    changes.sort_by_key(|change| change.gained);
    changes
}
