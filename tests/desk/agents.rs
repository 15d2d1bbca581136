use lotse::desk::{AfterResolve, Labels};
use lotse::domain::{Author, ConversationState, Sentiment, TicketState};
use lotse::store::Store;

use crate::support::{Office, admin, agent};

#[tokio::test]
async fn only_the_holder_replies_releases_and_resolves() {
    let office = Office::open().await;
    let (ada, bob) = (agent("ada"), agent("bob"));
    let ticket = office.waiting("c1").await;
    let desk = &office.desk;
    let resolve = |caller| desk.resolve(&ticket, caller, "done", AfterResolve::Bot);
    assert_eq!(desk.reply(&ticket, &ada, "Hello").await.unwrap_err().code(), "conflict");
    assert_eq!(desk.release(&ticket, &ada).await.unwrap_err().code(), "conflict");
    assert_eq!(resolve(&ada).await.unwrap_err().code(), "conflict");

    desk.claim(&ticket, &ada).await.unwrap();
    for error in [
        desk.claim(&ticket, &bob).await.unwrap_err(),
        desk.reply(&ticket, &bob, "Hello").await.unwrap_err(),
        desk.release(&ticket, &bob).await.unwrap_err(),
        desk.transfer(&ticket, &bob, "complaints").await.unwrap_err(),
        resolve(&bob).await.unwrap_err(),
    ] {
        assert_eq!(error.code(), "not_yours");
        assert!(error.to_string().contains("held by ada"), "{error}");
    }
    desk.reply(&ticket, &ada, "Hello").await.unwrap();
    let kept = resolve(&ada).await.unwrap();
    assert_eq!(kept.state, TicketState::Resolved);
    assert_eq!((kept.agent.as_deref(), kept.resolution.as_deref()), (Some("ada"), Some("done")));
    assert_eq!(desk.reply(&ticket, &ada, "And").await.unwrap_err().code(), "conflict");
}

#[tokio::test]
async fn an_administrator_frees_a_ticket_but_does_not_speak_for_its_holder() {
    let office = Office::open().await;
    let ticket = office.held("c1", &agent("ada")).await;
    let error = office.desk.reply(&ticket, &admin(), "Hello").await.unwrap_err();
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
    let claimed = office.desk.claim_next("first_line", &agent("ada")).await.unwrap().unwrap();
    assert_eq!(claimed.id, ticket);
    assert_eq!(office.conversation("c1").await.head.state, ConversationState::Human);
    assert_eq!(office.desk.claim_next("first_line", &agent("bob")).await.unwrap(), None);
    let error = office.desk.claim_next("nowhere", &agent("bob")).await.unwrap_err();
    assert_eq!(error.code(), "queue_not_found");
    assert!(error.to_string().contains("first_line, complaints"), "{error}");
}

#[tokio::test]
async fn a_transfer_puts_it_into_another_queue_with_a_new_summary() {
    let office = Office::open().await;
    let ticket = office.held("c1", &agent("ada")).await;
    office.say("c1", "It is order NL-20481").await;
    let before = office.desk.reply(&ticket, &agent("ada"), "Let me see").await.unwrap();
    let after = office.desk.transfer(&ticket, &agent("ada"), "complaints").await.unwrap();
    assert_eq!((after.queue.as_str(), after.state), ("complaints", TicketState::Open));
    assert_ne!(after.summary, before.summary);
    assert_eq!(office.conversation("c1").await.head.state, ConversationState::Waiting);
    let error = office.desk.transfer(&ticket, &agent("ada"), "nowhere").await.unwrap_err();
    assert_eq!(error.code(), "queue_not_found");
    // An open ticket may be sorted by any agent.
    let back = office.desk.transfer(&ticket, &agent("bob"), "first_line").await.unwrap();
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
    office.desk.note(&ticket, &agent("bob"), "Was the wrong invoice").await.unwrap();
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
    let blank = desk.reply(&ticket, &agent("ada"), " \n").await.unwrap_err();
    assert_eq!(blank.code(), "text_blank");
    let long = desk.note(&ticket, &agent("ada"), &"x".repeat(20_001)).await.unwrap_err();
    assert_eq!(long.code(), "text_too_long");
    let error = desk.reply("nowhere", &agent("ada"), "Hello").await.unwrap_err();
    assert_eq!(error.code(), "ticket_not_found");
}

#[tokio::test]
async fn notes_of_many_at_once_are_all_kept() {
    let office = Office::open().await;
    let ticket = office.held("c1", &agent("ada")).await;
    let notes = (0..4).map(|number| {
        let (desk, ticket) = (office.desk.clone(), ticket.clone());
        async move { desk.note(&ticket, &agent("bob"), &format!("Note {number}")).await.unwrap() }
    });
    futures::future::join_all(notes).await;
    let said = office.transcript("c1").await;
    assert_eq!(said.iter().filter(|(from, _)| *from == Author::Note).count(), 4);
}
