//! Random facts, and the figures computed from them in the most obvious way.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use lotse::domain::{Action, Channel, Language, Sentiment, TicketState};
use lotse::reports::Period;
use lotse::store::{
    ConversationFact, Facts, MessageFact, RatingFact, StepFact, StepKind, TicketFact,
};
use proptest::prelude::*;

pub(crate) const ACTIONS: [Action; 5] =
    [Action::Answer, Action::Clarify, Action::Smalltalk, Action::Escalate, Action::None];
const KINDS: [StepKind; 6] = [
    StepKind::Claimed,
    StepKind::Replied,
    StepKind::HandedOn,
    StepKind::Resolved,
    StepKind::Reopened,
    StepKind::Other,
];
const PEOPLE: [&str; 3] = ["Anna", "Jonas", "lotse"];
const INTENTS: [&str; 3] = ["return_item", "track_order", "service_outage"];
const QUEUES: [&str; 2] = ["first_line", "billing"];
const REASONS: [&str; 5] = [
    "no_article route",
    "answer_confidence_low",
    "answer_confidence_low article_depends_on_customer",
    "out_of_scope",
    "person_wanted route",
];

/// Minutes since the beginning of all these tests.
pub(crate) fn minute(minutes: i64) -> Timestamp {
    "2026-10-20T06:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

pub(crate) fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

/// Minute, action, intent, sentiment and reason, as numbers where there is a list.
type NaiveMessage = (i64, Option<Action>, Option<usize>, Option<Sentiment>, usize);

/// Minute, queue, minutes until due, and the steps: minutes later, kind, agent.
type NaiveTicket = (i64, usize, i64, Vec<(i64, StepKind, usize)>);

#[derive(Clone, Debug)]
struct Talk {
    channel: Channel,
    language: Language,
    customer: Option<usize>,
    messages: Vec<NaiveMessage>,
    tickets: Vec<NaiveTicket>,
    rating: Option<(i64, u8)>,
}

fn any_talk() -> impl Strategy<Value = Talk> {
    let message = (
        0..30_000_i64,
        prop::option::weighted(0.9, prop::sample::select(&ACTIONS[..])),
        prop::option::of(0..INTENTS.len()),
        prop::option::of(prop::sample::select(&Sentiment::ALL[..])),
        0..REASONS.len(),
    );
    let step = (0..4_000_i64, prop::sample::select(&KINDS[..]), 0..PEOPLE.len());
    let ticket = (0..30_000_i64, 0..QUEUES.len(), 0..600_i64, prop::collection::vec(step, 0..6));
    (
        prop::sample::select(&Channel::ALL[..]),
        prop::sample::select(&Language::ALL[..]),
        prop::option::of(0..3_usize),
        prop::collection::vec(message, 0..5),
        prop::collection::vec(ticket, 0..3),
        prop::option::of((0..30_000_i64, 1..=5_u8)),
    )
        .prop_map(|(channel, language, customer, messages, tickets, rating)| Talk {
            channel,
            language,
            customer,
            messages,
            tickets,
            rating,
        })
}

prop_compose! {
    /// Facts as the store gives them, and a period that cuts through them.
    pub(crate) fn any_facts()(
        talks in prop::collection::vec(any_talk(), 0..8),
        from in 0..20_000_i64,
        length in 1..15_000_i64,
        now in 0..15_000_i64,
    ) -> (Facts, Period) {
        let period = Period {
            from: minute(from),
            to: minute(from + length),
            now: minute(from + now),
            timezone: berlin(),
        };
        (facts(&talks), period)
    }
}

fn facts(talks: &[Talk]) -> Facts {
    let mut facts = Facts::default();
    let mut tickets: Vec<(TicketFact, Vec<StepFact>)> = Vec::new();
    for talk in talks {
        let place = facts.conversations.len() as u32;
        let first = talk.messages.iter().map(|message| message.0).min().unwrap_or(0);
        facts.conversations.push(ConversationFact {
            channel: talk.channel,
            language: talk.language,
            customer: talk.customer.map(|number| format!("K-{number}").into()),
            began_at: minute(first),
        });
        for (at, action, intent, sentiment, reasons) in &talk.messages {
            facts.messages.push(MessageFact {
                number: i64::try_from(facts.messages.len()).unwrap(),
                conversation: place,
                at: minute(*at),
                action: *action,
                intent: intent.map(|index| INTENTS[index].into()),
                sentiment: *sentiment,
                reasons: Some(REASONS[*reasons].into()),
            });
        }
        for (at, queue, due, steps) in &talk.tickets {
            let steps: Vec<StepFact> = steps
                .iter()
                .map(|(after, kind, actor)| StepFact {
                    ticket: 0,
                    kind: *kind,
                    actor: PEOPLE[*actor].into(),
                    at: minute(at + after),
                })
                .collect();
            let (steps, state) = plausible(steps);
            let ticket = TicketFact {
                conversation: place,
                queue: QUEUES[*queue].into(),
                state,
                opened_at: minute(*at),
                due_at: minute(at + due),
            };
            tickets.push((ticket, steps));
        }
        if let Some((at, score)) = talk.rating {
            facts.ratings.push(RatingFact { conversation: place, score, at: minute(at) });
        }
    }
    facts.messages.sort_by_key(|message| (message.at, message.number));
    tickets.sort_by_key(|(ticket, _)| ticket.opened_at);
    for (place, (ticket, steps)) in tickets.into_iter().enumerate() {
        facts.tickets.push(ticket);
        let steps = steps.into_iter().map(|step| StepFact { ticket: place as u32, ..step });
        facts.steps.extend(steps);
    }
    facts.steps.sort_by_key(|step| step.at);
    facts.ratings.sort_by_key(|rating| (rating.at, rating.conversation));
    facts.first_message_at = facts.messages.first().map(|message| message.at);
    facts
}

/// The steps in order, without those that change nothing: resolving what is resolved, reopening
/// what is not. With them the state in which they leave a ticket.
fn plausible(mut steps: Vec<StepFact>) -> (Vec<StepFact>, TicketState) {
    steps.sort_by_key(|step| step.at);
    let mut resolved = false;
    steps.retain(|step| match step.kind {
        StepKind::Resolved => !std::mem::replace(&mut resolved, true),
        StepKind::Reopened => std::mem::replace(&mut resolved, false),
        _ => true,
    });
    (steps, if resolved { TicketState::Resolved } else { TicketState::Open })
}

/// The value below which a share of the values lies, with straight lines between neighbours.
pub(crate) fn quantile(values: &[f64], share: f64) -> Option<u64> {
    let mut values = values.to_vec();
    values.sort_by(|left, right| left.partial_cmp(right).unwrap());
    if values.is_empty() {
        return None;
    }
    let place = share * (values.len() - 1) as f64;
    let (low, high) = (values[place as usize], values[(place as usize + 1).min(values.len() - 1)]);
    Some((low + (high - low) * (place - place.floor())).round() as u64)
}

/// All steps of one kind of a ticket, in the order of time.
pub(crate) fn steps_of(facts: &Facts, ticket: usize, kind: StepKind) -> Vec<Timestamp> {
    let steps = facts.steps.iter().filter(|step| step.ticket as usize == ticket);
    steps.filter(|step| step.kind == kind).map(|step| step.at).collect()
}

/// The words of one conversation before a moment.
pub(crate) fn messages_of(
    facts: &Facts,
    conversation: usize,
    before: Timestamp,
) -> Vec<MessageFact> {
    let messages = facts.messages.iter().filter(|message| message.at < before);
    messages.filter(|message| message.conversation as usize == conversation).cloned().collect()
}

/// A name kept once.
pub(crate) fn name(text: &str) -> Arc<str> {
    text.into()
}
