//! Does this message belong to a matter that people already work on? A call that follows a mail is
//! put into the mail's conversation, so that one person looks after both, and the customer does not
//! wait in two queues.

use std::sync::Arc;

use super::decided::Decided;
use super::receive::TURNS;
use super::{Desk, DeskError};
use crate::domain::{Action, ConversationState, Reason, Ticket};
use crate::store::{Conflict, StoreError};
use crate::triage::{Routing, is_taken_up};

/// An intent read with this confidence names a matter of its own.
const CLEAR: f32 = 0.5;

impl Desk {
    /// Puts a message that would open a ticket into the customer's open one, unless it is clearly
    /// about another matter and does not come back to an earlier contact either.
    pub(super) async fn join_open_matter(
        &self,
        decided: &mut Decided<'_>,
    ) -> Result<(), DeskError> {
        let with_bot =
            matches!(decided.state(), ConversationState::Bot | ConversationState::Closed);
        if !with_bot || decided.verdict.decision.action != Action::Escalate {
            return Ok(());
        }
        let Some(number) = decided.customer.as_ref().map(|customer| customer.number) else {
            return Ok(());
        };
        let own = decided.conversation_id().to_owned();
        let open = self.store.unresolved_of(number, &own).await?;
        decided.other_tickets = open.iter().map(|ticket| ticket.id.clone()).collect();
        // Danger to life gets a ticket of its own, whatever else is open.
        if decided.verdict.danger {
            return Ok(());
        }
        let routing: Arc<Routing> = (self.routing)();
        let same = |ticket: &&Ticket| !is_another_matter(decided, ticket, &routing);
        // Whoever comes back to an earlier contact means one of these, however the words are read.
        let takes_up = || is_taken_up(&decided.arrival.incoming.text);
        let meant = open.iter().find(same).or_else(|| open.first().filter(|_| takes_up()));
        let Some(ticket) = meant else { return Ok(()) };
        let known = self.store.conversation(&ticket.conversation_id, TURNS).await?;
        let known = known.ok_or_else(|| StoreError::from(Conflict::Conversation(own)))?;
        let text = format!("the customer already has ticket {} open on this", ticket.id);
        decided.verdict.decision.reasons.push(Reason::new("joined_ticket", text));
        decided.join(known);
        Ok(())
    }
}

/// Whether the message names a matter that is not the ticket's, and that other people look after.
fn is_another_matter(decided: &Decided<'_>, ticket: &Ticket, routing: &Routing) -> bool {
    let intent = decided.reading.classification.intent.as_ref();
    let Some(intent) = intent.filter(|intent| intent.confidence >= CLEAR) else { return false };
    let known = ticket.classification.intent.as_ref();
    known.is_none_or(|known| known.name != intent.name)
        && !decided.has_reason("person_wanted")
        && routing.route(&decided.route_request(&decided.attributes(), &[])).queue != ticket.queue
}
