//! One customer, one story: whatever the channel, a matter is told once and looked after once.

use std::collections::BTreeMap;

use lotse::desk::{AfterResolve, Words};
use lotse::domain::{
    Author, Caller, Channel, Contact, ConversationState, Incoming, Language, Outcome, TicketState,
};
use lotse::store::{Audience, Event, EventFilter, Store};

use crate::support::{Office, agent, said, second};

/// Jana, known to the company by number, address and telephone.
async fn jana(office: &Office) {
    let contact = Contact {
        email: Some("Jana@Example.org".to_owned()),
        phone: Some("0431 123456".to_owned()),
        name: Some("Jana Petersen".to_owned()),
    };
    let vip = BTreeMap::from([("vip".to_owned(), "true".to_owned())]);
    office.desk.know_customer("K-1", &contact, &vip).await.unwrap();
}

fn mail(conversation: &str, text: &str) -> Incoming {
    let contact = Contact { email: Some("jana@example.org".to_owned()), ..Contact::default() };
    Incoming {
        conversation_id: Some(conversation.to_owned()),
        language: Some(Language::En),
        contact,
        ..Incoming::new(Channel::Email, text)
    }
}

fn call(conversation: &str, text: &str) -> Incoming {
    let contact = Contact { phone: Some("+49 431 123456".to_owned()), ..Contact::default() };
    Incoming {
        conversation_id: Some(conversation.to_owned()),
        language: Some(Language::En),
        contact,
        ..Incoming::new(Channel::Phone, text)
    }
}

async fn receive(office: &Office, incoming: Incoming) -> Outcome {
    office.desk.receive(incoming).await.unwrap()
}

fn ticket(outcome: &Outcome) -> String {
    outcome.ticket.clone().expect("a ticket").id
}

async fn events(office: &Office) -> Vec<Event> {
    let filter = EventFilter { audience: Audience::Everyone, ..EventFilter::default() };
    office.store.events_after(0, &filter, 999).await.unwrap()
}

/// Under which identifier and over which channel each agent's words went out.
async fn sent_by_agents(office: &Office) -> Vec<(String, Channel)> {
    let all = events(office).await.into_iter();
    let from_agents = all.filter(|event| event.payload["turn"]["from"] == "agent");
    from_agents.map(|event| (event.conversation_id, event.channel.unwrap())).collect()
}

#[tokio::test]
async fn a_call_after_a_mail_lands_with_the_mails_ticket() {
    let office = Office::open().await;
    jana(&office).await;
    let first = receive(&office, mail("mail-1", "I am angry about my return")).await;
    assert_eq!(first.state, ConversationState::Waiting);
    let second_one = receive(&office, call("call-1", "I want a human")).await;
    assert_eq!(ticket(&second_one), ticket(&first));
    assert_eq!(second_one.conversation_id, "call-1", "the channel keeps its own name for it");
    assert_eq!(second_one.state, ConversationState::Waiting);
    assert!(second_one.decision.has_reason("joined_ticket"));
    assert!(second_one.reply.unwrap().text.contains("already has your case"));

    let conversation = office.conversation("call-1").await;
    assert_eq!(conversation.head.id, "mail-1");
    assert_eq!(conversation.head.channel, Channel::Phone);
    let said: Vec<_> = conversation
        .turns
        .iter()
        .filter(|turn| turn.from == Author::Customer)
        .map(|turn| (turn.thread.as_ref().unwrap().id.as_str(), turn.text.as_str()))
        .collect();
    assert_eq!(said, [("mail-1", "I am angry about my return"), ("call-1", "I want a human")]);
    let summary = second_one.ticket.unwrap().summary.unwrap();
    assert_eq!(summary.before.len(), 1, "{summary:?}");
    assert!(summary.before[0].ends_with("e-mail: the same matter"), "{:?}", summary.before);
}

#[tokio::test]
async fn who_calls_after_a_mail_waits_no_longer_than_other_callers() {
    let office = Office::open().await;
    jana(&office).await;
    let mail = receive(&office, mail("mail-1", "I want a human")).await.ticket.unwrap();
    let stranger = Incoming { contact: Contact::default(), ..call("call-0", "I want a human") };
    let stranger = receive(&office, stranger).await.ticket.unwrap();
    let call = receive(&office, call("call-1", "I want a human")).await.ticket.unwrap();
    assert!(call.due_at < mail.due_at);
    assert_eq!(call.due_at, stranger.due_at);
}

