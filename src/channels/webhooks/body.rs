use serde_json::{Value, json};

use crate::store::{Event, EventKind};

/// The type of an event as programs outside know it.
pub(super) fn kind(event: &Event) -> String {
    match event.kind {
        EventKind::Message => "message.created".to_owned(),
        EventKind::Note => "note.created".to_owned(),
        EventKind::State => "conversation.state_changed".to_owned(),
        EventKind::Ticket => {
            format!("ticket.{}", event.payload["change"].as_str().unwrap_or("changed"))
        }
    }
}

/// Whether a name of the configuration, a type or the part before its point, means this type.
pub(super) fn covers(wanted: &str, kind: &str) -> bool {
    wanted == kind || kind.split_once('.').is_some_and(|(first, _)| first == wanted)
}

/// The body that tells of an event.
pub(super) fn of(event: &Event, kind: &str) -> Value {
    let mut data = event.payload.clone();
    if !data.is_object() {
        data = json!({});
    }
    data["conversation_id"] = event.conversation_id.as_str().into();
    if let (Some(ticket), Some(queue)) = (&event.ticket_id, &event.queue) {
        data["ticket_id"] = ticket.as_str().into();
        data["queue"] = queue.as_str().into();
    }
    if let Some(channel) = event.channel {
        data["channel"] = channel.name().into();
    }
    if let Some(fields) = data.as_object_mut() {
        // The type says it already.
        fields.remove("change");
        fields.retain(|_, value| !value.is_null());
    }
    json!({ "type": kind, "timestamp": event.at.to_string(), "data": data })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_types_or_all_of_a_kind() {
        assert!(covers("ticket", "ticket.opened") && covers("ticket.opened", "ticket.opened"));
        assert!(!covers("ticket.opened", "ticket.claimed") && !covers("tick", "ticket.opened"));
        assert!(!covers("message", "note.created"));
    }
}
