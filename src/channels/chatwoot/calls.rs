use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::AGENT;
use super::thread::Thread;
use crate::channels::handover;
use crate::config::ChatwootConfig;
use crate::domain::{Author, Priority, ReplyChoice, Ticket, Turn};
use crate::store::NewDelivery;

/// A call of Chatwoot's interface about one conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Call {
    pub(super) thread: Thread,
    pub(super) what: What,
}

/// What is asked of Chatwoot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    /// A message, for the customer or for people of the company's alone.
    Message {
        text: String,
        private: bool,
        #[serde(default)]
        choices: Vec<ReplyChoice>,
    },
    /// Labels besides those that are set.
    Labels(Vec<String>),
    /// The team.
    Team(u64),
    /// `low`, `medium`, `high` or `urgent`.
    Priority(String),
    /// `open` or `resolved`.
    Status(String),
}

impl What {
    pub(super) fn about(self, thread: Thread) -> NewDelivery {
        let payload = serde_json::to_value(Call { thread, what: self });
        NewDelivery {
            group: Some(thread.to_string()),
            payload: payload.expect("texts and numbers can be written as JSON"),
        }
    }
}

/// Who said something, if it is known.
pub(super) fn author(payload: &Value) -> Option<Author> {
    serde_json::from_value(payload["turn"]["from"].clone()).ok()
}

/// What somebody said, for the customer; nothing if Chatwoot has it already.
pub(super) fn said(payload: &Value) -> Option<What> {
    let turn: Turn = serde_json::from_value(payload["turn"].clone()).ok()?;
    let of_chatwoot = turn.from == Author::Agent && turn.agent.as_deref() == Some(AGENT);
    if !matches!(turn.from, Author::Bot | Author::Agent) || of_chatwoot {
        return None;
    }
    let choices = serde_json::from_value(payload["choices"].clone()).unwrap_or_default();
    Some(What::Message { text: turn.text, private: false, choices })
}

/// A hand-over, in its order: the status tells people that all is there, and so it comes last.
pub(super) fn handed_over(ticket: &Ticket, settings: &ChatwootConfig) -> Vec<What> {
    let text = handover::summary(ticket);
    let mut calls = vec![What::Message { text, private: true, choices: Vec::new() }];
    // Bots may not set labels in many versions.
    if settings.user_token.is_some() {
        calls.push(What::Labels(handover::tags(ticket)));
    }
    calls.extend(team(ticket, settings));
    calls.push(priority(ticket.priority));
    calls.push(What::Status("open".to_owned()));
    calls
}

/// The team of the ticket's queue.
pub(super) fn team(ticket: &Ticket, settings: &ChatwootConfig) -> Option<What> {
    settings.teams.get(&ticket.queue).copied().map(What::Team)
}

/// The priority, in Chatwoot's words.
pub(super) fn priority(priority: Priority) -> What {
    What::Priority(handover::priority(priority, "medium").to_owned())
}

/// The body of a message. The delivery's id tells later whether it arrived.
pub(super) fn message_body(
    text: &str,
    private: bool,
    choices: &[ReplyChoice],
    delivery_id: &str,
) -> Value {
    let mut attributes = json!({ MARK: delivery_id });
    let mut body = json!({ "content": text, "message_type": "outgoing", "private": private });
    if !choices.is_empty() {
        let items: Vec<Value> = choices
            .iter()
            .map(|choice| json!({ "title": choice.label, "value": choice.value }))
            .collect();
        attributes["items"] = items.into();
        body["content_type"] = "input_select".into();
    }
    body["content_attributes"] = attributes;
    body
}

/// Name of the attribute that holds the delivery's id.
pub(super) const MARK: &str = "lotse_delivery";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_become_a_list_to_select_from() {
        let choice = ReplyChoice {
            label: "Rückgabe".to_owned(),
            value: "Wie gebe ich zurück?".to_owned(),
        };
        let body = message_body("Was meinen Sie?", false, &[choice], "d-1");
        assert_eq!(
            body,
            json!({
                "content": "Was meinen Sie?", "message_type": "outgoing", "private": false,
                "content_type": "input_select",
                "content_attributes": {
                    "lotse_delivery": "d-1",
                    "items": [{ "title": "Rückgabe", "value": "Wie gebe ich zurück?" }]
                }
            })
        );
        let plain = message_body("Gern!", true, &[], "d-2");
        assert_eq!(plain["private"], true);
        assert!(plain.get("content_type").is_none());
        assert!(plain["content_attributes"].get("items").is_none());
    }

    #[test]
    fn what_came_from_chatwoot_does_not_go_back() {
        let turn = |from: &str, agent: Value| {
            json!({ "turn": {
                "id": "u1", "from": from, "text": "Hallo", "at": "2026-11-23T12:00:00Z", "agent": agent
            } })
        };
        assert!(said(&turn("bot", Value::Null)).is_some());
        assert!(said(&turn("agent", "Anna".into())).is_some());
        assert_eq!(said(&turn("agent", AGENT.into())), None);
        assert_eq!(said(&turn("customer", Value::Null)), None);
        assert_eq!(said(&json!({})), None);
    }
}