#[tokio::test]
async fn what_the_bot_said_on_the_telephone_before_is_told_as_well() {
    let office = Office::open().await;
    jana(&office).await;
    receive(&office, mail("mail-1", "I am angry about my return")).await;
    let answered = receive(&office, call("call-1", "how long is delivery")).await;
    assert_eq!(answered.state, ConversationState::Bot, "a plain question is answered all the same");
    let joined = receive(&office, call("call-1", "I want a human")).await;
    assert_eq!(joined.state, ConversationState::Waiting);
    let texts: Vec<String> =
        office.transcript("mail-1").await.into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts[0], "I am angry about my return");
    assert_eq!(texts[2], "how long is delivery");
    assert_eq!(texts[3], "All about delivery_period.");
    assert_eq!(texts[4], "I want a human");
    let summary = joined.ticket.unwrap().summary.unwrap();
    let fits = summary.facts.iter().all(|fact| texts[fact.turn].contains(&fact.text));
    assert!(fits, "{summary:?}");
}

#[tokio::test]
async fn an_agents_words_go_where_the_customer_last_wrote() {
    let office = Office::open().await;
    jana(&office).await;
    let id = ticket(&receive(&office, mail("mail-1", "I want a human")).await);
    receive(&office, call("call-1", "I want a human")).await;
    let ada = agent("ada");
    office.desk.claim(&id, &ada).await.unwrap();
    // Nobody reads on the telephone.
    office.desk.reply(&id, &ada, &said("First.")).await.unwrap();
    let chat = Incoming { channel: Channel::Chat, ..mail("chat-1", "I want a human") };
    let outcome = receive(&office, chat).await;
    assert_eq!((outcome.state, ticket(&outcome)), (ConversationState::Human, id.clone()));
    assert!(outcome.reply.is_some(), "who writes on a new way is told that the case is known");
    office.desk.reply(&id, &ada, &said("Second.")).await.unwrap();
    let again = receive(&office, mail("mail-1", "thanks")).await;
    assert_eq!((again.state, again.reply), (ConversationState::Human, None));
    office.desk.reply(&id, &ada, &said("Third.")).await.unwrap();
    assert_eq!(
        sent_by_agents(&office).await,
        [
            ("mail-1".to_owned(), Channel::Email),
            ("chat-1".to_owned(), Channel::Chat),
            ("mail-1".to_owned(), Channel::Email),
        ]
    );
    let ticket = office.desk.ticket(&id).await.unwrap();
    assert_eq!((ticket.conversation_id.as_str(), ticket.channel), ("mail-1", Channel::Email));
}

#[tokio::test]
async fn another_matter_gets_a_ticket_of_its_own_that_names_the_open_one() {
    let office = Office::open().await;
    jana(&office).await;
    let first = receive(&office, mail("mail-1", "I want a human")).await;
    let other = receive(&office, call("call-1", "I am angry")).await;
    assert_ne!(ticket(&first), ticket(&other));
    let shown = other.ticket.unwrap();
    assert_ne!(shown.queue, first.ticket.unwrap().queue);
    let summary = shown.summary.unwrap();
    assert!(summary.before[0].ends_with("still open"), "{:?}", summary.before);
    assert!(summary.text.contains("Before: "), "{}", summary.text);
}

#[tokio::test]
async fn who_comes_back_to_a_mail_means_its_matter() {
    let office = Office::open().await;
    jana(&office).await;
    let first = receive(&office, mail("mail-1", "I want a human")).await;
    let call = receive(&office, call("call-1", "I wrote to you, and now I am angry")).await;
    assert_eq!(ticket(&call), ticket(&first));
}

#[tokio::test]
async fn a_ticket_tells_who_writes() {
    let office = Office::open().await;
    let named = |conversation: &str, contact: Contact| Incoming {
        contact,
        ..mail(conversation, "I want a human")
    };
    let email = || Some("jana@example.org".to_owned());
    let mail = receive(&office, named("m-1", Contact { email: email(), ..Contact::default() }));
    let id = ticket(&mail.await);
    let called = || async { office.desk.ticket(&id).await.unwrap().customer };
    assert_eq!(called().await.as_deref(), Some("jana@example.org"));
    let name = Some("Jana Petersen".to_owned());
    receive(&office, named("m-1", Contact { email: email(), name, phone: None })).await;
    assert_eq!(called().await.as_deref(), Some("Jana Petersen"));
}

#[tokio::test]
async fn strangers_and_the_family_telephone_stay_apart() {
    let office = Office::open().await;
    jana(&office).await;
    let first = ticket(&receive(&office, mail("mail-1", "I want a human")).await);
    let unknown = Incoming { contact: Contact::default(), ..call("call-1", "I want a human") };
    assert_ne!(ticket(&receive(&office, unknown).await), first);
    let ole = Incoming { customer_id: Some("K-2".to_owned()), ..call("call-2", "I want a human") };
    assert_ne!(ticket(&receive(&office, ole).await), first);
}

