use std::sync::atomic::Ordering;
use std::time::Duration;

use lotse::desk::{AfterResolve, Labels, Target, Words};
use lotse::domain::{Author, ConversationState, Sentiment, TicketState};
use lotse::store::{EventFilter, Store};

use crate::support::{Office, admin, agent, said, second, to_queue};

#[tokio::test]
async fn only_the_holder_replies_releases_and_resolves() {
    let office = Office::open().await;
    let (ada, bob) = (agent("ada"), agent("bob"));
    let ticket = office.waiting("c1").await;
    let desk = &office.desk;
    let resolve = |caller| desk.resolve(&ticket, caller, "done", AfterResolve::Bot);
    assert_eq!(desk.reply(&ticket, &ada, &said("Hello")).await.unwrap_err().code(), "conflict");
    assert_eq!(desk.release(&ticket, &ada).await.unwrap_err().code(), "conflict");
    assert_eq!(resolve(&ada).await.unwrap_err().code(), "conflict");

    desk.claim(&ticket, &ada).await.unwrap();
    for error in [
        desk.claim(&ticket, &bob).await.unwrap_err(),
        desk.reply(&ticket, &bob, &said("Hello")).await.unwrap_err(),
        desk.release(&ticket, &bob).await.unwrap_err(),
        desk.transfer(&ticket, &bob, to_queue("complaints")).await.unwrap_err(),
        resolve(&bob).await.unwrap_err(),
    ] {
        assert_eq!(error.code(), "not_yours");
        assert!(error.to_string().contains("held by ada"), "{error}");
    }
    desk.reply(&ticket, &ada, &said("Hello")).await.unwrap();
    let kept = resolve(&ada).await.unwrap();
    assert_eq!(kept.state, TicketState::Resolved);
    assert_eq!((kept.agent.as_deref(), kept.resolution.as_deref()), (Some("ada"), Some("done")));
    assert_eq!(desk.reply(&ticket, &ada, &said("And")).await.unwrap_err().code(), "conflict");
}

#[tokio::test]
async fn an_administrator_frees_a_ticket_but_does_not_speak_for_its_holder() {
    let office = Office::open().await;
    let ticket = office.held("c1", &agent("ada")).await;
    let error = office.desk.reply(&ticket, &admin(), &said("Hello")).await.unwrap_err();
    assert_eq!(error.code(), "not_yours");
    let kept = office.desk.release(&ticket, &admin()).await.unwrap();
    assert_eq!((kept.state, kept.agent), (TicketState::Open, None));
    assert_eq!(office.desk.release(&ticket, &admin()).await.unwrap_err().code(), "conflict");
}

