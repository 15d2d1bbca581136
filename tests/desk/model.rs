//! Random lives of conversations, one step after the other, against a simple model of what must be.

use lotse::desk::{AfterResolve, DeskError, Target};
use lotse::domain::{Action, Author, Caller, ConversationState, Incoming, Outcome, TicketState};
use lotse::store::{Store, TicketFilter};
use proptest::prelude::*;

use crate::support::{Office, agent, message, said, to_queue};

/// One step of somebody. Numbers are taken modulo what there is.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Say {
        conversation: usize,
        text: usize,
    },
    SayAgain,
    ClaimNext {
        who: usize,
    },
    Claim {
        who: usize,
        ticket: usize,
    },
    Reply {
        who: usize,
        ticket: usize,
    },
    Note {
        who: usize,
        ticket: usize,
    },
    Transfer {
        who: usize,
        ticket: usize,
        queue: usize,
    },
    HandTo {
        who: usize,
        ticket: usize,
        to: usize,
    },
    Release {
        who: usize,
        ticket: usize,
    },
    Resolve {
        who: usize,
        ticket: usize,
        close: bool,
    },
    Reopen {
        who: usize,
        ticket: usize,
    },
    /// All agents stay away for too long.
    Vanish,
    /// The program ends and starts again.
    Restart,
}

pub(crate) const QUEUES: [&str; 2] = ["first_line", "complaints"];

const CONVERSATIONS: usize = 3;

const TEXTS: [&str; 6] = [
    "How do I return this parcel to you?",
    "I want a human",
    "hello",
    "I am angry about all of this",
    "how is the weather in Kiel tomorrow",
    "How long does delivery take to Austria?",
];

pub(crate) fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let who = || 0..3_usize;
    let ticket = || 0..6_usize;
    let step = prop_oneof![
        6 => (0..CONVERSATIONS, 0..TEXTS.len())
            .prop_map(|(conversation, text)| Step::Say { conversation, text }),
        1 => Just(Step::SayAgain),
        2 => who().prop_map(|who| Step::ClaimNext { who }),
        2 => (who(), ticket()).prop_map(|(who, ticket)| Step::Claim { who, ticket }),
        3 => (who(), ticket()).prop_map(|(who, ticket)| Step::Reply { who, ticket }),
        1 => (who(), ticket()).prop_map(|(who, ticket)| Step::Note { who, ticket }),
        1 => (who(), ticket(), 0..QUEUES.len())
            .prop_map(|(who, ticket, queue)| Step::Transfer { who, ticket, queue }),
        1 => (who(), ticket(), who())
            .prop_map(|(who, ticket, to)| Step::HandTo { who, ticket, to }),
        1 => (who(), ticket()).prop_map(|(who, ticket)| Step::Release { who, ticket }),
        2 => (who(), ticket(), any::<bool>())
            .prop_map(|(who, ticket, close)| Step::Resolve { who, ticket, close }),
        1 => (who(), ticket()).prop_map(|(who, ticket)| Step::Reopen { who, ticket }),
        1 => Just(Step::Vanish),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..most)
}

pub(crate) fn who(number: usize) -> Caller {
    agent(["ada", "bob", "eve"][number % 3])
}

/// What must be true of a conversation.
#[derive(Default)]
struct Talk {
    state: Option<ConversationState>,
    turns: Vec<(Author, String)>,
    acknowledged: bool,
}

struct Paper {
    id: String,
    talk: usize,
    queue: String,
    state: TicketState,
    holder: Option<String>,
}

#[derive(Default)]
struct Model {
    talks: [Talk; CONVERSATIONS],
    papers: Vec<Paper>,
    last: Option<(Incoming, Outcome)>,
    said: usize,
}

impl Model {
    fn unresolved(&self, talk: usize) -> Option<&Paper> {
        self.papers.iter().find(|paper| paper.talk == talk && paper.state != TicketState::Resolved)
    }