#[tokio::test]
async fn a_resolved_matter_is_not_opened_by_a_call_but_told_of() {
    let office = Office::open().await;
    jana(&office).await;
    let id = ticket(&receive(&office, mail("mail-1", "I want a human")).await);
    let ada = agent("ada");
    office.desk.claim(&id, &ada).await.unwrap();
    office.desk.resolve(&id, &ada, "label sent", AfterResolve::Closed).await.unwrap();
    let outcome = receive(&office, call("call-1", "I want a human")).await;
    assert_ne!(ticket(&outcome), id);
    let before = outcome.ticket.unwrap().summary.unwrap().before;
    assert!(before[0].contains("resolved (“label sent”)"), "{before:?}");
}

#[tokio::test]
async fn a_follow_up_by_telephone_is_understood_after_a_mail() {
    let office = Office::open().await;
    jana(&office).await;
    receive(&office, mail("mail-1", "How do I return this?")).await;
    let outcome = receive(&office, call("call-1", "and how long does that take?")).await;
    assert!(outcome.decision.has_reason("read_in_context"), "{:?}", outcome.decision);
    assert_eq!(outcome.classification.intent.unwrap().name, "return_item");
    // Days later it stands alone.
    office.clock.fetch_add(4 * 86_400, std::sync::atomic::Ordering::Relaxed);
    let outcome = receive(&office, call("call-2", "and how long does that take?")).await;
    assert!(!outcome.decision.has_reason("read_in_context"));
}

#[tokio::test]
async fn a_joined_call_goes_on_after_a_restart_and_is_kept_once() {
    let office = Office::open().await;
    jana(&office).await;
    let id = ticket(&receive(&office, mail("mail-1", "I want a human")).await);
    let calls = Incoming { message_id: Some("m1".to_owned()), ..call("call-1", "I want a human") };
    let first = receive(&office, calls.clone()).await;
    let office = office.restart().await;
    let again = receive(&office, calls).await;
    assert_eq!(serde_json::to_value(&again).unwrap(), serde_json::to_value(&first).unwrap());
    let more = receive(&office, call("call-1", "return of two boxes")).await;
    assert_eq!((ticket(&more), more.reply), (id.clone(), None));
    let ada = agent("ada");
    office.desk.claim(&id, &ada).await.unwrap();
    office.desk.resolve(&id, &ada, "done", AfterResolve::Bot).await.unwrap();
    let answered = receive(&office, call("call-1", "How do I return this?")).await;
    assert_eq!(answered.state, ConversationState::Bot);
    assert!(answered.reply.is_some());
    let said = office.transcript("mail-1").await;
    let by_customer = said.iter().filter(|(from, _)| *from == Author::Customer).count();
    assert_eq!(by_customer, 4);
}

#[tokio::test]
async fn a_joined_conversation_can_join_another_in_turn() {
    let office = Office::open().await;
    let anonymous = |conversation: &str, channel| Incoming {
        conversation_id: Some(conversation.to_owned()),
        language: Some(Language::En),
        ..Incoming::new(channel, "I want a human")
    };
    // A chat that nobody knows, and a call that joins it by the customer's number.
    let with_id = |incoming: Incoming| Incoming { customer_id: Some("K-1".to_owned()), ..incoming };
    let first = ticket(&receive(&office, with_id(anonymous("chat-1", Channel::Chat))).await);
    receive(&office, with_id(anonymous("call-1", Channel::Phone))).await;
    let boss = Caller { name: "ada".to_owned(), ..agent("ada") };
    office.desk.claim(&first, &boss).await.unwrap();
    office.desk.resolve(&first, &boss, "done", AfterResolve::Bot).await.unwrap();
    // Meanwhile another matter of the same customer waits.
    let second_ticket =
        ticket(&receive(&office, with_id(anonymous("mail-1", Channel::Email))).await);
    let again = receive(&office, with_id(anonymous("call-1", Channel::Phone))).await;
    assert_eq!(ticket(&again), second_ticket);
    for id in ["chat-1", "call-1", "mail-1"] {
        assert_eq!(office.conversation(id).await.head.id, "mail-1", "{id}");
    }
    let turns = office.conversation("mail-1").await.turns;
    let customer = turns.iter().filter(|turn| turn.from == Author::Customer).count();
    assert_eq!(customer, 4, "nothing is lost and nothing told twice");
}

#[tokio::test]
async fn a_mail_and_a_call_at_the_same_time_open_one_ticket() {
    for round in 0..20 {
        let office = Office::open().await;
        jana(&office).await;
        let (first, second_one) = tokio::join!(
            office.desk.receive(mail("mail-1", "I want a human")),
            office.desk.receive(call("call-1", "I want a human")),
        );
        assert_eq!(ticket(&first.unwrap()), ticket(&second_one.unwrap()), "round {round}");
        assert_eq!(office.store.queues().await.unwrap()[0].open, 1);
    }
}

