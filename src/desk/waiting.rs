//! How long does a customer still wait? Only what the clock can keep: the place in the queue, until
//! when a first answer is promised, and when the queue opens.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Desk, DeskError};
use crate::domain::TicketState;
use crate::triage::Availability;

/// Where a waiting customer stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Waiting {
    /// Place in the queue, 1 for the next.
    pub position: u32,
    /// Until when a first answer is promised.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// Whether people of the queue are there now.
    pub open: bool,
    /// When they are there next, if they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub opens_at: Option<Timestamp>,
}

impl Desk {
    /// Where the customer of a conversation stands in the queue, and who holds the conversation:
    /// one or none of both.
    pub async fn waiting(
        &self,
        conversation_id: &str,
    ) -> Result<(Option<Waiting>, Option<String>), DeskError> {
        let Some(ticket) = self.store.unresolved_ticket(conversation_id).await? else {
            return Ok((None, None));
        };
        if ticket.state != TicketState::Open {
            return Ok((None, ticket.agent));
        }
        let availability = (self.routing)().availability(&ticket.queue, ticket.channel, self.now());
        let opens_at = match availability {
            Availability::Open => None,
            Availability::ClosedUntil(opens) => Some(opens),
        };
        let position = self.store.waiting_before(&ticket).await? + 1;
        let waiting =
            Waiting { position, due_at: ticket.due_at, open: opens_at.is_none(), opens_at };
        Ok((Some(waiting), None))
    }
}
