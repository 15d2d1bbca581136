//! The whole report of one period.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::conversations::contacts_by;
use super::tickets::tickets_by;
use super::{
    AgentLoad, Asked, Contacts, Filters, Gaps, IntentCount, Period, Point, Rising, Satisfaction,
    Step, TicketFigures, agents, contacts, intents, rising, satisfaction, timeline,
};
use crate::domain::Channel;
use crate::store::{Facts, StepKind};

/// How the work went in a period.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Report {
    /// Beginning of the period; belongs to it.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// End of the period; does not belong to it.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// Zone in which its days begin and end.
    pub timezone: String,
    /// Length of the steps of `timeline`.
    pub step: Step,
    /// When the report was made.
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// What counts.
    pub filters: Filters,
    /// Whether the store holds any message at all, whatever the period and the filters.
    pub has_history: bool,
    /// The figures of the period.
    pub totals: Totals,
    /// Those of the period of the same length just before; none where nothing was recorded yet.
    pub before: Option<Totals>,
    /// Step by step.
    pub timeline: Vec<Point>,
    /// By channel.
    pub channels: Vec<Group>,
    /// By queue.
    pub queues: Vec<Group>,
    /// What customers write about, the most frequent first.
    pub intents: Vec<IntentCount>,
    /// What comes up far more often than usual at the end of the period.
    pub rising: Rising,
    /// The people, by name.
    pub agents: Vec<AgentLoad>,
    /// Questions that no article answered.
    pub gaps: Gaps,
}

/// The figures of a period.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Totals {
    /// Messages of customers.
    pub messages: usize,
    /// Conversations that began.
    pub conversations: Contacts,
    /// Tickets that were opened.
    pub tickets: TicketFigures,
    /// Tickets resolved, whenever they were opened.
    pub tickets_resolved: usize,
    /// Tickets unresolved at the end of the period, or now.
    pub tickets_open: usize,
    /// Ratings.
    pub satisfaction: Satisfaction,
}

/// The figures of a channel or a queue.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Group {
    /// Channel or queue.
    pub name: String,
    /// Conversations that began; none for queues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversations: Option<Contacts>,
    /// Tickets that were opened.
    pub tickets: TicketFigures,
}

/// Computes the report. Its `gaps` only hold what can be told without the words.
pub fn report(facts: &Facts, asked: &Asked) -> Report {
    let period = &asked.period;
    let by_queue = asked.filters.queue.is_some();
    let before = period
        .before()
        .filter(|before| facts.first_message_at.is_some_and(|first| first < before.to));
    Report {
        from: period.from,
        to: period.to,
        timezone: period.timezone.iana_name().unwrap_or("UTC").to_owned(),
        step: period.step(),
        made_at: period.now,
        filters: asked.filters.clone(),
        has_history: facts.first_message_at.is_some(),
        totals: totals(facts, period, by_queue),
        before: before.map(|before| totals(facts, &before, by_queue)),
        timeline: timeline(facts, period),
        channels: channels(facts, period, by_queue),
        queues: queues(facts, period),
        intents: intents(facts, period),
        rising: rising(facts, period),
        agents: agents(facts, period),
        gaps: super::gaps::counted(facts, period),
    }
}

fn totals(facts: &Facts, period: &Period, by_queue: bool) -> Totals {
    let resolved = |kind| kind == StepKind::Resolved;
    Totals {
        messages: facts.messages.iter().filter(|message| period.holds(message.at)).count(),
        conversations: without_bot(contacts(facts, period, |_| true), by_queue),
        tickets: super::tickets(facts, period, |_| true),
        tickets_resolved: facts
            .steps
            .iter()
            .filter(|step| resolved(step.kind) && period.holds(step.at))
            .count(),
        tickets_open: open_at(facts, period.end()),
        satisfaction: satisfaction(facts, period),
    }
}

/// Only conversations with a ticket are left by a filter by queue: what the bot settled without one
/// is not among them.
fn without_bot(contacts: Contacts, by_queue: bool) -> Contacts {
    if by_queue { Contacts { contained: None, ..contacts } } else { contacts }
}

/// Tickets opened before this moment and unresolved at it.
fn open_at(facts: &Facts, at: Timestamp) -> usize {
    let opened = facts.tickets.iter().filter(|ticket| ticket.opened_at < at).count();
    let done = |kind| facts.steps.iter().filter(|step| step.at < at && step.kind == kind).count();
    (opened + done(StepKind::Reopened)).saturating_sub(done(StepKind::Resolved))
}

fn channels(facts: &Facts, period: &Period, by_queue: bool) -> Vec<Group> {
    let mut contacts = contacts_by(facts, period, |conversation| conversation.channel);
    let mut tickets = tickets_by(facts, period, |ticket| {
        facts.conversations[ticket.conversation as usize].channel
    });
    Channel::ALL
        .into_iter()
        .filter_map(|channel| {
            let (contacts, tickets) = (contacts.remove(&channel), tickets.remove(&channel));
            if contacts.is_none() && tickets.is_none() {
                return None;
            }
            Some(Group {
                name: channel.name().to_owned(),
                conversations: Some(without_bot(contacts.unwrap_or_default(), by_queue)),
                tickets: tickets.unwrap_or_default(),
            })
        })
        .collect()
}

fn queues(facts: &Facts, period: &Period) -> Vec<Group> {
    tickets_by(facts, period, |ticket| Arc::clone(&ticket.queue))
        .into_iter()
        .map(|(name, tickets)| Group { name: name.to_string(), conversations: None, tickets })
        .collect()
}
