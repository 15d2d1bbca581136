//! What does the bot settle, what goes to people, and was once enough?

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::tickets::lives;
use super::{Period, Share};
use crate::domain::{Action, TicketState};
use crate::store::{ConversationFact, Facts};

/// A conversation counts as over when the customer has said nothing for so long.
const SILENCE: SignedDuration = SignedDuration::from_mins(30);
/// Who writes again within this time did not get what was needed the first time.
const AGAIN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Highest score of a customer for whom nothing was settled.
const DISSATISFIED: u8 = 2;

/// The conversations that began in a period, followed up to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Contacts {
    /// Conversations that began.
    pub began: usize,
    /// Among them: a ticket was opened.
    pub escalated: Share,
    /// Among those that are over: no ticket, and the last decision (courtesies aside) was an
    /// answer. None with a filter by queue, which leaves only conversations with tickets.
    pub contained: Option<Share>,
    /// Among those that are over and have no unresolved ticket: settled in one go. That is an answer
    /// of the bot without a ticket, or one ticket that one agent resolved, never handed on or
    /// reopened, without another message afterwards; and in both cases no rating of 1 or 2 and no
    /// new conversation of the same customer within 7 days, as far as the customer is known.
    pub first_contact: Share,
}

/// What became of a conversation.
#[derive(Clone, Copy, Debug, Default)]
struct Course {
    last_message_at: Option<Timestamp>,
    /// Courtesies aside.
    last_action: Option<Action>,
    tickets: usize,
    unresolved: bool,
    /// When its ticket was resolved, if that was done in one go.
    settled_at: Option<Timestamp>,
    dissatisfied: bool,
}

/// The conversations that began in the period of which `counts` is true.
pub fn contacts(
    facts: &Facts,
    period: &Period,
    counts: impl Fn(&ConversationFact) -> bool,
) -> Contacts {
    contacts_by(facts, period, counts).remove(&true).unwrap_or_else(|| Counted::default().figures())
}

/// The conversations that began in the period, by what `key` tells of each.
pub(super) fn contacts_by<K: Ord>(
    facts: &Facts,
    period: &Period,
    key: impl Fn(&ConversationFact) -> K,
) -> BTreeMap<K, Contacts> {
    let (courses, returns) = (courses(facts, period), Returns::of(facts));
    let mut counted: BTreeMap<K, Counted> = BTreeMap::new();
    for (conversation, course) in facts.conversations.iter().zip(&courses) {
        // Without a message it was only loaded for a ticket or a rating.
        let Some(last) = course.last_message_at else { continue };
        if !period.holds(conversation.began_at) {
            continue;
        }
        let counted = counted.entry(key(conversation)).or_default();
        counted.began += 1;
        counted.escalated += usize::from(course.tickets > 0);
        if period.end().duration_since(last) < SILENCE {
            continue;
        }
        let answered = course.tickets == 0 && course.last_action == Some(Action::Answer);
        counted.over += 1;
        counted.contained += usize::from(answered);
        if course.unresolved {
            continue;
        }
        let by_person = course.tickets == 1 && course.settled_at.is_some_and(|at| last <= at);
        let came_back = returns.within(conversation, period.end());
        counted.done += 1;
        counted.at_once +=
            usize::from((answered || by_person) && !course.dissatisfied && !came_back);
    }
    counted.into_iter().map(|(key, counted)| (key, counted.figures())).collect()
}

/// Numbers of conversations.
#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    began: usize,
    escalated: usize,
    over: usize,
    contained: usize,
    done: usize,
    at_once: usize,
}

impl Counted {
    fn figures(self) -> Contacts {
        Contacts {
            began: self.began,
            escalated: Share::of(self.escalated, self.began),
            contained: Some(Share::of(self.contained, self.over)),
            first_contact: Share::of(self.at_once, self.done),
        }
    }
}

fn courses(facts: &Facts, period: &Period) -> Vec<Course> {
    let mut courses = vec![Course::default(); facts.conversations.len()];
    for message in facts.messages.iter().filter(|message| message.at < period.to) {
        let course = &mut courses[message.conversation as usize];
        course.last_message_at = Some(message.at);
        match message.action {
            Some(Action::Smalltalk | Action::None) | None => {}
            action => course.last_action = action,
        }
    }
    for (ticket, life) in facts.tickets.iter().zip(lives(facts)) {
        if ticket.opened_at >= period.to {
            continue;
        }
        let course = &mut courses[ticket.conversation as usize];
        course.tickets += 1;
        course.unresolved |= ticket.state != TicketState::Resolved;
        course.settled_at = life.resolved_at.filter(|_| !life.handed_on && !life.reopened);
    }
    for rating in facts.ratings.iter().filter(|rating| rating.at < period.to) {
        courses[rating.conversation as usize].dissatisfied = rating.score <= DISSATISFIED;
    }
    courses
}

/// When each known customer began a conversation.
struct Returns<'a>(HashMap<&'a str, Vec<Timestamp>>);

impl<'a> Returns<'a> {
    fn of(facts: &'a Facts) -> Self {
        let mut began: HashMap<&str, Vec<Timestamp>> = HashMap::new();
        for conversation in &facts.conversations {
            if let Some(customer) = &conversation.customer {
                began.entry(customer).or_default().push(conversation.began_at);
            }
        }
        for times in began.values_mut() {
            times.sort_unstable();
        }
        Self(began)
    }

    /// Whether the customer began another conversation soon after this one, before `end`.
    fn within(&self, conversation: &ConversationFact, end: Timestamp) -> bool {
        let Some(times) = conversation.customer.as_deref().and_then(|name| self.0.get(name)) else {
            return false;
        };
        let next = times.partition_point(|began| *began <= conversation.began_at);
        times.get(next).is_some_and(|began| {
            *began < end && began.duration_since(conversation.began_at) <= AGAIN
        })
    }
}
