//! What do the rules see of a message, and what does a wish for a person stand for?

use std::collections::BTreeSet;

use super::rule::Seen;
use super::{Person, RouteRequest, Routing};
use crate::domain::{Author, IntentScore};
use crate::triage::words::plain;

/// Earlier customer turns that are searched for the topic of a wish for a person.
const EARLIER_TURNS: usize = 5;

impl Routing {
    /// What the rules look at in a request.
    pub(super) fn see<'a>(&'a self, request: &RouteRequest<'a>) -> Seen<'a> {
        let classification = request.classification;
        let mut intents: Vec<&str> =
            classification.intent.iter().map(|score| score.name.as_str()).collect();
        let mut topics = self.topics_of(request.message);
        if let Some(person) = &self.person {
            let read_as_wish = intents.iter().any(|name| person.is_wish(name));
            if read_as_wish || request.person_wanted {
                let mut named = None;
                if read_as_wish {
                    named = self.named_topic(person, &classification.alternatives);
                } else {
                    // Bare words such as "agent", which were misread: they have no topic.
                    intents = person.intents.first().map(String::as_str).into_iter().collect();
                }
                let earlier = request.earlier.iter().rev();
                for turn in earlier.filter(|turn| turn.from == Author::Customer).take(EARLIER_TURNS)
                {
                    topics.extend(self.topics_of(&turn.text));
                    let reading = turn.classification.as_ref();
                    let intent = reading.and_then(|reading| reading.intent.as_ref());
                    named = named.or_else(|| self.named_topic(person, intent));
                }
                intents.extend(named);
            }
        }
        Seen {
            intents,
            tier: classification.tier.as_ref().map(|tier| tier.level),
            sentiment: classification.sentiment.as_ref().map(|score| score.name),
            language: classification.language,
            channel: request.channel,
            topics,
            danger: request.danger,
            attributes: request.attributes,
            local: request.at.to_zoned(self.calendar.timezone.clone()).datetime(),
        }
    }

    /// The first intent that stands for the topic of a wish for a person: likely enough, and
    /// named by a rule.
    fn named_topic<'a>(
        &self,
        person: &Person,
        intents: impl IntoIterator<Item = &'a IntentScore>,
    ) -> Option<&'a str> {
        let in_rules = |name: &String| {
            let mut named =
                self.rules.iter().flat_map(|rule| rule.condition.intents.iter().flatten());
            named.any(|intent| intent == name)
        };
        intents
            .into_iter()
            .find(|score| {
                score.confidence >= person.alternative_from
                    && !person.is_wish(&score.name)
                    && in_rules(&score.name)
            })
            .map(|score| score.name.as_str())
    }

    fn topics_of(&self, text: &str) -> BTreeSet<&str> {
        let plain = plain(text);
        let named = self.topics.iter().filter(|topic| topic.words.is_match(&plain));
        named.map(|topic| topic.name.as_str()).collect()
    }
}

impl Person {
    fn is_wish(&self, intent: &str) -> bool {
        self.intents.iter().any(|name| name == intent)
    }
}
