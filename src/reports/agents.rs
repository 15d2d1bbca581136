//! How is the work spread over the people?

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Durations, Period};
use crate::store::{Facts, StepKind};

/// The name under which the service itself acts.
const SERVICE: &str = "lotse";

/// What one agent did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgentLoad {
    /// Name.
    pub agent: String,
    /// Tickets taken; one that is taken twice counts twice.
    pub claimed: usize,
    /// Replies to customers.
    pub replies: usize,
    /// Tickets resolved.
    pub resolved: usize,
    /// From the moment a ticket came to the one who resolved it to its resolution.
    pub handling: Durations,
}

/// What each agent did in the period, by name.
pub fn agents(facts: &Facts, period: &Period) -> Vec<AgentLoad> {
    let mut loads: BTreeMap<&str, (AgentLoad, Vec<f64>)> = BTreeMap::new();
    // When each ticket last came into somebody's hands.
    let mut taken: HashMap<u32, Timestamp> = HashMap::new();
    for step in &facts.steps {
        let actor = &*step.actor;
        if matches!(step.kind, StepKind::Claimed | StepKind::HandedOn) {
            taken.insert(step.ticket, step.at);
        }
        if actor == SERVICE || !period.holds(step.at) {
            continue;
        }
        let mut load = |change: fn(&mut AgentLoad)| {
            let entry = loads.entry(actor).or_default();
            change(&mut entry.0);
        };
        match step.kind {
            StepKind::Claimed => load(|load| load.claimed += 1),
            StepKind::Replied => load(|load| load.replies += 1),
            StepKind::Resolved => {
                load(|load| load.resolved += 1);
                if let Some(since) = taken.get(&step.ticket) {
                    let seconds = step.at.duration_since(*since).as_secs_f64();
                    loads.entry(actor).or_default().1.push(seconds);
                }
            }
            StepKind::HandedOn | StepKind::Reopened | StepKind::Other => {}
        }
    }
    loads
        .into_iter()
        .map(|(agent, (load, seconds))| AgentLoad {
            agent: agent.to_owned(),
            handling: Durations::of(&seconds),
            ..load
        })
        .collect()
}
