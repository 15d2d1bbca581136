//! How much came in, how much was done, and how much is left, step by step?

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::Period;
use super::period::position;
use crate::domain::{Action, Sentiment};
use crate::store::{Facts, StepKind};

/// One step of the period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Point {
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// Messages of customers.
    pub messages: usize,
    /// Among them: answered by the bot.
    pub answered: usize,
    /// Among them: asked back, or a courtesy.
    pub talked: usize,
    /// Among them: handed over to people.
    pub escalated: usize,
    /// Among them: written while a ticket waited or an agent held the conversation.
    pub to_people: usize,
    /// Messages by mood: negative, neutral, positive.
    pub moods: [usize; 3],
    /// Conversations that began.
    pub conversations: usize,
    /// Tickets opened.
    pub opened: usize,
    /// Tickets resolved; one that is resolved twice counts twice.
    pub resolved: usize,
    /// Tickets unresolved at the end of the step, or now.
    pub open: usize,
}

/// The steps of the period that have begun.
pub fn timeline(facts: &Facts, period: &Period) -> Vec<Point> {
    let buckets = period.buckets();
    let mut points: Vec<Point> = buckets.iter().map(|bucket| empty(bucket.start)).collect();
    for message in &facts.messages {
        let Some(index) = position(&buckets, message.at) else { continue };
        let point = &mut points[index];
        point.messages += 1;
        match message.action {
            Some(Action::Answer) => point.answered += 1,
            Some(Action::Clarify | Action::Smalltalk) => point.talked += 1,
            Some(Action::Escalate) => point.escalated += 1,
            Some(Action::None) | None => point.to_people += 1,
        }
        if let Some(mood) = message.sentiment {
            let index = Sentiment::ALL.iter().position(|known| *known == mood).unwrap_or(1);
            point.moods[index] += 1;
        }
    }
    let began = began(facts);
    for (conversation, has_message) in facts.conversations.iter().zip(began) {
        if let Some(index) = position(&buckets, conversation.began_at).filter(|_| has_message) {
            points[index].conversations += 1;
        }
    }
    // What changes the number of unresolved tickets, in the order of time.
    let mut changes: Vec<(Timestamp, i64)> =
        facts.tickets.iter().map(|ticket| (ticket.opened_at, 1)).collect();
    for ticket in &facts.tickets {
        if let Some(index) = position(&buckets, ticket.opened_at) {
            points[index].opened += 1;
        }
    }
    for step in &facts.steps {
        match step.kind {
            StepKind::Resolved => {
                changes.push((step.at, -1));
                if let Some(index) = position(&buckets, step.at) {
                    points[index].resolved += 1;
                }
            }
            StepKind::Reopened => changes.push((step.at, 1)),
            _ => {}
        }
    }
    changes.sort_unstable_by_key(|(at, _)| *at);
    let (mut next, mut open) = (0, 0);
    for (point, bucket) in points.iter_mut().zip(&buckets) {
        while let Some((_, change)) = changes.get(next).filter(|(at, _)| *at < bucket.end) {
            open += change;
            next += 1;
        }
        point.open = usize::try_from(open).unwrap_or(0);
    }
    points
}

/// Which conversations have a message among the facts; the others were loaded for a ticket or a
/// rating.
fn began(facts: &Facts) -> Vec<bool> {
    let mut began = vec![false; facts.conversations.len()];
    for message in &facts.messages {
        began[message.conversation as usize] = true;
    }
    began
}

fn empty(start: Timestamp) -> Point {
    Point {
        start,
        messages: 0,
        answered: 0,
        talked: 0,
        escalated: 0,
        to_people: 0,
        moods: [0; 3],
        conversations: 0,
        opened: 0,
        resolved: 0,
        open: 0,
    }
}