    async fn say(&mut self, office: &Office, talk: usize, text: usize) {
        self.said += 1;
        let incoming = Incoming {
            message_id: Some(format!("m{}", self.said)),
            ..message(&format!("c{talk}"), TEXTS[text])
        };
        let outcome = office.desk.receive(incoming.clone()).await.unwrap();
        let unresolved = self.unresolved(talk).map(|paper| paper.id.clone());
        let known = &mut self.talks[talk];
        known.turns.push((Author::Customer, TEXTS[text].to_owned()));
        match known.state.unwrap_or(ConversationState::Bot) {
            ConversationState::Bot | ConversationState::Closed => {
                let escalated = outcome.decision.action == Action::Escalate;
                known.state = Some(if escalated {
                    ConversationState::Waiting
                } else {
                    ConversationState::Bot
                });
                known.acknowledged = false;
                assert!(outcome.reply.is_some(), "the bot never leaves a customer without a word");
                assert_eq!(outcome.ticket.is_some(), escalated);
                if let Some(ticket) = &outcome.ticket {
                    self.papers.push(Paper {
                        id: ticket.id.clone(),
                        talk,
                        queue: ticket.queue.clone(),
                        state: TicketState::Open,
                        holder: None,
                    });
                }
            }
            ConversationState::Waiting => {
                assert_eq!(outcome.decision.action, Action::None);
                assert_eq!(outcome.reply.is_some(), !known.acknowledged);
                known.acknowledged = true;
                assert_eq!(outcome.ticket.as_ref().map(|ticket| &ticket.id), unresolved.as_ref());
            }
            ConversationState::Human => {
                assert_eq!(outcome.decision.action, Action::None);
                assert_eq!(outcome.reply, None, "the bot is silent while a person holds it");
            }
        }
        if let Some(reply) = &outcome.reply {
            self.talks[talk].turns.push((Author::Bot, reply.text.clone()));
        }
        assert_eq!(Some(outcome.state), self.talks[talk].state);
        self.last = Some((incoming, outcome));
    }

    async fn claim_next(&mut self, office: &Office, caller: &Caller) {
        let claimed = office.desk.claim_next(Some(QUEUES[0]), caller).await.unwrap();
        let waits =
            |paper: &&mut Paper| paper.queue == QUEUES[0] && paper.state == TicketState::Open;
        let mut waiting = self.papers.iter_mut().filter(waits);
        match claimed {
            None => assert!(waiting.next().is_none(), "something waited"),
            Some(ticket) => {
                let paper = waiting.find(|paper| paper.id == ticket.id).expect("an open ticket");
                let talk = paper.talk;
                paper.state = TicketState::Claimed;
                paper.holder = Some(caller.name.clone());
                self.hand_to(talk, ConversationState::Human);
            }
        }
    }

    fn hand_to(&mut self, talk: usize, state: ConversationState) {
        self.talks[talk].state = Some(state);
        self.talks[talk].acknowledged = false;
    }

    /// Takes the step on the desk and checks that it is allowed exactly when it must be.
    async fn work(&mut self, office: &Office, step: &Step) {
        let Some((caller, number)) = actor(step) else { return };
        if self.papers.is_empty() {
            return;
        }
        let number = number % self.papers.len();
        let (id, talk) = (self.papers[number].id.clone(), self.papers[number].talk);
        let result = work(office, step, &caller, &id).await;
        let (state, holder) = (self.papers[number].state, self.papers[number].holder.clone());
        let is_holder = holder.as_deref() == Some(caller.name.as_str());
        let held = state == TicketState::Claimed && is_holder;
        let allowed = match step {
            Step::Claim { .. } | Step::Transfer { .. } | Step::HandTo { .. } => {
                state == TicketState::Open || held
            }
            Step::Reopen { .. } => {
                state == TicketState::Resolved && self.unresolved(talk).is_none()
            }
            Step::Note { .. } => true,
            _ => held,
        };
        assert_eq!(result.is_ok(), allowed, "{step:?} on {state:?} of {holder:?}: {result:?}");
        if !allowed {
            return;
        }
        let paper = &mut self.papers[number];
        match step {
            Step::Claim { .. } if held => {}
            Step::Claim { .. } => {
                paper.state = TicketState::Claimed;
                paper.holder = Some(caller.name.clone());
                self.hand_to(talk, ConversationState::Human);
            }
            Step::Reply { .. } => {
                self.talks[talk].turns.push((Author::Agent, words(&caller)));
            }
            Step::Note { .. } => self.talks[talk].turns.push((Author::Note, words(&caller))),
            Step::Resolve { close, .. } => {
                paper.state = TicketState::Resolved;
                paper.holder = None;
                let (bot, closed) = (ConversationState::Bot, ConversationState::Closed);
                self.hand_to(talk, if *close { closed } else { bot });
            }
            Step::HandTo { to, .. } => {
                paper.state = TicketState::Claimed;
                paper.holder = Some(who(*to).name);
                if state == TicketState::Open {
                    self.hand_to(talk, ConversationState::Human);
                }
            }
            Step::Transfer { queue, .. } => {
                let was_waiting = state == TicketState::Open;
                QUEUES[*queue].clone_into(&mut paper.queue);
                paper.state = TicketState::Open;
                paper.holder = None;
                if !was_waiting {
                    self.hand_to(talk, ConversationState::Waiting);
                }
            }
            _ => {
                paper.state = TicketState::Open;
                paper.holder = None;
                self.hand_to(talk, ConversationState::Waiting);
            }
        }
    }

