//! Customers and agents at the same time: whatever the order turns out to be, the recorded events
//! tell a story in which no rule is broken.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lotse::domain::{ConversationState, Incoming};
use lotse::store::{Audience, Event, EventFilter, EventKind, Store, TicketFilter};
use proptest::prelude::*;

use crate::model::{Step, steps, who, work};
use crate::support::{Office, message};

const TASKS: usize = 6;

/// What must be true of a conversation at each event.
struct Story {
    state: ConversationState,
    holder: Option<String>,
    /// What the bot said in this waiting period.
    acknowledgements: usize,
    said: Vec<String>,
}

impl Story {
    fn tell(&mut self, event: &Event) {
        let text = |name: &str| event.payload[name].as_str().map(str::to_owned);
        match event.kind {
            EventKind::Message => {
                let turn = &event.payload["turn"];
                match turn["from"].as_str().unwrap() {
                    "customer" => self.said.push(turn["text"].as_str().unwrap().to_owned()),
                    "bot" => {
                        assert_ne!(
                            self.state,
                            ConversationState::Human,
                            "the bot spoke: {event:?}"
                        );
                        self.acknowledgements += 1;
                        let waiting = self.state == ConversationState::Waiting;
                        assert!(!waiting || self.acknowledgements == 1, "told twice: {event:?}");
                    }
                    _ => {
                        assert_eq!(self.state, ConversationState::Human);
                        assert_eq!(self.holder.as_deref(), turn["agent"].as_str());
                    }
                }
            }
            EventKind::State => {
                use ConversationState::{Bot, Closed, Human, Waiting};
                let next: ConversationState =
                    serde_json::from_value(event.payload["state"].clone()).unwrap();
                let allowed = matches!(
                    (self.state, next),
                    (Bot | Closed, Waiting)
                        | (Waiting, Human)
                        | (Human, Human | Waiting | Bot | Closed)
                        | (Closed, Bot)
                );
                assert!(allowed, "from {:?} to {next:?}", self.state);
                self.state = next;
                self.acknowledgements = 0;
            }
            EventKind::Ticket => match text("change").unwrap().as_str() {
                "claimed" => {
                    assert_eq!(self.holder, None, "two holders: {event:?}");
                    self.holder = text("agent");
                    assert!(self.holder.is_some());
                }
                "released" | "returned" | "resolved" => {
                    assert!(self.holder.take().is_some());
                }
                "transferred" => self.holder = text("agent"),
                "reopened" | "opened" => assert_eq!(self.holder, None),
                _ => {}
            },
            EventKind::Note => {}
        }
    }
}

/// One task's part of the steps. Gives the messages that were confirmed.
async fn take_part(office: Arc<Office>, task: usize, steps: Vec<Step>) -> Vec<(usize, String)> {
    let mut confirmed = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        match step {
            Step::Say { conversation, text } => {
                let said = format!("{} {task}-{number}", ["human", "hello", "return"][text % 3]);
                let incoming = Incoming {
                    message_id: Some(said.clone()),
                    ..message(&format!("c{conversation}"), &said)
                };
                // Delivered twice at the same time, as impatient channels do.
                let (first, second) = tokio::join!(
                    office.desk.receive(incoming.clone()),
                    office.desk.receive(incoming)
                );
                let results = [first, second];
                if results.iter().any(Result::is_ok) {
                    confirmed.push((*conversation, said));
                }
                for error in results.into_iter().filter_map(Result::err) {
                    assert_eq!(error.code(), "conflict", "{error}");
                }
            }
            Step::SayAgain | Step::Restart => {}
            Step::Vanish => {
                office.everybody_vanishes().await;
            }
            Step::ClaimNext { who: number } => {
                office.desk.claim_next(Some("first_line"), &who(*number)).await.unwrap();
            }
            _ => {
                let tickets = office.store.tickets(&TicketFilter::default(), 100).await.unwrap();
                let Some(ticket) = tickets.get(number % tickets.len().max(1)) else { continue };
                if let Err(error) = work(&office, step, &who(task), &ticket.id).await {
                    assert!(["conflict", "not_yours"].contains(&error.code()), "{error}");
                }
            }
        }
    }
    confirmed
}

async fn live(parts: Vec<Vec<Step>>) {
    let office = Arc::new(Office::open().await);
    office.everybody_is_there().await;
    let tasks: Vec<_> = parts
        .into_iter()
        .enumerate()
        .map(|(task, steps)| tokio::spawn(take_part(Arc::clone(&office), task, steps)))
        .collect();
    let mut confirmed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for task in tasks {
        for (conversation, said) in task.await.unwrap() {
            confirmed.entry(format!("c{conversation}")).or_default().insert(said);
        }
    }
    let everything = EventFilter { audience: Audience::Everyone, ..EventFilter::default() };
    let events = office.store.events_after(0, &everything, 100_000).await.unwrap();
    let mut stories: BTreeMap<String, Story> = BTreeMap::new();
    for event in &events {
        let story = stories.entry(event.conversation_id.clone()).or_insert_with(|| Story {
            state: ConversationState::Bot,
            holder: None,
            acknowledgements: 0,
            said: Vec::new(),
        });
        story.tell(event);
    }
    for (id, story) in stories {
        let kept = office.conversation(&id).await;
        assert_eq!(kept.head.state, story.state);
        let once: BTreeSet<String> = story.said.iter().cloned().collect();
        assert_eq!(once.len(), story.said.len(), "a message was doubled");
        assert_eq!(Some(&once), confirmed.get(&id), "a message was lost");
        let ticket = office.store.unresolved_ticket(&id).await.unwrap();
        assert_eq!(ticket.and_then(|ticket| ticket.agent), story.holder);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_interleaving_breaks_a_rule(parts in prop::collection::vec(steps(14), TASKS)) {
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap()
            .block_on(live(parts));
    }
}
