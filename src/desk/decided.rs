use jiff::Timestamp;

use super::new_id;
use super::plan::Plan;
use crate::classifier::Reading;
use crate::domain::{
    Author, Channel, ConversationState, Decision, Incoming, Language, Outcome, QueueWait,
    SuggestedArticle, Summary, Ticket, TicketState, Turn,
};
use crate::knowledge::Hit;
use crate::store::{ConversationHead, ConversationUpdate, Request, TurnRecord};
use crate::text::PreparedText;
use crate::triage::{Route, RouteRequest, Verdict, summarize};

static NO_ATTRIBUTES: std::collections::BTreeMap<String, String> =
    std::collections::BTreeMap::new();

/// Articles suggested to the agent.
const SUGGESTIONS: usize = 3;

/// A checked message with the names that it goes by.
pub(super) struct Arrival {
    pub(super) incoming: Incoming,
    pub(super) conversation_id: String,
    pub(super) message_id: String,
    pub(super) request: Option<Request>,
}

/// All that is known of a message once the decision on it has been made.
pub(super) struct Decided<'a> {
    pub(super) arrival: &'a Arrival,
    pub(super) message: PreparedText,
    pub(super) reading: Reading,
    pub(super) hits: Vec<Hit>,
    pub(super) verdict: Verdict,
    /// The conversation before the message, none for a new one.
    pub(super) head: Option<ConversationHead>,
    /// Its latest turns.
    pub(super) turns: Vec<Turn>,
    /// Turns before those.
    pub(super) earlier_turns: usize,
    pub(super) at: Timestamp,
}

impl Decided<'_> {
    /// Who held the conversation when the message came.
    pub(super) fn state(&self) -> ConversationState {
        self.head.as_ref().map_or(ConversationState::Bot, |head| head.state)
    }

    /// Whether the customer was already told, in this waiting period, that a message was added.
    pub(super) fn acknowledged(&self) -> bool {
        self.head.as_ref().is_some_and(|head| head.acknowledged)
    }

    pub(super) fn channel(&self) -> Channel {
        self.arrival.incoming.channel
    }

    pub(super) fn language(&self) -> Language {
        self.reading.classification.language
    }

    /// Whether the decision gives this reason.
    pub(super) fn has_reason(&self, code: &str) -> bool {
        self.verdict.decision.reasons.iter().any(|reason| reason.code == code)
    }

    pub(super) fn route_request<'b>(&'b self, waits: &'b [QueueWait]) -> RouteRequest<'b> {
        RouteRequest {
            classification: &self.reading.classification,
            message: &self.message.cleaned,
            earlier: &self.turns,
            channel: self.channel(),
            attributes: &NO_ATTRIBUTES,
            danger: self.verdict.danger,
            person_wanted: self.has_reason("person_wanted"),
            waits,
            at: self.at,
        }
    }

    /// The new ticket of this message.
    pub(super) fn ticket(&self, route: &Route) -> Ticket {
        let known_customer = self.head.as_ref().and_then(|head| head.customer_id.clone());
        Ticket {
            id: new_id("t"),
            conversation_id: self.arrival.conversation_id.clone(),
            customer_id: known_customer.or_else(|| self.arrival.incoming.customer_id.clone()),
            channel: self.channel(),
            language: self.language(),
            queue: route.queue.clone(),
            priority: route.priority,
            state: TicketState::Open,
            agent: None,
            due_at: route.due_at,
            first_response_at: None,
            created_at: self.at,
            updated_at: self.at,
            summary: self.summary(&self.suggestions(), &self.verdict.decision),
            classification: self.reading.classification.clone(),
            decision: self.verdict.decision.clone(),
            resolution: None,
            skills: route.skills.clone(),
            version: 1,
        }
    }

    /// Articles that may help the agent.
    fn suggestions(&self) -> Vec<SuggestedArticle> {
        let usable = self.hits.iter().filter(|hit| hit.usable).take(SUGGESTIONS);
        let suggested = usable.map(|hit| SuggestedArticle {
            id: hit.article.id.clone(),
            title: hit.article.title.clone(),
        });
        suggested.collect()
    }

    /// The conversation with this message, for the agent; `decision` is the one that hands it over.
    pub(super) fn summary(&self, suggestions: &[SuggestedArticle], decision: &Decision) -> Summary {
        let mut turns = self.turns.clone();
        turns.push(self.turn());
        let mut summary = summarize(&turns, self.language(), suggestions, Some(decision));
        for fact in &mut summary.facts {
            fact.turn += self.earlier_turns;
        }
        summary
    }

    /// The customer's turn.
    fn turn(&self) -> Turn {
        Turn {
            id: new_id("u"),
            from: Author::Customer,
            text: self.arrival.incoming.text.clone(),
            at: self.at,
            agent: None,
            classification: Some(self.reading.classification.clone()),
            decision: Some(self.verdict.decision.clone()),
            article_id: None,
        }
    }

    /// All that is to be kept, in one piece.
    pub(super) fn record(self, plan: Plan) -> TurnRecord {
        let message = self.turn();
        let reply = plan.reply.as_ref().map(|reply| Turn {
            id: new_id("u"),
            from: Author::Bot,
            text: reply.text.clone(),
            at: self.at,
            agent: None,
            classification: None,
            decision: None,
            article_id: reply.article.as_ref().map(|article| article.id.clone()),
        });
        let choices = plan.reply.as_ref().map_or(Vec::new(), |reply| reply.choices.clone());
        let intent = self.reading.classification.intent.as_ref().map(|intent| intent.name.clone());
        let (head, incoming) = (self.head, &self.arrival.incoming);
        TurnRecord {
            conversation: ConversationUpdate {
                id: self.arrival.conversation_id.clone(),
                seen_version: head.as_ref().map(|head| head.version),
                seen_state: head.as_ref().map(|head| head.state),
                channel: incoming.channel,
                language: self.reading.classification.language,
                customer_id: incoming.customer_id.clone(),
                state: plan.state,
                topic: intent.or(head.and_then(|head| head.topic)),
                acknowledged: plan.acknowledged,
                at: self.at,
            },
            request: self.arrival.request.clone(),
            message,
            reply,
            choices,
            ticket: plan.part,
            outcome: Outcome {
                conversation_id: self.arrival.conversation_id.clone(),
                message_id: self.arrival.message_id.clone(),
                state: plan.state,
                classification: self.reading.classification,
                decision: self.verdict.decision,
                reply: plan.reply,
                ticket: plan.ticket,
            },
        }
    }
}