    /// Everybody who held something has lost it.
    async fn vanish(&mut self, office: &Office) {
        let held = self.papers.iter_mut().filter(|paper| paper.state == TicketState::Claimed);
        let mut talks = Vec::new();
        for paper in held {
            paper.state = TicketState::Open;
            paper.holder = None;
            talks.push(paper.talk);
        }
        assert_eq!(office.everybody_vanishes().await, talks.len());
        for talk in talks {
            self.hand_to(talk, ConversationState::Waiting);
        }
    }

    /// Compares all that there is.
    async fn check(&self, office: &Office) {
        for (number, talk) in self.talks.iter().enumerate() {
            let Some(state) = talk.state else { continue };
            let kept = office.conversation(&format!("c{number}")).await;
            let said: Vec<(Author, String)> =
                kept.turns.into_iter().map(|turn| (turn.from, turn.text)).collect();
            assert_eq!(said, talk.turns);
            assert_eq!(kept.head.state, state);
            let expected = match self.unresolved(number).map(|paper| paper.state) {
                Some(TicketState::Open) => vec![ConversationState::Waiting],
                Some(_) => vec![ConversationState::Human],
                None => vec![ConversationState::Bot, ConversationState::Closed],
            };
            assert!(expected.contains(&state), "ticket and conversation move together");
        }
        let kept = office.store.tickets(&TicketFilter::default(), 1000).await.unwrap();
        assert_eq!(kept.len(), self.papers.len());
        for paper in &self.papers {
            let ticket = kept.iter().find(|ticket| ticket.id == paper.id).unwrap();
            assert_eq!((ticket.state, &ticket.queue), (paper.state, &paper.queue));
            if paper.state != TicketState::Resolved {
                assert_eq!(ticket.agent, paper.holder);
            }
        }
    }
}

fn actor(step: &Step) -> Option<(Caller, usize)> {
    match step {
        Step::Claim { who: number, ticket }
        | Step::Reply { who: number, ticket }
        | Step::Note { who: number, ticket }
        | Step::Transfer { who: number, ticket, .. }
        | Step::HandTo { who: number, ticket, .. }
        | Step::Release { who: number, ticket }
        | Step::Resolve { who: number, ticket, .. }
        | Step::Reopen { who: number, ticket } => Some((who(*number), *ticket)),
        Step::Say { .. }
        | Step::SayAgain
        | Step::ClaimNext { .. }
        | Step::Vanish
        | Step::Restart => None,
    }
}

pub(crate) fn words(caller: &Caller) -> String {
    format!("Words of {}", caller.name)
}

/// Takes an agent's step on the desk.
pub(crate) async fn work(
    office: &Office,
    step: &Step,
    caller: &Caller,
    ticket: &str,
) -> Result<(), DeskError> {
    let desk = &office.desk;
    let done = match step {
        Step::Claim { .. } => desk.claim(ticket, caller).await,
        Step::Reply { .. } => desk.reply(ticket, caller, &said(&words(caller))).await,
        Step::Note { .. } => desk.note(ticket, caller, &said(&words(caller))).await,
        Step::Transfer { queue, .. } => {
            desk.transfer(ticket, caller, to_queue(QUEUES[*queue])).await
        }
        Step::HandTo { to, .. } => {
            let agent = Some(who(*to).name);
            desk.transfer(ticket, caller, Target { agent, ..Target::default() }).await
        }
        Step::Release { .. } => desk.release(ticket, caller).await,
        Step::Resolve { close, .. } => {
            let then = if *close { AfterResolve::Closed } else { AfterResolve::Bot };
            desk.resolve(ticket, caller, "done", then).await
        }
        Step::Reopen { .. } => desk.reopen(ticket, caller).await,
        Step::Say { .. }
        | Step::SayAgain
        | Step::ClaimNext { .. }
        | Step::Vanish
        | Step::Restart => return Ok(()),
    };
    done.map(|_| ())
}

async fn live(steps: Vec<Step>) {
    let mut office = Office::open().await;
    office.everybody_is_there().await;
    let mut model = Model::default();
    for step in steps {
        match &step {
            Step::Say { conversation, text } => model.say(&office, *conversation, *text).await,
            Step::SayAgain => {
                if let Some((incoming, outcome)) = model.last.clone() {
                    let again = office.desk.receive(incoming).await.unwrap();
                    assert_eq!(again.decision, outcome.decision);
                    assert_eq!((again.reply, again.state), (outcome.reply, outcome.state));
                }
            }
            Step::Vanish => model.vanish(&office).await,
            Step::Restart => office = office.restart().await,
            Step::ClaimNext { who: number } => model.claim_next(&office, &who(*number)).await,
            _ => model.work(&office, &step).await,
        }
        model.check(&office).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_life_of_conversations_follows_the_model(steps in steps(40)) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
            .block_on(live(steps));
    }
}
