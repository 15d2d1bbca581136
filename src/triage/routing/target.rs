//! By when is a first answer due?

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{Queue, RouteRequest, Routing};
use crate::domain::Priority;
use crate::triage::hours::Hours;

/// Time for a first answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Target {
    pub(super) first_response: SignedDuration,
    pub(super) clock: Clock,
}

/// When the time of a target runs.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Clock {
    /// Around the clock.
    Always,
    /// While the ticket's queue is open.
    Opening,
    /// In hours of its own, such as whole working days, with their name.
    Hours(String, Box<Hours>),
}

/// The targets of a channel or of one network on it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stages {
    /// For tickets of high priority and urgent ones, and for all where there is no other.
    pub(super) pressing: Target,
    /// For tickets of normal and low priority.
    pub(super) normal: Option<Target>,
}

/// The targets of a channel.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ChannelTargets {
    pub(super) own: Stages,
    /// By the attribute `network` of the message, in lower case.
    pub(super) networks: BTreeMap<String, Stages>,
}

/// The attribute that says on which network a message came in, such as `facebook`.
pub const NETWORK: &str = "network";

impl ChannelTargets {
    /// All targets, of every network and stage.
    pub(super) fn all(&self) -> impl Iterator<Item = &Target> {
        let stages = std::iter::once(&self.own).chain(self.networks.values());
        stages.flat_map(|stages| std::iter::once(&stages.pressing).chain(&stages.normal))
    }

    fn on(&self, network: Option<&String>) -> &Stages {
        network
            .and_then(|network| self.networks.get(&network.trim().to_lowercase()))
            .unwrap_or(&self.own)
    }
}

impl Stages {
    fn target(&self, priority: Priority) -> &Target {
        self.normal.as_ref().filter(|_| priority < Priority::High).unwrap_or(&self.pressing)
    }
}

impl Routing {
    /// When a first answer is due, and by which target.
    pub(super) fn due(
        &self,
        queue: &Queue,
        priority: Priority,
        request: &RouteRequest,
    ) -> (Timestamp, Option<&Target>) {
        let channel = self.targets.get(&request.channel);
        let channel =
            channel.map(|targets| targets.on(request.attributes.get(NETWORK)).target(priority));
        let urgent = self.urgent.as_ref().filter(|_| priority == Priority::Urgent);
        let due = |target: &Target| {
            let hours = match &target.clock {
                Clock::Always => None,
                Clock::Opening => queue.hours_on(request.channel),
                Clock::Hours(_, hours) => Some(&**hours),
            };
            match hours {
                Some(hours) => hours.due(&self.calendar, request.at, target.first_response),
                None => request.at + target.first_response,
            }
        };
        let targets = channel.into_iter().chain(urgent);
        targets
            .map(|target| (due(target), Some(target)))
            .min_by_key(|(due, _)| *due)
            .unwrap_or((request.at, None))
    }
}

impl std::fmt::Display for Target {
    /// `4h while the queue is open`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:#}", self.first_response)?;
        match &self.clock {
            Clock::Always => write!(formatter, " around the clock"),
            Clock::Opening => write!(formatter, " while the queue is open"),
            Clock::Hours(name, _) => write!(formatter, " in the hours {name}"),
        }
    }
}
