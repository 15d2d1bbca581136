//! People are not there at every hour: call-backs, and tickets that go where somebody is.

use std::sync::atomic::Ordering;

use lotse::domain::{
    Channel, ConversationState, EntityKind, Fact, Incoming, Language, Outcome, Priority, Reply,
};
use lotse::store::Store;

use crate::support::{Office, agent, message, to_queue};

/// Thursday 10:53 in Berlin, and twelve hours later, when the office opens in the morning at eight.
const DAY: i64 = 0;
const NIGHT: i64 = 12 * 3_600;
const MORNING: i64 = 22 * 3_600;

async fn office_at(seconds: i64) -> Office {
    let office = Office::open_with("tests/desk/office_hours.toml").await;
    office.clock.store(seconds, Ordering::Relaxed);
    office
}

async fn on(office: &Office, channel: Channel, conversation: &str, text: &str) -> Outcome {
    let incoming = Incoming { channel, ..message(conversation, text) };
    office.desk.receive(incoming).await.unwrap()
}

fn reply(outcome: &Outcome) -> &Reply {
    outcome.reply.as_ref().expect("the bot says something")
}

fn codes(outcome: &Outcome) -> Vec<&str> {
    outcome.decision.reasons.iter().map(|reason| reason.code.as_str()).collect()
}

async fn numbers(office: &Office, outcome: &Outcome) -> Vec<Fact> {
    let id = &outcome.ticket.as_ref().expect("a ticket").id;
    let facts = office.desk.ticket(id).await.unwrap().summary.facts;
    facts.into_iter().filter(|fact| fact.kind == EntityKind::CallbackNumber).collect()
}

#[tokio::test]
async fn who_writes_at_night_is_offered_a_call_back_and_gives_a_number() {
    let office = office_at(NIGHT).await;
    let first = office.say("c1", "I want a human").await;
    assert!(codes(&first).contains(&"call_back_offered"), "{:?}", codes(&first));
    let said = reply(&first);
    assert!(said.text.contains("we are back tomorrow from 8 am"), "{}", said.text);
    assert!(said.text.contains("we will call you back then"), "{}", said.text);
    let choice = said.choices.first().expect("a choice to take up").clone();
    assert_eq!(choice.label, "Call me back");

    let second = office.say("c1", &choice.value).await;
    assert_eq!(second.state, ConversationState::Waiting);
    assert!(codes(&second).contains(&"call_back_wanted"));
    assert!(reply(&second).text.contains("On which telephone number"), "{second:?}");
    assert_eq!(numbers(&office, &second).await, []);

    let third = office.say("c1", "0431 5550199, after 5 pm please").await;
    assert!(codes(&third).contains(&"call_back_number"));
    let said = &reply(&third).text;
    assert!(said.contains("call you back on 04315550199, tomorrow from 8 am"), "{said}");
    let noted = numbers(&office, &third).await;
    assert_eq!(noted.len(), 1);
    assert_eq!((noted[0].text.as_str(), noted[0].turn), ("0431 5550199", 4));
    let summary = third.ticket.as_ref().unwrap().summary.as_ref().unwrap();
    assert_eq!(summary.next_step, "Call back at 04315550199");
    assert!(summary.text.contains("0431 5550199"), "{}", summary.text);

    // Another number is noted as well, and the last one is the one to call.
    let fourth = office.say("c1", "sorry, better 0171 5550123").await;
    assert_eq!(numbers(&office, &fourth).await.len(), 2);
    let summary = fourth.ticket.as_ref().unwrap().summary.as_ref().unwrap();
    assert_eq!(summary.next_step, "Call back at 01715550123");
}

#[tokio::test]
async fn a_number_in_the_first_words_is_noted_at_once() {
    let office = office_at(NIGHT).await;
    let incoming = Incoming {
        language: Some(Language::De),
        ..message("c1", "human bitte, Rückruf unter 0431 5550199")
    };
    let outcome = office.desk.receive(incoming).await.unwrap();
    let said = reply(&outcome);
    assert!(said.text.contains("morgen ab 8 Uhr sind wir wieder für Sie da"), "{}", said.text);
    assert!(said.text.ends_with("unter 04315550199 zurück, morgen ab 8 Uhr."), "{}", said.text);
    assert_eq!(said.choices, []);
    assert_eq!(numbers(&office, &outcome).await[0].text, "0431 5550199");
}

