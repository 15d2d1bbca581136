//! What happened before? The customer's other conversations, for the summary of a ticket.

use std::collections::HashSet;

use super::decided::Decided;
use super::{Desk, DeskError};
use crate::domain::Author;
use crate::store::ConversationHead;
use crate::triage::{Earlier, earlier_contacts};

/// Conversations told of.
const MOST: usize = 3;

impl Desk {
    /// A line for each of the customer's latest other conversations, and for each other way on which
    /// the customer took up this one.
    pub(super) async fn before(&self, decided: &Decided<'_>) -> Result<Vec<String>, DeskError> {
        let mut earlier = same_conversation(decided);
        if let Some(customer) = &decided.customer {
            let own = decided.conversation_id();
            let others = self.store.conversations_of(customer.number, MOST + 1).await?;
            for head in others.into_iter().filter(|head| head.id != own).take(MOST) {
                earlier.push(self.told(head).await?);
            }
        }
        earlier.sort_by_key(|contact| contact.at);
        let routing = (self.routing)();
        Ok(earlier_contacts(&earlier, decided.language(), routing.timezone()))
    }

    async fn told(&self, head: ConversationHead) -> Result<Earlier, DeskError> {
        let ticket = self.store.latest_ticket(&head.id).await?;
        Ok(Earlier {
            channel: head.channel,
            at: head.updated_at,
            topic: head.topic,
            ticket_state: ticket.as_ref().map(|ticket| ticket.state),
            resolution: ticket.and_then(|ticket| ticket.resolution),
            same: false,
        })
    }
}

/// The other ways on which the customer took up this conversation.
fn same_conversation(decided: &Decided<'_>) -> Vec<Earlier> {
    let own = decided.arrival.conversation_id.as_str();
    let mut seen = HashSet::from([own]);
    let turns = decided.turns.iter().filter(|turn| turn.from == Author::Customer);
    turns
        .filter_map(|turn| Some((turn, turn.thread.as_ref()?)))
        .filter(|(_, thread)| seen.insert(thread.id.as_str()))
        .map(|(turn, thread)| Earlier {
            channel: thread.channel,
            at: turn.at,
            topic: None,
            ticket_state: None,
            resolution: None,
            same: true,
        })
        .collect()
}
