//! How long do customers wait for people, and is it what was promised?

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Durations, Period, Share};
use crate::domain::TicketState;
use crate::store::{Facts, StepKind, TicketFact};

/// The tickets that were opened in a period, followed up to now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct TicketFigures {
    /// Tickets opened.
    pub opened: usize,
    /// From opening to the first reply of an agent.
    pub first_response: Durations,
    /// From opening to the resolution, for those that are resolved now.
    pub resolution: Durations,
    /// First answer by the time it was due; an unanswered one counts once it is overdue.
    pub service_level: Share,
    /// Among those that were ever resolved: opened again afterwards.
    pub reopened: Share,
    /// Not resolved now.
    pub unresolved: usize,
    /// Nobody has answered, and the time is up.
    pub overdue: usize,
}

/// What became of a ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Life {
    /// First reply of an agent.
    pub(super) replied_at: Option<Timestamp>,
    /// First time that it was resolved.
    pub(super) first_resolved_at: Option<Timestamp>,
    /// Last time that it was resolved.
    pub(super) resolved_at: Option<Timestamp>,
    /// It went to other hands at least once.
    pub(super) handed_on: bool,
    /// It came back after it was resolved.
    pub(super) reopened: bool,
}

/// What became of each ticket, in the order of the facts.
pub(super) fn lives(facts: &Facts) -> Vec<Life> {
    let mut lives = vec![Life::default(); facts.tickets.len()];
    for step in &facts.steps {
        let life = &mut lives[step.ticket as usize];
        match step.kind {
            StepKind::Replied => _ = life.replied_at.get_or_insert(step.at),
            StepKind::Resolved => {
                life.first_resolved_at.get_or_insert(step.at);
                life.resolved_at = Some(step.at);
            }
            StepKind::HandedOn => life.handed_on = true,
            StepKind::Reopened => life.reopened = true,
            StepKind::Claimed | StepKind::Other => {}
        }
    }
    lives
}

/// The tickets opened in the period of which `counts` is true.
pub fn tickets(
    facts: &Facts,
    period: &Period,
    counts: impl Fn(&TicketFact) -> bool,
) -> TicketFigures {
    tickets_by(facts, period, counts).remove(&true).unwrap_or_default()
}

/// The tickets opened in the period, by what `key` tells of each.
pub(super) fn tickets_by<K: Ord>(
    facts: &Facts,
    period: &Period,
    key: impl Fn(&TicketFact) -> K,
) -> BTreeMap<K, TicketFigures> {
    let mut collected: BTreeMap<K, Collected> = BTreeMap::new();
    for (ticket, life) in facts.tickets.iter().zip(lives(facts)) {
        if period.holds(ticket.opened_at) {
            collected.entry(key(ticket)).or_default().take(ticket, &life, period.now);
        }
    }
    collected.into_iter().map(|(key, collected)| (key, collected.figures())).collect()
}

/// Figures of tickets, one ticket after the other.
#[derive(Clone, Debug, Default)]
struct Collected {
    opened: usize,
    responses: Vec<f64>,
    resolutions: Vec<f64>,
    kept: usize,
    judged: usize,
    resolved: usize,
    reopened: usize,
    unresolved: usize,
    overdue: usize,
}

impl Collected {
    fn take(&mut self, ticket: &TicketFact, life: &Life, now: Timestamp) {
        let since = |at: Timestamp| at.duration_since(ticket.opened_at).as_secs_f64();
        self.opened += 1;
        self.responses.extend(life.replied_at.map(since));
        if ticket.state == TicketState::Resolved {
            self.resolutions.extend(life.resolved_at.map(since));
        } else {
            self.unresolved += 1;
        }
        // Who settles a matter without words has answered it too.
        let answered = life.replied_at.into_iter().chain(life.first_resolved_at).min();
        match answered {
            Some(at) => {
                self.judged += 1;
                self.kept += usize::from(at <= ticket.due_at);
            }
            None if now > ticket.due_at => {
                self.judged += 1;
                self.overdue += 1;
            }
            None => {}
        }
        self.resolved += usize::from(life.first_resolved_at.is_some());
        self.reopened += usize::from(life.reopened);
    }

    fn figures(&self) -> TicketFigures {
        TicketFigures {
            opened: self.opened,
            first_response: Durations::of(&self.responses),
            resolution: Durations::of(&self.resolutions),
            service_level: Share::of(self.kept, self.judged),
            reopened: Share::of(self.reopened, self.resolved),
            unresolved: self.unresolved,
            overdue: self.overdue,
        }
    }
}