#[tokio::test]
async fn two_agents_cannot_claim_a_ticket_of_two_threads() {
    let office = Office::open().await;
    jana(&office).await;
    let id = ticket(&receive(&office, mail("mail-1", "I want a human")).await);
    receive(&office, call("call-1", "I want a human")).await;
    office.desk.claim(&id, &agent("ada")).await.unwrap();
    assert!(office.desk.claim(&id, &agent("bob")).await.is_err());
    let ticket = office.desk.ticket(&id).await.unwrap();
    assert_eq!(ticket.state, TicketState::Claimed);
    assert!(ticket.updated_at >= second(0));
    let heard = receive(&office, call("call-1", "hello")).await;
    assert_eq!((heard.state, heard.reply), (ConversationState::Human, None));
}

#[tokio::test]
async fn a_message_that_makes_two_customers_one_finds_the_ticket_of_either() {
    let office = Office::open().await;
    let mailed = receive(&office, mail("mail-1", "How do I return this?")).await;
    assert_eq!(mailed.state, ConversationState::Bot);
    let called = ticket(&receive(&office, call("call-1", "I want a human")).await);
    let contact = Contact {
        email: Some("jana@example.org".to_owned()),
        phone: Some("0431 123456".to_owned()),
        ..Contact::default()
    };
    let both = Incoming { contact, ..mail("form-1", "I want a human") };
    assert_eq!(ticket(&receive(&office, both).await), called);
}

#[tokio::test]
async fn danger_is_never_put_into_a_waiting_matter() {
    let office = Office::open().await;
    jana(&office).await;
    let id = ticket(&receive(&office, mail("mail-1", "I want a human")).await);
    office.desk.claim(&id, &agent("ada")).await.unwrap();
    let outcome = receive(&office, call("call-1", "my router is burning, there is smoke")).await;
    assert_ne!(ticket(&outcome), id);
    assert!(outcome.reply.unwrap().text.contains("one one two"));
}

#[tokio::test]
async fn what_is_passed_on_keeps_what_was_before() {
    let office = Office::open().await;
    jana(&office).await;
    let id = ticket(&receive(&office, mail("mail-1", "I want a human")).await);
    receive(&office, call("call-1", "I want a human")).await;
    let ada = agent("ada");
    office.desk.claim(&id, &ada).await.unwrap();
    let released = office.desk.release(&id, &ada).await.unwrap();
    assert!(released.summary.before[0].contains("the same matter"), "{:?}", released.summary);
}

#[tokio::test]
async fn words_said_elsewhere_already_are_not_sent_again() {
    let office = Office::open().await;
    jana(&office).await;
    let id = ticket(&receive(&office, mail("mail-1", "I want a human")).await);
    let chat = Incoming { channel: Channel::Chat, ..mail("chat-1", "I want a human") };
    receive(&office, chat).await;
    receive(&office, mail("mail-1", "thanks")).await;
    let ada = agent("ada");
    office.desk.claim(&id, &ada).await.unwrap();
    let words = Words { said_in: Some("chat-1".to_owned()), ..said("Done.") };
    office.desk.reply(&id, &ada, &words).await.unwrap();
    let told =
        events(&office).await.into_iter().find(|event| event.payload["turn"]["from"] == "agent");
    let told = told.unwrap();
    assert_eq!((told.conversation_id.as_str(), told.channel), ("chat-1", None));
    let nowhere = Words { said_in: Some("other".to_owned()), ..said("Done.") };
    assert!(office.desk.reply(&id, &ada, &nowhere).await.is_err());
    // All who listen learn who holds the matter now.
    let states: Vec<String> = events(&office)
        .await
        .into_iter()
        .filter(|event| event.payload["state"] == "human")
        .map(|event| event.conversation_id)
        .collect();
    assert!(states.contains(&"mail-1".to_owned()) && states.contains(&"chat-1".to_owned()));
}

#[tokio::test]
async fn a_resolved_ticket_of_a_joined_conversation_opens_again_in_the_whole() {
    let office = Office::open().await;
    jana(&office).await;
    let ada = agent("ada");
    let old = ticket(&receive(&office, mail("mail-1", "I want a human")).await);
    office.desk.claim(&old, &ada).await.unwrap();
    office.desk.resolve(&old, &ada, "done", AfterResolve::Bot).await.unwrap();
    let new = ticket(&receive(&office, call("call-1", "I want a human")).await);
    let joined = receive(&office, mail("mail-1", "I want a human")).await;
    assert_eq!(ticket(&joined), new);
    assert!(office.desk.reopen(&old, &ada).await.is_err(), "beside the open one");
    office.desk.claim(&new, &ada).await.unwrap();
    office.desk.resolve(&new, &ada, "done", AfterResolve::Bot).await.unwrap();
    office.desk.reopen(&old, &ada).await.unwrap();
    let more = receive(&office, mail("mail-1", "hello")).await;
    assert_eq!((more.state, ticket(&more)), (ConversationState::Waiting, old));
}
