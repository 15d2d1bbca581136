//! What comes next on a call, as names and texts: for systems whose own flow carries it out.

use super::call::Then;
use super::state::Asked;
use super::{Answered, Call};

/// One of them.
pub(crate) struct Field {
    /// Its name as a key, `LotseSay`.
    pub(crate) key: &'static str,
    /// Its name as a channel variable, `LOTSE_SAY`.
    pub(crate) variable: &'static str,
    /// Its value, blank where there is none.
    pub(crate) value: String,
}

/// All of them, always the same ones.
pub(crate) fn fields(call: &Call, answered: &Answered) -> Vec<Field> {
    let (next, outcome) = (&answered.next, answered.outcome.as_ref());
    let (action, keys, transfer) = match &next.then {
        Then::Listen if next.state.asked == Asked::Number => ("listen", "number", None),
        Then::Listen => ("listen", "one", None),
        Then::Transfer(transfer) => ("transfer", "", Some(transfer)),
        Then::HangUp => ("hangup", "", None),
    };
    let target = transfer.and_then(|transfer| transfer.target.as_ref());
    let ticket = outcome.and_then(|outcome| outcome.ticket.as_ref());
    let put_through = transfer.map(|transfer| transfer.queue.as_str());
    let queue = put_through.or(ticket.map(|ticket| ticket.queue.as_str()));
    let summary = ticket.and_then(|ticket| ticket.summary.as_ref());
    let read = outcome.map(|outcome| &outcome.classification);
    let said: Vec<&str> = next.say.iter().map(|said| said.text.as_str()).collect();
    let conversation = outcome.map_or(&call.conversation_id, |outcome| &outcome.conversation_id);
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let field = |key, variable, value| Field { key, variable, value };
    vec![
        field("LotseAction", "LOTSE_ACTION", action.to_owned()),
        field("LotseKeys", "LOTSE_KEYS", keys.to_owned()),
        field("LotseSay", "LOTSE_SAY", said.join(" ")),
        field("LotseLanguage", "LOTSE_LANGUAGE", next.state.language.code().to_owned()),
        field(
            "LotseIntent",
            "LOTSE_INTENT",
            text(read.and_then(|read| Some(read.intent.as_ref()?.name.as_str()))),
        ),
        field(
            "LotseTier",
            "LOTSE_TIER",
            read.and_then(|read| Some(read.tier.as_ref()?.level.to_string())).unwrap_or_default(),
        ),
        field(
            "LotseSentiment",
            "LOTSE_SENTIMENT",
            text(read.and_then(|read| Some(read.sentiment.as_ref()?.name.name()))),
        ),
        field("LotseQueue", "LOTSE_QUEUE", text(queue)),
        field("LotsePriority", "LOTSE_PRIORITY", text(ticket.map(|ticket| ticket.priority.name()))),
        field("LotseTarget", "LOTSE_TARGET", target.map(ToString::to_string).unwrap_or_default()),
        field(
            "LotseHeadline",
            "LOTSE_HEADLINE",
            text(summary.map(|summary| summary.headline.as_str())),
        ),
        field("LotseSummary", "LOTSE_SUMMARY", text(summary.map(|summary| summary.text.as_str()))),
        field("LotseTicket", "LOTSE_TICKET", text(ticket.map(|ticket| ticket.id.as_str()))),
        field("LotseConversation", "LOTSE_CONVERSATION", conversation.clone()),
        field("LotseState", "LOTSE_STATE", next.state.to_query()),
    ]
}
