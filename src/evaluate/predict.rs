//! What does the product make of each row? The same reading, search, decision and routing as in the
//! service, for first messages of a conversation.

use std::time::Instant;

use super::Prediction;
use crate::classifier::{Classifier, ClassifierError};
use crate::domain::{Action, Channel};
use crate::text::prepare;
use crate::train::LabelledRow;
use crate::triage::{Decider, History, Policy, answer_confidence, decide};

/// Predictions of all rows, and the milliseconds that each took from text to decision, read one at
/// a time. `progress` is called after each row.
pub fn predict(
    classifier: &Classifier,
    decider: Option<&Decider>,
    rows: &[LabelledRow],
    mut progress: impl FnMut(),
) -> Result<(Vec<Prediction>, Vec<f64>), ClassifierError> {
    let open_policy =
        decider.map(|decider| Policy { answer_threshold: Some(0.0), ..decider.policy.clone() });
    let today = jiff::Zoned::now().date();
    let mut predictions = Vec::with_capacity(rows.len());
    let mut latencies = Vec::with_capacity(rows.len());
    for row in rows {
        let started = Instant::now();
        // The language is read from the text, as it is for most channels: a label must not help.
        let text = prepare(&row.text, None);
        let reading = classifier.read(std::slice::from_ref(&text))?.remove(0);
        let mut prediction = Prediction::from_classification(&reading.classification);
        if let (Some(decider), Some(open_policy)) = (decider, &open_policy) {
            let classification = &reading.classification;
            let channel = row.channel.unwrap_or(Channel::Chat);
            let decided = decider.decide(&text, &reading, channel, today);
            let history = History::new(&text.cleaned);
            let without_threshold = decide(classification, &decided.hits, &history, open_policy);
            prediction.open_to_answer = without_threshold.decision.action == Action::Answer;
            let top = decided.hits.iter().find(|hit| hit.usable);
            prediction.article = top.map(|hit| hit.article.id.clone());
            prediction.answer_confidence =
                decider.policy.answering.as_ref().map_or(0.0, |answering| {
                    answer_confidence(classification, &decided.hits, answering)
                });
            prediction.queue = Some(decided.route.queue);
            prediction.action = Some(decided.verdict.decision.action);
        }
        latencies.push(started.elapsed().as_secs_f64() * 1e3);
        predictions.push(prediction);
        progress();
    }
    Ok((predictions, latencies))
}