#[tokio::test]
async fn a_caller_is_called_back_on_the_number_of_the_call() {
    let office = office_at(NIGHT).await;
    let call = |text: &str| {
        let mut incoming = Incoming { channel: Channel::Phone, ..message("call", text) };
        incoming.contact.phone = Some("+49 431 5550111".to_owned());
        incoming
    };
    let first = office.desk.receive(call("a human please")).await.unwrap();
    assert!(reply(&first).text.ends_with("Would you like us to call you back then?"));
    let second = office.desk.receive(call("yes please")).await.unwrap();
    let said = &reply(&second).text;
    assert!(said.contains("call back on plus 4 9 4 3 1 5 5 5 0 1 1 1, tomorrow"), "{said}");
    assert_eq!(numbers(&office, &second).await[0].text, "+494315550111");
    let ticket = office.desk.ticket(&second.ticket.unwrap().id).await.unwrap();
    assert_eq!(ticket.summary.next_step, "Call back at +494315550111");
}

#[tokio::test]
async fn nothing_is_offered_while_people_are_there_or_where_nobody_calls_back() {
    let office = office_at(DAY).await;
    let open = office.say("c1", "I want a human, call me back on 0431 5550199").await;
    assert_eq!(reply(&open).choices, []);
    assert!(!codes(&open).iter().any(|code| code.starts_with("call_back")));
    assert_eq!(numbers(&office, &open).await, []);

    let office = office_at(NIGHT).await;
    for (channel, conversation, text) in [
        // The queue of complaints calls nobody back; a mail has its own way back.
        (Channel::Chat, "c2", "angry"),
        (Channel::Email, "c3", "I want a human"),
    ] {
        let outcome = on(&office, channel, conversation, text).await;
        assert_eq!(reply(&outcome).choices, [], "{text}");
        let again = on(&office, channel, conversation, "my number is 0431 5550199").await;
        assert_eq!(numbers(&office, &again).await, [], "{text}");
    }
    // A number that was not asked for and does not follow an offer stays what it is.
    let danger = office.say("c4", "I want a human, the device is on fire and burning").await;
    assert!(!codes(&danger).contains(&"call_back_offered"), "{:?}", codes(&danger));
}

#[tokio::test]
async fn a_number_that_comes_when_people_are_there_again_is_noted_for_them() {
    let office = office_at(NIGHT).await;
    let first = office.say("c1", "I want a human").await;
    office.clock.store(MORNING, Ordering::Relaxed);
    let second = office.say("c1", "0431 5550199").await;
    assert!(codes(&second).contains(&"call_back_number"));
    assert!(!reply(&second).text.contains("0431"), "{second:?}");
    assert_eq!(numbers(&office, &second).await.len(), 1);

    // Once an agent has it, the bot is silent, and a number is a number.
    let id = first.ticket.unwrap().id;
    office.desk.claim(&id, &agent("ada")).await.unwrap();
    let third = office.say("c1", "or 0171 5550123").await;
    assert_eq!(third.reply, None);
}

#[tokio::test]
async fn full_queues_send_new_tickets_away() {
    let office = office_at(DAY).await;
    let queue = |outcome: &Outcome| outcome.ticket.as_ref().unwrap().queue.clone();
    for (conversation, expected) in [("c1", "first_line"), ("c2", "first_line"), ("c3", "reserve")]
    {
        let outcome = office.say(conversation, "I want a human").await;
        assert_eq!(queue(&outcome), expected);
        assert_eq!(codes(&outcome).contains(&"overflow"), expected == "reserve");
    }
    office.desk.claim_next(Some("first_line"), &agent("ada")).await.unwrap().unwrap();
    assert_eq!(queue(&office.say("c4", "I want a human").await), "first_line");
}

#[tokio::test]
async fn what_is_known_of_a_customer_chooses_the_way() {
    let office = office_at(DAY).await;
    let mut incoming = message("c1", "I want a human");
    incoming.customer_id = Some("K-1".to_owned());
    for (name, value) in [("vip", "true"), ("account", "business"), ("network", "x")] {
        incoming.attributes.insert(name.to_owned(), value.to_owned());
    }
    let outcome = office.desk.receive(incoming).await.unwrap();
    let shown = outcome.ticket.unwrap();
    assert_eq!(shown.priority, Priority::High);
    let ticket = office.desk.ticket(&shown.id).await.unwrap();
    assert_eq!(ticket.skills, ["business"]);

    // Whoever passes a ticket on has seen who can take it.
    office.desk.transfer(&shown.id, &agent("ada"), to_queue("complaints")).await.unwrap();
    let ticket = office.store.ticket(&shown.id).await.unwrap().unwrap();
    assert_eq!((ticket.queue.as_str(), ticket.skills), ("complaints", Vec::new()));
}
