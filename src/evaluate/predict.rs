//! What does the product make of each row? The same reading, search, decision and routing as in the
//! service, for first messages of a conversation.

use std::collections::BTreeMap;
use std::time::Instant;

use jiff::Timestamp;

use super::Prediction;
use crate::classifier::{Classifier, ClassifierError};
use crate::domain::{Action, Channel};
use crate::knowledge::Knowledge;
use crate::text::prepare;
use crate::train::LabelledRow;
use crate::triage::{History, Policy, RouteRequest, Routing, answer_confidence, decide};

/// Articles that the decision looks at.
const HITS: usize = 8;

/// When the messages came, for rules that look at the clock: a Monday, eleven o'clock in Berlin, so
/// that figures do not depend on the hour in which they are made.
const AT: Timestamp = Timestamp::constant(1_795_428_000, 0);

/// What decides beside the model; without it only the classification is judged.
pub struct Decider {
    /// The articles.
    pub knowledge: Knowledge,
    /// Queues and rules.
    pub routing: Routing,
    /// Limits of automatic answers.
    pub policy: Policy,
}

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
            let hits = decider.knowledge.search(&text, &reading.embedding, classification, HITS);
            let history = History::new(&text.cleaned);
            let verdict = decide(classification, &hits, &history, &decider.policy);
            let without_threshold = decide(classification, &hits, &history, open_policy);
            prediction.open_to_answer = without_threshold.decision.action == Action::Answer;
            let top = hits.iter().find(|hit| hit.usable);
            prediction.article = top.map(|hit| hit.article.id.clone());
            prediction.answer_confidence = decider
                .policy
                .answering
                .as_ref()
                .map_or(0.0, |answering| answer_confidence(classification, &hits, answering));
            let person_wanted =
                verdict.decision.reasons.iter().any(|reason| reason.code == "person_wanted");
            let route = decider.routing.route(&RouteRequest {
                classification,
                message: &text.cleaned,
                earlier: &[],
                channel: row.channel.unwrap_or(Channel::Chat),
                attributes: &BTreeMap::new(),
                danger: verdict.danger,
                person_wanted,
                waits: &[],
                at: AT,
            });
            prediction.queue = Some(route.queue);
            prediction.action = Some(verdict.decision.action);
        }
        latencies.push(started.elapsed().as_secs_f64() * 1e3);
        predictions.push(prediction);
        progress();
    }
    Ok((predictions, latencies))
}
