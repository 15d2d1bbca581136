//! How well is told what is out of scope?

use super::cases::Case;
use super::{ScopeReport, build::thinned};
use crate::evaluate::ReportOptions;
use crate::evaluate::metrics::{AtLoss, ScopeScore, auroc, proportion, recall_at_loss};

/// Share of in-scope rows that may be rejected.
const REJECTED: f64 = 0.05;

/// In-scope accuracy that may be lost.
const LOST: f64 = 0.02;

/// Figures of the scope; none where rows or predictions say nothing of it.
pub(super) fn scope(cases: &[Case], options: &ReportOptions) -> Option<ScopeReport> {
    let judged: Vec<(bool, bool)> =
        cases.iter().filter_map(|case| Some((case.in_scope()?, case.rejected()?))).collect();
    if judged.is_empty() {
        return None;
    }
    let count = |inside: bool, rejected: bool| {
        judged.iter().filter(|row| **row == (inside, rejected)).count()
    };
    let in_scope = count(true, true) + count(true, false);
    let out_of_scope = judged.len() - in_scope;
    let (score, scores) = scores(cases);
    let ranked: Vec<(f32, bool)> = scores.iter().map(|row| (row.score, row.in_scope)).collect();
    let every_rejection = |rows: &[ScopeScore]| -> Vec<ScopeScore> {
        rows.iter().map(|row| ScopeScore { costs: true, ..*row }).collect()
    };
    let rejecting = every_rejection(&scores);
    Some(ScopeReport {
        in_scope,
        out_of_scope,
        recall: proportion(count(false, true), out_of_scope),
        rejected: proportion(count(true, true), in_scope),
        score: score.to_owned(),
        auroc: options.bootstrap.estimate(ranked.len(), |rows| {
            auroc(&rows.iter().map(|row| ranked[*row]).collect::<Vec<_>>())
        }),
        at_5_percent_rejected: recall_at_loss(&rejecting, REJECTED),
        at_2_points_lost: recall_at_loss(&scores, LOST),
        curve: thinned(AtLoss::curve(&rejecting)),
    })
}

/// The score that ranks the rows, with its name: the probability of being in scope if every
/// prediction states one, otherwise the confidence of the best intent. No rows without either.
fn scores(cases: &[Case]) -> (&'static str, Vec<ScopeScore>) {
    let judged = || cases.iter().filter(|case| case.in_scope().is_some());
    let stated = judged().all(|case| case.prediction.in_scope.is_some());
    let name = if stated { "in_scope" } else { "confidence" };
    let scores = judged()
        .filter(|case| stated || case.states("intent"))
        .filter_map(|case| {
            let score = case.intent_score()?;
            Some(ScopeScore {
                score: if stated { case.prediction.in_scope? } else { score },
                in_scope: case.in_scope()?,
                costs: case.intent().is_some_and(|judged| judged.right),
            })
        })
        .collect();
    (name, scores)
}
