//! What would be done with a message that begins a conversation? For those who judge or work
//! through many messages without serving them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{History, Policy, Route, RouteRequest, Routing, Verdict, decide};
use crate::classifier::Reading;
use crate::domain::Channel;
use crate::knowledge::{Hit, Knowledge};
use crate::text::PreparedText;

/// Articles that a decision looks at.
pub const HITS: usize = 5;

/// When the messages came, for rules that look at the clock: a Monday, eleven o'clock in Berlin, so
/// that figures do not depend on the hour in which they are made.
const AT: Timestamp = Timestamp::constant(1_795_428_000, 0);

/// What decides beside the model; without it only the classification is known.
pub struct Decider {
    /// The articles.
    pub knowledge: Knowledge,
    /// Queues and rules.
    pub routing: Routing,
    /// Limits of automatic answers.
    pub policy: Policy,
}

/// What would be done.
#[derive(Clone, Debug)]
pub struct FirstDecision {
    /// The articles found, the best first.
    pub hits: Vec<Hit>,
    /// The decision.
    pub verdict: Verdict,
    /// Where it would go if people took it.
    pub route: Route,
}

impl Decider {
    /// Searches, decides and routes a message as the service would, were it the first of its
    /// conversation and nothing known of its sender.
    pub fn decide(
        &self,
        message: &PreparedText,
        reading: &Reading,
        channel: Channel,
        today: Date,
    ) -> FirstDecision {
        let classification = &reading.classification;
        let hits =
            self.knowledge.search_on(today, message, &reading.embedding, classification, HITS);
        let history = History::new(&message.cleaned);
        let verdict = decide(classification, &hits, &history, &self.policy);
        let route = self.routing.route(&RouteRequest {
            classification,
            message: &message.cleaned,
            earlier: &[],
            channel,
            attributes: &BTreeMap::new(),
            danger: verdict.danger,
            person_wanted: verdict.decision.has_reason("person_wanted"),
            waits: &[],
            at: AT,
        });
        FirstDecision { hits, verdict, route }
    }
}
