//! Which colleagues are there, and what becomes of the tickets of those who have gone?

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::agents::Extra;
use super::steps::Step;
use super::{Desk, DeskError};
use crate::domain::{Caller, Role};

/// Who showed a sign of life within this time counts as present.
const PRESENT: SignedDuration = SignedDuration::from_mins(2);

/// Who works with a key instead of a name is a colleague for this long after the last call.
const KNOWN: SignedDuration = SignedDuration::from_hours(24);

/// Somebody who can take a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Colleague {
    /// The name.
    pub name: String,
    /// What this person may do; left out for one who works with a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Whether there was a sign of life within the last two minutes.
    pub present: bool,
    /// Tickets that the person holds.
    pub claimed: u32,
}

impl Desk {
    /// Keeps that an agent is there.
    pub async fn saw(&self, agent: &str) -> Result<(), DeskError> {
        Ok(self.store.saw(agent, self.now()).await?)
    }

    /// Everybody who can take a ticket, by name.
    pub async fn colleagues(&self) -> Result<Vec<Colleague>, DeskError> {
        let now = self.now();
        let claimed: BTreeMap<String, u32> = self.store.claims().await?.into_iter().collect();
        let mut colleagues = BTreeMap::<String, Colleague>::new();
        for user in self.store.users().await? {
            let role = Some(user.role);
            let colleague = Colleague { name: user.name, role, present: false, claimed: 0 };
            colleagues.insert(colleague.name.clone(), colleague);
        }
        for seen in self.store.presence(now - KNOWN).await? {
            let colleague = colleagues.entry(seen.agent.clone()).or_insert_with(|| Colleague {
                name: seen.agent,
                role: None,
                present: false,
                claimed: 0,
            });
            colleague.present = seen.seen_at >= now - PRESENT;
        }
        for colleague in colleagues.values_mut() {
            colleague.claimed = claimed.get(&colleague.name).copied().unwrap_or(0);
        }
        Ok(colleagues.into_values().collect())
    }

    /// The colleague of this name, as it is written.
    pub(super) async fn colleague(&self, name: &str) -> Result<String, DeskError> {
        if let Some(user) = self.store.user(name).await? {
            return Ok(user.name);
        }
        let known = self.store.presence(self.now() - KNOWN).await?;
        known
            .into_iter()
            .map(|seen| seen.agent)
            .find(|agent| agent == name)
            .ok_or_else(|| DeskError::UnknownAgent { agent: name.to_owned() })
    }

    /// Puts tickets back into their queues whose agents were away for longer than `patience`.
    /// Gives the number of tickets.
    pub async fn return_abandoned(&self, patience: Duration) -> Result<usize, DeskError> {
        let patience = SignedDuration::try_from(patience).unwrap_or(SignedDuration::MAX);
        let before = self.now().checked_sub(patience).unwrap_or(Timestamp::MIN);
        let lotse = Caller { name: "lotse".to_owned(), role: Role::Admin };
        let mut returned = 0;
        for (ticket, agent) in self.store.abandoned(before).await? {
            // Meanwhile the agent may be back, or a colleague may have it.
            let is_back = self.store.presence(before).await?.iter().any(|seen| seen.agent == agent);
            let step = Step::Return { agent };
            if !is_back {
                let ticket = self.step(&ticket, &lotse, &step, Extra::default()).await?;
                returned += usize::from(ticket.agent.is_none());
            }
        }
        Ok(returned)
    }
}
