//! Where did it go wrong, and how sure was it?

use super::cases::Case;
use super::{Mistake, MistakeKind};

/// Everything that went wrong, by kind, the surest mistake first.
pub(super) fn mistakes(cases: &[Case]) -> Vec<Mistake> {
    let mut mistakes: Vec<Mistake> = cases.iter().flat_map(of_case).collect();
    mistakes.sort_by(|left, right| {
        left.kind
            .cmp(&right.kind)
            .then_with(|| right.confidence.total_cmp(&left.confidence))
            .then_with(|| left.row.cmp(&right.row))
    });
    mistakes
}

fn of_case(case: &Case) -> Vec<Mistake> {
    let mistake = |kind, gold: String, predicted: String, confidence: f32| Mistake {
        kind,
        row: case.number,
        id: case.row.id.clone(),
        text: case.row.text.clone(),
        language: case.language(),
        gold,
        predicted,
        confidence: f64::from(confidence),
    };
    let mut found = Vec::new();
    if let Some((gold, confidence)) = wrong_answer(case) {
        let article = case.prediction.article.clone().unwrap_or_else(|| "no article".to_owned());
        found.push(mistake(MistakeKind::Answer, gold, article, confidence));
    }
    if let (Some((gold, predicted)), Some(judged)) = (case.best_pair(), case.intent())
        && !judged.right
    {
        let (gold, predicted) = (gold.to_owned(), predicted.to_owned());
        found.push(mistake(MistakeKind::Intent, gold, predicted, judged.confidence));
    }
    if let Some((gold, predicted, confidence)) = wrong_scope(case) {
        found.push(mistake(MistakeKind::Scope, gold, predicted, confidence));
    }
    if let (Some((gold, predicted)), Some(judged)) = (case.tier_pair(), case.tier())
        && !judged.right
    {
        let (gold, predicted) = (gold.to_string(), predicted.to_string());
        found.push(mistake(MistakeKind::Tier, gold, predicted, judged.confidence));
    }
    if let (Some((gold, predicted)), Some(judged)) = (case.sentiment_pair(), case.sentiment())
        && !judged.right
    {
        let (gold, predicted) = (gold.name().to_owned(), predicted.name().to_owned());
        found.push(mistake(MistakeKind::Sentiment, gold, predicted, judged.confidence));
    }
    if let Some((gold, predicted)) = case.queue_pair()
        && gold != predicted
    {
        let confidence = case.prediction.best_intent.as_ref().map_or(0.0, |best| best.confidence);
        let (gold, predicted) = (gold.to_owned(), predicted.to_owned());
        found.push(mistake(MistakeKind::Queue, gold, predicted, confidence));
    }
    found
}

/// What a wrongly answered row says would have been right, and how sure the answer was. Any answer
/// to a message of tier 3 is wrong, whatever else the row says.
fn wrong_answer(case: &Case) -> Option<(String, f32)> {
    let tier3 = case.prediction.answered() && case.row.tier == Some(3);
    if !tier3 && case.answer_right() != Some(false) {
        return None;
    }
    let gold = match &case.row.articles {
        _ if tier3 => "a person (tier 3)".to_owned(),
        Some(articles) if !articles.is_empty() => articles.join(" or "),
        _ => "a person".to_owned(),
    };
    Some((gold, case.prediction.answer_confidence))
}

/// Gold, predicted and confidence of a row that was rejected or kept wrongly. Without a probability
/// of being in scope the confidence of the best intent stands for it.
fn wrong_scope(case: &Case) -> Option<(String, String, f32)> {
    let (in_scope, rejected) = (case.in_scope()?, case.rejected()?);
    if in_scope != rejected {
        return None;
    }
    let best = case.prediction.best_intent.as_ref()?;
    let score = case.prediction.in_scope.or_else(|| case.intent_score())?;
    let gold = case.row.intent.clone()?;
    Some(if rejected {
        (gold, case.options.out_of_scope.clone(), 1.0 - score)
    } else {
        (gold, best.name.clone(), score)
    })
}
