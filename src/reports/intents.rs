//! What do customers write about?

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Period, Share};
use crate::domain::{Action, Sentiment};
use crate::store::Facts;

/// Messages about one thing.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IntentCount {
    /// The intent; none for messages that are out of scope.
    pub intent: Option<String>,
    /// Messages, among all messages of the period.
    pub messages: Share,
    /// Among them: answered by the bot.
    pub answered: Share,
    /// Among them: handed over to people.
    pub escalated: Share,
    /// Among them: in a negative mood.
    pub negative: Share,
}

/// All intents of the period's messages, the most frequent first.
pub fn intents(facts: &Facts, period: &Period) -> Vec<IntentCount> {
    #[derive(Default)]
    struct Counts {
        all: usize,
        answered: usize,
        escalated: usize,
        negative: usize,
    }
    let mut counts: HashMap<Option<&str>, Counts> = HashMap::new();
    let mut all = 0;
    for message in facts.messages.iter().filter(|message| period.holds(message.at)) {
        let count = counts.entry(message.intent.as_deref()).or_default();
        all += 1;
        count.all += 1;
        count.answered += usize::from(message.action == Some(Action::Answer));
        count.escalated += usize::from(message.action == Some(Action::Escalate));
        count.negative += usize::from(message.sentiment == Some(Sentiment::Negative));
    }
    let mut list: Vec<IntentCount> = counts
        .into_iter()
        .map(|(intent, count)| IntentCount {
            intent: intent.map(str::to_owned),
            messages: Share::of(count.all, all),
            answered: Share::of(count.answered, count.all),
            escalated: Share::of(count.escalated, count.all),
            negative: Share::of(count.negative, count.all),
        })
        .collect();
    list.sort_by(|left, right| {
        (right.messages.part, &left.intent).cmp(&(left.messages.part, &right.intent))
    });
    list
}
