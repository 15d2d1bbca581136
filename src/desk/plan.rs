use super::decided::Decided;
use super::{Desk, DeskError, reply};
use crate::domain::{Action, ConversationState, OutcomeTicket, Reply, Ticket, TicketEvent};
use crate::store::{Conflict, StoreError, TicketPart};

/// What is done about a message, by who holds the conversation.
pub(super) struct Plan {
    /// Who holds it afterwards.
    pub(super) state: ConversationState,
    /// Whether the customer has been told, in this waiting period, that a message was added.
    pub(super) acknowledged: bool,
    /// What the bot says, if anything.
    pub(super) reply: Option<Reply>,
    /// What becomes of a ticket.
    pub(super) part: Option<TicketPart>,
    /// The ticket, for the answer to the client.
    pub(super) ticket: Option<OutcomeTicket>,
}

impl Desk {
    pub(super) async fn plan(&self, decided: &mut Decided<'_>) -> Result<Plan, DeskError> {
        let plan = self.with_words(decided).await?;
        if !decided.is_silent() {
            return Ok(plan);
        }
        // Who has not been told of the ticket is told with the next message that the bot may answer.
        let acknowledged = decided.acknowledged();
        Ok(Plan { reply: None, acknowledged, ..plan })
    }

    /// The plan with what the bot would say.
    async fn with_words(&self, decided: &mut Decided<'_>) -> Result<Plan, DeskError> {
        match decided.state() {
            ConversationState::Bot | ConversationState::Closed => {
                if decided.verdict.decision.action == Action::Escalate {
                    decided.before = self.before(decided).await?;
                    self.hand_over(decided).await
                } else {
                    Ok(self.speak(decided))
                }
            }
            ConversationState::Waiting => {
                let ticket = self.ticket_of(decided).await?;
                decided.before = self.before(decided).await?;
                Ok(self.add_to_ticket(decided, &ticket))
            }
            ConversationState::Human => {
                // The agent sees the message by its event; the bot is silent.
                let ticket = self.ticket_of(decided).await?;
                let routing = (self.routing)();
                let joined = || reply::joined(&self.texts, decided, &routing, &ticket.queue);
                Ok(Plan {
                    state: ConversationState::Human,
                    acknowledged: decided.acknowledged(),
                    reply: decided.joins_now().then(joined),
                    part: None,
                    ticket: Some(shown(&ticket)),
                })
            }
        }
    }

    fn speak(&self, decided: &Decided<'_>) -> Plan {
        Plan {
            state: ConversationState::Bot,
            acknowledged: false,
            reply: reply::of(&self.texts, decided),
            part: None,
            ticket: None,
        }
    }

    async fn hand_over(&self, decided: &mut Decided<'_>) -> Result<Plan, DeskError> {
        let routing = (self.routing)();
        // What waits is asked only where it can make a difference.
        let waits = if routing.has_overflow() { self.store.waits().await? } else { Vec::new() };
        let route = routing.route(&decided.route_request(&decided.attributes(), &waits));
        decided.verdict.decision.reasons.extend(route.reasons());
        let handed_over = reply::handed_over(&self.texts, decided, &routing, &route.queue);
        let reply = self.offer_call_back(decided, &routing, &route.queue, handed_over);
        let ticket = decided.ticket(&route);
        Ok(Plan {
            state: ConversationState::Waiting,
            acknowledged: false,
            reply: Some(reply),
            ticket: Some(shown(&ticket)),
            part: Some(TicketPart::Open(Box::new(ticket))),
        })
    }

    /// The ticket learns of the message; the customer is told so once. Danger to life is answered
    /// whenever it is named.
    fn add_to_ticket(&self, decided: &mut Decided<'_>, ticket: &Ticket) -> Plan {
        let routing = (self.routing)();
        // The queue stays, so nothing that waits matters.
        let route = routing.route(&decided.route_request(&decided.attributes(), &[]));
        // Before the summary, which tells of a number to call back on.
        let call_back = self.go_on_with_call_back(decided, &routing, &ticket.queue);
        let reply = if decided.verdict.danger {
            Some(reply::danger(&self.texts, decided))
        } else if let Some(call_back) = call_back {
            Some(call_back)
        } else if decided.joins_now() {
            let joined = reply::joined(&self.texts, decided, &routing, &ticket.queue);
            Some(self.offer_call_back(decided, &routing, &ticket.queue, joined))
        } else if decided.acknowledged() {
            None
        } else {
            Some(reply::acknowledgement(&self.texts, decided))
        };
        let mut after = ticket.clone();
        after.summary = decided.summary(&ticket.summary.articles, &ticket.decision);
        // Who calls after a mail waits no longer than other callers.
        if decided.joins_now() || route.priority > ticket.priority {
            after.due_at = ticket.due_at.min(route.due_at);
        }
        let mut event = None;
        if route.priority > ticket.priority {
            after.priority = route.priority;
            event = Some(TicketEvent {
                kind: "raised".to_owned(),
                actor: "lotse".to_owned(),
                detail: serde_json::json!({ "from": ticket.priority, "to": route.priority }),
                at: decided.at,
            });
        }
        Plan {
            state: ConversationState::Waiting,
            acknowledged: decided.acknowledged() || !decided.verdict.danger,
            reply,
            ticket: Some(shown(&after)),
            part: Some(TicketPart::Refresh {
                id: after.id,
                summary: Box::new(after.summary),
                priority: after.priority,
                due_at: after.due_at,
                event,
            }),
        }
    }

    /// The ticket that goes with the state seen; if it has none by now, the state is outdated.
    async fn ticket_of(&self, decided: &Decided<'_>) -> Result<Ticket, DeskError> {
        let id = decided.conversation_id();
        let ticket = self.store.unresolved_ticket(id).await?;
        ticket.ok_or_else(|| StoreError::from(Conflict::Conversation(id.to_owned())).into())
    }
}

/// The ticket as far as the client learns of it.
fn shown(ticket: &Ticket) -> OutcomeTicket {
    OutcomeTicket {
        id: ticket.id.clone(),
        queue: ticket.queue.clone(),
        priority: ticket.priority,
        due_at: ticket.due_at,
        summary: Some(ticket.summary.clone()),
    }
}
