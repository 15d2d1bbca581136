//! What is said and done about a message that was taken in?

use super::super::state::{Asked, CallState, Noted};
use super::super::texts;
use super::{Line, Next, Said, Then, Transfer, ended, said};
use crate::domain::{Action, Channel, Outcome};
use crate::triage::call_back;

/// Intent of a caller who says goodbye, as the built-in texts name it.
const GOODBYE_INTENT: &str = "goodbye";

/// What is said and done about a message that was taken in. `line` is that of the ticket's queue.
pub(crate) fn after(
    state: &CallState,
    outcome: &Outcome,
    channel: Channel,
    line: Option<&Line>,
) -> Next {
    let language = outcome.classification.language;
    let mut state = state.next(Asked::Matter);
    state.language = language;
    let reply = outcome.reply.as_ref().map(|reply| reply.text.clone());
    let mut say: Vec<Said> = reply.into_iter().map(|text| Said { language, text }).collect();
    let then = match outcome.decision.action {
        Action::Answer => {
            if channel == Channel::Phone {
                say.push(said(&texts::HELPED, language));
                state.asked = Asked::Helped;
            }
            Then::Listen
        }
        Action::Clarify => {
            offer_choices(&mut state, &mut say, outcome, channel);
            Then::Listen
        }
        Action::Smalltalk => {
            let intent = outcome.classification.best_intent();
            let leaves = intent.is_some_and(|intent| intent.name == GOODBYE_INTENT);
            if leaves && channel == Channel::Phone { Then::HangUp } else { Then::Listen }
        }
        Action::Escalate | Action::None => hand_over(&mut state, &mut say, outcome, channel, line),
    };
    Next { say, then, state }
}

/// On the telephone a question between articles is said with its keys. An offer of a person is a
/// question of yes or no already.
fn offer_choices(state: &mut CallState, say: &mut Vec<Said>, outcome: &Outcome, channel: Channel) {
    let Some(reply) = &outcome.reply else { return };
    state.asked = Asked::Choice;
    if outcome.decision.has_reason("out_of_scope") {
        state.offer(reply.choices.iter().map(|choice| choice.value.as_str()));
        return;
    }
    // The last one is a person, which is key 0.
    let Some((_, articles)) = reply.choices.split_last() else { return };
    state.offer(articles.iter().map(|choice| choice.value.as_str()));
    if channel == Channel::Phone && state.choices.len() == articles.len() {
        let labels: Vec<&str> = articles.iter().map(|choice| choice.label.as_str()).collect();
        let text = texts::keys(state.language, &labels);
        *say = vec![Said { language: state.language, text }];
    }
}

fn hand_over(
    state: &mut CallState,
    say: &mut Vec<Said>,
    outcome: &Outcome,
    channel: Channel,
    line: Option<&Line>,
) -> Then {
    let language = outcome.classification.language;
    let is_call = channel == Channel::Phone;
    let kept = if is_call { &texts::NOTED } else { &texts::written::NOTED };
    let (Some(ticket), Some(line)) = (&outcome.ticket, line) else {
        say.push(said(kept, language));
        return Then::HangUp;
    };
    if line.open && (line.target.is_some() || line.by_name) {
        state.asked = Asked::PutThrough;
        state.noted = if line.number_known { Noted::Reachable } else { Noted::Unreachable };
        let (queue, target) = (ticket.queue.clone(), line.target.clone());
        return Then::Transfer(Box::new(Transfer { queue, target, ticket: Some(ticket.clone()) }));
    }
    let asks = |reason| outcome.decision.has_reason(reason);
    if !line.open && asks(call_back::OFFERED) {
        state.asked = Asked::CallBack;
        let choices = outcome.reply.iter().flat_map(|reply| &reply.choices);
        state.offer(choices.map(|choice| choice.value.as_str()));
        return Then::Listen;
    }
    if !line.open && asks(call_back::WANTED) {
        state.asked = Asked::Number;
        return Then::Listen;
    }
    if line.open {
        // The desk's words promise to put the caller through; only those on danger still hold.
        if !asks("danger") {
            say.clear();
        }
        let noted = if line.number_known { &texts::NOTED } else { &texts::NOTED_UNKNOWN };
        say.push(said(noted, language));
    } else if say.is_empty() {
        say.push(said(kept, language));
    } else if is_call {
        say.push(said(&texts::FAREWELL, language));
    }
    Then::HangUp
}

/// What is said when the service cannot take the message in: a caller is never left with an error.
/// `somewhere` is where people are, if they are anywhere.
pub(crate) fn in_trouble(state: &CallState, channel: Channel, somewhere: Option<Transfer>) -> Next {
    let mut next = ended(state, &[&texts::TROUBLE]);
    next.state.noted = Noted::Nothing;
    let (put_through, later) = if channel == Channel::Phone {
        (&texts::PUT_THROUGH, &texts::CALL_LATER)
    } else {
        (&texts::written::PUT_THROUGH, &texts::written::WRITE_LATER)
    };
    if let Some(transfer) = somewhere {
        next.say.push(said(put_through, state.language));
        next.then = Then::Transfer(Box::new(transfer));
        next.state.asked = Asked::PutThrough;
    } else {
        next.say.push(said(later, state.language));
    }
    next
}
