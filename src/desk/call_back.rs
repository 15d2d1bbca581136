//! Nobody is there: may people call back, and under which number?

use super::decided::Decided;
use super::{Desk, reply};
use crate::domain::{Channel, Entity, EntityKind, Reason, Reply};
use crate::triage::call_back::{
    NUMBER, OFFERED, WANTED, is_under_way, mark_number, may_offer, wish,
};
use crate::triage::{Availability, Queue, Routing};

/// What became of a call-back with this message.
enum Step {
    /// The number is noted.
    Noted(String),
    /// It is wanted, and the number is still missing.
    Asked,
    /// It is offered.
    Offered,
}

impl Desk {
    /// What is said about a call-back beside the words of a hand-over. The decision learns of it.
    pub(super) fn offer_call_back(
        &self,
        decided: &mut Decided<'_>,
        routing: &Routing,
        queue: &str,
        handed_over: Reply,
    ) -> Reply {
        let availability = routing.availability(queue, decided.channel(), decided.at);
        let Availability::ClosedUntil(_) = availability else { return handed_over };
        if decided.verdict.danger || !is_offered(decided, routing, queue) {
            return handed_over;
        }
        let wanted = wish(&decided.message.cleaned, &[]);
        let noted = if wanted { note(decided) } else { None };
        let step = match noted {
            Some(number) => Step::Noted(number),
            None if wanted => Step::Asked,
            None => Step::Offered,
        };
        let more = self.say(decided, routing, availability, step);
        reply::together(handed_over, more)
    }

    /// The answer to a message about a call-back, while its ticket waits; none to any other
    /// message, and none while people are there: they will see the number.
    pub(super) fn go_on_with_call_back(
        &self,
        decided: &mut Decided<'_>,
        routing: &Routing,
        queue: &str,
    ) -> Option<Reply> {
        let under_way = is_under_way(&decided.turns);
        if decided.verdict.danger || !(under_way || is_offered(decided, routing, queue)) {
            return None;
        }
        let wanted = wish(&decided.message.cleaned, &decided.turns);
        let gives_number = under_way && names_number(decided);
        let noted = if wanted || gives_number { note(decided) } else { None };
        let step = match noted {
            Some(number) => Step::Noted(number),
            None if wanted => Step::Asked,
            None => return None,
        };
        let availability = routing.availability(queue, decided.channel(), decided.at);
        match availability {
            Availability::ClosedUntil(_) => Some(self.say(decided, routing, availability, step)),
            Availability::Open => {
                decided.verdict.decision.reasons.push(step.reason());
                None
            }
        }
    }

    fn say(
        &self,
        decided: &mut Decided<'_>,
        routing: &Routing,
        availability: Availability,
        step: Step,
    ) -> Reply {
        decided.verdict.decision.reasons.push(step.reason());
        match step {
            Step::Offered => reply::call_back_offer(&self.texts, decided),
            Step::Asked => reply::call_back_question(&self.texts, decided),
            Step::Noted(number) => {
                reply::call_back_noted(&self.texts, decided, &number, availability, routing)
            }
        }
    }
}

impl Step {
    fn reason(&self) -> Reason {
        match self {
            Self::Noted(number) => Reason::new(NUMBER, format!("to be called back on {number}")),
            Self::Asked => Reason::new(WANTED, "wants to be called back; asked for the number"),
            Self::Offered => {
                Reason::new(OFFERED, "nobody is there until the queue opens; call-back offered")
            }
        }
    }
}

/// Whether people of this queue call back, and the channel is one on which that is offered.
fn is_offered(decided: &Decided<'_>, routing: &Routing, queue: &str) -> bool {
    may_offer(decided.channel()) && routing.queue(queue).is_some_and(Queue::calls_back)
}

fn names_number(decided: &Decided<'_>) -> bool {
    let mut entities = decided.reading.classification.entities.iter();
    entities.any(|entity| entity.kind == EntityKind::Phone)
}

/// The number to call back on: the one that the message names, or that of the caller.
fn note(decided: &mut Decided<'_>) -> Option<String> {
    let caller = decided.arrival.customer.names.phone.clone();
    let entities = &mut decided.reading.classification.entities;
    if let Some(named) = mark_number(entities) {
        return Some(named.value.clone().unwrap_or_else(|| named.text.clone()));
    }
    let caller = caller.filter(|_| decided.channel() == Channel::Phone)?;
    decided.reading.classification.entities.push(unsaid(&caller));
    Some(caller)
}

/// A number that stands in no words.
fn unsaid(number: &str) -> Entity {
    let kind = EntityKind::CallbackNumber;
    Entity { kind, text: number.to_owned(), value: None, start: 0, end: 0 }
}
