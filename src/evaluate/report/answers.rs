//! How good are the automatic answers?

use std::collections::BTreeMap;

use super::cases::Case;
use super::{AnswerReport, build::thinned};
use crate::domain::Action;
use crate::evaluate::metrics::{Candidate, clopper_pearson_upper, proportion, risk_coverage};

/// Confidence of the exact bounds.
const BOUND: f64 = 0.95;

/// Figures of the actions; none where the predictions name no action.
pub(super) fn answers(cases: &[Case]) -> Option<AnswerReport> {
    let decided: Vec<&Case> =
        cases.iter().filter(|case| case.prediction.action.is_some()).collect();
    if decided.is_empty() {
        return None;
    }
    let count = |wanted: &dyn Fn(&Case) -> bool| decided.iter().filter(|case| wanted(case)).count();
    let answerable = |case: &Case| case.row.answerable() == Some(true);
    let clarified = |case: &Case| case.prediction.action == Some(Action::Clarify);
    let tier3 = |case: &Case| case.row.tier == Some(3);
    let wanted = count(&answerable);
    let answered = count(&|case| case.prediction.answered());
    let judged = count(&|case| case.answer_right().is_some());
    let right = count(&|case| case.answer_right() == Some(true));
    let tier3_rows = count(&tier3);
    let tier3_answered = count(&|case| tier3(case) && case.prediction.answered());
    let wanted_answered = count(&|case| answerable(case) && case.prediction.answered());
    let wanted_right = count(&|case| answerable(case) && case.answer_right() == Some(true));
    Some(AnswerReport {
        actions: actions(&decided),
        answered,
        unjudged: answered - judged,
        answerable: wanted,
        answerable_answered: proportion(wanted_answered, wanted),
        answerable_answered_right: proportion(wanted_right, wanted),
        right: proportion(right, judged),
        wrong: judged - right,
        wrong_at_most: clopper_pearson_upper(judged - right, judged, BOUND),
        tier3: tier3_rows,
        tier3_answered,
        tier3_answered_at_most: clopper_pearson_upper(tier3_answered, tier3_rows, BOUND),
        clarified: proportion(count(&clarified), decided.len()),
        answerable_clarified: proportion(
            count(&|case| answerable(case) && clarified(case)),
            wanted,
        ),
        curve: curve(&decided, wanted),
    })
}

fn actions(cases: &[&Case]) -> BTreeMap<String, usize> {
    let mut actions = BTreeMap::new();
    for action in cases.iter().filter_map(|case| case.prediction.action) {
        let name = match action {
            Action::Answer => "answer",
            Action::Clarify => "clarify",
            Action::Smalltalk => "smalltalk",
            Action::Escalate => "escalate",
            Action::None => "none",
        };
        *actions.entry(name.to_owned()).or_default() += 1;
    }
    actions
}

fn curve(cases: &[&Case], answerable: usize) -> Vec<super::CurvePoint> {
    let candidates: Vec<Candidate> = cases
        .iter()
        .filter_map(|case| {
            let judged = case.article()?;
            Some(Candidate {
                confidence: judged.confidence,
                wrong: !judged.right,
                wanted: case.row.answerable() == Some(true),
            })
        })
        .collect();
    thinned(risk_coverage(&candidates, answerable))
}