#[tokio::test]
async fn claiming_again_changes_nothing() {
    let office = Office::open().await;
    let ticket = office.waiting("c1").await;
    let first = office.desk.claim(&ticket, &agent("ada")).await.unwrap();
    let again = office.desk.claim(&ticket, &agent("ada")).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(office.store.ticket_events(&ticket).await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_next_ticket_of_a_queue_is_given_out_until_none_is_left() {
    let office = Office::open().await;
    let ticket = office.waiting("c1").await;
    let claimed = office.desk.claim_next(Some("first_line"), &agent("ada")).await.unwrap().unwrap();
    assert_eq!(claimed.id, ticket);
    assert_eq!(office.conversation("c1").await.head.state, ConversationState::Human);
    assert_eq!(office.desk.claim_next(Some("first_line"), &agent("bob")).await.unwrap(), None);
    let error = office.desk.claim_next(Some("nowhere"), &agent("bob")).await.unwrap_err();
    assert_eq!(error.code(), "queue_not_found");
    assert!(error.to_string().contains("first_line, complaints"), "{error}");
}

#[tokio::test]
async fn a_transfer_puts_it_into_another_queue_with_a_new_summary() {
    let office = Office::open().await;
    let ticket = office.held("c1", &agent("ada")).await;
    office.say("c1", "It is order NL-20481").await;
    let before = office.desk.reply(&ticket, &agent("ada"), &said("Let me see")).await.unwrap();
    let after = office.desk.transfer(&ticket, &agent("ada"), to_queue("complaints")).await.unwrap();
    assert_eq!((after.queue.as_str(), after.state), ("complaints", TicketState::Open));
    assert_ne!(after.summary, before.summary);
    assert_eq!(office.conversation("c1").await.head.state, ConversationState::Waiting);
    let error =
        office.desk.transfer(&ticket, &agent("ada"), to_queue("nowhere")).await.unwrap_err();
    assert_eq!(error.code(), "queue_not_found");
    // An open ticket may be sorted by any agent.
    let back = office.desk.transfer(&ticket, &agent("bob"), to_queue("first_line")).await.unwrap();
    assert_eq!(back.queue, "first_line");
    let history = office.store.ticket_events(&ticket).await.unwrap();
    let last = history.last().unwrap();
    assert_eq!((last.kind.as_str(), last.actor.as_str()), ("transferred", "bob"));
    assert_eq!(last.detail["from"], "complaints");
}

#[tokio::test]
async fn a_reopened_ticket_waits_again() {
    let office = Office::open().await;
    let ada = agent("ada");
    let ticket = office.held("c1", &ada).await;
    assert_eq!(office.desk.reopen(&ticket, &ada).await.unwrap_err().code(), "conflict");
    office.desk.resolve(&ticket, &ada, "done", AfterResolve::Closed).await.unwrap();
    assert_eq!(office.conversation("c1").await.head.state, ConversationState::Closed);
    assert_eq!(office.desk.claim(&ticket, &ada).await.unwrap_err().code(), "conflict");
    let kept = office.desk.reopen(&ticket, &agent("bob")).await.unwrap();
    assert_eq!((kept.state, kept.resolution), (TicketState::Open, None));
    assert_eq!(office.conversation("c1").await.head.state, ConversationState::Waiting);
}

#[tokio::test]
async fn a_note_on_a_resolved_ticket_does_not_touch_the_conversation() {
    let office = Office::open().await;
    let ada = agent("ada");
    let ticket = office.held("c1", &ada).await;
    office.desk.resolve(&ticket, &ada, "done", AfterResolve::Bot).await.unwrap();
    let other = office.waiting("c1").await;
    office.desk.note(&ticket, &agent("bob"), &said("Was the wrong invoice")).await.unwrap();
    let conversation = office.conversation("c1").await;
    assert_eq!(conversation.head.state, ConversationState::Waiting);
    let note = conversation.turns.last().unwrap();
    assert_eq!((note.from, note.agent.as_deref()), (Author::Note, Some("bob")));
    assert_eq!(office.desk.reopen(&ticket, &ada).await.unwrap_err().code(), "conflict");
    assert_eq!(office.store.unresolved_ticket("c1").await.unwrap().unwrap().id, other);
}

#[tokio::test]
async fn a_correction_labels_the_message_that_opened_the_ticket() {
    let office = Office::open().await;
    office.say("c1", "How do I return this?").await;
    let ticket = office.waiting("c1").await;
    let labels = Labels {
        intent: Some("complaint".to_owned()),
        tier: Some(3),
        sentiment: Some(Sentiment::Negative),
        turn_id: None,
    };
    office.desk.correct(&ticket, &agent("ada"), labels).await.unwrap();
    let first = office.conversation("c1").await.turns[0].id.clone();
    let labels = Labels { turn_id: Some(first), tier: Some(2), ..Labels::default() };
    office.desk.correct(&ticket, &agent("ada"), labels).await.unwrap();
    let kept = office.store.corrections(None).await.unwrap();
    let texts: Vec<&str> = kept.iter().map(|correction| correction.text.as_str()).collect();
    assert_eq!(texts, ["I want a human", "How do I return this?"]);
    assert_eq!(office.conversation("c1").await.head.state, ConversationState::Waiting);

    for bad in [
        Labels::default(),
        Labels { tier: Some(4), ..Labels::default() },
        Labels { intent: Some("two words".to_owned()), ..Labels::default() },
    ] {
        let error = office.desk.correct(&ticket, &agent("ada"), bad).await.unwrap_err();
        assert_eq!(error.code(), "invalid_request");
    }
    let unknown =
        Labels { turn_id: Some("nowhere".to_owned()), tier: Some(1), ..Labels::default() };
    let error = office.desk.correct(&ticket, &agent("ada"), unknown).await.unwrap_err();
    assert_eq!(error.code(), "not_found");
}

#[tokio::test]
async fn words_of_agents_are_checked_like_those_of_customers() {
    let office = Office::open().await;
    let ticket = office.held("c1", &agent("ada")).await;
    let desk = &office.desk;
    let blank = desk.reply(&ticket, &agent("ada"), &said(" \n")).await.unwrap_err();
    assert_eq!(blank.code(), "text_blank");
    let long = desk.note(&ticket, &agent("ada"), &said(&"x".repeat(20_001))).await.unwrap_err();
    assert_eq!(long.code(), "text_too_long");
    let error = desk.reply("nowhere", &agent("ada"), &said("Hello")).await.unwrap_err();
    assert_eq!(error.code(), "ticket_not_found");
}

#[tokio::test]
async fn notes_of_many_at_once_are_all_kept() {
    let office = Office::open().await;
    let ticket = office.held("c1", &agent("ada")).await;
    let notes = (0..4).map(|number| {
        let (desk, ticket) = (office.desk.clone(), ticket.clone());
        let note = said(&format!("Note {number}"));
        async move { desk.note(&ticket, &agent("bob"), &note).await.unwrap() }
    });
    futures::future::join_all(notes).await;
    let said = office.transcript("c1").await;
    assert_eq!(said.iter().filter(|(from, _)| *from == Author::Note).count(), 4);
}

#[tokio::test]
async fn words_that_are_sent_again_are_kept_once() {
    let office = Office::open().await;
    let ticket = office.held("c1", &agent("ada")).await;
    let desk = &office.desk;
    let hello =
        Words { text: "Hello".to_owned(), message_id: Some("a1".to_owned()), said_in: None };
    let ada = agent("ada");
    let sent = (0..4).map(|_| desk.reply(&ticket, &ada, &hello));
    for result in futures::future::join_all(sent).await {
        result.unwrap();
    }
    desk.reply(&ticket, &agent("ada"), &hello).await.unwrap();
    let said = office.transcript("c1").await;
    assert_eq!(said.iter().filter(|(from, _)| *from == Author::Agent).count(), 1);

    let other = Words { text: "Goodbye".to_owned(), ..hello.clone() };
    let error = desk.reply(&ticket, &agent("ada"), &other).await.unwrap_err();
    assert_eq!(error.code(), "conflict");
    // A note of the same id is another thing.
    desk.note(&ticket, &agent("ada"), &hello).await.unwrap();
    let unusable = Words { message_id: Some("a\nb".to_owned()), ..hello };
    let error = desk.reply(&ticket, &agent("ada"), &unusable).await.unwrap_err();
    assert_eq!(error.code(), "invalid_id");
}

#[tokio::test]
async fn a_ticket_is_handed_to_a_colleague_with_a_note() {
    let office = Office::open().await;
    let ticket = office.held("c1", &agent("ada")).await;
    let desk = &office.desk;
    let to = |agent: &str| Target {
        agent: Some(agent.to_owned()),
        note: Some(said("Yours, I think")),
        ..Target::default()
    };
    let error = desk.transfer(&ticket, &agent("ada"), to("bob")).await.unwrap_err();
    assert_eq!(error.code(), "agent_not_found");
    desk.saw("bob").await.unwrap();
    let handed = desk.transfer(&ticket, &agent("ada"), to("bob")).await.unwrap();
    assert_eq!((handed.state, handed.agent.as_deref()), (TicketState::Claimed, Some("bob")));
    let said_so_far = office.transcript("c1").await;
    assert_eq!(said_so_far.last(), Some(&(Author::Note, "Yours, I think".to_owned())));
    let error = desk.reply(&ticket, &agent("ada"), &said("Hello")).await.unwrap_err();
    assert_eq!(error.code(), "not_yours");
    desk.reply(&ticket, &agent("bob"), &said("Hello")).await.unwrap();

    let nowhere = desk.transfer(&ticket, &agent("bob"), Target::default()).await.unwrap_err();
    assert_eq!(nowhere.code(), "invalid_request");
}

#[tokio::test]
async fn who_vanishes_loses_the_claims_and_nobody_else_does() {
    let office = Office::open().await;
    let desk = &office.desk;
    let (gone, here) =
        (office.held("c1", &agent("ada")).await, office.held("c2", &agent("bob")).await);
    desk.saw("ada").await.unwrap();
    office.clock.store(400, Ordering::Relaxed);
    desk.saw("bob").await.unwrap();
    office.clock.store(601, Ordering::Relaxed);
    let patience = Duration::from_mins(10);
    assert_eq!(desk.return_abandoned(patience).await.unwrap(), 1);
    let ticket = desk.ticket(&gone).await.unwrap();
    assert_eq!((ticket.state, ticket.agent), (TicketState::Open, None));
    assert_eq!(desk.ticket(&here).await.unwrap().agent.as_deref(), Some("bob"));
    assert_eq!(office.conversation("c1").await.head.state, ConversationState::Waiting);
    let history = office.store.ticket_events(&gone).await.unwrap();
    let last = history.last().unwrap();
    assert_eq!((last.kind.as_str(), last.actor.as_str()), ("returned", "lotse"));
    assert_eq!(desk.return_abandoned(patience).await.unwrap(), 0);

    // Who was never seen, a program with a key, is counted from its claim.
    let never = office.held("c3", &agent("eve")).await;
    assert_eq!(desk.return_abandoned(patience).await.unwrap(), 0);
    office.clock.store(1_202, Ordering::Relaxed);
    desk.saw("bob").await.unwrap();
    assert_eq!(desk.return_abandoned(patience).await.unwrap(), 1);
    assert_eq!(desk.ticket(&never).await.unwrap().agent, None);
}

#[tokio::test]
async fn a_ticket_handed_to_somebody_away_waits_for_them_as_long() {
    let office = Office::open().await;
    let desk = &office.desk;
    desk.saw("bob").await.unwrap();
    office.clock.store(3_600, Ordering::Relaxed);
    let ticket = office.held("c1", &agent("ada")).await;
    let to_bob = Target { agent: Some("bob".to_owned()), ..Target::default() };
    desk.transfer(&ticket, &agent("ada"), to_bob).await.unwrap();
    let patience = Duration::from_mins(10);
    assert_eq!(desk.return_abandoned(patience).await.unwrap(), 0);
    office.clock.store(4_201, Ordering::Relaxed);
    assert_eq!(desk.return_abandoned(patience).await.unwrap(), 1);
}

#[tokio::test]
async fn the_customer_hears_of_every_new_agent() {
    let office = Office::open().await;
    let ticket = office.held("c1", &agent("ada")).await;
    office.desk.saw("bob").await.unwrap();
    let to_bob = Target { agent: Some("bob".to_owned()), ..Target::default() };
    office.desk.transfer(&ticket, &agent("ada"), to_bob).await.unwrap();
    let seen = EventFilter { conversation_id: Some("c1".to_owned()), ..EventFilter::default() };
    let events = office.store.events_after(0, &seen, 100).await.unwrap();
    let agents: Vec<&str> =
        events.iter().filter_map(|event| event.payload["agent"].as_str()).collect();
    assert_eq!(agents, ["ada", "bob"]);
}

#[tokio::test]
async fn the_place_in_the_queue_counts_down() {
    let office = Office::open().await;
    let (first, second) = (office.waiting("c1").await, office.waiting("c2").await);
    let position = async |conversation: &str| {
        let (waiting, agent) = office.desk.waiting(conversation).await.unwrap();
        (waiting.map(|waiting| waiting.position), agent)
    };
    assert_eq!(position("c1").await, (Some(1), None));
    assert_eq!(position("c2").await, (Some(2), None));
    office.desk.claim(&first, &agent("ada")).await.unwrap();
    assert_eq!(position("c1").await, (None, Some("ada".to_owned())));
    assert_eq!(position("c2").await, (Some(1), None));
    let claimed = office.desk.claim_next(None, &agent("bob")).await.unwrap().unwrap();
    assert_eq!(claimed.id, second);
    assert_eq!(office.desk.claim_next(None, &agent("bob")).await.unwrap(), None);
}

#[tokio::test]
async fn the_first_reply_stops_the_clock() {
    let office = Office::open().await;
    let ticket = office.held("c1", &agent("ada")).await;
    office.clock.store(30, Ordering::Relaxed);
    office.desk.note(&ticket, &agent("ada"), &said("Hm")).await.unwrap();
    assert_eq!(office.desk.ticket(&ticket).await.unwrap().first_response_at, None);
    office.desk.reply(&ticket, &agent("ada"), &said("Hello")).await.unwrap();
    office.clock.store(90, Ordering::Relaxed);
    let ticket = office.desk.reply(&ticket, &agent("ada"), &said("And")).await.unwrap();
    assert_eq!(ticket.first_response_at, Some(second(30)));
}
