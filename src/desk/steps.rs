//! The state machine of tickets. `open` goes with a waiting conversation, `claimed` with one that a
//! person holds; no step leads from one to the other in any way but through these.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::DeskError;
use crate::domain::{Caller, ConversationState, Role, Ticket, TicketState};

/// What an agent does with a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Claim,
    Reply,
    Note,
    Transfer {
        queue: Option<String>,
        agent: Option<String>,
    },
    Release,
    /// Takes the ticket from an agent who is away.
    Return {
        agent: String,
    },
    Resolve {
        reason: String,
        then: AfterResolve,
    },
    Reopen,
    Correct {
        labels: Value,
    },
}

/// What becomes of a conversation whose ticket is resolved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AfterResolve {
    /// The bot answers further messages.
    #[default]
    Bot,
    /// It is closed; a further message opens it again for the bot.
    Closed,
}

/// A step that is allowed: the ticket and its conversation as they are to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Taken {
    pub(super) ticket: Ticket,
    /// None to leave the conversation as it is.
    pub(super) conversation_state: Option<ConversationState>,
    /// Kind of the ticket's event.
    pub(super) kind: &'static str,
    /// Particulars of the event.
    pub(super) detail: Value,
}

/// Takes a step, or says why it is not allowed. None: what is asked for is so already.
pub(super) fn take(
    ticket: &Ticket,
    step: &Step,
    caller: &Caller,
    at: Timestamp,
) -> Result<Option<Taken>, DeskError> {
    let mut after = ticket.clone();
    let mut conversation_state = None;
    let (kind, detail) = match step {
        Step::Claim => {
            match ticket.state {
                TicketState::Open => {}
                TicketState::Claimed if is_holder(ticket, caller) => return Ok(None),
                TicketState::Claimed => return Err(held_by_other(ticket)),
                TicketState::Resolved => return Err(wrong_state(ticket, "reopen it first")),
            }
            hand_to(&mut after, &caller.name);
            conversation_state = Some(ConversationState::Human);
            ("claimed", json!({ "queue": ticket.queue }))
        }
        Step::Reply => {
            require_holder(ticket, caller)?;
            after.first_response_at = after.first_response_at.or(Some(at));
            ("replied", json!({}))
        }
        Step::Note => ("noted", json!({})),
        Step::Correct { labels } => ("corrected", labels.clone()),
        Step::Transfer { queue, agent } => {
            if ticket.state != TicketState::Open {
                require_right(ticket, caller)?;
            }
            if let Some(queue) = queue {
                after.queue.clone_from(queue);
            }
            // Whoever passes it on has seen who can take it.
            after.skills.clear();
            match agent {
                Some(agent) => hand_to(&mut after, agent),
                None => hand_back(&mut after),
            }
            conversation_state = Some(held_by(&after));
            let (from, to) = (&ticket.queue, &after.queue);
            ("transferred", json!({ "from": from, "to": to, "agent": agent }))
        }
        Step::Release => {
            require_right(ticket, caller)?;
            hand_back(&mut after);
            conversation_state = Some(ConversationState::Waiting);
            ("released", json!({ "agent": ticket.agent }))
        }
        Step::Return { agent } => {
            if ticket.state != TicketState::Claimed || ticket.agent.as_ref() != Some(agent) {
                return Ok(None);
            }
            hand_back(&mut after);
            conversation_state = Some(ConversationState::Waiting);
            ("returned", json!({ "agent": ticket.agent }))
        }
        Step::Resolve { reason, then } => {
            require_right(ticket, caller)?;
            after.state = TicketState::Resolved;
            after.resolution = Some(reason.clone());
            conversation_state = Some(match then {
                AfterResolve::Bot => ConversationState::Bot,
                AfterResolve::Closed => ConversationState::Closed,
            });
            ("resolved", json!({ "reason": reason }))
        }
        Step::Reopen => {
            if ticket.state != TicketState::Resolved {
                return Err(wrong_state(ticket, "only a resolved ticket can be reopened"));
            }
            hand_back(&mut after);
            after.resolution = None;
            conversation_state = Some(ConversationState::Waiting);
            ("reopened", json!({ "resolution": ticket.resolution }))
        }
    };
    Ok(Some(Taken { ticket: after, conversation_state, kind, detail }))
}

fn hand_to(ticket: &mut Ticket, agent: &str) {
    ticket.state = TicketState::Claimed;
    ticket.agent = Some(agent.to_owned());
}

/// Who holds the conversation of an unresolved ticket.
fn held_by(ticket: &Ticket) -> ConversationState {
    match ticket.state {
        TicketState::Claimed => ConversationState::Human,
        TicketState::Open | TicketState::Resolved => ConversationState::Waiting,
    }
}

fn hand_back(ticket: &mut Ticket) {
    ticket.state = TicketState::Open;
    ticket.agent = None;
}

fn is_holder(ticket: &Ticket, caller: &Caller) -> bool {
    ticket.agent.as_deref() == Some(caller.name.as_str())
}

fn require_holder(ticket: &Ticket, caller: &Caller) -> Result<(), DeskError> {
    match ticket.state {
        TicketState::Open => Err(wrong_state(ticket, "claim it first")),
        TicketState::Resolved => Err(wrong_state(ticket, "reopen and claim it first")),
        TicketState::Claimed if is_holder(ticket, caller) => Ok(()),
        TicketState::Claimed => Err(held_by_other(ticket)),
    }
}

/// The holder may do it; so may who leads the team, for an agent who has gone home.
fn require_right(ticket: &Ticket, caller: &Caller) -> Result<(), DeskError> {
    if ticket.state == TicketState::Claimed && caller.role >= Role::Lead {
        return Ok(());
    }
    require_holder(ticket, caller)
}

fn wrong_state(ticket: &Ticket, hint: &'static str) -> DeskError {
    DeskError::WrongState { ticket: ticket.id.clone(), state: ticket.state, hint }
}

fn held_by_other(ticket: &Ticket) -> DeskError {
    let holder = ticket.agent.clone().unwrap_or_else(|| "another agent".to_owned());
    DeskError::HeldByOther { ticket: ticket.id.clone(), holder }
}
