use std::collections::BTreeMap;

use jiff::Timestamp;

use super::new_id;
use super::plan::Plan;
use crate::classifier::Reading;
use crate::domain::{
    Author, Channel, ConversationState, Decision, Handling, Incoming, Language, Outcome, QueueWait,
    SuggestedArticle, Summary, Thread, Ticket, TicketState, Turn,
};
use crate::knowledge::Hit;
use crate::store::{
    Conversation, ConversationHead, ConversationUpdate, Customer, CustomerUpdate, Request,
    TurnRecord,
};
use crate::text::PreparedText;
use crate::triage::{NETWORK, Route, RouteRequest, Verdict, summarize};

/// Articles suggested to the agent.
const SUGGESTIONS: usize = 3;

/// A checked message with the names that it goes by.
pub(super) struct Arrival {
    pub(super) incoming: Incoming,
    /// The identifier that the channel uses; the conversation may be one that it joined.
    pub(super) conversation_id: String,
    pub(super) message_id: String,
    /// What it tells of its sender.
    pub(super) customer: CustomerUpdate,
    pub(super) request: Option<Request>,
}

impl Arrival {
    /// Whether no customer wrote it: it is kept as a note.
    pub(super) fn is_note(&self) -> bool {
        matches!(self.incoming.handling, Handling::Note(_))
    }
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
    /// The customer, if known from before.
    pub(super) customer: Option<Customer>,
    /// Whether the conversation becomes part of another with this message.
    pub(super) joins: Joins,
    /// Tickets of the customer on other matters.
    pub(super) other_tickets: Vec<String>,
    /// Who held the conversation before it became part of another.
    pub(super) seen_state: Option<ConversationState>,
    /// What happened before this conversation, for the agent.
    pub(super) before: Vec<String>,
    pub(super) at: Timestamp,
}

/// Whether a conversation becomes part of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Joins {
    Nothing,
    /// A new identifier of a known conversation.
    New,
    /// A conversation of its own until now, with its version.
    Conversation(String, i64),
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

    /// The conversation that the message is part of.
    pub(super) fn conversation_id(&self) -> &str {
        self.head.as_ref().map_or(&self.arrival.conversation_id, |head| &head.id)
    }

    /// Makes the message, and what was said before it under the same identifier, part of another
    /// conversation.
    pub(super) fn join(&mut self, known: Conversation) {
        self.seen_state = Some(self.state());
        self.joins = self
            .head
            .as_ref()
            .map_or(Joins::New, |head| Joins::Conversation(head.id.clone(), head.version));
        let own_channel = self.head.as_ref().map_or(self.channel(), |head| head.channel);
        let own = Thread { id: self.conversation_id().to_owned(), channel: own_channel };
        let other = Thread { id: known.head.id.clone(), channel: known.head.channel };
        let named = |turn: Turn, thread: &Thread| Turn {
            thread: turn.thread.or_else(|| Some(thread.clone())),
            ..turn
        };
        let turns = std::mem::take(&mut self.turns);
        self.turns = known.turns.into_iter().map(|turn| named(turn, &other)).collect();
        self.turns.extend(turns.into_iter().map(|turn| named(turn, &own)));
        self.earlier_turns += known.earlier_turns;
        self.head = Some(known.head);
    }

    /// Whether the conversation becomes part of another with this message.
    pub(super) fn joins_now(&self) -> bool {
        self.joins != Joins::Nothing
    }

    /// What the company knows of the customer, and what the channel says of this message.
    pub(super) fn attributes(&self) -> BTreeMap<String, String> {
        let known = self.customer.as_ref().map(|customer| customer.attributes.clone());
        let mut attributes = known.unwrap_or_default();
        // The network of an earlier message says nothing of this one.
        attributes.remove(NETWORK);
        attributes.extend(self.arrival.customer.attributes.clone());
        attributes
    }

    pub(super) fn channel(&self) -> Channel {
        self.arrival.incoming.channel
    }

    pub(super) fn language(&self) -> Language {
        self.reading.classification.language
    }

    /// Whether the bot says nothing, whatever it is.
    pub(super) fn is_silent(&self) -> bool {
        self.arrival.incoming.handling != Handling::Usual
    }

    /// Whether the decision gives this reason.
    pub(super) fn has_reason(&self, code: &str) -> bool {
        self.verdict.decision.reasons.iter().any(|reason| reason.code == code)
    }

    pub(super) fn route_request<'b>(
        &'b self,
        attributes: &'b BTreeMap<String, String>,
        waits: &'b [QueueWait],
    ) -> RouteRequest<'b> {
        RouteRequest {
            classification: &self.reading.classification,
            message: &self.message.cleaned,
            earlier: &self.turns,
            channel: self.channel(),
            attributes,
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
            conversation_id: self.conversation_id().to_owned(),
            customer_id: known_customer.or_else(|| self.arrival.incoming.customer_id.clone()),
            customer: self.customer.as_ref().and_then(Customer::called).map(str::to_owned),
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
        summary.add_before(&self.before, self.language());
        summary
    }

    /// The customer's turn, or the note.
    fn turn(&self) -> Turn {
        let is_note = self.arrival.is_note();
        Turn {
            id: new_id("u"),
            from: if is_note { Author::Note } else { Author::Customer },
            text: self.arrival.incoming.text.clone(),
            at: self.at,
            agent: is_note.then(|| "lotse".to_owned()),
            classification: (!is_note).then(|| self.reading.classification.clone()),
            decision: (!is_note).then(|| self.verdict.decision.clone()),
            article_id: None,
            thread: None,
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
            thread: None,
        });
        let choices = plan.reply.as_ref().map_or(Vec::new(), |reply| reply.choices.clone());
        let intent = self.reading.classification.intent.as_ref().map(|intent| intent.name.clone());
        let id = self.conversation_id().to_owned();
        let (head, incoming) = (self.head, &self.arrival.incoming);
        TurnRecord {
            conversation: ConversationUpdate {
                id,
                thread: self.arrival.conversation_id.clone(),
                joins: match self.joins {
                    Joins::Conversation(id, version) => Some((id, version)),
                    Joins::Nothing | Joins::New => None,
                },
                seen_version: head.as_ref().map(|head| head.version),
                seen_state: self.seen_state.or(head.as_ref().map(|head| head.state)),
                channel: incoming.channel,
                language: self.reading.classification.language,
                customer_id: incoming.customer_id.clone(),
                customer: self.customer.map(|customer| customer.number),
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
            other_tickets: self.other_tickets,
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
