//! A message that goes to people, and where it goes.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::{Channel, Classification, Priority, QueueWait, Reason, Turn};

/// A message that goes to people.
#[derive(Clone, Copy, Debug)]
pub struct RouteRequest<'a> {
    /// What it says.
    pub classification: &'a Classification,
    /// Its words (`PreparedText::cleaned`): topics are found in them.
    pub message: &'a str,
    /// Earlier turns of the conversation. "A person, please" follows the topic named before.
    pub earlier: &'a [Turn],
    /// Where it came in.
    pub channel: Channel,
    /// What the company knows of the customer and the channel of the message: `vip` is `true`,
    /// `network` is `facebook`.
    pub attributes: &'a BTreeMap<String, String>,
    /// It speaks of danger to life, see `Verdict::danger`.
    pub danger: bool,
    /// A person was asked for: `decision.has_reason("person_wanted")`.
    pub person_wanted: bool,
    /// What waits at the moment; looked at where [`super::Routing::has_overflow`].
    pub waits: &'a [QueueWait],
    /// When it came in.
    pub at: Timestamp,
}

/// Where a ticket goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Human queue.
    pub queue: String,
    /// Rank within the queue.
    pub priority: Priority,
    /// First response is due at this time.
    pub due_at: Timestamp,
    /// What whoever takes it on must be able to do.
    pub skills: Vec<String>,
    /// Name of the rule that gave the queue.
    pub rule: String,
    /// Name of the rule that gave the priority, none where no rule matched.
    pub priority_rule: Option<String>,
    /// Why it is not the queue that the rule names: too much waits there.
    pub overflow: Option<String>,
}

impl Route {
    /// The route as reasons of the decision.
    pub fn reasons(&self) -> Vec<Reason> {
        let Self { queue, priority, rule, due_at, .. } = self;
        let by = self.priority_rule.as_ref().map_or(String::new(), |rule| format!(" (“{rule}”)"));
        let skills = match self.skills.join(", ") {
            none if none.is_empty() => none,
            skills => format!(" (skills: {skills})"),
        };
        let priority = priority.name();
        let text =
            format!("rule “{rule}”: queue {queue}{skills}, priority {priority}{by}, due {due_at}");
        let route = Reason::new("route", text);
        std::iter::once(route)
            .chain(self.overflow.as_ref().map(|why| Reason::new("overflow", why.clone())))
            .collect()
    }
}

/// Whether people are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// The queue is open.
    Open,
    /// It is closed and opens at this time.
    ClosedUntil(Timestamp),
}
